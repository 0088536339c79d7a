"""What the processes of these tests run: ``worker.py VERB ISSUER``, once a line comes on standard input."""

from __future__ import annotations

import sys

from jupyterlab_deploykf import wiring
from jupyterlab_deploykf.io.store import Store


def main() -> None:
    verb, issuer = sys.argv[1:3]
    print("ready", flush=True)
    sys.stdin.readline()
    if verb == "token":
        print(str(wiring.get_token(issuer)), flush=True)
        return
    # Write until killed: the big entry makes half a write likely to be met.
    from jupyterlab_deploykf.io.environment import cache_path

    store = Store(cache_path())
    number = 0
    while True:
        with store.locked() as transaction:
            transaction.save({issuer: {"id_token": f"token-{number}", "expires_at": number, "pad": "x" * 8000}})
        number += 1


if __name__ == "__main__":
    main()
