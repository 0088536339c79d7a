"""Errors as HTTP answers."""

from __future__ import annotations

from ..errors import (
    CacheBusy,
    CacheError,
    ConfigurationError,
    ConfirmationExpired,
    DeployKFError,
    IssuerError,
    IssuerNotAllowed,
    IssuerUnreachable,
    LoginFailed,
    LoginRequired,
    OtherIdentity,
    ServerMisconfigured,
)
from ..operations import BadRequest
from .pools import ServerBusy

# The first that fits counts. Neither 401 nor a bare 403 for trouble at the
# issuer: Jupyter's front end takes those for its own login.
_STATUS: tuple[tuple[type[DeployKFError], int], ...] = (
    (IssuerNotAllowed, 403),
    (BadRequest, 400),
    (ServerBusy, 503),
    (ServerMisconfigured, 500),
    (ConfigurationError, 400),
    (OtherIdentity, 409),
    (ConfirmationExpired, 410),
    (LoginFailed, 422),
    (LoginRequired, 409),
    (IssuerUnreachable, 504),
    (IssuerError, 502),
    (CacheBusy, 503),
    (CacheError, 507),
)


def http_status(error: DeployKFError) -> int:
    """The HTTP status that says about an error what its code says in full."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
