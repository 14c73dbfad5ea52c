"""Secrecy markings are found spaced, misread and in both languages; words that merely contain them are not."""

from __future__ import annotations

import pytest

from curate.finding import Severity
from curate.screen.secret_marks import find_secret_marks
from curate.screen.text import TextScreener

MARKS = (
    "社外秘", "社 外 秘", "図面　社外秘　承認済", "【極秘】", "極秘資料", "部外秘", "㊙", "秘密", "取扱注意", "社内限り", "CONFIDENTIAL",
    "Company Confidential", "C O N F I D E N T I A L", "PROPRIETARY", "Internal use only", "INTERNAL  USE  ONLY", "TOP SECRET",
    "機密", "機密 複写禁止", "機密文書", "【秘】", "図面 秘 A-1", "対外秘", "持ち出し禁止", "部内限り", "RESTRICTED", "This drawing contains confidential information", "CONFIDENTIAL PROPERTY OF TOYO DENKI",
    "Confidential – do not copy", "PROPRIETARY AND CONFIDENTIAL", "Trade Secret", "Commercial in confidence", "DO NOT DISCLOSE",
)  # fmt: skip
NOT_MARKS = (
    "秘密保持契約", "秘密鍵", "極秘裏に", "non-confidential", "confidentiality", "a proprietary alloy", "secretary", "われもの 取扱注意",
    "FRAGILE 取扱注意", "社外品", "外秘", "The secret of good welding",
    "機密性", "機密保持契約", "機密書類処理箱", "機密文書の廃棄サービス", "confidential waste bin", "not confidential", "RESTRICTED AREA", "秘密基地", "神秘的な模様", "便秘薬", "秘書室", "気密試験",
)  # fmt: skip


@pytest.mark.parametrize("text", MARKS)
def test_markings_are_found(text: str) -> None:
    found = TextScreener().find(text)
    assert ("content.secret_marking", Severity.HIGH) in {(hit.kind, hit.severity) for hit in found}


@pytest.mark.parametrize("text", NOT_MARKS)
def test_words_that_contain_them_are_not_markings(text: str) -> None:
    assert find_secret_marks(text) == []


@pytest.mark.parametrize(
    "misread",
    [
        "杜外秘",
        "牡外秘",
        "社外祕",
        "取报注意",
        "取投注意",
        "极秘",
        "秘資料",
        "C0NFIDENTIAL",
        "CONFlDENTIAL",
        "INTERNAL USEONLY",
        "CONFIDENTAL",
        "PROPRIFTARY",
    ],
)
def test_known_confusions_count_in_pixels_only(misread: str) -> None:
    assert find_secret_marks(misread, pixels=True)
    assert not find_secret_marks(misread)


@pytest.mark.parametrize("text", ["秘書室", "神秘", "秘める", "便秘薬"])
def test_the_letter_of_a_ringed_mark_inside_a_word_is_no_mark(text: str) -> None:
    assert find_secret_marks(text, pixels=True) == []
