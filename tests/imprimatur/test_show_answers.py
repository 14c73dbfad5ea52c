"""What stands beside an answer on a terminal."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from imprimatur.cli.shell import Out
from imprimatur.cli.show_answers import show_footing
from recall.answer import Recaller
from recall.scoring import Threshold


def notes(memory: object, asked: int, lang: str = "en") -> str:
    told: list[str] = []
    recaller = SimpleNamespace(
        sources=SimpleNamespace(memory=memory, index=lambda: SimpleNamespace(images=(1, 2))),
        calibration=SimpleNamespace(hybrid=Threshold(0.9, "", n=asked)),
    )
    show_footing(cast(Out, SimpleNamespace(note=told.append)), cast(Recaller, recaller), lang)
    return "\n".join(told)


@pytest.mark.parametrize(("lang", "said"), [("en", "Nothing is memorized yet"), ("ja", "まだ何も記憶されていません")])
def test_none_before_any_training_says_that_only_the_index_was_asked(lang: str, said: str) -> None:
    told = notes(None, 0, lang)
    assert said in told and "2" in told and "imprimatur train" in told and "0.90" in told


def test_a_threshold_set_by_hand_is_named_and_a_measured_one_is_not() -> None:
    assert "0.90" in notes(object(), 0) and "Nothing is memorized" not in notes(object(), 0)
    assert notes(object(), 12) == ""
