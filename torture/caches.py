"""Damaged caches, and forged ID tokens."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import subprocess
import time
from collections.abc import Iterator
from random import Random
from typing import Any

from jupyterlab_deploykf.errors import DeployKFError
from jupyterlab_deploykf.io import store
from tests.support.issuer import Scripted
from tests.support.keys import jwk, private_key, sign

from .damage import damaged
from .guide import ROOT
from .issuer import Fault, Served, serve
from .options import Options
from .places import OTHER, OTHER_ENTRY, Home, environment
from .table import Row
from .tracer import CODE

NONCE = "nonce-of-this-attempt"

_ODD: tuple[Any, ...] = (None, 0, "", [], {}, True, "x", [None], -1)


def damaged_caches(options: Options) -> list[Row]:
    """Read, use and write caches that are damaged."""
    count = options.few(7000, 300)
    row = Row("a damaged cache: status, get_token(), logout", count)
    dice = options.dice("damaged caches")
    home = Home(options.folder / "damaged")
    patience, store._LOOK_AGAIN = store._LOOK_AGAIN, 0.0
    aside = 0
    try:
        with serve(reuse_interval=3600.0) as issuer:
            plain = {OTHER: OTHER_ENTRY, issuer.url: issuer.entry()}
            content = json.dumps(plain).encode()
            for number in range(count):
                broken = damaged(content, dice)
                wrong, was_set_aside = _use(home, issuer, broken)
                aside += was_set_aside
                if wrong:
                    row.lost += 1
                    row.misses.append(f"number {number} ({broken[:60]!r}): {wrong}")
    finally:
        store._LOOK_AGAIN = patience
    row.remark = f"{aside} were set aside, the others could be used"
    if options.guide is not None:
        theirs = Home(options.folder / "damaged-guide")
        ran = subprocess.run(
            [options.guide.python, "-m", "torture.careless", options.guide.file, str(options.seed), str(count)],
            cwd=ROOT,
            env=environment(theirs.folder),
            capture_output=True,
            text=True,
            check=True,
        )
        row.guide = ran.stdout.strip()
    return [row]


def _use(home: Home, issuer: Served, broken: bytes) -> tuple[str, bool]:
    """Use a damaged cache: what was wrong with that, and whether it was set aside."""
    for path in home.cache.parent.iterdir():
        path.unlink()
    home.cache.write_bytes(broken)
    home.cache.chmod(0o600)
    before = _parsed(broken)
    sessions = home.sessions(timeout=2.0)
    kept: list[bytes] = []
    for call in (sessions.status, lambda: sessions.get_token(issuer.url), lambda: sessions.logout(issuer.url)):
        # What was set aside is removed by the next login or logout, as it may hold tokens.
        kept += [path.read_bytes() for path in home.cache.parent.glob("*.damaged-*")]
        try:
            call()
        except DeployKFError:
            continue
        except Exception as error:
            return f"{type(error).__name__}, which is none of our errors", False
    sessions.finish(10)
    if before is None:
        return ("" if broken in kept or not broken.strip() else "it was overwritten"), bool(kept)
    after = home.read()
    changed = [key for key, value in before.items() if after.get(key) != value and not key.startswith(issuer.url)]
    return (f"{changed[0]!r:.60} has changed" if changed else ""), False


def _parsed(content: bytes) -> dict[str, Any] | None:
    try:
        entries = json.loads(content)  # a mark of the encoding, or UTF-16, is no damage
    except (ValueError, RecursionError):
        return None
    return entries if isinstance(entries, dict) else None


def forged_tokens(options: Options) -> list[Row]:
    """Answer a login and a refresh with ID tokens that the issuer would never have given."""
    count = options.few(255, 51)
    row = Row("a forged ID token in the answer to a login, and to a refresh", 2 * count)
    dice = options.dice("forged tokens")
    with serve() as issuer:
        home = Home(options.folder / "forged")
        sessions = home.sessions()
        for number, (what, token) in zip(range(count), forgeries(issuer, dice)):
            issuer.fault = Fault(what, answer=_with(issuer, token))
            for verb in ("login", "refresh"):
                home.write({issuer.url: {**issuer.entry(), "expires_at": time.time() - 1}} if verb == "refresh" else {})
                try:
                    if verb == "login":
                        sessions.login(issuer.url, CODE, "v" * 43, NONCE)
                    else:
                        home.sessions().get_token(issuer.url)
                except DeployKFError:
                    pass
                else:
                    row.lost += 1
                    row.misses.append(f"number {number}, {what}: accepted by a {verb}")
                if token and token in home.cache.read_text():
                    row.misses.append(f"number {number}, {what}: saved by a {verb}")
        if options.guide is not None:
            row.guide = _accepted_by_the_guide(options, issuer, count)
    row.remark = "lost: how many were accepted"
    return [row]


def _accepted_by_the_guide(options: Options, issuer: Served, count: int) -> str:
    assert options.guide is not None
    home = Home(options.folder / "forged-guide")
    accepted = 0
    process = subprocess.Popen(
        [options.guide.python, "-m", "torture.careless", options.guide.file, "refresh", issuer.url],
        cwd=ROOT,
        env=environment(home.folder),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        for _, (what, token) in zip(range(count), forgeries(issuer, options.dice("forged tokens"))):
            issuer.fault = Fault(what, answer=_with(issuer, token))
            home.write({issuer.url: {**issuer.entry(), "expires_at": time.time() - 1}})
            process.stdin.write("go\n")
            process.stdin.flush()
            accepted += process.stdout.readline() == "token\n"
    finally:
        process.kill()
        process.communicate()
    return f"{accepted} of {count} refreshes"


def _with(issuer: Served, token: str) -> Any:
    def answer(_: Scripted) -> Scripted:
        kept = {"refresh_token": issuer.refresh_token, "access_token": "access-canary"}
        body = {"token_type": "bearer", "expires_in": 3600, **kept, "id_token": token}
        return 200, {}, json.dumps(body).encode()

    return answer


def forgeries(issuer: Served, dice: Random) -> Iterator[tuple[str, str]]:
    """Make forged ID tokens without end: each kind in turn, and then with other dice."""
    while True:
        yield from _round(issuer, dice)


def _round(issuer: Served, dice: Random) -> Iterator[tuple[str, str]]:
    now = int(time.time())
    good = {
        "iss": issuer.url,
        "sub": "user-1",
        "aud": "kubeflow-pipelines-sdk",
        "iat": now,
        "exp": now + 3600,
        "nonce": NONCE,
        "email": "user1@example.com",
    }
    for alg in ("none", "None", "NONE", "nOnE", "", "HS256", "HS384", "PS256", "EdDSA", "RS1", "RS256 "):
        yield f"alg {alg!r} without a signature", _token({"alg": alg, "kid": "rsa-1"}, good, b"")
        yield f"alg {alg!r} with an old signature", _token({"alg": alg}, good, dice.randbytes(256))
    for secret in (json.dumps(jwk("rsa-1")).encode(), _pem(), b"", b"secret"):
        yield "HS256 with what everybody knows", _hmac({"alg": "HS256", "kid": "rsa-1"}, good, secret)
    signed = sign(good)
    head, body, signature = signed.split(".")
    for _ in range(6):
        yield "another signature", f"{head}.{body}.{_flipped(signature, dice)}"
        yield "another body", f"{head}.{_flipped(body, dice)}.{signature}"
        yield "another header", f"{_flipped(head, dice)}.{body}.{signature}"
    yield "no signature", f"{head}.{body}."
    yield "two parts", f"{head}.{body}"
    yield "five parts", f"{signed}.{body}.{signature}"
    yield "nothing", ""
    yield "another body with the same signature", f"{head}.{_part({**good, 'sub': 'user-2'})}.{signature}"
    yield "signed with a key of ours, of the same name", _signed_by("rsa-of-evil", good, "rsa-1")
    yield "signed with a key of ours", sign(good, "rsa-of-evil")
    yield "the key in its header", sign(good, "rsa-of-evil", jwk=jwk("rsa-of-evil"))
    yield "the key at an address", sign(good, "rsa-of-evil", jku="https://evil.example.com/keys")
    yield "a certificate in its header", sign(good, "rsa-of-evil", x5c=["MIIB"])
    evil: dict[str, Any] = {"b64-of-evil": True}
    yield "an unknown critical header", sign(good, crit=["b64-of-evil"], **evil)
    yield "an elliptic signature of zeros", _token({"alg": "ES256", "kid": "rsa-1"}, good, b"\0" * 64)
    yield "an elliptic key of the same name", _signed_by("ec-of-evil", good, "rsa-1")
    for name in ("iss", "sub", "aud", "iat", "exp"):
        yield f"no {name}", sign({key: value for key, value in good.items() if key != name})
        for odd in _ODD:
            if name == "iat" and odd in (0, -1) and odd is not True:
                continue  # issued long ago, which alone is no fault
            if name == "sub" and odd == "x":
                continue  # a login may be anybody's
            yield f"{name} is {odd!r}", _any_claims({**good, name: odd})
    others: dict[str, tuple[Any, ...]] = {
        "iss": (f"{issuer.url}/", issuer.url.upper(), "https://evil.example.com/dex", [issuer.url]),
        "aud": ("other", ["other"], ["other", "kubeflow-pipelines-sdk"], "kubeflow-pipelines-sdk "),
        "azp": ("other", "", 0, ["kubeflow-pipelines-sdk"]),
        "exp": (now - 3600, 10**400, "tomorrow", -(10**20)),
        "iat": (now + 7200, "today", 10**400),
    }
    for name, values in others.items():
        for value in values:
            yield f"{name} is {value!r:.30}", _any_claims({**good, name: value})


def _any_claims(claims: dict[str, Any]) -> str:
    """A signature by the right key, over claims that PyJWT would not sign."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    text = f"{_part({'alg': 'RS256', 'kid': 'rsa-1'})}.{_part(claims)}"
    signature = private_key("rsa-1").sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{text}.{_base64(signature)}"


def _signed_by(key: str, claims: dict[str, Any], kid: str) -> str:
    import jwt

    return jwt.encode(
        claims, private_key(key), algorithm="ES256" if key.startswith("ec") else "RS256", headers={"kid": kid}
    )


def _pem() -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    pem: bytes = private_key("rsa-1").public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return pem


def _hmac(header: dict[str, Any], claims: dict[str, Any], secret: bytes) -> str:
    text = f"{_part(header)}.{_part(claims)}"
    return f"{text}.{_base64(hmac.new(secret, text.encode(), hashlib.sha256).digest())}"


def _token(header: dict[str, Any], claims: dict[str, Any], signature: bytes) -> str:
    return f"{_part(header)}.{_part(claims)}.{_base64(signature)}"


def _part(value: dict[str, Any]) -> str:
    return _base64(json.dumps(value).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _flipped(part: str, dice: Random) -> str:
    """Another text for a part of a token, with other bits in what it stands for."""
    content = bytearray(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    return _base64(bytes(content))
