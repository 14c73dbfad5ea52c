"""What the report says, as frozen values in no language: codes, counts, moments. Wording is put on when it is rendered.

Nothing here is personal data about a pictured person: findings are counted or masked, texts of an image with a privacy
finding are left out. Reviewer names come from the erasable store and are None once erased.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from audit.report.pilot import PilotSummary
from audit.standing import StandingState
from curate.decision import Lift, Outcome
from curate.rights_verdict import Answer, RightsChannel, Strength


class VerdictState(StrEnum):
    """`unsafe` means that the record holds and proves nothing: no named person stood behind what was memorized."""

    HOLDS = "holds"
    FAILS = "fails"
    UNSAFE = "unsafe"


class ReleaseKind(StrEnum):
    """What ends a hold: fill a column, make a check possible, let people approve, mend the file, put the row back."""

    COLUMN = "column"
    CHECK = "check"
    APPROVAL = "approval"
    CORRECTION = "correction"
    CATALOGUE = "catalogue"


@dataclass(frozen=True, slots=True)
class Fault:
    """One reason why the verdict is not "holds". `code` is worded in `fault.<code>`; `values` fill its placeholders."""

    code: str
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class LedgerCheck:
    """What the independent recheck found. `root` is 64 hex digits; `checkpoint` is the signed note, whole."""

    entries: int
    root: str
    checkpoint: str
    problems: tuple[LedgerProblem, ...]

    @property
    def holds(self) -> bool:
        return not self.problems


@dataclass(frozen=True, slots=True)
class LedgerProblem:
    where: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class UnsafeMark:
    """One thing made under a policy that lets an image be memorized without a named person. `kind`: policy, decision,
    run or manifest; `name` identifies it; `count` how many of that kind."""

    kind: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that applied to an image. `deciding`: it determined the outcome."""

    rule: str
    en: str
    ja: str
    deciding: bool


@dataclass(frozen=True, slots=True)
class Approver:
    """One approval that counts for an image now. `name` is None when it was erased; `index` is its ledger entry."""

    reviewer: str
    name: str | None
    role: str
    signed_at: datetime
    expires_at: datetime
    index: int


@dataclass(frozen=True, slots=True)
class InModel:
    """The image stands in the manifest of `run` under `identifier` (None: read in training, no manifest names it)."""

    run: str
    identifier: str | None


@dataclass(frozen=True, slots=True)
class RightsSignal:
    """One thing that one channel states; `statement` is a code and never quotes a text."""

    strength: Strength
    channel: RightsChannel
    field: str
    statement: str


@dataclass(frozen=True, slots=True)
class RightsVerdictLine:
    """The verdict over all channels. `signals` by precedence, the first one decides; `conflict`: a channel allows what
    another one forbids or limits. `attribution`: the licence asks for the author to be named, who is `credit` (empty where
    nobody is known, or where it may not be shown: then `credit_withheld`)."""

    answer: Answer
    signals: tuple[RightsSignal, ...]
    conflict: bool
    credit: tuple[str, ...]
    credit_withheld: bool
    attribution: bool


@dataclass(frozen=True, slots=True)
class RightsCount:
    """Images with one answer, and how many of them have a conflict. `answer` None: no verdict is recorded."""

    answer: Answer | None
    images: int
    conflicts: int


@dataclass(frozen=True, slots=True)
class ImageLine:
    """One image. `title_en`, `title_ja` and `source` are None where a privacy finding or a withdrawal forbids to show
    them; then `words_withheld` is true. `value` in [0, 1]. `decision_index` None: no decision is recorded."""

    image_id: str
    file_names: tuple[str, ...]
    content_class: str | None
    title_en: str | None
    title_ja: str | None
    words_withheld: bool
    source: str | None
    license: str | None
    rights: RightsVerdictLine | None
    outcome: Outcome | None
    lift: Lift | None
    state: StandingState
    state_reasons: tuple[str, ...]
    reasons: tuple[Reason, ...]
    unknowns: tuple[str, ...]
    value: float | None
    value_en: str | None
    value_ja: str | None
    approvers: tuple[Approver, ...]
    expires_at: datetime | None
    decision_index: int | None
    in_models: tuple[InModel, ...]
    may_be_shown: bool
    unsafe: bool


@dataclass(frozen=True, slots=True)
class Example:
    """An image named as an example: first file name (None when erased) and image id."""

    image_id: str
    file_name: str | None


@dataclass(frozen=True, slots=True)
class Cell:
    """Images with one outcome, one standing, in a model or not. Every image is in exactly one cell."""

    outcome: Outcome | None
    state: StandingState
    trained: bool
    images: int


@dataclass(frozen=True, slots=True)
class Equation:
    """A sum that has to come out: `left` counted one way, `right` counted another. `name` is worded `sum.<name>`."""

    name: str
    left: int
    right: int

    @property
    def holds(self) -> bool:
        return self.left == self.right


