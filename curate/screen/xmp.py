"""The properties of an XMP packet (ISO 16684-1), flat: element form, attribute form and nested structures alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XML = "http://www.w3.org/XML/1998/namespace"
MAX_CHARACTERS = 4_000_000

PLUS = "http://ns.useplus.org/ldf/xmp/1.0/"
DC = "http://purl.org/dc/elements/1.1/"
XMP_RIGHTS = "http://ns.adobe.com/xap/1.0/rights/"
PHOTOSHOP = "http://ns.adobe.com/photoshop/1.0/"
IPTC_CORE = "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"
IPTC_EXT = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
EXIF = "http://ns.adobe.com/exif/1.0/"
EXIF_EX = "http://cipa.jp/exif/1.0/"
TIFF = "http://ns.adobe.com/tiff/1.0/"
AUX = "http://ns.adobe.com/exif/1.0/aux/"
REGIONS = "http://www.metadataworkinggroup.com/schemas/regions/"
MICROSOFT_PEOPLE = "http://ns.microsoft.com/photo/1.2/t/Region#"
CREATIVE_COMMONS = "http://creativecommons.org/ns#"
OLD_CREATIVE_COMMONS = "http://web.resource.org/cc/"
DUBLIN_TERMS = "http://purl.org/dc/terms/"
XMP_BASIC = "http://ns.adobe.com/xap/1.0/"
XMP_HISTORY = "http://ns.adobe.com/xap/1.0/mm/"
XMP_EVENT = "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#"
XMP_REFERENCE = "http://ns.adobe.com/xap/1.0/sType/ResourceRef#"
CAMERA_RAW = "http://ns.adobe.com/camera-raw-settings/1.0/"
LIGHTROOM = "http://ns.adobe.com/lightroom/1.0/"
MICROSOFT_PHOTO = "http://ns.microsoft.com/photo/1.0/"
SCHEMA_ORG = "http://schema.org/"
PDF = "http://ns.adobe.com/pdf/1.3/"

SHORT = {
    PLUS: "plus",
    DC: "dc",
    XMP_RIGHTS: "xmpRights",
    PHOTOSHOP: "photoshop",
    IPTC_CORE: "Iptc4xmpCore",
    IPTC_EXT: "Iptc4xmpExt",
    EXIF: "exif",
    EXIF_EX: "exifEX",
    TIFF: "tiff",
    AUX: "aux",
    REGIONS: "mwg-rs",
    MICROSOFT_PEOPLE: "MPReg",
    CREATIVE_COMMONS: "cc",
    OLD_CREATIVE_COMMONS: "cc",
    DUBLIN_TERMS: "dcterms",
    XMP_BASIC: "xmp",
    XMP_HISTORY: "xmpMM",
    XMP_EVENT: "stEvt",
    XMP_REFERENCE: "stRef",
    CAMERA_RAW: "crs",
    LIGHTROOM: "lr",
    MICROSOFT_PHOTO: "MicrosoftPhoto",
    SCHEMA_ORG: "schema",
    PDF: "pdf",
}
_PREFIXES = {
    name.rstrip("#/").removeprefix("https:").removeprefix("http:").lower(): prefix for name, prefix in SHORT.items()
}


@dataclass(frozen=True, slots=True)
class XmpValue:
    """One value of the property `name` in `namespace`; a list gives several. `inside` is the property around it."""

    namespace: str
    name: str
    text: str
    inside: str = ""

    @property
    def key(self) -> str:
        """`prefix:Name` with the usual prefix, whatever prefix the file declared; the bare name if unknown."""
        namespace = self.namespace.rstrip("#/").removeprefix("https:").removeprefix("http:").lower()
        prefix = "tdm" if "tdmrep" in namespace else _PREFIXES.get(namespace)
        return f"{prefix}:{self.name}" if prefix else self.name


@dataclass(frozen=True, slots=True)
class BrokenXmp:
    """A packet that could not be read, with the reason; what it says about rights is then unknown."""

    reason: str


def read_xmp(packet: str) -> tuple[XmpValue, ...] | BrokenXmp:
    """All values of `packet`. Entities, DTDs and oversized packets are refused, not expanded."""
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    if len(packet) > MAX_CHARACTERS:
        return BrokenXmp(f"the packet is longer than {MAX_CHARACTERS} characters")
    try:
        root = fromstring(packet.strip("\ufeff\x00 \r\n\t"), forbid_dtd=True)
    except ParseError as error:
        return BrokenXmp(f"not well-formed XML at line {error.position[0]}")
    except DefusedXmlException as error:
        return BrokenXmp(f"refused: {type(error).__name__}")
    except ValueError:
        return BrokenXmp("not readable as XML")
    roots = [root] if root.tag == f"{{{RDF}}}RDF" else list(root.iter(f"{{{RDF}}}RDF"))
    if not roots:
        return BrokenXmp("holds no rdf:RDF")
    return tuple(value for rdf in roots for value in _values(rdf, "", "", ""))


@dataclass(frozen=True, slots=True)
class ReadXmp:
    """All packets of one file: `values` of those that could be read; `broken` says why of the others, whose text is
    kept in `damaged`."""

    values: tuple[XmpValue, ...] = ()
    broken: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()


def read_packets(packets: Iterable[str]) -> ReadXmp:
    """Every packet on its own: a damaged one takes nothing away from the others."""
    values: list[XmpValue] = []
    broken: list[str] = []
    damaged: list[str] = []
    for packet in packets:
        read = read_xmp(packet)
        if isinstance(read, BrokenXmp):
            broken.append(read.reason)
            damaged.append(packet)
        else:
            values += read
    return ReadXmp(tuple(dict.fromkeys(values)), tuple(dict.fromkeys(broken)), tuple(damaged))


def _split(tag: str) -> tuple[str, str]:
    namespace, _, name = tag.rpartition("}")
    return namespace.lstrip("{"), name


def _values(element: Element, namespace: str, name: str, inside: str) -> Iterator[XmpValue]:
    """Values below `element`, which belongs to the property `name` (empty above the first property)."""
    for tag, text in element.attrib.items():
        attribute_namespace, attribute = _split(tag)
        if (attribute_namespace, attribute) == (RDF, "resource"):
            yield XmpValue(namespace, name, text.strip(), inside)
        elif attribute_namespace not in (RDF, XML, "") and text.strip():
            yield XmpValue(attribute_namespace, attribute, text.strip(), name)
    if name and element.text is not None and element.text.strip():
        yield XmpValue(namespace, name, element.text.strip(), inside)
    for child in element:
        child_namespace, child_name = _split(str(child.tag))
        if child_namespace == RDF:  # Description, Alt, Bag, Seq, li, value: still the same property
            yield from _values(child, namespace, name, inside)
        else:
            yield from _values(child, child_namespace, child_name, name)
