"""Property tests draw the same examples each time, so that a red run is the doing of the change under test.

`HYPOTHESIS_PROFILE=explore pytest tests` looks further: new examples in each run, ten times as many.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("fixed", derandomize=True, deadline=None)
settings.register_profile("explore", max_examples=1000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))
