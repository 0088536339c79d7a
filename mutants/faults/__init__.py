"""The table."""

from __future__ import annotations

from . import cache, issue, refreshing, requests, server

FAULTS = (*issue.FAULTS, *cache.FAULTS, *refreshing.FAULTS, *requests.FAULTS, *server.FAULTS)
