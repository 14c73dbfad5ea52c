"""Reservations against training that are written out in words, in the languages in which they are met."""

from __future__ import annotations

import re
import unicodedata

_USE = (  # of machines that learn, in English
    r"(?:(?:\bAI\b|\bA\.I\.|artificial[- ]intelligence|\bML\b|machine[- ]?learning|deep[- ]learning|generative|neural[- ]net\w*"
    r"|\bLLMs?\b|large[- ]language|foundation[- ]models?|diffusion)[^.;\n]{0,50}?"
    r"(?:train\w*|learning|dataset\w*|data[- ]sets?|ingest\w*|develop\w*|\buse[ds]?\b|\bmodels?\b|\bpurposes?\b|\bsystems?\b|scrap\w*)"
    r"|machine[- ]?learning|train\w*[^.;\n]{0,50}?(?:\bAI\b|\bML\b|models?\b|algorithm\w*|neural|\bLLMs?\b|machine|generative|artificial)"
    r"|\b(?:text[- ]and[- ])?data[- ]?mining\b|\bTDM\b)"
)
_DENIED = (
    r"(?:prohibit\w*|forbid\w*|forbidden|disallow\w*|not[- ](?:be[- ])?(?:permit\w*|allow\w*|authori[sz]ed|granted|licen[sc]ed|used)"
    r"|\bdenied\b|\breserved\b|\bexcluded\b|opt(?:ed|ing|s)?[- ]?out|without[^.;\n]{0,30}(?:permission|consent|licen[sc]e|authori[sz]ation))"
)
_DENYING = (
    r"(?:\bno\b|\bnot\b|\bnever\b|\bdon['’]?t\b|\bcannot\b|\bneither\b|\bnor\b|prohibit\w*|forbid\w*|disallow\w*|\bden(?:y|ies|ied)\b"
    r"|exclud\w*|opt(?:ed|ing|s)?[- ]?out|object(?:s|ed|ion)? to|reserv(?:e[sd]?|ing|ation)\b|withh[eo]ld\w*)"
)
_JA_NO = (
    r"(?:禁止|禁じ|禁ず|厳禁|不可|お断り|おことわり|断りします|NG\b|認めな|認めませ|認めてい?お?り?ませ|許可しな|許可しませ|許可してい?お?り?ませ|許諾しな|許諾しませ"
    r"|許可なく|許諾なく|無断で|しないで|するな|おやめ|お止め|遠慮|拒否|拒絶|留保|できません|しないこと|オプトアウト)"
)
_JA_AI = r"(?:生成系?AI|AI|人工知能|機械|深層|ディープラーニング|LLM|大規模言語モデル|画像生成)"

