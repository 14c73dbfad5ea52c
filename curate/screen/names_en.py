"""People in English text, and what stands beside them: the package's own tagger, and `en_core_web_lg` where installed.

A name, a street address, an account number identify a person. A place, a firm, a date, an age, a trade alone do not; in
a text that also names or addresses somebody they are that person's data (GDPR art. 4(1): "factors specific to" a
person), and only there they reach medium.

A caption is not a sentence: "Royal Gala" and "Parker Jotter" are built like names. Where a text is too short to say which
it is, a name counts as medium only when the tagger is nearly sure, and otherwise stays visible as low.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from curate.finding import Severity
from curate.screen.addresses import find_addresses
from curate.screen.english_spans import Span, spans_of
from curate.screen.english_tagger import WEIGHTS, tagger, tokens_of, weights_digest
from curate.screen.hit import Hit, strongest
from curate.screen.labelled_names import find_labelled_names
from curate.screen.labels import PART, Reading, governing
from curate.screen.labels import read as read_labels
from curate.screen.names_model import Told, installed, package_version, read, silent
from curate.screen.patterns_common import find_common
from curate.screen.patterns_en import find_details
from curate.screen.phones import find_phones
from curate.screen.romaji_names import has_common_surname
from curate.screen.wording import Reason

PACKAGE = "en_core_web_lg"
VERSION = "5"

BESIDE = 400  # characters within which a detail belongs to a person
SURE_IN_CAPTION = 0.90  # score of a name that is believed without a sentence around it
SURE_ADDRESS_IN_CAPTION = 0.85
SURE_DETAIL_IN_CAPTION = 0.70
SURE_IN_SENTENCE = 0.60
SURE_AMONG_THINGS = 0.80
_STEP = 256  # texts between two reports of progress

_PERSON = "PERSON"
# Words that only a sentence has: pronouns, auxiliaries, forms of address, question words.
_SENTENCE = re.compile(
    r"(?i)(?<![\w-])(?:I|I'm|I've|my|me|we|we're|our|us|you|your|he|she|they|his|her|their|him|them|who|whose|is|was|are|were|am|been|has|had|have|will"
    r"|would|(?<!oil )(?<!tin )(?<!gas )(?<!spray )(?<!jerry )(?<!trash )(?<!paint )(?<!water )(?<!a )(?<!the )can(?! of)|could|should|did|does|do|don't|please|hello|hi|dear|sincerely|regards|thanks|says|said|lives|works|named|called|what's|it's)(?![\w-])"
)
# Words of a text that is about somebody: whoever speaks, is spoken to or is spoken of.
_SOMEBODY = re.compile(
    r"(?i)(?<![\w-])(?:I|I'm|I've|I'd|I'll|me|my|mine|he|she|him|her|his|hers|who|whose|mr|mrs|ms|miss|dr|name|named|(?<!also )(?<!so )(?<!so-)called|says?|said|asked|told|wrote|dear|hi|hello"
    r"|born|lives?|lived|married|works?|worked|we|us|shouted|whispered|replied|explained|wrote|person|people|man|woman|girl|boy|kid|child"
    r"|daughter|son|mother|father|mum|mom|dad|wife|husband|partner|friend|brother|sister|aunt|uncle|founders?|singer|author|actor|doctor|patient|colleague"
    r"|neighbou?r|boss|manager|customer|employee|student|teacher|artist|writer|producer|director|songs?|novel|film|album|killed|arrested|died|won)(?![\w-])"
)
_SIGNED = re.compile(
    r"(?i)(?<![a-z])(?:drawn|designed|checked|approved|prepared|reviewed|inspected|verified|signed|written|photographed|taken|photos?) by:? $"
)
# Words for goods that are no verbs: a name in front of or behind one of them is that of a thing ("the brand Arla Ko", "Mathilda bedding").
_GOODS = (
    "brand|trademark|series|collection|variety|cultivar|breed|version|edition|product|tool|machine|device|engine|pump|valve|motor|screwdriver"
    "|bearing|adhesive|battery|chair|table|sofa|desk|shelf|bed|bedding|curtain|carpet|rug|shirt|shoe|jacket|bike|car|truck|tractor|camera"
    "|printer|software|sauce|soup|steak|salad|cheese|yoghurt|yogurt|bread|cake|biscuit|juice|beer|wine|tea|coffee|apple|pear|plum|tomato"
    "|potato|onion|fruit|vegetable|chocolate|sausage|pasta|rice|cereal|product line|product range"
)
# These are verbs as well ("they saw Nina"): behind an article they are none.
_GOODS_OR_DEEDS = "label|line|type|range|drill|saw|screw|bolt|filter|oil|grease|glue|paint|watch|phone|bag|dress|boot|milk|butter|cream|model|lamp|make"
_GOODS_IN_FRONT = re.compile(
    rf"(?i)(?<![\w-])(?:(?:{_GOODS})|(?:the|a|an|our|its|new) (?:{_GOODS_OR_DEEDS}))(?:e?s)?[ \u00a0][\"“'‘]?$"
)
_GOODS_BEHIND = re.compile(rf"(?i)[\"”'’]?[ \u00a0](?:{_GOODS}|type|pattern|style|model)(?:e?s)?(?![\w-])")
# Not "we": so firms speak of themselves.
_SPEAKER = re.compile(r"(?i)(?<![\w-])(?:I|I'm|I've|I'd|I'll|me|my|he|she|him|her|his)(?![\w-])")
_HUMAN = re.compile(r"(?i)(?<![\w-])(?:man|woman|boy|girl|child|male|female|patient|person)(?![\w-])")
_CAPITAL = re.compile(r"(?<![^\W\d_])[A-ZÀ-Þ][^\W\d_]{2,}")
_STREET_WORD = re.compile(r"[^\W\d_]{3,}")
# A standard, a size or a quantity: "bolt ISO 4762", "98x88-SUS", "white, 3 kg".
_OF_A_THING = re.compile(
    r"(?<![A-Za-z])(?:ISO|DIN|JIS|IEC|ASTM|ANSI|UL|SUS) ?[A-Z]? ?\d|\d ?[x×] ?\d|(?<![\w-])\d+(?:\.\d+)? ?(?:[mck]?m|k?g|[kM]?N|k?W|k?V|Hz|ml|pcs)(?![\w])"
)
_DAY_OF_A_YEAR = re.compile(
    r"(?i)\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d|\d(?:st|nd|rd|th)?(?: of)? (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
)
_LETTER = re.compile(r"[^\W\d_]")
_PHONE_WORD = re.compile(
    r"(?i)(?<![a-z])(?:phone|tel|telephone|mobile|cell|fax|call|ring|text|reach|whatsapp|number is)(?![a-z])"
)
_PLACE = Reason("a place", "地名です")
_GROUP = Reason("a nationality or a community", "国籍または帰属する集団です")
_AGE = Reason("an age", "年齢です")
_DAY = Reason("the date of a day", "特定の日の日付です")
_FIRM = Reason("an organisation", "組織名です")
_ROLE = Reason("a title or an occupation", "肩書または職業です")
_IN_RUNNING_TEXT = Reason("found by the English tagger in running text", "英語の文章の中で固有表現として検出しました")
_IN_A_CAPTION = Reason("found by the English tagger in a caption", "英語の短い見出しの中で固有表現として検出しました")
_DETAILS = {
    "LOC": _PLACE,
    "ORG": _FIRM,
    "DATE": Reason("a date", "日付です"),
    "ROLE": _ROLE,
    "GROUP": _GROUP,
    "AGE": _AGE,
    "NET": Reason("an address in the network", "ネットワーク上のアドレスです"),
}
_OF_THE_SPEAKER = (_PLACE, _GROUP, _AGE, _FIRM, _ROLE, _DAY)
_FORMS = {
    "web": Reason("a web address", "ウェブアドレスです"),
    "network": Reason("an IP address", "IPアドレスです"),
    "age": _AGE,
    "postcode": Reason("a postcode", "郵便番号です"),
}


def missing() -> str | None:
    """Why English names cannot be looked for here, or None. Loads nothing."""
    return None if WEIGHTS.is_file() else f"the English name tagger is not in this installation: no {WEIGHTS.name}"


def detector_version() -> str:
    """Rules, digest of the tagger's weights, and the language model where one is installed."""
    tagged = f"{VERSION}+tagger-{weights_digest()}"
    return f"{tagged}+{PACKAGE}-{package_version(PACKAGE)}" if installed(PACKAGE) else tagged


