"""Pictures are opened in processes of their own: what comes back, and what happens to those that do not behave."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter, PngImagePlugin

from curate import worker_environment
from curate.decode import DecodeLimits, DecodePool, DecodeUnavailable
from curate.finding import Check
from curate.picture import PictureFacts, TextLine, Undecoded
from curate.picture_cache import _unasked, look_parts
from curate.picture_facts import look_at
from curate.picture_opening import PixelLimits
from curate.pixel_parts import MAX_FRAMES, PixelReaders, not_asked_for
from curate.screen.reasons_ja import in_japanese
from tests.curate.fakes import image_id, png_bytes

LIMITS = PixelLimits(pixels=1_000_000, frames=50)
NOTHING: frozenset[Check] = frozenset()


def facts_of(data: bytes, **options: object) -> PictureFacts:
    seen = look_at(data, image_id("x"), LIMITS, **options)  # type: ignore[arg-type]
    assert isinstance(seen, PictureFacts), seen
    return seen


def refused(data: bytes, limits: PixelLimits = LIMITS) -> str:
    seen = look_at(data, image_id("x"), limits)
    assert isinstance(seen, Undecoded)
    assert seen.image_id == image_id("x")
    return seen.reason


def saved(picture: Image.Image, **save: object) -> bytes:
    import io

    buffer = io.BytesIO()
    picture.save(buffer, **{"format": "PNG", **save})  # type: ignore[arg-type]
    return buffer.getvalue()


# --- measures ----------------------------------------------------------------------------------------------------------


def test_format_is_what_the_bytes_are_and_size_is_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # stored lying on its side
    facts = facts_of(png_bytes(64, 48, file_format="JPEG", exif=exif))
    assert (facts.file_format, facts.width, facts.height) == ("JPEG", 48, 64)


def test_turned_copy_has_the_perceptual_hash_of_the_upright_one() -> None:
    picture = Image.open(__import__("io").BytesIO(png_bytes(256, 192)))
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = saved(picture.transpose(Image.Transpose.ROTATE_90), exif=exif)
    assert facts_of(turned).phash == facts_of(saved(picture)).phash


def test_blur_lowers_sharpness_and_blank_has_none() -> None:
    picture = Image.open(__import__("io").BytesIO(png_bytes(256, 192)))
    sharp, blurred = facts_of(saved(picture)), facts_of(saved(picture.filter(ImageFilter.GaussianBlur(4))))
    blank = facts_of(saved(Image.new("L", (90, 70), 255)))
    assert sharp.sharpness > 5 * blurred.sharpness > 0
    assert (blank.sharpness, blank.white_share, blank.entropy_bits, blank.luminance_std) == (0, 1, 0, 0)


def test_dark_share_and_colour_grid() -> None:
    picture = Image.new("RGB", (80, 80), (0, 0, 0))
    picture.paste((255, 0, 0), (0, 0, 80, 20))
    facts = facts_of(saved(picture))
    assert facts.dark_share == pytest.approx(0.75)
    assert len(facts.colour_grid) == 192
    assert facts.colour_grid[:3] == (1.0, 0.0, 0.0)
    assert facts.colour_grid[-3:] == (0.0, 0.0, 0.0)


def test_transparency_counts_as_white() -> None:
    clear = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    assert facts_of(saved(clear)).white_share == 1


def test_sixteen_bit_levels_are_scaled() -> None:
    levels = np.full((40, 40), 32768, dtype=np.uint16)
    assert facts_of(saved(Image.fromarray(levels))).luminance_mean == pytest.approx(127, abs=1)


def test_large_jpeg_is_measured_like_its_small_copy() -> None:
    small = Image.open(__import__("io").BytesIO(png_bytes(256, 192)))
    large = small.resize((1000, 750), Image.Resampling.BICUBIC)
    one, other = facts_of(saved(small, format="JPEG", quality=95)), facts_of(saved(large, format="JPEG", quality=95))
    assert (other.width, other.height) == (1000, 750)
    assert (int(one.phash, 16) ^ int(other.phash, 16)).bit_count() <= 6


# --- what the file says about itself -----------------------------------------------------------------------------------


def test_exif_names_and_gps_presence_but_not_the_place() -> None:
    exif = Image.Exif()
    exif[0x013B] = "Hanako Sato"
    exif.get_ifd(0x8825)[2] = (35.0, 40.0, 0.0)
    exif.get_ifd(0x8769)[0x9286] = b"UNICODE\x00" + "備考".encode("utf-16-be")  # the block is big-endian
    facts = facts_of(png_bytes(file_format="JPEG", exif=exif))
    assert facts.gps
    assert ("Artist", "Hanako Sato") in facts.exif
    assert ("UserComment", "備考") in facts.exif
    assert not any("35" in text for _, text in facts.exif)


def test_gps_block_that_states_nothing_is_not_a_place() -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8825)[0] = b"\x02\x03\x00\x00"
    assert not facts_of(png_bytes(file_format="JPEG", exif=exif)).gps


def test_png_text_and_xmp() -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", "T. Suzuki")
    texts.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>…</x:xmpmeta>")
    facts = facts_of(png_bytes(pnginfo=texts))
    assert facts.comments == (("Author", "T. Suzuki"),)
    assert facts.xmp == ("<x:xmpmeta>…</x:xmpmeta>",)


def test_packet_behind_the_picture_is_found() -> None:
    packet = b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">DMI</rdf:RDF>'
    assert facts_of(png_bytes(file_format="GIF") + packet).xmp == (packet.decode(),)


def test_xmp_that_is_too_long_is_named_not_cut() -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>" + "a" * (4 * 1024 * 1024) + "</x:xmpmeta>")
    facts = facts_of(png_bytes(pnginfo=texts))
    assert facts.xmp == ()
    assert any(part.startswith("xmp:") for part in facts.metadata_unread)


def test_iptc_from_jpeg() -> None:
    def dataset(number: int, text: bytes) -> bytes:
        return b"\x1c\x02" + bytes([number]) + len(text).to_bytes(2, "big") + text

    block = dataset(80, b"J. Doe") + dataset(116, "© 例".encode())
    resource = b"8BIM" + (0x0404).to_bytes(2, "big") + b"\0\0" + len(block).to_bytes(4, "big") + block
    segment = b"Photoshop 3.0\0" + resource + (b"\0" if len(block) % 2 else b"")
    jpeg = png_bytes(file_format="JPEG")
    data = jpeg[:2] + b"\xff\xed" + (len(segment) + 2).to_bytes(2, "big") + segment + jpeg[2:]
    assert facts_of(data).iptc == (("By-line", "J. Doe"), ("CopyrightNotice", "© 例"))


# --- files that do not behave ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "BMP", "TIFF", "WEBP"])
def test_truncated_files_are_not_pictures(file_format: str) -> None:
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 256, (90, 120, 3), dtype=np.uint8))
    data = saved(noise, format=file_format)
    facts_of(data)
    assert "cannot be read" in refused(data[: len(data) * 2 // 3])


@pytest.mark.parametrize(
    "data",
    [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%!PS-Adobe-3.0 EPSF-3.0\n", b"\0" * 100, b"file_name\n"],
)
def test_what_is_no_picture_format(data: bytes) -> None:
    assert "none of the picture formats" in refused(data)


@pytest.mark.parametrize(
    ("data", "english", "japanese"),
    [
        (b"", "the file is empty", "ファイルが空です"),
        (b"\xff\xd8\xff\xe0", "the file begins as JPEG and its header", "JPEGとして始まりますが"),
        (b"\0\0\0\x18ftypheic", "the file begins as HEIF and its header", "HEIFとして始まりますが"),
    ],
)
def test_a_file_without_a_picture_says_what_it_begins_as(data: bytes, english: str, japanese: str) -> None:
    reason = refused(data)
    assert reason.startswith(english)
    assert (in_japanese(reason) or "").startswith(japanese)


def test_pixel_limit_is_told_by_the_header() -> None:
    small = saved(Image.new("1", (8, 8)))
    header = small[:16] + (60_000).to_bytes(4, "big") * 2 + small[24:29]
    import zlib

    data = header + zlib.crc32(header[12:29]).to_bytes(4, "big") + small[33:]
    started = time.perf_counter()
    assert "expected at most 1000000 pixels" in refused(data)
    assert time.perf_counter() - started < 1  # 3.6 gigapixels were not decoded


def test_frame_limit() -> None:
    frames = [Image.new("L", (8, 8), shade) for shade in range(5)]
    data = saved(frames[0], format="GIF", save_all=True, append_images=frames[1:])
    assert facts_of(data).frames == 5
    assert "at most 3 pictures" in refused(data, PixelLimits(pixels=1_000_000, frames=3))


def test_text_is_read_in_every_frame_upright_and_too_many_frames_leave_it_unscreened() -> None:
    def stack(count: int) -> bytes:
        frames = [Image.new("L", (8, 6), 20 * shade) for shade in range(count)]
        return saved(frames[0], format="TIFF", save_all=True, append_images=frames[1:])

    seen: list[tuple[int, ...]] = []

    def read(rgb: np.ndarray) -> tuple[TextLine, ...]:
        seen.append(rgb.shape)
        return (TextLine(f"line {len(seen)}", 1.0, (0, 0, 1, 1)),)

    facts = facts_of(stack(3), readers=PixelReaders(text=read))
    assert seen == [(6, 8, 3)] * 3
    assert facts.text_lines is not None and len(facts.text_lines) == 3
    many = facts_of(stack(MAX_FRAMES + 1), readers=PixelReaders(text=read))
    assert many.text_lines is None and many.text_unscreened is not None


def test_reader_of_text_that_fails_leaves_the_picture_and_says_so() -> None:
    def read(rgb: np.ndarray) -> tuple[TextLine, ...]:
        raise RuntimeError("no model")

    facts = facts_of(png_bytes(), readers=PixelReaders(text=read))
    assert facts.text_lines is None
    assert facts.text_unscreened == "the text reader stopped: RuntimeError: no model"


# --- the pool ----------------------------------------------------------------------------------------------------------


def test_pool_answers_once_for_every_file(tmp_path: Path) -> None:
    items = []
    for number in range(7):
        path = tmp_path / f"{number}.png"
        path.write_bytes(png_bytes(seed=number) if number != 3 else b"no picture")
        items.append((number, path, NOTHING))
    os.mkfifo(tmp_path / "pipe.png")
    items += [
        ("pipe", tmp_path / "pipe.png", NOTHING),
        ("gone", tmp_path / "gone.png", NOTHING),
        ("dir", tmp_path, NOTHING),
    ]
    with DecodePool(DecodeLimits(), workers=2) as pool:
        answers = list(pool.look(items))
    seen = dict(answers)
    assert len(answers) == len(seen) == len(items)
    assert {key for key, one in seen.items() if isinstance(one, Undecoded)} == {3, "pipe", "gone", "dir"}
    for number in (0, 3):
        assert seen[number].image_id == hashlib.sha256((tmp_path / f"{number}.png").read_bytes()).hexdigest()
    assert seen["gone"].image_id is None


def test_file_above_the_limit_is_hashed_but_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    path.write_bytes(png_bytes(400, 300) + b"\0" * 200_000)
    with DecodePool(DecodeLimits(file_bytes=100_000), workers=1) as pool:
        ((_, seen),) = pool.look([("large", path, NOTHING)])
    assert isinstance(seen, Undecoded)
    assert seen.image_id == hashlib.sha256(path.read_bytes()).hexdigest()
    assert "at most 100000 bytes" in seen.reason


# A stand-in for curate.decode_worker that behaves as the name of the file says: the real pool, the real protocol.
MISBEHAVING = """
import json, os, sys, time
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    name = os.path.basename(request["path"])
    if "hang" in name and (request["want"] or "text" not in name):
        time.sleep(60)
    if "die" in name:
        os._exit(3)
    if "kill" in name:
        os.kill(os.getpid(), 9)
    if "chatter" in name:
        print("not json", flush=True)
        continue
    if "shape" in name:
        print(json.dumps({"facts": {"image_id": 5}}), flush=True)
        continue
    facts = json.loads(os.environ["FACTS"])
    print(json.dumps({"facts": facts}), flush=True)
