"""Third room: memorize what is cleared, prove it.

Walking order: `gate` -> `dataset` -> `identifiers` -> `model` -> `trainer` -> `manifest`.
"""
