"""Published logs: the layout of c2sp.org/tlog-tiles, incremental and in order, and whatever is changed in one is found."""

from __future__ import annotations

import shutil
import struct
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from audit.keys import PublicKey
from audit.ledger import Ledger
from audit.merkle import leaf_hash, root_of
from audit.note import verify as verify_note
from audit.publish import FolderShelf, PublishFailed, PublishRefused, UrlShelf, publish
from audit.recheck.ledger import verify
from audit.recheck.tiles import tile_problems
from audit.tile_files import TileFile, bundle, tiles_of
from tests.audit.fakes import signing_key
from tests.audit.logs import grow, plain_ledger

GOLDEN = Path(__file__).parents[1] / "golden" / "log"
PEM = signing_key("golden").public.pem


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_names_are_those_of_the_specification() -> None:
    assert TileFile(0, 1_234_067, 256).path == "tile/0/x001/x234/067"
    assert TileFile(2, 5, 17).path == "tile/2/005.p/17"
    assert TileFile(0, 1_000, 1).bundle == "tile/entries/x001/000.p/1"


def test_a_tree_of_70_000_has_the_tiles_that_the_specification_counts() -> None:
    tiles = list(tiles_of(70_000))
    assert sum(tile.level == 0 and tile.width == 256 for tile in tiles) == 273
    assert [(t.level, t.width) for t in tiles if t.width < 256] == [(0, 112), (1, 17), (2, 1)]
    assert [t.number for t in tiles if t.level == 1 and t.width == 256] == [0]
    assert [(t.level, t.width) for t in tiles_of(256)] == [(0, 256), (1, 1)]


@pytest.mark.parametrize("steps", [(1, 2, 255, 256, 257, 600), (70_000, 70_001, 131_072)])
def test_what_is_added_is_what_a_reader_of_the_new_size_needs(steps: tuple[int, ...]) -> None:
    there: set[str] = set()
    before = 0
    for size in steps:
        there |= {tile.path for tile in tiles_of(size, before)}
        assert {tile.path for tile in tiles_of(size)} <= there
        before = size


def test_published_files_are_golden(tmp_path: Path) -> None:
    with plain_ledger(tmp_path, 260) as ledger:
        publish(ledger, FolderShelf(tmp_path / "log"))
    assert files_of(tmp_path / "log") == files_of(GOLDEN)
    assert list(tile_problems(GOLDEN, PEM)) == []


def test_the_files_are_what_the_tree_says(tmp_path: Path) -> None:
    with plain_ledger(tmp_path, 600) as ledger:
        publish(ledger, FolderShelf(tmp_path / "log"))
        leaves = list(ledger.leaves(600))
    found = files_of(tmp_path / "log")
    assert sorted(found) == [
        "checkpoint",
        *(f"tile/0/{name}" for name in ("000", "001", "002.p/88")),
        "tile/1/000.p/2",
        *(f"tile/entries/{name}" for name in ("000", "001", "002.p/88")),
    ]
    assert found["tile/0/002.p/88"] == b"".join(map(leaf_hash, leaves[512:]))
    assert found["tile/1/000.p/2"] == root_of(map(leaf_hash, leaves[:256])) + root_of(map(leaf_hash, leaves[256:512]))
    assert found["tile/entries/001"] == b"".join(struct.pack(">H", len(x)) + x for x in leaves[256:512])
    with pytest.raises(ValueError, match="65536 bytes"):
        bundle([b"x" * 65_536])


class Watched(FolderShelf):
    """Remembers in which order files were written, and breaks after `limit` of them."""

    def __init__(self, folder: Path, limit: int = 10_000) -> None:
        super().__init__(folder)
        self.written: list[str] = []
        self._limit = limit

    def write(self, path: str, data: bytes, kind: str) -> None:
        if len(self.written) == self._limit:
            raise PublishFailed("the cable was pulled", hint="again")
        self.written.append(path)
        super().write(path, data, kind)


