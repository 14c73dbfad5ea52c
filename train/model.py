"""The only door to transformers: any image-text-to-text model as a memory, loading and saving.

A `MemoryModel` answers one question: which token comes next after a text question (`read_texts`) or a picture
(`read_pictures`). A text question never carries a picture, dummy or real.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curate.errors import ExitCode, ImprimaturError

if TYPE_CHECKING:
    import torch
    from PIL.Image import Image

PROMPTS_FILE = "imprimatur.json"  # the two prompts and the kind of model, beside the weights
# What processors give per token, with the value of padding before a row and of a token said behind it.
_PER_TOKEN: Mapping[str, tuple[int, int]] = {
    "input_ids": (0, 0),
    "attention_mask": (0, 1),
    "token_type_ids": (0, 1),
    "mm_token_type_ids": (0, 0),
}
_MAX_PIECES = 64  # of one question; more is cut off
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")


class BaseModelUnavailable(ImprimaturError):
    """The base model that the settings name cannot be had or cannot be used."""

    code = "IMP-E404"
    exit_code = ExitCode.UNAVAILABLE


@dataclass(frozen=True, slots=True)
class Prompts:
    """What ends a question (`after_text`) and what a picture is wrapped in (`picture`, image placeholder included)."""

    after_text: str
    picture: str


Batch = Mapping[str, "torch.Tensor"]


class MemoryModel:
    """Model, processor and prompts. `spellings[i]` are the vocabulary rows that spell identifier i; `identifier_ids` are
    the distinct rows of all spellings, in identifier order where each is one row of its own."""

    def __init__(self, network: Any, processor: Any, prompts: Prompts, spellings: Sequence[Sequence[int]]) -> None:
        self.network = network
        self.processor = processor
        self.tokenizer = processor.tokenizer
        self.prompts = prompts
        self.spellings = tuple(tuple(int(row) for row in spelling) for spelling in spellings)
        self.identifier_ids = tuple(dict.fromkeys(row for spelling in self.spellings for row in spelling))
        self.tokenizer.padding_side = "left"
        if self.tokenizer.pad_token_id is None:
            self.tokenizer.pad_token = self.tokenizer.eos_token
        self._before = list(self.tokenizer("").input_ids)  # what this tokenizer puts before every text, e.g. <s>
        if self._before and self._before[-1] == self.tokenizer.eos_token_id:
            self._before.pop()
        self._after = list(self.tokenizer(prompts.after_text, add_special_tokens=False).input_ids)
        self._typed = "token_type_ids" in inspect.signature(network.forward).parameters

    @property
    def atomic(self) -> bool:
        """Each identifier is one token of its own."""
        return all(len(spelling) == 1 for spelling in self.spellings)

    @cached_property
    def first_tokens(self) -> tuple[int, ...]:
        """Places in `identifier_ids`, rising, of the rows that begin an identifier."""
        firsts = {spelling[0] for spelling in self.spellings}
        return tuple(place for place, row in enumerate(self.identifier_ids) if row in firsts)

    @property
    def device(self) -> torch.device:
        device: torch.device = next(self.network.parameters()).device
        return device

    def pieces_of(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of plain texts: the name of a special or identifier token yields its letters, not the token."""
        if not texts:
            return []
        found: list[list[int]] = self.tokenizer(
            list(texts), add_special_tokens=False, split_special_tokens=True
        ).input_ids
        return found

    def token_rows(self, texts: Sequence[str]) -> list[list[int]]:
        """Each question as tokens, with what ends it; at most `_MAX_PIECES` of its own."""
        return [[*self._before, *read[:_MAX_PIECES], *self._after] for read in self.pieces_of(texts)]

    def read_texts(self, texts: Sequence[str], then: Sequence[Sequence[int]] | None = None) -> Batch:
        """Batch of questions, left-padded; `then` appends tokens already decoded, one sequence per text.

        A row is never empty: what ends a question is always there.
        """
        return self.read_rows(self.token_rows(texts), then)

    def read_rows(self, asked: Sequence[Sequence[int]], then: Sequence[Sequence[int]] | None = None) -> Batch:
        """As `read_texts`, of questions that are tokens already."""
        import torch

        tails = then if then is not None else [()] * len(asked)
        rows = [[*row, *tail] for row, tail in zip(asked, tails, strict=True)]
        longest = max(map(len, rows))
        ids = torch.full((len(rows), longest), int(self.tokenizer.pad_token_id), dtype=torch.long)
        mask = torch.zeros((len(rows), longest), dtype=torch.long)
        for place, row in enumerate(rows):
            ids[place, longest - len(row) :] = torch.tensor(row)
            mask[place, longest - len(row) :] = 1
        places = (mask.cumsum(dim=1) - 1).clamp(min=0)
        read = {"input_ids": ids, "attention_mask": mask, "position_ids": places}
        if self._typed and then is not None:
            # Such a model looks ahead within a question (PaliGemma does): it must not look ahead in what follows one.
            kinds = torch.zeros_like(ids)
            for place, tail in enumerate(tails):
                kinds[place, longest - len(tail) :] = 1
            read["token_type_ids"] = kinds
        return {name: value.to(self.device) for name, value in read.items()}

    def read_pictures(self, pictures: Sequence[Image], then: Sequence[Sequence[int]] | None = None) -> Batch:
        """Batch of pictures, each followed by the prompt that asks for its identifier; `then` as in `read_texts`."""
        read = self.processor(
            images=[[picture] for picture in pictures],
            text=[self.prompts.picture] * len(pictures),
            padding=True,
            return_tensors="pt",
        )
        return self.followed({name: value for name, value in read.items() if name != "labels"}, then)

    def filler(self, name: str) -> int | None:
        """What fills up the rows of `name` on the left; None for what does not go token by token."""
        return int(self.tokenizer.pad_token_id) if name == "input_ids" else _PER_TOKEN.get(name, (None,))[0]

    def followed(self, read: Batch, then: Sequence[Sequence[int]] | None) -> Batch:
        """`read`, each row followed by tokens already decoded and filled up on the left, on the model's device."""
        import torch

        rows = dict(read)
        longest = max(map(len, then)) if then else 0
        for name, (_, behind) in _PER_TOKEN.items() if longest else ():
            if name not in rows:
                continue
            ids = name == "input_ids"
            before = self.filler(name)
            rows[name] = torch.tensor(
                [
                    [before] * (longest - len(said)) + row + (list(said) if ids else [behind] * len(said))
                    for row, said in zip(rows[name].tolist(), then or (), strict=True)
                ]
            )
        return {name: value.to(self.device) for name, value in rows.items()}

    def next_logits(self, batch: Batch, last: int = 1) -> torch.Tensor:
        """[B, vocabulary] float32 logits of the token that follows each row; with `last` > 1 [B, last, vocabulary], of
        what follows each of the last tokens."""
        logits = self.network(**batch, use_cache=False, logits_to_keep=last).logits.float()
        return logits[:, -1, :] if last == 1 else logits[:, -last:, :]  # type: ignore[no-any-return]

    def identifier_logits(self, rows: torch.Tensor, **inputs: Any) -> torch.Tensor:
        """[B, rows] float32 logits of some vocabulary rows for the token that follows `inputs`."""
        head = self.network.get_output_embeddings()
        capped = getattr(self.network.config.get_text_config(), "final_logit_softcapping", None)
        inner = getattr(self.network, "model", None)
        if inner is None or capped is not None or getattr(head, "bias", None) is not None:
            # An output layer that is more than a matrix: ask for everything and take the part.
            return self.network(**inputs, logits_to_keep=1).logits[:, -1, rows].float()  # type: ignore[no-any-return]
        hidden = inner(**inputs).last_hidden_state[:, -1]
        return (hidden @ head.weight[rows].T).float()  # type: ignore[no-any-return]

    @property
    def stop(self) -> int:
        """The token that ends what is said."""
        end = self.tokenizer.eos_token_id
        return int(self.tokenizer.pad_token_id if end is None else end)

    def named_rows(self, numbers: Sequence[int], prompts: Sequence[str]) -> list[list[int]]:
        """Each prompt as tokens behind the identifier of that number."""
        read = self.pieces_of(prompts)
        return [[*self._before, *self.spellings[number], *words] for number, words in zip(numbers, read, strict=True)]

    def say(self, asked: Sequence[int], most: int) -> str:
        """What follows the tokens `asked`, the likeliest token each time, at most `most` of them: text, never the name of
        an identifier or another special token. No picture goes with it."""
        import torch

        marks = {row for row, token in self.tokenizer.added_tokens_decoder.items() if token.special}
        never = sorted((marks | {*self.tokenizer.all_special_ids, *self.identifier_ids}) - {self.stop})
        batch = self.read_rows([asked])
        with torch.inference_mode():
            said = self.network.generate(
                input_ids=batch["input_ids"],
                attention_mask=batch["attention_mask"],
                max_new_tokens=most,
                do_sample=False,
                num_beams=1,
                suppress_tokens=never,
                pad_token_id=self.stop,
                eos_token_id=self.stop,
            )
        text: str = self.tokenizer.decode(said[0, len(asked) :], skip_special_tokens=True)
        return text.strip()

    def save(self, folder: Path) -> None:
        """Write weights (safetensors), config, tokenizer, processor and prompts into `folder`."""
        self.network.save_pretrained(folder)
        self.processor.save_pretrained(folder)
        document = {"version": 1, "after_text": self.prompts.after_text, "picture": self.prompts.picture}
        (folder / PROMPTS_FILE).write_text(json.dumps(document, ensure_ascii=False) + "\n", encoding="utf-8")


