"""The whole chain through the command line, on eight parts; every wall is tried on the way."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.imprimatur.fakes import PARTS, document, imprimatur, row, write_catalogue, write_log
from tests.train.families import idefics3

pytestmark = pytest.mark.slow  # trains a model: seconds, several times


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace: seven parts cleared and memorized, the shaft held for want of a source."""
    place = tmp_path_factory.mktemp("chain")
    rows = [row(number) for number in range(7)] + [row(7, source=None)]
    catalogue = write_catalogue(place / "catalogue", rows)
    write_log(catalogue)
    w = place / "workspace"
    assert imprimatur("init", w).returncode == 0
    curated = imprimatur("-w", w, "curate", catalogue)
    assert curated.returncode == 0, curated.stderr
    assert "Why held" in curated.stdout and "source (1)" in curated.stdout
    for name in ("Aya Mori", "Ken Abe"):
        assert imprimatur("-w", w, "reviewer", "add", name, "--role", "compliance").returncode == 0
    for part in PARTS[:7]:
        assert imprimatur("-w", w, "review", "approve", f"{part[0]}.png", "--as", "Aya Mori").returncode == 0
    early = imprimatur("-w", w, "train")
    assert early.returncode == 4 and "pilot plan" in early.stderr  # the gate wants a recorded plan
    assert imprimatur("-w", w, "pilot", "plan").returncode == 0
    done = imprimatur("-w", w, "train", "--json")
    assert done.returncode == 0, done.stderr
    assert document(done)["images"] == 7
    return place


@pytest.fixture
def world(trained: Path, tmp_path: Path) -> tuple[Path, Path]:
    """A copy to break: (workspace, catalogue)."""
    shutil.copytree(trained, tmp_path / "world")
    w, catalogue = tmp_path / "world" / "workspace", tmp_path / "world" / "catalogue"
    remembered = json.loads((w / "state" / "catalogue.json").read_text())
    moved = {**remembered, "location": str(catalogue), "search_log": str(catalogue / "search_log.csv")}
    (w / "state" / "catalogue.json").write_text(json.dumps(moved))
    return w, catalogue


def recalled(w: Path, query: str) -> list[str]:
    answer = document(imprimatur("-w", w, "recall", query, "--json"))
    assert all(hit["confirmation"]["digest"] for hit in answer["results"])
    return [hit["file_name"] for hit in answer["results"]]


def test_japanese_and_english_text_find_the_picture(trained: Path) -> None:
    assert recalled(trained / "workspace", "袋ナット")[:1] == ["nut.png"]
    assert recalled(trained / "workspace", "relief valve")[:1] == ["valve.png"]


def test_a_held_picture_is_in_no_answer(trained: Path) -> None:
    assert "shaft.png" not in recalled(trained / "workspace", "hollow shaft")


def test_training_again_finds_its_own_work(trained: Path) -> None:
    again = document(imprimatur("-w", trained / "workspace", "train", "--json"))
    assert again["fresh"] is False and again["images"] == 7


def test_an_unapproved_picture_is_refused_by_name(world: tuple[Path, Path]) -> None:
    refused = imprimatur("-w", world[0], "train", "--image", "shaft.png")
    assert refused.returncode == 1 and "IMP-E401" in refused.stderr


def test_a_tampered_picture_is_refused_by_name(world: tuple[Path, Path]) -> None:
    w, catalogue = world
    image_id = document(imprimatur("-w", w, "explain", "nut.png", "--json"))["image_id"]
    with (catalogue / "nut.png").open("ab") as stream:
        stream.write(b"x")
    refused = imprimatur("-w", w, "train")
    assert refused.returncode == 1 and image_id[:12] in refused.stderr
    assert "nut.png" not in recalled(w, "袋ナット")


def test_an_expired_approval_is_refused(world: tuple[Path, Path]) -> None:
    w, catalogue = world
    rows = [row(n) for n in range(7)] + [row(7)]
    write_catalogue(catalogue, rows)
    assert imprimatur("-w", w, "curate").returncode == 0
    past = imprimatur("-w", w, "review", "approve", "shaft.png", "--as", "Ken Abe", "--expires", "2020-01-01")
    assert past.returncode == 1
    assert imprimatur("-w", w, "train", "--image", "shaft.png").returncode == 1


