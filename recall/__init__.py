"""Fourth room: answer by identifier, confirm, fall back.

Walking order: `trie` -> `decode` -> `asked` -> `agreement` -> `confirm` (`wording`, `catalogue_view`) -> `index` ->
`scoring` -> `propose` -> `result` -> `answer` (`live`, `remember`) -> `queries` -> `calibrate` -> `pilot`
(`representative`) -> `measures` -> `verdicts` -> `evaluate`.
"""
