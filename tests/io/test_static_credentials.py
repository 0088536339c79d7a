"""Static credentials as they are given: what doesn't belong to them is left out, what does is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyterlab_deploykf.errors import ConfigurationError
from jupyterlab_deploykf.io.static_credentials import StaticCredentials, find_credentials, read_password

USER = {"DEPLOYKF_USERNAME": "user1@example.com"}


def found(environ: dict[str, str]) -> StaticCredentials:
    return find_credentials(None, None, {**USER, **environ})


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\n", "\r"])
@pytest.mark.parametrize("password", ["pw", " pw", "pw ", "p w", "\tpw", '"pw"', "p\nw", "pä", "   "])
def test_line_ends_after_a_password_are_left_out_and_its_blanks_are_kept(password: str, end: str) -> None:
    assert str(found({"DEPLOYKF_PASSWORD": password + end}).password) == password


@pytest.mark.parametrize("nothing", ["", "\n", "\r\n", "\ufeff", "\ufeff\n"])
def test_a_password_with_nothing_in_it_is_not_set(nothing: str, tmp_path: Path) -> None:
    assert found({"DEPLOYKF_PASSWORD": nothing}).password is None
    (tmp_path / "password").write_text("from the file")
    given = found({"DEPLOYKF_PASSWORD": nothing, "DEPLOYKF_PASSWORD_FILE": f"{tmp_path / 'password'}\n"})
    assert str(given.password) == "from the file"


@pytest.mark.parametrize("content", ["pw\n", "pw", "pw\r\n", "\ufeffpw\r\n", "pw\nsecond line\n"])
def test_a_password_file_is_its_first_line(content: str, tmp_path: Path) -> None:
    (tmp_path / "password").write_bytes(content.encode())
    assert str(found({"DEPLOYKF_PASSWORD_FILE": f" {tmp_path / 'password'}\n"}).password) == "pw"


@pytest.mark.parametrize("content", [b"", b"\n", b"\r\n", b"\xef\xbb\xbf\n"])
def test_an_empty_password_file_is_told(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "password").write_bytes(content)
    with pytest.raises(ConfigurationError, match="is empty"):
        read_password(str(tmp_path / "password"))


@pytest.mark.parametrize("path", ["gone", ".", "with\0zero"])
def test_a_password_file_that_can_not_be_read_is_told(path: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="can't be read"):
        read_password(str(tmp_path / path))


@pytest.mark.parametrize("around", ["{}\n", " {}\r\n", "\ufeff{}"])
def test_what_is_left_around_a_user_name_is_left_out(around: str) -> None:
    given = find_credentials(None, "pw", {"DEPLOYKF_USERNAME": around.format("user1@example.com")})
    assert given.username == "user1@example.com"
    assert given.is_complete


@pytest.mark.parametrize("name", ["user1\nX-Header: 1", "user\x001", "user\x1b[2J", "user\udc80"])
def test_a_user_name_that_can_not_be_sent_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match="DEPLOYKF_USERNAME"):
        find_credentials(None, "pw", {"DEPLOYKF_USERNAME": name})


def test_a_password_that_can_not_be_sent_is_refused_without_being_shown() -> None:
    with pytest.raises(ConfigurationError, match="DEPLOYKF_PASSWORD is not UTF-8") as caught:
        found({"DEPLOYKF_PASSWORD": "canary\udcff"})
    assert "canary" not in str(caught.value)


def test_arguments_are_taken_as_they_are() -> None:
    given = find_credentials(" me ", " pw\n", {**USER, "DEPLOYKF_PASSWORD": "other"})
    assert (given.username, str(given.password)) == (" me ", " pw\n")
