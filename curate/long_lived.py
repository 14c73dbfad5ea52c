"""Making many values that stay, without the collector walking all of them again and again meanwhile."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def long_lived() -> Iterator[None]:
    """Inside, the collector of reference cycles rests; afterwards it leaves alone what was made (`gc.freeze`).

    For commands that read a whole record, use it and end: a report over 100,000 images spent more time in collections that
    found nothing than in its own work. Values are freed by their reference counts as ever; only cycles wait.
    """
    resting = not gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if not resting:
            gc.enable()
