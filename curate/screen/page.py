"""What is found out about one image while it is looked at, and the screening that follows from it."""

from __future__ import annotations

from dataclasses import dataclass, field

from curate.finding import Check, Detector, Finding, Screening, Unscreened
from curate.rights_verdict import RightsVerdict
from curate.screen.duplicates import Likeness
from curate.screen.kept_results import KeptPage
from curate.screen.reasons_ja import unscreened


@dataclass
class Page:
    """What has been found out about one image so far."""

    findings: list[Finding] = field(default_factory=list)
    unscreened: list[Unscreened] = field(default_factory=list)
    done: set[Check] = field(default_factory=set)
    rights: RightsVerdict | None = None

    def leave_open(self, image_id: str, detector: Detector, check: Check, reason: str) -> None:
        note = unscreened(image_id, detector, check, reason)
        if note not in self.unscreened:
            self.unscreened.append(note)

    def to_keep(self) -> KeptPage:
        return KeptPage(tuple(self.findings), tuple(self.unscreened), tuple(sorted(self.done)), self.rights)

    def take_over(self, page: KeptPage) -> None:
        self.findings.extend(page.findings)
        self.unscreened.extend(page.unscreened)
        self.done.update(page.done)
        self.rights = page.rights


def screening_of(image_id: str, page: KeptPage, likeness: Likeness) -> Screening:
    """All that screening says about one image: its page, and what it looks like among the others."""
    return Screening(
        image_id=image_id,
        findings=(*page.findings, *likeness.findings.get(image_id, ())),
        unscreened=page.unscreened,
        done=frozenset(page.done) - {note.check for note in page.unscreened},
        duplicate_group=likeness.groups.get(image_id, ()),
        rights=page.rights,
    )
