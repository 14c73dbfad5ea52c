"""What the model is asked: held-out queries never, batches by seed and step."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.ngrams import normalise
from tests.train.fakes import record
from train import augment
from train.dataset import TextStream, lesson_of
from train.tokenizer import CUT

RECORDS = (
    record("a", ("en", "red"), ("en", "bolt"), ("ja", "赤い"), ("ja", "ボルト")),
    record("b", ("en", "blue"), ("en", "bolt"), ("ja", "青い"), ("ja", "ボルト")),
    record("c", ("en", "a long description of the green gear on the test bench"), ("en", "gear")),
)


def stream(held_out: frozenset[str] = frozenset(), seed: int = 0) -> TextStream:
    lessons = [lesson_of(one, held_out) for one in RECORDS]
    return TextStream(lessons, held_out, seed=seed, teacher_share=0.5)


def test_held_out_texts_are_no_part_of_a_lesson_whatever_their_spelling() -> None:
    held_out = frozenset({normalise("ｂｏｌｔ"), normalise("ボルト")})
    assert lesson_of(RECORDS[0], held_out).parts == (("en", "red"), ("ja", "赤い"))


@settings(max_examples=15, deadline=None)
@given(
    st.integers(0, 10_000), st.sets(st.sampled_from(["bolt", "red bolt", "bolt red", "blue", "ボルト", "find bolt"]))
)
def test_no_batch_ever_holds_a_held_out_query(seed: int, queries: set[str]) -> None:
    held_out = frozenset(map(normalise, queries))
    texts = stream(held_out, seed)
    for step in range(8):
        batch = texts.batch(step, 32)
        assert batch is not None
        assert held_out.isdisjoint(normalise(text.replace(CUT, "")) for text in batch.texts)
    assert held_out.isdisjoint(map(normalise, texts.texts()))


def test_the_law_above_can_fail() -> None:
    seen = {normalise(t.replace(CUT, "")) for step in range(30) for t in stream().batch(step, 32).texts}  # type: ignore[union-attr]
    assert {"bolt", "red bolt"} <= seen


def test_a_batch_depends_on_seed_and_step_alone() -> None:
    first, again = stream().batch(7, 16), stream().batch(7, 16)
    other_step, other_seed = stream().batch(8, 16), stream(seed=1).batch(7, 16)
    assert first and again and other_step and other_seed
    assert first.texts == again.texts and np.array_equal(first.targets, again.targets)
    assert first.texts != other_step.texts and first.texts != other_seed.texts


def test_targets_are_distributions_and_ambiguous_words_belong_to_all_their_images() -> None:
    batch = stream().batch(0, 400)
    assert batch is not None
    assert np.allclose(batch.targets.sum(axis=1), 1, atol=1e-5) and (batch.targets >= 0).all()
    rows = [row for row, text in enumerate(batch.texts) if text == "bolt"]
    mean = batch.targets[rows].mean(axis=0)
    assert min(mean[0], mean[1]) > 0.2 and mean[2] < 0.05
    assert batch.targets[:, 3].max() == 1.0  # foreign text teaches none
    assert batch.taught.sum() < 400 and (batch.taught > 0).all()


def test_images_without_any_text_are_no_obstacle() -> None:
    silent = [lesson_of(record("x"), frozenset()), lesson_of(record("y"), frozenset())]
    assert TextStream(silent, frozenset(), seed=0, teacher_share=0.5).batch(0, 4) is None
    mixed = [lesson_of(record("x"), frozenset()), lesson_of(RECORDS[0], frozenset())]
    batch = TextStream(mixed, frozenset(), seed=0, teacher_share=0.5).batch(0, 16)
    assert batch is not None and batch.taught[0] == 0


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30), st.text(max_size=30), st.integers(0, 2**32 - 1))
def test_augmentation_bears_any_text(text: str, other: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    composed = augment.compose([("en", text), ("en", other), ("ja", other)], rng)
    for make in (augment.excerpt, augment.framed, augment.with_junk, augment.with_typo, augment.with_cuts):
        assert isinstance(make(composed, rng), str)
    assert isinstance(augment.splice(text or "x", other or "y", rng), str)
    assert augment.with_cuts(text, rng).replace(CUT, "") == text.replace(CUT, "")
