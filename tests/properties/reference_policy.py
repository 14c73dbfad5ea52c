"""A second, small evaluator of policies, written from policies/README.md alone: plain dictionaries in, a verdict out.

It imports nothing of the product. An image is ``{"class", "facts", "findings", "conflicts", "held", "done", "partly",
"score", "parts", "rate", "over_budget", "pinned", "file_names", "image"}``; a policy is the document as written.
"""

from __future__ import annotations

import fnmatch
from datetime import date
from typing import Any

ORDER = ["deny", "review", "index", "memorize"]
SEVERITIES = ["info", "low", "medium", "high", "critical"]
STRICTEST_LIFT = ["nobody", "fact", "approval"]
DAYS_A_MONTH = 365.25 / 12


def extended(parent: dict[str, Any], child: dict[str, Any]) -> dict[str, Any]:
    """What `child` says on top of `parent` ("A policy that extends another")."""
    whole = {key: value for key, value in child.items() if key != "extends"}
    result = {**parent, **whole}
    for key, name in (("rules", "id"), ("waivers", "id"), ("severity", "kind")):
        mine = {entry[name]: entry for entry in child.get(key, [])}
        old = [mine.pop(entry[name], entry) for entry in parent.get(key, [])]
        result[key] = old + list(mine.values())
    for key in ("required_checks", "required_facts"):
        lists = dict(parent.get(key, {}))
        for where, more in child.get(key, {}).items():
            lists[where] = sorted({*lists.get(where, []), *more})
        result[key] = lists
    approval = {**parent["approval"], **child.get("approval", {})}
    approval["overrides"] = parent["approval"].get("overrides", []) + child.get("approval", {}).get("overrides", [])
    result["approval"] = approval
    return result


def evaluate(policy: dict[str, Any], image: dict[str, Any], today: date) -> dict[str, Any]:
    """Outcome, lift, the determining rules, people, roles and days asked for, and the rules that a waiver set aside."""
    severities = {entry["kind"]: entry["severity"] for entry in policy.get("severity", [])}
    seen = [{**f, "severity": severities.get(f["kind"], f["severity"])} for f in image["findings"]]
    rate = image["rate"]
    volatile = rate is not None and rate > DAYS_A_MONTH / policy["update_interval_days"]
    world = {**image, "findings": seen, "volatile": volatile}

    applying = [rule for rule in policy["rules"] if holds(rule["when"], world, today)]
    verdicts = [(rule["id"], rule["outcome"], rule.get("lift")) for rule in applying]
    for fact in wanted(policy, "required_facts", image["class"]):
        if unknown(image, fact):
            verdicts.append((f"unknown-{fact}", "review", "fact"))
    for check in wanted(policy, "required_checks", image["class"]):
        if check not in image["done"] or check in image["partly"]:
            verdicts.append((f"unscreened-{check}", "review", "fact"))
    if image["over_budget"] and not image["pinned"] and all(outcome == "memorize" for _, outcome, _ in verdicts):
        verdicts.append(("not-chosen", "index", None))
    if not any(rule["outcome"] in ("index", "memorize") and not troubled(rule["when"]) for rule in applying):
        verdicts.append(("default-hold", "review", "nobody"))

    before = list(verdicts)
    verdicts, aside = with_waivers(verdicts, policy, image, today)
    outcome = min((outcome for _, outcome, _ in verdicts), key=ORDER.index)
    lifts = [lift for _, _, lift in verdicts if lift]
    lift = "approval" if outcome == "memorize" else "nobody"
    if outcome == "review":
        lift = min(lifts, key=STRICTEST_LIFT.index)
    names = {name for name, _, _ in before + verdicts}
    people, roles, days = asked(policy["approval"], names, outcome, world)
    return {
        "outcome": outcome,
        "lift": lift,
        "rules": sorted({name for name, found, _ in verdicts if found == outcome}),  # an ended waiver is named once
        "people": people,
        "roles": roles,
        "days": days,
        "waived": sorted(aside),
    }


def with_waivers(
    verdicts: list[Any], policy: dict[str, Any], image: dict[str, Any], today: date
) -> tuple[list[Any], set[tuple[str, str]]]:
    """Rules a waiver in force names hold for people instead; one that ended says so and changes nothing."""
    mine = [waiver for waiver in policy.get("waivers", []) if selects(waiver["select"], image)]
    kept, aside, over = [], set(), set()
    for name, outcome, lift in verdicts:
        naming = [waiver for waiver in mine if name in waiver["waives"]]
        in_force = sorted((w["expires"], w["id"]) for w in naming if date.fromisoformat(w["expires"]) >= today)
        if in_force:
            aside.add((in_force[-1][1], name))
        else:
            kept.append((name, outcome, lift))
            over |= {(waiver["id"], outcome, lift) for waiver in naming}
    kept += [(f"waiver-{waiver}", "review", "approval") for waiver in sorted({waiver for waiver, _ in aside})]
    kept += [(f"waiver-{waiver}-ended", outcome, lift) for waiver, outcome, lift in over]
    return kept, aside


