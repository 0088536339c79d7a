"""JupyterLab for the browser tests: what Galata needs, with XSRF checks on as people have them."""

from jupyterlab.galata import configure_jupyter_server

c = get_config()  # noqa: F821 - Jupyter runs its configuration files with it
configure_jupyter_server(c)
c.ServerApp.disable_check_xsrf = False
c.JupyterNotebookApp.expose_app_in_browser = True
# For the test on plain http under a name that is not localhost.
c.ServerApp.local_hostnames = ["localhost", "jupyter.test"]
