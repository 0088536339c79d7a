"""Static Dex credentials, as far as they are given: arguments, the environment, a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from unicodedata import category

from ..core.secret import Secret
from ..errors import ConfigurationError
from .environment import PASSWORD, PASSWORD_FILE, USERNAME, bare_password, value
from .environment import password as environment_password


@dataclass(frozen=True)
class StaticCredentials:
    """A user name and a password, as far as given.

    Parameters
    ----------
    username, password
        None where not given.
    described
        Where they were found, in words.
    """

    username: str | None
    password: Secret | None = field(repr=False)
    described: str

    @property
    def is_complete(self) -> bool:
        """Whether nobody has to be asked."""
        return bool(self.username) and self.password is not None


def find_credentials(username: str | None, password: str | None, environ: Mapping[str, str]) -> StaticCredentials:
    """The credentials from arguments, the environment, or a file that it names.

    Arguments are taken as they are.

    Raises
    ------
    ConfigurationError
        The file can't be read, or a value can't be sent.
    """
    name = username or value(environ, USERNAME)
    if name and not username:
        _check_sendable(USERNAME, Secret(name), is_line=True)
    found: Secret | None = Secret(password) if password else None
    origin = "was given"
    if found is None:
        found, origin = environment_password(environ), f"is in {PASSWORD}"
        if found is not None:
            _check_sendable(PASSWORD, found)
    path = value(environ, PASSWORD_FILE)
    if found is None and path is not None:
        found, origin = read_password(path), f"is in the file {path}"
    if name is None:
        return StaticCredentials(None, found, f"no user name is in {USERNAME}")
    if found is None:
        return StaticCredentials(name, None, f"no password for {name} is in {PASSWORD}")
    return StaticCredentials(name, found, f"the password of {name} {origin}")


def read_password(path: str) -> Secret:
    """The file's first line, without its end and without a byte order mark.

    Raises
    ------
    ConfigurationError
        It can't be read, or is empty.
    """
    try:
        with open(path, encoding="utf-8") as file:
            password = bare_password(Secret(file.readline(4096)))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise ConfigurationError(
            f"The password file {path} can't be read: {reason}.", f"Check {PASSWORD_FILE}."
        ) from None
    if password is None:
        raise ConfigurationError(f"The password file {path} is empty.", "Put the password into its first line.")
    return password


def _check_sendable(name: str, text: Secret, is_line: bool = False) -> None:
    """Refuse bytes that aren't UTF-8, and control characters in a line."""
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ConfigurationError(f"{name} is not UTF-8 text.", "Set it again, in UTF-8.")
    if is_line and any(category(character) == "Cc" for character in text):
        raise ConfigurationError(f"{name} holds a line end or another control character.", "Set it again, as one line.")
