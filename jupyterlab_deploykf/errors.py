"""Everything that can go wrong, as one tree.

::

    DeployKFError
    ├── ConfigurationError              configuration
    │   ├── NoCluster                   no_cluster
    │   ├── NoPassword                  no_password
    │   ├── AuthTypeUnknown             auth_type_unknown       (a ValueError too)
    │   ├── IssuerNotAllowed            issuer_not_allowed
    │   └── ServerMisconfigured         server_misconfigured
    ├── ServerExtensionFailed           server_extension_failed
    ├── IssuerError
    │   ├── IssuerUnreachable           issuer_unreachable      retryable
    │   ├── IssuerFault                 issuer_fault            retryable
    │   ├── CertificateUntrusted        certificate_untrusted
    │   ├── NotAnIssuer                 not_an_issuer
    │   ├── IssuerMismatch              issuer_mismatch
    │   ├── ClientRejected              client_rejected
    │   ├── TokenAnswerInvalid          token_answer_invalid
    │   └── IDTokenInvalid              id_token_invalid
    ├── LoginFailed                     login_failed
    │   ├── CodeNotFound                code_not_found
    │   ├── CodeRejected                code_rejected
    │   ├── PasswordRejected            password_rejected       (a RuntimeError too)
    │   ├── SignInPageUnknown           sign_in_page_unknown    (a RuntimeError too)
    │   ├── DeviceNotAllowed            device_not_allowed
    │   ├── DeviceExpired               device_expired
    │   ├── LoginDenied                 login_denied
    │   ├── OtherIdentity               other_identity
    │   └── ConfirmationExpired         confirmation_expired
    ├── LoginRequired                   login_required
    │   └── SessionEnded                session_ended
    ├── ApiError (a RuntimeError too)
    │   ├── ApiUnreachable              api_unreachable         retryable
    │   ├── ApiFault                    api_fault               retryable
    │   ├── ApiCertificateUntrusted     api_certificate_untrusted
    │   ├── ApiUnauthorized             api_unauthorized
    │   ├── ApiForbidden                api_forbidden
    │   ├── TokenTooLarge               token_too_large
    │   ├── ApiAnswerUnexpected         api_answer_unexpected
    │   └── NotAnApi                    not_an_api
    ├── CacheError
    │   ├── CacheBusy                   cache_busy              retryable
    │   ├── CacheDamaged                cache_damaged
    │   ├── CacheUnreadable             cache_unreadable
    │   ├── CacheUnsafe                 cache_unsafe
    │   └── CacheNotWritable            cache_not_writable
    ├── ServiceAccountError
    │   ├── ServiceAccountTokenMissing     service_account_token_missing
    │   ├── ServiceAccountTokenUnreadable  service_account_token_unreadable
    │   ├── ServiceAccountTokenExpired     service_account_token_expired
    │   └── ServiceAccountTokenForeign     service_account_token_foreign
    └── UnexpectedError                 unexpected              retryable

Each error says what happened (`message`), what to do about it (`next_step`),
has a `code` for programs that never changes, and knows whether the same call
may work later as it is (`retryable`). Some know which field of a cluster they
concern (`field`). No message ever holds a token or a code.
"""

from __future__ import annotations

from collections.abc import Mapping


class DeployKFError(Exception):
    """The root of every error that this package raises on purpose.

    Parameters
    ----------
    message
        What happened, in one or two sentences.
    next_step
        What the user can do about it.
    field
        Which of a cluster's fields it concerns, where that is not the same for all of its kind.

    Attributes
    ----------
    code : str
        Stable name of this kind of error, for programs.
    retryable : bool
        Whether the same call may work later without any change.
    field : str or None
        Which of a cluster's fields (`core.cluster.Cluster`) it concerns; None where it is none of them.
    retry_after : float or None
        Seconds after which the server asked to be tried again (RFC 9110, 10.2.3); None if it did not.
    """

    code = "error"
    retryable = False
    field: str | None = None
    retry_after: float | None = None

    def __init__(self, message: str, next_step: str, *, field: str | None = None) -> None:
        super().__init__(message, next_step)
        self.message = message
        self.next_step = next_step
        if field is not None:
            self.field = field

    def __str__(self) -> str:
        return f"{self.message} {self.next_step}"

    def problem(self) -> dict[str, object]:
        """The error as the JSON object that the REST API and ``--json`` speak."""
        return {
            "code": self.code,
            "message": self.message,
            "next_step": self.next_step,
            "retryable": self.retryable,
            **({} if self.field is None else {"field": self.field}),
        }


class UnexpectedError(DeployKFError):
    """Something that should not happen: a fault of this package, or of one that it uses."""

    code = "unexpected"
    retryable = True

    @classmethod
    def of(cls, error: BaseException) -> UnexpectedError:
        """Say that an exception was met, by its class only: its text and its frames may hold a secret."""
        return cls(
            f"An unexpected error occurred ({type(error).__name__}).",
            'Try again; if it happens again, report it with what "jupyter deploykf doctor --bundle" prints.',
        )


