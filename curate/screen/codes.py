"""QR and bar codes in the pixels, read by zxing-cpp (Apache-2.0). The only module that imports zxingcpp."""

from __future__ import annotations

import importlib.util
from importlib.metadata import version
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from curate.errors import ExitCode, ImprimaturError
from curate.picture import SeenCode


class CodeReaderUnavailableError(ImprimaturError):
    """The reader of codes is not installed."""

    code = "IMP-E263"
    exit_code = ExitCode.UNAVAILABLE


class CodeReader:
    """Reads every code in an upright picture."""

    name: ClassVar[str] = "zxing-cpp"
    licence: ClassVar[str] = "Apache-2.0 (zxing-cpp)"

    @staticmethod
    def missing() -> str | None:
        """Why no code can be read here, or None if everything is installed. Imports nothing heavy."""
        return None if importlib.util.find_spec("zxingcpp") is not None else "zxing-cpp is not installed"

    @classmethod
    def engine_version(cls) -> str:
        return "absent" if cls.missing() is not None else version("zxing-cpp")

    def read(self, rgb: NDArray[np.uint8]) -> tuple[SeenCode, ...]:
        """Codes from top to bottom; an empty tuple means: looked, no code found.

        Args:
            rgb: uint8, shape (height, width, 3), upright.

        Raises:
            CodeReaderUnavailableError: zxing-cpp is not installed.
        """
        if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8:
            raise ValueError(f"expected uint8 (height, width, 3), found {rgb.dtype} {rgb.shape}")
        if (reason := self.missing()) is not None:
            raise CodeReaderUnavailableError(
                f"expected a reader of QR and bar codes, found none: {reason}",
                hint="pip install 'imprimatur[vision]', then imprimatur doctor",
            )
        import zxingcpp
        from PIL import Image

        grey = np.asarray(Image.fromarray(rgb).convert("L"))
        found = [_seen(code) for code in zxingcpp.read_barcodes(grey, text_mode=zxingcpp.TextMode.Plain)]
        return tuple(sorted(found, key=lambda code: (code.box[1], code.box[0], code.text)))


def _seen(code: Any) -> SeenCode:
    corners = [getattr(code.position, name) for name in ("top_left", "top_right", "bottom_right", "bottom_left")]
    left, right = min(c.x for c in corners), max(c.x for c in corners)
    top, bottom = min(c.y for c in corners), max(c.y for c in corners)
    symbology = str(code.format.name)
    return SeenCode(symbology, code.text, (left, top, max(1, right - left), max(1, bottom - top)))
