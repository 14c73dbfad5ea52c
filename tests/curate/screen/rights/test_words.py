"""Reservations in words: found in many languages, not invented where the words only look alike."""

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
    "AIに学習させないでください", "AIの学習に使わないでください", "当社の書面による承諾なくAI学習に使用してはならない", "AI学習への利用については事前の許諾が必要です",
    "データセットへの収録を禁じます", "ＡＩ　学習　禁止", "社外の生成AIへのアップロード禁止", "AI禁止", "AI学習×", "機械学習モデルの構築に使用することは認められません",
    "Do not feed to AI", "Use by AI is prohibited", "AI companies may not use this image", "No generative AI", "opt-out from AI", "noml",
    "AI training requires a separate licence", "AI training rights withheld", "This photo may not be included in training datasets",
    "AI 학습에 사용할 수 없습니다", "Nicht zum Trainieren von KI verwenden", "Geen AI-training toegestaan", "Får ej användas för AI-träning",
    "Запрещено использовать для обучения ИИ", "Zakaz trenowania AI", "No usar para entrenar IA", "不允许用于训练人工智能模型",
)  # fmt: skip
HARMLESS = (
    "", "© 2024 Example Seiki", "All rights reserved", "無断転載禁止", "AI training permitted", "AI学習可", "AI学習への利用を許可します",
    "AI学習禁止ではありません", "No restrictions on AI training", "Not AI generated", "No AI was used in making this picture", "AI搭載カメラ 撮影禁止",
    "機械学習による不良品検出システム。立入禁止区域", "Training room, no smoking", "train not in service", "Mining equipment, no entry",
    "教育訓練用教材 持出禁止", "Text and data mining is not reserved", "Use for AI training is not prohibited", "火気厳禁 AI検査装置", "学習机 返品不可",
    "Part no. AI 204 model", "no model number, AI series", "人工知能研究所 関係者以外立入禁止", "Maison à louer, reproduction interdite",
    "Contains no AI content", "no AI elements, hand drawn", "Free for any use including AI training", "CC BY-NC 4.0", "tdm-reservation: 0", "学習リモコン NG品", "Kopieren nicht gestattet",
    "Data mining conference 2023, all rights reserved", "No generative AI was used", "no train service on platform 2", "made with no AI",
    "Diffusion pump: use not permitted without training", "機械学習装置 型式ML-200 屋外使用不可", "情報解析室 関係者以外立入禁止", "AI 카메라 분해 금지",
    "机器学习实验室 禁止吸烟", "禁止入内 训练场", "AI学習機能付きエアコン、屋外設置不可", "IA-200 pompe, ouverture interdite", "Not used for training of operators since 2019",
    "Do not disassemble AI unit", "AI-controlled compressor; no oil", "機械訓練 立入禁止", "無断駐車禁止 AI監視カメラ作動中", "No trainees allowed in machine area",
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
