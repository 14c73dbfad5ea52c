"""The evaluation plan of a pilot, fixed and recorded before training: what is asked, and what would be enough.

Queries that the plan holds out are kept from training and from the index, else the measures would only show that the
system can repeat what it was told.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from audit.standing import StandingBook, StandingState
from curate.canonical import digest
from curate.decision import Outcome
from curate.ngrams import normalise, word_tokens
from curate.record import ImageRecord
from curate.value.change import DAYS_PER_MONTH, changes_per_month
from recall.representative import representative_set

HELD_OUT_SHARE = 0.25  # of the distinct logged queries that can be held out
MOST_HELD_OUT = 400  # queries
MOST_NONE = 100  # queries
FEWEST_LOGGED = 30  # logged queries held out; below, thresholds could not be calibrated on them alone
STATED_SHARE = 0.2  # of the images give up one caption or tag in their place
TEXTS_LEFT = 3  # that such an image keeps, at least
FORMAT = 1


class Logged(Protocol):
    """A line of the search log (`curate.search_log.LoggedQuery`)."""

    @property
    def query(self) -> str: ...
    @property
    def file_name(self) -> str: ...
    @property
    def count(self) -> int: ...


@dataclass(frozen=True, slots=True)
class PilotThresholds:
    """What the pilot has to reach. `p95_ms` milliseconds a query; `update_seconds` for one full retrain."""

    p95_ms: float
    hit_at_1: float
    error_among_answered: float
    update_seconds: float

    def to_document(self) -> dict[str, Any]:
        return {
            "speed": {"p95_ms": self.p95_ms},
            "accuracy": {"hit_at_1": self.hit_at_1, "error_among_answered": self.error_among_answered},
            "update_cost": {"seconds": self.update_seconds},
            "safety": {"unconfirmed_shown": 0, "withdrawn_shown": 0},
        }


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What the plan is made from: all recorded images, where each stands, what it is worth, and what people asked.

    `private` are images with a privacy finding: nothing people typed about them is copied into the plan.
    """

    records: Sequence[ImageRecord]
    book: StandingBook
    values: Mapping[str, float]
    log: Sequence[Logged]
    groups: Sequence[tuple[str, ...]] = ()
    private: frozenset[str] = frozenset()


def make_plan(
    catalogue: Catalogue,
    thresholds: PilotThresholds,
    *,
    created: datetime,
    seed: int,
    retrain_seconds: float | None,
    update_interval_days: float,
) -> dict[str, Any]:
    """The plan document (`version` 1). `retrain_seconds` is an estimate from measurement, None when nobody measured.

    `held_out` are logged queries for images that are going to be memorized, each of which keeps other texts to learn
    from; where the log gives fewer than `FEWEST_LOGGED`, captions and tags of the catalogue stand in for queries and are
    taken out of training too; `index_queries` lead to images that only the index may show; `none_queries` to images that nothing may show.
    Right answers are all images that the query led to and all whose own texts hold every word of it: where a query is
    ambiguous, any valid image counts.
    """
    memorized = frozenset(r.image_id for r in catalogue.records if _to_be_memorized(catalogue.book, r.image_id))
    led_to = _led_to(catalogue)
    indexed = frozenset(r.image_id for r in catalogue.records if catalogue.book.of(r.image_id).may_be_shown) - memorized
    held_out = _held_out(catalogue, led_to, memorized, seed)
    if len(held_out) < FEWEST_LOGGED:
        stated = _stated_queries(catalogue, memorized, frozenset(held_out), seed)
        held_out += stated
        led_to = {**stated, **led_to}
    only_indexed = {query: images for query, images in led_to.items() if not images & memorized}
    index_queries = _held_out(catalogue, only_indexed, indexed, seed)
    none_queries = _none_queries(catalogue, led_to, memorized | indexed, seed)
    language = _languages(catalogue)
    described = {record.image_id: frozenset(_words(_own_texts(record))) for record in catalogue.records}

    def right(query: str) -> frozenset[str]:
        words = frozenset(_words(query))
        return led_to[query] | {image for image, own in described.items() if words and words <= own}

    chosen = representative_set(
        [r for r in catalogue.records if r.image_id in memorized], catalogue.values, catalogue.groups
    )
    return {
        "version": FORMAT,
        "created": created.isoformat(),
        "representative": [
            {"image_id": item.image_id, "reason_en": item.reason_en, "reason_ja": item.reason_ja} for item in chosen
        ],
        "held_out": [_case(query, right(query) & (memorized | indexed), language) for query in held_out],
        "index_queries": [_case(query, right(query) & (memorized | indexed), language) for query in index_queries],
        "none_queries": none_queries,
        "thresholds": thresholds.to_document(),
        "estimates": _estimates(catalogue, memorized, created, retrain_seconds, update_interval_days),
        "split_seed": seed,
    }


def plan_held_out(plan: Mapping[str, Any]) -> frozenset[str]:
    """The normalised queries which training and index must not see."""
    asked = [item["query"] for item in (*plan.get("held_out", ()), *plan.get("index_queries", ()))]
    return frozenset(normalise(query) for query in (*asked, *plan.get("none_queries", ())))


def updates_per_month(changes: float, update_interval_days: float) -> float:
    """Updates a month when `changes` images a month change independently and one update takes all that has gathered.

    One update per interval in which anything changed (Poisson): never more than intervals, never more than changes.
    """
    intervals = DAYS_PER_MONTH / update_interval_days
    return intervals * -math.expm1(-changes / intervals)


def _to_be_memorized(book: StandingBook, image_id: str) -> bool:
    standing = book.of(image_id)
    if standing.state is StandingState.CLEARED:
        return True
    return standing.state is StandingState.AWAITING and standing.outcome is Outcome.MEMORIZE


