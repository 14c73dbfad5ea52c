"""The process that makes pictures fit to be shown: decoded under limits, turned upright, made smaller, encoded anew.

Started by `curate.picture_view` as ``python -m curate.view_worker SETTINGS``. On stdin one JSON object a line:
``{"path", "image_id", "side", "blurred", "seconds"}``; on stdout a JSON line ``{"bytes": N, "width", "height"}`` and N
bytes of JPEG, or ``{"refused": reason}``. Nothing of the original file but its pixels leaves this process.
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
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from PIL import Image

from curate.picture_opening import PixelLimits, upright_picture

GRACE_S = 5.0  # seconds after which the process ends itself although its parent may be gone
QUALITY = 86  # of JPEG; drawings have fine lines
CELLS = 5  # a blurred part keeps so many mean colours along its longer side, and nothing else
MARGIN = 0.15  # of width and height, by which a blurred part is larger than what was found


def render(data: bytes, side: int, blurred: Sequence[Sequence[int]], limits: PixelLimits) -> tuple[bytes, int, int]:
    """JPEG of at most `side` pixels on the long side, never enlarged; and width and height of the upright original.

    `blurred` are boxes (x, y, width, height) in pixels of the upright original.
    """
    picture = Image.fromarray(upright_picture(data, limits))
    full_width, full_height = picture.size
    scale = min(1.0, side / max(full_width, full_height))
    if scale < 1.0:
        size = (max(1, round(full_width * scale)), max(1, round(full_height * scale)))
        picture = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    for box in blurred:
        _blur(picture, [value * scale for value in box])
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=QUALITY, subsampling=0)
    return stream.getvalue(), full_width, full_height


def _blur(picture: Image.Image, box: Sequence[float]) -> None:
    """Replace the part by a few mean colours: what is not sent cannot be sharpened again."""
    x, y, width, height = box
    left, top = max(0, int(x - width * MARGIN)), max(0, int(y - height * MARGIN))
    right = min(picture.width, int(x + width * (1 + MARGIN)) + 1)
    bottom = min(picture.height, int(y + height * (1 + MARGIN)) + 1)
    if right <= left or bottom <= top:
        return
    part = picture.crop((left, top, right, bottom))
    longest = max(part.size)
    cells = (max(1, round(CELLS * part.width / longest)), max(1, round(CELLS * part.height / longest)))
    coarse = part.resize(cells, Image.Resampling.BOX).resize(part.size, Image.Resampling.BICUBIC)
    picture.paste(coarse, (left, top))


def _read(path: Path, limit: int, image_id: str) -> bytes:
    """The bytes of a regular file, if they are those of `image_id`.

    Raises:
        ValueError: why not.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW)
    with os.fdopen(handle, "rb") as stream:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise ValueError("no regular file")
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise ValueError(f"more than {limit} bytes")
    if hashlib.sha256(data).hexdigest() != image_id:
        raise ValueError("changed")
    return data


def answer(request: dict[str, Any], settings: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Header and body of the answer to one request; never raises for a bad file."""
    try:
        data = _read(Path(request["path"]), settings["file_bytes"], request["image_id"])
        limits = PixelLimits(pixels=settings["pixels"], frames=settings["frames"])
        body, width, height = render(data, request["side"], request["blurred"], limits)
    except MemoryError:
        return {"refused": "memory"}, b""
    except OSError as error:
        return {"refused": f"unreadable: {error.strerror or type(error).__name__}"}, b""
    except Exception as error:  # decoders meet hostile bytes with a dozen exception types; all mean "not shown"
        return {"refused": str(error)[:200] or type(error).__name__}, b""
    return {"bytes": len(body), "width": width, "height": height}, body


def serve(requests: IO[bytes], answers: IO[bytes], settings: dict[str, Any]) -> None:
    """Answer every request in turn."""
    answers.write(b'{"ready": true}\n')
    answers.flush()
    for line in requests:
        request = json.loads(line)
        signal.setitimer(signal.ITIMER_REAL, request["seconds"] + GRACE_S)
        header, body = answer(request, settings)
        signal.setitimer(signal.ITIMER_REAL, 0)
        answers.write(json.dumps(header).encode() + b"\n" + body)
        answers.flush()


def main() -> None:
    settings: dict[str, Any] = json.loads(sys.argv[1])
    memory = int(settings["memory_mib"]) * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # libraries that print must not end up between the answers
    serve(sys.stdin.buffer, answers, settings)


if __name__ == "__main__":
    main()
