"""A browser on the screen of the person who asks."""

from __future__ import annotations

import os
import sys
import webbrowser
from collections.abc import Mapping


def has_screen(environ: Mapping[str, str], platform: str) -> bool:
    """Whether a browser that is opened here would be seen.

    Parameters
    ----------
    environ
        The environment. ``BROWSER`` counts as a wish: editors that work over ssh set it
        to a program that opens the page on the other side.
    platform
        As `sys.platform`.
    """
    if environ.get("BROWSER"):
        return True
    if platform in ("win32", "darwin"):
        return not (environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"))
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def open_browser(url: str) -> bool:
    """Open a page in a browser; False where there is none, or none that leaves the terminal alone."""
    if not has_screen(os.environ, sys.platform):
        return False
    try:
        browser = webbrowser.get()
        if type(browser) is webbrowser.GenericBrowser and not os.environ.get("BROWSER"):
            return False  # one for the terminal (lynx, w3m): the code is asked for there
        return browser.open(url)
    except (webbrowser.Error, OSError):
        return False
