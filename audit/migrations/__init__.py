"""Alembic scripts of the ledger's schema. They run from `audit.store`, inside the transaction that makes the ledger."""