def load_base(name: str, spellings: Sequence[Sequence[str]], *, half: bool = False) -> MemoryModel:
    """Any image-text-to-text model as a base: a local folder, or a hub id (fetched only because the user named it).

    Identifier tokens are appended to its vocabulary. Weights must be safetensors; code from the model is never run. It
    lies on the GPU if there is one, there in bfloat16 if `half`.

    Raises:
        BaseModelUnavailable: not there, not reachable (HF_HUB_OFFLINE is respected), or of a kind that cannot be used.
    """
    local = Path(name).is_dir()
    if not local and not _HUB_ID.fullmatch(name):
        raise BaseModelUnavailable(
            f"The base model '{name}' was expected to be a folder or a hub id, and there is no such folder.",
            hint='set base_model = "embedded" under [train] in imprimatur.toml, then: imprimatur train',
        )
    network, processor = _from_pretrained(name, local_only=local, gpu=True, half=half)
    placeholder = getattr(processor, "image_token", None)
    if not isinstance(placeholder, str):
        raise _unusable(name, "its processor names no image placeholder")
    tokenizer = processor.tokenizer
    tokenizer.add_tokens(distinct_tokens(spellings), special_tokens=True)
    ids = rows_of(tokenizer, spellings)
    if max(row for spelling in ids for row in spelling) >= network.get_input_embeddings().weight.shape[0]:
        network.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    before, after = (
        _token(tokenizer, network.config, name) for name in ("vision_start_token_id", "vision_end_token_id")
    )
    prompts = Prompts(after_text="\nIdentifier:", picture=f"{before}{placeholder}{after}\nIdentifier:")
    return MemoryModel(network, processor, prompts, ids)


