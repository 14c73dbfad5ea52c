"""Pictures with statements about rights written into them, in six containers, by writers of this file's own.

Nothing here shares code with the readers under test. HEIC: a picture of 64 x 48 pixels encoded once, as bytes; its boxes
are rewritten here. C2PA manifests are made and signed by c2pa with a certificate made here, which nobody trusts.
"""

from __future__ import annotations

import base64
import io
import json
import struct
import zlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

CONTAINERS = ("JPEG", "PNG", "TIFF", "WEBP", "HEIC", "AVIF")
MEDIA = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "TIFF": "image/tiff",
    "WEBP": "image/webp",
    "HEIC": "image/heic",
    "AVIF": "image/avif",
}
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
PLUS = "http://ns.useplus.org/ldf/xmp/1.0/"
VOCABULARY = "http://ns.useplus.org/ldf/vocab/"
_NAMESPACES = {
    "plus": PLUS, "dc": "http://purl.org/dc/elements/1.1/", "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "tdm": "http://www.w3.org/ns/tdmrep/", "photoshop": "http://ns.adobe.com/photoshop/1.0/", "cc": "http://creativecommons.org/ns#",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/", "exif": "http://ns.adobe.com/exif/1.0/", "dcterms": "http://purl.org/dc/terms/",
}  # fmt: skip
_HEIC = (
    "c-muNV30{GsVvAy%}izhg51nBLl8SRGck>Ufw49>wIq=N0u(b+a*CjAhJwuG5(YG&l$nzcHpIn&fe{FSfN>#&2C^c6gmPwPUK)f8#G*h>Dif5KQI>27V)7MamgK^f{LL&"
    "VDge@VGYgXQfpi&AnKL6ZNN56Bk=zG{KYxGxU|`^9P5|nVaA4$N{Qn=MfElEM8HD6^F*zgxCAFLw8PQ}GC^WK8d-Y`5&K(>X1`0qSW)Q)km;_YL=E8We_&_Jn65-_hoT9"
    "wsoC=^QF9TZxP)H=RxF8kkZwDyWNX|(tfU-f3H-OS0!1VwB{|_J<hy@BVD>6ZX%p4pXKuRLBAQu+Mz;I)2WMXD*0WuSEQxbuJ%ow7<xL&y7nRlqah-s|VCAr%FN5wA~?z"
    "Nj5uJ^V7dBmee$Dgy34iwffbKPjL?EW>Q_}aZi7V1Z;{O?QV$6k$Rc&^wP|6O@<g7T@;TYT%Tr)_^)zWA@KkK*(VFK?NKGV&!0_-~!udfg&N=1|Kwo_Cc&B6dn<Q@nXj"
    "xlJvbV<j+?^APiC5$E^9Qq}&GI`4d3Y@~X_-Z$0YNAiyeOzJ1Q9{B6-urB>)@`A_CRW~`QF?M=e`Kw!ePR@q8V(fO;qkk-C5V3f7EUrbkeYxyk*HbH-IbR&DTfQ=2dxy"
    "-wH7DLhdz|D}b-Cj&dR<G^S&d0?k7&iQ<`ru^msM1q`+x3qv#|Xc-gW2tjY7WMFY4W5^PpKzFG7>?UG@L3-{j^VWSr-AzdYuAZqX_g?@lqDUGmNDQvVE-*T|md&+U|"
    "zN)KNqWf777aQ#DmHP=_C+T8w|Nq<f3v1<STm?`K*"
)


