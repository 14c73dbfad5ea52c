"""YAML the way a policy needs it: plain data, every key once, no aliases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

_DEEPEST = 40  # nested collections; a policy needs about ten


@dataclass
class YamlFaultError(Exception):
    """What the reader expected and found; `line` counts from 1."""

    line: int
    expected: str
    found: str


class _Loader(yaml.SafeLoader):
    """SafeLoader that refuses a repeated key: the later one would silently win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag != "tag:yaml.org,2002:str":
                raise YamlFaultError(key.start_mark.line + 1, "a text as key", str(key.value)[:60])
            if key.value in seen:
                raise YamlFaultError(key.start_mark.line + 1, f"the key '{key.value}' once", "it twice")
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def parse_yaml(text: str) -> Any:
    """The data of the one document in `text`: mappings with text keys, lists, scalars.

    Raises:
        YamlFaultError: not YAML, a repeated or non-text key, an alias, or nesting beyond 40 levels.
    """
    try:
        depth = 0
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            line = event.start_mark.line + 1 if event.start_mark is not None else 1
            if isinstance(event, yaml.AliasEvent):
                raise YamlFaultError(line, "no aliases (a reader must see each rule whole)", f"*{event.anchor}")
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > _DEEPEST:
                    raise YamlFaultError(line, f"at most {_DEEPEST} nested levels", "more")
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
        return yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlFaultError(
            mark.line + 1 if mark is not None else 1, "valid YAML", error.problem or "something else"
        ) from None
    except yaml.YAMLError as error:
        raise YamlFaultError(1, "valid YAML", str(error).splitlines()[0]) from None
    except ValueError as error:  # e.g. the 31st of February written as a date
        raise YamlFaultError(1, "valid YAML values", str(error)) from None
