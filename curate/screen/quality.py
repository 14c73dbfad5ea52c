"""Is the picture good enough to remember? By content class: white ground and thin lines are fine in a drawing."""

from __future__ import annotations

from curate.finding import Channel, Detector, Finding, Where
from curate.picture import PictureFacts
from curate.record import ContentClass
from curate.screen.hit import finding
from curate.screen.settings import QualityLimits, ScreenSettings

DETECTOR = Detector("quality", "2")


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
    if facts.grey_tail_share > limits.grey_tail:
        why = f"{facts.grey_tail_share:.0%} of its rows, at the bottom, are the grey of missing data"
        findings.append(finding(facts.image_id, DETECTOR, "quality.damaged", where, why=why))
    if facts.jpeg_quality is not None and facts.jpeg_quality < limits.jpeg_quality:
        why = f"JPEG quality {facts.jpeg_quality}, {limits.jpeg_quality} expected"
        findings.append(finding(facts.image_id, DETECTOR, "quality.compressed", where, why=why))
    dark = _dark(facts, limits)
    if dark is not None:
        findings.append(finding(facts.image_id, DETECTOR, "quality.dark", where, why=dark))
        return findings
    if limits.clipped is not None and facts.clipped_share > limits.clipped:
        why = f"{facts.clipped_share:.0%} of it is pure white, {limits.clipped:.0%} expected at most"
        findings.append(finding(facts.image_id, DETECTOR, "quality.overexposed", where, why=why))
    if facts.brightest - facts.darkest < limits.contrast:
        why = (
            f"grey levels from {facts.darkest:.0f} to {facts.brightest:.0f}, a range of {limits.contrast:.0f} expected"
        )
        findings.append(finding(facts.image_id, DETECTOR, "quality.low_contrast", where, why=why))
    if facts.edge_steepness < limits.steepness:
        why = f"edge steepness {facts.edge_steepness:.2f}, {limits.steepness:.2f} expected"
        findings.append(finding(facts.image_id, DETECTOR, "quality.blurred", where, why=why))
    elif limits.sharpness is not None and facts.sharpness < limits.sharpness:
        why = f"edge measure {facts.sharpness:.1f}, {limits.sharpness:.1f} expected"
        findings.append(finding(facts.image_id, DETECTOR, "quality.blurred", where, why=why))
    return findings


def _dark(facts: PictureFacts, limits: QualityLimits) -> str | None:
    """Why the picture is too dark, or None. A dark picture is not judged for contrast and blur: it has no edges."""
    if limits.dark_mean is not None and facts.luminance_mean < limits.dark_mean:
        return f"mean grey level {facts.luminance_mean:.0f}, {limits.dark_mean:.0f} expected"
    if facts.brightest < limits.dark_brightest:
        return f"nothing is brighter than grey level {facts.brightest:.0f}, {limits.dark_brightest:.0f} expected"
    return None
