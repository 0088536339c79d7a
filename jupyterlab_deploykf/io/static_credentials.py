"""Static Dex credentials, as far as they are given: arguments, the environment, a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..core.secret import Secret
from ..errors import ConfigurationError
from . import environment


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

    Raises
    ------
    ConfigurationError
        The file can't be read.
    """
    name = username or environ.get(environment.USERNAME) or None
    found: Secret | None = Secret(password) if password else None
    origin = "was given"
    if found is None and environ.get(environment.PASSWORD):
        found, origin = Secret(environ[environment.PASSWORD]), f"is in {environment.PASSWORD}"
    if found is None and environ.get(environment.PASSWORD_FILE):
        path = environ[environment.PASSWORD_FILE]
        found, origin = read_password(path), f"is in the file {path}"
    if name is None:
        return StaticCredentials(None, found, f"no user name is in {environment.USERNAME}")
    if found is None:
        return StaticCredentials(name, None, f"no password for {name} is in {environment.PASSWORD}")
    return StaticCredentials(name, found, f"the password of {name} {origin}")


def read_password(path: str) -> Secret:
    """The file's first line, without its end.

    Raises
    ------
    ConfigurationError
        It can't be read, or is empty.
    """
    try:
        with open(path, encoding="utf-8") as file:
            password = file.readline(4096).rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise ConfigurationError(
            f"The password file {path} can't be read: {reason}.", "Check DEPLOYKF_PASSWORD_FILE."
        ) from None
    if not password:
        raise ConfigurationError(f"The password file {path} is empty.", "Put the password into its first line.")
    return Secret(password)