def selects(select: dict[str, Any], image: dict[str, Any]) -> bool:
    return (
        ("image" not in select or image["image"] in select["image"])
        and ("class" not in select or image["class"] in select["class"])
        and ("product_line" not in select or image["facts"].get("product_line") in select["product_line"])
        and (
            "file_name" not in select
            or all(any(fnmatch.fnmatchcase(name, p) for p in select["file_name"]) for name in image["file_names"])
        )
    )


def asked(approval: dict[str, Any], names: set[str], outcome: str, world: dict[str, Any]) -> tuple[int, list[str], int]:
    people, roles, days = approval["people"], set(approval["roles"]), approval["valid_days"]
    for override in approval.get("overrides", []):
        when = override["when"]
        if (
            ("class" not in when or world["class"] in when["class"])
            and ("outcome" not in when or outcome in when["outcome"])
            and ("rule" not in when or names & set(when["rule"]))
            and ("finding" not in when or any(fits(when["finding"], found) for found in world["findings"]))
        ):
            people = max(people, override.get("people") or 0)
            roles |= set(override.get("roles", []))
            days = min(days, override.get("valid_days") or days)
    return people, sorted(roles), days


def wanted(policy: dict[str, Any], key: str, content_class: str) -> list[str]:
    lists = policy.get(key, {})
    return sorted({*lists.get("all", []), *lists.get(content_class, [])})


def unknown(image: dict[str, Any], fact: str) -> bool:
    stated = image["facts"].get(fact)
    return stated is None or stated in ((), []) or (isinstance(stated, str) and not stated.strip())


def troubled(when: dict[str, Any]) -> bool:
    """Whether a condition speaks of findings, unknowns or rows anywhere."""
    inside = [*when.get("all", []), *when.get("any", []), *([when["not"]] if "not" in when else [])]
    return any(key in when for key in ("finding", "unknown", "rows")) or any(map(troubled, inside))


def fits(wanted: dict[str, Any], found: dict[str, Any]) -> bool:
    return (
        ("category" not in wanted or found["kind"].split(".")[0] in wanted["category"])
        and ("kind" not in wanted or found["kind"] in wanted["kind"])
        and ("except_kind" not in wanted or found["kind"] not in wanted["except_kind"])
        and ("severity" not in wanted or SEVERITIES.index(found["severity"]) >= SEVERITIES.index(wanted["severity"]))
        and ("channel" not in wanted or found["channel"] in wanted["channel"])
    )


def holds(when: dict[str, Any], world: dict[str, Any], today: date) -> bool:
    """All keys of one mapping have to hold."""
    return all(_key(key, said, world, today) for key, said in when.items())


def _key(key: str, said: Any, world: dict[str, Any], today: date) -> bool:
    facts = world["facts"]
    if key == "all":
        return all(holds(inner, world, today) for inner in said)
    if key == "any":
        return any(holds(inner, world, today) for inner in said)
    if key == "not":
        return not holds(said, world, today)
    if key == "finding":
        return any(fits(said, found) for found in world["findings"])
    if key == "unknown":
        return any(unknown(world, fact) for fact in said)
    if key == "rows":
        return ("conflict" in said and bool(world["conflicts"])) or ("expectation" in said and bool(world["held"]))
    if key == "class":
        return world["class"] in said
    if key == "value":
        part = said.get("part", "score")
        amount = world["score"] if part == "score" else world["parts"].get(part)
        if amount is None:
            return False
        return bool(amount >= said.get("at_least", -1e9 if amount == amount else 0)) and (
            "below" not in said or bool(amount < said["below"])
        )
    if key == "fact":
        stated = facts.get(said["name"])
        listed = stated if isinstance(stated, (list, tuple)) else [stated]
        texts = [item.strip() if isinstance(stated, str) else str(item) for item in listed if item is not None]
        return any(text in said["one_of"] for text in texts if text)
    if key == "date":
        stated = facts.get(said["name"])
        return stated is not None and (stated < today if said["lies"] == "past" else stated > today)
    if key == "routing":
        return all(world[name] == value for name, value in said.items())
    raise KeyError(key)
