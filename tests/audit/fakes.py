"""A small world: a real ledger in a temporary folder, reviewers with real keys, a clock that only the test moves.

world = World.make(tmp_path)                      # START, one workspace entry, one policy entry
anna = world.reviewer("Anna", "compliance")
image = world.decide("part-1")                    # -> image id; outcome memorize, one person of role compliance
world.approve(anna, image)
assert world.standing(image).cleared
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.approving import Signer, Verdict, Wish, approve, record
from audit.keys import SigningKey
from audit.ledger import EntryKind, Ledger, LedgerEntry, NewEntry
from audit.reviewers import register_reviewer, resolve, revoke_reviewer
from audit.standing import Standing, StandingBook, standings
from audit.withdrawal import withdraw
from curate.canonical import digest, to_json
from curate.record import BusinessFacts, ContentClass, ImageRecord, RightsFacts, TrainingText

START = datetime(2030, 1, 1, 9, 0, tzinfo=UTC)
WORKSPACE = "ws-test"
PURPOSE = "internal image recall"
POLICY = {"id": "default", "version": "1", "sha256": digest({"policy": "default"})}


def image_id(name: str) -> str:
    """A stand-in for the SHA-256 of the picture's bytes."""
    return hashlib.sha256(name.encode()).hexdigest()


def signing_key(name: str) -> SigningKey:
    """The same key for the same name, so that worlds are reproducible."""
    return SigningKey(Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"key of {name}".encode()).digest()))


def record_of(name: str, **changes: Any) -> ImageRecord:
    """A record with every governance fact known; `changes` replaces fields of ImageRecord."""
    fields: dict[str, Any] = {
        "image_id": image_id(name),
        "file_names": (f"{name}.png",),
        "content_class": ContentClass.PRODUCT,
        "class_inferred": False,
        "texts": (TrainingText("title", "en", f"picture of {name}"), TrainingText("title", "ja", f"{name} の写真")),
        "rights": RightsFacts(
            source="own studio", owner="Example KK", license="CC-BY-4.0", license_scope=("memorize",)
        ),
        "business": BusinessFacts(criticality=0.5, product_line="bolts", sku=name),
    }
    return ImageRecord(**(fields | changes))


def decision_body(record: ImageRecord, **changes: Any) -> dict[str, Any]:
    """The body of a `decision` entry about `record`; `changes` replaces fields of the body."""
    body: dict[str, Any] = {
        "image_id": record.image_id,
        "run": "run-1",
        "outcome": "memorize",
        "lift": "nobody",
        "rules": ["cleared"],
        "unknowns": [],
        "policy": POLICY,
        "unsafe": False,
        "findings_digest": digest({"findings": [], "image": record.image_id}),
        "texts_digest": record.texts_digest,
        "facts_digest": record.facts_digest,
        "findings": [],
        "value": 0.75,
        "duplicate_group": [],
        "approval": {"people": 1, "roles": ["compliance"], "valid_days": 90},
        "purpose": PURPOSE,
        "not_after": None,
        "unscreened": [],
    }
    return body | changes


def decision_payload(record: ImageRecord, body: Mapping[str, Any]) -> dict[str, Any]:
    """The erasable part of a `decision` entry, as the recording step writes it."""
    return {
        "record": to_json(record),
        "screening": {"image_id": record.image_id, "findings": [], "unscreened": [], "done": [], "duplicate_group": []},
        "value": {"score": body["value"], "parts": {}, "scorer": "fake", "explanation": "worth it", "ja": "価値がある"},
        "decision": {"image_id": record.image_id, "outcome": body["outcome"]},
        "hits": [
            {"rule": rule, "outcome": body["outcome"], "reason_en": "because", "reason_ja": "理由"}
            for rule in body["rules"]
        ],
    }


@dataclass(frozen=True)
class Person:
    """A reviewer with the key that stays in the test."""

    name: str
    reviewer: str
    roles: tuple[str, ...]
    key: SigningKey


