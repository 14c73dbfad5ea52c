"""The pages as a browser, a spreadsheet and a suspicious reader get them."""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from audit.recheck.run import Problem
from audit.report.charts import BarInput, bar_chart, flow_chart
from audit.report.data import ReportData
from audit.report.document import FORMAT, to_document
from audit.report.html import SECTIONS, render_html
from audit.report.sentence import sentence
from audit.report.shield import masked_name, shield_of
from audit.report.table_csv import image_table
from audit.report.wording import Lang, Words
from curate.rights_verdict import Answer, RightsChannel, Signal, Strength, verdict_of
from tests.audit.report.fakes import MY_NUMBER, NASTY_FILE, NASTY_TITLE, PHONE, Factory, finding

VOID = {"meta", "link", "br", "hr", "img", "input", "circle", "line", "path", "rect"}
LANGUAGES = list(Lang)


class Page(HTMLParser):
    """Reads strictly: every tag closed in order; keeps what the tests ask about."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.tables_without_caption = 0
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.tags and self.tags[-1][0] == "table" and tag != "caption":
            self.tables_without_caption += 1
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, f"</{tag}> out of order"

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture(scope="module")
def factory(tmp_path_factory: pytest.TempPathFactory) -> Factory:
    return Factory.make(tmp_path_factory.mktemp("factory"), parts=8)


@pytest.fixture(scope="module")
def data(factory: Factory) -> ReportData:
    return factory.data()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_one_file_without_script_and_without_anything_from_elsewhere(data: ReportData, lang: Lang) -> None:
    text = render_html(data, lang)
    page = Page(text)
    assert page.all("html")[0]["lang"] == lang.value
    assert {tag for tag, _ in page.tags} & {
        "script",
        "link",
        "img",
        "iframe",
        "object",
        "embed",
        "form",
        "base",
    } == set()
    assert not re.search(r"https?://|url\(|@import|\son[a-z]+=|javascript:", text)
    assert all(str(attrs["href"]).startswith("#") for attrs in page.all("a"))
    assert "default-src 'none'" in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_structure_that_a_screen_reader_needs(data: ReportData, lang: Lang) -> None:
    page = Page(render_html(data, lang))
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert {str(attrs["href"])[1:] for attrs in page.all("a")} <= set(ids)
    assert set(SECTIONS) <= set(ids)
    assert page.tables_without_caption == 0
    assert all(attrs.get("scope") for attrs in page.all("th"))
    images = [attrs for attrs in page.all("svg") if attrs.get("role") == "img"]
    assert len(images) >= 4 and all(attrs["aria-label"] for attrs in images)
    assert len(page.all("h1")) == 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_captions_and_file_names_stay_text(data: ReportData, lang: Lang) -> None:
    text = render_html(data, lang)
    assert NASTY_TITLE not in text and "<script" not in text
    page = Page(text)
    assert NASTY_TITLE in page.text and NASTY_FILE in page.text and "Ken <Abe>" in page.text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_personal_value_in_any_format(data: ReportData, lang: Lang) -> None:
    everything = render_html(data, lang) + image_table(data, lang) + json.dumps(to_document(data), ensure_ascii=False)
    for secret in (PHONE, MY_NUMBER, "tanaka@example.com", "090-", "/home/somebody", "who is"):
        assert secret not in everything
    assert "工場カタログ" in everything


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_verdict_comes_first(factory: Factory, lang: Lang, tmp_path: Path) -> None:
    words = Words(lang)
    assert words("verdict.holds", n=10) in Page(render_html(factory.data(), lang)).text
    broken = Page(render_html(factory.data(recheck_problems=[Problem("entry <7>", "a", "b")]), lang)).text
    assert words("verdict.fails") in broken and "entry <7>" in broken
    assert words("unsafe.title") not in broken
    unsafe = Page(render_html(Factory.make(tmp_path, unsafe=True, parts=3).data(), lang)).text
    assert words("unsafe.title") in unsafe and words("trained.unsafe") in unsafe
    assert words("trained.empty") not in unsafe


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_left_out_is_said(data: ReportData, lang: Lang) -> None:
    said = Words(lang)("images.capped", shown=5, total=len(data.images), left=len(data.images) - 5)
    assert said in Page(render_html(data, lang, images_listed=5)).text
    assert said not in Page(render_html(data, lang)).text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_how_to_verify_it(data: ReportData, lang: Lang) -> None:
    text = Page(render_html(data, lang)).text
    for needed in ("imprimatur audit verify", "imprimatur audit prove IMAGE", "imprimatur audit checkpoint"):
        assert needed in text
    assert data.ledger.root in text and data.ledger.checkpoint.strip() in text
    assert Words(lang)("limits.single") in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_empty_workspace_renders(tmp_path: Path, lang: Lang) -> None:
    from tests.audit.fakes import World

    page = Page(render_html(Factory(World.make(tmp_path)).data(), lang))
    assert Words(lang)("verdict.holds-untrained") in page.text


def test_one_sentence_per_image(factory: Factory, data: ReportData) -> None:
    lines = {line.image_id: line for line in data.images}
    en, ja = Words(Lang.EN), Words(Lang.JA)

    def said(name: str, words: Words) -> str:
        return sentence(lines[factory.images[name]], words)

    assert re.fullmatch(
        r"Product picture “Hexagon bolt bolt-01” may be remembered: valuable \(0\.78\), stable enough, nothing found "
        r"against it; approved by 佐藤 安奈 \(compliance, 1 Jan 2030\), Ken <Abe> \(compliance, 1 Jan 2030\), valid until "
        r"1 Jan 2031; in the model as im-\w+\.",
        said("bolt-01", en),
    )
    assert said("with-my-number", en) == (
        "Product picture (its words are withheld) may not be remembered: an official number stands in: captions."
    )
    assert said("bolt-03", ja).startswith("製品画像（説明文は非表示）は、もう記憶は認められません")
    assert said("no-source", ja) == "製品画像「六角ボルト no-source」は、保留中です（出所(source)が不明です）。"
    assert "1 of 2 approvals given" in said("late", en)
    assert said("promo-0", en).startswith(
        "Product picture “Hexagon bolt promo-0” is not remembered, only searchable: its value"
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_table_for_a_spreadsheet(factory: Factory, lang: Lang, tmp_path: Path) -> None:
    other = Factory.make(tmp_path, parts=6)
    other.part("formula", file='=HYPERLINK("x")&.jpg')
    data = other.data(recheck_problems=[])
    text = image_table(data, lang)
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert len(rows) == 1 + len(data.images) and {len(row) for row in rows} == {19}
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@", "-"))]
    assert any(cell == "'" + '=HYPERLINK("x")&.jpg' for row in rows for cell in row)


def test_the_document_for_programs(data: ReportData) -> None:
    document = json.loads(json.dumps(to_document(data)))
    assert (document["format"], document["verdict"], document["holds"], document["unsafe"]) == (
        FORMAT,
        "holds",
        True,
        False,
    )
    assert len(document["images"]) == len(data.images)
    assert sum(cell["images"] for cell in document["funnel"]["cells"]) == len(data.images)


def test_the_flow_is_drawn_in_proportion(data: ReportData) -> None:
    chart = flow_chart(data.funnel)
    assert chart is not None
    nodes = {node.label: node for node in chart.nodes}
    assert nodes["flow.rows"].images == data.funnel.rows
    big, small = nodes["flow.images"], nodes["outcome.index"]
    assert big.height / small.height == pytest.approx(big.images / small.images)
    columns: dict[float, list[tuple[float, float]]] = {}
    for node in chart.nodes:
        columns.setdefault(node.x, []).append((node.y, node.y + node.height))
    for spans in columns.values():
        assert all(end < start for (_, end), (start, _) in pairwise(spans))
        assert spans[-1][1] <= chart.height


def test_bars_share_one_scale_and_stay_inside() -> None:
    chart = bar_chart([BarInput("a", ((10.0, "x"),), "10"), BarInput("b", ((2.0, "x"), (3.0, "y")), "5")], mark=20.0)
    first, second = chart.bars
    assert first.segments[0].width == pytest.approx(2 * sum(s.width for s in second.segments), abs=0.3)
    assert chart.mark_x is not None and chart.mark_x <= chart.width
    assert bar_chart([BarInput("zero", ((0.0, "x"),), "0")]).bars[0].segments[0].width == 0


def test_nothing_screened_means_nothing_shown() -> None:
    assert shield_of(None, withdrawn=False).name("田中太郎.jpg") == "•••.jpg"
    unscreened = {"done": ["decode"], "findings": []}
    assert not shield_of(unscreened, withdrawn=False).words and not shield_of(unscreened, withdrawn=False).file_name
    clean = {"done": ["text.pii"], "findings": []}
    assert shield_of(clean, withdrawn=False).words and not shield_of(clean, withdrawn=True).words
    caption = {"category": "privacy", "where": {"channel": "text", "field": "captions[ja][2]"}}
    assert shield_of({"done": ["text.pii"], "findings": [caption]}, withdrawn=False).file_name


def test_names_that_nobody_screened_are_masked() -> None:
    assert masked_name("call 03-1234-5678 a.b@example.com.jpg") == "call ••• •••"
    assert masked_name("IMG_20240101.jpg") == "IMG_20240101.jpg"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_rights_are_told_image_by_image(lang: Lang, tmp_path: Path) -> None:
    other = Factory.make(tmp_path, parts=6)
    words = Words(lang)
    by = Signal(RightsChannel.CATALOGUE, "license", "CC-BY-4.0", Strength.ATTRIBUTES)
    no = Signal(RightsChannel.XMP, "plus:DataMining", "DMI-PROHIBITED <b>", Strength.FORBIDS)
    other.part("attributed", stated=verdict_of([by], ("Emma <Verne>",)))
    other.part("clash", stated=verdict_of([by, no], ("Emma <Verne>",)))
    other.part("private", stated=verdict_of([by], ("Hidden Person",)), findings=[finding("privacy.phone", "medium", "text", "captions[ja][0]")])  # fmt: skip
    other.part("nobody", stated=verdict_of([by]))
    data = other.data(recheck_problems=[])
    page = Page(render_html(data, lang)).text
    for said in ("CC-BY-4.0", "DMI-PROHIBITED <b>", "Emma <Verne>", words("verdicts.conflict"), words("verdicts.credit-unknown"), words("verdicts.credit-withheld")):  # fmt: skip
        assert said in page
    assert "Hidden Person" not in page + image_table(data, lang) + json.dumps(to_document(data))
    table = page[page.index(words("verdicts.caption")) :]
    first, second = table.index("clash"), table.index("attributed")
    assert first < second and table.index("DMI-PROHIBITED") < table.index("CC-BY-4.0")  # strictest first, both ways
    counted = {count.answer: (count.images, count.conflicts) for count in data.rights_verdicts}
    assert counted[Answer.RESERVED] == (1, 1) and counted[Answer.ATTRIBUTION] == (3, 0) and None in counted
    assert {row["rights"]["answer"] for row in to_document(data)["images"] if row["rights"]} == {
        "reserved",
        "attribution",
    }