@dataclass(frozen=True, slots=True)
class Rejected:
    """A catalogue row that led to no image. `file_name` has long digit runs and e-mail addresses masked: nobody
    screened it. `row` counts from 1, None when not recorded; so is `reason_ja`, which older records lack."""

    row: int | None
    file_name: str
    reason: str
    reason_ja: str | None = None


@dataclass(frozen=True, slots=True)
class Funnel:
    """Where every catalogue row and every image went.

    `rows` = `rejected` + `repeated` (further rows with the bytes of another row) + `present` (images of the last
    curation). `absent` images left the catalogue since; `undecided` are named in the ledger without any decision.
    """

    rows: int
    rejected: int
    repeated: int
    present: int
    absent: int
    undecided: int
    cells: tuple[Cell, ...]
    equations: tuple[Equation, ...]
    rejected_rows: tuple[Rejected, ...]

    @property
    def images(self) -> int:
        return sum(cell.images for cell in self.cells)

    @property
    def adds_up(self) -> bool:
        return all(equation.holds for equation in self.equations)

    def count(
        self, *, outcome: Outcome | None = None, state: StandingState | None = None, trained: bool | None = None
    ) -> int:
        """Images in the cells that fit; an argument left out fits every cell."""
        return sum(
            cell.images
            for cell in self.cells
            if (outcome is None or cell.outcome is outcome)
            and (state is None or cell.state is state)
            and (trained is None or cell.trained is trained)
        )


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule with the number of images it decided. `reason_*` is the wording it got on the first example. `rules` holds
    several only where several checks could not be done on the very same images."""

    rules: tuple[str, ...]
    outcome: Outcome
    images: int
    reason_en: str
    reason_ja: str
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class HeldLine:
    """Images held by one rule (several as in `RuleLine`), and what releases them: `release_by` names column or check."""

    rules: tuple[str, ...]
    images: int
    reason_en: str
    reason_ja: str
    release: ReleaseKind
    release_by: str
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """A registered reviewer; `name` None when erased; `revoked_from` None while in office."""

    reviewer: str
    name: str | None
    roles: tuple[str, ...]
    registered_at: datetime
    revoked_from: datetime | None
    signed_images: int
    key_usable: bool


@dataclass(frozen=True, slots=True)
class ApprovalLine:
    """One signed statement. `counting`: for how many of its `images` it counts now; `flaws` are codes of what voids it
    for the others. `expires_at` None: the statement cannot be read."""

    index: int
    kind: str
    reviewer: str
    name: str | None
    role: str | None
    reason: str | None
    signed_at: datetime | None
    recorded_at: datetime
    expires_at: datetime | None
    images: int
    counting: int
    flaws: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ApproverGroup:
    """The different persons who together clear `images` images; `people` are (id, name, role). Medians over those
    images: `waited_hours` from the decision to the last signature, `between_hours` from the first signature to the last;
    None where fewer than two moments are known."""

    people: tuple[tuple[str, str | None, str], ...]
    images: int
    waited_hours: float | None = None
    between_hours: float | None = None

    @property
    def persons(self) -> int:
        return len({reviewer for reviewer, _, _ in self.people})


@dataclass(frozen=True, slots=True)
class ExpiryMonth:
    """Cleared images whose clearance ends in this month (UTC), `month` as YYYY-MM, or `never`."""

    month: str
    images: int


@dataclass(frozen=True, slots=True)
class TrainedRun:
    """One training run. `index` and `at` of its manifest entry, None when the ledger has none. `manifest_read` tells
    whether its manifest lay before the report. `recorded_images` as the ledger counts them, None without a
    manifest entry."""

    run: str
    index: int | None
    at: datetime | None
    base_model: str | None
    images: int
    recorded_images: int | None
    manifest_read: bool
    unsafe: bool

    @property
    def complete(self) -> bool:
        """Every image that the ledger says is in this model was read from its manifest or its training statement."""
        return self.recorded_images is None or self.images >= self.recorded_images


@dataclass(frozen=True, slots=True)
class TrainedImage:
    """An image in a model. `state` and `reasons` as they were when the run was recorded (for `not_approved`), or as
    they are now (for `no_longer`)."""

    image_id: str
    file_name: str | None
    run: str
    identifier: str | None
    state: StandingState
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Trained minus approved. `trained` counts different images over all runs; `not_approved` must be empty."""

    runs: tuple[TrainedRun, ...]
    trained: int
    approved: int
    not_approved: tuple[TrainedImage, ...]
    no_longer: tuple[TrainedImage, ...]
    unrecorded_runs: tuple[str, ...]
    unread_runs: tuple[str, ...]

    @property
    def incomplete_runs(self) -> tuple[str, ...]:
        return tuple(run.run for run in self.runs if not run.complete)


