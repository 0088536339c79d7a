"""What the package needs, and that the environments of the tests have it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import jwt
import pytest

from .support.keys import private_key, sign

ROOT = Path(__file__).parents[1]


def dependencies() -> list[str]:
    """The requirements in pyproject.toml; Python 3.10 has no parser of its own for it."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    found = re.search(r"^dependencies = (\[.*?^\])", text, re.DOTALL | re.MULTILINE)
    assert found is not None
    needed = json.loads(re.sub(r",\s*\]", "]", found.group(1)))
    assert needed
    return list(needed)


@pytest.mark.parametrize("kernel", ["kfp1", "kfp2", "lab"])
def test_an_environment_without_dependencies_of_its_own_has_ours(kernel: str) -> None:
    lines = (ROOT / "requirements" / f"{kernel}.txt").read_text(encoding="utf-8").splitlines()
    assert set(dependencies()) <= set(lines)


def test_all_that_the_package_imports_outside_jupyter_and_kfp_is_a_dependency() -> None:
    source = (
        "import sys, pkgutil, importlib, jupyterlab_deploykf as package\n"
        "skipped = ('server', '__main__')\n"
        "for module in pkgutil.walk_packages(package.__path__, 'jupyterlab_deploykf.'):\n"
        "    if not set(module.name.split('.')) & set(skipped): importlib.import_module(module.name)\n"
        "print('filelock' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_the_jwt_library_refuses_a_critical_header_that_it_does_not_know() -> None:
    # RFC 7515, 4.1.11; before 2.12 it did not.
    token = sign({"sub": "me"}, crit=["https://example.com/unknown"], **{"https://example.com/unknown": True})
    with pytest.raises(jwt.InvalidTokenError, match="critical"):
        jwt.decode(token, private_key("rsa-1").public_key(), algorithms=["RS256"])
