"""curate's recording step: what was judged becomes ledger entries, in one transaction, and only where it changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from audit.duties import NOBODY, Actor, read_actor
from audit.ledger import EntryKind, Ledger, LedgerEntry, NewEntry
from curate.canonical import Spelled, digest, spelled, spelled_around, spelled_array, spelled_object, to_json
from curate.decision import Decision, RuleHit
from curate.finding import Check, Detector, OpenCause, Screening, Unscreened
from curate.picture import PictureFacts, Undecoded
from curate.pipeline import Intake, Judged
from curate.policy.decide import Routing
from curate.policy.document import Policy
from curate.record import ImageRecord
from curate.screen.barred_prints import print_of
from curate.sealed_store import SealedStore
from imprimatur.kept_bodies import VOLATILE, KeptBodies

ABSENT = "absent-from-catalogue"


@dataclass(frozen=True)
class Recorded:
    """What a run wrote: `changed` images got a new decision, `unchanged` kept theirs, `absent` left the catalogue."""

    run: str
    entries: tuple[LedgerEntry, ...]
    changed: int
    unchanged: int
    absent: int


def decision_body(
    record: ImageRecord,
    picture: PictureFacts | Undecoded | None,
    screening: Screening,
    decision: Decision,
    policy: Policy,
) -> dict[str, Any]:
    """Digests and coded reasons only: no text about the image, no file name. VOLATILE is added when it is recorded."""
    prints = print_of(picture) if isinstance(picture, PictureFacts) else None
    # The last day on which the image may stand by its licence and by the waivers it rests on.
    ends = [day for day in (record.rights.license_end, decision.waived_until) if day is not None]
    not_after = min(ends, default=None)
    return {
        "fingerprint": prints,  # kept after erasure too, so that a near-duplicate of a barred image is recognised
        "image_id": record.image_id,
        "outcome": decision.outcome.value,
        "lift": decision.lift.value,
        "rules": list(decision.rules),
        "unknowns": list(decision.unknowns),
        "policy": {"id": decision.policy.id, "version": decision.policy.version, "sha256": decision.policy.sha256},
        "unsafe": decision.unsafe,
        "findings_digest": screening.findings_digest,
        "texts_digest": record.texts_digest,
        "facts_digest": record.facts_digest,
        "findings": _sorted(
            {
                "category": finding.category.value,
                "kind": finding.kind,
                "severity": finding.severity.value,
                "channel": finding.where.channel.value,
            }
            for finding in decision.findings
        ),
        "unscreened": _sorted(
            {"check": part.check.value, "detector": part.detector.name} for part in screening.unscreened
        ),
        "duplicate_group": list(screening.duplicate_group),
        "approval": {
            "people": decision.approval.people,
            "roles": list(decision.approval.roles),
            "valid_days": decision.approval.valid_days,
            "separation": decision.approval.separation.value,
            **({"self_asserted": True} if decision.approval.self_asserted else {}),
        },
        "purpose": policy.purpose,
        "not_after": None if not_after is None else not_after.isoformat(),
        **({"waivers": [waived.to_document() for waived in decision.waived]} if decision.waived else {}),
    }


def decision_payload(record: ImageRecord, screening: Screening, decision: Decision, routing: Routing) -> Spelled:
    """What people read about the image, and all that another policy would need to decide again; can be erased."""
    rest = replace(screening, unscreened=(), done=frozenset())
    return spelled_object(
        record=spelled(to_json(record)),
        screening=spelled_object(
            **{name: spelled(value) for name, value in to_json(rest).items() if name not in ("unscreened", "done")},
            unscreened=_spelled_parts(screening.unscreened),
            done=spelled(sorted(check.value for check in screening.done)),
        ),
        decision=spelled(decision.to_document()),
        hits=spelled_array(_spelled_hit(hit) for hit in decision.hits),
        value=spelled(to_json(decision.value)),
        routing=spelled(to_json(routing)),
    )


@lru_cache(maxsize=4096)  # the same rules with the same reasons apply to many images
def _spelled_hit(hit: RuleHit) -> Spelled:
    return spelled(to_json(hit))


def _spelled_parts(parts: Sequence[Unscreened]) -> Spelled:
    ids = {image_id: spelled(image_id) for image_id in {part.image_id for part in parts}}
    around = [
        (part, _around_the_id(part.detector, part.check, part.reason, part.reason_ja, part.cause)) for part in parts
    ]
    return spelled_array(Spelled(before + ids[part.image_id] + after) for part, (before, after) in around)


@lru_cache(maxsize=4096)  # as above
def _around_the_id(
    detector: Detector, check: Check, reason: str, reason_ja: str, cause: OpenCause
) -> tuple[bytes, bytes]:
    return spelled_around(to_json(Unscreened("", detector, check, reason, reason_ja, cause)), "image_id")


@lru_cache(maxsize=4096)
def _order(coded: tuple[tuple[str, str], ...]) -> str:
    return digest(dict(coded))


def _sorted(coded: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """Codes in the order of their digests."""
    return sorted(coded, key=lambda item: _order(tuple(item.items())))


def last_decisions(entries: Iterable[LedgerEntry]) -> dict[str, LedgerEntry]:
    """The decision that counts for each image: the last one."""
    return {entry.body["image_id"]: entry for entry in entries if entry.kind is EntryKind.DECISION}


def _same(body: Mapping[str, Any], entry: LedgerEntry | None) -> bool:
    """A new run, or a score that moved without changing the outcome, is no new decision."""
    return entry is not None and body == {k: v for k, v in entry.body.items() if k not in VOLATILE}


def note_policy(policies: dict[str, bool], entry: LedgerEntry) -> None:
    """Keep in `policies`, by digest, whether it is known who adopted each."""
    if entry.kind is EntryKind.POLICY:
        sha256 = entry.body["sha256"]
        policies[sha256] = policies.get(sha256, False) or read_actor(entry.body.get("by")).known


@dataclass(frozen=True)
class Before:
    """The ledger as a run found it: its first `size` entries, of which only what the next record needs is kept."""

    size: int = 0
    last: Mapping[str, LedgerEntry] = field(default_factory=dict)
    policies: Mapping[str, bool] = field(default_factory=dict)  # digest: whether it is known who adopted it

    def joined(self, entries: Sequence[LedgerEntry]) -> Before:
        """With the entries that follow."""
        policies = dict(self.policies)
        for entry in entries:
            note_policy(policies, entry)
        return Before(self.size + len(entries), {**self.last, **last_decisions(entries)}, policies)


def record_run(
    ledger: Ledger,
    intake: Intake,
    judged: Judged,
    policy: Policy,
    *,
    at: datetime,
    by: Actor = NOBODY,
    before: Before | None = None,
    kept: SealedStore | None = None,
) -> Recorded:
    """Append policy (when new), run and changed decisions in one transaction: a crash leaves all of it or nothing.

    `by` ran it, and thereby adopted the policy if nobody had. `before` is what was read of this ledger already; what
    followed is read now, against the signed root. `kept` holds the bodies of earlier runs.
    """
    before = before or Before()
    before = before.joined(list(ledger.entries(start=before.size)))
    last = before.last
    bodies = KeptBodies(kept).of(intake, judged, policy, decision_body)
    catalogue_digest = digest(
        [
            [i.image_id, list(i.file_names), bodies[i.image_id]["texts_digest"], bodies[i.image_id]["facts_digest"]]
            for i in intake.records
        ]
    )
    run = run_name(catalogue_digest, policy, at, ledger.size)
    new = policy_entries(policy, before.policies.get(policy.ref.sha256), by, at)
    changed: list[NewEntry] = []
    here = set()
    for record in intake.records:
        here.add(record.image_id)
        screening, decision = judged.screenings[record.image_id], judged.decisions[record.image_id]
        body = bodies[record.image_id]
        if not _same(body, last.get(record.image_id)):
            changed.append(
                NewEntry(
                    EntryKind.DECISION,
                    {**body, "run": run, "value": round(decision.value.score, 6)},
                    payload=decision_payload(record, screening, decision, judged.routings[record.image_id]),
                    at=at,
                )
            )
    absent = [
        absent_entry(entry, ledger.payload(entry.index), run, at)
        for image_id, entry in last.items()
        if image_id not in here and entry.body["rules"] != [ABSENT]
    ]
    read = Read(
        intake.table.location,
        len(intake.table.frame),
        len(intake.records),
        [item.to_document() for item in intake.rejected],
    )
    new.append(run_entry(run, catalogue_digest, read, judged.outcomes(), policy, by, at))
    written = ledger.append([*new, *changed, *absent])
    return Recorded(run, written, len(changed), len(intake.records) - len(changed), len(absent))


@dataclass(frozen=True)
class Read:
    """What a run read; `rejected` are documents of rows that lead to no image."""

    location: str
    rows: int
    images: int
    rejected: list[Any]


def run_name(catalogue_digest: str, policy: Policy, at: datetime, size: int) -> str:
    """The name of a run over this catalogue at this moment, recorded on top of `size` entries."""
    return f"curate-{digest([catalogue_digest, policy.ref.sha256, at.isoformat(), size])[:16]}"


def policy_entries(policy: Policy, adopted: bool | None, by: Actor, at: datetime) -> list[NewEntry]:
    """The policy, when it is new or when it becomes known now who adopts it. `adopted`: whether that is known already,
    None where the policy is not recorded."""
    if adopted is not None and not (by.known and not adopted):
        return []
    body = {
        "id": policy.ref.id,
        "version": policy.ref.version,
        "sha256": policy.ref.sha256,
        "unsafe": bool(policy.unsafe_reasons()),
        "separation": policy.document.approval.separation.value,
        "by": by.to_body(),
    }
    return [NewEntry(EntryKind.POLICY, body, payload=policy.canonical, at=at)]


def absent_entry(entry: LedgerEntry, payload: Any, run: str, at: datetime) -> NewEntry:
    """The decision on an image that left the catalogue: held."""
    body = {**entry.body, "run": run, "outcome": "review", "lift": "fact", "rules": [ABSENT]}
    return NewEntry(EntryKind.DECISION, body, payload=payload, at=at)


def run_entry(
    run: str, catalogue_digest: str, read: Read, outcomes: Mapping[str, int], policy: Policy, by: Actor, at: datetime
) -> NewEntry:
    """The run itself."""
    return NewEntry(
        EntryKind.CURATE_RUN,
        {
            "run": run,
            "catalogue_digest": catalogue_digest,
            "rows": read.rows,
            "images": read.images,
            "rejected": len(read.rejected),
            "outcomes": dict(outcomes),
            "policy_sha256": policy.ref.sha256,
            "unsafe": bool(policy.unsafe_reasons()),
            "by": by.to_body(),
        },
        payload={"location": read.location, "rows": read.rows, "rejected": read.rejected},
        at=at,
    )
