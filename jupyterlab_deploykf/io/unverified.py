"""Requests whose certificate goes unchecked, because someone wants it so."""

from __future__ import annotations

import re
import warnings
from urllib.parse import urlsplit

from urllib3.exceptions import InsecureRequestWarning


def silence_warnings(url: str) -> None:
    """No warning of urllib3's with each request to this host, nor an exception where warnings are errors."""
    name = re.escape(urlsplit(url).hostname or "")
    warnings.filterwarnings("ignore", message=f".*'{name}'", category=InsecureRequestWarning)
