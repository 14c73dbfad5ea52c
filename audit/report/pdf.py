"""The report on paper: the same page, laid out by WeasyPrint with fonts that travel in it. Nothing is loaded from elsewhere.

A PDF is read and filed, not searched by the hundred thousand: it holds the summary and the exceptions; CSV and JSON hold
all. Chromium's PDFs lose Japanese text when copied out (glyphs of radicals); WeasyPrint keeps what was typed.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from audit.report.data import ReportData
from audit.report.html import render_html
from audit.report.wording import Lang
from curate.errors import ExitCode, ImprimaturError

IMAGES_LISTED = 200  # exceptions come first; about 12 pages
ROWS_LISTED = 40

# family -> the wheel that carries the font file, and the file in it
_FONTS = (
    ("Report Japanese", 400, "matplotlib_fontja", "ipaexg.ttf"),  # IPAexGothic, IPA Font License 1.0
    ("Report Sans", 400, "matplotlib", "DejaVuSans.ttf"),  # DejaVu: Bitstream Vera licence
    ("Report Sans", 700, "matplotlib", "DejaVuSans-Bold.ttf"),
    ("Report Serif", 400, "matplotlib", "DejaVuSerif.ttf"),
    ("Report Serif", 700, "matplotlib", "DejaVuSerif-Bold.ttf"),
    ("Report Mono", 400, "matplotlib", "DejaVuSansMono.ttf"),
)
_DRAWN = "Report Japanese, Report Sans"


class PdfUnavailable(ImprimaturError):
    """WeasyPrint, the libraries below it, or the fonts are not installed."""

    code = "IMP-E334"
    exit_code = ExitCode.UNAVAILABLE


def render_pdf(data: ReportData, lang: Lang) -> bytes:
    """The report as a tagged PDF (PDF/UA-1), capped to summary and exceptions; what is left out is said.

    Raises:
        PdfUnavailable: a package is missing; the hint names it.
    """
    from PIL import ImageFile

    strict = ImageFile.LOAD_TRUNCATED_IMAGES
    try:
        from weasyprint import HTML
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError) as error:  # OSError: Pango is looked for when WeasyPrint is imported
        raise PdfUnavailable(
            f"WeasyPrint with Pango was expected for a PDF, found: {error}.",
            hint="pip install 'imprimatur[pdf]' && apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0",
        ) from error
    finally:
        # WeasyPrint lets Pillow take half a file for a picture, in the whole process: not here, where files are judged.
        ImageFile.LOAD_TRUNCATED_IMAGES = strict
    page = render_html(data, lang, images_listed=IMAGES_LISTED, rows_listed=ROWS_LISTED)
    fonts = FontConfiguration()
    local = URLFetcher(allowed_protocols=("file",))  # the fonts below; the page itself names nothing to load
    page = with_styled_drawings(page).replace(
        "</style>\n</head>", f"{_font_faces()}{_text('pdf.css')}</style>\n</head>", 1
    )
    made = HTML(string=page, url_fetcher=local).write_pdf(font_config=fonts, pdf_variant="pdf/ua-1")
    if not isinstance(made, bytes):
        raise TypeError("WeasyPrint returns the bytes of a PDF when it is given no target")
    return made


def with_styled_drawings(page: str) -> str:
    """WeasyPrint does not let the page's style sheet into inline SVG: each drawing gets its rules, variables filled in."""
    colours = dict(re.findall(r"--([\w-]+):\s*([^;}]+)", _text("page.css").split("}", 1)[0]))
    colours |= {"sans": _DRAWN, "serif": _DRAWN}
    rules = re.sub(r"var\(--([\w-]+)\)", lambda found: colours[found[1]].strip(), _text("svg.css"))
    rules += "svg .halo { stroke: none; }"  # it knows no paint-order
    return re.sub(r"(<svg\b[^>]*>)", lambda found: f"{found[1]}<style>{rules}</style>", page)


def _text(name: str) -> str:
    return (files("audit.report") / "templates" / name).read_text(encoding="utf-8")


def _font_faces() -> str:
    return "".join(
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; src: url("{_font(wheel, name).as_uri()}"); }}\n'
        for family, weight, wheel, name in _FONTS
    )


@cache
def _font(wheel: str, name: str) -> Path:
    """The font file in an installed wheel; nothing of the wheel is imported."""
    spec = find_spec(wheel)
    folders = spec.submodule_search_locations if spec and spec.submodule_search_locations else ()
    for folder in folders:
        for path in sorted(Path(folder).rglob(name)):
            return path
    raise PdfUnavailable(
        f"The font {name} was expected in the package {wheel}, found none.", hint="pip install 'imprimatur[pdf]'"
    )
