from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from audit import note
from audit.entry import EntryRefused
from audit.keys import SigningKey
from audit.ledger import EntryKind, Ledger, NewEntry
from audit.merkle import ProofInvalid, leaf_hash, verify_consistency, verify_inclusion
from audit.proof import ProofRefused, prove
from audit.recheck.ledger import verify
from audit.store import Store
from audit.store_errors import (
    ClockWentBack,
    LedgerBusy,
    LedgerCorrupt,
    LedgerDiskFull,
    LedgerExists,
    LedgerMissing,
    LedgerMoved,
    LedgerNotWritable,
)
from audit.store_sqlite import blank
from curate.errors import ExitCode
from tests.audit.fakes import START, World, signing_key

ROOM = Path(__file__).parents[2]


def withdrawals(count: int, at: datetime = START) -> list[NewEntry]:
    return [
        NewEntry(EntryKind.WITHDRAWAL, {"image_id": f"{n:064x}", "reason": "test", "by": "operator"}, {"n": n}, at)
        for n in range(count)
    ]


def edit(path: Path, *statements: str) -> None:
    with sqlite3.connect(path) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World.make(tmp_path)


def test_entries_come_back_as_they_were_recorded(world: World) -> None:
    written = world.ledger.append(withdrawals(300))
    read = list(world.ledger.entries())
    assert [entry.index for entry in read] == list(range(302))
    assert tuple(read[2:]) == written
    assert list(world.ledger.entries(EntryKind.WITHDRAWAL)) == read[2:]
    assert list(world.ledger.entries(start=290)) == read[290:]
    assert list(world.ledger.entries(start=999)) == []
    assert world.ledger.payload(5) == {"n": 3}
    assert world.ledger.payload(0) is None
    assert world.ledger.payload(999) is None
    assert [payload for _, payload in world.ledger.payloads(written)] == [{"n": n} for n in range(300)]
    assert world.ledger.append([]) == ()


def test_payloads_of_few_and_of_many_in_any_order(world: World) -> None:
    """Few are fetched one by one, many in one piece; some may hold what is looked for."""
    written = world.ledger.append(withdrawals(300))
    for chosen in ([0, 299], [299, 0, 150], [7], list(range(299, -1, -1)), list(range(0, 300, 3))):
        found = list(world.ledger.payloads([written[n] for n in chosen]))
        assert [(entry.index, payload) for entry, payload in found] == [(written[n].index, {"n": n}) for n in chosen]
    assert [payload for _, payload in world.ledger.payloads(written, holding=[b'"n":29}', b"299"])] == [
        {"n": 29},
        {"n": 299},
    ]
    world.ledger.erase_payload(written[299].index)
    assert [payload for _, payload in world.ledger.payloads([written[0], written[299]])] == [{"n": 0}, None]
    assert list(world.ledger.payloads([])) == []


def test_what_is_no_content_is_not_passed_over_unopened(world: World) -> None:
    entries = world.ledger.append(withdrawals(5))
    edit(world.ledger.path, "UPDATE payload SET content = 'text' WHERE idx = 3")
    with pytest.raises(LedgerCorrupt):
        list(world.ledger.payloads(entries, holding=[b"nowhere"]))


def test_batches_are_one_append(world: World) -> None:
    entries = withdrawals(700)
    sizes = (1, 255, 0, 300, 144)
    starts = [sum(sizes[:n]) for n in range(len(sizes))]
    batches = (entries[start : start + size] for start, size in zip(starts, sizes, strict=True))
    before = world.ledger.size
    assert world.ledger.append_batches(batches, expected_size=before) == 700
    assert [entry.body for entry in world.ledger.entries(start=before)] == [entry.body for entry in entries]
    assert verify(world.ledger.path, world.key.public.pem).ok
    for index in (before, before + 255, before + 699):
        leaf, _, path = world.ledger.leaf_and_proof(index)
        verify_inclusion(index, world.ledger.size, leaf_hash(leaf), path, world.ledger.root())


def test_a_batch_that_fails_leaves_nothing_of_those_before_it(world: World) -> None:
    def batches() -> Iterator[list[NewEntry]]:
        yield withdrawals(300)
        raise ValueError("the disk of shards is gone")

    before = world.ledger.checkpoint()
    with pytest.raises(ValueError, match="shards"):
        world.ledger.append_batches(batches())
    with pytest.raises(LedgerMoved):
        world.ledger.append_batches([withdrawals(1)], expected_size=world.ledger.size - 1)
    assert world.ledger.append_batches([]) == 0
    assert world.ledger.checkpoint() == before
    assert verify(world.ledger.path, world.key.public.pem).ok


