"""Other models than the embedded one: real folders of random weights, through the real loading code."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file

from curate.errors import ExitCode
from tests.audit.fakes import signing_key
from tests.train.fakes import PARTS, QUICK, Factory, draw
from train.embedded import build_embedded
from train.manifest import build_manifest, read_manifest, write_manifest
from train.memory import Memory
from train.model import BaseModelUnavailable, load_base, load_saved
from train.tokenizer import build_tokenizer
from train.trainer import train

KEY = signing_key("ledger of ws-test")
TEXTS = [text for part in PARTS for text in part[:2]]


def idefics3(folder: Path) -> Path:
    """A tiny Idefics3 as anybody could have saved it: no identifiers, nothing of ours beside it."""
    model = build_embedded(TEXTS, [["<|unused|>"]], seed=3)
    model.network.save_pretrained(folder)
    model.processor.save_pretrained(folder)
    return folder


def llava(folder: Path) -> Path:
    """A tiny LLaVA with CLIP vision tower, Llama text model and an untied head."""
    import transformers
    from transformers import CLIPVisionConfig, LlamaConfig, LlavaConfig, LlavaForConditionalGeneration

    library: Any = transformers
    raw = build_tokenizer(TEXTS, 600)
    tokenizer = library.PreTrainedTokenizerFast(tokenizer_object=raw, pad_token="<pad>")
    config = LlavaConfig(
        vision_config=CLIPVisionConfig(
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=2,
            image_size=32,
            patch_size=16,
            projection_dim=32,
        ),
        text_config=LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=64,
            intermediate_size=96,
            num_hidden_layers=2,
            num_attention_heads=2,
            num_key_value_heads=2,
            tie_word_embeddings=False,
        ),
        image_token_id=tokenizer.convert_tokens_to_ids("<image>"),
    )
    config.tie_word_embeddings = False
    LlavaForConditionalGeneration(config).save_pretrained(folder)
    image_processor = library.CLIPImageProcessorPil(
        size={"height": 32, "width": 32}, crop_size={"height": 32, "width": 32}
    )
    library.LlavaProcessor(
        image_processor=image_processor,
        tokenizer=tokenizer,
        patch_size=16,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
    ).save_pretrained(folder)
    return folder


@pytest.mark.parametrize("lora", [True, False])
@pytest.mark.parametrize("make", [idefics3, llava])
def test_a_base_model_learns_and_comes_back_from_its_folder(make: Any, lora: bool, tmp_path: Path) -> None:
    factory = Factory.make(tmp_path / "factory", parts=3)
    admission = factory.admit()
    base = make(tmp_path / "base")
    before = load_file(base / "model.safetensors")
    settings = replace(QUICK, base_model=str(base), lora=lora, steps=4, learning_rate=5e-3)
    result = train(admission, admission.plan, settings, tmp_path / "run", at=admission.at)
    manifest = build_manifest(result, admission, created=factory.world.now, checkpoint="")
    write_manifest(result.model_dir, manifest, KEY)
    memory = Memory.load(result.model_dir, read_manifest(result.model_dir, KEY.public))
    scores = memory.evaluate(["red bolt", "緑の歯車"])
    assert np.allclose(np.exp(scores.log_probabilities).sum(axis=1), 1, atol=1e-4)
    assert memory.name_pictures([draw("red", "bolt")]).shape == (1,)
    after = load_file(result.model_dir / "model.safetensors")
    assert not any("lora" in name for name in after)
    changed = {
        name for name in before if before[name].shape != after[name].shape or (before[name] != after[name]).any()
    }
    assert changed and not any("vision" in name for name in changed)
    if lora:
        assert not any("connector" in name or "multi_modal" in name or "norm" in name for name in changed)


def test_an_interrupted_adapter_run_ends_the_same(tmp_path: Path) -> None:
    factory = Factory.make(tmp_path / "factory", parts=3)
    admission = factory.admit()
    settings = replace(QUICK, base_model=str(idefics3(tmp_path / "base")), steps=4)

    def stop(stage: str, done: int, total: int) -> None:
        if stage == "train" and done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(admission, admission.plan, settings, tmp_path / "a", at=admission.at, progress=stop)
    resumed = train(admission, admission.plan, settings, tmp_path / "a", at=admission.at)
    whole = train(admission, admission.plan, settings, tmp_path / "b", at=admission.at)
    assert resumed.resumed_from == 2
    left, right = (load_file(run.model_dir / "model.safetensors") for run in (resumed, whole))
    assert all(np.allclose(left[name], right[name], atol=1e-7) for name in right)


def refused(name: str) -> BaseModelUnavailable:
    with pytest.raises(BaseModelUnavailable) as caught:
        load_base(name, [["<|im-a|>"]])
    assert caught.value.exit_code == ExitCode.UNAVAILABLE and "imprimatur train" in caught.value.hint
    assert "\n" not in caught.value.message
    return caught.value


def test_a_hub_id_that_cannot_be_reached_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    assert "some-org/some-model" in refused("some-org/some-model").message


@pytest.mark.parametrize("name", ["/no/such/folder", "./missing", "a b", "", "../x", "a/b/c"])
def test_what_is_neither_folder_nor_hub_id_is_not_looked_up(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    def never(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "create_connection", never)
    monkeypatch.setattr(socket, "getaddrinfo", never)
    refused(name)


def test_pickled_weights_are_refused(tmp_path: Path) -> None:
    import torch

    base = idefics3(tmp_path / "base")
    torch.save({}, base / "pytorch_model.bin")
    (base / "model.safetensors").unlink()
    refused(str(base))


def test_code_that_comes_with_a_model_is_not_run(tmp_path: Path) -> None:
    base = idefics3(tmp_path / "base")
    mark = tmp_path / "executed"
    (base / "evil.py").write_text(f"open({str(mark)!r}, 'w')\nclass Evil: pass\n")
    config = json.loads((base / "config.json").read_bytes())
    config |= {
        "model_type": "evil",
        "auto_map": {"AutoConfig": "evil.Evil", "AutoModelForImageTextToText": "evil.Evil"},
    }
    (base / "config.json").write_text(json.dumps(config))
    refused(str(base))
    assert not mark.exists()


def test_an_empty_folder_is_no_model(tmp_path: Path) -> None:
    refused(str(tmp_path))


def test_a_saved_model_without_the_identifier_asked_for_is_refused(tmp_path: Path) -> None:
    model = build_embedded(TEXTS, [["<|im-a|>"]], seed=0)
    model.save(tmp_path)
    assert load_saved(tmp_path, [["<|im-a|>"]]).identifier_ids == model.identifier_ids
    with pytest.raises(BaseModelUnavailable, match="im-b"):
        load_saved(tmp_path, [["<|im-b|>"]])
