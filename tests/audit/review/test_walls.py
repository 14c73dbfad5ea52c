"""Attacks on the page, each against the wall that has to stop it; every one leaves a line in the log."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from audit.approving import Verdict
from audit.entry import EntryKind
from audit.review.exchange import Reply
from audit.review.guard import AccessLog
from audit.review.pictures import forget_views
from audit.review.signing_in import Proxy
from audit.review.site import COOKIE
from tests.audit.fakes import record_of
from tests.audit.review.desk import HOST, ORIGIN, PASSPHRASE, Desk, Seat, place_of, text


def logged(desk: Desk) -> list[dict[str, object]]:
    path = desk.folder / "state" / "access.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.mark.parametrize(
    ("headers", "wall"),
    [
        ({"host": "evil.example:8765"}, "host"),
        ({"host": "127.0.0.1"}, "host"),
        ({"origin": "http://evil.example"}, "origin"),
        ({"origin": "null"}, "origin"),
        ({"origin": f"https://{HOST}"}, "origin"),
        ({"origin": "http://localhost:9999"}, "origin"),
        ({"sec-fetch-site": "cross-site"}, "cross-site"),
        ({"sec-fetch-site": "same-site"}, "cross-site"),
        ({"origin": None, "sec-fetch-site": None}, "origin-missing"),
    ],
)
def test_a_form_from_elsewhere_changes_nothing(desk: Desk, headers: dict[str, str], wall: str) -> None:
    anna = desk.person("Anna")
    image = desk.decide_picture("part")
    drafted = place_of(anna.draft(image, Verdict.REJECT, "privacy"))
    size = desk.world.ledger.size
    assert anna.post(f"{drafted}/record", None, **headers).status in (403, 421)
    assert desk.world.ledger.size == size
    assert logged(desk)[-1]["wall"] == wall


def test_without_the_sessions_token_nothing_changes(desk: Desk) -> None:
    anna, ben = desk.person("Anna"), desk.person("Ben")
    image = desk.decide_picture("part")
    drafted = place_of(anna.draft(image, Verdict.REJECT, "privacy"))
    size = desk.world.ledger.size
    for token in ("", "guess", ben.csrf, "é"):
        assert anna.post(f"{drafted}/record", {"csrf": token}).status == 403
    assert desk.world.ledger.size == size
    assert {line.get("wall") for line in logged(desk)} >= {"form-token"}


def test_reading_changes_nothing(desk: Desk) -> None:
    """Every address of every route, asked with GET: no entry, no session, no draft, no key touched."""
    anna = desk.person("Anna")
    image = desk.decide_picture("part")
    drafted = place_of(anna.draft(image, Verdict.REJECT, "privacy"))
    size, drafts = desk.world.ledger.size, dict(desk.site.sessions.find(anna.cookies[COOKIE]).drafts)  # type: ignore[union-attr]
    link = desk.link(anna.person)  # type: ignore[arg-type]
    for path in (
        *("/", "/drafts", "/cases", "/account", "/sign-out", "/language?lang=ja", "/bulk", "/sign-in"),
        *(f"/image/{image}", f"/image/{image}/draft?verdict=reject&reason=privacy", f"/image/{image}/unblur"),
        *(drafted, f"{drafted}/record", f"{drafted}/drop", "/account/passphrase", link),
    ):
        assert anna.get(path).status in (200, 404), path
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        assert anna.ask(method, f"{drafted}/record").status == 405
    assert desk.world.ledger.size == size
    assert dict(desk.site.sessions.find(anna.cookies[COOKIE]).drafts) == drafts  # type: ignore[union-attr]
    assert Seat(desk).post(link, {"csrf": ""}).status == 303  # looking at it did not use it up


EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


def test_captions_and_file_names_are_text_and_never_markup(desk: Desk) -> None:
    from curate.record import BusinessFacts, RightsFacts, TrainingText

    anna = desk.person("Anna")
    record = replace(
        record_of("x"),
        file_names=(f"pic\"ture'{EVIL}.png",),
        texts=(TrainingText("title", "en", EVIL), TrainingText("captions", "ja", EVIL)),
        rights=RightsFacts(source=EVIL, owner=EVIL, license=EVIL),
        business=BusinessFacts(product_line=EVIL, sku=EVIL),
    )
    image = desk.world.decide(record)
    anna.draft(image, Verdict.ASK, "other", note=EVIL)
    for path in (f"/?q={EVIL}", "/?lane=all", f"/image/{image}", f"/image/{image}?verdict=ask", "/drafts"):
        reply = anna.get(path)
        assert reply.status == 200
        assert (
            b"<script>alert" not in reply.body
            and b"<img src=x" not in reply.body
            and b"onerror=alert(2)>" not in reply.body
        )
        assert b"&lt;script&gt;" in reply.body or path == "/drafts"


def test_every_answer_forbids_the_browser_what_the_page_does_not_need(desk: Desk) -> None:
    anna = desk.person("Anna")
    image = desk.decide_picture("part")
    for reply in (anna.get("/"), anna.get("/nowhere"), Seat(desk).get("/"), anna.get(f"/picture/{image}/thumb")):
        headers = dict(reply.headers)
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe-inline" not in policy and "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"


def test_no_page_has_an_inline_script_or_style(desk: Desk) -> None:
    import re

    anna = desk.person("Anna")
    image = desk.decide_picture("part")
    for path in ("/", f"/image/{image}?verdict=approve", "/cases", "/drafts", "/account"):
        body = anna.get(path).body.decode()
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", body)
        assert re.findall(r"<script[^>]*>", body) == ['<script src="/static/review.js" defer>']


@pytest.mark.parametrize(
    "path",
    [
        "/picture/../../../etc/passwd/thumb",
        "/picture/%2e%2e%2f%2e%2e%2fetc%2fpasswd/thumb",
        "/static/../../keys/ledger.pem",
        "/static/%2e%2e/site.py",
        "/picture/{image}/../../x",
        "/picture/{image}/huge",
        "/picture/{unknown}/thumb",
        "/image/{image}%00",
        "/drafts/../../../../etc/hosts",
    ],
)
def test_no_path_of_a_request_reaches_the_disk(desk: Desk, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    anna = desk.person("Anna")
    image = desk.decide_picture("part")
    opened: list[str] = []
    open_path = Path.open

    def watch(self: Path, *args: object, **kwargs: object) -> object:
        opened.append(str(self))
        return open_path(self, *args, **kwargs)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", watch)
    monkeypatch.setattr(Path, "read_bytes", lambda self: opened.append(str(self)) or b"")
    reply = anna.get(path.format(image=image, unknown="f" * 64))
    assert reply.status == 404
    assert [name for name in opened if not name.endswith("access.jsonl")] == []


def test_a_served_picture_is_made_anew_and_upright(desk: Desk) -> None:
    """EXIF, comments and everything else of the original stay behind; orientation is applied."""
    import hashlib
    import io

    from PIL import Image

    anna = desk.person("Anna")
    path = desk.folder / "pictures" / "photo.jpg"
    path.parent.mkdir(exist_ok=True)
    exif = Image.Exif()
    exif[0x0112], exif[0x013B] = 6, "Taro Yamada"
    Image.new("RGB", (300, 200), "olive").save(path, exif=exif, comment=b"secret comment")
    image = desk.world.decide(
        record_of("photo", image_id=hashlib.sha256(path.read_bytes()).hexdigest(), file_names=("photo.jpg",))
    )
    reply = anna.get(f"/picture/{image}/large")
    assert reply.content_type == "image/jpeg"
    assert b"Yamada" not in reply.body and b"secret" not in reply.body and b"Exif" not in reply.body
    shown = Image.open(io.BytesIO(reply.body))
    assert shown.size == (200, 300)
    path.write_bytes(b"not that picture any more")
    assert anna.get(f"/picture/{image}/thumb").content_type == "image/svg+xml"


def test_a_hostile_picture_costs_itself_only(desk: Desk) -> None:
    import hashlib

    anna = desk.person("Anna")
    path = desk.folder / "pictures" / "bomb.png"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\x00" * 64)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    image = desk.world.decide(record_of("bomb", image_id=digest, file_names=("bomb.png",)))
    assert anna.get(f"/picture/{image}/large").content_type == "image/svg+xml"
    assert "cannot be shown" in text(anna.get(f"/image/{image}"))
    assert anna.get(f"/picture/{desk.decide_picture('part')}/thumb").content_type == "image/jpeg"


def face_at(world: Desk, box: list[int] | None) -> dict[str, object]:
    return {
        "detector": {"name": "faces", "version": "1"},
        "category": "privacy",
        "kind": "privacy.face",
        "score": 0.9,
        "severity": "high",
        "where": {"channel": "pixel", "field": None, "span": None, "box": box},
        "masked": "",
        "explanation": "a face",
    }


@pytest.mark.parametrize("box", [[100, 50, 120, 120], None])
def test_a_face_is_blurred_until_somebody_asks_and_asking_is_recorded(desk: Desk, box: list[int] | None) -> None:
    import hashlib
    import io

    from PIL import Image

    from tests.audit.fakes import decision_body, decision_payload

    anna = desk.person("Anna")
    path = desk.folder / "pictures" / "face.png"
    path.parent.mkdir(exist_ok=True)
    checks = Image.effect_noise((400, 300), 200).convert("RGB")
    checks.save(path)
    record = record_of("face", image_id=hashlib.sha256(path.read_bytes()).hexdigest())
    body = decision_body(
        record, findings=[{"kind": "privacy.face", "severity": "high", "category": "privacy", "channel": "pixel"}]
    )
    payload = decision_payload(record, body)
    payload["screening"]["findings"] = [face_at(desk, box)]
    desk.world.record(EntryKind.DECISION, body, payload)
    image = record.image_id

    def spread(reply: Reply) -> float:
        part = Image.open(io.BytesIO(reply.body)).convert("L").crop((110, 60, 200, 150))
        low, high = part.getextrema()
        return float(high - low)  # type: ignore[operator]

    assert spread(anna.get(f"/picture/{image}/large")) < 60
    assert anna.get(f"/picture/{image}/clear").status == 403
    before = desk.world.standing(image)
    assert anna.post(f"/image/{image}/unblur").status == 303
    entry = list(desk.world.ledger.entries())[-1]
    assert (entry.kind, entry.body) == (
        EntryKind.ACCESS,
        {"image_id": image, "reviewer": anna.person.reviewer, "action": "unblur"},  # type: ignore[union-attr]
    )
    assert spread(anna.get(f"/picture/{image}/clear")) > 150
    assert desk.world.standing(image) == before
    desk.world.pass_time(minutes=11)
    assert anna.get(f"/picture/{image}/clear").status == 403
    assert spread(anna.get(f"/picture/{image}/thumb")) < 100


def test_a_link_signs_in_once_and_not_for_long(desk: Desk) -> None:
    person = desk.world.reviewer("Carla")
    link = desk.link(person)
    assert Seat(desk).post(link, {"csrf": ""}).status == 303
    assert Seat(desk).post(link, {"csrf": ""}).status == 403
    late = desk.link(person)
    desk.world.pass_time(minutes=16)
    assert Seat(desk).post(late, {"csrf": ""}).status == 403
    assert Seat(desk).get(late).status == 403
    stored = (desk.folder / "state" / "links.json").read_text()
    assert late.rsplit("/", 1)[1] not in stored  # a copy of the file signs nobody in


def test_guessing_is_slowed_down_and_logged(desk: Desk) -> None:
    anna = desk.person("Anna")
    form = {"csrf": "", "reviewer": anna.person.reviewer, "passphrase": "wrong"}  # type: ignore[union-attr]
    guesser = Seat(desk, peer="10.0.0.9")
    assert [guesser.post("/sign-in", form).status for _ in range(6)] == [403] * 5 + [429]
    assert Seat(desk, peer="10.0.0.10").post("/sign-in", form | {"passphrase": PASSPHRASE}).status == 429
    desk.world.pass_time(minutes=6)
    assert Seat(desk).post("/sign-in", form | {"passphrase": PASSPHRASE}).status == 303
    walls = [line["what"] for line in logged(desk)]
    assert walls.count("sign-in-failed") == 5 and "wrong" not in (desk.folder / "state" / "access.jsonl").read_text()


def test_a_session_ends_when_idle_when_old_when_left_and_with_the_office(desk: Desk) -> None:
    anna = desk.person("Anna")
    desk.world.pass_time(minutes=31)
    assert anna.get("/drafts").status == 401
    ben = desk.person("Ben")
    for _ in range(22):
        desk.world.pass_time(minutes=29)
        ben.get("/")
    assert ben.get("/drafts").status == 401
    carla = desk.person("Carla")
    token = dict(carla.cookies)
    carla.post("/sign-out")
    assert Seat(desk, cookies=token).get("/drafts").status == 401
    dora = desk.person("Dora")
    desk.world.revoke(dora.person)  # type: ignore[arg-type]
    assert dora.get("/drafts").status == 401


def test_nobody_reads_anything_without_signing_in(desk: Desk) -> None:
    image = desk.decide_picture("part")
    stranger = Seat(desk)
    for path in (
        "/drafts",
        "/cases",
        f"/image/{image}",
        f"/picture/{image}/thumb",
        f"/picture/{image}/clear",
        "/account",
    ):
        reply = stranger.get(path)
        assert reply.status == 401 and b"part" not in reply.body
    assert stranger.post(f"/image/{image}/draft", {"csrf": "", "verdict": "reject"}).status == 404


@pytest.mark.parametrize(
    ("trusted", "peer", "named", "status"),
    [
        (("10.1.1.1",), "10.1.1.1", "Anna", 200),
        (("10.1.1.1",), "10.1.1.2", "Anna", 401),
        ((), "10.1.1.1", "Anna", 401),
        (("10.1.1.1",), "10.1.1.1", "Mallory", 403),
    ],
)
def test_a_proxys_word_counts_only_from_the_proxy(
    tmp_path: Path, trusted: tuple[str, ...], peer: str, named: str, status: int
) -> None:
    desk = Desk.at(tmp_path, proxy=Proxy("x-reviewer", frozenset(trusted)))
    desk.world.reviewer("Anna")
    assert Seat(desk, peer=peer).get("/drafts", x_reviewer=named).status == status
    desk.close()


def test_by_default_no_header_signs_anybody_in(desk: Desk) -> None:
    desk.world.reviewer("Anna")
    assert Seat(desk).get("/drafts", x_forwarded_user="Anna", x_reviewer="Anna", remote_user="Anna").status == 401


def test_a_foreign_role_a_foreign_session_and_a_made_up_form_record_nothing(desk: Desk) -> None:
    anna, sales = desk.person("Anna"), desk.person("Sam", "sales")
    image = desk.decide_picture("part")
    drafted = place_of(anna.draft(image, Verdict.APPROVE, "reviewed"))
    size = desk.world.ledger.size
    assert sales.post(f"{drafted}/record").status == 409  # not his draft
    own = place_of(sales.draft(image, Verdict.APPROVE, "reviewed"))
    assert sales.post(f"{own}/record").status == 422  # not his role
    for form in (
        {"verdict": "memorize"},
        {"verdict": "approve", "reason": "reviewed", "seen": "-1"},
        {"seen": "9" * 40},
    ):
        assert anna.post(f"/image/{image}/draft", form).status in (400, 422)
    for form in (
        {"verdict": "approve", "reason": "because", "seen": "3"},
        {"verdict": "approve", "reason": "reviewed", "seen": "3", "expires": "tomorrow"},
    ):
        assert anna.post(f"/image/{image}/draft", form).status in (400, 409, 422)
    assert desk.world.ledger.size == size


def test_going_back_after_the_language_never_leaves_the_page(desk: Desk) -> None:
    anna = desk.person("Anna")
    for back in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"):
        reply = anna.post("/language", {"lang": "ja", "back": back})
        assert dict(reply.headers)["location"] == "/"
    assert dict(anna.post("/language", {"lang": "ja", "back": "/cases"}).headers)["location"] == "/cases"
    assert "誤回答" in text(anna.get("/cases"))


def test_a_full_log_is_put_aside_and_kept(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audit.review.guard.LOG_BYTES", 200)
    log = AccessLog(desk.folder / "log" / "access.jsonl", lambda: desk.world.now)
    for number in range(20):
        log.note("refused", wall="host", status=number)
    assert sorted(p.name for p in (desk.folder / "log").iterdir()) == [
        "access.1.jsonl", "access.2.jsonl", "access.3.jsonl", "access.jsonl",
    ]  # fmt: skip


def test_over_real_http(desk: Desk) -> None:
    """The adapter: cookies with their attributes, forms, limits."""
    from starlette.testclient import TestClient

    from audit.review.web import application

    anna = desk.person("Anna")
    image = desk.decide_picture("part")
    client = TestClient(application(desk.site), base_url=ORIGIN, follow_redirects=False)
    assert client.get("/").status_code == 200
    form = {"reviewer": anna.person.reviewer, "passphrase": PASSPHRASE}  # type: ignore[union-attr]
    assert client.post("/sign-in", data=form).status_code == 403  # no origin
    signed = client.post("/sign-in", data=form, headers={"origin": ORIGIN})
    cookie = signed.headers["set-cookie"]
    assert signed.status_code == 303
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Path=/" in cookie and "Max-Age" not in cookie
    assert client.get(f"/picture/{image}/thumb").headers["content-type"] == "image/jpeg"
    page = client.get(f"/image/{image}?verdict=reject")
    assert page.status_code == 200 and "default-src 'none'" in page.headers["content-security-policy"]
    assert client.get("/", headers={"host": "evil.example"}).status_code == 421
    big = client.post("/language", content=b"x" * 300_000, headers={"origin": ORIGIN})
    assert big.status_code == 413
    assert client.put("/").status_code == 405


def test_of_a_withdrawn_picture_no_view_is_kept_or_made(desk: Desk) -> None:
    anna = desk.person("Anna")
    image, other = desk.decide_picture("part"), desk.world.decide(desk.picture("other", "tomato"))
    for one in (image, other):
        anna.get(f"/image/{one}")
        assert anna.get(f"/picture/{one}/thumb").content_type == "image/jpeg"

    def kept(of: str) -> int:
        return len([path for path in (desk.folder / "cache").rglob(f"{of}*") if path.is_file()])

    assert kept(image) == 3 and kept(other) == 3  # two sizes and the size in pixels
    desk.world.withdraw(image)
    page = anna.get(f"/image/{image}")
    assert "withdrawn; it is not shown" in text(page) and kept(image) == 0
    for size in ("thumb", "large"):
        assert anna.get(f"/picture/{image}/{size}").content_type == "image/svg+xml"
    anna.post(f"/image/{image}/unblur")
    assert anna.get(f"/picture/{image}/clear").content_type == "image/svg+xml"
    assert kept(image) == 0 and kept(other) == 3
    assert forget_views(desk.folder / "cache", other) == 3 and kept(other) == 0