_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_DENYING}[^.;\n]{{0,80}}?{_USE}",
        rf"{_USE}[^.;\n]{{0,60}}?{_DENIED}",
        r"\bnot?[- ](?:be[- ])?used?[- ](?:for|to|in)[- ](?:the[- ])?train(?:ing)?\b|\b(?:do[- ]not|don['’]?t|no)[- ]train\b",
        r"(?<![a-z])(?:no[-_]?(?:image)?[-_]?ai|no (?:image )?ai(?=\s*(?:[,;.!?)\]|\"']|$)))(?![a-z])",
        r"\bAI\b\s*[:\-]\s*(?:no\b|not\b|do not|don['’]?t|prohibited|forbidden)",
        r"tdm[-_]?reservation[\"']?\s*[:=]\s*[\"']?1",
        # Japanese
        rf"{_JA_AI}(?:等|など)?(?:による|への|での|の|を用いた|を使った|用の?|に対する)?(?:無断)?(?:機械)?(?:学習|訓練|トレーニング|データマイニング|開発)[^。\n]{{0,24}}?{_JA_NO}",
        rf"{_JA_AI}(?:サービス|ツール|モデル|生成|等|など)*(?:へ|に|で|による|として)?の?(?:入力|取り込み|取込み?|読み込み|読込|読み込ませ|利用|使用|二次利用|転用|データ化)[^。\n]{{0,14}}?{_JA_NO}",
        rf"(?:学習|訓練)(?:用|目的)?(?:の)?(?:データ|素材|セット|モデル)?(?:へ|と|として|に|で)?(?:の)?(?:無断)?(?:利用|使用|転用|流用|用い)[^。\n]{{0,16}}?{_JA_NO}",
        r"無断学習|学習(?:は|を|も)?(?:固く|一切|全て|すべて)?(?:禁止|禁ず|禁じ|不可|厳禁|NG\b|お断り|拒否)",
        rf"(?:データ・?マイニング|情報解析|TDM)[^。\n]{{0,30}}?{_JA_NO}",
        rf"(?:禁止|無断)[^。\n]{{0,24}}?{_JA_AI}(?:による|への|での|の)?(?:機械)?(?:学習|訓練|トレーニング)",
        # Chinese
        r"(?:禁止|不得|严禁|嚴禁|请勿|請勿|谢绝|謝絕|不允许|不允許|不可)[^。\n]{0,30}?(?:AI|人工智[能慧]|机器学习|機器學習|深度学习|数据挖掘|資料探勘|大模型|模型)[^。\n]{0,12}?(?:训练|訓練|学习|學習|挖掘|使用)",
        r"(?:禁止|不得|严禁|嚴禁|请勿|請勿)[^。\n]{0,20}?(?:数据挖掘|資料探勘|机器学习|機器學習|训练|訓練)",
        r"(?:(?:AI|人工智[能慧]|模型)[^。\n]{0,10}?(?:训练|訓練|学习|挖掘)|机器学习|機器學習|数据挖掘|資料探勘)[^。\n]{0,12}?(?:禁止|不得|严禁|嚴禁|不允许|不允許)",
        # Korean
        r"(?:AI|인공지능|기계\s?학습|머신\s?러닝|데이터\s?마이닝|생성형)[^.\n]{0,30}?(?:금지|불가|불허|거부|안\s?됩니다|허용하지|허락하지|허용되지)",
        # German
        r"(?:\bKI\b|k[üu]nstliche\w* intelligenz|maschinelle\w* lernen|text[- ]und[- ]data[- ]mining|data[- ]mining|\bTDM\b)[^.;\n]{0,90}?(?:untersagt|verboten|nicht (?:gestattet|erlaubt|zul[äa]ssig)|vorbehalten|vorbehalt|widersproch\w+|ausgeschlossen)",
        r"(?:untersag\w+|verboten|verbot\b|kein(?:e|en|erlei)?\b|nicht\b|vorbehalt\w*|widersprech\w*|widerspruch)[^.;\n]{0,90}?(?:\bKI[- ]?training|training\w*[^.;\n]{0,40}\bKI\b|k[üu]nstliche\w* intelligenz|maschinelle\w* lernen|text[- ]und[- ]data[- ]mining|data[- ]mining)|§\s?44b",
        # French, Spanish, Portuguese, Italian
        r"(?:fouille de (?:textes?|donn[ée]es)|\bIA\b|intelligence artificielle|apprentissage (?:automatique|machine|profond)|inteligencia artificial|intelig[êe]ncia artificial|intelligenza artificiale|miner[ií]a de (?:textos? y )?datos|minera[çc][ãa]o de (?:textos? e )?dados|estrazione di (?:testo e )?dati|aprendizaje autom[áa]tico|aprendizado de m[áa]quina|apprendimento automatico)[^.;\n]{0,90}?(?:interdit\w*|r[ée]serv\w*|non autoris\w*|pas autoris\w*|refus\w*|oppos\w*|exclu\w*|prohib\w*|proib\w*|vietat\w*|riservat\w*|\bno (?:se )?(?:permite|autoriza)\w*|n[ãa]o (?:[ée] )?(?:permitid|autorizad)\w*|non (?:[èe] )?(?:consentit|autorizzat|permess)\w*)",
        r"(?:interdi\w*|r[ée]serv\w*|aucun\w*|oppos\w*|\bpas\b|prohib\w*|proib\w*|vietat\w*|riservat\w*|\bno se (?:permite|autoriza)\w*|n[ãa]o [ée] permitid\w*|non [èe] consentit\w*)[^.;\n]{0,90}?(?:fouille de (?:textes?|donn[ée]es)|(?:entra[iî]n|entren|trein|addestra)\w*[^.;\n]{0,50}?(?:\bIA\b|intel\w+ artific\w+|mod[eè]l\w*)|apprentissage automatique|aprendizaje autom[áa]tico|aprendizado de m[áa]quina|apprendimento automatico|miner[ií]a de (?:textos? y )?datos|minera[çc][ãa]o de (?:textos? e )?dados|estrazione di (?:testo e )?dati)",
    )
)
# What sounds like a denial and is none; blanked before the patterns look.
_NO_DENIAL = re.compile(
    r"tdm[-_ ]?reservation[\"']?\s*[:=]?\s*[\"']?0\b|"
    r"\b(?:no|without(?: any)?)[- ](?:restrictions?|limitations?|objections?|reservations?|prohibitions?)\b(?:[^.;\n]{0,60}?(?:AI|learning|mining|training)\w*)?"
    r"|\b(?:not|never|nor|neither)[- ](?:be[- ])?(?:prohibit|forbid|forbidden|disallow|restrict|reserv|exclud|den(?:y|ied)|object)\w*(?:[^.;\n]{0,60}?(?:mining|training|learning))?"
    r"|\bnot only\b|\bnot (?:made|generated|created|produced|drawn)\b[^.;\n]{0,60}|\bno (?:AI|artificial intelligence|machine learning)(?:[^.;\n]{0,30})?(?:was|were|has been|involved|generated)\b"
    r"|(?:禁止|不可|拒否|留保)(?:では|じゃ)(?:あり|な)|禁止(?:は)?(?:しませ|しな|していませ|しておりませ|していな)|(?:制限|禁止事項|禁止)(?:は|も)?(?:あり|ござい)ませ|制限(?:なし|なく|はない)"
    r"|nicht (?:untersagt|verboten|vorbehalten|ausgeschlossen)|non (?:interdit|r[ée]serv)\w*|no (?:est[áa] )?prohib\w*|未禁止|不禁止|금지하지",
    re.IGNORECASE,
)
_WORTH_LOOKING = re.compile(
    r"AI|ML\b|LLM|IA\b|KI\b|TDM|mining|learning|train|neural|generative|学習|學習|学习|訓練|训练|マイニング|情報解析|挖掘|探勘|인공|기계|머신|마이닝|생성형"
    r"|fouille|intelli?g|apprend|apprent|aprendi|entra|entren|trein|addestr|miner|dati|lernen|44b|模型",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"<[^<>]*>?|\s+")
