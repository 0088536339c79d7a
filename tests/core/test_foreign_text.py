"""Text of others, where it enters: nothing in it steers a terminal, turns the direction of reading, hides or floods."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from typing import Any, Callable

import pytest

from jupyterlab_deploykf.core.answer import Answer
from jupyterlab_deploykf.core.cluster import Cluster, parse_cluster
from jupyterlab_deploykf.core.code import find_code
from jupyterlab_deploykf.core.credential import Credential
from jupyterlab_deploykf.core.device import DeviceAttempt, process_device_authorization, process_poll
from jupyterlab_deploykf.core.held import replaced_identity
from jupyterlab_deploykf.core.identity import Identity
from jupyterlab_deploykf.core.idtoken import Expectation, verify_id_token
from jupyterlab_deploykf.core.provider import process_discovery
from jupyterlab_deploykf.core.secret import Secret
from jupyterlab_deploykf.core.service_account import examine
from jupyterlab_deploykf.core.tokenanswer import process_exchange, process_refresh
from jupyterlab_deploykf.core.words import one_line, plain
from jupyterlab_deploykf.errors import DeployKFError, TokenAnswerInvalid
from jupyterlab_deploykf.operations import read_fields

CLUSTER = Cluster("https://deploykf.example.com/dex")

#: What stands between "a" and "b"; none of it may be left.
STEERING = [
    "\x1b[2J",
    "\x1b]8;;http://evil.example\x07",
    "\x9b2J",
    "\x00",
    "\x07",
    "\x7f",
    "\x85",
    "\r",
    "\n",
    "\t",
    "\u2028",
    "\u2029",
    *"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c",
    *"\u200b\u200c\u200d\u2060\u2061\ufeff\u00ad\u180e\u034f\u115f\u1160\u3164\uffa0\u2800\ufe0f\ufff9",
    "\U000e0041\U000e007f",
    "\U000e0100",
    "\ud800",
    "\ue000",
]
BAD = set("".join(STEERING)) - set("[]2J8;http://evil.example")


def token(**claims: object) -> str:
    parts = (json.dumps(part).encode() for part in ({"alg": "RS256"}, claims))
    return ".".join([*(urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts), "x"])


def error_of(read: Callable[[], object]) -> list[str]:
    with pytest.raises(DeployKFError) as caught:
        read()
    return [caught.value.message, caught.value.next_step]


def answer(status: int, **fields: object) -> Answer:
    return Answer(status, {}, json.dumps(fields).encode())


def identity(text: str) -> list[str | None]:
    found = Identity.from_claims({"sub": text, "email": text, "name": text, "groups": [text, 7, None]})
    assert found is not None
    return [found.email, found.name, found.subject, *found.groups]


def service_account(text: str) -> list[str | None]:
    found = examine("/token", token(sub=f"system:serviceaccount:{text}:{text}", aud=[text]), 0)
    assert found.problem is not None
    return [found.namespace, found.service_account, *found.audience, str(found.problem)]


def refusal(status: int, error: str, text: str) -> Answer:
    return answer(status, error=error, error_description=text)


PREVIOUS = Credential(id_token="a.b.c", expires_at=0, refresh_token="r")
ATTEMPT = DeviceAttempt.to_poll(CLUSTER.issuer, "d", "v")

ENTRANCES: dict[str, Callable[[str], list[Any]]] = {
    "identity": identity,
    "service account": service_account,
    "cluster name": lambda text: [parse_cluster({"issuer": CLUSTER.issuer, "name": text}, "file").name],
    "cluster field": lambda text: error_of(lambda: parse_cluster({"issuer": CLUSTER.issuer, text: 1}, "file")),
    "cluster issuer": lambda text: error_of(lambda: parse_cluster({"issuer": text}, "file")),
    "cluster API": lambda text: error_of(lambda: parse_cluster({"issuer": CLUSTER.issuer, "api_url": text}, "file")),
    "cluster scopes": lambda text: error_of(
        lambda: parse_cluster({"issuer": CLUSTER.issuer, "scopes": [text]}, "file")
    ),
    "named issuer": lambda text: error_of(lambda: process_discovery(CLUSTER, answer(200, issuer=text))),
    "exchange": lambda text: error_of(lambda: process_exchange(CLUSTER, refusal(418, text, text), 0)),
    "refused client": lambda text: error_of(lambda: process_exchange(CLUSTER, refusal(401, "invalid_client", text), 0)),
    "refresh": lambda text: error_of(lambda: process_refresh(CLUSTER, refusal(500, text, text), PREVIOUS, 0)),
    "poll": lambda text: error_of(lambda: process_poll(CLUSTER, refusal(400, "other", text), ATTEMPT, 0)),
    "pasted error": lambda text: error_of(
        lambda: find_code(
            "https://h/?error=x&error_description=" + "".join(f"%{o:02x}" for o in text.encode("utf-8", "replace"))
        )
    ),
    "algorithm": lambda text: error_of(
        lambda: verify_id_token(
            ".".join(
                [
                    urlsafe_b64encode(json.dumps({"alg": text, "typ": "JWT"}).encode()).rstrip(b"=").decode(),
                    urlsafe_b64encode(b"{}").rstrip(b"=").decode(),
                    "AAAA",
                ]
            ),
            [],
            Expectation(CLUSTER.issuer, "client", 0),
        )
    ),
    "request": lambda text: error_of(lambda: read_fields({text: "x"}, ())),
}


@pytest.mark.parametrize("entrance", ENTRANCES)
@pytest.mark.parametrize("steering", STEERING, ids=ascii)
def test_what_steers_or_hides_does_not_come_in(entrance: str, steering: str) -> None:
    for shown in ENTRANCES[entrance](f"a{steering}b"):
        assert shown is None or not BAD & set(shown), ascii(shown)


@pytest.mark.parametrize("entrance", ENTRANCES)
def test_a_megabyte_does_not_come_in(entrance: str) -> None:
    for shown in ENTRANCES[entrance]("a" * 2**20):
        assert shown is None or len(shown) < 800


@pytest.mark.parametrize(
    "text", ["محمد", "דוד", "Jürgen Ælfred", "太郎", "O'Brien", "a\N{GRINNING FACE}b", "naïve e\u0301"]
)
def test_names_of_all_scripts_stay(text: str) -> None:
    assert identity(text)[:3] == [text, text, text]
    assert plain(text) == one_line(text) == text


def test_a_joined_emoji_comes_apart() -> None:
    assert one_line("\N{MAN}\u200d\N{WOMAN}\ufe0f") == "\N{MAN}\N{WOMAN}"


def test_users_that_would_look_alike_are_not_the_same() -> None:
    names = ["user", "user\u200b", "user\u202e", "user\n", " user", "x" * 300, "x" * 301]
    found = [Identity.from_claims({"sub": name}) for name in names]
    assert len({one.subject for one in found if one}) == len(names)
    alice, mallory = (
        Credential(id_token=token(sub=sub, email="a@example.com"), expires_at=0) for sub in ("alice", "alice\u200b")
    )
    assert replaced_identity(alice, mallory) is not None


@pytest.mark.parametrize("code", ["AB\u202eCD", "AB\nCD", "\x1b[2J", "A" * 101, ""])
def test_a_code_that_can_not_be_shown_as_it_is_is_none(code: str) -> None:
    fields = {"device_code": "d", "user_code": code, "verification_uri": CLUSTER.issuer, "expires_in": 300}
    with pytest.raises(TokenAnswerInvalid):
        process_device_authorization(CLUSTER, answer(200, **fields), Secret("v"), 0)


@pytest.mark.parametrize(
    "uri",
    [
        "http://deploykf.example.com/device",
        "https://evil.example\\@deploykf.example.com/device",
        "https://user@deploykf.example.com/device",
        "https://[x",
        "javascript:alert(1)",
        "https://deploykf.example.com/\u202eecived",
        7,
        None,
    ],
)
def test_a_page_that_nobody_should_open_is_none(uri: object) -> None:
    fields = {"device_code": "d", "user_code": "ABCD-EFGH", "verification_uri": uri, "expires_in": 300}
    with pytest.raises(TokenAnswerInvalid):
        process_device_authorization(CLUSTER, answer(200, **fields), Secret("v"), 0)
