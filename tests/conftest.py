"""Property tests draw the same examples each time, so that a red run is the doing of the change under test.

`HYPOTHESIS_PROFILE=explore pytest tests` looks further: new examples in each run, ten times as many.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

settings.register_profile("fixed", derandomize=True, deadline=None)
settings.register_profile("explore", max_examples=1000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow tests train models and open browsers: on a busy machine they take their time, and still end."""
    for item in items:
        if item.get_closest_marker("slow") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(1200))
