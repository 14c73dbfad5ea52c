"""English personal data in sentences, and false alarms on captions: ours beside Presidio without a language model.

    python benchmarks/screening/names_en.py FOLDER [--json FILE]

FOLDER holds `pii_text/presidio_synth_en*.json` (presidio-research, MIT) and, where wanted, `grocery/metadata.jsonl` and
`emoji/catalogue.csv`. Tokens are `\\w+`; a token that overlaps a gold span of any type is personal, one that overlaps a
finding is predicted. F2 = 5PR / (4P + R). Intervals: 95 %, bootstrap over sentences (1,000 draws, one seed).
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.screening.names_en_captions import captions, captions_with_people
from curate.finding import Finding, Severity
from curate.screen.names import find_names
from curate.screen.screener import Screener

Spans = list[tuple[int, int]]
_TOKEN = re.compile(r"\w+")
_MEDIUM = Severity.MEDIUM


def presidio_baseline() -> Callable[[str], Spans]:
    """Presidio's own recognizers for English without a language model; nothing is fetched."""
    import os

    os.environ.setdefault("TLDEXTRACT_PUBLIC_SUFFIX_LIST_URLS", "")
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NoOpNlpEngine

    nothing = NoOpNlpEngine([{"lang_code": "en", "model_name": "none"}])
    registry = RecognizerRegistry(supported_languages=["en"])
    registry.load_predefined_recognizers(languages=["en"], nlp_engine=nothing)
    engine = AnalyzerEngine(registry=registry, nlp_engine=nothing, supported_languages=["en"])
    return lambda text: [(found.start, found.end) for found in engine.analyze(text=text, language="en")]


def counted(
    rows: Sequence[dict[str, Any]], predicted: Sequence[Spans]
) -> tuple[np.ndarray, dict[str, tuple[int, int]]]:
    """Per sentence (true positives, false positives, false negatives), and per type (tokens found, tokens)."""
    per_row = np.zeros((len(rows), 3), dtype=np.int64)
    found: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for number, (row, spans) in enumerate(zip(rows, predicted, strict=True)):
        for token in _TOKEN.finditer(row["full_text"]):
            types = [
                s["entity_type"]
                for s in row["spans"]
                if s["start_position"] < token.end() and token.start() < s["end_position"]
            ]
            hit = any(start < token.end() and token.start() < end for start, end in spans)
            if types:
                total[types[0]] += 1
                found[types[0]] += hit
                per_row[number, 0 if hit else 2] += 1
            elif hit:
                per_row[number, 1] += 1
    return per_row, {name: (found[name], total[name]) for name in sorted(total, key=lambda n: -total[n])}


def scores(counts: np.ndarray) -> tuple[float, float, float]:
    """(precision, recall, F2) of summed (true positives, false positives, false negatives)."""
    true, false, missed = (float(value) for value in counts)
    precision = true / (true + false) if true + false else 0.0
    recall = true / (true + missed) if true + missed else 0.0
    return precision, recall, 5 * precision * recall / (4 * precision + recall) if precision + recall else 0.0


def interval(per_row: np.ndarray) -> tuple[float, float]:
    rng = np.random.default_rng(7)
    draws = [scores(per_row[rng.integers(0, len(per_row), len(per_row))].sum(axis=0))[2] for _ in range(1_000)]
    return float(np.percentile(draws, 2.5)), float(np.percentile(draws, 97.5))


def spans_at(findings: Iterable[Finding], least: Severity) -> Spans:
    return [f.where.span for f in findings if f.where.span is not None and f.severity.rank >= least.rank]


