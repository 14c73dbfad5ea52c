"""One image: its card, its pictures, and asking to see what is blurred."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from audit.approving import Verdict
from audit.conditions import CONDITIONS
from audit.entry import EntryKind
from audit.ledger import Ledger
from audit.review import rendering
from audit.review.board import Board
from audit.review.card import Card, Line, Question, boxes_of, card_of
from audit.review.deciding import REASONS, Deciding
from audit.review.exchange import Refused, Reply, see_other
from audit.review.headline import headline, place_in_words, places_in_words
from audit.review.keyring import KeyRing
from audit.review.listing import read_search
from audit.review.pictures import LARGE, SIZES, Pictures, Size
from audit.review.sessions import UNBLURRED
from audit.review.visit import IMAGE, Route, Visit, route
from audit.standing import StandingState
from curate.picture_view import NotShown

_NO_PICTURE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 270"><path d="M120 85h120v100H120zM120 185l45-50 30 30 15-15 '
    b'30 35M130 70l100 130" fill="none" stroke="#8794a2" stroke-width="3"/></svg>'
)


class CardPages:
    """Handlers under `/image/` and `/picture/`."""

    def __init__(
        self,
        board: Board,
        ledger: Ledger,
        pictures: Pictures,
        deciding: Deciding,
        keys: KeyRing,
        keeps: frozenset[str],
    ) -> None:
        self._board, self._ledger, self._pictures = board, ledger, pictures
        self._deciding, self._keys, self._keeps = deciding, keys, keeps
        self.routes: Sequence[Route] = (
            route("GET", f"/image/{IMAGE}", self.show),
            route("POST", f"/image/{IMAGE}/unblur", self.unblur),
            route("GET", f"/picture/{IMAGE}/(?P<size>thumb|large|clear)", self.picture),
        )

    def show(self, visit: Visit) -> Reply:
        words, image = visit.words, visit.names["image"]
        clear = visit.session.sees_clearly(image, visit.now)
        card = self._card(image, visit.person.reviewer, clear)
        search = read_search(visit.request)
        wish = visit.request.asked("verdict")
        verdict = Verdict(wish) if wish in set(Verdict) else None
        made = self._view(card, LARGE)  # also for the request that follows at once
        size = self._pictures.full_size(image)
        return rendering.page(
            "card.html.j2",
            words,
            **visit.frame,
            card=card,
            head=headline(card.row, card.case, words, visit.person.roles),
            title=words.pick(card.row.title_en, card.row.title_ja) or card.row.file_name or words("(words erased)"),
            size=size,
            boxes=boxes_of(card.findings),
            serious=[
                words.short(kind) for kind in dict.fromkeys(f.kind for f in card.findings if f.severity != "info")
            ],
            fact=lambda value: ", ".join(words.coded("value-of", part) for part in value.split(", ")),
            place=lambda name: place_in_words(name, words),
            words_of=lambda sentence: places_in_words(sentence, words),
            missing=made.reason if isinstance(made, NotShown) else None,
            clear=clear,
            search=search,
            verdict=verdict.value if verdict else None,
            reasons=REASONS[verdict] if verdict else (),
            conditions=[(code, code in self._keeps) for code in CONDITIONS],
            questions=self._questions(card, visit),
            asked_about=visit.request.asked("question"),
            latest=self._latest(image, visit),
            may=self.may(card, visit),
            next=self._board.next_after(image, search.wanted, search.text, search.sort, visit.person.reviewer),
            names={p.reviewer: p.name or p.reviewer for p in self._board.reviewers()},
            key=self._keys.state(visit.person.reviewer).value,
        )

    def may(self, card: Card, visit: Visit) -> dict[str, bool]:
        """Which decisions this person can take on this card now: what cannot be recorded is not offered."""
        case, said = card.case, card.case.said.get(visit.person.reviewer)
        fits = case.asks_of(visit.person.roles)
        decided = card.row.outcome in ("memorize", "review")
        asked = "information-asked" in case.obstacles
        undecided = said is None
        return {
            "approve": fits and ((case.open and undecided) or (asked and said != "reject")),
            "to-index": decided and (case.open or asked) and said not in ("to-index", "reject"),
            "reject": decided and said != "reject" and case.standing.state.value != "withdrawn",
            "ask": decided and case.standing.state.value != "withdrawn" and not asked,
            "answer": asked,
        }

    def _questions(self, card: Card, visit: Visit) -> list[Question]:
        """What is open about the image, and what was answered; the newest answer last."""
        with self._board.current() as cases:
            asked = {say.index: say.reviewer for say in cases.open_questions(card.row.image_id)}
            told = cases.book.answers.get(card.row.image_id, ())
            answers = {a.index: a.statement.question for a in told if a.statement is not None}
            gone = {who for who in asked.values() if who in cases.book.revoked_from}
        lines = {line.index: line for line in card.history}
        me = visit.person.reviewer
        return [
            Question(
                index,
                lines[index],
                tuple(lines[number] for number, about in answers.items() if about == index and number in lines),
                who == me or who in gone,
            )
            for index, who in asked.items()
            if index in lines
        ]

    def unblur(self, visit: Visit) -> Reply:
        """Record that this person asked to see; then, for a while, the picture is served as it is."""
        image = visit.names["image"]
        if self._board.find(image) is None:
            raise Refused("not-found", 404)
        self._deciding.log_unblur(image, visit.person.reviewer)
        visit.session.unblurred[image] = visit.now + UNBLURRED
        return see_other(f"/image/{image}", read_search(visit.request).pairs())

    def picture(self, visit: Visit) -> Reply:
        """JPEG made here. The id is looked up in the ledger; nothing of the request becomes a path."""
        image = visit.names["image"]
        if self._board.find(image) is None:
            raise Refused("not-found", 404)
        if visit.names["size"] == "clear":
            if not visit.session.sees_clearly(image, visit.now):
                raise Refused("not-unblurred")
            withdrawn = _is_withdrawn(self._card(image, visit.person.reviewer))
            return _jpeg(NotShown("withdrawn") if withdrawn else self._pictures.get_clear(image), "no-store")
        made = self._view(self._card(image, visit.person.reviewer), SIZES.get(visit.names["size"], LARGE))
        return _jpeg(made, "private, max-age=600")

    def _view(self, card: Card, size: Size) -> bytes | NotShown:
        """A view of the picture; of one that was withdrawn none is made, and none is kept."""
        image = card.row.image_id
        made = NotShown("withdrawn") if _is_withdrawn(card) else self._pictures.get(image, size, card.blurred)
        if _is_withdrawn(card) or image in self._board.withdrawn():  # or meanwhile
            self._pictures.forget(image)
            return NotShown("withdrawn")
        return made

    def _card(self, image: str, viewer: str, clear: bool = False) -> Card:
        found = self._board.find(image)
        if found is None:
            raise Refused("not-found", 404)
        decision = next(e for e in reversed(self._board.history(image)) if e.kind is EntryKind.DECISION)
        card = card_of(self._board, image, self._ledger.payload(decision.index), decision.body, viewer, clear=clear)
        if card is None:
            raise Refused("not-found", 404)
        return replace(card, history=tuple(self._with_note(line) for line in card.history))

    def _with_note(self, line: Line) -> Line:
        if line.kind == EntryKind.DECISION.value:
            return line
        stored = self._ledger.payload(line.index)
        note = stored.get("note") if isinstance(stored, dict) else None
        return replace(line, note=None if note is None else str(note))

    def _latest(self, image: str, visit: Visit) -> str:
        """The last day (ISO) that an approval given now may count, for the form."""
        with self._board.current() as cases:
            ruling = cases.ruling(image)
        days = ruling.valid_days if ruling and ruling.valid_days is not None else 365
        return (visit.now + timedelta(days=days)).date().isoformat()


def _is_withdrawn(card: Card) -> bool:
    return card.case.standing.state is StandingState.WITHDRAWN


def _jpeg(made: bytes | NotShown, cache: str) -> Reply:
    """The picture, or a drawing that says: no picture."""
    if isinstance(made, NotShown):
        return Reply(_NO_PICTURE, content_type="image/svg+xml", headers=(("cache-control", "no-store"),))
    return Reply(made, content_type="image/jpeg", headers=(("cache-control", cache),))
