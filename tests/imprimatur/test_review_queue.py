"""Which images wait for people, and what the list says of each."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from rich.console import Console

from audit.entry import EntryKind
from audit.ledger import Ledger
from imprimatur import review_queue as module
from imprimatur.cli.shell import Out
from imprimatur.cli.show_explanation import show_queue
from imprimatur.review_queue import NoSuchQueue, queue
from imprimatur.workspace import Workspace
from tests.audit.fakes import World, image_id


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    made = World.make(tmp_path)

    @contextmanager
    def opened(_: Any) -> Iterator[Ledger]:
        yield made.ledger

    monkeypatch.setattr(module, "open_ledger", opened)
    return made


def listed(which: str) -> list[str]:
    return [item.image_id for item in queue(cast(Workspace, None), which)]


def test_each_image_waits_in_its_queue_the_most_valuable_first(world: World) -> None:
    world.decide("cheap", value=0.2)
    world.decide("dear", value=0.9)
    world.decide("held", outcome="review", lift="fact", value=0.5)
    world.decide("denied", outcome="deny")
    assert listed("awaiting") == [image_id("dear"), image_id("cheap")]
    assert listed("held") == [image_id("held")]
    assert listed("wrong") == []
    assert listed("all") == [image_id(name) for name in ("dear", "denied", "held", "cheap")]
    (item,) = (item for item in queue(cast(Workspace, None), "all") if item.image_id == image_id("dear"))
    assert (item.file_name, item.outcome, item.rules, item.value) == ("dear.png", "memorize", ("cleared",), 0.9)
    assert item.why == (("because", "理由"),)


def test_an_erased_text_leaves_the_image_in_the_list(world: World) -> None:
    world.decide("bolt")
    (entry,) = world.ledger.entries(EntryKind.DECISION)
    world.ledger.erase_payload(entry.index)
    (item,) = queue(cast(Workspace, None), "all")
    assert (item.image_id, item.file_name, item.why) == (image_id("bolt"), "(erased)", ())


def test_a_queue_that_does_not_exist_is_refused(world: World) -> None:
    with pytest.raises(NoSuchQueue, match="found 'waiting'"):
        queue(cast(Workspace, None), "waiting")


@pytest.mark.parametrize(
    ("lang", "limit", "said", "not_said"),
    [
        ("en", 2, ["Awaiting approval", "a.png", "b.png", "1 more of 3", "--limit 0"], ["c.png"]),
        ("ja", 2, ["承認待ち", "全3件のうち残り1件"], ["c.png"]),
        ("en", 0, ["a.png", "b.png", "c.png"], ["more of"]),
    ],
)
def test_a_long_list_is_cut_and_says_so(
    world: World, lang: str, limit: int, said: list[str], not_said: list[str]
) -> None:
    for name, value in (("a", 0.9), ("b", 0.5), ("c", 0.1)):
        world.decide(name, value=value)
    screen = Console(width=200, file=io.StringIO(), record=True)
    out = cast(Out, SimpleNamespace(say=screen.print))
    show_queue(out, queue(cast(Workspace, None), "awaiting"), lang, limit)
    printed = screen.export_text()
    assert [text in printed for text in said] == [True] * len(said)
    assert not any(text in printed for text in not_said)
