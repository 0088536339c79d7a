"""A session as people see it: what a credential amounts to."""

from __future__ import annotations

import pytest

from jupyterlab_deploykf.core.cluster import Cluster
from jupyterlab_deploykf.core.credential import Credential
from jupyterlab_deploykf.core.session import IDLE_LIFETIME, describe

CLUSTER = Cluster("https://deploykf.example.com/dex")
NOW = 1_800_000_000.0
DAY = 86400


def credential(left: float, refresh_token: str = "refresh-canary") -> Credential:
    return Credential(id_token="id-canary", expires_at=NOW + left, lifetime=3600, refresh_token=refresh_token)


class TestUntilWhenItCanBeIdle:
    @pytest.mark.parametrize(
        ("left", "idle_left"), [(3600, 7 * DAY), (0, 7 * DAY - 3600), (-7 * DAY, -3600), (-30 * DAY, -23 * DAY - 3600)]
    )
    def test_it_is_7_days_after_the_id_token_was_made(self, left: float, idle_left: float) -> None:
        session = describe(CLUSTER, credential(left), None, NOW)
        assert session.idle_until == NOW + idle_left
        assert session.to_dict()["idle_until"] == session.idle_until
        assert IDLE_LIFETIME == 7 * DAY

    def test_a_short_lived_token_does_not_move_it(self) -> None:
        short = Credential(id_token="x", expires_at=NOW + 60, lifetime=120, refresh_token="r")
        assert describe(CLUSTER, short, None, NOW).idle_until == NOW - 60 + 7 * DAY

    def test_there_is_none_without_a_refresh_token_or_an_age(self) -> None:
        unknown = Credential.from_entry({"id_token": "no token at all", "refresh_token": "r"})
        for kept in (None, credential(3600, refresh_token=""), unknown):
            session = describe(CLUSTER, kept, None, NOW)
            assert session.idle_until is None
            assert session.to_dict()["idle_until"] is None
