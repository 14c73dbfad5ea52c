"""Text in the pixels, read by RapidOCR (PP-OCRv6 small, Apache-2.0) with the models that travel in its wheel.

The only module that imports rapidocr or cv2. Nothing is downloaded: the paths of the two models are given, and a wheel
without them makes the reader unavailable. Whoever calls this and gets an error has an unread picture, not a clean one.
"""

from __future__ import annotations

import importlib.util
import logging
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from curate.errors import ExitCode, ImprimaturError
from curate.picture import TextLine

DETECTION_MODEL = "PP-OCRv6_det_small.onnx"
RECOGNITION_MODEL = "PP-OCRv6_rec_small.onnx"
LONGEST_SIDE = 2000  # pixels; a larger picture is reduced before reading, letters below ~10 px then are lost


class TextReaderUnavailableError(ImprimaturError):
    """The OCR engine or its models are not installed."""

    code = "IMP-E260"
    exit_code = ExitCode.UNAVAILABLE


class TextReadError(ImprimaturError):
    """The OCR engine broke off on this picture."""

    code = "IMP-E261"
    exit_code = ExitCode.UNAVAILABLE


def _model_folder() -> Path | None:
    spec = importlib.util.find_spec("rapidocr")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations))) / "models"


class TextReader:
    """Reads lines of Japanese and Latin text. The engine loads on the first `read` (about a second); one thread.

    The angle classifier stays off: on the picture kinds of this product it turns good lines over and drops them.
    Text turned by more than about 30 degrees, and handwriting, are not read reliably.
    """

    name: ClassVar[str] = "rapidocr"
    licence: ClassVar[str] = "Apache-2.0 (engine and PP-OCRv6 models)"

    def __init__(self) -> None:
        self._engine: Any = None

    @staticmethod
    def missing() -> str | None:
        """Why nothing can be read here, or None if everything is installed. Imports nothing heavy."""
        folder = _model_folder()
        if folder is None:
            return "rapidocr is not installed"
        for module in ("onnxruntime", "cv2"):
            if importlib.util.find_spec(module) is None:
                return f"{module} is not installed"
        for model in (DETECTION_MODEL, RECOGNITION_MODEL):
            if not (folder / model).is_file():
                return f"the installed rapidocr carries no {model}"
        return None

    @classmethod
    def available(cls) -> bool:
        return cls.missing() is None

    @classmethod
    @cache
    def engine_version(cls) -> str:
        return version("rapidocr") if _model_folder() is not None else "absent"

    def read(self, rgb: NDArray[np.uint8]) -> tuple[TextLine, ...]:
        """Lines of text in an upright picture, from top to bottom; an empty tuple means: read, no text found.

        Args:
            rgb: uint8, shape (height, width, 3), channels red, green, blue.

        Raises:
            TextReaderUnavailableError: the `vision` extra is not installed.
            TextReadError: the engine broke off; the picture counts as unread.
        """
        if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8:
            raise ValueError(f"expected uint8 (height, width, 3), found {rgb.dtype} {rgb.shape}")
        engine = self._loaded()
        # The engine reads arrays as blue-green-red.
        bgr = np.ascontiguousarray(rgb[:, :, ::-1])
        try:
            output = engine(bgr, use_cls=False)
        except Exception as error:  # the engine raises many foreign types; all of them mean "not read"
            raise TextReadError(
                f"expected lines of text, the OCR engine stopped with {type(error).__name__}",
                hint="imprimatur doctor shows the installed OCR engine; the picture stays unscreened",
            ) from error
        boxes, texts, scores = output.boxes, getattr(output, "txts", None), output.scores
        if boxes is None and texts is None:
            return ()
        if boxes is None or texts is None or scores is None or not len(boxes) == len(texts) == len(scores):
            raise TextReadError(
                "expected a text for each place that looks like text, the OCR engine gave none",
                hint="imprimatur doctor shows the installed OCR engine; the picture stays unscreened",
            )
        lines = [
            TextLine(str(text), min(1.0, max(0.0, float(score))), _upright_box(box))
            for text, score, box in zip(texts, scores, boxes, strict=True)
            if str(text).strip()
        ]
        return tuple(sorted(lines, key=lambda line: (line.box[1], line.box[0], line.text)))

    def _loaded(self) -> Any:
        if self._engine is not None:
            return self._engine
        reason, folder = self.missing(), _model_folder()
        if reason is not None or folder is None:
            raise TextReaderUnavailableError(
                f"expected an OCR engine to read the pixels, found none: {reason}",
                hint="pip install 'imprimatur[vision]', then imprimatur doctor",
            )
        import cv2
        from rapidocr import RapidOCR

        cv2.setNumThreads(1)
        self._engine = RapidOCR(
            params={
                "Global.log_level": "critical",
                "Global.use_cls": False,
                "Global.text_score": 0.0,  # a poorly read line is reported with its score, not dropped
                "Global.max_side_len": LONGEST_SIDE,
                "EngineConfig.onnxruntime.intra_op_num_threads": 1,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
                "Det.model_path": str(folder / DETECTION_MODEL),
                "Rec.model_path": str(folder / RECOGNITION_MODEL),
            }
        )
        logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
        return self._engine


def _upright_box(corners: NDArray[np.float64]) -> tuple[int, int, int, int]:
    """Smallest upright rectangle (x, y, width, height) around four corner points, pixels."""
    left, top = np.floor(corners.min(axis=0)).astype(int)
    right, bottom = np.ceil(corners.max(axis=0)).astype(int)
    return int(left), int(top), int(right - left), int(bottom - top)
