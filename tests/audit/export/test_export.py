"""The exported folder checked by its own script, as an outsider runs it; and the script compared with `standing`."""

from __future__ import annotations

import ast
import base64
import hashlib
import importlib.util
import json
import random
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from audit import dsse
from audit.approving import Verdict
from audit.export import folder as export_folder
from audit.export.folder import Exported, ExportRefused, export_record
from audit.ledger import EntryKind
from audit.withdrawal import report_wrong
from curate.canonical import canonical_bytes, digest
from tests.audit.fakes import World, image_id

SCRIPT = Path(export_folder.__file__).parent / "verify.py"


def export(world: World, folder: Path, **options: Any) -> Exported:
    settings: dict[str, Any] = {
        **{"key": world.key, "manifests": {}, "documents": {}, "disclose": True, "at": world.now},
        **options,
    }
    return export_record(world.ledger, folder, **settings)


def verify(folder: Path, *arguments: str) -> tuple[int, str]:
    """Run as an outsider: isolated mode, so that nothing of this checkout can be imported."""
    done = subprocess.run(
        [sys.executable, "-I", str(folder / "verify.py"), *arguments],
        capture_output=True,
        text=True,
        cwd="/",
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def memorize(world: World, *images: str) -> dict[int, bytes]:
    """A signed manifest over `images`, recorded as training does; returns it by ledger entry."""
    entries = [
        {
            "identifier": f"id-{n}",
            "image_id": image,
            "file_names": [f"{n}.png"],
            "source": "own studio",
            "license": "CC0",
        }
        for n, image in enumerate(images)
    ]
    statement = {"predicate": {"run": "run-7", "created": f"{world.now:%Y-%m-%dT%H:%M:%SZ}", "entries": entries}}
    data = canonical_bytes(dsse.seal(canonical_bytes(statement), world.key))
    body = {"run": "run-7", "manifest_sha256": hashlib.sha256(data).hexdigest(), "unsafe": False}
    return {world.record(EntryKind.MANIFEST, body).index: data}


@pytest.fixture
def told(tmp_path: Path) -> tuple[World, Path]:
    """A record with a memorized, a withdrawn and a waiting picture, exported."""
    world = World.make(tmp_path)
    anna = world.reviewer("Anna Sato", "compliance")
    good, gone, waiting = world.decide("bolt"), world.decide("valve"), world.decide("gear")
    world.pass_time(days=1)
    world.approve(anna, good, gone)
    manifests = memorize(world, good, gone)
    world.pass_time(days=1)
    world.withdraw(gone)
    assert waiting
    export(world, tmp_path / "out", manifests=manifests)
    return world, tmp_path / "out"


def test_an_outsider_reads_the_whole_history(told: tuple[World, Path]) -> None:
    world, out = told
    code, said = verify(out, "--at", f"{world.now:%Y-%m-%dT%H:%M:%S}")
    assert code == 0, said
    bolt, valve, gear = said.split("\n\n")[:3]
    assert "bolt.png" in bolt and "own studio" in bolt and "CC-BY-4.0" in bolt
    assert "approved by Anna Sato as compliance on 2030-01-02 until 2030-04-02" in bolt
    assert "in model run-7 as id-0" in bolt and "today: it may be memorized" in bolt
    assert "not withdrawn" in bolt and "not withdrawn" not in valve
    assert "WITHDRAWAL" in valve and "may NOT be memorized" in valve
    assert "approvals that count: 0 of 1" in gear
    assert "Keep this one" in said and "RESULT: everything holds" in said


def test_one_image_can_be_asked_for(told: tuple[World, Path]) -> None:
    code, said = verify(told[1], "valve")
    assert code == 0 and "valve.png" in said and "bolt.png" not in said
    assert verify(told[1], "unknown-part")[0] == 1


def test_every_changed_byte_of_the_folder_is_found(told: tuple[World, Path], tmp_path: Path) -> None:
    world, out = told
    key = tmp_path / "own-copy.pem"
    key.write_text(world.ledger.public_key.pem)
    module = script()
    rng = random.Random(8)
    for path in (
        "entries.jsonl",
        "checkpoint.txt",
        "openings.jsonl",
        "manifests/*.json",
        "contents.json",
        "README.txt",
    ):
        (target,) = out.glob(path)
        whole = target.read_bytes()
        for place in rng.sample(range(len(whole)), 40):
            bent = bytearray(whole)
            bent[place] ^= 1 << rng.randrange(8)
            target.write_bytes(bent)
            assert run(module, out, key) != 0, (path, place, whole[place - 20 : place + 5])
        target.write_bytes(whole)
    assert run(module, out, key) == 0


def test_a_cut_record_and_another_key_are_found(told: tuple[World, Path], tmp_path: Path) -> None:
    world, out = told
    other = World.make(tmp_path, workspace_id="ws-other", name="other.db")
    key = tmp_path / "other.pem"
    key.write_text(other.ledger.public_key.pem)
    code, said = verify(out, "--key", str(key))
    assert code == 1 and "not signed by this key" in said
    lines = (out / "entries.jsonl").read_bytes().splitlines(keepends=True)
    (out / "entries.jsonl").write_bytes(b"".join(lines[:-1]))
    code, said = verify(out)
    assert code == 1 and "the end was cut off" in said and "Nothing is read" in said
    assert world


def test_a_history_rewritten_with_the_real_key_shows_against_a_kept_checkpoint(tmp_path: Path) -> None:
    honest, bent = World.make(tmp_path, name="a.db"), World.make(tmp_path, name="b.db")
    honest.decide("bolt", outcome="deny")
    bent.decide("bolt")
    (tmp_path / "kept.txt").write_text(honest.ledger.checkpoint())
    export(bent, tmp_path / "out")
    assert verify(tmp_path / "out")[0] == 0
    code, said = verify(tmp_path / "out", "--checkpoint", str(tmp_path / "kept.txt"))
    assert code == 1 and "the record was changed" in said


def test_trained_without_approval_is_named(tmp_path: Path) -> None:
    world = World.make(tmp_path)
    image = world.decide("bolt")
    export(world, tmp_path / "out", manifests=memorize(world, image))
    code, said = verify(tmp_path / "out")
    assert code == 1 and "learned" in said and "approvals that count: 0 of 1" in said


def test_undisclosed_names_nobody_and_still_verifies(tmp_path: Path) -> None:
    world = World.make(tmp_path)
    anna = world.reviewer("Anna Sato")
    world.approve(anna, world.decide("bolt"))
    done = export(world, tmp_path / "out", disclose=False)
    assert done.opened == 0 and done.payloads > 0
    assert b"Anna" not in b"".join(
        p.read_bytes() for p in (tmp_path / "out").rglob("*") if p.is_file() and p.suffix != ".py"
    )
    code, said = verify(tmp_path / "out")
    assert code == 0 and anna.reviewer in said and "not disclosed" in said


def test_nothing_made_under_an_unsafe_policy_is_exported(tmp_path: Path) -> None:
    world = World.make(tmp_path)
    world.record(EntryKind.POLICY, {"id": "u", "version": "1", "sha256": digest("u"), "unsafe": True}, {"rules": []})
    with pytest.raises(ExportRefused, match="UNSAFE"):
        export(world, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_existing_folder_is_left_alone(tmp_path: Path) -> None:
    world = World.make(tmp_path)
    (tmp_path / "out").mkdir()
    with pytest.raises(ExportRefused, match="no folder"):
        export(world, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_the_script_needs_python_and_cryptography_only() -> None:
    tree = ast.parse(SCRIPT.read_text())
    named = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    named |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    foreign = {name.split(".")[0] for name in named} - set(sys.stdlib_module_names)
    assert foreign == {"cryptography"}


def script() -> ModuleType:
    """The script as a module of its own, fresh."""
    spec = importlib.util.spec_from_file_location("outsiders_script", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(module: ModuleType, folder: Path, key: Path) -> int:
    module.problems.clear()
    before, sys.argv = sys.argv, ["verify.py", "--folder", str(folder), "--key", str(key)]
    try:
        return int(module.main())
    finally:
        sys.argv = before


@pytest.mark.parametrize("seed", range(12))
def test_it_judges_as_standing_does(tmp_path: Path, seed: int) -> None:
    """Random histories: what the script says of each picture now is what the product's own reading says."""
    rng = random.Random(seed)
    world = World.make(tmp_path)
    people = [world.reviewer(name, *roles) for name, roles in _PEOPLE]
    images = [world.decide(name, **rng.choice(_DECISIONS)) for name in ("a", "b", "c", "d")]
    for _ in range(24):
        world.pass_time(hours=rng.randint(1, 200))
        image, person = rng.choice(images), rng.choice(people)
        try:
            _random_step(rng, world, image, person)
        except Exception as refused:  # the product refuses many of these steps; that is not what is tested here
            assert getattr(refused, "code", "").startswith("IMP-E"), refused
    export(world, tmp_path / "out")
    module = script()
    leaves = (tmp_path / "out" / "entries.jsonl").read_bytes().split(b"\n")[:-1]
    record = module.Record(tmp_path / "out", leaves, module.load_key(world.ledger.public_key.pem))
    assert module.problems == []
    for moment in (world.now, world.now + timedelta(days=40), world.now + timedelta(days=200)):
        for image in images:
            ours = world.standing(image, moment)
            theirs = record.lacking(image, moment, len(leaves))
            assert (theirs is None) == ours.cleared, (image[:8], moment, ours, theirs)


_PEOPLE = (("Anna", ("compliance",)), ("Ben", ("engineering",)), ("Chie", ("compliance", "engineering")))
_DECISIONS: tuple[dict[str, Any], ...] = (
    {},
    {"approval": {"people": 2, "roles": ["compliance", "engineering"], "valid_days": 60}},
    {"outcome": "review", "lift": "approval", "rules": ["review-personal-data"]},
    {"outcome": "review", "lift": "fact", "rules": ["unknown-source"]},
    {"outcome": "index", "rules": ["volatile"]},
    {"not_after": "2030-03-01"},
    {"duplicate_group": sorted([image_id("a"), image_id("b")])},
)


def _random_step(rng: random.Random, world: World, image: str, person: Any) -> None:
    name = next(n for n in "abcd" if image_id(n) == image)
    match rng.randrange(18):
        case 0:
            world.decide(name, **rng.choice(_DECISIONS))
        case 1:
            world.decide(name, findings_digest=digest(rng.random()))
        case 2 if rng.random() < 0.3:
            world.withdraw(image)
        case 3 if rng.random() < 0.4:
            world.revoke(person, start=world.now - timedelta(days=rng.randint(0, 20)))
        case 4:
            world.say(person, rng.choice([Verdict.REJECT, Verdict.TO_INDEX, Verdict.ASK]), image)
        case 5:
            report = report_wrong(world.ledger, "a query", image, at=world.now)
            if rng.random() < 0.7:
                world.say(person, Verdict.CLOSE, image, report=report.body["report_id"])
            elif rng.random() < 0.5:  # written past the commands: closes nothing
                world.record(
                    EntryKind.WRONG_ANSWER_CLOSED, {"report_id": report.body["report_id"], "remedy": "not-wrong"}
                )
        case 6 | 7:
            asked = [
                e.index for e in world.ledger.entries(EntryKind.INFORMATION_REQUEST) if image in e.body["image_ids"]
            ]
            world.say(person, Verdict.ANSWER, image, question=rng.choice(asked) if asked else 0)
        case _:
            world.say(person, Verdict.APPROVE, image, second_opinion=True)


def test_openings_are_the_committed_payloads(told: tuple[World, Path]) -> None:
    _, out = told
    opening = json.loads((out / "openings.jsonl").read_text().splitlines()[0])
    assert json.loads(base64.b64decode(opening["content"]))


def test_each_file_of_the_folder_is_watched(told: tuple[World, Path], tmp_path: Path) -> None:
    world, _ = told
    statement = {"_type": "s", "subject": [], "predicateType": "t", "predicate": {"verificationResult": "PASSED"}}
    sealed = canonical_bytes(dsse.seal(canonical_bytes(statement), world.key))
    out = tmp_path / "more"
    documents = {"reports/report.en.html": b"<p>holds</p>", "statements/run-7.vsa.json": sealed}
    manifests = {
        e.index: (told[1] / "manifests" / f"{e.index}.json").read_bytes()
        for e in world.ledger.entries()
        if e.kind is EntryKind.MANIFEST
    }
    export(world, out, manifests=manifests, documents=documents)
    code, said = verify(out)
    assert code == 0 and "1 statements about models" in said, said
    report = out / "reports" / "report.en.html"
    report.write_bytes(b"<p>fails</p>")
    code, said = verify(out)
    assert code == 1 and "reports/report.en.html: it is not the file that contents.json lists" in said
    report.unlink()
    assert "and it is not here" in verify(out)[1]
    report.write_bytes(b"<p>holds</p>")
    (out / "reports" / "praise.html").write_text("all is well")
    code, said = verify(out)
    assert code == 1 and "somebody added it" in said


def test_a_verdict_that_failed_or_is_about_another_model_shows(told: tuple[World, Path], tmp_path: Path) -> None:
    world, out = told
    for number, (predicate, subject, words) in enumerate(
        (
            ({"verificationResult": "FAILED"}, [], "verdict on this model was FAILED"),
            ({"verificationResult": "PASSED"}, [{"name": "other"}], "about other files"),
        )
    ):
        statement = {"_type": "s", "subject": subject, "predicateType": "t", "predicate": predicate}
        sealed = canonical_bytes(dsse.seal(canonical_bytes(statement), world.key))
        manifests = {int(path.stem): path.read_bytes() for path in (out / "manifests").iterdir()}
        folder = tmp_path / f"bent-{number}"
        export(world, folder, manifests=manifests, documents={"statements/run-7.vsa.json": sealed})
        code, said = verify(folder)
        assert code == 1 and words in said


def test_what_training_was_fed_is_compared_with_what_was_approved(told: tuple[World, Path], tmp_path: Path) -> None:
    world, out = told
    module = script()
    (manifest,) = ((int(p.stem), json.loads(p.read_bytes())) for p in (out / "manifests").iterdir())
    body = json.loads(base64.b64decode(manifest[1]["payload"]))["predicate"]
    image = body["entries"][0]["image_id"]
    texts = next(
        e.body["texts_digest"] for e in world.ledger.entries(EntryKind.DECISION) if e.body["image_id"] == image
    )
    good = [b"\0\0\0\1\1" + bytes.fromhex(image) * 2, b"\0\0\0\1\2" + bytes.fromhex(image + texts)]
    other_bytes = b"\0\0\0\2\1" + bytes.fromhex(image) + bytes(32)
    nobody = b"\0\0\0\2\1" + bytes.fromhex("ab" * 64)
    for number, (samples, logged, words) in enumerate(
        (
            (good, good, ""),
            ([*good, other_bytes], [*good, other_bytes], "not what was approved of it"),
            ([*good, nobody], [*good, nobody], "of no approved picture"),
            (good, good[:1], "not the log whose root the manifest signs"),
        )
    ):
        emission = [{"rank": 0, "size": len(samples), "root": module.roots(samples)[-1]}]
        statement = {"predicate": {**body, "run": f"run-{number}", "emission": emission}}
        folder = tmp_path / f"fed-{number}"
        (folder / "emission").mkdir(parents=True)
        (folder / "emission" / f"run-{number}.rank-0000.log").write_bytes(b"".join(logged))
        (folder / "openings.jsonl").write_text("")
        leaves = list(world.ledger.leaves(world.ledger.size))
        seen = module.Record(folder, leaves, module.load_key(world.ledger.public_key.pem))
        module.problems.clear()
        seen.models = [({"index": len(leaves)}, statement["predicate"], [])]
        assert module.check_emission(seen) == len(logged)
        assert (not module.problems) if not words else any(words in p for p in module.problems), module.problems
