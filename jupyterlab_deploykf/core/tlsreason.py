"""What OpenSSL finds wrong with a certificate or a handshake, and the cure for each reason: one table."""

from __future__ import annotations

from dataclasses import dataclass

_CA_FILE = "set it as the CA file (ca_file in the cluster's settings, or the variable DEPLOYKF_CA_FILE)"
_ADMIN = "ask your platform's administrator"


@dataclass(frozen=True)
class Reason:
    """A reason, for people.

    Parameters
    ----------
    what
        What is wrong, as the rest of a sentence about a host.
    cure
        What to do about it.
    """

    what: str
    cure: str


_UNKNOWN_CA = "its certificate is not one that this machine trusts"

#: By OpenSSL's ``X509_V_ERR_…`` (x509_vfy.h).
_REASONS: dict[int, Reason] = {
    9: Reason(
        "its certificate is not valid yet",
        f"Check this machine's clock. If it is right, {_ADMIN} to replace the certificate.",
    ),
    10: Reason(
        "its certificate has expired",
        f"If this machine's clock is right, {_ADMIN} to renew the certificate.",
    ),
    18: Reason(
        f"{_UNKNOWN_CA}, since it is self-signed",
        f"{_ADMIN.capitalize()} for the certificate as a PEM file, and {_CA_FILE}.",
    ),
    19: Reason(
        f"{_UNKNOWN_CA}, since a private CA issued it",
        f"{_ADMIN.capitalize()} for the file of that CA, and {_CA_FILE}.",
    ),
    20: Reason(
        f"{_UNKNOWN_CA}, since a private CA issued it, or the server doesn't send an intermediate certificate",
        f"{_ADMIN.capitalize()} for the CA file, and {_CA_FILE}. If it is set already, "
        "the server has to send its intermediate certificates too.",
    ),
    23: Reason("its certificate is revoked", f"{_ADMIN.capitalize()} to replace the certificate."),
    62: Reason(
        "its certificate is not valid for this name",
        f"Check the address: use a name that the certificate has. Otherwise {_ADMIN} for a certificate with this name.",
    ),
    66: Reason(
        "the key of its certificate is too weak", f"{_ADMIN.capitalize()} to issue the certificate with a stronger key."
    ),
    67: Reason("the key of its CA is too weak", f"{_ADMIN.capitalize()} to replace the CA by one with a stronger key."),
    68: Reason(
        "its certificate is signed with a weak algorithm",
        f"{_ADMIN.capitalize()} to issue the certificate again, signed with SHA-256 or better.",
    ),
    26: Reason(
        "its certificate is meant for another purpose",
        f"{_ADMIN.capitalize()} for a certificate whose extended key usage includes server authentication.",
    ),
    24: Reason(
        "a certificate in its chain isn't a CA's",
        f"{_ADMIN.capitalize()} to issue the CA's certificate with the basic constraint CA:TRUE.",
    ),
}
_STRICT = Reason(
    "its certificate or its CA doesn't meet RFC 5280, which Python 3.13 and later check strictly",
    f"{_ADMIN.capitalize()} to issue the certificate again with what is missing. "
    "Until then, use a kernel with Python 3.12 or older.",
)
_OTHER = Reason(_UNKNOWN_CA, f"{_ADMIN.capitalize()} for the CA file, and {_CA_FILE}.")
_REASONS[21] = _REASONS[2] = _REASONS[20]
_REASONS[64] = _REASONS[62]
#: X509_V_ERR_INVALID_CA.
_REASONS[79] = _REASONS[24]
#: What X509_V_FLAG_X509_STRICT looks for.
_REASONS.update(dict.fromkeys(range(80, 95), _STRICT))

#: By OpenSSL's ``SSL_R_…``, as Python has them in `ssl.SSLError.reason`.
_HANDSHAKES = {
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": f"It asks for a client certificate: {_ADMIN}.",
    "TLSV1_ALERT_UNKNOWN_CA": f"It asks for another client certificate: {_ADMIN}.",
    "UNSUPPORTED_PROTOCOL": f"It only speaks an old version of TLS: {_ADMIN} to allow TLS 1.2 or later.",
    "TLSV1_ALERT_PROTOCOL_VERSION": f"It doesn't speak a version of TLS that is allowed here: {_ADMIN}.",
    "DH_KEY_TOO_SMALL": f"Its key exchange is too weak: {_ADMIN}.",
    "SSLV3_ALERT_HANDSHAKE_FAILURE": f"It shares no cipher with this machine, or doesn't know this name: {_ADMIN}.",
    "TLSV1_UNRECOGNIZED_NAME": "It doesn't know this name: check the address.",
    "CERTIFICATE_VERIFY_FAILED": _OTHER.cure,
}

#: What a server that doesn't speak TLS makes of it.
NOT_TLS = frozenset({"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "UNKNOWN_PROTOCOL"})

#: X509_V_ERR_HOSTNAME_MISMATCH, for libraries that compare names themselves.
HOSTNAME_MISMATCH = 62


def certificate_reason(code: int) -> Reason:
    """Return what is wrong with a certificate, by OpenSSL's ``verify_code``."""
    return _REASONS.get(code, _OTHER)


def handshake_cure(reason: str) -> str:
    """Return what to do about a failed handshake, by OpenSSL's reason."""
    return _HANDSHAKES.get(reason, f"Try again. If it stays like this, {_ADMIN}.")
