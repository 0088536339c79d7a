"""The page at the origin's root: where things are."""

from __future__ import annotations

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8"><title>A small deployKF</title>
<h1>A small deployKF</h1>
<ul>
{items}
</ul>
</html>
"""


def home_page(notebook: str) -> str:
    """The page, with a link to each part.

    Parameters
    ----------
    notebook
        The notebook's base URL.
    """
    links = {
        notebook: "JupyterLab",
        "/pipeline/": "Kubeflow Pipelines",
        "/dex/.well-known/openid-configuration": "Dex, the issuer",
    }
    return _PAGE.format(items="\n".join(f'<li><a href="{path}">{name}</a></li>' for path, name in links.items()))
