"""The decision that everybody shares."""

import pytest

from jupyterlab_deploykf.core.credential import Credential
from jupyterlab_deploykf.core.decide import Decision, decide, windows

NOW = 1_000_000.0


def credential(left: float, *, lifetime: float = 3600.0, refresh_token: str = "r") -> Credential:
    return Credential(id_token="t", expires_at=NOW + left, lifetime=lifetime, refresh_token=refresh_token)


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (3600, Decision.USE),
        (901, Decision.USE),
        (900, Decision.REFRESH_SOON),
        (301, Decision.REFRESH_SOON),
        (300, Decision.REFRESH_NOW),
        (1, Decision.REFRESH_NOW),
        (-86_400, Decision.REFRESH_NOW),
    ],
)
def test_an_hour_long_token_is_refreshed_in_two_windows(left: float, expected: Decision) -> None:
    assert decide(credential(left), NOW) is expected


@pytest.mark.parametrize(("over", "expected"), [(0, Decision.USE), (119, Decision.USE), (121, Decision.REFRESH_NOW)])
def test_a_token_with_more_time_than_it_ever_had_is_refreshed_unless_a_clock_was_corrected_a_little(
    over: float, expected: Decision
) -> None:
    assert decide(credential(3600 + over), NOW) is expected


@pytest.mark.parametrize(("left", "expected"), [(3600, Decision.USE), (1, Decision.USE), (0, Decision.LOGIN)])
def test_a_token_without_refresh_token_is_used_as_long_as_it_is_valid(left: float, expected: Decision) -> None:
    assert decide(credential(left, refresh_token=""), NOW) is expected


def test_without_a_credential_someone_has_to_log_in() -> None:
    assert decide(None, NOW) is Decision.LOGIN


@pytest.mark.parametrize("lifetime", [10.0, 60.0, 600.0, 3600.0, 86_400.0])
def test_a_fresh_token_of_any_lifetime_is_used_and_not_refreshed_without_end(lifetime: float) -> None:
    assert decide(credential(lifetime, lifetime=lifetime), NOW) is Decision.USE
    advisory, mandatory = windows(lifetime)
    assert 0 < mandatory < advisory <= lifetime / 4


def test_an_unmodified_reference_class_never_refreshes_beside_a_running_server() -> None:
    # It refreshes when 300 s or less are left.
    assert decide(credential(300.5), NOW) is Decision.REFRESH_SOON
