"""A factory on paper: a real ledger with signed approvals, a catalogue of machine parts, a model, a pilot.

factory = Factory.make(tmp_path)     # 40 images, every standing, one model, withdrawals, wrong answers, a pilot
data = factory.data()                # what the report says about it
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from audit.approving import Verdict
from audit.entry import EntryKind, LedgerEntry
from audit.recheck.ledger import verify
from audit.report.collect import collect
from audit.report.data import ReportData
from audit.withdrawal import report_wrong
from curate.canonical import to_json
from curate.record import ContentClass, ImageRecord, RightsFacts, TrainingText
from curate.rights_verdict import RightsVerdict
from tests.audit.fakes import POLICY, Person, World, decision_body, record_of

NASTY_TITLE = "<script>alert('x')</script> & \"M8\" bolt"
NASTY_FILE = 'products/12" "quoted" <b>.jpg'
PHONE, MY_NUMBER = "090-1234-5678", "123456789018"
RUN = "run-20300110T090000Z-a1b2c3"
ALL_CHECKS = (
    *("decode", "text.pii", "text.names", "metadata.privacy", "metadata.rights"),
    *("catalogue.rights", "pixel.text", "quality", "duplicate"),
)

REASONS = {
    "cleared": (
        "Valuable (0.78), stable enough, nothing found against it.",
        "価値0.78、十分に安定しており、問題は見つかりませんでした。",
    ),
    "low-value": ("Its value 0.16 is below 0.55.", "価値0.16が基準0.55を下回るため、外部索引で十分です。"),
    "deny-my-number": ("An official number stands in: captions.", "マイナンバーがあります: captions。"),
    "deny-licence-expired": ("The licence has ended.", "ライセンスの期限が切れています。"),
    "review-personal-data": ("Personal data in: captions.", "個人情報が含まれています: captions。"),
    "unknown-source": ("Unknown: source. Fill in the column.", "出所(source)が不明です。"),
    "unscreened-pixel.text": ("Not looked at: text in the picture.", "未検査: 画像内の文字。"),
}


def finding(kind: str, severity: str, channel: str, place: str, masked: str = "•••") -> dict[str, Any]:
    return {
        "image_id": "",
        "detector": {"name": "text-patterns", "version": "1"},
        "category": kind.split(".")[0],
        "kind": kind,
        "score": 0.9,
        "severity": severity,
        "where": {"channel": channel, "field": place, "span": [3, 16]},
        "masked": masked,
        "explanation": "",
    }


@dataclass
class Factory:
    """`images` maps a name to its image id; `seen` collects what `data` is made from."""

    world: World
    images: dict[str, str] = field(default_factory=dict)
    outcomes: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("deny", "review", "index", "memorize"), 0))
    manifests: list[dict[str, Any]] = field(default_factory=list)
    unsafe: bool = False

    @staticmethod
    def make(folder: Path, *, unsafe: bool = False, parts: int = 26) -> Factory:
        """The whole story: curate, approve, plan, train, withdraw, report wrong answers, evaluate."""
        factory = Factory(World.make(folder), unsafe=unsafe)
        factory.curate(parts)
        if not unsafe:
            factory.approve(parts)
        factory.plan()
        factory.world.pass_time(days=9)
        factory.train()
        factory.world.pass_time(days=20)
        if not unsafe:
            factory.change_of_mind()
        factory.evaluate()
        return factory

    def curate(self, parts: int) -> None:
        for number in range(parts):
            self.part(f"bolt-{number:02d}", content_class=ContentClass.DRAWING if number % 5 == 0 else None)
        self.part("nasty", titles=((NASTY_TITLE, "en"), (NASTY_TITLE, "ja")), file=NASTY_FILE)
        self.part("ends-soon", body={"not_after": (self.world.now.date() + timedelta(days=45)).isoformat()})
        self.part("late", rule="cleared")
        for number in range(3):
            self.part(f"promo-{number}", outcome="index", rule="low-value")
        self.part(
            "with-phone", outcome="review", lift="approval", rule="review-personal-data",
            findings=[finding("privacy.phone", "medium", "text", "captions[ja][0]", "090-••••-••••")],
            titles=((f"連絡先 {PHONE}", "ja"), (f"call {PHONE}", "en")),
        )  # fmt: skip
        self.part(
            "with-my-number", outcome="deny", rule="deny-my-number", file=f"products/{MY_NUMBER}.jpg",
            findings=[finding("privacy.jp_my_number", "critical", "file", "file_name", "••••")],
        )  # fmt: skip
        self.part("old-licence", outcome="deny", rule="deny-licence-expired",
                  findings=[finding("rights.license_expired", "high", "file", "license_end")])  # fmt: skip
        self.part("no-source", outcome="review", lift="fact", rule="unknown-source", unknowns=["source"],
                  rights=RightsFacts(owner="Example KK", license="CC-BY-4.0"))  # fmt: skip
        self.part("unread", outcome="review", lift="fact", rule="unscreened-pixel.text", unknowns=["check:pixel.text"],
                  content_class=ContentClass.DRAWING, unscreened="the reader of text in pictures is not installed")  # fmt: skip
        rows = len(self.images) + 2  # one row is not readable, one is the same picture again
        self.world.record(
            EntryKind.CURATE_RUN,
            {"run": "run-1", "catalogue_digest": "0" * 64, "rows": rows, "images": len(self.images), "rejected": 1,
             "outcomes": self.outcomes, "policy_sha256": POLICY["sha256"], "unsafe": self.unsafe},
            {"location": "/home/somebody/工場カタログ", "rows": rows,
             "rejected": [{"row": 7, "file_name": f"scan {PHONE} tanaka@example.com.jpg", "reason": "No such file"}]},
        )  # fmt: skip

    def part(
        self,
        name: str,
        *,
        outcome: str = "memorize",
        lift: str = "approval",
        rule: str = "cleared",
        findings: Sequence[Mapping[str, Any]] = (),
        unknowns: Sequence[str] = (),
        unscreened: str | None = None,
        titles: Sequence[tuple[str, str]] | None = None,
        file: str | None = None,
        content_class: ContentClass | None = None,
        rights: RightsFacts | None = None,
        stated: RightsVerdict | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> None:
        record = _record(name, titles, file, content_class, rights)
        parts = [{"check": "pixel.text", "detector": "pixel-text"}] if unscreened else []
        changes: dict[str, Any] = {
            "outcome": outcome,
            "lift": lift,
            "rules": [rule],
            "unknowns": list(unknowns),
            "unsafe": self.unsafe,
            "findings": [{k: f[k] for k in ("category", "kind", "severity")} | {"channel": "text"} for f in findings],
            "unscreened": parts,
            "approval": {
                "people": 0 if self.unsafe else 2,
                "roles": [] if self.unsafe else ["compliance"],
                "valid_days": 365,
            },
        }
        decided = decision_body(record, **(changes | dict(body or {})))
        done = [check for check in ALL_CHECKS if not (unscreened and check == "pixel.text")]
        payload = {
            "record": to_json(record),
            "screening": {
                "image_id": record.image_id,
                "findings": list(findings),
                "unscreened": [
                    {
                        "check": "pixel.text",
                        "detector": {"name": "pixel-text", "version": "1"},
                        "unscreened": unscreened,
                    }
                ]
                if unscreened
                else [],
                "done": done,
                "duplicate_group": [],
                **({} if stated is None else {"rights": to_json(stated)}),
            },
            "value": {"score": 0.75, "parts": {}, "scorer": "fake", "explanation": "", "explanation_ja": ""},
            "decision": {},
            "hits": [{"rule": rule, "outcome": outcome, "reason_en": REASONS[rule][0], "reason_ja": REASONS[rule][1]}],
        }
        self.world.record(EntryKind.DECISION, decided, payload)
        self.images[name] = record.image_id
        self.outcomes[outcome] += 1

    def approve(self, parts: int) -> None:
        anna = self.world.reviewer("佐藤 安奈", "compliance")
        ken = self.world.reviewer("Ken <Abe>", "engineering", "compliance")
        names = [f"bolt-{number:02d}" for number in range(parts)] + ["nasty", "ends-soon"]
        both = [self.images[name] for name in names]
        self.world.approve(anna, *both)
        self.world.approve(ken, *both)
        self.world.approve(anna, self.images["late"])

    @property
    def people(self) -> list[Person]:
        return self.world.people

    def plan(self) -> None:
        self.world.plan(PLAN)

    def train(self, *, also: Sequence[str] = (), run: str = RUN, record: bool = True) -> dict[str, Any]:
        """Train on what is cleared, and on `also`, which a gate would have refused. Returns the manifest."""
        cleared = [standing.image_id for standing in self.world.book().cleared()]
        images = [*cleared, *(self.images[name] for name in also)]
        entries = [
            {"identifier": f"im-{run[-2:]}{place:04d}", "image_id": image_id, "file_names": [], "decision_index": 0}
            for place, image_id in enumerate(images)
        ]
        manifest = {
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [],
            "predicate": {"run": run, "base_model": "embedded", "unsafe": self.unsafe, "entries": entries},
        }
        self.manifests.append(manifest)
        if record:
            body = {"run": run, "manifest_sha256": "0" * 64, "entries": len(entries), "unsafe": self.unsafe}
            self.world.record(EntryKind.MANIFEST, body)
        return manifest

    def change_of_mind(self) -> None:
        """After training: a withdrawal, two wrong answers of which one is closed, one licence that runs out."""
        self.world.withdraw(self.images["bolt-03"], "owner-request")
        opened = report_wrong(
            self.world.ledger, f"who is {PHONE}", self.images["bolt-04"], "wrong-picture", at=self.world.now
        )
        first = report_wrong(self.world.ledger, "M8", self.images["bolt-05"], "stale-fact", at=self.world.now)
        self.world.say(
            self.people[0], Verdict.CLOSE, self.images["bolt-05"], reason="corrected", report=first.body["report_id"]
        )
        assert opened.index < first.index
        self.world.pass_time(days=20)

    def evaluate(self) -> None:
        document = EVALUATION | {"unsafe": self.unsafe}
        self.world.record(EntryKind.EVALUATION, {"statement": {"unsafe": self.unsafe}}, document)

    def entries(self) -> list[LedgerEntry]:
        return list(self.world.ledger.entries())

    def data(self, **changes: Any) -> ReportData:
        """The report as the front door collects it; `changes` replaces arguments of `collect`."""
        ledger = self.world.ledger
        found = verify(ledger.path, ledger.public_key.pem)
        arguments: dict[str, Any] = {
            "entries": self.entries(),
            "payload": ledger.payload,
            "recheck_problems": found.problems,
            "manifests": self.manifests,
            "detectors": DETECTORS,
            "at": self.world.now,
            "checkpoint": ledger.checkpoint(),
        }
        return collect(**(arguments | changes))


def _record(
    name: str,
    titles: Sequence[tuple[str, str]] | None,
    file: str | None,
    content_class: ContentClass | None,
    rights: RightsFacts | None,
) -> ImageRecord:
    record = record_of(name, file_names=(file or f"products/{name}.jpg",))
    texts = titles or ((f"Hexagon bolt {name}", "en"), (f"六角ボルト {name}", "ja"))
    return replace(
        record,
        texts=tuple(TrainingText("title", language, text) for text, language in texts),
        content_class=content_class or ContentClass.PRODUCT,
        rights=rights or record.rights,
    )


def _system(first: float, wrong: float, typical: float, slow: float, *, before: float | None = None) -> dict[str, Any]:
    def share(value: float) -> dict[str, float]:
        return {"value": value, "low": max(0.0, value - 0.06), "high": min(1.0, value + 0.05)}

    document: dict[str, Any] = {
        "hit_at_1": share(first), "hit_at_5": share(min(1.0, first + 0.09)), "hit_at_10": share(min(1.0, first + 0.12)),
        "mrr": share(first), "coverage": share(0.93), "error_among_answered": share(wrong),
        "false_accept_rate": share(wrong / 2), "p50_ms": typical, "p95_ms": slow,
    }  # fmt: skip
    if before is not None:
        document["before_confirmation"] = {"hit_at_1": share(before)}
        document["after_confirmation"] = {"hit_at_1": share(first)}
    return document


PLAN: dict[str, Any] = {
    "version": 1,
    "created": "2030-01-01T09:00:00+00:00",
    "representative": [{"image_id": "0" * 64, "reason_en": "asked most", "reason_ja": "最も多く検索"}] * 8,
    "held_out": [{"query": "六角 M8", "relevant": ["0" * 64], "language": "ja"}] * 120,
    "none_queries": ["coffee machine"] * 30,
    "thresholds": {
        "speed": {"p95_ms": 200.0},
        "accuracy": {"hit_at_1": 0.6, "error_among_answered": 0.1},
        "update_cost": {"seconds": 3600.0},
        "safety": {"unconfirmed_shown": 0, "withdrawn_shown": 0},
    },
    "estimates": {"retrain_seconds": 1500.0, "updates_per_month": 4.0},
}

EVALUATION: dict[str, Any] = {
    "version": 1,
    "queries": 150,
    "none_queries": 30,
    "systems": {
        "memory": _system(0.71, 0.08, 4.1, 9.3, before=0.74),
        "index": _system(0.66, 0.11, 2.0, 3.8, before=0.66),
        "hybrid": _system(0.79, 0.07, 6.4, 14.2, before=0.8),
        "present": _system(0.58, 0.31, 420.0, 1250.0),
    },
    "update_cost": {"seconds": 1740.0, "kind": "full retrain"},
    "safety": {"unconfirmed_shown": 0, "withdrawn_shown": 0, "contradictions_stopped": 11},
    "verdicts": {
        "speed": {"verdict": "expand", "why_en": "95% of answers came within 14 ms; 200 ms were planned.",
                  "why_ja": "95%の回答が14ミリ秒以内。計画は200ミリ秒。"},
        "accuracy": {"verdict": "expand", "why_en": "79% right first; 60% were planned.",
                     "why_ja": "1位正解79%。計画は60%。"},
        "update_cost": {"verdict": "continue", "why_en": "29 minutes an update, four times a month.",
                        "why_ja": "更新1回29分、月4回。"},
        "safety": {"verdict": "expand", "why_en": "Nothing was shown that must not be.",
                   "why_ja": "出してはいけない答えは出ませんでした。"},
    },
    "trust": {
        "queries": 150, "threshold": 0.62, "max_error": 0.1,
        "reliability": [{"answers": 20, "stated": 0.2 + 0.15 * n, "right": 0.15 + 0.16 * n} for n in range(6)],
        "risk_coverage": [{"threshold": 0.95 - 0.1 * n, "answered": 0.1 * (n + 1), "wrong": 0.02 * n} for n in range(9)],
        "none": {"queries": 30, "coverage": 0.6, "by_probability": 0.03, "by_sequence_probability": 0.2},
    },
    "unsafe": False,
}  # fmt: skip

DETECTORS: list[dict[str, Any]] = [
    {"detector": {"name": "text-patterns", "version": "1"}, "checks": ["text.pii"], "licence": "MIT",
     "blind_spots_en": "Numbers written in words.", "blind_spots_ja": "漢数字の番号。", "available": True, "hint": ""},
    {"detector": {"name": "pixel-text", "version": "1"}, "checks": ["pixel.text"], "licence": "Apache-2.0",
     "blind_spots_en": "Handwriting.", "blind_spots_ja": "手書き文字。", "available": False,
     "hint": "pip install 'imprimatur[vision]'"},
]  # fmt: skip
