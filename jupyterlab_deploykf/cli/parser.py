"""The command line. A command's module is loaded when it runs."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Callable

from ..core.cluster import AUTH_TYPES
from .exits import EXPLAINED

_CLUSTER = "a cluster's name or its issuer's URL; not needed if only one is known, or you are logged in to only one"


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Understand a command line.

    Parameters
    ----------
    argv
        The arguments, without the program's name.

    Returns
    -------
    argparse.Namespace
        `command` is what to call with it.

    Raises
    ------
    SystemExit
        ``--help``, or it is not understood.
    """
    own, argv_of_command = _split(list(argv))
    parser, login, run = _parser()
    arguments = parser.parse_args(own)
    if arguments.name == "login":
        _check_login(login, arguments)
    if arguments.name == "run":
        if not argv_of_command:
            run.error("give the command after --, such as: jupyter deploykf run -- python submit.py")
        arguments.argv = argv_of_command
    elif argv_of_command:
        parser.error("-- is for «run»")
    return arguments


def _check_login(login: argparse.ArgumentParser, arguments: argparse.Namespace) -> None:
    """Refuse options of different methods, of which one would be ignored."""
    if arguments.username is not None and arguments.device:
        login.error("argument --device: not allowed with argument --username")
    for option in ("password_file", "auth_type"):
        if arguments.username is None and getattr(arguments, option) is not None:
            login.error(f"argument --{option.replace('_', '-')}: only allowed with argument --username")


def _split(argv: list[str]) -> tuple[list[str], list[str]]:
    """What is ours, and what stands behind the first ``--``: not ours to look at."""
    if "--" not in argv:
        return argv, []
    at = argv.index("--")
    return argv[:at], argv[at + 1 :]


def _parser() -> tuple[argparse.ArgumentParser, argparse.ArgumentParser, argparse.ArgumentParser]:
    parser = argparse.ArgumentParser(
        prog="jupyter deploykf",
        description="Log in to deployKF, and use the session of JupyterLab and its kernels.",
        epilog=EXPLAINED,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="name", metavar="COMMAND", required=True)

    login = _add(commands, "login", "sign in", "login")
    _add_cluster(login)
    login.add_argument("--no-browser", action="store_true", help="show the address, and open nothing")
    static = login.add_argument_group("static Dex credentials, without a browser")
    static.add_argument("--username", metavar="NAME", help="sign in with this user's password, asked for without echo")
    static.add_argument("--password-file", metavar="FILE", help="else DEPLOYKF_PASSWORD, or DEPLOYKF_PASSWORD_FILE")
    static.add_argument("--auth-type", choices=AUTH_TYPES, help="where Dex has several sign-ins (default: local)")
    login.add_argument("--device", action="store_true", help="confirm on another device, such as a phone (RFC 8628)")
    _add_tls(login)

    _add(commands, "status", "who is signed in where, and until when", "status")

    token = _add(commands, "token", "print the ID token, refreshed if need be", "token")
    _add_cluster(token)

    logout = _add(commands, "logout", "forget the session on this machine", "logout")
    which = logout.add_mutually_exclusive_group()
    _add_cluster(which)
    which.add_argument("--all", action="store_true", help="all sessions on this machine")

    _add_clusters(commands)

    doctor = _add(commands, "doctor", "check everything that signing in needs", "doctor")
    by_default = "a cluster's name or its issuer's URL; by default the first that is known"
    doctor.add_argument("cluster", nargs="?", metavar="CLUSTER", help=by_default)
    doctor.add_argument("--bundle", action="store_true", help="print a text for a bug report, without any secret")

    run = _add(commands, "run", "run a command with a token that stays fresh", "run")
    run.usage = "jupyter deploykf run [-h] [--json] [--cluster CLUSTER] [--host URL] -- CMD [ARGS...]"
    _add_cluster(run)
    run.add_argument("--host", metavar="URL", help="the Kubeflow Pipelines API")
    return parser, login, run


def _add_clusters(commands: Any) -> None:
    clusters = _add(commands, "clusters", "list, add and remove clusters", "clusters", "show")
    verbs = clusters.add_subparsers(dest="verb", metavar="VERB")
    _add(verbs, "list", "the clusters that are known", "clusters", "show")
    add = _add(verbs, "add", "verify an issuer, and keep it in your own list", "clusters", "add")
    add.add_argument("issuer", metavar="URL", help="such as https://deploykf.example.com/dex")
    add.add_argument("--name", dest="cluster_name", default="", help="what you call it")
    add.add_argument("--api-url", metavar="URL", help="the Kubeflow Pipelines API")
    _add_tls(add)
    remove = _add(verbs, "remove", "take a cluster out of your own list", "clusters", "remove")
    remove.add_argument("cluster", help="its name or its issuer's URL")


def _add(commands: Any, name: str, help: str, module: str, function: str = "run") -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=help,
        description=help[0].upper() + help[1:] + ".",
        epilog=EXPLAINED,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(command=_late(module, function))
    # Not set where it is not given: a verb's default would undo what stands before the verb.
    parser.add_argument(
        "--json", action="store_true", default=_default(commands), help="for programs: JSON, errors too"
    )
    return parser


def _default(commands: Any) -> Any:
    return argparse.SUPPRESS if commands.dest == "verb" else False


def _late(module: str, function: str) -> Callable[[argparse.Namespace], int]:
    def command(arguments: argparse.Namespace) -> int:
        code: int = getattr(import_module(f".{module}", __package__), function)(arguments)
        return code

    return command


def _add_cluster(parser: Any) -> None:
    parser.add_argument("--cluster", metavar="CLUSTER", help=_CLUSTER)


def _add_tls(parser: argparse.ArgumentParser) -> None:
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--ca-file", metavar="FILE", help="a PEM file with the CAs to trust for this cluster")
    how.add_argument(
        "--skip-tls-verify", action="store_true", help="do not check this cluster's certificate (not safe)"
    )
