"""Published static files checked without the ledger: every byte of every tile, bundle and of the checkpoint.

https://c2sp.org/tlog-tiles, read again from its text; shares no code with what publishes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from audit.recheck.run import Problem, Tree
from audit.recheck.signed import load_key, open_checkpoint

WIDE = 256


def tile_problems(folder: Path, public_key_pem: str) -> Iterator[Problem]:
    """What is wrong with the log published in `folder`, against the public key of whoever may write it."""
    try:
        key = load_key(public_key_pem)
        size, root = _head(folder, key)
    except (OSError, ValueError) as error:
        yield Problem(str(folder / "checkpoint"), "a checkpoint signed by the ledger's key", str(error))
        return
    tree = Tree()
    expected: set[Path] = set()
    for number in range(-(-size // WIDE)):
        width = min(WIDE, size - number * WIDE)
        bundle, tile = folder / "tile/entries" / _name(number, width), folder / "tile/0" / _name(number, width)
        expected |= {bundle, tile}
        try:
            leaves = _entries(bundle.read_bytes())
            hashes = tile.read_bytes()
        except (OSError, ValueError) as error:
            yield Problem(str(bundle.relative_to(folder)), f"{width} entries and their hashes", str(error))
            return
        if len(leaves) != width:
            yield Problem(str(bundle.relative_to(folder)), f"{width} entries", str(len(leaves)))
            return
        if hashes != b"".join(hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves):
            yield Problem(str(tile.relative_to(folder)), "the hashes of the entries", "others")
        for leaf in leaves:
            tree.push(leaf)
    if tree.root() != root:
        yield Problem("entries", f"the signed root {root.hex()}", tree.root().hex())
    yield from _upper_problems(folder, size, tree, expected)
    yield from _other_problems(folder, expected)


def _head(folder: Path, key: Ed25519PublicKey) -> tuple[int, bytes]:
    data = (folder / "checkpoint").read_bytes()
    _, size, root = open_checkpoint(data.decode(), key)
    return size, root


def _upper_problems(folder: Path, size: int, tree: Tree, expected: set[Path]) -> Iterator[Problem]:
    level = 1
    while count := size >> (8 * level):
        for number in range(-(-count // WIDE)):
            width = min(WIDE, count - number * WIDE)
            path = folder / f"tile/{level}" / _name(number, width)
            expected.add(path)
            right = b"".join(tree.tiles[(level, number * WIDE + place)] for place in range(width))
            try:
                found = path.read_bytes()
            except OSError as error:
                yield Problem(str(path.relative_to(folder)), f"{width} hashes", str(error.strerror))
                continue
            if found != right:
                yield Problem(str(path.relative_to(folder)), "the roots of the tiles below", "others")
        level += 1


def _other_problems(folder: Path, expected: set[Path]) -> Iterator[Problem]:
    """Older partial tiles may stay, as beginnings of the wider ones; nothing else may be there."""
    for path in sorted((folder / "tile").rglob("*")):
        if path in expected or path.is_dir() or path.name.startswith("."):
            continue
        full = path.parent.with_suffix("")
        wider = [full, *sorted((p for p in expected if p.parent == path.parent), key=lambda p: int(p.name))]
        whole = next((p for p in wider if p in expected), None)
        partial = path.parent.suffix == ".p" and path.name.isdigit() and 0 < int(path.name) < WIDE
        if not partial or whole is None or not _begins(whole, path):
            yield Problem(str(path.relative_to(folder)), "a tile of this log", "another file")


def _begins(whole: Path, part: Path) -> bool:
    data, wide = part.read_bytes(), whole.read_bytes()
    if not wide.startswith(data):
        return False
    try:
        count = len(_entries(data)) if "entries" in part.parts[:-2] else len(data) / 32
    except ValueError:
        return False
    return count == int(part.name)


def _entries(data: bytes) -> list[bytes]:
    leaves: list[bytes] = []
    at = 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 2], "big")
        at += 2 + length
        if at > len(data):
            raise ValueError("a bundle that is cut off")
        leaves.append(data[at - length : at])
    return leaves


def _name(number: int, width: int) -> str:
    last = f"{number % 1000:03d}"
    while number := number // 1000:
        last = f"x{number % 1000:03d}/{last}"
    return last if width == WIDE else f"{last}.p/{width}"
