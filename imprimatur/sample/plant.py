"""The planted cases: pictures that each break (or deserve) exactly one rule, and what policy should say to them.

Every number here is invented. The phone number has the form of a Tokyo number, so that a validator accepts it; the
12-digit number only satisfies the check digit of the My Number scheme and belongs to nobody.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from PIL import Image, ImageDraw, ImageEnhance

from curate.decision import Outcome
from imprimatur.sample.assortment import ASSORTMENT
from imprimatur.sample.draw import Shot, photograph
from imprimatur.sample.font import lettering
from imprimatur.sample.mesh import Mesh, block
from imprimatur.sample.pictures import Cell, Draft, encoded
from imprimatur.sample.scene import scene

PHONE = "03-5555-0142"
MY_NUMBER = "123456789018"
SECRET_MARK = "社外秘"
CARD = "MECARD:N:花巻,一郎;TEL:0355550142;EMAIL:i.hanamaki@kobo-seiki.example;;"
# The QR code (ISO/IEC 18004, level M) of CARD: a row of modules each, dark = 1, most significant bit to the left.
CARD_MODULES = 37
CARD_ROWS = (
    "1fde0b2d7f 104dc6cf41 17407c9a5d 1752a0ea5d 17533d425d 105d4b1941 1fd555557f 001530ea00 11763114f9 "
    "00bd4e2e0d 0ed5aabaa4 0910f71276 11c2850317 12a595813c 18fb0b2c26 15a9ec673e 1ac3245c3e 14a1133f1d "
    "1957d5cec5 01110c3a3f 19f5a37756 039c6d34f0 14c736e643 1d1120b3dc 09527116ee 1b9c0e5606 0348ae922f "
    "01863f7a3e 1e698d2ff3 001c44a71c 1fdfa9275a 104e6f6d1a 1755e675fa 17465314fd 174f9da916 104e045a67 "
    "1fdba36d45"
)
SECRET_DRAWING = "KD-21-04A"
QUIET_DRAWING = "KD-32-05A"

_XMP_PROHIBITED = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/">
   <plus:DataMining>http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED</plus:DataMining>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


@dataclass(frozen=True, slots=True)
class Planted:
    """One planted case: in which file, which rule should decide it and how, and why, for people."""

    file_name: str
    case: str
    expected_rule: str
    expected_outcome: Outcome
    explanation_en: str
    explanation_ja: str


_CASES: tuple[Planted, ...] = (
    Planted("products/cpl-2501.jpg", "phone number in a caption", "review-personal-data", Outcome.REVIEW,
            "A caption names a direct telephone number: a person has to look before a model may learn it.",
            "説明文に直通の電話番号があります。モデルに覚えさせる前に人の確認が必要です。"),
    Planted("products/shf-2601.jpg", "My Number in a caption", "deny-my-number", Outcome.DENY,
            "A caption holds a 12-digit individual number with a valid check digit: it must never be learnt.",
            "説明文に検査用数字の合う個人番号(マイナンバー)があります。学習させてはなりません。"),
    Planted("products/flg-3105.jpg", "GPS position in the file", "review-location-in-file", Outcome.REVIEW,
            "The camera wrote the place into the file's EXIF data.",
            "撮影した場所の緯度と経度がファイルのEXIFに残っています。"),
    Planted(f"drawings/{SECRET_DRAWING.lower()}.png", "drawing stamped 社外秘", "deny-secret-marking", Outcome.DENY,
            "The drawing carries the stamp 社外秘 (company secret); it stands in the pixels only, not in the catalogue.",
            "図面に「社外秘」の印があります。台帳には書かれておらず、画像の中だけにあります。"),
    Planted("products/pul-2304.jpg", "expired licence", "deny-licence-expired", Outcome.DENY,
            "The right to use this picture ended last month.",
            "この写真を使う権利は先月で切れています。"),
    Planted("products/brk-1202.jpg", "missing source", "unknown-source", Outcome.REVIEW,
            "Nobody stated where this picture comes from. Unknown is not clean: fill in the column `source`.",
            "この写真の入手元が書かれていません。不明のままでは通せません。source 列を補ってください。"),
    Planted("products/vlv-3202.jpg", "data mining prohibited in XMP", "deny-no-train-reservation", Outcome.DENY,
            "The file itself says plus:DataMining = prohibited, whatever the catalogue says.",
            "ファイルのXMPに plus:DataMining = 禁止 とあります。台帳の記載にかかわらず学習できません。"),
    Planted("products/ger-2102_web.jpg", "near-duplicate", "review-near-duplicate", Outcome.REVIEW,
            "A brighter, recompressed copy of ger-2102 under another name: one of the two should be chosen.",
            "ger-2102 を明るくして圧縮し直した別名の写しです。どちらを残すか決めてください。"),
    Planted("products/eyb-1502.jpg", "truncated JPEG", "hold-undecodable", Outcome.REVIEW,
            "The file ends in the middle: it cannot be decoded, so nothing in it could be checked.",
            "ファイルが途中で切れていて開けません。中身を確かめられないため保留です。"),
    Planted("products/pkg-9001.jpg", "low-value picture", "low-value", Outcome.INDEX,
            "A cardboard box nobody asks for and nothing depends on: searchable, but not worth a place in memory.",
            "誰も探さず、業務にも響かない段ボール箱です。検索はできますが、覚えるほどの価値はありません。"),
    Planted("products/prm-9002.jpg", "popular, replaced every week", "volatile", Outcome.INDEX,
            "Everybody asks for it, and it is replaced every week: memory would always be out of date.",
            "よく探されますが毎週差し替わります。覚えてもすぐ古くなるので検索側に置きます。"),
    Planted("products/brg-2403.jpg", "contact card in a QR code", "review-shown-in-picture", Outcome.REVIEW,
            "A label lies beside the part; its QR code holds the name, telephone and mail address of a person.",
            "部品の横のラベルにあるQRコードに、担当者の氏名・電話・メールが入っています。"),
    Planted(f"drawings/{QUIET_DRAWING.lower()}.png", "quiet but critical drawing", "cleared", Outcome.MEMORIZE,
            "Nobody asked for it in half a year, yet in an emergency it has to be found at once: worth remembering.",
            "半年間だれも探していませんが、非常時にはすぐ必要な図面です。覚える価値があります。"),
)  # fmt: skip


def plant(drafts: Iterable[Draft], *, today: date, font: Path) -> tuple[tuple[Draft, ...], tuple[Planted, ...]]:
    """The drafts with the cases worked in, three further pictures included, and the list of cases."""
    by_name = {draft.file_name: draft for draft in drafts}

    def change(file_name: str, draft: Draft) -> None:
        by_name[file_name] = draft

    phone, number, place, _, expired, unsourced, reserved, copy, broken, _, _, label, quiet = (
        case.file_name for case in _CASES
    )
    change(phone, _with_caption(by_name[phone], f"急ぎの注文は担当者直通 {PHONE} まで。"))
    change(
        number, _with_caption(by_name[number], f"申請メモの写し。個人番号(マイナンバー) {MY_NUMBER} を添えて軸を返却。")
    )
    change(place, _taken_outside(by_name[place]))
    ended = {"license_end": (today - timedelta(days=30)).isoformat(), "contract_ref": "KOBO-C-07"}
    change(expired, _with(by_name[expired], ended))
    change(unsourced, _with(by_name[unsourced], {"source": None}))
    change(reserved, _reserved(by_name[reserved]))
    change(copy, _copied(by_name["products/ger-2102.jpg"], copy))
    change(broken, replace(by_name[broken], data=by_name[broken].data[: len(by_name[broken].data) * 55 // 100]))
    change(label, _labelled(by_name[label]))
    change(quiet, replace(_with(by_name[quiet], {"criticality": 0.95, "change_count": 0}), asked=(), demand=0.0))
    for extra in (_carton(today), _weekly(today, font)):
        change(extra.file_name, extra)
    return tuple(by_name[name] for name in sorted(by_name)), _CASES


def _with(draft: Draft, cells: Mapping[str, Cell]) -> Draft:
    return replace(draft, row={**draft.row, **cells})


def _with_caption(draft: Draft, caption: str) -> Draft:
    """The third Japanese caption replaced."""
    captions = draft.row["captions_ja"]
    assert isinstance(captions, list)
    return _with(draft, {"captions_ja": [*captions[:2], caption]})


def _opened(draft: Draft) -> Image.Image:
    with Image.open(io.BytesIO(draft.data)) as image:
        return image.convert("RGB")


def _taken_outside(draft: Draft) -> Draft:
    """With a GPS position: the top of Mount Fuji, a place everybody knows and nobody lives at."""
    exif = Image.Exif()
    position = exif.get_ifd(0x8825)
    position[1], position[2] = "N", (35.0, 21.0, 38.0)
    position[3], position[4] = "E", (138.0, 43.0, 39.0)
    data = encoded(_opened(draft), draft.file_name, quality=92, exif=exif.tobytes())
    return replace(_with(draft, {"content_class": "photo", "source": "site-visit", "method": "camera"}), data=data)


def _labelled(draft: Draft) -> Draft:
    """With a white label in the lower right corner that carries the QR code of CARD."""
    image = _opened(draft)
    module = 3  # pixels
    side = (CARD_MODULES + 8) * module
    label = Image.new("RGB", (side, side), (252, 252, 250))
    brush = ImageDraw.Draw(label)
    for down, row in enumerate(CARD_ROWS.split()):
        for across, bit in enumerate(f"{int(row, 16):0{CARD_MODULES}b}"):
            if bit == "1":
                x, y = (across + 4) * module, (down + 4) * module
                brush.rectangle((x, y, x + module - 1, y + module - 1), fill=(18, 18, 20))
    image.paste(label, (image.width - side - 6, image.height - side - 6))
    return replace(draft, data=encoded(image, draft.file_name, quality=92))


def _reserved(draft: Draft) -> Draft:
    return replace(draft, data=encoded(_opened(draft), draft.file_name, quality=92, xmp=_XMP_PROHIBITED.encode()))


def _copied(draft: Draft, file_name: str) -> Draft:
    image = ImageEnhance.Brightness(_opened(draft)).enhance(1.04)
    row = {
        **draft.row,
        "title_ja": f"{draft.row['title_ja']} Web用",
        "title_en": f"{draft.row['title_en']}, for the web",
    }
    return Draft(file_name, encoded(image, file_name, quality=66), row, (), 0.0)


def _facts(
    today: date, *, days: int, changes: int, criticality: float, line: str, sku: str, changed_days: int
) -> dict[str, Cell]:
    """Rights as an ordinary row states them, and the business facts given."""
    return {
        "content_class": "photo", "source": "in-house-studio", "method": "studio-photo", "collector": "MK1",
        "collected_at": (today - timedelta(days=days)).isoformat(), "owner": "工房精機株式会社",
        "license": "LicenseRef-Kobo-Internal", "license_scope": ["commercial", "memorize", "output", "train"],
        "model_release": "not_required", "property_release": "not_required", "criticality": criticality,
        "product_line": line, "sku": sku, "changed_at": (today - timedelta(days=changed_days)).isoformat(),
        "change_count": changes,
    }  # fmt: skip


def _carton(today: date) -> Draft:
    box = block((300, 220, 170), "carton").moved(z=85)
    tape = replace(block((302, 44, 1), "tape"), lift=40).moved(z=170.5)
    flap = replace(block((1, 44, 60), "tape"), lift=40).moved(x=150.5, z=140)
    shot = Shot(yaw=-36, elevation=30, fill=0.66, wall=(240, 240, 238), floor=(206, 204, 200), glow=(0.7, 0.2))
    name = "products/pkg-9001.jpg"
    words: dict[str, Cell] = {
        "title_ja": "段ボール箱", "title_en": "Cardboard box",
        "captions_ja": ["無地の段ボール箱。", "ふたをテープで閉じた茶色の箱。", "梱包の見本に撮った箱。"],
        "captions_en": ["A plain cardboard box.", "Brown box closed with tape.", "Box photographed as a packing sample."],
        "tags_ja": ["箱", "梱包"], "tags_en": ["box", "packing"],
    }  # fmt: skip
    facts = _facts(today, days=60, changes=1, criticality=0.02, line="Packing", sku="PKG-9001", changed_days=20)
    return Draft(name, encoded(photograph((box, tape, flap), shot), name), words | facts, (), 0.0)


def _group(places: Sequence[tuple[str, float, float, float]]) -> tuple[Mesh, ...]:
    """Articles side by side, each brought to the height `size` (mm) and set down at x, y."""
    meshes: list[Mesh] = []
    for sku, size, x, y in places:
        article = ASSORTMENT.article(sku)
        mine = tuple(mesh.turned(*article.family.rest) for mesh in article.family.build(article.variant))
        whole = scene(mine)
        flat = whole.corners.reshape(-1, 3)
        factor = size / float((flat.max(0) - flat.min(0)).max())
        low = float(flat[:, 2].min())
        meshes += [
            replace(m, corners=(m.corners - [0, 0, low]) * factor, lift=m.lift * factor).moved(x, y) for m in mine
        ]
    return tuple(meshes)


def _weekly(today: date, font: Path) -> Draft:
    """This week's offer: a group of parts under a banner with the week's number."""
    parts = _group((("SPG-1805", 70, 62, 40), ("GER-2105", 80, -50, 25), ("BRG-2401", 70, 20, -45)))
    shot = Shot(440, 320, yaw=12, elevation=34, fill=0.62, shift=(0, 0.1), wall=(255, 246, 224), floor=(238, 206, 150))
    image = photograph(parts, shot)
    week = today.isocalendar().week
    brush = ImageDraw.Draw(image)
    brush.rectangle((0, 0, 440, 54), fill=(192, 40, 36))
    brush.text((16, 27), "今週のおすすめ", font=lettering(font, 30), fill=(255, 255, 255), anchor="lm")
    brush.text((424, 27), f"第{week}週", font=lettering(font, 22), fill=(255, 238, 190), anchor="rm")
    name = "products/prm-9002.jpg"
    words: dict[str, Cell] = {
        "title_ja": "今週のおすすめ品", "title_en": "Pick of the week",
        "captions_ja": ["今週のおすすめ部品を並べた写真。", "赤い帯の下に、ばねと歯車と軸受。", "毎週月曜に差し替える案内の画像。"],
        "captions_en": ["This week's recommended parts in a group.", "A spring, a gear and a bearing under a red banner.",
                        "The notice that is replaced every Monday."],
        "tags_ja": ["今週", "おすすめ", "特価"], "tags_en": ["this week", "offer", "recommended"],
    }  # fmt: skip
    facts = _facts(today, days=182, changes=26, criticality=0.45, line="Promotion", sku="PRM-9002", changed_days=3)
    asked = ("今週のおすすめ", "今週の特価", "おすすめ部品", "今週のおすすめ品 写真", "pick of the week", "weekly offer",
             "今週のオススメ", "特価の部品", "this week's parts", "今週 お買い得")  # fmt: skip
    return Draft(name, encoded(image, name, quality=90), words | facts, asked, 40.0)
