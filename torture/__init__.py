"""What nobody wishes for: kills, crowds, broken disks and broken issuers, and what was lost by them.

``python -m torture`` prints a table. Each row is done to this package and, if deployKF's guide is
beside the checkout, to its class in the same run.
"""
