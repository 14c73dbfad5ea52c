"""Values in the forms that people give them: a name with or without an initial, an address with or without a town.

Each function draws one value; `names_en_writer` puts them into texts.
"""

from __future__ import annotations

import re

from benchmarks.screening.names_en_values import Values

# fmt: off
_MONTHS = "January February March April May June July August September October November December".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_FIRM_ENDINGS = (
    "Inc Inc. Ltd Ltd. LLC Corp Corp. Corporation Group Holdings Partners Associates Capital Systems Labs Technologies Solutions Media Bank Insurance Motors "
    "Energy Foods Airlines University College Institute Foundation Hospital Society Club GmbH AG SA AB Oy BV Consulting Ventures Studios Networks Health "
    "Analytics Logistics Software Interactive Records Publishing Investments Financial Services International & Co. & Sons Brothers"
).replace("& Co.", "&_Co.").replace("& Sons", "&_Sons").split()
# fmt: on


class Slots:
    def __init__(self, values: Values) -> None:
        self.v = values
        self.rng = values.rng

    # fmt: off
    def pattern(self, form: str) -> str:
        out = ""
        for character in form:
            out += str(self.rng.randint(0, 9)) if character == "#" else str(self.rng.randint(1, 9)) if character == "%" else self.rng.choice("ABCDEFGHJKLMNPRSTVWXYZ") if character == "?" else character
        return out

    def case_some(self, text: str) -> str:
        return text if self.rng.random() < 0.6 else text.lower() if self.rng.random() < 0.6 else text.title()

    def _given(self, people: tuple[list[str], list[str]]) -> str:
        if self.rng.random() < 0.2:
            return self.v.name_chain.word(self.rng).title()
        return self.rng.choice(people[0]).strip()

    def _surname(self, people: tuple[list[str], list[str]]) -> str:
        x = self.rng.random()
        name = self.v.name_chain.word(self.rng).title() if x < 0.25 else self.rng.choice(people[1]).strip()
        if x > 0.97:
            name = f"{self.rng.choice(['de', 'van', 'von', 'van der', 'Mc', 'O’', 'Al-', 'el', 'di', 'da', 'Le', 'St.', 'bin'])} {name}".replace("’ ", "'").replace("- ", "-").replace("Mc ", "Mc")
        elif x > 0.94:
            name = f"{name}-{self.rng.choice(people[1]).strip()}"
        return name

    def first(self) -> str:
        return self._given(self.rng.choice(self.v.people))

    def last(self) -> str:
        return self._surname(self.rng.choice(self.v.people))

    def person(self) -> str:
        people = self.rng.choice(self.v.people)
        given, surname, x = self._given(people), self._surname(people), self.rng.random()
        if x < 0.55:
            return f"{given} {surname}"
        if x < 0.70:
            return f"{given} {self.rng.choice('ABCDEFGHIJKLMNOPRSTVW')}{self.rng.choice(['.', ''])} {surname}"
        if x < 0.80:
            return surname
        if x < 0.90:
            return given
        if x < 0.94:
            return f"{given} {self._given(people)} {surname}"
        if x < 0.96:
            return f"{surname}, {given}"
        return f"{given[0]}. {surname}"

    def city(self) -> str:
        x = self.rng.random()
        name = self.rng.choice(self.v.large if x < 0.35 else self.v.cities) if x < 0.85 else self.v.place_chain.word(self.rng).title()
        if x > 0.97:
            name = f"{self.rng.choice(['St.', 'Saint', 'San', 'New', 'Port', 'Lake', 'Mount', 'Upper'])} {name}"
        return name.upper() if self.rng.random() < 0.1 else name

    def country(self) -> str:
        return self.rng.choice(self.v.countries)

    def state(self) -> str:
        return self.rng.choice(self.v.states)

    def unit(self) -> str:
        return f"{self.rng.choice(['Apt.', 'Apt', 'Suite', 'Ste', 'Unit', 'Flat', 'Room', 'Floor', 'Building', 'PO Box', 'P.O. Box', 'Bus', 'Lot', '#'])} {self.rng.randint(1, 999)}"

    def street_name(self) -> str:
        x = self.rng.random()
        if x < 0.65:
            return self.rng.choice(self.v.streets)
        name = self.v.street_chain.word(self.rng).title() if x < 0.8 else self.rng.choice([self.last(), self.v.word("NN").capitalize(), self.first()])
        ending = self.rng.choice("Street St. St Road Rd. Avenue Ave Lane Drive Court Way Close Place Square Terrace Crescent Hill Row Gate Park Boulevard Blvd Loop Alley Path Quay".split())
        if x > 0.93:
            return f"{self.rng.choice('Rua Via Rue Calle Avenida Av Ulica ul. Strada Plaza Chemin Allée Corso Viale Route'.split())} {name}"
        return f"{name} {ending}"

    def house(self) -> str:
        return self.pattern(self.rng.choice(["%", "%#", "%#", "%##", "%##", "%###", "%####", "#####", "%#?", "%/%", "%#-%#"]))

    def street(self) -> str:
        name, x = self.street_name(), self.rng.random()
        if x < 0.40:
            return f"{self.house()} {name}"
        if x < 0.75:
            return f"{name} {self.house()}{self.rng.choice(['', '', '', '.', 'a', ' B'])}"
        if x < 0.85:
            return f"{self.house()} {name} {self.house()}"
        if x < 0.92:
            return f"{self.house()}, {name}"
        return name

    def address(self) -> str:
        """Street first, then unit, town, state, postcode, country: any of them may be missing or in another order."""
        x = self.rng.random()
        if x < 0.22:
            text = self.rng.choice(self.v.full_addresses)
            return text if self.rng.random() < 0.5 else re.sub(r"\s*\n\s*", self.rng.choice([", ", " "]), text)
        separator = self.rng.choice([", ", ", ", "\n", "\n", " ", " ", "\n ", ",\n", "\n    ", "; "])
        parts = [self.street()]
        if self.rng.random() < 0.4:
            parts.append(self.rng.choice([self.unit(), self.unit(), self.rng.choice(self.v.agents), self.street_name()]))
            if self.rng.random() < 0.2:
                parts.append(self.unit())
        city, postcode = self.city(), self.rng.choice(self.v.postcodes) if self.rng.random() < 0.7 else self.pattern("#####")
        y = self.rng.random()
        if y < 0.3:
            town = [self.rng.choice([f"{city} {postcode}", f"{postcode} {city}", f"{city}, {self.rng.choice(self.v.state_codes)} {postcode}"])]
        elif y < 0.6:
            town = [city, *([self.rng.choice(self.v.state_codes)] if self.rng.random() < 0.4 else []), postcode]
        else:
            town = [city]
        country = [self.country()] if self.rng.random() < 0.5 else []
        if country and self.rng.random() < 0.3:
            country = [f"{country[0]} {self.pattern('#####')}"]
        parts += town + country
        text = parts[0]
        for part in parts[1:]:
            text += (separator if self.rng.random() < 0.85 else self.rng.choice([" ", ", ", "\n", "\n, "])) + part
        return text

    def org(self) -> str:
        x, w = self.rng.random(), self.v.word
        ending = self.rng.choice(_FIRM_ENDINGS).replace("_", " ")
        invented = self.v.name_chain.word(self.rng).title()
        if x < 0.28:
            return self.rng.choice(self.v.companies)
        if x < 0.38:
            return f"{self.last()} {ending}"
        if x < 0.46:
            return f"{self.last()}, {self.last()} and {self.last()}"
        if x < 0.60:
            return f"{w('NN').capitalize()} {self.rng.choice([ending, w('NN').capitalize(), w('NN').capitalize()])}"
        if x < 0.68:
            return w("NN").capitalize() + w("NN").capitalize() if self.rng.random() < 0.5 else w("NN").capitalize() + w("NN")
        if x < 0.76:
            return invented + self.rng.choice(["", "", "tech", "soft", "ex", "ify", "ware", ".com", ".io"])
        if x < 0.84:
            return f"{invented} {ending}"
        if x < 0.90:
            return self.pattern("???") if self.rng.random() < 0.6 else self.pattern("????")
        if x < 0.95:
            return f"{self.rng.choice(['University of', 'Bank of', 'City of', 'Friends of', 'Port of'])} {self.city()}"
        return f"{self.city()} {ending}"

    def brand(self) -> str:
        x = self.rng.random()
        if x < 0.35:
            return self.last()
        if x < 0.7:
            return self.v.name_chain.word(self.rng).title()
        if x < 0.85:
            return self.pattern(self.rng.choice(["??", "???", "????"]))
        return self.v.word("NN").capitalize() + self.rng.choice(["tec", "o", "pro", "line", "max", ""])

    def date(self) -> str:
        d, m, y, r = self.rng.randint(1, 28), self.rng.randint(1, 12), self.rng.randint(1930, 2030), self.rng
        month = r.choice([_MONTHS[m - 1], _MONTHS[m - 1], _MONTHS[m - 1][:3]])
        return r.choice([
            f"{d} {month} {y}", f"{month} {d}, {y}", f"{y}-{m:02}-{d:02}", f"{m}/{d}/{y}", f"{d:02}.{m:02}.{y}", f"{month} {y}", f"{month} {d}", f"{d}/{m}/{y % 100:02}",
            f"{y}-{m:02}-{d:02} {r.randint(0, 23):02}:{r.randint(0, 59):02}:{r.randint(0, 59):02}", str(y), f"{d}th of {month}", f"the {d}th of {month} {y}", r.choice(_DAYS),
            f"{r.choice(_DAYS)}, {month} {d}", f"{r.choice(_DAYS)} {d} {month} at {r.randint(1, 12)} {r.choice(['am', 'pm'])}",
        ])

    def day(self) -> str:
        return self.rng.choice([*(f"on {d}" for d in _DAYS), *(f"last {d}" for d in _DAYS), *(f"next {d}" for d in _DAYS)])

    def phone(self) -> str:
        if self.rng.random() < 0.5:
            return self.rng.choice(self.v.phones)
        return self.pattern(self.rng.choice([
            "### ####", "###-####", "%##-####", "(0##) ### ####", "0## #### ####", "0#### ######", "+## ## ### ## ##", "+%#(0)## ### ####", "%##-%##-####", "(%##) %##-####", "%##.%##.####",
            "0#-#### ####", "0### ## ## ##", "## ## ## ##", "0#########", "%#########", "00## ## #######", "+%%#########", "(##) ####-####", "0### ### ###", "### ## ##", "##-## ## ##", "0## ### ## ##",
        ]))

    def card(self) -> str:
        x = self.rng.random()
        if x < 0.55:
            number = self.rng.choice(self.v.cards)
        else:
            number = self.pattern("#" * self.rng.choice([12, 13, 14, 15, 16, 16, 16, 19]))
        return number if self.rng.random() < 0.7 else self.rng.choice([" ", "-"]).join(number[at : at + 4] for at in range(0, len(number), 4))

    def email(self) -> str:
        join = self.rng.choice([".", "_", "", "-"])
        return f"{self.first()}{join}{self.last()}@{self.v.word('NN')}{self.rng.choice(['.com', '.org', '.net', '.co.uk', '.de', '.eu', '.us'])}".replace(" ", "")

    def code(self) -> str:
        return self.pattern(self.rng.choice(["M%", "M%x%#", "?%##", "??-%###", "??? %##", "%##-###-##", "???%###?", "%##-####", "?%#/%#", "#######", "DN%#", "%#V", "%### mm", "############", "??%#-%##?", "0%-%####", "%###.%##"]))

    def price(self) -> str:
        return self.rng.choice(["$", "€", "£", "USD ", "EUR "]) + self.pattern(self.rng.choice(["%#", "%##", "%,###", "%#.##", "%##.##"]))
