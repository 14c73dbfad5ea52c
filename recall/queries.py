"""Queries with known answers, out of the plan or a file, and the results of the search that is in use today."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curate.errors import ExitCode, ImprimaturError
from curate.ngrams import normalise
from curate.record import ImageRecord


class QueriesError(ImprimaturError):
    """A file of queries or of search results cannot be used."""

    code = "IMP-E504"
    exit_code = ExitCode.USAGE


_FORM = 'one JSON object a line: {"query": "…", "relevant": ["image id or file name", …]}'
_COLUMNS = ("query", "rank", "file_name", "latency_ms")


@dataclass(frozen=True, slots=True)
class QueryCase:
    """A query and its right answers (image ids); empty means that the right answer is none."""

    query: str
    relevant: frozenset[str]
    language: str = "und"


@dataclass(frozen=True, slots=True)
class ImageNames:
    """Under which names images are known: their ids and the file names of the catalogue."""

    ids: frozenset[str]
    by_file: Mapping[str, str]

    @classmethod
    def of(cls, records: Iterable[ImageRecord]) -> ImageNames:
        known = tuple(records)
        return cls(
            frozenset(record.image_id for record in known),
            {name: record.image_id for record in known for name in record.file_names},
        )

    def find(self, name: str) -> str | None:
        """The image id that `name` (id or file name) means, None when nothing has that name."""
        return name if name in self.ids else self.by_file.get(name)


@dataclass(frozen=True, slots=True)
class PresentAnswer:
    """What the present search returned for a query, best first; `latency_ms` None where the file has none."""

    images: tuple[str, ...]
    latency_ms: float | None


def read_cases(path: Path, names: ImageNames) -> tuple[QueryCase, ...]:
    """The queries of a JSON Lines file; blank lines are skipped.

    Raises:
        QueriesError: the file cannot be read, a line is not of the expected form, a query comes twice with different
            answers, or an image is unknown; the message names the line.
    """
    cases: dict[str, QueryCase] = {}
    for number, line in enumerate(_text_of(path, ("utf-8-sig",)).splitlines(), start=1):
        if not line.strip():
            continue
        case = _case(path, number, line, names)
        key = normalise(case.query)
        if key in cases and cases[key].relevant != case.relevant:
            raise _refused(path, number, f"each query once, found '{case.query}' again with other answers")
        cases.setdefault(key, case)
    if not cases:
        raise QueriesError(f"{path}: expected {_FORM}; found no line.", hint=f"imprimatur evaluate --queries {path}")
    return tuple(cases.values())


def cases_of_plan(plan: Mapping[str, Any]) -> tuple[QueryCase, ...]:
    """Held-out queries, queries for images that only the index may show, and none-queries of a recorded plan."""
    asked = [*plan.get("held_out", ()), *plan.get("index_queries", ())]
    cases = [QueryCase(item["query"], frozenset(item["relevant"]), item.get("language", "und")) for item in asked]
    return (*cases, *(QueryCase(query, frozenset()) for query in plan.get("none_queries", ())))


def read_present(path: Path, names: ImageNames, cases: Sequence[QueryCase]) -> dict[str, PresentAnswer]:
    """The present search's answers by normalised query, from CSV with the columns query, rank, file_name, latency_ms.

    An empty `file_name` says that nothing was found. A file that is not in the catalogue counts as a wrong result.
    UTF-8, or Windows-31J as spreadsheets write it in Japan.

    Raises:
        QueriesError: columns or values are not as expected, or no query of the file is among `cases`.
    """
    rows = csv.DictReader(io.StringIO(_text_of(path, ("utf-8-sig", "cp932"))))
    if missing := [column for column in _COLUMNS if column not in (rows.fieldnames or ())]:
        found = ", ".join(rows.fieldnames or ()) or "no header"
        raise QueriesError(
            f"{path}: expected the columns {', '.join(_COLUMNS)}; {', '.join(missing)} missing, found {found}.",
            hint=f"imprimatur evaluate --compare {path}",
        )
    ranked: dict[str, dict[int, str]] = {}
    latency: dict[str, float] = {}
    for number, row in enumerate(rows, start=2):
        query = normalise(row["query"] or "")
        if not query:
            raise _refused(path, number, "a query, found an empty field")
        place = _number(path, number, "rank", row["rank"])
        if place < 1 or place != int(place):
            raise _refused(path, number, f"a rank of 1 or more, found '{row['rank']}'")
        if int(place) in ranked.setdefault(query, {}):
            raise _refused(path, number, f"each rank once a query, found rank {int(place)} again")
        name = (row["file_name"] or "").strip()
        ranked[query][int(place)] = (names.find(name) or f"not in the catalogue: {name}") if name else ""
        if (row["latency_ms"] or "").strip():
            latency[query] = max(latency.get(query, 0.0), _number(path, number, "latency_ms", row["latency_ms"]))
    if not {normalise(case.query) for case in cases} & set(ranked):
        raise QueriesError(
            f"{path}: expected results for the {len(cases)} queries of this evaluation, found none of them.",
            hint=f"imprimatur evaluate --queries FILE --compare {path}",
        )
    return {
        query: PresentAnswer(tuple(dict.fromkeys(found[k] for k in sorted(found) if found[k])), latency.get(query))
        for query, found in ranked.items()
    }


def _case(path: Path, number: int, line: str, names: ImageNames) -> QueryCase:
    try:
        document = json.loads(line)
    except json.JSONDecodeError as error:
        raise _refused(path, number, f"{_FORM}; found no JSON ({error.msg}, column {error.colno})") from error
    query = document.get("query") if isinstance(document, dict) else None
    relevant = document.get("relevant") if isinstance(document, dict) else None
    if not isinstance(query, str) or not normalise(query):
        raise _refused(path, number, f"{_FORM}; found no query")
    if not isinstance(relevant, list) or not all(isinstance(name, str) for name in relevant):
        raise _refused(path, number, f"{_FORM}; found no list 'relevant'")
    found = {name: names.find(name) for name in relevant}
    unknown = [name for name, image in found.items() if image is None]
    if unknown:
        raise _refused(path, number, f"images of the recorded catalogue in 'relevant', found unknown '{unknown[0]}'")
    language = document.get("language", "und")
    return QueryCase(query, frozenset(image for image in found.values() if image is not None), str(language))


def _text_of(path: Path, encodings: Sequence[str]) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise QueriesError(
            f"{path}: expected a readable file, found: {error.strerror or error}.", hint="imprimatur evaluate --help"
        ) from error
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise QueriesError(
        f"{path}: expected text in {' or '.join(encodings)}, found other bytes.", hint="imprimatur evaluate --help"
    )


def _number(path: Path, line: int, column: str, text: str | None) -> float:
    try:
        value = float(text or "")
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value < 0:
        raise _refused(path, line, f"a number of 0 or more in '{column}', found '{text}'")
    return value


def _refused(path: Path, line: int, what: str) -> QueriesError:
    return QueriesError(f"{path}, line {line}: expected {what}.", hint="imprimatur evaluate --help")
