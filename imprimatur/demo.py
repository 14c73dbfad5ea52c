"""`demo`: the story told on the sample factory catalogue, in a folder of its own, on a terminal."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.rule import Rule

from curate.atomic import write_atomic
from curate.errors import ExitCode, ImprimaturError
from curate.progress import Progress
from imprimatur.cli.shell import Out, StageBars
from imprimatur.cli.show_answers import show_answer, show_evaluation, show_plan
from imprimatur.cli.show_curation import show_curate
from imprimatur.cli.show_evidence import show_recheck
from imprimatur.cli.show_training import show_training
from imprimatur.cli.tables import COLOURS, plain_table
from imprimatur.curating import CurateRun
from imprimatur.evidence import Rechecked
from imprimatur.people import Reviewer
from imprimatur.piloting import Evaluated, Planned
from imprimatur.record_book import now
from imprimatur.reporting import Written
from imprimatur.sample.catalogue import METADATA, SampleCatalogue, make_sample
from imprimatur.settings import FILE_NAME
from imprimatur.story import Questions, tell_story
from imprimatur.training import TrainingRun
from imprimatur.verdicts import Signed
from imprimatur.workspace import init_workspace, open_workspace
from recall.result import RecallResult
from train.manifest import Manifest

MARK = "demo.json"  # a folder with this file was made by the demo and may be made anew
CATALOGUE = "catalogue"

QUESTIONS = Questions(
    answered=("袋ナット", "lightened sprocket", "非常遮断弁 図面", "今週のおすすめ品", "青い象の写真"),
    wrong_article="cap nut NUT-1402",
    stale="薄形シリンダ",
    withdrawn="caster wheel",
)


class FolderInUse(ImprimaturError):
    """The demo would have written into a folder that is not its own."""

    code = "IMP-E122"
    exit_code = ExitCode.USAGE


class TerminalTeller:
    """Shows each step with a heading in both languages."""

    def __init__(self, out: Out) -> None:
        self._out = out
        self._bars = StageBars(out)
        self.document: dict[str, Any] = {}

    def progress(self) -> Progress:
        return self._bars

    def head(self, en: str, ja: str) -> None:
        self._bars.close()
        self._out.say("", Rule(f"[bold]{en}[/] · {ja}", align="left", style="dim"))

    def decided(self, run: CurateRun, sample: SampleCatalogue) -> None:
        self.head("Decide: what may be memorized, and why", "審査:記憶してよいか、その理由")
        show_curate(self._out, run, "en")
        table = plain_table("planted case", "expected rule", "outcome", "rules that decided", "")
        by_name = {
            name: run.judged.decisions[record.image_id] for record in run.intake.records for name in record.file_names
        }
        met = 0
        for case in sample.planted:
            decision = by_name[case.file_name]
            fits = decision.outcome is case.expected_outcome and case.expected_rule in decision.rules
            met += fits
            colour = COLOURS[decision.outcome.value]
            table.add_row(
                case.case,
                case.expected_rule,
                f"[{colour}]{decision.outcome.value}[/]",
                ", ".join(decision.rules[:2]) + (" …" if len(decision.rules) > 2 else ""),
                "[green]✓[/]" if fits else "[bold red]✗[/]",
            )
        self._out.say("", "[bold]Each planted case, and the rule it met[/]", table)
        self.document["outcomes"] = run.judged.outcomes()
        self.document["planted"] = {"cases": len(sample.planted), "met": met}

    def approved(self, reviewers: Sequence[Reviewer], signed: Sequence[Signed]) -> None:
        self.head("Approve: two people, each with a key", "承認:2人が、それぞれの鍵で署名")
        for person, one in zip(reviewers, signed, strict=True):
            self._out.say(
                f"{escape(person.name or '')}, {', '.join(person.roles)}: signed {len(one.image_ids)} images in one statement, "
                f"ledger entry {one.ledger_index}. Cleared now: {one.cleared}; waiting for a second person: {one.waiting}."
            )
        self.document["cleared"] = signed[-1].cleared

    def planned(self, planned: Planned) -> None:
        self.head("Plan the pilot, before anything is trained", "試験導入の計画:学習の前に記録")
        show_plan(self._out, planned, "en")

    def trained(self, run: TrainingRun, verified: Manifest) -> None:
        self.head("Train: what is cleared, and nothing else", "学習:承認された画像だけ")
        show_training(self._out, run, "en")
        line = verified.entries[0]
        self._out.say(
            f"Verified by signature and {len(verified.files)} file digests. One line of it: {line.identifier} ← "
            f"{escape(line.file_names[0])}, source {escape(line.source or '')}, licence {escape(line.license or '')}, decision entry "
            f"{line.decision_index}, approval entries {', '.join(map(str, line.approval_indices))}."
        )
        self.document["trained"] = len(verified.entries)
        self.document["train_seconds"] = run.seconds

    def answered(self, answer: RecallResult) -> None:
        if "answers" not in self.document:
            self.head("Recall: text in, confirmed pictures out", "質問:言葉から、確認の取れた画像へ")
        self.document.setdefault("answers", []).append(answer.to_document())
        self._out.say(f"[bold]{escape(answer.query)}[/]")
        show_answer(self._out, answer, "en")

    def stopped(self, what: str, answer: RecallResult) -> None:
        if what == "wrong-article":
            self.head("Confirm: a valid identifier can still be the wrong picture", "確認:誤りと古い事実を止める")
            self._out.say(
                f"[bold]{escape(answer.query)}[/] — the words fit one picture, the article number is another's"
            )
        else:
            self._out.say(f"[bold]{escape(answer.query)}[/] — the catalogue now says: no longer valid since yesterday")
        show_answer(self._out, answer, "en")
        self.document[what] = answer.to_document()

    def withdrawn(self, file_name: str, before: RecallResult, after: RecallResult) -> None:
        self.head("Withdraw: gone from the next answer", "取り下げ:次の答えから消える")
        self._out.say(f"[bold]{escape(before.query)}[/] before:")
        show_answer(self._out, before, "en")
        self._out.say(f"withdrawn: {escape(file_name)}", "after:")
        show_answer(self._out, after, "en")
        self.document["withdrawn"] = {"file_name": file_name, "after": after.to_document()}

    def judged(self, evaluated: Evaluated) -> None:
        self.head("Judge the pilot: four measures", "試験導入の判定:4つの指標")
        show_evaluation(self._out, evaluated, "en")
        self.document["verdicts"] = {k: v["verdict"] for k, v in evaluated.document["verdicts"].items()}

    def reported(self, written: Sequence[Written]) -> None:
        self.head("Report", "監査報告")
        for one in written:
            self._out.say(f"{one.path} — {'the record holds' if one.holds else 'THE RECORD DOES NOT HOLD'}")
        self.document["reports"] = [str(one.path) for one in written]

    def tampered(self, before: Rechecked, after: Rechecked, offset: int) -> None:
        self.head("Flip one byte of the ledger", "改ざんの検出:台帳を1バイトだけ書き換える")
        show_recheck(self._out, before.report)
        self._out.say(f"one bit flipped at byte {offset} of {Path(before.place).name}:")
        show_recheck(self._out, after.report)
        self._out.say("(the byte was put back)")
        self.document["verify"] = {"before": before.ok, "after_one_flipped_byte": after.ok}


@contextmanager
def outdated(catalogue: Path, file_name: str) -> Iterator[None]:
    """While the block runs, the catalogue's row says that the picture was valid until yesterday."""
    path = catalogue / METADATA
    original = path.read_bytes()
    yesterday = (now().date() - timedelta(days=1)).isoformat()
    rows = [json.loads(line) for line in original.decode("utf-8").splitlines()]
    changed = [{**row, "valid_until": yesterday} if row["file_name"] == file_name else row for row in rows]
    write_atomic(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in changed).encode("utf-8"))
    try:
        yield
    finally:
        write_atomic(path, original)


