"""Long parts of entries beside their leaves, cosignatures of witnesses, timestamps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "beside",
        sa.Column("idx", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "cosignature",
        sa.Column("size", sa.Integer, primary_key=True),
        sa.Column("witness", sa.Text, primary_key=True),
        sa.Column("line", sa.Text, nullable=False),
    )
    op.create_table(
        "stamp",
        sa.Column("size", sa.Integer, primary_key=True),
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("token", sa.LargeBinary, nullable=False),
    )


def downgrade() -> None:
    raise RuntimeError("a ledger is append-only: there is no way back")
