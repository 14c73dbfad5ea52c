"""Fourth room: answer by identifier, confirm, fall back.

Walking order: `trie` -> `decode` -> `confirm` -> `index` -> `answer` -> `pilot` -> `evaluate`.
"""
