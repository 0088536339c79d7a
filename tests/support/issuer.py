"""A scriptable issuer, for what a real Dex can't be made to do: faults, forged tokens, other times."""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from .keys import jwk, sign

#: A scripted answer: status, headers and body.
Scripted = tuple[int, dict[str, str], bytes]


@dataclass
class Issuer:
    """A server with the endpoints of an issuer; its fields may be changed while it runs.

    Refresh tokens rotate without any reuse interval: the strictest an issuer can be.
    """

    url: str
    lifetime: float = 3600.0
    now: Callable[[], float] = time.time
    keys: list[str] = field(default_factory=lambda: ["rsa-1"])
    claims: dict[str, Any] = field(default_factory=dict)
    document: dict[str, Any] = field(default_factory=dict)
    scripted: dict[str, Scripted] = field(default_factory=dict)
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    refresh_token: str = "refresh-0"
    generation: int = 0
    before_token_answer: Callable[[], None] | None = None
    #: Seconds for which a refresh token that was replaced still gets its successor.
    reuse_interval: float = 0.0
    #: How the answers to the next token requests are lost, one each: drop, half or stall.
    losses: list[str] = field(default_factory=list)
    #: Lets go of those that stall.
    go_on: threading.Event = field(default_factory=threading.Event)
    replaced: dict[str, float] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def token_requests(self) -> int:
        """How many requests the token endpoint has had."""
        return sum(1 for _, path, _ in self.requests if path == "/dex/token")

    def id_token(self, **claims: Any) -> str:
        """An ID token as this issuer would give it now."""
        now = int(self.now())
        plain = {
            "iss": self.url,
            "sub": "user-1",
            "aud": "kubeflow-pipelines-sdk",
            "iat": now,
            "exp": now + int(self.lifetime),
            "email": "user1@example.com",
            "email_verified": True,
            "name": "User One",
        }
        merged = {**plain, **self.claims, **claims}
        kid = self.keys[0]
        return sign({name: value for name, value in merged.items() if value is not None}, kid)

    def entry(self, *, expires_in: float | None = None, **claims: Any) -> dict[str, Any]:
        """A cache entry of a session at this issuer, with `expires_in` seconds left."""
        left = self.lifetime if expires_in is None else expires_in
        exp = int(self.now() + left)
        return {
            "access_token": "access-canary",
            "token_type": "bearer",
            "expires_in": int(self.lifetime),
            "refresh_token": self.refresh_token,
            "id_token": self.id_token(exp=exp, iat=exp - int(self.lifetime), **claims),
            "expires_at": self.now() + left,
        }

    def answer(self, path: str, form: dict[str, str]) -> Scripted:
        """What the endpoint at `path` says."""
        if path in self.scripted:
            return self.scripted[path]
        if path == "/dex/.well-known/openid-configuration":
            return _json(200, {**self._document(), **self.document})
        if path == "/dex/keys":
            return _json(200, {"keys": [jwk(kid) for kid in self.keys]})
        if path == "/dex/token":
            with self.lock:
                return self._token(form)
        return _json(404, {"error": "not_found"})

    def _document(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/auth",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
        }

    def _token(self, form: dict[str, str]) -> Scripted:
        if self.before_token_answer:
            self.before_token_answer()
        if form.get("grant_type") == "authorization_code":
            if form.get("code") != "goodcodegoodcodegoodcode2":
                return _json(400, {"error": "invalid_grant", "error_description": "Invalid or expired code parameter."})
        elif self._is_reused(str(form.get("refresh_token"))):
            return _json(200, self._tokens(form))
        elif form.get("refresh_token") != self.refresh_token:
            return _json(
                400,
                {
                    "error": "invalid_request",
                    "error_description": "Refresh token is invalid or has already been claimed by another client.",
                },
            )
        self.replaced = {self.refresh_token: time.monotonic()}
        self.generation += 1
        self.refresh_token = f"refresh-{self.generation}"
        return _json(200, self._tokens(form))

    def _is_reused(self, refresh_token: str) -> bool:
        replaced_at = self.replaced.get(refresh_token)
        return replaced_at is not None and time.monotonic() - replaced_at < self.reuse_interval

    def _tokens(self, form: dict[str, str]) -> dict[str, object]:
        nonce = "nonce-of-this-attempt" if "code" in form else None
        return {
            "access_token": f"access-{self.generation}",
            "token_type": "bearer",
            "expires_in": int(self.lifetime),
            "refresh_token": self.refresh_token,
            "id_token": self.id_token(nonce=nonce) if "nonce" not in self.claims else self.id_token(),
        }


def _json(status: int, body: object) -> Scripted:
    return status, {"content-type": "application/json"}, json.dumps(body).encode()


@contextmanager
def serve_issuer(certificate: ssl.SSLContext | None = None, **fields: Any) -> Iterator[Issuer]:
    """Run a scriptable issuer on a free port of the loopback."""
    holder: list[Issuer] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            self._answer({name: values[0] for name, values in parse_qs(body).items()})

        def _answer(self, form: dict[str, str]) -> None:
            issuer = holder[0]
            issuer.requests.append(
                (self.command, self.path, {**form, "_authorization": self.headers.get("Authorization", "")})
            )
            status, headers, body = issuer.answer(self.path, form)
            if self.path == "/dex/token" and issuer.losses:
                self._lose(issuer.losses.pop(0), issuer, body)
                return
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _lose(self, how: str, issuer: Issuer, body: bytes) -> None:
            self.close_connection = True
            if how == "half":
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[: len(body) // 2])
            elif how == "stall":
                issuer.go_on.wait(60)

        def log_message(self, *_: object) -> None:
            """Requests are in `Issuer.requests`."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 256
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that does not trust the certificate hangs up: that is what the test is about."""

    server = Server(("127.0.0.1", 0), Handler)
    if certificate:
        server.socket = certificate.wrap_socket(server.socket, server_side=True)
    scheme = "https" if certificate else "http"
    holder.append(Issuer(url=f"{scheme}://127.0.0.1:{server.server_port}/dex", **fields))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield holder[0]
    finally:
        holder[0].go_on.set()
        server.shutdown()
        server.server_close()
        thread.join()
