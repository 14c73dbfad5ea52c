"""Laws of standing over random histories: two reviewers, three images, anything in any order.

The histories are plain lists of entries: standing is a function of those and of the moment asked, so no database is
needed to state its laws.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from audit.entry import EntryKind, LedgerEntry, moment_text
from audit.standing import StandingBook, StandingState, standings
from audit.statements import (
    ApprovalStatement,
    ApprovedItem,
    sign_approval,
    sign_information_request,
    sign_rejection,
    sign_to_index,
)
from tests.audit.fakes import POLICY, PURPOSE, START, WORKSPACE, decision_body, image_id, record_of, signing_key

NAMES = ("a", "b", "c")
KEYS = {name: signing_key(name) for name in ("Anna", "Ben")}
IDS = {name: f"r-{key.key_id[:12]}" for name, key in KEYS.items()}
ROLES = {"Anna": "compliance", "Ben": "engineering"}

names = st.sampled_from(NAMES)
people = st.sampled_from(sorted(KEYS))
LEDGER_KEY = signing_key("ledger")
FINDINGS = ("1" * 64, "2" * 64)

events = st.one_of(
    st.tuples(
        st.just("decide"),
        names,
        st.sampled_from(["memorize", "memorize", "review", "index", "deny"]),
        st.sampled_from(["approval", "fact"]),
        st.integers(0, 2),
        st.sampled_from(FINDINGS),
        st.sampled_from([None, "2030-01-10", "2030-06-01"]),
        st.lists(names, max_size=2),
    ),
    st.tuples(st.just("approve"), people, names, st.sampled_from(FINDINGS), st.integers(1, 60)),
    st.tuples(st.just("reject"), people, names, st.sampled_from(FINDINGS)),
    st.tuples(st.just("to_index"), people, names, st.sampled_from(FINDINGS), st.integers(1, 60)),
    st.tuples(st.just("ask"), people, names, st.sampled_from(FINDINGS)),
    st.tuples(st.just("withdraw"), names),
    st.tuples(st.just("report"), names, st.integers(0, 2)),
    st.tuples(st.just("close"), st.integers(0, 2)),
    st.tuples(st.just("revoke"), people, st.integers(-3, 3)),
)
histories = st.lists(st.tuples(events, st.integers(0, 10)), max_size=14)
laws = settings(max_examples=120, deadline=None)


class History:
    """Entries in the making; days pass between them."""

    def __init__(self) -> None:
        self.now = START
        self.entries: list[LedgerEntry] = []
        self.add(EntryKind.WORKSPACE, {"workspace_id": WORKSPACE, "public_key": LEDGER_KEY.public.pem})
        for name, key in KEYS.items():
            body = {"reviewer": IDS[name], "roles": [ROLES[name]], "public_key": key.public.pem, "key_id": key.key_id}
            self.add(EntryKind.REVIEWER, body)

    def add(self, kind: EntryKind, body: dict[str, Any]) -> None:
        self.entries.append(LedgerEntry(len(self.entries), kind, self.now, body, None, ""))

    def play(self, history: Sequence[tuple[tuple[Any, ...], int]]) -> History:
        for event, days in history:
            self.now += timedelta(days=days)
            getattr(self, event[0])(*event[1:])
        return self

    def decide(
        self, name: str, outcome: str, lift: str, count: int, findings: str, until: str | None, twins: list[str]
    ) -> None:
        roles = ["compliance"] if count == 1 else ["compliance", "engineering"] if count == 2 else []
        changes = {
            "outcome": outcome,
            "lift": lift,
            "approval": {"people": count, "roles": roles, "valid_days": 40},
            "findings_digest": findings,
            "not_after": until,
            "duplicate_group": [image_id(twin) for twin in twins],
        }
        self.add(EntryKind.DECISION, decision_body(record_of(name), **changes))

    def approve(self, person: str, name: str, findings: str, days: int) -> None:
        self._sign(EntryKind.APPROVAL, sign_approval, person, name, findings, days)

    def reject(self, person: str, name: str, findings: str) -> None:
        self._sign(EntryKind.REJECTION, sign_rejection, person, name, findings, 1)

    def to_index(self, person: str, name: str, findings: str, days: int) -> None:
        self._sign(EntryKind.TO_INDEX, sign_to_index, person, name, findings, days)

    def ask(self, person: str, name: str, findings: str) -> None:
        self._sign(EntryKind.INFORMATION_REQUEST, sign_information_request, person, name, findings, 1)

    def self_assert(self, person: str, name: str, findings: str, days: int) -> None:
        """As the page records it: signed by the ledger's key, which here nobody but the test holds."""
        record = record_of(name)
        item = ApprovedItem(record.image_id, record.texts_digest, findings, record.facts_digest)
        statement = ApprovalStatement(
            WORKSPACE, IDS[person], ROLES[person], "reviewed", PURPOSE, self.now, self.now + timedelta(days=days),
            POLICY["sha256"], (item,), self_asserted=True,
        )  # fmt: skip
        body = {"reviewer": IDS[person], "image_ids": [record.image_id], "assurance": "self-asserted"}
        self.add(EntryKind.APPROVAL, {"envelope": sign_approval(LEDGER_KEY, statement), **body})

    def look(self, name: str) -> None:
        self.add(EntryKind.ACCESS, {"image_id": image_id(name), "reviewer": IDS["Anna"], "action": "unblur"})

    def _sign(self, kind: EntryKind, sign: Any, person: str, name: str, findings: str, days: int) -> None:
        record = record_of(name)
        item = ApprovedItem(record.image_id, record.texts_digest, findings, record.facts_digest)
        until = self.now + timedelta(days=days)
        statement = ApprovalStatement(
            WORKSPACE, IDS[person], ROLES[person], "reviewed", PURPOSE, self.now, until, POLICY["sha256"], (item,)
        )
        envelope = sign(KEYS[person], statement)
        self.add(kind, {"envelope": envelope, "reviewer": IDS[person], "image_ids": [record.image_id]})

    def withdraw(self, name: str) -> None:
        self.add(EntryKind.WITHDRAWAL, {"image_id": image_id(name), "reason": "test", "by": "operator"})

    def report(self, name: str, number: int) -> None:
        body = {"report_id": f"w-{number}-{name}", "image_id": image_id(name), "cause": "test"}
        self.add(EntryKind.WRONG_ANSWER, body)

    def close(self, number: int) -> None:
        for name in NAMES:
            body = {"report_id": f"w-{number}-{name}", "remedy": "test", "by": "operator"}
            self.add(EntryKind.WRONG_ANSWER_CLOSED, body)

    def revoke(self, person: str, days: int) -> None:
        start = moment_text(self.now + timedelta(days=days))
        self.add(EntryKind.REVIEWER_REVOKED, {"reviewer": IDS[person], "from": start, "reason": "test"})

    def book(self, at: datetime | None = None) -> StandingBook:
        return standings(self.entries, at or self.now, workspace_id=WORKSPACE)