def is_running(text: str) -> bool:
    """Whether `text` reads as a sentence, a letter or a form rather than as a caption: it may say who somebody is."""
    return _SENTENCE.search(text) is not None or text.count("\n") > 1 or len(text) > 200


def _is_ended(text: str) -> bool:
    """Whether `text` is a sentence by its end, though without a word of _SENTENCE."""
    return text.rstrip().endswith((".", "!", "?")) and text.count(" ") > 2


def find(texts: Sequence[str], told: Told = silent) -> list[list[Hit]]:
    """Hits of each folded text: names, addresses, account numbers and the details beside them; they do not overlap."""
    found: list[list[Hit]] = []
    for at in range(0, len(texts), _STEP):
        step = texts[at : at + _STEP]
        tokens = [tokens_of(text) for text in step]
        for text, tokens_in, shares in zip(step, tokens, tagger().probabilities(tokens), strict=True):
            found.append(hits_of(text, spans_of(tokens_in, shares), tagger().knows_as_name))
        told(len(found), len(texts))
    if installed("spacy") and installed(PACKAGE):
        why = Reason("found by the language model", "言語モデルが氏名と判定しました")
        for hits, document in zip(found, read(PACKAGE, texts, silent), strict=True):
            hits.extend(
                Hit("privacy.person_name", entity.start_char, entity.end_char, 0.7, Severity.MEDIUM, why)
                for entity in document.ents
                if entity.label_ == _PERSON
            )
    return [list(strongest(hits)) for hits in found]


