"""The whole chain on a real catalogue: images decided per second, seconds to train, recall on strictly held-out queries
beside BM25 and character TF-IDF on the same split, false accepts on queries for pictures that are not there, latency.

    python benchmarks/catalogue_chain.py emoji   FOLDER [--images 500] [--seed 0] [--json FILE] [--keep DIR]
    python benchmarks/catalogue_chain.py grocery FOLDER

`emoji` wants `catalogue.csv` (file, label_en, tags_en, label_ja, tags_ja, group, author, licence) beside its pictures;
`grocery` an imagefolder with `metadata.jsonl`. Everything runs under `policies/unsafe_benchmark`: for measuring only.

Strict split: from each image one text per language is taken away (emoji: a tag; grocery: a sentence of the description).
It is a test query only if no text left for any image equals it. A tenth of the images is left out of the catalogue
altogether: their titles are the queries without an answer. Any image from which the same query was taken is right.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from curate.ngrams import BM25, NgramSpace, normalise

ABSENT_SHARE = 0.1  # of the images: what is asked about them has no answer
DEVELOPMENT_SHARE = 0.3  # of the held-out queries goes to the search log, for calibration


def emoji_rows(folder: Path, images: int | None, rng: random.Random) -> list[dict[str, Any]]:
    with (folder / "catalogue.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    rng.shuffle(rows)
    return [
        {
            "file_name": row["file"],
            "title_en": row["label_en"],
            "title_ja": row["label_ja"],
            "tags_en": row["tags_en"].split("|"),
            "tags_ja": row["tags_ja"].split("|"),
            "content_class": "product",
            "owner": row["author"],
            "license": row["licence"],
        }
        for row in rows[: images or len(rows)]
    ]


def grocery_rows(folder: Path, images: int | None, rng: random.Random) -> list[dict[str, Any]]:
    rows = [json.loads(line) for line in (folder / "metadata.jsonl").read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if row.get("description")]
    rng.shuffle(rows)
    for row in rows:
        row["captions_en"] = [part for part in re.split(r"(?<=\.)\s+", row.pop("description")) if part]
        row["title_en"] = row.pop("title")
    return rows[: images or len(rows)]


def hold_out(rows: list[dict[str, Any]], fields: tuple[str, ...], rng: random.Random) -> dict[str, set[str]]:
    """Take one text per image and field away; what no remaining text equals becomes a query with its right answers."""
    taken: dict[str, set[str]] = defaultdict(set)
    spelled: dict[str, str] = {}
    for row in rows:
        for field in fields:
            if len(row.get(field, [])) > 1:
                text = row[field].pop(rng.randrange(len(row[field])))
                taken[normalise(text)].add(row["file_name"])
                spelled[normalise(text)] = text
    left = {normalise(text) for row in rows for text in texts_of(row)}
    return {spelled[key]: files for key, files in taken.items() if key and key not in left}


def texts_of(row: dict[str, Any]) -> list[str]:
    found: list[str] = []
    for field in ("title_en", "title_ja", "captions_en", "tags_en", "tags_ja"):
        value = row.get(field) or []
        found += [value] if isinstance(value, str) else value
    return [text for text in found if text]


def command(*arguments: str | Path) -> tuple[float, str]:
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", "from imprimatur.cli import main; main()", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{arguments}: exit {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return time.perf_counter() - started, done.stdout


def interval(right: np.ndarray, seed: int = 0) -> tuple[float, float, float]:
    """Mean with a 95 % bootstrap interval over queries."""
    draws = np.random.default_rng(seed).integers(0, len(right), (2000, len(right)))
    low, high = np.percentile(right[draws].mean(axis=1), [2.5, 97.5])
    return float(right.mean()), float(low), float(high)


def ranked_systems(
    workspace: Path, queries: dict[str, set[str]], rows: list[dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Plain ranking without any threshold: memory, both merged, character TF-IDF, BM25; all images are candidates."""
    from imprimatur.recalling import open_recaller
    from imprimatur.workspace import open_workspace
    from recall.propose import weigh
    from recall.scoring import Mode

    names = [row["file_name"] for row in rows]
    documents = ["\n".join(texts_of(row)) for row in rows]
    space, bm25 = NgramSpace.fit(documents), BM25.fit(documents)
    order: dict[str, list[list[str]]] = {"memory": [], "hybrid": [], "char TF-IDF": [], "BM25": []}
    with open_recaller(open_workspace(workspace)) as recaller:
        for query in queries:
            for mode, name in ((Mode.MEMORY, "memory"), (Mode.HYBRID, "hybrid")):
                found = weigh(recaller.propose(query, mode), recaller.calibration, mode)
                order[name].append([candidate.file_names[0] for candidate in found[:5]])
            order["char TF-IDF"].append([names[row] for row, _ in space.search(query, 5)])
            order["BM25"].append([names[row] for row, _ in bm25.search(query, 5)])
    table: dict[str, dict[str, Any]] = {}
    for name, answers in order.items():
        at = {
            k: np.array(
                [bool(set(found[:k]) & files) for found, files in zip(answers, queries.values(), strict=True)], float
            )
            for k in (1, 5)
        }
        table[name] = {"hit@1": interval(at[1]), "hit@5": interval(at[5])}
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=("emoji", "grocery"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--images", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--keep", type=Path, help="keep the workspace here")
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    read = emoji_rows if arguments.kind == "emoji" else grocery_rows
    rows = read(arguments.folder, arguments.images, rng)
    absent = rows[: int(len(rows) * ABSENT_SHARE)]
    rows = rows[len(absent) :]
    queries = hold_out(rows, ("tags_en", "tags_ja") if arguments.kind == "emoji" else ("captions_en",), rng)
    asked = list(queries)
    rng.shuffle(asked)
    development = asked[: int(len(asked) * DEVELOPMENT_SHARE)]
    test = {query: queries[query] for query in asked[len(development) :]}
    known = {normalise(text) for row in rows for text in texts_of(row)}
    known |= {normalise(query) for query in queries}
    none = list(
        {
            normalise(row["title_en"]): row["title_en"] for row in absent if normalise(row["title_en"]) not in known
        }.values()
    )

    work = arguments.keep or Path(tempfile.mkdtemp(prefix="chain-"))
    catalogue, workspace = work / "catalogue", work / "workspace"
    for row in rows:
        target = catalogue / row["file_name"]
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(arguments.folder / row["file_name"], target)
    (catalogue / "metadata.jsonl").write_text(
        "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8"
    )
    with (catalogue / "search_log.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["timestamp", "query", "file_name", "count"])
        writer.writerows(
            ["2026-01-05T09:00:00", query, name, 1] for query in development for name in sorted(queries[query])
        )
    lines = [{"query": query, "relevant": sorted(files)} for query, files in test.items()]
    lines += [{"query": query, "relevant": []} for query in none]
    (work / "queries.jsonl").write_text(
        "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8"
    )

    command("init", workspace, "--policy", "unsafe_benchmark")
    curate_seconds, out = command("-w", workspace, "curate", catalogue, "--json")
    outcomes = json.loads(out)["outcomes"]
    again_seconds, _ = command("-w", workspace, "curate", "--json")
    command("-w", workspace, "pilot", "plan")
    train_seconds, _ = command("-w", workspace, "train")
    _, out = command("-w", workspace, "evaluate", "--queries", work / "queries.jsonl", "--json")
    judged = json.loads(out)

    ranking = ranked_systems(workspace, test, rows)
    hybrid, memory = judged["systems"]["hybrid"], judged["systems"]["memory"]
    print(
        f"{arguments.kind}: {len(rows)} images {outcomes}, {len(test)} held-out queries, {len(none)} without an answer, seed {arguments.seed}\n"
    )
    print("| strict held-out, no threshold | hit@1 | hit@5 |\n|---|---|---|")
    for name, found in ranking.items():
        cells = [f"{found[k][0]:.3f} ({found[k][1]:.3f}–{found[k][2]:.3f})" for k in ("hit@1", "hit@5")]
        print(f"| {name} | {' | '.join(cells)} |")
    print("\n| with threshold and confirmation | memory | hybrid |\n|---|---|---|")
    for key in ("hit_at_1", "hit_at_5", "coverage", "error_among_answered", "false_accept_rate"):
        print(f"| {key} | {memory[key]['value']} | {hybrid[key]['value']} |")
    print(
        f"| p50 / p95 ms | {memory['p50_ms']:.1f} / {memory['p95_ms']:.1f} | {hybrid['p50_ms']:.1f} / {hybrid['p95_ms']:.1f} |"
    )
    print(
        f"\ncurate {len(rows) / curate_seconds:.1f} images/s ({curate_seconds:.0f} s, start-up included); again, unchanged: "
        f"{again_seconds:.0f} s; train {train_seconds:.0f} s"
    )
    if arguments.json:
        arguments.json.write_text(
            json.dumps(
                {
                    "kind": arguments.kind, "images": len(rows), "queries": len(test), "none": len(none), "seed": arguments.seed,
                    "ranking": ranking, "evaluation": judged, "curate_seconds": curate_seconds,
                    "again_seconds": again_seconds, "train_seconds": train_seconds,
                },
                indent=2, ensure_ascii=False,
            )
        )  # fmt: skip
    if arguments.keep is None:
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
