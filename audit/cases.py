"""What the ledger says about each image, read but not yet judged: the values that `casebook` fills and `standing` judges."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from audit.duties import UNSTATED, Actor, Duties
from audit.keys import PublicKey
from audit.statements import ApprovalStatement, ApprovedItem
from curate.decision import Lift, Outcome


@dataclass(frozen=True, slots=True)
class Ruling:
    """A recorded decision, as far as standing needs it. `outcome` None: the entry could not be read, nothing permits.

    `people` >= 0 different persons; `valid_days` None: only the approval's own expiry counts; `not_after` is the last
    day (UTC) of the licence. `self_asserted`: the policy lets approvals count that no personal key signed.
    """

    index: int
    outcome: Outcome | None
    lift: Lift = Lift.NOBODY
    texts_digest: str = ""
    findings_digest: str = ""
    facts_digest: str = ""
    policy_sha256: str = ""
    purpose: str = ""
    people: int = 1
    roles: frozenset[str] = frozenset()
    valid_days: int | None = None
    self_asserted: bool = False
    not_after: date | None = None
    waiver_ends: date | None = None
    unsafe: bool = True
    duties: Duties = UNSTATED
    terms: int = -1  # the same number for decisions that differ in image, place and digests only; -1: not compared
    first_index: int = -1  # of the first decision on this image that bound the same things


@dataclass(frozen=True, slots=True)
class Say:
    """One image in one recorded restriction, believed whoever signed it. `reviewer` as the entry names it; `item` None:
    what exactly was meant cannot be read, so it is meant whatever changes."""

    index: int
    reviewer: str | None
    item: ApprovedItem | None

    def is_about(self, ruling: Ruling) -> bool:
        """It stands while texts, findings and facts are as the person saw them; a new policy undoes nothing."""
        return self.item is None or (self.item.texts_digest, self.item.findings_digest, self.item.facts_digest) == (
            ruling.texts_digest,
            ruling.findings_digest,
            ruling.facts_digest,
        )


@dataclass(frozen=True, slots=True)
class Approval:
    """One image in one recorded approval, or in a sending to the index, an answer or a closing read as strictly. `flaw` is the code of what voids it whatever the decision, else None.

    `effective_at` is the latest of the times of signing, of recording and of all entries before: neither a backdated
    signature nor a backdated entry gains anything. `account`: from where it was recorded, as far as stated.
    """

    index: int
    reviewer: str
    item: ApprovedItem
    statement: ApprovalStatement | None
    effective_at: datetime
    flaw: str | None
    account: str | None = None

    def is_about(self, ruling: Ruling) -> bool:
        """Whether it was given after the decision and over the same texts, findings and facts."""
        item = self.item
        return (
            self.index > ruling.first_index
            and item.texts_digest == ruling.texts_digest
            and item.findings_digest == ruling.findings_digest
            and item.facts_digest == ruling.facts_digest
        )

    def independent_of(self, ruling: Ruling) -> bool:
        """Whether it is by somebody else than who curated or adopted the policy."""
        asserted = self.statement is None or self.statement.self_asserted
        return ruling.duties.independent(self.reviewer, self.account, self_asserted=asserted)


@dataclass(frozen=True, slots=True)
class Report:
    """A reported wrong answer: the image that was shown, and the entry that says so."""

    image: str
    index: int


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A registered person: pseudonymous id, roles, key. `key` None: the registration is void, no approval counts."""

    reviewer: str
    roles: frozenset[str]
    key: PublicKey | None
    index: int


