"""Which image a person means: a whole id, the beginning of one, or a file name of the last recorded catalogue."""

from __future__ import annotations

import re

from audit.entry import EntryKind
from audit.ledger import Ledger
from curate.canonical import from_json
from curate.errors import ExitCode, ImprimaturError
from curate.record import ImageRecord
from imprimatur.recording import last_decisions

MIN_PREFIX = 6  # hex digits of an image id


class ImageUnknown(ImprimaturError):
    """No recorded image, or several, fit what was typed."""

    code = "IMP-E113"
    exit_code = ExitCode.USAGE


def recorded_records(ledger: Ledger) -> dict[str, ImageRecord]:
    """The record of every image as its last decision knew it; images whose payload was erased are left out."""
    records = {}
    for image_id, entry in last_decisions(ledger.entries(EntryKind.DECISION)).items():
        payload = ledger.payload(entry.index)
        if payload is not None:
            records[image_id] = from_json(ImageRecord, payload["record"])
    return records


def which_image(ledger: Ledger, typed: str) -> str:
    """The image id that `typed` means.

    Raises:
        ImageUnknown: nothing recorded fits, or more than one image does.
    """
    ids = last_decisions(ledger.entries(EntryKind.DECISION))
    wanted = typed.strip()
    if re.fullmatch(rf"[0-9a-fA-F]{{{MIN_PREFIX},64}}", wanted):
        fits = [image_id for image_id in ids if image_id.startswith(wanted.lower())]
        if len(fits) == 1:
            return fits[0]
        if len(fits) > 1:
            raise ImageUnknown(
                f"'{typed}' begins {len(fits)} image ids, one was expected.", hint=f"type more digits: {fits[0][:16]}"
            )
    records = recorded_records(ledger)
    fits = [image_id for image_id, record in records.items() if wanted in record.file_names]
    fits = fits or [i for i, r in records.items() if any(name.rsplit("/", 1)[-1] == wanted for name in r.file_names)]
    if len(fits) == 1:
        return fits[0]
    found = "none" if not fits else f"{len(fits)} images with that file name"
    raise ImageUnknown(
        f"Expected an image id (or its first {MIN_PREFIX} digits) or a file name of the catalogue, found {found} for '{typed}'.",
        hint="imprimatur review list --state all",
    )
