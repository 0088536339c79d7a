"""What the API's answers mean."""

from __future__ import annotations

import pytest

from jupyterlab_deploykf.core.answer import Answer
from jupyterlab_deploykf.core.apianswer import Shown, refusal, trouble

URL = "https://deploykf.example.com/pipeline/apis/v2beta1/experiments"
SHOWN = Shown("the ID token of user1@example.com", "Log in again.")
HTML = {"content-type": "text/html; charset=utf-8"}
LOGIN = {"location": "https://deploykf.example.com/dex/auth?client_id=oauth2-proxy&state=secret"}


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(200, {"content-type": "application/json"}), None),
        (Answer(200, HTML), "not_an_api"),
        (Answer(302, LOGIN), "api_unauthorized"),
        (Answer(401, HTML), "api_unauthorized"),
        (Answer(403, {}, b'{"code": 7, "message": "PermissionDenied: no"}'), "api_forbidden"),
        (Answer(403, {}, b"\xff not json"), "api_forbidden"),
        (Answer(404), "not_an_api"),
        (Answer(429), "api_fault"),
        (Answer(503), "api_fault"),
        # Its own business: a filter that it does not know, say.
        (Answer(400, {}, b'{"code": 3, "message": "Invalid input error"}'), None),
    ],
)
def test_each_kind_of_trouble_has_a_name(answer: Answer, code: str | None) -> None:
    found = trouble(URL, answer, SHOWN, "team-1")
    assert (found.code if found else None) == code


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
