"""``python -m torture.writer HOME [GUIDE_FILE]``: forks processes that write all the time, and kills them.

Each line on its input says for which issuer and for how long; each line of output is the last write that was
reported as done.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any, Callable


def _ours(home: str) -> Callable[[str, int], None]:
    from .kills import _generation
    from .places import Home

    store = Home(Path(home)).sessions().store

    def write(url: str, number: int) -> None:
        with store.room(url) as room, store.locked() as transaction:
            transaction.save({url: _generation(number)}, room)

    with store.locked():
        return write


def _guides(guide_file: str) -> Callable[[str, int], None]:
    from .reference import load

    guide = load(guide_file)
    instance: Any = guide.__new__(guide)
    instance.local_credentials_path = os.path.expanduser("~/.config/kfp/dkf_credentials.json")
    instance._setup_logging = None

    def write(url: str, number: int) -> None:
        import logging

        instance.log = logging.getLogger("guide")
        instance.oidc_issuer = url
        filling = f"{number} " * 400
        instance._write_credentials({"id_token": "eyJ", "refresh_token": f"refresh-{number}", "filling": filling})

    return write


def _last_number(home: str, url: str) -> int:
    path = Path(home) / ".config/kfp/dkf_credentials.json"
    return int(json.loads(path.read_text())[url]["refresh_token"].partition("-")[2])


def main() -> None:
    """Fork, kill and report until there are no more lines."""
    home = sys.argv[1]
    write = _guides(sys.argv[2]) if len(sys.argv) > 2 else _ours(home)
    for line in sys.stdin:
        command = json.loads(line)
        url, number = command["url"], _last_number(home, command["url"])
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            while True:
                number += 1
                write(url, number)
                os.write(writer, b"%d\n" % number)
        os.close(writer)
        time.sleep(command["seconds"])
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(reader, "rb") as said:
            numbers = said.read().split()
        sys.stdout.write(f"{int(numbers[-1]) if numbers else number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
