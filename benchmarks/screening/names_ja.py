"""Japanese person names: GiNZA alone beside the detector, on encyclopedia sentences and on factory captions.

    python benchmarks/screening/names_ja.py FOLDER [--half even|odd|all] [--captions 2000] [--seed 7] [--out result.json]

FOLDER holds `pii_text/ner_wikipedia_ja.dev.json` (ner-wikipedia-dataset, CC BY-SA 3.0: entities of type 人名 are the
names, all others are not) and `emoji/catalogue.csv` (labels and tags without people). The captions come from
`factory_captions`. A name counts as found when a finding overlaps it; a finding that overlaps no name is a false alarm.
Intervals: 95 %, bootstrap over texts. Speed: one thread, models loaded, both in the same run.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import spacy

from benchmarks.screening.factory_captions import captions
from curate.screen.folding import fold
from curate.screen.labelled_names import find_labelled_names
from curate.screen.names import detector_version, find_names

Span = tuple[int, int]
Reader = Callable[[Sequence[str]], list[list[Span]]]


@dataclass(frozen=True)
class Row:
    """Precision and recall with their intervals; `flagged` is texts without a name that got a finding, per 1,000."""

    material: str
    reader: str
    texts: int
    names: int
    findings: int
    recall: float
    recall_interval: Span | tuple[float, float]
    precision: float
    precision_interval: Span | tuple[float, float]
    flagged: float
    texts_per_second: float


def overlaps(one: Span, others: Sequence[Span]) -> bool:
    return any(one[0] < end and start < one[1] for start, end in others)


def counts(gold: Sequence[Sequence[Span]], found: Sequence[Sequence[Span]]) -> np.ndarray:
    """Per text: names, names found, findings, findings that overlap a name; shape (texts, 4)."""
    return np.array(
        [
            (len(g), sum(overlaps(s, f) for s in g), len(f), sum(overlaps(s, g) for s in f))
            for g, f in zip(gold, found, strict=True)
        ]
    )


def ratios(total: np.ndarray) -> tuple[float, float]:
    return float(total[1] / max(total[0], 1)), float(total[3] / max(total[2], 1))


def row(material: str, name: str, reader: Reader, texts: Sequence[str], gold: Sequence[Sequence[Span]]) -> Row:
    started = time.perf_counter()
    found = reader(texts)
    seconds = time.perf_counter() - started
    table = counts(gold, found)
    recall, precision = ratios(table.sum(axis=0))
    generator = np.random.default_rng(0)
    drawn = np.array([ratios(table[generator.integers(0, len(table), len(table))].sum(axis=0)) for _ in range(1000)])
    low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
    without = table[:, 0] == 0
    flagged = 1000 * float((table[without, 2] > 0).mean()) if without.any() else 0.0
    return Row(
        material, name, len(texts), int(table[:, 0].sum()), int(table[:, 2].sum()),
        recall, (float(low[0]), float(high[0])), precision, (float(low[1]), float(high[1])),
        flagged, len(texts) / seconds,
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--half", choices=("even", "odd", "all"), default="all")
    parser.add_argument("--captions", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, default=Path("names_ja.json"))
    options = parser.parse_args()

    model = spacy.load("ja_ginza")

    def ginza(texts: Sequence[str]) -> list[list[Span]]:
        documents = model.pipe(texts, batch_size=128)
        return [[(e.start_char, e.end_char) for e in document.ents if e.label_ == "Person"] for document in documents]

    def ours(texts: Sequence[str]) -> list[list[Span]]:
        return [[(hit.start, hit.end) for hit in hits] for hits in find_names(texts, "ja")]

    def ours_with_labels(texts: Sequence[str]) -> list[list[Span]]:
        folded = [fold(text) for text in texts]
        labelled = [[item.span(h.start, h.end) for h in find_labelled_names(item.text)] for item in folded]
        together = zip(ours(texts), labelled, strict=True)
        return [[*found, *(span for span in more if not overlaps(span, found))] for found, more in together]

    sentences = json.loads((options.folder / "pii_text/ner_wikipedia_ja.dev.json").read_text("utf-8"))
    sentences = {"even": sentences[::2], "odd": sentences[1::2], "all": sentences}[options.half]
    with (options.folder / "emoji/catalogue.csv").open(encoding="utf-8", newline="") as file:
        tags = list(
            dict.fromkeys(t for r in csv.DictReader(file) for t in (r["label_ja"], *r["tags_ja"].split("|")) if t)
        )
    made = captions(options.captions, options.seed)
    materials: list[tuple[str, Sequence[str], Sequence[Sequence[Span]]]] = [
        (
            f"encyclopedia ({options.half})",
            [s["text"] for s in sentences],
            [[(e["span"][0], e["span"][1]) for e in s["entities"] if e["type"] == "人名"] for s in sentences],
        ),
        ("factory captions", [c.text for c in made], [c.names for c in made]),
        ("labels and tags", tags, [()] * len(tags)),
    ]
    ginza(["準備"]), ours(["準備の山田"])  # both models loaded before the clock starts
    rows = [
        row(material, name, reader, texts, gold)
        for material, texts, gold in materials
        for name, reader in (("GiNZA alone", ginza), ("detector", ours), ("with labels", ours_with_labels))
    ]
    print(f"names-ja {detector_version('ja')}")
    print(
        "| material | reader | texts | names | recall | precision | flagged ‰ without a name | texts/s |\n|---|---|---|---|---|---|---|---|"
    )
    for r in rows:
        recall = f"{r.recall:.3f} ({r.recall_interval[0]:.3f}–{r.recall_interval[1]:.3f})" if r.names else "—"
        precision = (
            f"{r.precision:.3f} ({r.precision_interval[0]:.3f}–{r.precision_interval[1]:.3f})" if r.names else "—"
        )
        print(
            f"| {r.material} | {r.reader} | {r.texts} | {r.names} | {recall} | {precision} | {r.flagged:.1f} | {r.texts_per_second:.0f} |"
        )
    options.out.write_text(json.dumps([asdict(r) for r in rows], ensure_ascii=False, indent=2), "utf-8")


if __name__ == "__main__":
    main()
