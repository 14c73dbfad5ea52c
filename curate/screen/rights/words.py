"""Reservations against training that are written out in words, in the languages in which they are met."""

from __future__ import annotations

import re
import unicodedata

_END = r"(?=\s*(?:[,;.!?)\]|\"'*/]|$))"
# What follows a name of the technique where a thing is called after it, and nobody speaks of learning.
_THING = r"(?![- ]?(?:\d|camera|pump|driven|powered|based|assisted|ready|controller|server|unit|module|chip|vision|inspection|works?\b|inc\b|ltd\b|gmbh\b))"
_TECHNIQUE = (
    r"(?:\bAI\b|\bA\.I\.|artificial[- ]intelligence|\bML\b|machine[- ]?learning|deep[- ]learning|generative|neural[- ]net\w*"
    r"|\bLLMs?\b|large[- ]language|foundation[- ]models?|(?:stable|latent)[- ]diffusion|diffusion[- ](?:models?|systems?))"
)
_USE = (  # of machines that learn, in English
    rf"(?:{_TECHNIQUE}[^.;\n]{{0,50}}?"
    r"(?:train\w*|learning|dataset\w*|data[- ]sets?|ingest\w*|develop\w*|\buse[ds]?\b|\busage\b|\bmodels?\b|\bpurposes?\b|\bsystems?\b|scrap\w*)"
    r"|machine[- ]?learning|\btrain(?:s|ed|ing)?\b[^.;\n]{0,50}?(?:\bAI\b|\bML\b|models?\b|algorithm\w*|neural|\bLLMs?\b|machine[- ]learn\w+|generative|artificial)"
    r"|\b(?:in|into|as|for)\b (?:\w+ ){0,2}?training[- ](?:data\w*|sets?\b|corp\w+)"
    rf"|(?:data[- ]?sets?|us(?:e[ds]?|ing|age)|scrap\w+|ingest\w*)[^.;\n]{{0,40}}?\b(?:for|by|in|into|to)\b (?:any |an? |the )?(?:gen(?:erative)?[- ])?AI\b{_THING}"
    rf"|(?:feed|upload\w*|input|submit\w*|enter|fed|show\w*)\b[^.;\n]{{0,40}}?\b(?:in|into|to)\b (?:any |an? |the )?(?:gen(?:erative)?[- ])?AI\b{_THING}"
    r"|\b(?:text[- ]and[- ])?data[- ]?mining\b|\bTDM\b)"
)
_DENIED = (
    r"(?:prohibit\w*|forbid\w*|forbidden|disallow\w*|not[- ](?:be[- ])?(?:permit\w*|allow\w*|authori[sz]ed|granted|licen[sc]ed|used)"
    r"|\bdenied\b|\bNG\b|\breserved\b|\bwithh[eo]ld\w*|\bexcluded\b|opt(?:ed|ing|s)?[- ]?out|without[^.;\n]{0,30}(?:permission|consent|licen[sc]e|authori[sz]ation)"
    r"|(?:requires?|needs?|subject to|only (?:with|under|by|after))\b[^.;\n]{0,30}(?:permission|consent|licen[sc]e|authori[sz]ation|agreement))"
)
_DENYING = (
    r"(?:\bno\b|\bnot\b|\bnever\b|\bdon['’]?t\b|\bcannot\b|\bneither\b|\bnor\b|prohibit\w*|forbid\w*|disallow\w*|\bden(?:y|ies|ied)\b"
    r"|exclud\w*|opt(?:ed|ing|s)?[- ]?out|object(?:s|ed|ion)? to|reserv(?:e[sd]?|ing|ation)\b|withh[eo]ld\w*)"
)
_JA_NO = (
    r"(?:禁止|禁じ|禁ず|厳禁|不可|お断り|おことわり|断りします|NG\b|[×✕✖]|認め(?:られ)?な|認め(?:られ)?ませ|認めてい?お?り?ませ|許可しな|許可しませ|許可してい?お?り?ませ|許諾しな|許諾しませ"
    r"|許可なく|許諾なく|承諾なく|無断で|ないで|するな|やめて|おやめ|お止め|遠慮|拒否|拒絶|留保|できません|ないこと|はならない|はなりません|はいけ|だめ|ダメ|オプトアウト"
    r"|(?:許可|許諾|承諾|同意)(?:が|を)?(?:必要|要し|要する|得て))"
)
_JA_AI = r"(?:生成系?AI|AI|人工知能|機械(?=の?学習|による)|深層|ディープラーニング|LLM|大規模言語モデル|画像生成|ChatGPT|Gemini|Copilot|Midjourney|Stable ?Diffusion)"
_JA_THING = r"(?!用?(?:装置|機器|サーバ|カメラ|ソフト|システム|エンジニア|技術者|研究|教材|キット|ラボ|室|センター|機能|機(?!械)|付き|済み|搭載|対応|リモコン))"
_JA_GAP = r"[\s::]?[^。\n\s]"  # a blank parts words in Japanese that have nothing to do with each other
_RU_AI = r"(?:\bИИ\b|нейро(?:нн\w+ )?сет\w+|искусственн\w+ интеллект\w*|машинн\w+ обучени\w+|\bAI\b|генеративн\w+)"

