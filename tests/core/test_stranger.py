"""What may be told of an issuer that nobody knows."""

from __future__ import annotations

import pytest

from jupyterlab_deploykf import errors
from jupyterlab_deploykf.core.stranger import host_name, unquoted

ISSUER = "https://new.example.com/dex"


def kinds(kind: type[errors.DeployKFError]) -> list[type[errors.DeployKFError]]:
    return [kind, *(each for child in kind.__subclasses__() for each in kinds(child))]


@pytest.mark.parametrize(
    "kind",
    [
        k
        for k in kinds(errors.IssuerError)
        if not issubclass(k, (errors.IssuerUnreachable, errors.CertificateUntrusted))
    ],
)
def test_no_error_of_an_issuer_quotes_its_answer(kind: type[errors.DeployKFError]) -> None:
    error = kind("It says: foreign text.", "Do something.")
    plain = unquoted(error, ISSUER)
    assert type(plain) is kind
    assert ISSUER in plain.message
    assert plain.next_step
    assert "foreign" not in f"{plain} {plain!r} {plain.problem()}"
    assert (plain.code, plain.retryable, plain.field) == (error.code, error.retryable, error.field)


def test_a_page_of_a_stranger_is_not_quoted_either() -> None:
    error = errors.SignInPageUnknown("It has: foreign text.", "Use foreign text.")
    assert "foreign" not in str(unquoted(error, ISSUER))


def test_another_issuer_is_named_by_its_host() -> None:
    error = errors.IssuerMismatch("x", "y", named="https://user:foreign@dex.example.org:5556/foreign?foreign")
    assert "dex.example.org" in str(unquoted(error, ISSUER))
    assert "foreign" not in str(unquoted(error, ISSUER))


def test_what_the_issuer_wants_is_kept() -> None:
    assert unquoted(errors.IssuerFault("x", "y", retry_after=7.0), ISSUER).retry_after == 7.0


@pytest.mark.parametrize(
    "url", ["", "foreign text", "http://[::1/t", "http://a b/", "http://fo\u202ereign/", "//" + "a" * 300]
)
def test_what_is_no_host_name_is_not_told(url: str) -> None:
    assert host_name(url) == ""
