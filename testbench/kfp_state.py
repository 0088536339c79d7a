"""What the KFP API remembers, and who may see it. No HTTP here."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["experiments", "runs"]

# google.rpc.Code, as grpc-gateway puts them into its errors, with the HTTP status that it gives them.
INVALID_ARGUMENT, NOT_FOUND, PERMISSION_DENIED, UNAUTHENTICATED = 3, 5, 7, 16
_HTTP = {INVALID_ARGUMENT: 400, NOT_FOUND: 404, PERMISSION_DENIED: 403, UNAUTHENTICATED: 401}

SEEDED = ("Default", "churn-model", "price-forecast")


class Refused(Exception):
    """An answer of the API that is no success.

    Parameters
    ----------
    code
        The gRPC code, which decides the HTTP status.
    message
        As the real API words it.
    """

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.status = _HTTP[code]


@dataclass
class Record:
    """An experiment or a run.

    Attributes
    ----------
    created, finishes
        Seconds since the epoch; ``finishes`` is when a run has succeeded.
    definition
        What a run was created from, given back as it came.
    """

    name: str
    namespace: str
    created: float
    finishes: float = 0.0
    experiment_id: str = ""
    archived: bool = False
    definition: Mapping[str, Any] = field(default_factory=dict)
    id: str = field(default_factory=lambda: str(uuid.uuid4()))


class State:
    """Experiments and runs in memory.

    Parameters
    ----------
    namespaces
        The namespaces that each user may see, by e-mail.
    run_seconds
        How long a run stays ``RUNNING``.
    clock
        Seconds since the epoch.
    """

    def __init__(
        self,
        namespaces: Mapping[str, Iterable[str]],
        run_seconds: float = 1.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._namespaces = {user: frozenset(names) for user, names in namespaces.items()}
        self._run_seconds = run_seconds
        self.clock = clock
        self.experiments: dict[str, Record] = {}
        self.runs: dict[str, Record] = {}
        for namespace in sorted(frozenset[str]().union(*self._namespaces.values())):
            for name in SEEDED:
                self._keep("experiments", Record(name, namespace, clock()))

    def records(self, kind: Kind) -> dict[str, Record]:
        """All of one kind, by id."""
        return self.experiments if kind == "experiments" else self.runs

    def find(self, kind: Kind, record_id: str, user: str) -> Record:
        """One record, if the user may see it.

        Raises
        ------
        Refused
        """
        record = self.records(kind).get(record_id)
        if record is None:
            raise Refused(NOT_FOUND, f"ResourceNotFoundError: {kind[:-1].capitalize()} {record_id} not found.")
        self.allow(user, record.namespace)
        return record

    def allow(self, user: str, namespace: str) -> None:
        """Do nothing if the user may see the namespace.

        Raises
        ------
        Refused
        """
        if not user:
            raise Refused(UNAUTHENTICATED, "Request header error: there is no user identity header.")
        if not namespace:
            raise Refused(INVALID_ARGUMENT, "Invalid input error: In multi-user mode, a namespace must be specified.")
        if namespace not in self._namespaces.get(user, frozenset()) | _own_namespace(user):
            raise Refused(
                PERMISSION_DENIED,
                f"PermissionDenied: User '{user}' is not authorized with reason:  (request: namespace {namespace})",
            )

    def create_experiment(self, name: str, namespace: str, user: str) -> Record:
        """Make an experiment."""
        self.allow(user, namespace)
        _require_name(name)
        return self._keep("experiments", Record(name, namespace, self.clock()))

    def create_run(self, name: str, experiment_id: str, user: str, definition: Mapping[str, Any]) -> Record:
        """Make a run, which succeeds by itself after a while."""
        experiment = self.find("experiments", experiment_id, user)
        _require_name(name)
        now = self.clock()
        run = Record(name, experiment.namespace, now, now + self._run_seconds, experiment_id, definition=definition)
        return self._keep("runs", run)

    def delete(self, kind: Kind, record_id: str, user: str) -> None:
        """Forget a record."""
        del self.records(kind)[self.find(kind, record_id, user).id]

    def _keep(self, kind: Kind, record: Record) -> Record:
        self.records(kind)[record.id] = record
        return record


def _own_namespace(user: str) -> frozenset[str]:
    """The namespace of a ServiceAccount, where its Role is bound (deployKF's ``default-editor``)."""
    parts = user.split(":")
    return frozenset(parts[2:3]) if parts[:2] == ["system", "serviceaccount"] else frozenset()


def _require_name(name: str) -> None:
    if not name:
        raise Refused(INVALID_ARGUMENT, "Invalid input error: the name is empty.")
