"""audit prove|verify-proof|checkpoint|publish|cosign|timestamp|move and audit witness new|trust|show|answer|serve."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from imprimatur.cli.shell import JsonOption, Out, QuietOption, WorkspaceOption, shared_of, workspace_of
from imprimatur.cli.visible import counted, escape

WitnessFolder = Annotated[Path, typer.Argument(metavar="DIR", help="The witness's folder.")]


def add_to(audit: typer.Typer) -> None:
    audit.command("prove")(audit_prove)
    audit.command("verify-proof")(audit_verify_proof)
    audit.command("checkpoint")(audit_checkpoint)
    audit.command("publish")(audit_publish)
    audit.command("cosign")(audit_cosign)
    audit.command("timestamp")(audit_timestamp)
    audit.command("move")(audit_move)
    witness = typer.Typer(
        help="A small witness for other people's logs, in a folder or behind a port.", no_args_is_help=True
    )
    for name, command in (
        ("new", witness_new),
        ("trust", witness_trust),
        ("show", witness_show),
        ("answer", witness_answer),
        ("serve", witness_serve),
    ):
        witness.command(name)(command)
    audit.add_typer(witness, name="witness")


def audit_prove(
    context: typer.Context,
    image: Annotated[
        str, typer.Argument(metavar="IMAGE", help="Image id, a part of it, a file name or an article number.")
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File; default: <image>.<entry>.tlog-proof here.")
    ] = None,
    entry: Annotated[
        int | None, typer.Option("--entry", help="Which entry about the image; default: its last decision.")
    ] = None,
    with_entry: Annotated[
        bool, typer.Option("--with-entry", help="The file carries the entry too and needs nothing else.")
    ] = False,
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write one proof file (c2sp.org/tlog-proof): this entry is in the log that the checkpoint signs."""
    from imprimatur.evidence import prove_image

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    place = workspace_of(context, workspace)
    found = prove_image(place, image, entry=entry, output=output, with_entry=with_entry)
    out.document(found.to_document())
    out.say(escape(f"{found.file}: entry {found.entry} about {found.image_id}"))
    for kind, proof in found.proofs:
        out.say(f"  entry {proof.index} of {proof.size}: {kind.value}")
    out.note(f"Check it: imprimatur audit verify-proof {found.file} --public-key KEY.pem")


