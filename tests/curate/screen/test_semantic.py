"""Semantic duplicates: met without comparing all pairs, grouped without chains, encoded only from a local folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from curate.decode import DecodeLimits
from curate.embedding import embed
from curate.finding import Detector, Severity
from curate.screen.semantic import (
    EncoderUnusable,
    ImageEncoder,
    SemanticSettings,
    detector_of,
    neighbours,
    semantic_findings,
)
from curate.sealed_store import SealedStore
from tests.curate.fakes import image_id

ENCODER = Detector("semantic-duplicates", "test")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vision encoder with random weights, as an integrator would lay one down."""
    import torch
    from transformers import CLIPImageProcessor, CLIPVisionConfig, CLIPVisionModel

    torch.manual_seed(3)
    place = tmp_path_factory.mktemp("encoder")
    config = CLIPVisionConfig(
        hidden_size=32, intermediate_size=64, num_hidden_layers=1, num_attention_heads=2, image_size=32, patch_size=8
    )
    CLIPVisionModel(config).save_pretrained(place)
    size = {"height": 32, "width": 32}
    CLIPImageProcessor(size={"shortest_edge": 32}, crop_size=size).save_pretrained(place)
    return place


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_neighbours_are_those_that_comparing_all_pairs_finds() -> None:
    rng = np.random.default_rng(5)
    one_cone = rng.normal(size=64) * 2  # as encoders have it: everything is a little like everything
    heads = rng.normal(size=(150, 64)) + one_cone
    rows = unit(np.concatenate([heads, heads[:60] + rng.normal(size=(60, 64)) * 0.15]))
    likeness = rows @ rows.T
    expected = {(int(a), int(b)) for a, b in np.argwhere(np.triu(likeness >= 0.95, 1))}
    found = {(low, high) for low, high, _ in neighbours(rows, 0.95)}
    assert len(expected) >= 60
    assert found == expected


def test_a_group_has_one_head_and_grows_no_chain() -> None:
    angles = {image_id("a"): 0.0, image_id("b"): 0.2, image_id("c"): 0.4}
    vectors = {name: np.array([np.cos(at), np.sin(at), 0.5], dtype=np.float32) / np.float32(1.118) for name, at in angles.items()}  # fmt: skip
    near = float(vectors[image_id("a")] @ vectors[image_id("b")])
    far = float(vectors[image_id("a")] @ vectors[image_id("c")])
    found = semantic_findings(vectors, ENCODER, (near + far) / 2)
    assert all(item.kind == "duplicate.semantic" and item.severity is Severity.INFO for item in found.values())
    heads = {item.explanation.split("like ")[-1][:12] for item in found.values()}
    assert not heads & {name[:12] for name in found}  # nobody follows a follower
    assert semantic_findings({}, ENCODER, 0.9) == {}


def test_pictures_are_encoded_once_and_a_copy_means_the_same(folder: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    paths = {}
    for name in ("one", "two"):
        picture = Image.fromarray(rng.integers(0, 256, (6, 8, 3), dtype=np.uint8)).resize((160, 120))
        for kind in ("png", "jpg"):
            path = tmp_path / f"{name}.{kind}"
            picture.save(path, quality=95)
            import hashlib

            paths[hashlib.sha256(path.read_bytes()).hexdigest()] = path
    settings = SemanticSettings(folder, 0.9)
    with SealedStore(tmp_path / "kept") as kept:
        first = embed(paths, settings, limits=DecodeLimits(), kept=kept)
        assert first is not None and set(first.vectors) == set(paths)
        for path in paths.values():
            path.unlink()  # nothing is opened again
        second = embed(paths, settings, limits=DecodeLimits(), kept=kept)
    assert second is not None
    assert all(np.array_equal(first.vectors[key], second.vectors[key]) for key in paths)
    by_name = {path.name: first.vectors[key] for key, path in paths.items()}
    assert by_name["one.png"] @ by_name["one.jpg"] > 0.99
    assert embed(paths, SemanticSettings(), limits=DecodeLimits(), kept=kept) is None


def test_other_weights_are_another_detector(folder: Path, tmp_path: Path) -> None:
    import shutil

    other = tmp_path / "other"
    shutil.copytree(folder, other)
    assert detector_of(other) == detector_of(folder)
    weights = bytearray((other / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (other / "model.safetensors").write_bytes(weights)
    assert detector_of(other) != detector_of(folder)


def test_a_folder_without_an_encoder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderUnusable, match=r"config\.json"):
        detector_of(tmp_path)
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(EncoderUnusable):
        ImageEncoder(tmp_path)