_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_DENYING}[^.;\n]{{0,80}}?{_USE}",
        rf"{_USE}[^.;\n]{{0,60}}?{_DENIED}",
        r"\bnot?[- ](?:be[- ])?used?[- ](?:for|to|in)[- ](?:the[- ])?train(?:ing)?\b(?! (?:of|for) (?:operators?|staff|personnel|people|workers|employees|students|apprentices))|\bopt(?:s|ed|ing)?[- ]?out (?:of|from) (?:gen(?:erative)?[- ])?AI\b|\b(?:do[- ]not|don['’]?t)[- ]train\b",
        rf"\bno[- ]train(?:ing)?\b{_END}",
        rf"(?<![a-z])(?<!with )(?:no[-_]?(?:image|gen)?[-_]?(?:ai|ml)|no (?:image |gen(?:erative)? )?ai{_END})(?![a-z])",
        r"\bAI\b\s*[:\-]\s*(?:no\b|not\b|do not|don['’]?t|prohibited|forbidden)",
        r"\bAI\b (?:compan\w+|developers?|firms?|vendors?|providers?|labs?|bots?|crawlers?|scrapers?|systems?|models?|tools?)\b[^.;\n]{0,40}?(?:\b(?:may|must|shall|can|are|is)\s?not\b|"
        + _DENIED
        + ")",
        r"tdm[-_]?reservation[\"']?\s*[:=]\s*[\"']?1",
        # Japanese
        rf"{_JA_AI}(?:等|など)?(?:による|への|での|の|に|へ|を用いた|を使った|用の?|に対する)?\s?(?:無断)?(?:機械)?(?:学習|訓練|トレーニング|データマイニング|開発){_JA_THING}{_JA_GAP}{{0,24}}?{_JA_NO}",
        rf"{_JA_AI}\s?(?:学習|訓練)\s?(?:禁止|不可|厳禁|NG\b|[×✕✖])",
        rf"{_JA_AI}(?:サービス|ツール|モデル|生成|等|など)*(?:へ|に|で|による|として)?の?(?:入力|取り込|取込|読み込|読込|読ませ|食わせ|与え|投入|送信|アップロード|利用|使用|使わ|用い|二次利用|転用|データ化)[^。\n\s]{{0,14}}?{_JA_NO}",
        rf"(?:学習|訓練)(?:用|目的)?(?:の)?(?:データ|素材|セット|モデル)?(?:へ|と|として|に|で)?(?:の)?(?:無断)?(?:利用|使用|転用|流用|収集|用い)[^。\n\s]{{0,16}}?{_JA_NO}",
        r"無断学習|学習(?:は|を|も)?(?:固く|一切|全て|すべて)?(?:禁止|禁ず|禁じ|不可|厳禁|NG\b|お断り|拒否)",
        rf"(?:データ・?マイニング|情報解析|TDM){_JA_THING}{_JA_GAP}{{0,30}}?{_JA_NO}",
        rf"(?:データ・?セット|コーパス)(?:へ|に|と|として)?の?(?:収録|収集|利用|使用|追加|登録|取り込)[^。\n\s]{{0,14}}?{_JA_NO}",
        r"(?<![A-Za-z])AI(?:は|も)?(?:禁止|厳禁|不可|NG\b|お断り)",
        rf"(?:禁止|無断|なく)[^。\n]{{0,24}}?{_JA_AI}(?:による|への|での|の|に)?(?:機械)?(?:学習|訓練|トレーニング){_JA_THING}",
        # Chinese
        r"(?:禁止|不得|严禁|嚴禁|请勿|請勿|谢绝|謝絕|不允许|不允許|不可)[^。\n\s]{0,30}?(?:AI|人工智[能慧]|机器学习|機器學習|深度学习|数据挖掘|資料探勘|大模型|模型)[^。\n\s]{0,12}?(?:训练|訓練|学习|學習|挖掘|使用)",
        r"(?:禁止|不得|严禁|嚴禁|请勿|請勿|不允许|不允許)[^。\n\s]{0,20}?(?:数据挖掘|資料探勘|机器学习|機器學習|训练|訓練)(?!场|場|室|中心|营)",
        r"(?:(?:AI|人工智[能慧]|模型)[^。\n\s]{0,10}?(?:训练|訓練|学习|挖掘)|机器学习|機器學習|数据挖掘|資料探勘)(?!实验|實驗|室|中心|机|機)[^。\n\s]{0,12}?(?:禁止|不得|严禁|嚴禁|不允许|不允許)",
        # Korean
        r"(?:(?:AI|인공지능|생성형)[^.\n]{0,12}?(?:학습|훈련|트레이닝|이용|사용|입력|데이터|개발)|기계\s?학습|머신\s?러닝|데이터\s?마이닝)[^.\n]{0,30}?(?:금지|불가|불허|거부|안\s?됩니다|없습니다|허용하지|허락하지|허용되지|하지\s?마)",
        r"(?:AI|인공지능)\s?(?:금지|불가|불허|거부)",
        # German
        r"(?:\bKI\b|k[üu]nstliche\w* intelligenz|maschinelle\w* lernen|text[- ]und[- ]data[- ]mining|data[- ]mining|\bTDM\b)[^.;\n]{0,90}?(?:untersagt|verboten|nicht (?:gestattet|erlaubt|zul[äa]ssig)|vorbehalten|vorbehalt|widersproch\w+|ausgeschlossen)",
        r"(?:untersag\w+|verboten|verbot\b|kein(?:e|en|erlei)?\b|nicht\b|vorbehalt\w*|widersprech\w*|widerspruch)[^.;\n]{0,90}?(?:\bKI[- ]?training|train\w*[^.;\n]{0,40}\bKI\b|k[üu]nstliche\w* intelligenz|maschinelle\w* lernen|text[- ]und[- ]data[- ]mining|data[- ]mining)|§\s?44b",
        # Dutch, Swedish, Danish, Norwegian
        r"(?:\bAI\b|machine[- ]?learning|maskininl[äa]rning|maskinl[æa]ring|kunstmatige intelligentie|artificiell intelligens|kunstig intelligens)[- ]?(?:training|tr[äæ]ning|trening)?[^.;\n]{0,40}?(?:verboden|niet toegestaan|voorbehouden|f[öo]rbju\w+|inte till[åa]t\w*|forbud\w*|ikke tilladt|ikke tillatt)",
        r"(?:\bniet\b|\bgeen\b|verboden|\bf[åa]r ej\b|\binte\b|f[öo]rbju\w+|forbud\w*|\bikke\b|\bm[åa] ikke\b)[^.;\n]{0,60}?(?:(?:\bAI\b|\bKI\b)[- ]?(?:training|tr[äæ]ning|trening|modellen)|tr[äæ]na [^.;\n]{0,20}\bAI\b|tren(?:e|ing av) [^.;\n]{0,20}\b[AK]I\b|trainen van [^.;\n]{0,20}\bAI\b)",
        r"(?:tekst- en datamining|text- och datautvinning|tekst- og datamining)[^.;\n]{0,40}?(?:voorbehouden|verboden|f[öo]rbeh\w+|forbehold\w+)",
        # French, Spanish, Portuguese, Italian
        r"(?:fouille de (?:textes?|donn[ée]es)|\bIA\b(?!-?\d)|intelligence artificielle|apprentissage (?:automatique|machine|profond)|inteligencia artificial|intelig[êe]ncia artificial|intelligenza artificiale|miner[ií]a de (?:textos? y )?datos|minera[çc][ãa]o de (?:textos? e )?dados|estrazione di (?:testo e )?dati|aprendizaje autom[áa]tico|aprendizado de m[áa]quina|apprendimento automatico)[^.;\n]{0,90}?(?:interdit\w*|r[ée]serv\w*|non autoris\w*|pas autoris\w*|refus\w*|oppos\w*|exclu\w*|prohib\w*|proib\w*|vietat\w*|riservat\w*|\bno (?:se )?(?:permite|autoriza)\w*|n[ãa]o (?:[ée] )?(?:permitid|autorizad)\w*|non (?:[èe] )?(?:consentit|autorizzat|permess)\w*)",
        r"(?:interdi\w*|r[ée]serv\w*|aucun\w*|oppos\w*|\bpas\b|prohib\w*|proib\w*|vietat\w*|riservat\w*|\bno (?:se (?:permite|autoriza)\w*|usar|utili[zc]\w+|entrenar)|n[ãa]o (?:[ée] permitid\w*|usar|utilizar|treinar)|non (?:[èe] consentit\w*|usare|utilizzare|addestrare))[^.;\n]{0,90}?(?:fouille de (?:textes?|donn[ée]es)|(?:entra[iî]n|entren|trein|addestra)\w*[^.;\n]{0,50}?(?:\bIA\b|intel\w+ artific\w+|mod[eè]l\w*)|apprentissage automatique|aprendizaje autom[áa]tico|aprendizado de m[áa]quina|apprendimento automatico|miner[ií]a de (?:textos? y )?datos|minera[çc][ãa]o de (?:textos? e )?dados|estrazione di (?:testo e )?dati)",
        # Russian, Polish
        rf"(?:запре[щт]\w*|\bне \w+|нельзя|без разрешения)[^.;\n]{{0,60}}?обуч\w+[^.;\n]{{0,40}}?{_RU_AI}",
        rf"(?:обуч\w+[^.;\n]{{0,30}}?{_RU_AI}|{_RU_AI}[^.;\n]{{0,20}}?обуч\w+|машинн\w+ обучени\w+)[^.;\n]{{0,40}}?(?:запре[щт]\w*|не (?:допуска|разреша|разреш)\w+|нельзя)",
        r"(?:zakaz\w*|zabron\w*|nie (?:wolno|u[żz]ywa\w*|zezwala\w*)|zastrze\w+)[^.;\n]{0,60}?(?:tren\w+|ucze\w+|szkole\w+|eksploracj\w+)[^.;\n]{0,40}?(?:\b[AS]I\b|sztuczn\w+ inteligencj\w+|maszynow\w+|danych)",
    )
)
# What sounds like a denial and is none; blanked before the patterns look.
_NO_DENIAL = re.compile(
    r"tdm[-_ ]?reservation[\"']?\s*[:=]?\s*[\"']?0\b|"
    r"\b(?:no|without(?: any)?)[- ](?:restrictions?|limitations?|objections?|reservations?|prohibitions?)\b(?:[^.;\n]{0,60}?(?:AI|learning|mining|training)\w*)?"
    r"|\b(?:not|never|nor|neither)[- ](?:be[- ])?(?:prohibit|forbid|forbidden|disallow|restrict|reserv|exclud|den(?:y|ied)|object)\w*(?:[^.;\n]{0,60}?(?:mining|training|learning))?"
    r"|\bnot only\b|\bnot (?:made|generated|created|produced|drawn)\b[^.;\n]{0,60}|\bno (?:generative )?(?:AI|artificial intelligence|machine learning)(?:[^.;\n]{0,30})?(?:was|were|has been|involved|generated)\b"
    r"|(?<![:(] )(?<![:(])\ball rights (?:are )?reserved\b(?!\s*[-,(;:–—]?\s*(?:in(?:cl|kl)|also|and\b|esp|for\b|to\b|as to))"
    r"|(?:禁止|不可|拒否|留保)(?:では|じゃ)(?:あり|な)|禁止(?:は)?(?:しませ|しな|していませ|しておりませ|していな)|(?:制限|禁止事項|禁止)(?:は|も)?(?:あり|ござい)ませ|制限(?:なし|なく|はない)"
    r"|nicht (?:untersagt|verboten|vorbehalten|ausgeschlossen)|non (?:interdit|r[ée]serv)\w*|no (?:est[áa] )?prohib\w*|не запрещ\w+|未禁止|不禁止|금지하지",
    re.IGNORECASE,
)
_WORTH_LOOKING = re.compile(
    r"AI|ML\b|LLM|GPT|Gemini|Copilot|Midjourney|Diffusion|IA\b|KI\b|TDM|mining|learning|train|neural|generative|学習|學習|学习|訓練|训练|マイニング|情報解析|データ・?セット|コーパス|挖掘|探勘|인공|기계|머신|마이닝|생성형"
    r"|fouille|intelli?g|apprend|apprent|aprendi|entra|entren|trein|addestr|miner|dati|lernen|44b|模型|обуч|tren|ucze|szkole|eksplor|utvinning|inl[äa]r",
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
