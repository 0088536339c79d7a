"""All that the doctor has found, and a text of it that can be given away."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from .checks import Check, first_problem
from .cluster import Cluster
from .words import plain

#: A JWT, whoever signed it.
_JWT = re.compile(r"eyJ[\w-]{5,}(\.[\w-]*){1,4}")
_USER_IN_URL = re.compile(r"(?<=://)[^/@\s]+@")
_LOCAL_PART = re.compile(r"[\w.+%'-]+@(?=[\w-]+(\.[\w-]+)*)")

#: Texts shorter than this are no tokens: hiding them would hide words.
_SHORT = 8


@dataclass(frozen=True)
class Diagnosis:
    """The doctor's list.

    Parameters
    ----------
    made_at
        Seconds since the epoch.
    cluster
        Whose lines they are; None where no cluster is known.
    checks
        All of them, in the order of `TITLES`.
    bundle
        A plain text for a bug report.
    """

    made_at: float
    cluster: Cluster | None
    checks: tuple[Check, ...]
    bundle: str

    @property
    def problem(self) -> Check | None:
        """What to mend first; None where nothing is broken."""
        return first_problem(self.checks)

    def to_dict(self) -> dict[str, object]:
        """As the REST API speaks of it."""
        return {
            "made_at": self.made_at,
            "cluster": self.cluster.to_dict() if self.cluster else None,
            "checks": [check.to_dict() for check in self.checks],
            "bundle": self.bundle,
        }


def scrub(text: str, secrets: Sequence[str]) -> str:
    """A text without secrets: the given ones, whatever looks like a token, and passwords in URLs."""
    for secret in secrets:
        if len(secret) >= _SHORT:
            text = text.replace(secret, "(hidden)")
    return plain(_USER_IN_URL.sub("", _JWT.sub("(hidden)", text)))


def scrubbed(check: Check, secrets: Sequence[str]) -> Check:
    """A check without secrets, each text in one line, should an issuer or an API have put some into its words."""
    next_step = _one_line(scrub(check.next_step, secrets)) if check.next_step is not None else None
    return replace(check, found=_one_line(scrub(check.found, secrets)), next_step=next_step)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def make_bundle(
    made_at: float,
    cluster: Cluster | None,
    checks: Sequence[Check],
    machine: Mapping[str, str],
    home: str,
) -> str:
    """The text for a bug report.

    Parameters
    ----------
    made_at
        Seconds since the epoch.
    cluster, checks
        As in `Diagnosis`, scrubbed.
    machine
        Versions and the like, by name.
    home
        The home folder, which is written ``~``.
    """
    lines = [f"jupyterlab-deploykf doctor, {time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(made_at))}", ""]
    lines += [f"{name}: {fact}" for name, fact in machine.items()]
    if cluster is None:
        lines.append("cluster: none is known")
    else:
        lines.append(f"cluster: {cluster.name}, issuer {cluster.issuer}, API {cluster.api_url or 'not configured'}")
        lines.append(f"configured in: {cluster.source}; CA file: {cluster.ca_file or 'none'}; "
                     f"certificate unchecked: {'yes' if cluster.skip_tls_verify else 'no'}")  # fmt: skip
    lines.append("")
    for check in checks:
        lines.append(f"[{check.state.value}] {check.title}: {check.found}")
        if check.next_step is not None:
            lines.append(f"    {check.next_step}")
    text = scrub("\n".join(lines), ())
    if len(home) > 1:
        text = re.sub(re.escape(home.rstrip("/")) + r"(?=[/\s:;,.)»]|$)", "~", text)
    return _LOCAL_PART.sub("(somebody)@", text) + "\n"