@dataclass
class CaseBook:
    """All that `standing` needs, by image. `rulings` holds the last decisions up to the moment, `later` those after."""

    workspace_id: str
    moment: datetime
    reviewers: dict[str, Reviewer] = field(default_factory=dict)
    revoked_from: dict[str, datetime] = field(default_factory=dict)
    rulings: dict[str, Ruling] = field(default_factory=dict)
    later: dict[str, Ruling] = field(default_factory=dict)
    approvals: dict[str, list[Approval]] = field(default_factory=lambda: defaultdict(list))
    rejections: dict[str, list[Say]] = field(default_factory=lambda: defaultdict(list))
    to_index: dict[str, list[Say]] = field(default_factory=lambda: defaultdict(list))  # as what it takes away
    index_votes: dict[str, list[Approval]] = field(default_factory=lambda: defaultdict(list))  # as what it permits
    questions: dict[str, list[Say]] = field(default_factory=lambda: defaultdict(list))
    answers: dict[str, list[Approval]] = field(default_factory=lambda: defaultdict(list))
    withdrawn: dict[str, str] = field(default_factory=dict)
    reports: dict[str, Report] = field(default_factory=dict)  # of wrong answers, by id
    closings: dict[str, list[Approval]] = field(default_factory=lambda: defaultdict(list))  # signed ones, by report
    closed_unsigned: set[str] = field(default_factory=set)
    twins: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    ledger_key: PublicKey | None = None
    curators: dict[str, Actor] = field(default_factory=dict)  # by run
    adopters: dict[str, list[Actor]] = field(default_factory=lambda: defaultdict(list))  # by digest of the policy
    separations: dict[str, object] = field(default_factory=dict)  # by digest of the policy, as its entry states it
    terms: dict[tuple[object, ...], int] = field(default_factory=dict)
    duties: dict[tuple[object, ...], Duties] = field(default_factory=dict)
    # Images about whose last decision all their approvals are: the index of that decision, and a mark that is the same for
    # images with the same terms and approvals. Their standing differs in nothing but these, unless something else was said.
    plain: dict[str, tuple[int, int]] = field(default_factory=dict)
    marks: dict[tuple[int, int], int] = field(default_factory=dict)
    latest: datetime | None = None  # of all entries read: time in the ledger never runs back
    first: dict[tuple[str, tuple[str, ...]], int] = field(default_factory=dict)  # index, by image and what is bound

    def decide(self, image: str, ruling: Ruling) -> None:
        """`ruling` is the last decision on `image` now."""
        self.rulings[image] = ruling
        mark = self.marks.setdefault((-1, ruling.terms), len(self.marks))
        for approval in self.approvals.get(image, ()):
            if not approval.is_about(ruling):
                self.plain.pop(image, None)
                return
            mark = self.marks.setdefault((mark, approval.index), len(self.marks))
        if ruling.terms >= 0:
            self.plain[image] = (ruling.index, mark)
        else:
            self.plain.pop(image, None)

    def first_decisions(self) -> Mapping[tuple[str, tuple[str, ...]], int]:
        """Place of the first decision by image and by what it bound (digests of texts, findings, facts and policy; purpose), of all decisions ever made."""
        return self.first

    def approve(self, image: str, approval: Approval) -> None:
        """`approval` names `image`, for what it is worth."""
        self.approvals[image].append(approval)
        if (found := self.plain.get(image)) is not None:
            index, mark = found
            if approval.is_about(self.rulings[image]):
                self.plain[image] = (index, self.marks.setdefault((mark, approval.index), len(self.marks)))
            else:
                del self.plain[image]

    def image_ids(self) -> set[str]:
        """Every image the ledger says anything about (twins that were only mentioned excepted)."""
        said = (self.approvals, self.rejections, self.to_index, self.questions)
        named = {image for kind in said for image in kind}
        return {
            *self.rulings,
            *self.later,
            *named,
            *self.withdrawn,
            *(report.image for report in self.reports.values()),
        }

    @property
    def open_reports(self) -> dict[str, str]:
        """Reports of wrong answers that nobody has closed: id -> image."""
        return {name: report.image for name, report in self.reports.items() if not self._dealt_with(name, report)}

    def _dealt_with(self, name: str, report: Report) -> bool:
        """Closing lets the image be shown again, so it wants the signature of a person in office. Nothing lets a withdrawn
        image be shown again: there a closing without one will do."""
        if report.image in self.withdrawn and name in self.closed_unsigned:
            return True
        return any(
            closing.flaw is None
            and closing.item.image_id == report.image
            and closing.index > report.index
            and not self.revoked(closing)
            for closing in self.closings.get(name, ())
        )

    def near_withdrawn(self) -> frozenset[str]:
        """Images that were ever grouped with a withdrawn one; a later, smaller group does not release them."""
        return frozenset(twin for image in self.withdrawn for twin in self.twins.get(image, ()))

    def closed(self, question: Say, image: str) -> bool:
        """Whether a question about `image` was closed: answered by whoever asked, or by anybody after that person's key
        was revoked. What other people answer informs and closes nothing: they might be glad to be rid of it."""
        asked_by = question.reviewer
        gone = None if asked_by is None else self.revoked_from.get(asked_by)
        return any(
            answer.flaw is None
            and answer.statement is not None
            and answer.statement.question == question.index < answer.index
            and not self.revoked(answer)
            and (answer.reviewer == asked_by or (gone is not None and answer.effective_at >= gone))
            for answer in self.answers.get(image, ())
        )

    def revoked(self, approval: Approval) -> bool:
        start = self.revoked_from.get(approval.reviewer)
        return start is not None and approval.effective_at >= start
