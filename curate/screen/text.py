"""Personal data in a text, in Japanese and English: Presidio with own recognizers, without a language model.

The only module that imports presidio. Nothing is fetched: the NLP engine is Presidio's no-op one, and the recognizer
whose suffix list would be downloaded (e-mail, through tldextract) is replaced by an own pattern.

The recognizers are registered with Presidio and return its results. `TextScreener` asks each of them itself: the
engine's context enhancement and de-duplication cost ten times what the patterns cost and change nothing here, since
labels are weighed by the recognizers and overlaps settled by `hit.strongest`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, cached_property
from importlib.metadata import version
from typing import Any

from curate.screen import addresses, bank_ja, patterns_common, patterns_ja, patterns_online, phones, plates_ja
from curate.screen.employee_numbers import compile_patterns, find_employee_numbers
from curate.screen.folding import fold
from curate.screen.hit import Hit, strongest
from curate.screen.labelled_names import find_labelled_names
from curate.screen.labels import Reading, read
from curate.screen.secret_marks import find_secret_marks, may_be_marked

PACK_VERSION = "9"
_LANGUAGES = ("ja", "en")

_Find = Callable[[Reading], Sequence[Hit]]
_OTHER = ("privacy.other_id",)


@cache
def detector_version() -> str:
    return f"{PACK_VERSION}+presidio-{version('presidio-analyzer')}"


def packs(employee_numbers: Sequence[str]) -> list[tuple[str, tuple[str, ...], Callable[[Reading], bool], _Find]]:
    """(name, kinds, whether a text can hold one, search) of every recognizer of this package."""
    own = compile_patterns(employee_numbers)
    packs: list[tuple[str, tuple[str, ...], Callable[[Reading], bool], _Find]] = [
        ("japan-ids", ("privacy.jp_my_number", *_OTHER), patterns_ja.may_hold, patterns_ja.find_japanese),
        ("japan-accounts", _OTHER, bank_ja.may_hold, lambda reading: list(bank_ja.find_accounts(reading))),
        ("japan-plates", _OTHER, plates_ja.may_hold, lambda reading: list(plates_ja.find_plates(reading))),
        ("phones", ("privacy.phone",), phones.may_hold, phones.find_phones),
        ("addresses", ("privacy.address",), addresses.may_hold, addresses.find_addresses),
        (
            "common",
            ("privacy.email", "privacy.credit_card", *_OTHER),
            patterns_common.may_hold,
            patterns_common.find_common,
        ),
        (
            "online",
            ("content.credential", "privacy.gps", *_OTHER),
            patterns_online.may_hold,
            patterns_online.find_online,
        ),
    ]
    if own:
        packs.append(("employee-numbers", _OTHER, lambda _: True, lambda reading: find_employee_numbers(reading, own)))
    return packs


@contextmanager
def _as_if_absent(*libraries: str) -> Iterator[None]:
    """Inside, those that are not loaded yet count as not installed."""
    hidden = [name for name in libraries if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None = not to be found (language reference, 5.3.1)
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


def _analyzer(employee_numbers: Sequence[str]) -> Any:
    os.environ.setdefault("TLDEXTRACT_PUBLIC_SUFFIX_LIST_URLS", "")  # read by presidio's e-mail recognizer on import
    # Presidio and spaCy take both along where they find them, for engines that are not used here: seconds of start-up.
    with _as_if_absent("torch", "transformers"):
        from presidio_analyzer import AnalyzerEngine, LocalRecognizer, RecognizerRegistry, RecognizerResult
        from presidio_analyzer.nlp_engine import NoOpNlpEngine

    class PackRecognizer(LocalRecognizer):
        """Lets a function of this package be a recognizer; its hit travels in the result's metadata."""

        def __init__(
            self, name: str, kinds: Sequence[str], may: Callable[[Reading], bool], find: _Find, language: str
        ) -> None:
            self._find = find
            self._may = may
            self._pack = name
            super().__init__(
                supported_entities=list(kinds), name=name, supported_language=language, version=PACK_VERSION
            )

        def load(self) -> None:
            """Nothing to load."""

        def analyze(self, text: str, entities: list[str], nlp_artifacts: object = None) -> list[Any]:
            return [
                RecognizerResult(
                    entity_type=hit.kind,
                    start=hit.start,
                    end=hit.end,
                    score=hit.score,
                    recognition_metadata={
                        RecognizerResult.RECOGNIZER_NAME_KEY: self._pack,
                        RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
                        "hit": hit,
                    },
                )
                for hit in self.hits(read(text))
            ]

        def hits(self, reading: Reading) -> Sequence[Hit]:
            """What `analyze` finds, without a result of Presidio around each; the recognizers share one reading of a text."""
            return self._find(reading) if self._may(reading) else ()

    recognizers: list[Any] = []
    for language in _LANGUAGES:
        # A Japanese catalogue writes English captions with Japanese numbers in them and the other way round.
        recognizers.extend(PackRecognizer(*pack, language=language) for pack in packs(employee_numbers))
    languages = list(_LANGUAGES)
    return AnalyzerEngine(
        registry=RecognizerRegistry(recognizers=recognizers, supported_languages=languages),
        nlp_engine=NoOpNlpEngine([{"lang_code": language, "model_name": "none"} for language in languages]),
        supported_languages=languages,
    )


class TextScreener:
    """Finds personal data and secrecy markings in one text. The engine is built on first use (about a second).

    Args:
        employee_numbers: the company's own patterns (`ScreenSettings.employee_numbers`).

    Raises:
        BadPattern: one of them cannot be used.
    """

    def __init__(self, employee_numbers: Sequence[str] = ()) -> None:
        compile_patterns(employee_numbers)  # a bad pattern is told before the first text, not in the middle of a run
        self._employee_numbers = tuple(employee_numbers)

    @cached_property
    def engine(self) -> Any:
        """Presidio's analyzer with every recognizer of this package registered; entities are the kinds of findings."""
        return _analyzer(self._employee_numbers)

    @cached_property
    def _recognizers(self) -> dict[str, list[Any]]:
        return {language: self.engine.get_recognizers(language=language) for language in _LANGUAGES}

    def find(self, text: str, *, language: str | None = None, pixels: bool = False) -> tuple[Hit, ...]:
        """Hits of `text` with spans of the original, in reading order; overlapping ones are settled.

        Args:
            text: as people wrote it, any width.
            language: `ja`, `en`, or anything else for "not known"; both packs run on every text.
            pixels: the text was read by OCR, whose known confusions count in secrecy markings.
        """
        folded = fold(text)
        reading = read(folded.text)
        hits: list[Hit] = []
        for recognizer in self._recognizers["en" if language == "en" else "ja"]:
            hits += recognizer.hits(reading)
        hits.extend(find_labelled_names(folded.text))
        found = [_moved(hit, *folded.span(hit.start, hit.end)) for hit in (strongest(hits) if len(hits) > 1 else hits)]
        if pixels or may_be_marked(reading.small):  # misread letters are many, so that pixels are always searched
            stamped = "㊙" in text  # NFKC makes an ordinary 秘 of the stamp
            for hit in strongest(find_secret_marks(text if stamped else folded.text, pixels=pixels)):
                found.append(hit if stamped else _moved(hit, *folded.span(hit.start, hit.end)))
        if len(found) > 1:
            found.sort(key=lambda hit: (hit.start, hit.end, hit.kind))
        return tuple(found)


def _moved(hit: Hit, start: int, end: int) -> Hit:
    if (hit.start, hit.end) == (start, end):
        return hit
    return Hit(hit.kind, start, end, hit.score, hit.severity, hit.why)
