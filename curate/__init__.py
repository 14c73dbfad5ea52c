"""First room: what do we have, what is wrong with it, what is it worth, what does policy say.

Returns values; knows no ledger. Walking order: `catalogue` -> `expectations` -> `decode` -> `record` ->
`screen/` -> `value/` -> `policy/`, composed by `pipeline`.
"""
