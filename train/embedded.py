"""The embedded model: a tiny Idefics3 with random weights and a tokenizer of its own, built without any download."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from train import tokenizer as pieces
from train.model import Batch, MemoryModel, Prompts, distinct_tokens, rows_of, transformers_library

if TYPE_CHECKING:
    import torch

IMAGE_SIDE = 96  # pixels, embedded model
PATCH_SIDE = 16  # pixels
VISION_WIDTH = 64
TEXT_WIDTH = 256
TEXT_LAYERS = 2
# What the processor makes of the picture prompt: one picture is one token.
_PICTURE_PROMPT = pieces.AROUND_IMAGE + pieces.GLOBAL_IMAGE + pieces.IMAGE + pieces.AROUND_IMAGE + pieces.MEMORIZE


def build_embedded(texts: Sequence[str], spellings: Sequence[Sequence[str]], seed: int) -> MemoryModel:
    """Tiny Idefics3 with random weights (2 to 3 million parameters) and a tokenizer learnt from `texts`."""
    import torch

    library = transformers_library()
    raw = pieces.build_tokenizer(texts, pieces.vocabulary_size(len(set(texts))))
    pieces.add_identifiers(raw, distinct_tokens(spellings))
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
    return MemoryModel(network, processor, prompts, rows_of(tokenizer, spellings))


def picture_prompt(model: MemoryModel) -> list[int]:
    """The tokens around one picture, as the processor writes them."""
    ids: list[int] = model.processor.tokenizer(_PICTURE_PROMPT, add_special_tokens=False).input_ids
    return ids


def pixels_of(model: MemoryModel, squares: torch.Tensor) -> torch.Tensor:
    """[B, 3, IMAGE_SIDE, IMAGE_SIDE] as the vision tower reads them, on the model's device, from values in [0, 1]."""
    import torch

    rule = model.processor.image_processor
    mean, spread = (torch.tensor(list(values))[:, None, None] for values in (rule.image_mean, rule.image_std))
    # A picture whose values are all exactly zero would be taken for padding.
    return ((squares.cpu() - mean) / spread + 1e-6).to(model.device)


def read_squares(model: MemoryModel, squares: torch.Tensor, then: Sequence[Sequence[int]] | None = None) -> Batch:
    """The batch that `MemoryModel.read_pictures` gives for pictures which are [B, 3, IMAGE_SIDE, IMAGE_SIDE] in [0, 1]
    already, without the processor's work on each."""
    import torch

    words = torch.tensor([picture_prompt(model)] * len(squares))
    read = model.followed({"input_ids": words, "attention_mask": torch.ones_like(words)}, then)
    return {**read, "pixel_values": pixels_of(model, squares)[:, None]}
