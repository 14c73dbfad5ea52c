"""A run from admission to model folder: what it reads, how it is interrupted, what it leaves."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from curate.errors import ExitCode
from curate.record import TrainingText
from tests.train.fakes import PARTS, QUICK, Factory, draw, png
from train import packed
from train.checkpoint import FOLDER, discard_checkpoints
from train.gate import Admission, GateRefusal
from train.loop import TrainingDiverged
from train.ranks import Ranks
from train.run_folder import TrainingBusy, sole_user
from train.settings import TrainSettings, TrainSettingsError
from train.trainer import TrainResult, train


@pytest.fixture(scope="module")
def factory(tmp_path_factory: pytest.TempPathFactory) -> Factory:
    plan = {"version": 1, "held_out": [{"query": "RED  Bolt", "relevant": []}]}
    return Factory.make(tmp_path_factory.mktemp("factory"), plan=plan)


@pytest.fixture(scope="module")
def admission(factory: Factory) -> Admission:
    return factory.admit()


def run(admission: Admission, out_dir: Path, settings: TrainSettings = QUICK, **changes: object) -> TrainResult:
    return train(admission, admission.plan, settings, out_dir, at=admission.at, **changes)  # type: ignore[arg-type]


def weights(result: TrainResult) -> dict[str, np.ndarray]:
    return load_file(result.model_dir / "model.safetensors")


@pytest.fixture(scope="module")
def finished(admission: Admission, tmp_path_factory: pytest.TempPathFactory) -> TrainResult:
    return run(admission, tmp_path_factory.mktemp("run"))


def test_the_statement_names_exactly_what_was_read(admission: Admission, finished: TrainResult) -> None:
    read = finished.statement["predicate"]["read"]
    assert [item["image_id"] for item in read] == [image.image_id for image in admission.cleared]
    assert all(item["times_seen"]["pictures"] >= 1 and item["times_seen"]["texts"] >= 1 for item in read)
    # the warm start looks at each picture as it is and at twenty edits of it, then come six batches of four pictures
    # beside questions, and six of them alone
    assert sum(item["times_seen"]["pictures"] for item in read) == 21 * len(PARTS) + 12 * 4
    subjects = {subject["name"]: subject["digest"]["sha256"] for subject in finished.statement["subject"]}
    assert subjects == {found.public: found.image_id for found in finished.identifiers}


def test_the_statement_holds_no_text_of_the_catalogue(finished: TrainResult) -> None:
    spelt = json.dumps(finished.statement, ensure_ascii=False)
    assert not any(word in spelt for part in PARTS for word in (part[0], part[1], part[4][0]))


def test_only_safetensors_and_texts_are_left(finished: TrainResult) -> None:
    suffixes = {path.suffix for path in finished.model_dir.rglob("*") if path.is_file()}
    assert suffixes <= {".safetensors", ".json", ".jinja", ".txt"} and ".safetensors" in suffixes


def test_same_seed_same_weights_other_seed_others(admission: Admission, finished: TrainResult, tmp_path: Path) -> None:
    again, other = run(admission, tmp_path / "a"), run(admission, tmp_path / "b", replace(QUICK, seed=1))
    assert all(np.array_equal(tensor, weights(again)[name]) for name, tensor in weights(finished).items())
    assert any(not np.array_equal(tensor, weights(other)[name]) for name, tensor in weights(finished).items())
    assert {i.public for i in again.identifiers}.isdisjoint(i.public for i in finished.identifiers)


class Killed(BaseException):
    """Ends a run as `kill -9` would: nothing of ours catches it."""


def killed_at(step: int):  # type: ignore[no-untyped-def]
    def progress(stage: str, done: int, total: int) -> None:
        if stage == "train" and done == step:
            raise Killed

    return progress


@pytest.mark.parametrize(("step", "from_step"), [(1, 0), (3, 2), (6, 6), (9, 8), (12, 12)])
def test_an_interrupted_run_goes_on_and_ends_the_same(
    admission: Admission, finished: TrainResult, tmp_path: Path, step: int, from_step: int
) -> None:
    with pytest.raises(Killed):
        run(admission, tmp_path, progress=killed_at(step))
    assert not (tmp_path / "model").exists()
    result = run(admission, tmp_path)
    assert result.resumed_from == from_step
    assert all(np.array_equal(tensor, weights(result)[name]) for name, tensor in weights(finished).items())
    assert result.times_seen == finished.times_seen


def test_a_run_taken_up_after_its_last_step_states_the_same(admission: Admission, tmp_path: Path) -> None:
    first = run(admission, tmp_path)
    second = run(replace(admission, waiting=5), tmp_path)
    assert second.statement == first.statement and second.run == first.run


def test_keyboard_interrupt_while_the_model_is_saved_leaves_no_half_model(
    admission: Admission, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from train.model import MemoryModel

    real = MemoryModel.save

    def half(self: MemoryModel, folder: Path) -> None:
        (folder / "model.safetensors").write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(MemoryModel, "save", half)
    with pytest.raises(KeyboardInterrupt):
        run(admission, tmp_path)
    assert not list(tmp_path.rglob("model.safetensors"))
    monkeypatch.setattr(MemoryModel, "save", real)
    assert run(admission, tmp_path).resumed_from == 12


@pytest.mark.parametrize(
    "damage",
    ["half-written", *(pytest.param(damage, marks=pytest.mark.slow) for damage in ("tensors", "state"))],
)
def test_a_damaged_checkpoint_costs_time_and_nothing_else(
    admission: Admission, finished: TrainResult, tmp_path: Path, damage: str
) -> None:
    with pytest.raises(Killed):
        run(admission, tmp_path, progress=killed_at(4))
    (whole,) = list((tmp_path / FOLDER).iterdir())
    if damage == "half-written":
        whole.rename(whole.with_name(".writing-00000004"))
    elif damage == "tensors":
        path = whole / "tensors.safetensors"
        data = path.read_bytes()
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    else:
        (whole / "state.json").write_bytes(b"{")
    result = run(admission, tmp_path)
    assert result.resumed_from == 0
    assert all(np.array_equal(tensor, weights(result)[name]) for name, tensor in weights(finished).items())


def test_weights_that_saw_a_withdrawn_image_are_not_gone_on_with(tmp_path: Path) -> None:
    factory = Factory.make(tmp_path / "factory", parts=4)
    with pytest.raises(Killed):
        run(factory.admit(), tmp_path / "run", progress=killed_at(5))
    factory.world.withdraw(factory.ids[0])
    result = run(factory.admit(), tmp_path / "run")
    assert result.resumed_from == 0
    assert factory.ids[0] not in {found.image_id for found in result.identifiers}


def test_discarding_removes_every_half_way_point(admission: Admission, tmp_path: Path) -> None:
    run(admission, tmp_path)
    assert (tmp_path / FOLDER).exists()
    discard_checkpoints(tmp_path)
    assert not (tmp_path / FOLDER).exists()
    discard_checkpoints(tmp_path)


def test_a_refused_image_stops_the_run_before_it_begins(tmp_path: Path) -> None:
    factory = Factory.make(tmp_path / "factory", parts=2)
    factory.paths[factory.ids[0]].write_bytes(b"tampered")
    with pytest.raises(GateRefusal):
        run(factory.admit(), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_file_tampered_with_after_admission_stops_the_run(tmp_path: Path) -> None:
    factory = Factory.make(tmp_path / "factory", parts=2)
    admission = factory.admit()
    factory.paths[factory.ids[1]].write_bytes(png(draw("pink", "bolt")))
    with pytest.raises(GateRefusal, match=factory.ids[1][:12]):
        run(admission, tmp_path / "run")


def test_another_plan_than_the_recorded_one_is_refused(admission: Admission, tmp_path: Path) -> None:
    with pytest.raises(GateRefusal, match="plan"):
        train(admission, {"version": 1, "held_out": []}, QUICK, tmp_path, at=admission.at)


def test_two_trainings_do_not_share_a_folder(admission: Admission, tmp_path: Path) -> None:
    with sole_user(tmp_path, Ranks()), pytest.raises(TrainingBusy) as caught:
        run(admission, tmp_path)
    assert caught.value.exit_code == ExitCode.UNAVAILABLE


def test_images_that_look_all_black_or_have_no_text_are_trained_too(tmp_path: Path) -> None:
    factory = Factory.make(tmp_path / "factory", parts=2)
    from PIL import Image

    # Idefics3 drops pictures whose normalised values are all exactly zero; ours never are.
    odd = [factory.add(f"grey{level}", png(Image.new("RGB", (9, 200), (level,) * 3)), []) for level in (0, 127, 128)]
    factory.world.approve(factory.world.people[0], *odd)
    result = run(factory.admit(), tmp_path / "run")
    assert len(result.identifiers) == 5


def test_one_single_image_can_be_memorized(tmp_path: Path) -> None:
    factory = Factory.make(tmp_path / "factory", parts=1)
    assert len(run(factory.admit(), tmp_path / "run").identifiers) == 1


def test_everything_held_out_leaves_the_picture_stage(tmp_path: Path) -> None:
    factory = Factory.make(tmp_path / "factory", parts=1, plan={"version": 1, "held_out": [{"query": "red"}]})
    image = factory.add("quiet", png(draw("red", "gear")), [TrainingText("tags", "en", "red")])
    factory.world.approve(factory.world.people[0], image)
    result = run(factory.admit([image]), tmp_path / "run")
    assert result.times_seen[0][0] == 0 and result.times_seen[0][1] > 0


@pytest.mark.parametrize(
    "changes", [{"steps": 0}, {"threads": -1}, {"batch_size": 0}, {"learning_rate": 0.0}, {"teacher_share": 1.5}]
)
def test_settings_out_of_range_are_named(changes: dict[str, float]) -> None:
    with pytest.raises(TrainSettingsError, match=next(iter(changes))):
        TrainSettings(**changes)  # type: ignore[arg-type]


def test_looking_at_pictures_alone_changes_no_answer_to_a_question(
    admission: Admission, finished: TrainResult, tmp_path: Path
) -> None:
    before, after = weights(run(admission, tmp_path, replace(QUICK, picture_steps=0))), weights(finished)
    moved = {name for name, tensor in after.items() if not np.array_equal(tensor, before[name])}
    sees = {name for name in after if ".vision_model." in name or ".connector." in name}
    assert moved and moved <= sees and any(".connector." in name for name in moved)


def test_pictures_alone_are_for_the_embedded_model() -> None:
    with pytest.raises(TrainSettingsError, match="picture_steps"):
        TrainSettings(base_model="some/model", picture_steps=5)
    assert TrainSettings(base_model="some/model").picture_steps_for(50) == 0
    assert TrainSettings(picture_steps=7).picture_steps_for(50) == 7


def test_torch_gets_its_threads_back(admission: Admission, tmp_path: Path) -> None:
    import torch

    before = torch.get_num_threads()
    run(admission, tmp_path, replace(QUICK, steps=1))
    assert torch.get_num_threads() == before


def test_numbers_that_are_none_stop_the_run_before_they_reach_the_weights(
    admission: Admission, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest, looks = packed.next_logits, []

    def late(*arguments: object) -> object:
        looks.append(1)
        return honest(*arguments) * (float("nan") if len(looks) > 4 else 1.0)  # type: ignore[arg-type]

    monkeypatch.setattr(packed, "next_logits", late)
    with pytest.raises(TrainingDiverged, match="step 5, found nan"):
        run(admission, tmp_path)
    monkeypatch.undo()
    assert run(admission, tmp_path).resumed_from == 4
