"""Number plates drawn for measuring, laid into photographs: Japanese ones of four colours.

Layout after 自動車登録規則 (330 x 165 mm: place and class above, kana and serial below) with an ordinary gothic font: real
plates have letters of their own. Numbers are drawn at random.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Rgb = NDArray[np.uint8]
MM = 2  # pixels per millimetre of the drawing

# Ground and letters; private, light, commercial, light commercial (道路運送車両法施行規則).
COLOURS = {
    "white": ((240, 240, 236), (20, 84, 52)),
    "yellow": ((246, 200, 40), (24, 24, 24)),
    "green": ((26, 96, 66), (240, 240, 236)),
    "black": ((26, 26, 28), (240, 196, 40)),
}
PLACES = ("品川", "横浜", "なにわ", "名古屋", "札幌", "神戸", "広島", "福岡", "大宮", "つくば", "岡山", "富士山")
KANA = "さすせそたちつてとなにぬねのはひふほまみむめもやゆらりるろあいうえかきくけこをれわ"
BODY = ((28, 28, 30), (235, 235, 235), (160, 164, 168), (120, 20, 24), (30, 52, 110), (196, 188, 170))


@dataclass(frozen=True, slots=True)
class Scene:
    """`corners`: shape (4, 2), pixels; `width`: mean of the upper and lower edge, pixels."""

    picture: Rgb
    corners: NDArray[np.float64]
    width: float
    kind: str


def japanese(rng: np.random.Generator, kind: str, font: Path) -> Image.Image:
    ground, ink = COLOURS[kind]
    plate = Image.new("RGB", (330 * MM, 165 * MM), ground)
    pen = ImageDraw.Draw(plate)
    pen.rounded_rectangle((3, 3, 330 * MM - 4, 165 * MM - 4), 16, outline=tuple(int(0.85 * c) for c in ground), width=6)
    for x in (80, 250):  # bolts
        pen.ellipse((x * MM - 7, 14 * MM - 7, x * MM + 7, 14 * MM + 7), fill=(170, 170, 170))
    number = str(rng.integers(300, 600)) if rng.random() < 0.85 else f"{rng.integers(3, 6)}{rng.integers(0, 9)}A"
    upper = f"{rng.choice(PLACES)} {number}"
    pen.text((165 * MM, 40 * MM), upper, font=ImageFont.truetype(str(font), 44 * MM), fill=ink, anchor="mm")
    pen.text((38 * MM, 108 * MM), str(rng.choice(list(KANA))), font=ImageFont.truetype(str(font), 42 * MM), fill=ink, anchor="mm")  # fmt: skip
    serial = int(rng.integers(1000, 10000)) if rng.random() < 0.8 else int(rng.integers(1, 1000))
    digits = f"{serial:4d}".replace(" ", "・")
    for centre, digit in zip((92, 148, 224, 280), digits, strict=True):
        _digit(plate, (centre * MM, 108 * MM), digit, font, ink)
    if serial >= 1000:
        pen.rectangle((179 * MM, 105 * MM, 193 * MM, 112 * MM), fill=ink)
    return plate


def _digit(plate: Image.Image, middle: tuple[int, int], digit: str, font: Path, ink: tuple[int, int, int]) -> None:
    """A digit of 40 x 80 mm, strokes 11 mm; a dot of 15 mm."""
    if digit == "・":
        dot = 15 * MM // 2
        ImageDraw.Draw(plate).ellipse((middle[0] - dot, middle[1] - dot, middle[0] + dot, middle[1] + dot), fill=ink)
        return
    drawn = Image.new("L", (200 * MM, 200 * MM), 0)
    large = ImageFont.truetype(str(font), 110 * MM)
    ImageDraw.Draw(drawn).text((100 * MM, 100 * MM), digit, font=large, fill=255, anchor="mm", stroke_width=2 * MM)
    cut = drawn.crop(drawn.getbbox())
    cut = cut.resize(((18 if digit == "1" else 40) * MM, 80 * MM), Image.Resampling.LANCZOS)
    corner = middle[0] - cut.width // 2, middle[1] - cut.height // 2
    plate.paste(Image.new("RGB", cut.size, ink), corner, cut)


def scene(rng: np.random.Generator, ground: Rgb, font: Path, kind: str, width: float) -> Scene:
    """A photograph with a plate of about `width` pixels on a patch of car body: perspective, light, blur, noise, JPEG."""
    plate = np.asarray(japanese(rng, kind, font))
    high, wide = plate.shape[:2]
    body = np.full((high * 3, wide * 2, 3), BODY[int(rng.integers(len(BODY)))], np.float64)
    body *= np.linspace(rng.uniform(0.7, 1.0), rng.uniform(0.9, 1.15), body.shape[0])[:, None, None]
    top, left = high, wide // 2
    body = np.clip(body, 0, 255)
    body[top - 14 : top, left - 10 : left + wide + 10] *= 0.6  # the shadow of the rim
    body[top : top + high, left : left + wide] = plate
    patch = body.astype(np.uint8)
    scale = width / wide
    size = np.array([patch.shape[1], patch.shape[0]]) * scale
    quad = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], float) * size - size / 2
    quad[:, 0] *= rng.uniform(0.8, 1.0)
    quad[:, 1] += quad[:, 0] * rng.uniform(-0.12, 0.12)
    turn = np.deg2rad(rng.uniform(-6, 6))
    quad = quad @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    quad += rng.normal(0, 0.012 * size.max(), (4, 2))
    reach = np.abs(quad).max(axis=0) + 2
    room = np.array([ground.shape[1], ground.shape[0]])
    quad += np.array([rng.uniform(min(r, n / 2), max(n - r, n / 2)) for r, n in zip(reach, room, strict=True)])
    source = np.array([[0, 0], [patch.shape[1], 0], [patch.shape[1], patch.shape[0]], [0, patch.shape[0]]], np.float32)
    warp = cv2.getPerspectiveTransform(source, quad.astype(np.float32))
    soft = cv2.GaussianBlur(patch, (0, 0), max(0.01, 0.35 / scale))  # what a lens does before pixels are counted
    laid = cv2.warpPerspective(soft, warp, tuple(int(v) for v in room), flags=cv2.INTER_LINEAR).astype(np.float64)
    mask = cv2.warpPerspective(np.full(patch.shape[:2], 255, np.uint8), warp, tuple(int(v) for v in room)) / 255.0
    picture = ground * (1 - mask[..., None]) + laid * mask[..., None]
    picture *= rng.uniform(0.6, 1.1)
    picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.3, 1.0) * min(1.5, width / 100 + 0.3)))
    picture = picture + rng.normal(0, rng.uniform(1, 6), picture.shape)
    _, packed = cv2.imencode(".jpg", np.clip(picture, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(70, 96))])  # fmt: skip
    corners = np.array([[left, top], [left + wide, top], [left + wide, top + high], [left, top + high]], np.float64)
    placed = cv2.perspectiveTransform(corners[None].astype(np.float32), warp)[0].astype(np.float64)
    edge = (np.hypot(*(placed[1] - placed[0])) + np.hypot(*(placed[2] - placed[3]))) / 2
    return Scene(np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8), placed, float(edge), kind)
