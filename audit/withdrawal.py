"""Taking permission away: withdrawals, and wrong answers that hold an image until somebody has looked."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from audit.entry import EntryKind, LedgerEntry, NewEntry, coded
from audit.ledger import Ledger
from curate.errors import ExitCode, ImprimaturError

_IMAGE_ID = re.compile(r"[0-9a-f]{64}")


class WithdrawalRefused(ImprimaturError):
    """Not an image id, or no such open report."""

    code = "IMP-E312"
    exit_code = ExitCode.USAGE


def withdraw(ledger: Ledger, image_id: str, reason: str, by: str, *, at: datetime | None = None) -> LedgerEntry:
    """End the standing of `image_id` for ever; effective for the next query. `reason` and `by` are codes.

    An image the ledger has never seen may be withdrawn too: it then can never be cleared. Withdrawing twice records
    once.

    Raises:
        WithdrawalRefused: not an image id. EntryRefused: `reason` or `by` is free text.
    """
    _image(image_id)
    for entry in ledger.entries(EntryKind.WITHDRAWAL):
        if entry.body.get("image_id") == image_id:
            return entry
    body = {"image_id": image_id, "reason": coded(reason, "the reason"), "by": coded(by, "the person's id")}
    return ledger.append([NewEntry(EntryKind.WITHDRAWAL, body, at=at)])[0]


def report_wrong(
    ledger: Ledger,
    query: str,
    image_id: str,
    cause: str = "unexamined",
    *,
    answer: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> LedgerEntry:
    """Record that `image_id` was a wrong answer to `query`; the image is suspended until the report is closed.

    The query may hold personal data, so it goes to the erasable payload, with `answer`: the hit as recall's document
    spells it, when whoever reports has it.

    Raises:
        WithdrawalRefused: not an image id. EntryRefused: `cause` is free text.
    """
    report = f"w-{secrets.token_hex(6)}"
    body = {"report_id": report, "image_id": _image(image_id), "cause": coded(cause, "the cause")}
    payload = {"query": query} if answer is None else {"query": query, "answer": dict(answer)}
    return ledger.append([NewEntry(EntryKind.WRONG_ANSWER, body, payload, at)])[0]


def reported_image(ledger: Ledger, report_id: str) -> str:
    """The image that a report of a wrong answer is about.

    Raises:
        WithdrawalRefused: no report has this id.
    """
    for entry in ledger.entries(EntryKind.WRONG_ANSWER):
        if entry.body.get("report_id") == report_id:
            return str(entry.body["image_id"])
    raise WithdrawalRefused(
        f"The id of a report was expected, found {report_id!r}.", hint="imprimatur review list --state wrong"
    )


def _image(image_id: str) -> str:
    if not _IMAGE_ID.fullmatch(image_id):
        raise WithdrawalRefused(
            f"An image id of 64 hex digits was expected, found {image_id!r}.", hint="imprimatur explain FILE"
        )
    return image_id
