"""How the properties are tried: the same examples each time, and few enough for each run of the tests."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "deploykf",
    derandomize=True,
    max_examples=120,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("deploykf")
