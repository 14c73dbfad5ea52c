"""Looks already taken: each part of PictureFacts is kept under the version of the reader that fills it.

A second run opens only files that are new, and an interrupted run continues. A new reader of text makes text be read
again and nothing else; a look that was asked for less is completed from what is known.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from curate.canonical import Json, digest, from_json, to_json
from curate.finding import Check
from curate.picture import PictureFacts, Undecoded
from curate.picture_facts import MEASURES_VERSION
from curate.picture_metadata import METADATA_VERSION
from curate.picture_opening import FORMATS
from curate.pixel_parts import not_asked_for
from curate.screen.detectors import code_detector, face_detector, pixel_detector, plate_detector
from curate.sealed_store import SealedStore

METADATA_FIELDS = (
    "exif",
    "gps",
    "iptc",
    "xmp",
    "comments",
    "residue",
    "credentials",
    "prohibited_terms",
    "maker_note",
    "appended",
    "thumbnail_difference",
    "metadata_unread",
)


@dataclass(frozen=True, slots=True)
class LookPart:
    """Fields of PictureFacts that one reader fills. `check` is the question it answers when it has to be asked for.

    Of such a part the first field is None while nobody looked, and the second then says why.
    """

    name: str
    version: str
    fields: tuple[str, ...]
    check: Check | None = None

    @property
    def kind(self) -> str:
        return f"look.{self.name}@{self.version}"


def look_parts(trust_anchors: str = "") -> tuple[LookPart, ...]:
    """All parts; every field of PictureFacts but `image_id` belongs to exactly one.

    Whether a manifest is trusted is part of what is read of the metadata: other anchors make it be read again.
    """
    trust = f"+{hashlib.sha256(trust_anchors.encode()).hexdigest()[:12]}" if trust_anchors else ""
    asked_for = (
        LookPart("text", pixel_detector().version, ("text_lines", "text_unscreened"), Check.PIXEL_TEXT),
        LookPart("faces", face_detector().version, ("faces", "faces_unscreened"), Check.PIXEL_FACES),
        LookPart("codes", code_detector().version, ("codes", "codes_unscreened"), Check.PIXEL_CODES),
        LookPart("plates", plate_detector().version, ("plates", "plates_unscreened"), Check.PIXEL_PLATES),
    )
    elsewhere = {"image_id", *METADATA_FIELDS, *(name for part in asked_for for name in part.fields)}
    measured = tuple(item.name for item in fields(PictureFacts) if item.name not in elsewhere)
    return (
        LookPart("measures", MEASURES_VERSION, measured),
        LookPart("metadata", f"{METADATA_VERSION}{trust}", METADATA_FIELDS),
        *asked_for,
    )


@dataclass(frozen=True, slots=True)
class Known:
    """What is kept about one image: a picture or why it is none, complete for what was wanted, and what is missing.

    `seen` is None when the file has to be opened; `missing` are the questions to ask of its pixels then.
    """

    seen: PictureFacts | Undecoded | None
    missing: frozenset[Check]


@dataclass
class PictureCache:
    """Over a store that is open. `limits` is anything that decides whether a file is read at all."""

    store: SealedStore
    limits: Json
    trust_anchors: str = ""  # PEM certificates, as the pool that looks has them
    _parts: tuple[LookPart, ...] = ()
    _known: dict[str, dict[str, Json]] = field(default_factory=dict)  # image id -> part name -> fields

    def __post_init__(self) -> None:
        self._parts = self._parts or look_parts(self.trust_anchors)
        for part in self._parts:
            self.store.forget_other_versions(part.kind)

    @property
    def _refused_kind(self) -> str:
        return f"look.refused@{MEASURES_VERSION}+{digest([self.limits, list(FORMATS)])[:16]}"

    def find(self, wanted: Mapping[str, frozenset[Check]]) -> dict[str, Known]:
        """What is known of each image id, given the questions asked of its pixels (Check values with a part here)."""
        for part in self._parts:
            for image_id, kept in self.store.get_many(part.kind, wanted).items():
                self._known.setdefault(image_id, {})[part.name] = kept
        refused = self.store.get_many(self._refused_kind, wanted)
        found = {}
        for image_id, want in wanted.items():
            kept = self._known.get(image_id, {})
            missing = frozenset(
                part.check for part in self._parts if part.check in want and part.name not in kept and part.check
            )
            seen: PictureFacts | Undecoded | None = None
            if image_id in refused:
                seen = Undecoded(image_id, str(refused[image_id]), True)
            elif not missing and all(part.name in kept for part in self._parts if part.check is None):
                seen = self._assembled(image_id)
            found[image_id] = Known(seen, missing)
        return found

    def keep(self, seen: PictureFacts | Undecoded) -> PictureFacts | Undecoded:
        """Keep a look just taken, and complete it with the parts that it was not asked for and that are known.

        What a reader could not do is not kept: it may work next time.
        """
        if isinstance(seen, Undecoded):
            if seen.lasting and seen.image_id is not None:
                self.store.put(self._refused_kind, seen.image_id, seen.reason)
            return seen
        document = to_json(seen)
        kept = self._known.setdefault(seen.image_id, {})
        for part in self._parts:
            if part.check is None or document[part.fields[0]] is not None:
                kept[part.name] = {name: document[name] for name in part.fields}
                self.store.put(part.kind, seen.image_id, kept[part.name])
        late = {name: value for part in self._parts if part.check for name, value in kept.get(part.name, {}).items()}
        return from_json(PictureFacts, document | late) if late else seen

    def _assembled(self, image_id: str) -> PictureFacts | None:
        """None if the kept fields do not make up a PictureFacts: then the file is opened again."""
        document: dict[str, Any] = {"image_id": image_id}
        for part in self._parts:
            document |= self._known[image_id].get(part.name) or _unasked(part)
        try:
            return from_json(PictureFacts, document)
        except ValueError:
            return None


def _unasked(part: LookPart) -> dict[str, Json]:
    if part.check is None:
        return {}  # a part of every look: without it the kept fields make up no PictureFacts
    return dict(zip(part.fields, (None, not_asked_for(part.check)), strict=True))
