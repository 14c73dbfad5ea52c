"""A second screening gives what the first gave, without reading a text again; a changed fact is read anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import curate.screen.screener as screener_module
from curate.finding import Screening
from curate.picture import TextLine, Undecoded
from curate.record import TrainingText
from curate.screen import kept_results, names
from curate.screen.screener import Screener
from curate.screen.settings import ScreenSettings
from curate.screen.text import TextScreener
from curate.sealed_store import SealedStore
from tests.curate.fakes import make_picture_facts, make_record

TODAY = date(2025, 6, 1)


def world() -> tuple[list[Any], dict[str, Any]]:
    texts = (TrainingText("title", "ja", "担当 090-1234-5678"),)
    records = [make_record("a.png", texts=texts), make_record("b.png"), make_record("c.png")]
    pictures = {
        records[0].image_id: make_picture_facts(
            image_id=records[0].image_id,
            exif=(("Artist", "Hanako"),),
            text_lines=(TextLine("社外秘", 0.9, (1, 2, 3, 4)),),
        ),
        records[1].image_id: make_picture_facts("b", image_id=records[1].image_id),
        records[2].image_id: Undecoded(records[2].image_id, "no picture"),
    }
    return records, pictures


def run(folder: Path, records: Any, pictures: Any, today: date = TODAY, **options: Any) -> dict[str, Screening]:
    with SealedStore(folder) as store:
        return Screener(ScreenSettings(**options), store).screen(records, pictures, today=today)


def test_the_second_run_is_the_first_and_reads_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    records, pictures = world()
    first = run(tmp_path, records, pictures)
    assert first == Screener(ScreenSettings()).screen(records, pictures, today=TODAY)
    assert any(found.kind == "privacy.phone" for page in first.values() for found in page.findings)

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr(TextScreener, "find", forbidden)
    monkeypatch.setattr(names, "find_names", forbidden)
    monkeypatch.setattr(screener_module, "screen_metadata", forbidden)
    assert run(tmp_path, records, pictures) == first
    # Another day: licences are judged anew, no text is read.
    monkeypatch.undo()
    monkeypatch.setattr(TextScreener, "find", forbidden)
    assert run(tmp_path, records, pictures, TODAY + timedelta(days=1)) == first


@pytest.mark.parametrize("change", ["text", "licence", "metadata", "unread", "class"])
def test_any_changed_fact_is_looked_at(tmp_path: Path, change: str) -> None:
    records, pictures = world()
    run(tmp_path, records, pictures)
    first = records[0]
    facts = pictures[first.image_id]
    if change == "text":
        records[0] = replace(first, texts=(TrainingText("title", "ja", "電話 03-1234-5678"),))
    elif change == "licence":
        records[0] = replace(first, rights=replace(first.rights, license_end=date(2020, 1, 1)))
    elif change == "metadata":
        pictures[first.image_id] = replace(facts, gps=True)
    elif change == "unread":
        pictures[first.image_id] = replace(facts, text_lines=None, text_unscreened="the worker died")
    else:
        records[0] = replace(first, file_names=("山田太郎.png",))
    assert run(tmp_path, records, pictures) == Screener(ScreenSettings()).screen(records, pictures, today=TODAY)


def test_other_settings_are_another_page(tmp_path: Path) -> None:
    records, pictures = world()
    assert run(tmp_path, records, pictures) != run(
        tmp_path, records, pictures, ocr_poor_score=0.95, ocr_poor_characters=1
    )


def test_a_new_version_of_the_patterns_reads_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    records, pictures = world()
    run(tmp_path, records, pictures)
    from curate.screen import detectors

    monkeypatch.setattr(detectors, "detector_version", lambda: "next")
    read: list[str] = []
    find = TextScreener.find
    monkeypatch.setattr(TextScreener, "find", lambda self, text, **how: (read.append(text), find(self, text, **how))[1])
    run(tmp_path, records, pictures)
    assert "担当 090-1234-5678" in read


def test_what_was_kept_in_another_shape_is_found_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    records, pictures = world()
    monkeypatch.setattr(kept_results, "SHAPE", kept_results.SHAPE - 1)
    first = run(tmp_path, records, pictures)
    monkeypatch.undo()
    asked: list[str] = []
    find = TextScreener.find
    monkeypatch.setattr(
        TextScreener, "find", lambda self, text, *a, **k: asked.append(text) or find(self, text, *a, **k)
    )
    assert run(tmp_path, records, pictures) == first
    assert asked
