"""The ledger on a real PostgreSQL. Skipped, and said so, where Debian's package is not installed."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from audit.approving import approve
from audit.keys import PublicKey
from audit.ledger import EntryKind, Ledger, NewEntry
from audit.publish import FolderShelf, publish
from audit.recheck.ledger import verify
from audit.recheck.tiles import tile_problems
from audit.store_errors import (
    LedgerBusy,
    LedgerCorrupt,
    LedgerExists,
    LedgerMissing,
    LedgerMoved,
    LedgerNotWritable,
)
from tests.audit import postgres
from tests.audit.fakes import START, Person, World, signing_key

ROOM = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(postgres.why_not() is not None, reason=str(postgres.why_not()))


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    pytest.importorskip("psycopg")
    with postgres.running() as server:
        yield server


@pytest.fixture
def database(server: postgres.Server, request: pytest.FixtureRequest) -> str:
    name = f"t{abs(hash(request.node.name)) % 10**9}"
    server.make(name)
    return name


@pytest.fixture
def url(server: postgres.Server, database: str) -> str:
    return server.url(database)


@pytest.fixture
def world(url: str) -> Iterator[World]:
    """Entries of several kinds, a batch that lies beside its leaf, one cosignature's worth of tree nodes."""
    key = signing_key("ledger of pg")
    world = World(Ledger.create(url, key, workspace_id="pg", at=START), key)
    anna = world.reviewer("Anna")
    images = world.decide_many([f"p{number}" for number in range(300)])
    world.approve(anna, *images)
    world.withdraw(images[1])
    yield world
    world.ledger.close()


def test_it_is_the_same_ledger_in_another_place(world: World, url: str, tmp_path: Path) -> None:
    entries = list(world.ledger.entries())
    assert [entry.index for entry in entries] == list(range(304))
    assert world.ledger.payload(1) is not None
    images = [entry.body["image_id"] for entry in world.ledger.entries(EntryKind.DECISION)]
    assert world.standing(images[0]).cleared
    assert not world.standing(images[1]).cleared
    report = verify(url, world.key.public.pem, against=world.ledger.checkpoint())
    assert (report.ok, report.entries, report.signatures) == (True, 304, 1), report.problems
    assert report.root == world.ledger.root().hex()
    publish(world.ledger, FolderShelf(tmp_path / "log"))
    assert list(tile_problems(tmp_path / "log", world.key.public.pem)) == []
    with Ledger.open(url, public_key=world.key.public) as reader:
        assert reader.entry(303) == entries[303]
        with pytest.raises(LedgerNotWritable):
            reader.append([NewEntry(EntryKind.POLICY, {}, at=START)])
    with pytest.raises(LedgerExists):
        Ledger.create(url, world.key, workspace_id="pg", at=START)


EDITS = {
    "leaf": "UPDATE entry SET leaf = set_byte(leaf, 40, get_byte(leaf, 40) # 1) WHERE idx = 5",
    "last entry": "DELETE FROM entry WHERE idx = 303",
    "order": "UPDATE entry SET idx = CASE idx WHEN 5 THEN -6 ELSE -5 END WHERE idx IN (5, 6)",
    "payload": "UPDATE payload SET content = set_byte(content, 9, get_byte(content, 9) # 1) WHERE idx = 1",
    "salt": "UPDATE payload SET salt = set_byte(salt, 0, get_byte(salt, 0) # 1) WHERE idx = 1",
    "beside": "UPDATE beside SET content = set_byte(content, 99, get_byte(content, 99) # 1)",
    "beside removed": "DELETE FROM beside",
    "node": "UPDATE node SET hash = set_byte(hash, 0, get_byte(hash, 0) # 1)",
    "checkpoint": "UPDATE checkpoint SET note = replace(note, 'pg', 'gp') WHERE size = 2",
    "checkpoints": "DELETE FROM checkpoint",
    "trigger": "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; "
    "CREATE TRIGGER t BEFORE INSERT ON entry EXECUTE FUNCTION f()",
    "rule": "CREATE RULE r AS ON DELETE TO payload DO INSTEAD NOTHING",
    "table": "CREATE TABLE more (x integer)",
    "column": "ALTER TABLE entry ADD COLUMN more text",
    "key": "ALTER TABLE entry DROP CONSTRAINT entry_pkey",
    "revision": "UPDATE alembic_version SET version_num = '0009'",
    "row security": "ALTER TABLE entry ENABLE ROW LEVEL SECURITY",
    "cosignature": "INSERT INTO cosignature VALUES (5, 'w+00+AA', 'noise')",
    "stamp": "INSERT INTO stamp VALUES (5, 'x', '\\x00')",
}


