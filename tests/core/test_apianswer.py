"""What the API's answers mean."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jupyterlab_deploykf.core.answer import Answer
from jupyterlab_deploykf.core.apianswer import Shown, is_refusal, refusal, trouble

URL = "https://deploykf.example.com/pipeline/apis/v2beta1/experiments"
SHOWN = Shown("the ID token of user1@example.com", "Log in again.")
HTML = {"content-type": "text/html; charset=utf-8"}
LOGIN = {"location": "https://deploykf.example.com/dex/auth?client_id=oauth2-proxy&state=secret"}


HEALTH = "https://deploykf.example.com/pipeline/apis/v2beta1/healthz"
JSON = {"content-type": "application/json"}
TOO_LARGE = b"<html><head><title>400 Request Header Or Cookie Too Large</title></head></html>"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(200, JSON, b"{}"), None),
        (Answer(200, JSON, b'{"experiments": [{"id": "1"}], "total_size": 1, "next_page_token": ""}'), None),
        (Answer(200, JSON, b'{"totalSize": 0, "something_new": 1}'), None),
        (Answer(200, {}, b'{"experiments": []}'), None),
        (Answer(200, HTML), "not_an_api"),
        (Answer(200, {"content-type": "Text/HTML"}, b"{}"), "not_an_api"),
        (Answer(200, JSON), "not_an_api"),
        (Answer(200, JSON, b"[]"), "not_an_api"),
        (Answer(200, JSON, b"null"), "not_an_api"),
        (Answer(200, JSON, b'"ok"'), "not_an_api"),
        (Answer(200, JSON, b'{"experiments"'), "not_an_api"),
        (Answer(200, JSON, b"[" * 100_000), "not_an_api"),
        (Answer(200, {"content-type": "text/plain"}, b"OK"), "not_an_api"),
        (Answer(200, JSON, b"\xff\xfe"), "not_an_api"),
        (Answer(200, JSON, b'{"status": "ok"}'), "not_an_api"),
        (Answer(200, JSON, b'{"experiments": "none"}'), "not_an_api"),
        (Answer(200, JSON, b'{"code": 16, "message": "unauthenticated"}'), "not_an_api"),
        (Answer(201, JSON, b"{}"), "api_answer_unexpected"),
        (Answer(204), "not_an_api"),
        (Answer(206, JSON, b"{}"), "api_answer_unexpected"),
        (Answer(102), "api_answer_unexpected"),
        (Answer(302, LOGIN), "api_unauthorized"),
        (Answer(302), "api_unauthorized"),
        (Answer(302, {"location": "http://["}), "api_unauthorized"),
        (Answer(302, {"location": "http://e\\@x/"}), "api_unauthorized"),
        (Answer(304), "api_unauthorized"),
        (Answer(401, HTML), "api_unauthorized"),
        (Answer(403, HTML, b'<form action="/oauth2/start">'), "api_unauthorized"),
        (Answer(403, {"content-type": "text/plain"}, b"RBAC: access denied"), "api_forbidden"),
        (Answer(403, {}, b'{"code": 7, "message": "PermissionDenied: no"}'), "api_forbidden"),
        (Answer(403, {}, b"\xff not json"), "api_forbidden"),
        (Answer(404), "not_an_api"),
        (Answer(429), "api_fault"),
        (Answer(500), "api_fault"),
        (Answer(503), "api_fault"),
        (Answer(599), "api_fault"),
        (Answer(413), "token_too_large"),
        (Answer(431), "token_too_large"),
        (Answer(400, HTML, TOO_LARGE), "token_too_large"),
        (Answer(400, {}, b'{"code": 3, "message": "Invalid input error"}'), "api_answer_unexpected"),
        *(
            (Answer(status), "api_answer_unexpected")
            for status in (400, 402, 405, 406, 408, 409, 410, 412, 418, 451, 499)
        ),
    ],
)
def test_only_the_api_s_own_answer_is_good(answer: Answer, code: str | None) -> None:
    found = trouble(URL, answer, SHOWN, "team-1")
    assert (found.code if found else None) == code


@pytest.mark.parametrize(
    ("body", "is_good"),
    [
        (b"{}", True),
        (b'{"multi_user": true}', True),
        (b'{"commit_sha": "x", "tag_name": "2.3.0", "multi_user": true, "pipeline_store": "database"}', True),
        (b'{"multiUser": false}', True),
        (b'{"multi_user": "yes"}', False),
        (b'{"experiments": []}', False),
        (b'{"healthy": true}', False),
    ],
)
def test_the_api_s_health_has_a_shape(body: bytes, is_good: bool) -> None:
    assert (trouble(HEALTH, Answer(200, JSON, body), SHOWN, None) is None) is is_good


@pytest.mark.parametrize("status", [413, 431])
def test_a_token_that_is_too_large_is_said_with_its_groups(status: int) -> None:
    shown = Shown("the ID token of user1@example.com", "Log in again.", groups=412)
    found = trouble(URL, Answer(status), shown, None)
    assert found is not None
    assert "too large" in found.message
    assert "412 groups" in found.message
    assert "groups" not in str(trouble(URL, Answer(status), SHOWN, None)).partition(" Ask ")[0]
    found = trouble(URL, Answer(status), replace(shown, groups=1), None)
    assert "the ID token of user1@example.com is too large. It lists 1 group." in str(found)
    found = trouble(URL, Answer(status), replace(shown, groups=0), None)
    assert "It lists no groups." in str(found)
    assert "fewer groups" not in str(found)


@pytest.mark.parametrize(
    ("answer", "reads", "code"),
    [
        # The API's own answers, which kfp and its users know.
        (Answer(200, JSON, b'{"anything": 1}'), True, None),
        (Answer(404, JSON, b'{"code": 5, "message": "not found"}'), True, None),
        (Answer(409, JSON, b'{"code": 6, "message": "exists"}'), False, None),
        (Answer(400, JSON, b'{"code": 3, "message": "invalid"}'), False, None),
        (Answer(403, JSON, b'{"code": 7, "message": "no"}'), True, None),
        (Answer(413, {}, b"a pipeline of 40 MB"), False, None),
        (Answer(500, JSON), True, None),
        (Answer(503, HTML, b"<html>"), True, None),
        (Answer(200, {}, b""), False, None),
        (Answer(204), False, None),
        (Answer(200, JSON, b"[]"), False, None),
        # What is none of them.
        (Answer(200, HTML, b"<html>"), True, "not_an_api"),
        (Answer(201, HTML, b"<html>"), False, "not_an_api"),
        (Answer(200, {}, b"<html>"), False, "not_an_api"),
        (Answer(200, JSON, b""), True, "not_an_api"),
        (Answer(200, JSON, b"\xff"), True, "not_an_api"),
        (Answer(204), True, "not_an_api"),
        (Answer(431), True, "token_too_large"),
        (Answer(431), False, "token_too_large"),
        (Answer(400, HTML, TOO_LARGE), False, "token_too_large"),
        (Answer(401, JSON), False, "api_unauthorized"),
        (Answer(302, LOGIN), False, "api_unauthorized"),
        (Answer(403, HTML, b'<a href="/oauth2/start?rd=/">'), True, "api_unauthorized"),
    ],
)
def test_a_later_answer_is_only_refused_if_it_is_none_of_the_api_s(
    answer: Answer, reads: bool, code: str | None
) -> None:
    found = refusal(URL, answer, SHOWN, reads=reads)
    assert (found.code if found else None) == code
    assert is_refusal(answer, reads=reads) is (code is not None)


def test_of_a_redirect_only_the_host_is_told() -> None:
    found = refusal(URL, Answer(302, LOGIN), SHOWN)
    assert "deploykf.example.com" in str(found)
    assert "secret" not in str(found)
    assert SHOWN.next_step in str(found)


def test_an_api_that_has_moved_to_https_says_where() -> None:
    url = "http://deploykf.example.com/pipeline/apis/v2beta1/healthz"
    found = refusal(url, Answer(301, {"location": url.replace("http:", "https:")}), SHOWN)
    assert found is not None
    assert found.code == "not_an_api"
    assert "host='https://deploykf.example.com/pipeline'" in found.next_step


def test_the_api_s_own_words_are_repeated_and_bounded() -> None:
    found = trouble(URL, Answer(403, {}, b'{"message": "' + b"x" * 5000 + b'"}'), SHOWN, None)
    assert found is not None
    assert "it says: xxx" in found.message
    assert len(found.message) < 600


def test_a_host_without_its_path_is_put_right() -> None:
    found = trouble("https://deploykf.example.com/apis/v2beta1/healthz", Answer(404), SHOWN, None)
    assert found is not None
    assert "host='https://deploykf.example.com/pipeline'" in found.next_step
