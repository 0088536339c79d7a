"""The authorization code in what a person pasted."""

from __future__ import annotations

import re
from html import unescape

from ..errors import CodeNotFound, LoginFailed
from .secret import Secret
from .urls import parameters
from .words import one_line

# RFC 6749, A.11; no issuer that shows its codes to people uses more than those of the next line.
_VISIBLE = re.compile(r"[\x21-\x7e]{1,2000}")
_CODE = re.compile(r"[A-Za-z0-9._~+/=-]{8,512}")
# Dex: 25 lower-case letters and digits of its base32 alphabet.
_DEX_CODE = re.compile(r"(?<![A-Za-z0-9])[a-z2-7]{25}(?![A-Za-z0-9])")
_URL = re.compile(r"(?:https?|urn):\S+")


def find_code(text: str) -> Secret:
    """Find the authorization code in what the user gave.

    Parameters
    ----------
    text
        The code, with blanks or quotes around it; the text or source of the
        whole page; or a URL that holds it.

    Returns
    -------
    Secret
        The code alone.

    Raises
    ------
    CodeNotFound
        There is no code in it, or more than one.
    LoginFailed
        It is a URL in which the issuer reports an error (RFC 6749, 4.1.2.1).
    """
    stripped = text.strip().strip("\"'`<>").strip()
    if not stripped:
        raise CodeNotFound("The code is empty.", "Copy the code from the sign-in page, and paste it here.")
    if _URL.match(stripped):
        return _from_url(stripped)
    # Terminals and mail programs break a long line: a code holds no blanks.
    joined = "".join(stripped.split())
    if _CODE.fullmatch(stripped) or _DEX_CODE.fullmatch(joined):
        return Secret(joined)
    return _from_page(stripped)


def _from_url(text: str) -> Secret:
    query = parameters(text.split()[0])
    if "error" in query:
        reason = query.get("error_description", query["error"])[0]
        raise LoginFailed(
            f"The issuer refused the login: {one_line(reason)}.",
            "Open the sign-in page again; if it says the same, ask your platform's administrator.",
        )
    codes = {code.strip() for code in query.get("code", [])}
    if len(codes) != 1 or not all(map(_VISIBLE.fullmatch, codes)):
        raise CodeNotFound(
            "This is the address of a page, and it holds no code.",
            "Sign in on that page. The code is in the box of the page that says «Login Successful».",
        )
    return Secret(codes.pop())


def _from_page(text: str) -> Secret:
    codes = set(_DEX_CODE.findall(unescape(text)))
    if not codes:
        raise CodeNotFound(
            "There is no code in this text.",
            "On the sign-in page, click into the box below «Please copy this code», select all of it, copy it, "
            "and paste it here.",
        )
    if len(codes) > 1:
        raise CodeNotFound(
            "There is more than one code in this text.",
            "Paste the newest code alone.",
        )
    return Secret(codes.pop())
