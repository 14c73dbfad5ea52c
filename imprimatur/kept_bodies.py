"""Bodies of decisions already spelt out: what a decision says is the same while all that went into it is.

The key is a digest of the record, the screening, the print and the verdict; the store seals every row with the key of
this workspace (`curate.sealed_store`), so that an edited row counts as absent. A body that names another image or another
verdict is spelt again as well.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from curate.canonical import json_bytes
from curate.decision import Decision, ValueScore
from curate.finding import Screening
from curate.picture import PictureFacts, Undecoded
from curate.pipeline import Intake, Judged
from curate.policy.document import Policy
from curate.record import ImageRecord
from curate.screen.duplicates import DETECTOR as DUPLICATES
from curate.sealed_store import SealedStore

SHAPE = 1  # of the body; raise it when a decision is spelt in another way
VOLATILE = frozenset({"run", "value"})  # of a recorded body: what may change without making a new decision
_KIND = f"decision-body@{SHAPE}+{DUPLICATES.version}"  # a body holds the print, which that detector makes

_NO_VALUE = ValueScore("", 0.0, (), "", "", "")

Body = dict[str, Any]
Spell = Callable[[ImageRecord, PictureFacts | Undecoded | None, Screening, Decision, Policy], Body]


class KeptBodies:
    """Without a store every body is spelt anew."""

    def __init__(self, store: SealedStore | None) -> None:
        self._store = store

    def of(self, intake: Intake, judged: Judged, policy: Policy, spell: Spell) -> dict[str, Body]:
        """The body of every image's decision, VOLATILE left out, by image id."""
        pictures, screenings, decisions = intake.pictures, judged.screenings, judged.decisions
        keys: dict[str, str] = {}
        known: dict[str, Any] = {}
        if self._store is not None:
            self._store.forget_other_versions(_KIND)
            for record in intake.records:
                i = record.image_id
                keys[i] = _key(record, pictures.get(i), screenings[i], decisions[i], policy)
            known = self._store.get_many(_KIND, keys.values())
        bodies = {}
        for record in intake.records:
            i = record.image_id
            body = known.get(keys.get(i, ""))
            if body is None or (body["image_id"], body["outcome"]) != (i, decisions[i].outcome.value):
                body = spell(record, pictures.get(i), screenings[i], decisions[i], policy)
                if self._store is not None:
                    self._store.put(_KIND, keys[i], body)
            bodies[i] = body
        return bodies


def _key(
    record: ImageRecord,
    picture: PictureFacts | Undecoded | None,
    screening: Screening,
    decision: Decision,
    policy: Policy,
) -> str:
    """Digest of all that a body is made of. The score of the value is no part of it, nor are reasons, which quote it."""
    seen = (picture.phash, picture.dhash, picture.thumbnail) if isinstance(picture, PictureFacts) else None
    state = hashlib.sha256(json_bytes(record))
    for part in (
        json_bytes(replace(screening, done=frozenset())),  # a set has another order in every process
        json_bytes(replace(decision, value=_NO_VALUE, hits=())),
        json.dumps([decision.rules, sorted(screening.done), policy.purpose, seen]).encode(),
    ):
        state.update(len(part).to_bytes(8, "big") + part)
    return state.hexdigest()
