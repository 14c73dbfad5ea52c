"""Codes drawn here, shown to the real reader: small, soft, inverted, turned, creased, damaged; and what is no code."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from curate.screen.code_flatten import flattened, known_modules
from curate.screen.codes import CodeReader

zxingcpp = pytest.importorskip("zxingcpp")
cv2 = pytest.importorskip("cv2")
READER = CodeReader()
TEXT = "https://example.com/parts/KD-21-04A"


def code(text: str = TEXT, symbology: str = "QRCode", scale: int = 6) -> Image.Image:
    made = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, symbology))
    return Image.fromarray(np.asarray(made.to_image(scale=scale, add_quiet_zones=True))).convert("L")


def seen(picture: Image.Image) -> list[tuple[str, str, str | None]]:
    rgb = np.asarray(picture.convert("RGB"))
    return [(found.symbology, found.text, found.trouble) for found in READER.read(rgb)]


@pytest.mark.parametrize("symbology", ["QRCode", "DataMatrix", "Aztec", "PDF417", "Code128", "RMQRCode"])
def test_a_clean_code_is_read(symbology: str) -> None:
    assert seen(code("KD-21-04A", symbology)) == [(symbology, "KD-21-04A", None)]


def test_a_code_for_goods_is_known_as_such() -> None:
    assert seen(code("4912345678904", "EAN13")) == [("EAN13", "4912345678904", None)]


def small_and_soft(picture: Image.Image) -> Image.Image:
    small = picture.resize((picture.width * 13 // 60, picture.height * 13 // 60), Image.Resampling.BOX)
    return small.filter(ImageFilter.GaussianBlur(0.55))


def flat_and_dark(picture: Image.Image) -> Image.Image:
    return picture.point(lambda level: 60 + level // 10)


def inverted(picture: Image.Image) -> Image.Image:
    return Image.eval(picture, lambda level: 255 - level)


def turned(picture: Image.Image) -> Image.Image:
    return picture.rotate(37, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)


@pytest.mark.parametrize("change", [small_and_soft, flat_and_dark, inverted, turned])
def test_a_code_is_read_however_it_is_shown(change: object) -> None:
    assert callable(change)
    assert seen(change(code())) == [("QRCode", TEXT, None)]


def test_a_linear_code_between_the_lines_is_read() -> None:
    slanted = code("KD-21-04A", "Code128").rotate(45, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)
    assert seen(slanted) == [("Code128", "KD-21-04A", None)]


def test_several_codes_and_their_boxes() -> None:
    sheet = Image.new("L", (700, 400), 255)
    sheet.paste(code("one"), (20, 30))
    sheet.paste(code("two"), (450, 150))
    found = READER.read(np.asarray(sheet.convert("RGB")))
    assert [item.text for item in found] == ["one", "two"]
    x, y, width, height = found[1].box
    assert 450 < x < x + width < 450 + code("two").width and 150 < y < y + height < 400


def test_a_small_code_beside_a_large_one_is_read_too() -> None:
    small = small_and_soft(code())
    assert not any(found.valid for found in zxingcpp.read_barcodes(np.asarray(small))), "one that needs a closer look"
    label = Image.new("L", (420, 260), 255)
    label.paste(code("4912345678904", "EAN13", scale=2), (10, 10))
    label.paste(small, (300, 150))
    assert {found[1] for found in seen(label)} == {"4912345678904", TEXT}


def creased(picture: Image.Image, depth: float) -> Image.Image:
    """Every pixel moved by waves, as on cloth: no plane has this shape."""
    wide = np.pad(np.asarray(picture), 40, constant_values=255)
    rows, columns = np.mgrid[: wide.shape[0], : wide.shape[1]].astype(np.float32)
    span = picture.width
    moved_x = columns + depth * np.sin(2 * np.pi * rows / span + 0.5)
    moved_y = rows + depth * np.sin(2 * np.pi * columns / span)
    moved = cv2.remap(wide, moved_x.astype(np.float32), moved_y.astype(np.float32), cv2.INTER_LINEAR, borderValue=255)
    return Image.fromarray(moved)


def test_a_creased_code_is_laid_flat() -> None:
    picture = creased(code(scale=8), 7)
    plain = zxingcpp.read_barcodes(np.asarray(picture), return_errors=True)
    assert not any(found.valid for found in plain), "the crease has to be one that the reader alone cannot take"
    assert seen(picture) == [("QRCode", TEXT, None)]


def test_flattening_a_flat_code_gives_it_back() -> None:
    picture = np.asarray(code(scale=5))
    found = zxingcpp.read_barcodes(picture)[0]
    names = ("top_left", "top_right", "bottom_right", "bottom_left")
    square = np.array([(corner.x, corner.y) for corner in (getattr(found.position, name) for name in names)], float)
    clean = next(flattened(picture, square, int(found.extra["Version"])))
    assert zxingcpp.read_barcodes(clean)[0].text == TEXT


def test_known_modules_are_those_of_a_real_code() -> None:
    picture = np.asarray(
        zxingcpp.create_barcode(TEXT, zxingcpp.BarcodeFormat.QRCode).to_image(scale=1, add_quiet_zones=False)
    )
    side = picture.shape[0]
    known = known_modules(side).reshape(side, side)
    assert np.array_equal(picture[known < 0], np.zeros((known < 0).sum()))
    assert (picture[known > 0] > 0).all()


def test_a_code_that_is_damaged_beyond_repair_is_reported_and_not_read() -> None:
    picture = np.array(code(scale=6))
    middle = slice(picture.shape[0] * 9 // 20, picture.shape[0] * 7 // 10)
    noise = np.random.default_rng(3).integers(0, 2, (picture.shape[0] // 6 + 1, picture.shape[1] // 6 + 1)) * 255
    picture[middle, 70:] = np.kron(noise, np.ones((6, 6)))[: picture.shape[0], : picture.shape[1]][middle, 70:]
    ((symbology, text, trouble),) = seen(Image.fromarray(picture))
    assert (symbology, text) == ("QRCode", "") and trouble is not None


def _noise(seed: int) -> NDArray[np.uint8]:
    coarse = np.random.default_rng(seed).integers(0, 256, (60, 80, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(coarse).resize((320, 240), Image.Resampling.BICUBIC))


@pytest.mark.parametrize("seed", range(4))
def test_texture_is_no_code(seed: int) -> None:
    assert READER.read(_noise(seed)) == ()


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (3, 3), (20, 2)])
def test_tiny_pictures_hold_no_code(size: tuple[int, int]) -> None:
    assert READER.read(np.zeros((*size, 3), np.uint8)) == ()
