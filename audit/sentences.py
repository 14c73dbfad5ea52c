"""Sentences out of gettext catalogues (.po files beside the code), read with Babel: the words of report and review page."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from gettext import GNUTranslations
from importlib.resources import files
from io import BytesIO


class Sentences:
    """The sentences of one language by id. `plain` holds those with one form; the others take a number."""

    def __init__(self, plain: Mapping[str, str], plural: Mapping[str, GNUTranslations]) -> None:
        self.plain = plain
        self._plural = plural

    def __contains__(self, key: object) -> bool:
        return key in self.plain or key in self._plural

    def of(self, key: str, number: object = None) -> str:
        """The sentence `key`, in the form for `number` where it has several.

        Raises:
            KeyError: no such sentence. TypeError: it has several forms and `number` is no whole number.
        """
        plain = self.plain.get(key)
        if plain is not None:
            return plain
        counting = self._plural[key]
        if type(number) is not int:
            raise TypeError(f"a whole number expected for {key}, {type(number).__name__} found")
        return counting.ngettext(key, key, number)


@cache
def read_sentences(package: str, domain: str, lang: str) -> Sentences:
    """The catalogue `locale/<lang>/LC_MESSAGES/<domain>.po` of `package`: read as it is written, in some 20 ms a process,
    so that nobody has to compile one. What is not translated, or marked as doubtful, is not there."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with (files(package) / "locale" / lang / "LC_MESSAGES" / f"{domain}.po").open("rb") as stream:
        catalogue = read_po(stream, locale=lang, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    translations = GNUTranslations(compiled)
    plain: dict[str, str] = {}
    plural: dict[str, GNUTranslations] = {}
    for message in catalogue:
        said = message.string
        if not message.id or message.fuzzy:
            continue
        if isinstance(message.id, str) and isinstance(said, str) and said:
            plain[message.id] = said
        elif isinstance(message.id, tuple) and isinstance(said, tuple) and all(said):
            plural[message.id[0]] = translations
    return Sentences(plain, plural)
