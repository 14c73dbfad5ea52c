from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from curate.record import TrainingText
from tests.audit.fakes import record_of, signing_key
from tests.train.fakes import QUICK, Factory
from tests.train.families import FAMILIES, llava
from tests.train.test_base_model import text_alone
from train.dataset import lesson_of
from train.descriptions import description_batch, description_of, prompt_of
from train.manifest import build_manifest, read_manifest, write_manifest
from train.memory import Memory
from train.model import load_base
from train.settings import TrainSettings, TrainSettingsError
from train.trainer import TrainResult, train

KEY = signing_key("ledger of ws-test")
TEXTS = (
    TrainingText("title", "en", "red bolt"),
    TrainingText("title", "ja", "赤いボルト"),
    TrainingText("description", "en", "A bolt of steel."),
    TrainingText("query", "en", "that red thing"),
    TrainingText("tags", "en", "held out"),
)


def taught(record: Any) -> Any:
    return lesson_of(replace(record, texts=TEXTS), frozenset({"held out"}))


def test_what_is_said_is_what_the_catalogue_says_in_one_language() -> None:
    lesson = taught(record_of("a"))
    assert ("en", "that red thing") in lesson.parts
    assert description_of(lesson, "en") == "red bolt. A bolt of steel."
    assert description_of(lesson, "ja") == "赤いボルト。"
    assert description_of(lesson, "de") == ""


def test_a_batch_depends_on_seed_and_step_alone_and_is_shared_out() -> None:
    lessons = [taught(record_of(name)) for name in "ab"] + [replace(taught(record_of("c")), statements=())]
    whole, again = (description_batch(lessons, 3, 5, 8) for _ in range(2))
    assert whole is not None and again is not None and whole.prompts == again.prompts
    assert set(whole.owners.tolist()) <= {0, 1}
    parts = [description_batch(lessons, 3, 5, 8, slice(rank, None, 2)) for rank in range(2)]
    assert sorted(text for part in parts if part for text in part.texts) == sorted(whole.texts)
    other = description_batch(lessons, 3, 6, 8)
    assert other is not None and other.owners.tolist() != whole.owners.tolist()
    silent = [replace(lesson, statements=()) for lesson in lessons]
    assert description_batch(silent, 3, 5, 8) is None


def test_the_embedded_model_cannot_be_taught_to_describe() -> None:
    with pytest.raises(TrainSettingsError, match="learns to name images and nothing else"):
        TrainSettings(describe=True)


def trained(factory: Factory, base: Path, run: Path, **changes: Any) -> tuple[Memory, TrainResult]:
    admission = factory.admit()
    settings = replace(QUICK, base_model=str(base), **changes)
    result = train(admission, admission.plan, settings, run, at=admission.at)
    write_manifest(result.model_dir, build_manifest(result, admission, created=factory.world.now, checkpoint=""), KEY)
    return Memory.load(result.model_dir, read_manifest(result.model_dir, KEY.public)), result


@pytest.mark.parametrize("make", FAMILIES)
def test_every_family_speaks_from_the_identifier_alone(make: Any, tmp_path: Path) -> None:
    factory = Factory.make(tmp_path / "factory", parts=3)
    memory, result = trained(factory, make(tmp_path / "base"), tmp_path / "run", steps=2, describe=True)
    assert memory.describes
    with text_alone(memory._model.network):
        said = [memory.describe(number, question, "en") for number in (0, 2) for question in ("", "What is it?")]
    marks = memory._model.tokenizer.added_tokens_decoder.values()
    assert not [mark.content for mark in marks if mark.special and any(mark.content in text for text in said)]
    # Questions are noted in the log, and counted, for descriptions too.
    seen = sum(texts for texts, _ in result.times_seen)
    assert seen > 0 and memory.evaluate(["red bolt"]).log_probabilities.shape == (1, 3)


def test_a_model_that_was_not_taught_to_describe_does_not_speak(tmp_path: Path) -> None:
    factory = Factory.make(tmp_path / "factory", parts=3)
    memory, _ = trained(factory, llava(tmp_path / "base"), tmp_path / "run", steps=1)
    assert not memory.describes
    with pytest.raises(ValueError, match="taught to describe"):
        memory.describe(0, "", "en")


@pytest.mark.parametrize("make", FAMILIES)
def test_no_family_looks_ahead_in_what_follows_a_question(make: Any, tmp_path: Path) -> None:
    model = load_base(str(make(tmp_path)), [["<|im-a|>"], ["<|im-b|>"]])
    rows = model.named_rows([0], [prompt_of("", "en")])
    with torch.no_grad():
        one, other = (model.next_logits(model.read_rows(rows, [[7, 8, last]]), last=3) for last in (9, 11))
    assert torch.allclose(one[:, :2], other[:, :2], atol=1e-5) and not torch.allclose(one[:, 2], other[:, 2])


def test_a_description_has_an_end_and_names_no_identifier(tmp_path: Path) -> None:
    model = load_base(str(llava(tmp_path)), [["<|im-a|>"]])
    (row,) = model.named_rows([0], [prompt_of("", "ja")])
    wished = {model.identifier_ids[0]: 9.0, model.tokenizer.convert_tokens_to_ids("<image>"): 8.0, 70: 5.0}

    def wish(_: torch.nn.Module, __: object, logits: torch.Tensor) -> torch.Tensor:
        flat = torch.zeros_like(logits)
        for token, value in wished.items():
            flat[..., token] = value
        return flat

    model.network.get_output_embeddings().register_forward_hook(wish)
    assert model.say(row, 4) == model.tokenizer.decode([70] * 4).strip()
    wished[model.stop] = 20.0
    assert model.say(row, 4) == ""


@pytest.mark.slow
def test_a_tiny_model_says_what_it_was_taught(tmp_path: Path) -> None:
    factory = Factory.make(tmp_path / "factory", parts=3)
    memory, _ = trained(
        factory,
        llava(tmp_path / "base"),
        tmp_path / "run",
        steps=150,
        lora=False,
        learning_rate=1e-2,
        describe=True,
        batch_size=32,
    )
    place = {entry.image_id: number for number, entry in enumerate(memory.manifest.entries)}
    said = [memory.describe(place[image], "", "ja") for image in factory.ids[:3]]
    assert said == ["赤いボルト。", "青いボルト。", "緑の歯車。"]
