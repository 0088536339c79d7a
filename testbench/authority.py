"""A certificate authority of the bench's own, which nobody trusts by default."""

from __future__ import annotations

import ssl
from pathlib import Path

import trustme


class Authority:
    """Made once a bench.

    Parameters
    ----------
    path
        Where its certificate is written (PEM), for clients that shall trust it.
    """

    def __init__(self, path: Path) -> None:
        self._authority = trustme.CA()
        self._authority.cert_pem.write_to_path(str(path))
        self.path = path

    def context(self, *names: str) -> ssl.SSLContext:
        """A server's context, with a certificate for these host names and addresses."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._authority.issue_cert(*names).configure_cert(context)
        return context
