"""Why images are held, denied or kept in the index, and what would release them: a summary that people can act on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from curate.decision import Decision, Lift, Outcome, RuleHit
from curate.policy.schema import DEFAULT_HOLD
from curate.policy.wording import worth_saying
from curate.screen.detectors import all_detectors


@dataclass(frozen=True)
class Release:
    """`images` images are stopped by the rule `rule`; `release_*` says what a person would do about it. Where their reasons
    differ, `why_*` is that of one of them and says so."""

    rule: str
    images: int
    why_en: str
    why_ja: str
    release_en: str
    release_ja: str

    def to_document(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "images": self.images,
            "why": {"en": self.why_en, "ja": self.why_ja},
            "release": {"en": self.release_en, "ja": self.release_ja},
        }


UNSEEN = "unscreened-decode"
OPEN_THEM = (
    "let the files be opened: imprimatur curate, without --metadata-only",
    "ファイルも検査する: --metadata-only を付けずに imprimatur curate を実行",
)


ASK = (
    "imprimatur explain IMAGE says what would have to change",
    "変えるべき点を確認する: imprimatur explain IMAGE",
)


class Held:
    """Counts what stops images, while their decisions pass by: what holds them, denies them, keeps them in the index."""

    def __init__(self, *, unopened: bool = False) -> None:
        """`unopened`: only the table was read, and what a look at the files would tell is said once."""
        self._unopened = unopened
        self._images: Counter[tuple[Outcome, str]] = Counter()
        self._sample: dict[tuple[Outcome, str], RuleHit] = {}
        self._differ: set[tuple[Outcome, str]] = set()
        self._columns: Counter[str] = Counter()

    def add(self, decision: Decision) -> None:
        if decision.outcome is Outcome.MEMORIZE:
            return
        if decision.outcome is Outcome.REVIEW:
            self._columns.update(name for name in decision.unknowns if not name.startswith("check:"))
        said = worth_saying([hit.rule for hit in decision.hits])
        for hit in decision.hits:
            if hit.rule not in said:
                continue
            if self._unopened and hit.rule.startswith("unscreened-") and hit.rule != UNSEEN:
                continue
            if hit.outcome is decision.outcome:
                key = (hit.outcome, hit.rule)
                self._images[key] += 1
                if self._sample.setdefault(key, hit).reason_en != hit.reason_en:
                    self._differ.add(key)

    @property
    def lines(self) -> tuple[Release, ...]:
        """One line per rule that holds an image, the most frequent first; an image may be held by several."""
        return self.lines_of(Outcome.REVIEW)

    def lines_of(self, outcome: Outcome) -> tuple[Release, ...]:
        """One line per rule that gives images this outcome, the most frequent first."""
        lines = []
        for key, count in self._images.most_common():
            if key[0] is outcome:
                hit = self._sample[key]
                why_en, why_ja = hit.reason_en, hit.reason_ja
                if key in self._differ:
                    why_en, why_ja = f"e.g. {why_en}", f"例: {why_ja}"
                en, ja = OPEN_THEM if self._unopened and key[1] == UNSEEN else _release(hit)
                lines.append(Release(key[1], count, why_en, why_ja, en, ja))
        return tuple(lines)

    @property
    def columns(self) -> tuple[tuple[str, int], ...]:
        """Catalogue columns that would answer an unknown, with the number of held images that wait for each."""
        return tuple(self._columns.most_common())

    def to_document(self) -> dict[str, Any]:
        """The members of the JSON document of `curate` which say why images are not memorized."""
        return {
            "held": [line.to_document() for line in self.lines],
            "denied": [line.to_document() for line in self.lines_of(Outcome.DENY)],
            "kept_in_index": [line.to_document() for line in self.lines_of(Outcome.INDEX)],
            "columns_that_would_release": dict(self.columns),
        }


def why_held(decisions: Iterable[Decision]) -> Held:
    """What stops images among `decisions`."""
    held = Held()
    for decision in decisions:
        held.add(decision)
    return held


def _release(hit: RuleHit) -> tuple[str, str]:
    rule = hit.rule
    if hit.outcome is not Outcome.REVIEW:
        return ASK
    if rule.startswith("unknown-"):
        column = rule.removeprefix("unknown-")
        return (
            f"fill the column '{column}', then: imprimatur curate",
            f"列「{column}」を記入し、imprimatur curate を実行",
        )
    if rule.startswith("unscreened-"):
        return _make_possible(rule.removeprefix("unscreened-"))
    if rule == DEFAULT_HOLD:
        return (
            "write a rule that gives it a place (policies/README.md), then: imprimatur policy test",
            "該当する規則を方針に書き(policies/README.md)、imprimatur policy test を実行",
        )
    if hit.lift is Lift.APPROVAL:
        return (
            "a person judges it: imprimatur review approve IMAGE",
            "担当者が判断する: imprimatur review approve IMAGE",
        )
    return (
        "correct the picture or its facts, then: imprimatur curate",
        "画像または事実を訂正し、imprimatur curate を実行",
    )


def _make_possible(check: str) -> tuple[str, str]:
    """A missing detector is installed; where all are there, it was the picture or its file that could not be read."""
    missing = [info.hint for info in all_detectors() if check in info.checks and not info.available]
    if missing:
        return f"make the check '{check}' possible: {missing[0]}", f"検査「{check}」を可能にする: {missing[0]}"
    return (
        "replace the picture or file by one that can be read, then: imprimatur curate",
        "読み取れる画像またはファイルに差し替え、imprimatur curate を実行",
    )
