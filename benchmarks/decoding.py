"""How long one answer takes, text encoding included, beside what people would use instead.

    python benchmarks/decoding.py --sizes 1000 10000 --json result.json [--threads 2] [--hnsw-most 10000]

One run measures all of them in turn, on made-up identifiers and questions and on models of random weights: speed does
not depend on what was learnt. `atomic`: one token per identifier, all ranked exactly from one look at the logits.
`codes`: three tokens of a balanced tree, beams of ten with kept keys and values. `generate`: transformers' own beams of
ten with `prefix_allowed_tokens_fn` on the same model and identifiers. `flat`, `HNSW`: FAISS (faiss-cpu) over one vector
of the model's width per image, the question encoded by the same model; HNSW with M = 16, efSearch = 64. Each line is
milliseconds per batch, median and 95th percentile over the repeats: of wall time, and of the processor time used, which
other work on the machine does not stretch.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from recall.decode import beam_search, rank
from recall.trie import Trie
from train import text_pass
from train.embedded import TEXT_WIDTH, build_embedded
from train.model import MemoryModel
from train.steps import CachedSteps

BEAMS = 10
WORDS = [
    "red",
    "blue",
    "green",
    "small",
    "large",
    "bolt",
    "gear",
    "valve",
    "motor",
    "washer",
    "pump",
    "steel",
    "brass",
    "rubber",
    "hexagon",
    "flange",
    "seal",
]


def questions(count: int, rng: np.random.Generator) -> list[str]:
    return [" ".join(rng.choice(WORDS, size=int(rng.integers(2, 6)))) for _ in range(count)]


def spellings(images: int, codes: bool) -> list[list[str]]:
    if not codes:
        return [[f"<|im-{number}|>"] for number in range(images)]
    side = max(2, round(images ** (1 / 3) + 0.5))
    return [
        [f"<|a{number // (side * side)}|>", f"<|b{number // side % side}|>", f"<|c{number % side}|>"]
        for number in range(images)
    ]


def by_rank(model: MemoryModel, asked: Sequence[str], live: np.ndarray) -> list[list[int]]:
    with torch.inference_mode():
        logits = text_pass.next_logits(model, model.read_texts(asked))
        first = model.identifier_ids[0]
        return [[r.identifier for r in row] for row in rank(logits[:, first : first + len(live)], live, BEAMS)]


def by_beams(model: MemoryModel, asked: Sequence[str], trie: Trie) -> list[list[int]]:
    found = beam_search(trie, CachedSteps(model, asked), len(asked), width=BEAMS, top_k=BEAMS)
    return [[r.identifier for r in row] for row in found]


class Generate:
    """The usual way: a dictionary from prefix to allowed tokens, asked once per beam and step."""

    def __init__(self, model: MemoryModel) -> None:
        self._model, self._length = model, len(model.spellings[0])
        allowed: dict[tuple[int, ...], dict[int, None]] = {}
        for spelling in model.spellings:
            for depth, row in enumerate(spelling):
                allowed.setdefault(spelling[:depth], {})[row] = None
        self._allowed = {prefix: list(rows) for prefix, rows in allowed.items()}
        self._number = {spelling: number for number, spelling in enumerate(model.spellings)}

    def __call__(self, asked: Sequence[str]) -> list[list[int]]:
        read = self._model.read_texts(asked)
        begun = read["input_ids"].shape[1]
        with torch.inference_mode():
            said = self._model.network.generate(
                input_ids=read["input_ids"],
                attention_mask=read["attention_mask"],
                num_beams=BEAMS,
                num_return_sequences=BEAMS,
                max_new_tokens=self._length,
                min_new_tokens=self._length,
                do_sample=False,
                prefix_allowed_tokens_fn=lambda _, ids: self._allowed[tuple(ids[begun:].tolist())],
            )
        rows = said[:, begun:].tolist()
        return [[self._number[tuple(row)] for row in rows[n * BEAMS : (n + 1) * BEAMS]] for n in range(len(asked))]


def vectors(model: MemoryModel, asked: Sequence[str]) -> np.ndarray:
    read = model.read_texts(asked)
    with torch.inference_mode():
        hidden, _ = text_pass.read(model, read["input_ids"], read["position_ids"], read["attention_mask"].bool())
    return torch.nn.functional.normalize(hidden, dim=1).numpy()


def timed(answer: Callable[[Sequence[str]], Any], batches: Sequence[Sequence[str]]) -> dict[str, float]:
    answer(batches[0])
    wall, used = [], []
    for asked in batches:
        started, busy = time.perf_counter(), time.process_time()
        answer(asked)
        wall.append((time.perf_counter() - started) * 1000)
        used.append((time.process_time() - busy) * 1000)
    return {
        f"{name} p{percent}": round(float(np.percentile(values, percent)), 2)
        for name, values in (("wall", wall), ("cpu", used))
        for percent in (50, 95)
    }


def measured(images: int, repeats: int, hnsw_most: int, rng: np.random.Generator) -> dict[str, dict[str, Any]]:
    import faiss

    texts = questions(500, rng)
    rows: dict[str, dict[str, Any]] = {}
    batches = {size: [questions(size, rng) for _ in range(max(5, repeats // size))] for size in (1, 32)}

    def line(name: str, answer: Callable[[Sequence[str]], Any]) -> None:
        rows[name] = {f"batch {size}": timed(answer, some) for size, some in batches.items()}
        cells = [" / ".join(f"{value:.2f}" for value in found.values()) for found in rows[name].values()]
        print(f"{images:>9,} {name:16s} " + " ".join(f"{cell:>38s}" for cell in cells), flush=True)

    for name, codes in (("atomic", False), ("codes", True)):
        model = build_embedded(texts, spellings(images, codes), seed=0)
        model.network.eval()
        model.network.generation_config.pad_token_id = model.tokenizer.pad_token_id
        model.network.generation_config.eos_token_id = None
        generate = Generate(model)
        if codes:
            place = {row: number for number, row in enumerate(model.identifier_ids)}
            trie = Trie([[place[row] for row in spelling] for spelling in model.spellings])
            ours = lambda asked, m=model, t=trie: by_beams(m, asked, t)  # noqa: E731
        else:
            live = np.ones(images, dtype=np.bool_)
            ours = lambda asked, m=model, v=live: by_rank(m, asked, v)  # noqa: E731
        same = np.mean([set(a) == set(b) for a, b in zip(ours(batches[32][0]), generate(batches[32][0]), strict=True)])
        line(name, ours)
        line(f"{name}, generate", generate)
        rows[name]["same ten as generate"] = float(same)
        if codes:
            stored = rng.standard_normal((images, TEXT_WIDTH), dtype=np.float32)
            stored /= np.linalg.norm(stored, axis=1, keepdims=True)
            flat = faiss.IndexFlatIP(TEXT_WIDTH)
            flat.add(stored)
            line("FAISS flat", lambda asked, m=model, i=flat: i.search(vectors(m, asked), BEAMS))
            if images <= hnsw_most:
                graph = faiss.IndexHNSWFlat(TEXT_WIDTH, 16, faiss.METRIC_INNER_PRODUCT)
                graph.hnsw.efSearch = 64
                graph.add(stored)
                line("FAISS HNSW", lambda asked, m=model, i=graph: i.search(vectors(m, asked), BEAMS))
    return rows


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000, 1_000_000])
    arguments.add_argument("--repeats", type=int, default=40)
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--hnsw-most", type=int, default=100_000, help="largest size for which HNSW is built")
    arguments.add_argument("--json", type=Path, default=None)
    asked = arguments.parse_args()
    try:
        import faiss
    except ImportError:
        sys.exit("faiss-cpu is missing: pip install faiss-cpu (it is needed for this benchmark only)")
    torch.set_num_threads(asked.threads)
    faiss.omp_set_num_threads(asked.threads)
    print(
        f"{platform.machine()}, {asked.threads} threads, torch {torch.__version__}; ms per batch of 1 and 32: wall p50 / p95 / cpu p50 / p95"
    )
    report = {}
    for images in asked.sizes:
        report[images] = measured(images, asked.repeats, asked.hnsw_most, np.random.default_rng(images))
    if asked.json:
        asked.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
