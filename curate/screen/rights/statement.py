"""One thing that one channel says about rights, before it is weighed with the others."""

from __future__ import annotations

from dataclasses import dataclass

from curate.finding import Channel, Detector, Severity, Where
from curate.rights_verdict import RightsChannel, Signal, Strength
from curate.screen.wording import NO_REASON, Reason

CATALOGUE_DETECTOR = Detector("rights-in-catalogue", "3")
FILE_DETECTOR = Detector("rights-in-file", "3")
MANIFEST_DETECTOR = Detector("rights-in-manifest", "2")
BESIDE_DETECTOR = Detector("rights-beside-file", "2")

DETECTORS = {
    RightsChannel.CATALOGUE: CATALOGUE_DETECTOR,
    RightsChannel.C2PA: MANIFEST_DETECTOR,
    RightsChannel.SIDECAR: BESIDE_DETECTOR,
    RightsChannel.TDMREP: BESIDE_DETECTOR,
}
_PLACES = {
    RightsChannel.CATALOGUE: Channel.FILE,
    RightsChannel.TEXT: Channel.TEXT,
    RightsChannel.SIDECAR: Channel.FILE,
    RightsChannel.TDMREP: Channel.FILE,
    RightsChannel.PIXELS: Channel.PIXEL,
}

TDM_RESERVATION = Reason("TDM reservation", "TDM留保（データマイニングの権利留保）が記載されています")


@dataclass(frozen=True, slots=True)
class Statement:
    """`code` is shown to people and never quotes a text; `kind` names the finding it leads to, None for none; `value` is
    masked in that finding, `span` points into it; `credit` is whom the statement wants named."""

    channel: RightsChannel
    field: str
    code: str
    strength: Strength
    kind: str | None = None
    why: Reason = NO_REASON
    severity: Severity | None = None
    value: str = ""
    span: tuple[int, int] | None = None
    box: tuple[int, int, int, int] | None = None
    credit: str = ""

    @property
    def signal(self) -> Signal:
        return Signal(self.channel, self.field, self.code, self.strength)

    @property
    def detector(self) -> Detector:
        return DETECTORS.get(self.channel, FILE_DETECTOR)

    @property
    def where(self) -> Where:
        return Where(_PLACES.get(self.channel, Channel.METADATA), self.field, self.span, self.box)


def forbids(channel: RightsChannel, field: str, code: str, why: Reason) -> Statement:
    """A reservation against mining or training."""
    return Statement(channel, field, code, Strength.FORBIDS, "rights.data_mining_prohibited", why)
