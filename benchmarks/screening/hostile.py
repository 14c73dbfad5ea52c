"""Hostile files through the real decode workers: one answer each, time, memory of the worker, and the ordinary ones unharmed.

python benchmarks/screening/hostile.py [FOLDER...] [--seconds 20]

Besides the files of the folders it makes its own: bombs, endless animations, polyglots, wrong suffixes, short files,
scripts, entity bombs, broken directories, pipes, links out of the folder and names that a terminal obeys. An ordinary
picture stands between every ten; each of them has to come back.
"""

from __future__ import annotations

import argparse
import io
import os
import struct
import tempfile
import time
import zipfile
import zlib
from collections import Counter
from pathlib import Path

import numpy as np
from PIL import Image

from curate.decode import DecodeLimits, DecodePool
from curate.picture import PIXEL_PARTS, PictureFacts


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, body: bytes, *chunks: bytes) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + chunk(b"IDAT", zlib.compress(body, 9)) + chunk(b"IEND", b"")


def ordinary(seed: int, kind: str = "JPEG") -> bytes:
    blocks = np.random.default_rng(seed).integers(0, 256, (9, 12, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(blocks).resize((480, 360), Image.Resampling.BICUBIC).save(buffer, kind)
    return buffer.getvalue()


def app1(payload: bytes) -> bytes:
    """An ordinary JPEG with one more APP1 segment."""
    data = ordinary(1)
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(payload) + 2) + payload + data[2:]


def tiff(entries: list[tuple[int, int, int, int]], following: int) -> bytes:
    body = b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", len(entries))
    for tag, kind, count, value in entries:
        body += struct.pack("<HHII", tag, kind, count, value)
    return body + struct.pack("<I", following)


def made() -> dict[str, bytes]:
    small = tiff([(256, 3, 1, 8), (257, 3, 1, 8), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 8),
                  (277, 3, 1, 1), (278, 3, 1, 8), (279, 4, 1, 64)], 8)  # fmt: skip
    gif = io.BytesIO()
    frames = [Image.new("RGB", (4, 4), (n % 256, n // 256 * 16, 0)) for n in range(3000)]
    frames[0].save(gif, "GIF", save_all=True, append_images=frames[1:], loop=0)
    apng = io.BytesIO()
    many = [Image.new("RGB", (64, 64), (n % 256, n // 256, 0)) for n in range(1500)]
    many[0].save(apng, "PNG", save_all=True, append_images=many[1:])
    pages = io.BytesIO()
    many[0].save(pages, "TIFF", save_all=True, append_images=many[1:1200])
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zip_:
        zip_.writestr("evil.sh", "echo")
    wide = io.BytesIO()
    Image.new("1", (60000, 60000)).save(wide, "TIFF", compression="group4")
    xmp_bomb = (
        b"http://ns.adobe.com/xap/1.0/\0" + b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + b"<a>" * 15000 + b"</x:xmpmeta>"
    )
    laughs = (
        b"<?xml version='1.0'?><!DOCTYPE l [<!ENTITY a 'ha'>"
        + b"".join(f"<!ENTITY {chr(98 + n)} '{('&' + chr(97 + n) + ';') * 10}'>".encode() for n in range(9))
        + b"]><x:xmpmeta xmlns:x='adobe:ns:meta/'>&j;</x:xmpmeta>"
    )
    svg = b"<svg xmlns='http://www.w3.org/2000/svg' xmlns:xi='http://www.w3.org/2001/XInclude'>%s</svg>"
    return {
        "empty.png": b"", "four.jpg": b"\xff\xd8\xff\xe0", "four-zero.png": b"\0\0\0\0", "text.jpg": b"hello world\n" * 50,
        "png-as.jpg": ordinary(2, "PNG"), "jpeg-as.png": ordinary(3), "webp-as.gif": ordinary(4, "WEBP"),
        "bomb-30000x30000.png": png(30000, 30000, b"\0" * 5_000_000), "bomb-real-8000.png": png(7999, 7999, bytes(7999 * (7999 * 3 + 1))),
        "bomb-icc.png": png(4, 4, b"\0" * 52, chunk(b"iCCP", b"p\0\0" + zlib.compress(bytes(300_000_000), 9))),
        "bomb-ztxt.png": png(4, 4, b"\0" * 52, chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"A" * 200_000_000, 9))),
        "bomb-itxt.png": png(4, 4, b"\0" * 52, chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(b"A" * 200_000_000, 9))),
        "bomb-group4.tif": wide.getvalue(), "endless.gif": gif.getvalue(), "endless.apng.png": apng.getvalue(), "pages.tif": pages.getvalue(),
        "script.svg": svg % b"<script>alert(1)</script>", "xinclude.svg": svg % b"<xi:include href='file:///etc/passwd'/>",
        "xxe.svg": b"<!DOCTYPE s [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>" + svg % b"&x;",
        "laughs.svg": laughs, "jpeg-zip.jpg": ordinary(5) + archive.getvalue(), "gifar.gif": gif.getvalue()[:800] + archive.getvalue(),
        "pdf.jpg": b"%PDF-1.4\n" + ordinary(6), "jpeg-pdf.pdf": ordinary(7) + b"\n%PDF-1.4\n%%EOF",
        "truncated-half.jpg": ordinary(8)[: len(ordinary(8)) // 2], "truncated-end.jpg": ordinary(8)[:-200], "truncated.png": ordinary(9, "PNG")[:-3000],
        "exif-loop.jpg": app1(b"Exif\0\0" + tiff([(0x8769, 4, 1, 8)], 8)), "exif-huge-count.jpg": app1(b"Exif\0\0" + tiff([(0x010E, 2, 0x7FFFFFFF, 8)], 0)),
        "exif-many.jpg": app1(b"Exif\0\0" + tiff([(0x9000 + n % 999, 2, 4, 0x41414141) for n in range(4000)], 0)),
        "xmp-deep.jpg": app1(xmp_bomb[:65000]), "xmp-laughs.jpg": app1(b"http://ns.adobe.com/xap/1.0/\0" + laughs),
        "iptc-loop.jpg": ordinary(10)[:2] + b"\xff\xed" + struct.pack(">H", 60002) + (b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0\0\0\0\x08\x1c\x02\x19\x7f\xff\xff\xff\xff" * 3000)[:60000] + ordinary(10)[2:],
        "tiff-loop.tif": small, "tiff-self.tif": tiff([(330, 4, 1, 8)], 8), "mpo-loop.jpg": ordinary(11)[:2] + b"\xff\xe2" + struct.pack(">H", 84) + (b"MPF\0II*\0" + struct.pack("<I", 8) + b"\xff" * 70) + ordinary(11)[2:],
        "comment-64k.jpg": ordinary(12)[:2] + (b"\xff\xfe\xff\xff" + b"C" * 65533) * 100 + ordinary(12)[2:],
        "bmp-negative.bmp": b"BM" + struct.pack("<IHHI", 60, 0, 0, 54) + struct.pack("<IiiHHIIiiII", 40, -5, -2147483648, 1, 24, 0, 0, 0, 0, 0, 0),
        "ppm-huge.ppm": b"P6 99999 99999 255\n", "random.webp": b"RIFF\x24\0\0\0WEBPVP8 " + os.urandom(64), "random.avif": b"\0\0\0\x20ftypavif" + os.urandom(500),
    }  # fmt: skip


NAMES = ["new\nline.jpg", "\x1b[31mred.jpg", "bell\x07.jpg", "quote'\".jpg", "\u202egpj.exe.jpg", "a" * 240 + ".jpg", "caf\u00e9.jpg",
         "cafe\u0301.jpg", " leading.jpg", "-rf.jpg", "$(id).jpg", "%s%n.jpg"]  # fmt: skip


def plant(folder: Path) -> list[Path]:
    found = []
    for name, data in made().items():
        (folder / name).write_bytes(data)
        found.append(folder / name)
    for number, name in enumerate(NAMES):
        (folder / name).write_bytes(ordinary(100 + number))
        found.append(folder / name)
    raw = os.fsencode(folder) + b"/bytes-\xff\xfe.jpg"
    Path(os.fsdecode(raw)).write_bytes(ordinary(200))
    found.append(Path(os.fsdecode(raw)))
    os.mkfifo(folder / "pipe.jpg")
    for name, target in (
        ("zero.png", "/dev/zero"),
        ("out.png", "/etc/passwd"),
        ("self.png", "self.png"),
        ("tty.png", "/dev/tty"),
    ):
        (folder / name).symlink_to(target)
        found.append(folder / name)
    return [*found, folder / "pipe.jpg", folder]


def high_water(pid: int) -> float:
    """MiB that the process held at most so far (Linux)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--parts", action="store_true", help="also look into the pixels: text, faces, codes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        own = plant(folder)
        paths = [path for item in options.folders for path in sorted(item.rglob("*")) if path.is_file()] + own
        want = frozenset(PIXEL_PARTS) if options.parts else frozenset()
        items, good = [], []
        for number, path in enumerate(paths):
            items.append((str(number), path, want))
            if number % 10 == 0:
                witness = folder / f"witness-{number}.jpg"
                witness.write_bytes(ordinary(1000 + number))
                good.append(f"w{number}")
                items.append((good[-1], witness, want))
        limits = DecodeLimits(seconds=options.seconds)
        answers, slow, last, peak = {}, [], time.monotonic(), 0.0
        start = last
        with DecodePool(limits, workers=1, read_pixels=options.parts) as pool:
            for key, seen in pool.look(items):
                now = time.monotonic()
                slow.append((now - last, str(paths[int(key)]) if key not in good else "witness"))
                last = now
                answers[key] = seen
                peak = max(peak, *(high_water(worker._process.pid) for worker in pool._workers), 0.0)
        reasons = Counter(
            "picture" if isinstance(seen, PictureFacts) else seen.reason.split(":")[0][:70]
            for key, seen in answers.items()
            if key not in good
        )
        lost = [key for key in good if not isinstance(answers.get(key), PictureFacts)]
        print(
            f"{len(paths)} hostile files, {len(good)} ordinary ones between them, one worker, {time.monotonic() - start:.0f} s"
        )
        print(f"answers: {len(answers)} of {len(items)}; ordinary pictures lost: {len(lost)}")
        print(
            f"peak resident memory of a worker: {peak:.0f} MiB (limit of its address space {limits.text_memory_mib if options.parts else limits.memory_mib} MiB)"
        )
        print(
            "slowest: "
            + ", ".join(f"{seconds:.1f} s {Path(name).name[:30]!a}" for seconds, name in sorted(slow, reverse=True)[:5])
        )
        print("\n| answer | files |\n|---|---|")
        for reason, count in reasons.most_common():
            print(f"| {reason} | {count} |")
        print("\n| own file | answer |\n|---|---|")
        for number, path in enumerate(paths):
            if path in own:
                seen = answers[str(number)]
                print(f"| {path.name[:40]!a} | {'picture' if isinstance(seen, PictureFacts) else seen.reason[:90]!a} |")
        if lost or len(answers) != len(items):
            raise SystemExit(1)


if __name__ == "__main__":
    main()
