#!/usr/bin/env python3
"""Check an exported record of imprimatur, offline. Needs Python 3.10 or newer and `cryptography`; nothing else.

    python3 verify.py                       everything, one paragraph per image
    python3 verify.py IMAGE...              only these images (part of an id or of a file name)
    python3 verify.py --key FILE            the ledger's public key as YOU received it, not the copy in this folder
    python3 verify.py --checkpoint FILE     a checkpoint that you kept earlier: the record must still begin with it

What is checked, in this order:
 1  checkpoint.txt is signed by the ledger's key                          (C2SP signed-note, tlog-checkpoint)
 2  the entries hash to exactly the root which that checkpoint signs      (RFC 6962, section 2.1)
 3  every opened payload is what its entry committed to                   (SHA-256 over salt and content)
 4  every approval is signed by a key that was registered for the person  (DSSE v1, Ed25519, in-toto Statement v1)
 5  every model's manifest is signed and is the one that the record names
 6  every statement about a model is signed and is about the files that its manifest names; its verdict is PASSED
 7  every file of this folder is the one that contents.json lists, signed, and no other lies beside them
 8  every sample that training was fed is of a picture in the manifest, with the bytes and the texts that were approved,
    and the log of them has the root which the manifest signs
 9  everything that a model learned had approvals that counted when it was made: same picture, texts, findings, facts
    and policy as decided; enough persons, the right roles; not expired; nobody withdrew or rejected it before
Exit code 0: all of it holds. 1: something does not, and it is named. 2: the folder cannot be read.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

TYPE = "https://imprimatur.example/"
BOUND = ("texts_digest", "findings_digest", "facts_digest")  # of what was seen, beside picture, policy and purpose
CLOCKS = timedelta(minutes=5)  # by how much two clocks may differ
problems: list[str] = []


def wrong(where: str, what: str) -> None:
    problems.append(f"{where}: {what}")


def when(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


# ---- keys and signatures --------------------------------------------------------------------------------------------


def load_key(pem: str) -> Ed25519PublicKey:
    key = load_pem_public_key(pem.encode())
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("an Ed25519 key was expected")
    return key


def key_id(key: Ed25519PublicKey) -> str:
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def signed_by(key: Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    try:
        key.verify(signature, message)
        return True
    except InvalidSignature:
        return False


def from_base64(text: str) -> bytes:
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("base64 that is spelled in another way than usual")
    return data


def open_checkpoint(text: str, key: Ed25519PublicKey) -> tuple[str, int, str]:
    """Origin, number of entries and root (hex) of a checkpoint, if `key` signed it."""
    body, _, lines = text.partition("\n\n")
    origin, size, root = body.split("\n")
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    hint = hashlib.sha256(origin.encode() + b"\n\x01" + raw).digest()[:4]
    for line in lines.removesuffix("\n").split("\n"):
        dash, name, blob = line.split(" ")
        found = from_base64(blob)
        if (dash, name, found[:4]) == ("—", origin, hint) and signed_by(key, found[4:], (body + "\n").encode()):
            return origin, int(size), from_base64(root).hex()
    raise ValueError("not signed by this key")


def open_statement(envelope: dict, key: Ed25519PublicKey) -> dict:
    """The in-toto statement in a DSSE envelope, if `key` signed it."""
    payload, kind = from_base64(envelope["payload"]), envelope["payloadType"]
    message = b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)
    if not any(signed_by(key, from_base64(s["sig"]), message) for s in envelope["signatures"]):
        raise ValueError("the signature does not hold")
    return json.loads(payload)


# ---- the Merkle tree ------------------------------------------------------------------------------------------------


class Tree:
    """A Merkle tree that grows leaf by leaf (RFC 6962, 2.1); it remembers its complete subtrees only."""

    def __init__(self) -> None:
        self.size, self.stack = 0, []  # stack: (height, hash), largest first

    def add(self, leaf: bytes) -> None:
        height, value = 0, hashlib.sha256(b"\x00" + leaf).digest()
        while self.stack and self.stack[-1][0] == height:
            value = hashlib.sha256(b"\x01" + self.stack.pop()[1] + value).digest()
            height += 1
        self.stack.append((height, value))
        self.size += 1

    def root(self) -> str:
        if not self.stack:
            return hashlib.sha256(b"").hexdigest()
        whole = self.stack[-1][1]
        for _, left in reversed(self.stack[:-1]):
            whole = hashlib.sha256(b"\x01" + left + whole).digest()
        return whole.hex()


def roots(leaves: list[bytes]) -> list[str]:
    """Root (hex) after 0, 1, 2, ... leaves."""
    tree = Tree()
    found = [tree.root()]
    for leaf in leaves:
        tree.add(leaf)
        found.append(tree.root())
    return found


# ---- reading the record ---------------------------------------------------------------------------------------------


class Record:
    """The entries in order, and what follows from them."""

    def __init__(self, folder: Path, leaves: list[bytes], key: Ed25519PublicKey) -> None:
        self.folder = folder
        self.ledger_key = key
        self.entries = [json.loads(leaf) for leaf in leaves]
        self.workspace = self.entries[0]["body"]["workspace_id"]
        self.opened: dict[int, dict] = {}  # payloads by entry
        self.people: dict[str, dict] = {}  # reviewer id -> key, name, roles
        self.revoked: dict[str, list[tuple[int, datetime]]] = {}  # reviewer id -> (entry, from when)
        self.decisions: dict[str, list[dict]] = {}  # image id -> entries, oldest first
        self.approvals: dict[str, list[dict]] = {}
        self.against: dict[str, list[dict]] = {}  # withdrawal, rejection, to-index, information-request, wrong-answer
        self.runs: dict[str, dict] = {}  # who ran a curation
        self.policies: dict[str, list[dict]] = {}  # entries that adopted a policy
        self.latest = ""  # time in the record never runs back
        self.closings: dict[str, list[dict]] = {}  # report of a wrong answer -> what was signed to close it
        self.answers: dict[int, list[dict]] = {}  # request for information -> what was signed about it
        self.manifests: list[tuple[dict, dict]] = []  # (entry, what was signed)
        self.models: list[tuple[dict, dict, list]] = []  # the same, with the model's files
        self._join_what_lies_beside()
        self._open_payloads()
        for number, entry in enumerate(self.entries):
            if entry["index"] != number:
                wrong(f"entry {number}", f"says that it is entry {entry['index']}")
            self._take(entry)

    def _join_what_lies_beside(self) -> None:
        """Long values of an entry are in a file of their own; the entry names their SHA-256."""
        beside = self.folder / "beside.jsonl"
        for line in beside.read_text(encoding="utf-8").split("\n")[:-1] if beside.exists() else []:
            part = json.loads(line)
            named = self.entries[part["index"]].get("beside", {}).pop(part["name"], {})
            if named.get("sha256") != hashlib.sha256(part["content"].encode()).hexdigest():
                raise ValueError(f"what lies beside entry {part['index']} is not what the entry names")
            self.entries[part["index"]]["body"][part["name"]] = json.loads(part["content"])
        for entry in self.entries:
            if entry.get("beside"):
                raise ValueError(f"entry {entry['index']} names {', '.join(entry['beside'])}, which beside.jsonl lacks")

    def _open_payloads(self) -> None:
        for line in (self.folder / "openings.jsonl").read_text(encoding="utf-8").split("\n")[:-1]:
            opening = json.loads(line)
            index, content = opening["index"], from_base64(opening["content"])
            found = hashlib.sha256(from_base64(opening["salt"]) + content).hexdigest()
            if not 0 <= index < len(self.entries) or found != self.entries[index]["commitment"]:
                wrong(f"entry {index}", "its opened payload is not what the entry committed to")
            else:
                self.opened[index] = json.loads(content)

    def _take(self, entry: dict) -> None:
        body, kind, where = entry["body"], entry["kind"], f"entry {entry['index']} ({entry['kind']})"
        self.latest = max(self.latest, entry["at"])
        if kind == "curate-run":
            self.runs.setdefault(body["run"], body.get("by") or {})
        elif kind == "policy":
            self.policies.setdefault(body["sha256"], []).append(body)
        elif kind == "workspace" and body["ledger_key_id"] != key_id(self.ledger_key):
            wrong(where, f"the ledger belongs to key {body['ledger_key_id']}, not to the key given")
        elif kind == "reviewer":
            key = load_key(body["public_key"])
            if body["reviewer"] in self.people or any(key_id(key) == key_id(p["key"]) for p in self.people.values()):
                wrong(where, "a person or a key is registered twice")
                return
            name = self.opened.get(entry["index"], {}).get("name")
            self.people[body["reviewer"]] = {"key": key, "name": name, "roles": body["roles"]}
        elif kind == "reviewer-revoked":
            self.revoked.setdefault(body["reviewer"], []).append((entry["index"], when(body["from"])))
        elif kind == "decision":
            self.decisions.setdefault(body["image_id"], []).append(entry)
        elif kind == "approval":
            self._take_approval(entry, where)
        elif kind in ("withdrawal", "wrong-answer"):
            self.against.setdefault(body["image_id"], []).append({**entry, "item": None})
        elif kind in ("rejection", "to-index", "information-request"):
            for item in json.loads(from_base64(body["envelope"]["payload"]))["predicate"]["items"]:
                self.against.setdefault(item["image_id"], []).append({**entry, "item": item})
        elif kind == "information-answer":
            self._take_signed(entry, where, "information-answer/v1", "question", self.answers)
        elif kind == "wrong-answer-closed" and "envelope" in body:  # without one it closes nothing
            self._take_signed(entry, where, "case-closed/v1", "report", self.closings)
        elif kind == "manifest":
            self._take_manifest(entry, where)

    def _take_approval(self, entry: dict, where: str) -> None:
        body = entry["body"]
        person = self.people.get(body["reviewer"])
        self_asserted = body.get("assurance") == "self-asserted"
        kinds = ["self-asserted-approval/v1"] if self_asserted else ["approval/v1", "conditional-approval/v1"]
        try:
            if person is None:
                raise ValueError(f"reviewer {body['reviewer']} was not registered before")
            statement = open_statement(body["envelope"], self.ledger_key if self_asserted else person["key"])
            said = statement["predicate"]
            if statement["predicateType"] not in [TYPE + kind for kind in kinds]:
                raise ValueError(f"a statement of type {statement['predicateType']}")
            if (said["reviewer"], said["workspace_id"]) != (body["reviewer"], self.workspace):
                raise ValueError("another reviewer or another workspace is named in what was signed")
            if said.get("ledger_key_id", key_id(self.ledger_key)) != key_id(self.ledger_key):
                raise ValueError("it was signed for another log")
            if said["role"] not in person["roles"]:
                raise ValueError(f"signed in the role {said['role']}, which this person does not hold")
            if when(said["issued_at"]) > when(entry["at"]) + CLOCKS:
                raise ValueError("signed after it was recorded")
            for item in said["items"]:
                found = {
                    **said,
                    "index": entry["index"],
                    "at": self.latest,
                    "account": (body.get("by") or {}).get("account"),
                    "self_asserted": self_asserted,
                    "item": item,
                }
                self.approvals.setdefault(item["image_id"], []).append(found)
        except (ValueError, KeyError, TypeError) as error:
            wrong(where, str(error))

    def _take_signed(self, entry: dict, where: str, kind: str, about: str, place: dict) -> None:
        """What a person signed with a key of their own to close a question or a report of a wrong answer."""
        body = entry["body"]
        try:
            if body.get("assurance") == "self-asserted":
                return  # informs, closes nothing
            if body["reviewer"] not in self.people:
                raise ValueError(f"reviewer {body['reviewer']} was not registered before")
            statement = open_statement(body["envelope"], self.people[body["reviewer"]]["key"])
            said = statement["predicate"]
            if statement["predicateType"] != TYPE + kind:
                raise ValueError(f"a statement of type {statement['predicateType']}")
            if (said["reviewer"], said["workspace_id"]) != (body["reviewer"], self.workspace):
                raise ValueError("another reviewer or another workspace is named in what was signed")
            given = max(when(said["issued_at"]), when(entry["at"]))
            images = {item["image_id"] for item in said["items"]}
            found = {"by": body["reviewer"], "index": entry["index"], "given": given, "images": images}
            place.setdefault(said[about], []).append(found)
        except (ValueError, KeyError, TypeError) as error:
            wrong(where, str(error))

    def had_left(self, who: str, given: datetime, before: int) -> bool:
        """Whether the person's key was revoked when this was given, as far as the first entries say."""
        return any(given >= start for index, start in self.revoked.get(who, []) if index < before)

    def standing_signed(self, found: list[dict], entry: dict, image: str, before: int) -> list[dict]:
        """What was signed about the image after `entry` by people in office."""
        return [
            one
            for one in found
            if entry["index"] < one["index"] < before
            and image in one["images"]
            and not self.had_left(one["by"], one["given"], before)
        ]

    def is_answered(self, request: dict, image: str, before: int) -> bool:
        """Whether whoever asked has closed this request, or anybody after that person's key was revoked."""
        asked_by = request["body"]["reviewer"]
        answers = self.standing_signed(self.answers.get(request["index"], []), request, image, before)
        return any(one["by"] == asked_by or self.had_left(asked_by, one["given"], before) for one in answers)

    def _take_manifest(self, entry: dict, where: str) -> None:
        body = entry["body"]
        path = self.folder / "manifests" / f"{entry['index']}.json"
        try:
            data = path.read_bytes()
            if hashlib.sha256(data).hexdigest() != body["manifest_sha256"]:
                raise ValueError("it is not the manifest that the record names")
            statement = open_statement(json.loads(data), self.ledger_key)
            self.manifests.append((entry, statement["predicate"]))
            self.models.append((entry, statement["predicate"], statement.get("subject", [])))
        except (OSError, ValueError, KeyError, TypeError) as error:
            wrong(where, f"manifests/{path.name}: {error}")

    # What follows. `before` is a number of entries: what the record said when it had that many.

    def decision(self, image: str, before: int) -> dict | None:
        past = [entry for entry in self.decisions.get(image, []) if entry["index"] < before]
        return past[-1] if past else None

    def counting(self, image: str, decision: dict, at: datetime, before: int) -> list[dict]:
        """Approvals of `image` about exactly what `decision` judged, valid at the moment `at`."""
        body = decision["body"]
        days, first = body["approval"].get("valid_days"), decision["index"]
        for entry in self.decisions[image]:
            if binding(entry["body"]) == binding(body):
                first = min(first, entry["index"])
        found = []
        for said in self.approvals.get(image, []):
            issued, end = when(said["issued_at"]), when(said["expires_at"])
            end = end if days is None else min(end, issued + timedelta(days=days))
            given = max(issued, when(said["at"]))
            left = [start for index, start in self.revoked.get(said["reviewer"], []) if index < before]
            if (
                first < said["index"] < before
                and (*(said["item"][name] for name in BOUND), said["policy_sha256"], said["purpose"]) == binding(body)
                and at < end
                and not any(given >= start for start in left)
                and not (said["self_asserted"] and not body["approval"].get("self_asserted"))
            ):
                found.append({**said, "until": end})
        return found

    def separate(self, body: dict, said: dict) -> bool:
        """Whether this approval is by somebody else than who ran the curation or adopted the policy."""
        adopted = self.policies.get(body["policy"]["sha256"], [])
        words = [body["approval"].get("separation"), *[e.get("separation") for e in adopted]]
        words = [word for word in words if word is not None][:2]
        if all(word == "off" for word in words):  # also when no word was said: a record from before it was asked
            return True
        curator, adopters = self.runs.get(body["run"], {}), [e.get("by") or {} for e in adopted]
        persons = {by.get("person") for by in (curator, *adopters)} - {None}
        accounts = {by.get("account") for by in (curator, *adopters)} - {None}
        known = any(curator.values()) and any(any(by.values()) for by in adopters)
        if not known or said["reviewer"] in persons:
            return False
        strict = any(word not in ("off", "person") for word in words)
        return said["account"] not in {None, *accounts} if strict or said["self_asserted"] else True

    def stopped_by(self, image: str, decision: dict, given: list[dict], before: int) -> dict | None:
        """The first entry that stands against the image: a no about the same content, a withdrawal, an open question."""
        for entry in self.against.get(image, []):
            item, kind = entry["item"], entry["kind"]
            about = item is None or all(item[name] == decision["body"][name] for name in BOUND)
            if kind == "wrong-answer":
                closings = self.closings.get(entry["body"]["report_id"], [])
                about = not self.standing_signed(closings, entry, image, before)
            if kind == "information-request":  # answered when the one who asked closes it or approves after all
                asked_by = entry["body"]["reviewer"]
                about = about and not any(a["reviewer"] == asked_by and a["index"] > entry["index"] for a in given)
                about = about and not self.is_answered(entry, image, before)
            if entry["index"] < before and about:
                return entry
        past = [entry for entry in self.decisions[image] if entry["index"] < before]
        for twin in {twin for entry in past for twin in entry["body"].get("duplicate_group", [])} - {image}:
            for entry in self.against.get(twin, []):
                if entry["kind"] == "withdrawal" and entry["index"] < before:
                    return entry
        return None

    def lacking(self, image: str, at: datetime, before: int) -> str | None:
        """Why `image` might not be memorized; None when it might."""
        decision = self.decision(image, before)
        if decision is None:
            return "no decision was recorded"
        body, needed = decision["body"], decision["body"]["approval"]
        if body["outcome"] != "memorize" and (body["outcome"], body["lift"]) != ("review", "approval"):
            return f"its decision was '{body['outcome']}' ({', '.join(body['rules'])})"
        if body["not_after"] and at.date().isoformat() > body["not_after"]:
            return f"its licence ended on {body['not_after']}"
        given = self.counting(image, decision, at, before)
        stop = self.stopped_by(image, decision, given, before)
        if stop is not None:
            return f"entry {stop['index']} ({stop['kind']}) stands against it"
        people, roles = {a["reviewer"] for a in given}, {a["role"] for a in given}
        if len(people) < needed["people"]:
            return f"approvals that count: {len(people)} of {needed['people']} persons"
        if not roles.issuperset(needed["roles"]):
            return f"nobody approved in the role {', '.join(sorted(set(needed['roles']) - roles))}"
        if needed["people"] and not any(self.separate(body, said) for said in given):
            return "only people approved who ran its curation or adopted its policy, or nobody knows who did"
        return None


