"""Optimiser steps over both streams, each step a function of the state before it and of the seed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from train import adapters, augment, packed, picture_edits
from train import tokenizer as pieces
from train.checkpoint import Checkpoint
from train.dataset import PictureBatch, TextBatch
from train.descriptions import MOST_SAID, DescriptionBatch
from train.embedded import IMAGE_SIDE, read_squares
from train.feed import Feed
from train.model import Batch, MemoryModel
from train.ranks import Ranks
from train.run_state import RunState
from train.settings import TrainSettings
from train.vision_features import VisionFeatures

if TYPE_CHECKING:
    import torch

_WARM_UP = 20  # steps until the full learning rate
_CLIP = 1.0  # gradient norm
_LENGTH_GROUPS = 4  # of one batch of texts
_DRAWN_STREAM = 3  # random stream of one seed
_PIECES_SEEN = 256  # vocabulary rows beside the identifiers that one step compares with
_DESCRIPTION_PART = 4  # a step has one description for so many questions
_UNTAUGHT = -100  # label of a place that teaches nothing


class Loop:
    """Advances `run` to `steps`; makes and restores checkpoints, and knows nothing of folders."""

    def __init__(
        self,
        model: MemoryModel,
        settings: TrainSettings,
        feed: Feed,
        steps: int,
        run: RunState,
        ranks: Ranks,
        features: VisionFeatures | None = None,
    ) -> None:
        """`features` stand for the pixels of pictures, where the vision tower does not learn."""
        import torch

        self.steps = steps
        self._ranks, self._features = ranks, features
        self._model, self._settings, self._feed, self._run = model, settings, feed, run
        self._learning = adapters.learning(model)
        self._optimiser = torch.optim.AdamW(
            list(self._learning.values()), lr=settings.learning_rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True
        )
        none = [(int(model.tokenizer.convert_tokens_to_ids(pieces.NONE)),)] if settings.embedded else []
        self._spellings = (*model.spellings, *none)  # the last one says that none of the images is meant
        self._descriptions = max(1, settings.batch_size // _DESCRIPTION_PART)  # a step, of all ranks together
        self._columns = torch.tensor([spelling[0] for spelling in self._spellings], device=model.device)
        identifying = torch.zeros(len(model.tokenizer), dtype=torch.bool)
        identifying[self._columns.cpu()] = True
        self._pieces = (~identifying).nonzero()[:, 0].to(model.device)  # vocabulary rows which name nothing
        model.network.train()

    def advance(self) -> None:
        """One step: a batch of questions, and on every `image_every`-th step a batch of pictures. Losses are weighted by
        the share of the whole batch that this rank has, so that their sum over the ranks is the batch's mean."""
        import torch

        step, settings = self._run.step, self._settings
        torch.manual_seed(settings.seed * 1_000_003 + step + (self._ranks.rank << 40))  # for base models with dropout
        rate = settings.learning_rate * min(1.0, (step + 1) / _WARM_UP) * (1 - step / self.steps)
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        self._optimiser.zero_grad()
        asked, shown, told = self._ranks.together(lambda: self._drawn(step))
        if settings.embedded and self._model.atomic:
            self._learn_packed(asked, shown)
        else:
            if asked is not None:
                self._learn_texts(asked)
            for part in () if shown is None else shown.parts(settings.most_at_once):
                (self._picture_loss(part) * self._share(part)).backward()  # type: ignore[no-untyped-call]
        if told is not None:
            self._learn_descriptions(told)
            np.add.at(self._run.texts_seen, told.owners, 1)
        if asked is not None:
            self._run.texts_seen += asked.taught
        if shown is not None:
            np.add.at(self._run.pictures_seen, shown.numbers, 1)
        self._ranks.add_up(list(self._learning.values()))
        torch.nn.utils.clip_grad_norm_(list(self._learning.values()), _CLIP)
        self._optimiser.step()
        self._run.step += 1

    def _drawn(self, step: int) -> tuple[TextBatch | None, PictureBatch | None, DescriptionBatch | None]:
        """This rank's share of what `step` teaches."""
        settings = self._settings
        asked = self._feed.texts(step, settings.batch_size)
        told = self._feed.descriptions(step, settings.seed, self._descriptions) if settings.describe else None
        if step % settings.image_every:
            return asked, None, told
        turn = step // settings.image_every
        shown = self._feed.pictures(step, settings.seed, turn, settings.image_batch_size, decode=self._features is None)
        return asked, shown, told

    def _share(self, shown: PictureBatch) -> float:
        """Of the whole batch of pictures, this rank's part."""
        return len(shown.numbers) / min(self._settings.image_batch_size, len(self._model.spellings))

    def _learn_packed(self, asked: TextBatch | None, shown: PictureBatch | None) -> None:
        """Gradients of both batches from one look: of the sum of their losses, each a mean over the rows of all ranks.

        Of the pieces a sample stands for all, each for as many as it was drawn from: multiplying all of them would cost
        more than the layers do, and they are only there to keep the mass on identifiers meaningful.
        """
        import torch

        squares = None
        if shown is not None and shown.pictures:
            squares = picture_edits.edited(picture_edits.as_tensor(shown.pictures), IMAGE_SIDE, shown.rng)
        texts = () if asked is None else asked.texts
        if not texts and squares is None:
            return
        count = min(_PIECES_SEEN, len(self._pieces))
        drawn = torch.randperm(len(self._pieces))[:count].to(self._pieces)
        logits = packed.next_logits(self._model, texts, squares, torch.cat((self._columns, self._pieces[drawn])))
        stands_for = torch.zeros(logits.shape[1], device=logits.device)
        stands_for[len(self._columns) :] = math.log(len(self._pieces) / max(count, 1))
        chances = (logits + stands_for).log_softmax(dim=-1)[:, : len(self._columns)]
        loss = chances.new_zeros(())
        if asked is not None:
            wanted = torch.from_numpy(asked.targets[:, : len(self._spellings)]).to(chances)
            loss = loss - (wanted * chances[: len(texts)]).sum() / self._settings.batch_size
        if shown is not None and squares is not None:
            right = torch.from_numpy(shown.numbers).to(chances.device)
            loss = loss - chances[len(texts) :].gather(1, right[:, None]).mean() * self._share(shown)
        loss.backward()  # type: ignore[no-untyped-call]

    def _learn_texts(self, batch: TextBatch) -> None:
        """Gradients of one batch, taken in groups of like length: padding would cost more than half of the work."""
        lengths = [len(read) for read in self._model.pieces_of(batch.texts)]
        most = self._settings.most_at_once or len(lengths)
        groups = min(max(_LENGTH_GROUPS, -(-len(lengths) // most)), len(lengths))
        for group in np.array_split(np.argsort(lengths, kind="stable"), groups):
            loss = self._text_loss([batch.texts[place] for place in group], batch.targets[group])
            (loss * (len(group) / self._settings.batch_size)).backward()  # type: ignore[no-untyped-call]

    def _text_loss(self, texts: Sequence[str], targets: NDArray[np.float32]) -> torch.Tensor:
        """Cross entropy with soft targets over the whole vocabulary: the mass on identifiers is to mean something."""
        import torch

        targets = targets[:, : len(self._spellings)]
        if not self._model.atomic:
            return self._spelling_loss(texts, targets)
        wanted = torch.from_numpy(targets).to(self._model.device)
        chances = self._model.next_logits(self._model.read_texts(texts)).log_softmax(dim=-1)
        return -(wanted * chances[:, self._columns]).sum(dim=1).mean()

    def _spelling_loss(self, texts: Sequence[str], targets: NDArray[np.float32]) -> torch.Tensor:
        """Longer identifiers: one is drawn from each row of the soft targets and taught token by token."""
        rng = np.random.default_rng([self._settings.seed, _DRAWN_STREAM, self._run.step])
        shares = np.cumsum(targets, axis=1, dtype=np.float64)
        taught = np.flatnonzero(shares[:, -1] > 0)  # without a token for none, such a row teaches nothing
        if not len(taught):
            return self._model.next_logits(self._model.read_texts(texts)).sum() * 0.0
        drawn = (shares[taught] < (rng.random(len(taught)) * shares[taught, -1])[:, None]).sum(axis=1)
        spelt = [self._spellings[int(number)] for number in drawn]
        batch = self._model.read_texts([texts[row] for row in taught.tolist()], [spelling[:-1] for spelling in spelt])
        return self._spelt(batch, spelt) * (len(taught) / len(texts))

    def _learn_descriptions(self, batch: DescriptionBatch) -> None:
        """Gradients of what is said of images, a mean over the tokens of each look; no picture goes with it."""
        rows = self._model.named_rows(batch.owners.tolist(), batch.prompts)
        said = [[*words[:MOST_SAID], self._model.stop] for words in self._model.pieces_of(batch.texts)]
        most = self._settings.most_at_once or len(said)
        order = np.argsort([len(words) for words in said], kind="stable")
        for start in range(0, len(said), most):
            group = order[start : start + most].tolist()
            behind = [said[place] for place in group]
            read = self._model.read_rows([rows[place] for place in group], [words[:-1] for words in behind])
            each = self._spelt(read, behind) * (len(behind) / sum(map(len, behind)))
            (each * (len(group) / self._descriptions)).backward()  # type: ignore[no-untyped-call]

    def _picture_loss(self, batch: PictureBatch) -> torch.Tensor:
        spelt = [self._spellings[int(number)] for number in batch.numbers]
        then = [spelling[:-1] for spelling in spelt]
        if self._features is not None:
            return self._spelt(self._features.read(batch.numbers.tolist(), batch.rounds.tolist(), then), spelt)
        if not self._settings.embedded:
            pictures = [augment.edited(picture, batch.rng) for picture in batch.pictures]
            return self._spelt(self._model.read_pictures(pictures, then), spelt)
        seen = picture_edits.edited(picture_edits.as_tensor(batch.pictures), IMAGE_SIDE, batch.rng)
        return self._spelt(read_squares(self._model, seen, then), spelt)

    def _spelt(self, batch: Batch, spelt: Sequence[Sequence[int]]) -> torch.Tensor:
        """Mean over rows of the negative log-probability of each row's whole identifier, which ends the row."""
        import torch

        longest = max(map(len, spelt))
        labels = torch.full((len(spelt), longest), _UNTAUGHT, dtype=torch.long)
        for place, spelling in enumerate(spelt):
            labels[place, longest - len(spelling) :] = torch.tensor(spelling)
        logits = self._model.next_logits(batch, last=longest).reshape(len(spelt) * longest, -1)
        total = torch.nn.functional.cross_entropy(
            logits, labels.reshape(-1).to(logits.device), ignore_index=_UNTAUGHT, reduction="sum"
        )
        return total / len(spelt)

    def snapshot(self, run: RunState) -> Checkpoint:
        """Weights and optimiser now, with the state `run` of all ranks."""
        tensors: dict[str, torch.Tensor] = {}
        for name, parameter in self._learning.items():
            tensors[f"weight/{name}"] = parameter.detach()
            # Each parameter counts its own steps: the vision tower only moves when pictures are shown.
            for part, value in self._optimiser.state.get(parameter, {}).items():
                tensors[f"{part}/{name}"] = value
        return Checkpoint(run.step, run.to_json(), tensors)

    def restore(self, found: Checkpoint) -> None:
        import torch

        with torch.no_grad():
            for name, parameter in self._learning.items():
                parameter.copy_(found.tensors[f"weight/{name}"])
                if f"step/{name}" in found.tensors:
                    self._optimiser.state[parameter] = {
                        part: found.tensors[f"{part}/{name}"].to(parameter.device, copy=True)
                        for part in ("step", "exp_avg", "exp_avg_sq")
                    }
