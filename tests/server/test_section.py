"""Mistakes in the administrator's section that traitlets accepts."""

from __future__ import annotations

from typing import Any, Callable

import pytest
from traitlets.config import Config

from jupyterlab_deploykf.server.section import find_mistake

VALUES: dict[str, Any] = {"clusters": [], "allowed_issuers": None, "keep_fresh": True}


def misspelled(c: Any) -> None:
    c.DeployKF.allowed_issuer = []


def unlike_any(c: Any) -> None:
    c.DeployKF.xyz = 1


def capitalized(c: Any) -> None:
    c.DeployKF.Allowed_issuers.issuers = []


def other_section(c: Any) -> None:
    c.DeployKf.allowed_issuers = []


def lower_section(c: Any) -> None:
    c.deploykf.allowed_issuers = []


def appended(c: Any) -> None:
    c.DeployKF.allowed_issuers.append("https://deploykf.example.com/dex")


def compared(c: Any) -> None:
    _ = c.DeployKF.allowed_issuers == []


@pytest.mark.parametrize(
    ("configure", "said"),
    [
        (misspelled, "There is no setting c.DeployKF.allowed_issuer. Did you mean allowed_issuers?"),
        (unlike_any, "There is no setting c.DeployKF.xyz."),
        (capitalized, "There is no setting c.DeployKF.Allowed_issuers. Did you mean allowed_issuers?"),
        (other_section, "The section is called c.DeployKF, not c.DeployKf."),
        (lower_section, "The section is called c.DeployKF, not c.deploykf."),
        (appended, "c.DeployKF.allowed_issuers is not assigned. Write: c.DeployKF.allowed_issuers = …"),
        (compared, "c.DeployKF.allowed_issuers is not assigned. Write: c.DeployKF.allowed_issuers = …"),
    ],
)
def test_a_mistake_is_found(configure: Callable[[Any], None], said: str) -> None:
    config = Config()
    configure(config)
    assert find_mistake(config, "DeployKF", VALUES) == said


def test_a_section_of_the_wrong_type_is_a_mistake() -> None:
    assert find_mistake({"DeployKF": 7}, "DeployKF", VALUES) == "c.DeployKF is not a section."


def test_a_value_that_became_none_is_a_mistake() -> None:
    config = {"DeployKF": {"allowed_issuers": "https://deploykf.example.com/dex"}}
    assert find_mistake(config, "DeployKF", VALUES) == "The value of c.DeployKF.allowed_issuers can't be used."


def test_what_is_right_is_none() -> None:
    config = Config()
    assert find_mistake(config, "DeployKF", VALUES) is None
    config.DeployKF.clusters.append({"issuer": "https://deploykf.example.com/dex"})
    config.DeployKF.allowed_issuers = []
    config.ServerApp.whatever = 1
    assert find_mistake(config, "DeployKF", {**VALUES, "allowed_issuers": []}) is None
    for none in (None, "None"):
        assert find_mistake({"DeployKF": {"allowed_issuers": none}}, "DeployKF", VALUES) is None
    # A later file adds to the list of an earlier one.
    config = Config()
    config.DeployKF.allowed_issuers.append("https://deploykf.example.com/dex")
    assert find_mistake(config, "DeployKF", {**VALUES, "allowed_issuers": []}) is None
