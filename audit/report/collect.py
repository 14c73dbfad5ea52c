"""From the record to the report's content. Pure: everything comes in as arguments, nothing is read or written here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from audit import note
from audit.entry import EntryKind, LedgerEntry
from audit.report import people, rights, tally, trained
from audit.report.data import (
    Fault,
    Funnel,
    LedgerCheck,
    LedgerProblem,
    PolicyLine,
    Reconciliation,
    ReportData,
    UnsafeMark,
    VerdictState,
    WithdrawalLine,
    WrongAnswerLine,
)
from audit.report.flow import funnel
from audit.report.history import history
from audit.report.images import Decided, example, image_lines, last_decisions, shields
from audit.report.past import look_back
from audit.report.pilot import PilotSummary, summarise
from audit.report.rights_verdicts import rights_counts
from audit.report.waivers import waiver_lines
from curate.canonical import Json
from curate.errors import ExitCode, ImprimaturError


class ReportRefused(ImprimaturError):
    """There is no whole ledger to report on."""

    code = "IMP-E332"
    exit_code = ExitCode.INTEGRITY


class RecheckProblem(Protocol):
    """What `audit.recheck` says about one thing that does not hold."""

    @property
    def where(self) -> str: ...
    @property
    def expected(self) -> str: ...
    @property
    def found(self) -> str: ...


def collect(
    entries: Sequence[LedgerEntry],
    payload: Callable[[int], Json | None],
    recheck_problems: Sequence[RecheckProblem],
    manifests: Sequence[Mapping[str, Any]],
    detectors: Sequence[Mapping[str, Any]],
    at: datetime,
    *,
    checkpoint: str,
) -> ReportData:
    """Everything the report says.

    Args:
        entries: the whole ledger in order.
        payload: the erasable part of an entry by index, None when there is none.
        recheck_problems: what the independent recheck found; empty means that it ran and found nothing.
        manifests: manifest documents of all models of this workspace (plain, or in-toto statements).
        detectors: documents of the detectors in use: detector{name, version}, checks, licence, blind_spots_en,
            blind_spots_ja, available, hint, measured (list of what `MissRate` holds).
        at: aware moment of the report. Standing is asked for it, or for the time of the last entry where that is later: a
            clock that was set back behind it would bring back approvals that have ended.
        checkpoint: the signed checkpoint of the ledger (a signed note).

    Raises:
        ReportRefused: the first entry does not name a workspace.
        ManifestUnreadable, PilotUnreadable: a document has another shape.
        SignatureInvalid: `checkpoint` is not a checkpoint.
    """
    workspace_id = _workspace(entries)
    moment = at.astimezone(UTC)
    runs = trained.runs_of(entries, manifests)
    marks = {run.mark.index: run.images for run in runs if run.mark is not None}
    cases, book, stood = look_back(entries, marks, moment, workspace_id)
    names = people.reviewer_names(entries, payload)
    decided = last_decisions([entry for entry in entries if entry.kind is EntryKind.DECISION], payload)
    shielded = shields(decided, book)

    def name_of(image_id: str) -> str | None:
        return example(image_id, decided.get(image_id), shielded.get(image_id)).file_name

    reconciliation, in_models = trained.reconcile(runs, book, stood, name_of=name_of)
    counting = people.approvals_that_count(book, cases)
    images = image_lines(book, decided, shielded, counting, names, in_models)
    flow = funnel(entries, payload, decided, images)
    head, _ = note.read(checkpoint)
    ledger = LedgerCheck(
        entries=len(entries),
        root=head.root.hex(),
        checkpoint=checkpoint,
        problems=tuple(LedgerProblem(p.where, p.expected, p.found) for p in recheck_problems),
    )
    pilot = summarise(_last_document(entries, EntryKind.PILOT_PLAN, payload), _evaluation(entries, payload))
    unsafe = _unsafe_marks(entries, decided, reconciliation, pilot)
    faults = _faults(ledger, head.size, reconciliation, flow)
    run = next((entry for entry in reversed(entries) if entry.kind is EntryKind.CURATE_RUN), None)
    return ReportData(
        workspace_id=workspace_id,
        at=moment,
        verdict=VerdictState.FAILS if faults else VerdictState.UNSAFE if unsafe else VerdictState.HOLDS,
        faults=faults,
        ledger=ledger,
        unsafe_marks=unsafe,
        purposes=tuple(sorted({str(one.entry.body.get("purpose")) for one in decided.values()} - {"None"})),
        catalogue=_catalogue_name(payload(run.index) if run else None),
        policies=tuple(
            PolicyLine(
                str(e.body.get("id")),
                str(e.body.get("version")),
                str(e.body.get("sha256")),
                e.at,
                e.body.get("unsafe") is not False,
            )
            for e in entries
            if e.kind is EntryKind.POLICY
        ),
        funnel=flow,
        rules=tally.by_rule(images),
        held=tally.held(images),
        missing_columns=tally.missing_columns(images),
        people=people.people(entries, cases, names),
        approvals=people.approval_lines(entries, book, cases, names),
        groups=people.approver_groups(
            book, counting, names, {image_id: one.entry.at for image_id, one in decided.items()}
        ),
        expiries=people.expiries(book),
        reconciliation=reconciliation,
        withdrawals=_withdrawals(entries, decided, in_models, name_of),
        wrong_answers=_wrong_answers(entries, cases.open_reports, name_of),
        findings=tally.findings(decided),
        rights_verdicts=rights_counts(images),
        unscreened=tally.unscreened(decided),
        unscreened_images=sum(bool(one.entry.body.get("unscreened")) for one in decided.values()),
        detectors=tally.detector_lines(detectors, decided),
        licences=rights.by_licence(images, decided),
        sources=rights.by_source(images, decided),
        history=history(entries),
        waivers=waiver_lines(decided, names, moment),
        erased_decisions=sum(one.payload is None and not one.absent for one in decided.values()),
        pilot=pilot,
        images=images,
    )


def _workspace(entries: Sequence[LedgerEntry]) -> str:
    first = entries[0] if entries else None
    workspace_id = first.body.get("workspace_id") if first and first.kind is EntryKind.WORKSPACE else None
    if not isinstance(workspace_id, str):
        raise ReportRefused(
            f"A ledger that begins with its workspace was expected, found {len(entries)} entries without.",
            hint="imprimatur audit verify",
        )
    return workspace_id


def _catalogue_name(details: Json | None) -> str | None:
    """The last part of the catalogue's location: the folders above it may carry the name of a user."""
    location = details.get("location") if isinstance(details, Mapping) else None
    return str(location).rstrip("/\\").replace("\\", "/").rsplit("/", 1)[-1] or None if location else None


