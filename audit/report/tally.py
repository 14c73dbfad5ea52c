"""Counting: decisions by rule, what holds images and what releases them, findings, parts nobody looked at."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from audit.report.data import (
    DetectorLine,
    Example,
    FindingLine,
    HeldLine,
    ImageLine,
    MissRate,
    Reason,
    ReleaseKind,
    RuleLine,
    UnscreenedLine,
)
from audit.report.images import ABSENT_RULE, Decided
from audit.standing import StandingState
from curate.decision import Lift, Outcome
from curate.finding import Check, Severity

EXAMPLES = 3
CHECK_PREFIX = "check:"
_UNKNOWN, _UNSCREENED = "unknown-", "unscreened-"
_SETTLED = (StandingState.CLEARED, StandingState.WITHDRAWN)


def by_rule(images: Sequence[ImageLine]) -> tuple[RuleLine, ...]:
    """The rules that decided, outcome by outcome from `deny` on, the most frequent first. An image decided by several
    rules counts under each."""
    found: dict[tuple[Outcome, str], list[tuple[ImageLine, Reason]]] = defaultdict(list)
    for line in images:
        for reason in line.reasons:
            if line.outcome is not None and reason.deciding:
                found[line.outcome, reason.rule].append((line, reason))
    lines = []
    for outcome in Outcome:
        cases = {rule: those for (which, rule), those in found.items() if which is outcome}
        lines += [
            RuleLine(rules, outcome, len(those), *_words(those), _examples(line for line, _ in those))
            for rules, those in _together(cases)
        ]
    return tuple(lines)


def held(images: Sequence[ImageLine]) -> tuple[HeldLine, ...]:
    """What holds images in review, the most frequent first: an image is released when all of it is answered."""
    found: dict[str, list[tuple[ImageLine, Reason]]] = defaultdict(list)
    for line in images:
        if line.outcome is Outcome.REVIEW and line.state not in _SETTLED:
            for reason in line.reasons:
                if reason.deciding:
                    found[reason.rule].append((line, reason))
    return tuple(
        HeldLine(
            rules, len(cases), *_words(cases), *_release(rules[0], cases[0][0]), _examples(line for line, _ in cases)
        )
        for rules, cases in _together(found)
    )


_Cases = list[tuple[ImageLine, Reason]]


def _together(found: Mapping[str, _Cases]) -> list[tuple[tuple[str, ...], _Cases]]:
    """Rules with their images, the most frequent first. Checks that could not be done on the same images are one line:
    a damaged file fails all of them for one reason."""
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for rule, cases in found.items():
        same = tuple(sorted(line.image_id for line, _ in cases)) if rule.startswith(_UNSCREENED) else (rule,)
        groups[same].append(rule)
    lines = [(tuple(sorted(rules)), found[rules[0]]) for rules in groups.values()]
    return sorted(lines, key=lambda item: (-len(item[1]), item[0]))


def missing_columns(images: Sequence[ImageLine]) -> tuple[tuple[str, int], ...]:
    """Catalogue columns that would answer an unknown, with the number of held images that wait for each."""
    counted = Counter(
        name
        for line in images
        if line.outcome is Outcome.REVIEW and line.state not in _SETTLED
        for name in line.unknowns
        if not name.startswith(CHECK_PREFIX)
    )
    return tuple(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def _release(rule: str, line: ImageLine) -> tuple[ReleaseKind, str]:
    if rule == ABSENT_RULE:
        return ReleaseKind.CATALOGUE, ""
    if rule.startswith(_UNKNOWN):
        return ReleaseKind.COLUMN, rule.removeprefix(_UNKNOWN)
    if rule.startswith(_UNSCREENED) and f"{CHECK_PREFIX}{Check.DECODE.value}" in line.unknowns:
        return ReleaseKind.CORRECTION, ""  # no detector can help: the file itself is damaged
    if rule.startswith(_UNSCREENED):
        return ReleaseKind.CHECK, rule.removeprefix(_UNSCREENED)
    return (ReleaseKind.APPROVAL if line.lift is Lift.APPROVAL else ReleaseKind.CORRECTION), ""


def _words(cases: Sequence[tuple[ImageLine, Reason]]) -> tuple[str, str]:
    """The wording of the first case that still has one."""
    return next(((reason.en, reason.ja) for _, reason in cases if reason.en), ("", ""))


def _examples(lines: Iterable[ImageLine]) -> tuple[Example, ...]:
    found = []
    for line in lines:
        found.append(Example(line.image_id, line.file_names[0] if line.file_names else None))
        if len(found) == EXAMPLES:
            break
    return tuple(found)


def findings(decided: Mapping[str, Decided]) -> tuple[FindingLine, ...]:
    """Findings of the last decision of every image, the most severe first."""
    number: Counter[tuple[str, str, str]] = Counter()
    images: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for image_id, one in decided.items():
        for finding in one.entry.body.get("findings", ()):
            key = (str(finding.get("kind")), str(finding.get("category")), str(finding.get("severity")))
            number[key] += 1
            images[key].add(image_id)
    ranks = {severity.value: severity.rank for severity in Severity}
    ordered = sorted(number, key=lambda key: (-ranks.get(key[2], 99), -number[key], key))
    return tuple(FindingLine(*key, number[key], len(images[key])) for key in ordered)


def unscreened(decided: Mapping[str, Decided]) -> tuple[UnscreenedLine, ...]:
    """Checks that were not done, by check, detector and reason. The reason is in the erasable part; where that is gone,
    the coded part of the decision still tells that nobody looked."""
    images: dict[tuple[str, str, str, str], set[str]] = defaultdict(set)
    for image_id, one in decided.items():
        screening: Mapping[str, Any] = (one.payload or {}).get("screening") or {}
        told = screening.get("unscreened") or ()
        for part in told:
            detector = (part.get("detector") or {}).get("name") or ""
            reason = str(part.get("unscreened") or part.get("reason") or "")
            # What was recorded before reasons were written in Japanese has the English one only.
            reason_ja = str(part.get("unscreened_ja") or part.get("reason_ja") or reason)
            images[str(part.get("check")), str(detector), reason, reason_ja].add(image_id)
        if not told:
            for part in one.entry.body.get("unscreened", ()):
                reason = str(part.get("reason") or "")
                images[str(part.get("check")), str(part.get("detector") or ""), reason, reason].add(image_id)
    ordered = sorted(images.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(UnscreenedLine(c, d or None, r or None, j or None, len(ids)) for (c, d, r, j), ids in ordered)


def detector_lines(detectors: Sequence[Mapping[str, Any]], decided: Mapping[str, Decided]) -> tuple[DetectorLine, ...]:
    """Detectors as the screening room describes them: what they found here, what they miss, what they cannot see."""
    found: Counter[str] = Counter()
    images: dict[str, set[str]] = defaultdict(set)
    for image_id, one in decided.items():
        screening: Mapping[str, Any] = (one.payload or {}).get("screening") or {}
        for finding in screening.get("findings", ()):
            name = str((finding.get("detector") or {}).get("name"))
            found[name] += 1
            images[name].add(image_id)
    return tuple(
        DetectorLine(
            name=(name := str(info["detector"]["name"])),
            version=str(info["detector"]["version"]),
            checks=tuple(str(check) for check in info.get("checks", ())),
            licence=info.get("licence"),
            blind_spots_en=info.get("blind_spots_en"),
            blind_spots_ja=info.get("blind_spots_ja"),
            available=info.get("available") is True,
            hint=info.get("hint"),
            findings=found[name],
            images=len(images[name]),
            measured=tuple(
                MissRate(**{part.name: row.get(part.name) for part in fields(MissRate)})
                for row in info.get("measured", ())
            ),
        )
        for info in detectors
    )
