"""From catalogue rows to image records: rows with the same bytes are one image, and the strictest facts win."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from curate.catalogue import CatalogueTable
from curate.record import BusinessFacts, ContentClass, ImageRecord, RightsFacts, RowFault, TrainingText
from curate.row_facts import DIGEST_COLUMN, Row, extra_of, facts_of_row, language_of, stated_class, unreadable_columns
from curate.search_log import LoggedQuery

__all__ = ["assemble", "facts_of_row", "record_of", "rows_of"]

# Rows that disagree about one of these contradict each other. In the others the strictest value stands, or, where there
# is nothing strict about them (source, collector, product line), all values are kept.
CONFLICTING = ("license", "owner", "contract_ref")
# Classes in the order of the checks they need; rows that disagree get the first of theirs.
_CLASS_ORDER = (ContentClass.DRAWING, ContentClass.DOCUMENT, ContentClass.PHOTO, ContentClass.PRODUCT)
_RELEASE_ORDER = {"none": 0, "signed": 2, "not_required": 3}  # 1: a reference, which somebody has to look up


def rows_of(table: CatalogueTable) -> list[Row]:
    """Rows of the table as `facts_of_row` takes them; the n-th row of the catalogue is at n - 1."""
    columns = [str(column) for column in table.frame.columns]
    return [dict(zip(columns, values, strict=True)) for values in table.frame.itertuples(index=False, name=None)]


def assemble(
    table: CatalogueTable,
    digests: Mapping[str, str],
    held: Mapping[int, tuple[RowFault, ...]],
    log: Sequence[LoggedQuery],
) -> tuple[ImageRecord, ...]:
    """Records in the order in which their images first appear.

    Args:
        digests: file_name -> image_id; rows whose file is not in it lead to no image.
        held: row number, counted from 1 -> what it fails.
        log: each query asked for a file of the image becomes a text of field `query`.
    """
    groups: dict[str, list[tuple[int, Row]]] = {}
    for number, row in enumerate(rows_of(table), start=1):
        image_id = digests.get(str(row["file_name"]))
        if image_id is not None:
            groups.setdefault(image_id, []).append((number, row))
    queries: dict[str, list[str]] = {}
    for line in log:
        image_id = digests.get(line.file_name)
        if image_id is not None:
            queries.setdefault(image_id, []).append(line.query)
    return tuple(record_of(image_id, rows, held, queries.get(image_id, ())) for image_id, rows in groups.items())


def record_of(
    image_id: str, rows: Sequence[tuple[int, Row]], held: Mapping[int, tuple[RowFault, ...]], queries: Iterable[str]
) -> ImageRecord:
    """The record of one image from all its rows, each with its number; the order of rows changes nothing."""
    if len(rows) > 1:
        rows = sorted(rows, key=lambda item: (str(item[1]["file_name"]), repr(sorted(item[1].items()))))
    facts = [facts_of_row(row) for _, row in rows]
    all_rights, all_business = [rights for rights, _, _, _ in facts], [business for _, business, _, _ in facts]
    stated = [content_class for _, row in rows if (content_class := stated_class(row)) is not None]
    classes = stated or [content_class for _, _, content_class, _ in facts]
    logged = [TrainingText("query", language_of(query), query) for query in queries]
    skus = _stated(all_business, "sku")
    # A picture shared by several articles keeps all their numbers; the record has room for one.
    more_numbers = [("part_number", sku) for sku in skus[1:]]
    # One column may fail in the suite and again where it is read: it is said once, in the suite's words.
    faults: dict[str, RowFault] = {}
    for number, row in rows:
        for fault in (*held.get(number, ()), *unreadable_columns(row), *_other_bytes(row, image_id)):
            faults.setdefault(fault.en, fault)
    failed = sorted(faults.values())
    return ImageRecord(
        image_id=image_id,
        file_names=tuple(sorted({str(row["file_name"]) for _, row in rows})),
        content_class=min(classes, key=_CLASS_ORDER.index),
        class_inferred=not stated,
        texts=tuple(dict.fromkeys([*(text for _, _, _, texts in facts for text in texts), *logged])),
        rights=_merged_rights(all_rights),
        business=_merged_business(all_business),
        extra=tuple(sorted({*(pair for _, row in rows for pair in extra_of(row)), *more_numbers})),
        conflicts=tuple(name for name in CONFLICTING if len(_stated(all_rights, name)) > 1),
        held_by_table=tuple(fault.en for fault in failed),
        held_by_table_ja=tuple(fault.ja for fault in failed),
    )


def _other_bytes(row: Row, image_id: str) -> tuple[RowFault, ...]:
    """A table that states another digest than that of the file speaks of another picture."""
    stated = row.get(DIGEST_COLUMN)
    if stated is None or (isinstance(stated, str) and stated.strip().lower() == image_id):
        return ()
    en, ja = "expected the SHA-256 of the file's bytes", "ファイルの SHA-256 と一致すること"
    return (RowFault(f"{DIGEST_COLUMN}: {en}", f"{DIGEST_COLUMN}: {ja}"),)


def _stated(facts: Sequence[RightsFacts] | Sequence[BusinessFacts], name: str) -> list[Any]:
    """Different values which rows state for a field, sorted."""
    return sorted({value for fact in facts if (value := getattr(fact, name)) is not None})


def _joined(values: list[str]) -> str:
    return " / ".join(values)


def _all_licences(values: list[str]) -> str:
    """Several licences at once: SPDX AND, every one of them has to be met."""
    return values[0] if len(values) == 1 else " AND ".join(f"({value})" if " " in value else value for value in values)


def _common_scope(values: list[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(sorted(set(values[0]).intersection(*values[1:])))


def _weakest_release(values: list[str]) -> str:
    return min(values, key=lambda value: (_RELEASE_ORDER.get(value.lower(), 1), value))


# How the different values of a field become one. A row that states nothing does not contradict one that does.
_STRICTEST: dict[str, Callable[[list[Any]], Any]] = {
    "collected_at": max,  # the later, the more changes fall on each month since
    "license": _all_licences,
    "license_scope": _common_scope,
    "license_start": max,
    "license_end": min,
    "license_territory": _common_scope,
    "model_release": _weakest_release,
    "property_release": _weakest_release,
    "criticality": min,
    "sku": min,
    "changed_at": max,
    "change_count": max,
    "valid_until": min,
}


def _merged(facts: Sequence[RightsFacts] | Sequence[BusinessFacts], names: Iterable[str]) -> dict[str, Any]:
    """By field. What one row alone states stays as it is."""
    stated = {name: _stated(facts, name) for name in names}
    return {name: _STRICTEST.get(name, _joined)(values) if values else None for name, values in stated.items()}


def _merged_rights(facts: Sequence[RightsFacts]) -> RightsFacts:
    if len(facts) == 1:
        return facts[0]
    return RightsFacts(**_merged(facts, (field.name for field in fields(RightsFacts))))


def _merged_business(facts: Sequence[BusinessFacts]) -> BusinessFacts:
    if len(facts) == 1:
        return facts[0]
    return BusinessFacts(**_merged(facts, (field.name for field in fields(BusinessFacts))))
