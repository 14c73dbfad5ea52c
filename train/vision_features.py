"""What a frozen vision tower makes of each picture, computed once and kept: later rounds and resumed runs only read it.

A tower that does not learn gives the same features for the same pixels. So that pixels come back, a picture is shown in a
fixed number of edits instead of a new one each time (`TrainSettings.picture_edits`); the first is the picture as it is.

Kept is one file an image and edit, bound to everything it depends on: image digest, weights of tower and connector,
processor, seed. It is sealed with the workspace's key, as checkpoints are: features that somebody else put there would be
another picture. What does not fit is deleted and computed again. The picture's file is read and proved all the same, once
a process, before anything is learned from its features: the emission log stays what it is.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import re
import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from audit import dsse
from audit.keys import SigningKey
from curate.atomic import write_atomic
from curate.canonical import canonical_bytes, digest
from train import augment
from train.model import BaseModelUnavailable, Batch, MemoryModel, transformers_library

if TYPE_CHECKING:
    import torch
    from PIL.Image import Image

FOLDER = "features"
_SEALED = "application/vnd.imprimatur.vision-features+json"
_FORMAT = 1
_EDIT_STREAM = 5  # random stream of one seed
_FEATURES = "features"
_FROZEN = re.compile(r"vision|visual|image|connector|projector")  # parameters between pixels and features
_WRAPPED = "base_model.model."  # what peft puts before every name


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """`words`: what the processor says of the picture, one row of tokens each and whatever else the model asks for.
    `features` [tokens, width]; `listed`: the model wants one tensor a picture, not one of all."""

    words: Mapping[str, torch.Tensor]
    features: torch.Tensor
    listed: bool


class VisionFeatures:
    """Batches of pictures for a model whose vision tower and connector are frozen, without asking either twice."""

    def __init__(
        self,
        model: MemoryModel,
        image_ids: Sequence[str],
        picture: Callable[[int], Image],
        folder: Path,
        *,
        edits: int,
        seed: int,
        side: int,
        seal: SigningKey | None = None,
    ) -> None:
        """`picture(i)` is the picture of identifier i, at most `side` pixels long; it is asked only for what is not kept
        in `folder`. What is kept there of other images, or of these under another binding, is deleted.

        Raises:
            BaseModelUnavailable: the model takes no ready features.
        """
        if "mm_encoder_outputs" not in inspect.signature(_plain(model).forward).parameters:
            raise BaseModelUnavailable(
                "With picture_edits a model was expected that takes the output of its vision tower as it is, found "
                f"{type(_plain(model)).__name__}, which does not.",
                hint="leave picture_edits out under [train] in imprimatur.toml, then: imprimatur train",
            )
        self._model, self._image_ids, self._picture, self._folder = model, tuple(image_ids), picture, folder
        self._edits, self._seed, self._seal = edits, seed, seal
        self.computed = 0  # pictures that the tower was asked for
        self._binding = digest([_FORMAT, seed, side, _reading(model), _weights(model)])
        self._tidy()

    def read(self, numbers: Sequence[int], rounds: Sequence[int], then: Sequence[Sequence[int]]) -> Batch:
        """The batch that `MemoryModel.read_pictures` gives for the edits of these rounds, features in place of pixels."""
        from transformers.modeling_outputs import BaseModelOutputWithPooling

        seen = [self._of(number, turn % self._edits) for number, turn in zip(numbers, rounds, strict=True)]
        batch: dict[str, Any] = dict(self._model.followed(self._joined([one.words for one in seen]), then))
        features: Any = [one.features.to(self._model.device) for one in seen]
        if not seen[0].listed:
            import torch

            features = torch.stack(features)
        batch["mm_encoder_outputs"] = {"image": BaseModelOutputWithPooling(pooler_output=features)}
        return batch

    def _joined(self, rows: Sequence[Mapping[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
        """Rows of tokens filled up on the left to one length; what is not of tokens one behind another."""
        import torch

        longest = max(row["input_ids"].shape[1] for row in rows)
        joined = {}
        for name in rows[0]:
            parts = [row[name] for row in rows]
            filler = self._model.filler(name)
            if filler is not None:
                parts = [torch.nn.functional.pad(part, (longest - part.shape[1], 0), value=filler) for part in parts]
            joined[name] = torch.cat(parts)
        return joined

    def _of(self, number: int, edit: int) -> _Seen:
        path = self._place(self._image_ids[number], edit)
        kept = self._kept(path, number, edit)
        if kept is None:
            kept = self._compute(number, edit)
            self._keep(path, number, edit, kept)
        return kept

    def _compute(self, number: int, edit: int) -> _Seen:
        import torch

        picture = self._picture(number)
        if edit:
            drawn = [self._seed, _EDIT_STREAM, int(self._image_ids[number][:16], 16), edit]
            picture = augment.edited(picture, np.random.default_rng(drawn))
        read = dict(self._model.read_pictures([picture]))
        asked = inspect.signature(_plain(self._model).model.get_image_features).parameters
        network = self._model.network
        learning = network.training
        network.eval()
        try:
            with torch.no_grad():
                given = {name: value for name, value in read.items() if name in asked}
                found = _plain(self._model).get_image_features(**given).pooler_output
        finally:
            network.train(learning)
        self.computed += 1
        listed = not isinstance(found, torch.Tensor)
        features = torch.cat(list(found)) if listed else found.reshape(-1, found.shape[-1])
        words = {name: value.cpu() for name, value in read.items() if "pixel" not in name}
        return _Seen(words, features.cpu(), listed)

    def _place(self, image_id: str, edit: int) -> Path:
        return _folder_of(self._folder, image_id) / f"{self._binding[:16]}-{edit}.safetensors"

    def _statement(self, number: int, edit: int, seen: _Seen) -> bytes:
        """What the seal is about."""
        tensors = {**seen.words, _FEATURES: seen.features}
        said = [[name, str(one.dtype), list(one.shape), _sha256(one)] for name, one in sorted(tensors.items())]
        return canonical_bytes([self._binding, self._image_ids[number], edit, seen.listed, said])

    def _keep(self, path: Path, number: int, edit: int, seen: _Seen) -> None:
        from safetensors.torch import save

        about = {"listed": "yes" if seen.listed else "no"}
        if self._seal is not None:
            sealed = dsse.seal(self._statement(number, edit, seen), self._seal, _SEALED)
            about["seal"] = json.dumps(sealed)
        path.parent.mkdir(parents=True, exist_ok=True)
        tensors = {name: one.contiguous() for name, one in {**seen.words, _FEATURES: seen.features}.items()}
        write_atomic(path, save(tensors, about), mode=0o600)

    def _kept(self, path: Path, number: int, edit: int) -> _Seen | None:
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(path, framework="pt") as opened:
                about = opened.metadata() or {}
                words = {name: opened.get_tensor(name) for name in opened.keys() if name != _FEATURES}  # noqa: SIM118 - no dict
                seen = _Seen(words, opened.get_tensor(_FEATURES), about.get("listed") == "yes")
            if self._seal is not None:
                sealed = json.loads(about.get("seal", "null"))
                said = dsse.verify(sealed if isinstance(sealed, dict) else {}, self._seal.public, _SEALED)
                if said != self._statement(number, edit, seen):
                    raise ValueError("sealed for something else")
        except FileNotFoundError:
            return None
        except (OSError, ValueError, SafetensorError, dsse.SignatureInvalid):
            path.unlink(missing_ok=True)  # damaged, or not ours: computing it again is always right
            return None
        return seen

    def _tidy(self) -> None:
        keep_only(self._folder, self._image_ids)
        for image_id in self._image_ids:
            for path in _folder_of(self._folder, image_id).glob("*"):
                if not path.name.startswith(self._binding[:16]):
                    path.unlink(missing_ok=True)


def forget_features(folder: Path, image_id: str) -> None:
    """Remove everything that is kept of an image.

    Raises:
        OSError: something of it is left.
    """
    _remove(_folder_of(folder, image_id))


def keep_only(folder: Path, image_ids: Collection[str]) -> None:
    """Remove everything that is kept of other images. Raises: OSError, as `forget_features`."""
    wanted = set(image_ids)
    for path in folder.glob("*/*"):
        if path.name not in wanted:
            _remove(path)


def _remove(folder: Path) -> None:
    try:
        shutil.rmtree(folder) if folder.is_dir() else folder.unlink()
    except FileNotFoundError:  # nothing was kept, or another process removed it
        if folder.exists():
            raise


def _folder_of(folder: Path, image_id: str) -> Path:
    return folder / image_id[:2] / image_id


def _plain(model: MemoryModel) -> Any:
    """The network without the adapters around it."""
    network = model.network
    return network.get_base_model() if hasattr(network, "get_base_model") else network


def _reading(model: MemoryModel) -> Any:
    """How pictures become pixels and tokens."""
    rules = json.loads(json.dumps(model.processor.image_processor.to_dict(), default=str, sort_keys=True))
    prompt = list(model.tokenizer(model.prompts.picture).input_ids)
    return [transformers_library().__version__, model.prompts.picture, prompt, digest(str(rules))]


def _weights(model: MemoryModel) -> str:
    """Digest of the weights between pixels and features."""
    total = hashlib.sha256()
    named = {name.removeprefix(_WRAPPED): one for name, one in model.network.named_parameters()}
    for name in sorted(name for name in named if _FROZEN.search(name)):
        if named[name].requires_grad:
            raise ValueError(f"expected frozen weights, found that {name} learns")
        total.update(f"{name} {_sha256(named[name].detach())}\n".encode())
    return total.hexdigest()


def _sha256(tensor: torch.Tensor) -> str:
    import torch

    return hashlib.sha256(tensor.cpu().contiguous().flatten().view(torch.uint8).numpy().tobytes()).hexdigest()
