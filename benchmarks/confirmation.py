"""What the confirmation catches: valid identifiers that are the wrong picture, and facts that went stale.

    imprimatur demo DIR && python benchmarks/confirmation.py DIR --json result.json

DIR is a workspace whose record holds the pictures' facts and whose catalogue has a search log (the demo's has). Wrong but
valid: for every logged query and every query made of a picture's title with its article number, the candidates are the
ten pictures nearest to the query by their words that it does not mean; each is confirmed against the query as `recall`
does it, and so is the right picture (refusing that one is a false refusal). Queries are told apart by what they state:
an article number, another fact (product line, kind of picture, language, size), or nothing that a catalogue could contradict.
Stale: each fact of each picture is changed since the decision, and facts that do not count are too. Accuracy: a model that
names the nearest wrong picture first in a fifth of the queries, before and after confirmation.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from curate.ngrams import NgramSpace, normalise
from curate.record import ContentClass, ImageRecord
from curate.search_log import read_search_log
from imprimatur.record_book import open_ledger
from imprimatur.which_image import recorded_records
from imprimatur.workspace import open_workspace
from recall.agreement import Metadata, against_decision, against_query
from recall.asked import Asked, Lexicon, own_text, read_query

TODAY = datetime.now(UTC).date()
_NEAREST = 10  # wrong candidates a query
_MISTAKES = 0.2  # of the queries, for the accuracy before and after


@dataclass(frozen=True)
class Question:
    text: str
    right: frozenset[str]
    kind: str


def kind_of(asked: Asked) -> str:
    if asked.article_numbers:
        return "article number"
    return "other fact" if asked.product_lines or asked.classes or asked.languages or asked.sizes else "no fact"


def questions(records: dict[str, ImageRecord], folder: Path, lexicon: Lexicon) -> list[Question]:
    by_file = {name: record.image_id for record in records.values() for name in record.file_names}
    right: dict[str, set[str]] = {}
    for line in read_search_log(folder / "search_log.csv"):
        if line.file_name in by_file:
            right.setdefault(normalise(line.query), set()).add(by_file[line.file_name])
    for record in records.values():
        title = next((text.text for text in record.texts if text.field == "title"), None)
        if title is not None and record.business.sku:
            right.setdefault(normalise(f"{title} {record.business.sku}"), set()).add(record.image_id)
    described = {record.image_id: set(own_text(record).split()) for record in records.values()}
    return [
        # Whatever holds every word of the query is right too, as in the plan of a pilot.
        Question(
            text,
            frozenset(images | {i for i, words in described.items() if set(text.split()) <= words}),
            kind_of(read_query(text, lexicon)),
        )
        for text, images in sorted(right.items())
    ]


def stale(record: ImageRecord) -> Iterator[tuple[str, ImageRecord, bool]]:
    """(what changed, the record as the catalogue has it now, whether that must stop the picture)."""

    def business(**changes: Any) -> ImageRecord:
        return replace(record, business=replace(record.business, **changes))

    def rights(**changes: Any) -> ImageRecord:
        return replace(record, rights=replace(record.rights, **changes))

    if record.business.sku:
        yield (
            "article number",
            business(sku=record.business.sku[:-1] + ("1" if record.business.sku[-1] != "1" else "2")),
            True,
        )
    if record.business.product_line:
        yield "product line", business(product_line="another line"), True
    yield "validity moved", business(valid_until=(record.business.valid_until or TODAY) + timedelta(days=400)), True
    yield "validity passed", business(valid_until=TODAY - timedelta(days=1)), True
    yield "licence", rights(license="LicenseRef-other"), True
    yield "licence ended", rights(license_end=date(2001, 1, 1)), True
    other = ContentClass.DRAWING if record.content_class is not ContentClass.DRAWING else ContentClass.PHOTO
    yield "kind of picture", replace(record, content_class=other), True
    yield "criticality (no matter)", business(criticality=0.123), False
    yield "texts (no matter)", replace(record, texts=record.texts[:-1]), False
    yield "unknown column (no matter)", replace(record, extra=(*record.extra, ("note", "moved"))), False


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--json", type=Path, default=None)
    asked = arguments.parse_args()
    with open_ledger(open_workspace(asked.folder)) as ledger:
        records = recorded_records(ledger)
    lexicon = Lexicon.of(records.values())
    ids = sorted(records)
    space = NgramSpace.fit([own_text(records[image]) for image in ids])
    facts: dict[str, dict[str, int]] = {}
    before = after = silent = 0
    draw = random.Random(asked.seed)
    every = questions(records, asked.folder / "catalogue", lexicon)
    for question in every:
        wanted = read_query(question.text, lexicon)

        def confirmed(image: str, wanted: Asked = wanted) -> bool:
            return against_query(records[image], wanted, lexicon).metadata is not Metadata.CONTRADICT

        near = [ids[row] for row, _ in space.search(question.text, _NEAREST + len(question.right))]
        wrong = [image for image in near if image not in question.right][:_NEAREST]
        counts = facts.setdefault(
            question.kind,
            {"queries": 0, "wrong": 0, "caught": 0, "first_wrong": 0, "first_caught": 0, "right": 0, "refused": 0},
        )
        counts["queries"] += 1
        counts["wrong"] += len(wrong)
        counts["caught"] += sum(not confirmed(image) for image in wrong)
        counts["first_wrong"] += bool(wrong)
        counts["first_caught"] += bool(wrong) and not confirmed(wrong[0])
        counts["right"] += len(question.right)
        counts["refused"] += sum(not confirmed(image) for image in question.right)
        mistaken = bool(wrong) and draw.random() < _MISTAKES
        ranking = [*(wrong[:1] if mistaken else ()), *sorted(question.right), *wrong[1:]]
        before += ranking[0] in question.right
        shown = next((image for image in ranking if confirmed(image)), None)
        after += shown in question.right
        silent += shown is None
    changed: dict[str, list[int]] = {}
    for record in records.values():
        for what, now, must_stop in stale(record):
            stopped = against_decision(now, record, TODAY).metadata is Metadata.CONTRADICT
            if what == "licence ended":
                end = now.rights.license_end
                stopped = stopped or (end is not None and end < TODAY)  # as `recall.confirm` asks before the facts
            place = changed.setdefault(what, [0, 0, must_stop])
            place[0] += 1
            place[1] += stopped
    report = {
        "pictures": len(records),
        "queries": len(every),
        "wrong_but_valid": facts,
        "stale": {
            what: {"changed": n, "stopped": k, "must_stop": bool(must)} for what, (n, k, must) in changed.items()
        },
        "mistakes": _MISTAKES,
        "accuracy": {
            "before_confirmation": round(before / len(every), 4),
            "after_confirmation": round(after / len(every), 4),
            "nothing_shown": round(silent / len(every), 4),
        },
    }
    print(f"{len(records)} pictures, {len(every)} queries")
    for kind, counts in facts.items():
        print(
            f"{kind:15s} {counts['queries']:4d} queries: caught {counts['caught']}/{counts['wrong']} of the near wrong ones, "
            f"{counts['first_caught']}/{counts['first_wrong']} of the nearest; refused {counts['refused']}/{counts['right']} right ones"
        )
    for what, (count, held, must) in changed.items():
        print(f"{what:27s} {held}/{count} {'stopped' if must else 'falsely stopped'}")
    print(report["accuracy"])
    if asked.json:
        asked.json.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
