"""Templates to bytes: everything escaped, a missing value is an error."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from audit.review.exchange import Reply
from audit.review.wording import Words

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("audit.review", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(template: str, words: Words, status: int = 200, **context: object) -> Reply:
    """The page as a reply; `t` is the wording in the template."""
    text = _environment().get_template(template).render(t=words, lang=words.lang.value, **context)
    return Reply(text.encode(), status, headers=(("cache-control", "no-store"),))
