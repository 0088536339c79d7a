"""Asking a part over HTTP whether it is there."""

from __future__ import annotations

import http.client


def answers(port: int, path: str, *, below: int = 300) -> bool:
    """Whether a GET on loopback gets an answer whose status is below ``below``.

    Parameters
    ----------
    port, path
        Where to ask, in plain HTTP.
    below
        300 asks for success; 600 for any answer.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < below
    except (OSError, http.client.HTTPException):
        return False  # not there yet is the answer that was asked for
    finally:
        connection.close()
