"""Input that can be used, but does not say what somebody thought it says: each is told in one sentence with a hint."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from curate.errors import ExitCode, ImprimaturError
from curate.record import ImageRecord
from curate.search_log import LoggedQuery
from curate.value.budget import QUOTA_HINT, Grouping, Quota, QuotaError
from curate.value.placing import NO_LINE, Wishes

_SHOWN = 3  # names


class UnknownImagesInLog(ImprimaturError):
    """The search log names files which the catalogue does not have."""

    code = "IMP-E210"
    exit_code = ExitCode.USAGE


class EmptyLog(ImprimaturError):
    """The search log has no rows, so that demand is unknown for every image."""

    code = "IMP-E212"
    exit_code = ExitCode.USAGE


class FutureDates(ImprimaturError):
    """The search log or the catalogue states dates after today."""

    code = "IMP-E211"
    exit_code = ExitCode.USAGE


class UnknownWish(ImprimaturError):
    """A pinned or barred file is not in the catalogue."""

    code = "IMP-E244"
    exit_code = ExitCode.USAGE


def odd_input(
    records: Sequence[ImageRecord],
    log: Sequence[LoggedQuery] | None,
    wishes: Wishes,
    *,
    today: date,
    quotas: Sequence[Quota] = (),
) -> tuple[ImprimaturError, ...]:
    """What is odd and was passed over. `log`: None where there is none.

    Raises:
        UnknownImagesInLog, FutureDates: not one row of the log is of use, so value would rest on nothing.
    """
    known = {name for record in records for name in record.file_names}
    found = [*odd_log(known, log, today=today)]
    ahead = [
        r.file_names[0] for r in records if _ahead(r.business.changed_at, today) or _ahead(r.rights.collected_at, today)
    ]
    if ahead:
        found.append(
            FutureDates(
                f"catalogue: expected changed_at and collected_at up to {today}, found later ones for {len(ahead)} of {len(records)} images "
                f"({_some(ahead)}); they count as unknown",
                hint="correct the dates in the catalogue, then imprimatur curate again",
            )
        )
    found += _of_no_line(records, quotas)
    lost = [name for name in (*wishes.pins, *wishes.barred) if name not in known]
    if lost:
        found.append(
            UnknownWish(
                f"pins and bars: expected files of the catalogue, found {len(lost)} others ({_some(lost)}); they change nothing",
                hint="correct [curate.pins] and [curate.barred] in imprimatur.toml",
            )
        )
    return tuple(found)


def odd_log(known: Collection[str], log: Sequence[LoggedQuery] | None, *, today: date) -> tuple[ImprimaturError, ...]:
    """What is odd about a search log. `known`: the files of the catalogue, or those of them that the log names.

    Raises:
        UnknownImagesInLog, FutureDates: as `odd_input`.
    """
    if log is None:
        return ()
    if not log:
        empty = EmptyLog(
            "search log: expected at least one row, found none; demand is unknown for every image",
            hint="write the rows timestamp,query,file_name,count into the log, then imprimatur curate again",
        )
        return (empty,)
    found: list[ImprimaturError] = []
    strangers = [row.file_name for row in log if row.file_name not in known]
    if strangers:
        notice = UnknownImagesInLog(
            f"search log: expected files of the catalogue, found {len(strangers)} of {len(log)} rows with others "
            f"({_some(strangers)}); they count for no image",
            hint="write file_name in the log as the catalogue does, then imprimatur curate again",
        )
        if len(strangers) == len(log):
            raise notice
        found.append(notice)
    later = [row for row in log if row.timestamp is not None and row.timestamp.date() > today]
    if later:
        notice_later = FutureDates(
            f"search log: expected dates up to {today}, found {len(later)} of {len(log)} rows dated later; they are left out",
            hint="correct timestamp in the log, then imprimatur curate again",
        )
        if len(later) == len(log):
            raise notice_later
        found.append(notice_later)
    return tuple(found)


def _of_no_line(records: Sequence[ImageRecord], quotas: Sequence[Quota]) -> list[ImprimaturError]:
    """Quotas for product lines that no image has."""
    lines = {record.business.product_line or NO_LINE for record in records}
    lost = [q.name for q in quotas if q.grouping is Grouping.PRODUCT_LINE and q.name not in lines]
    if not lost:
        return []
    said = (
        f"quotas: expected product lines of the catalogue, found {len(lost)} others ({_some(lost)}); they limit nothing"
    )
    return [QuotaError(said, hint=QUOTA_HINT)]


def _ahead(stated: date | None, today: date) -> bool:
    return stated is not None and stated > today


def _some(names: Iterable[str]) -> str:
    distinct = list(dict.fromkeys(names))
    return ", ".join(distinct[:_SHOWN]) + (" …" if len(distinct) > _SHOWN else "")