def prepare(folder: Path) -> None:
    """An empty demo folder; one that the demo made before is made anew.

    Raises:
        FolderInUse: the folder holds something else.
    """
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).is_file():
            raise FolderInUse(
                f"Expected an empty folder at {folder}, found other files in it.", hint="imprimatur demo another-folder"
            )
        for name in (CATALOGUE, "policies", "state", "reports", FILE_NAME, ".gitignore"):
            place = folder / name
            if place.is_dir() and not place.is_symlink():
                shutil.rmtree(place)
            else:
                place.unlink(missing_ok=True)
    write_atomic(folder / MARK, b'{"made_by": "imprimatur demo"}\n')


def run_demo(folder: Path, out: Out) -> dict[str, Any]:
    """Run the whole story in `folder`; returns what was seen, as one document."""
    started = time.monotonic()
    prepare(folder)
    teller = TerminalTeller(out)
    teller.head("A sample factory catalogue", "見本カタログ")
    sample = make_sample(folder / CATALOGUE, today=now().date())
    init_workspace(folder)
    out.say(
        f"{sample.images} pictures of the fictional company 工房精機 (Kobo Seiki), {len(sample.planted)} planted cases, a search log. "
        f"Lettered in {sample.font.name} ({sample.font.licence}).",
        f"Pictures: {folder / CATALOGUE}",
    )
    tell_story(open_workspace(folder), sample, QUESTIONS, teller, lambda name: outdated(folder / CATALOGUE, name))
    seconds = time.monotonic() - started
    teller.document["seconds"] = round(seconds, 1)
    teller.head(f"Done in {seconds:.0f} s. Now your own catalogue", "ご自身のカタログで始める")
    report = teller.document["reports"]
    out.say(
        f"Open the report:   {report[0]}   ·   日本語: {report[1]}",
        "Start on your own:",
        "  [bold].venv/bin/imprimatur init my-workspace[/]",
        "  [bold].venv/bin/imprimatur -w my-workspace curate PATH/TO/PICTURES[/]   (a folder of pictures, or a table with file_name)",
        "The first run ends with: why held, and which columns would release it.",
    )
    return teller.document
