"""Only one module takes URLs apart, and only one reads JSON from outside."""

from __future__ import annotations

import ast
from pathlib import Path

import jupyterlab_deploykf

PACKAGE = Path(jupyterlab_deploykf.__file__).parent

#: Whatever reads a URL or JSON by itself decides by itself what a text means.
URL_READERS = {"urlsplit", "urlparse", "urljoin", "urldefrag", "parse_qs", "parse_qsl"}
JSON_READERS = {"load", "loads", "JSONDecoder", "raw_decode"}


def readers(tree: ast.AST) -> set[str]:
    """The functions that read URLs or JSON, by whatever name a module uses them."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in ("urllib.parse", "json"):
            found |= {alias.name for alias in node.names} & (URL_READERS | JSON_READERS)
        if isinstance(node, ast.Attribute):
            found |= {node.attr} & (URL_READERS | JSON_READERS)
        # The method of an answer of requests, urllib3 or httpx.
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "json":
            found.add("json")
    return found


def test_no_other_module_does() -> None:
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if readers(ast.parse(path.read_text("utf-8")))
    }
    assert found == {"core/urls.py", "core/jsonvalue.py"}
