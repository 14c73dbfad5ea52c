"""Decisions and approvals of the ledger as tables, and the suites that they have to fulfil before anything is trained."""