def cleared(book: StandingBook) -> set[str]:
    return {standing.image_id for standing in book.cleared()}


def shown(book: StandingBook) -> set[str]:
    return {standing.image_id for standing in book if standing.may_be_shown}


@laws
@given(histories)
def test_standing_depends_on_the_ledger_and_the_moment_only(history: list[Any]) -> None:
    one, two = History().play(history), History().play(history)
    assert one.book().all() == two.book().all() == one.book().all()


@laws
@given(histories, histories, names, st.integers(-400, 400))
def test_withdrawn_stays_withdrawn_at_every_moment(before: list[Any], after: list[Any], name: str, days: int) -> None:
    log = History().play(before)
    log.withdraw(name)
    log.play(after)
    standing = log.book(log.now + timedelta(days=days)).of(image_id(name))
    assert standing.state is StandingState.WITHDRAWN
    assert not standing.may_be_shown


@laws
@given(histories, people, st.integers(-400, 400))
def test_revoking_a_reviewer_clears_nothing(history: list[Any], person: str, days: int) -> None:
    log = History().play(history)
    before = log.book()
    log.revoke(person, days)
    assert cleared(log.book()) <= cleared(before)
    assert shown(log.book()) <= shown(before)


@laws
@given(histories, st.integers(0, 400), st.integers(0, 400))
def test_time_alone_clears_nothing(history: list[Any], first: int, more: int) -> None:
    log = History().play(history)
    now, later = log.now + timedelta(days=first), log.now + timedelta(days=first + more)
    assert cleared(log.book(later)) <= cleared(log.book(now))
    assert shown(log.book(later)) <= shown(log.book(now))


