"""No error of ours shows a token, a code or a password to whoever looks at its frames."""

from __future__ import annotations

import errno
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jupyterlab_deploykf.core.device import DeviceAttempt
from jupyterlab_deploykf.dex_login import login_with_password
from jupyterlab_deploykf.errors import DeployKFError
from jupyterlab_deploykf.io import files
from jupyterlab_deploykf.io.http import Http
from jupyterlab_deploykf.io.issuer import Issuer as IssuerClient
from jupyterlab_deploykf.session import Sessions

from .conftest import write_cache
from .support.frames import leaks, modules
from .support.issuer import Issuer

CODE, VERIFIER, NONCE = "goodcodegoodcodegoodcode2", "verifier-canary-" + "v" * 43, "nonce-canary-of-this-attempt"
PASSWORD, DEVICE = "password-canary", "device-code-canary"
TOKENS = ("access-canary", "refresh-canary", "eyJ")


def scripted(status: int, body: object, **headers: str) -> tuple[int, dict[str, str], bytes]:
    return status, headers, body if isinstance(body, bytes) else json.dumps(body).encode()


def no_issuer(sessions: Sessions, issuer: Issuer) -> None:
    issuer.scripted["/dex/.well-known/openid-configuration"] = scripted(200, b"<html>")


#: What goes wrong at the issuer, by name.
AT_THE_ISSUER: dict[str, Callable[[Sessions, Issuer], object]] = {
    "503": lambda _, i: i.scripted.update({"/dex/token": scripted(503, {})}),
    "429": lambda _, i: i.scripted.update({"/dex/token": scripted(429, {})}),
    "refused": lambda _, i: i.scripted.update({"/dex/token": scripted(400, {"error": "invalid_grant"})}),
    "client": lambda _, i: i.scripted.update({"/dex/token": scripted(401, {"error": "invalid_client"})}),
    "no JSON": lambda _, i: i.scripted.update({"/dex/token": scripted(200, b"<html>")}),
    "no ID token": lambda _, i: i.scripted.update({"/dex/token": scripted(200, {"refresh_token": "refresh-canary"})}),
    "redirect": lambda _, i: i.scripted.update({"/dex/token": scripted(302, {}, location="http://x/")}),
    "odd ID token": lambda _, i: i.scripted.update({"/dex/token": scripted(200, {"id_token": "eyJ.canary.x"})}),
    "another user": lambda _, i: i.claims.update(sub="other", nonce="other"),
    "another issuer": lambda _, i: i.claims.update(iss="https://other.example.com"),
    "expired": lambda _, i: i.claims.update(exp=1),
    "unknown key": lambda _, i: (i.scripted.update({"/dex/keys": i.answer("/dex/keys", {})}), i.keys.insert(0, "ec-9")),
    "no keys": lambda _, i: i.scripted.update({"/dex/keys": scripted(500, {})}),
    "no issuer": no_issuer,
    "dropped": lambda _, i: i.losses.extend(["drop"] * 20),
    "cut off": lambda _, i: i.losses.extend(["half"] * 20),
    "stalls": lambda _, i: i.losses.extend(["stall", *["drop"] * 20]),
    "fault of ours": lambda s, _: setattr(s._renewal, "_ask", lambda *_: [].pop()),
}

#: What a user does, by name.
CALLS: dict[str, Callable[[Sessions, Issuer], Any]] = {
    "get_token": lambda s, i: s.get_token(i.url),
    "refresh": lambda s, i: s.refresh(i.url),
    "keep_fresh": lambda s, i: s.keep_fresh(i.url),
    "replace_refused": lambda s, i: s.replace_refused(i.url, s._vault.credential(i.url).id_token),  # type: ignore[union-attr]
    "login": lambda s, i: s.login(i.url, CODE, VERIFIER, NONCE),
    "login as another": lambda s, i: s.login(i.url, CODE, VERIFIER, NONCE, confirm_other=True),
    "device": lambda s, i: s.poll_device(DeviceAttempt.to_poll(i.url, DEVICE, VERIFIER)),
    "password": lambda s, i: login_with_password(s, i.url, "user", PASSWORD),
}


@pytest.fixture
def at_issuer(home: Path, issuer: Issuer, cache: Path) -> Sessions:
    """Sessions whose requests end soon, with one that has to be refreshed."""
    from jupyterlab_deploykf import wiring

    issuer.refresh_token = "refresh-canary"
    write_cache(cache, {issuer.url: issuer.entry(expires_in=-1)})
    plain = wiring.make_sessions()
    return Sessions(
        plain.store,
        plain.clusters,
        lambda cluster: IssuerClient(cluster, Http(1.5)),
        pause=lambda seconds: None,
    )


def look(call: Callable[[], Any]) -> bool:
    """Make a call; whether it has failed, with an error that shows nothing."""
    failure: DeployKFError | None = None
    try:
        call()
    except DeployKFError as error:
        failure = error
    if failure is None:
        return False
    # The nonce is in the ID token for everyone to see, and proves nothing to anyone but us.
    assert leaks(failure, CODE, VERIFIER, PASSWORD, DEVICE, *TOKENS) == []
    # The frames of libraries hold what was sent, in whichever form.
    assert not modules(failure) & {"requests", "urllib3", "http", "jwt", "socket", "ssl", "json"}
    return True


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("trouble", AT_THE_ISSUER)
def test_trouble_at_the_issuer_shows_no_secret(at_issuer: Sessions, issuer: Issuer, trouble: str, call: str) -> None:
    AT_THE_ISSUER[trouble](at_issuer, issuer)
    has_failed = look(lambda: CALLS[call](at_issuer, issuer))
    issuer.go_on.set()
    at_issuer.finish(30)
    # Few troubles are none for a call, such as another user's token for a login.
    assert (
        has_failed or trouble in ("another user", "fault of ours", "no ID token", "unknown key") or call == "password"
    )


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EIO, errno.EMFILE])
@pytest.mark.parametrize("broken", ["open", "fsync", "replace"])
@pytest.mark.parametrize("call", ["get_token", "login", "device"])
def test_trouble_with_the_disk_shows_no_secret(
    at_issuer: Sessions, issuer: Issuer, monkeypatch: pytest.MonkeyPatch, number: int, broken: str, call: str
) -> None:
    def fail(*_: Any, **__: Any) -> int:
        raise OSError(number, os.strerror(number))

    at_issuer.session(issuer.url)
    with monkeypatch.context() as patch:
        patch.setattr(files.os, broken, fail)
        has_failed = look(lambda: CALLS[call](at_issuer, issuer))
        at_issuer.finish(30)
    # A token that came and could not be saved is given all the same.
    assert has_failed or (call == "get_token" and broken in ("fsync", "replace"))


@pytest.mark.parametrize("content", ['{"x": {"id_token": "eyJ', "[]", "\x00eyJ"])
def test_a_damaged_cache_shows_no_secret(
    at_issuer: Sessions, issuer: Issuer, cache: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    write_cache(cache, content)

    def fail(*_: Any, **__: Any) -> int:
        raise OSError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(files.os, "replace", fail)
    assert look(lambda: at_issuer.get_token(issuer.url))


def test_the_objects_that_hold_tokens_show_none(at_issuer: Sessions, issuer: Issuer) -> None:
    at_issuer.get_token(issuer.url)
    token = at_issuer.get_token(issuer.url)
    shown = repr(
        [
            vars(at_issuer),
            vars(at_issuer.store),
            vars(at_issuer._vault),
            vars(at_issuer._renewal),
            token,
            at_issuer.status(),
        ]
    )
    assert not any(secret in shown for secret in TOKENS)
    assert threading.active_count() < 50
