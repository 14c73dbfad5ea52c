"""Pictures as the page serves them: made anew by the view workers, faces and plates blurred, kept on disk by id."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curate.atomic import write_atomic
from curate.canonical import digest
from curate.picture_view import NotShown, ViewPool

# Kinds nobody needs to see to judge most pictures. A kind that begins so is one too (privacy.face_child).
BLURRED = ("privacy.face", "privacy.number_plate", "privacy.minor", "privacy.jp_my_number", "privacy.credit_card")
EVERYTHING = (0, 0, 1 << 20, 1 << 20)  # where such a finding does not say where: the whole picture


@dataclass(frozen=True, slots=True)
class Size:
    """Of a picture's longer side, in pixels."""

    name: str
    side: int


THUMB, LARGE = Size("thumb", 360), Size("large", 1600)
SIZES: Mapping[str, Size] = {size.name: size for size in (THUMB, LARGE)}


def blurred_boxes(findings: Sequence[Mapping[str, Any]]) -> tuple[tuple[int, int, int, int], ...]:
    """Boxes (x, y, width, height; pixels of the upright image) that stay blurred until somebody asks to see them."""
    boxes = []
    for finding in findings:
        where = finding.get("where") or {}
        kind = str(finding.get("kind", ""))
        # A code in the picture (its symbology is the field): a telephone held before the screen reads what is in it.
        in_code = where.get("field") is not None and kind.startswith("privacy.")
        if (kind.startswith(BLURRED) or in_code) and where.get("channel") == "pixel":
            box = where.get("box")
            boxes.append(tuple(int(v) for v in box) if box is not None and len(box) == 4 else EVERYTHING)
    return tuple(sorted({(b[0], b[1], b[2], b[3]) for b in boxes}))


def forget_views(folder: Path, image_id: str) -> int:
    """Remove what `Pictures` keeps of an image in `folder`; how many files that were."""
    kept = [*folder.glob(f"*/{image_id[:2]}/{image_id}-*.jpg"), *folder.glob(f"size/{image_id[:2]}/{image_id}.txt")]
    for path in kept:
        path.unlink(missing_ok=True)
    return len(kept)


@dataclass(frozen=True)
class Pictures:
    """`file_of(image_id)` is where the catalogue has the picture now, None when it has not. `folder` is the cache: file
    names in it are made of ids and digests, never of anything a request says."""

    pool: ViewPool
    folder: Path
    file_of: Callable[[str], Path | None]

    def get(self, image_id: str, size: Size, blurred: Sequence[tuple[int, int, int, int]]) -> bytes | NotShown:
        """JPEG bytes. `image_id` must come from the ledger. What was blurred and what was not are different files; a
        picture shown unblurred is not kept."""
        cached = self.folder / size.name / image_id[:2] / f"{image_id}-{digest([list(b) for b in blurred])[:12]}.jpg"
        try:
            return cached.read_bytes()
        except FileNotFoundError:
            pass
        path = self.file_of(image_id)
        if path is None:
            return NotShown("absent")
        seen = self.pool.view(path, image_id, size.side, blurred)
        if isinstance(seen, NotShown):
            return seen
        write_atomic(cached, seen.jpeg, mode=0o600)
        write_atomic(self._size_file(image_id), f"{seen.width} {seen.height}".encode(), mode=0o600)
        return seen.jpeg

    def forget(self, image_id: str) -> None:
        """Remove every view of the image from the disk."""
        forget_views(self.folder, image_id)

    def full_size(self, image_id: str) -> tuple[int, int] | None:
        """Width and height of the upright original in pixels, once a view of it was made."""
        try:
            width, height = self._size_file(image_id).read_text().split()
        except FileNotFoundError:
            return None
        return int(width), int(height)

    def _size_file(self, image_id: str) -> Path:
        return self.folder / "size" / image_id[:2] / f"{image_id}.txt"

    def get_clear(self, image_id: str) -> bytes | NotShown:
        """Large and not blurred, made for this one request."""
        path = self.file_of(image_id)
        if path is None:
            return NotShown("absent")
        seen = self.pool.view(path, image_id, LARGE.side, ())
        return seen if isinstance(seen, NotShown) else seen.jpeg
