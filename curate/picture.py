"""What one look at a picture file tells: pixels in numbers, what the file says of itself, or why it cannot be read."""

from __future__ import annotations

from dataclasses import dataclass

from curate.finding import Check

# The questions answered by looking into the pixels of every frame: made only for images that want them.
PIXEL_PARTS = (Check.PIXEL_TEXT, Check.PIXEL_FACES, Check.PIXEL_CODES, Check.PIXEL_PLATES)


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of text read from the pixels. `score` in [0, 1]; `box` = (x, y, width, height), upright pixels.

    `direction` = which way it reads, degrees counter-clockwise in (-180, 180]: 0 to the right, 90 upwards, -90 downwards.
    `extent` = (length along that direction, height across), pixels; None where the box says it. `others` are readings of
    the same place that may be right instead, where the first one is not sure.
    `seal`: not a line but a seal impression 印影; `text` is what is legible in it, often nothing.
    """

    text: str
    score: float
    box: tuple[int, int, int, int]
    direction: float = 0.0
    extent: tuple[int, int] | None = None
    others: tuple[str, ...] = ()
    seal: bool = False


@dataclass(frozen=True, slots=True)
class SeenFace:
    """Where a face is, and nothing else of it. `score` in [0, 1]; `box` = (x, y, width, height), upright pixels."""

    score: float
    box: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class SeenCode:
    """A QR or bar code. `symbology` as zxing-cpp names it (`QRCode`, `EAN13`), after `GS1 ` where the payload
    is a list of GS1 application identifiers; `text` is the payload.

    `trouble` says why a code that was located could not be read; its `text` then is empty and nothing is known of it.
    `box` = (x, y, width, height), upright pixels.
    """

    symbology: str
    text: str
    box: tuple[int, int, int, int]
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class SeenPlate:
    """Where a number plate of a vehicle is; the number is not kept. `score` in [0, 1]; `box` as above."""

    score: float
    box: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class UsageStatement:
    """What a manifest says about one kind of use. `label` is that of the assertion, `key` that of the entry (empty if
    none could be told), `use` as stated (`allowed`, `notAllowed`, `constrained`, or what else stands there);
    `explained`: the entry says how it is constrained; `active`: the manifest of the file itself, not of an ingredient."""

    label: str
    key: str
    use: str
    explained: bool
    active: bool


@dataclass(frozen=True, slots=True)
class ContentCredentials:
    """The C2PA manifests of a file. `state`: `trusted`, `valid` (the signer is not known), `invalid` (signature or
    content does not match) or `unreadable`; `reason` says what could not be read, empty if nothing; `values`: texts of
    metadata assertions by property, e.g. `schema:author`."""

    state: str
    reason: str
    statements: tuple[UsageStatement, ...] = ()
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """Measured from the bytes whose SHA-256 is `image_id` (64 lower-case hex digits).

    Size: `width` x `height` pixels of the upright image (EXIF orientation applied), `byte_size` bytes, `frames` >= 1;
    `file_format` is Pillow's name for what the bytes are (`JPEG`, `PNG`, …), whatever the suffix says.

    Pixel measures are taken on grey levels (0..255) of the first frame, transparency laid on white, reduced to at most
    256 pixels on the long side: `luminance_mean` and `luminance_std` in grey levels; `sharpness` = variance of the
    4-neighbour Laplacian, grey levels squared (0 = no edge at all); `dark_share` = share of pixels below 32;
    `white_share` = share above 245; `entropy_bits` = Shannon entropy of the grey levels in [0, 8].
    `edge_steepness` in [0, 1] = share of a strong step of grey levels over four pixels that lies within one of them: 0.25 is
    an even ramp, 1 a hard edge, and 1 also where nothing has a strong step. `darkest` and `brightest` are the first and
    99th percentile of the grey levels, `clipped_share` the share at or above 250; `burnt_share` is the share, of what
    is not white, in which two of three colours are at their limit and the third is not none: light that the camera lost. `grey_tail_share` is the share of rows, up
    from the bottom, that are one middle grey: what decoders fill in where a file was cut off. `jpeg_quality` in 1..100 is
    that of the quantisation table (IJG scale), None for other formats.
    `phash` and `dhash` are 64-bit perceptual hashes of those grey levels, 16 hex digits each. `colour_grid` holds mean red, green, blue in
    [0, 1] of an 8 x 8 grid, row by row from the upper left: 192 numbers. `thumbnail` holds 64 x 64 grey levels, row by
    row, whatever the shape of the picture: 4,096 bytes in base64 (`curate.screen.windows` reads them).

    Metadata is kept as the file states it, as (name, text) pairs: `exif` by tag name, `iptc` by IIM dataset name,
    `comments` from PNG text chunks and JPEG or GIF comments. `xmp` holds every packet as text. `gps`: the file carries
    an EXIF GPS block which states something; `maker_note`: it carries a maker note, which nobody reads; `appended`: bytes
    behind the end of the picture, padding left out.
    `prohibited_terms`: PLUS terms against data mining that stand anywhere in the bytes. `residue`: what can be read of
    damaged parts. `thumbnail_difference` in [0, 1]: how much the embedded little picture shows that the picture does not
    (None: there is none). Nothing is interpreted here. `metadata_unread` names the parts that are there and could not
    be read, with the reason (`exif: …`): what they say is unknown, not clean.

    `text_lines`, `faces`, `codes` and `plates` are each None when nobody looked for them; then `…_unscreened` says why.
    An empty tuple means: looked, nothing found.
    """

    image_id: str
    file_format: str
    width: int
    height: int
    byte_size: int
    frames: int
    luminance_mean: float
    luminance_std: float
    sharpness: float
    dark_share: float
    white_share: float
    entropy_bits: float
    phash: str
    dhash: str
    colour_grid: tuple[float, ...]
    thumbnail: str
    edge_steepness: float
    darkest: float
    brightest: float
    clipped_share: float
    burnt_share: float
    grey_tail_share: float
    jpeg_quality: int | None
    exif: tuple[tuple[str, str], ...] = ()
    gps: bool = False
    iptc: tuple[tuple[str, str], ...] = ()
    xmp: tuple[str, ...] = ()
    comments: tuple[tuple[str, str], ...] = ()
    residue: tuple[tuple[str, str], ...] = ()
    credentials: ContentCredentials | None = None
    prohibited_terms: tuple[str, ...] = ()
    maker_note: bool = False
    appended: int = 0
    thumbnail_difference: float | None = None
    metadata_unread: tuple[str, ...] = ()
    text_lines: tuple[TextLine, ...] | None = None
    text_unscreened: str | None = None
    faces: tuple[SeenFace, ...] | None = None
    faces_unscreened: str | None = None
    codes: tuple[SeenCode, ...] | None = None
    codes_unscreened: str | None = None
    plates: tuple[SeenPlate, ...] | None = None
    plates_unscreened: str | None = None

    @property
    def parts_read(self) -> frozenset[Check]:
        """The PIXEL_PARTS that somebody looked for in this picture."""
        parts = (self.text_lines, self.faces, self.codes, self.plates)
        return frozenset(check for check, found in zip(PIXEL_PARTS, parts, strict=True) if found is not None)


UNOPENED = "only the table was read"  # the reason where nobody wanted to open a file


@dataclass(frozen=True, slots=True)
class Undecoded:
    """A file that could not be read as a picture, with the reason. `image_id` is None if its bytes were not read.

    `lasting`: it is the bytes that cannot be read under these limits; another look at them would say the same.
    """

    image_id: str | None
    reason: str
    lasting: bool = False
