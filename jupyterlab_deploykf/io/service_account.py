"""The ServiceAccount token that the kubelet mounts."""

from __future__ import annotations

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
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read(64 * 1024)
    except (FileNotFoundError, NotADirectoryError):
        return missing(path)
    except UnicodeDecodeError:
        return unreadable(path, "it is not text")
    except OSError as error:
        return unreadable(path, error.strerror or type(error).__name__)
    return examine(path, text, now)
