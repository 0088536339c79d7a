"""Where credentials go, what an API answers, and what another process left behind: a value or one of our errors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from jupyterlab_deploykf.core.answer import Answer
from jupyterlab_deploykf.core.apianswer import Shown, refusal, trouble
from jupyterlab_deploykf.core.cluster import Cluster
from jupyterlab_deploykf.core.cookies import Jar, parse_cookie
from jupyterlab_deploykf.core.host import find_origin, is_gateway, normalize_host
from jupyterlab_deploykf.core.setback import Setback
from jupyterlab_deploykf.core.stranger import host_name
from jupyterlab_deploykf.core.urls import parse_url
from jupyterlab_deploykf.core.visit import Visit
from jupyterlab_deploykf.errors import DeployKFError
from jupyterlab_deploykf.io.notes import Notes
from jupyterlab_deploykf.io.store import Store, beside

from .strategies import any_text, bodies, headers, mutants, statuses, texts
from .test_parsers import assert_harmless, assert_sendable, ours

API = "https://deploykf.example.com/pipeline"
ISSUER = "https://deploykf.example.com/dex"
NOTE: dict[str, Any] = {
    "machine": "m",
    "session": "s",
    "failed_at": 1.0,
    "failures": 1,
    "not_before": 2.0,
    "busy_until": 3.0,
    "problem": {"code": "issuer_fault", "message": "m", "next_step": "n", "retryable": True},
    "unknown_since": None,
    "is_under_way": False,
}
cookies = (
    st.builds(
        "{}={}; {}={}; {}".format,
        any_text,
        any_text,
        st.sampled_from(["Expires", "Max-Age", "Domain", "Path", "max-age"]),
        any_text | st.sampled_from(["9" * 5000, "-1", "١٢", "²", "Thu, 99 Jan 99999 00:00:00 GMT", ".com", "\x00"]),
        st.sampled_from(["Secure", "HttpOnly", "secure=\n", ""]),
    )
    | any_text
)


@given(texts)
def test_addresses_of_an_api(text: str) -> None:
    with ours():
        host = normalize_host(text)
        assert_harmless(host)
        assert normalize_host(host) == host
        assert parse_url(host) is not None
    is_gateway(text, [Cluster(ISSUER, api_url=API)])
    host_name(text)
    visit = Visit(ISSUER)
    visit.go(API)
    for error in (visit.go(text), visit.follow(API, text), visit.may_post(text)):
        if error is not None:
            assert_harmless(str(error))


@given(texts)
@example("http://EVIL\\@PLATFORM/pipeline")
def test_an_origin_is_the_urls(text: str) -> None:
    origin, url = find_origin(text), parse_url(text)
    if origin is not None:
        assert url is not None
        assert (origin.scheme, origin.host, origin.port) == (url.scheme, url.host, url.connect_port)


@given(statuses, headers, bodies({"message": "no", "error": "no", "experiments": [], "code": 7}))
def test_answers_of_an_api(status: int, given_headers: dict[str, str], body: bytes) -> None:
    answer, shown = Answer(status, given_headers, body), Shown("the ID token", "Log in.")
    for error in (
        refusal(API, answer, shown),
        refusal(API, answer, shown, reads=True),
        trouble(API, answer, shown, "team-1"),
        trouble(API, answer, shown, None),
    ):
        if error is not None:
            assert_harmless(error.message, error.next_step)
            assert_sendable(error.problem())


@given(cookies)
def test_cookies(line: str) -> None:
    cookie = parse_cookie(API, line, 1_800_000_000.0)
    if cookie is not None:
        assert "\n" not in cookie.name + cookie.value
        assert "\r" not in cookie.name + cookie.value
    jar = Jar()
    jar.keep(API, [line], 1_800_000_000.0)
    header = jar.header(API)
    assert header is None or str(header).isprintable() or not set(header) & set("\r\n\0")


def _codes(kind: type[DeployKFError]) -> list[str]:
    return [kind.code, *(code for child in kind.__subclasses__() for code in _codes(child))]


def test_notes_of_other_processes() -> None:
    codes = [{**NOTE, "problem": {**NOTE["problem"], "code": code}} for code in (*_codes(DeployKFError), "other", "")]
    odd = [{**NOTE, "problem": problem} for problem in mutants(NOTE["problem"])]
    for note in (*mutants(NOTE), *codes, *odd):
        (read,) = json.loads(json.dumps([note]))
        setback = Setback.from_dict(read)
        if setback is not None:
            setback.holds_back(10.0, is_valid=True)
            setback.is_repeatable(10.0)
            json.dumps(setback.to_dict(), allow_nan=False)
            if setback.problem is not None:
                assert_harmless(setback.problem.message, setback.problem.next_step)


@given(bodies(NOTE))
def test_files_of_other_processes(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "dkf_credentials.json"
    Path(beside(str(path), ISSUER, "note")).write_bytes(content)
    Notes(str(path)).read(ISSUER)


@settings(max_examples=30)  # a damaged cache is looked at for a while
@given(bodies({ISSUER: {"id_token": "a.b.c", "expires_at": 1}, "odd": {}, "x": 1}))
def test_caches_of_other_programs(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "cache" / "dkf_credentials.json"
    path.parent.mkdir(exist_ok=True, mode=0o700)
    path.write_bytes(content)
    path.chmod(0o600)
    with ours():
        store = Store(str(path))
        store.look()
        store.entries()
