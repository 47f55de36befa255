"""Strict YAML: every value knows its file, line and column, and what people mistype does not pass silently.

A file becomes PyYAML's own node tree (the C parser's), not Python values: scalars keep their text, so `off`, `8:00` and
`1e6` mean what the shape that reads them says (shapes.py). Aliases, tags, merge keys and repeated keys are refused.
"""

import io
import os
import re
from collections.abc import Collection, Iterator, Mapping as Map

import yaml

from costmodel.errors import InputError, Place, Problem, did_you_mean

LARGEST_FILE = 5 * 1024 * 1024
DEEPEST = 50
_TEXT, _LIST, _MAP = (f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map"))
_DEFAULT_TAGS: dict[type, str] = {yaml.ScalarNode: _TEXT, yaml.SequenceNode: _LIST, yaml.MappingNode: _MAP}
_Base: type = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

Node = yaml.Node
Scalar = yaml.ScalarNode
Mapping = yaml.MappingNode
Sequence = yaml.SequenceNode


class _Loader(_Base):  # type: ignore[misc]
    """Guesses no types: every plain scalar is text, and a tag that differs was written out."""

    def resolve(self, kind: type, value: object, implicit: object) -> str:
        return _DEFAULT_TAGS[kind]


class _Dumper(yaml.SafeDumper):
    """Writes text as it was written: nothing needs quotes for looking like a number."""

    def resolve(self, kind: type, value: object, implicit: object) -> str:
        return _DEFAULT_TAGS[kind]


class _NamedText(io.StringIO):
    """Text that carries its file's name into the marks of the nodes."""

    def __init__(self, text: str, name: str) -> None:
        super().__init__(text)
        self.name = name


def read_text(path: str, name: str, largest: int = LARGEST_FILE) -> str:
    """The file's text; InputError for what is not a UTF-8 file of at most `largest` bytes."""
    try:
        if os.path.getsize(path) > largest and os.path.isfile(path):
            raise InputError(Problem(Place(name), f"is over {largest // 1024**2} MB, larger than any such file should be"))
        with open(path, "rb") as file:
            return file.read().decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        column = error.start - error.object.rfind(b"\n", 0, error.start)
        raise InputError(Problem(Place(name, line, column), "is not UTF-8 text; save the file as UTF-8")) from None
    except (FileNotFoundError, ValueError):  # ValueError: the name has a NUL in it
        raise InputError(Problem(Place(name), "there is no such file")) from None
    except IsADirectoryError:
        raise InputError(Problem(Place(name), "is a directory; name a file in it")) from None
    except OSError as error:
        raise InputError(Problem(Place(name), f"cannot be read: {error.strerror}")) from None


def load(path: str, name: str | None = None, without: Collection[str] = ()) -> Mapping:
    """The mapping that is the file at `path`, shown to users as `name`. Raises InputError.

    Of a long file, blocks that nobody needs may be left unread: `without` are their keys at the top of the file.
    """
    name = name or path
    text = read_text(path, name)
    return load_text(_blanked(text, without) if without else text, name)


# A block: a key at the beginning of a line, and what follows it that is empty, indented or a comment.
_BLOCK = re.compile(r"^([a-z_][a-z0-9_]*):(?=[ \n]).*\n(?:(?:[ #].*)?\n)*", re.MULTILINE)


def _blanked(text: str, keys: Collection[str]) -> str:
    """The text with empty lines for the blocks of `keys`, so that lines keep their numbers and nothing there is parsed."""
    return _BLOCK.sub(lambda block: "\n" * block[0].count("\n") if block[1] in keys else block[0], text)


def load_text(text: str, name: str) -> Mapping:
    node = compose(text, name)
    if node is None:
        raise InputError(Problem(Place(name), "is empty"))
    if not isinstance(node, Mapping):
        raise InputError(Problem(place_of(node), "must be a mapping of keys to values, as in 'title: ...'"))
    problems = list(_refused(node, set(), 0))
    if problems:
        raise InputError(*problems)
    return node


def value_from_argument(text: str, argument: str) -> Node:
    """The node of a value given on the command line; its place is the argument itself."""
    node = compose(text, argument)
    if node is None or (isinstance(node, Scalar) and not node.value and _is_plain(node)):
        raise InputError(Problem(Place(argument), "has no value; null removes a key"))
    problems = list(_refused(node, set(), 0))
    if problems:
        raise InputError(*problems)
    return node


def as_text(node: Node, on_one_line: bool = False) -> str:
    """The node as YAML, without comments; what compose() reads as the same tree."""
    if on_one_line and isinstance(node, Mapping | Sequence):
        node = type(node)(node.tag, node.value, flow_style=True)
    text: str = yaml.serialize(node, Dumper=_Dumper, width=10_000 if on_one_line else 100, allow_unicode=True)
    return text.removesuffix("...\n").rstrip("\n")


def scalar(text: str, name: str) -> Scalar:
    """The node of a text that stands in no file."""
    mark = yaml.Mark(name, 0, -1, 0, None, 0)
    return Scalar(_TEXT, text, mark, mark)


def scalar_at(text: str, at: Node) -> Scalar:
    """The node of a text that follows from another node, and stands where that does."""
    return Scalar(_TEXT, text, at.start_mark, at.end_mark)


def sequence_at(items: list[Node], at: Node) -> Sequence:
    return Sequence(_LIST, items, at.start_mark, at.end_mark)


def mapping_at(values: Map[str, Node], at: Node) -> Mapping:
    return Mapping(_MAP, [(scalar_at(key, at), value) for key, value in values.items()], at.start_mark, at.end_mark)


def with_pair(node: Mapping, key: str, value: Node) -> Mapping:
    """A copy of `node` with this key and value, in the key's place or at the end."""
    return _with_key(node, key, value, place_of(value))


def without(node: Mapping, key: str) -> Mapping:
    return _like(node, [(name, value) for name, value in node.value if name.value != key])


def compose(text: str, name: str) -> Node | None:
    try:
        _refuse_deep_nesting(text, name)
        return yaml.compose(_NamedText(text, name), Loader=_Loader)
    except UnicodeError:
        raise InputError(Problem(Place(name), "is not UTF-8 text")) from None
    except yaml.reader.ReaderError as error:
        raise InputError(Problem(Place(name), f"holds a character that YAML does not allow (#x{error.character:04x})")) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(name, mark.line + 1, mark.column + 1) if mark and not _is_argument(name) else Place(name)
        raise InputError(Problem(place, _mended(error))) from None


def _mended(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or "is not YAML"
    if r"'\t'" in problem or "tab character" in problem:
        return "a tab is used for indentation; use spaces"
    if "undefined alias" in problem or "anchor" in problem:
        return f"{problem}; aliases are not used here, write the value out"
    if "expected a single document" in (error.context or ""):
        return "a second document starts here; keep one document in a file"
    if "mapping values are not allowed" in problem:
        return "a ': ' stands where no key can be; check the indentation, or put the text in quotes"
    return f"is not YAML: {problem}" + (f" ({error.context})" if error.context else "")


def _refuse_deep_nesting(text: str, name: str) -> None:
    """The C parser recurses and would overflow the stack; its event stream does not, so suspicious text is counted first."""
    if len(text) < 2000 or (text.count("[") + text.count("{") < 4000 and max(map(len, text.splitlines()), default=0) < 2000):
        return
    depth = 0
    for event in yaml.parse(_NamedText(text, name), Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            raise InputError(Problem(Place(name), f"is nested more than {DEEPEST} deep"))


def _refused(node: Node, seen: set[int], depth: int) -> Iterator[Problem]:
    """What no file may contain, wherever it stands. An alias shows as a node met twice."""
    if id(node) in seen:
        if -id(node) in seen:  # said already
            return
        seen.add(-id(node))
        yield Problem(place_of(node), "an alias (*name) repeats this value; write it out where it is used")
        return
    seen.add(id(node))
    if depth > DEEPEST:
        yield Problem(place_of(node), f"is nested more than {DEEPEST} deep")
    elif node.tag != _DEFAULT_TAGS[type(node)]:
        yield Problem(place_of(node), f"the tag '{node.tag}' is not allowed; write a plain value")
    elif isinstance(node, Scalar):
        if node.style == '"' and any((c < " " or "\x7f" <= c < "\xa0") and not c.isspace() for c in node.value):
            yield Problem(place_of(node), "holds a control character; write it without")
    elif isinstance(node, Sequence):
        for item in node.value:
            yield from _refused(item, seen, depth + 1)
    elif isinstance(node, Mapping):
        first: dict[str, Node] = {}
        for key, value in node.value:
            if not isinstance(key, Scalar):
                yield Problem(place_of(key), "a key must be a word")
            elif key.value == "<<" and _is_plain(key):
                yield Problem(place_of(key), "'<<' merges are not allowed; use 'extends:'")
            elif key.value in first:
                line = first[key.value].start_mark.line + 1
                yield Problem(place_of(key), f"'{key.value}' is given twice (first on line {line})")
            else:
                first[key.value] = key
            yield from _refused(value, seen, depth + 1)


def place_of(node: Node) -> Place:
    mark = node.start_mark
    if _is_argument(mark.name):
        return Place(mark.name)
    return Place(mark.name, mark.line + 1, mark.column + 1)


def _is_argument(name: str) -> bool:
    """Whether it names an argument of the command line, where lines and columns mean nothing."""
    return name.startswith("-")


def is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value in ("", "~", "null", "Null", "NULL") and _is_plain(node)


def _is_plain(node: Scalar) -> bool:
    return not node.style  # not in quotes; "" from the C parser, None from Python's


def find(node: Node | None, *path: str) -> Node | None:
    """The node at a path of keys (and 1-based positions in lists), or None."""
    for key in path:
        if isinstance(node, Mapping):
            node = next((value for name, value in node.value if name.value == key), None)
        elif isinstance(node, Sequence):
            node = node.value[int(key) - 1] if key.isdigit() and 1 <= int(key) <= len(node.value) else None
        else:
            return None
    return node


def merge(base: Mapping, change: Mapping, levels: int, whole: str = "") -> Mapping:
    """`change` over `base`, key by key down to so many levels; below that a value replaces the other, null removes it.

    A mapping that has the key `whole` is replaced whole on any level.
    """
    pairs = {key.value: (key, value) for key, value in base.value}
    for key, value in change.value:
        old = pairs.get(key.value, (None, None))[1]
        if is_null(value):
            pairs.pop(key.value, None)
        elif levels > 1 and isinstance(value, Mapping) and isinstance(old, Mapping) and find(old, whole) is None:
            merged = merge(old, value, levels - 1, whole)
            pairs[key.value] = (key, merged)
            if not merged.value:  # nothing of it is left
                pairs.pop(key.value)
        else:
            pairs[key.value] = (key, value)
    return _like(change, list(pairs.values()))


def with_value(node: Mapping, path: list[str], value: Node, at: Place | None = None, within: str = "") -> Mapping:
    """A copy of `node` with `value` at `path` (null removes it); every step but the last must exist already.

    `at` is the place to name for a key that is new, where it is not the value's; `within` is the path of `node` itself.
    """
    if len(path) == 1:
        return _with_key(node, path[0], value, at or place_of(value))
    where = f"{within}.{path[0]}" if within else path[0]
    old = find(node, path[0])
    if old is None:
        known = [key.value for key, _ in node.value]
        raise InputError(Problem(at or place_of(value), f"there is no '{where}'.{did_you_mean(path[0], known)}"))
    new = _changed(old, path[1:], value, at, where)
    return _like(node, [(key, new if key.value == path[0] else other) for key, other in node.value])


def _with_key(node: Mapping, name: str, value: Node, at: Place) -> Mapping:
    pairs = [(key, old) for key, old in node.value if key.value != name]
    position = next((n for n, (key, _) in enumerate(node.value) if key.value == name), len(pairs))
    if not is_null(value):
        mark = yaml.Mark(at.name, 0, at.line - 1, at.column - 1, None, 0)
        pairs.insert(position, (Scalar(_TEXT, name, mark, mark), value))
    return _like(node, pairs)


def _changed(old: Node, path: list[str], value: Node, at: Place | None, where: str) -> Node:
    if isinstance(old, Mapping):
        return with_value(old, path, value, at, where)
    if isinstance(old, Sequence) and find(old, path[0]) is not None:
        items = list(old.value)
        position = int(path[0]) - 1
        items[position] = value if len(path) == 1 else _changed(items[position], path[1:], value, at, f"{where}.{path[0]}")
        return Sequence(old.tag, items, old.start_mark, old.end_mark)
    has = f"its items are 1 to {len(old.value)}" if isinstance(old, Sequence) else "it is a single value"
    raise InputError(Problem(at or place_of(value), f"'{where}' has no '{path[0]}'; {has}"))


def _like(node: Mapping, pairs: list[tuple[Node, Node]]) -> Mapping:
    return Mapping(node.tag, pairs, node.start_mark, node.end_mark, node.flow_style)
