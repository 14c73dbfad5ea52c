"""Reservations in words: found in ten languages, not invented where the words only look alike."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.screen.rights.words import reservation_in, reservation_in_markup

RESERVED = (
    "No AI training permitted", "AI学習禁止", "機械学習への利用を禁じます", "not be used for machine learning", "無断学習禁止",
    "AIによる学習を禁止します。", "生成AIへの入力は固くお断りします", "本画像のAI学習への利用はご遠慮ください", "ＡＩ学習禁止", "転載・AI学習・加工禁止",
    "AIへの学習はおやめください", "機械学習に使用しないでください", "データマイニング目的の利用を留保します", "当社の許可なく学習データとして使用することを禁止",
    "All rights reserved, including those for text and data mining, AI training and similar technologies.",
    "The author opts out of data mining under Article 4 of Directive 2019/790", "machine learning prohibited", "AI training: not permitted",
    "Use of this image for training AI systems is prohibited without written consent", "TDM opt-out", "© X. No AI.", "no-ai", "noai, noimageai", "Do not train",
    "Nutzung für Text und Data Mining vorbehalten (§ 44b UrhG)", "KI-Training untersagt", "Fouille de textes et de données interdite",
    "L'utilisation pour l'entraînement d'une IA est interdite", "Prohibido el uso para entrenar modelos de IA",
    "É proibido o uso para treinamento de inteligência artificial", "Vietato l'uso per addestramento di IA", "禁止用于AI训练",
    "未经授权不得用于人工智能训练", "AI 학습 금지", "tdm-reservation: 1", "Generative AI: do not use",
    "This image may not be\nused to train any model",
)  # fmt: skip
HARMLESS = (
    "", "© 2024 Example Seiki", "All rights reserved", "無断転載禁止", "AI training permitted", "AI学習可", "AI学習への利用を許可します",
    "AI学習禁止ではありません", "No restrictions on AI training", "Not AI generated", "No AI was used in making this picture", "AI搭載カメラ 撮影禁止",
    "機械学習による不良品検出システム。立入禁止区域", "Training room, no smoking", "train not in service", "Mining equipment, no entry",
    "教育訓練用教材 持出禁止", "Text and data mining is not reserved", "Use for AI training is not prohibited", "火気厳禁 AI検査装置", "学習机 返品不可",
    "Part no. AI 204 model", "no model number, AI series", "人工知能研究所 関係者以外立入禁止", "Maison à louer, reproduction interdite",
    "Contains no AI content", "no AI elements, hand drawn", "Free for any use including AI training", "CC BY-NC 4.0", "tdm-reservation: 0", "学習リモコン NG品", "Kopieren nicht gestattet",
)  # fmt: skip


@pytest.mark.parametrize("text", RESERVED)
def test_a_reservation_in_words_is_found(text: str) -> None:
    span = reservation_in(text)
    assert span is not None
    assert text[span[0] : span[1]].strip()


@pytest.mark.parametrize("text", HARMLESS)
def test_no_reservation_is_invented(text: str) -> None:
    assert reservation_in(text) is None


@given(st.text(max_size=60), st.sampled_from(RESERVED), st.text(max_size=60))
def test_the_span_lies_in_the_original_text(before: str, words: str, after: str) -> None:
    text = f"{before}。{words}。{after}"
    span = reservation_in(text)
    if span is not None:
        assert 0 <= span[0] < span[1] <= len(text)


@pytest.mark.parametrize("text", ["AI学習禁止", "機械学習への利用を禁じます"])
def test_width_and_variants_do_not_hide_it(text: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
    assert reservation_in(wide) is not None
    assert reservation_in(unicodedata.normalize("NFD", text)) is not None


def test_markup_is_searched_without_its_names() -> None:
    assert reservation_in_markup('<a xmlns:tdm="http://x/tdmrep/"><dc:rights>No AI training permitted')
    assert reservation_in_markup('<a dc:rights="AI学習禁止" ')
    assert not reservation_in_markup('<a xmlns:tdm="http://x/tdmrep/"><tdm:reservation>0</tdm:reser')
