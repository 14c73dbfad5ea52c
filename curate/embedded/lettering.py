"""Bytes that somebody meant as text, in whatever letters: metadata rarely says which, and Japanese tools use four."""

from __future__ import annotations

import re

_HALF_WIDTH = re.compile(r"[\uff61-\uff9f]")
_JAPANESE_RUN = re.compile(r"[\u3041-\u30ff\u4e00-\u9fff\uff01-\uff60]{2,}")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_ISO2022 = re.compile(rb"\x1b[$(]")


def is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def lettered(raw: bytes) -> str:
    """`raw` as text: UTF-8 where it is, UTF-16 with a mark or by its zero bytes and kana, ISO-2022-JP by its escapes, Shift_JIS or EUC-JP where that
    gives Japanese words, else Windows-1252. NULs count as blanks. Never raises."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff") and len(raw) > 3:
        return tidy(raw.decode("utf-16", "replace"))
    if (code := _unmarked_utf16(raw)) is not None:
        return tidy(raw.decode(code, "replace"))
    if _ISO2022.search(raw):
        try:
            return tidy(raw.decode("iso2022_jp_2"))
        except UnicodeDecodeError:
            pass  # an escape by chance; the other readings follow
    try:
        return tidy(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        pass  # not UTF-8: the legacy codes follow
    best, most = "", 1
    for code in ("cp932", "euc_jp"):
        try:
            text = raw.decode(code)
        except UnicodeDecodeError:
            continue
        # A Latin letter with an accent and its neighbour make one such sign; two in a row are Japanese.
        signs = sum(map(len, _JAPANESE_RUN.findall(text))) - 2 * len(_HALF_WIDTH.findall(text))
        if signs > most:
            best, most = text, signs
    return tidy(best or raw.decode("cp1252", "replace"))


def _unmarked_utf16(raw: bytes) -> str | None:
    """The UTF-16 code of `raw`, which has no mark, or None: every unit is a sign of Japanese or ASCII, and a quarter of them
    ASCII or kana, whose high bytes no other code puts there."""
    body = raw.rstrip(b"\0")
    body += b"\0" * (len(body) % 2)
    if len(body) < 8 or (b"\0" not in body and is_utf8(body)):
        return None
    for code, high, low in (("utf-16-le", body[1::2], body[::2]), ("utf-16-be", body[::2], body[1::2])):
        plain = sum(h == 0x30 or (h == 0 and (lo >= 0x20 or lo in b"\t\r\n")) for h, lo in zip(high, low, strict=True))
        others = sum(0x4E <= h <= 0x9F or h == 0xFF or 0x20 <= h <= 0x2F for h in high)
        if plain + others == len(high) and 4 * plain >= len(high):
            return code
    return None


def tidy(text: str) -> str:
    """Without NULs, which pad and separate, and without blanks at the ends."""
    return text.replace("\0", " ").strip()


def user_comment(value: bytes, order: str) -> str:
    """EXIF UserComment (CIPA DC-008, 4.6.5): eight bytes name the code; `order` is that of the block, little or big."""
    code, body = value[:8], value[8:]
    if code.startswith(b"UNICODE"):
        little = order == "little"
        # Writers disagree on the order of the bytes: a mark or a first Latin letter tells, else the block's own holds.
        if body[:2] == b"\xff\xfe" or body[1:2] == b"\0":
            little = True
        elif body[:2] == b"\xfe\xff" or body[:1] == b"\0":
            little = False
        plain = body.rstrip(b"\0 ")
        if len(plain) > 5 and all(0x20 <= byte < 0x7F for byte in plain):
            return lettered(body)  # the label is wrong, as some phones write it: no word of Japanese looks like this
        return tidy(body.decode("utf-16-le" if little else "utf-16-be", "replace").lstrip("\ufeff"))
    if code.startswith(b"JIS"):
        return tidy(body.decode("iso2022_jp", "replace")) if _ISO2022.search(body) else lettered(body)
    return lettered(body if code.startswith(b"ASCII") or not code.strip(b"\0 ") else value)


def remains(raw: bytes) -> tuple[str, ...]:
    """What can be read in the bytes of a damaged part, in the letters that metadata is written in; control characters
    part the words. One text for each way of reading."""
    texts = (raw.decode(code, "ignore") for code in ("utf-8", "cp932", "utf-16-le", "utf-16-be"))
    return tuple(_CONTROLS.sub("\n", text) for text in texts)


def packet_text(raw: bytes) -> tuple[str, bool]:
    """An XMP packet as text, and whether all of it could be read: UTF-8, UTF-16 or UTF-32 (ISO 16684-1, 7.1)."""
    head = raw[:4]
    if head in (b"\xff\xfe\0\0", b"<\0\0\0"):
        code = "utf-32-le"
    elif head in (b"\0\0\xfe\xff", b"\0\0\0<"):
        code = "utf-32-be"
    elif head[:2] == b"\xff\xfe" or head == b"<\0?\0" or (head[:1] == b"<" and head[1:2] == b"\0"):
        code = "utf-16-le"
    elif head[:2] == b"\xfe\xff" or head[:2] == b"\0<":
        code = "utf-16-be"
    else:
        code = "utf-8"
    text = raw.decode(code, "replace")
    return text.strip("\ufeff\0 \r\n\t"), "\ufffd" not in text
