"""The emission log proves what was trained; the sentry stops a run at the step at which an image loses its standing."""

from __future__ import annotations

import io
import pickle
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from audit.emission_check import Approved, EmissionReport, check_emission
from audit.live_standing import LiveStanding, SteadyClock
from curate.progress import Progress
from tests.audit.fakes import START, signing_key
from tests.train.fakes import QUICK, Factory, draw, png
from tests.train.test_trainer import Killed, killed_at
from train.checkpoint import FOLDER
from train.dataset import TextStream, lesson_of
from train.emission import NO_IMAGE, RECORD, EmissionLog, Emitted, Kind, file_of
from train.feed import Feed
from train.gate import GateRefusal
from train.manifest import build_manifest
from train.pictures import PictureSource
from train.sentry import Sentry, StandingLost, as_admitted
from train.trainer import TrainResult, train

KEY = signing_key("ledger of ws-test")
FEW = replace(QUICK, steps=4)


def run(factory: Factory, out_dir: Path, progress: Progress | None = None, **changes: Any) -> TrainResult:
    admission = factory.admit()
    live = LiveStanding(factory.world.ledger, lambda: factory.world.now)
    arguments: dict[str, Any] = {"standing": live, "seal": KEY, "at": admission.at} | changes
    if progress is not None:
        arguments["progress"] = progress
    return train(admission, admission.plan, FEW, out_dir, **arguments)


@pytest.fixture(scope="module")
def factory(tmp_path_factory: pytest.TempPathFactory) -> Factory:
    return Factory.make(tmp_path_factory.mktemp("factory"), parts=3)


@pytest.fixture(scope="module")
def finished(factory: Factory, tmp_path_factory: pytest.TempPathFactory) -> TrainResult:
    return run(factory, tmp_path_factory.mktemp("run"))


class Evidence:
    """Manifest, log and approvals of a finished run, to be bent."""

    def __init__(self, factory: Factory, finished: TrainResult) -> None:
        admission = factory.admit()
        manifest = build_manifest(finished, admission, created=factory.world.now, checkpoint="")
        self.manifest: dict[str, Any] = manifest.to_document()["predicate"]
        self.logs: dict[int, bytes] = {0: file_of(finished.model_dir.parent, 0).read_bytes()}
        self.approved = {a.image_id: Approved(a.record.texts_digest, a.record.facts_digest) for a in admission.cleared}

    def check(self) -> EmissionReport:
        def log_of(rank: int) -> io.BytesIO | None:
            return io.BytesIO(self.logs[rank]) if rank in self.logs else None

        return check_emission(self.manifest, log_of, self.approved.get)

    def rewrite(self, data: bytes) -> None:
        """What somebody with the ledger's key could do: another log, and its true root in the manifest."""
        from audit.merkle import leaf_hash, root_of

        self.logs[0] = data
        records = [data[i : i + RECORD] for i in range(0, len(data), RECORD)]
        self.manifest["emission"] = [{"rank": 0, "size": len(records), "root": root_of(map(leaf_hash, records)).hex()}]


@pytest.fixture
def evidence(factory: Factory, finished: TrainResult) -> Evidence:
    return Evidence(factory, finished)


def test_trained_minus_approved_is_empty(evidence: Evidence, finished: TrainResult) -> None:
    report = evidence.check()
    assert report.proven, report.problems
    assert (report.run, report.images) == (finished.run, 3)
    assert report.samples == finished.emitted[0].size == len(evidence.logs[0]) // RECORD
    assert finished.statement["predicate"]["emission"] == [asdict(finished.emitted[0])]
    # every question of every step, two batches of pictures, and the preparation
    assert report.samples >= FEW.batch_size * 4 + FEW.image_batch_size // 2 + 3


def record_of_stranger(step: int = 4, kind: int = 1) -> bytes:
    return step.to_bytes(4, "big") + bytes([kind]) + b"\x11" * 64


