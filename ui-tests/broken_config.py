"""JupyterLab with a server extension that fails to load."""

import jupyterlab_deploykf.wiring

c = get_config()  # noqa: F821 - Jupyter runs its configuration files with it
load_subconfig("jupyter_server_test_config.py")  # noqa: F821


def broken(*_: object, **__: object) -> None:
    """Fail as a part does that doesn't fit."""
    raise LookupError("this part is missing")


jupyterlab_deploykf.wiring.make_sessions = broken
