"""Texts with labels, written from `names_en_templates.txt` and the values of `names_en_slots.py`.

[a|b] picks one, {slot} puts in a labelled value, {filler} an unlabelled one. `write` returns pieces of (text, label).
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

from benchmarks.screening.names_en_slots import Slots
from benchmarks.screening.names_en_values import Values

TEMPLATES = Path(__file__).with_name("names_en_templates.txt")
Piece = tuple[str, str]

# fmt: off
_GROUPS = (
    "Afghan Albanian Algerian American Argentine Armenian Australian Austrian Bangladeshi Basque Bavarian Belgian Bolivian Brazilian British Bulgarian "
    "Cambodian Canadian Catalan Chilean Chinese Colombian Croatian Cuban Cypriot Czech Danish Dutch Egyptian English Estonian Ethiopian Filipino Finnish "
    "Flemish French Georgian German Ghanaian Greek Haitian Hungarian Icelandic Indian Indonesian Iranian Iraqi Irish Israeli Italian Jamaican Japanese Jordanian "
    "Kenyan Korean Kurdish Latvian Lebanese Libyan Lithuanian Malaysian Maltese Maori Mexican Mongolian Moroccan Nepalese Nigerian Norwegian Pakistani "
    "Palestinian Peruvian Polish Portuguese Romanian Russian Saudi Scottish Senegalese Serbian Slovak Slovenian Spanish Swedish Swiss Syrian Taiwanese Thai "
    "Tibetan Tunisian Turkish Ukrainian Uruguayan Venezuelan Vietnamese Welsh Yemeni Zulu Catholic Protestant Muslim Jewish Hindu Buddhist Sikh Mormon "
    "Republican Democrat Christian Orthodox Turks Danes Swedes Poles Finns Germans Italians Americans Canadians Australians Brits Irishmen Mexicans Greeks"
).split()
_ACRONYMS = (
    "ASAP ATM FYI PDF USB LED LCD PVC HTML PIN GPS CPU RAM FAQ DIY TBD TBA PTO OEM CNC AC DC RGB HDMI VAT CEO CFO HR IT QA PCB SUV TV DVD CD MP3 ID URL API "
    "SIM SMS BTW IMO NB OK PS RSVP EU UN US A4 B2 XL XXL EPDM PTFE ABS CAD FAX AM PM SOS VIP UV IR NPT BSP HSS SKU MOQ"
).split()
_MR = "Mr. Mrs. Ms. Miss Dr. Prof. Mr Mrs Ms Dr Sir Madam Professor Captain Judge Senator Rev.".split()
_EPONYMS = (
    "Phillips screwdriver|Allen key|Stanley knife|Morse taper|Jacobs chuck|Brinell hardness|Rockwell test|Vickers indenter|Whitworth thread|Woodruff key|"
    "Bowden cable|Jubilee clip|Petri dish|Bunsen burner|Erlenmeyer flask|Belleville washer|Stillson wrench|Diesel engine|Stirling engine|Cardan joint|"
    "Hall sensor|Zener diode|Schottky diode|Tesla coil|Faraday cage|Kelvin clip|Bartlett pear|"
    "Earl Grey tea|Caesar salad|Victoria sponge|Worcester sauce|Cheddar cheese|Parmesan|Bramley apple|Charlotte potato|King Edward potato|"
    "Swiss roll|Danish pastry|Brussels sprouts|Dutch oven|Venetian blind|Persian rug|Panama hat|Manila rope|Bordeaux mixture|Ferris wheel|Santa Claus|"
    "Mickey button|Jack plug|Jack socket|Francis turbine|Kaplan turbine|Pelton wheel|Wankel engine|Otto cycle|Geiger counter|Pitot tube|Venturi nozzle|"
    "Torx bit|Pozidriv bit|Robertson bit|Philips lamp|Edison screw|Edison base E27|Davy lamp|Mason jar|Dewar flask|Liebig condenser|Rubik cube|Ferrari red|"
    "Prussian blue|Berlin blue|Mason bee|Lazy Susan|Johnny cake|Bloody Mary|Tom Collins glass|Molotov|Jersey cow|Guernsey milk|Black Forest ham|Baker's yeast"
).split("|")
_EXTENSIONS = ("jpg", "png", "jpeg", "tif", "webp", "pdf")
# fmt: on


class Writer(Slots):
    """`templates`: (register, template). Every draw is decided by the generator of `values`."""

    # fmt: off
    def __init__(self, values: Values, templates: list[tuple[str, str]]) -> None:
        super().__init__(values)
        self.templates = templates
        self.captions = [pair for pair in templates if pair[0].startswith("captions")]
        self.slots: dict[str, Callable[[], str]] = {
            "per": self.person, "first": self.first, "last": self.last, "addr": self.address, "street": self.street,
            "addr2": lambda: self.rng.choice([self.unit(), self.v.rng.choice(self.v.agents)]), "city": self.city, "country": self.country, "state": self.state,
            "loc": lambda: self.rng.choice([self.city, self.country, self.country, self.state])(), "org": self.org, "date": self.date,
            "day": self.day, "year": lambda: str(self.rng.randint(1890, 2030)), "job": lambda: self.case_some(self.rng.choice(self.v.jobs)),
            "mr": lambda: self.rng.choice(_MR), "nrp": lambda: self.rng.choice(_GROUPS), "age": lambda: str(self.rng.randint(1, 99)),
            "phone": self.phone, "card": self.card, "iban": lambda: self.rng.choice(self.v.ibans), "ssn": lambda: self.pattern("###-##-####"),
            "lic": lambda: self.pattern(self.rng.choice(["#######", "?#######", "??######", "###-##-####", "#### ## ####", "?###-####-####", "??-##-#####"])),
            "email": self.email, "url": lambda: self.rng.choice(self.v.urls), "zip": lambda: self.rng.choice([*self.rng.sample(self.v.postcodes, 3), self.pattern("#####")]),
            "nrps": lambda: self.rng.choice(_GROUPS) + self.rng.choice(["", "s"]),
            "ip": lambda: ".".join(str(self.rng.randint(1, 254)) for _ in range(4)), "brand": self.brand,
        }
        self.labels = {
            "per": "PER", "first": "PER", "last": "PER", "addr": "ADR", "addr2": "ADR", "street": "ADR", "zip": "ADR", "city": "LOC", "country": "LOC", "state": "LOC",
            "loc": "LOC", "org": "ORG", "brand": "ORG", "date": "DATE", "day": "DATE", "year": "DATE", "job": "ROLE", "mr": "ROLE", "nrp": "GROUP", "nrps": "GROUP", "age": "AGE",
            "phone": "NUM", "card": "NUM", "iban": "NUM", "ssn": "NUM", "lic": "NUM", "email": "NET", "url": "NET", "ip": "NET",
        }
        w = values.word
        self.fillers: dict[str, Callable[[], str]] = {
            "nn": lambda: w("NN"), "nns": lambda: w("NNS"), "jj": lambda: w("JJ"), "vb": lambda: w("VB"), "vbd": lambda: w("VBD"), "vbg": lambda: w("VBG"),
            "vbz": lambda: w("VBZ"), "rb": lambda: w("RB"), "Nn": lambda: w("NN").capitalize(), "Nns": lambda: w("NNS").capitalize(),
            "Vb": lambda: w("VB").capitalize(), "acr": lambda: self.rng.choice(_ACRONYMS), "Jj": lambda: w("JJ").capitalize(),
            "num": lambda: self.pattern(self.rng.choice(["%", "%#", "%##", "%###", "%####", "%#.#"])), "code": self.code, "price": self.price,
            "work": self.work, "Work": self.work, "eponym": lambda: self.rng.choice(_EPONYMS), "fname": self.file_name,
            "product": lambda: " ".join([self.rng.choice([w("NN"), w("JJ")]).capitalize(), *[w(self.rng.choice(["NN", "NN", "JJ"])) for _ in range(self.rng.randint(1, 2))]]),
            "tail": lambda: self.rng.choice(["", f" and {w('VBD')} the {w('NN')}", f" because the {w('NN')} was {w('JJ')}", f", {w('VBG')} {w('NNS')}"]),
            "vp": lambda: self.rng.choice([f"{w('VBD')} the {w('NN')}", f"is {w('JJ')}", f"has a {w('JJ')} {w('NN')}", f"wants to {w('VB')} my {w('NN')}", f"with {w('JJ')} {w('NNS')}"]),
            "q": self.question, "s": lambda: self.sentence()[0].lower(), "S": self.sentence_text,
        }

    def work(self) -> str:
        w = self.v.word
        return self.rng.choice([
            f"{w('VBG').capitalize()} the {w('NN').capitalize()}", f"The {w('JJ').capitalize()} {w('NN').capitalize()}", f"{w('NN').capitalize()} of {w('NNS').capitalize()}",
            f"{w('VB').capitalize()} Me {w('RB').capitalize()}", f"A {w('NN').capitalize()} in the {w('NN').capitalize()}", f"{w('NNS').capitalize()} & {w('NNS').capitalize()}", f"Don't {w('VB').capitalize()} My {w('NN').capitalize()}",
        ])

    def file_name(self) -> str:
        w, join = self.v.word, self.rng.choice(["_", "-", "_", " "])
        words = [self.rng.choice([w("NN"), w("JJ"), self.code(), w("NN").capitalize(), self.pattern("%###")]) for _ in range(self.rng.randint(1, 4))]
        return join.join(["IMG", *words] if self.rng.random() < 0.2 else words) + "." + self.rng.choice(_EXTENSIONS)

    def question(self) -> str:
        w = self.v.word
        return self.rng.choice([
            f"How do I {w('VB')} the {w('NN')}?", f"my {w('NN')} does not {w('VB')}.", f"I have a question about my {w('JJ')} {w('NN')}.", f"Why was the {w('NN')} {w('VBN')}?",
            f"can you {w('VB')} it today?", f"the {w('NN')} seems {w('JJ')}, what should we do?", f"I want to {w('VB')} {self.rng.choice(['my', 'the', 'an'])} {w('NN')}.", f"Do you sell {w('JJ')} {w('NNS')}?",
        ])

    def sentence_text(self) -> str:
        return self.sentence()[0]

    def _noun(self) -> list[Piece]:
        w, x = self.v.word, self.rng.random()
        if x < 0.45:
            adjective = f"{w('JJ')} " if self.rng.random() < 0.4 else ""
            return [(f"{self.rng.choice(['the', 'a', 'this', 'my', 'our', 'their', 'every', 'his', 'her', 'some'])} {adjective}{w('NN')}", "O")]
        if x < 0.55:
            return [(f"{w('JJ')} {w('NNS')}", "O")]
        if x < 0.68:
            return [(self.rng.choice(["it", "they", "we", "you", "I", "she", "he", "nobody", "this", "that", "everyone"]), "O")]
        slot = self.rng.choice(["per", "per", "first", "last", "org", "loc"])
        pieces: list[Piece] = [(self.slots[slot](), self.labels[slot])]
        if self.rng.random() < 0.2:
            pieces.append((f"'s {self.v.word('NN')}", "O"))
        return pieces

    def grammar(self) -> list[Piece]:
        """A sentence of random common words whose subjects and objects may be people, firms or places."""
        w, r = self.v.word, self.rng
        pieces = self._noun()
        verb = r.choice([w("VBD"), w("VBZ"), f"will {w('VB')}", f"has {w('VBN')}", f"can't {w('VB')}", f"{w('RB')} {w('VBD')}", "is", "was", f"was {w('VBN')} by"])
        pieces.append((f" {verb} ", "O"))
        if verb in ("is", "was") and r.random() < 0.6:
            pieces.append((w("JJ"), "O"))
        else:
            pieces += self._noun()
        for _ in range(r.choice([0, 0, 1, 1, 2])):
            preposition = r.choice(["in", "at", "with", "from", "by", "for", "to", "of", "about", "than", "near", "after", "and", "but", "because of", "against", "except"])
            pieces.append((f" {preposition} ", "O"))
            if r.random() < 0.2:
                pieces.append((self.date(), "DATE"))
            else:
                pieces += self._noun()
        if r.random() < 0.15:
            pieces.insert(0, (r.choice([f"{w('RB').capitalize()}, ", "However, ", "In fact ", "Yes, ", "Well, ", f"{w('VBG').capitalize()} {w('NNS')}, "]), "O"))
        if r.random() < 0.12:
            pieces += [(" (", "O"), *self._noun(), (")", "O")]
        pieces.append((r.choice([".", ".", ".", "?", "!", "", "..."]), "O"))
        first, label = pieces[0]
        pieces[0] = (first[0].upper() + first[1:] if r.random() < 0.85 else first, label)
        return pieces

    def natural(self, share: float) -> list[Piece]:
        """A sentence that people wrote, some of its nouns exchanged; each noun phrase is a value with chance `share`."""
        w, r = self.v.word, self.rng
        sentence = r.choice(self.v.prose)
        pieces: list[Piece] = []
        at = 0
        for match in re.finditer(r"\b(?:the|a|an|this|each|The|A|An|This|Each) [a-z]{3,}\b(?! of)", sentence):
            x = r.random()
            if x < share:
                slot = r.choice(["per", "per", "first", "last", "org", "loc"])
                new = (self.slots[slot](), self.labels[slot])
            elif x < share + 0.25:
                word = self.v.name_chain.word(r).lower() if r.random() < 0.3 else w(r.choice(["NN", "NNS"]))
                article = "" if match.start() == 0 and r.random() < 0.6 else match.group().split()[0] + " "
                new = (article + (word if article else word.capitalize()), "O")
            else:
                continue
            pieces += [(sentence[at : match.start()], "O"), new]
            at = match.end()
        pieces.append((sentence[at:], "O"))
        return [piece for piece in pieces if piece[0]]

    def sentence(self) -> tuple[str, str]:
        w, r = self.v.word, self.rng
        if r.random() < 0.5:
            return r.choice(self.v.prose), "O"
        text = r.choice([
            f"The {w('NN')} {w('VBD')} the {w('JJ')} {w('NN')}.", f"It {w('VBZ')} {w('RB')}.", f"We {w('VBD')} a {w('NN')} and {w('VBD')} it.", f"{w('NNS').capitalize()} {w('VB')} {w('JJ')} {w('NNS')}.",
            f"{w('JJ').capitalize()} {w('NNS')} are {w('VBN')} {r.choice(['in', 'by', 'on'])} the {w('NN')}.", f"This {w('NN')} is {w('JJ')}, {w('JJ')} and {w('JJ')}.", f"You should {w('VB')} the {w('NN')} before {w('VBG')} {w('NNS')}.",
            f"{w('VBG').capitalize()} the {w('NN')} {w('VBZ')} {w('NNS')}.", f"There is a {w('NN')} with {w('JJ')} {w('NNS')}.", f"I think that the {w('NN')} was {w('VBN')}.", f"Who {w('VBD')} the {w('NN')}?", f"{w('RB').capitalize()} {w('JJ')}!",
        ])
        return text, "O"

    # --- templates ----------------------------------------------------------------------------------------------------

    def write(self) -> tuple[str, list[Piece]]:
        """(register, pieces)."""
        x = self.rng.random()
        if x < 0.14:
            pieces = self.grammar()
            for _ in range(self.rng.choice([0, 0, 0, 1])):
                pieces += [(" ", "O"), *self.grammar()]
            return "grammar", pieces
        if x < 0.30:
            share = self.rng.choice([0.0, 0.0, 0.3, 0.6])
            pieces = self.natural(share)
            for _ in range(self.rng.choice([0, 0, 1, 2, 4])):
                pieces += [(" ", "O"), *self.natural(share)]
            return "prose", pieces
        if x < 0.48:
            register, template = self.rng.choice(self.captions)
        else:
            register, template = self.rng.choice(self.templates)
        pieces = self.fill(template)
        if register not in ("captions", "captions_with_person", "forms") and self.rng.random() < 0.25:
            extra = [self.sentence()] if self.rng.random() < 0.5 else self.grammar()
            pieces = [*pieces, (" ", "O"), *extra] if self.rng.random() < 0.6 else [*extra, (" ", "O"), *pieces]
        return register, pieces

    def fill(self, template: str) -> list[Piece]:
        while (match := re.search(r"\[([^\[\]]*)\]", template)) is not None:
            template = template[: match.start()] + self.rng.choice(match.group(1).split("|")) + template[match.end() :]
        pieces: list[Piece] = []
        at = 0
        text = template.replace("\\n", "\n")
        for match in re.finditer(r"\{(\w+)\}", text):
            pieces.append((text[at : match.start()], "O"))
            name = match.group(1)
            if name in self.slots:
                value = self.slots[name]()
                if name == "day":  # "on Monday": the preposition is no date
                    head, _, value = value.partition(" ")
                    pieces.append((head + " ", "O"))
                pieces.append((value, self.labels[name]))
            else:
                pieces.append((self.fillers[name](), "O"))
            at = match.end()
        pieces.append((text[at:], "O"))
        return [piece for piece in pieces if piece[0]]

    # fmt: on


def read_templates() -> list[tuple[str, str]]:
    """(register, template) in the order of the file."""
    templates = []
    register = ""
    for line in TEMPLATES.read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            register = line[3:].strip()
        elif line and not line.startswith("# "):
            templates.append((register, line))
    return templates


def recased(pieces: list[Piece], rng: random.Random) -> list[Piece]:
    """All in small letters, all in capitals, or values only in capitals, now and then: people write so."""
    x = rng.random()
    if x < 0.12:
        return [(text.lower(), label) for text, label in pieces]
    if x < 0.15:
        return [(text.upper(), label) for text, label in pieces]
    if x < 0.18:
        return [(text if label == "O" else text.upper(), label) for text, label in pieces]
    if x < 0.20:
        return [(text if label == "O" else text.lower(), label) for text, label in pieces]
    return pieces
