"""The review page over a workspace: where its ledger, pictures, keys and policy are, and how it is reached."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from audit.ledger import Ledger
from audit.report.wording import Lang
from audit.review.assemble import Place, review_site
from audit.review.guard import Guard
from audit.review.overview_pages import KeptReport
from audit.review.sessions import Links
from audit.review.signing_in import Proxy
from audit.review.site import Site
from audit.reviewers import ReviewerRecord, resolve, reviewers
from curate.decode import DecodeLimits
from curate.errors import ExitCode, ImprimaturError
from curate.picture_view import ViewPool
from curate.policy.document import PolicyError, load_policy
from imprimatur.acting import account_of
from imprimatur.catalogue_place import CatalogueUnknown, live_table
from imprimatur.record_book import now, open_ledger
from imprimatur.workspace import Workspace

VIEW_WORKERS = 2


class ReviewRefused(ImprimaturError):
    """The page cannot be reached the way that was asked for."""

    code = "IMP-E124"
    exit_code = ExitCode.USAGE


@dataclass(frozen=True)
class SignInLink:
    """A link that signs `name` in once, until `expires`."""

    reviewer: str
    name: str
    url: str
    expires: datetime


class LiveFiles:
    """Where the catalogue has a picture now. The table is read again at most every REFRESH; a file is taken only if the
    last decision knows it under that name."""

    REFRESH = timedelta(seconds=30)

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._lock = threading.Lock()
        self._read: datetime | None = None
        self._paths: dict[str, Path] = {}

    def of(self, names: tuple[str, ...]) -> Path | None:
        """The local file of the first of `names` that the catalogue still has."""
        with self._lock:
            if self._read is None or now() - self._read > self.REFRESH:
                self._paths = self._table()
                self._read = now()
            return next((self._paths[name] for name in names if name in self._paths), None)

    def _table(self) -> dict[str, Path]:
        try:
            table = live_table(self._workspace)
        except CatalogueUnknown:
            return {}  # no catalogue any more: no picture is shown, and none is approved
        found = {}
        for name in (str(name) for name in table.frame["file_name"]):
            try:
                found[name] = table.local_path(name)
            except ImprimaturError:
                continue  # a name that leads nowhere shows no picture
        return found


@contextmanager
def opened_site(workspace: Workspace, *, host: str, port: int) -> Iterator[tuple[Site, Ledger]]:
    """The site over this workspace, its workers and its ledger; they end with the block."""
    settings = workspace.settings.review
    live = LiveFiles(workspace)

    def policy_now() -> str | None:
        try:
            return load_policy(workspace.policy_folder).ref.sha256
        except PolicyError:
            return None

    def report_of(lang: Lang) -> KeptReport | None:
        path = workspace.reports / f"report.{lang.value}.html"  # the name that `imprimatur report` gives it
        if not path.is_file():
            return None
        with path.open("rb") as stream:  # the time and the words of the same file
            return KeptReport(stream.read(), datetime.fromtimestamp(os.fstat(stream.fileno()).st_mtime, UTC))

    with open_ledger(workspace, write=True) as ledger, ViewPool(_limits(workspace), VIEW_WORKERS) as pool:
        place = Place(
            state=workspace.folder / "state" / "review",
            cache=workspace.review_cache,
            key_of=workspace.reviewer_key_path,
            file_of=live.of,
            policy_now=policy_now,
            clock=now,
            report_of=report_of,
            account=account_of(ledger),
            keeps=frozenset(workspace.settings.use.keeps),
        )
        names = {f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]", host)} | set(settings.hosts)
        guard = Guard(frozenset(names), settings.scheme)
        proxy = Proxy(
            settings.identity_header.lower() if settings.identity_header else None, frozenset(settings.trusted_proxies)
        )
        yield review_site(ledger, pool, place, guard, proxy, Lang(workspace.settings.lang)), ledger


def serve_review(workspace: Workspace, *, host: str, port: int) -> None:
    """Serve the page until interrupted.

    Raises:
        ReviewRefused: an address beyond this machine without a host name in the settings.
    """
    from audit.review.web import serve

    if host not in ("127.0.0.1", "::1", "localhost") and not workspace.settings.review.hosts:
        raise ReviewRefused(
            f"A loopback address was expected, found {host}; beyond this machine the page wants a reverse proxy with TLS "
            "and its name in the settings.",
            hint='[review] hosts = ["review.example.co.jp"] in imprimatur.toml',
        )
    with opened_site(workspace, host=host, port=port) as (site, _):
        serve(site, host, port)


def sign_in_links(
    workspace: Workspace, people: list[str], *, host: str, port: int, minutes: int | None = None
) -> tuple[SignInLink, ...]:
    """One-time links for these reviewers (id or name); for everybody in office when none is named."""
    valid = timedelta(minutes=minutes or workspace.settings.review.link_minutes)
    links = Links(workspace.folder / "state" / "review" / "links.json", now)
    with open_ledger(workspace) as ledger:
        chosen: list[ReviewerRecord] = [resolve(ledger, name) for name in people] if people else list(reviewers(ledger))
    made = []
    for record in chosen:
        if record.active(now()):
            url = f"{_base(workspace, host, port)}/sign-in/{links.mint(record.reviewer, valid)}"
            made.append(SignInLink(record.reviewer, record.name or record.reviewer, url, now() + valid))
    return tuple(made)


def _base(workspace: Workspace, host: str, port: int) -> str:
    settings = workspace.settings.review
    return f"{settings.scheme}://{settings.hosts[0]}" if settings.hosts else f"http://{host}:{port}"


def _limits(workspace: Workspace) -> DecodeLimits:
    return DecodeLimits(pixels=workspace.settings.curate.max_pixels, seconds=workspace.settings.curate.max_seconds)
