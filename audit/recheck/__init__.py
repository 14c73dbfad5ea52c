"""Everything checked again by code that shares nothing with the code that wrote it: standard library and `cryptography`.

Walking order: `ledger` (the whole file or database) -> `container`, `entries`, `witnesses` (its parts) -> `signed`, `merkle`,
`canonical` (what each of them needs to know); `proof` (one image's proof file) and `tiles` (the published log) stand alone.
"""