class ConfigurationError(DeployKFError):
    """A setting can't be used as it is."""

    code = "configuration"


class NoCluster(ConfigurationError):
    """No cluster is known, or several are and none was chosen."""

    code = "no_cluster"


class NoPassword(ConfigurationError):
    """Static credentials are asked for, and the user name or the password is not given."""

    code = "no_password"


class AuthTypeUnknown(ConfigurationError, ValueError):
    """There is no such way to authenticate; a `ValueError` too, as in deployKF's guide."""

    code = "auth_type_unknown"


class IssuerNotAllowed(ConfigurationError):
    """The administrator limits the issuers, and this one is not among them."""

    code = "issuer_not_allowed"
    field = "issuer"


class ServerMisconfigured(ConfigurationError):
    """The administrator's settings of the Jupyter server can't be used, so no issuer is allowed."""

    code = "server_misconfigured"


class ServerExtensionFailed(DeployKFError):
    """The server extension failed to load; it answers every request with the reason."""

    code = "server_extension_failed"


class IssuerError(DeployKFError):
    """The issuer could not be asked, or its answer can't be used.

    Attributes
    ----------
    outcome_unknown : bool
        Whether the issuer may have acted on the request all the same: it was sent, and the answer was lost.
    """

    code = "issuer_error"
    outcome_unknown = False


class IssuerUnreachable(IssuerError):
    """No answer: name resolution, connection, proxy or time-out."""

    code = "issuer_unreachable"
    retryable = True
    field = "issuer"


class IssuerFault(IssuerError):
    """The issuer answered that it is in trouble itself (5xx, 429).

    Parameters
    ----------
    message, next_step, field
        As `DeployKFError` has them.
    retry_after
        Seconds after which the issuer wants to be asked again (RFC 9110, 10.2.3); None if it doesn't say.
    """

    code = "issuer_fault"
    retryable = True

    def __init__(
        self, message: str, next_step: str, *, field: str | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message, next_step, field=field)
        self.retry_after = retry_after


class CertificateUntrusted(IssuerError):
    """The issuer's certificate is not one that this machine trusts."""

    code = "certificate_untrusted"
    field = "ca_file"


class NotAnIssuer(IssuerError):
    """There is no OpenID Connect discovery document at this address."""

    code = "not_an_issuer"
    field = "issuer"


class IssuerMismatch(IssuerError):
    """The discovery document names another issuer (OpenID Connect Discovery 1.0, 4.3).

    Parameters
    ----------
    message, next_step
        As `DeployKFError` has them.
    named
        What the document names.
    """

    code = "issuer_mismatch"
    field = "issuer"

    def __init__(self, message: str, next_step: str, *, named: str = "", field: str | None = None) -> None:
        super().__init__(message, next_step, field=field)
        self.named = named


class ClientRejected(IssuerError):
    """The issuer does not accept our client id or redirect URI (RFC 6749, 5.2)."""

    code = "client_rejected"


class TokenAnswerInvalid(IssuerError):
    """The token endpoint's answer is not what RFC 6749, 5.1 and OpenID Connect ask for."""

    code = "token_answer_invalid"


class IDTokenInvalid(IssuerError):
    """The ID token failed a check (OpenID Connect Core, 3.1.3.7 and 12.2).

    Attributes
    ----------
    is_doubt : bool
        Whether only the time or the keys are in doubt, so that the same session may pass the check later.
    """

    code = "id_token_invalid"
    is_doubt = False


class LoginFailed(DeployKFError):
    """An attempt to log in did not lead to a session."""

    code = "login_failed"


class CodeNotFound(LoginFailed):
    """There is no authorization code in what was given."""

    code = "code_not_found"


class CodeRejected(LoginFailed):
    """The issuer does not take the authorization code."""

    code = "code_rejected"


class PasswordRejected(LoginFailed, RuntimeError):
    """The issuer does not take the user name and password; a `RuntimeError` too, as in deployKF's guide."""

    code = "password_rejected"


class SignInPageUnknown(LoginFailed, RuntimeError):
    """The way to the sign-in form is not as Dex and oauth2-proxy have it; a `RuntimeError` too."""

    code = "sign_in_page_unknown"


class ApiError(DeployKFError, RuntimeError):
    """The Kubeflow Pipelines API could not be asked, or its answer is none.

    No `kfp_server_api.ApiException`, which kfp's waiting loops take for a
    token to refresh; a `RuntimeError`, as in deployKF's guide.
    """

    code = "api_error"


class ApiUnreachable(ApiError):
    """No answer: name resolution, connection, proxy or time-out."""

    code = "api_unreachable"
    retryable = True


class ApiFault(ApiError):
    """The platform answered that it is in trouble itself (5xx, 429)."""

    code = "api_fault"
    retryable = True


class ApiCertificateUntrusted(ApiError):
    """The platform's certificate is not one that this client trusts."""

    code = "api_certificate_untrusted"


