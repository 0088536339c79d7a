"""deployKF's guide, taken as it stands: the project holds no copy of its classes."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

import pytest

GUIDE = Path(__file__).resolve().parents[3] / "shared" / "seed" / "access-kubeflow-pipelines-api.txt"


def guide_class(name: str) -> str:
    """The source of one of the guide's classes, with its imports.

    Skips the test where the guide is not beside the checkout.
    """
    if not GUIDE.exists():
        pytest.skip(
            f"deployKF's guide is not at {GUIDE}: put the text of its page «Access Kubeflow Pipelines API» there"
        )
    blocks = re.findall(r"^( *)```python\n(.*?)^\1```", GUIDE.read_text(), flags=re.DOTALL | re.MULTILINE)
    (source,) = [dedent(text) for _, text in blocks if f"class {name}" in text]
    return source
