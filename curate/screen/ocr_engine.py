"""The OCR engine: places of text in a picture, and what is written in a strip cut out of it.

RapidOCR with PP-OCRv6 small (Apache-2.0) and the models that travel in its wheel. The only module that imports rapidocr.
Nothing is downloaded: the paths of the two models are given, and a wheel without them makes the engine unavailable. The
angle classifier is not used: on the picture kinds of this product it turns good lines over and drops them.
"""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from curate.errors import ExitCode, ImprimaturError

DETECTION_MODEL = "PP-OCRv6_det_small.onnx"
RECOGNITION_MODEL = "PP-OCRv6_rec_small.onnx"
SHORTEST_SIDE = 480  # pixels; a smaller picture is enlarged before places are looked for, so that 10 px letters count
LONGEST_ENLARGED = 2000  # pixels; a strip so thin that enlarging it would pass this gets a margin instead
FAINTEST_PLACE = 0.35  # in [0, 1]; a letter alone in a ring is just above it
NARROWEST_STRIP = 96  # pixels at the reading height of 48; narrower strips are padded

Rgb = NDArray[np.uint8]  # shape (height, width, 3), channels red, green, blue
Corners = NDArray[np.float64]  # shape (4, 2), x and y in pixels


class Engine(Protocol):
    """What `TextEngine` does, and a stand-in for tests."""

    def places(self, rgb: Rgb) -> list[Corners]: ...
    def texts(self, strips: Sequence[Rgb]) -> list[tuple[str, float]]: ...


class TextReaderUnavailableError(ImprimaturError):
    """The OCR engine or its models are not installed."""

    code = "IMP-E260"
    exit_code = ExitCode.UNAVAILABLE


class TextReadError(ImprimaturError):
    """The OCR engine broke off on this picture."""

    code = "IMP-E261"
    exit_code = ExitCode.UNAVAILABLE


def model_folder() -> Path | None:
    spec = importlib.util.find_spec("rapidocr")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations))) / "models"


def missing() -> str | None:
    """Why nothing can be read here, or None if everything is installed. Imports nothing heavy."""
    folder = model_folder()
    if folder is None:
        return "rapidocr is not installed"
    for module in ("onnxruntime", "cv2"):
        if importlib.util.find_spec(module) is None:
            return f"{module} is not installed"
    for model in (DETECTION_MODEL, RECOGNITION_MODEL):
        if not (folder / model).is_file():
            return f"the installed rapidocr carries no {model}"
    return None


@cache
def engine_version() -> str:
    return version("rapidocr") if model_folder() is not None else "absent"


class TextEngine:
    """Both models, loaded on construction (about a second), on one thread.

    Raises:
        TextReaderUnavailableError: the `vision` extra is not installed.
    """

    def __init__(self) -> None:
        reason, folder = missing(), model_folder()
        if reason is not None or folder is None:
            raise TextReaderUnavailableError(
                f"expected an OCR engine to read the pixels, found none: {reason}",
                hint="pip install 'imprimatur[vision]', then imprimatur doctor",
            )
        import cv2
        from rapidocr import RapidOCR
        from rapidocr.ch_ppocr_det import TextDetector
        from rapidocr.ch_ppocr_rec import TextRecInput, TextRecognizer

        cv2.setNumThreads(1)
        settings = RapidOCR(
            params={
                "Global.log_level": "critical",
                "EngineConfig.onnxruntime.intra_op_num_threads": 1,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
                "Det.model_path": str(folder / DETECTION_MODEL),
                "Det.limit_side_len": SHORTEST_SIDE,
                "Det.box_thresh": FAINTEST_PLACE,
                "Rec.model_path": str(folder / RECOGNITION_MODEL),
                "Rec.rec_img_shape": [3, 48, NARROWEST_STRIP],
                # Strips of one batch are padded to the longest: on a CPU one at a time is faster.
                "Rec.rec_batch_num": 1,
            }
        ).cfg
        logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
        for part in (settings.Det, settings.Rec):
            part.engine_cfg = settings.EngineConfig[part.engine_type.value]
        settings.Rec.font_path = None
        self._detector: Any = TextDetector(settings.Det)
        self._recognizer: Any = TextRecognizer(settings.Rec)
        self._strips: Any = TextRecInput

    def places(self, rgb: Rgb) -> list[Corners]:
        """Rectangles around lines of text, at any angle; corners in no particular order.

        Raises:
            TextReadError: the engine broke off.
        """
        padded, left, top = with_margin(rgb)
        boxes = _guarded(self._detector, _blue_first(padded)).boxes
        if boxes is None:
            return []
        high, wide = rgb.shape[:2]
        corners = [np.asarray(box, dtype=np.float64) - (left, top) for box in boxes]
        return [box for box in corners if 0 <= box[:, 0].mean() < wide and 0 <= box[:, 1].mean() < high]

    def texts(self, strips: Sequence[Rgb]) -> list[tuple[str, float]]:
        """Text and confidence in [0, 1] of strips that each hold one line, level, reading to the right.

        Columns of Japanese letters are read when they lie on their side, top to the left.

        Raises:
            TextReadError: the engine broke off, or gave no text for a strip.
        """
        if not strips:
            return []
        read = _guarded(self._recognizer, self._strips(img=[_blue_first(strip) for strip in strips]))
        texts, scores = read.txts, read.scores
        if texts is None or scores is None or not len(texts) == len(scores) == len(strips):
            raise TextReadError(
                "expected a text for each place that looks like text, the OCR engine gave none",
                hint="imprimatur doctor shows the installed OCR engine; the picture stays unscreened",
            )
        return [(str(text), min(1.0, max(0.0, float(score)))) for text, score in zip(texts, scores, strict=True)]


def with_margin(rgb: Rgb) -> tuple[Rgb, int, int]:
    """The picture, a very wide or tall one with a margin of its edge's colour; pixels put to the left of it and above.

    The engine enlarges until the shorter side has `SHORTEST_SIDE` pixels: a strip of 1600 x 20 would become 18 megapixels
    with letters that no longer look like any.
    """
    high, wide = rgb.shape[:2]
    least = min(SHORTEST_SIDE, -(-max(high, wide) * SHORTEST_SIDE // LONGEST_ENLARGED))
    more_high, more_wide = max(0, least - high), max(0, least - wide)
    if not (more_high or more_wide):
        return rgb, 0, 0
    edge = np.concatenate([rgb[0], rgb[-1], rgb[:, 0], rgb[:, -1]])
    padded = np.empty((high + more_high, wide + more_wide, 3), dtype=np.uint8)
    padded[:] = np.median(edge, axis=0).astype(np.uint8)
    left, top = more_wide // 2, more_high // 2
    padded[top : top + high, left : left + wide] = rgb
    return padded, left, top


def _blue_first(rgb: Rgb) -> Rgb:
    return np.ascontiguousarray(rgb[:, :, ::-1])


def _guarded(call: Any, argument: object) -> Any:
    try:
        return call(argument)
    except MemoryError:
        raise
    except Exception as error:  # the engine raises many foreign types; all of them mean "not read"
        raise TextReadError(
            f"expected lines of text, the OCR engine stopped with {type(error).__name__}",
            hint="imprimatur doctor shows the installed OCR engine; the picture stays unscreened",
        ) from error
