"""English sentences in which nobody is named: from the documentation of installed packages (all permissively licensed).

They show the tagger real syntax. Only sentences whose words after the first are in small letters count, so that no
name is among them. Nothing of them is kept but what the network learns.
"""

from __future__ import annotations

import ast
import importlib.util
import re
import sysconfig
import warnings
from pathlib import Path

PACKAGES = ("numpy", "scipy", "pandas", "networkx", "sqlalchemy", "alembic", "jinja2", "PIL")
_BETWEEN = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
_PLAIN = re.compile(r"[A-Z][a-z]*(?:[ ,;:\-]+[a-z'’]+){4,28}[.!?]")


def read_prose() -> list[str]:
    """Sentences in alphabetical order; the standard library and the packages that are installed."""
    roots = [Path(sysconfig.get_paths()["stdlib"])]
    for name in PACKAGES:
        found = importlib.util.find_spec(name)
        if found is not None and found.origin is not None:
            roots.append(Path(found.origin).parent)
    sentences: set[str] = set()
    for root in roots:
        for path in sorted(root.rglob("*.py")):
            inside = path.relative_to(root).parts
            if "site-packages" not in inside and "tests" not in inside and "test" not in inside:
                sentences.update(_sentences(path))
    return sorted(sentences)


def _sentences(path: Path) -> set[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            tree = ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, UnicodeDecodeError):  # files of other Pythons, and broken ones kept as examples
        return set()
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Module)):
            for paragraph in (ast.get_docstring(node) or "").split("\n\n"):
                parts = _BETWEEN.split(re.sub(r"\s+", " ", paragraph))
                found.update(part for part in parts if _PLAIN.fullmatch(part) is not None)
    return found
