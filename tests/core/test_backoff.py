"""When to try again, and when to refresh."""

from __future__ import annotations

import pytest

from jupyterlab_deploykf.core.backoff import delay
from jupyterlab_deploykf.core.decide import windows
from jupyterlab_deploykf.core.spread import due_at, spread, vary


@pytest.mark.parametrize(
    ("failures", "middle"), [(1, 60), (2, 120), (3, 240), (4, 480), (5, 900), (6, 900), (10**6, 900)]
)
def test_the_delay_doubles_within_limits_and_varies_by_half(failures: int, middle: float) -> None:
    assert delay(failures, lambda: 0.5) == middle
    assert delay(failures, lambda: 0.0) == middle / 2
    assert delay(failures, lambda: 0.999) == pytest.approx(middle * 1.5, rel=0.01)


def test_what_the_issuer_asks_for_is_a_minimum_and_varies_too() -> None:
    assert delay(1, lambda: 0.0, 300.0) == 300.0
    assert delay(1, lambda: 0.5, 300.0) == 330.0
    assert delay(4, lambda: 0.5, 30.0) == 480.0
    assert delay(1, lambda: 0.0, 0.0) == 30.0


@pytest.mark.parametrize("lifetime", [1, 60, 300, 3600, 86400, 30 * 86400])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.999])
def test_every_refresh_is_between_the_two_windows(lifetime: float, share: float) -> None:
    advisory, mandatory = windows(lifetime)
    left = 1e9 - due_at(1e9, lifetime, share)
    assert mandatory < left <= advisory


def test_refreshes_are_spread_over_a_tenth_of_the_lifetime() -> None:
    assert spread(3600) == 360
    assert spread(600) == 60
    # A day's token has no wider window than an hour's.
    assert spread(86400) == 360


def test_a_pause_varies() -> None:
    assert [vary(4.0, lambda share=share: share) for share in (0.0, 0.5)] == [3.0, 4.0]
