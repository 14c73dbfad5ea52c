"""A waiver needs somebody of the workspace who answers for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from curate.policy.document import Policy, PolicyError, load_policy, policy_from_json
from imprimatur.people import add_reviewer, revoke
from imprimatur.waivers import check_waivers
from imprimatur.workspace import init_workspace, open_workspace

WAIVER = {
    "id": "poster",
    "waives": ["deny-secret-marking"],
    "select": {"file_name": ["bolt.png"]},
    "reason": {"en": "An old marking.", "ja": "旧い表記。"},
    "expires": "2099-01-01",
}


def test_the_approver_is_a_reviewer_who_was_not_revoked(tmp_path: Path) -> None:
    init_workspace(tmp_path)
    workspace = open_workspace(tmp_path)
    default = load_policy(workspace.policy_folder)
    check_waivers(workspace, default)

    def policy(approver: str) -> Policy:
        return policy_from_json({**default.canonical, "waivers": [{**WAIVER, "approver": approver}]}, where="x")

    with pytest.raises(PolicyError, match="a reviewer of this workspace"):
        check_waivers(workspace, policy("r-0123456789ab"))
    anna = add_reviewer(workspace, "Anna", roles=("compliance",), public_key=None)
    check_waivers(workspace, policy(anna.reviewer))
    revoke(workspace, "Anna", reason="left-company", start=None)
    with pytest.raises(PolicyError, match=anna.reviewer):
        check_waivers(workspace, policy(anna.reviewer))
