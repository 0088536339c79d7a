"""What signing in costs, beside the class of deployKF's guide, in one run."""
