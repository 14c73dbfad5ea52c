"""The queue of wrong answers: list, one report with its origin, and the remedy that closes it."""

from __future__ import annotations

from collections.abc import Sequence

from audit.entry import LedgerEntry
from audit.ledger import Ledger
from audit.review import rendering
from audit.review.blind import kept_from
from audit.review.board import Board
from audit.review.cases import Cases, Remedy, Report
from audit.review.exchange import Refused, Reply
from audit.review.keyring import KeyRing, PassphraseRefused
from audit.review.lanes import Case
from audit.review.rows import Row
from audit.review.sessions import Brake
from audit.review.signing_in import signer_of, unlocked
from audit.review.visit import REPORT, Route, Visit, route

LONGEST_NOTE = 2000  # characters


class CasePages:
    """Handlers under `/cases`."""

    def __init__(self, board: Board, ledger: Ledger, cases: Cases, keys: KeyRing, brake: Brake) -> None:
        self._board, self._ledger, self._cases, self._keys, self._brake = board, ledger, cases, keys, brake
        self.routes: Sequence[Route] = (
            route("GET", "/cases", self.list),
            route("GET", f"/cases/{REPORT}", self.show),
            route("POST", f"/cases/{REPORT}/close", self.close),
        )

    def list(self, visit: Visit) -> Reply:
        found = [(report, self._board.find(report.image_id)) for report in self._cases.all()]
        reports = [(report, on[0] if on else None, self._sees(on, visit)) for report, on in found]
        return rendering.page("cases.html.j2", visit.words, reports=reports, **visit.frame)

    def show(self, visit: Visit, status: int = 200, problem: str | None = None) -> Reply:
        report = self._report(visit)
        found = self._board.find(report.image_id)
        return rendering.page(
            "case.html.j2",
            visit.words,
            status,
            report=report,
            row=found[0] if found else None,
            sees=self._sees(found, visit),
            approvals=self._approvals(report, found, visit),
            remedies=[remedy.value for remedy in Remedy],
            names={p.reviewer: p.name or p.reviewer for p in self._board.reviewers()},
            key=self._keys.state(visit.person.reviewer).value,
            unlocked=visit.session.open_key(visit.now) is not None,
            problem=problem,
            **visit.frame,
        )

    def close(self, visit: Visit) -> Reply:
        """Whatever could let a picture be shown again wants the reviewer's key; a withdrawal wants to be meant."""
        report, request = self._report(visit), visit.request
        if request.field("remedy") not in set(Remedy):
            return self.show(visit, 422, "Choose what is to be done.")
        remedy = Remedy(request.field("remedy"))
        if remedy is Remedy.WITHDRAW and request.field("for-ever") != "yes":
            return self.show(visit, 422, "A withdrawal cannot be undone: tick the box to confirm it.")
        names = (f"peer:{request.peer}", f"who:{visit.person.reviewer}")
        if self._brake.holds(*names):
            raise Refused("too-many-tries", 429)
        try:
            unlocked(visit.session, self._keys, visit.person, request.field("passphrase"), visit.now)
        except PassphraseRefused:
            self._brake.failed(*names)
            return self.show(visit, 403, "The passphrase does not open your key. Nothing was recorded.")
        signer = signer_of(visit, self._keys, self._ledger)
        if signer is None and remedy is not Remedy.WITHDRAW:
            return self.show(visit, 403, "Type your passphrase: this is your signature.")
        note = request.field("note").strip()[:LONGEST_NOTE] or None
        entries = self._cases.close(report.report_id, remedy, visit.person.reviewer, signer, note)
        found = self._board.find(report.image_id)
        return rendering.page(
            "case_closed.html.j2",
            visit.words,
            entries=entries,
            remedy=remedy.value,
            standing=found[1].standing if found and self._sees(found, visit) else None,
            **visit.frame,
        )

    @staticmethod
    def _sees(found: tuple[Row, Case] | None, visit: Visit) -> bool:
        return found is None or found[1].sees_others(visit.person.reviewer)

    def _approvals(self, report: Report, found: tuple[Row, Case] | None, visit: Visit) -> tuple[LedgerEntry, ...]:
        kept = kept_from(visit.person.reviewer, report.approvals, found[1]) if found else ()
        return tuple(entry for entry in report.approvals if entry not in kept)

    def _report(self, visit: Visit) -> Report:
        report = self._cases.find(visit.names["report"])
        if report is None:
            raise Refused("not-found", 404)
        return report
