"""``clusters``: what is known, and the user's own list."""

from __future__ import annotations

import argparse
import os

from ..core.choice import issuer_from_text
from ..core.cluster import parse_cluster
from ..reports import clusters_report
from ..wiring import make_sessions
from .exits import OK
from .output import give, say, table


def show(arguments: argparse.Namespace) -> int:
    """List them."""
    report = clusters_report(make_sessions().clusters)
    if arguments.json:
        give(report.to_dict())
        return OK
    if report.clusters:
        rows = [(c.name, c.issuer, c.api_url or "-", c.source) for c in report.clusters]
        say(table(("NAME", "ISSUER", "API", "FROM"), rows))
    elif not report.problem:
        say("No deployKF cluster is configured.")
        say("Add one: jupyter deploykf clusters add https://deploykf.example.com/dex")
    say(f"\nYour own list: {report.path}")
    if report.problem:
        say(f"{report.problem.message}\n{report.problem.next_step}")
    return OK


def add(arguments: argparse.Namespace) -> int:
    """Verify an issuer, and keep it."""
    entry = {
        "issuer": issuer_from_text(arguments.issuer),
        "name": arguments.cluster_name,
        "api_url": arguments.api_url,
        "ca_file": os.path.abspath(arguments.ca_file) if arguments.ca_file else None,
        "skip_tls_verify": arguments.skip_tls_verify,
    }
    cluster = make_sessions().add_cluster(parse_cluster(entry, "file"))
    if arguments.json:
        give(cluster.to_dict())
    else:
        say(f"Added {cluster.name}.\nSign in: jupyter deploykf login --cluster {cluster.name}")
    return OK


def remove(arguments: argparse.Namespace) -> int:
    """Take a cluster out of the list; its session stays."""
    sessions = make_sessions()
    cluster = sessions.choose(arguments.cluster)
    sessions.clusters.remove_own(cluster.issuer)
    if arguments.json:
        give(cluster.to_dict())
    else:
        say(f"Removed {cluster.name} from your own list.\nA session there stays until you log out.")
    return OK
