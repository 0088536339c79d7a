"""What a fleet of servers asks an issuer, in simulated time."""

from __future__ import annotations

import pytest

from benchmarks.fleet import HOUR, simulate


@pytest.mark.parametrize("seed", range(3))
def test_a_fleet_never_asks_all_at_once(seed: int) -> None:
    load = simulate(1000, hours=8, outage=(3 * HOUR, 600.0), seed=seed)
    assert load.normal <= 15
    assert load.after <= 40
    assert load.total < 1000 * 8 * 1.5


@pytest.mark.parametrize("minute", [0, 10, 44, 47, 50])
def test_an_outage_at_any_time_is_survived(minute: int) -> None:
    load = simulate(1000, hours=6, outage=(2 * HOUR + minute * 60, 600.0))
    assert load.normal <= 15
    assert load.after <= 40


def test_without_the_spread_it_does() -> None:
    load = simulate(1000, hours=4, outage=(2.2 * HOUR, 600.0), spread=False)
    assert (load.normal, load.outage) == (1000, 1000)
