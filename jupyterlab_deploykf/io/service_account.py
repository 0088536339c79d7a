"""The ServiceAccount token that the kubelet mounts."""

from __future__ import annotations

import os
import stat

from ..core.secret import Secret
from ..core.service_account import ServiceAccountToken, examine, missing, unreadable


def look_at_service_account(path: str, now: float) -> ServiceAccountToken:
    """Read the mounted token and say what it is good for.

    The kubelet swaps links to renew it, so links are followed here.

    Parameters
    ----------
    path
        From `io.environment.service_account_token_path`.
    now
        Seconds since the epoch.
    """
    return _look(path, now)[0]


def read_service_account_token(path: str, now: float) -> Secret:
    """Read the mounted token, for use.

    Parameters
    ----------
    path, now
        As for `look_at_service_account`.

    Raises
    ------
    ServiceAccountError
        It is not there, or can't be used; a wrong audience counts.
    """
    token, text = _look(path, now)
    if token.problem is not None:
        raise token.problem
    return Secret(text)


def _look(path: str, now: float) -> tuple[ServiceAccountToken, str]:
    try:
        # Before it is opened: opening a pipe waits for its writer.
        if not stat.S_ISREG(os.stat(path).st_mode):
            return unreadable(path, "it is not a file"), ""
        with open(path, encoding="utf-8") as file:
            text = file.read(64 * 1024).strip().strip("\ufeff").strip()
    except (FileNotFoundError, NotADirectoryError):
        return missing(path), ""
    except UnicodeDecodeError:
        return unreadable(path, "it is not text"), ""
    except OSError as error:
        return unreadable(path, error.strerror or type(error).__name__), ""
    if not (text.isascii() and text.isprintable()) or " " in text:
        # It goes into a header, and decoding a JWT would skip what doesn't belong there.
        return unreadable(path, "it holds no token (no JWT)"), ""
    return examine(path, text, now), text
