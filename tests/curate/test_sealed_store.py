"""What is kept between runs is believed only when it bears the seal of this workspace."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curate.sealed_store import FILE_NAME, KEY_NAME, SealedStore, StoreUnavailable

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def filled(folder: Path, **documents: object) -> Path:
    with SealedStore(folder) as store:
        for key, document in documents.items():
            store.put("look@1", key, document)
    return folder


def read(folder: Path, *keys: str, kind: str = "look@1") -> dict[str, object]:
    with SealedStore(folder) as store:
        return store.get_many(kind, keys)


def edit(folder: Path, statement: str, *values: object) -> None:
    base = sqlite3.connect(folder / FILE_NAME)
    with base:
        base.execute(statement, values)
    base.close()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=8), json_values, max_size=5))
def test_what_was_kept_comes_back(tmp_path: Path, documents: dict[str, object]) -> None:
    folder = tmp_path / "law"
    with SealedStore(folder) as store:
        store.put_many("law@1", documents)
        assert store.get_many("law@1", documents) == documents
        assert store.get_many("law@2", documents) == {}


def test_more_keys_than_one_question_holds(tmp_path: Path) -> None:
    many = {f"{number}": number for number in range(1234)}
    filled(tmp_path, **many)
    assert read(tmp_path, *many) == many


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE kept SET body = CAST('{\"clean\":true}' AS BLOB) WHERE key = 'a'",
        "UPDATE kept SET body = CAST(body AS TEXT) WHERE key = 'a'",
        "UPDATE kept SET seal = x'00' WHERE key = 'a'",
        # a clean picture's row put in the place of a dirty one's
        "UPDATE kept SET body = (SELECT body FROM kept WHERE key = 'b'), seal = (SELECT seal FROM kept WHERE key = 'b')"
        " WHERE key = 'a'",
    ],
)
def test_an_edited_row_is_not_believed(tmp_path: Path, statement: str) -> None:
    filled(tmp_path, a={"clean": False}, b={"clean": True})
    edit(tmp_path, statement)
    assert read(tmp_path, "a", "b") == {"b": {"clean": True}}


def test_a_row_moved_to_another_kind_is_not_believed(tmp_path: Path) -> None:
    filled(tmp_path, a=1)
    edit(tmp_path, "UPDATE kept SET kind = 'look@2'")
    assert read(tmp_path, "a", kind="look@2") == {}


def test_kind_and_key_cannot_be_shifted_into_each_other(tmp_path: Path) -> None:
    with SealedStore(tmp_path) as store:
        store.put("ab", "c", 1)
    edit(tmp_path, "UPDATE kept SET kind = 'a', key = 'bc'")
    assert read(tmp_path, "bc", kind="a") == {}


def test_rows_of_another_workspace_are_not_believed(tmp_path: Path) -> None:
    mine, theirs = filled(tmp_path / "mine", a=1), filled(tmp_path / "theirs", a=2)
    shutil.copy(theirs / FILE_NAME, mine / FILE_NAME)
    assert read(mine, "a") == {}


def test_the_key_is_for_the_owner_only_and_without_it_nothing_is_believed(tmp_path: Path) -> None:
    filled(tmp_path, a=1)
    assert (tmp_path / KEY_NAME).stat().st_mode & 0o777 == 0o600
    (tmp_path / KEY_NAME).write_bytes(b"short")
    assert read(tmp_path, "a") == {}


@pytest.mark.parametrize("damage", [b"", b"not a database at all, but long enough to be looked at" * 40])
def test_a_file_that_is_no_database_is_replaced(tmp_path: Path, damage: bytes) -> None:
    filled(tmp_path, a=1)
    (tmp_path / FILE_NAME).write_bytes(damage)
    assert read(tmp_path, "a") == {}
    filled(tmp_path, a=2)
    assert read(tmp_path, "a") == {"a": 2}


def test_damaged_pages_cost_rows_and_never_invent_one(tmp_path: Path) -> None:
    documents = {f"{number:05d}": {"number": number, "text": "x" * 200} for number in range(600)}
    filled(tmp_path, **documents)
    data = bytearray((tmp_path / FILE_NAME).read_bytes())
    for place in range(8192, len(data), 5000):
        data[place] ^= 0xFF
    (tmp_path / FILE_NAME).write_bytes(bytes(data))
    found = read(tmp_path, *documents)
    assert len(found) < len(documents)
    assert all(documents[key] == document for key, document in found.items())
    filled(tmp_path, later=3)
    assert read(tmp_path, "later") == {"later": 3}


def test_a_fresh_run_believes_only_itself(tmp_path: Path) -> None:
    filled(tmp_path, a=1, b=1)
    with SealedStore(tmp_path, fresh=True) as store:
        assert store.get_many("look@1", ["a", "b"]) == {}
        store.put("look@1", "a", 2)
        assert store.get_many("look@1", ["a", "b"]) == {"a": 2}
    assert read(tmp_path, "a", "b") == {"a": 2, "b": 1}


def test_two_runs_at_once(tmp_path: Path) -> None:
    with SealedStore(tmp_path) as one, SealedStore(tmp_path) as other:
        one.put("look@1", "a", 1)
        other.put("look@1", "b", 2)
        other.flush()
        assert one.get_many("look@1", ["a", "b"]) == {"a": 1, "b": 2}


def test_other_versions_are_dropped_and_other_names_are_not(tmp_path: Path) -> None:
    with SealedStore(tmp_path) as store:
        for kind in ("text@1", "text@2", "texture@1", "text.more@1"):
            store.put(kind, "a", kind)
        store.flush()
        store.forget_other_versions("text@2")
        left = [kind for kind in ("text@1", "text@2", "texture@1", "text.more@1") if store.get(kind, "a") == kind]
    assert left == ["text@2", "texture@1", "text.more@1"]


def test_a_folder_that_cannot_be_written_is_an_error_with_a_hint(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailable) as caught, SealedStore(tmp_path / "file" / "cache"):
        pass
    assert "ls -ld" in caught.value.hint
