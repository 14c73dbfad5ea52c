"""English person names in running text, by `en_core_web_lg` where it is installed."""

from __future__ import annotations

from collections.abc import Sequence

from curate.finding import Severity
from curate.screen.hit import Hit
from curate.screen.names_model import Told, read, silent

PACKAGE = "en_core_web_lg"
VERSION = "1"

_PERSON = "PERSON"


def find(texts: Sequence[str], told: Told = silent) -> list[list[Hit]]:
    """Names in each folded text. The model must be installed."""
    why = "found by the language model"
    return [
        [
            Hit("privacy.person_name", entity.start_char, entity.end_char, 0.7, Severity.MEDIUM, why)
            for entity in document.ents
            if entity.label_ == _PERSON
        ]
        for document in read(PACKAGE, texts, told)
    ]
