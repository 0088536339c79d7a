"""The translations as JupyterLab finds them: in the package that is installed."""

from __future__ import annotations

from importlib.metadata import files

from jupyterlab_server.translation_utils import get_language_pack


def test_jupyterlab_finds_the_translation_beside_its_own_language_pack() -> None:
    catalogues, trouble = get_language_pack("de_DE")
    assert trouble == ""
    assert catalogues["jupyterlab_deploykf"]["Log in"] == ["Anmelden"]
    assert catalogues["jupyterlab"]["Cancel"] == ["Abbrechen"]


def test_the_wheel_has_it() -> None:
    installed = {str(file) for file in files("jupyterlab_deploykf") or ()}
    assert "jupyterlab_deploykf/locale/de_DE/LC_MESSAGES/jupyterlab_deploykf.json" in installed
