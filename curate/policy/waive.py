"""Waivers: a rule that refuses an image holds it for people instead, while somebody answers for the exception.

A waiver never clears: what it touches is held, and the approvals that the policy asks of held images are still needed.
One that has ended changes nothing, except that the decision says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from curate.decision import Lift, Outcome, RuleHit, Waived
from curate.policy.schema import WAIVER_PREFIX, Waiver
from curate.policy.wording import waiver_ended, waiver_stands
from curate.record import ImageRecord

Applied = tuple[RuleHit, Lift | None]  # what applied, and who may lift it where it holds


def waive(
    applied: Sequence[Applied], record: ImageRecord, waivers: Sequence[Waiver], today: date
) -> tuple[list[Applied], tuple[Waived, ...]]:
    """What applies once the waivers for `record` are counted, and which rules were set aside by which."""
    fitting = [waiver for waiver in waivers if waiver.select.fits(record)]
    if not fitting:
        return list(applied), ()
    kept: list[Applied] = []
    set_aside: dict[str, list[RuleHit]] = {}
    ended: dict[tuple[str, Outcome], Lift | None] = {}
    by_id = {waiver.id: waiver for waiver in fitting}
    for hit, lift in applied:
        naming = [waiver for waiver in fitting if hit.rule in waiver.waives]
        standing = [waiver for waiver in naming if today <= waiver.expires]
        if standing:
            # The one that holds longest; by id where two hold equally long, so that order in the file means nothing.
            best = max(standing, key=lambda waiver: (waiver.expires, waiver.id))
            set_aside.setdefault(best.id, []).append(hit)
            continue
        kept.append((hit, lift))
        ended.update({(waiver.id, hit.outcome): lift for waiver in naming})
    for name, hits in sorted(set_aside.items()):
        waiver = by_id[name]
        en, ja = waiver_stands(waiver, tuple(hit.rule for hit in hits))
        kept.append((RuleHit(f"{WAIVER_PREFIX}{name}", Outcome.REVIEW, en, ja), Lift.APPROVAL))
    for (name, outcome), lift in sorted(ended.items(), key=lambda item: item[0]):
        kept.append((RuleHit(f"{WAIVER_PREFIX}{name}-ended", outcome, *waiver_ended(by_id[name])), lift))
    waived = tuple(
        Waived(name, hit.rule, by_id[name].approver, by_id[name].expires)
        for name, hits in sorted(set_aside.items())
        for hit in hits
    )
    return kept, waived
