"""How fluent the review page is with 10,000 waiting images: what one page of the queue costs the server.

python benchmarks/review_page.py [--images 10000] [--workers 2] [--json FILE]

Makes a ledger of generated decisions (findings, titles in two languages, eight licences, forty product lines) and as many
small generated pictures in a temporary folder, starts the page as `review serve` does, signs in and asks over HTTP on
loopback. Prints the median, the 95th percentile and the worst time of each kind of request in milliseconds, and how long
the board takes to read the ledger at the start and to take in one new decision.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import uvicorn
from PIL import Image

from audit.keys import SigningKey
from audit.ledger import EntryKind, Ledger, NewEntry
from audit.report.wording import Lang
from audit.review.assemble import Place, review_site
from audit.review.board import Board
from audit.review.guard import Guard
from audit.review.overview_pages import KeptReport
from audit.review.signing_in import Proxy
from audit.review.web import application
from audit.reviewers import register_reviewer
from curate.canonical import digest, to_json
from curate.decode import DecodeLimits
from curate.picture_view import ViewPool
from curate.record import BusinessFacts, ContentClass, ImageRecord, RightsFacts, TrainingText

PORT = 8799
PASSPHRASE = "benchmark passphrase"
KINDS = (
    ("privacy.face", "high"),
    ("privacy.phone", "medium"),
    ("privacy.number_plate", "medium"),
    ("duplicate.near", "low"),
    ("rights.reserved_notice", "medium"),
    ("privacy.gps", "high"),
)
WORDS = ("flange", "valve", "gear", "bracket", "pulley", "coupling", "shaft", "nut")
WORDS_JA = ("フランジ", "弁", "歯車", "ブラケット", "プーリ", "継手", "軸", "ナット")


def picture(folder: Path, number: int, dice: random.Random) -> tuple[str, str]:
    """A small JPEG of its own; its id and file name."""
    name = f"{number:05d}.jpg"
    red, green, blue = (dice.randrange(256) for _ in range(3))
    image = Image.new("RGB", (640, 480), (red, green, blue))
    other = (255 - red, 255 - green, 255 - blue)
    image.paste(other, (number % 500, number % 350, number % 500 + 120, number % 350 + 90))
    image.putpixel((number % 640, number // 640), (0, 0, 0))
    image.save(folder / name, "JPEG", quality=80)
    return hashlib.sha256((folder / name).read_bytes()).hexdigest(), name


def decision(image_id: str, name: str, number: int, dice: random.Random, at: datetime) -> NewEntry:
    """A decision as the recording step writes it, two findings at most."""
    noun = number % len(WORDS)
    record = ImageRecord(
        image_id=image_id,
        file_names=(name,),
        content_class=dice.choice(list(ContentClass)),
        class_inferred=False,
        texts=(
            TrainingText("title", "en", f"{WORDS[noun]} {number}"),
            TrainingText("title", "ja", f"{WORDS_JA[noun]} {number}"),
            *(TrainingText("captions", "ja", f"{WORDS_JA[noun]}の写真 {number}-{k}") for k in range(6)),
        ),
        rights=RightsFacts(source="studio", owner="Example KK", license=f"LicenseRef-{number % 8}"),
        business=BusinessFacts(criticality=0.5, product_line=f"line-{number % 40:02d}", sku=f"SKU-{number}"),
    )
    found = dice.sample(KINDS, dice.choice((0, 1, 1, 2)))
    findings = [
        {
            "image_id": image_id,
            "detector": {"name": f"detector-{kind.split('.')[0]}", "version": "1"},
            "category": kind.split(".")[0],
            "kind": kind,
            "score": 0.8,
            "severity": severity,
            "where": {"channel": "pixel", "field": None, "span": None, "box": [40, 40, 80, 80]},
            "masked": "",
            "explanation": kind,
        }
        for kind, severity in found
    ]
    value = round(dice.random(), 4)
    outcome = "review" if found else "memorize"
    body: dict[str, Any] = {
        "image_id": image_id,
        "run": "benchmark",
        "outcome": outcome,
        "lift": "approval" if found else "nobody",
        "rules": ["review-personal-data"] if found else ["cleared"],
        "unknowns": [],
        "policy": {"id": "default", "version": "1", "sha256": "0" * 64},
        "unsafe": False,
        "findings_digest": digest(findings),
        "texts_digest": record.texts_digest,
        "facts_digest": record.facts_digest,
        "findings": [
            {"category": f["category"], "kind": f["kind"], "severity": f["severity"], "channel": "pixel"}
            for f in findings
        ],
        "unscreened": [],
        "value": value,
        "duplicate_group": [],
        "approval": {"people": 2 if found else 1, "roles": ["compliance"], "valid_days": 180},
        "purpose": "benchmark",
        "not_after": None,
    }
    hit = {
        "rule": body["rules"][0],
        "outcome": outcome,
        "reason_en": "Personal data in the picture.",
        "reason_ja": "個人情報があります。",
    }
    payload = {
        "record": to_json(record),
        "screening": {"image_id": image_id, "findings": findings, "unscreened": [], "done": [], "duplicate_group": []},
        "value": {"score": value, "parts": [["demand", 0.5]], "explanation": "worth it", "explanation_ja": "価値あり"},
        "hits": [hit],
    }
    return NewEntry(EntryKind.DECISION, body, payload, at)


def timed(times: list[float], act: Callable[[], Any]) -> Any:
    start = time.perf_counter()
    result = act()
    times.append((time.perf_counter() - start) * 1000)
    return result


def line(what: str, times: list[float]) -> dict[str, Any]:
    ordered = sorted(times)
    return {
        "request": what,
        "times": len(times),
        "median_ms": round(statistics.median(ordered), 1),
        "p95_ms": round(ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))], 1),
        "worst_ms": round(ordered[-1], 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=30)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = measure(Path(folder), given.images, given.workers, given.repeat)
    print(f"{given.images:,} images; board read from the ledger in {result['board_s']} s")
    print(f"{'request':44} {'times':>5} {'median':>8} {'p95':>8} {'worst':>8}   (milliseconds)")
    for row in result["requests"]:
        print(f"{row['request']:44} {row['times']:5} {row['median_ms']:8} {row['p95_ms']:8} {row['worst_ms']:8}")
    if given.json:
        given.json.write_text(json.dumps(result, indent=2) + "\n")


def measure(folder: Path, images: int, workers: int, repeat: int) -> dict[str, Any]:
    dice, at = random.Random(7), datetime.now(UTC) - timedelta(days=2)
    catalogue = folder / "catalogue"
    catalogue.mkdir()
    key, own = SigningKey.generate(), SigningKey.generate()
    ledger = Ledger.create(folder / "ledger.db", key, workspace_id="benchmark", at=at)
    entry = register_reviewer(ledger, "Anna", ["compliance"], own.public, at=at)
    reviewer = str(entry.body["reviewer"])
    own.save(folder / f"{reviewer}.pem", PASSPHRASE.encode())
    made = [picture(catalogue, number, dice) for number in range(images)]
    ledger.append([decision(image, name, n, dice, at) for n, (image, name) in enumerate(made)])
    read: list[float] = []
    timed(read, Board(ledger, lambda: datetime.now(UTC)).lane_counts)

    def file_of(names: tuple[str, ...]) -> Path | None:
        return catalogue / names[0] if names else None

    place = Place(
        state=folder / "state",
        cache=folder / "cache",
        key_of=lambda who: folder / f"{who}.pem",
        file_of=file_of,
        policy_now=lambda: "0" * 64,
        clock=lambda: datetime.now(UTC),
        report_of=lambda lang: KeptReport(b"<!doctype html>", datetime.now(UTC)),
    )
    with ViewPool(DecodeLimits(), workers) as pool:
        site = review_site(ledger, pool, place, Guard(frozenset({f"127.0.0.1:{PORT}"})), Proxy(), Lang.JA)
        server = uvicorn.Server(uvicorn.Config(application(site), port=PORT, log_level="error", access_log=False))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        try:
            rows = ask(reviewer, [image for image, _ in made], repeat)
        finally:
            server.should_exit = True
            thread.join()
    ledger.close()
    return {"images": images, "board_s": round(read[0] / 1000, 2), "requests": rows}


def ask(reviewer: str, images: list[str], repeat: int) -> list[dict[str, Any]]:
    base = f"http://127.0.0.1:{PORT}"
    rows = []
    with httpx2.Client(base_url=base, headers={"origin": base}, timeout=60) as client:
        client.post("/sign-in", data={"reviewer": reviewer, "passphrase": PASSPHRASE}, follow_redirects=True)
        pages = {
            "queue, first page": lambda n: "/?lane=all",
            "queue, a page in the middle": lambda n: f"/?lane=all&page={n + 20}",
            "queue, two facets and an order": lambda n: (
                f"/?lane=waiting&kind=privacy.face&line=line-{n % 40:02d}&sort=value"
            ),
            "queue, search in Japanese": lambda n: f"/?lane=all&q=歯車 {n}",
            "overview (all figures, one report)": lambda n: "/overview",
            "card": lambda n: f"/image/{images[n * 7]}?lane=all",
        }
        for what, path in pages.items():
            times: list[float] = []
            for number in range(repeat):
                reply = timed(times, lambda n=number, path=path: client.get(path(n)))
                assert reply.status_code == 200, reply.status_code
            rows.append(line(what, times))
        fresh: list[float] = []
        for image in images[:96]:
            assert timed(fresh, lambda i=image: client.get(f"/picture/{i}/thumb")).status_code == 200
        rows.append(line("thumbnail, made", fresh))
        kept: list[float] = []
        for image in images[:96]:
            timed(kept, lambda i=image: client.get(f"/picture/{i}/thumb"))
        rows.append(line("thumbnail, kept", kept))
        rows += decide(client, images, repeat)
    return rows


def decide(client: httpx2.Client, images: list[str], repeat: int) -> list[dict[str, Any]]:
    drafts: list[float] = []
    records: list[float] = []
    after: list[float] = []
    for image in images[-repeat:]:
        card = client.get(f"/image/{image}?verdict=reject").text
        csrf, seen = (re.search(rf'name="{name}" value="([^"]+)"', card) for name in ("csrf", "seen"))
        assert csrf and seen
        form = {"csrf": csrf[1], "verdict": "reject", "reason": "privacy", "seen": seen[1]}
        reply = timed(drafts, lambda i=image, f=form: client.post(f"/image/{i}/draft", data=f))
        place = reply.headers["location"]
        reply = timed(records, lambda p=place, c=csrf[1]: client.post(f"{p}/record", data={"csrf": c}))
        assert reply.status_code == 200, reply.text
        timed(after, lambda: client.get("/?lane=waiting"))
    return [
        line("draft of a decision", drafts),
        line("decision signed and recorded", records),
        line("queue right after it", after),
    ]


if __name__ == "__main__":
    main()
