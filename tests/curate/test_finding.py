"""What an approval binds of a screening does not depend on how quickly it was spelt."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from curate.canonical import digest
from curate.finding import Category, Channel, Check, Detector, Finding, Screening, Severity, Unscreened, Where

ids = st.sampled_from(["ab" * 32, "", 'a "quoted" id', "画像\\1"])
texts = st.sampled_from(["not installed", 'it said "image_id":"x"', "", "未検査\n"])
detectors = st.builds(Detector, st.sampled_from(["d", '"image_id":"']), st.just("1"))
found = st.builds(
    lambda image_id, score, masked: Finding(
        image_id, Detector("d", "1"), Category.PRIVACY, "privacy.phone", score, Severity.LOW, Where(Channel.TEXT), masked, "e"
    ),
    ids,
    st.floats(0, 1),
    texts,
)  # fmt: skip
open_parts = st.builds(Unscreened, ids, detectors, st.sampled_from(Check), texts, texts)


@given(ids, st.lists(found, max_size=3), st.lists(open_parts, max_size=4), st.frozensets(st.sampled_from(Check)))
def test_the_digest_of_the_document(
    image_id: str, findings: list[Finding], parts: list[Unscreened], done: frozenset[Check]
) -> None:
    screening = Screening(image_id, tuple(findings), tuple(parts), done, ("a", "b"))
    assert screening.findings_digest == digest(screening.to_document())