def test_every_edit_is_found(server: postgres.Server, world: World, database: str, url: str) -> None:
    world.ledger.close()
    for name, statement in EDITS.items():
        copy = f"{database}_{list(EDITS).index(name)}"
        server.sql("postgres", f'CREATE DATABASE "{copy}" TEMPLATE "{database}"')
        server.sql(copy, statement)
        assert not verify(server.url(copy), world.key.public.pem).ok, name
        server.sql("postgres", f'DROP DATABASE "{copy}"')
    assert verify(url, world.key.public.pem).ok


def test_an_erased_payload_is_gone_from_the_tables_files(server: postgres.Server, url: str, database: str) -> None:
    key = signing_key("ledger of pg")
    noise = "".join(hashlib.sha256(b"%d" % number).hexdigest() for number in range(100))
    secret = f"{noise}-erase-me-{noise}"  # long enough for TOAST, and nothing that its compression makes shorter
    with Ledger.create(url, key, workspace_id="pg", at=START) as ledger:
        entries = ledger.append(
            [NewEntry(EntryKind.WRONG_ANSWER, {"report_id": "w"}, {"query": text}, START) for text in (secret, "kept")]
        )
        server.sql(database, "CHECKPOINT")
        assert b"-erase-me-" in tables(server)
        assert ledger.erase_payload(entries[0].index)
        assert not ledger.erase_payload(entries[0].index)
        server.sql(database, "CHECKPOINT")
        assert b"-erase-me-" not in tables(server)
        assert (ledger.payload(entries[0].index), ledger.payload(entries[1].index)) == (None, {"query": "kept"})
    assert verify(url, key.public.pem).erased == (entries[0].index,)


def tables(server: postgres.Server) -> bytes:
    """All bytes of the tables' files; not those of the write-ahead log, which the server recycles."""
    return b"".join(path.read_bytes() for path in (server.data / "base").rglob("*") if path.is_file())


APPENDER = """
import sys
from pathlib import Path
from audit.keys import SigningKey
from audit.ledger import EntryKind, Ledger, NewEntry
ledger = Ledger.open(sys.argv[1], SigningKey.load(Path(sys.argv[2])))
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[4])):
    new = [NewEntry(EntryKind.WITHDRAWAL, {"image_id": "x", "by": sys.argv[3], "number": number}, {"n": number})] * 2
    print(ledger.append(new)[-1].index, flush=True)
"""


