"""One sentence per image: what it is, why it may or may not be remembered, who said so and until when."""

from __future__ import annotations

from audit.report.data import Approver, ImageLine
from audit.report.wording import Lang, Words
from audit.standing import StandingState
from curate.decision import Outcome

_STOPPED = (StandingState.EXPIRED, StandingState.SUSPENDED, StandingState.WITHDRAWN)


def sentence(line: ImageLine, words: Words) -> str:
    """The sentence in plain text; whoever puts it into HTML escapes it."""
    rest = [part for part in (_who(line, words), _model(line, words)) if part]
    what, verdict = _what(line, words), _verdict(line, words)
    if not rest:
        return words("sentence.join-short", what=what, verdict=verdict)
    return words("sentence.join", what=what, verdict=verdict, rest=words("sentence.separator").join(rest))


def who(approver: Approver, words: Words) -> str:
    """`A. Sato (compliance, 2 Jan 2026)`; the pseudonymous id once the name is erased."""
    return words(
        "sentence.approver",
        who=approver.name or approver.reviewer,
        role=words.code("role", approver.role),
        day=words.day(approver.signed_at),
    )


def state_words(state: StandingState, reasons: tuple[str, ...], words: Words) -> str:
    """Why an image stands as it does; the state itself where no reason is recorded."""
    said = [words.code("standing", reason) for reason in reasons]
    return words("and").join(said) or words(f"state.{state.value}")


def _what(line: ImageLine, words: Words) -> str:
    kind = words(f"class.{line.content_class or 'unknown'}")
    title = words.pick(line.title_en, line.title_ja)
    if title:
        return words("sentence.named", kind=kind, title=title)
    if line.words_withheld:
        return words("sentence.withheld", kind=kind)
    return kind


def _verdict(line: ImageLine, words: Words) -> str:
    stands = state_words(line.state, line.state_reasons, words)
    if line.state is StandingState.CLEARED:
        return words("sentence.cleared", why=_why(line, words))
    if line.state in _STOPPED:
        return words("sentence.stopped", why=stands)
    if line.state is StandingState.AWAITING:
        return words("sentence.awaiting", why=words("and").join((_why(line, words), stands)))
    if line.outcome is Outcome.DENY:
        return words("sentence.deny", why=_why(line, words))
    if line.outcome is Outcome.INDEX:
        return words("sentence.index", why=_why(line, words))
    if line.outcome is Outcome.REVIEW and "rejected" not in line.state_reasons:
        return words("sentence.held", why=_why(line, words))
    return words("sentence.excluded", why=stands)


def _why(line: ImageLine, words: Words) -> str:
    """Deciding rules in words, joined; ids where the wording was erased."""
    said = []
    for reason in line.reasons:
        if reason.deciding:
            text = words.pick(reason.en, reason.ja)
            said.append(_inner(text, words.lang) if text else words("sentence.no-reason", rule=reason.rule))
    return words("sentence.separator").join(said) or words("not-recorded")


def _inner(text: str, lang: Lang) -> str:
    """A full sentence made fit to stand inside another one."""
    text = text.strip().rstrip(".。")
    if lang is Lang.EN and len(text) > 1 and text[0].isupper() and text[1].islower():
        text = text[0].lower() + text[1:]
    return text


def _who(line: ImageLine, words: Words) -> str:
    if not line.approvers:
        return words("sentence.nobody") if line.state is StandingState.CLEARED else ""
    people = words("and").join(who(approver, words) for approver in line.approvers)
    if line.state is StandingState.CLEARED and line.expires_at is not None:
        return words("sentence.approved-until", people=people, day=words.day(line.expires_at))
    return words("sentence.approved", people=people)


def _model(line: ImageLine, words: Words) -> str:
    if not line.in_models:
        return ""
    last = line.in_models[-1]
    if line.state is StandingState.CLEARED:
        return words("sentence.in-model", identifier=last.identifier or last.run)
    return words("sentence.still-in-model", run=last.run)
