"""Tiny models of random weights, saved as anybody could have saved them: no identifiers, nothing of ours beside them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.train.fakes import PARTS
from train.embedded import build_embedded
from train.model import transformers_library
from train.tokenizer import build_tokenizer

TEXTS = [text for part in PARTS for text in part[:2]]
_TEXT = {
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 512,
    "bos_token_id": None,
    "eos_token_id": None,
}
_VISION = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "image_size": 32,
    "patch_size": 16,
}


def _tokenizer(*special: str, **named: str) -> Any:
    from tokenizers import AddedToken

    raw = build_tokenizer(TEXTS, 600)
    raw.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in special])
    return transformers_library().PreTrainedTokenizerFast(tokenizer_object=raw, pad_token="<pad>", **named)


def idefics3(folder: Path) -> Path:
    model = build_embedded(TEXTS, [["<|unused|>"]], seed=3)
    model.network.save_pretrained(folder)
    model.processor.save_pretrained(folder)
    return folder


def smolvlm(folder: Path) -> Path:
    """SmolVLM with the processor of Idefics3, as its first checkpoints have it; its own one needs num2words."""
    library = transformers_library()
    model = build_embedded(TEXTS, [["<|unused|>"]], seed=3)
    given = model.network.config
    config = library.SmolVLMConfig(
        text_config=given.text_config.to_dict(),
        vision_config={**given.vision_config.to_dict(), "model_type": "smolvlm_vision"},
        image_token_id=given.image_token_id,
        pad_token_id=model.tokenizer.pad_token_id,
        scale_factor=given.scale_factor,
        tie_word_embeddings=True,
    )
    library.SmolVLMForConditionalGeneration(config).save_pretrained(folder)
    model.processor.save_pretrained(folder)
    return folder


def llava(folder: Path) -> Path:
    """CLIP vision tower, Llama text model and an untied head."""
    library = transformers_library()
    tokenizer = _tokenizer()
    config = library.LlavaConfig(
        vision_config=library.CLIPVisionConfig(**_VISION, projection_dim=32),
        text_config=library.LlamaConfig(**_TEXT, vocab_size=len(tokenizer), tie_word_embeddings=False),
        image_token_id=tokenizer.convert_tokens_to_ids("<image>"),
    )
    config.tie_word_embeddings = False
    library.LlavaForConditionalGeneration(config).save_pretrained(folder)
    side = {"height": 32, "width": 32}
    library.LlavaProcessor(
        image_processor=library.CLIPImageProcessorPil(size=side, crop_size=side),
        tokenizer=tokenizer,
        patch_size=16,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
    ).save_pretrained(folder)
    return folder


def qwen2_5_vl(folder: Path) -> Path:
    """Its processor is saved in parts, as on the hub: what it has for videos is loaded by itself, or not at all."""
    library = transformers_library()
    around = ("<|vision_start|>", "<|image_pad|>", "<|vision_end|>", "<|video_pad|>")
    tokenizer = _tokenizer(*around)
    start, image, end, video = tokenizer.convert_tokens_to_ids(list(around))
    config = library.Qwen2_5_VLConfig(
        text_config={
            **_TEXT,
            "vocab_size": len(tokenizer),
            "rope_scaling": {"type": "mrope", "mrope_section": [2, 3, 3]},
            "pad_token_id": tokenizer.pad_token_id,
        },
        vision_config={
            "depth": 2,
            "hidden_size": 32,
            "intermediate_size": 48,
            "num_heads": 2,
            "out_hidden_size": 64,
            "window_size": 28,
            "fullatt_block_indexes": [1],
        },
        image_token_id=image,
        video_token_id=video,
        vision_start_token_id=start,
        vision_end_token_id=end,
    )
    library.Qwen2_5_VLForConditionalGeneration(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    library.Qwen2VLImageProcessorPil(min_pixels=56 * 56, max_pixels=56 * 56).save_pretrained(folder)
    return folder


def paligemma(folder: Path) -> Path:
    """SigLIP vision tower and Gemma text model."""
    library = transformers_library()
    image_processor = library.SiglipImageProcessorPil(size={"height": 32, "width": 32})
    image_processor.image_seq_length = (32 // 16) ** 2
    processor = library.PaliGemmaProcessor(image_processor, _tokenizer("<bos>", "<eos>", bos_token="<bos>"))
    tokenizer = processor.tokenizer
    config = library.PaliGemmaConfig(
        vision_config={**_VISION, "model_type": "siglip_vision_model", "projection_dim": 64},
        text_config={**_TEXT, "model_type": "gemma", "vocab_size": len(tokenizer), "head_dim": 16, "pad_token_id": 0},
        image_token_id=processor.image_token_id,
        projection_dim=64,
    )
    library.PaliGemmaForConditionalGeneration(config).save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


FAMILIES = (idefics3, smolvlm, llava, qwen2_5_vl, paligemma)
