"""People who may approve: registered with a key, known by a pseudonymous id in the ledger, by name in the payload."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from audit.duties import NOBODY, Actor
from audit.entry import EntryKind, LedgerEntry, NewEntry, coded, moment_text, read_moment
from audit.keys import PublicKey
from audit.ledger import Ledger
from curate.canonical import Json
from curate.errors import ExitCode, ImprimaturError


class ReviewerRefused(ImprimaturError):
    """No such reviewer, a name that means two people, or a key that is someone else's already."""

    code = "IMP-E310"
    exit_code = ExitCode.USAGE


@dataclass(frozen=True, slots=True)
class ReviewerRecord:
    """A registered reviewer. `name` is None once erased; `revoked_from` is the moment from which nothing counts."""

    reviewer: str
    name: str | None
    roles: tuple[str, ...]
    public_key: PublicKey
    revoked_from: datetime | None
    index: int

    def active(self, at: datetime) -> bool:
        return self.revoked_from is None or at < self.revoked_from


def reviewers(ledger: Ledger) -> tuple[ReviewerRecord, ...]:
    """All registered reviewers in order of registration."""
    entries = [*ledger.entries(EntryKind.REVIEWER), *ledger.entries(EntryKind.REVIEWER_REVOKED)]
    return reviewer_records(entries, ledger.payloads)


def reviewer_records(
    entries: Sequence[LedgerEntry],
    payloads: Callable[[Sequence[LedgerEntry]], Iterable[tuple[LedgerEntry, Json | None]]],
) -> tuple[ReviewerRecord, ...]:
    """The same out of the entries of both kinds; `payloads` gives each entry with its erasable part."""
    revoked: dict[str, datetime] = {}
    for entry in entries:
        if entry.kind is EntryKind.REVIEWER_REVOKED:
            name, start = str(entry.body["reviewer"]), read_moment(entry.body["from"])
            revoked[name] = min(start, revoked.get(name, start))
    registered = [entry for entry in entries if entry.kind is EntryKind.REVIEWER]
    return tuple(
        ReviewerRecord(
            reviewer=str(entry.body["reviewer"]),
            name=None if payload is None else str(payload["name"]),
            roles=tuple(entry.body["roles"]),
            public_key=PublicKey.from_pem(entry.body["public_key"]),
            revoked_from=revoked.get(str(entry.body["reviewer"])),
            index=entry.index,
        )
        for entry, payload in payloads(registered)
    )


def resolve(ledger: Ledger, name_or_id: str) -> ReviewerRecord:
    """The reviewer with this id, or the one not revoked who has this name.

    Raises:
        ReviewerRefused: none, or several.
    """
    known = reviewers(ledger)
    found = [record for record in known if record.reviewer == name_or_id]
    found = found or [record for record in known if record.name == name_or_id and record.revoked_from is None]
    found = found or [record for record in known if record.name == name_or_id]
    if len(found) != 1:
        raise ReviewerRefused(
            f"One reviewer '{name_or_id}' was expected, found {len(found) or 'none'}.", hint="imprimatur reviewer list"
        )
    return found[0]


def register_reviewer(
    ledger: Ledger,
    name: str,
    roles: Sequence[str],
    public_key: PublicKey,
    *,
    at: datetime | None = None,
    by: Actor = NOBODY,
) -> LedgerEntry:
    """Record who may approve in which roles. The id is taken from the key, so that one key is one person. `by`: who did it.

    Raises:
        ReviewerRefused: no name, no role, a name with invisible letters, the name is in use, or the key is registered already (even if revoked).
    """
    if not name.strip() or not roles:
        raise ReviewerRefused(
            f"A name and at least one role were expected, found name {name!r} and {len(roles)} roles.",
            hint="imprimatur reviewer add NAME --role compliance",
        )
    hidden = [letter for letter in name if unicodedata.category(letter) in ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp")]
    if hidden:
        raise ReviewerRefused(
            f"A name whose letters can all be seen was expected, found U+{ord(hidden[0]):04X} in it.",
            hint="type the name again",
        )
    for record in reviewers(ledger):
        if record.public_key == public_key:
            raise ReviewerRefused(
                f"A key of its own was expected for a new reviewer; this one is registered for {record.reviewer}. "
                "One key is one person.",
                hint="imprimatur key new",
            )
        if record.name is not None and _alike(record.name) == _alike(name) and record.revoked_from is None:
            raise ReviewerRefused(
                f"A name not in use was expected; '{record.name}' is registered as {record.reviewer}.",
                hint=f"imprimatur reviewer revoke {record.reviewer}",
            )
    body = {
        "reviewer": f"r-{public_key.key_id[:12]}",
        "roles": sorted({coded(role, "a role") for role in roles}),
        "public_key": public_key.pem,
        "key_id": public_key.key_id,
        **({"by": by.to_body()} if by.known else {}),
    }
    return ledger.append([NewEntry(EntryKind.REVIEWER, body, {"name": name}, at)])[0]


def _alike(name: str) -> str:
    """Names that people would take for one: width, case, and how marks are put together do not count."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def revoke_reviewer(
    ledger: Ledger, name_or_id: str, *, start: datetime | None = None, reason: str, at: datetime | None = None
) -> LedgerEntry:
    """From `start` (default: now) on, nothing this person signed or recorded counts. It may lie in the past.

    Raises:
        ReviewerRefused: no such reviewer. EntryRefused: `reason` is not a code.
    """
    record = resolve(ledger, name_or_id)
    start = start or at or datetime.now(UTC)
    body = {"reviewer": record.reviewer, "from": moment_text(start), "reason": coded(reason, "the reason")}
    return ledger.append([NewEntry(EntryKind.REVIEWER_REVOKED, body, at=at)])[0]
