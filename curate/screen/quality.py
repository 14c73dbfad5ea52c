"""Is the picture good enough to remember? By content class: white ground and thin lines are fine in a drawing."""

from __future__ import annotations

from curate.finding import Channel, Detector, Finding, Where
from curate.picture import PictureFacts
from curate.record import ContentClass
from curate.screen.hit import finding
from curate.screen.settings import ScreenSettings

DETECTOR = Detector("quality", "1")


def screen_quality(facts: PictureFacts, content_class: ContentClass, settings: ScreenSettings) -> list[Finding]:
    """Findings of severity low; a blank picture is reported as blank only, since it is blurred and dark as well."""
    limits = settings.quality[content_class]
    where = Where(Channel.PIXEL)
    findings: list[Finding] = []
    side = min(facts.width, facts.height)
    if side < limits.shorter_side:
        why = f"{side} px on the shorter side, {limits.shorter_side} expected for {content_class.value}"
        findings.append(finding(facts.image_id, DETECTOR, "quality.too_small", where, why=why))
    if facts.luminance_std < limits.blank_std:
        why = f"grey levels vary by {facts.luminance_std:.1f}, {limits.blank_std:.1f} expected"
        findings.append(finding(facts.image_id, DETECTOR, "quality.blank", where, why=why))
        return findings
    if limits.dark_mean is not None and facts.luminance_mean < limits.dark_mean:
        why = f"mean grey level {facts.luminance_mean:.0f}, {limits.dark_mean:.0f} expected"
        findings.append(finding(facts.image_id, DETECTOR, "quality.dark", where, why=why))
    elif limits.sharpness is not None and facts.sharpness < limits.sharpness:
        why = f"edge measure {facts.sharpness:.1f}, {limits.sharpness:.1f} expected"
        findings.append(finding(facts.image_id, DETECTOR, "quality.blurred", where, why=why))
    return findings
