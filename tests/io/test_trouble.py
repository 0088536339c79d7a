"""What OpenSSL says of real certificates, and what users are told."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from jupyterlab_deploykf.errors import DeployKFError
from jupyterlab_deploykf.io.trouble import API, ISSUER, explain, host_of

HOST = "deploykf.example.com"
DAY = datetime.timedelta(days=1)
NOW = datetime.datetime.now(datetime.timezone.utc)


@dataclass
class Made:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: Any

    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)


def make(
    name: str,
    issuer: Made | None = None,
    *,
    is_ca: bool = False,
    begins: datetime.datetime = NOW - DAY,
    ends: datetime.datetime = NOW + 30 * DAY,
    names: Sequence[str] = (HOST,),
    purpose: x509.ObjectIdentifier | None = None,
    key_identifier: bool = True,
    key: Any = None,
) -> Made:
    """Make a certificate; without an issuer it signs itself."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signer = issuer.key if issuer else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if key_identifier:
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
        builder = builder.add_extension(identifier, critical=False)
    if is_ca:
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        builder = builder.add_extension(usage, critical=True)
    else:
        alternatives = [_alternative(each) for each in names]
        builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
    if purpose is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    return Made(builder.sign(signer, hashes.SHA256()), key)


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def shake_hands(
    folder: Path, leaf: Made, trusted: Sequence[Made], sent: Sequence[Made] = (), *, host: str = HOST, flags: int = 0
) -> ssl.SSLCertVerificationError:
    """Shake hands in memory; the client's error."""
    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # A server may have a weak certificate; it's the client that looks at it.
    server_context.set_ciphers("DEFAULT:@SECLEVEL=0")
    path = folder / "server.pem"
    secret = leaf.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + leaf.pem() + b"".join(each.pem() for each in sent))
    server_context.load_cert_chain(path)
    client_context = ssl.create_default_context(cadata=b"".join(each.pem() for each in trusted).decode())
    client_context.set_ciphers("DEFAULT:@SECLEVEL=2")
    client_context.verify_flags = ssl.VerifyFlags(flags)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_context.wrap_bio(to_client, to_server, server_hostname=host)
    server = server_context.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(10):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLCertVerificationError as error:
                return error
    raise AssertionError("the certificate is trusted")


CA = make("Example CA", is_ca=True)
OTHER = make("Other CA", is_ca=True)
MIDDLE = make("Example Intermediate", CA, is_ca=True)
WEAK = make("Weak CA", is_ca=True, key=rsa.generate_private_key(65537, 1024))

#: What is wrong, how to make it, OpenSSL's words, our words, and the cure.
CASES: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "expired": (
        {"leaf": make("x", CA, begins=NOW - 9 * DAY, ends=NOW - DAY), "trusted": [CA]},
        "certificate has expired",
        "its certificate has expired",
        "renew",
    ),
    "not yet valid": (
        {"leaf": make("x", CA, begins=NOW + DAY), "trusted": [CA]},
        "certificate is not yet valid",
        "not valid yet",
        "clock",
    ),
    "an expired CA": (
        {
            "leaf": make("x", OTHER),
            "trusted": [CA],
            "sent": [make("Other CA", is_ca=True, ends=NOW - DAY, begins=NOW - 9 * DAY, key=OTHER.key)],
        },
        "self-signed certificate in certificate chain",
        "a private CA issued it",
        "DEPLOYKF_CA_FILE",
    ),
    "self-signed": (
        {"leaf": make("x"), "trusted": [CA]},
        "self-signed certificate",
        "it is self-signed",
        "DEPLOYKF_CA_FILE",
    ),
    "a private CA": (
        {"leaf": make("x", OTHER), "trusted": [CA]},
        "unable to get local issuer certificate",
        "not one that this machine trusts",
        "DEPLOYKF_CA_FILE",
    ),
    "a private CA that is sent": (
        {"leaf": make("x", OTHER), "trusted": [CA], "sent": [OTHER]},
        "self-signed certificate in certificate chain",
        "a private CA issued it",
        "DEPLOYKF_CA_FILE",
    ),
    "no intermediate": (
        {"leaf": make("x", MIDDLE), "trusted": [CA]},
        "unable to get local issuer certificate",
        "doesn't send an intermediate certificate",
        "intermediate",
    ),
    "another name": (
        {"leaf": make("x", CA, names=["elsewhere.example.com"]), "trusted": [CA]},
        "Hostname mismatch",
        "not valid for this name",
        "address",
    ),
    "another address": (
        {"leaf": make("x", CA, names=["10.0.0.1"]), "trusted": [CA], "host": "10.0.0.2"},
        "IP address mismatch",
        "not valid for this name",
        "address",
    ),
    "another purpose": (
        {"leaf": make("x", CA, purpose=ExtendedKeyUsageOID.CLIENT_AUTH), "trusted": [CA]},
        "unsuitable certificate purpose",
        "another purpose",
        "server authentication",
    ),
    "a weak key": (
        {"leaf": make("x", CA, key=rsa.generate_private_key(65537, 1024)), "trusted": [CA]},
        "EE certificate key too weak",
        "the key of its certificate is too weak",
        "stronger",
    ),
    "a CA with a weak key": (
        {"leaf": make("x", WEAK), "trusted": [WEAK]},
        "CA certificate key too weak",
        "the key of its CA is too weak",
        "stronger",
    ),
    "a CA that is none": (
        {
            "leaf": make("x", make("No CA", CA, names=["x"], key=OTHER.key)),
            "trusted": [CA],
            "sent": [make("No CA", CA, names=["x"], key=OTHER.key)],
        },
        "invalid CA certificate",
        "isn't a CA's",
        "CA:TRUE",
    ),
    # Python 3.13's default context has this flag.
    "no key identifier, strictly": (
        {"leaf": make("x", CA, key_identifier=False), "trusted": [CA], "flags": ssl.VERIFY_X509_STRICT},
        "Missing Authority Key Identifier",
        "Python 3.13",
        "Python 3.12",
    ),
}


