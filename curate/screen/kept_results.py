"""Screening results of earlier runs: hits by text, findings by image, each under the versions that produced them.

What is kept of a text is where something stands in it and of which kind, never the text; the text itself is the key only
as a digest. A new version of one detector makes the texts be read again by that detector alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from curate.canonical import digest, from_json, json_bytes, to_json
from curate.finding import Check, Finding, Unscreened
from curate.picture import PictureFacts, Undecoded
from curate.record import ImageRecord
from curate.rights_verdict import RightsVerdict
from curate.screen.barred_prints import BarredPrint
from curate.screen.detectors import all_detectors
from curate.screen.duplicates import DETECTOR as DUPLICATES
from curate.screen.duplicates import Articles, Likeness, find_duplicates
from curate.screen.hit import Hit
from curate.screen.settings import DuplicateLimits, ScreenSettings
from curate.sealed_store import SealedStore
from curate.sidecars import Beside

SHAPE = 4  # of what is kept here, over all detectors: 4 since parts left open name their cause


@dataclass(frozen=True, slots=True)
class KeptPage:
    """All that was found about one image by looking at it alone: everything but its likeness to others."""

    findings: tuple[Finding, ...]
    unscreened: tuple[Unscreened, ...]
    done: tuple[Check, ...]
    rights: RightsVerdict | None = None


@dataclass(frozen=True, slots=True)
class _Hits:
    hits: tuple[Hit, ...]


class KeptHits:
    """Hits in texts, for one detector. Without a store nothing is known and nothing kept."""

    def __init__(self, store: SealedStore | None, detector: str, version: str) -> None:
        self._store = store
        self._kind = f"hits.{detector}@{version}/{SHAPE}"
        if store is not None:
            store.forget_other_versions(self._kind)

    def find(self, texts: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], tuple[Hit, ...]]:
        """Hits by text, for the texts that are known. A text is a tuple: itself, and how it was to be read."""
        if self._store is None:
            return {}
        keys = {_key(text): text for text in texts}
        found: dict[tuple[str, ...], tuple[Hit, ...]] = {}
        for key, document in self._store.get_many(self._kind, keys).items():
            try:
                found[keys[key]] = from_json(_Hits, {"hits": document}).hits if document else ()
            except ValueError:  # not what is written here: read the text again
                continue
        return found

    def keep(self, found: Mapping[tuple[str, ...], Sequence[Hit]]) -> None:
        if self._store is not None:
            for text, hits in found.items():
                self._store.put(self._kind, _key(text), [to_json(hit) for hit in hits])


def _key(text: tuple[str, ...]) -> str:
    state = hashlib.sha256()
    for part in text:
        data = part.encode("utf-8", "surrogatepass")
        state.update(len(data).to_bytes(8, "big") + data)
    return state.hexdigest()


def pages_version(settings: ScreenSettings, today: date) -> str:
    """Digest of all that decides what a page says beside its image: detectors, present or absent, settings and day."""
    who = sorted([i.detector.name, i.detector.version, str(i.available)] for i in all_detectors())
    return digest([SHAPE, who, to_json(settings), today.isoformat()])


class KeptPages:
    """Findings by image, for one day, one set of settings and one set of detectors, present or absent."""

    def __init__(self, store: SealedStore | None, settings: ScreenSettings, today: date) -> None:
        self._store = store
        self._kind = ""
        if store is not None:
            self._kind = f"page@{pages_version(settings, today)[:32]}"
            store.forget_other_versions(self._kind)

    def keys(
        self,
        records: Sequence[ImageRecord],
        pictures: Mapping[str, PictureFacts | Undecoded],
        beside: Mapping[str, Beside],
    ) -> dict[str, str]:
        """Key by image id: the digest of all that is stated and measured, so that another fact is another page."""
        if self._store is None:
            return {}
        keys = {}
        for record in records:
            state = hashlib.sha256(json_bytes(record))
            facts = pictures.get(record.image_id)
            state.update(b"\0" + (json_bytes(facts) if facts is not None else b""))
            if record.image_id in beside:
                state.update(b"\0" + json_bytes(beside[record.image_id]))
            keys[record.image_id] = state.hexdigest()
        return keys

    def find(self, keys: Mapping[str, str]) -> dict[str, KeptPage]:
        """Pages by image id, where known."""
        if self._store is None:
            return {}
        documents = self._store.get_many(self._kind, keys.values())
        found = {}
        for image_id, key in keys.items():
            if key in documents:
                try:
                    found[image_id] = from_json(KeptPage, documents[key])
                except ValueError:  # not what is written here: screen the image again
                    continue
        return found

    def keep(self, key: str, page: KeptPage) -> None:
        if self._store is not None:
            self._store.put(self._kind, key, to_json(page))


class KeptLikeness:
    """What duplicates said about exactly this set of pictures, barred prints, limits and article numbers. One set is kept,
    the last."""

    _KIND = f"likeness@{DUPLICATES.version}"

    def __init__(self, store: SealedStore | None) -> None:
        self._store = store
        if store is not None:
            store.forget_other_versions(self._KIND)

    def of(
        self,
        pictures: Sequence[PictureFacts],
        barred: Sequence[BarredPrint],
        limits: DuplicateLimits,
        articles: Articles,
    ) -> Likeness:
        if self._store is None:
            return find_duplicates(pictures, barred, limits, articles)
        state = hashlib.sha256(json_bytes(limits))
        for item in sorted(pictures, key=lambda facts: facts.image_id):
            seen = (item.image_id, item.phash, item.dhash, item.width, item.height, item.byte_size, item.white_share)
            stated = sorted(articles.get(item.image_id, ()))
            state.update(f"{seen}{item.colour_grid}{item.thumbnail}{stated}".encode())
        for print_ in sorted(barred, key=lambda item: (item.image_id, item.why)):
            state.update(json_bytes(print_))
        kept = self._store.get(self._KIND, "last")
        if isinstance(kept, dict) and kept.get("of") == state.hexdigest():
            with suppress(ValueError):  # not what is written here: compare again
                return from_json(Likeness, kept["likeness"])
        likeness = find_duplicates(pictures, barred, limits, articles)
        self._store.put(self._KIND, "last", {"of": state.hexdigest(), "likeness": to_json(likeness)})
        return likeness
