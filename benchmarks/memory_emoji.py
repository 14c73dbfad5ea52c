"""How well the embedded memory recalls, beside BM25 and character TF-IDF on the same split.

    python benchmarks/memory_emoji.py FOLDER --images 500 --seed 0 --json result.json
    python benchmarks/memory_emoji.py FOLDER --encoder MODEL_FOLDER            # a sentence encoder beside the others
    python benchmarks/memory_emoji.py FOLDER --without training|pictures|looking|teacher     # ablations
    python benchmarks/memory_pool.py seed0.json seed1.json seed2.json                # several seeds as one table

FOLDER holds `catalogue.csv` (id,file,label_en,tags_en,label_ja,tags_ja,…) and the pictures it names. The split is
strict: half of the labels and a quarter of the tags are held out per image; a query is kept only if no image for which
it would be right is taught all of its parts, and no teaching text equals it. Any right image counts. Groups: a label, a
held-out tag together with one or two taught ones, and a held-out tag alone (`word`, outside the macro average: it is
mostly new words). `hybrid` is the product's: memory and index merged by weights that were fitted on the other half of the
queries, each of them asked again without its pictures. No question that has no answer teaches anything. Training goes
through the gate's file check, the trainer, a signed manifest and `Memory.load`; only standing is made up here, and
marked unsafe.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import platform
import random
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageEnhance

from audit.keys import SigningKey
from audit.standing import Standing, StandingBook, StandingState
from benchmarks.memory_pool import MACRO, Hits, difference
from curate.canonical import digest
from curate.decision import Outcome
from curate.ngrams import BM25, NgramSpace, normalise
from curate.record import BusinessFacts, ContentClass, ImageRecord, RightsFacts, TrainingText
from recall.calibrate import NONE_SHARE
from recall.index import ExternalIndex, IndexedImage
from recall.propose import Proposal, Proposer, weigh
from recall.scoring import Mode, fit_weights, uncalibrated
from train.gate import Admission, AdmittedImage
from train.manifest import build_manifest, read_manifest, write_manifest
from train.memory import Memory
from train.pictures import decoded
from train.settings import TrainSettings
from train.trainer import train

LANGUAGES = ("en", "ja")


@dataclass(frozen=True)
class Query:
    group: str
    text: str
    right: frozenset[int]


@dataclass(frozen=True)
class Split:
    rows: list[dict[str, str]]
    taught: list[list[tuple[str, str, str]]]  # (field, language, text) per image
    queries: list[Query]
    foreign: list[str]  # labels of pictures that are not memorized, and of none that is a label or a tag


def split(folder: Path, images: int, seed: int) -> Split:
    with (folder / "catalogue.csv").open(encoding="utf-8", newline="") as stream:
        catalogue = [row for row in csv.DictReader(stream) if row["label_ja"] and row["label_en"]]
    rng = random.Random(seed)
    # Some pictures stand in the catalogue twice, byte for byte: one image to us, so the first row of each is used.
    catalogue = list({(folder / row["file"]).read_bytes(): row for row in reversed(catalogue)}.values())
    rng.shuffle(catalogue)
    rows = catalogue[:images]
    taught: list[list[tuple[str, str, str]]] = []
    everything: list[dict[str, set[str]]] = []  # per image and language: all labels and tags
    kept_words: list[dict[str, set[str]]] = []
    asked: list[tuple[str, tuple[str, ...]]] = []
    for row in rows:
        texts: list[tuple[str, str, str]] = []
        whole: dict[str, set[str]] = {}
        kept_by: dict[str, set[str]] = {}
        for language in LANGUAGES:
            label = row[f"label_{language}"]
            tags = [tag for tag in row[f"tags_{language}"].split("|") if tag]
            out = {tag for tag in tags if rng.random() < 0.25}
            kept = [tag for tag in tags if tag not in out]
            label_out = rng.random() < 0.5
            if label_out:
                asked.append((f"label {language}", (label,)))
            else:
                texts.append(("title", language, label))
            texts += [("tags", language, tag) for tag in kept]
            for tag in sorted(out):
                asked.append((f"word {language}", (tag,)))
                if kept:
                    parts = [tag, *rng.sample(kept, min(len(kept), rng.choice((1, 2))))]
                    rng.shuffle(parts)
                    asked.append((f"tags {language}", tuple(parts)))
            whole[language] = {normalise(text) for text in (label, *tags)}
            kept_by[language] = {normalise(text) for text in (kept if label_out else [label, *kept])}
        taught.append(texts)
        everything.append(whole)
        kept_words.append(kept_by)
    known = {normalise(text) for texts in taught for _, _, text in texts}
    queries: dict[tuple[str, str], Query] = {}
    for group, phrase in asked:
        text = " ".join(phrase)
        names, language = {normalise(part) for part in phrase}, group[-2:]
        right = frozenset(i for i, whole in enumerate(everything) if names <= whole[language])
        if normalise(text) not in known and not any(names <= kept_words[i][language] for i in right):
            queries.setdefault((group, normalise(text)), Query(group, text, right))
    answerable = {text for whole in everything for texts in whole.values() for text in texts}  # "chair" by a tag, too
    foreign = [row[f"label_{language}"] for row in catalogue[images : images + 300] for language in LANGUAGES]
    return Split(rows, taught, list(queries.values()), [text for text in foreign if normalise(text) not in answerable])


def unrelated() -> list[str]:
    """Questions about other things than the pictures show, as people at a factory ask them: half English, half Japanese."""
    return Path(__file__).with_name("unrelated_questions.txt").read_text(encoding="utf-8").splitlines()


def admission(folder: Path, data: Split, at: datetime) -> Admission:
    """What the gate would hand over, standing made up (and therefore unsafe)."""
    images = {}
    for number, (row, texts) in enumerate(zip(data.rows, data.taught, strict=True)):
        path = folder / row["file"]
        image_id = hashlib.sha256(path.read_bytes()).hexdigest()
        record = ImageRecord(
            image_id=image_id,
            file_names=(row["file"],),
            content_class=ContentClass.PHOTO,
            class_inferred=True,
            texts=tuple(TrainingText(*text) for text in texts),
            rights=RightsFacts(source=row.get("author"), license=row.get("licence")),
            business=BusinessFacts(),
        )
        standing = Standing(
            image_id, StandingState.CLEARED, Outcome.MEMORIZE, ("benchmark",), number, (), None, True, False
        )
        policy = {"id": "benchmark", "version": "0", "sha256": digest("benchmark")}
        images[image_id] = AdmittedImage(image_id, path, record, standing, 0.0, policy)
    plan = {"version": 1, "held_out": [{"query": query.text} for query in data.queries]}
    cleared = tuple(images[image_id] for image_id in sorted(images))
    return Admission("benchmark", at, cleared, (), 0, True, plan, digest(plan))


def measures(queries: Sequence[Query], rankings: Sequence[Sequence[int]]) -> dict[str, Any]:
    """hit@1, hit@5 and MRR (first ten) by group, and their macro average over labels and tags."""
    rows = []
    for query, ranking in zip(queries, rankings, strict=True):
        place = next((n for n, image in enumerate(ranking[:10]) if image in query.right), None)
        rows.append(
            (query.group, place == 0, place is not None and place < 5, 0.0 if place is None else 1 / (place + 1))
        )
    groups = {
        group: [round(float(np.mean([row[column] for row in rows if row[0] == group])), 4) for column in (1, 2, 3)]
        for group in sorted({query.group for query in queries})
    }
    macro = [round(float(np.mean([groups[group][n] for group in MACRO])), 4) for n in range(3)]
    hits = {group: "".join("01"[row[1]] for row in rows if row[0] == group) for group in groups}
    return {"macro": macro, "groups": groups, "hits": hits}


def paired(a: Hits, b: Hits) -> tuple[float, float]:
    """95 % bootstrap interval (over queries) of the difference a - b in macro hit@1."""
    return difference([a], [b])[1:]


class Both:
    """The product's way from a model's scores to candidates of memory and index together, weighed."""

    def __init__(self, memory: Memory, admitted: Admission, documents: Sequence[str], order: Sequence[int]) -> None:
        entries = memory.manifest.entries
        images = tuple(IndexedImage(entry.image_id, entry.file_names) for entry in entries)
        self._index = ExternalIndex(images, NgramSpace.fit([documents[row] for row in order]), "benchmark")
        self._book = StandingBook(admitted.at, {image.image_id: image.standing for image in admitted.cleared})
        self._proposer = Proposer(entries)
        self._memory = memory
        self.row_of = dict(zip((entry.image_id for entry in entries), order, strict=True))

    def weighed(
        self, queries: Sequence[str], right: Sequence[frozenset[int]], half: Sequence[bool | None]
    ) -> list[list[tuple[int, float]]]:
        """(row, probability), best first, for each query by weights fitted on the queries of the other half; None for one
        that no weights are fitted on."""
        found = self._memory.evaluate(queries)
        scores = found.log_probabilities + np.log(np.maximum(found.mass, 1e-12))[:, None]
        image_of = {row: image for image, row in self.row_of.items()}
        proposed, lessons = [], []
        for query, row, rows, side in zip(queries, scores, right, half, strict=True):
            once, again = (
                self._proposer.propose(query, row, self._index, self._book, Mode.HYBRID, without=without)
                for without in ((), [image_of[number] for number in rows])
            )
            proposed.append(once)
            if side is not None:
                lessons += [(side, (p.evidence, self.row_of[p.image_id] in rows, 1.0)) for p in _leading(once)]
                lessons += [(side, (p.evidence, False, _AGAIN)) for p in _leading(again)]
        start = uncalibrated("", max_error=0.1)
        fitted = {
            side: replace(start, weights=fit_weights([lesson for where, lesson in lessons if where is not side]))
            for side in (False, True)
        }
        return [
            [(self.row_of[c.image_id], c.probability) for c in weigh(some, fitted[bool(side)], Mode.HYBRID)[:10]]
            for some, side in zip(proposed, half, strict=True)
        ]


_AGAIN = NONE_SHARE / (1 - NONE_SHARE)  # what a query without its pictures counts beside one as it was asked


def _leading(proposed: Sequence[Proposal]) -> list[Proposal]:
    return [*proposed[:3], *[one for one in proposed if one.identifier is None][:3]]


def encoded(folder: Path, texts: Sequence[str]) -> np.ndarray:
    """[texts, width] unit vectors of a sentence encoder: mean over the pieces of the last layer."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
    parts = []
    with torch.inference_mode():
        for start in range(0, len(texts), 64):
            read = tokenizer(list(texts[start : start + 64]), padding=True, truncation=True, return_tensors="pt")
            mask = read["attention_mask"][:, :, None]
            total = (model(**read).last_hidden_state * mask).sum(dim=1)
            parts.append(torch.nn.functional.normalize(total, dim=1).numpy())
    return np.concatenate(parts)


