"""Weights that are data and nothing else, and what they tell apart."""

from __future__ import annotations

import numpy as np
import pytest

from curate.screen import name_spellings


def test_weights_are_small_and_hold_no_objects() -> None:
    assert name_spellings.WEIGHTS.stat().st_size < 200_000
    with np.load(name_spellings.WEIGHTS, allow_pickle=False) as stored:
        assert {stored[name].dtype.kind for name in stored.files} <= {"i", "f"}
        assert stored["foreign"].shape == stored["given"].shape == (name_spellings.BUCKETS,)


@pytest.mark.parametrize(("name", "word"), [("健太郎", "地球儀"), ("美沙希", "製造課"), ("惣一郎", "断面図")])
def test_given_names_look_like_given_names(name: str, word: str) -> None:
    assert name_spellings.given(name) > name_spellings.given(word)


@pytest.mark.parametrize(("name", "word"), [("ヴォルコフスキー", "スプロケット"), ("ロドリゲス", "クイックカプラ")])
def test_foreign_names_look_like_foreign_names(name: str, word: str) -> None:
    assert name_spellings.foreign(name) > name_spellings.foreign(word)


def test_usage_tells_surnames_from_parts_and_says_nothing_about_strangers() -> None:
    assert name_spellings.usage("鈴木") > 0 > name_spellings.usage("フランジ")
    assert name_spellings.usage("ゾニョボルペ") == 0.0


@pytest.mark.parametrize("spelling", ["", "ー" * 300, "龥" * 300])
def test_values_are_bounded(spelling: str) -> None:
    for value in (name_spellings.given(spelling), name_spellings.foreign(spelling)):
        assert -name_spellings.LIMIT <= value <= name_spellings.LIMIT