def test_another_process_reads_the_same_ledger(world: World) -> None:
    world.ledger.append(withdrawals(3))
    with Ledger.open(world.ledger.path, public_key=world.key.public) as reader:
        assert (reader.size, reader.workspace_id, reader.origin) == (5, "ws-test", "imprimatur.example/ledger/ws-test")
        assert note.verify(reader.checkpoint(), world.key.public).root == reader.root()
        with pytest.raises(LedgerNotWritable):
            reader.append(withdrawals(1))
        assert reader.size == 5


def test_proofs_lead_to_the_signed_root(world: World) -> None:
    old_size, old_root = world.ledger.size, world.ledger.root()
    world.ledger.append(withdrawals(600))
    root = world.ledger.root()
    for index in (0, 1, 255, 256, 511, 512, 600, 601):
        entry = world.ledger.entry(index)
        proof = world.ledger.inclusion_proof(index)
        verify_inclusion(index, 602, bytes.fromhex(entry.leaf_hash), proof, root)
    verify_consistency(old_size, 602, old_root, root, world.ledger.consistency_proof(old_size))
    with pytest.raises(ProofInvalid):
        world.ledger.inclusion_proof(602)


def test_an_entry_that_is_not_there_has_no_proof(world: World) -> None:
    with pytest.raises(ProofRefused):
        prove(world.ledger, 99)


def test_erased_payload_leaves_no_byte_in_the_file(world: World) -> None:
    secret = "山田太郎-erase-me-" * 400  # long enough to need overflow pages
    entry = world.ledger.append([NewEntry(EntryKind.WRONG_ANSWER, {"report_id": "w"}, {"query": secret}, START)])[0]
    world.ledger.append(withdrawals(20))
    assert b"erase-me" in world.ledger.path.read_bytes()
    assert world.ledger.erase_payload(entry.index)
    assert not world.ledger.erase_payload(entry.index)
    assert world.ledger.payload(entry.index) is None
    world.ledger.close()
    for file in world.ledger.path.parent.iterdir():
        assert b"erase-me" not in file.read_bytes()
    report = verify(world.ledger.path, world.key.public.pem)
    assert report.ok, report.problems
    assert report.erased == (entry.index,)


def test_the_ledger_is_one_file_when_nobody_writes(world: World) -> None:
    assert [file.name for file in world.ledger.path.parent.iterdir()] == ["ledger.db"]


def test_time_runs_forward(world: World) -> None:
    world.ledger.append(withdrawals(1, START + timedelta(minutes=30)))
    late = world.ledger.append(withdrawals(1, START + timedelta(minutes=26)))[0]
    assert late.at == START + timedelta(minutes=30)
    with pytest.raises(ClockWentBack, match="clock"):
        world.ledger.append(withdrawals(1, START + timedelta(minutes=24)))
    with pytest.raises(EntryRefused, match="zone"):
        world.ledger.append([NewEntry(EntryKind.POLICY, {}, at=datetime(2030, 1, 2))])
    assert world.ledger.size == 4


@pytest.mark.parametrize("bad", [{"x": float("nan")}, {"x": 2**60}, {"x": object()}, {1: "x"}])
def test_what_has_no_canonical_json_is_refused_and_nothing_recorded(world: World, bad: dict[str, object]) -> None:
    for new in (NewEntry(EntryKind.POLICY, bad, at=START), NewEntry(EntryKind.POLICY, {}, bad, START)):
        with pytest.raises(EntryRefused):
            world.ledger.append([*withdrawals(1), new])
    assert world.ledger.size == 2


def test_missing_and_existing_ledgers(world: World, tmp_path: Path) -> None:
    with pytest.raises(LedgerMissing, match=r"absent\.db"):
        Ledger.open(tmp_path / "absent.db")
    with pytest.raises(LedgerExists):
        Ledger.create(world.ledger.path, world.key, workspace_id="again")
    assert world.ledger.size == 2
    with pytest.raises(LedgerNotWritable):
        Ledger.create(tmp_path, world.key, workspace_id="w")


def test_a_creation_that_was_killed_leaves_no_ledger(tmp_path: Path) -> None:
    key = signing_key("x")
    (tmp_path / "ledger.db").touch()
    with pytest.raises(LedgerMissing):
        Ledger.open(tmp_path / "ledger.db")
    assert Ledger.create(tmp_path / "ledger.db", key, workspace_id="w").size == 1


@pytest.mark.parametrize("content", [b"not a database at all", b"SQLite format 3\0" + bytes(4080)])
def test_a_file_that_is_no_ledger_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "ledger.db").write_bytes(content)
    with pytest.raises(LedgerCorrupt, match=r"ledger\.db") as caught:
        Ledger.open(tmp_path / "ledger.db")
    assert caught.value.exit_code is ExitCode.INTEGRITY
    assert caught.value.hint == "imprimatur audit verify"


