"""Requests whose certificate goes unchecked, because someone wants it so."""

from __future__ import annotations

import re
import warnings

from urllib3.exceptions import InsecureRequestWarning


def silence_warnings(host: str) -> None:
    """No warning of urllib3's with each request to this host, nor an exception where warnings are errors."""
    warnings.filterwarnings("ignore", message=f".*'{re.escape(host)}'", category=InsecureRequestWarning)