def appender(url: str, folder: Path, name: str, count: int) -> subprocess.Popen[str]:
    """A process that has opened the ledger and waits for a line before it appends."""
    key = folder / "key.pem"
    signing_key("ledger of pg").save(key)
    command = [sys.executable, "-c", APPENDER, url, str(key), name, str(count)]
    process = subprocess.Popen(command, cwd=ROOM, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    return process


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def test_two_processes_lose_nothing(url: str, tmp_path: Path) -> None:
    key = signing_key("ledger of pg")
    Ledger.create(url, key, workspace_id="pg", at=START - timedelta(days=3650)).close()
    both = [appender(url, tmp_path, name, 25) for name in ("one", "two")]
    for process in both:
        go(process)
    printed = [process.communicate(timeout=120)[0].split() for process in both]
    assert [process.returncode for process in both] == [0, 0]
    with Ledger.open(url) as ledger:
        entries = list(ledger.entries(EntryKind.WITHDRAWAL))
    assert len(entries) == 100
    for name, indices in zip(("one", "two"), printed, strict=True):
        mine = [entry for entry in entries if entry.body["by"] == name]
        assert [entry.body["number"] for entry in mine] == [n for n in range(25) for _ in range(2)]
        assert {int(index) for index in indices} <= {entry.index for entry in mine}
    assert verify(url, key.public.pem).ok


def test_kill_minus_nine_loses_nothing_acknowledged(url: str, tmp_path: Path) -> None:
    key = signing_key("ledger of pg")
    Ledger.create(url, key, workspace_id="pg", at=START - timedelta(days=3650)).close()
    process = appender(url, tmp_path, "doomed", 100_000)
    go(process)
    assert process.stdout is not None
    acknowledged = [int(process.stdout.readline()) for _ in range(12)]
    process.send_signal(signal.SIGKILL)
    acknowledged += [int(line) for line in process.stdout.read().split()]
    process.wait(timeout=30)
    with Ledger.open(url, key) as ledger:
        assert ledger.size > acknowledged[-1]
        assert ledger.size % 2 == 1  # the workspace entry, then pairs: no half batch
    assert verify(url, key.public.pem).ok


def test_two_reviewers_at_once(world: World, url: str) -> None:
    """Whoever drafted on what was there before is told; nothing is recorded twice."""
    with Ledger.open(url, world.key) as second:
        size = second.size
        world.ledger.append([NewEntry(EntryKind.POLICY, {"n": 1}, at=world.now)], expected_size=size)
        with pytest.raises(LedgerMoved):
            second.append([NewEntry(EntryKind.POLICY, {"n": 2}, at=world.now)], expected_size=size)
        assert second.size == size + 1


def test_two_people_approve_the_same_pictures_at_the_same_time(world: World, url: str) -> None:
    """Each on a connection of their own; whoever comes second reads again and is recorded after the first."""
    needed = {"people": 2, "roles": ["compliance"], "valid_days": 90}
    image = world.decide("shared", approval=needed)
    people = [world.people[0], world.reviewer("Ben")]
    start = threading.Barrier(2)
    failed: list[BaseException] = []

    def decide(person: Person) -> None:
        try:
            with Ledger.open(url, world.key) as ledger:
                start.wait(timeout=60)
                approve(ledger, person.reviewer, person.key, [image], "reviewed", None, world.now)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=decide, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not failed
    assert world.standing(image).cleared
    assert verify(url, world.key.public.pem).signatures == 3


def test_a_page_notices_what_others_record_and_erase(world: World, url: str) -> None:
    with Ledger.open(url) as page:
        seen = [page.fingerprint(), page.fingerprint()]
        world.withdraw(world.decide("more"))
        seen.append(page.fingerprint())
        assert world.ledger.erase_payload(1)
        seen.append(page.fingerprint())
    assert seen[0] == seen[1]
    assert len(set(seen)) == 3


def test_a_ledger_held_by_another_program_is_busy(world: World, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audit.store_postgres.BUSY_MILLISECONDS", 50)
    with Ledger.open(url, world.key) as second, second._store.writing(), pytest.raises(LedgerBusy):
        world.ledger.append([NewEntry(EntryKind.POLICY, {}, at=world.now)])
    world.ledger.append([NewEntry(EntryKind.POLICY, {}, at=world.now)])


def test_what_is_no_ledger_is_said_without_a_password(server: postgres.Server, url: str) -> None:
    assert not Ledger.exists(url)
    with pytest.raises(LedgerMissing):
        Ledger.open(url)
    with pytest.raises(LedgerNotWritable) as refused:
        Ledger.open(server.url("absent").replace("imprimatur@", "imprimatur:geheim@"))
    assert "geheim" not in str(refused.value)
    assert "absent" in str(refused.value)
    for wrong in ("postgresql://x/y", "mysql+pymysql://x/y", "postgresql+psycopg://[", "sqlite:///x"):
        with pytest.raises(LedgerNotWritable):
            Ledger.open(wrong)
    report = verify(server.url("absent"), signing_key("x").public.pem)
    assert not report.ok and report.problems[0].where == "database"


def test_a_ledger_of_another_key_or_schema_is_refused(world: World, server: postgres.Server, database: str) -> None:
    with pytest.raises(LedgerCorrupt, match="signed by key"):
        Ledger.open(server.url(database), public_key=PublicKey(signing_key("other").public.raw))
    server.sql(database, "UPDATE alembic_version SET version_num = '0009'")
    with pytest.raises(LedgerCorrupt, match="revision"):
        Ledger.open(server.url(database))
