"""The kfp SDK with deployKF's credentials; kfp itself is imported inside functions alone."""