class ApiUnauthorized(ApiError):
    """The platform does not take the credential: 401, or a redirect to its sign-in page."""

    code = "api_unauthorized"


class ApiForbidden(ApiError):
    """The credential is good, and its owner may not do this (403)."""

    code = "api_forbidden"


class TokenTooLarge(ApiError):
    """The platform's gateway refuses the request because the token makes its headers too large (431)."""

    code = "token_too_large"


class ApiAnswerUnexpected(ApiError):
    """The API answers a plain question with an error that is neither about the credential nor about the address."""

    code = "api_answer_unexpected"


class NotAnApi(ApiError):
    """There is no Kubeflow Pipelines API at this address."""

    code = "not_an_api"


class DeviceNotAllowed(LoginFailed):
    """The issuer does not allow our client to log in on another device (RFC 8628)."""

    code = "device_not_allowed"


class DeviceExpired(LoginFailed):
    """Nobody confirmed a login on another device in time (RFC 8628, 3.5)."""

    code = "device_expired"


class LoginDenied(LoginFailed):
    """The login was refused on the other device (RFC 8628, 3.5)."""

    code = "login_denied"


class OtherIdentity(LoginFailed):
    """A login would replace someone else's session, and waits to be confirmed; nothing is saved yet.

    Parameters
    ----------
    message, next_step
        As `DeployKFError` has them.
    confirmation
        What names the login that waits, in this process alone. No token.
    identity
        Who signed in, as in a session.
    before
        Whose session is there, likewise.
    """

    code = "other_identity"

    def __init__(
        self,
        message: str,
        next_step: str,
        *,
        confirmation: str,
        identity: Mapping[str, object],
        before: Mapping[str, object],
    ) -> None:
        super().__init__(message, next_step)
        self.confirmation = confirmation
        self.identity = identity
        self.before = before

    def problem(self) -> dict[str, object]:
        """The error as JSON, with what it takes to confirm the login."""
        return {
            **super().problem(),
            "confirmation": self.confirmation,
            "identity": dict(self.identity),
            "before": dict(self.before),
        }


class ConfirmationExpired(LoginFailed):
    """No login waits to be confirmed: too much time has passed, or another login or a logout came after it."""

    code = "confirmation_expired"


class LoginRequired(DeployKFError):
    """There is no token that is valid or can be refreshed: a human has to log in."""

    code = "login_required"


class SessionEnded(LoginRequired):
    """There was a session, and the issuer refuses to go on with it."""

    code = "session_ended"


class CacheError(DeployKFError):
    """The credential cache can't be used as it is."""

    code = "cache_error"


class CacheBusy(CacheError):
    """Another process holds the lock for too long."""

    code = "cache_busy"
    retryable = True


class CacheDamaged(CacheError):
    """The cache was not JSON as we know it, and was set aside."""

    code = "cache_damaged"


class CacheUnreadable(CacheError):
    """The cache is there and can't be read."""

    code = "cache_unreadable"


class CacheUnsafe(CacheError):
    """The cache is a link or belongs to someone else, so it is neither read nor written."""

    code = "cache_unsafe"


class CacheNotWritable(CacheError):
    """The cache can't be written: permissions, a read-only or full disk, no locks."""

    code = "cache_not_writable"


class ServiceAccountError(DeployKFError):
    """The mounted ServiceAccount token can't be used."""

    code = "service_account_error"


class ServiceAccountTokenMissing(ServiceAccountError):
    """No token is mounted."""

    code = "service_account_token_missing"


class ServiceAccountTokenUnreadable(ServiceAccountError):
    """The mounted file can't be read, or holds no token."""

    code = "service_account_token_unreadable"


class ServiceAccountTokenExpired(ServiceAccountError):
    """The mounted token has expired; the kubelet should have replaced it."""

    code = "service_account_token_expired"


class ServiceAccountTokenForeign(ServiceAccountError):
    """The mounted token is not for Kubeflow Pipelines."""

    code = "service_account_token_foreign"


def from_problem(problem: Mapping[str, object]) -> DeployKFError | None:
    """Make an error of its JSON object again, in another process; None if it can't be.

    Parameters
    ----------
    problem
        From `DeployKFError.problem`.
    """
    code, message, next_step = (problem.get(name) for name in ("code", "message", "next_step"))
    kind = _kinds(DeployKFError).get(code) if isinstance(code, str) else None
    if kind is None or kind is OtherIdentity or not isinstance(message, str) or not isinstance(next_step, str):
        return None
    field = problem.get("field")
    # Some kinds make their texts from something else, which is not here.
    error = kind.__new__(kind)
    DeployKFError.__init__(error, message, next_step, field=field if isinstance(field, str) else None)
    return error


def _kinds(kind: type[DeployKFError]) -> dict[str, type[DeployKFError]]:
    found = {kind.code: kind}
    for child in kind.__subclasses__():
        found.update(_kinds(child))
    return found
