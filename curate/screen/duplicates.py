"""Pictures of a catalogue that are the same or look alike, found without comparing all pairs.

Identity is SHA-256 and lives in the record. Likeness is told by `likeness`, `comparing` and `closer_look`; who looks like a
barred picture by `barred_prints`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from curate.finding import Channel, Finding, Where
from curate.picture import PictureFacts
from curate.record import ImageRecord
from curate.screen.barred_prints import DETECTOR as DETECTOR
from curate.screen.barred_prints import BarredPrint, near_barred
from curate.screen.closer_look import distances, drawn
from curate.screen.comparing import alike
from curate.screen.hit import finding
from curate.screen.likeness import candidates
from curate.screen.looks import looks_of
from curate.screen.settings import DuplicateLimits
from curate.screen.standing_for import standing_for
from curate.screen.window_views import Matches
from curate.screen.wording import Reason

Articles = Mapping[str, frozenset[str]]  # article numbers by image id; who states none is missing


@dataclass(frozen=True, slots=True)
class Likeness:
    """What duplicates say about a catalogue: `groups` by image id (sorted, itself included; only where not alone), symmetric,
    but two that are in the group of a third may be in no group of each other. A finding `duplicate.near` says less often
    what a group says: it takes a picture away from memory, and asks for more likeness (`DuplicateLimits`)."""

    groups: Mapping[str, tuple[str, ...]]
    findings: Mapping[str, tuple[Finding, ...]]


@dataclass(frozen=True, slots=True)
class _Prints:
    """Rows of pictures with one print, in the order of their first. By their numbers: `kin`, which of these look alike, and
    `copies`, which of their kin are so much alike that one can stand for the other."""

    rows: tuple[tuple[int, ...], ...]
    kin: Mapping[int, frozenset[int]]
    copies: Mapping[int, frozenset[int]]


def _prints(facts: Sequence[PictureFacts], articles: Articles, limits: DuplicateLimits) -> _Prints:
    # A thousand white sheets have one print: they are alike, and are compared with others once.
    equal: dict[tuple[object, ...], list[int]] = {}
    for row, item in enumerate(facts):
        equal.setdefault((item.thumbnail, item.colour_grid), []).append(row)
    rows = tuple(map(tuple, equal.values()))
    if not rows:
        return _Prints((), {}, {})
    looks = looks_of([facts[one[0]] for one in rows], limits)
    matches = candidates(looks, limits)
    same = matches.of(alike(matches, looks, limits))
    apart, framed = distances(same, looks)
    near = apart <= np.where(framed, limits.copy_apart, limits.kin_apart)
    same, apart = same.of(near), apart[near]
    stated: list[frozenset[str]] = [
        frozenset().union(*(articles.get(facts[row].image_id, ()) for row in one)) for one in rows
    ]
    told = [(stated[one], stated[other]) for one, other in zip(same.outer.tolist(), same.inner.tolist(), strict=True)]
    shared = np.array([bool(one & other) for one, other in told], dtype=np.bool_)
    different = np.flatnonzero([bool(one and other and not one & other) for one, other in told])
    copies = shared | (apart <= limits.copy_apart)
    copies[different] = distances(same.of(different), looks, covered=False).apart <= limits.other_article_apart
    copies[different] &= ~drawn(same.of(different), looks)  # nobody can tell whether it is one sheet
    return _Prints(rows, _symmetric(same), _symmetric(same.of(copies)))


def _symmetric(pairs: Matches) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = {}
    for one, other in zip(pairs.outer.tolist(), pairs.inner.tolist(), strict=True):
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {one: frozenset(others) for one, others in found.items()}


def find_duplicates(
    pictures: Sequence[PictureFacts],
    barred: Sequence[BarredPrint],
    limits: DuplicateLimits,
    articles: Articles = MappingProxyType({}),
) -> Likeness:
    """Groups of look-alikes and pictures that look like a barred one.

    Of pictures that are copies of each other one stands for the others (`standing_for`), of equals that with the most
    pixels (then bytes, then the smallest id); the others get the finding. A picture's group is whom it is like and all that
    the same picture stands for: what is withdrawn takes both along. A picture is never compared with its own barred print:
    its own decision and standing speak for it. `articles`: what the catalogue states. One number makes copies of what is
    less alike, different ones ask for more and are told; nobody is kept from a barred one by them.
    """
    facts = sorted(pictures, key=lambda item: item.image_id)
    prints = _prints(facts, articles, limits)
    best = [
        min((-facts[row].width * facts[row].height, -facts[row].byte_size, row) for row in rows) for rows in prints.rows
    ]
    ranks = {number: rank for rank, number in enumerate(sorted(range(len(best)), key=best.__getitem__))}
    better = [ranks[number] for number in range(len(best))]
    groups: dict[str, tuple[str, ...]] = {}
    findings: dict[str, list[Finding]] = {item.image_id: [] for item in facts}
    for stands, members in standing_for(prints.copies, [len(rows) for rows in prints.rows], better).items():
        first = facts[best[stands][2]].image_id
        size = sum(len(prints.rows[member]) for member in members)
        for member in members:
            related = prints.kin.get(member, frozenset()).union(members)
            ids = tuple(facts[row].image_id for row in sorted(row for one in related for row in prints.rows[one]))
            for row in prints.rows[member]:
                image_id = facts[row].image_id
                if len(ids) > 1:
                    groups[image_id] = ids
                if image_id != first:
                    why = _stands(first, size, _other_articles(articles, image_id, first))
                    near = finding(image_id, DETECTOR, "duplicate.near", Where(Channel.PIXEL), why=why)
                    findings[image_id].append(near)
    for image_id, found in near_barred(facts, barred, groups, limits).items():
        findings[image_id].extend(found)
    return Likeness(groups, {image_id: tuple(found) for image_id, found in findings.items() if found})


def articles_of(records: Iterable[ImageRecord]) -> Articles:
    return {record.image_id: record.article_numbers for record in records if record.article_numbers}


def _other_articles(articles: Articles, one: str, other: str) -> bool:
    """Whether the catalogue states article numbers of both, and none that both have."""
    stated = articles.get(one, frozenset()), articles.get(other, frozenset())
    return all(stated) and not stated[0] & stated[1]


def _stands(first: str, size: int, other_articles: bool) -> Reason:
    head = first[:12]
    why = Reason(f"{head} stands for the group of {size}", f"同じ見た目の{size}枚のうち、{head} を代表とします")
    if not other_articles:
        return why
    return Reason(
        f"{why.en}; the two state different article numbers: one picture of two articles, or two that differ in a detail",
        f"{why.ja}。ただし両者の品番は異なります（同じ写真を二つの品番に使っているか、細部の異なる別の画像です）",
    )
