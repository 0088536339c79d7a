"""The KFP API's two wire formats: what kfp 1.8 (v1beta1) and kfp 2.x (v2beta1) ask and expect.

Measured with kfp 1.8.22 and 2.17.0. As in the real API's protobuf JSON, an
empty list is left out: kfp then shows ``None``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Literal

from .kfp_state import INVALID_ARGUMENT, Kind, Record, Refused

Version = Literal["v1beta1", "v2beta1"]

_DEFAULT_PAGE = 20
_EQUALS = (1, "EQUALS")


@dataclass(frozen=True)
class Query:
    """What a list is asked for."""

    namespace: str
    experiment_id: str
    name: str | None
    sort_by: str
    start: int
    size: int


def parse_query(query: Mapping[str, str]) -> Query:
    """Read a list's query string, of either version.

    Raises
    ------
    Refused
        A page token or a filter that can't be read.
    """
    reference = {query.get("resource_reference_key.type", ""): query.get("resource_reference_key.id", "")}
    try:
        start, size = int(query.get("page_token") or 0), int(query.get("page_size") or _DEFAULT_PAGE)
        name = _name_of(json.loads(query["filter"])) if query.get("filter") else None
    except (ValueError, KeyError, TypeError) as error:
        raise Refused(INVALID_ARGUMENT, f"Invalid input error: the list's parameters are invalid: {error}") from error
    return Query(
        namespace=query.get("namespace") or reference.get("NAMESPACE", ""),
        experiment_id=query.get("experiment_id") or reference.get("EXPERIMENT", ""),
        name=name,
        sort_by=query.get("sort_by", ""),
        start=start,
        size=size,
    )


def _name_of(filter_: Mapping[str, Any]) -> str | None:
    for predicate in filter_["predicates"]:
        operation = predicate.get("op", predicate.get("operation"))
        if predicate["key"] not in ("name", "display_name") or operation not in _EQUALS:
            raise ValueError("the bench's API filters by the name alone, with EQUALS")
        name: str = predicate["stringValue"]
        return name
    return None


def page(version: Version, kind: Kind, records: list[Record], query: Query, now: float) -> dict[str, Any]:
    """One page of a list."""
    chosen = [record for record in records if query.name is None or record.name == query.name]
    field, _, direction = query.sort_by.partition(" ")
    if field:
        chosen.sort(
            key=lambda r: (r.created if field.endswith("created_at") else 0.0, r.name), reverse=direction == "desc"
        )
    shown = chosen[query.start : query.start + query.size]
    end = query.start + len(shown)
    shape = {
        kind: [summary(version, kind, record, now) for record in shown],
        "total_size": len(chosen),
        "next_page_token": str(end) if end < len(chosen) else "",
    }
    return {key: value for key, value in shape.items() if value}


def summary(version: Version, kind: Kind, record: Record, now: float) -> dict[str, Any]:
    """A record as it stands in a list."""
    return _v1(kind, record, now) if version == "v1beta1" else _v2(kind, record, now)


def detail(version: Version, kind: Kind, record: Record, now: float) -> dict[str, Any]:
    """A record as it is answered alone: a run of v1beta1 is wrapped (``ApiRunDetail``)."""
    shape = summary(version, kind, record, now)
    if version == "v1beta1" and kind == "runs":
        manifest = record.definition.get("pipeline_spec", {}).get("workflow_manifest", "{}")
        return {"run": shape, "pipeline_runtime": {"workflow_manifest": manifest}}
    return shape


def _v1(kind: Kind, record: Record, now: float) -> dict[str, Any]:
    shape: dict[str, Any] = {"id": record.id, "name": record.name, "created_at": _rfc3339(record.created)}
    if kind == "experiments":
        state = "STORAGESTATE_ARCHIVED" if record.archived else "STORAGESTATE_AVAILABLE"
        return {**shape, "resource_references": [_owner("NAMESPACE", record.namespace)], "storage_state": state}
    done = now >= record.finishes
    shape |= {
        "resource_references": [_owner("EXPERIMENT", record.experiment_id), _owner("NAMESPACE", record.namespace)],
        "pipeline_spec": record.definition.get("pipeline_spec", {}),
        "status": "Succeeded" if done else "Running",
        "scheduled_at": _rfc3339(record.created),
    }
    return shape | ({"finished_at": _rfc3339(record.finishes)} if done else {})


def _v2(kind: Kind, record: Record, now: float) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "display_name": record.name,
        "created_at": _rfc3339(record.created),
        "storage_state": "ARCHIVED" if record.archived else "AVAILABLE",
    }
    if kind == "experiments":
        return {"experiment_id": record.id, "namespace": record.namespace, **shape}
    done = now >= record.finishes
    kept = {key: value for key, value in record.definition.items() if key in ("pipeline_spec", "runtime_config")}
    shape |= {
        "run_id": record.id,
        "experiment_id": record.experiment_id,
        "state": "SUCCEEDED" if done else "RUNNING",
        "scheduled_at": _rfc3339(record.created),
        **kept,
    }
    return shape | ({"finished_at": _rfc3339(record.finishes)} if done else {})


def _owner(kind: str, record_id: str) -> dict[str, Any]:
    return {"key": {"type": kind, "id": record_id}, "relationship": "OWNER"}


def reference(body: Mapping[str, Any], kind: str) -> str:
    """The id that a v1beta1 body refers to, or an empty text."""
    for entry in body.get("resource_references") or ():
        if entry["key"]["type"] == kind:
            found: str = entry["key"]["id"]
            return found
    return ""


def _rfc3339(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
