"""CenterFace: its maps decoded, one box a face, the second look, the network at any size; and a real face (slow)."""

from __future__ import annotations

from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from curate.screen.faces import (
    CLOSE_SIDE,
    INSTALL,
    OVERLAP,
    STRIDE,
    USUAL_SIDE,
    FaceDetector,
    FaceDetectorUnavailableError,
    decoded,
    distinct,
)


class World:
    """A network that sees a face wherever a pixel is pure red: as wide and as high as `size` pixels of what it is shown."""

    def __init__(self, size: float, score: float = 0.9) -> None:
        self.size, self.score = size, score
        self.shown: list[tuple[int, int]] = []

    def run(self, outputs: list[str], given: dict[str, Any]) -> list[np.ndarray]:
        ((_, canvas),) = given.items()
        assert canvas.dtype == np.float32 and canvas.shape[0] == 1 and canvas.shape[1] == 3
        height, width = canvas.shape[2:]
        assert height % 32 == 0 and width % 32 == 0
        self.shown.append((height, width))
        heat = np.zeros((1, 1, height // STRIDE, width // STRIDE), np.float32)
        red = (canvas[0, 0] > 250) & (canvas[0, 1] < 5)
        for row, column in np.argwhere(red):
            heat[0, 0, row // STRIDE, column // STRIDE] = self.score
        scale = np.full((1, 2, *heat.shape[2:]), np.log(self.size / STRIDE), np.float32)
        return [heat, scale, np.zeros_like(scale)]


def detector(world: World) -> FaceDetector:
    made = FaceDetector()
    made._session = world
    return made


def picture(width: int, height: int, *at: tuple[int, int]) -> np.ndarray:
    rgb = np.full((height, width, 3), 90, np.uint8)
    for x, y in at:
        rgb[y, x] = (255, 0, 0)
    return rgb


def test_the_maps_are_decoded_as_the_paper_says() -> None:
    heat = np.zeros((10, 12), np.float32)
    heat[3, 5] = 0.8
    scale, offset = np.zeros((2, 10, 12), np.float32), np.zeros((2, 10, 12), np.float32)
    scale[:, 3, 5] = np.log((10, 6))  # 40 pixels high, 24 wide
    offset[:, 3, 5] = (0.25, -0.25)  # down, right
    ((left, top, right, bottom, score),) = decoded(heat, scale, offset, 0.5)
    assert (right - left, bottom - top) == pytest.approx((24, 40))
    assert ((left + right) / 2, (top + bottom) / 2) == pytest.approx((4 * (5 + 0.5 - 0.25), 4 * (3 + 0.5 + 0.25)))
    assert score == pytest.approx(0.8)


@given(st.lists(st.tuples(*[st.integers(0, 60)] * 2, *[st.integers(4, 40)] * 2, st.floats(0.1, 1)), max_size=12))
def test_boxes_that_stay_are_apart_and_every_other_one_overlaps_a_surer_one(raw: list[tuple[float, ...]]) -> None:
    boxes = np.array([(x, y, x + w, y + h, s) for x, y, w, h, s in raw], np.float32).reshape(-1, 5)
    kept = distinct(boxes)

    def iou(a: np.ndarray, b: np.ndarray) -> float:
        shared = max(0, min(a[2], b[2]) - max(a[0], b[0])) * max(0, min(a[3], b[3]) - max(a[1], b[1]))
        return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)

    for i, one in enumerate(kept):
        assert all(iou(one, other) <= OVERLAP + 1e-6 for other in kept[i + 1 :])
    for box in boxes:
        assert any(iou(box, stays) > OVERLAP - 1e-6 and stays[4] >= box[4] for stays in kept)


def test_a_face_is_found_in_pixels_of_the_picture() -> None:
    (face,) = detector(World(size=40)).find(picture(500, 300, (250, 120)))
    x, y, width, height = face.box
    assert abs(x + width / 2 - 250) <= 4 and abs(y + height / 2 - 120) <= 4
    assert face.score == pytest.approx(0.9, abs=1e-3)


def test_nothing_found_is_one_look_and_a_hint_makes_a_closer_one() -> None:
    empty = World(size=40)
    assert detector(empty).find(picture(500, 300)) == ()
    assert empty.shown == [(320, 512)]
    hint = World(size=40, score=0.4)
    assert detector(hint).find(picture(500, 300, (250, 120))) == ()
    assert hint.shown == [(320, 512), (608, 1024)]


def test_a_large_picture_is_reduced() -> None:
    world = World(size=40)
    rgb = picture(3000, 1500)
    rgb[740:760, 1490:1510] = (255, 0, 0)
    faces = detector(world).find(rgb)
    assert [max(shape) for shape in world.shown] == [USUAL_SIDE, CLOSE_SIDE]
    assert faces and all(abs(face.box[0] + face.box[2] / 2 - 1500) < 30 for face in faces)


def test_boxes_stay_inside_the_picture() -> None:
    (face,) = detector(World(size=90)).find(picture(100, 64, (98, 2)))
    x, y, width, height = face.box
    assert x >= 0 and y >= 0 and x + width <= 100 and y + height <= 64


def test_without_the_network_nothing_is_looked_for_and_the_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("curate.screen.faces._network_file", lambda: None)
    assert FaceDetector.missing() is not None and FaceDetector.engine_version() == "absent"
    with pytest.raises(FaceDetectorUnavailableError) as raised:
        FaceDetector().find(picture(64, 64))
    assert INSTALL in (raised.value.hint or "")


def test_the_network_takes_pictures_of_any_size_and_sees_nothing_in_a_blank_one() -> None:
    assert FaceDetector.missing() is None, f"this environment lacks the network: {INSTALL}"
    found = FaceDetector()
    for width, height in ((200, 90), (33, 129), (1, 1)):
        assert found.find(np.full((height, width, 3), 200, np.uint8)) == ()


@pytest.mark.slow
@pytest.mark.parametrize("quarter_turns", [0, 1, 2, 3])
def test_a_real_face_is_found_whichever_way_it_is_held(quarter_turns: int) -> None:
    """The portrait of Eileen Collins (NASA, public domain) that scikit-image carries."""
    (file,) = (f for f in distribution("scikit-image").files or [] if f.name == "astronaut.png")
    rgb = np.asarray(Image.open(Path(str(file.locate()))).convert("RGB"))
    (face,) = FaceDetector().find(np.ascontiguousarray(np.rot90(rgb, quarter_turns)))
    marked = np.zeros(rgb.shape[:2], bool)
    marked[70:165, 185:265] = True  # by eye
    marked = np.rot90(marked, quarter_turns)
    x, y, width, height = face.box
    assert marked[y : y + height, x : x + width].sum() / marked.sum() > 0.7
