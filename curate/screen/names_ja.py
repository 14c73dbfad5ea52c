"""Japanese person names: dictionary, context and GiNZA's named labels, weighed together.

Each stretch that could be a name (`names_ja_candidates`) gets points for its own words, for what stands around it
(`names_ja_context`) and for what GiNZA's model says; names that support each other in a text get some more. GiNZA
alone takes firms, places and works for persons; the dictionary alone does not know the sentence. Where the points
without GiNZA are so low that its word could not change the outcome, GiNZA is not asked: so it is with most captions.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import exp

from curate.finding import Severity
from curate.screen.hit import Hit
from curate.screen.japanese_words import Word, words_of
from curate.screen.names_ja_candidates import Candidate, candidates, may_be_spanned, spanned
from curate.screen.names_ja_context import BRANDS, around
from curate.screen.names_model import Told, package_version, read, silent
from curate.screen.wording import NO_REASON, Reason

PACKAGE = "ja_ginza"
VERSION = "5"  # of the rules in this module and in the two beside it, and of the spelling models
NEEDED = 0.1  # points that make a finding: more speaks for a name than against it
JAPANESE = re.compile(r"[ぁ-んァ-ヴ一-龥々]")

Entity = tuple[int, int, str]  # start, end, GiNZA's label

_SAID = 2.0  # points for a person in GiNZA's eyes
_SURE = 1.5  # points from which a name supports others
# Of GiNZA's labels only named ones count; its labels of numbers, dates and ranks are noise here.
_PERSON = "Person"
_NEAR = frozenset(["Position_Vocation", "N_Person", "Family", "Character", "God"])
_OTHER = frozenset(
    [
        "City",
        "County",
        "Province",
        "Country",
        "Station",
        "Company",
        "Company_Group",
        "Corporation_Other",
        "School",
        "Facility_Other",
        "Worship_Place",
        "Road",
        "Railroad",
        "River",
        "Mountain",
        "Island",
        "Lake",
        "Domestic_Region",
        "Military",
        "Government",
        "Political_Party",
        "Political_Organization_Other",
        "Pro_Sports_Organization",
        "Sports_Organization_Other",
        "Public_Institution",
        "Airport",
        "Bridge",
        "Park",
        "Museum",
        "Theater",
        "Sports_Facility",
        "GOE_Other",
        "Ship",
        "Weapon",
        "Award",
        "War",
        "Incident_Other",
        "Game",
        "Cabinet",
        "Research_Institute",
        "Port",
        "Continental_Region",
        "Geological_Region_Other",
        "Organization_Other",
        "Event_Other",
        "Sports_League",
        "Occasion_Other",
        "Religious_Festival",
        "Newspaper",
    ]
)
_WORK = frozenset(
    [
        "Book",
        "Music",
        "Movie",
        "Broadcast_Program",
        "Show",
        "Magazine",
        "Printing_Other",
        "Art_Other",
        "Car",
        "Product_Other",
        "Train",
    ]
)
_BESIDE = frozenset("、・とや")


@dataclass(frozen=True, slots=True)
class Weighed:
    """A candidate, the sum of its points, and where each of them comes from."""

    candidate: Candidate
    points: float
    reasons: tuple[tuple[float, Reason], ...]

    def hit(self) -> Hit:
        """As a finding's raw material: points as log-odds give the score; the three strongest reasons are told."""
        strongest = sorted(self.reasons, key=lambda item: (item[0], item[1].en), reverse=True)
        told = [reason for points, reason in strongest if points > 0][:3]
        score, where = 1 / (1 + exp(-self.points)), self.candidate
        return Hit("privacy.person_name", where.start, where.end, score, Severity.MEDIUM, _joined(told))


def _joined(reasons: Sequence[Reason]) -> Reason:
    if not reasons:
        return NO_REASON
    return Reason(
        ", ".join(reason.en for reason in reasons), f"判断の根拠：{'、'.join(reason.ja for reason in reasons)}"
    )


def detector_version() -> str:
    """Rules, GiNZA's model and the dictionary: each of them changes what is found."""
    return f"{VERSION}+{PACKAGE}-{package_version(PACKAGE)}+sudachidict-{package_version('sudachidict_core')}"


def find(texts: Sequence[str], told: Told = silent) -> list[list[Hit]]:
    """Names in each folded text. GiNZA and SudachiDict must be installed."""
    words = [words_of(text) for text in texts]
    asked = [row for row, of_text in enumerate(words) if model_matters(of_text)]
    entities: list[Sequence[Entity]] = [()] * len(texts)
    if asked:
        documents = read(PACKAGE, [texts[row] for row in asked], lambda done, _: told(asked[done - 1], len(texts)))
        for row, document in zip(asked, documents, strict=True):
            entities[row] = [(entity.start_char, entity.end_char, entity.label_) for entity in document.ents]
    told(len(texts), len(texts))
    # Where the model does not matter no candidate is near enough to a name to be one without it, or to support another.
    found: list[list[Hit]] = [[] for _ in texts]
    for row in asked:
        found[row] = [name.hit() for name in decide(words[row], entities[row])]
    return found


