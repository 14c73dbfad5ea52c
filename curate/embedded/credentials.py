"""C2PA manifests: what each of them says about training and mining, and whether its signature holds. Never goes online.

The only module that imports c2pa (C2PA 2.1; CAWG Training and Data Mining Assertion 1.1). Runs in the decode worker.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from curate.embedded.search import compressed, mining_denials
from curate.picture import ContentCredentials, UsageStatement

# Description box of a manifest store (C2PA 2.1, 11.1.4.2): this UUID stands in every store, whatever holds it.
STORE_UUID = bytes.fromhex("6332706100110010800000aa00389b71")
STATEMENTS_CAP = 200

# `c2pa.training-mining`, `cawg.training-mining`, and a label that circulated before the latter was agreed on.
_LABEL = re.compile(r"training-mining|ai_training_and_data_mining|data-mining")
_USE_KEY = re.compile(r"(?:^|[.:])(?:ai_training|ai_generative_training|data_mining|ai_inference)$")
_METADATA = re.compile(r"^(?:c2pa|cawg)\.metadata|^stds\.(?:iptc|exif|schema-org)")
_MIME = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG": "image/png",
    b"GIF8": "image/gif",
    b"II*\0": "image/tiff",
    b"MM\0*": "image/tiff",
}
# Failures after which nobody knows what the manifest said (C2PA 2.1, 15.2.2). A picture that was changed behind its
# manifest, or a signer nobody knows, leaves the words of the manifest as they were.
_WORDS_IN_DOUBT = re.compile(
    r"^(?:assertion\.(?:hashedURI|missing|inaccessible|cbor|json|undeclared|required)|claim\.|claimSignature\.(?:mismatch|missing)|general\.error)"
)
# Every way to the network is closed: no manifest, no revocation list, no identity document is fetched.
_OFFLINE: dict[str, Any] = {
    "core": {"allowed_network_hosts": [], "decode_identity_assertions": False},
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": True},
}


def media_type(data: bytes) -> str | None:
    """The type under which the reader takes a file, None for one that it does not take."""
    for start, name in _MIME.items():
        if data.startswith(start):
            return name
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp":
        return "image/avif" if data[8:11] == b"avi" else "image/heic"
    return None


@lru_cache(maxsize=4)
def _context(trust_anchors: str) -> Any:
    import c2pa

    settings = _OFFLINE | ({"trust": {"trust_anchors": trust_anchors}} if trust_anchors else {})
    return c2pa.Context(c2pa.Settings.from_json(json.dumps(settings)))


def read_credentials(data: bytes, store: bytes, *, trust_anchors: str = "") -> ContentCredentials | None:
    """All manifests of the file `data`; None if it holds none.

    Args:
        store: bytes in which the manifest store was seen; empty if none was.
        trust_anchors: PEM certificates; without them nobody is trusted.
    """
    if not store and STORE_UUID not in data:
        return None
    store = store or data
    kind = media_type(data)
    if kind is None:
        return _unreadable(store, "a manifest in a kind of file that is not read for manifests")
    import c2pa

    try:
        with c2pa.Reader(kind, io.BytesIO(data), context=_context(trust_anchors)) as reader:
            document = json.loads(reader.json())
    except c2pa.C2paError as error:
        reason = " ".join(str(error).split())[:120]
        if "ManifestNotFound" in reason and STORE_UUID not in store and b"c2pa" not in store:
            return None  # a JUMBF box of another kind
        return _unreadable(store, reason)
    except (ValueError, RecursionError) as error:
        return _unreadable(store, type(error).__name__)
    return _understood(document, store)


def _unreadable(store: bytes, reason: str) -> ContentCredentials:
    """What a search finds in a store that no reader accepts: a denial counts, anything else stays open."""
    asserted, denied = mining_denials(store)
    statements = (UsageStatement("training-mining", "", "notAllowed", False, True),) if asserted and denied else ()
    return ContentCredentials("unreadable", reason, statements)


def _understood(document: Mapping[str, Any], store: bytes) -> ContentCredentials:
    state = str(document.get("validation_state", "Invalid")).lower()
    active = document.get("active_manifest")
    statements: list[UsageStatement] = []
    values: list[tuple[str, str]] = []
    for name, manifest in (document.get("manifests") or {}).items():
        for assertion in manifest.get("assertions") or ():
            label, content = str(assertion.get("label", "")), assertion.get("data")
            found = list(_uses(label, content, name == active))
            if _LABEL.search(label) and not found:
                found = [UsageStatement(label, "", "", False, name == active)]
            statements += found
            if _METADATA.search(label):
                values += _values(content, "schema" if "schema-org" in label else "")
    asserted, denied = mining_denials(store)
    # What the search sees and the reader does not list (a manifest that nothing refers to) was still said.
    if asserted and denied and all(statement.use == "allowed" for statement in statements):
        statements.append(UsageStatement("training-mining", "", "notAllowed", False, False))
    doubts = sorted({code for code in _failures(document) if _WORDS_IN_DOUBT.match(code)})
    reason = f"its words do not match its signature ({', '.join(doubts)[:100]})" if doubts else ""
    if not reason and compressed(store) and not statements:
        reason = "boxes that only the reader can unpack"
    if state not in ("trusted", "valid", "invalid"):
        state = "invalid"
    return ContentCredentials(
        state, reason, tuple(statements[:STATEMENTS_CAP]), tuple(dict.fromkeys(values))[:STATEMENTS_CAP]
    )


def _failures(document: Mapping[str, Any]) -> Iterator[str]:
    """Codes of what failed, in the manifest of the file and in those of its ingredients."""
    results = document.get("validation_results") or {}
    deltas = [delta.get("validationDeltas") or {} for delta in results.get("ingredientDeltas") or ()]
    for part in (results.get("activeManifest") or {}, *deltas):
        yield from (str(failure.get("code", "")) for failure in part.get("failure") or ())


def _uses(label: str, content: Any, active: bool) -> Iterator[UsageStatement]:
    """Statements of one assertion: `entries` of the standard, or its keys anywhere in another one."""
    if not isinstance(content, dict):
        return
    for key, value in content.items():
        ours = _LABEL.search(label) is not None or _USE_KEY.search(str(key)) is not None
        if ours and isinstance(value, dict) and "use" in value:
            explained = bool(str(value.get("constraint_info") or value.get("constraints_info") or "").strip())
            yield UsageStatement(label[:80], str(key)[:80], str(value["use"])[:40], explained, active)
        elif _USE_KEY.search(str(key)) and isinstance(value, str):
            yield UsageStatement(label[:80], str(key)[:80], value[:40], False, active)
        elif isinstance(value, dict):
            yield from _uses(label, value, active)


def _values(content: Any, prefix: str, key: str = "") -> Iterator[tuple[str, str]]:
    """Texts of a metadata assertion (JSON-LD) under their property names, e.g. `plus:DataMining`, `schema:author`."""
    if isinstance(content, dict):
        for name, value in content.items():
            if str(name).startswith("@"):
                if name == "@value":
                    yield from _values(value, prefix, key)
            elif ":" in str(name) or not prefix:
                yield from _values(value, prefix, str(name) if ":" in str(name) else key)
            else:
                yield from _values(value, prefix, key if key and name == "name" else f"{prefix}:{name}")
    elif isinstance(content, list):
        for item in content:
            yield from _values(item, prefix, key)
    elif isinstance(content, str) and key and content.strip():
        yield key[:80], content.strip()[:2000]