@pytest.mark.parametrize("case", list(CASES))
def test_a_certificate_s_fault_is_quoted_and_has_its_own_cure(case: str, tmp_path: Path) -> None:
    made, openssl, ours, cure = CASES[case]
    error = shake_hands(tmp_path, **made)
    for wrapped in (error, _wrapped(error), OSError("outer", error)):
        found = explain(f"https://{HOST}/dex", None, wrapped, ISSUER)
        assert found.code == "certificate_untrusted"
        assert found.message.startswith(f"{HOST} can't be trusted: ")
        assert f"OpenSSL says: {openssl}" in found.message
        assert ours in found.message
        assert cure in found.next_step
    only = explain(f"https://{HOST}/dex", "/my/ca.pem", error, API)
    assert only.code == "api_certificate_untrusted"
    assert "only the CAs in /my/ca.pem are trusted" in only.message


def _wrapped(error: ssl.SSLError) -> BaseException:
    """As requests does it, with urllib3's inside."""
    import requests
    from urllib3.exceptions import MaxRetryError, SSLError

    return requests.exceptions.SSLError(MaxRetryError(None, "/", SSLError(error)))


def test_a_reason_that_we_do_not_know_is_quoted_all_the_same() -> None:
    error = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED]")
    error.verify_code, error.verify_message = 12345, "something new"
    found = explain(f"https://{HOST}", None, error, ISSUER)
    assert found.code == "certificate_untrusted"
    assert "something new" in found.message


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("SSLV3_ALERT_HANDSHAKE_FAILURE", "sslv3 alert handshake failure"),
        ("UNSUPPORTED_PROTOCOL", "TLS 1.2"),
        ("TLSV13_ALERT_CERTIFICATE_REQUIRED", "client certificate"),
        ("SOMETHING_NEW", "something new"),
        ("WRONG_VERSION_NUMBER", "does not speak https"),
        ("HTTP_REQUEST", "does not speak https"),
    ],
)
def test_a_handshake_s_fault_is_quoted(reason: str, said: str) -> None:
    error = ssl.SSLError(1, f"[SSL: {reason}] words (_ssl.c:1)")
    error.reason = reason
    found: DeployKFError = explain(f"https://{HOST}", None, error, ISSUER)
    assert found.code == "issuer_unreachable"
    assert said in str(found)


def test_a_host_is_told_without_what_stands_before_or_after_it() -> None:
    assert host_of("https://me:canary@h.example.com:8443/x?token=canary") == "h.example.com:8443"
    assert host_of("http://[?code=canary") == "http://["
    assert host_of("http://[#code=canary") == "http://["
    for odd in ("https://me:canary@[x/y", "me:canary@h.example.com/y", "https://me:canary@h.example.com:99999/y"):
        assert "canary" not in host_of(odd)
        assert "me" not in host_of(odd).replace("example", "")
    assert host_of("https://me:canary@H.example.com:443/x") == "h.example.com"
    assert "\x1b" not in host_of("https://h\x1b[2J.example.com/")