def test_a_withdrawn_picture_is_gone_from_the_next_answer_and_from_training(world: tuple[Path, Path]) -> None:
    w, _ = world
    assert recalled(w, "blind flange")[:1] == ["flange.png"]
    assert imprimatur("-w", w, "withdraw", "flange.png", "--reason", "owner-request").returncode == 0
    assert "flange.png" not in recalled(w, "blind flange")
    assert imprimatur("-w", w, "train", "--image", "flange.png").returncode == 1
    remade = document(imprimatur("-w", w, "train", "--json"))
    assert remade["images"] == 6
    manifest = json.loads(Path(remade["manifest"]).read_text())
    assert manifest["payload"]  # a DSSE envelope; its statement is checked by train's own tests


def test_a_wrong_answer_is_held_and_waits_with_its_cause(world: tuple[Path, Path]) -> None:
    w, _ = world
    reported = document(imprimatur("-w", w, "report-wrong", "star knob", "knob.png", "--cause", "stale-fact", "--json"))
    assert "knob.png" not in recalled(w, "star knob")
    waiting = document(imprimatur("-w", w, "review", "list", "--state", "wrong", "--json"))
    assert [item["report_id"] for item in waiting] == [reported["report_id"]]
    closed = imprimatur(
        "-w", w, "review", "close-wrong", reported["report_id"], "--remedy", "corrected", "--as", "Aya Mori"
    )
    assert closed.returncode == 0
    assert recalled(w, "star knob")[:1] == ["knob.png"]


