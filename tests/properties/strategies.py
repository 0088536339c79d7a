"""Texts, octets and JSON as they might come from outside: noise, and good ones with one thing wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

#: What some parser, somewhere, has tripped over.
ODD_TEXTS = (
    "",
    " ",
    "\0",
    "\n",
    "\r\nSet-Cookie: a=b",
    "\x1b[2J\x1b]0;x\x07",
    "\u202egpj.exe\u2066",
    "\u200b\ufeff\U000e0041",
    "\ud800",
    "a\udfffb",
    "\\",
    "%",
    "%00",
    "\u2028",
    "1" * 5000,
    "é" * 3000,
    "<script>",
    "null",
    "-0",
    "1e999",
)

ODD_URLS = (
    "https://[x",
    "http://[",
    "http://[::1/t",
    "http://[::1%25eth0]/",
    "https://h:99999/",
    "https://h:0/",
    "https://h:x/",
    "https://h:٣/",
    "https://user:word@h/",
    "https://evil.example\\@h/",
    "https://h/\ud800",
    "https://\ud800/",
    "https://\u2100.example/",
    "https://xn--a/",
    "https://xn--\u00fc/",
    "https://" + "a." * 500,
    "https://h/" + "a" * 5000,
    "//h",
    "javascript:alert(1)",
    "data:text/html,x",
    "https://h/?" + "&" * 3000,
    "urn:ietf:wg:oauth:2.0:oob?code=\ud800",
    "https://h/?code=%ff%fe&error=%0a",
    "https://h/?error=x&error_description=%1b[2J",
)

ODD_NUMBERS = (
    0,
    -1,
    10**15,
    10**400,
    -(10**400),
    1e308,
    float("inf"),
    float("-inf"),
    float("nan"),
    2**63,
    253402300800,
)

characters = st.characters() | st.characters(categories=("Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn"))
any_text = st.text(characters, max_size=60) | st.sampled_from(ODD_TEXTS)
urls = st.builds(
    "{}{}{}{}{}".format,
    st.sampled_from(["http://", "https://", "HTTPS://", "//", "ftp://", "https:/", "", "https://a@", "https://\\"]),
    st.sampled_from(["h.example", "[::1]", "[x", "127.0.0.1", "1.2", "bücher.example", "h\u202e", "\ud800", "", "xn--"])
    | any_text,
    st.sampled_from(["", ":443", ":", ":0", ":99999", ":x", ":-1", ":" + "9" * 4400]),
    st.sampled_from(["", "/dex", "/dex/", "/../dex", "/%64ex", "/%", "/\x00", "\\", "/[", "/\ud800"]) | any_text,
    st.sampled_from(
        ["", "?a=b", "#c", "?code=x&code=y", "?error=%0a", "?" + "%" * 50, "/.well-known/openid-configuration"]
    ),
)
texts = any_text | urls | st.sampled_from(ODD_URLS)

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(ODD_NUMBERS) | texts
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(any_text, inner, max_size=3),
    max_leaves=8,
)


def deep(levels: int) -> Any:
    """A value in so many lists."""
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


odd_values = values | st.just(deep(120))


#: What stands in for a field's value, one after the other: deterministic, and so never missed.
ODD_VALUES: tuple[Any, ...] = (
    *ODD_TEXTS,
    *ODD_URLS,
    *ODD_NUMBERS,
    None,
    True,
    [],
    {},
    [None],
    [["a"]],
    ["\x1b[2J", 10**400],
    {"a": "\ud800"},
    [["a"], {"b": []}],
    deep(120),
)


def mutants(good: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every object that has one odd value in place of a good one, or one field less or more."""
    for name in good:
        yield {other: value for other, value in good.items() if other != name}
        for odd in ODD_VALUES:
            yield {**good, name: odd}
    for odd in ODD_TEXTS:
        yield {**good, odd: odd}


@st.composite
def almost(draw: st.DrawFn, good: dict[str, Any]) -> dict[str, Any]:
    """A good object with up to three fields changed, left out or added."""
    changed = dict(good)
    for _ in range(draw(st.integers(0, 3))):
        name = draw(st.sampled_from(sorted(good)) | any_text)
        if draw(st.booleans()) and name in changed:
            del changed[name]
        else:
            changed[name] = draw(odd_values)
    return changed


@st.composite
def json_of(draw: st.DrawFn, objects: st.SearchStrategy[Any]) -> bytes:
    """JSON of a value, in one of the ways in which JSON is written and miswritten."""
    value = draw(objects)
    ascii_only = draw(st.booleans())
    text = json.dumps(value, ensure_ascii=ascii_only)
    encoding = draw(st.sampled_from(["utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "latin-1"]))
    octets = text.encode(encoding, "surrogatepass" if encoding.startswith("utf") else "replace")
    if draw(st.integers(0, 9)) == 0:
        at = draw(st.integers(0, len(octets)))
        octets = octets[:at] + draw(st.binary(max_size=3)) + octets[at + draw(st.integers(0, 2)) :]
    return octets


JSON_NOISE = (
    b"",
    b"{",
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b'{"a":' * 300 + b"1" + b"}" * 300,
    b'{"exp": 1' + b"0" * 5000 + b"}",
    b'{"a": "\\ud800"}',
    b'{"a": NaN}',
    b"\xff\xfe\x00",
    b"\xef\xbb\xbf{}",
    b"null",
    b'"text"',
)


def bodies(good: dict[str, Any]) -> st.SearchStrategy[bytes]:
    """What an answer's body might be, where `good` is a good one."""
    return json_of(almost(good)) | json_of(odd_values) | st.binary(max_size=40) | st.sampled_from(JSON_NOISE)


statuses = st.sampled_from([200, 200, 200, 200, 400, 401, 302, 404, 429, 500, 204, 0, 999])

dates = (
    st.sampled_from(
        [
            "Thu, 15 Jan 2027 08:00:00 GMT",
            "Thu, 15 Jan 99999999999 08:00:00 GMT",
            "Thu, 99 Jan 2027 99:99:99 +9999999999",
            "0 0 0 0 0 0",
            "1 Jan 0000 00:00:00 -0000",
            "Thu, 01 Jan 1970 00:00:00 +2359",
            "Thu, , ,",
        ]
    )
    | any_text
)
headers = st.fixed_dictionaries({}, optional={"date": dates, "location": texts, "content-type": any_text})
