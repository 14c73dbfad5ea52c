"""A policy that no image can pass: found by looking for one that does, over everything a rule may look at.

Trouble can only add rules, never remove one (curate.policy.condition), so the image looked for has none: no finding, no
failed row, every required check made. What is left are finitely many cases: each fact unknown, one of the texts that a
rule names, or another; each date past, future or today; each part of the value at 0 or at a threshold; class; routing.
They are searched depth first with three-valued conditions, so that a branch ends as soon as its outcome is certain.

An image passes as `memorize`, or as a hold that approvals lift: a policy under which people look at every image is one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from curate.decision import Decision, Lift, Outcome
from curate.errors import ExitCode, ImprimaturError
from curate.policy.condition import Condition, Fact
from curate.policy.document import Policy
from curate.policy.schema import Rule
from curate.record import ContentClass

MOST_STEPS = 200_000  # of one search; what takes more is not claimed
MOST_TEXTS = 10  # of one list, of which every subset is looked at
_LISTS = frozenset({Fact.LICENSE_SCOPE.value, Fact.LICENSE_TERRITORY.value})
_UNKNOWN, _OTHER = "(unknown)", "(another)"
_Case = Mapping[str, Any]  # variable -> what it is; a variable that is absent is not chosen yet


class NoImagePasses(ImprimaturError):
    """Under this policy no image can ever be memorized, whatever is known about it and whoever approves."""

    code = "IMP-E250"
    exit_code = ExitCode.USAGE


class Unsettled(Exception):
    """The search was too long to tell."""


@dataclass(frozen=True, slots=True)
class Impassable:
    """Why nothing passes: `rules` are a smallest set of rules that together let nothing through, `memorize` the rules
    that would let an image in, none if the policy has none."""

    memorize: tuple[str, ...]
    rules: tuple[str, ...]

    @property
    def message(self) -> str:
        if not self.memorize:
            return "no rule with outcome memorize"
        if not self.rules:
            return f"{', '.join(self.memorize)} with conditions that contradict themselves"
        one = len(self.rules) == 1
        return f"{', '.join(self.rules)} {'meets' if one else 'together meet'} every image that {', '.join(self.memorize)} would let in"


def impassable(policy: Policy) -> Impassable | None:
    """Why no image can pass; None if one can, or if that cannot be told in MOST_STEPS."""
    memorize = [rule for rule in policy.rules if rule.outcome is Outcome.MEMORIZE]
    names = tuple(rule.id for rule in memorize)
    lifted = [rule for rule in policy.rules if rule.outcome is Outcome.REVIEW and rule.lift is Lift.APPROVAL]
    index = [rule for rule in policy.rules if rule.outcome is Outcome.INDEX]
    placing = [*memorize, *(rule for rule in index if not rule.when.looks_at_trouble)]

    def passes(against: Sequence[Rule]) -> bool:
        held = [rule for rule in against if rule.outcome is not Outcome.INDEX]
        return _passes([memorize], against, policy) or _passes([lifted, placing], held, policy)

    against = [rule for rule in policy.rules if rule not in memorize and rule not in lifted]
    try:
        if passes(against):
            return None
        if not memorize or not passes(()):
            return Impassable(names, ())
        for rule in tuple(against):  # leave out what is not needed for the contradiction
            left = [other for other in against if other is not rule]
            if not passes(left):
                against = left
        return Impassable(names, tuple(rule.id for rule in against))
    except Unsettled:
        return None


class NothingPassed(ImprimaturError):
    """Not one image of this catalogue may be memorized under the policy, although some image could be."""

    code = "IMP-E251"
    exit_code = ExitCode.USAGE


def nothing_passed(decisions: Collection[Decision], policy: Policy) -> ImprimaturError | None:
    """What to say of a run in which no image came out as memorize: that none ever can, or which rules stopped most of
    them; None if one did, or if there was none."""
    if not decisions or any(decision.outcome is Outcome.MEMORIZE for decision in decisions):
        return None
    try:
        refuse_impassable(policy)
    except NoImagePasses as error:
        return error
    rules = Counter(rule for decision in decisions for rule in decision.rules)
    most = ", ".join(
        f"{rule} ({count})" for rule, count in sorted(rules.items(), key=lambda item: (-item[1], item[0]))[:3]
    )
    return NothingPassed(
        f"policy {policy.ref.id} {policy.ref.version}: expected at least one of {len(decisions)} images to be memorized, "
        f"found none; the rules that stopped most: {most}",
        hint="imprimatur explain IMAGE says what would have to change",
    )


def refuse_impassable(policy: Policy) -> None:
    """Raises: NoImagePasses with the rules that are to blame."""
    if (why := impassable(policy)) is not None:
        raise NoImagePasses(
            f"policy {policy.ref.id} {policy.ref.version}: expected an image that could be memorized, found none possible: "
            f"{why.message}",
            hint="correct these rules in policy.yaml, then: imprimatur policy test",
        )


def _passes(wanted: Sequence[Sequence[Rule]], against: Sequence[Rule], policy: Policy) -> bool:
    """Whether some image meets a rule of each list in `wanted` and none of `against`."""
    rules = [*(rule for group in wanted for rule in group), *against]
    choices = _choices(rules, policy)
    order = sorted(choices, key=lambda name: (name != "class", len(choices[name]), name))
    steps = 0

    def search(case: dict[str, Any], depth: int) -> bool:
        nonlocal steps
        steps += 1
        if steps > MOST_STEPS:
            raise Unsettled
        if any(_holds(rule.when, case) is True for rule in against):
            return False
        let_in = [[_holds(rule.when, case) for rule in group] for group in wanted]
        if any(all(found is False for found in group) for group in let_in):
            return False
        if all(True in group for group in let_in) and all(_holds(rule.when, case) is False for rule in against):
            return True
        if depth == len(order):
            return False
        name = order[depth]
        required = name in _required(policy, case)
        for choice in choices[name]:
            if required and choice == _UNKNOWN:
                continue
            case[name] = choice
            if search(case, depth + 1):
                return True
        case.pop(name, None)
        return False

    return search({}, 0)


def _required(policy: Policy, case: _Case) -> frozenset[str]:
    """Facts that an image of this class must state; `class` is chosen first."""
    return (
        frozenset(fact.value for fact in policy.required_facts_for(case["class"])) if "class" in case else frozenset()
    )


def _choices(rules: Sequence[Rule], policy: Policy) -> dict[str, tuple[Any, ...]]:
    """What each variable that the rules speak of can be; the most harmless first, so that a search ends early."""
    thresholds: dict[str, set[float]] = {}
    texts: dict[str, set[str]] = {}
    dates: set[str] = set()
    routing: set[str] = set()
    for node in _nodes(rules):
        if node.value is not None:
            bounds = (node.value.at_least, node.value.below)
            thresholds.setdefault(node.value.part, set()).update(float(bound) for bound in bounds if bound is not None)
        if node.fact is not None:
            texts.setdefault(node.fact.name.value, set()).update(node.fact.one_of)
        for fact in node.unknown or ():
            texts.setdefault(fact.value, set())
        if node.date is not None:
            dates.add(node.date.name)
        if node.routing is not None:
            routing |= set(node.routing.model_dump(exclude_none=True))
    choices: dict[str, tuple[Any, ...]] = {"class": tuple(ContentClass)}
    for part, named in thresholds.items():
        # A part that was not counted meets no bound, in either direction; the score is always counted.
        uncounted = () if part == "score" else (_UNKNOWN,)
        choices[f"value.{part}"] = (*sorted({0.0, *named}, reverse=True), *uncounted)
    for name in sorted({*texts, *dates}):
        choices[name] = (*_readings(name, texts.get(name, set()), name in dates), _UNKNOWN)
    for name in routing:
        choices[f"routing.{name}"] = (False, True)
    return choices


def _readings(name: str, texts: set[str], is_date: bool) -> tuple[Any, ...]:
    """What a stated fact can say: sets of texts for a list, (text, past or future) for a date, a text otherwise."""
    if is_date:
        # Whether a named day is past depends on the day asked; both are looked at, because days go by.
        named = [(text, lies) for text in sorted(texts) for lies in ("past", "future", "today")]
        return ((_OTHER, "future"), (_OTHER, "today"), (_OTHER, "past"), *named)
    if name in _LISTS:
        ordered = sorted(texts)
        if len(ordered) > MOST_TEXTS:
            raise Unsettled
        subsets = (tuple(t for n, t in enumerate(ordered) if bits >> n & 1) for bits in range(1 << len(ordered)))
        return tuple(subset or (_OTHER,) for subset in subsets)
    return (_OTHER, *sorted(texts))


def _nodes(rules: Sequence[Rule]) -> Iterator[Condition]:
    for rule in rules:
        yield from rule.when.nodes()


def _holds(when: Condition, case: _Case) -> bool | None:
    """Whether the condition holds for an image without trouble; None while that depends on what is not chosen yet."""
    parts: list[bool | None] = []
    if when.all is not None:
        parts += [_holds(child, case) for child in when.all]
    if when.any is not None:
        found = [_holds(child, case) for child in when.any]
        parts.append(True if True in found else None if None in found else False)
    if when.not_ is not None:
        inner = _holds(when.not_, case)
        parts.append(None if inner is None else not inner)
    if when.finding is not None or when.rows is not None:
        parts.append(False)
    if when.unknown is not None:
        unknown = [None if fact.value not in case else case[fact.value] == _UNKNOWN for fact in when.unknown]
        parts.append(True if True in unknown else None if None in unknown else False)
    if when.value is not None:
        amount, low, high = case.get(f"value.{when.value.part}"), when.value.at_least, when.value.below
        holds = isinstance(amount, float) and (low is None or amount >= low) and (high is None or amount < high)
        parts.append(None if amount is None else holds)
    if when.fact is not None:
        parts.append(_says(case.get(when.fact.name.value), when.fact.one_of))
    if when.content_class is not None:
        parts.append(None if "class" not in case else case["class"] in when.content_class)
    if when.date is not None:
        stated = case.get(when.date.name)
        parts.append(None if stated is None else isinstance(stated, tuple) and stated[1] == when.date.lies)
    if when.routing is not None:
        for name, value in when.routing.model_dump(exclude_none=True).items():
            routed = case.get(f"routing.{name}")
            parts.append(None if routed is None else routed is value)
    return False if False in parts else None if None in parts else True


def _says(stated: Any, one_of: Sequence[str]) -> bool | None:
    if stated is None:
        return None
    return any(text in one_of for text in (stated if isinstance(stated, tuple) else (stated,)))
