"""From a click to a ledger entry: drafts that bind what the person saw, checked again under the board's lock.

A draft is nothing until it is recorded. It is recorded only if every image in it is still the case that the person saw;
if two people decide at once, one is recorded and the other is told.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from audit.approving import TRIES, Signer, Verdict, Wish, draft
from audit.entry import EntryKind, LedgerEntry, NewEntry
from audit.ledger import Ledger
from audit.review.board import Board
from audit.review.lanes import Case
from audit.review.rows import Row
from audit.standing import Docket
from audit.store_errors import LedgerMoved
from curate.errors import ExitCode, ImprimaturError

BULK = (Verdict.REJECT, Verdict.TO_INDEX)  # never approve, never ask, for many at once
MOST_AT_ONCE = 200  # images in one bulk decision: as many as a person can look at

REASONS: dict[Verdict, tuple[str, ...]] = {
    Verdict.APPROVE: ("reviewed", "rights-cleared", "consent-on-file", "false-alarm", "public-information"),
    Verdict.TO_INDEX: ("enough-in-index", "changes-often", "low-value", "sensitive"),
    Verdict.REJECT: ("privacy", "rights", "secret", "wrong-text", "poor-picture", "duplicate", "other"),
    Verdict.ANSWER: ("answered", "asked-elsewhere", "no-longer-needed"),
    Verdict.ASK: ("who-is-shown", "consent-unclear", "rights-unclear", "secret-unclear", "facts-unclear", "other"),
}


class CaseChanged(ImprimaturError):
    """What the person saw is not what is there now. `why` is a code for the page's explanation."""

    code = "IMP-E317"
    exit_code = ExitCode.REFUSED

    def __init__(self, why: str, image_id: str) -> None:
        super().__init__(
            f"The case of image {image_id[:12]}… was expected to be as it was seen, found: {why}. Nothing was recorded.",
            hint="imprimatur explain IMAGE",
        )
        self.why = why
        self.image_id = image_id


@dataclass(frozen=True, slots=True)
class Draft:
    """A decision not yet recorded. `seen`: by image, the index of the last entry that the person's card knew."""

    draft_id: str
    wish: Wish
    seen: tuple[tuple[str, int], ...]

    @property
    def bulk(self) -> bool:
        return len(self.seen) > 1


@dataclass(frozen=True)
class Deciding:
    """Drafts and records. `file_of` and `policy_now` say what is on the disk at this moment: the picture's file and the
    digest of the policy in force (None: it cannot be read, so nothing is approved under it)."""

    board: Board
    ledger: Ledger
    clock: Callable[[], datetime]
    file_of: Callable[[str], Path | None]
    policy_now: Callable[[], str | None]
    account: str | None = None

    def draft(self, wish: Wish, seen: Sequence[tuple[str, int]]) -> Draft:
        """Keep what the person wants, bound to what the person saw.

        Raises:
            CaseChanged: an image is not that case any more, or may not be decided in bulk.
        """
        made = Draft(secrets.token_urlsafe(9), wish, tuple(seen))
        with self.board.current():
            self._check(made)
        return made

    def record(self, made: Draft, signer: Signer) -> tuple[LedgerEntry, ...]:
        """Sign and append, all or nothing.

        Raises:
            CaseChanged: somebody or something was faster. ApprovalRefused, EntryRefused: as `audit.approving.draft`.
        """
        signer = replace(signer, account=self.account)
        if made.wish.verdict is Verdict.APPROVE:
            for image, _ in made.seen:
                self._check_file(image)
        for _ in range(TRIES):
            with self.board.current() as cases:
                self._check(made)
                new = draft(cases, signer, made.wish, self.clock())
                try:
                    return self.ledger.append(new, expected_size=self.board.size)
                except LedgerMoved:
                    continue  # another process recorded something: read it, and look whether it concerns this case
        raise LedgerMoved("A quiet moment was expected, others keep recording.", hint="imprimatur review serve")

    def log_unblur(self, image_id: str, reviewer: str) -> LedgerEntry:
        """Record that `reviewer` looked at what was blurred; what cannot be recorded is not shown."""
        body = {"image_id": image_id, "reviewer": reviewer, "action": "unblur"}
        return self.ledger.append([NewEntry(EntryKind.ACCESS, body, at=self.clock())])[0]

    def _check(self, made: Draft) -> None:
        for image, seen in made.seen:
            found = self.board.find(image)
            if found is None:
                raise CaseChanged("unknown", image)
            row, case = found
            if case.touched != seen:
                raise CaseChanged(self._what_changed(image, seen), image)
            if made.bulk:
                self._check_bulk(made.wish.verdict, row, case)
            if made.wish.verdict is Verdict.APPROVE:
                self._check_policy(image)

    def _check_bulk(self, verdict: Verdict, row: Row, case: Case) -> None:
        if verdict not in BULK:
            raise CaseChanged("not-in-bulk", row.image_id)
        if verdict is Verdict.TO_INDEX and row.outcome != "memorize":
            raise CaseChanged("held-one-by-one", row.image_id)  # for a held image it is half a permission to show it

    def _check_policy(self, image: str) -> None:
        decided = self._ruling_policy(image)
        if decided is None or self.policy_now() != decided:
            raise CaseChanged("policy-edited", image)

    def _ruling_policy(self, image: str) -> str | None:
        with self.board.current() as cases:
            return _policy_of(cases, image)

    def _check_file(self, image: str) -> None:
        path = self.file_of(image)
        if path is None or not path.is_file() or path.is_symlink():
            raise CaseChanged("file-missing", image)
        with path.open("rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != image:
                raise CaseChanged("file-changed", image)

    def _what_changed(self, image: str, seen: int) -> str:
        kinds = [entry.kind for entry in self.board.history(image) if entry.index > seen]
        if EntryKind.WITHDRAWAL in kinds:
            return "withdrawn"
        if EntryKind.DECISION in kinds:
            return "decision-changed"
        if EntryKind.WRONG_ANSWER in kinds:
            return "wrong-answer"
        return "somebody-decided"


def _policy_of(cases: Docket, image: str) -> str | None:
    ruling = cases.ruling(image)
    return None if ruling is None else ruling.policy_sha256
