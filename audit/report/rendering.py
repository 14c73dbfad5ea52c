"""The one place that knows Jinja2: templates of this package, everything escaped, a missing value is an error."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from audit.report.wording import Words

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("audit.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(template: str, words: Words, **context: object) -> str:
    """The page as text; `t` is the wording in the template."""
    return _environment().get_template(template).render(t=words, lang=words.lang.value, **context)