def hits_of(text: str, spans: Sequence[Span], is_name: Callable[[str], bool]) -> list[Hit]:
    """Hits from what the tagger saw in `text` and from its fixed forms, with the severities that the context gives.

    `is_name` tells whether a word is known as a given name or a surname.
    """
    running = is_running(text)
    hits = [hit for span in spans if (hit := _hit(text, span, running, is_name)) is not None]
    for detail in find_details(text):
        severity = Severity.MEDIUM if detail.public else Severity.INFO
        hits.append(Hit("privacy.personal_detail", detail.start, detail.end, 0.9, severity, _FORMS[detail.form]))
    if not hits:
        return []
    reading = read_labels(text)
    patterns = [*find_common(reading), *find_addresses(reading), *find_phones(reading)]
    # "DWG", "JAN", "PO" head a number of a thing; the tagger takes them for firms and months.
    heads = [(label.start, label.end) for label in reading.labels if label.name == PART]
    hits = [
        hit
        for hit in hits
        if hit.kind != "privacy.personal_detail"
        or not text[hit.start : hit.end].isupper()
        or not any(start <= hit.start and hit.end <= end for start, end in heads)
    ]
    hits = [
        hit
        for hit in hits
        if (hit.kind != "privacy.other_id" or not _numbers_a_thing(reading, hit))
        and (
            running or hit.kind != "privacy.address" or not _names_a_thing(reading, hit)
        )  # "P.O. Box 12" is an address
    ]
    # What the pattern pack reports whole is not reported a second time.
    hits = [hit for hit in hits if not any(other.start <= hit.start and hit.end <= other.end for other in patterns)]
    others = (*patterns, *find_labelled_names(text))
    anchors = [hit for hit in (*hits, *others) if hit.severity.rank >= Severity.MEDIUM.rank]
    told_of: tuple[Reason, ...] = ()
    if running and _SPEAKER.search(text) is not None:
        told_of = _OF_THE_SPEAKER
    elif (running or _is_ended(text)) and _HUMAN.search(text) is not None:
        told_of = (_AGE,)
    return [_in_context(hit, anchors, told_of) for hit in hits]


def _names_a_thing(reading: Reading, hit: Hit) -> bool:
    """Whether a label of things stands inside ("invoice PO-2845-309412", "JWB588B, serial")."""
    return any(label.name == PART and hit.start <= label.start < hit.end for label in reading.labels)


def _numbers_a_thing(reading: Reading, hit: Hit) -> bool:
    """The same, or such a label governs the number."""
    label = governing(reading.labels, reading.text, hit.start, hit.end)
    return _names_a_thing(reading, hit) or (label is not None and label.name == PART)


