"""Deciding in two steps: a draft that can be dropped, then the record; one image, or many that are denied or indexed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from audit.approving import Verdict, Wish
from audit.conditions import CONDITIONS, unmet
from audit.ledger import Ledger
from audit.review import rendering
from audit.review.board import Board
from audit.review.deciding import BULK, MOST_AT_ONCE, REASONS, CaseChanged, Deciding, Draft
from audit.review.exchange import Refused, Reply, see_other
from audit.review.headline import headline
from audit.review.keyring import KeyRing, PassphraseRefused
from audit.review.listing import read_search
from audit.review.queue_pages import tile
from audit.review.sessions import Brake
from audit.review.signing_in import signer_of, unlocked
from audit.review.visit import IMAGE, Route, Visit, route
from curate.errors import ImprimaturError

LONGEST_NOTE = 2000  # characters of a question or remark
MOST_DRAFTS = 50
_ID = re.compile(r"[0-9a-f]{64}")


class DecidePages:
    """Handlers under `/image/…/draft`, `/bulk` and `/drafts`."""

    def __init__(
        self, board: Board, ledger: Ledger, deciding: Deciding, keys: KeyRing, brake: Brake, keeps: frozenset[str]
    ) -> None:
        self._board, self._ledger, self._deciding, self._keys, self._brake = board, ledger, deciding, keys, brake
        self._keeps = keeps
        draft = r"/drafts/(?P<draft>[A-Za-z0-9_-]{12})"
        self.routes: Sequence[Route] = (
            route("POST", f"/image/{IMAGE}/draft", self.draft_one),
            route("POST", "/bulk", self.draft_many),
            route("GET", "/drafts", self.list),
            route("GET", draft, self.show),
            route("POST", f"{draft}/record", self.record),
            route("POST", f"{draft}/drop", self.drop),
        )

    def draft_one(self, visit: Visit) -> Reply:
        request, image = visit.request, visit.names["image"]
        verdict = _verdict(request.field("verdict"))
        seen = request.field("seen")
        if not seen.isdigit() or len(seen) > 12:
            raise Refused("form", 400)
        case = self._board.find(image)
        question = request.field("question")
        if verdict is Verdict.ANSWER and not (question.isascii() and question.isdigit() and len(question) <= 12):
            raise Refused("form", 400)
        wish = Wish(
            verdict=verdict,
            image_ids=(image,),
            reason=_reason(verdict, request.field("reason")),
            expires=_expiry(request.field("expires")) if verdict is Verdict.APPROVE else None,
            conditions=_conditions(request.fields("condition")) if verdict is Verdict.APPROVE else (),
            note=_note(verdict, request.field("reason"), request.field("note")),
            second_opinion=case is not None and case[1].people > 1,
            question=int(question) if verdict is Verdict.ANSWER else None,
        )
        made = self._keep(visit, self._deciding.draft(wish, [(image, int(seen))]))
        return see_other(f"/drafts/{made.draft_id}", read_search(request).pairs())

    def draft_many(self, visit: Visit) -> Reply:
        """Deny or index several at once; each picture is shown again with its findings before anything is recorded."""
        request = visit.request
        verdict = _verdict(request.field("verdict"))
        if verdict not in BULK:
            raise Refused("bulk-verdict")
        pairs = [value.partition(":") for value in request.fields("pick")]
        seen = [(image, int(index)) for image, _, index in pairs if _ID.fullmatch(image) and index.isdigit()]
        if not seen or len(seen) > MOST_AT_ONCE:
            return see_other("/", read_search(request).pairs())
        wish = Wish(verdict, tuple(image for image, _ in seen), _reason(verdict, request.field("reason")))
        made = self._keep(visit, self._deciding.draft(wish, seen))
        return see_other(f"/drafts/{made.draft_id}", read_search(request).pairs())

    def list(self, visit: Visit) -> Reply:
        """Everything decided and not yet recorded."""
        shown = [
            (made, [self._tile(image, visit) for image, _ in made.seen[:6]]) for made in visit.session.drafts.values()
        ]
        return self._page("drafts.html.j2", visit, entries=shown)

    def show(self, visit: Visit) -> Reply:
        return self._confirm(visit, self._draft(visit))

    def drop(self, visit: Visit) -> Reply:
        """Undo: nothing was recorded, and now nothing will be."""
        made = visit.session.drafts.pop(visit.names["draft"], None)
        back = read_search(visit.request).pairs()
        return see_other(f"/image/{made.seen[0][0]}" if made and not made.bulk else "/", back)

    def record(self, visit: Visit) -> Reply:
        made, person, session = self._draft(visit), visit.person, visit.session
        names = (f"peer:{visit.request.peer}", f"who:{person.reviewer}")
        if self._brake.holds(*names):
            raise Refused("too-many-tries", 429)
        try:
            unlocked(session, self._keys, person, visit.request.field("passphrase"), visit.now)
        except PassphraseRefused:
            self._brake.failed(*names)
            return self._confirm(visit, made, 403, "The passphrase does not open your key. Nothing was recorded.")
        signer = signer_of(visit, self._keys, self._ledger)
        if signer is None:
            return self._confirm(visit, made, 403, "Type your passphrase: this is your signature.")
        try:
            entries = self._deciding.record(made, signer)
        except CaseChanged:
            session.drafts.pop(made.draft_id, None)
            raise
        except ImprimaturError as refusal:
            return self._confirm(
                visit,
                made,
                422,
                visit.words("The record refused this: {message}", message=visit.words.refusal(refusal)),
            )
        session.drafts.pop(made.draft_id, None)
        search = read_search(visit.request)
        image = made.seen[0][0]
        return self._page(
            "recorded.html.j2",
            visit,
            entries=entries,
            made=made,
            tiles=[self._tile(image, visit) for image, _ in made.seen],
            standings=[
                (image, found[1].standing)
                for image, _ in made.seen
                if (found := self._board.find(image)) and found[1].sees_others(person.reviewer)
            ],
            search=search,
            next=self._board.next_after(image, search.wanted, search.text, search.sort, person.reviewer),
        )

    def _confirm(self, visit: Visit, made: Draft, status: int = 200, problem: str | None = None) -> Reply:
        image = made.seen[0][0]
        found = self._board.find(image)
        return self._page(
            "confirm.html.j2",
            visit,
            status,
            made=made,
            wish=made.wish,
            tiles=[self._tile(image, visit) for image, _ in made.seen],
            head=headline(*found, visit.words, visit.person.roles) if found else None,
            search=read_search(visit.request),
            key=self._keys.state(visit.person.reviewer).value,
            unlocked=visit.session.open_key(visit.now) is not None,
            problem=problem,
            unkept=unmet(made.wish.conditions, self._keeps, "somebody"),
        )

    def _page(self, template: str, visit: Visit, status: int = 200, **context: object) -> Reply:
        return rendering.page(
            template,
            visit.words,
            status,
            **visit.frame,
            **context,
        )

    def _tile(self, image: str, visit: Visit) -> object:
        found = self._board.find(image)
        if found is None:
            raise Refused("not-found", 404)
        return tile(*found, read_search(visit.request), visit)

    def _draft(self, visit: Visit) -> Draft:
        made = visit.session.drafts.get(visit.names["draft"])
        if made is None:
            raise Refused("draft-gone", 409)
        return made

    def _keep(self, visit: Visit, made: Draft) -> Draft:
        drafts = visit.session.drafts
        while len(drafts) >= MOST_DRAFTS:
            drafts.pop(next(iter(drafts)))
        drafts[made.draft_id] = made
        return made


def _verdict(value: str) -> Verdict:
    if value not in set(Verdict):
        raise Refused("form", 400)
    return Verdict(value)


def _reason(verdict: Verdict, value: str) -> str:
    """A code of the list; no approval, denial or question without one."""
    if value not in REASONS[verdict]:
        raise Refused("reason-missing", 422)
    return value


def _conditions(asked: Sequence[str]) -> tuple[str, ...]:
    """Never an approval without a condition that was asked for."""
    if set(asked) - set(CONDITIONS):
        raise Refused("condition", 422)
    return tuple(asked)


def _note(verdict: Verdict, reason: str, text: str) -> str | None:
    """Free text for the erasable store. A question has to be asked, an answer given, and 'other' explained."""
    note = text.strip()[:LONGEST_NOTE]
    if not note and (verdict is Verdict.ASK or reason in ("other", "answered")):
        raise Refused("note-missing", 422)
    return note or None


def _expiry(text: str) -> datetime | None:
    """The moment after the last day (UTC) on which it counts; None when the field was left empty."""
    if not text:
        return None
    try:
        return datetime.combine(date.fromisoformat(text) + timedelta(days=1), time.min, UTC)
    except ValueError as error:
        raise Refused("form", 400) from error