@cache
def bare(container: str) -> bytes:
    """A picture of 64 x 48 pixels that says nothing about itself."""
    if container == "HEIC":
        return zlib.decompress(base64.b85decode(_HEIC))
    import numpy as np
    from PIL import Image

    y, x = np.mgrid[0:48, 0:64]
    levels = np.stack([(x * 4) % 256, (y * 5) % 256, ((x // 8 + y // 8) % 2) * 200], -1).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(levels).save(out, container, **({"lossless": True} if container == "WEBP" else {}))
    return out.getvalue()


# --- statements as bytes ------------------------------------------------------------------------------------------------


def packet(
    inside: str = "", attributes: str = "", *, prefixes: Mapping[str, str] | None = None, wrap: bool = True
) -> bytes:
    """An XMP packet around the elements `inside`; `attributes` are those of rdf:Description."""
    names = " ".join(f'xmlns:{p}="{u}"' for p, u in {**_NAMESPACES, **(prefixes or {})}.items())
    body = (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about="" {names} {attributes}>'
        f"{inside}</rdf:Description></rdf:RDF></x:xmpmeta>"
    )
    if wrap:
        body = f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n{body}\n<?xpacket end="w"?>'
    return body.encode()


def exif(
    main: Mapping[int, tuple[int, bytes]],
    sub: Mapping[int, tuple[int, bytes]] | None = None,
    *,
    order: str = "<",
    gps: Mapping[int, tuple[int, bytes]] | None = None,
) -> bytes:
    """A TIFF structure with IFD0, and an Exif and a GPS directory where given: tag -> (type, value)."""
    tables = [dict(main), dict(sub or {}), dict(gps or {})]
    if sub:
        tables[0][0x8769] = (4, b"\0\0\0\0")
    if gps:
        tables[0][0x8825] = (4, b"\0\0\0\0")
    starts, place = [], 8
    for table in tables:
        starts.append(place)
        place += 6 + 12 * len(table) if table else 0
    sizes = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 129: 1}
    out, tail = bytearray((b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8)), bytearray()
    for table in tables:
        if not table:
            continue
        out += struct.pack(f"{order}H", len(table))
        for tag, (kind, value) in sorted(table.items()):
            if tag in (0x8769, 0x8825):
                value = struct.pack(f"{order}I", starts[1 if tag == 0x8769 else 2])
            out += struct.pack(f"{order}HHI", tag, kind, len(value) // sizes[kind])
            if len(value) <= 4:
                out += value.ljust(4, b"\0")
            else:
                out += struct.pack(f"{order}I", place + len(tail))
                tail += value + b"\0" * (len(value) % 2)
        out += struct.pack(f"{order}I", 0)
    return bytes(out + tail)


def iim(*sets: tuple[int, int, bytes]) -> bytes:
    """IPTC data sets (record, number, value)."""
    return b"".join(struct.pack(">BBBH", 0x1C, record, number, len(value)) + value for record, number, value in sets)


def resources(block: bytes) -> bytes:
    """A Photoshop image resource 0x0404 that holds IPTC data sets."""
    return b"8BIM\x04\x04\0\0" + struct.pack(">I", len(block)) + block + b"\0" * (len(block) % 2)


# --- containers ----------------------------------------------------------------------------------------------------------


def embed(
    container: str,
    *,
    exif_block: bytes | None = None,
    xmp: Sequence[bytes] = (),
    iptc: bytes | None = None,
    picture: bytes | None = None,
    compressed: bool = False,
) -> bytes:
    """`picture` (a bare one if None) with the parts put in. Where a container has no place for IPTC, none is put in."""
    data = picture or bare(container)
    if container == "JPEG":
        return _jpeg(data, exif_block, xmp, iptc)
    if container == "PNG":
        return _png(data, exif_block, xmp, iptc, compressed)
    if container == "WEBP":
        return _webp(data, exif_block, xmp)
    if container == "TIFF":
        return _tiff(data, exif_block, xmp, iptc)
    return _bmff(data, exif_block, xmp)


def takes_iptc(container: str) -> bool:
    return container in ("JPEG", "PNG", "TIFF")


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def _jpeg(data: bytes, exif_block: bytes | None, xmp: Sequence[bytes], iptc: bytes | None) -> bytes:
    parts = b""
    if exif_block is not None:
        parts += segment(0xE1, b"Exif\0\0" + exif_block)
    for one in xmp:
        parts += segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + one)
    if iptc is not None:
        parts += segment(0xED, b"Photoshop 3.0\0" + resources(iptc))
    return data[:2] + parts + data[2:]


def extended_jpeg(packet_: bytes, pieces: int = 3, *, lose: int | None = None) -> bytes:
    """A JPEG whose main packet announces an extended one, cut into `pieces`, of which piece `lose` is left out."""
    import hashlib

    name = hashlib.md5(packet_).hexdigest().upper()
    main = packet(attributes=f'xmlns:xmpNote="http://ns.adobe.com/xmp/note/" xmpNote:HasExtendedXMP="{name}"')
    parts = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + main)
    step = -(-len(packet_) // pieces)
    for number in range(pieces):
        piece = packet_[number * step : (number + 1) * step]
        head = b"http://ns.adobe.com/xmp/extension/\0" + name.encode() + struct.pack(">II", len(packet_), number * step)
        if number != lose:
            parts += segment(0xE1, head + piece)
    data = bare("JPEG")
    return data[:2] + parts + data[2:]


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _png(data: bytes, exif_block: bytes | None, xmp: Sequence[bytes], iptc: bytes | None, compressed: bool) -> bytes:
    parts = b""
    if exif_block is not None:
        parts += chunk(b"eXIf", exif_block)
    for one in xmp:
        text = zlib.compress(one) if compressed else one
        parts += chunk(b"iTXt", b"XML:com.adobe.xmp\0" + bytes([int(compressed), 0]) + b"\0\0" + text)
    if iptc is not None:
        block = resources(iptc)
        text = f"\niptc\n{len(block):8d}\n".encode() + block.hex().encode() + b"\n"
        parts += chunk(b"zTXt", b"Raw profile type iptc\0\0" + zlib.compress(text))
    return data[:33] + parts + data[33:]


def png_text(name: str, text: str) -> bytes:
    data = bare("PNG")
    return data[:33] + chunk(b"iTXt", name.encode() + b"\0\0\0\0\0" + text.encode()) + data[33:]


def _webp(data: bytes, exif_block: bytes | None, xmp: Sequence[bytes]) -> bytes:
    chunks, place = [], 12
    while place + 8 <= len(data):
        size = struct.unpack("<I", data[place + 4 : place + 8])[0]
        chunks.append((data[place : place + 4], data[place + 8 : place + 8 + size]))
        place += 8 + size + size % 2
    chunks = [(kind, body) for kind, body in chunks if kind != b"VP8X"]
    flags = (0x08 if exif_block is not None else 0) | (0x04 if xmp else 0)
    extended = bytes([flags, 0, 0, 0]) + (63).to_bytes(3, "little") + (47).to_bytes(3, "little")
    chunks.insert(0, (b"VP8X", extended))
    if exif_block is not None:
        chunks.append((b"EXIF", exif_block))
    chunks += [(b"XMP ", one) for one in xmp]
    body = b"".join(k + struct.pack("<I", len(b)) + b + b"\0" * (len(b) % 2) for k, b in chunks)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def _tiff(data: bytes, exif_block: bytes | None, xmp: Sequence[bytes], iptc: bytes | None) -> bytes:
    """Tags added to the first directory, which is written anew at the end of the file; EXIF tags are merged into it."""
    start = struct.unpack("<I", data[4:8])[0]
    count = struct.unpack("<H", data[start : start + 2])[0]
    entries = {
        struct.unpack("<H", data[i : i + 2])[0]: data[i : i + 12] for i in range(start + 2, start + 2 + 12 * count, 12)
    }
    out = bytearray(data + b"\0" * (len(data) % 2))

    def put(tag: int, kind: int, value: bytes, size: int = 1) -> None:
        if len(value) <= 4:
            entries[tag] = struct.pack("<HHI", tag, kind, len(value) // size) + value.ljust(4, b"\0")
            return
        entries[tag] = struct.pack("<HHII", tag, kind, len(value) // size, len(out))
        out.extend(value + b"\0" * (len(value) % 2))

    for number, one in enumerate(xmp[:1]):
        put(700 + number, 1, one)
    if iptc is not None:
        put(33723, 7, iptc)
    if exif_block is not None:
        _merge(exif_block, put, out, entries)
    place = len(out)
    out += struct.pack("<H", len(entries)) + b"".join(entries[tag] for tag in sorted(entries)) + b"\0\0\0\0"
    out[4:8] = struct.pack("<I", place)
    for one in xmp[1:]:  # a second packet: a second page would be the lawful place, behind the picture the usual one
        out += one
    return bytes(out)


def _merge(block: bytes, put: Any, out: bytearray, entries: dict[int, bytes]) -> None:
    """Main tags of an EXIF block become tags of the file; its sub-directory is copied with its values."""
    sizes = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 129: 1}

    def tags(place: int) -> list[tuple[int, int, int, bytes]]:
        found = []
        for i in range(place + 2, place + 2 + 12 * struct.unpack("<H", block[place : place + 2])[0], 12):
            tag, kind, count = struct.unpack("<HHI", block[i : i + 8])
            length = sizes.get(kind, 1) * count
            at = i + 8 if length <= 4 else struct.unpack("<I", block[i + 8 : i + 12])[0]
            found.append((tag, kind, count, block[at : at + length]))
        return found

    for tag, kind, _, value in tags(8):
        if tag not in (0x8769, 0x8825):
            put(tag, kind, value, sizes.get(kind, 1))
            continue
        rows, inner = [], tags(struct.unpack("<I", value)[0])
        for number, sub_kind, count, content in inner:
            if len(content) <= 4:
                rows.append(struct.pack("<HHI", number, sub_kind, count) + content.ljust(4, b"\0"))
            else:
                rows.append(struct.pack("<HHII", number, sub_kind, count, len(out)))
                out.extend(content + b"\0" * (len(content) % 2))
        entries[tag] = struct.pack("<HHII", tag, 4, 1, len(out))
        out.extend(struct.pack("<H", len(rows)) + b"".join(rows) + b"\0\0\0\0")


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + kind + body


def _bmff(data: bytes, exif_block: bytes | None, xmp: Sequence[bytes]) -> bytes:
    """Items `Exif` and `mime` added to the meta box; their bytes lie in an mdat of their own at the end of the file."""
    items = ([(b"Exif", b"\0\0\0\0" + exif_block)] if exif_block is not None else []) + [(b"mime", one) for one in xmp]
    top = _boxes(data)
    meta = next(body for kind, body in top if kind == b"meta")
    inner = _boxes(meta[4:])
    numbers = [
        struct.unpack(">H", body[4 + 0 : 6])[0] for kind, body in _boxes(dict(inner)[b"iinf"][6:]) if kind == b"infe"
    ]
    first = max(numbers) + 1
    infe = b""
    for number, (kind, _) in enumerate(items, start=first):
        name = b"\0" + (b"application/rdf+xml\0" if kind == b"mime" else b"")
        infe += box(b"infe", b"\2\0\0\0" + struct.pack(">HH", number, 0) + kind + name)
    iinf = dict(inner)[b"iinf"]
    iinf = iinf[:4] + struct.pack(">H", len(numbers) + len(items)) + iinf[6:] + infe
    iloc = dict(inner)[b"iloc"]
    grown = len(infe) + len(items) * _entry_size(iloc)
    tail, places = b"", []
    for _, body in items:
        places.append((len(data) + grown + 8 + len(tail), len(body)))
        tail += body
    new = [(k, iinf if k == b"iinf" else _iloc(iloc, grown, first, places) if k == b"iloc" else b) for k, b in inner]
    meta = meta[:4] + b"".join(box(k, b) for k, b in new)
    out = b"".join(box(k, meta if k == b"meta" else b) for k, b in top)
    assert len(out) == len(data) + grown, (len(out), len(data), grown)
    return out + box(b"mdat", tail)


def _boxes(data: bytes) -> list[tuple[bytes, bytes]]:
    found, place = [], 0
    while place + 8 <= len(data):
        size = struct.unpack(">I", data[place : place + 4])[0]
        found.append((data[place + 4 : place + 8], data[place + 8 : place + size]))
        place += size
    return found


def _layout(iloc: bytes) -> tuple[int, int, int, int]:
    return iloc[0], iloc[4] >> 4, iloc[4] & 15, iloc[5] >> 4


def _entry_size(iloc: bytes) -> int:
    version, offset, length, base = _layout(iloc)
    return 2 + (2 if version == 1 else 0) + 2 + base + 2 + offset + length


def _iloc(iloc: bytes, grown: int, first: int, places: list[tuple[int, int]]) -> bytes:
    """Old places moved by `grown`, new ones added. Versions 0 and 1, one kind of place: in the file."""
    version, offset, length, base = _layout(iloc)
    assert version in (0, 1) and offset == 4 and length == 4
    count = struct.unpack(">H", iloc[6:8])[0]
    out, place = bytearray(iloc[:6] + struct.pack(">H", count + len(places))), 8
    for _ in range(count):
        head = 2 + (2 if version == 1 else 0) + 2
        out += iloc[place : place + head]
        place += head
        start = int.from_bytes(iloc[place : place + base], "big")
        place += base
        extents = struct.unpack(">H", iloc[place : place + 2])[0]
        place += 2
        moved = start + grown if base else 0
        out += (moved.to_bytes(base, "big") if base else b"") + struct.pack(">H", extents)
        for _ in range(extents):
            at, size = struct.unpack(">II", iloc[place : place + 8])
            out += struct.pack(">II", at if base else at + grown, size)
            place += 8
    for number, (at, size) in enumerate(places, start=first):
        # Where there is a base, the place goes into it: c2pa moves both, the base and an offset without one.
        out += struct.pack(">H", number) + (b"\0\0" if version == 1 else b"") + b"\0\0"
        out += (at.to_bytes(base, "big") if base else b"") + struct.pack(">HII", 1, 0 if base else at, size)
    return bytes(out)


# --- C2PA ------------------------------------------------------------------------------------------------------------------


@cache
def _certificate() -> tuple[bytes, bytes, bytes]:
    """(chain, private key, root) in PEM: an end entity for signing mail, as C2PA asks for, under a root made here."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    def name(common: str) -> x509.Name:
        return x509.Name(
            [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Nobody"), x509.NameAttribute(NameOID.COMMON_NAME, common)]
        )

    now = datetime.now(UTC)
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())

    def usage(*, signs: bool) -> x509.KeyUsage:
        return x509.KeyUsage(digital_signature=not signs, key_cert_sign=signs, crl_sign=signs, content_commitment=False, key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False)  # fmt: skip

    def build(subject: str, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        start, end = now - timedelta(days=2), now + timedelta(days=365)
        builder = x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name("root")).public_key(public)
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(start).not_valid_after(end)
        authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
        subject_id = x509.SubjectKeyIdentifier.from_public_key(public)
        return builder.add_extension(authority, False).add_extension(subject_id, False)

    root = build("root", root_key.public_key())
    root = root.add_extension(x509.BasicConstraints(ca=True, path_length=None), True).add_extension(
        usage(signs=True), True
    )
    leaf = build("signer", key.public_key())
    leaf = leaf.add_extension(x509.BasicConstraints(ca=False, path_length=None), True).add_extension(
        usage(signs=False), True
    )
    leaf = leaf.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), False)
    pem = serialization.Encoding.PEM
    signed_root, signed = root.sign(root_key, hashes.SHA256()), leaf.sign(root_key, hashes.SHA256())
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return signed.public_bytes(pem) + signed_root.public_bytes(pem), private, signed_root.public_bytes(pem)


def root_certificate() -> str:
    return _certificate()[2].decode()


def signed(
    container: str,
    assertions: Sequence[tuple[str, Any]],
    *,
    picture: bytes | None = None,
    ingredient: bytes | None = None,
    remote: str | None = None,
) -> bytes:
    """`picture` with a signed manifest of these assertions (label, data); `ingredient` is a JPEG it was made from;
    `remote`: the manifest is kept at that address instead, and the file only points to it."""
    import c2pa

    chain, private, _ = _certificate()
    actions: dict[str, Any] = {"actions": [{"action": "c2pa.created", "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"}]}  # fmt: skip
    if ingredient is not None:
        actions = {"actions": [{"action": "c2pa.opened", "parameters": {"ingredientIds": ["one"]}}]}
    manifest = {
        "claim_generator_info": [{"name": "imprimatur material", "version": "1"}],
        "format": MEDIA[container],
        "title": "material",
        "assertions": [{"label": "c2pa.actions", "data": actions}]
        + [{"label": label, "data": data} for label, data in assertions],
    }
    settings = {"verify": {"remote_manifest_fetch": False, "verify_after_sign": False, "verify_trust": False}}
    context = c2pa.Context(c2pa.Settings.from_json(json.dumps(settings)))
    info = c2pa.C2paSignerInfo(b"es256", chain, private, None)
    with c2pa.Builder(manifest, context=context) as builder, c2pa.Signer.from_info(info) as signer:
        if remote is not None:
            builder.set_no_embed()
            builder.set_remote_url(remote)
        if ingredient is not None:
            about = {"title": "ingredient", "relationship": "parentOf", "instance_id": "one"}
            builder.add_ingredient(json.dumps(about), "image/jpeg", io.BytesIO(ingredient))
        out = io.BytesIO()
        builder.sign(signer, MEDIA[container], io.BytesIO(picture or bare(container)), out)
        return out.getvalue()


def mining(label: str, **uses: str) -> tuple[str, Any]:
    """A training-mining assertion: key (without its prefix) = use; a use `constrained: WORDS` carries the words."""
    prefix = label.partition(".")[0]
    entries = {}
    for key, use in uses.items():
        word, _, why = use.partition(": ")
        entries[f"{prefix}.{key}"] = {"use": word, **({"constraint_info": why} if why else {})}
    return label, {"entries": entries}
