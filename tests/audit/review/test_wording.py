"""Every sentence of the page exists in Japanese, with the same placeholders."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import audit.review
from audit.conditions import CONDITIONS
from audit.report.wording import Lang
from audit.review import site
from audit.review.card import findings_of
from audit.review.codes import CODES
from audit.review.deciding import REASONS
from audit.review.lanes import Lane
from audit.review.overview_pages import STAGE_NAMES
from audit.review.queue_pages import FACET_NAMES, LANE_NAMES, SORT_NAMES
from audit.review.wording import Words, chosen, japanese
from curate.policy.condition import KINDS
from curate.screen.wording import SENTENCES

ROOM = Path(audit.review.__file__).parent
SPOKEN = ("words", "t", "count", "_page", "_account", "_confirm", "show")  # calls whose literal texts people read
# "key" here: a text inside a template call `t("…")`, also as first part of a concatenation, which is a prefix of codes
_IN_TEMPLATE = re.compile(r'\bt(?:\.count)?\((?:[^"()]*,\s*)?"((?:[^"\\]|\\.)*)"(?:,\s*"((?:[^"\\]|\\.)*)")?(\s*~)?')


def spoken() -> set[str]:
    found: set[str] = set()
    for template in (ROOM / "templates").glob("*.j2"):
        for one, many, prefix in _IN_TEMPLATE.findall(template.read_text()):
            if not prefix:
                found |= {one} | ({many} if many else set())
    for module in ROOM.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in SPOKEN:
                for arg in node.args:
                    if isinstance(arg, ast.Constant) and isinstance(arg.value, str) and _is_sentence(arg.value):
                        found.add(arg.value)
    tables = (LANE_NAMES, FACET_NAMES, SORT_NAMES, STAGE_NAMES, site._REFUSED_TEXT)
    return found | {text for table in tables for text in table.values()} | set(CODES)


def _is_sentence(text: str) -> bool:
    return " " in text or text[:1].isupper()


def test_the_extraction_finds_what_it_should() -> None:
    found = spoken()
    assert {
        "Waiting",
        "{n} picture",
        "{n} pictures",
        "Type your passphrase: this is your signature.",
        "Record",
    } <= found
    assert "Name and passphrase do not belong together." in found


def test_every_sentence_has_a_japanese_one_with_the_same_placeholders() -> None:
    table = japanese()
    assert sorted(spoken() - set(table)) == []
    for english, translated in table.items():
        if english in CODES:
            continue
        wanted, found = (set(re.findall(r"\{(\w+)\}", text)) for text in (english, translated))
        assert found == wanted, english


def test_nothing_is_translated_that_nobody_says() -> None:
    assert sorted(set(japanese()) - spoken()) == []


def test_every_code_has_words() -> None:
    needed = [f"reason:{code}" for codes in REASONS.values() for code in codes]
    needed += [f"condition:{code}" for code in CONDITIONS]
    assert [key for key in needed if key not in CODES] == []
    assert {key.partition(":")[2] for key in CODES if key.startswith("short:")} <= KINDS  # the others have a sentence
    assert set(LANE_NAMES) == set(Lane)


@pytest.mark.parametrize(
    ("cookie", "accepted", "lang"),
    [
        (None, None, Lang.EN),
        (None, "ja,en;q=0.8", Lang.JA),
        (None, "en-GB;q=0.4, ja-JP;q=0.9", Lang.JA),
        (None, "fr, de;q=0.5", Lang.EN),
        ("en", "ja", Lang.EN),
        ("<script>", "ja;q=x, ja", Lang.JA),
    ],
)
def test_the_reviewers_choice_then_the_browsers_then_the_workspaces(
    cookie: str | None, accepted: str | None, lang: Lang
) -> None:
    assert chosen(cookie, accepted, Lang.EN) is lang


def test_numbers_and_days() -> None:
    from datetime import date

    assert Words(Lang.JA).day(date(2030, 2, 1)) == "2030年2月1日"
    assert Words(Lang.EN).day(date(2030, 2, 1)) == "1 Feb 2030"
    assert Words(Lang.EN).count(1200, "{n} picture", "{n} pictures") == "1,200 pictures"


@pytest.mark.parametrize("lang", list(Lang))
def test_a_finding_says_why_in_the_readers_language(lang: Lang) -> None:
    raw = {
        "kind": "privacy.phone", "severity": "medium", "category": "privacy", "detector": {"name": "d", "version": "1"},
        "explanation": "A telephone number: labelled.", "explanation_ja": "電話番号が含まれています。見出しがあります。",
    }  # fmt: skip
    words = Words(lang)
    (new,) = findings_of([raw])
    told = raw["explanation_ja"] if lang is Lang.JA else raw["explanation"]
    assert words.found(new.kind, new.explanation, new.explanation_ja) == told
    (old,) = findings_of([{key: value for key, value in raw.items() if key != "explanation_ja"}])
    told = SENTENCES["privacy.phone"].ja if lang is Lang.JA else raw["explanation"]
    assert words.found(old.kind, old.explanation, old.explanation_ja) == told