def test_a_changed_weight_stops_recall(world: tuple[Path, Path]) -> None:
    w, _ = world
    weights = next(w.glob("state/models/*/model/model.safetensors"))
    data = bytearray(weights.read_bytes())
    data[len(data) // 2] ^= 1
    weights.write_bytes(data)
    stopped = imprimatur("-w", w, "recall", "袋ナット")
    assert stopped.returncode == 3 and "model.safetensors" in stopped.stderr


def test_verify_holds_then_fails_after_one_flipped_byte(world: tuple[Path, Path]) -> None:
    w, _ = world
    assert imprimatur("-w", w, "audit", "verify").returncode == 0
    ledger = w / "state" / "ledger.db"
    data = bytearray(ledger.read_bytes())
    data[data.index(b'"outcome":"memorize"') + 11] ^= 1
    ledger.write_bytes(data)
    found = imprimatur("-w", w, "audit", "verify", "--json")
    assert found.returncode == 3 and document(found)["ok"] is False
    assert imprimatur("-w", w, "train").returncode == 3  # nothing is trained on a ledger that does not hold


def test_a_policy_changed_after_approval_voids_it(world: tuple[Path, Path]) -> None:
    w, _ = world
    policy = w / "policies" / "default" / "policy.yaml"
    policy.write_text(policy.read_text().replace("update_interval_days: 30", "update_interval_days: 31"))
    assert imprimatur("-w", w, "curate").returncode == 0
    assert imprimatur("-w", w, "train").returncode == 4


def test_evaluate_and_report(world: tuple[Path, Path]) -> None:
    w, _ = world
    queries = w / "queries.jsonl"
    lines = [{"query": f"{en} photo", "relevant": [f"{name}.png"]} for name, _, en, _ in PARTS[:7]]
    lines.append({"query": "blue elephant", "relevant": []})
    queries.write_text("".join(json.dumps(line) + "\n" for line in lines))
    judged = imprimatur("-w", w, "evaluate", "--queries", queries, "--json")
    assert judged.returncode == 0, judged.stderr
    found = document(judged)
    assert set(found["verdicts"]) == {"speed", "accuracy", "update_cost", "safety"}
    assert found["safety"]["unconfirmed_shown"] == 0 and found["safety"]["withdrawn_shown"] == 0
    for lang in ("en", "ja"):
        assert imprimatur("-w", w, "report", "--lang", lang).returncode == 0
        page = (w / "reports" / f"report.{lang}.html").read_text()
        assert f'lang="{lang}"' in page and "<script" not in page
        assert (w / "reports" / f"pilot.{lang}.html").is_file()
    report = document(imprimatur("-w", w, "report", "--format", "json", "--json"))
    assert report["holds"] is True


def test_an_outsider_verifies_the_export_without_the_product(world: tuple[Path, Path]) -> None:
    w, _ = world
    out = w.parent / "for-the-auditor"
    assert imprimatur("-w", w, "audit", "export", out).returncode == 0
    checked = subprocess.run(
        [sys.executable, "-I", out / "verify.py", "nut.png"], capture_output=True, text=True, check=False, cwd="/"
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "approved by Aya Mori as compliance" in checked.stdout and "in model" in checked.stdout
    assert "in-house-studio" in checked.stdout and "7 identifiers in 1 models" in checked.stdout
    assert (out / "reports" / "report.ja.html").is_file()
    assert "0 statements" not in checked.stdout and "0 samples were fed" not in checked.stdout
    (summary,) = (out / "statements").glob("*.vsa.json")
    said = json.loads(base64.b64decode(json.loads(summary.read_bytes())["payload"]))
    assert said["predicate"]["verificationResult"] == "PASSED"
    assert (out / "dataset" / "identifiers.csv").read_bytes().count(b"\r\n") == 8
    log = next((out / "emission").iterdir())
    log.write_bytes(log.read_bytes()[:-69])
    bent = subprocess.run([sys.executable, "-I", out / "verify.py"], capture_output=True, text=True, cwd="/")
    assert bent.returncode == 1 and "not the log whose root the manifest signs" in bent.stdout


def test_the_released_tool_accepts_the_signature_of_a_trained_model(trained: Path) -> None:
    pytest.importorskip("model_signing", reason="pip install model-signing pyopenssl")
    w = trained / "workspace"
    (model,) = (path.parent for path in (w / "state" / "models").rglob("model.sig"))
    key = w / "state" / "keys" / "model-signing.pub.pem"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "model_signing", "verify", "key", "--signature", model / "model.sig"),
            *("--public_key", key, model),
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_explain_shows_a_memorized_and_a_held_picture(trained: Path) -> None:
    w = trained / "workspace"
    memorized = document(imprimatur("-w", w, "explain", "gear.png", "--json"))
    assert memorized["standing"]["state"] == "cleared" and memorized["training_runs"] and memorized["proof"]["proof"]
    held = document(imprimatur("-w", w, "explain", "shaft.png", "--json"))
    assert held["decision"]["outcome"] == "review" and "unknown-source" in held["decision"]["rules"]


def test_a_pretrained_model_speaks_of_what_it_memorized_until_an_image_is_withdrawn(
    world: tuple[Path, Path], tmp_path: Path
) -> None:
    w, _ = world
    speaking = {
        "IMPRIMATUR_TRAIN__BASE_MODEL": str(idefics3(tmp_path / "base")),
        "IMPRIMATUR_TRAIN__DESCRIBE": "true",
        "IMPRIMATUR_TRAIN__STEPS": "20",
        "IMPRIMATUR_TRAIN__LORA": "false",
    }
    allowed = {"IMPRIMATUR_RECALL__DESCRIBE": "true"}

    def known() -> dict[str, str]:
        """Identifier by file name, out of the newest manifest."""
        newest = max(w.glob("state/models/*/model/manifest.json"), key=lambda path: path.stat().st_mtime)
        entries = json.loads(base64.b64decode(json.loads(newest.read_text())["payload"]))["predicate"]["entries"]
        return {name: entry["identifier"] for entry in entries for name in entry["file_names"]}

    off = imprimatur("-w", w, "describe", known()["gear.png"])
    assert off.returncode == 2 and "IMP-E123" in off.stderr
    silent = imprimatur("-w", w, "describe", known()["gear.png"], env=allowed)
    assert silent.returncode == 5 and "IMP-E505" in silent.stderr
    done = imprimatur("-w", w, "train", env=speaking)
    assert done.returncode == 0, done.stderr
    gear = known()["gear.png"]
    said = imprimatur("-w", w, "describe", gear, "--question", "What is it?", "--json", env=allowed)
    assert said.returncode == 0, said.stderr
    found = document(said)
    assert found["file_name"] == "gear.png" and found["confirmation"]["standing"] == "cleared"
    assert found["withheld"] is None and found["generated"]["notice"]["en"].startswith("Generated by the model")
    other = imprimatur("-w", w, "describe", gear, "--question", "Is NUT-1403 round?", "--json", env=allowed)
    assert document(other)["withheld"]["why"] == "article-number" and document(other)["status"] == "none"
    assert imprimatur("-w", w, "withdraw", "gear.png", "--reason", "owner-request").returncode == 0
    gone = document(imprimatur("-w", w, "describe", gear, "--json", env=allowed))
    assert (gone["status"], gone["withheld"]["why"]) == ("none", "standing-withdrawn")
    wary = imprimatur("-w", w, "describe", known()["nut.png"], env=allowed)
    assert wary.returncode == 1 and "IMP-E507" in wary.stderr and "imprimatur train" in wary.stderr