def binding(body: dict) -> tuple:
    """All that an approval binds beside the picture."""
    return (*(body[name] for name in BOUND), body["policy"]["sha256"], body["purpose"])


# ---- telling --------------------------------------------------------------------------------------------------------


def names_of(record: Record, image: str) -> list[str]:
    opened = record.opened.get(record.decisions[image][-1]["index"], {}).get("record", {})
    return opened.get("file_names") or ["(name not disclosed)"]


def paragraph(record: Record, image: str, now: datetime) -> str:
    end, decision = len(record.entries), record.decisions[image][-1]
    body, rights = decision["body"], record.opened.get(decision["index"], {}).get("record", {}).get("rights", {})
    learned = [(e, p, i) for e, p in record.manifests for i in p["entries"] if i["image_id"] == image]
    rights = rights or (learned[-1][2] if learned else {})
    unsafe = "   UNSAFE POLICY: no named person needed" if body["unsafe"] else ""
    lines = [
        f"{', '.join(names_of(record, image))}   {image}",
        f"  source {rights.get('source') or 'not disclosed'}; licence {rights.get('license') or 'not disclosed'}",
        f"  decided {decision['at'][:10]}: {body['outcome']} ({', '.join(body['rules'])}), entry {decision['index']}{unsafe}",
    ]
    for said in record.counting(image, decision, now, end):
        who = record.people[said["reviewer"]]["name"] or said["reviewer"]
        how = " SELF-ASSERTED, without a key of their own," if said["self_asserted"] else ""
        days = f"on {said['issued_at'][:10]} until {said['until'].date()}"
        lines.append(f"  approved{how} by {who} as {said['role']} {days}, entry {said['index']}")
    for entry, manifest, item in learned:
        lines.append(
            f"  in model {manifest['run']} as {item['identifier']} since {manifest['created'][:10]}, entry {entry['index']}"
        )
    for entry in record.against.get(image, []):
        why = entry["body"].get("reason") or entry["body"].get("cause") or ""
        lines.append(f"  {entry['kind'].upper()} {entry['at'][:10]} {why}, entry {entry['index']}")
    if not any(entry["kind"] == "withdrawal" for entry in record.against.get(image, [])):
        lines.append("  not withdrawn")
    why = record.lacking(image, now, end)
    lines.append("  today: it may be memorized" if why is None else f"  today: it may NOT be memorized: {why}")
    return "\n".join(lines)


