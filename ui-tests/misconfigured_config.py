"""JupyterLab with a mistake of its administrator's: traitlets drops the section, and with it the limit."""

c = get_config()  # noqa: F821 - Jupyter runs its configuration files with it
load_subconfig("jupyter_server_test_config.py")  # noqa: F821
c.DeployKF.allowed_issuers = ["https://deploykf.example.com/dex"]
c.DeployKF.keep_fresh = "no"