_QUOTED = re.compile(r"=\s*\"([^\"<>]*)\"|=\s*'([^'<>]*)'")
MAX_TEXT = 20_000  # characters that are looked at


def reservation_in(text: str) -> tuple[int, int] | None:
    """Span (code points of `text`) of the first words that reserve or forbid training or mining, None if there are none."""
    text = text[:MAX_TEXT]
    if not _WORTH_LOOKING.search(text) and text.isascii():
        return None
    folded, places = _folded(text)
    if not _WORTH_LOOKING.search(folded):
        return None
    plain = _NO_DENIAL.sub(lambda match: "\0" * len(match.group()), folded)
    best: tuple[int, int] | None = None
    for pattern in _PATTERNS:
        if (match := pattern.search(plain)) and (best is None or match.start() < best[0]):
            best = match.span()
    return None if best is None else (places[best[0]], places[best[1] - 1] + 1)


def reservation_in_markup(text: str) -> bool:
    """The same for XML that does not parse: its texts and the values of its attributes, without names and addresses."""
    quoted = [one or other for one, other in _QUOTED.findall(text)]
    pieces = [*_MARKUP.sub(lambda match: " " if match.group().isspace() else "\n", text).split("\n"), *quoted]
    return any(reservation_in(piece) for piece in dict.fromkeys(pieces) if "://" not in piece)


def _folded(text: str) -> tuple[str, list[int]]:
    """NFKC, and for each code point of the result its place in `text`; lines are joined, since notices are wrapped."""
    if text.isascii():
        return text.replace("\n", " ").replace("\r", " "), list(range(len(text)))
    out: list[str] = []
    places: list[int] = []
    starts = [i for i, character in enumerate(text) if i == 0 or not unicodedata.combining(character)]
    for place, after in zip(starts, [*starts[1:], len(text)], strict=True):
        for new in unicodedata.normalize("NFKC", text[place:after]):
            out.append(" " if new in "\r\n" else new)
            places.append(place)
    return "".join(out), places
