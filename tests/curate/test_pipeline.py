"""The first room as a whole: what is kept between runs, and a denied picture's copies."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import curate.pipeline as pipeline
from curate.decision import Outcome, ValueScore
from curate.decode import DecodeLimits
from curate.finding import Category, Channel, Check, Detector, Finding, Screening, Severity, Where
from curate.pipeline import Judged, Source, judge, stays_approved, take_in
from curate.policy.decide import Routing, decide
from curate.policy.document import load_policy
from curate.screen.screener import Screener
from curate.sealed_store import SealedStore
from tests.curate.fakes import make_record

TODAY = date(2025, 6, 1)
POLICY = load_policy(Path(__file__).parents[2] / "policies" / "default")


def catalogue(folder: Path) -> Path:
    folder.mkdir()
    soft = np.random.default_rng(4).integers(0, 256, (9, 9, 3), dtype=np.uint8)
    picture = Image.fromarray(soft).resize((400, 400), Image.Resampling.BICUBIC)
    picture.save(folder / "original.png")
    picture.transpose(Image.Transpose.ROTATE_90).crop((20, 20, 380, 380)).save(folder / "copy.jpg", quality=70)
    Image.fromarray(soft[::-1, ::2]).resize((400, 300), Image.Resampling.BICUBIC).save(folder / "other.png")
    (folder / "broken.png").write_bytes(b"no picture")
    facts = {"source": "own", "owner": "Example K.K.", "license": "LicenseRef-own", "content_class": "photo",
             "license_scope": ["train", "memorize", "output", "commercial"], "model_release": "not_required",
             "property_release": "not_required", "criticality": 0.9}  # fmt: skip
    rows = [{"file_name": name, **facts} for name in ("original.png", "copy.jpg", "other.png", "broken.png")]
    rows[0]["license_scope"] = ["output"]  # denied
    (folder / "metadata.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return folder


def run(folder: Path, cache: Path, passing: frozenset[str] = frozenset()) -> tuple[dict[str, Outcome], int, Judged]:
    with SealedStore(cache) as kept:
        intake = take_in(Source(str(folder)), POLICY, limits=DecodeLimits(), workers=1, kept=kept)
        judged = judge(intake, POLICY, Screener(None, kept), today=TODAY, passing=passing)
    names = {record.image_id: record.file_names[0] for record in intake.records}
    return {names[key]: value.outcome for key, value in judged.decisions.items()}, intake.looked, judged


def test_a_copy_of_a_picture_denied_in_this_run_is_denied_in_this_run(tmp_path: Path) -> None:
    outcomes, _, _ = run(catalogue(tmp_path / "catalogue"), tmp_path / "cache")
    assert outcomes["original.png"] is outcomes["copy.jpg"] is Outcome.DENY
    assert outcomes["other.png"] is not Outcome.DENY
    outcomes, _, _ = run(tmp_path / "catalogue", tmp_path / "cache", frozenset({"deny-scope"}))
    assert outcomes["copy.jpg"] is not Outcome.DENY


def test_a_second_run_opens_no_file_and_decides_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = catalogue(tmp_path / "catalogue")
    first, looked, judged = run(folder, tmp_path / "cache")
    assert looked == 4

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("a worker was started")

    monkeypatch.setattr(pipeline, "DecodePool", forbidden)
    again, looked, judged_again = run(folder, tmp_path / "cache")
    assert (again, looked) == (first, 0)
    assert judged_again.decisions == judged.decisions
    monkeypatch.undo()
    Image.new("RGB", (300, 200), "red").save(folder / "other.png")
    assert run(folder, tmp_path / "cache")[1] == 1


def test_what_people_approved_from_a_hold_keeps_its_place_while_it_is_the_same() -> None:
    record = make_record()
    phone = Finding(
        record.image_id, Detector("d", "1"), Category.PRIVACY, "privacy.phone", 1.0, Severity.MEDIUM,
        Where(Channel.TEXT, "title"), "*", "e",
    )  # fmt: skip
    held = Screening(record.image_id, (phone,), (), frozenset(Check))
    clean = replace(held, findings=())
    value, routing = ValueScore(record.image_id, 0.9, (("score", 0.9),), "", "", "t"), Routing(False, None, 0.1, False)
    bound = (record.texts_digest, held.findings_digest, record.facts_digest, POLICY.ref.sha256)

    def stays(screening: Screening, approved: tuple[str, ...] | None) -> bool:
        decision = decide(record, screening, value, routing, POLICY, today=TODAY)
        return stays_approved(record, screening, decision, {} if approved is None else {record.image_id: approved})

    assert stays(held, bound)
    assert not stays(held, None)
    assert not stays(clean, bound)  # memorize: it competes like any other
    for changed in range(len(bound)):
        assert not stays(held, (*bound[:changed], "0" * 64, *bound[changed + 1 :]))
