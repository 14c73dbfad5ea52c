"""Published test cases for RFC 6962 proofs and RFC 8785, run against the writer's library and the recheck's own code.

    python -m benchmarks.merkle_cases FOLDER

FOLDER holds, at any depth, JSON files of inclusion and consistency cases as transparency-dev/merkle publishes them
(with `wantErr`), for whole trees and for subtrees, and may hold folders `input` and `output` with canonical JSON pairs.
Prints a table and one JSON line; exits 1 when a case disagrees.
"""

from __future__ import annotations

import base64
import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from audit.merkle import (
    verify_consistency,
    verify_inclusion,
    verify_subtree_consistency,
    verify_subtree_inclusion,
)
from audit.recheck.canonical import canonical
from audit.recheck.merkle import (
    check_consistency,
    check_inclusion,
    check_subtree_consistency,
    check_subtree_inclusion,
)
from curate.canonical import canonical_bytes


def kind_of(case: dict[str, Any]) -> str:
    kind = "inclusion" if "leafIdx" in case else "consistency"
    return f"subtree {kind}" if "start" in case else kind


WRITER = (verify_inclusion, verify_subtree_inclusion, verify_consistency, verify_subtree_consistency)
RECHECK = (check_inclusion, check_subtree_inclusion, check_consistency, check_subtree_consistency)


def case_agrees(case: dict[str, Any], checks: Sequence[Callable[..., None]]) -> bool:
    """Whether the verdict of `checks` on one proof case is the published one."""
    inclusion, subtree_inclusion, consistency, subtree_consistency = checks
    proof = [base64.b64decode(value) for value in case["proof"] or ()]
    hashes = {key: base64.b64decode(case[key] or "") for key in ("root", "leafHash", "root1", "root2") if key in case}
    try:
        match kind_of(case):
            case "inclusion":
                inclusion(case["leafIdx"], case["treeSize"], hashes["leafHash"], proof, hashes["root"])
            case "subtree inclusion":
                span = case["leafIdx"], case["start"], case["end"]
                subtree_inclusion(*span, hashes["leafHash"], proof, hashes["root"])
            case "consistency":
                consistency(case["size1"], case["size2"], hashes["root1"], hashes["root2"], proof)
            case _:
                span = case["start"], case["end"], case["size"]
                subtree_consistency(*span, hashes["root1"], hashes["root2"], proof)
    except ValueError:  # ProofInvalid is one
        return bool(case["wantErr"])
    return not case["wantErr"]


def run(folder: Path) -> tuple[Counter[str], list[str]]:
    """Number of cases by kind, and the files that disagree."""
    counted: Counter[str] = Counter()
    wrong: list[str] = []
    for path in sorted(folder.rglob("*.json")):
        if path.parent.name in ("input", "output"):
            continue
        case = json.loads(path.read_bytes())
        for name, checks in (("writer", WRITER), ("recheck", RECHECK)):
            counted[f"{kind_of(case)}, {name}"] += 1
            if not case_agrees(case, checks):
                wrong.append(f"{path} ({name})")
    for path in sorted(folder.rglob("input/*.json")):
        expected = (path.parent.with_name("output") / path.name).read_bytes()
        value = json.loads(path.read_bytes())
        for name, spell in (("canonical JSON, writer", canonical_bytes), ("canonical JSON, recheck", canonical)):
            counted[name] += 1
            if spell(value) != expected:
                wrong.append(f"{path} ({name})")
    return counted, wrong


def main() -> int:
    counted, wrong = run(Path(sys.argv[1]))
    for kind, number in sorted(counted.items()):
        print(f"{kind:26} {number:5}")
    print(f"{'disagreeing':26} {len(wrong):5}")
    for path in wrong:
        print(f"  {path}")
    print(json.dumps({"cases": counted, "disagreeing": wrong}))
    return 1 if wrong or not counted else 0


if __name__ == "__main__":
    sys.exit(main())