def test_another_database_is_no_ledger(tmp_path: Path) -> None:
    edit(tmp_path / "ledger.db", "CREATE TABLE entry (idx INTEGER PRIMARY KEY, leaf BLOB)")
    with pytest.raises(LedgerCorrupt, match="application id"):
        Ledger.open(tmp_path / "ledger.db")


def test_the_ledger_of_another_key_is_refused(world: World) -> None:
    for arguments in ({"key": SigningKey.generate()}, {"public_key": SigningKey.generate().public}):
        with pytest.raises(LedgerCorrupt, match="signed by key"):
            Ledger.open(world.ledger.path, **arguments)


def test_a_ledger_held_by_another_program_is_busy(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audit.store_sqlite.BUSY_SECONDS", 0.05)
    holder = sqlite3.connect(world.ledger.path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with Ledger.open(world.ledger.path, world.key) as second, pytest.raises(LedgerBusy):
        second.append(withdrawals(1))
    holder.execute("ROLLBACK")
    holder.close()
    world.ledger.append(withdrawals(1))
    assert world.ledger.size == 3


def test_a_full_disk_loses_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store.open(world.ledger.path)
    pages = world.ledger.path.stat().st_size // 4096
    sa.event.listen(store._database.engine, "checkout", lambda c, *_: c.execute(f"PRAGMA max_page_count = {pages}"))
    full = Ledger(store, world.key, world.key.public, world.ledger.workspace_id)
    with pytest.raises(LedgerDiskFull, match="nothing was recorded"):
        full.append(withdrawals(200))
    assert world.ledger.size == 2
    assert len(world.ledger.append(withdrawals(200))) == 200
    assert verify(world.ledger.path, world.key.public.pem).ok


@pytest.mark.parametrize(
    "statement",
    [
        'UPDATE entry SET leaf = CAST(replace(leaf, \'"reason":"test"\', \'"reason":"tset"\') AS BLOB) WHERE idx = 4',
        "DELETE FROM entry WHERE idx = 4",
        "DELETE FROM entry WHERE idx = 6",
        "UPDATE entry SET idx = 99 WHERE idx = 6",
        "UPDATE checkpoint SET note = replace(note, 'ws-test', 'ws-tset')",
        "DELETE FROM checkpoint",
        "UPDATE entry SET leaf = CAST(leaf AS TEXT) WHERE idx = 4",
        "UPDATE entry SET leaf = x'7b7d' WHERE idx = 4",
    ],
)
def test_whoever_reads_to_the_end_meets_every_edit(world: World, statement: str) -> None:
    world.ledger.append(withdrawals(5))
    edit(world.ledger.path, statement)
    with pytest.raises(LedgerCorrupt):
        list(world.ledger.entries())
    with pytest.raises(LedgerCorrupt):
        list(world.ledger.entries(EntryKind.DECISION))
    assert not verify(world.ledger.path, world.key.public.pem).ok


def test_nothing_is_signed_on_top_of_an_edited_tail(world: World) -> None:
    world.ledger.append(withdrawals(5))
    edit(world.ledger.path, "UPDATE entry SET leaf = CAST(replace(leaf, 'operator', 'operatur') AS BLOB) WHERE idx = 3")
    with pytest.raises(LedgerCorrupt):
        world.ledger.append(withdrawals(1))


def test_an_edited_payload_is_refused(world: World) -> None:
    entries = world.ledger.append(withdrawals(5))
    edit(world.ledger.path, "UPDATE payload SET content = x'7b226e223a377d' WHERE idx = 3")
    with pytest.raises(LedgerCorrupt):
        world.ledger.payload(3)
    with pytest.raises(LedgerCorrupt):
        list(world.ledger.payloads(entries))
    with pytest.raises(LedgerCorrupt):
        edit(
            world.ledger.path,
            "UPDATE entry SET leaf = CAST(replace(leaf, 'operator', 'operatur') AS BLOB) WHERE idx = 4",
        )
        world.ledger.entry(4)


APPENDER = """
import sys
from pathlib import Path
from audit.keys import SigningKey
from audit.ledger import EntryKind, Ledger, NewEntry
ledger = Ledger.open(Path(sys.argv[1]), SigningKey.load(Path(sys.argv[2])))
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[4])):
    new = [NewEntry(EntryKind.WITHDRAWAL, {"image_id": "x", "by": sys.argv[3], "number": number}, {"n": number})] * 2
    print(ledger.append(new)[-1].index, flush=True)
"""


def start_appender(world: World, name: str, count: int) -> subprocess.Popen[str]:
    """A process that has opened the ledger and waits for a line before it appends."""
    key = world.ledger.path.with_name("key.pem")
    world.key.save(key)
    command = [sys.executable, "-c", APPENDER, str(world.ledger.path), str(key), name, str(count)]
    process = subprocess.Popen(command, cwd=ROOM, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def today_world(tmp_path: Path) -> World:
    """A world whose ledger begins in the past: the appending processes use the real clock."""
    key = signing_key("ledger of today")
    ledger = Ledger.create(tmp_path / "ledger.db", key, workspace_id="today", at=START - timedelta(days=3650))
    return World(ledger, key)


def test_two_processes_lose_nothing(tmp_path: Path) -> None:
    world = today_world(tmp_path)
    both = [start_appender(world, name, 40) for name in ("one", "two")]
    for process in both:
        go(process)
    printed = [process.communicate(timeout=120)[0].split() for process in both]
    assert [process.returncode for process in both] == [0, 0]
    entries = list(world.ledger.entries(EntryKind.WITHDRAWAL))
    assert len(entries) == 160
    for name, indices in zip(("one", "two"), printed, strict=True):
        mine = [entry for entry in entries if entry.body["by"] == name]
        assert [entry.body["number"] for entry in mine] == [n for n in range(40) for _ in range(2)]
        assert {int(index) for index in indices} <= {entry.index for entry in mine}
    assert verify(world.ledger.path, world.key.public.pem).ok


def test_kill_minus_nine_loses_nothing_acknowledged(tmp_path: Path) -> None:
    world = today_world(tmp_path)
    process = start_appender(world, "doomed", 100_000)
    go(process)
    assert process.stdout is not None
    acknowledged = [int(process.stdout.readline()) for _ in range(12)]
    process.send_signal(signal.SIGKILL)
    acknowledged += [int(line) for line in process.stdout.read().split()]
    process.wait(timeout=30)
    report = verify(world.ledger.path, world.key.public.pem)
    assert report.ok, report.problems
    with Ledger.open(world.ledger.path, world.key) as ledger:
        assert ledger.size > acknowledged[-1]
        assert ledger.size % 2 == 1  # the workspace entry, then pairs: no half batch
        ledger.append(withdrawals(1, START + timedelta(days=3650)))
    assert verify(world.ledger.path, world.key.public.pem).ok


def test_leaf_hash_is_that_of_the_stored_bytes(world: World) -> None:
    leaf, _, _ = world.ledger.leaf_and_proof(1)
    assert leaf_hash(leaf).hex() == world.ledger.entry(1).leaf_hash


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_kill_minus_nine_at_any_moment_loses_nothing_acknowledged(tmp_path: Path, seed: int) -> None:
    """The process dies at a random moment, whatever it was doing: opening, hashing, writing, syncing, committing."""
    world = today_world(tmp_path)
    acknowledged: list[int] = []
    for life in range(4):
        process = start_appender(world, f"life {life}", 100_000)
        go(process)
        time.sleep(random.Random(f"{seed} {life}").uniform(0.0, 0.4))
        process.send_signal(signal.SIGKILL)
        assert process.stdout is not None
        acknowledged += [int(line) for line in process.stdout.read().split()]
        process.wait(timeout=30)
        report = verify(world.ledger.path, world.key.public.pem)
        assert report.ok, report.problems
        assert report.entries > max(acknowledged, default=0)
        assert report.entries % 2 == 1  # the workspace entry, then pairs: no half batch
    with Ledger.open(world.ledger.path, world.key) as ledger:
        indices = [entry.index for entry in ledger.entries(EntryKind.WITHDRAWAL)]
        assert set(acknowledged) <= set(indices)
        ledger.append(withdrawals(1, START + timedelta(days=3650)))
    assert verify(world.ledger.path, world.key.public.pem).ok


def test_the_journal_of_an_erasure_is_overwritten_before_it_goes(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It holds the pages as they were; a deleted file's blocks would still hold them."""
    secret = "erase-me-" * 50
    entry = world.ledger.append([NewEntry(EntryKind.WRONG_ANSWER, {"report_id": "w"}, {"query": secret}, START)])[0]
    seen: list[bytes] = []

    def watched(path: Path) -> None:
        seen.append(path.read_bytes())
        blank(path)
        seen.append(path.read_bytes())

    monkeypatch.setattr("audit.store_sqlite.blank", watched)
    assert world.ledger.erase_payload(entry.index)
    before, after = seen
    assert b"erase-me-" in before
    assert len(after) == len(before) and not any(after)
    assert [file.name for file in tmp_path.iterdir()] == ["ledger.db"]
    assert verify(world.ledger.path, world.key.public.pem).erased == (entry.index,)
