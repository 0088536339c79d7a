"""Which entries a writer of the reference kind erased (its save keeps its own issuer alone), or set back."""

from __future__ import annotations

from collections.abc import Mapping

from .claims import read_claims
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
    return {
        issuer: entry
        for issuer, entry in remembered.items()
        if issuer not in entries or _is_older(entries[issuer], entry)
    }


def _is_older(entry: object, remembered: Entry) -> bool:
    """Whether an entry is an earlier state of the same user's session.

    Someone who had not seen the last refresh has put it back. By the issuer's own times, which no clock of ours moves.
    """
    there, before = Credential.from_entry(entry), Credential.from_entry(remembered)
    if there is None or before is None or there.refresh_token == before.refresh_token or not before.refresh_token:
        return False
    old, new = read_claims(there.id_token), read_claims(before.id_token)
    if old.get("sub") != new.get("sub") or old.get("iss") != new.get("iss"):
        return False
    issued, last = old.get("iat"), new.get("iat")
    return isinstance(issued, (int, float)) and isinstance(last, (int, float)) and issued < last