def _led_to(catalogue: Catalogue) -> dict[str, frozenset[str]]:
    """normalised query -> the images people found with it."""
    by_file = {name: record.image_id for record in catalogue.records for name in record.file_names}
    found: dict[str, set[str]] = defaultdict(set)
    for line in catalogue.log:
        if line.file_name in by_file and normalise(line.query):
            found[normalise(line.query)].add(by_file[line.file_name])
    return {query: frozenset(images) for query, images in found.items()}


def _held_out(
    catalogue: Catalogue, led_to: Mapping[str, frozenset[str]], wanted: frozenset[str], seed: int
) -> list[str]:
    """A share of the queries that led to `wanted` images, spread over the images in the order of the queries' hash.

    Left in training are queries whose words, in any order, are a text of the catalogue or another logged query (they
    could not be kept from it), and those without which an image would have no text left to learn from.
    """
    stated = {_words(text.text) for record in catalogue.records for text in record.texts if text.field != "query"}
    spellings = Counter(_words(query) for query in led_to)
    possible = [
        query
        for query, images in led_to.items()
        if images & wanted
        and not images & catalogue.private
        and _words(query) not in stated
        and spellings[_words(query)] == 1
    ]
    possible.sort(key=lambda query: digest([seed, query]))
    taught = {r.image_id: {_words(text.text) for text in r.texts} - {()} for r in catalogue.records}
    number = min(MOST_HELD_OUT, max(1, round(HELD_OUT_SHARE * len(possible)))) if possible else 0
    held: dict[str, None] = {}
    taken: Counter[str] = Counter()
    for at_most in (1, 2, len(possible)):  # first one query an image, so that many images are asked for
        for query in possible:
            images = led_to[query] & wanted
            if len(held) == number:
                return list(held)
            if query in held or any(taken[image] >= at_most for image in images):
                continue
            if all(taught[image] - {_words(query)} for image in images):
                held[query] = None
                taken.update(images)
                for image in images:
                    taught[image].discard(_words(query))
    return list(held)


def _stated_queries(
    catalogue: Catalogue, memorized: frozenset[str], held: frozenset[str], seed: int
) -> dict[str, frozenset[str]]:
    """normalised caption or tag -> all images that state it; at most one is taken from an image."""
    states: dict[str, set[str]] = defaultdict(set)
    texts = {r.image_id: {normalise(t.text) for t in r.texts} - held - {""} for r in catalogue.records}
    for record in catalogue.records:
        for text in record.texts:
            if text.field in ("captions", "tags") and normalise(text.text) in texts[record.image_id]:
                states[normalise(text.text)].add(record.image_id)
    titles = {normalise(t.text) for r in catalogue.records for t in r.texts if t.field not in ("captions", "tags")}
    wanted = min(MOST_HELD_OUT, math.ceil(STATED_SHARE * len(memorized)))
    taken: set[str] = set()
    found: dict[str, frozenset[str]] = {}
    for query in sorted(states, key=lambda query: digest([seed, "stated", query])):
        images = states[query]
        spared = all(len(texts[image]) > TEXTS_LEFT for image in images)
        free = images <= memorized and not images & (taken | catalogue.private)
        if len(found) < wanted and query not in titles and spared and free:
            found[query] = frozenset(images)
            taken |= images
    return found


def _none_queries(
    catalogue: Catalogue, led_to: Mapping[str, frozenset[str]], shown: frozenset[str], seed: int
) -> list[str]:
    """Queries for images that nothing may show, where no image that may be shown has all of the query's words."""
    covered = [set(_words(_all_texts(record))) for record in catalogue.records if record.image_id in shown]
    chosen: list[str] = []
    for query in sorted(led_to, key=lambda query: digest([seed, query])):
        if len(chosen) == MOST_NONE:
            break
        images, words = led_to[query], set(_words(query))
        if words and not images & (shown | catalogue.private) and not any(words <= text for text in covered):
            chosen.append(query)
    return chosen


def _case(query: str, images: Collection[str], language: Mapping[str, str]) -> dict[str, Any]:
    return {"query": query, "relevant": sorted(images), "language": language.get(query, "und")}


def _languages(catalogue: Catalogue) -> dict[str, str]:
    return {normalise(t.text): t.language for record in catalogue.records for t in record.texts if t.field == "query"}


def _all_texts(record: ImageRecord) -> str:
    return " ".join(text.text for text in record.texts)


def _own_texts(record: ImageRecord) -> str:
    """What the catalogue says the image shows; what people asked is not a description."""
    facts = [fact for fact in (record.business.sku, record.business.product_line) if fact]
    return " ".join([*(text.text for text in record.texts if text.field != "query"), *facts])


def _words(text: str) -> tuple[str, ...]:
    return tuple(sorted(set(word_tokens(text))))


def _estimates(
    catalogue: Catalogue,
    memorized: frozenset[str],
    created: datetime,
    retrain_seconds: float | None,
    update_interval_days: float,
) -> dict[str, Any]:
    rates = [
        changes_per_month(record.business, record.rights, today=created.date())
        for record in catalogue.records
        if record.image_id in memorized
    ]
    known = [rate for rate in rates if rate is not None]
    changes = sum(known)
    updates = updates_per_month(changes, update_interval_days)
    return {
        "images": len(memorized),
        "retrain_seconds": retrain_seconds,
        "changes_per_month": round(changes, 3),
        "images_with_unknown_change_rate": len(rates) - len(known),
        "update_interval_days": update_interval_days,
        "updates_per_month": round(updates, 3),
        "seconds_per_month": None if retrain_seconds is None else round(updates * retrain_seconds, 1),
    }
