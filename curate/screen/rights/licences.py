"""Licence classes: SPDX expressions, and what people write instead of one, in English and Japanese.

A class says what stands in the way of memorizing. What is not sorted here stands in the way as well.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache
from typing import Any


class LicenceClass(StrEnum):
    """Ordered by `rank`, worst first."""

    UNKNOWN = "unknown"  # no licence that can be told
    RESERVED = "reserved"  # "all rights reserved": a statement that there is none
    NONCOMMERCIAL = "noncommercial"
    UNSORTED = "unsorted"  # a known SPDX licence whose terms nobody has sorted into this table
    NO_DERIVATIVES = "no-derivatives"
    SHARE_ALIKE = "share-alike"  # also copyleft: whether a model is a derivative is not for a detector to say
    OWN_TERMS = "own-terms"  # LicenseRef-…: terms that the company keeps itself
    ATTRIBUTION = "attribution"
    FREE = "free"

    @property
    def rank(self) -> int:
        return list(LicenceClass).index(self)


_FREE = frozenset(
    {"CC0-1.0", "CC-PDDC", "CC-PDM-1.0", "PDDL-1.0", "Unlicense", "0BSD", "MIT-0", "DL-DE-ZERO-2.0", "WTFPL"}
)
_ATTRIBUTION = frozenset(
    {
        "MIT", "MIT-CMU", "Apache-2.0", "Apache-1.1", "BSD-1-Clause", "BSD-2-Clause", "BSD-3-Clause", "BSD-4-Clause", "BSD-3-Clause-Clear",
        "BSD-2-Clause-Patent", "ISC", "Zlib", "libpng-2.0", "Libpng", "BSL-1.0", "PostgreSQL", "PSF-2.0", "Python-2.0", "X11", "NCSA",
        "ODC-By-1.0", "OGL-UK-1.0", "OGL-UK-2.0", "OGL-UK-3.0", "OGL-Canada-2.0", "etalab-2.0", "DL-DE-BY-2.0", "NLOD-1.0", "NLOD-2.0",
        "CDLA-Permissive-1.0", "CDLA-Permissive-2.0", "UPL-1.0", "AFL-3.0", "ECL-2.0", "FTL", "IJG", "Unicode-3.0", "Unicode-DFS-2016",
    }
)  # fmt: skip
_COPYLEFT = re.compile(
    r"^(?:AGPL|GPL|LGPL|GFDL|OSL|EUPL|ODbL|CDLA-Sharing|CAL|SSPL|CECILL|MPL|EPL|CPL|CDDL|LAL|FDL|OFL|Artistic|MS-RL|NPL|RPL|SISSL|QPL|Parity|copyleft)",
    re.IGNORECASE,
)
_CC = re.compile(r"^CC-(?P<terms>BY(?:-[A-Z]+)*|SA|ND|NC)\b", re.IGNORECASE)
_REFERENCE = re.compile(r"(?:DocumentRef-[A-Za-z0-9.-]+:)?(?:LicenseRef|AdditionRef)-[A-Za-z0-9.-]+")
_ARTICLE_30_4 = re.compile(
    r"30[-_ ]?条[-_ ]?の[-_ ]?4|三十条の四|(?:art(?:icle)?\.?[-_ ]?)?\b30[-_](?:no[-_])?4\b", re.IGNORECASE
)
_SEVERAL = re.compile(r"\b(?:and|or|with|plus)\b|[&+]|および|及び|または|又は", re.IGNORECASE)


@lru_cache(maxsize=1)
def _licensing() -> Any:
    from license_expression import get_spdx_licensing

    return get_spdx_licensing()


@lru_cache(maxsize=1)
def _ids() -> dict[str, str]:
    return {key.lower(): key for key in _licensing().known_symbols}


@lru_cache(maxsize=4096)
def licence_classes(text: str) -> frozenset[LicenceClass]:
    """Classes of an SPDX expression, or of the name of a licence in words; never empty.

    `A AND B` has the classes of both; of `A OR B` the better one is chosen; `A WITH B` is A.
    """
    from license_expression import ExpressionError

    text = text.strip()
    if not text or text.upper() in ("NONE", "NOASSERTION", "UNKNOWN", "N/A", "-", "?") or _ARTICLE_30_4.search(text):
        # Article 30-4 of the Copyright Act of Japan exempts uses that do not enjoy the work; memorizing aims at output.
        return frozenset({LicenceClass.UNKNOWN})
    try:
        parsed = _licensing().parse(text)
    except (ExpressionError, RecursionError, ValueError):
        parsed = None
    classes = frozenset({LicenceClass.UNKNOWN}) if parsed is None else _classes(parsed)
    if LicenceClass.UNKNOWN in classes:
        several = parsed is not None and hasattr(parsed, "operator")
        named = classes_in_words(text)
        if named and (several or _SEVERAL.search(text)):
            return _joined(named | {LicenceClass.UNKNOWN})  # one of several is named: the others stay unknown
        return named or classes
    return classes


def _classes(node: Any) -> frozenset[LicenceClass]:
    children = getattr(node, "args", ())
    if children and node.operator.strip() == "OR":
        return min((_classes(child) for child in children), key=_badness)
    if children:
        return _joined(frozenset().union(*(_classes(child) for child in children)))
    key = node.license_symbol.key if hasattr(node, "license_symbol") else node.key
    return _of_key(key)


def _badness(classes: frozenset[LicenceClass]) -> tuple[int, ...]:
    """Compares as the worst class does, then the next one."""
    return tuple(sorted((len(LicenceClass) - c.rank for c in classes), reverse=True))


def _joined(classes: frozenset[LicenceClass]) -> frozenset[LicenceClass]:
    """Without FREE where there is something else to say."""
    return classes - {LicenceClass.FREE} or classes


def _of_key(key: str) -> frozenset[LicenceClass]:
    if _REFERENCE.fullmatch(key):
        return _of_reference(key)
    known = _ids().get(key.lower())
    if known is None:
        return frozenset({LicenceClass.UNKNOWN})
    if known in _FREE:
        return frozenset({LicenceClass.FREE})
    if known in _ATTRIBUTION:
        return frozenset({LicenceClass.ATTRIBUTION})
    if cc := _CC.match(known):
        return _cc(cc["terms"])
    if _COPYLEFT.match(known):
        return frozenset({LicenceClass.SHARE_ALIKE})
    if re.search(r"-NC(?:-|$)|noncommercial", known, re.IGNORECASE):
        return frozenset({LicenceClass.NONCOMMERCIAL})
    return frozenset({LicenceClass.UNSORTED})


def _of_reference(key: str) -> frozenset[LicenceClass]:
    name = key.rsplit("LicenseRef-", 1)[-1]
    if re.search(r"all-?rights-?reserved|proprietary-?unlicensed", name, re.IGNORECASE):
        return frozenset({LicenceClass.RESERVED})
    if re.search(r"(?:^|[-.])NC(?:[-.]|$)|non-?commercial", name, re.IGNORECASE):
        return frozenset({LicenceClass.NONCOMMERCIAL})
    if re.search(r"unknown|noassertion", name, re.IGNORECASE):
        return frozenset({LicenceClass.UNKNOWN})
    return frozenset({LicenceClass.OWN_TERMS})


def _cc(terms: str) -> frozenset[LicenceClass]:
    parts = set(terms.upper().split("-"))
    classes = set()
    if "NC" in parts:
        classes.add(LicenceClass.NONCOMMERCIAL)
    if "ND" in parts:
        classes.add(LicenceClass.NO_DERIVATIVES)
    if "SA" in parts:
        classes.add(LicenceClass.SHARE_ALIKE)
    if "BY" in parts:
        classes.add(LicenceClass.ATTRIBUTION)
    return frozenset(classes)


_CC_URL = re.compile(
    r"creativecommons\.org/(?:licenses/(?P<terms>[a-z-]+)|publicdomain/(?P<free>zero|mark))", re.IGNORECASE
)
_CC_WORDS = re.compile(
    r"\bcc0\b|creative[ -]?commons|クリエイティブ・?コモンズ|\bcc[- _]?(?:by|nc|nd|sa)\b|\battribution[- ]|(?<![一-龥])表示[-‐−–ー・ ]*(?:非営利|改変禁止|継承)",
    re.IGNORECASE,
)
_PUBLIC = re.compile(
    r"(?<!not )(?<!not in the )(?<!not in )public domain|パブリック・?ドメイン|\bcc0\b|cc[- ]zero|creative commons zero|著作権(?:は)?放棄|公有(?:に属|のもの)",
    re.IGNORECASE,
)
_TERMS = (
    (LicenceClass.NONCOMMERCIAL, re.compile(r"\bnc\b|non[- ]?commercial|非営利|非商用", re.IGNORECASE)),
    (LicenceClass.NO_DERIVATIVES, re.compile(r"\bnd\b|no[- ]?deriv\w*|改変禁止|改変不可", re.IGNORECASE)),
    (LicenceClass.SHARE_ALIKE, re.compile(r"\bsa\b|share[- ]?alike|継承", re.IGNORECASE)),
    (LicenceClass.ATTRIBUTION, re.compile(r"\bby\b|attribution|表示", re.IGNORECASE)),
)
_ALL_RESERVED = re.compile(
    r"all rights? reserved|rights[- ]managed|alle rechte vorbehalten|tous droits r[ée]serv[ée]s|todos los derechos reservados|tutti i diritti riservati"
    r"|無断(?:転載|複製|使用|利用)[^。\n]{0,12}(?:禁|不可|断り)|不許複製|禁無断転載|全著作権所有|著作権所有|版权所有|保留所有权利|모든 권리 보유",
    re.IGNORECASE,
)
_NC_WORDS = re.compile(
    r"\bnon[- ]?commercial(?: use)? only\b|\bno commercial use\b|\bnot for commercial use\b|\bpersonal use only\b|\beditorial use only\b|非営利(?:目的)?(?:に限|のみ)"
    r"|商用(?:利用|使用)?(?:は)?(?:禁止|不可|お断り|厳禁)|私的利用(?:に限|のみ)",
    re.IGNORECASE,
)


def classes_in_words(text: str) -> frozenset[LicenceClass]:
    """Classes of the licences that a text names in words or by address; empty if it names none."""
    plain = unicodedata.normalize("NFKC", text).replace("_", "-")
    found: set[LicenceClass] = set()
    if url := _CC_URL.search(plain):
        found |= {LicenceClass.FREE} if url["free"] else _cc(url["terms"])
    elif _PUBLIC.search(plain):
        found.add(LicenceClass.FREE)
    elif match := _CC_WORDS.search(plain):
        # The terms stand beside the name; further on, words like "by" mean something else.
        name = plain[max(0, match.start() - 20) : match.end() + 90].replace("-", " ")
        found |= {kind for kind, pattern in _TERMS if pattern.search(name)}
    elif re.fullmatch(r"(?i)\s*by(?:[- ](?:nc|nd|sa))*(?:[- ][1-4]\.[05])?\s*", plain):
        found |= {kind for kind, pattern in _TERMS if pattern.search(plain.replace("-", " "))}
    if _NC_WORDS.search(plain):
        found.add(LicenceClass.NONCOMMERCIAL)
    if _ALL_RESERVED.search(plain):
        found.add(LicenceClass.RESERVED)
    return _joined(frozenset(found))


def shown_name(text: str) -> str:
    """How a licence is called in signals: an SPDX expression as it stands, a Creative Commons address by its terms."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if url := _CC_URL.search(plain):
        return "CC0" if url["free"] == "zero" else "public domain mark" if url["free"] else f"CC-{url['terms'].upper()}"
    if re.fullmatch(r"[A-Za-z0-9.+:()\- ]{1,80}", plain) and LicenceClass.UNKNOWN not in licence_classes(plain):
        return plain
    return ", ".join(sorted(c.value for c in licence_classes(plain)))
