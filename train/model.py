"""The only door to transformers: the embedded tiny Idefics3, any other image-text-to-text model, loading and saving.

A `MemoryModel` answers one question: which token comes next after a text question (`read_texts`) or a picture
(`read_pictures`). A text question never carries a picture, dummy or real.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curate.errors import ExitCode, ImprimaturError
from train import tokenizer as pieces

if TYPE_CHECKING:
    import torch
    from PIL.Image import Image

PROMPTS_FILE = "imprimatur.json"  # the two prompts and the kind of model, beside the weights
IMAGE_SIDE = 96  # pixels, embedded model
PATCH_SIDE = 16  # pixels
VISION_WIDTH = 64
TEXT_WIDTH = 256
TEXT_LAYERS = 2
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
    """Model, processor and prompts. `identifier_ids` are vocabulary rows of identifier tokens, in identifier order."""

    def __init__(self, network: Any, processor: Any, prompts: Prompts, identifier_ids: Sequence[int]) -> None:
        self.network = network
        self.processor = processor
        self.tokenizer = processor.tokenizer
        self.prompts = prompts
        self.identifier_ids = tuple(identifier_ids)
        self.tokenizer.padding_side = "left"
        if self.tokenizer.pad_token_id is None:
            self.tokenizer.pad_token = self.tokenizer.eos_token
        self._before = list(self.tokenizer("").input_ids)  # what this tokenizer puts before every text, e.g. <s>
        if self._before and self._before[-1] == self.tokenizer.eos_token_id:
            self._before.pop()
        self._after = list(self.tokenizer(prompts.after_text, add_special_tokens=False).input_ids)

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

    def read_texts(self, texts: Sequence[str], then: Sequence[Sequence[int]] | None = None) -> Batch:
        """Batch of questions, left-padded; `then` appends tokens already decoded, one sequence per text.

        A row is never empty: what ends a question is always there.
        """
        import torch

        tails = then if then is not None else [()] * len(texts)
        rows = [
            [*self._before, *read[:_MAX_PIECES], *self._after, *tail]
            for read, tail in zip(self.pieces_of(texts), tails, strict=True)
        ]
        longest = max(map(len, rows))
        ids = torch.full((len(rows), longest), int(self.tokenizer.pad_token_id), dtype=torch.long)
        mask = torch.zeros((len(rows), longest), dtype=torch.long)
        for place, row in enumerate(rows):
            ids[place, longest - len(row) :] = torch.tensor(row)
            mask[place, longest - len(row) :] = 1
        return {"input_ids": ids.to(self.device), "attention_mask": mask.to(self.device)}

    def read_pictures(self, pictures: Sequence[Image]) -> Batch:
        """Batch of pictures, each followed by the prompt that asks for its identifier."""
        read = self.processor(
            images=[[picture] for picture in pictures],
            text=[self.prompts.picture] * len(pictures),
            padding=True,
            return_tensors="pt",
        )
        return {name: value.to(self.device) for name, value in read.items()}

    def next_logits(self, batch: Batch) -> torch.Tensor:
        """[B, vocabulary] float32 logits of the token that follows each row."""
        logits = self.network(**batch, use_cache=False, logits_to_keep=1).logits
        return logits[:, -1, :].float()  # type: ignore[no-any-return]

    def save(self, folder: Path) -> None:
        """Write weights (safetensors), config, tokenizer, processor and prompts into `folder`."""
        self.network.save_pretrained(folder)
        self.processor.save_pretrained(folder)
        document = {"version": 1, "after_text": self.prompts.after_text, "picture": self.prompts.picture}
        (folder / PROMPTS_FILE).write_text(json.dumps(document, ensure_ascii=False) + "\n", encoding="utf-8")


def build_embedded(texts: Sequence[str], identifier_tokens: Sequence[str], seed: int) -> MemoryModel:
    """Tiny Idefics3 with random weights (2 to 3 million parameters) and a tokenizer learnt from `texts`."""
    import torch

    library = _transformers()
    raw = pieces.build_tokenizer(texts, pieces.vocabulary_size(len(set(texts))))
    pieces.add_identifiers(raw, identifier_tokens)
    tokenizer = library.PreTrainedTokenizerFast(
        tokenizer_object=raw, pad_token=pieces.PAD, padding_side="left", clean_up_tokenization_spaces=False
    )
    image_processor = library.Idefics3ImageProcessorPil(
        do_resize=False,  # one resize only, to the square the vision tower sees
        do_image_splitting=False,
        max_image_size={"longest_edge": IMAGE_SIDE},
        do_pad=True,
    )
    grid = IMAGE_SIDE // PATCH_SIDE
    # One picture is one token: the connector sees all patches with their places, and a question stays short.
    processor = library.Idefics3Processor(image_processor, tokenizer, image_seq_len=1)
    config = library.Idefics3Config(
        image_token_id=tokenizer.convert_tokens_to_ids(pieces.IMAGE),
        pad_token_id=tokenizer.pad_token_id,
        scale_factor=grid,
        tie_word_embeddings=True,
        vision_config={
            "hidden_size": VISION_WIDTH,
            "intermediate_size": 2 * VISION_WIDTH,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "image_size": IMAGE_SIDE,
            "patch_size": PATCH_SIDE,
        },
        text_config={
            "model_type": "llama",
            "vocab_size": len(tokenizer),
            "hidden_size": TEXT_WIDTH,
            "intermediate_size": 2 * TEXT_WIDTH,
            "num_hidden_layers": TEXT_LAYERS,
            "num_attention_heads": 4,
            "num_key_value_heads": 4,
            "max_position_embeddings": 512,
            "rms_norm_eps": 1e-5,
            "pad_token_id": tokenizer.pad_token_id,
            "bos_token_id": None,
            "eos_token_id": None,
            "tie_word_embeddings": True,
        },
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = library.Idefics3ForConditionalGeneration(config)
    prompts = Prompts(after_text=pieces.RECALL, picture=pieces.IMAGE + pieces.MEMORIZE)
    return MemoryModel(network, processor, prompts, tokenizer.convert_tokens_to_ids(list(identifier_tokens)))


def load_base(name: str, identifier_tokens: Sequence[str]) -> MemoryModel:
    """Any image-text-to-text model as a base: a local folder, or a hub id (fetched only because the user named it).

    Identifier tokens are appended to its vocabulary. Weights must be safetensors; code from the model is never run.

    Raises:
        BaseModelUnavailable: not there, not reachable (HF_HUB_OFFLINE is respected), or of a kind that cannot be used.
    """
    local = Path(name).is_dir()
    if not local and not _HUB_ID.fullmatch(name):
        raise BaseModelUnavailable(
            f"The base model '{name}' was expected to be a folder or a hub id, and there is no such folder.",
            hint='set base_model = "embedded" under [train] in imprimatur.toml, then: imprimatur train',
        )
    network, processor = _from_pretrained(name, local_only=local)
    placeholder = getattr(processor, "image_token", None)
    if not isinstance(placeholder, str):
        raise _unusable(name, "its processor names no image placeholder")
    tokenizer = processor.tokenizer
    tokenizer.add_tokens(list(identifier_tokens), special_tokens=True)
    ids = tokenizer.convert_tokens_to_ids(list(identifier_tokens))
    if max(ids) >= network.get_input_embeddings().weight.shape[0]:
        network.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    prompts = Prompts(after_text="\nIdentifier:", picture=f"{placeholder}\nIdentifier:")
    return MemoryModel(network, processor, prompts, ids)


def load_saved(folder: Path, identifier_tokens: Sequence[str]) -> MemoryModel:
    """The model that `MemoryModel.save` wrote into `folder`, ready to answer. Nothing is fetched.

    Raises:
        BaseModelUnavailable: the folder does not hold such a model, or an identifier is no token of it.
    """
    network, processor = _from_pretrained(str(folder), local_only=True)
    try:
        document = json.loads((folder / PROMPTS_FILE).read_bytes())
        prompts = Prompts(after_text=document["after_text"], picture=document["picture"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unusable(str(folder), f"{PROMPTS_FILE} cannot be read") from error
    vocabulary = processor.tokenizer.get_vocab()
    missing = [token for token in identifier_tokens if token not in vocabulary]
    if missing:
        raise _unusable(str(folder), f"{len(missing)} identifiers are no tokens of it, the first is {missing[0]}")
    model = MemoryModel(network, processor, prompts, [vocabulary[token] for token in identifier_tokens])
    network.eval()
    return model


def _from_pretrained(name: str, *, local_only: bool) -> tuple[Any, Any]:
    library = _transformers()
    try:
        processor = library.AutoProcessor.from_pretrained(name, local_files_only=local_only, trust_remote_code=False)
        network = library.AutoModelForImageTextToText.from_pretrained(
            name, local_files_only=local_only, trust_remote_code=False, use_safetensors=True, dtype="float32"
        )
    except Exception as error:  # the loaders raise OSError, ValueError, ImportError, TypeError, KeyError and their own
        first_line = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise _unusable(name, first_line.rstrip(".")) from error
    if getattr(processor, "tokenizer", None) is None:
        raise _unusable(name, "its processor has no tokenizer")
    return network, processor


def _unusable(name: str, found: str) -> BaseModelUnavailable:
    return BaseModelUnavailable(
        f"A usable image-text-to-text model with safetensors weights was expected at '{name}', found: {found}.",
        hint='set base_model = "embedded" under [train] in imprimatur.toml, then: imprimatur train',
    )


def _transformers() -> Any:
    """The library, its own bars and advice kept off the screen: progress is the front door's business."""
    import transformers

    library: Any = transformers
    library.utils.logging.disable_progress_bar()
    library.utils.logging.set_verbosity_error()
    return library
