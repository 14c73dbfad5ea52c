"""Expectations at the front door: the record before training, the manifest after it, and the pages for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from audit.casebook import open_casebook
from audit.expectations.tables import (
    APPROVALS,
    DECISIONS,
    RecordRefused,
    check_approvals,
    check_decisions,
    refuse_record,
)
from audit.ledger import Ledger
from audit.report.checks_page import Occasion, render_checks_page
from audit.report.wording import Lang
from curate.atomic import write_atomic
from curate.expectations.result import TableRefused, TableResult
from curate.expectations.suite import OnFailure, Suite, own_suites
from imprimatur.catalogue_place import checked_suites
from imprimatur.record_book import now
from imprimatur.which_image import recorded_records
from imprimatur.workspace import Workspace
from train.expectations.table import MANIFEST, MemorizedRow, check_manifest, rows_of, rows_to_be
from train.gate import Admission, Refusal
from train.manifest import Manifest


def check_record(
    workspace: Workspace, ledger: Ledger, admission: Admission, *, asked: bool
) -> tuple[tuple[TableResult, ...], Admission]:
    """Decisions, approvals and what would be memorized, against their suites; images whose rows are to be held leave the
    admission: refused where images were `asked` for by name, else held.

    Raises:
        RecordRefused: an expectation of severity `stop` failed; its `results` are all there are. SuiteError: a suite
            cannot be used.
    """
    entries = {entry.index: entry for entry in ledger.entries()}
    book = open_casebook(entries.values(), admission.at, ledger.workspace_id)
    decisions, held = check_decisions(book, recorded_records(ledger), _own(workspace, DECISIONS))
    approvals, unapproved = check_approvals(book, _own(workspace, APPROVALS))
    manifest, unfit = check_manifest(rows_to_be(admission), book, entries, _own(workspace, MANIFEST))
    results = (decisions, approvals, manifest)
    refuse_record(results)
    return results, _without(admission, {*held, *unapproved, *unfit}, asked=asked)


def check_written(workspace: Workspace, ledger: Ledger, manifest: Manifest) -> TableResult:
    """The manifest as it was written, against the ledger as it is; here `hold` is too late and stops as well.

    Raises:
        RecordRefused: an expectation that stops or holds failed. SuiteError: a suite cannot be used.
    """
    entries = {entry.index: entry for entry in ledger.entries()}
    book = open_casebook(entries.values(), now(), ledger.workspace_id)
    rows: tuple[MemorizedRow, ...] = rows_of(manifest)
    result, _ = check_manifest(rows, book, entries, tuple(map(_stopping, _own(workspace, MANIFEST))))
    refuse_record([result])
    return result


def write_checks(workspace: Workspace, results: Sequence[TableResult], occasion: Occasion) -> tuple[Path, ...]:
    """The result page in both languages, in `reports/`; what was there of that occasion is replaced."""
    name = "intake" if occasion is Occasion.INTAKE else "training"
    pages = []
    for lang in Lang:
        page = workspace.reports / f"checks-{name}.{lang.value}.html"
        write_atomic(page, render_checks_page(results, occasion, lang, now()).encode())
        pages.append(page)
    return tuple(pages)


def tell_refusal(workspace: Workspace, error: TableRefused | RecordRefused, occasion: Occasion) -> None:
    """Write the page of a refusal and name it in the error's hint."""
    pages = write_checks(workspace, error.results, occasion)
    lang = workspace.settings.lang
    page = next((page for page in pages if page.suffixes[-2:-1] == [f".{lang}"]), pages[0])
    error.hint = f"{error.hint}; every expectation and its rows: {page}"


def checks_document(results: Sequence[TableResult], pages: Sequence[Path]) -> dict[str, Any]:
    """What commands say of it with --json."""
    return {"tables": [result.to_document() for result in results], "pages": [str(page) for page in pages]}


def _own(workspace: Workspace, table: str) -> tuple[Suite, ...]:
    return own_suites(checked_suites(workspace) / table)


def _stopping(suite: Suite) -> Suite:
    def strict(on_failure: OnFailure) -> OnFailure:
        return OnFailure.STOP if on_failure is OnFailure.HOLD else on_failure

    return replace(
        suite, expectations=tuple(replace(item, on_failure=strict(item.on_failure)) for item in suite.expectations)
    )


def _without(admission: Admission, images: set[str], *, asked: bool) -> Admission:
    out = [image for image in admission.cleared if image.image_id in images]
    if not out:
        return admission
    why = "its row fails an expectation that holds it; the page reports/checks-training says which"
    refusals = tuple(
        Refusal(image.image_id, "expectation-failed", f"Image {image.image_id[:12]}… is held: {why}.") for image in out
    )
    kept = tuple(image for image in admission.cleared if image.image_id not in images)
    held = replace(admission, cleared=kept, unsafe=any(image.standing.unsafe for image in kept))
    if asked:
        return replace(held, refused=(*admission.refused, *refusals))
    return replace(held, held=(*admission.held, *refusals))
