"""The process that opens pictures, so that a hostile one takes down this process and nothing else.

Started by `curate.decode` as ``python -m curate.decode_worker SETTINGS``. One JSON object a line: on stdin requests
``{"path", "want", "seconds"}``, on stdout answers ``{"facts": {…}}`` or ``{"undecoded": {…}}`` after a first line
``{"ready": true}``. It ends when stdin ends.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import resource
import signal
import stat
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from curate.canonical import to_json
from curate.finding import Check
from curate.picture import PictureFacts, Undecoded
from curate.picture_facts import look_at
from curate.picture_opening import PixelLimits
from curate.pixel_parts import PixelReaders

if TYPE_CHECKING:
    from curate.screen.codes import CodeReader
    from curate.screen.faces import FaceDetector
    from curate.screen.ocr import TextReader
    from curate.screen.plates import PlateDetector

GRACE_S = 5.0  # seconds after which the process ends itself although the parent, which kills earlier, may be gone


def _file_bytes(path: Path, limit: int) -> tuple[bytes | None, Undecoded | None, str | None]:
    """The whole file and its digest; a file above the limit is hashed in pieces and not kept."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # opening a pipe must not wait for a writer
        with os.fdopen(handle, "rb") as stream:
            about = os.fstat(handle)
            if not stat.S_ISREG(about.st_mode):
                return None, Undecoded(None, "expected a regular file, found a folder, pipe or device"), None
            if about.st_size > limit:
                image_id = hashlib.file_digest(stream, "sha256").hexdigest()
                reason = f"expected at most {limit} bytes, the file has {about.st_size}"
                return None, Undecoded(image_id, reason, True), image_id
            data = stream.read(limit + 1)
    except OSError as error:
        return None, Undecoded(None, f"the file cannot be opened: {error.strerror or type(error).__name__}"), None
    image_id = hashlib.sha256(data).hexdigest()
    if len(data) > limit:
        return None, Undecoded(None, f"expected at most {limit} bytes, the file grew while it was read"), None
    return data, None, image_id


def _look(
    request: dict[str, Any], settings: dict[str, Any], readers: Callable[[frozenset[Check]], PixelReaders]
) -> PictureFacts | Undecoded:
    data, trouble, image_id = _file_bytes(Path(request["path"]), settings["file_bytes"])
    if trouble is not None or data is None or image_id is None:
        return trouble or Undecoded(image_id, "the file cannot be opened")
    limits = PixelLimits(pixels=settings["pixels"], frames=settings["frames"])
    try:
        wanted = readers(frozenset(map(Check, request["want"])))
        return look_at(data, image_id, limits, wanted, settings["trust_anchors"])
    except MemoryError:
        return Undecoded(image_id, f"decoding needs more than the {settings['memory_mib']} MiB allowed")


def _readers() -> Callable[[frozenset[Check]], PixelReaders]:
    """Loads each reader on first use: many runs never ask for some of them."""

    @cache
    def text() -> TextReader:
        from curate.screen.ocr import TextReader

        return TextReader()

    @cache
    def faces() -> FaceDetector:
        from curate.screen.faces import FaceDetector

        return FaceDetector()

    @cache
    def codes() -> CodeReader:
        from curate.screen.codes import CodeReader

        return CodeReader()

    @cache
    def plates() -> PlateDetector:
        from curate.screen.plates import PlateDetector

        return PlateDetector()

    def wanted(want: frozenset[Check]) -> PixelReaders:
        return PixelReaders(
            text=text().read if Check.PIXEL_TEXT in want else None,
            faces=faces().find if Check.PIXEL_FACES in want else None,
            codes=codes().read if Check.PIXEL_CODES in want else None,
            plates=plates().find if Check.PIXEL_PLATES in want else None,
        )

    return wanted


def serve(requests: IO[str], answers: IO[str], settings: dict[str, Any]) -> None:
    """Answer every request in turn."""
    readers = _readers()
    answers.write(json.dumps({"ready": True}) + "\n")
    answers.flush()
    for line in requests:
        request = json.loads(line)
        signal.setitimer(signal.ITIMER_REAL, request["seconds"] + GRACE_S)  # SIGALRM ends the process, in C code too
        seen = _look(request, settings, readers)
        signal.setitimer(signal.ITIMER_REAL, 0)
        kind = "facts" if isinstance(seen, PictureFacts) else "undecoded"
        answers.write(json.dumps({kind: to_json(seen)}) + "\n")
        answers.flush()


def main() -> None:
    settings: dict[str, Any] = json.loads(sys.argv[1])
    memory = int(settings["memory_mib"]) * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Libraries that print must not end up between the answers.
    answers = io.TextIOWrapper(os.fdopen(os.dup(1), "wb"), encoding="utf-8")
    os.dup2(2, 1)
    serve(sys.stdin, answers, settings)


if __name__ == "__main__":
    main()
