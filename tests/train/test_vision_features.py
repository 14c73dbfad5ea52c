from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.numpy import load_file

from tests.audit.fakes import signing_key
from tests.train.fakes import QUICK, Factory, draw
from tests.train.families import FAMILIES, idefics3, llava
from train.gate import GateRefusal
from train.model import load_base
from train.settings import TrainSettings, TrainSettingsError
from train.trainer import TrainResult, train
from train.vision_features import VisionFeatures, forget_features, keep_only

KEY, OTHER = signing_key("ledger of ws-test"), signing_key("somebody else")
IDS = ["ab" * 32, "cd" * 32, "ef" * 32]
PICTURES = [draw("red", "bolt"), draw("green", "gear"), draw("blue", "valve")]


def kept(model: Any, folder: Path, *, seal: Any = KEY, seed: int = 0, edits: int = 2) -> VisionFeatures:
    for parameter in model.network.parameters():
        parameter.requires_grad = False
    return VisionFeatures(model, IDS, PICTURES.__getitem__, folder, edits=edits, seed=seed, side=768, seal=seal)


@pytest.mark.parametrize("make", FAMILIES)
def test_features_say_what_the_pixels_say(make: Any, tmp_path: Path) -> None:
    model = load_base(str(make(tmp_path / "base")), [["<|im-a|>"], ["<|im-b|>"]])
    model.network.eval()
    for folder in (tmp_path / "kept", tmp_path / "kept"):
        features = kept(model, folder)
        with torch.no_grad():
            from_pixels = model.next_logits(model.read_pictures(PICTURES[:2], [(), ()]))
            from_features = model.next_logits(features.read([0, 1], [0, 2], [(), ()]))
        assert torch.allclose(from_pixels, from_features, atol=1e-4)
    assert features.computed == 0  # the second time all of it was there
    with torch.no_grad():
        edited = model.next_logits(features.read([0], [1], [()]))
    assert features.computed == 1 and not torch.allclose(edited, from_features[:1], atol=1e-4)


def test_only_what_is_ours_and_of_this_binding_is_believed(tmp_path: Path) -> None:
    model = load_base(str(llava(tmp_path / "base")), [["<|im-a|>"]])
    folder = tmp_path / "kept"
    kept(model, folder).read([0, 1], [0, 0], [(), ()])
    (first,), (second,) = (list((folder / i[:2] / i).iterdir()) for i in IDS[:2])
    first.write_bytes(second.read_bytes())  # the features of another image
    second.write_bytes(second.read_bytes()[:-1])
    again = kept(model, folder)
    again.read([0, 1], [0, 0], [(), ()])
    assert again.computed == 2
    for changed in ({"seal": OTHER}, {"seed": 1}):
        other = kept(model, folder, **changed)  # type: ignore[arg-type]
        other.read([0], [0], [()])
        assert other.computed == 1
    with torch.no_grad():
        next(p for name, p in model.network.named_parameters() if "vision_tower" in name).add_(0.1)
    moved = kept(model, folder, seed=1)
    moved.read([0], [0], [()])
    assert moved.computed == 1
    assert len(list(folder.glob("*/*/*"))) == 1  # what no binding asks for is gone


def test_what_cannot_be_removed_is_no_success(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / IDS[0][:2] / IDS[0]
    place.mkdir(parents=True)

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied", str(place))

    monkeypatch.setattr("shutil.rmtree", refuse)
    with pytest.raises(PermissionError):
        forget_features(tmp_path, IDS[0])
    with pytest.raises(PermissionError):
        keep_only(tmp_path, IDS[1:2])


def test_what_is_kept_of_an_image_can_be_forgotten(tmp_path: Path) -> None:
    model = load_base(str(llava(tmp_path / "base")), [["<|im-a|>"]])
    kept(model, tmp_path / "kept").read([0, 1, 2], [0, 0, 0], [(), (), ()])
    forget_features(tmp_path / "kept", IDS[0])
    assert {path.parent.name for path in (tmp_path / "kept").glob("*/*/*")} == set(IDS[1:])
    keep_only(tmp_path / "kept", IDS[1:2])
    assert {path.parent.name for path in (tmp_path / "kept").glob("*/*/*")} == set(IDS[1:2])
    forget_features(tmp_path / "kept", IDS[2])


def learned(factory: Factory, base: Path, run: Path, features: Path) -> TrainResult:
    admission = factory.admit()
    settings = replace(QUICK, base_model=str(base), steps=4, picture_edits=2)
    return train(admission, admission.plan, settings, run, at=admission.at, seal=KEY, features=features)


def test_a_run_over_kept_features_ends_the_same_and_its_log_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    factory = Factory.make(tmp_path / "factory", parts=3)
    base = idefics3(tmp_path / "base")
    cold = learned(factory, base, tmp_path / "cold", tmp_path)

    def never(*_: object) -> None:
        raise AssertionError("the vision tower was asked")

    monkeypatch.setattr(VisionFeatures, "_compute", never)
    warm = learned(factory, base, tmp_path / "warm", tmp_path)
    left, right = (load_file(run.model_dir / "model.safetensors") for run in (cold, warm))
    assert left.keys() == right.keys() and all((left[name] == right[name]).all() for name in left)
    assert cold.emitted == warm.emitted and cold.times_seen == warm.times_seen


def test_kept_features_do_not_stand_in_for_a_file_that_changed(tmp_path: Path) -> None:
    factory = Factory.make(tmp_path / "factory", parts=3)
    base = idefics3(tmp_path / "base")

    def stop(stage: str, done: int, total: int) -> None:
        if stage == "train" and done == 2:
            raise KeyboardInterrupt

    admission = factory.admit()
    settings = replace(QUICK, base_model=str(base), steps=4, picture_edits=2)
    with pytest.raises(KeyboardInterrupt):
        train(admission, admission.plan, settings, tmp_path / "run", at=admission.at, progress=stop)
    for image in admission.cleared:
        image.path.write_bytes(image.path.read_bytes() + b"\0")
    with pytest.raises(GateRefusal):  # resumed: nothing is decoded, and every file is proved
        train(admission, admission.plan, settings, tmp_path / "run", at=admission.at)


def test_only_a_tower_that_does_not_learn_has_features_to_keep() -> None:
    with pytest.raises(TrainSettingsError, match="the embedded model"):
        TrainSettings(picture_edits=2)
    with pytest.raises(TrainSettingsError, match="lora = false"):
        TrainSettings(base_model="x", lora=False, picture_edits=2)
