"""What would have to be otherwise for another outcome: smallest sets of changes, computed by deciding again.

Every rule that stands in the way is looked at alone first (which one or two changes make it no longer apply?); their
answers are joined, decided, and thinned out until no change of a set can be left out. So each set that is returned was
tried: with all of it the outcome is the one named, with any part of it left out it is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import combinations

from curate.canonical import Json, to_json
from curate.decision import Decision, Lift, Outcome
from curate.policy.compare import Subject
from curate.policy.decide import decide
from curate.policy.document import Policy
from curate.policy.levers import Lever, levers_of
from curate.policy.schema import UNKNOWN_PREFIX, UNSCREENED_PREFIX

MOST_TOGETHER = 2  # changes that may be needed to make one rule no longer apply
MOST_SETS = 5  # that are told for one outcome, the smallest first
_MOST_JOINED = 400  # sets kept while joining; a policy that makes more has too many ways to list
_Set = frozenset[Lever]
_Decided = Callable[[_Set], Decision]


@dataclass(frozen=True, slots=True)
class Way:
    """`changes` together make the outcome `outcome` (and its `lift`); none of them can be left out. `possible`: they can
    be made for this very image, without another file."""

    outcome: Outcome
    lift: Lift
    changes: tuple[Lever, ...]

    @property
    def possible(self) -> bool:
        return all(lever.possible for lever in self.changes)


@dataclass(frozen=True, slots=True)
class WouldChange:
    """`ways` to a less restrictive outcome, for each outcome the smallest sets, possible ones first. `approval`: people may
    lift the hold as it is. `waivable` and `fixed`: the determining rules which a waiver may and may not set aside (only
    for outcomes that hold or deny)."""

    ways: tuple[Way, ...]
    approval: bool
    waivable: tuple[str, ...]
    fixed: tuple[str, ...]

    @property
    def nothing_may(self) -> bool:
        """Whether nothing that can be stated, corrected, approved or waived changes the outcome of this image."""
        return not self.approval and not self.waivable and not any(way.possible for way in self.ways)

    def to_document(self) -> Json:
        return {
            "ways": [
                {
                    "outcome": way.outcome.value,
                    "lift": way.lift.value,
                    "possible": way.possible,
                    "changes": [to_json(lever) for lever in way.changes],
                }
                for way in self.ways
            ],
            "approval_lifts": self.approval,
            "waivable": list(self.waivable),
            "not_waivable": list(self.fixed),
            "nothing_may": self.nothing_may,
        }


def would_change(subject: Subject, policy: Policy, *, today: date) -> WouldChange:
    """What would alter the outcome of `subject` under `policy`; for an image that is memorized there is nothing to alter."""
    levers = levers_of(subject, policy, today)

    @cache
    def decided(changes: _Set) -> Decision:
        changed = subject
        for lever in sorted(changes, key=levers.index):
            changed = lever.pull(changed, policy, today)
        return decide(changed.record, changed.screening, changed.value, changed.routing, policy, today=today)

    now = decided(frozenset())
    ways: list[Way] = []
    for outcome in Outcome:
        if outcome.rank > now.outcome.rank:
            sets = _sets(now, outcome, levers, decided)
            ordered = sorted(
                sets, key=lambda found: (not all(one.possible for one in found), len(found), _key(found, levers))
            )
            ways += [Way(outcome, decided(found).lift, _in_order(found, levers)) for found in ordered[:MOST_SETS]]
    stops = now.outcome in (Outcome.DENY, Outcome.REVIEW)
    waivable = {rule.id for rule in policy.rules if rule.waivable}
    may = [r for r in now.rules if r in waivable or r.startswith((UNKNOWN_PREFIX, UNSCREENED_PREFIX))] if stops else []
    all_may = bool(may) and len(may) == len(now.rules)
    return WouldChange(
        ways=tuple(ways),
        approval=now.outcome is Outcome.REVIEW and now.lift is Lift.APPROVAL,
        waivable=tuple(may) if all_may else (),
        fixed=tuple(rule for rule in now.rules if rule not in may) if stops else (),
    )


def _sets(now: Decision, outcome: Outcome, levers: Sequence[Lever], decided: _Decided) -> set[_Set]:
    """Minimal sets after which the outcome is exactly `outcome`."""
    joined: set[_Set] = {frozenset()}
    for rule in dict.fromkeys(hit.rule for hit in now.hits if hit.outcome.rank < outcome.rank):
        clearing = _clearing(rule, levers, decided)
        if not clearing:
            return set()
        joined = _minimal(before | more for before in joined for more in clearing)
    reached = {found for found in joined if decided(found).outcome is outcome}
    # What clears one rule may call another (a pin where a rule asks for one): one change more is tried.
    for found in joined - reached if outcome is Outcome.MEMORIZE else ():
        reached |= {wider for lever in levers if decided(wider := found | {lever}).outcome is outcome}
    return _minimal(_thinned(found, outcome, decided) for found in reached)


def _clearing(rule: str, levers: Sequence[Lever], decided: _Decided) -> set[_Set]:
    """Smallest sets of at most MOST_TOGETHER changes after which `rule` does not apply."""
    found: set[_Set] = set()
    for size in range(1, MOST_TOGETHER + 1):
        for chosen in map(frozenset, combinations(levers, size)):
            if not any(known <= chosen for known in found) and rule not in {hit.rule for hit in decided(chosen).hits}:
                found.add(chosen)
        if found:
            break
    return found


def _thinned(found: _Set, outcome: Outcome, decided: _Decided) -> _Set:
    for lever in found:
        if decided(found - {lever}).outcome is outcome:
            return _thinned(found - {lever}, outcome, decided)
    return found


def _minimal(sets: Iterable[_Set]) -> set[_Set]:
    """Those of which no other is a part, the smallest first, so many at most."""
    kept: list[_Set] = []
    for found in sorted(set(sets), key=lambda one: (len(one), sorted(map(repr, one)))):
        if not any(known <= found for known in kept):
            kept.append(found)
    return set(kept[:_MOST_JOINED])


def _in_order(found: _Set, levers: Sequence[Lever]) -> tuple[Lever, ...]:
    return tuple(sorted(found, key=levers.index))


def _key(found: _Set, levers: Sequence[Lever]) -> tuple[int, ...]:
    return tuple(sorted(levers.index(lever) for lever in found))
