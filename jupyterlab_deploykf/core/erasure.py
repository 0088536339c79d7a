"""Which entries a writer of the reference kind erased (its save keeps its own issuer alone)."""

from __future__ import annotations

from collections.abc import Mapping

from .credential import Credential

#: An entry of the cache, as JSON.
Entry = dict[str, object]


def remember(entries: Mapping[str, object]) -> dict[str, Entry]:
    """The entries that would be missed."""
    return {
        issuer: dict(entry)
        for issuer, entry in entries.items()
        if isinstance(entry, dict) and Credential.from_entry(entry)
    }


def erased(remembered: Mapping[str, Entry], entries: Mapping[str, object], file_exists: bool) -> dict[str, Entry]:
    """The remembered entries that someone's save has lost.

    Parameters
    ----------
    remembered
        From `remember`.
    entries
        What the file holds now.
    file_exists
        A file that is gone was deleted by its owner, and stays deleted. A
        logout leaves an empty entry behind, so it is no loss either.
    """
    if not file_exists:
        return {}
    return {issuer: entry for issuer, entry in remembered.items() if issuer not in entries}
