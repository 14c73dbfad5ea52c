"""Personal data in a text, in Japanese and English: Presidio with own recognizers, without a language model.

The only module that imports presidio. Nothing is fetched: the NLP engine is Presidio's no-op one, and the recognizer
whose suffix list would be downloaded (e-mail, through tldextract) is replaced by an own pattern.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import cache, cached_property
from importlib.metadata import version
from typing import Any

from curate.finding import Severity
from curate.screen.folding import fold
from curate.screen.hit import Hit, strongest
from curate.screen.labelled_names import find_labelled_names
from curate.screen.patterns_common import find_common
from curate.screen.patterns_ja import find_japanese
from curate.screen.secret_marks import find_secret_marks

PACK_VERSION = "1"
_LANGUAGES = ("ja", "en")

# A text without any of this holds nothing that the recognizers of the engine could find: most captions stop here.
_MAYBE_PERSONAL = re.compile(
    r"@|(?:\d[^\d]{0,4}){5}|[都道府県市区町村郡〒].{0,40}\d|\d{1,5}[A-Za-z]? [A-Z]|生年|誕生|[社職]員|従業員|[Ee]mployee|[Bb]irth|[Bb]orn"
)


@cache
def detector_version() -> str:
    return f"{PACK_VERSION}+presidio-{version('presidio-analyzer')}"


def _analyzer() -> Any:
    os.environ.setdefault("TLDEXTRACT_PUBLIC_SUFFIX_LIST_URLS", "")  # read by presidio's e-mail recognizer on import
    from presidio_analyzer import AnalyzerEngine, LocalRecognizer, RecognizerRegistry, RecognizerResult
    from presidio_analyzer.nlp_engine import NoOpNlpEngine
    from presidio_analyzer.predefined_recognizers import IbanRecognizer

    class PackRecognizer(LocalRecognizer):
        """Lets a function of this package be a recognizer; its hit travels in the result's metadata."""

        def __init__(self, name: str, find: Callable[[str], list[Hit]], kinds: list[str], language: str) -> None:
            self._find = find
            self._pack = name
            super().__init__(supported_entities=kinds, name=name, supported_language=language, version=PACK_VERSION)

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
                for hit in self._find(text)
            ]

    ids = ["privacy.phone", "privacy.address", "privacy.other_id"]
    recognizers: list[Any] = []
    for language in _LANGUAGES:
        # A Japanese catalogue writes English captions with Japanese numbers in them and the other way round.
        recognizers.append(PackRecognizer("japan", find_japanese, [*ids, "privacy.jp_my_number"], language))
        recognizers.append(
            PackRecognizer("common", find_common, [*ids, "privacy.email", "privacy.credit_card"], language)
        )
        recognizers.append(IbanRecognizer(supported_language=language))
    languages = list(_LANGUAGES)
    return AnalyzerEngine(
        registry=RecognizerRegistry(recognizers=recognizers, supported_languages=languages),
        nlp_engine=NoOpNlpEngine([{"lang_code": language, "model_name": "none"} for language in languages]),
        supported_languages=languages,
    )


class TextScreener:
    """Finds personal data and secrecy markings in one text. The engine is built on first use (about a second)."""

    @cached_property
    def _engine(self) -> Any:
        return _analyzer()

    def find(self, text: str, *, language: str | None = None, pixels: bool = False) -> tuple[Hit, ...]:
        """Hits of `text` with spans of the original, in reading order; overlapping ones are settled.

        Args:
            text: as people wrote it, any width.
            language: `ja`, `en`, or anything else for "not known"; both packs run on every text.
            pixels: the text was read by OCR, whose known confusions count in secrecy markings.
        """
        folded = fold(text)
        hits: list[Hit] = []
        if _MAYBE_PERSONAL.search(folded.text) is not None:
            hits.extend(self._analyze(folded.text, "en" if language == "en" else "ja"))
        hits.extend(find_labelled_names(folded.text))
        settled = strongest(hits)
        marks = strongest(find_secret_marks(folded.text if "㊙" not in text else text, pixels=pixels))
        in_original = [_moved(hit, *folded.span(hit.start, hit.end)) for hit in settled]
        if "㊙" in text:
            in_original.extend(marks)
        else:
            in_original.extend(_moved(hit, *folded.span(hit.start, hit.end)) for hit in marks)
        return tuple(sorted(in_original, key=lambda hit: (hit.start, hit.end, hit.kind)))

    def _analyze(self, text: str, language: str) -> list[Hit]:
        found: list[Hit] = []
        for result in self._engine.analyze(text=text, language=language):
            hit = (result.recognition_metadata or {}).get("hit")
            if isinstance(hit, Hit):
                found.append(hit)
            else:  # Presidio's own recognizer: a bank account whose check digits are right
                found.append(
                    Hit(
                        "privacy.other_id",
                        result.start,
                        result.end,
                        result.score,
                        Severity.HIGH,
                        "an IBAN bank account",
                    )
                )
        return found


def _moved(hit: Hit, start: int, end: int) -> Hit:
    return Hit(hit.kind, start, end, hit.score, hit.severity, hit.why)
