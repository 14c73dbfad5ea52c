"""The five ways to spell an identifier, on one budget: same pictures, texts, queries, steps and seed.

    python benchmarks/identifier_schemes.py FOLDER --images 200 --steps 300 --seed 0 --json result.json

FOLDER, split and measures are those of `memory_emoji.py`; identifiers of several tokens are decoded by the product's own
beams. `trained` is the processor time of training, `ms` that of one question decoded in batches of 32. `taught` is
hit@1 on labels that were taught: what was not even learnt cannot be recalled.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from audit.keys import SigningKey
from benchmarks.memory_emoji import Query, admission, measures, paired, split
from recall.remember import IdentifierScores
from train.manifest import build_manifest, read_manifest, write_manifest
from train.memory import Memory
from train.settings import SCHEME_NAMES, TrainSettings
from train.trainer import train

_DEEPEST = 10  # answers a query


def taught_labels(data: Any, most: int) -> list[Query]:
    """Labels that were taught, each right for every picture which was taught it."""
    owners: dict[str, set[int]] = {}
    for number, texts in enumerate(data.taught):
        for _, _, text in texts:
            owners.setdefault(text, set()).add(number)
    first = [texts[0][2] for texts in data.taught if texts]
    return [Query("taught", text, frozenset(owners[text])) for text in dict.fromkeys(first)][:most]


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--images", type=int, default=200)
    arguments.add_argument("--steps", type=int, default=300)
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--threads", type=int, default=1)
    arguments.add_argument("--schemes", nargs="+", choices=SCHEME_NAMES, default=list(SCHEME_NAMES))
    arguments.add_argument("--json", type=Path, default=None)
    asked = arguments.parse_args()
    data = split(asked.folder, asked.images, asked.seed)
    learnt = taught_labels(data, 300)
    at = datetime.now(UTC)
    admitted = admission(asked.folder, data, at)
    row_of = {
        hashlib.sha256((asked.folder / row["file"]).read_bytes()).hexdigest(): number
        for number, row in enumerate(data.rows)
    }
    report: dict[str, Any] = {"images": asked.images, "steps": asked.steps, "seed": asked.seed, "schemes": {}}
    print(
        f"{asked.images} images, {asked.steps} steps, {len(data.queries)} held-out queries, {len(learnt)} taught labels"
    )
    print(
        f"{'':12s}{'tokens':>8s}{'length':>8s}{'hit@1':>22s}{'hit@5':>8s}{'MRR':>8s}{'taught':>8s}{'trained s':>11s}{'ms':>8s}"
    )
    for scheme in asked.schemes:
        settings = TrainSettings(
            seed=asked.seed, steps=asked.steps, picture_steps=0, threads=asked.threads, scheme=scheme
        )
        with tempfile.TemporaryDirectory() as folder:
            busy = time.process_time()
            result = train(admitted, admitted.plan, settings, Path(folder), at=at)
            trained = time.process_time() - busy
            key = SigningKey.generate()
            write_manifest(result.model_dir, build_manifest(result, admitted, created=at, checkpoint=""), key)
            memory = Memory.load(result.model_dir, read_manifest(result.model_dir, key.public))
        order = np.asarray([row_of[entry.image_id] for entry in memory.manifest.entries])
        scorer = IdentifierScores(memory, small=True)
        live = np.ones(len(memory), dtype=np.bool_)
        busy = time.process_time()
        scores = scorer.score([query.text for query in (*data.queries, *learnt)], live)
        spent = (time.process_time() - busy) / len(scores)
        rankings = order[np.argsort(-scores, axis=1, kind="stable")[:, :_DEEPEST]].tolist()
        held_out = measures(data.queries, rankings[: len(data.queries)])
        known = np.mean([row[0] in q.right for q, row in zip(learnt, rankings[len(data.queries) :], strict=True)])
        spelt = memory.token_sequences
        found = {
            "tokens": len({token for sequence in spelt for token in sequence}),
            "length": max(map(len, spelt)),
            "macro": held_out["macro"],
            "interval": paired(held_out["hits"], {group: "0" * len(hits) for group, hits in held_out["hits"].items()}),
            "taught": round(float(known), 4),
            "train_cpu_seconds": round(trained, 1),
            "query_cpu_ms": round(spent * 1000, 2),
        }
        report["schemes"][scheme] = found
        hit1, hit5, mrr = held_out["macro"]
        low, high = found["interval"]
        print(
            f"{scheme:12s}{found['tokens']:>8d}{found['length']:>8d}{f'{hit1:.3f} ({low:.3f}-{high:.3f})':>22s}{hit5:>8.3f}"
            f"{mrr:>8.3f}{found['taught']:>8.3f}{trained:>11.1f}{spent * 1000:>8.2f}",
            flush=True,
        )
    if asked.json:
        asked.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
