"""``python -m torture.careless GUIDE_FILE SEED COUNT`` uses damaged caches as the guide's class does.

``… GUIDE_FILE refresh URL`` refreshes for each line on its input, and says "token" or "none".
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from random import Random
from typing import Any

from .damage import damaged
from .reference import load

URL = "http://127.0.0.1:1/dex"


def _refresh(guide: Any, url: str) -> None:
    for _ in sys.stdin:
        try:
            token = guide(url).get_token()
        except Exception:
            token = ""
        sys.stdout.write("token\n" if token else "none\n")
        sys.stdout.flush()


def _use(guide: Any, seed: str, count: int) -> str:
    """Read a session and save one; what is lost is the save, or what was there."""
    dice = Random(f"{seed} damaged caches")
    cache = Path.home() / ".config/kfp/dkf_credentials.json"
    other = "https://other.example.com/dex"
    entry = {"id_token": "eyJ", "refresh_token": "refresh-0", "expires_at": 1, "expires_in": 3600}
    content = json.dumps({other: entry, URL: entry}).encode()
    instance = guide.__new__(guide)
    instance.log = __import__("logging").getLogger("guide")
    instance.local_credentials_path = os.fspath(cache)
    instance.oidc_issuer = URL
    raised = 0
    for _ in range(count):
        cache.write_bytes(damaged(content, dice))
        try:
            instance._read_credentials()
            instance._write_credentials(entry)
        except Exception:
            raised += 1
    return f"{raised} of {count} end in a bare exception"


def main() -> None:
    """Do what is asked for."""
    guide = load(sys.argv[1])
    if sys.argv[2] == "refresh":
        _refresh(guide, sys.argv[3])
        return
    sys.stdout.write(_use(guide, sys.argv[2], int(sys.argv[3])) + "\n")


if __name__ == "__main__":
    main()
