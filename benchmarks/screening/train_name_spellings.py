"""Train the spelling models of `curate/screen/name_spellings.py` and write its weights.

    python benchmarks/screening/train_name_spellings.py OUTPUT.npz

Input: the spellings in ja_ginza's vocabulary (MIT), what SudachiDict (Apache-2.0) says each of them can be, and
ja_ginza's word vectors. No sentences. A spelling is an example only where the dictionary is of one mind: a name and
nothing else, or no name at all. One spelling in ten is held out; its AUC is printed. Deterministic on one thread.
"""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import binary_cross_entropy_with_logits

from curate.screen.japanese_words import Sense, senses_of
from curate.screen.name_spellings import BUCKETS, PACKAGE, buckets
from curate.screen.names_model import load, vector

NAME = Sense.SURNAME | Sense.GIVEN | Sense.NAME
OTHER = Sense.COMMON | Sense.PROPER | Sense.PLACE
Label = Callable[[Sense], float | None]


def auc(scores: NDArray[np.float32], labels: NDArray[np.float32]) -> float:
    """Probability that a name scores higher than another word (Mann-Whitney)."""
    ranks = np.empty(len(scores))
    ranks[np.argsort(scores)] = np.arange(1, len(scores) + 1)
    names = labels == 1
    return float((ranks[names].sum() - names.sum() * (names.sum() + 1) / 2) / (names.sum() * (~names).sum()))


def examples(spellings: list[str], pattern: str, label: Label) -> tuple[list[str], NDArray[np.float32]]:
    chosen, labels = [], []
    for spelling in spellings:
        if re.fullmatch(pattern, spelling) and (senses := senses_of(spelling)):
            if (value := label(senses)) is not None:
                chosen.append(spelling)
                labels.append(value)
    return chosen, np.array(labels, np.float32)


def held_out(spellings: list[str]) -> NDArray[np.bool_]:
    return np.array([zlib.crc32(spelling.encode()) % 10 == 0 for spelling in spellings])


def train_letters(spellings: list[str], labels: NDArray[np.float32], decay: float) -> tuple[NDArray[np.float32], float]:
    rows = [buckets(spelling) for spelling in spellings]
    test = held_out(spellings)
    model = torch.nn.EmbeddingBag(BUCKETS, 1, mode="sum")
    torch.nn.init.zeros_(model.weight)
    bias = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.Adam([*model.parameters(), bias], lr=0.05)
    order, shuffle = np.flatnonzero(~test), np.random.default_rng(0)

    def logits(chosen: NDArray[np.int64]) -> torch.Tensor:
        offsets = np.cumsum([0, *(len(rows[i]) for i in chosen)])[:-1]
        flat = np.concatenate([rows[i] for i in chosen])
        result: torch.Tensor = model(torch.from_numpy(flat), torch.from_numpy(offsets))[:, 0] + bias
        return result

    for _ in range(8):
        shuffle.shuffle(order)
        for start in range(0, len(order), 2048):
            chosen = order[start : start + 2048]
            loss = binary_cross_entropy_with_logits(logits(chosen), torch.from_numpy(labels[chosen]))
            loss = loss + decay * (model.weight**2).sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        for group in optimizer.param_groups:
            group["lr"] *= 0.6
    with torch.no_grad():
        scores = logits(np.flatnonzero(test)).numpy()
    print(f"  {len(spellings)} spellings, held-out AUC {auc(scores, labels[test]):.3f}")
    return model.weight.detach().numpy()[:, 0], float(bias.item())


def train_vectors(spellings: list[str], labels: NDArray[np.float32]) -> tuple[NDArray[np.float32], float]:
    found = [(place, v) for place, spelling in enumerate(spellings) if (v := vector(PACKAGE, spelling)) is not None]
    kept = [place for place, _ in found]
    inputs = torch.from_numpy(np.stack([v for _, v in found]))
    labels, test = labels[kept], held_out([spellings[place] for place in kept])
    model = torch.nn.Linear(inputs.shape[1], 1)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(300):
        loss = binary_cross_entropy_with_logits(model(inputs[~test])[:, 0], torch.from_numpy(labels[~test]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        scores = model(inputs[test])[:, 0].numpy()
    print(f"  {len(kept)} spellings, held-out AUC {auc(scores, labels[test]):.3f}")
    return model.weight.detach().numpy()[0], float(model.bias.item())


def main(output: Path) -> None:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    spellings = sorted(set(load(PACKAGE).vocab.strings))

    def foreign(senses: Sense) -> float | None:
        return None if senses & NAME and senses & OTHER else float(bool(senses & NAME))

    def given(senses: Sense) -> float | None:
        if senses & Sense.GIVEN:
            return None if senses & OTHER else 1.0
        return None if senses & Sense.NAME else 0.0

    stored: dict[str, Any] = {}
    for name, pattern, label, decay in (
        ("foreign", r"[ァ-ヴー]{2,}", foreign, 1e-4),
        ("given", r"[一-龥々]{1,4}", given, 3e-5),
        ("usage", r"[ァ-ヴー]{2,}|[一-龥々]{1,4}|[ぁ-ん]{2,4}", foreign, 0.0),
    ):
        print(name)
        chosen, labels = examples(spellings, pattern, label)
        weights, bias = train_vectors(chosen, labels) if name == "usage" else train_letters(chosen, labels, decay)
        scale = float(np.abs(weights).max()) / 127
        stored[name] = np.round(weights / scale).astype(np.int8)
        stored[f"{name}_scale"], stored[f"{name}_bias"] = np.float32(scale), np.float32(bias)
    np.savez_compressed(output, **stored)
    print(f"{output}: {output.stat().st_size} bytes")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]))