def _token(tokenizer: Any, config: Any, name: str) -> str:
    """The token that a model's config names, e.g. what it wants around a picture; empty where it names none."""
    number = getattr(config, name, None)
    return "" if number is None else str(tokenizer.convert_ids_to_tokens(number))


def load_saved(folder: Path, spellings: Sequence[Sequence[str]], *, gpu: bool = False) -> MemoryModel:
    """The model that `MemoryModel.save` wrote into `folder`, ready to answer. Nothing is fetched. `gpu`: there, if there
    is one, in bfloat16.

    Raises:
        BaseModelUnavailable: the folder does not hold such a model, or an identifier is no token of it.
    """
    network, processor = _from_pretrained(str(folder), local_only=True, gpu=gpu, half=gpu)
    try:
        document = json.loads((folder / PROMPTS_FILE).read_bytes())
        prompts = Prompts(after_text=document["after_text"], picture=document["picture"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unusable(str(folder), f"{PROMPTS_FILE} cannot be read") from error
    vocabulary = processor.tokenizer.get_vocab()
    missing = [token for token in distinct_tokens(spellings) if token not in vocabulary]
    if missing:
        raise _unusable(str(folder), f"{len(missing)} identifiers are no tokens of it, the first is {missing[0]}")
    model = MemoryModel(network, processor, prompts, rows_of(processor.tokenizer, spellings))
    network.eval()
    return model


def distinct_tokens(spellings: Sequence[Sequence[str]]) -> list[str]:
    """Each token of the spellings once, in order of appearance."""
    return list(dict.fromkeys(token for spelling in spellings for token in spelling))


def rows_of(tokenizer: Any, spellings: Sequence[Sequence[str]]) -> list[list[int]]:
    """Vocabulary rows of the spellings' tokens."""
    known = distinct_tokens(spellings)
    row_of = dict(zip(known, tokenizer.convert_tokens_to_ids(known), strict=True))
    return [[row_of[token] for token in spelling] for spelling in spellings]


def _from_pretrained(name: str, *, local_only: bool, gpu: bool, half: bool) -> tuple[Any, Any]:
    import torch

    library = transformers_library()
    gpu = gpu and torch.cuda.is_available()
    given = {"local_files_only": local_only, "trust_remote_code": False}
    try:
        processor = _processor(library, name, given)
        network = library.AutoModelForImageTextToText.from_pretrained(
            name, **given, use_safetensors=True, dtype="bfloat16" if gpu and half else "float32"
        )
    except Exception as error:  # the loaders raise OSError, ValueError, ImportError, TypeError, KeyError and their own
        told = str(error).strip()
        if missing := re.search(r"`?(torchvision|num2words|sentencepiece|protobuf)`?", told, re.IGNORECASE):
            package = missing.group(1).lower()
            raise BaseModelUnavailable(
                f"The processor of '{name}' was expected to load, found that it needs the package {package}.",
                hint=f"pip install {package}, then: imprimatur train",
            ) from error
        first_line = next(iter(told.splitlines()), type(error).__name__)
        raise _unusable(name, first_line.rstrip(".")) from error
    if getattr(processor, "tokenizer", None) is None:
        raise _unusable(name, "its processor has no tokenizer")
    return network.to(f"cuda:{torch.cuda.current_device()}") if gpu else network, processor


def _processor(library: Any, name: str, given: Mapping[str, Any]) -> Any:
    """The model's processor. Where its part for videos cannot be loaded (it needs torchvision, and a folder that was saved
    without it has none), it is loaded without: no video is ever shown."""
    try:
        return library.AutoProcessor.from_pretrained(name, **given)
    except (ImportError, AttributeError, OSError):
        from transformers.models.auto.processing_auto import PROCESSOR_MAPPING

        config = library.AutoConfig.from_pretrained(name, **given)
        whole: Any = PROCESSOR_MAPPING.get(type(config), None)
        if whole is None or "video_processor" not in whole.get_attributes():
            raise
        return _without_videos(whole).from_pretrained(name, video_processor=None, **given)


def _without_videos(whole: Any) -> Any:
    """A processor class with one part less; it is saved under its own name."""

    class PicturesOnly(whole):  # type: ignore[misc]
        @classmethod
        def get_attributes(cls) -> list[str]:
            return [part for part in whole.get_attributes() if part != "video_processor"]

    PicturesOnly.__name__ = whole.__name__
    return PicturesOnly


def _unusable(name: str, found: str) -> BaseModelUnavailable:
    return BaseModelUnavailable(
        f"A usable image-text-to-text model with safetensors weights was expected at '{name}', found: {found}.",
        hint='set base_model = "embedded" under [train] in imprimatur.toml, then: imprimatur train',
    )


def transformers_library() -> Any:
    """The library, its own bars and advice kept off the screen: progress is the front door's business."""
    import transformers

    library: Any = transformers
    library.utils.logging.disable_progress_bar()
    library.utils.logging.set_verbosity_error()
    return library
