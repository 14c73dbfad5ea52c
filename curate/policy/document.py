"""A policy as data: who must approve, what must be known and looked at, which rule gives which outcome.

The file is YAML, so that a lawyer can write and comment it; its identity is the digest of its canonical JSON, so that a
comment or the order of keys changes nothing. Every key is explained in policies/README.md; policies/schema.json is
generated from the models of curate.policy.schema.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from curate.canonical import Json, digest
from curate.decision import Outcome, PolicyRef, Requirement
from curate.errors import ExitCode, ImprimaturError
from curate.finding import Check, Finding, Severity
from curate.policy.condition import Fact
from curate.policy.extend import EXTENDS, merged
from curate.policy.schema import PolicyDocument, Rule, SelfAsserted
from curate.policy.yaml_reader import YamlFaultError, parse_yaml
from curate.record import ContentClass, ImageRecord

POLICY_FILE = "policy.yaml"
_DEEPEST = 5  # policies that extend one another; more is taken for a circle
_SAID_IN_PART = ("approval", "required_checks", "required_facts")
_FOLDER = re.compile(r"[a-z0-9][a-z0-9_-]*")


class PolicyError(ImprimaturError):
    """A policy file is missing, is not a policy, or contradicts itself."""

    code = "IMP-E240"
    exit_code = ExitCode.USAGE


def broken(where: str, expected: str, found: str) -> PolicyError:
    """The error that names file and key path, what was expected and what was found."""
    return PolicyError(f"{where}: expected {expected}, found {found}", hint="imprimatur policy check")


@dataclass(frozen=True)
class Policy:
    """A policy that was checked. Equal documents have equal `ref`s."""

    document: PolicyDocument

    @cached_property
    def canonical(self) -> Json:
        """The document as JSON with all defaults written out: what `ref.sha256` is of and what the ledger keeps."""
        return self.document.model_dump(mode="json", by_alias=True)

    @cached_property
    def ref(self) -> PolicyRef:
        return PolicyRef(self.document.id, self.document.version, digest(self.canonical))

    @property
    def purpose(self) -> str:
        return self.document.purpose

    @property
    def update_interval_days(self) -> int:
        return self.document.update_interval_days

    @property
    def rules(self) -> tuple[Rule, ...]:
        return self.document.rules

    @cached_property
    def severities(self) -> dict[str, Severity]:
        """Severity by kind where the policy overrules the detector."""
        return {entry.kind: entry.severity for entry in self.document.severity}

    def required_checks_for(self, content_class: ContentClass) -> tuple[Check, ...]:
        return self.document.required_checks.of(content_class)

    def required_facts_for(self, content_class: ContentClass) -> tuple[Fact, ...]:
        return self.document.required_facts.of(content_class)

    def unsafe_reasons(self) -> tuple[str, ...]:
        """Ways by which an image can be memorized without a named person; empty for a safe policy.

        Judged by content, on the safe side: any number of people below 1 counts, even where another override would
        raise it, because the file says that somebody wanted no person there.
        """
        approval = self.document.approval
        places = [("approval.people", approval.people)]
        places += [
            (f"approval.overrides[{i}].people", o.people)
            for i, o in enumerate(approval.overrides)
            if o.people is not None
        ]
        return tuple(f"{where} is {people}: memorized without a named person" for where, people in places if people < 1)

    @cached_property
    def unsafe(self) -> bool:
        return bool(self.unsafe_reasons())

    def approval_for(
        self, record: ImageRecord, outcome: Outcome, names: set[str], findings: tuple[Finding, ...]
    ) -> Requirement:
        """The strictest combination of the base requirement and every override that fits; `names` are the rules that
        applied, waived ones included."""
        base = self.document.approval
        people, roles, valid_days = base.people, set(base.roles), base.valid_days
        for override in base.overrides:
            when = override.when
            if (
                (when.content_class is None or record.content_class in when.content_class)
                and (when.outcome is None or outcome in when.outcome)
                and (when.rule is None or not names.isdisjoint(when.rule))
                and (when.finding is None or any(when.finding.fits(finding) for finding in findings))
            ):
                people = max(people, override.people or 0)
                roles |= set(override.roles)
                valid_days = min(valid_days, override.valid_days or valid_days)
        return Requirement(
            people=people,
            roles=tuple(sorted(roles)),
            valid_days=valid_days,
            self_asserted=base.self_asserted is SelfAsserted.ALLOW,
            separation=base.separation,
        )


_ADAPTER: TypeAdapter[PolicyDocument] = TypeAdapter(PolicyDocument)


def policy_from_text(text: str, *, where: str) -> Policy:
    """Policy from YAML text; `where` names the file in errors.

    Raises:
        PolicyError: with the key path, what was expected and what was found.
    """
    return policy_from_json(_parsed(text, where), where=where)


def _parsed(text: str, where: str) -> Json:
    try:
        value: Json = parse_yaml(text)
    except YamlFaultError as fault:
        raise broken(f"{where}: line {fault.line}", fault.expected, fault.found) from None
    return value


def policy_from_json(value: Json, *, where: str) -> Policy:
    """Policy from its JSON document, e.g. the canonical one which the ledger keeps.

    Raises:
        PolicyError: as `policy_from_text`.
    """
    if not isinstance(value, dict):
        raise broken(where, "a mapping with id, version, purpose, rules, …", _shown(value))
    try:
        # By way of JSON text: strict models take lists, enum values and numbers from JSON, and nothing else.
        return Policy(_ADAPTER.validate_json(json.dumps(value, allow_nan=False, default=str)))
    except ValidationError as error:
        raise describe(error, where) from None
    except ValueError as error:
        raise broken(where, "finite numbers", str(error)) from None


def load_policy(folder: Path) -> Policy:
    """The policy of a bundle, i.e. of a folder that holds policy.yaml; with `extends: NAME`, on top of the policy in
    the folder NAME beside it (curate.policy.extend).

    Raises:
        PolicyError: a file is missing, unreadable or not a valid policy.
    """
    return policy_from_json(_document(folder, 0), where=str(folder / POLICY_FILE))


def _document(folder: Path, depth: int) -> Json:
    path = folder / POLICY_FILE
    try:
        value = _parsed(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        raise PolicyError(
            f"{path}: expected a readable policy file, found {error.strerror or error}", hint=f"ls {folder.parent}"
        ) from None
    except UnicodeDecodeError as error:
        raise broken(str(path), "UTF-8 text", f"byte 0x{error.object[error.start]:02x} at {error.start}") from None
    if not isinstance(value, dict) or EXTENDS not in value:
        return value
    name = value[EXTENDS]
    if not isinstance(name, str) or _FOLDER.fullmatch(name) is None:
        raise broken(f"{path}: {EXTENDS}", "the name of a policy folder beside this one", _shown(name))
    if depth >= _DEEPEST:
        raise broken(f"{path}: {EXTENDS}", f"at most {_DEEPEST} policies on top of one another", "more, or a circle")
    parent = _document(folder.resolve().parent / name, depth + 1)
    if not isinstance(parent, dict):
        raise broken(f"{path}: {EXTENDS}", f"a policy in the folder {name}", _shown(parent))
    return merged(parent, value)


def policy_schema() -> Json:
    """JSON Schema (draft 2020-12) of policy.yaml: of a whole policy, or of what one that extends another says."""
    schema = _ADAPTER.json_schema(by_alias=True)
    schema["properties"][EXTENDS] = {
        "type": "string",
        "pattern": f"^{_FOLDER.pattern}$",
        "description": "name of a policy folder beside this one; what is not said here is taken from it",
    }
    # What only a whole policy has to say.
    parts = {key: schema["properties"][key]["$ref"].rsplit("/", 1)[1] for key in _SAID_IN_PART}
    whole = {key: {"required": schema["$defs"][name].pop("required")} for key, name in parts.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "imprimatur policy",
        "required": ["id", "version"],
        "if": {"required": [EXTENDS]},
        "then": {},
        "else": {"required": schema["required"], "properties": whole},
    }


def schema_text() -> str:
    """The schema as policies/schema.json holds it, for completion in an editor."""
    return json.dumps(policy_schema(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def describe(error: ValidationError, where: str) -> PolicyError:
    """The first fault that pydantic found, said our way; the number of the others is named."""
    first = error.errors(include_url=False)[0]
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return broken(f"{where}: {_path(first['loc'])}", *_expected_found(first, more))


def _path(location: tuple[int | str, ...]) -> str:
    """`rules[3].when.finding.kind` from the location pydantic gives."""
    path = ""
    for step in location:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return path or "the whole file"


def _expected_found(error: Any, more: str) -> tuple[str, str]:
    if error["type"] == "missing":
        return "this key", f"nothing{more}"
    if error["type"] == "extra_forbidden":
        return "a key of the schema", f"an unknown key{more}"
    if error["type"] == "value_error":  # our own validators say both halves, or only what they expected
        expected, _, found = str(error["ctx"]["error"]).partition(", found ")
        return expected, (found or _shown(error["input"])) + more
    return re.sub(r"^(Input should be|String should|Tuple should|Value should) ", "", error["msg"]), _shown(
        error["input"]
    ) + more


def _shown(value: object) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
