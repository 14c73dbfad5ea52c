"""What may change between two answers: the ledger, the clock, the catalogue's table and its files."""

from __future__ import annotations

import csv
import hashlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from audit.keys import SigningKey
from audit.ledger import EntryKind, Ledger, NewEntry
from audit.standing import StandingState
from curate.catalogue import read_catalogue
from recall.catalogue_view import LiveCatalogue
from recall.confirm import Live, NotLive
from recall.live import LiveIndex, LiveStanding
from tests.recall.fakes import PARTS, image_id


class Clock:
    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.create(tmp_path / "ledger.db", SigningKey.generate(), workspace_id="w" * 32) as made:
        yield made


def decision(name: str, outcome: str = "index") -> NewEntry:
    body = {
        "image_id": image_id(name), "run": "r", "outcome": outcome, "lift": "nobody", "rules": ["x"], "unknowns": [],
        "policy": {"id": "p", "version": "1", "sha256": "0" * 64}, "unsafe": False, "findings_digest": "1" * 64,
        "texts_digest": "2" * 64, "facts_digest": "3" * 64, "findings": [], "unscreened": [], "value": 0.5,
        "duplicate_group": [], "approval": {"people": 1, "roles": [], "valid_days": 30}, "purpose": "p", "not_after": None,
    }  # fmt: skip
    return NewEntry(EntryKind.DECISION, body)


def test_standing_follows_the_ledger_at_the_next_question(ledger: Ledger) -> None:
    clock = Clock()
    live = LiveStanding(ledger, clock)
    assert not live().of(image_id("seal")).may_be_shown
    ledger.append([decision("seal")])
    clock.now += timedelta(seconds=1)
    shown = live()
    assert shown.of(image_id("seal")).may_be_shown
    assert live() is shown  # nothing moved: the same book
    ledger.append([NewEntry(EntryKind.WITHDRAWAL, {"image_id": image_id("seal"), "reason": "owner", "by": "x"})])
    clock.now += timedelta(seconds=1)
    assert live().of(image_id("seal")).state is StandingState.WITHDRAWN


def test_standing_is_read_again_on_another_day(ledger: Ledger) -> None:
    clock = Clock()
    live = LiveStanding(ledger, clock)
    before = live()
    clock.now += timedelta(days=1)
    after = live()
    assert after is not before
    clock.now -= timedelta(hours=2)
    assert live().at == clock.now  # a clock set back is no way to an older standing


def test_the_index_follows_the_ledger(ledger: Ledger, tmp_path: Path) -> None:
    clock = Clock()
    standing = LiveStanding(ledger, clock)
    index = LiveIndex(tmp_path / "index", ledger, standing, lambda: PARTS, frozenset())
    assert index().images == ()
    ledger.append([decision("seal")])
    clock.now += timedelta(seconds=1)
    found = index()
    assert [image.image_id for image in found.images] == [image_id("seal")]
    assert index() is found


def write_table(folder: Path, rows: list[dict[str, str]]) -> None:
    path = folder / "metadata.csv"
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, sorted({key for row in rows for key in row}))
        writer.writeheader()
        writer.writerows(rows)
    later = path.stat().st_mtime_ns + 1_000_000_000  # a coarse file system clock must not hide the change
    os.utime(path, ns=(later, later))


