"""A bench for other tools, with or without JupyterLab: its addresses are one line of JSON."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .bench import Bench
from .jupyter import Kernel, make_jupyter
from .options import OOB_REDIRECT, BenchOptions, DexOptions, Listener, ProxyOptions
from .process import Child
from .stopping import read_input

_DURATIONS = (
    (
        DexOptions,
        ("id_tokens", "signing_keys", "auth_requests", "device_requests", "reuse_interval", "idle", "absolute"),
    ),
    (ProxyOptions, ("cookie_expire", "cookie_refresh")),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give a parser what a bench can be told; durations as Go writes them."""
    parser.add_argument("--folder", type=Path, help="for configuration and logs (default: one that is removed)")
    parser.add_argument("--host", default="127.0.0.1", help="the name in the origin (default: %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="of the one origin (default: a free one)")
    parser.add_argument("--https", action="store_true", help="with a certificate of an authority of its own")
    parser.add_argument("--also", type=_listener, action="append", default=[], metavar="URL",
                        help="a further origin, such as http://localhost:0; may be given again")  # fmt: skip
    parser.add_argument("--notebook", default="team-1/demo", metavar="NAMESPACE/NAME")
    parser.add_argument("--base-path", metavar="PATH", help="of a notebook outside of Kubeflow: /user/some%%40name/")
    parser.add_argument("--notebook-port", type=int, default=0, help="where JupyterLab will listen")
    parser.add_argument("--sign-in-page", action="store_true", help="oauth2-proxy's own page before Dex")
    parser.add_argument("--lab", action="store_true", help="with JupyterLab in it; its home is in the folder")
    parser.add_argument("--lab-python", type=Path, default=Path(sys.executable), metavar="PATH",
                        help="the interpreter that has JupyterLab; default: this one")  # fmt: skip
    parser.add_argument("--lab3", action="store_true", help="it is JupyterLab 3")
    parser.add_argument("--lab-config", type=Path, metavar="PATH", help="a configuration file for JupyterLab")
    parser.add_argument("--lab-argument", action="append", default=[], metavar="ARGUMENT",
                        help="a further argument for JupyterLab; may be given again")  # fmt: skip
    parser.add_argument("--lab-environment", action="append", default=[], metavar="NAME=VALUE",
                        help="a further environment variable for it; may be given again")  # fmt: skip
    parser.add_argument("--device", action="store_true", help="the device grant is allowed")
    parser.add_argument("--kernel-python", type=Path, metavar="PATH", help="a kernel for it, offered as kfp2")
    for options, names in _DURATIONS:
        for name in names:
            default = getattr(options(), name)
            parser.add_argument(f"--{name.replace('_', '-')}", default=default, metavar="DURATION",
                                help=f"default: {default}")  # fmt: skip


def options_of(arguments: argparse.Namespace) -> BenchOptions:
    """The bench that the arguments describe."""
    chosen = vars(arguments)
    durations: list[dict[str, Any]] = [{name: chosen[name] for name in names} for _, names in _DURATIONS]
    device: dict[str, Any] = {"sdk_redirect_uris": (OOB_REDIRECT, "/device/callback")} if arguments.device else {}
    namespace, _, name = arguments.notebook.partition("/")
    return BenchOptions(
        host=arguments.host,
        port=arguments.port,
        https=arguments.https,
        also=tuple(arguments.also),
        notebook=(namespace, name),
        notebook_port=arguments.notebook_port,
        base_path=arguments.base_path,
        dex=DexOptions(**durations[0], **device),
        proxy=ProxyOptions(sign_in_page=arguments.sign_in_page, **durations[1]),
    )


def serve(arguments: argparse.Namespace) -> None:
    """Run a bench until the process is told to stop, or its standard input (a pipe) ends.

    A line there, ``stop lab`` or ``start lab``, stops JupyterLab or starts it again where it was;
    it is answered by a line of JSON when that is done.
    """
    lines = read_input()
    with (
        tempfile.TemporaryDirectory(prefix="deploykf-bench-") as temporary,
        Bench(options_of(arguments), arguments.folder or Path(temporary)) as bench,
        _jupyter(bench, arguments) as lab,
    ):
        home = None if lab is None else str(_home(bench))
        print(json.dumps({**addresses(bench), "home": home}), flush=True)
        while True:
            print(json.dumps(_obey(lines.get(), lab)), flush=True)


def _obey(line: str, lab: Child | None) -> dict[str, str]:
    """Do what a line says; the answer to it."""
    if lab is not None and line == "stop lab":
        lab.stop()
        return {"lab": "stopped"}
    if lab is not None and line == "start lab":
        lab.start(deadline=60)
        return {"lab": "started"}
    return {"error": f"not understood: {line}"}


def _home(bench: Bench) -> Path:
    return bench.folder / "home"


@contextlib.contextmanager
def _jupyter(bench: Bench, arguments: argparse.Namespace) -> Iterator[Child | None]:
    """JupyterLab, where it is wanted."""
    if not arguments.lab:
        yield None
        return
    python = arguments.kernel_python
    kernels = (Kernel("kfp2", "Python 3 (kfp 2)", python.absolute()),) if python else ()
    lab = make_jupyter(
        bench,
        arguments.lab_python.absolute(),
        _home(bench),
        kernels=kernels,
        config=arguments.lab_config,
        extra=dict(entry.split("=", 1) for entry in arguments.lab_environment),
        arguments=tuple(arguments.lab_argument),
        is_lab3=arguments.lab3,
    )
    try:
        lab.start(deadline=60)
        yield lab
    finally:
        lab.stop()


def addresses(bench: Bench) -> dict[str, Any]:
    """Where everything is, and who can sign in."""
    return {
        "origin": bench.origin,
        "origins": bench.origins,
        "issuer": bench.issuer,
        "api_url": bench.api_url,
        "notebook_path": bench.notebook_path,
        "notebook_port": bench.notebook_port,
        "ca_file": str(bench.ca_file) if bench.ca_file else None,
        "users": [dataclasses.asdict(user) for user in bench.users],
        "logs": [str(log) for log in bench.logs],
    }


def _listener(url: str) -> Listener:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise argparse.ArgumentTypeError(f"{url!r} is not an address such as http://localhost:0")
    return Listener(parts.hostname, parts.port or 0, parts.scheme == "https")
