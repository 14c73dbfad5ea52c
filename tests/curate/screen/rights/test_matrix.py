"""A thin slice of benchmarks/screening/rights_matrix.py: real files in six containers, alone, conflicting, tampered, stripped."""

from __future__ import annotations

from pathlib import Path

from benchmarks.screening.rights_matrix import run
from curate.policy.document import load_policy

POLICY = load_policy(Path(__file__).parents[4] / "policies" / "default")


def test_no_reservation_is_missed_and_none_is_invented() -> None:
    counts, wrong = run(POLICY, every=47)
    assert wrong == []
    assert sum(counts.values()) > 100
    assert {key[1] for key in counts} == {"JPEG", "PNG", "TIFF", "WEBP", "HEIC", "AVIF"}
    assert {key[0] for key in counts} >= {"xmp", "exif", "iptc", "c2pa"}
