"""Every scheme gives every image a spelling of its own that a trie can hold; each can be trained and asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from recall.decode import beam_search
from recall.remember import IdentifierScores
from recall.trie import Trie
from tests.audit.fakes import signing_key
from tests.train.fakes import QUICK, Factory
from train.identifiers import Described, tokens_of
from train.manifest import build_manifest, read_manifest, write_manifest
from train.memory import Memory
from train.schemes import SCHEMES, balanced_kmeans
from train.settings import SCHEME_NAMES, TrainSettings, TrainSettingsError
from train.trainer import train

KEY = signing_key("ledger of ws-test")
LEARNT = 200  # steps; at 60 the ten letters of a `string` are told apart by luck
WORDS = ("bolt", "gear", "<|odd|>", "弁", "赤いボルト", "steel")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=4), min_size=1, max_size=30), st.sampled_from(SCHEME_NAMES))
def test_spellings_are_unique_prefix_free_and_readable_from_the_manifest(texts: list[list[str]], name: str) -> None:
    vectors = np.random.default_rng(0).standard_normal((len(texts), 5)).astype(np.float32)
    ids = [f"{number:064x}" for number in range(len(texts))]
    found = SCHEMES[name].assign(ids, b"salt", Described(texts, lambda: vectors))
    assert [item.image_id for item in found] == ids
    spelt = [item.tokens for item in found]
    assert len(set(spelt)) == len(ids) and len({len(tokens) for tokens in spelt}) == 1
    assert [tuple(tokens_of(item.token)) for item in found] == spelt
    assert len({item.public for item in found}) == len(ids)
    assert not any(id_ in item.public for id_ in ids for item in found)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 40), st.integers(1, 9), st.integers(0, 100))
def test_no_code_takes_more_than_its_share(count: int, codes: int, seed: int) -> None:
    vectors = np.random.default_rng(seed).standard_normal((count, 3)).astype(np.float32)
    given_codes, centres = balanced_kmeans(vectors, codes, seed=seed)
    assert len(centres) == min(codes, count)
    assert np.bincount(given_codes).max() <= -(-count // min(codes, count))


def test_like_images_share_their_first_code() -> None:
    near = np.repeat(np.eye(2, dtype=np.float32) * 9, 6, axis=0) + np.random.default_rng(1).normal(0, 0.1, (12, 2))
    codes, _ = balanced_kmeans(near.astype(np.float32), 2, seed=0)
    assert len(set(codes[:6].tolist())) == len(set(codes[6:].tolist())) == 1 and codes[0] != codes[6]


@pytest.mark.parametrize("name", SCHEME_NAMES)
def test_an_image_joins_and_another_leaves_without_touching_the_rest(name: str) -> None:
    texts = [[WORDS[number % len(WORDS)], f"part {number}"] for number in range(30)]
    vectors = np.random.default_rng(0).standard_normal((30, 5)).astype(np.float32)
    found = SCHEMES[name].assign([f"{n:064x}" for n in range(30)], b"salt", Described(texts, lambda: vectors))
    number_of: dict[str, int] = {}
    spelt = [tuple(number_of.setdefault(token, len(number_of)) for token in item.tokens) for item in found]
    trie = Trie(spelt[:-1])
    assert trie.append(spelt[-1]) == 29
    trie.withdraw(4)
    logits = torch.from_numpy(np.random.default_rng(1).standard_normal(len(number_of)).astype(np.float32))
    (answer,) = beam_search(trie, AlwaysTheSame(logits, len(spelt)), 1, width=30, top_k=30)
    assert {item.identifier for item in answer} == set(range(30)) - {4}
    whole = beam_search(Trie(spelt), AlwaysTheSame(logits, len(spelt)), 1, width=30, top_k=30)[0]
    chances = {item.identifier: item.log_probability for item in whole}
    assert all(item.log_probability == pytest.approx(chances[item.identifier]) for item in answer)


class AlwaysTheSame:
    """Says the same logits whatever was said before."""

    def __init__(self, logits: torch.Tensor, most: int) -> None:
        self._logits, self._most = logits, most

    def begin(self) -> torch.Tensor:
        return self._logits[None, :]

    def follow(self, parent: torch.Tensor, token: torch.Tensor) -> torch.Tensor:
        assert len(token) <= self._most
        return self._logits.expand(len(token), -1)


def test_an_unknown_scheme_is_named() -> None:
    with pytest.raises(TrainSettingsError, match="scheme"):
        TrainSettings(scheme="magic")


@pytest.mark.parametrize(
    "name", ["structured", *(pytest.param(name, marks=pytest.mark.slow) for name in ("semantic", "string", "numeric"))]
)
def test_longer_identifiers_are_learnt_and_recalled_by_beams(name: str, tmp_path: Path) -> None:
    factory = Factory.make(tmp_path / "factory", parts=3)
    admission = factory.admit()
    wanted = replace(QUICK, scheme=name, steps=8 if name == "structured" else LEARNT, image_every=4)
    result = train(admission, admission.plan, wanted, tmp_path / "run", at=admission.at)
    manifest = build_manifest(result, admission, created=factory.world.now, checkpoint="")
    write_manifest(result.model_dir, manifest, KEY)
    assert manifest.scheme == name
    memory = Memory.load(result.model_dir, read_manifest(result.model_dir, KEY.public))
    asked = ["red bolt", "緑の歯車"]
    scores = IdentifierScores(memory, small=True).score(asked, np.ones(3, dtype=np.bool_))
    assert np.isfinite(scores).all() and (np.exp(scores).sum(axis=1) <= 1 + 1e-6).all()
    names = [factory.paths[entry.image_id].stem for entry in memory.manifest.entries]
    if wanted.steps == LEARNT:
        assert [names[best] for best in scores.argmax(axis=1)] == ["red-bolt", "green-gear"]
    assert memory.atomic == (name == "numeric")  # three images are one digit
    if not memory.atomic:
        one = np.asarray([stem == "blue-bolt" for stem in names])
        alone = IdentifierScores(memory, small=True).score(asked, one)
        assert np.isfinite(alone[:, one]).all() and np.isneginf(alone[:, ~one]).all()
        with pytest.raises(ValueError, match="one token"):
            memory.evaluate(asked)
