"""The ledger's tables, the same on every database, and how a database gets them: Alembic, inside the caller's transaction."""

from __future__ import annotations

from importlib.resources import as_file, files

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

REVISION = "0002"  # of the newest migration; a reader refuses what it does not know

METADATA = sa.MetaData()
ENTRY = sa.Table(
    "entry",
    METADATA,
    sa.Column("idx", sa.Integer, primary_key=True),
    sa.Column("leaf", sa.LargeBinary, nullable=False),
)
NODE = sa.Table(  # roots of complete subtrees with 256**level leaves, see audit.tiles
    "node",
    METADATA,
    sa.Column("level", sa.Integer, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("hash", sa.LargeBinary, nullable=False),
)
PAYLOAD = sa.Table(
    "payload",
    METADATA,
    sa.Column("idx", sa.Integer, primary_key=True),
    sa.Column("salt", sa.LargeBinary, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)
BESIDE = sa.Table(  # long values of bodies, of which the leaf holds the digest
    "beside",
    METADATA,
    sa.Column("idx", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
)
CHECKPOINT = sa.Table(
    "checkpoint",
    METADATA,
    sa.Column("size", sa.Integer, primary_key=True),
    sa.Column("note", sa.Text, nullable=False),
)
COSIGNATURE = sa.Table(  # what witnesses signed: their verifier key and the line of the note
    "cosignature",
    METADATA,
    sa.Column("size", sa.Integer, primary_key=True),
    sa.Column("witness", sa.Text, primary_key=True),
    sa.Column("line", sa.Text, nullable=False),
)
STAMP = (
    sa.Table(  # RFC 3161 responses over checkpoints; the digest is that of the token, so that no byte of it is loose
        "stamp",
        METADATA,
        sa.Column("size", sa.Integer, primary_key=True),
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("token", sa.LargeBinary, nullable=False),
    )
)


def migrate(connection: sa.Connection) -> None:
    """Run all migrations that are missing, inside the caller's transaction: a ledger is whole or not there."""
    with as_file(files("audit") / "migrations") as scripts:
        config = Config()
        config.set_main_option("script_location", str(scripts).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def revision(connection: sa.Connection) -> str | None:
    """The migration this database is at; None when it holds no ledger."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return None if found is None else str(found)