@laws
@given(histories, people, names)
def test_rejecting_reporting_and_withdrawing_clear_nothing(history: list[Any], person: str, name: str) -> None:
    log = History().play(history)
    before = log.book()
    for act in (
        lambda: log.report(name, 9),
        lambda: log.reject(person, name, FINDINGS[0]),
        lambda: log.ask(person, name, FINDINGS[0]),
        lambda: log.look(name),
        lambda: log.withdraw(name),
    ):
        act()
        assert cleared(log.book()) <= cleared(before)
        assert shown(log.book()) <= shown(before)
        before = log.book()


@laws
@given(histories, st.integers(1, 14))
def test_what_is_recorded_later_cannot_clear_an_earlier_moment(history: list[Any], cut: int) -> None:
    """Asked about a past moment, the entries after it may take away but not give."""
    first, rest = history[:cut], history[cut:]
    log = History().play(first)
    moment = log.now
    before = log.book(moment)
    log.now += timedelta(days=1)
    log.play(rest)
    assert cleared(log.book(moment)) <= cleared(before)
    assert shown(log.book(moment)) <= shown(before)


@laws
@given(histories)
def test_no_image_is_cleared_without_people_unless_marked_unsafe(history: list[Any]) -> None:
    for standing in History().play(history).book().cleared():
        assert standing.approval_indices or standing.unsafe
        assert standing.may_be_shown
        assert standing.decision_index is not None


@laws
@given(histories)
def test_a_cleared_standing_ends_when_it_says(history: list[Any]) -> None:
    log = History().play(history)
    for standing in log.book().cleared():
        if standing.expires_at is not None:
            just_before = standing.expires_at - timedelta(microseconds=1)
            assert log.book(just_before).of(standing.image_id).cleared
            assert not log.book(standing.expires_at).of(standing.image_id).cleared


@laws
@given(histories, people, names, st.integers(1, 60))
def test_sending_to_the_index_clears_nothing_and_shows_what_approving_would(
    history: list[Any], person: str, name: str, days: int
) -> None:
    """A sending to the index is never stronger than the approval that the same person could have given."""
    sent, approved = History().play(history), History().play(history)
    before = sent.book()
    sent.to_index(person, name, FINDINGS[0], days)
    approved.approve(person, name, FINDINGS[0], days)
    assert cleared(sent.book()) <= cleared(before)
    assert shown(sent.book()) <= shown(before) | shown(approved.book())


@laws
@given(histories, histories, people, names)
def test_what_was_sent_to_the_index_is_memorized_only_after_it_changed(
    before: list[Any], after: list[Any], person: str, name: str
) -> None:
    log = History().play(before)
    log.to_index(person, name, FINDINGS[0], 60)
    log.play(after)
    standing = log.book().of(image_id(name))
    if standing.cleared and standing.decision_index is not None:
        assert log.entries[standing.decision_index].body["findings_digest"] != FINDINGS[0]


@laws
@given(histories, people, names, st.integers(1, 60))
def test_a_self_asserted_approval_counts_for_nothing_unless_the_policy_lets_it(
    history: list[Any], person: str, name: str, days: int
) -> None:
    log = History().play(history)
    before = log.book()
    log.self_assert(person, name, FINDINGS[0], days)
    assert (cleared(log.book()), shown(log.book())) == (cleared(before), shown(before))
