"""Reports of wrong answers: what was asked and shown, which text taught it, which approval let it in, what is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from audit.approving import TRIES, Signer, Verdict, Wish, draft
from audit.entry import EntryKind, LedgerEntry, NewEntry
from audit.ledger import Ledger
from audit.review.board import Board
from audit.review.rows import fold
from audit.store_errors import LedgerMoved
from curate.errors import ExitCode, ImprimaturError


class Remedy(StrEnum):
    """`withdraw` for ever · `correct`: held until texts or facts change · `hold`: denied as it is · `not-wrong`: the
    answer was right, the image is as before. Only the last lets the image be shown again at once."""

    WITHDRAW = "withdraw"
    CORRECT = "correct"
    HOLD = "hold"
    NOT_WRONG = "not-wrong"


SIGNED = {Remedy.CORRECT: Verdict.ASK, Remedy.HOLD: Verdict.REJECT}  # what the reviewer's key signs beside closing


class CaseClosed(ImprimaturError):
    """No open report has this id: somebody closed it, or it never was."""

    code = "IMP-E319"
    exit_code = ExitCode.REFUSED


@dataclass(frozen=True, slots=True)
class Teaching:
    """A training run that read the image: `text` is the one nearest to the query among those it was taught with,
    `likeness` in [0, 1] the share of character pairs they have in common; None when the words were erased."""

    run: str
    index: int
    identifier: str
    text: str | None
    likeness: float


@dataclass(frozen=True, slots=True)
class Report:
    """One report with its origin. `query` None: erased. `answer` is the recall document of the hit, if it was kept.
    `approvals` are the entries that let the image into the model."""

    report_id: str
    image_id: str
    entry: LedgerEntry
    query: str | None
    cause: str
    answer: Mapping[str, Any] | None
    closed: LedgerEntry | None
    taught: tuple[Teaching, ...]
    approvals: tuple[LedgerEntry, ...]


@dataclass(frozen=True)
class Cases:
    """Reads reports out of board and ledger, and closes them."""

    board: Board
    ledger: Ledger
    clock: Callable[[], datetime]

    def all(self) -> tuple[Report, ...]:
        """Open ones first, then the newest first."""
        reports = [self._report(entry) for entry in self.board.reports()]
        return tuple(sorted(reports, key=lambda r: (r.closed is not None, -r.entry.index)))

    def find(self, report_id: str) -> Report | None:
        return next((self._report(e) for e in self.board.reports() if e.body.get("report_id") == report_id), None)

    def close(
        self, report_id: str, remedy: Remedy, reviewer: str, signer: Signer | None, note: str | None
    ) -> tuple[LedgerEntry, ...]:
        """Record the remedy and the closing in one transaction.

        Raises:
            CaseClosed: it is not open any more. ApprovalRefused: the signature does not fit. ValueError: no signer, for
                a remedy after which the image could be shown again.
        """
        if signer is None and remedy is not Remedy.WITHDRAW:
            raise ValueError(f"a signer was expected for the remedy {remedy.value}")
        for _ in range(TRIES):
            with self.board.current() as cases:
                if not self.board.is_open(report_id):
                    raise CaseClosed(
                        f"An open report {report_id} was expected, found none.",
                        hint="imprimatur review list --state wrong",
                    )
                image, moment = cases.book.open_reports[report_id], self.clock()
                new: list[NewEntry] = []
                if remedy is Remedy.WITHDRAW and not cases.withdrawn(image):
                    body = {"image_id": image, "reason": "wrong-answer", "by": reviewer}
                    new.append(NewEntry(EntryKind.WITHDRAWAL, body, at=moment))
                if remedy in SIGNED and signer is not None:
                    new += draft(cases, signer, Wish(SIGNED[remedy], (image,), "reported-wrong", note=note), moment)
                if signer is None or (signer.self_asserted and remedy is Remedy.WITHDRAW):
                    body = {"report_id": report_id, "image_id": image, "remedy": remedy.value, "reviewer": reviewer}
                    payload = None if note is None else {"note": note}
                    new.append(NewEntry(EntryKind.WRONG_ANSWER_CLOSED, body, payload, moment))
                else:
                    wish = Wish(Verdict.CLOSE, (image,), remedy.value, note=note, report=report_id)
                    new += draft(cases, signer, wish, moment)
                try:
                    return self.ledger.append(new, expected_size=self.board.size)
                except LedgerMoved:
                    continue
        raise LedgerMoved("A quiet moment was expected, others keep recording.", hint="imprimatur review serve")

    def _report(self, entry: LedgerEntry) -> Report:
        payload = self.ledger.payload(entry.index) or {}
        image, report = str(entry.body.get("image_id")), str(entry.body.get("report_id"))
        query = payload.get("query")
        history = self.board.history(image)
        runs = [run for run in self.board.training_runs() if run.index < entry.index]
        taught = tuple(
            teaching
            for run in runs
            for item in run.body["statement"]["predicate"]["read"]
            if item.get("image_id") == image
            for teaching in (self._teaching(run, item, history, query),)
        )
        last = taught[-1].index if taught else entry.index
        return Report(
            report_id=report,
            image_id=image,
            entry=entry,
            query=None if query is None else str(query),
            cause=str(entry.body.get("cause")),
            answer=payload.get("answer") if isinstance(payload.get("answer"), Mapping) else None,
            closed=self.board.closing(report),
            taught=taught,
            approvals=tuple(e for e in history if e.kind is EntryKind.APPROVAL and e.index < last),
        )

    def _teaching(
        self, run: LedgerEntry, item: Mapping[str, Any], history: Sequence[LedgerEntry], query: object
    ) -> Teaching:
        """The texts are those of the last decision before the run that has the digest which the run names."""
        texts: list[str] = []
        for entry in reversed([e for e in history if e.kind is EntryKind.DECISION and e.index < run.index]):
            if entry.body.get("texts_digest") == item.get("texts_digest"):
                stored = self.ledger.payload(entry.index) or {}
                texts = [str(text["text"]) for text in (stored.get("record") or {}).get("texts") or ()]
                break
        best = max(((likeness(str(query or ""), text), text) for text in texts), default=(0.0, None))
        return Teaching(str(run.body.get("run")), run.index, str(item.get("identifier")), best[1], best[0])


def likeness(left: str, right: str) -> float:
    """Dice coefficient of the character pairs of both texts, folded; works without knowing where words end."""
    one, two = _pairs(fold(left)), _pairs(fold(right))
    return 2 * len(one & two) / (len(one) + len(two)) if one or two else 0.0


def _pairs(text: str) -> set[str]:
    packed = "".join(text.split())
    return {packed[at : at + 2] for at in range(len(packed) - 1)} or ({packed} if packed else set())
