"""`login --device` (RFC 8628) at a real Dex."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from jupyterlab_deploykf import wiring
from jupyterlab_deploykf.errors import DeviceExpired, DeviceNotAllowed
from jupyterlab_deploykf.terminal import wait_for_device
from testbench.bench import Bench
from testbench.person import SignInFailed, approve_device
from testbench.pytest_plugin import MakeBench

from ..conftest import read_cache
from ..support.realbench import DEVICE_ALLOWED
from ..support.terminal import in_terminal


@pytest.fixture
def device_bench(make_bench: MakeBench, home: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """One whose administrator allows it."""
    bench = make_bench(DEVICE_ALLOWED)
    monkeypatch.setenv("DEPLOYKF_ISSUER_URL", bench.issuer)
    return bench


def test_a_person_confirms_on_another_device(device_bench: Bench, cache: Path) -> None:
    with in_terminal("login", "--device") as terminal:
        uri = terminal.wait_for(r"open +(\S+)\n").group(1)
        user_code = terminal.wait_for(r"code there +(\S+)\n").group(1)
        terminal.wait_for(r"Waiting for you: [45]:\d\d left")
        assert user_code not in uri
        approve_device(uri, user_code, device_bench.users[0])
        terminal.wait_for("Signed in at .* as user1@example.com")
        assert terminal.end() == 0
    entry = read_cache(cache)[device_bench.issuer]
    for secret in (entry["id_token"], entry["access_token"], entry["refresh_token"]):
        assert secret not in terminal.screen
    assert wiring.make_sessions().refresh(device_bench.issuer).renewable


def test_ctrl_c_ends_the_waiting(device_bench: Bench, cache: Path) -> None:
    with in_terminal("login", "--device") as terminal:
        terminal.wait_for("Waiting for you")
        terminal.type("\x03")
        terminal.wait_for("Interrupted")
        assert terminal.end() == 130
    assert "Traceback" not in terminal.screen
    assert not cache.exists()


def test_deploykf_as_it_comes_does_not_allow_it_and_that_is_said_at_once(at_bench: Bench) -> None:
    with in_terminal("login", "--device") as terminal:
        terminal.wait_for("does not allow a login on another device")
        terminal.wait_for("without --device")
        terminal.wait_for("/device/callback")
        assert terminal.end() == 1
    assert at_bench.requests_to("/dex/device/code") == []


def test_the_probe_says_what_the_user_would_have_met(bench: Bench, home: Path) -> None:
    # Dex hands out codes all the same; the page at the end refuses.
    import requests

    form = {"client_id": "kubeflow-pipelines-sdk", "scope": "openid"}
    answer = requests.post(f"{bench.issuer}/device/code", data=form, timeout=10).json()
    with pytest.raises(SignInFailed, match="400"):
        approve_device(answer["verification_uri"], answer["user_code"], bench.users[0])
    with pytest.raises(DeviceNotAllowed):
        wiring.make_sessions().begin_device(bench.issuer)


def test_it_ends_when_the_code_does(make_bench: MakeBench, home: Path) -> None:
    bench = make_bench(replace(DEVICE_ALLOWED, dex=replace(DEVICE_ALLOWED.dex, device_requests="2s")))
    said: list[str] = []
    with pytest.raises(DeviceExpired, match="in time"):
        wait_for_device(wiring.make_sessions(), bench.issuer, show=said.append, progress=said.append)
    assert any("0:01 left" in line for line in said)
    assert said[-1] == ""


def test_a_poll_that_gets_no_answer_is_made_again(device_bench: Bench) -> None:
    sessions = wiring.make_sessions()
    attempt = sessions.begin_device(device_bench.issuer)
    approve_device(attempt.verification_uri, attempt.user_code, device_bench.users[0])
    now, waited = [0.0], []

    def sleep(seconds: float) -> None:
        now[0] += seconds
        waited.append(seconds)

    sessions.begin_device = lambda issuer: replace(attempt, expires_at=300.0)  # type: ignore[method-assign]
    sessions.provider(device_bench.issuer)
    with device_bench.outage("dex"):

        def come_back(_: str) -> None:
            if now[0] > 12:
                device_bench.gateway.down.discard("dex")

        session = wait_for_device(
            sessions,
            device_bench.issuer,
            show=lambda _: None,
            progress=come_back,
            sleep=sleep,
            clock=lambda: now[0],
        )
    assert session.identity is not None
    assert now[0] == pytest.approx(5 + 10)  # slower after each poll without an answer
