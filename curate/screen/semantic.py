"""Other pictures of the same thing, told by an image encoder: only where a local folder with one is named.

The encoder (CLIP, SigLIP, DINOv2 or another vision model that `transformers` knows) is read from that folder and from
nowhere else, weights as safetensors, no code of the folder run. Neighbours are met by signs of random projections
(Charikar: STOC 2002) in several tables, then compared by cosine, so that no two pictures are compared without a reason.
What is found is said and bars nothing: two pictures of one thing are no copies. The only module of this room that
imports transformers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from curate.errors import ExitCode, ImprimaturError
from curate.finding import Channel, Detector, Finding, Where
from curate.screen.hit import finding
from curate.screen.wording import Reason

SHAPE = 1  # of how a picture is brought to the encoder and of what is read out of it
TABLES, BITS, FLIPS = 16, 14, 4  # sets of projections, signs of a key, weakest signs that are also tried inverted
_SEED = 7
_BLOCK = 1 << 16  # pairs compared at a time

Vectors = NDArray[np.float32]  # (n, dimensions), each of length 1


class EncoderUnusable(ImprimaturError):
    """The folder named as encoder holds none that can be used."""

    code = "IMP-E271"
    exit_code = ExitCode.UNAVAILABLE


@dataclass(frozen=True, slots=True)
class SemanticSettings:
    """`encoder`: local folder of an image encoder in the layout of `transformers`; None = not looked for. `cosine` in
    (0, 1): from here on two pictures count as showing the same thing; what is right depends on the encoder."""

    encoder: Path | None = None
    cosine: float = 0.95


def detector_of(folder: Path) -> Detector:
    """Named by the bytes of the folder: other weights are another detector.

    Raises:
        EncoderUnusable: the folder is not there or holds no model.
    """
    if not (folder / "config.json").is_file():
        raise _unusable(folder, "there is no config.json in it")
    state = hashlib.sha256()
    for path in sorted(item for item in folder.iterdir() if item.suffix in (".json", ".safetensors")):
        with path.open("rb") as stream:
            state.update(path.name.encode() + b"\0" + hashlib.file_digest(stream, "sha256").digest())
    return Detector("semantic-duplicates", f"{SHAPE}+{state.hexdigest()[:16]}")


def _unusable(folder: Path, found: str) -> EncoderUnusable:
    return EncoderUnusable(
        f"An image encoder with safetensors weights was expected in {folder}, found: {found}.",
        hint="name its folder under [screen] encoder in imprimatur.toml, or remove the key",
    )


class ImageEncoder:
    """Raises: EncoderUnusable when it cannot be loaded from `folder`."""

    def __init__(self, folder: Path) -> None:
        import transformers

        library: Any = transformers
        library.utils.logging.disable_progress_bar()
        library.utils.logging.set_verbosity_error()
        local: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
        try:
            self._prepare = library.AutoImageProcessor.from_pretrained(folder, **local)
            self._model = library.AutoModel.from_pretrained(folder, use_safetensors=True, **local).eval()
        except (OSError, ValueError, KeyError, ImportError, RuntimeError) as error:
            raise _unusable(folder, str(error).splitlines()[0] if str(error) else type(error).__name__) from error
        self._folder = folder

    def embed(self, pictures: Sequence[Image.Image]) -> Vectors:
        """One vector of length 1 for each picture (RGB, any size)."""
        import torch

        inputs = self._prepare(images=list(pictures), return_tensors="pt")
        with torch.inference_mode():
            if hasattr(self._model, "get_image_features"):
                seen = self._model.get_image_features(pixel_values=inputs["pixel_values"])
            else:
                seen = self._model(pixel_values=inputs["pixel_values"])
        pooled = seen if isinstance(seen, torch.Tensor) else getattr(seen, "pooler_output", None)
        if pooled is None and getattr(seen, "last_hidden_state", None) is not None:
            pooled = seen.last_hidden_state[:, 0]
        if pooled is None:
            raise _unusable(self._folder, "the model gives no vector of a picture")
        vectors = pooled.reshape(len(pictures), -1).float().numpy().astype(np.float32)
        length = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not np.isfinite(vectors).all() or (length == 0).any():
            raise _unusable(self._folder, "its vectors are no numbers")
        unit: Vectors = vectors / length
        return unit


def neighbours(vectors: Vectors, cosine: float) -> Iterator[tuple[int, int, float]]:
    """Pairs (row, later row, cosine) at `cosine` or above; each once. A pair may be missed, with a chance that falls with
    its likeness: below one in a thousand at a cosine of 0.95."""
    if len(vectors) < 2:
        return
    centred = vectors - vectors.mean(axis=0)  # encoders put everything into one cone; signs are about its middle
    planes = np.random.default_rng(_SEED).normal(size=(TABLES, vectors.shape[1], BITS)).astype(np.float32)
    pairs: set[int] = set()
    count = len(vectors)
    for plane in planes:
        sides = centred @ plane
        keys = ((sides > 0) << np.arange(BITS)).sum(axis=1)
        order = np.argsort(keys, kind="stable")
        sorted_keys = keys[order]
        weak = np.argsort(np.abs(sides), axis=1)[:, :FLIPS]
        for probe in range(FLIPS + 1):
            asked = keys if probe == 0 else keys ^ (1 << weak[:, probe - 1])
            first, last = np.searchsorted(sorted_keys, asked), np.searchsorted(sorted_keys, asked, side="right")
            for row, other in _met(first, last, order):
                low, high = np.minimum(row, other), np.maximum(row, other)
                near = (low != high) & (np.einsum("ij,ij->i", vectors[low], vectors[high]) >= cosine)
                pairs.update((low[near] * count + high[near]).tolist())
    for pair in sorted(pairs):
        first_row, second_row = divmod(pair, count)
        yield first_row, second_row, float(vectors[first_row] @ vectors[second_row])


def _met(
    first: NDArray[np.intp], last: NDArray[np.intp], order: NDArray[np.intp]
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    ends = np.cumsum(last - first)
    start = 0
    while start < len(first):
        done = int(ends[start - 1]) if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, done + _BLOCK)))
        sizes = (last - first)[start:stop]
        rows = np.repeat(np.arange(start, stop), sizes)
        offsets = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        yield rows, order[np.repeat(first[start:stop], sizes) + offsets]
        start = stop


def semantic_findings(vectors: Mapping[str, Vectors], detector: Detector, cosine: float) -> dict[str, Finding]:
    """Findings by image id. Each picture joins the first one, by image id, that shows the same thing and joined none
    itself: likeness of meaning does not add up, so groups grow no chains."""
    ids = sorted(vectors)
    if not ids:
        return {}
    rows = np.stack([vectors[image_id] for image_id in ids])
    joined: dict[int, tuple[int, float]] = {}
    for low, high, near in neighbours(rows, cosine):
        if low not in joined and high not in joined:
            joined[high] = (low, near)
    return {
        ids[row]: finding(
            ids[row],
            detector,
            "duplicate.semantic",
            Where(Channel.PIXEL),
            score=min(max(near, 0.0), 1.0),
            why=Reason(f"like {ids[head][:12]}, cosine {near:.3f}", f"{ids[head][:12]} と類似（コサイン {near:.3f}）"),
        )
        for row, (head, near) in joined.items()
    }
