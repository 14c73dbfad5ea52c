"""Separation of duties, replayed statements, backdated entries: on entry, and again when somebody wrote past the entry."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from audit.approving import ApprovalRefused, Signer, Verdict, Wish, approve, record
from audit.duties import NOBODY, Actor, Duties, account_pseudonym, duties, read_actor
from audit.entry import EntryKind
from audit.keys import PublicKey
from audit.reviewers import resolve
from audit.standing import StandingState
from audit.statements import ApprovalStatement, ApprovedItem, sign_approval, verify_approval
from curate.decision import Separation
from tests.audit.fakes import POLICY, PURPOSE, START, WORKSPACE, Person, World, decision_body, record_of, signing_key

HERE, ELSEWHERE = "a-here", "a-elsewhere"


class Firm:
    """Osamu curates; Anna and Ben hold roles. `separation` is what the policy says."""

    def __init__(self, folder: Path, separation: str = "person", people: int = 1, allow: bool = False) -> None:
        self.world = World.make(folder)
        self.osamu = self.world.reviewer("Osamu", "compliance")
        self.anna = self.world.reviewer("Anna", "compliance")
        self.ben = self.world.reviewer("Ben", "compliance")
        self.needs = {
            "people": people,
            "roles": ["compliance"],
            "valid_days": 90,
            "separation": separation,
            **({"self_asserted": True} if allow else {}),
        }
        self.policy(Actor(self.osamu.reviewer, HERE), separation)

    def policy(self, by: Actor, separation: str | None = "person") -> None:
        self.world.record(EntryKind.POLICY, {**POLICY, "unsafe": False, "separation": separation, "by": by.to_body()})

    def curate(self, by: Actor, run: str = "run-1", name: str = "part") -> str:
        self.world.record(EntryKind.CURATE_RUN, {"run": run, "by": by.to_body()})
        return self.world.decide(name, run=run, approval=self.needs)

    def approve(self, person: Person, image: str, account: str | None = None) -> None:
        ledger, now = self.world.ledger, self.world.now
        approve(ledger, person.reviewer, person.key, [image], "reviewed", None, now, account=account)

    def slip_in(self, person: Person, image: str, **changes: Any) -> None:
        """An approval written straight into the ledger, past all checks on entry."""
        body = decision_body(record_of("part"))
        item = ApprovedItem(*(body[key] for key in ("image_id", "texts_digest", "findings_digest", "facts_digest")))
        now = self.world.now
        fields: dict[str, Any] = {
            "workspace_id": WORKSPACE, "reviewer": person.reviewer, "role": "compliance", "reason": "reviewed",
            "purpose": PURPOSE, "issued_at": now, "expires_at": now + timedelta(days=30),
            "policy_sha256": POLICY["sha256"], "items": (item,),
        }  # fmt: skip
        statement = ApprovalStatement(**fields | {k: v for k, v in changes.items() if k not in ("account", "key")})
        key = changes.get("key", person.key)
        by = Actor(person.reviewer, changes.get("account")).to_body()
        body = {"envelope": sign_approval(key, statement), "reviewer": person.reviewer, "image_ids": [image], "by": by}
        if statement.self_asserted:
            body["assurance"] = "self-asserted"
        self.world.record(EntryKind.APPROVAL, body)

    def reasons(self, image: str) -> tuple[str, ...]:
        return self.world.standing(image).reasons


@pytest.fixture
def firm(tmp_path: Path) -> Firm:
    return Firm(tmp_path)


def test_who_curated_may_not_be_the_only_approver(firm: Firm) -> None:
    image = firm.curate(Actor(firm.osamu.reviewer, HERE))
    with pytest.raises(ApprovalRefused, match="you ran its curation"):
        firm.approve(firm.osamu, image)
    firm.slip_in(firm.osamu, image)
    assert firm.world.standing(image).state is StandingState.AWAITING
    assert firm.reasons(image) == ("separation-of-duties:not-independent",)
    firm.approve(firm.anna, image, ELSEWHERE)
    assert firm.world.standing(image).cleared and firm.reasons(image) == ()


def test_who_adopted_the_policy_may_not_be_the_only_approver(firm: Firm) -> None:
    image = firm.curate(Actor(firm.anna.reviewer, HERE))  # Osamu adopted the policy, Anna curated
    for person in (firm.osamu, firm.anna):
        with pytest.raises(ApprovalRefused, match="adopted its policy"):
            firm.approve(person, image)
        firm.slip_in(person, image)
    assert firm.reasons(image) == ("separation-of-duties:not-independent",)


def test_two_people_of_whom_one_curated_are_two_people(tmp_path: Path) -> None:
    firm = Firm(tmp_path, people=2)
    image = firm.curate(Actor(firm.osamu.reviewer, HERE))
    firm.approve(firm.osamu, image)
    assert firm.reasons(image) == ("approvals-missing:1-of-2",)
    firm.approve(firm.anna, image)
    assert firm.world.standing(image).cleared


def test_a_curator_who_is_not_known_clears_nothing(firm: Firm) -> None:
    image = firm.curate(NOBODY)
    with pytest.raises(ApprovalRefused, match="nobody knows who curated"):
        firm.approve(firm.anna, image)
    firm.slip_in(firm.anna, image)
    assert firm.reasons(image) == ("separation-of-duties:curator-unknown",)
    other = firm.world.decide("other", run="a run nobody recorded", approval=firm.needs)
    assert not firm.world.standing(other).cleared


def test_one_account_for_everything_is_believed_by_its_keys_and_said(firm: Firm) -> None:
    image = firm.curate(Actor(None, HERE))
    firm.approve(firm.anna, image, HERE)
    assert firm.world.standing(image).cleared
    assert firm.reasons(image) == ("same-account",)


def test_the_strict_policy_wants_another_account(tmp_path: Path) -> None:
    firm = Firm(tmp_path, "account")
    image = firm.curate(Actor(None, HERE))
    for account in (HERE, None):
        with pytest.raises(ApprovalRefused, match="another one"):
            firm.approve(firm.anna, image, account)
        firm.slip_in(firm.anna, image, account=account)
    assert firm.reasons(image) == ("separation-of-duties:not-independent",)
    firm.approve(firm.anna, image, ELSEWHERE)
    assert firm.world.standing(image).cleared and firm.reasons(image) == ()


def test_without_separation_everything_says_so(tmp_path: Path) -> None:
    firm = Firm(tmp_path, "off")
    image = firm.curate(Actor(firm.osamu.reviewer, HERE))
    firm.approve(firm.osamu, image, HERE)
    assert firm.world.standing(image).cleared
    assert firm.reasons(image) == ("separation-off",)


def test_a_decision_cannot_ask_for_less_separation_than_its_policy(firm: Firm) -> None:
    firm.needs["separation"] = "off"  # somebody wrote the decision by hand
    image = firm.curate(Actor(firm.osamu.reviewer, HERE))
    firm.slip_in(firm.osamu, image)
    assert not firm.world.standing(image).cleared
    del firm.needs["separation"]
    assert not firm.world.standing(firm.curate(Actor(firm.osamu.reviewer, HERE), "run-2")).cleared


def test_nobody_puts_another_curator_under_a_run(firm: Firm) -> None:
    image = firm.curate(Actor(firm.osamu.reviewer, HERE))
    firm.world.record(EntryKind.CURATE_RUN, {"run": "run-1", "by": Actor(firm.ben.reviewer, ELSEWHERE).to_body()})
    firm.policy(Actor(firm.ben.reviewer, ELSEWHERE), "off")
    image = firm.world.decide("part", run="run-1", approval=firm.needs)
    firm.slip_in(firm.osamu, image)
    assert firm.reasons(image) == ("separation-of-duties:not-independent",)


def test_an_approval_without_a_key_is_only_as_good_as_its_account(tmp_path: Path) -> None:
    firm = Firm(tmp_path, allow=True)
    image = firm.curate(Actor(None, HERE))

    def typed(account: str | None) -> None:
        signer = Signer(resolve(firm.world.ledger, "Anna"), firm.world.key, self_asserted=True, account=account)
        record(firm.world.ledger, signer, Wish(Verdict.APPROVE, (image,), "reviewed"), firm.world.now)

    for account in (HERE, None):
        with pytest.raises(ApprovalRefused, match="account you are using"):
            typed(account)
        firm.slip_in(firm.anna, image, account=account, key=firm.world.key, self_asserted=True)
    assert not firm.world.standing(image).cleared
    typed(ELSEWHERE)
    assert firm.reasons(image) == ("self-asserted",)


def test_decisions_from_before_policies_spoke_of_it_keep_their_standing(tmp_path: Path) -> None:
    world = World.make(tmp_path)
    anna = world.reviewer("Anna")
    image = world.decide("part")
    world.approve(anna, image)
    assert world.standing(image).cleared and world.standing(image).reasons == ()


@pytest.mark.parametrize("stated", [None, 7, [], {}, {"person": 7, "account": ["x"]}, {"person": None}])
def test_an_actor_that_cannot_be_read_is_nobody(stated: object) -> None:
    assert read_actor(stated) == NOBODY and not read_actor(stated).known


def test_the_stricter_word_stands_and_an_unknown_one_is_the_strictest() -> None:
    known = (Actor("r-a", HERE), (Actor("r-b", HERE),))
    assert duties("off", *known, "person").separation is Separation.PERSON
    assert duties("off", *known, None).separation is Separation.OFF
    assert duties("person", *known, "whatever").separation is Separation.ACCOUNT
    assert duties(None, *known, None) == Duties()
    assert not duties("person", Actor("r-a"), (), None).known


def test_an_account_is_a_code_that_only_the_ledger_s_key_can_make() -> None:
    key = signing_key("ledger")
    code = account_pseudonym(key, WORKSPACE, "mori@cad-7")
    assert code == account_pseudonym(key, WORKSPACE, "mori@cad-7") and "mori" not in code
    others = (account_pseudonym(signing_key("x"), WORKSPACE, "mori@cad-7"), account_pseudonym(key, "w", "mori@cad-7"))
    assert code not in (*others, account_pseudonym(key, WORKSPACE, "abe@cad-7"))


# statements of elsewhere and of another time


def test_a_statement_names_its_log_and_the_exact_list(firm: Firm) -> None:
    image = firm.curate(Actor(firm.osamu.reviewer, HERE))
    firm.approve(firm.anna, image)
    entry = list(firm.world.ledger.entries(EntryKind.APPROVAL))[-1]
    statement = verify_approval(entry.body["envelope"], firm.anna.key.public)
    assert statement.ledger_key_id == firm.world.key.key_id


def test_another_log_under_the_same_workspace_id_is_another_workspace(firm: Firm) -> None:
    image = firm.curate(Actor(firm.osamu.reviewer, HERE))
    firm.slip_in(firm.anna, image, ledger_key_id=signing_key("a copy's own key").key_id)
    assert "approval-void:other-workspace" in firm.reasons(image)
    firm.slip_in(firm.anna, image, ledger_key_id=firm.world.key.key_id)
    assert firm.world.standing(image).cleared


def test_a_list_that_is_not_the_one_named_is_no_statement(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    import audit.statements

    image = firm.curate(Actor(firm.osamu.reviewer, HERE))
    monkeypatch.setattr(audit.statements, "digest", lambda items: "0" * 64)
    firm.slip_in(firm.anna, image)
    monkeypatch.undo()
    assert "approval-void:signature-invalid" in firm.reasons(image)


def test_the_place_in_the_ledger_dates_an_approval_not_its_own_date(
    firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Revoked from day 5 on: a statement dated day 1 in an entry dated day 1 that stands behind an entry of day 6."""
    from audit.ledger import Ledger

    world, image = firm.world, firm.curate(Actor(firm.osamu.reviewer, HERE))
    world.pass_time(days=6)
    world.withdraw("f" * 64)
    world.now = START + timedelta(days=1)
    monkeypatch.setattr(Ledger, "_time_of", lambda self, new, last: new.at)  # a dishonest writer with the ledger's key
    firm.slip_in(firm.anna, image)
    world.now = START + timedelta(days=7)
    assert world.standing(image).cleared
    world.revoke(firm.anna, START + timedelta(days=5))
    assert world.standing(image).reasons == ("reviewer-revoked",)


def test_one_key_under_another_name_is_not_another_person(firm: Firm) -> None:
    image = firm.curate(Actor(firm.osamu.reviewer, HERE))
    key: PublicKey = firm.osamu.key.public
    body = {"reviewer": "r-second", "roles": ["compliance"], "public_key": key.pem, "key_id": key.key_id}
    firm.world.record(EntryKind.REVIEWER, body, {"name": "Somebody Else"})
    firm.slip_in(Person("Somebody Else", "r-second", ("compliance",), firm.osamu.key), image, account=ELSEWHERE)
    assert not firm.world.standing(image).cleared