@dataclass
class World:
    """`now` moves only by `pass_time`; every entry is recorded at `now`."""

    ledger: Ledger
    key: SigningKey
    now: datetime = START
    people: list[Person] = field(default_factory=list)

    @staticmethod
    def make(folder: Path, *, workspace_id: str = WORKSPACE, name: str = "ledger.db") -> World:
        key = signing_key(f"ledger of {workspace_id}")
        ledger = Ledger.create(folder / name, key, workspace_id=workspace_id, at=START)
        world = World(ledger, key)
        world.record(EntryKind.POLICY, {**POLICY, "unsafe": False}, {"rules": []})
        return world

    def pass_time(self, **span: float) -> datetime:
        """Move the clock on, e.g. ``days=3``."""
        self.now += timedelta(**span)
        return self.now

    def record(self, kind: EntryKind, body: Mapping[str, Any], payload: Any = None) -> LedgerEntry:
        """Append one entry as it is, past all checks on entry."""
        return self.ledger.append([NewEntry(kind, body, payload, self.now)])[0]

    def reviewer(self, name: str, *roles: str, key: SigningKey | None = None) -> Person:
        key = key or signing_key(name)
        entry = register_reviewer(self.ledger, name, roles or ("compliance",), key.public, at=self.now)
        person = Person(name, str(entry.body["reviewer"]), roles or ("compliance",), key)
        self.people.append(person)
        return person

    def decide(self, what: str | ImageRecord, **changes: Any) -> str:
        """Record a decision about an image (a name, or a record of your own); returns the image id."""
        record = record_of(what) if isinstance(what, str) else what
        body = decision_body(record, **changes)
        self.record(EntryKind.DECISION, body, decision_payload(record, body))
        return record.image_id

    def decide_many(self, names: list[str], **changes: Any) -> list[str]:
        """As `decide`, in one transaction."""
        records = [record_of(name) for name in names]
        bodies = [decision_body(record, **changes) for record in records]
        self.ledger.append(
            [
                NewEntry(EntryKind.DECISION, body, decision_payload(record, body), self.now)
                for record, body in zip(records, bodies, strict=True)
            ]
        )
        return [record.image_id for record in records]

    def approve(self, person: Person, *images: str, expires: datetime | None = None) -> tuple[LedgerEntry, ...]:
        return approve(self.ledger, person.reviewer, person.key, images, "reviewed", expires, self.now)

    def say(self, person: Person, verdict: Verdict, *images: str, **wish: Any) -> tuple[LedgerEntry, ...]:
        """Record what a person decides; `wish` replaces fields of Wish."""
        signer = Signer(resolve(self.ledger, person.reviewer), person.key)
        return record(self.ledger, signer, Wish(verdict, images, **{"reason": "reviewed"} | wish), self.now)

    def withdraw(self, image: str, reason: str = "owner-request") -> LedgerEntry:
        return withdraw(self.ledger, image, reason, "operator", at=self.now)

    def revoke(self, person: Person, start: datetime | None = None) -> LedgerEntry:
        return revoke_reviewer(self.ledger, person.reviewer, start=start, reason="left-company", at=self.now)

    def plan(self, document: Mapping[str, Any] | None = None) -> LedgerEntry:
        """Record an evaluation plan, without which training does not begin."""
        document = document or {"version": 1, "held_out": [], "none_queries": [], "representative": []}
        body = {"plan_digest": digest(document), "policy_sha256": POLICY["sha256"]}
        return self.record(EntryKind.PILOT_PLAN, body, document)

    def book(self, at: datetime | None = None) -> StandingBook:
        return standings(self.ledger.entries(), at or self.now, workspace_id=self.ledger.workspace_id)

    def standing(self, image: str, at: datetime | None = None) -> Standing:
        return self.book(at).of(image)


def licence_until(last_day: date) -> dict[str, str]:
    """The change to `decision_body` that ends the licence after `last_day`."""
    return {"not_after": last_day.isoformat()}
