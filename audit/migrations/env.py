"""Run by Alembic: works on the connection that `audit.store` hands over and leaves its transaction to it."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