def model_matters(words: Sequence[Word]) -> bool:
    """Whether what GiNZA says could make a finding in this text. True is always safe."""
    if any(item.points + _SAID >= NEEDED for item in weigh(words, None)):
        return True
    return may_be_spanned(words)


def decide(words: Sequence[Word], entities: Iterable[Entity], needed: float = NEEDED) -> list[Weighed]:
    """The names of a text in reading order; of overlapping candidates the one with the most points."""
    chosen: list[Weighed] = []
    weighed = _supported(words, weigh(words, list(entities)))
    for item in sorted(weighed, key=lambda w: (-w.points, w.candidate.start - w.candidate.end, w.candidate.start)):
        if item.points >= needed and not any(_overlap(item.candidate, other.candidate) for other in chosen):
            chosen.append(item)
    return sorted(chosen, key=lambda w: w.candidate.start)


def weigh(words: Sequence[Word], entities: Sequence[Entity] | None) -> list[Weighed]:
    """Every candidate of the text with its points; they overlap. `entities` is None where GiNZA was not asked yet."""
    found = candidates(words)
    if entities:
        found.extend(_only_said(words, found, entities))
    weighed = []
    for candidate in found:
        reasons = [(candidate.points, candidate.basis)]
        if entities is not None:
            reasons.append(_said(candidate, entities))
        if candidate.first == 0 and candidate.last == len(words) - 1 and not candidate.full:
            reasons.append((-1.0, Reason("nothing around it", "前後に語がない")))
        if _text(words, candidate) in BRANDS:
            reasons.append((-4.5, Reason("a brand is called so", "同名のブランドがある")))
        reasons.extend(around(words, candidate.first, candidate.last, full=candidate.full))
        weighed.append(Weighed(candidate, sum(points for points, _ in reasons), tuple(reasons)))
    return weighed


def _only_said(words: Sequence[Word], found: Iterable[Candidate], entities: Sequence[Entity]) -> Iterator[Candidate]:
    known = {(candidate.start, candidate.end) for candidate in found}
    starts = [word.start for word in words]
    for start, end, label in entities:
        if label == _PERSON and (start, end) not in known:
            yield spanned(words, bisect_right(starts, start) - 1, bisect_right(starts, end - 1) - 1)


def _said(candidate: Candidate, entities: Sequence[Entity]) -> tuple[float, Reason]:
    labels = set()
    for start, end, label in entities:
        if start < candidate.end and candidate.start < end:
            if label == _PERSON:
                wider = start < candidate.start or candidate.end < end
                return 1.2 if wider else _SAID, Reason("a person to the language model", "言語モデルが人名と判定")
            labels.add(label)
    if labels & _NEAR:
        return 0.5, Reason("near a person to the language model", "言語モデルが人名に近い語と判定")
    if labels & _OTHER:
        return -0.8, Reason("something else to the language model", "言語モデルが別の種類と判定")
    if labels & _WORK:
        return -0.5, Reason("a work or product to the language model", "言語モデルが作品または製品と判定")
    return -0.2, Reason("nothing to the language model", "言語モデルの判定なし")


def _supported(words: Sequence[Word], weighed: Sequence[Weighed]) -> list[Weighed]:
    """With points for a name that stands beside a sure one, or is named again, whole or in part."""
    sure = [(item.candidate, _text(words, item.candidate)) for item in weighed if item.points >= _SURE]
    starts, ends = {candidate.start for candidate, _ in sure}, {candidate.end for candidate, _ in sure}
    result = []
    for item in weighed:
        candidate, text = item.candidate, _text(words, item.candidate)
        extra: list[tuple[float, Reason]] = []
        if len(text) > 1 and any(
            (other.startswith(text) or other.endswith(text)) and not _overlap(candidate, place) for place, other in sure
        ):
            extra.append((1.5, Reason("named elsewhere in the text", "同じ名前が文中の別の箇所にもある")))
        before = words[candidate.first - 1] if candidate.first else None
        after = words[candidate.last + 1] if candidate.last + 1 < len(words) else None
        if (before is not None and before.text in _BESIDE and before.start in ends) or (
            after is not None and after.text in _BESIDE and after.end in starts
        ):
            extra.append((0.9, Reason("beside another name", "別の人名と並んでいる")))
        points = item.points + sum(points for points, _ in extra)
        result.append(Weighed(candidate, points, (*item.reasons, *extra)))
    return result


def _overlap(one: Candidate, other: Candidate) -> bool:
    return one.start < other.end and other.start < one.end


def _text(words: Sequence[Word], candidate: Candidate) -> str:
    return "".join(word.text for word in words[candidate.first : candidate.last + 1])