@dataclass(frozen=True, slots=True)
class WithdrawalLine:
    index: int
    at: datetime
    image_id: str
    file_name: str | None
    reason: str
    by: str
    in_models: tuple[InModel, ...]
    payload_left: bool


@dataclass(frozen=True, slots=True)
class WrongAnswerLine:
    """A reported wrong answer; the query stays in the erasable store and is not printed."""

    report_id: str
    index: int
    at: datetime
    image_id: str
    file_name: str | None
    cause: str
    remedy: str | None
    closed_by: str | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class FindingLine:
    """Findings of one kind at one severity, over the last decision of every image."""

    kind: str
    category: str
    severity: str
    findings: int
    images: int


@dataclass(frozen=True, slots=True)
class UnscreenedLine:
    """A check that was not done, with the detector's reason (None: the text was erased or never recorded)."""

    check: str
    detector: str | None
    reason: str | None
    reason_ja: str | None
    images: int


@dataclass(frozen=True, slots=True)
class MissRate:
    """`missed` (share in [0, 1], 95 % interval where there is one) of `items` known cases were not found."""

    items: int
    missed: float
    low: float | None
    high: float | None
    what_en: str
    what_ja: str
    material_en: str
    material_ja: str


@dataclass(frozen=True, slots=True)
class DetectorLine:
    """`findings` on `images`, over the last decision of every image whose details are still kept; `measured` empty:
    nobody measured what it misses."""

    name: str
    version: str
    checks: tuple[str, ...]
    licence: str | None
    blind_spots_en: str | None
    blind_spots_ja: str | None
    available: bool
    hint: str | None
    findings: int
    images: int
    measured: tuple[MissRate, ...]


@dataclass(frozen=True, slots=True)
class RightsLine:
    """Images with one `name` (licence or source) and `detail` (owner or method); `name` None: see `code`, withheld or
    unknown. `contracts` of them name a contract; `first_end`: the licence end that comes first."""

    name: str | None
    detail: str | None
    code: str
    images: int
    cleared: int
    trained: int
    contracts: int
    first_end: date | None


@dataclass(frozen=True, slots=True)
class WaiverLine:
    """`rules` were set aside for `images` pictures until the end of the day `expires` (UTC); `approver` answers for it
    (`name` None when erased or not registered). `ended`: the day is over, the rules stand again."""

    waiver: str
    rules: tuple[str, ...]
    approver: str
    name: str | None
    expires: date
    ended: bool
    images: int


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One event of the record: entry, moment, kind of entry, its name (policy, run) and how many images it was about."""

    index: int
    at: datetime
    kind: str
    name: str
    images: int | None


@dataclass(frozen=True, slots=True)
class PolicyLine:
    id: str
    version: str
    sha256: str
    recorded_at: datetime
    unsafe: bool


@dataclass(frozen=True, slots=True)
class ReportData:
    """Everything the report says. `at` is the moment of the standing (UTC); `images` holds every image, exceptions
    first."""

    workspace_id: str
    at: datetime
    verdict: VerdictState
    faults: tuple[Fault, ...]
    ledger: LedgerCheck
    unsafe_marks: tuple[UnsafeMark, ...]
    purposes: tuple[str, ...]
    catalogue: str | None
    policies: tuple[PolicyLine, ...]
    funnel: Funnel
    rules: tuple[RuleLine, ...]
    held: tuple[HeldLine, ...]
    missing_columns: tuple[tuple[str, int], ...]
    people: tuple[Person, ...]
    approvals: tuple[ApprovalLine, ...]
    groups: tuple[ApproverGroup, ...]
    expiries: tuple[ExpiryMonth, ...]
    reconciliation: Reconciliation
    withdrawals: tuple[WithdrawalLine, ...]
    wrong_answers: tuple[WrongAnswerLine, ...]
    findings: tuple[FindingLine, ...]
    rights_verdicts: tuple[RightsCount, ...]
    unscreened: tuple[UnscreenedLine, ...]
    unscreened_images: int
    detectors: tuple[DetectorLine, ...]
    licences: tuple[RightsLine, ...]
    sources: tuple[RightsLine, ...]
    history: tuple[HistoryLine, ...]
    waivers: tuple[WaiverLine, ...]
    erased_decisions: int
    pilot: PilotSummary | None
    images: tuple[ImageLine, ...]

    @property
    def holds(self) -> bool:
        return self.verdict is not VerdictState.FAILS

    @property
    def unsafe(self) -> bool:
        return bool(self.unsafe_marks)

    @property
    def two_person(self) -> int:
        """Cleared images with the signatures of two or more different persons."""
        return sum(group.images for group in self.groups if group.persons >= 2)
