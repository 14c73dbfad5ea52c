"""The embedded model's own tokenizer: byte-pair pieces learnt from the admitted texts, single bytes for all else.

The normaliser repeats `curate.ngrams.normalise` as far as the tokenizer format can say it (NFKC, lower case, white
space), so that the saved folder reads a query as training read its texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

PAD = "<pad>"
NONE = "<none>"  # the next token for a question that none of the memorized images answers
RECALL = "<recall>"  # ends a text question: an identifier follows
MEMORIZE = "<memorize>"  # ends a picture: an identifier follows
IMAGE = "<image>"
AROUND_IMAGE = "<fake_token_around_image>"
GLOBAL_IMAGE = "<global-img>"
END_OF_UTTERANCE = "<end_of_utterance>"  # the Idefics3 processor adds this one itself if it is missing
SPECIAL = (PAD, NONE, RECALL, MEMORIZE, IMAGE, AROUND_IMAGE, GLOBAL_IMAGE, END_OF_UTTERANCE)

CUT = "\u2060"  # word joiner: training puts it inside words to vary how they fall into pieces; it leaves no token
_CJK_RUN = r"[\p{Han}\p{Hiragana}\p{Katakana}ー]+"  # no space divides these from what stands beside them
# Characters: known words are pieces of their own (cut at 6 instead, with rare words left in parts, macro hit@1 of the warm
# start fell from .53 to .48 at 500 images); a new word falls into parts, which training learns by cutting known ones.
_MAX_PIECE = 16
_BYTES = tuple(f"<0x{byte:02X}>" for byte in range(256))


def vocabulary_size(texts: int) -> int:
    """Byte-pair pieces for a number of distinct training texts: about as many as their words, within bounds."""
    return min(1_500 + 2 * texts, 6_000)


def build_tokenizer(texts: Sequence[str], size: int) -> Any:
    """A `tokenizers.Tokenizer` with at most `size` pieces beside the special ones; same texts, same result."""
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

    model = models.BPE(unk_token=None, byte_fallback=True, fuse_unk=False)
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.NFKC(),
            normalizers.Lowercase(),
            normalizers.NFKC(),
            normalizers.Replace(Regex(r"\s+"), " "),
            normalizers.Strip(),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=True),
            pre_tokenizers.Split(CUT, "removed"),
            pre_tokenizers.Split(Regex(_CJK_RUN), "isolated"),
            pre_tokenizers.Digits(individual_digits=True),
        ]
    )
    tokenizer.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Metaspace(), decoders.Fuse()])
    trainer = trainers.BpeTrainer(
        vocab_size=size + len(_BYTES),
        min_frequency=1,
        special_tokens=list(_BYTES),
        max_token_length=_MAX_PIECE,
        show_progress=False,
    )
    tokenizer.train_from_iterator(sorted(set(texts)), trainer=trainer)
    tokenizer = _without_special_bytes(tokenizer)
    tokenizer.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in SPECIAL])
    return tokenizer


def _without_special_bytes(tokenizer: Any) -> Any:
    """The same tokenizer with the 256 byte pieces as ordinary pieces: nobody can write a byte by spelling `<0x41>`."""
    import json

    from tokenizers import Tokenizer

    document = json.loads(tokenizer.to_str())
    document["added_tokens"] = []
    return Tokenizer.from_str(json.dumps(document, ensure_ascii=False))


def add_identifiers(tokenizer: Any, tokens: Sequence[str]) -> None:
    """Append identifier tokens (never normalised, never split) after the pieces and the special tokens."""
    from tokenizers import AddedToken

    tokenizer.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in tokens])
