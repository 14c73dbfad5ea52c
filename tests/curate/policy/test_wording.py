"""What the engine says about its own holds: the way out that it names is one."""

from __future__ import annotations

from curate.decision import Decision, Outcome
from curate.finding import Category, Channel, Check, Detector, Finding, OpenCause, Severity, Where
from curate.policy.wording import UNDECODABLE, unscreened_check, worth_saying
from tests.curate.fakes import make_record
from tests.curate.policy.test_decide import screening, verdict


def test_doctor_is_named_where_something_is_missing_and_not_for_a_damaged_file() -> None:
    damaged = unscreened_check(
        Check.METADATA_RIGHTS, [("exif: it is no TIFF structure", "EXIFを読み取れません", OpenCause.IN_THE_FILE)]
    )
    absent = unscreened_check(
        Check.PIXEL_TEXT, [("rapidocr is not installed", "rapidocrが入っていません", OpenCause.NOT_INSTALLED)]
    )
    assert not any("doctor" in sentence for sentence in damaged)
    assert all("doctor" in sentence for sentence in (*absent, *unscreened_check(Check.QUALITY, [])))


def test_what_helps_follows_from_the_cause_whatever_the_words_say() -> None:
    said = [("the file says: rapidocr is not installed", "", OpenCause.IN_THE_FILE)]
    assert "Supply a file" in unscreened_check(Check.PIXEL_TEXT, said)[0]
    assert "Correct the texts" in unscreened_check(Check.TEXT_NAMES, said)[0]
    table = unscreened_check(Check.QUALITY, [("only the table was read", "表だけを検査しました", OpenCause.NOT_ASKED)])
    assert all("--metadata-only" in sentence and "doctor" not in sentence for sentence in table)


def _undecodable(reason: str, reason_ja: str) -> Decision:
    record = make_record("u")
    where = Where(Channel.FILE, "file_name")
    found = Finding(record.image_id, Detector("decode", "1"), Category.CONTENT, "content.undecodable", 1.0, Severity.MEDIUM, where, "", reason, reason_ja)  # fmt: skip
    seen = frozenset({Check.TEXT_PII, Check.TEXT_NAMES, Check.CATALOGUE_RIGHTS})
    return verdict(record, screening(record, found, done=seen))


def test_a_file_that_cannot_be_opened_has_one_reason_and_it_is_its_own() -> None:
    decision = _undecodable("The file is too large.", "ファイルが大きすぎます。")
    assert decision.outcome is Outcome.REVIEW
    said = worth_saying([hit.rule for hit in decision.hits])
    (hit,) = [hit for hit in decision.hits if hit.outcome is Outcome.REVIEW and hit.rule in said]
    assert hit.rule == UNDECODABLE
    assert hit.reason_en.startswith("The file is too large. ")
    assert hit.reason_ja.startswith("ファイルが大きすぎます。")


def test_a_check_of_the_texts_that_was_not_made_is_said_beside_a_file_that_cannot_be_opened() -> None:
    rules = [UNDECODABLE, "unscreened-decode", "unscreened-text.names", "unknown-owner"]
    assert worth_saying(rules) == (UNDECODABLE, "unscreened-text.names", "unknown-owner")
    assert worth_saying(rules[1:]) == tuple(rules[1:])