def _last_document(
    entries: Sequence[LedgerEntry], kind: EntryKind, payload: Callable[[int], Json | None]
) -> Json | None:
    last = next((entry for entry in reversed(entries) if entry.kind is kind), None)
    return None if last is None else payload(last.index)


def _evaluation(entries: Sequence[LedgerEntry], payload: Callable[[int], Json | None]) -> Json | None:
    """The last evaluation; an in-toto statement is opened."""
    document = _last_document(entries, EntryKind.EVALUATION, payload)
    return document.get("predicate", document) if isinstance(document, Mapping) else document


def _unsafe_marks(
    entries: Sequence[LedgerEntry],
    decided: Mapping[str, Decided],
    reconciliation: Reconciliation,
    pilot: PilotSummary | None,
) -> tuple[UnsafeMark, ...]:
    """What was made under an unsafe policy. Whatever does not say that it is safe counts as unsafe."""
    policies = {
        f"{policy.get('id')} {policy.get('version')}"
        for one in decided.values()
        if one.entry.body.get("unsafe") is not False and isinstance(policy := one.entry.body.get("policy"), Mapping)
    }
    decisions = sum(one.entry.body.get("unsafe") is not False for one in decided.values())
    marks = [UnsafeMark("policy", name, 1) for name in sorted(policies)]
    if decisions:
        marks.append(UnsafeMark("decision", "", decisions))
    marks += [UnsafeMark("manifest", run.run, run.images) for run in reconciliation.runs if run.unsafe]
    if pilot is not None and pilot.evaluated and pilot.unsafe:
        marks.append(UnsafeMark("evaluation", "", 1))
    return tuple(marks)


def _faults(ledger: LedgerCheck, signed_size: int, reconciliation: Reconciliation, flow: Funnel) -> tuple[Fault, ...]:
    """Why the record does not hold, the gravest first; empty when it does."""
    faults = []
    if ledger.problems:
        first = ledger.problems[0]
        faults.append(
            Fault(
                "ledger",
                (
                    ("n", str(len(ledger.problems))),
                    ("where", first.where),
                    ("expected", first.expected),
                    ("found", first.found),
                ),
            )
        )
    if signed_size != ledger.entries:
        faults.append(Fault("checkpoint", (("entries", str(ledger.entries)), ("signed", str(signed_size)))))
    if reconciliation.not_approved:
        different = {line.image_id for line in reconciliation.not_approved}
        faults.append(Fault("not-approved", (("n", str(len(different))), ("total", str(reconciliation.trained)))))
    if reconciliation.unrecorded_runs:
        faults.append(Fault("unrecorded-manifest", (("runs", ", ".join(reconciliation.unrecorded_runs)),)))
    if reconciliation.incomplete_runs:
        faults.append(Fault("unread-manifest", (("runs", ", ".join(reconciliation.incomplete_runs)),)))
    broken = [equation for equation in flow.equations if not equation.holds]
    if broken:
        faults.append(Fault("sums", (("left", str(broken[0].left)), ("right", str(broken[0].right)))))
    return tuple(faults)


def _withdrawals(
    entries: Sequence[LedgerEntry],
    decided: Mapping[str, Decided],
    in_models: Mapping[str, Any],
    name_of: Callable[[str], str | None],
) -> tuple[WithdrawalLine, ...]:
    return tuple(
        WithdrawalLine(
            index=entry.index,
            at=entry.at,
            image_id=(image_id := str(entry.body.get("image_id"))),
            file_name=name_of(image_id),
            reason=str(entry.body.get("reason")),
            by=str(entry.body.get("by")),
            in_models=in_models.get(image_id, ()),
            payload_left=image_id in decided and decided[image_id].payload is not None,
        )
        for entry in entries
        if entry.kind is EntryKind.WITHDRAWAL
    )


def _wrong_answers(
    entries: Sequence[LedgerEntry], still_open: Collection[str], name_of: Callable[[str], str | None]
) -> tuple[WrongAnswerLine, ...]:
    claimed = {str(e.body.get("report_id")): e for e in entries if e.kind is EntryKind.WRONG_ANSWER_CLOSED}
    closed = {report: entry for report, entry in claimed.items() if report not in still_open}
    lines = []
    for entry in entries:
        if entry.kind is not EntryKind.WRONG_ANSWER:
            continue
        report_id, image_id = str(entry.body.get("report_id")), str(entry.body.get("image_id"))
        end = closed.get(report_id)
        lines.append(
            WrongAnswerLine(
                report_id=report_id,
                index=entry.index,
                at=entry.at,
                image_id=image_id,
                file_name=name_of(image_id),
                cause=str(entry.body.get("cause")),
                remedy=str(end.body.get("remedy")) if end else None,
                closed_by=str(end.body.get("reviewer")) if end else None,
                closed_at=end.at if end else None,
            )
        )
    return tuple(lines)
