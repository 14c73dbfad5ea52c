"""The collector rests while a whole record is read, and works again afterwards, whatever happened."""

from __future__ import annotations

import gc

import pytest

from curate.long_lived import long_lived


def test_it_rests_and_comes_back() -> None:
    before = gc.get_freeze_count()
    try:
        with long_lived():
            assert not gc.isenabled()
            with long_lived():
                pass
            assert not gc.isenabled()  # the inner one did not begin it
            kept = [[n] for n in range(1000)]
        assert gc.isenabled()
        assert gc.get_freeze_count() >= before + len(kept)
        with pytest.raises(KeyError), long_lived():
            raise KeyError
        assert gc.isenabled()
    finally:
        gc.unfreeze()
