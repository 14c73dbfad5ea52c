"""Everything the sample factory makes, in the order of article numbers."""

from __future__ import annotations

from imprimatur.sample import family_drive, family_fix, family_flow, family_frame
from imprimatur.sample.parts import Assortment

ASSORTMENT = Assortment(
    tuple(
        sorted(
            (*family_fix.FAMILIES, *family_frame.FAMILIES, *family_drive.FAMILIES, *family_flow.FAMILIES),
            key=lambda family: family.number,
        )
    )
)
