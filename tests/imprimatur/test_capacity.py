"""What a workspace says about budgets, and what its model can hold."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest

from curate.value.budget import BudgetError, QuotaError
from imprimatur.capacity import EMBEDDED_PARAMETERS, ParametersUnknown, bits_of, budget_of, counted, value_settings
from imprimatur.settings import Settings, SettingsError, load_settings


def settings(folder: Path, text: str) -> Settings:
    (folder / "imprimatur.toml").write_text(text, encoding="utf-8")
    return load_settings(folder)


def safetensors(path: Path, *shapes: list[int]) -> Path:
    header = {f"t{n}": {"dtype": "F32", "shape": shape, "data_offsets": [0, 0]} for n, shape in enumerate(shapes)}
    data = json.dumps({**header, "__metadata__": {"format": "pt"}}).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack("<Q", len(data)) + data)
    return path


def test_all_of_it_is_read_and_a_flag_stands_in_place_of_its_setting(tmp_path: Path) -> None:
    found = settings(
        tmp_path,
        "[curate]\nbudget_images = 500\nbudget_update_cost = 20.0\n"
        "[curate.quotas.content_class]\ndrawing = {at_least = 20, at_most = 200}\n"
        '[value]\nupdate_cost = 120.0\nupdate_cost_unit = "JPY"\n',
    )
    budget = budget_of(found, tmp_path, images=100)
    assert (budget.images, budget.bits, budget.update_cost) == (100, None, 20.0)
    assert [(q.grouping, q.name, q.at_least, q.at_most) for q in budget.quotas] == [
        ("content_class", "drawing", 20, 200)
    ]
    assert value_settings(found).update_cost_unit == "JPY"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("[curate]\nbudget_images = 0\n", BudgetError),
        ("[curate]\nbudget_images = 3\n[curate.quotas.content_class]\nphoto = {at_least = 4}\n", QuotaError),
        ("[curate.quotas.content_class]\nphoto = {at_least = 4, at_most = 3}\n", QuotaError),
    ],
)
def test_budgets_that_cannot_be_met_are_refused(tmp_path: Path, text: str, error: type[Exception]) -> None:
    with pytest.raises(error, match="expected"):
        budget_of(settings(tmp_path, text), tmp_path)


@pytest.mark.parametrize("text", ['[curate.pins]\n"a.png" = " "\n', "[curate.quotas.colour]\nred = {at_most = 3}\n"])
def test_a_pin_without_a_reason_and_an_unknown_grouping_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError):
        settings(tmp_path, text)


def test_bits_of_the_chosen_model_are_counted_from_its_files(tmp_path: Path) -> None:
    found = settings(tmp_path, '[curate]\nbudget_bits = "model"\n')
    assert budget_of(found, tmp_path / "models").bits == EMBEDDED_PARAMETERS * 2 * 0.1
    safetensors(tmp_path / "models" / "run" / "model" / "model.safetensors", [100, 20], [50])
    assert budget_of(found, tmp_path / "models").bits == pytest.approx(2050 * 2 * 0.1)
    folder = safetensors(tmp_path / "own" / "model-00001.safetensors", [10, 10]).parent
    own = settings(tmp_path, f'[curate]\nbudget_bits = "model"\nusable_share = 0.5\n[train]\nbase_model = "{folder}"\n')
    assert budget_of(own, tmp_path).bits == 100


def test_a_model_that_is_not_here_cannot_be_counted(tmp_path: Path) -> None:
    hub = settings(tmp_path, '[curate]\nbudget_bits = "model"\n[train]\nbase_model = "some/model"\n')
    with pytest.raises(ParametersUnknown, match="some/model") as caught:
        budget_of(hub, tmp_path)
    assert "model_parameters" in caught.value.hint
    broken = tmp_path / "model.safetensors"
    broken.write_bytes(b"no model")
    with pytest.raises(ParametersUnknown):
        counted(broken)
    stated = settings(
        tmp_path, '[curate]\nbudget_bits = "model"\nmodel_parameters = 1000\n[train]\nbase_model = "some/model"\n'
    )
    assert budget_of(stated, tmp_path).bits == 200


def test_bits_are_read_as_people_type_them() -> None:
    assert bits_of("5_000") == bits_of("5,000") == 5000
    assert bits_of("model") == "model" and bits_of(None) is None
    with pytest.raises(BudgetError, match="found 'much'"):
        bits_of("much")