def _hit(text: str, span: Span, running: bool, is_name: Callable[[str], bool]) -> Hit | None:
    value = text[span.start : span.end]
    why = _IN_RUNNING_TEXT if running else _IN_A_CAPTION
    if span.label == "PER":
        if len(value) < 2 or _LETTER.search(value) is None:
            return None
        believed = _is_believed(text, span.start, value, span.score, running, is_name)
        if not (believed or running or _may_be_a_name(value, is_name)):
            return None
        level = _level(believed)
        return Hit("privacy.person_name", span.start, span.end, span.score, level, why)
    if span.label == "ADR":
        if not any(character.isalnum() for character in value):
            return None
        if _OF_A_THING.search(value) is not None:
            return None
        words = len(_STREET_WORD.findall(value))
        exact = any(character.isdigit() for character in value) and words > 0
        if not running or (_SOMEBODY.search(text) is None and "\n" not in text):
            # A text about things: "10 kN" and "Miele E2E" are no streets.
            if not exact or words < 2 or _CAPITAL.search(value) is None:
                return None
            exact = span.score >= SURE_ADDRESS_IN_CAPTION
        return Hit("privacy.address", span.start, span.end, span.score, _level(exact), why)
    if span.label == "NUM":
        digits = sum(character.isdigit() for character in value)
        if digits < 6 or not running:  # numbers of captions are the pattern pack's
            return None
        if _PHONE_WORD.search(text[max(0, span.start - 40) : span.start]) is not None:
            return Hit("privacy.phone", span.start, span.end, span.score, Severity.MEDIUM, why)
        return Hit("privacy.other_id", span.start, span.end, span.score, Severity.MEDIUM, why)
    if not running and span.score < SURE_DETAIL_IN_CAPTION:
        return None
    why = _DAY if span.label == "DATE" and _DAY_OF_A_YEAR.search(value) else _DETAILS[span.label]
    return Hit("privacy.personal_detail", span.start, span.end, span.score, Severity.INFO, why)


def _is_believed(text: str, at: int, value: str, score: float, running: bool, is_name: Callable[[str], bool]) -> bool:
    """Whether what the tagger took for a name is one, as far as the text lets us tell."""
    words = [word for word in re.split(r"[\s.,'’-]+", value) if word]
    if value.islower() and not text.islower():
        return False  # who writes "Zucchini" and "I" with a capital writes names with one
    whole = [word for word in words if len(word) > 1]
    if score >= SURE_IN_CAPTION and _SIGNED.search(text[max(0, at - 24) : at]) is not None:
        return True  # whoever drew or checked it
    if score >= SURE_IN_CAPTION and len(words) > len(whole) and has_common_surname(value):
        return True  # an initial, and one of the commonest surnames of Japan: "K. Tanaka"
    listed = any(is_name(word) for word in whole)
    if not running and not _is_ended(text):
        if text.isupper() and not all(is_name(word) for word in whole):
            return False  # a line of capitals is a heading: "FÖRP. DAG" is built like a name and is none
        return len(whole) > 1 and listed and score >= SURE_IN_CAPTION
    if _SOMEBODY.search(text) is not None:
        return len(words) == 1 or listed or score >= SURE_IN_SENTENCE
    # A text about things: "Granny Smith" and "Parker" stand in it as names of goods.
    if _GOODS_IN_FRONT.search(text[max(0, at - 24) : at]) or _GOODS_BEHIND.match(text, at + len(value)):
        return False
    return score >= (SURE_AMONG_THINGS if len(whole) > 1 else SURE_IN_CAPTION) and (listed or len(whole) > 1)


def _may_be_a_name(value: str, is_name: Callable[[str], bool]) -> bool:
    """Whether a caption's doubtful name is worth showing at all: written as a name, or known as one."""
    if any(character.isdigit() for character in value) or value.islower():
        return False
    words = re.split(r"[\s.,'’-]+", value)
    return sum(len(word) > 1 for word in words) > 1 or any(is_name(word) for word in words)


def _level(believed: bool) -> Severity:
    return Severity.MEDIUM if believed else Severity.LOW


def _in_context(hit: Hit, anchors: Sequence[Hit], told_of: Sequence[Reason]) -> Hit:
    """`hit` at medium where somebody is named, addressed or numbered within `BESIDE` characters of it.

    `told_of`: details that the text tells of whoever speaks or is spoken of; they are medium too.
    """
    if hit.severity.rank >= Severity.MEDIUM.rank:
        return hit
    if any(anchor.start - BESIDE <= hit.end and hit.start <= anchor.end + BESIDE for anchor in anchors):
        why = Reason(
            f"{hit.why.en}, beside what identifies a person", f"{hit.why.ja}。個人を特定する情報のそばにあります"
        )
    elif hit.why in told_of:
        why = Reason(
            f"{hit.why.en}, of the one who speaks or is spoken of", f"{hit.why.ja}。話し手または話題の人物のものです"
        )
    else:
        return hit
    return Hit(hit.kind, hit.start, hit.end, hit.score, Severity.MEDIUM, why)
