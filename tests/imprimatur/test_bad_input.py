"""Bad input gets a clear error, with code and hint, and nothing is lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.imprimatur.fakes import document, imprimatur, picture, row, write_catalogue


@pytest.fixture
def w(tmp_path: Path) -> Path:
    assert imprimatur("init", tmp_path / "w").returncode == 0
    return tmp_path / "w"


def refused(done: subprocess.CompletedProcess[str], code: int) -> str:
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    assert "IMP-E" in done.stderr and "Hint:" in done.stderr and "Traceback" not in done.stderr
    return done.stderr


def test_no_workspace(tmp_path: Path) -> None:
    assert "imprimatur init" in refused(imprimatur("curate", cwd=tmp_path), 2)


def test_usage_errors_have_a_code_too(tmp_path: Path) -> None:
    refused(imprimatur("train", "--no-such-option", cwd=tmp_path), 2)


def test_init_never_overwrites(w: Path) -> None:
    settings = w / "imprimatur.toml"
    settings.write_text(settings.read_text() + "\n# mine\n")
    assert imprimatur("init", w).returncode == 0
    assert settings.read_text().endswith("# mine\n")


def test_an_unknown_setting_is_named(w: Path) -> None:
    settings = w / "imprimatur.toml"
    settings.write_text("budgets = 3\n" + settings.read_text())
    assert "budgets" in refused(imprimatur("-w", w, "curate", w), 2)


def test_missing_catalogue(w: Path) -> None:
    refused(imprimatur("-w", w, "curate", w / "nowhere"), 5)


def test_empty_catalogue(w: Path) -> None:
    (w / "empty").mkdir()
    refused(imprimatur("-w", w, "curate", w / "empty"), 2)


@pytest.mark.slow
def test_a_catalogue_without_any_readable_file(w: Path) -> None:
    catalogue = write_catalogue(w / "c", [row(0)])
    (catalogue / "nut.png").unlink()
    assert "nut.png" in refused(imprimatur("-w", w, "curate", catalogue), 2)


def test_unknown_column_mapping(w: Path) -> None:
    catalogue = write_catalogue(w / "c", [row(0)])
    settings = w / "imprimatur.toml"
    settings.write_text(
        settings.read_text().replace("[catalogue.columns]", '[catalogue.columns]\ntitle_ja = "品名"', 1)
    )
    assert "品名" in refused(imprimatur("-w", w, "curate", catalogue), 2)


def test_broken_policy(w: Path) -> None:
    catalogue = write_catalogue(w / "c", [row(0)])
    policy = w / "policies" / "default" / "policy.yaml"
    policy.write_text(policy.read_text().replace("outcome: deny", "outcome: perhaps", 1))
    assert "perhaps" in refused(imprimatur("-w", w, "curate", catalogue), 2)


def test_rows_that_lead_nowhere_are_reported_and_the_rest_goes_on(w: Path) -> None:
    rows = [row(0), row(1), row(2, file_name="gone.png"), row(3, file_name="../outside.png")]
    catalogue = write_catalogue(w / "c", rows[:2])
    (catalogue / "metadata.jsonl").write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows))
    picture(5).save(w / "outside.png")
    done = document(imprimatur("-w", w, "curate", catalogue, "--json"))
    assert done["images"] == 2
    assert {item["file_name"] for item in done["rejected"]} == {"gone.png", "../outside.png"}


@pytest.mark.slow
def test_the_same_bytes_in_two_rows_are_one_image(w: Path) -> None:
    rows = [row(0), row(0, file_name="copy.png", license_scope=["output"])]
    catalogue = write_catalogue(w / "c", rows[:1])
    (catalogue / "copy.png").write_bytes((catalogue / "nut.png").read_bytes())
    (catalogue / "metadata.jsonl").write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows))
    done = document(imprimatur("-w", w, "curate", catalogue, "--json"))
    assert done["images"] == 1 and done["decisions"][0]["file_names"] == ["copy.png", "nut.png"]
    assert done["decisions"][0]["outcome"] != "memorize"  # the strictest scope wins


@pytest.mark.slow
def test_a_corrupt_ledger_stops_everything(w: Path) -> None:
    catalogue = write_catalogue(w / "c", [row(0)])
    assert imprimatur("-w", w, "curate", catalogue).returncode == 0
    (w / "state" / "ledger.db").write_bytes(b"this is no database" * 100)
    refused(imprimatur("-w", w, "curate", catalogue), 3)
    assert imprimatur("-w", w, "audit", "verify").returncode == 3


@pytest.mark.slow
def test_fail_on_and_dry_run(w: Path) -> None:
    catalogue = write_catalogue(w / "c", [row(0, source=None)])
    assert imprimatur("-w", w, "curate", catalogue, "--dry-run", "--fail-on", "held").returncode == 1
    assert not (w / "state" / "ledger.db").exists()
    assert imprimatur("-w", w, "curate", catalogue, "--fail-on", "denied").returncode == 0


@pytest.mark.slow
def test_a_second_run_records_nothing_new_and_looks_at_nothing_again(w: Path) -> None:
    catalogue = write_catalogue(w / "c", [row(0), row(1)])
    assert imprimatur("-w", w, "curate", catalogue).returncode == 0
    again = document(imprimatur("-w", w, "curate", "--json"))
    assert again["looked_at"] == 0 and again["recorded"]["changed"] == 0 and again["recorded"]["unchanged"] == 2


@pytest.mark.slow
def test_a_deleted_picture_loses_its_decision(w: Path) -> None:
    catalogue = write_catalogue(w / "c", [row(0), row(1)])
    assert imprimatur("-w", w, "curate", catalogue).returncode == 0
    write_catalogue(catalogue, [row(0)])
    again = document(imprimatur("-w", w, "curate", "--json"))
    assert again["recorded"]["absent"] == 1
    gone = document(imprimatur("-w", w, "explain", "gear.png", "--json"))
    assert gone["standing"]["state"] == "excluded" and gone["decision"]["rules"] == ["absent-from-catalogue"]


@pytest.mark.slow
def test_kill_9_at_any_point_of_curate_loses_nothing(w: Path) -> None:
    catalogue = write_catalogue(w / "c", [row(number) for number in range(8)])
    command = [sys.executable, "-c", "from imprimatur.cli import main; main()", "-w", str(w), "curate", str(catalogue)]
    for seconds in (0.8, 2.0, 3.5, 5.0, 7.0):
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        time.sleep(seconds)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if (w / "state" / "ledger.db").exists() and imprimatur("-w", w, "audit", "verify").returncode != 0:
            pytest.fail(f"the ledger does not hold after kill -9 at {seconds} s")
    done = document(imprimatur("-w", w, "curate", catalogue, "--json"))
    assert sum(done["outcomes"].values()) == 8
    assert imprimatur("-w", w, "audit", "verify").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "settings", "told"),
    [
        (("--budget", "0"), "", "expected at least 1 image, found 0"),
        (
            (),
            "[curate.quotas.content_class]\nproduct = {at_least = 5, at_most = 2}\n",
            "expected at_least up to at_most",
        ),
    ],
)
def test_budgets_and_quotas_that_cannot_be_met(w: Path, arguments: tuple[str, ...], settings: str, told: str) -> None:
    catalogue = write_catalogue(w / "catalogue", [row(0)])
    (w / "imprimatur.toml").write_text((w / "imprimatur.toml").read_text() + settings)
    assert told in refused(imprimatur("-w", w, "curate", catalogue, *arguments), 2)


def test_a_policy_that_no_image_can_pass_names_the_rule(w: Path) -> None:
    policy = w / "policies" / "default" / "policy.yaml"
    rule = '\n  - id: deny-everything\n    outcome: deny\n    when: {value: {at_least: 0}}\n    reason: {en: "a", ja: "あ"}\n'
    policy.write_text(policy.read_text() + rule)
    for command in ("test", "check"):
        told = refused(imprimatur("-w", w, "policy", command), 2)
        assert "IMP-E250" in told and "deny-everything meets every image" in told
