"""Trained minus approved is empty: shown from the emission log of a model, its manifest and the ledger.

Shares no code with the writer of the log (train.emission); the format is described in docs/formats.md. What is checked:
the log hashes to the root that the signed manifest names (RFC 6962, 2.1); every sample in it is of an image that the
manifest lists and that stood cleared when the manifest was recorded; every picture had the bytes and every text the
digest that were approved; and no image was shown less often than the manifest says.
"""

from __future__ import annotations

import hashlib
import struct
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from curate.canonical import digest

_PICTURE, _TEXT, _MADE = 1, 2, 3
_SAMPLE = struct.Struct(">IB32s32s")
_MOST = 20  # problems named


@dataclass(frozen=True, slots=True)
class Approved:
    """What was cleared of one image when the manifest was recorded: digests as its decision states them."""

    texts_digest: str
    facts_digest: str


@dataclass(frozen=True, slots=True)
class EmissionReport:
    """`samples` counts records of all ranks, `images` the different images in them; no problem means proven."""

    run: str
    samples: int
    images: int
    problems: tuple[str, ...]

    @property
    def proven(self) -> bool:
        return not self.problems


def check_emission(
    manifest: Mapping[str, Any],
    log_of: Callable[[int], BinaryIO | None],
    approved: Callable[[str], Approved | None],
) -> EmissionReport:
    """Check the logs of one run.

    Args:
        manifest: the predicate of a signed manifest whose signature was verified.
        log_of: the log of a rank, opened for reading, or None when it is not there.
        approved: what stood cleared of an image; None when it did not.
    """
    problems: list[str] = []
    seen: Counter[tuple[int, bytes, bytes]] = Counter()
    ranks = [int(one["rank"]) for one in manifest["emission"]]
    if not ranks or ranks != list(range(len(ranks))):
        problems.append(f"expected one emission log for each rank from 0 on, found {ranks or 'none'}")
    for named in manifest["emission"]:
        stream = log_of(int(named["rank"]))
        if stream is None:
            problems.append(f"expected the emission log of rank {named['rank']}, found none")
            continue
        with stream:
            problems += _read_log(stream, named, seen)
    problems += _compare(manifest, seen, approved)
    return EmissionReport(
        str(manifest["run"]),
        sum(seen.values()),
        len({image for kind, image, _ in seen if kind != _MADE}),
        tuple(problems[:_MOST]),
    )


def _read_log(stream: BinaryIO, named: Mapping[str, Any], seen: Counter[tuple[int, bytes, bytes]]) -> Iterable[str]:
    """Count the samples of one log into `seen`; yields what is wrong with the log as a whole."""
    where = f"rank {named['rank']}"
    peaks: list[tuple[int, bytes]] = []  # complete subtrees as (height, hash), largest first
    size = last = 0
    while len(record := stream.read(_SAMPLE.size)) == _SAMPLE.size:
        height, value = 0, hashlib.sha256(b"\x00" + record).digest()
        while peaks and peaks[-1][0] == height:
            value = hashlib.sha256(b"\x01" + peaks.pop()[1] + value).digest()
            height += 1
        peaks.append((height, value))
        size += 1
        step, kind, image, content = _SAMPLE.unpack(record)
        seen[kind, image, content] += 1
        if step < last:
            yield f"{where}: step {step} stands behind step {last}"
        last = step
    root = peaks.pop()[1] if peaks else hashlib.sha256(b"").digest()
    while peaks:
        root = hashlib.sha256(b"\x01" + peaks.pop()[1] + root).digest()
    if record:
        yield f"{where}: its last record is cut off"
    if (size, root.hex()) != (int(named["size"]), named["root"]):
        yield (
            f"{where}: expected {named['size']} samples with root {str(named['root'])[:16]}…, "
            f"found {size} with {root.hex()[:16]}…"
        )


def _compare(
    manifest: Mapping[str, Any],
    seen: Counter[tuple[int, bytes, bytes]],
    approved: Callable[[str], Approved | None],
) -> Iterable[str]:
    entries = {str(entry["image_id"]): entry for entry in manifest["entries"]}
    cleared = {image: approved(image) for image in entries}
    whole = digest([[i, a.texts_digest, a.facts_digest] for i in sorted(entries) if (a := cleared[i]) is not None])
    told: set[str] = set()
    shown: Counter[tuple[int, str]] = Counter()
    for (kind, raw, content), count in seen.items():
        image = raw.hex()
        shown[kind, image] += count
        why = None
        if kind == _MADE:
            if (raw, content.hex()) != (bytes(32), whole):
                why = "questions were made from other texts than those of the approved images"
        elif image not in entries:
            why = f"image {image[:16]}… was trained and is not in the manifest"
        elif (found := cleared[image]) is None:
            why = f"image {image[:16]}… was trained and did not stand cleared"
        elif kind == _PICTURE and content != raw:
            why = f"image {image[:16]}… was trained from other bytes ({content.hex()[:16]}…)"
        elif kind == _TEXT and content.hex() != found.texts_digest:
            why = f"image {image[:16]}… was trained with other texts than those approved"
        elif kind not in (_PICTURE, _TEXT):
            why = f"a sample of the unknown kind {kind} was trained"
        if why is not None and why not in told:
            told.add(why)
            yield why
    for image, entry in entries.items():
        for kind, name in ((_TEXT, "texts"), (_PICTURE, "pictures")):
            if shown[kind, image] < int(entry["times_seen"][name]) and _counted(manifest, kind):
                yield (
                    f"image {image[:16]}…: expected at least {entry['times_seen'][name]} {name} in the log, "
                    f"found {shown[kind, image]}"
                )


def _counted(manifest: Mapping[str, Any], kind: int) -> bool:
    """Texts of the warm start are counted one by one in the manifest and noted once an image in the log."""
    return kind == _PICTURE or not manifest["settings"].get("warm_start", False)