"""


@pytest.fixture
def misbehaving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import json

    from curate.canonical import to_json
    from tests.curate.fakes import make_picture_facts

    (tmp_path / "world" / "curate").mkdir(parents=True)
    (tmp_path / "world" / "curate" / "__init__.py").write_text("")
    (tmp_path / "world" / "curate" / "decode_worker.py").write_text(MISBEHAVING)
    monkeypatch.setattr(worker_environment, "_ROOT", tmp_path / "world")
    facts = make_picture_facts(text_lines=None, text_unscreened="text in the pixels was not asked for")
    monkeypatch.setenv("FACTS", json.dumps(to_json(facts)))


@pytest.mark.parametrize("trouble", ["hang", "die", "kill", "chatter", "shape"])
def test_worker_that_fails_costs_one_picture(misbehaving: None, trouble: str) -> None:
    names = ["a.png", "b.png", f"{trouble}.png", "c.png", "d.png", "e.png"]
    with DecodePool(DecodeLimits(seconds=0.5), workers=2) as pool:
        seen = dict(pool.look((name, Path(name), NOTHING) for name in names))
    assert set(seen) == set(names)
    assert [name for name, one in seen.items() if isinstance(one, Undecoded)] == [f"{trouble}.png"]
    bad = seen[f"{trouble}.png"]
    assert isinstance(bad, Undecoded)
    assert ("longer than 0.5 seconds" in bad.reason) == (trouble == "hang")


def test_hanging_text_reader_costs_the_text_not_the_picture(misbehaving: None) -> None:
    with DecodePool(DecodeLimits(text_seconds=0.5), workers=1, read_pixels=True) as pool:
        ((_, seen),) = pool.look([("x", Path("text-hang.png"), frozenset({Check.PIXEL_TEXT, Check.PIXEL_FACES}))])
    assert isinstance(seen, PictureFacts)
    why = "looking into the pixels failed: took longer than 0.5 seconds"
    assert seen.text_lines is None and seen.text_unscreened == why
    assert seen.faces is None and seen.faces_unscreened == why
    assert seen.codes_unscreened != why


def test_whoever_stops_listening_gets_no_stale_answers(misbehaving: None) -> None:
    with DecodePool(DecodeLimits(), workers=2) as pool:
        first = pool.look((name, Path(name), NOTHING) for name in ("a.png", "b.png", "c.png"))
        next(first)
        first.close()
        assert [key for key, _ in pool.look([("later", Path("d.png"), NOTHING)])] == ["later"]


def test_worker_that_never_starts_is_an_error_of_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "curate").mkdir()
    (tmp_path / "curate" / "__init__.py").write_text("raise ImportError('Pillow is not installed')")
    monkeypatch.setattr(worker_environment, "_ROOT", tmp_path)
    with (
        DecodePool(DecodeLimits(), workers=1) as pool,
        pytest.raises(DecodeUnavailable, match="Pillow is not installed"),
    ):
        list(pool.look([("x", tmp_path / "x.png", NOTHING)]))


def test_memory_limit_is_the_picture_s_problem(tmp_path: Path) -> None:
    path = tmp_path / "wide.png"
    path.write_bytes(saved(Image.new("RGBA", (7000, 7000), (9, 9, 9, 128)), compress_level=1))
    with DecodePool(DecodeLimits(memory_mib=500), workers=1) as pool:
        seen = dict(pool.look([("wide", path, NOTHING), ("next", _ordinary(tmp_path), NOTHING)]))
    assert isinstance(seen["wide"], Undecoded)
    assert isinstance(seen["next"], PictureFacts)


def _ordinary(folder: Path) -> Path:
    path = folder / "ordinary.png"
    path.write_bytes(png_bytes())
    return path


def test_worker_does_not_import_from_where_the_user_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('imported from the working folder')")
    path = _ordinary(tmp_path)
    monkeypatch.chdir(tmp_path)
    with DecodePool(DecodeLimits(), workers=1) as pool:
        ((_, seen),) = pool.look([("x", Path(path.name), NOTHING)])
    assert isinstance(seen, PictureFacts)


def test_what_nobody_asked_for_is_said_in_the_same_words_by_a_look_and_by_the_cache() -> None:
    facts = facts_of(png_bytes())
    part = next(part for part in look_parts() if part.check is Check.PIXEL_TEXT)
    assert facts.text_unscreened == not_asked_for(Check.PIXEL_TEXT) == _unasked(part)["text_unscreened"]
