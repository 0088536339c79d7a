"""``python -m torture.member VERB COUNT SECONDS GUIDE_FILE URL…``: forks processes that share a cache.

Prints "all have asked" once the first second is over, and then what they said, as JSON: how often each of
"token" and the names of errors. The verbs:

race
    All ask once, at the same moment.
ask
    All ask all the time.
write
    One refreshes its session and writes it all the time.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Callable


def _ours() -> Callable[[str], None]:
    from .places import Home

    # As `jupyterlab_deploykf.get_token` does, with nothing from the environment.
    sessions = Home(Path(os.environ["HOME"])).sessions()

    def ask(url: str) -> None:
        sessions.get_token(url)

    for name in ("core.setback", "core.tokenanswer", "core.erasure", "io.notes", "io.lock", "io.token_file"):
        __import__(f"jupyterlab_deploykf.{name}")
    return ask


def _guides(guide_file: str) -> Callable[[str], None]:
    from .reference import load

    guide = load(guide_file)

    def ask(url: str) -> None:
        guide(url)

    return ask


def _member(verb: str, ask: Callable[[str], None], url: str, start: float, seconds: float) -> Counter[str]:
    said: Counter[str] = Counter()
    time.sleep(max(0.0, start - time.time()))
    while True:
        try:
            ask(url)
            said["token"] += 1
        except Exception as error:
            said[type(error).__name__] += 1
        if verb == "race" or time.time() - start >= seconds:
            return said
        time.sleep(0.05)


def _write(guide_file: str, url: str, seconds: float) -> None:
    """Refresh as the class does when its token has run out, and write what comes of it."""
    from .reference import load

    instance = load(guide_file)(url)
    from requests_oauthlib import OAuth2Session

    end = time.time() + seconds
    while time.time() < end:
        try:
            stored = instance._read_credentials()
            session = OAuth2Session(instance.oidc_client_id, scope=instance.oidc_scope, token=stored)
            instance._refresh_token(session)
        except ValueError:
            pass  # it has read what another one of its kind was about to write
        time.sleep(0.1)


def main() -> None:
    """Fork them, and print what they said."""
    verb, count, seconds, guide_file, *urls = sys.argv[1:]
    if verb == "write":
        _write(guide_file, urls[0], float(seconds))
        return
    ask = _ours() if guide_file == "-" else _guides(guide_file)
    start = time.time() + 1.0
    readers = []
    for number in range(int(count)):
        reader, writer = os.pipe()
        if os.fork() == 0:
            said = _member(verb, ask, urls[number % len(urls)], start, float(seconds))
            os.write(writer, json.dumps(said).encode())
            os._exit(0)
        os.close(writer)
        readers.append(reader)
    time.sleep(max(0.0, start + 1.0 - time.time()))
    sys.stdout.write("all have asked\n")
    sys.stdout.flush()
    total: Counter[str] = Counter()
    for reader in readers:
        with os.fdopen(reader, "rb") as pipe:
            content = pipe.read()
        total.update(json.loads(content) if content else {"died": 1})
    for _ in readers:
        os.wait()
    sys.stdout.write(json.dumps(total) + "\n")


if __name__ == "__main__":
    main()