def flipped(e: Evidence) -> None:
    data = bytearray(e.logs[0])
    data[len(data) // 2] ^= 1
    e.logs[0] = bytes(data)


def shortened(e: Evidence) -> None:
    e.logs[0] = e.logs[0][:-RECORD]


def cut_off(e: Evidence) -> None:
    e.logs[0] = e.logs[0][:-1]


def lengthened(e: Evidence) -> None:
    e.logs[0] += e.logs[0][-RECORD:]


def gone(e: Evidence) -> None:
    e.logs.clear()


def swapped_records(e: Evidence) -> None:
    log = e.logs[0]
    e.logs[0] = log[RECORD : 2 * RECORD] + log[:RECORD] + log[2 * RECORD :]


def a_stranger_trained(e: Evidence) -> None:
    e.rewrite(e.logs[0] + record_of_stranger())


def an_approval_missing(e: Evidence) -> None:
    e.approved.pop(next(iter(e.approved)))


def other_texts_approved(e: Evidence) -> None:
    image = next(iter(e.approved))
    e.approved[image] = Approved("0" * 64, e.approved[image].facts_digest)


def other_bytes_read(e: Evidence) -> None:
    image = bytes.fromhex(next(iter(e.approved)))
    e.rewrite(e.logs[0] + b"\0\0\0\4\1" + image + b"\x22" * 32)


def made_of_other_words(e: Evidence) -> None:
    e.rewrite(e.logs[0] + b"\0\0\0\4\3" + NO_IMAGE + b"\x33" * 32)


def of_no_known_kind(e: Evidence) -> None:
    e.rewrite(e.logs[0] + b"\0\0\0\4\7" + bytes.fromhex(next(iter(e.approved))) * 2)


def steps_run_back(e: Evidence) -> None:
    e.rewrite(e.logs[0] + e.logs[0][:RECORD])


def a_picture_left_out(e: Evidence) -> None:
    kept = [e.logs[0][i : i + RECORD] for i in range(0, len(e.logs[0]), RECORD)]
    e.rewrite(b"".join(record for record in kept if record[4] != Kind.PICTURE))


def no_log_named(e: Evidence) -> None:
    e.manifest["emission"] = []


@pytest.mark.parametrize(
    ("bend", "told"),
    [
        (flipped, "with root"),
        (shortened, "samples with root"),
        (cut_off, "cut off"),
        (lengthened, "samples with root"),
        (gone, "found none"),
        (swapped_records, "with root"),
        (a_stranger_trained, "not in the manifest"),
        (an_approval_missing, "did not stand cleared"),
        (other_texts_approved, "other texts than those approved"),
        (other_bytes_read, "other bytes"),
        (made_of_other_words, "other texts than those of the approved"),
        (of_no_known_kind, "unknown kind"),
        (steps_run_back, "stands behind"),
        (a_picture_left_out, "expected at least"),
        (no_log_named, "one emission log for each rank"),
    ],
)
def test_what_is_bent_is_named(evidence: Evidence, bend: Callable[[Evidence], None], told: str) -> None:
    bend(evidence)
    report = evidence.check()
    assert not report.proven
    assert any(told in problem for problem in report.problems), report.problems


def test_a_killed_run_goes_on_in_one_continuous_log(factory: Factory, finished: TrainResult, tmp_path: Path) -> None:
    with pytest.raises(Killed):
        run(factory, tmp_path, killed_at(3))
    result = run(factory, tmp_path)
    assert result.resumed_from == 2
    assert result.emitted == finished.emitted  # as if it had never been interrupted
    assert file_of(tmp_path, 0).read_bytes() == file_of(finished.model_dir.parent, 0).read_bytes()


@pytest.mark.parametrize("harm", ["byte", "gone", "short", "link"])
def test_a_checkpoint_whose_log_is_not_whole_is_not_gone_on_with(
    factory: Factory, finished: TrainResult, tmp_path: Path, harm: str
) -> None:
    with pytest.raises(Killed):
        run(factory, tmp_path, killed_at(3))
    log = file_of(tmp_path, 0)
    data = log.read_bytes()
    log.unlink()
    if harm == "byte":
        log.write_bytes(bytes([data[0] ^ 1]) + data[1:])
    elif harm == "short":
        log.write_bytes(data[:RECORD])
    elif harm == "link":
        log.symlink_to(tmp_path / "elsewhere")
        with pytest.raises(OSError, match="symbolic link"):
            run(factory, tmp_path)
        return
    result = run(factory, tmp_path)
    assert (result.resumed_from, result.emitted) == (0, finished.emitted)


# weights that somebody else put there


def unsealed(folder: Path) -> None:
    import json

    from audit import dsse
    from curate.canonical import canonical_bytes

    state = folder / "state.json"
    state.write_bytes(canonical_bytes(json.loads(dsse.payload_of(json.loads(state.read_bytes())))))


def sealed_by_another(folder: Path) -> None:
    import json

    from audit import dsse
    from curate.canonical import canonical_bytes

    state = folder / "state.json"
    payload = dsse.payload_of(json.loads(state.read_bytes()))
    kind = json.loads(state.read_bytes())["payloadType"]
    state.write_bytes(canonical_bytes(dsse.seal(payload, signing_key("stranger"), kind)))


def other_weights(folder: Path) -> None:
    from safetensors.torch import load_file, save_file

    tensors = load_file(folder / "tensors.safetensors")
    save_file({name: tensor * 2 for name, tensor in tensors.items()}, folder / "tensors.safetensors")


def pickled(folder: Path) -> None:
    (folder / "tensors.safetensors").write_bytes(pickle.dumps({"weight": 1}))
    (folder / "state.json").write_bytes(pickle.dumps({"version": 2}))


def linked(folder: Path) -> None:
    other = folder.parent.parent / "smuggled"
    folder.rename(other)
    folder.symlink_to(other)


@pytest.mark.parametrize("smuggle", [unsealed, sealed_by_another, other_weights, pickled, linked])
def test_smuggled_weights_are_not_gone_on_with(
    factory: Factory, finished: TrainResult, tmp_path: Path, smuggle: Callable[[Path], None]
) -> None:
    with pytest.raises(Killed):
        run(factory, tmp_path, killed_at(3))
    (whole,) = (tmp_path / FOLDER).iterdir()
    smuggle(whole)
    result = run(factory, tmp_path)
    assert (result.resumed_from, result.emitted) == (0, finished.emitted)


# standing at the moment of reading


def at_step(step: int, act: Callable[[], object]) -> Progress:
    def progress(stage: str, done: int, total: int) -> None:
        if (stage, done) == ("train", step):
            act()

    return progress


@pytest.fixture
def mine(tmp_path: Path) -> Factory:
    return Factory.make(tmp_path / "factory", parts=3)


def withdraw(factory: Factory) -> None:
    factory.world.withdraw(factory.ids[1])


def expire(factory: Factory) -> None:
    factory.world.pass_time(days=91)


def revoke(factory: Factory) -> None:
    factory.world.revoke(factory.world.people[0], START)


def decide_anew(factory: Factory) -> None:
    from tests.audit.fakes import record_of

    image = factory.ids[0]
    factory.world.decide(record_of("other", image_id=image))
    factory.world.approve(factory.world.people[0], image)


@pytest.mark.parametrize(
    ("lose", "told"),
    [(withdraw, "withdrawn"), (expire, "expired"), (revoke, "suspended"), (decide_anew, "decided anew")],
)
def test_an_image_that_loses_its_standing_stops_the_run_at_that_step(
    mine: Factory, tmp_path: Path, lose: Callable[[Factory], None], told: str
) -> None:
    with pytest.raises(StandingLost, match=told):
        run(mine, tmp_path / "run", at_step(3, lambda: lose(mine)))
    left = [path for path in (tmp_path / "run").rglob("*") if path.suffix == ".safetensors"]
    assert left == []  # neither a checkpoint nor a model that learned it


def test_a_decision_recorded_again_unchanged_stops_nothing(mine: Factory) -> None:
    images = mine.admit().cleared
    sentry = Sentry(images, LiveStanding(mine.world.ledger, lambda: mine.world.now))
    sentry.check()
    mine.world.decide(images[0].record, run="run-2")
    sentry.check()
    assert mine.world.standing(images[0].image_id).decision_index != images[0].standing.decision_index


def test_a_clock_set_back_while_training_runs_brings_nothing_back() -> None:
    wall, passed = [START], [0.0]
    clock = SteadyClock(lambda: wall[0], passed=lambda: passed[0])
    wall[0], passed[0] = START - timedelta(days=400), 60.0
    assert clock() == START + timedelta(seconds=60)
    wall[0] = START + timedelta(days=1)
    assert clock() == wall[0]


def test_without_its_ledger_a_run_still_ends_with_its_approvals(mine: Factory) -> None:
    images = mine.admit().cleared
    now = [mine.world.now]
    sentry = Sentry(images, as_admitted(images, lambda: now[0]))
    sentry.check()
    now[0] += timedelta(days=90)
    with pytest.raises(StandingLost):
        sentry.check()


# several ranks


def feed_of(factory: Factory, out_dir: Path, rank: int, ranks: int) -> tuple[Feed, EmissionLog]:
    admission = factory.admit()
    lessons = [lesson_of(image.record, frozenset()) for image in admission.cleared]
    texts = TextStream(lessons, frozenset(), seed=0, teacher_share=0.5)
    source = PictureSource(admission.cleared, side=64, cache_bytes=0)
    log = EmissionLog(out_dir, rank)
    assert log.take_up(None)
    sentry = Sentry(admission.cleared, LiveStanding(factory.world.ledger, lambda: factory.world.now))
    return Feed(admission, texts, source, sentry, log, ranks=ranks), log


def emit(factory: Factory, out_dir: Path, rank: int, ranks: int) -> tuple[Emitted, list[str]]:
    feed, log = feed_of(factory, out_dir, rank, ranks)
    feed.prepared()
    texts: list[str] = []
    for step in range(3):
        batch = feed.texts(step, 9)
        texts += batch.texts if batch else ()
        assert batch is None or batch.taught.sum() == (batch.owners >= 0).sum()
        feed.pictures(step, 0, step, 3)
    with log:
        return log.flush(), texts


def counted(out_dir: Path, ranks: int) -> Counter[bytes]:
    data = b"".join(file_of(out_dir, rank).read_bytes() for rank in range(ranks))
    return Counter(r for i in range(0, len(data), RECORD) if (r := data[i : i + RECORD])[:4] != bytes(4))


def test_every_sample_is_in_the_log_of_exactly_one_rank(factory: Factory, tmp_path: Path) -> None:
    alone, texts = emit(factory, tmp_path / "one", 0, 1)
    shares = [emit(factory, tmp_path / "two", rank, 2) for rank in range(2)]
    assert sorted(texts) == sorted(text for _, part in shares for text in part)
    assert counted(tmp_path / "one", 1) == counted(tmp_path / "two", 2)
    assert all(emitted.size < alone.size for emitted, _ in shares)


def test_the_logs_of_all_ranks_are_proven_together(evidence: Evidence, factory: Factory, tmp_path: Path) -> None:
    shares = [emit(factory, tmp_path, rank, 2)[0] for rank in range(2)]
    evidence.manifest["emission"] = [asdict(share) for share in shares]
    for entry in evidence.manifest["entries"]:
        entry["times_seen"] = {"texts": 1, "pictures": 1}
    evidence.logs = {rank: file_of(tmp_path, rank).read_bytes() for rank in range(2)}
    assert evidence.check().proven
    del evidence.logs[1]
    assert any("rank 1" in problem for problem in evidence.check().problems)


def test_every_rank_asks_for_itself(mine: Factory, tmp_path: Path) -> None:
    feeds = [feed_of(mine, tmp_path / "run", rank, 2)[0] for rank in range(2)]
    for feed in feeds:
        feed.texts(0, 8)
    mine.paths[mine.ids[0]].write_bytes(png(draw("pink", "gear")))
    for feed in feeds:
        with pytest.raises(GateRefusal, match="has changed"):
            for number in range(3):
                feed.picture(number)
    mine.world.withdraw(mine.ids[0])
    for feed in feeds:
        with pytest.raises(StandingLost):
            feed.texts(1, 8)


def test_a_rank_beyond_the_last_is_refused(factory: Factory, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="rank below 2"):
        feed_of(factory, tmp_path, 2, 2)


# kill -9

SCRIPT = """
import sys
from pathlib import Path
from tests.audit.fakes import World, signing_key
from tests.train.fakes import Factory, QUICK
from audit.ledger import Ledger
from dataclasses import replace
from train.trainer import train
import hashlib

folder, mode = Path(sys.argv[1]), sys.argv[2]
if mode == "make":
    factory = Factory.make(folder, parts=3)
else:
    key = signing_key("ledger of ws-test")
    factory = Factory(World(Ledger.open(folder / "ledger.db", key), key), folder)
    factory.paths = {hashlib.sha256(p.read_bytes()).hexdigest(): p for p in folder.glob("*.png")}
admission = factory.admit()
say = lambda stage, done, total: print(stage, done, flush=True)
settings = replace(QUICK, steps=8)  # and eight of pictures alone
result = train(admission, admission.plan, settings, folder / "run", progress=say, at=admission.at, seal=factory.world.key)
print("done", result.resumed_from, result.emitted[0].size, result.emitted[0].root, flush=True)
"""


def trained_by_another_process(folder: Path, mode: str, kill_at: int | None = None) -> list[str]:
    """The words of the last line; the process is killed with SIGKILL when it says that step `kill_at` is done."""
    process = subprocess.Popen([sys.executable, "-c", SCRIPT, str(folder), mode], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = ""
    for line in process.stdout:
        if kill_at is not None and line.split() == ["train", str(kill_at)]:
            process.send_signal(signal.SIGKILL)
            break
    process.wait()
    return line.split()


@pytest.mark.slow
def test_killed_in_the_middle_the_log_covers_both_parts(tmp_path: Path) -> None:
    whole = trained_by_another_process(tmp_path / "whole", "make")
    trained_by_another_process(tmp_path / "killed", "make", kill_at=5)
    again = trained_by_another_process(tmp_path / "killed", "open")
    assert whole[1] == "0" and 4 <= int(again[1]) < 16  # a step or two may pass before the signal arrives
    assert again[2:] == whole[2:]
    first, second = (file_of(tmp_path / name / "run", 0).read_bytes() for name in ("whole", "killed"))
    assert first == second
    steps = {int.from_bytes(second[at : at + 4], "big") for at in range(0, len(second), RECORD)}
    assert steps == set(range(17))
