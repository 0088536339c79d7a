"""A password in a file, such as a mounted Kubernetes Secret."""

from __future__ import annotations

from ..core.secret import Secret
from ..errors import ConfigurationError


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