def audit_verify_proof(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A .tlog-proof file.")],
    entry: Annotated[
        Path | None, typer.Option("--entry", help="The entry's bytes, when the file does not carry them.")
    ] = None,
    public_key: Annotated[
        Path | None, typer.Option("--public-key", help="The ledger's public key (PEM), your own copy.")
    ] = None,
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Check a proof file offline; needs no workspace when the public key is given. Exit 3 when it does not hold."""
    from imprimatur.evidence import check_proof_file

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    place = None if public_key is not None and workspace is None else workspace_of(context, workspace)
    proven = check_proof_file(place, file, entry, public_key)
    said = {"index": proven.index, "origin": proven.origin, "size": proven.size, "root": proven.root.hex()}
    out.document({**said, "entry": proven.leaf.decode(), "witnesses": sorted(proven.witnesses)})
    out.say(f"[green]The proof holds[/]: entry {proven.index} of {proven.size} in {escape(proven.origin)}.")
    if not out.json:
        typer.echo(proven.leaf.decode())


def audit_checkpoint(
    context: typer.Context,
    verifier_key: Annotated[
        bool, typer.Option("--verifier-key", help="Print the line by which witnesses know this log, instead.")
    ] = False,
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Print the signed checkpoint. Give it to somebody else: only then a rewritten history shows."""
    from imprimatur import evidence

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    place = workspace_of(context, workspace)
    if verifier_key:
        line = evidence.verifier_key(place)
        out.document({"verifier_key": line})
        out.say(line)
        return
    text = evidence.checkpoint(place)
    out.document({"checkpoint": text})
    if not out.json:
        typer.echo(text, nl=False)
    out.note("Keep this outside; later: imprimatur audit verify --against FILE")


def audit_publish(
    context: typer.Context,
    place: Annotated[
        str | None,
        typer.Argument(metavar="[DIR|URL]", help="Folder, or address that takes HTTP PUT; default: the settings'."),
    ] = None,
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Publish the log as static files (c2sp.org/tlog-tiles): only what is new is written, the checkpoint last."""
    from imprimatur.publishing import publish_log

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    with out.progress() as progress:
        done = publish_log(workspace_of(context, workspace), place, progress)
    out.document({"place": done.place, "size": done.size, "before": done.before, "files": done.files})
    out.say(escape(f"{done.place}: {done.size} entries, {done.size - done.before} of them new, {done.files} files."))


def audit_cosign(
    context: typer.Context,
    witness: Annotated[
        str | None, typer.Argument(metavar="[WITNESS]", help="The witness's folder, or its web address.")
    ] = None,
    request: Annotated[
        Path | None, typer.Option("--request", help="Write the request to this file, for somebody to carry.")
    ] = None,
    old: Annotated[
        int, typer.Option("--old", min=0, help="With --request: how many entries that witness cosigned last.")
    ] = 0,
    answer: Annotated[
        Path | None, typer.Option("--answer", help="With --request: keep the answer that came back in this file.")
    ] = None,
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Have the newest checkpoint cosigned by a witness that the settings trust."""
    from imprimatur.publishing import add_answer, cosign_log, write_request

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    place = workspace_of(context, workspace)
    if (witness is None) == (request is None):
        raise typer.BadParameter("either WITNESS or --request FILE")
    if request is not None and answer is None:
        write_request(place, request, old)
        out.document({"request": str(request)})
        out.say(escape(f"{request}: take it to the witness, bring back what it answers."))
        return
    done = add_answer(place, answer, request) if answer and request else cosign_log(place, str(witness))
    out.document({"size": done.size, "witnesses": done.witnesses})
    out.say(escape(f"{done.size} entries cosigned by {', '.join(sorted(done.witnesses))}."))


def audit_timestamp(
    context: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="A timestamp authority (RFC 3161) of your choice.")],
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Have the newest checkpoint timestamped; only its digest is sent, only to this address."""
    from imprimatur.publishing import timestamp_log

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    size, at = timestamp_log(workspace_of(context, workspace), url)
    out.document({"size": size, "at": at.isoformat()})
    out.say(f"{size} entries existed at {at.isoformat()}, says {escape(url)}.")


def audit_move(
    context: typer.Context,
    address: Annotated[
        str, typer.Argument(metavar="ADDRESS", help="An empty database: postgresql+psycopg://user@host/name")
    ],
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Carry the ledger from its file into a PostgreSQL database, recheck it there and remove the file."""
    from imprimatur.record_book import move_ledger

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    moved = move_ledger(workspace_of(context, workspace), address)
    out.document({"place": moved.place, "entries": moved.entries, "payloads": moved.payloads})
    out.say(
        escape(
            f"{moved.place}: {counted(moved.entries, 'entry', 'entries')}, {counted(moved.payloads, 'payload')}; the file is gone."
        )
    )
    out.note(escape(f'Now put into imprimatur.toml (the password stays out of it): database = "{moved.place}"'))


def witness_new(
    context: typer.Context,
    folder: WitnessFolder,
    name: Annotated[str, typer.Option("--name", help="Its name, such as witness.example.org/w1; no spaces, no plus.")],
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Make a witness with a key of its own (passphrase: IMPRIMATUR_KEY_PASSPHRASE)."""
    from audit.witness import Witness
    from imprimatur.record_book import passphrase

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    made = Witness.create(folder, name, passphrase())
    out.document({"verifier_key": made.verifier_key})
    out.say(made.verifier_key)
    out.note(
        "Logs that trust it put this line into [ledger] witnesses. Let it watch one: imprimatur audit witness trust"
    )


def witness_trust(
    context: typer.Context,
    folder: WitnessFolder,
    log: Annotated[str, typer.Argument(metavar="LOG", help="What audit checkpoint --verifier-key prints.")],
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Watch a log."""
    from audit.witness import Witness
    from imprimatur.record_book import passphrase

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    known = Witness.open(folder, passphrase()).trust(log)
    out.document({"origin": known.origin, "size": known.size})
    out.say(escape(f"{known.origin}: watched, {known.size} entries cosigned so far."))


def witness_show(
    context: typer.Context, folder: WitnessFolder, json_: JsonOption = False, quiet: QuietOption = False
) -> None:
    """Its verifier key, and how far it has cosigned each log."""
    from audit.witness import Witness
    from imprimatur.record_book import passphrase

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    witness = Witness.open(folder, passphrase())
    logs = witness.logs()
    out.document(
        {
            "verifier_key": witness.verifier_key,
            "logs": [{"origin": log.origin, "size": log.size, "root": log.root.hex()} for log in logs],
        }
    )
    out.say(witness.verifier_key, *(escape(f"{log.origin}: {log.size} entries") for log in logs))


def witness_answer(
    context: typer.Context,
    folder: WitnessFolder,
    request: Annotated[Path, typer.Argument(metavar="REQUEST", help="What audit cosign --request wrote.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the answer goes.")],
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Cosign what a carried request asks for, if it continues what was seen before. Exit 3 when it does not."""
    from audit.witness import Witness
    from curate.atomic import write_atomic
    from imprimatur.record_book import passphrase

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    answer = Witness.open(folder, passphrase()).add_checkpoint(request.read_text(encoding="utf-8"))
    out.document({"status": answer.status, "answer": answer.body})
    if answer.status != 200:
        out.say(f"[bold red]Refused[/] ({answer.status}): {escape(answer.body.strip())}")
        raise typer.Exit(3)
    write_atomic(output, answer.body.encode())
    out.say(escape(f"Cosigned: {output}"))


def witness_serve(
    context: typer.Context,
    folder: WitnessFolder,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535)] = 8766,
    quiet: QuietOption = False,
) -> None:
    """Answer POST /add-checkpoint (c2sp.org/tlog-witness) until interrupted."""
    from audit.witness import Witness
    from audit.witness_http import serve
    from imprimatur.record_book import passphrase

    out = Out(shared_of(context), quiet=quiet)
    with serve(Witness.open(folder, passphrase()), host, port) as server:
        out.note(f"http://{host}:{server.server_address[1]}/add-checkpoint")
        server.serve_forever()
