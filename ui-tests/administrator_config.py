"""JupyterLab as an administrator configures it: one cluster, and no other."""

import os

c = get_config()  # noqa: F821 - Jupyter runs its configuration files with it
load_subconfig("jupyter_server_test_config.py")  # noqa: F821
# The bench names the cluster to us alone: users' environments hold none.
issuer = os.environ.pop("DEPLOYKF_ISSUER_URL")
api_url = os.environ.pop("DEPLOYKF_API_URL")
c.DeployKF.clusters = [{"name": "Platform", "issuer": issuer, "api_url": api_url}]
c.DeployKF.allowed_issuers = [issuer]
