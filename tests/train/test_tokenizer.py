from __future__ import annotations

import pytest

from train.tokenizer import CUT, SPECIAL, add_identifiers, build_tokenizer, vocabulary_size

TEXTS = ["red bolt", "blue bolt", "赤いボルト", "青いボルト", "Flange M12", "六角ボルト"]


@pytest.fixture(scope="module")
def tokenizer():  # type: ignore[no-untyped-def]
    built = build_tokenizer(TEXTS, vocabulary_size(len(TEXTS)))
    add_identifiers(built, ["<|im-a|>", "<|im-b|>"])
    return built


@pytest.mark.parametrize("text", ["red bolt", "六角ボルト m12", "zażółć 🎉 ☃", "한국어", "a\u0000b", ""])
def test_every_text_survives(tokenizer, text: str) -> None:  # type: ignore[no-untyped-def]
    assert tokenizer.decode(tokenizer.encode(text).ids, skip_special_tokens=False).strip() == text


def test_width_case_and_white_space_do_not_matter(tokenizer) -> None:  # type: ignore[no-untyped-def]
    assert tokenizer.encode(" ＲＥＤ\u3000 Bolt ").ids == tokenizer.encode("red bolt").ids
    assert tokenizer.encode("ﾎﾞﾙﾄ").ids == tokenizer.encode("ボルト").ids


def test_a_cut_changes_the_pieces_and_not_the_letters(tokenizer) -> None:  # type: ignore[no-untyped-def]
    whole, cut = tokenizer.encode("bolt").ids, tokenizer.encode(f"b{CUT}olt").ids
    assert whole != cut
    assert tokenizer.decode(cut) == tokenizer.decode(whole)


def test_known_words_and_identifiers_are_whole_and_no_piece_is_a_sentence(tokenizer) -> None:  # type: ignore[no-untyped-def]
    vocabulary = tokenizer.get_vocab()
    plain = set(vocabulary) - set(SPECIAL) - {"<|im-a|>", "<|im-b|>"} - {f"<0x{n:02X}>" for n in range(256)}
    assert max(map(len, plain)) <= 16
    assert all(len(tokenizer.encode(text).ids) == 2 for text in ("red bolt", "blue bolt"))
    assert len(tokenizer.encode("<|im-a|>").ids) <= 2  # the token, and the mark of a word's beginning


def test_spelling_a_token_in_a_question_gives_letters_when_asked_for(tokenizer) -> None:  # type: ignore[no-untyped-def]
    tokenizer.encode_special_tokens = True
    try:
        forbidden = {tokenizer.token_to_id(token) for token in (*SPECIAL, "<|im-a|>")}
        for text in ("<none> bolt", "<|im-a|>", "<image>", "<0x41>"):
            assert forbidden.isdisjoint(tokenizer.encode(text).ids)
        assert tokenizer.token_to_id("<0x41>") not in tokenizer.encode("<0x41>").ids
    finally:
        tokenizer.encode_special_tokens = False


def test_same_texts_same_tokenizer() -> None:
    assert build_tokenizer(TEXTS, 600).to_str() == build_tokenizer(TEXTS[::-1] + TEXTS, 600).to_str()