def sentences(rows: Sequence[dict[str, Any]], screener: Screener) -> dict[str, Any]:
    texts = [row["full_text"] for row in rows]
    baseline = presidio_baseline()
    screener.screen_texts(texts[:3])  # models load
    started = time.process_time()  # seconds of this process on one core: other work on the machine does not count
    screened = screener.screen_texts(texts)
    rate = len(texts) / (time.process_time() - started)
    started = time.process_time()
    find_names(texts, "en")
    tagging = len(texts) / (time.process_time() - started)
    started = time.process_time()
    others = [baseline(text) for text in texts]
    other_rate = len(texts) / (time.process_time() - started)
    predicted = {
        "Presidio without a model": others,
        "ours, medium or more": [spans_at(found, _MEDIUM) for found, _ in screened],
        "ours, low or more": [spans_at(found, Severity.LOW) for found, _ in screened],
        "ours, any severity": [spans_at(found, Severity.INFO) for found, _ in screened],
    }
    result: dict[str, Any] = {
        "sentences": len(texts), "unscreened": sum(bool(left) for _, left in screened),
        "sentences_per_s": {"whole text screening": rate, "names only": tagging, "Presidio without a model": other_rate}, "systems": {},
    }  # fmt: skip
    print(f"{len(texts)} sentences\n\n| | precision | recall | F2 (95 %) |\n|---|---|---|---|")
    for name, spans in predicted.items():
        per_row, types = counted(rows, spans)
        precision, recall, f2 = scores(per_row.sum(axis=0))
        low, high = interval(per_row)
        result["systems"][name] = {
            "precision": precision,
            "recall": recall,
            "f2": f2,
            "interval": [low, high],
            "types": types,
        }
        print(f"| {name} | {precision:.3f} | {recall:.3f} | {f2:.3f} ({low:.3f}–{high:.3f}) |")
    print("\n| type | tokens | Presidio | medium | any |\n|---|---|---|---|---|")
    systems = [
        result["systems"][name]["types"]
        for name in ("Presidio without a model", "ours, medium or more", "ours, any severity")
    ]
    for kind in systems[0]:
        total = systems[0][kind][1]
        print(f"| {kind} | {total} | " + " | ".join(f"{types[kind][0] / total:.2f}" for types in systems) + " |")
    print(
        f"\nsentences per second of one core: names alone {tagging:.0f}, patterns and names {rate:.0f}, Presidio without a model {other_rate:.0f}"
    )
    return result


def false_alarms(sets: dict[str, list[str]], screener: Screener) -> dict[str, Any]:
    """Captions that name nobody: of a thousand, how many get a finding of medium, how many of low."""
    result: dict[str, Any] = {}
    print("\n| captions without a person | number | medium per 1,000 | low per 1,000 |\n|---|---|---|---|")
    for name, texts in sets.items():
        screened = screener.screen_texts(texts)
        medium = [text for text, (found, _) in zip(texts, screened, strict=True) if spans_at(found, _MEDIUM)]
        low = sum(any(f.severity is Severity.LOW for f in found) for found, _ in screened)
        result[name] = {
            "captions": len(texts),
            "medium_per_1000": 1000 * len(medium) / len(texts),
            "low_per_1000": 1000 * low / len(texts),
            "flagged": medium,
        }
        print(f"| {name} | {len(texts)} | {result[name]['medium_per_1000']:.1f} | {result[name]['low_per_1000']:.1f} |")
    return result


def caption_names(screener: Screener) -> dict[str, float]:
    """Captions with a person's full name: share in which a finding overlaps the name."""
    pairs = captions_with_people()
    screened = screener.screen_texts([text for text, _ in pairs])
    shares = {}
    for least in (_MEDIUM, Severity.LOW):
        hits = 0
        for (text, name), (found, _) in zip(pairs, screened, strict=True):
            at = text.index(name)
            hits += any(start < at + len(name) and at < end for start, end in spans_at(found, least))
        shares[least.value] = hits / len(pairs)
    print(
        f"\n{len(pairs)} captions with a full name: found at medium {shares['medium']:.3f}, at low or more {shares['low']:.3f}"
    )
    return shares


def caption_sets(folder: Path) -> dict[str, list[str]]:
    sets = {"generated for this measurement": captions()}
    grocery = folder / "grocery" / "metadata.jsonl"
    if grocery.is_file():
        rows = [json.loads(line) for line in grocery.read_text(encoding="utf-8").splitlines()]
        sets["grocery titles"] = sorted({row["title"] for row in rows if row["title"]})
        sets["grocery descriptions (sentences)"] = sorted({row["description"] for row in rows if row["description"]})
    emoji = folder / "emoji" / "catalogue.csv"
    if emoji.is_file():
        with emoji.open(encoding="utf-8", newline="") as handle:
            table = list(csv.DictReader(handle))
        sets["emoji labels"] = sorted({row["label_en"] for row in table if row["label_en"]})
        sets["emoji tags"] = sorted({tag for row in table for tag in row["tags_en"].split("|") if tag})
    return sets


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--flagged", action="store_true", help="also print the captions that were flagged")
    arguments = parser.parse_args()
    files = sorted((arguments.folder / "pii_text").glob("presidio_synth_en*.json"))
    if not files:
        parser.error(f"{arguments.folder}/pii_text/presidio_synth_en*.json is needed and not there")
    screener = Screener()
    rows = [row for path in files for row in json.loads(path.read_text(encoding="utf-8"))]
    result = {"sentences": sentences(rows, screener)}
    result["captions"] = false_alarms(caption_sets(arguments.folder), screener)
    result["caption_names"] = caption_names(screener)
    if arguments.flagged:
        for name, figures in result["captions"].items():
            for text in figures["flagged"]:
                print(f"{name}: {text[:160]!r}")
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(result, indent=1, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
