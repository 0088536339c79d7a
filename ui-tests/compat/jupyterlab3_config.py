"""JupyterLab 3 for its browser test, which looks at the application."""

c = get_config()  # noqa: F821 - Jupyter runs its configuration files with it
c.LabApp.expose_app_in_browser = True
