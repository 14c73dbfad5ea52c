"""Other models than the embedded one: real folders of random weights, through the real loading code."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from curate.errors import ExitCode
from tests.audit.fakes import signing_key
from tests.train.fakes import QUICK, Factory, draw
from tests.train.families import FAMILIES, TEXTS, idefics3, smolvlm
from train.embedded import build_embedded
from train.manifest import build_manifest, read_manifest, write_manifest
from train.memory import Memory
from train.model import BaseModelUnavailable, _without_videos, load_base, load_saved
from train.ranks import Ranks
from train.trainer import train

KEY = signing_key("ledger of ws-test")


@contextmanager
def text_alone(network: torch.nn.Module) -> Iterator[None]:
    """Inside, a picture that is handed over, dummy or real, fails the test, and so does a vision tower that is asked."""

    def without(_: torch.nn.Module, arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
        assert not arguments and not [name for name in named if "pixel" in name or "image" in name or "video" in name]

    def never(*_: object) -> None:
        raise AssertionError("the vision tower was asked")

    towers = [part for name, part in network.named_modules() if re.search("vision|visual|connector|multi_modal", name)]
    assert towers
    hooks = [part.register_forward_pre_hook(never) for part in towers]
    hooks.append(network.register_forward_pre_hook(without, with_kwargs=True))
    yield
    for hook in hooks:
        hook.remove()


@pytest.mark.parametrize(
    ("make", "lora"),
    [
        *((make, True) for make in FAMILIES),
        (idefics3, False),
        *(pytest.param(make, False, marks=pytest.mark.slow) for make in FAMILIES[1:]),
    ],
)
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
    with text_alone(memory._model.network):
        scores = memory.evaluate(["red bolt", "緑の歯車"])
        steps = memory.steps(["red bolt"])
        assert np.allclose(steps.begin().log_softmax(dim=1).numpy(), scores.log_probabilities[:1], atol=1e-3)
        steps.follow(torch.tensor([0, 0]), torch.tensor([0, 1]))
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
    torch.manual_seed(99)  # what was drawn before in the process decides nothing
    whole = train(admission, admission.plan, settings, tmp_path / "b", at=admission.at)
    assert resumed.resumed_from == 2
    left, right = (load_file(run.model_dir / "model.safetensors") for run in (resumed, whole))
    assert all(np.allclose(left[name], right[name], atol=1e-7) for name in right)


def refused(name: str, hint: str = "") -> BaseModelUnavailable:
    with pytest.raises(BaseModelUnavailable) as caught:
        load_base(name, [["<|im-a|>"]])
    assert caught.value.exit_code == ExitCode.UNAVAILABLE and "imprimatur train" in caught.value.hint
    assert caught.value.hint.startswith(hint)
    assert "\n" not in caught.value.message
    return caught.value


def test_a_processor_that_needs_a_package_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import transformers

    def wanting(*_: object, **__: object) -> None:
        raise ImportError("\nSomeImageProcessor requires the Torchvision library but it was not found.\n")

    monkeypatch.setattr(transformers.AutoProcessor, "from_pretrained", wanting)
    caught = refused(str(idefics3(tmp_path)), "pip install torchvision")
    assert "needs the package torchvision" in caught.message


def test_smolvlms_own_processor_asks_for_num2words(tmp_path: Path) -> None:
    base = smolvlm(tmp_path)
    document = json.loads((base / "processor_config.json").read_bytes())
    (base / "processor_config.json").write_text(json.dumps(document | {"processor_class": "SmolVLMProcessor"}))
    if importlib.util.find_spec("num2words") is None:
        with pytest.raises(BaseModelUnavailable, match="needs the package num2words"):
            load_base(str(base), [["<|im-a|>"]])
    else:
        assert load_base(str(base), [["<|im-a|>"]]).atomic


def test_a_processor_without_its_part_for_videos_is_else_the_same() -> None:
    from transformers import SmolVLMProcessor

    less: Any = _without_videos(SmolVLMProcessor)
    # The loader reads the names of this very function for what else a processor was saved with.
    assert less.__init__ is SmolVLMProcessor.__init__ and less.__name__ == "SmolVLMProcessor"
    assert set(SmolVLMProcessor.get_attributes()) - set(less.get_attributes()) == {"video_processor"}


class Watching(Ranks):
    """Keeps the gradients of every step."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[list[torch.Tensor]] = []

    def add_up(self, parameters: Sequence[torch.nn.Parameter]) -> None:
        self.steps.append([p.grad.clone() for p in parameters if p.grad is not None])


def test_small_looks_add_up_to_the_gradient_of_a_whole_one(tmp_path: Path) -> None:
    factory = Factory.make(tmp_path / "factory", parts=3)
    admission = factory.admit()
    settings = replace(QUICK, base_model=str(idefics3(tmp_path / "base")), steps=1, image_batch_size=3, lora=False)
    seen = []
    for most in (None, 2):
        ranks = Watching()
        part = replace(settings, most_at_once=most)
        train(admission, admission.plan, part, tmp_path / str(most), at=admission.at, ranks=ranks)
        (step,) = ranks.steps
        seen.append(torch.cat([gradient.flatten() for gradient in step]))
    assert float(seen[0].norm()) > 1e-3 and torch.allclose(*seen, rtol=1e-3, atol=1e-5)


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
