"""A reviewer's verdict from the terminal: images named, key found, statement signed and recorded."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from getpass import getpass
from pathlib import Path
from typing import Any

from audit import approving
from audit.approving import Verdict
from audit.keys import PassphraseNeeded, SigningKey
from audit.ledger import Ledger
from audit.reviewers import resolve
from audit.standing import StandingState
from curate.errors import ExitCode, ImprimaturError
from imprimatur.acting import account_of
from imprimatur.record_book import now, open_ledger, reviewer_passphrase, standing_now
from imprimatur.which_image import which_images
from imprimatur.workspace import Workspace


class KeyMissing(ImprimaturError):
    """The reviewer's private key is not where it was looked for."""

    code = "IMP-E114"
    exit_code = ExitCode.UNAVAILABLE


class NobodyNamed(ImprimaturError):
    """No image was named."""

    code = "IMP-E116"
    exit_code = ExitCode.USAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One verdict over all images named, before it is signed. `images`: ids, parts of ids or file names; `list_file`: more of
    them, one a line; `reviewer`: name or id; `expires`: last day it counts; `key`: private key, default the workspace's;
    `note`: words for the erasable store; `question`: ledger entry that is answered; `report`: the wrong answer whose case is
    closed, with `reason` as the remedy.

    `without_key`: nobody proves to be the reviewer; the approval is marked self-asserted and signed by the ledger's key.
    """

    verdict: Verdict
    images: tuple[str, ...] = ()
    list_file: Path | None = None
    reviewer: str
    role: str | None = None
    reason: str
    expires: date | None = None
    conditions: tuple[str, ...] = ()
    note: str | None = None
    question: int | None = None
    report: str | None = None
    key: Path | None = None
    without_key: bool = False

    def named(self) -> tuple[str, ...]:
        """Every image named, as it was typed.

        Raises:
            NobodyNamed: there is none.
        """
        lines = self.list_file.read_text(encoding="utf-8").splitlines() if self.list_file else ()
        named = (*self.images, *(line.strip() for line in lines if line.strip()))
        if not named:
            raise NobodyNamed(
                "Expected at least one image, found none.",
                hint="imprimatur review list, then name images or --list FILE",
            )
        return named

    def until(self) -> datetime | None:
        """The first moment at which it does not count any more (UTC), None: the policy's term."""
        return datetime.combine(self.expires + timedelta(days=1), time.min, UTC) if self.expires else None


@dataclass(frozen=True)
class Signed:
    """What one verdict recorded: `cleared` and `waiting` count the named images after it."""

    verdict: str
    reviewer: str
    image_ids: tuple[str, ...]
    ledger_index: int
    cleared: int
    waiting: int

    def to_document(self) -> dict[str, Any]:
        return {
            "verdict": self.verdict,
            "reviewer": self.reviewer,
            "image_ids": list(self.image_ids),
            "ledger_index": self.ledger_index,
            "cleared": self.cleared,
            "waiting": self.waiting,
        }


def sign(workspace: Workspace, draft: Draft) -> Signed:
    """Sign and record a draft: for all images named, or for none and an error."""
    named = draft.named()
    moment = now()
    with open_ledger(workspace, write=True) as ledger:
        key = ledger.signing_key() if draft.without_key else _private_key(workspace, ledger, draft)
        ids = tuple(dict.fromkeys(which_images(ledger, named)))
        signer = approving.Signer(resolve(ledger, draft.reviewer), key, draft.without_key, account_of(ledger))
        wish = approving.Wish(
            draft.verdict,
            ids,
            draft.reason,
            draft.until(),
            draft.conditions,
            draft.role,
            draft.note,
            question=draft.question,
            report=draft.report,
        )
        entries = approving.record(ledger, signer, wish, moment)
        book = standing_now(ledger, moment)
        states = [book.of(image_id).state for image_id in ids]
    return Signed(
        draft.verdict.value,
        str(entries[-1].body["reviewer"]),
        ids,
        entries[-1].index,
        states.count(StandingState.CLEARED),
        states.count(StandingState.AWAITING),
    )


def _private_key(workspace: Workspace, ledger: Ledger, draft: Draft) -> SigningKey:
    path = draft.key or workspace.reviewer_key_path(resolve(ledger, draft.reviewer).reviewer)
    if not path.is_file():
        raise KeyMissing(
            f"Expected {draft.reviewer}'s private key at {path}, found none; an approval without a key is not one.",
            hint="imprimatur review approve IMAGE --as NAME --key FILE",
        )
    try:
        return SigningKey.load(path, reviewer_passphrase())
    except PassphraseNeeded:
        if not sys.stdin.isatty():
            raise
        return SigningKey.load(path, getpass(f"Passphrase of {path}: ").encode())
