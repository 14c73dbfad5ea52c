"""What faces, plates and codes in the pixels mean: findings with their level, and the payloads to be searched. Pure."""

from __future__ import annotations

from curate.finding import Channel, Detector, Finding, Severity, Where
from curate.picture import PictureFacts, SeenCode, SeenFace
from curate.screen.hit import finding
from curate.screen.wording import Reason

# A head is about an eighth of a standing person, so a face of a tenth of the picture belongs to somebody who fills it.
SUBJECT_SHARE = 0.2  # of the picture's shorter side: whoever is that large is the subject wherever they stand
CENTRAL_SHARE = 0.1  # enough for a face in the middle half of the picture's width

# Payloads of these are numbers of trade articles (GS1 General Specifications): digits of nobody.
TRADE_NUMBERS = frozenset({"EAN13", "EAN8", "UPCA", "UPCE", "ITF14", "ISBN", "PZN", "GS1"})


def face_findings(facts: PictureFacts, detector: Detector) -> list[Finding]:
    """One finding a face: `high` where a person is the subject, `medium` in the background (states.md)."""
    findings = []
    for face in facts.faces or ():
        subject = is_subject(face, facts.width, facts.height)
        findings.append(
            finding(
                facts.image_id,
                detector,
                "privacy.face",
                Where(Channel.PIXEL, None, None, face.box),
                why=Reason("the person is the subject of the picture", "人物が画像の主題です")
                if subject
                else Reason("in the background", "背景に写っています"),
                score=face.score,
                severity=Severity.HIGH if subject else Severity.MEDIUM,
            )
        )
    return findings


def is_subject(face: SeenFace, width: int, height: int) -> bool:
    """Whether a face is what the picture shows, told by its size and place in a picture of `width` x `height` pixels."""
    x, _, w, h = face.box
    share = max(w, h) / min(width, height)
    central = 0.25 <= (x + w / 2) / width <= 0.75
    return share >= SUBJECT_SHARE or (central and share >= CENTRAL_SHARE)


def plate_findings(facts: PictureFacts, detector: Detector) -> list[Finding]:
    return [
        finding(
            facts.image_id,
            detector,
            "privacy.number_plate",
            Where(Channel.PIXEL, None, None, plate.box),
            score=plate.score,
        )
        for plate in facts.plates or ()
    ]


def unreadable_codes(facts: PictureFacts) -> str | None:
    """Why what the codes of this picture say is not known, or None."""
    troubles = sorted({f"{c.symbology}: {c.trouble}" for c in facts.codes or () if c.trouble is not None})
    return f"a code was located and could not be read ({'; '.join(troubles)})" if troubles else None


def codes_with_text(facts: PictureFacts) -> tuple[SeenCode, ...]:
    """The codes whose payload may say something about a person."""
    codes = facts.codes or ()
    return tuple(c for c in codes if c.trouble is None and c.text and c.symbology.split()[0] not in TRADE_NUMBERS)