def by_encoder(folder: Path, taught: Sequence[Sequence[tuple[str, str, str]]], queries: Sequence[str]) -> np.ndarray:
    """[queries, 10] rows by the nearest of each image's texts."""
    owners = [row for row, texts in enumerate(taught) for _ in texts]
    near = encoded(folder, queries) @ encoded(folder, [text for texts in taught for _, _, text in texts]).T
    best = np.full((len(queries), len(taught)), -1.0, dtype=np.float32)
    np.maximum.at(best.T, owners, near.T)
    return np.argsort(-best, axis=1, kind="stable")[:, :10]


def auroc(answerable: Sequence[float], foreign: Sequence[float]) -> float:
    """Chance that an answerable query scores above a foreign one."""
    a, b = np.asarray(answerable)[:, None], np.asarray(foreign)[None, :]
    return round(float((a > b).mean() + (a == b).mean() / 2), 4)


def _recompressed(picture: Image.Image) -> Image.Image:
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=50)
    return Image.open(io.BytesIO(stream.getvalue())).convert("RGB")


def _middle(picture: Image.Image) -> Image.Image:
    width, height = picture.size
    return picture.crop((round(0.05 * width), round(0.05 * height), round(0.95 * width), round(0.95 * height)))


EDITS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "unchanged": lambda picture: picture,
    "resize 67 %": lambda picture: picture.resize((picture.width * 2 // 3, picture.height * 2 // 3)),
    "JPEG quality 50": _recompressed,
    "crop to middle 90 %": _middle,
    "crop to upper left 90 %": lambda p: p.crop((0, 0, round(0.9 * p.width), round(0.9 * p.height))),
    "brightness 120 %": lambda picture: ImageEnhance.Brightness(picture).enhance(1.2),
    "brightness 80 %": lambda picture: ImageEnhance.Brightness(picture).enhance(0.8),
}


ABLATIONS: dict[str, dict[str, Any]] = {
    "training": {"steps": 1},  # one step of the warm-up: the warm start as it is
    "pictures": {"image_every": 1_000, "picture_steps": 0},  # one batch: the connector's warm start and no more
    "looking": {"picture_steps": 0},  # no last phase on pictures alone
    "teacher": {"teacher_share": 0.0},
}


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--images", type=int, default=500)
    arguments.add_argument("--seed", type=int, default=0, help="of the split and of training")
    arguments.add_argument("--steps", type=int, default=None)
    arguments.add_argument("--threads", type=int, default=0)
    arguments.add_argument("--encoder", type=Path, default=None, help="folder of a sentence encoder to compare with")
    arguments.add_argument("--without", choices=tuple(ABLATIONS), default=None)
    arguments.add_argument("--json", type=Path, default=None)
    asked = arguments.parse_args()

    data = split(asked.folder, asked.images, asked.seed)
    at = datetime.now(UTC)
    admitted = admission(asked.folder, data, at)
    settings = TrainSettings(seed=asked.seed, steps=asked.steps, threads=asked.threads)
    settings = replace(settings, **ABLATIONS.get(asked.without, {}))
    with tempfile.TemporaryDirectory() as folder:
        wall, cpu = time.perf_counter(), time.process_time()
        result = train(admitted, admitted.plan, settings, Path(folder), at=at)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        key = SigningKey.generate()
        write_manifest(result.model_dir, build_manifest(result, admitted, created=at, checkpoint="benchmark"), key)
        memory = Memory.load(result.model_dir, read_manifest(result.model_dir, key.public))

    # The product numbers identifiers by image id; the split numbers images by row.
    row_of = {
        hashlib.sha256((asked.folder / row["file"]).read_bytes()).hexdigest(): n for n, row in enumerate(data.rows)
    }
    order = np.asarray([row_of[entry.image_id] for entry in memory.manifest.entries])
    texts = [query.text for query in data.queries]
    scores = memory.evaluate(texts)
    documents = ["\n".join(text for _, _, text in texts_of) for texts_of in data.taught]
    space, bm25 = NgramSpace.fit(documents), BM25.fit(documents)
    systems = {
        "memory": measures(
            data.queries, order[np.argsort(-scores.log_probabilities, axis=1, kind="stable")[:, :10]].tolist()
        ),
        "character TF-IDF": measures(data.queries, [[image for image, _ in space.search(text, 10)] for text in texts]),
        "BM25": measures(data.queries, [[image for image, _ in bm25.search(text, 10)] for text in texts]),
    }
    both = Both(memory, admitted, documents, order.tolist())
    without = {"other emoji": data.foreign, "unrelated": unrelated()}
    draw = random.Random(asked.seed)
    everything = texts + [text for some in without.values() for text in some]
    half = [bool(draw.getrandbits(1)) for _ in texts] + [None] * (len(everything) - len(texts))
    right = [query.right for query in data.queries] + [frozenset[int]()] * (len(everything) - len(texts))
    hybrid = both.weighed(everything, right, half)
    systems["hybrid"] = measures(data.queries, [[row for row, _ in found] for found in hybrid[: len(texts)]])
    if asked.encoder:
        systems["sentence encoder"] = measures(data.queries, by_encoder(asked.encoder, data.taught, texts).tolist())
    found = memory.evaluate(everything)
    sure = {
        "memory": np.log(found.mass) + found.log_probabilities.max(axis=1),
        "character TF-IDF": np.asarray([space.scores(text).max() for text in everything]),
        "hybrid": np.asarray([some[0][1] if some else 0.0 for some in hybrid]),
    }
    kind = np.repeat(["asked", *without], [len(texts), *map(len, without.values())])
    accepted = {
        name: {
            share: {
                system: round(
                    float((values[kind == name] >= np.quantile(values[kind == "asked"], 1 - share)).mean()), 4
                )
                for system, values in sure.items()
            }
            for share in (0.5, 0.7)
        }
        for name in without
    }
    pictures = [decoded((asked.folder / data.rows[row]["file"]).read_bytes(), str(row), 512) for row in order.tolist()]
    named = {
        name: round(float((memory.name_pictures([edit(p) for p in pictures]) == np.arange(len(order))).mean()), 4)
        for name, edit in EDITS.items()
    }
    report: dict[str, Any] = {
        "images": asked.images,
        "seed": asked.seed,
        "queries": {group: sum(query.group == group for query in data.queries) for group in systems["BM25"]["groups"]},
        "steps": result.settings.steps,
        "picture_steps": result.settings.picture_steps,
        "threads": result.settings.threads,
        "train_seconds": round(wall, 1),
        "train_cpu_seconds": round(cpu, 1),
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "machine": platform.machine(),
        "without": asked.without,
        "minus": {
            ours: {name: paired(systems[ours]["hits"], systems[name]["hits"]) for name in systems if name != ours}
            for ours in ("memory", "hybrid")
        },
        "none_auroc": {
            name: {system: auroc(values[kind == "asked"], values[kind == name]) for system, values in sure.items()}
            for name in without
        },
        "without_an_answer": {name: len(some) for name, some in without.items()},
        "false_accepts_at_coverage": accepted,
        "picture_to_identifier": named,
        "systems": {name: {"macro": found["macro"], "groups": found["groups"]} for name, found in systems.items()},
        "hits": {name: found["hits"] for name, found in systems.items()},
        "sure": {
            name: {system: [round(float(v), 4) for v in values[kind == name]] for system, values in sure.items()}
            for name in ("asked", *without)
        },
    }
    print(
        f"{asked.images} images, seed {asked.seed}, {report['steps']} + {report['picture_steps']} steps, {report['threads']} threads: "
        f"{report['train_seconds']} s ({report['train_cpu_seconds']} CPU), peak {report['peak_memory_mib']} MiB"
    )
    groups = list(report["queries"])
    print(f"{'hit@1/hit@5':18s}{'macro':>12s}" + "".join(f"{group:>12s}" for group in groups))
    for name, found in report["systems"].items():
        cells = [found["macro"], *(found["groups"][group] for group in groups)]
        print(f"{name:18s}" + "".join(f"{one[0]:>7.3f}/{one[1]:.2f}" for one in cells))
    for ours, others in report["minus"].items():
        print(f"macro hit@1, {ours} minus the other, 95 %:", others)
    print("questions without an answer:", report["without_an_answer"])
    print("accepted of them where that share of the others is answered:", accepted)
    print("none of these, AUROC:", report["none_auroc"])
    print("picture -> identifier:", named)
    if asked.json:
        asked.json.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
