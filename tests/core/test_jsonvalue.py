"""JSON from outside: a value that can be used and written again, or none."""

from __future__ import annotations

import json

import pytest

from jupyterlab_deploykf.core.jsonvalue import (
    MAX_DEPTH,
    moment,
    number,
    parse_object,
    parse_shared,
    parse_value,
    seconds,
    text,
    texts,
)


def nested(levels: int) -> str:
    return '{"a":' * levels + "1" + "}" * levels


@pytest.mark.parametrize(
    "data",
    [
        "",
        b"",
        "{",
        b"\xff\xfe{",
        b'{"a": "\xff"}',
        b"\x00",
        "[1]",
        "null",
        "7",
        "'a'",
        "\ufeff{}",
        "[" * 100_000,
        '{"a":' * 100_000,
        "<html>",
    ],
)
def test_what_is_not_a_json_object_is_none(data: bytes | str) -> None:
    assert parse_object(data) is None


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        ('{"a": "ü"}'.encode("utf-16"), {"a": "ü"}),
        ('{"a": 1, "a": 2}', {"a": 2}),
        ('{"a": NaN, "b": -Infinity, "c": 1e999, "d": 1}', {"a": None, "b": None, "c": None, "d": 1}),
        (f'{{"a": 1{"0" * 400}, "b": -1{"0" * 5000}}}', {"a": None, "b": None}),
        (r'{"\ud800": ["\udc00", {"\udfff": "\ud83d\ude00"}]}', {"\ufffd": ["\ufffd", {"\ufffd": "\U0001f600"}]}),
        ('{"a": "\ud800"}', {"a": "\ufffd"}),
    ],
)
def test_what_could_not_be_used_later_is_left_out(data: bytes | str, value: object) -> None:
    assert parse_object(data) == value


@pytest.mark.parametrize("levels", [MAX_DEPTH, MAX_DEPTH + 1, 300, 900])
def test_what_was_read_can_be_written_again(levels: int) -> None:
    data = f'{{"deep": {nested(levels)}, "list": {"[" * levels}{"]" * levels}, "kept": "x"}}'
    value = parse_object(data)
    if levels < 500:
        assert value is not None
        assert value["kept"] == "x"
    json.dumps(value, indent=2).encode("utf-8")


def test_a_list_of_many_objects_is_not_deep() -> None:
    value = [{"a": {}} for _ in range(500)]
    assert parse_value(json.dumps(value)) == value


@pytest.mark.parametrize("value", [None, True, "1", [], {}, float("nan"), float("inf"), 10**400])
def test_what_is_not_a_number_is_none(value: object) -> None:
    assert number(value) is moment(value) is seconds(value) is None


def test_numbers_are_read_with_their_bounds() -> None:
    assert number(10**300) == 1e300
    assert moment(10**300) is moment(-1) is None
    assert moment(1_800_000_000) == 1_800_000_000.0
    assert seconds(0) is seconds(-5) is seconds(1e300) is None
    assert seconds(2.5) == 2.5
    assert number(10**5000) is None


def test_texts_are_read() -> None:
    assert (text("a"), text(7), text(None)) == ("a", "", "")
    assert (texts("a"), texts(["a", 7, None, "b"]), texts({"a": 1}), texts(None)) == (("a",), ("a", "b"), (), ())


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[" * 100_000, b'{"a": "\xff"}', b"\xff\xfe{", b'{"a": 1}x', b"\xed\xa0\x80", b"'a'"]
)
def test_what_others_write_is_read_as_json_only(data: bytes) -> None:
    assert parse_shared(data) is None


def test_what_others_write_is_kept_as_it_is() -> None:
    data = r'{"\ud800": ["\udfff", 1.5, -0.0, Infinity, 1e999, {"a": null}], "b": true, "n": 1' + "0" * 400 + "}"
    assert repr(parse_shared(data.encode())) == repr(json.loads(data))


def test_what_others_nest_too_deeply_is_cut() -> None:
    value = parse_shared(f'{{"deep": {nested(700)}, "kept": "\\ud800"}}'.encode())
    assert isinstance(value, dict)
    assert value["kept"] == "\ud800"
    assert json.dumps(value, indent=2).count("{") <= MAX_DEPTH + 1


def test_null_is_json() -> None:
    other = object()
    assert parse_value("null", other) is None
    assert parse_value("nul", other) is other
