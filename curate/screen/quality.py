"""Is the picture good enough to remember? By content class: white ground and thin lines are fine in a drawing."""

from __future__ import annotations

from curate.finding import Channel, Detector, Finding, Where
from curate.picture import PictureFacts
from curate.record import ContentClass
from curate.screen.hit import finding
from curate.screen.settings import QualityLimits, ScreenSettings
from curate.screen.wording import Reason

DETECTOR = Detector("quality", "3")


def screen_quality(facts: PictureFacts, content_class: ContentClass, settings: ScreenSettings) -> list[Finding]:
    """Findings of severity low; a blank picture is reported as blank only, since it is blurred and dark as well."""
    limits = settings.quality[content_class]
    where = Where(Channel.PIXEL)
    findings: list[Finding] = []
    side = min(facts.width, facts.height)
    if side < limits.shorter_side:
        why = Reason(
            f"{side} px on the shorter side, {limits.shorter_side} expected for {content_class.value}",
            f"短辺は {side} px です（この種類の画像では {limits.shorter_side} px 以上が必要）",
        )
        findings.append(finding(facts.image_id, DETECTOR, "quality.too_small", where, why=why))
    if facts.luminance_std < limits.blank_std:
        why = Reason(
            f"grey levels vary by {facts.luminance_std:.1f}, {limits.blank_std:.1f} expected",
            f"明るさのばらつきは {facts.luminance_std:.1f} です（{limits.blank_std:.1f} 以上が必要）",
        )
        findings.append(finding(facts.image_id, DETECTOR, "quality.blank", where, why=why))
        return findings
    if facts.grey_tail_share > limits.grey_tail:
        why = Reason(
            f"{facts.grey_tail_share:.0%} of its rows, at the bottom, are the grey of missing data",
            f"下端の {facts.grey_tail_share:.0%} の行が、データ欠落を示す灰色です",
        )
        findings.append(finding(facts.image_id, DETECTOR, "quality.damaged", where, why=why))
    if facts.jpeg_quality is not None and facts.jpeg_quality < limits.jpeg_quality:
        why = Reason(
            f"JPEG quality {facts.jpeg_quality}, {limits.jpeg_quality} expected",
            f"JPEG品質は {facts.jpeg_quality} です（{limits.jpeg_quality} 以上が必要）",
        )
        findings.append(finding(facts.image_id, DETECTOR, "quality.compressed", where, why=why))
    dark = _dark(facts, limits)
    if dark is not None:
        findings.append(finding(facts.image_id, DETECTOR, "quality.dark", where, why=dark))
        return findings
    if limits.clipped is not None and facts.clipped_share > limits.clipped:
        why = Reason(
            f"{facts.clipped_share:.0%} of it is pure white, {limits.clipped:.0%} expected at most",
            f"画面の {facts.clipped_share:.0%} が真っ白です（{limits.clipped:.0%} 以下が必要）",
        )
        findings.append(finding(facts.image_id, DETECTOR, "quality.overexposed", where, why=why))
    elif limits.burnt is not None and facts.burnt_share > limits.burnt:
        why = Reason(
            f"{facts.burnt_share:.0%} of what is not white lost its colours to too much light, {limits.burnt:.0%} expected at most",
            f"白以外の部分の {facts.burnt_share:.0%} で色が飛んでいます（{limits.burnt:.0%} 以下が必要）",
        )
        findings.append(finding(facts.image_id, DETECTOR, "quality.overexposed", where, why=why))
    if facts.brightest - facts.darkest < limits.contrast:
        why = Reason(
            f"grey levels from {facts.darkest:.0f} to {facts.brightest:.0f}, a range of {limits.contrast:.0f} expected",
            f"明るさの範囲は {facts.darkest:.0f} から {facts.brightest:.0f} です（{limits.contrast:.0f} 以上の幅が必要）",
        )
        findings.append(finding(facts.image_id, DETECTOR, "quality.low_contrast", where, why=why))
    if facts.edge_steepness < limits.steepness:
        why = Reason(
            f"edge steepness {facts.edge_steepness:.2f}, {limits.steepness:.2f} expected",
            f"輪郭の鋭さは {facts.edge_steepness:.2f} です（{limits.steepness:.2f} 以上が必要）",
        )
        findings.append(finding(facts.image_id, DETECTOR, "quality.blurred", where, why=why))
    elif limits.sharpness is not None and facts.sharpness < limits.sharpness:
        why = Reason(
            f"edge measure {facts.sharpness:.1f}, {limits.sharpness:.1f} expected",
            f"輪郭の量は {facts.sharpness:.1f} です（{limits.sharpness:.1f} 以上が必要）",
        )
        findings.append(finding(facts.image_id, DETECTOR, "quality.blurred", where, why=why))
    return findings


def _dark(facts: PictureFacts, limits: QualityLimits) -> Reason | None:
    """Why the picture is too dark, or None. A dark picture is not judged for contrast and blur: it has no edges."""
    if limits.dark_mean is not None and facts.luminance_mean < limits.dark_mean:
        return Reason(
            f"mean grey level {facts.luminance_mean:.0f}, {limits.dark_mean:.0f} expected",
            f"平均の明るさは {facts.luminance_mean:.0f} です（{limits.dark_mean:.0f} 以上が必要）",
        )
    if facts.brightest < limits.dark_brightest:
        return Reason(
            f"nothing is brighter than grey level {facts.brightest:.0f}, {limits.dark_brightest:.0f} expected",
            f"最も明るい部分でも {facts.brightest:.0f} です（{limits.dark_brightest:.0f} 以上が必要）",
        )
    return None
