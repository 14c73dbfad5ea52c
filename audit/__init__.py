"""Second room: what was decided, by whom, and does the record still hold.

Walking order: `merkle` -> `keys` -> `store` -> `ledger` -> `statements` -> `standing` -> `recheck/` -> `report/`.
"""