def check_checkpoint(name: str, text: str, leaves: list[bytes], tree: list[str], key: Ed25519PublicKey) -> None:
    try:
        _, size, root = open_checkpoint(text, key)
    except ValueError as error:
        wrong(name, str(error))
        return
    if size > len(leaves):
        wrong(name, f"it signs {size} entries, here are only {len(leaves)}: the end was cut off")
    elif tree[size] != root:
        wrong(name, f"the first {size} entries are not those that it signs: the record was changed")
    elif name == "checkpoint.txt" and size != len(leaves):
        wrong(name, f"it signs {size} entries, here are {len(leaves)}: somebody added some")


def check_contents(folder: Path, key: Ed25519PublicKey) -> int:
    """Every file by digest, against the signed list; returns how many there are."""
    try:
        envelope = json.loads((folder / "contents.json").read_bytes())
        signed = open_statement(envelope, key)
        if [one["keyid"] for one in envelope["signatures"]] != [key_id(key)]:
            raise ValueError("it names another key than the one that signed it")
        listed = {one["name"]: one["digest"]["sha256"] for one in signed["subject"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        wrong("contents.json", f"{error}")
        return 0
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file() or p.is_symlink()}
    for name in sorted((there - {"contents.json"}) | set(listed)):
        if "__pycache__" in name:
            continue
        if name not in there:
            wrong(name, "contents.json lists it, and it is not here")
        elif name not in listed:
            wrong(name, "contents.json does not list it: somebody added it")
        elif hashlib.sha256((folder / name).read_bytes()).hexdigest() != listed[name]:
            wrong(name, "it is not the file that contents.json lists: somebody changed it")
    return len(listed)


def check_statements(record: Record) -> int:
    """What is said of the models beside their manifests; returns how many statements there are."""
    files = {manifest["run"]: subject for _, manifest, subject in record.models}
    found = sorted((record.folder / "statements").glob("*.json"))
    for path in found:
        where = f"statements/{path.name}"
        try:
            said = open_statement(json.loads(path.read_bytes()), record.ledger_key)
            run = next((run for run in files if path.name.startswith(run + ".")), None)
            if run is not None and said["subject"] != files[run]:
                wrong(where, "it is about other files than the model's manifest")
            if said["predicate"].get("verificationResult", "PASSED") != "PASSED":
                wrong(where, "the verdict on this model was FAILED when the folder was made")
        except (OSError, ValueError, KeyError, TypeError) as error:
            wrong(where, str(error))
    return len(found)


def check_training(record: Record) -> int:
    """Trained minus approved must be empty; returns how many identifiers were trained."""
    trained = 0
    for entry, manifest in record.manifests:
        for item in manifest["entries"]:
            trained += 1
            why = record.lacking(item["image_id"], when(manifest["created"]), entry["index"])
            if why is not None:
                wrong(f"model {manifest['run']}", f"{item['identifier']} learned {item['image_id'][:16]}…: {why}")
    return trained


def check_emission(record: Record) -> int:
    """The samples that training was fed, one by one: of a picture that the manifest lists, with the bytes and the texts
    that were approved. Returns how many there are."""
    read = 0
    for entry, manifest, _ in record.models:
        bodies = {}
        for item in manifest["entries"]:
            decision = record.decision(item["image_id"], entry["index"])
            if decision is not None:
                bodies[item["image_id"]] = decision["body"]
        facts = [[image, bodies[image]["texts_digest"], bodies[image]["facts_digest"]] for image in sorted(bodies)]
        whole = hashlib.sha256(json.dumps(facts, separators=(",", ":")).encode()).hexdigest()
        for log in manifest.get("emission", []):
            name = f"emission/{manifest['run']}.rank-{log['rank']:04d}.log"
            try:
                data = (record.folder / name).read_bytes()
            except OSError as error:
                wrong(name, f"what was fed to the model cannot be read: {error.strerror}")
                continue
            tree, bad = Tree(), set()
            for start in range(0, len(data), 69):
                sample = data[start : start + 69]
                tree.add(sample)
                kind, image, content = sample[4], sample[5:37].hex(), sample[37:].hex()
                wanted = {1: image, 2: bodies.get(image, {}).get("texts_digest"), 3: whole}.get(kind)
                listed = image in bodies or (kind == 3 and image == "00" * 32)
                if (not listed or content != wanted) and (kind, image) not in bad:
                    bad.add((kind, image))
                    wrong(name, f"a sample of {image[:16]}… is of no approved picture, or not what was approved of it")
            if (tree.size, tree.root()) != (log["size"], log["root"]):
                wrong(name, "it is not the log whose root the manifest signs")
            read += tree.size
    return read


def finish(lines: list[str]) -> int:
    for line in [*lines, *(f"DOES NOT HOLD  {problem}" for problem in problems)]:
        print(line)
    print("RESULT: everything holds" if not problems else f"RESULT: {len(problems)} things do not hold")
    return 1 if problems else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("images", nargs="*", metavar="IMAGE")
    parser.add_argument("--folder", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--key", type=Path)
    parser.add_argument("--checkpoint", type=Path)
    parser.add_argument("--at", help="judge as of this moment (ISO 8601, UTC); default: now")
    wanted = parser.parse_args()
    now = when(wanted.at).replace(tzinfo=timezone.utc) if wanted.at else datetime.now(timezone.utc)
    try:
        key = load_key((wanted.key or wanted.folder / "ledger-key.pub.pem").read_text())
        leaves = (wanted.folder / "entries.jsonl").read_bytes().split(b"\n")[:-1]
        signed = (wanted.folder / "checkpoint.txt").read_text(encoding="utf-8")
        kept = wanted.checkpoint.read_text(encoding="utf-8") if wanted.checkpoint else None
    except (OSError, ValueError) as error:
        print(f"This folder cannot be read as an exported record: {error}")
        return 2
    tree = roots(leaves)
    check_checkpoint("checkpoint.txt", signed, leaves, tree, key)
    if kept is not None:
        check_checkpoint("your checkpoint", kept, leaves, tree, key)
    facts = [
        f"{len(leaves)} entries, root {tree[-1]}",
        f"ledger key {key_id(key)}" + ("" if wanted.key else " (the copy in this folder: compare it with your own)"),
    ]
    if kept is None:
        facts.append(
            "No checkpoint of your own was given: a history rewritten as a whole would not show. Keep this one."
        )
    if problems:
        return finish([*facts, "The entries are not what was signed. Nothing is read from them."])
    try:
        listed = check_contents(wanted.folder, key)
        record = Record(wanted.folder, leaves, key)
        trained = check_training(record)
        said = check_statements(record)
        fed = check_emission(record)
        chosen = [
            image
            for image in record.decisions
            if not wanted.images or any(w in name for w in wanted.images for name in (image, *names_of(record, image)))
        ]
        if not chosen:
            wrong("images", "none that was asked for is in this record")
        for image in chosen:
            print(paragraph(record, image, now), end="\n\n")
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        wrong("record", f"an entry, opening or manifest is malformed ({type(error).__name__}: {error})")
        return finish(facts)
    people = ", ".join(person["name"] or reviewer for reviewer, person in record.people.items())
    facts.append(f"{len(record.decisions)} images; reviewers: {people or 'none'}")
    facts.append(f"{trained} identifiers in {len(record.manifests)} models, each compared with its approvals")
    facts.append(f"{listed} files as listed and signed, {said} statements about models")
    facts.append(f"{fed} samples were fed to models, each compared with what was approved")
    return finish(facts)


if __name__ == "__main__":
    sys.exit(main())
