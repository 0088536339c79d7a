"""deployKF's guide, taken as it stands: the project holds no copy of its classes."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

import pytest

GUIDE = Path(__file__).resolve().parents[3] / "shared" / "seed" / "access-kubeflow-pipelines-api.txt"


#: Behind the class: lists experiments, and prints their names as JSON.
USE_THE_GUIDES_CLASS = """
import json, sys
credentials = DeployKFCredentialsOutOfBand(issuer_url=sys.argv[1])
import kfp
client = kfp.Client(host=sys.argv[2], credentials=credentials)
experiments = client.list_experiments(namespace="team-1").experiments
print(json.dumps([getattr(e, "display_name", None) or e.name for e in experiments]))
"""


def find_guide_class(name: str) -> str | None:
    """The source of one of the guide's classes, with its imports; None where the guide is not there."""
    if not GUIDE.exists():
        return None
    blocks = re.findall(r"^( *)```python\n(.*?)^\1```", GUIDE.read_text(), flags=re.DOTALL | re.MULTILINE)
    (source,) = [dedent(text) for _, text in blocks if f"class {name}" in text]
    return source


def guide_class(name: str) -> str:
    """The same, for a test; it is skipped where the guide is not beside the checkout."""
    source = find_guide_class(name)
    if source is None:
        pytest.skip(f"deployKF's guide is not at {GUIDE}: put its page «Access Kubeflow Pipelines API» there")
    return source


if __name__ == "__main__":
    # For the browser tests: the script, or nothing where the guide is not there.
    source = find_guide_class("DeployKFCredentialsOutOfBand")
    print(source + USE_THE_GUIDES_CLASS if source else "")