def test_publishing_again_writes_only_what_is_new_and_the_checkpoint_last(tmp_path: Path) -> None:
    with plain_ledger(tmp_path, 300) as ledger:
        publish(ledger, FolderShelf(tmp_path / "log"))
        again = Watched(tmp_path / "log")
        assert publish(ledger, again).files == 0
        assert again.written == []
        grow(ledger, 310)
        more = Watched(tmp_path / "log")
        assert (publish(ledger, more).before, more.written) == (
            300,
            ["tile/entries/001.p/54", "tile/0/001.p/54", "checkpoint"],
        )
        assert list(tile_problems(tmp_path / "log", PEM)) == []  # the older partial tile may stay


def test_an_interrupted_publishing_shows_the_old_log_and_is_taken_up(tmp_path: Path) -> None:
    with plain_ledger(tmp_path, 300) as ledger:
        publish(ledger, FolderShelf(tmp_path / "log"))
        grow(ledger, 900)
        for limit in range(5):
            with pytest.raises(PublishFailed):
                publish(ledger, Watched(tmp_path / "log", limit))
            head = verify_note((tmp_path / "log/checkpoint").read_text(), ledger.public_key)
            assert head.size == 300
        publish(ledger, FolderShelf(tmp_path / "log"))
    assert list(tile_problems(tmp_path / "log", PEM)) == []


def test_another_history_is_not_published_over_the_first(tmp_path: Path) -> None:
    with plain_ledger(tmp_path, 300) as ledger:
        publish(ledger, FolderShelf(tmp_path / "log"))
    (tmp_path / "fork").mkdir()
    with plain_ledger(tmp_path / "fork", 290) as shorter, pytest.raises(PublishRefused, match="another history"):
        publish(shorter, FolderShelf(tmp_path / "log"))
    (tmp_path / "log/checkpoint").write_text("noise")
    with plain_ledger(tmp_path / "log", 10) as ledger, pytest.raises(PublishRefused, match="another one"):
        publish(ledger, FolderShelf(tmp_path / "log"))


