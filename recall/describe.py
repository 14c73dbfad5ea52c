"""What a model says of an image when it is given the image's identifier and nothing else.

Generated text, never a fact of the catalogue. The image is confirmed as for any answer, before the model speaks and again
after it; each sentence is then held against the catalogue, and one that names another article number, product line, class
or size than the catalogue does is left out. Only a model speaks that was taught to (`train.descriptions`), and only while
everything it knows may be shown: a withdrawn identifier can be masked, a withdrawn text inside the weights cannot.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

from curate.errors import ExitCode, ImprimaturError
from recall.agreement import Metadata
from recall.answer import LONGEST_QUERY, Moment, QueryRefusedError, Recaller
from recall.confirm import Candidate, Confirmed, Origin, Withheld
from recall.propose import Remembered
from recall.wording import GENERATED, SENTENCES, sentences

_SENTENCE = re.compile(r"(?<=[。\uff01\uff1f\n])|(?<=[.!?])\s+")


class CannotDescribe(ImprimaturError):
    """The model in use names images and cannot speak of them."""

    code = "IMP-E505"
    exit_code = ExitCode.UNAVAILABLE


class IdentifierUnknown(ImprimaturError):
    """The manifest of the model in use holds no such identifier."""

    code = "IMP-E506"
    exit_code = ExitCode.USAGE


class ModelKnowsMore(ImprimaturError):
    """The model learned images which may not be shown any more, and generated text could repeat what it learned."""

    code = "IMP-E507"
    exit_code = ExitCode.REFUSED


@dataclass(frozen=True, slots=True)
class Said:
    """One generated sentence that the catalogue does not contradict: `agree` where it names a fact that the catalogue has
    too, `unknown` where there is nothing to compare."""

    text: str
    metadata: Metadata


@dataclass(frozen=True, slots=True)
class Description:
    """What may be shown of it. `withheld`: why nothing is said of the image at all; `contradicted`: why sentences were
    left out, one each."""

    identifier: str
    image_id: str
    question: str
    said: tuple[Said, ...]
    contradicted: tuple[Withheld, ...]
    withheld: Withheld | None
    confirmed: Confirmed | None
    unsafe: bool
    latency_ms: float

    @property
    def status(self) -> str:
        """`generated` with at least one sentence, else `none`."""
        return "generated" if self.said else "none"

    def to_document(self) -> dict[str, Any]:
        """As JSON; `generated` holds all that a model made up, everything else is from manifest, ledger and catalogue."""
        confirmed = self.confirmed
        return {
            "identifier": self.identifier,
            "image_id": self.image_id,
            "file_name": confirmed.file_name if confirmed else None,
            "question": self.question or None,
            "status": self.status,
            "generated": {
                "notice": dict(zip(("en", "ja"), GENERATED, strict=True)),
                "sentences": [{"text": one.text, "metadata": one.metadata.value} for one in self.said],
                "contradicted": [
                    {"why": one.why, "sentence": {"en": one.sentence_en, "ja": one.sentence_ja}}
                    for one in self.contradicted
                ],
            },
            "confirmation": confirmed.confirmation.to_document() if confirmed else None,
            "conditions": list(confirmed.conditions) if confirmed else [],
            "credit": confirmed.credit if confirmed else None,
            "withheld": self.withheld.to_document() if self.withheld else None,
            "unsafe": self.unsafe,
            "latency_ms": round(self.latency_ms, 3),
        }


def describe(recaller: Recaller, identifier: str, *, question: str = "", language: str = "en") -> Description:
    """What the model says of the image behind `identifier`; without a `question`, a description. `language` (``en`` or
    ``ja``) is the one asked in.

    Raises:
        IdentifierUnknown, CannotDescribe, ModelKnowsMore: see there. QueryRefusedError: a question of over 1,000 characters.
    """
    started = perf_counter()
    if len(question) > LONGEST_QUERY:
        raise QueryRefusedError(
            f"Expected a question of at most {LONGEST_QUERY} characters, found {len(question)}.",
            hint=f'imprimatur describe {identifier} --question "…"',
        )
    memory = recaller.sources.memory
    number = _number_of(memory, identifier)
    if memory is None or memory.speaker is None:
        raise CannotDescribe(
            "A model that was taught to describe its images was expected, found one that only names them.",
            hint="set base_model to a pretrained model and describe = true under [train], then: imprimatur train",
        )
    entry = memory.entries[number]
    candidate = Candidate(entry.image_id, identifier, Origin.MEMORY, entry.file_names, 1.0)
    before = recaller.confirm(question, candidate, recaller.moment())
    if isinstance(before, Withheld):
        return _nothing(before, identifier, question, memory.unsafe, started)
    _require_all_live(memory, recaller.moment())
    said = memory.speaker.describe(number, question, language)
    moment = recaller.moment()  # the model took its time; what is shown is confirmed now
    after = recaller.confirm(question, candidate, moment)
    if isinstance(after, Withheld):
        return _nothing(after, identifier, question, memory.unsafe, started)
    _require_all_live(memory, moment)
    kept: list[Said] = []
    left_out: list[Withheld] = []
    for text in _sentences(said):
        verdict = recaller.confirm(text, candidate, moment)
        if isinstance(verdict, Withheld):
            left_out.append(_contradicted(verdict))
        else:
            kept.append(Said(text, verdict.confirmation.metadata))
    latency = (perf_counter() - started) * 1000
    unsafe = memory.unsafe or after.unsafe
    return Description(identifier, entry.image_id, question, tuple(kept), tuple(left_out), None, after, unsafe, latency)


def _number_of(memory: Remembered | None, identifier: str) -> int:
    entries = memory.entries if memory is not None else ()
    found = next((number for number, entry in enumerate(entries) if entry.identifier == identifier), None)
    if found is None:
        raise IdentifierUnknown(
            f"One of the {len(entries)} identifiers of the model in use was expected, found '{identifier}'.",
            hint='imprimatur recall "QUERY" --json',
        )
    return found


def _require_all_live(memory: Remembered, moment: Moment) -> None:
    gone = [entry.image_id for entry in memory.entries if not moment.book.of(entry.image_id).cleared]
    if gone:
        raise ModelKnowsMore(
            f"A model was expected whose images all may be shown, found {len(gone)} of {len(memory.entries)} that may not, "
            f"first {gone[0][:12]}…: generated text could repeat what was learned of them.",
            hint="imprimatur train",
        )


def _sentences(said: str) -> Iterator[str]:
    """Its sentences; a full stop inside a number or a size ends none."""
    return (text for part in _SENTENCE.split(said) if (text := part.strip()))


def _contradicted(verdict: Withheld) -> Withheld:
    """The same verdict about a generated sentence: not the query named the fact, the model did."""
    code = f"said-{verdict.why}"
    if code not in SENTENCES:
        return verdict  # the image itself stopped being showable between two sentences
    english, japanese = sentences(code, verdict.asked, verdict.found)
    return replace(verdict, why=code, sentence_en=english, sentence_ja=japanese)


def _nothing(why: Withheld, identifier: str, question: str, unsafe: bool, started: float) -> Description:
    latency = (perf_counter() - started) * 1000
    return Description(identifier, why.image_id, question, (), (), why, None, unsafe, latency)
