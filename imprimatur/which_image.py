"""Which image a person means: a whole id, the beginning of one, a file name of the last recorded catalogue, an article number."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from operator import attrgetter
from typing import Any

from audit.entry import EntryKind
from audit.ledger import Ledger
from curate.canonical import from_json
from curate.errors import ExitCode, ImprimaturError
from curate.record import ImageRecord
from imprimatur.recording import last_decisions

MIN_PREFIX = 6  # hex digits of an image id
_ID = re.compile(rf"[0-9a-fA-F]{{{MIN_PREFIX},64}}")
_AT_ONCE = 1_000  # decisions whose payloads are read together
_NAMED = 5  # images that a refusal names
_FEW = 16  # names that are quicker looked for in the bytes of a payload than in what they say


class ImageUnknown(ImprimaturError):
    """No recorded image, or several, fit what was typed."""

    code = "IMP-E113"
    exit_code = ExitCode.USAGE


def recorded_records(ledger: Ledger) -> dict[str, ImageRecord]:
    """The record of every image as its last decision knew it; images whose payload was erased are left out."""
    last = sorted(last_decisions(ledger.entries(EntryKind.DECISION)).values(), key=attrgetter("index"))
    return {
        entry.body["image_id"]: from_json(ImageRecord, payload["record"])
        for entry, payload in ledger.payloads(last)
        if payload is not None
    }


def which_image(ledger: Ledger, typed: str) -> str:
    """The image id that `typed` means.

    Raises:
        ImageUnknown: nothing recorded fits, or more than one image does.
    """
    return which_images(ledger, [typed])[0]


def which_images(ledger: Ledger, typed: Sequence[str]) -> tuple[str, ...]:
    """The image ids that `typed` mean, in the order typed. The record is read once or twice, however many are asked for.

    Raises:
        ImageUnknown: nothing recorded fits one of them, or more than one image does.
    """
    wanted = [one.strip() for one in typed]
    found: dict[str, str] = {}
    if prefixes := [one for one in wanted if _ID.fullmatch(one)]:
        decided = dict.fromkeys(entry.body["image_id"] for entry in ledger.entries(EntryKind.DECISION))
        found = _by_beginning(decided, prefixes)
    if names := [one for one in wanted if one not in found]:
        found |= _by_name(ledger, names)
    return tuple(found[one] for one in wanted)


def _by_beginning(ids: Iterable[str], prefixes: Sequence[str]) -> dict[str, str]:
    """The image of each beginning; one that begins none may still be a file name."""
    lengths = {len(prefix) for prefix in prefixes}
    begun: dict[str, list[str]] = {prefix.lower(): [] for prefix in prefixes}
    for image_id in ids:
        for length in lengths:
            if (fits := begun.get(image_id[:length])) is not None:
                fits.append(image_id)
    for prefix in prefixes:
        if len(fits := begun[prefix.lower()]) > 1:
            raise ImageUnknown(
                f"'{prefix}' begins {len(fits)} image ids, one was expected.", hint=f"type more digits: {fits[0][:16]}"
            )
    return {prefix: begun[prefix.lower()][0] for prefix in prefixes if begun[prefix.lower()]}


def _by_name(ledger: Ledger, names: Sequence[str]) -> dict[str, str]:
    """The image of each name: a path in the catalogue, else the last part of one, else an article number."""
    # As RFC 8785 writes a string: a payload without these bytes names none of them and need not be understood.
    spelt = [json.dumps(name, ensure_ascii=False)[1:-1].encode("utf-8", "replace") for name in names]
    ways = [{name: dict[str, tuple[int, str]]() for name in names} for _ in range(3)]
    last: dict[str, int] = {}
    decisions = ledger.entries(EntryKind.DECISION)
    while part := tuple(islice(decisions, _AT_ONCE)):
        last |= {entry.body["image_id"]: entry.index for entry in part}
        for entry, payload in ledger.payloads(part, holding=spelt if len(spelt) <= _FEW else ()):
            if payload is None:
                continue
            paths, numbers = payload["record"]["file_names"], _article_numbers(payload["record"])
            for way, known in zip(ways, (paths, [path.rsplit("/", 1)[-1] for path in paths], numbers), strict=True):
                for name in known:
                    if name in way:
                        way[name][entry.body["image_id"]] = entry.index, paths[0]
    return {name: _the_one(name, [way[name] for way in ways], last) for name in names}


def _article_numbers(record: Mapping[str, Any]) -> list[str]:
    """All that a picture carries: one that several articles share keeps the others as extra texts (`curate.assemble`)."""
    return [record["business"]["sku"], *(text for name, text in record["extra"] if name == "part_number")]


def _the_one(typed: str, ways: Sequence[Mapping[str, tuple[int, str]]], last: Mapping[str, int]) -> str:
    """The one image that has the name by its last decision, in the first of the `ways` in which any has. A way: the decision
    of each image, and a path of it."""
    fits: dict[str, str] = {}
    for way in ways:
        fits = fits or {image_id: path for image_id, (index, path) in way.items() if last[image_id] == index}
    if len(fits) == 1:
        return next(iter(fits))
    named = ", ".join(f"{image_id[:12]} ({path})" for image_id, path in list(fits.items())[:_NAMED])
    found = "none" if not fits else f"{len(fits)} images of that name or number"
    raise ImageUnknown(
        f"Expected an image id (or its first {MIN_PREFIX} digits), a file name or an article number of the catalogue, found {found} "
        f"for '{typed}'.",
        hint=f"type one of: {named}" if fits else "imprimatur review list --state all",
    )