def test_a_fork_is_refused_and_found(tmp_path: Path) -> None:
    with plain_ledger(tmp_path, 20) as ledger:
        shutil.copy(ledger.path, tmp_path / "fork.db")
        grow(ledger, 30)
        publish(ledger, FolderShelf(tmp_path / "log"))
    from audit.ledger import EntryKind, NewEntry
    from tests.audit.fakes import START

    with Ledger.open(tmp_path / "fork.db", signing_key("golden")) as fork:
        fork.append([NewEntry(EntryKind.EVALUATION, {"other": n}, at=START) for n in range(20)])
        with pytest.raises(PublishRefused, match="another history"):
            publish(fork, FolderShelf(tmp_path / "log"))
    assert verify(tmp_path / "fork.db", PEM).ok
    kept = (tmp_path / "log/checkpoint").read_text()
    assert "first 30 entries" in str(verify(tmp_path / "fork.db", PEM, against=kept).problems[0])


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A small published log, copied from the golden one."""
    return Path(shutil.copytree(GOLDEN, tmp_path / "log"))


def flips(path: Path, places: range) -> Iterator[int]:
    """Changes one byte after the other and gives it back."""
    data = path.read_bytes()
    for place in places:
        path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        yield place
    path.write_bytes(data)


def test_every_byte_of_the_checkpoint_and_of_a_tile_counts(log: Path) -> None:
    for name, step in (("checkpoint", 1), ("tile/0/001.p/4", 1), ("tile/1/000.p/1", 1), ("tile/entries/001.p/4", 1)):
        path = log / name
        for place in flips(path, range(0, path.stat().st_size, step)):
            assert list(tile_problems(log, PEM)), (name, place)
    for name in ("tile/0/000", "tile/entries/000"):
        for place in flips(log / name, range(5, (log / name).stat().st_size, 997)):
            assert list(tile_problems(log, PEM)), (name, place)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("tile/0/001.p/4", None),
        ("tile/1/000.p/1", None),
        ("tile/entries/000", None),
        ("checkpoint", None),
        ("tile/0/002", b"x" * 8192),
        ("tile/entries/001.p/3", b"\x00\x01x"),
        ("tile/0/001.p/3", b""),
        ("tile/2/000.p/1", b"x" * 32),
        ("tile/more", b"x"),
    ],
)
def test_files_that_are_missing_or_too_many_are_found(log: Path, name: str, data: bytes | None) -> None:
    if data is None:
        (log / name).unlink()
    else:
        (log / name).parent.mkdir(parents=True, exist_ok=True)
        (log / name).write_bytes(data)
    assert list(tile_problems(log, PEM))


def test_entries_swapped_cut_or_doubled_are_found(log: Path) -> None:
    path = log / "tile/entries/001.p/4"
    data, parts = path.read_bytes(), []
    at = 0
    while at < len(data):
        length = 2 + int.from_bytes(data[at : at + 2], "big")
        parts.append(data[at : at + length])
        at += length
    for changed in ([*parts[1::-1], *parts[2:]], parts[:-1], [*parts, parts[-1]], [parts[0], *parts[:-1]]):
        path.write_bytes(b"".join(changed))
        assert list(tile_problems(log, PEM))
    path.write_bytes(data + b"\x00")
    assert list(tile_problems(log, PEM))
    path.write_bytes(data)
    assert list(tile_problems(log, signing_key("stranger").public.pem))
    assert list(tile_problems(log, PEM)) == []


class Store(BaseHTTPRequestHandler):
    """A small world's object store: PUT keeps, GET gives back; wants a password."""

    files: dict[str, tuple[bytes, str]]
    missing = 404

    def do_PUT(self) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers["Authorization"] != "Basic dXNlcjpwdyE=":
            return self._say(401, b"")
        self.files[self.path] = (data, self.headers["Content-Type"])
        self._say(201, b"")

    def do_GET(self) -> None:
        found = self.files.get(self.path)
        self._say(200 if found else self.missing, found[0] if found else b"")

    def _say(self, status: int, data: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


def test_publishing_by_put(tmp_path: Path) -> None:
    handler = type("Handler", (Store,), {"files": {}})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, plain_ledger(tmp_path, 260) as ledger:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        host = f"127.0.0.1:{server.server_address[1]}"
        shelf = UrlShelf(f"http://user:pw%21@{host}/logs/ours/")
        assert shelf.place == f"http://{host}/logs/ours"
        assert publish(ledger, shelf).files == 5
        assert publish(ledger, shelf).files == 0
        with pytest.raises(PublishFailed, match="401"):
            grow(ledger, 261)
            publish(ledger, UrlShelf(f"http://{host}/logs/ours"))
        server.shutdown()
    stored = {path.removeprefix("/logs/ours/"): data for path, (data, _) in handler.files.items()}
    assert stored == files_of(GOLDEN)
    assert handler.files["/logs/ours/checkpoint"][1] == "text/plain; charset=utf-8"
    with pytest.raises(PublishFailed):
        UrlShelf(f"http://{host}/logs/ours").read("checkpoint")


def test_a_place_that_may_not_be_read_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    handler = type("Handler", (Store,), {"files": {}, "missing": 403})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, plain_ledger(tmp_path, 5) as ledger:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(PublishFailed, match="403") as refused:
            publish(ledger, UrlShelf(f"http://user:pw%21@127.0.0.1:{server.server_address[1]}/logs/ours"))
        server.shutdown()
    assert "list" in str(refused.value.hint)
    assert handler.files == {}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_credentials_do_not_follow_a_redirect(tmp_path: Path, status: int) -> None:
    asked: list[str | None] = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.headers.get("Authorization"))
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    class Redirecting(Elsewhere):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Location", f"http://127.0.0.1:{other.server_port}/checkpoint")
            self.send_header("Content-Length", "0")
            self.end_headers()

    with (
        ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as other,
        ThreadingHTTPServer(("127.0.0.1", 0), Redirecting) as server,
        plain_ledger(tmp_path, 5) as ledger,
    ):
        for one in (other, server):
            threading.Thread(target=one.serve_forever, daemon=True).start()
        with pytest.raises(PublishFailed, match=str(status)) as refused:
            publish(ledger, UrlShelf(f"http://me:secret@127.0.0.1:{server.server_port}"))
        for one in (other, server):
            one.shutdown()
    assert asked == []
    assert f"127.0.0.1:{other.server_port}" in str(refused.value.hint)


def test_the_published_key_is_the_ledgers(tmp_path: Path) -> None:
    assert PublicKey.from_pem(PEM) == signing_key("golden").public
