"""Strings that must not be shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: Fields of a token answer, and of the cache, that hold a secret (RFC 6749, 5.1).
TOKENS = ("id_token", "access_token", "refresh_token")

#: Arguments of `kfp_client`, `kfp.Client` and the guide's classes that hold a secret, and fields of answers.
_NAMES = frozenset(
    {"password", "dex_password", "existing_token", "cookies", "other_client_secret", "proxy", "device_code", *TOKENS}
)


class Secret(str):
    """A string that works like any other and hides itself where things get shown.

    A notebook displays and saves the `repr` of a cell's last value, loggers and
    debuggers print it, and sessions get pickled: none of these shows the text.
    ``str(secret)`` and f-strings give the text, since that is how it is sent.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<secret of {len(self)} characters; str() gives it>"

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        # kfp_server_api copies its configuration deeply, tokens included.
        return self

    def __reduce_ex__(self, protocol: object) -> tuple[object, ...]:
        raise TypeError("A secret is not pickled: call get_token() where it is needed instead.")


def as_secret(text: str) -> Secret:
    """Return a text as a `Secret`; one that is a `Secret` already is not copied."""
    return text if isinstance(text, Secret) else Secret(text)


class SecretBytes(bytes):
    """Bytes that hold secrets, such as the cache's content: the same for them."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<secret of {len(self)} bytes>"

    def __reduce_ex__(self, protocol: object) -> tuple[object, ...]:
        raise TypeError("A secret is not pickled.")


def bearer(token: str) -> Secret:
    """Return the value of an ``Authorization`` header (RFC 6750, 2.1), which is as secret as the token."""
    return Secret(f"Bearer {token}")


def hide_secrets(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields or keyword arguments with their secrets hidden, since a traceback shows them."""
    return {
        name: Secret(value) if name in _NAMES and isinstance(value, str) else value for name, value in arguments.items()
    }
