"""The gate, asked again at every step: does what is about to be shown still stand?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from audit.standing import Standing, StandingBook
from train.gate import AdmittedImage, GateRefusal


class StandingLost(GateRefusal):
    """An image lost its standing while the model was learning it; the half-trained weights must not live on."""

    code = "IMP-E411"


class Sentry:
    """`now` gives the standing of all images at this moment; the same book as before costs nothing to ask."""

    def __init__(self, images: tuple[AdmittedImage, ...], now: Callable[[], StandingBook]) -> None:
        self._images = images
        self._now = now
        self._seen: StandingBook | None = None

    def check(self) -> None:
        """Let the next step pass.

        Raises:
            StandingLost: an admitted image was withdrawn, suspended or rejected, expired, or was decided anew.
        """
        book = self._now()
        if book is self._seen:
            return
        lost = [(image, found) for image in self._images if not _stands(image, found := book.of(image.image_id))]
        if lost:
            image, found = lost[0]
            why = ", ".join(found.reasons) if not found.cleared else "it was decided anew"
            raise StandingLost(
                f"{len(lost)} images lost their standing while training ran, first {image.image_id[:12]}… "
                f"({found.state.value}: {why}); what was learned so far is thrown away.",
                hint="imprimatur train",
            )
        self._seen = book


def _stands(image: AdmittedImage, found: Standing) -> bool:
    """An approval that counts for two decisions binds the same texts, findings, facts and policy in both: recording a
    decision again, unchanged, stops nothing."""
    was = image.standing
    same = found.decision_index == was.decision_index or set(found.approval_indices) & set(was.approval_indices)
    return found.cleared and bool(same)


def as_admitted(images: tuple[AdmittedImage, ...], clock: Callable[[], datetime]) -> Callable[[], StandingBook]:
    """The standings with which `images` were admitted, while they last: for a run without its ledger. What is recorded
    meanwhile it cannot see; `imprimatur train` passes the ledger's own (audit.live_standing)."""

    def now() -> StandingBook:
        moment = clock()
        held = {image.image_id: image.standing for image in images}
        over = [i for i, s in held.items() if s.expires_at is not None and moment >= s.expires_at]
        for image_id in over:
            del held[image_id]
        return StandingBook(moment, held)

    return now
