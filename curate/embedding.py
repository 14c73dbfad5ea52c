"""Vectors of all pictures of a catalogue, each made once: opened at arm's length, kept under the digest of the encoder."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from curate.decode import DecodeLimits
from curate.finding import Detector
from curate.picture_view import NotShown, ViewPool
from curate.progress import Progress, silent
from curate.screen.semantic import ImageEncoder, SemanticSettings, Vectors, detector_of
from curate.sealed_store import SealedStore

SIDE = 448  # pixels, long side of what the encoder is shown; it reduces that to its own size
BATCH = 16


@dataclass(frozen=True)
class Embedded:
    """`vectors` by image id; a picture that could not be shown to the encoder has none."""

    detector: Detector
    cosine: float
    vectors: Mapping[str, Vectors]


def embed(
    paths: Mapping[str, Path],
    settings: SemanticSettings,
    *,
    limits: DecodeLimits,
    kept: SealedStore,
    progress: Progress = silent,
) -> Embedded | None:
    """None where no encoder is named. `paths` by image id, of pictures that were decoded.

    Raises:
        EncoderUnusable: an encoder is named and cannot be used.
    """
    if settings.encoder is None:
        return None
    detector = detector_of(settings.encoder)
    kind = f"embedding@{detector.version}"
    kept.forget_other_versions(kind)
    vectors: dict[str, Vectors] = {
        image_id: np.frombuffer(base64.b64decode(str(text)), dtype=np.float32)
        for image_id, text in kept.get_many(kind, paths).items()
    }
    missing = [image_id for image_id in paths if image_id not in vectors]
    if missing:
        encoder = ImageEncoder(settings.encoder)
        with ViewPool(limits, workers=1) as pool:
            for start in range(0, len(missing), BATCH):
                shown = {}
                for image_id in missing[start : start + BATCH]:
                    view = pool.view(paths[image_id], image_id, SIDE)
                    if not isinstance(view, NotShown):
                        shown[image_id] = Image.open(io.BytesIO(view.jpeg), formats=["JPEG"]).convert("RGB")
                if shown:
                    for image_id, vector in zip(shown, encoder.embed(list(shown.values())), strict=True):
                        vectors[image_id] = vector
                        kept.put(kind, image_id, base64.b64encode(vector.tobytes()).decode("ascii"))
                progress("encode pictures", min(start + BATCH, len(missing)), len(missing))
    return Embedded(detector, settings.cosine, vectors)
