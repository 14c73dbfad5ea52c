"""A small world to answer from: parts with facts, a model that remembers some of them, a catalogue one can change."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np

from audit.standing import Standing, StandingBook, StandingState
from curate.decision import Outcome
from curate.ngrams import NgramSpace, normalise
from curate.record import BusinessFacts, ContentClass, ImageRecord, RightsFacts, TrainingText
from recall.answer import Recaller, Remembered, Sources
from recall.asked import Lexicon
from recall.confirm import Live, NotLive
from recall.index import ExternalIndex, build_index
from recall.scoring import Calibration, Threshold, Weights

NOW = datetime(2025, 6, 2, 9, 0, tzinfo=UTC)
MANIFEST = "ab" * 32


def image_id(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def part(name: str, title_en: str, title_ja: str = "", **changes: Any) -> ImageRecord:
    """A record named `name`; keys of BusinessFacts and RightsFacts are understood directly."""
    business = {key: changes.pop(key) for key in list(changes) if key in BusinessFacts.__dataclass_fields__}
    rights = {key: changes.pop(key) for key in list(changes) if key in RightsFacts.__dataclass_fields__}
    queries = changes.pop("queries", ())
    texts = [TrainingText("title", "en", title_en)] if title_en else []
    texts += [TrainingText("title", "ja", title_ja)] if title_ja else []
    texts += [TrainingText("query", "en" if query.isascii() else "ja", query) for query in queries]
    record = ImageRecord(
        image_id=image_id(name),
        file_names=(f"{name}.png",),
        content_class=ContentClass.PRODUCT,
        class_inferred=False,
        texts=tuple(texts),
        rights=RightsFacts(license="LicenseRef-own", license_end=date(2099, 12, 31), **rights)
        if "license_end" not in rights
        else RightsFacts(license="LicenseRef-own", **rights),
        business=BusinessFacts(**business),
    )
    return replace(record, **changes)


PARTS = (
    part("bracket", "steel angle bracket", "スチール製アングルブラケット", sku="BRK-1204", product_line="ブラケット / brackets"),
    part("bolt", "hexagon bolt M8", "六角ボルト M8", sku="BLT-2001", product_line="ボルト / bolts"),
    part(
        "pump", "coolant pump housing drawing", "冷却ポンプ 部品図",
        sku="PMP-3300", product_line="ポンプ / pumps", content_class=ContentClass.DRAWING,
    ),
    part("gear", "spur gear module two", "平歯車 モジュール2", sku="GER-4100", product_line="歯車 / gears"),
    part("seal", "rubber shaft seal", "ゴム製オイルシール", sku="SEL-5005", product_line="シール / seals"),
)  # fmt: skip
MEMORIZED = ("bracket", "bolt", "pump", "gear")  # the seal is in the index only


@dataclass(frozen=True)
class Entry:
    identifier: str
    image_id: str
    file_names: tuple[str, ...]


class WordModel:
    """Remembers texts by their characters; sure of itself in proportion to the agreement. `mistakes` maps a query to
    the image the model wrongly believes in."""

    def __init__(self, records: Sequence[ImageRecord], mistakes: Mapping[str, str] | None = None) -> None:
        self._space = NgramSpace.fit(["\n".join(text.text for text in record.texts) for record in records])
        self._place = {record.image_id: number for number, record in enumerate(records)}
        self.mistakes = {normalise(query): image for query, image in (mistakes or {}).items()}
        self.asked = 0

    def score(self, queries: Sequence[str], live: np.ndarray) -> np.ndarray:
        assert len(live) == len(self._place)
        self.asked += 1
        rows = []
        for query in queries:
            logits = 12.0 * self._space.scores(query).astype(np.float64)
            if (wrong := self.mistakes.get(normalise(query))) is not None:
                logits[self._place[wrong]] = 30.0
            logits = np.append(logits, 3.0)  # the model's own "something else"
            rows.append((logits - np.log(np.exp(logits).sum()))[:-1])
        return np.asarray(rows)


class ChangingCatalogue:
    """The catalogue of a test: rows are records, and files can be replaced or removed."""

    def __init__(self, records: Iterable[ImageRecord]) -> None:
        self.rows = {record.file_names[0]: record for record in records}
        self.bytes_of: dict[str, str | None] = {name: record.image_id for name, record in self.rows.items()}
        self.looked = 0

    def change(self, name: str, **business: Any) -> None:
        row = self.rows[f"{name}.png"]
        self.rows[f"{name}.png"] = replace(row, business=replace(row.business, **business))

    def look(self, image: str, file_names: Sequence[str]) -> Live | NotLive:
        self.looked += 1
        for name in file_names:
            if name in self.rows:
                found = self.bytes_of[name]
                if found is None:
                    return NotLive("file-missing")
                return Live(name, self.rows[name]) if found == image else NotLive("file-changed")
        return NotLive("not-in-catalogue")

    def lexicon(self) -> Lexicon:
        return Lexicon.of(self.rows.values())


def standing(image: str, state: StandingState, index: int, **changes: Any) -> Standing:
    shown = state is StandingState.CLEARED
    base = Standing(image, state, Outcome.MEMORIZE, (), index, (), None, False, shown)
    return base._replace(**changes)


@dataclass
class World:
    """Everything an answer depends on; change a field and ask again."""

    records: tuple[ImageRecord, ...] = PARTS
    memorized: tuple[str, ...] = MEMORIZED
    mistakes: Mapping[str, str] = field(default_factory=dict)
    now: datetime = NOW
    unsafe: bool = False
    held_out: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.catalogue = ChangingCatalogue(self.records)
        self.standings: dict[str, Standing] = {}
        ids = {image_id(name) for name in self.memorized}
        for index, record in enumerate(self.records):
            state = StandingState.CLEARED if record.image_id in ids else StandingState.EXCLUDED
            outcome = Outcome.MEMORIZE if record.image_id in ids else Outcome.INDEX
            self.standings[record.image_id] = standing(
                record.image_id, state, index, outcome=outcome, may_be_shown=True
            )
        self.recorded = dict(enumerate(self.records))
        remembered = [record for record in self.records if record.image_id in ids]
        self.model = WordModel(remembered, self.mistakes) if remembered else None
        self.entries = tuple(
            Entry(f"im-{number:04d}", record.image_id, record.file_names) for number, record in enumerate(remembered)
        )
        self.index = self.built_index()

    def built_index(self) -> ExternalIndex:
        return build_index(self.records, self.book(), source="now", held_out=self.held_out)

    def book(self) -> StandingBook:
        return StandingBook(self.now, self.standings)

    def set_standing(self, name: str, state: StandingState, **changes: Any) -> None:
        before = self.standings[image_id(name)]
        after = before._replace(state=state, may_be_shown=False)
        self.standings[image_id(name)] = after._replace(**changes)

    def sources(self) -> Sources:
        memory = Remembered(self.model, self.entries, MANIFEST, self.unsafe) if self.model is not None else None
        return Sources(
            memory=memory,
            index=lambda: self.index,
            catalogue=self.catalogue,
            standings=self.book,
            recorded=self.recorded.get,
            clock=lambda: self.now,
        )

    def recaller(self, threshold: float = 0.5) -> Recaller:
        return Recaller(self.sources(), calibration(threshold))


def calibration(threshold: float = 0.5) -> Calibration:
    limit = Threshold(threshold, "of the test")
    return Calibration(MANIFEST, 0.05, Weights(), limit, limit, limit)


Clock = Callable[[], datetime]
