"""Third room: memorize what is cleared, prove it.

Walking order: `gate` -> `dataset` -> `identifiers` -> `model` -> `warm_start` -> `loop` -> `trainer` -> `manifest`;
`memory` is the trained model as recall uses it.
"""