ROWS = [
    {"file_name": "a.png", "sku": "BRK-1204", "product_line": "ブラケット / brackets", "content_class": "product"},
    {"file_name": "twin.png", "sku": "BRK-1299", "product_line": "ブラケット / brackets", "content_class": "drawing"},
    {"file_name": "b.png", "sku": "BLT-2001", "product_line": "bolts", "content_class": "product"},
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "catalogue"
    made.mkdir()
    for name, data in (("a.png", b"same"), ("twin.png", b"same"), ("b.png", b"bolt")):
        (made / name).write_bytes(data)
    write_table(made, ROWS)
    return made


def live_catalogue(folder: Path) -> LiveCatalogue:
    return LiveCatalogue(lambda: read_catalogue(folder))


SAME = hashlib.sha256(b"same").hexdigest()
BOLT = hashlib.sha256(b"bolt").hexdigest()


def test_an_image_is_found_with_its_facts(folder: Path) -> None:
    catalogue = live_catalogue(folder)
    found = catalogue.look(BOLT, ["b.png"])
    assert isinstance(found, Live)
    assert (found.file_name, found.record.image_id, found.record.business.sku) == ("b.png", BOLT, "BLT-2001")
    assert {"BRK-1204", "BRK-1299", "BLT-2001"} <= catalogue.lexicon().numbers


def test_rows_with_the_same_bytes_are_merged_as_curate_merges_them(folder: Path) -> None:
    found = live_catalogue(folder).look(SAME, ["a.png", "twin.png"])
    assert isinstance(found, Live)
    assert found.record.file_names == ("a.png", "twin.png")
    assert found.record.content_class.value == "drawing"


def test_the_file_is_hashed_at_every_look(folder: Path) -> None:
    catalogue = live_catalogue(folder)
    assert isinstance(catalogue.look(BOLT, ["b.png"]), Live)
    stamp = (folder / "b.png").stat().st_mtime_ns
    (folder / "b.png").write_bytes(b"bolT")
    os.utime(folder / "b.png", ns=(stamp, stamp))  # same size, same time: only the bytes tell
    assert catalogue.look(BOLT, ["b.png"]) == NotLive("file-changed")
    (folder / "b.png").unlink()
    assert catalogue.look(BOLT, ["b.png"]) == NotLive("file-missing")


def test_another_row_still_leads_to_the_image(folder: Path) -> None:
    (folder / "a.png").write_bytes(b"another picture")
    found = live_catalogue(folder).look(SAME, ["a.png", "twin.png"])
    assert isinstance(found, Live) and found.file_name == "twin.png"
    assert found.record.business.sku == "BRK-1299"


def test_a_row_that_left_the_table_is_not_in_the_catalogue_any_more(folder: Path) -> None:
    catalogue = live_catalogue(folder)
    assert isinstance(catalogue.look(BOLT, ["b.png"]), Live)
    write_table(folder, ROWS[:2])
    assert "BLT-2001" not in catalogue.lexicon().numbers
    assert catalogue.look(BOLT, ["b.png"]) == NotLive("not-in-catalogue")
    assert catalogue.look(BOLT, []) == NotLive("not-in-catalogue")


def test_changed_facts_are_seen_at_the_next_answer(folder: Path) -> None:
    catalogue = live_catalogue(folder)
    catalogue.lexicon()
    write_table(folder, [*ROWS[:2], {**ROWS[2], "sku": "BLT-2002"}])
    catalogue.lexicon()
    found = catalogue.look(BOLT, ["b.png"])
    assert isinstance(found, Live) and found.record.business.sku == "BLT-2002"


@pytest.mark.parametrize("escape", ["../outside.png", "link.png", "folder.png", "pipe.png"])
def test_what_is_no_file_of_the_catalogue_is_not_read(folder: Path, escape: str) -> None:
    (folder.parent / "outside.png").write_bytes(b"bolt")
    (folder / "link.png").symlink_to(folder.parent / "outside.png")
    (folder / "folder.png").mkdir()
    os.mkfifo(folder / "pipe.png")
    write_table(folder, [*ROWS, {"file_name": escape, "sku": "", "product_line": "", "content_class": ""}])
    assert live_catalogue(folder).look(BOLT, [escape]) == NotLive("file-missing")


def test_a_bare_folder_is_a_catalogue_without_facts(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(b"bolt")
    catalogue = live_catalogue(tmp_path)
    assert isinstance(catalogue.look(BOLT, ["x.png"]), Live)
    (tmp_path / "y.png").write_bytes(b"same")
    os.utime(tmp_path, ns=(2**60, 2**60))
    catalogue.lexicon()
    assert isinstance(catalogue.look(SAME, ["y.png"]), Live)
