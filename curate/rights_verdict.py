"""What may be done with one image, over every channel in which rights are stated: one answer and all that led to it.

Signals are codes, never the words of a notice: the answer travels with the decision, which other people read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any


class RightsChannel(StrEnum):
    CATALOGUE = "catalogue"  # licence, scope, dates, territory stated by the table
    TEXT = "text"  # titles, captions, columns nobody interprets
    EXIF = "exif"
    IPTC = "iptc"  # IIM data sets
    XMP = "xmp"  # with PLUS, TDM and Creative Commons properties
    COMMENT = "comment"  # PNG texts, JPEG and GIF comments
    C2PA = "c2pa"  # manifests in the file: C2PA and CAWG
    SIDECAR = "sidecar"  # files of the same name beside the picture
    TDMREP = "tdmrep"  # TDM Reservation Protocol file of the catalogue
    PIXELS = "pixels"  # words read from the picture
    BYTES = "bytes"  # found by searching the bytes, outside of every part that was read


class Strength(StrEnum):
    """What a signal does to the answer, strongest first. The strongest of all signals decides, whoever made it."""

    FORBIDS = "forbids"  # training, mining or this use is reserved or excluded
    HOLDS = "holds"  # something is unknown, unread or contradictory
    LIMITS = "limits"  # terms that a person has to weigh
    NOTICE = "notice"  # a claim to rights that says nothing about training
    ATTRIBUTES = "attributes"  # allowed with the author named
    ALLOWS = "allows"
    SILENT = "silent"  # it says nothing that counts

    @property
    def rank(self) -> int:
        return _RANKS[self]


_RANKS = {strength: rank for rank, strength in enumerate(Strength)}


class Answer(StrEnum):
    RESERVED = "reserved"
    UNKNOWN = "unknown"
    LIMITED = "limited"
    NOTICED = "noticed"
    ATTRIBUTION = "attribution"
    PERMITTED = "permitted"
    UNSTATED = "unstated"


_ANSWERS = dict(zip(Strength, Answer, strict=True))


@dataclass(frozen=True, slots=True)
class Signal:
    """`statement` is a code such as `DMI-PROHIBITED`, `notAllowed c2pa.ai_training` or `CC-BY-4.0`."""

    channel: RightsChannel
    field: str
    statement: str
    strength: Strength

    def to_document(self) -> dict[str, str]:
        return {
            "channel": self.channel.value,
            "field": self.field,
            "statement": self.statement,
            "strength": self.strength.value,
        }


@dataclass(frozen=True, slots=True)
class RightsVerdict:
    """`signals` strongest first; `conflict`: one channel allows what another one forbids or limits; `credit` names whom
    the picture is to be attributed to (personal text: it is shown, and left out of digests)."""

    answer: Answer
    signals: tuple[Signal, ...]
    conflict: bool
    credit: tuple[str, ...] = ()

    def to_document(self) -> dict[str, Any]:
        return {
            "answer": self.answer.value,
            "conflict": self.conflict,
            "signals": [signal.to_document() for signal in self.signals],
        }

    def without(self, channel: RightsChannel) -> RightsVerdict:
        """The verdict as if that channel had said nothing."""
        return replace(verdict_of(s for s in self.signals if s.channel is not channel), credit=self.credit)


def verdict_of(signals: Any, credit: tuple[str, ...] = ()) -> RightsVerdict:
    """The one answer to `signals`, an iterable of Signal in any order.

    Precedence is that of `Strength` and knows no channel: a reservation in the least trusted place outweighs a
    permission in the most trusted one, and a permission never lifts anything.
    """
    kept = sorted(dict.fromkeys(signals), key=lambda s: (s.strength.rank, s.channel.value, s.field, s.statement))
    strongest = kept[0].strength if kept else Strength.SILENT
    allowing = {s.channel for s in kept if s.strength in (Strength.ALLOWS, Strength.ATTRIBUTES)}
    refusing = {s.channel for s in kept if s.strength in (Strength.FORBIDS, Strength.LIMITS)}
    conflict = any(one is not other for one in allowing for other in refusing)
    return RightsVerdict(_ANSWERS[strongest], tuple(kept), conflict, credit)
