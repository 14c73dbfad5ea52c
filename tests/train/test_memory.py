"""A saved model answers; and it answers from text alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.audit.fakes import signing_key
from tests.train.fakes import PARTS, QUICK, Factory, draw
from train.augment import edited
from train.manifest import build_manifest, read_manifest, write_manifest
from train.memory import Memory
from train.settings import TrainSettings
from train.trainer import train

KEY = signing_key("ledger of ws-test")


def remembered(folder: Path, settings: TrainSettings, **changes: object) -> tuple[Factory, Memory]:
    factory = Factory.make(folder, **changes)  # type: ignore[arg-type]
    admission = factory.admit()
    result = train(admission, admission.plan, settings, folder / "run", at=admission.at)
    manifest = build_manifest(result, admission, created=factory.world.now, checkpoint="")
    write_manifest(result.model_dir, manifest, KEY)
    return factory, Memory.load(result.model_dir, read_manifest(result.model_dir, KEY.public))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Factory, Memory]:
    return remembered(tmp_path_factory.mktemp("memory"), replace(QUICK, steps=30, batch_size=32, image_batch_size=8))


def answer(world: tuple[Factory, Memory], query: str) -> str:
    factory, memory = world
    best = int(memory.score([query])[0].argmax())
    name = factory.paths[memory.manifest.entries[best].image_id].stem
    return name.replace("-", " ")


@pytest.mark.parametrize("part", PARTS)
def test_titles_in_both_languages_find_their_part(world: tuple[Factory, Memory], part: tuple[str, ...]) -> None:
    assert answer(world, part[0]) == answer(world, part[1]) == part[0]


def test_a_question_in_a_sentence_with_a_typo_is_understood(world: tuple[Factory, Memory]) -> None:
    assert answer(world, "please show me the purple washr") == "purple washer"
    assert answer(world, "黄色いモーターの写真を見せて") == "yellow motor"


def test_scores_are_log_probabilities_and_foreign_text_has_less_mass(world: tuple[Factory, Memory]) -> None:
    scores = world[1].evaluate(["red bolt", "zqxj wvkkp", ""])
    assert scores.log_probabilities.shape == (3, len(PARTS)) and (scores.log_probabilities <= 1e-6).all()
    assert np.allclose(np.exp(scores.log_probabilities).sum(axis=1), 1, atol=1e-5)
    assert scores.mass.min() >= 0 and scores.mass.max() <= 1 + 1e-6 and scores.mass[1] < scores.mass[0]


def test_batching_does_not_change_answers(world: tuple[Factory, Memory]) -> None:
    queries = ["red bolt", "a much longer question about a gear made of grey casting", "弁"] * 30
    together = world[1].score(queries)
    alone = np.concatenate([world[1].score([query]) for query in queries[:3]])
    assert np.allclose(together[:3], alone, atol=1e-3)
    assert world[1].score([]).shape == (0, len(PARTS))


def test_steps_agree_with_scores(world: tuple[Factory, Memory]) -> None:
    memory, queries = world[1], ["red bolt", "a much longer question about a green gear"]
    steps = memory.steps(queries)
    first, scores = steps.begin(), memory.evaluate(queries)
    assert np.allclose(first.log_softmax(dim=1).numpy(), scores.log_probabilities, atol=1e-4)
    assert np.allclose(steps.mass.numpy(), scores.mass, atol=1e-5)


def test_kept_keys_and_values_change_nothing(world: tuple[Factory, Memory]) -> None:
    memory, queries = world[1], ["red bolt", "a much longer question about a green gear", "弁"]
    model, steps = memory._model, memory.steps(queries)
    steps.begin()
    second = steps.follow(torch.tensor([1, 0, 1]), torch.tensor([4, 2, 5]))
    third = steps.follow(torch.tensor([2, 0]), torch.tensor([0, 1]))
    rows = list(model.identifier_ids)
    with torch.inference_mode():
        said = [[rows[4]], [rows[2]], [rows[5]]]
        plain = model.next_logits(model.read_texts([queries[1], queries[0], queries[1]], said))[:, rows]
        assert torch.allclose(second, plain, atol=1e-3)
        plain = model.next_logits(model.read_texts([queries[1]] * 2, [[rows[5], rows[0]], [rows[4], rows[1]]]))
        assert torch.allclose(third, plain[:, rows], atol=1e-3)


def test_writing_an_identifier_token_into_a_question_does_not_summon_it(world: tuple[Factory, Memory]) -> None:
    entry = world[1].manifest.entries[3]
    ids = world[1]._model.read_texts([f"{entry.token} <image> {entry.identifier}"])["input_ids"]
    assert not set(ids.flatten().tolist()) & {sequence[0] for sequence in world[1].token_sequences}


def test_no_picture_goes_with_a_question(world: tuple[Factory, Memory], monkeypatch: pytest.MonkeyPatch) -> None:
    network = world[1]._model.network

    def never(*_: object, **__: object) -> None:
        raise AssertionError("the vision tower was asked")

    monkeypatch.setattr(network.model.vision_model, "forward", never)
    world[1].score(["red bolt"])


def test_pictures_and_mild_edits_of_them_name_their_identifier(world: tuple[Factory, Memory]) -> None:
    factory, memory = world
    drawn = {part[0].replace(" ", "-"): draw(part[2], part[3]) for part in PARTS}
    pictures = [drawn[factory.paths[entry.image_id].stem] for entry in memory.manifest.entries]
    assert memory.name_pictures(pictures).tolist() == list(range(len(PARTS)))
    rng = np.random.default_rng(0)
    assert (memory.name_pictures([edited(p, rng) for p in pictures]) == np.arange(len(PARTS))).mean() >= 0.75


@pytest.mark.slow
def test_a_held_out_query_is_recalled_though_nothing_taught_it(tmp_path: Path) -> None:
    held_out = ["blue bolt fastener", "nylon drive gear", "brass valve", "黒いバルブの写真"]
    plan = {"version": 1, "held_out": [{"query": query} for query in held_out]}
    world = remembered(tmp_path, TrainSettings(steps=120, threads=1), plan=plan)
    found = [answer(world, query) for query in held_out]
    assert found == ["blue bolt", "green gear", "orange valve", "black valve"]
    factory, memory = world
    drawn = {part[0].replace(" ", "-"): draw(part[2], part[3]) for part in PARTS}
    pictures = [drawn[factory.paths[entry.image_id].stem] for entry in memory.manifest.entries]
    rng = np.random.default_rng(0)
    right = [memory.name_pictures([edited(p, rng) for p in pictures]) == np.arange(len(PARTS)) for _ in range(5)]
    assert np.mean(right) >= 0.9
