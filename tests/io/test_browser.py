"""Where a browser is opened, and where not."""

from __future__ import annotations

import pytest

from jupyterlab_deploykf.io.browser import has_screen, open_browser


@pytest.mark.parametrize(
    ("environ", "platform", "seen"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"SSH_CONNECTION": "x", "DISPLAY": "localhost:10.0"}, "linux", True),
        ({"SSH_CONNECTION": "x"}, "linux", False),
        ({"SSH_CONNECTION": "x", "BROWSER": "helper"}, "linux", True),
        ({}, "darwin", True),
        ({"SSH_TTY": "/dev/ttys001"}, "darwin", False),
        ({}, "win32", True),
    ],
)
def test_a_browser_is_for_who_sits_there(environ: dict[str, str], platform: str, seen: bool) -> None:
    assert has_screen(environ, platform) is seen


def test_a_browser_that_is_not_there_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROWSER", "/no/such/browser %s")
    assert open_browser("https://deploykf.example.com/") is False
