"""Optimiser steps over both streams, each step a function of the state before it and of the seed.

Questions and pictures are learned together; the embedded model then looks at pictures alone for a while. Twins ask for more
looks than questions do, and with only its eyes learning (vision tower and connector) no answer to a question changes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from curate.errors import ExitCode, ImprimaturError
from train import adapters, augment, hard_pictures, packed, picture_edits
from train import tokenizer as pieces
from train.checkpoint import Checkpoint
from train.dataset import TextBatch
from train.descriptions import MOST_SAID, DescriptionBatch
from train.embedded import IMAGE_SIDE, read_squares
from train.feed import Feed
from train.model import Batch, MemoryModel
from train.pictures import PictureBatch
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
_SEES = re.compile(r"\.(vision_model|connector)\.")  # parameters between pixels and the language model
_WHOLE = 0.3  # of the pictures of the last phase, shown as they are
_UNTAUGHT = -100  # label of a place that teaches nothing


class TrainingDiverged(ImprimaturError):
    """Gradients are no longer numbers; the last checkpoint is from before."""

    code = "IMP-E413"
    exit_code = ExitCode.USAGE


class Loop:
    """Advances `run` to `steps`: `together` with questions and pictures, then `alone` with pictures. Makes and restores
    checkpoints, and knows nothing of folders."""

    def __init__(
        self,
        model: MemoryModel,
        settings: TrainSettings,
        feed: Feed,
        run: RunState,
        ranks: Ranks,
        features: VisionFeatures | None = None,
    ) -> None:
        """`features` stand for the pixels of pictures, where the vision tower does not learn."""
        import torch

        images = len(model.spellings)
        self.together, self.alone = settings.steps_for(images), settings.picture_steps_for(images)
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

    @property
    def steps(self) -> int:
        return self.together + self.alone

    def advance(self) -> None:
        """One step: a batch of questions, and on every `image_every`-th step a batch of pictures; in the last phase a batch
        of pictures. Losses are weighted by the share of the whole batch that this rank has, so that their sum over the
        ranks is the batch's mean."""
        import torch

        step, settings = self._run.step, self._settings
        torch.manual_seed(settings.seed * 1_000_003 + step + (self._ranks.rank << 40))  # for base models with dropout
        alone = step >= self.together
        here, end = (step - self.together, self.alone) if alone else (step, self.together)
        rate = settings.learning_rate * min(1.0, (here + 1) / _WARM_UP) * (1 - here / end)
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        for name, parameter in self._learning.items():
            parameter.requires_grad = not alone or _SEES.search(name) is not None
        self._optimiser.zero_grad()
        asked, shown, told = self._ranks.together(lambda: self._shown_alone(step) if alone else self._drawn(step))
        losses = [np.zeros(0, dtype=np.float32)]
        if settings.embedded and self._model.atomic:
            losses.append(self._learn_packed(asked, shown))
        else:
            if asked is not None:
                self._learn_texts(asked)
            for part in () if shown is None else shown.parts(settings.most_at_once):
                each = self._picture_losses(part)
                (each.mean() * self._share(part)).backward()  # type: ignore[no-untyped-call]
                losses.append(each.detach().float().cpu().numpy())
        if alone and shown is not None:
            self._note_losses(shown.numbers, np.concatenate(losses))
        if told is not None:
            self._learn_descriptions(told)
            np.add.at(self._run.texts_seen, told.owners, 1)
        if asked is not None:
            self._run.texts_seen += asked.taught
        if shown is not None:
            np.add.at(self._run.pictures_seen, shown.numbers, 1)
        self._ranks.add_up(list(self._learning.values()))
        norm = torch.nn.utils.clip_grad_norm_(list(self._learning.values()), _CLIP)
        if not bool(torch.isfinite(norm)):  # of all ranks, before any weight takes it over
            raise TrainingDiverged(
                f"Expected finite gradients at step {step + 1}, found {float(norm)}: the learning rate {settings.learning_rate:g} "
                "is too high for this model.",
                hint="set a lower learning_rate under [train] in imprimatur.toml, then: imprimatur train",
            )
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

    def _shown_alone(self, step: int) -> tuple[None, PictureBatch, None]:
        """This rank's share of the pictures of `step` in the last phase."""
        settings, recent = self._settings, self._run.picture_losses
        return None, self._feed.pictures(step, settings.seed, step, settings.image_batch_size, recent=recent), None

    def _note_losses(self, numbers: NDArray[np.int64], losses: hard_pictures.Losses) -> None:
        """Every rank comes to know the losses of all of them: they draw the next batch alike."""
        for of, found in self._ranks.all_of((numbers, losses)):
            self._run.picture_losses = hard_pictures.renewed(self._run.picture_losses, of, found)

    def _share(self, shown: PictureBatch) -> float:
        """Of the whole batch of pictures, this rank's part."""
        return len(shown.numbers) / min(self._settings.image_batch_size, len(self._model.spellings))

    def _edited(self, shown: PictureBatch) -> torch.Tensor:
        """[B, 3, IMAGE_SIDE, IMAGE_SIDE] the pictures as the embedded model sees them in this step."""
        whole = _WHOLE if self._run.step >= self.together else 0.0
        return picture_edits.mostly_edited(picture_edits.as_tensor(shown.pictures), IMAGE_SIDE, shown.rng, whole)

    def _learn_packed(self, asked: TextBatch | None, shown: PictureBatch | None) -> hard_pictures.Losses:
        """Gradients of both batches from one look: of the sum of their losses, each a mean over the rows of all ranks.
        Returns the losses of the pictures.

        Of the pieces a sample stands for all, each for as many as it was drawn from: multiplying all of them would cost
        more than the layers do, and they are only there to keep the mass on identifiers meaningful.
        """
        import torch

        squares = None
        if shown is not None and shown.pictures:
            squares = self._edited(shown)
        each = torch.zeros(0)
        texts = () if asked is None else asked.texts
        if not texts and squares is None:
            return each.numpy()
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
            each = -chances[len(texts) :].gather(1, right[:, None])[:, 0]
            loss = loss + each.mean() * self._share(shown)
        loss.backward()  # type: ignore[no-untyped-call]
        return each.detach().cpu().numpy()

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
        return self._spelt(batch, spelt).mean() * (len(taught) / len(texts))

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
            each = self._spelt(read, behind).mean() * (len(behind) / sum(map(len, behind)))
            (each * (len(group) / self._descriptions)).backward()  # type: ignore[no-untyped-call]

    def _picture_losses(self, batch: PictureBatch) -> torch.Tensor:
        spelt = [self._spellings[int(number)] for number in batch.numbers]
        then = [spelling[:-1] for spelling in spelt]
        if self._features is not None:
            return self._spelt(self._features.read(batch.numbers.tolist(), batch.rounds.tolist(), then), spelt)
        if not self._settings.embedded:
            pictures = [augment.edited(picture, batch.rng) for picture in batch.pictures]
            return self._spelt(self._model.read_pictures(pictures, then), spelt)
        return self._spelt(read_squares(self._model, self._edited(batch), then), spelt)

    def _spelt(self, batch: Batch, spelt: Sequence[Sequence[int]]) -> torch.Tensor:
        """[B] negative log-probability of each row's whole identifier, which ends the row."""
        import torch

        longest = max(map(len, spelt))
        labels = torch.full((len(spelt), longest), _UNTAUGHT, dtype=torch.long)
        for place, spelling in enumerate(spelt):
            labels[place, longest - len(spelling) :] = torch.tensor(spelling)
        logits = self._model.next_logits(batch, last=longest).reshape(len(spelt) * longest, -1)
        each = torch.nn.functional.cross_entropy(
            logits, labels.reshape(-1).to(logits.device), ignore_index=_UNTAUGHT, reduction="none"
        )
        return each.reshape(len(spelt), longest).sum(dim=1)

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
