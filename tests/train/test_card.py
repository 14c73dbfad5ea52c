"""The model card: a YAML head that Hugging Face's own reader takes, numbers, and nobody's name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml
from huggingface_hub import ModelCard

from tests.audit.fakes import record_of
from train.card import card
from train.settings import TrainSettings


def written(**changes: Any) -> str:
    records = [record_of("bolt"), record_of("nut")]
    images = tuple(SimpleNamespace(record=record) for record in records)
    admission: Any = SimpleNamespace(cleared=images, unsafe=changes.pop("unsafe", False))
    result: Any = SimpleNamespace(
        run="run-7", identifiers=images, scheme="serial", settings=replace(TrainSettings(), **changes), model_dir=Path()
    )
    return card(result, admission, created=datetime(2030, 1, 2, tzinfo=UTC))


def test_hugging_face_reads_the_head() -> None:
    read = ModelCard(written(base_model="org/model"))
    assert read.data.license == "other" and read.data.language == ["ja", "en"]
    assert read.data.to_dict()["base_model"] == "org/model"
    assert "base_model" not in yaml.safe_load(written().split("---")[1])


def test_it_counts_images_and_licences_and_names_no_picture() -> None:
    text = written()
    assert "trained on 2 images" in text and "| `CC-BY-4.0` | 2 |" in text
    assert "bolt" not in text and "UNSAFE" not in text
    assert "UNSAFE" in written(unsafe=True)
