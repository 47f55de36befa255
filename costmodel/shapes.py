"""What a YAML value must look like. One shape reads the value, says what is wrong with it, and is its JSON Schema."""

import re
from collections.abc import Mapping as Map
from typing import Any, NamedTuple

from costmodel.errors import InputError, Place, Problem, did_you_mean
from costmodel.units import COUNT, LARGEST, ONE, SHARE, SMALLEST, Dimension, Unit, example, parse
from costmodel.yamlfile import Mapping, Node, Scalar, Sequence, is_null, place_of

Problems = list[Problem]
INVALID: Any = None  # what a shape returns beside the problem it noted
DEFAULT = "- default"  # the place of a number that no file gives


class Given(NamedTuple):
    """A number as a file gives it: in base units, as it was written, and where."""

    value: float
    text: str
    dimension: Dimension
    place: Place


class Word(str):
    """A text that remembers where it stands."""

    place: Place

    def __new__(cls, text: str, place: Place) -> "Word":
        word = super().__new__(cls, text)
        word.place = place
        return word

    def __reduce__(self) -> tuple[type, tuple[str, Place]]:  # so that a bill that holds one can be copied and pickled
        return (Word, (str(self), self.place))


class Shape:
    """Reads a node into a value (noting problems) and describes itself as JSON Schema."""

    def read(self, node: Node, problems: Problems) -> Any:
        raise NotImplementedError

    def schema(self) -> dict[str, Any]:
        raise NotImplementedError


def read(shape: Shape, node: Node) -> Any:
    """The value, or InputError with every mistake in it."""
    problems: Problems = []
    value = shape.read(node, problems)
    if problems:
        raise InputError(*problems)
    return value


def _wrong(node: Node, problems: Problems, message: str) -> Any:
    problems.append(Problem(place_of(node), message))
    return INVALID


class Text(Shape):
    """A line of text; with `pattern`, text of that form."""

    def __init__(self, pattern: str = "", hint: str = "") -> None:
        self.pattern, self.hint = pattern, hint

    def read(self, node: Node, problems: Problems) -> Any:
        if not isinstance(node, Scalar) or not node.value.strip():
            return _wrong(node, problems, "must be a text")
        if self.pattern and not re.fullmatch(self.pattern, node.value):
            return _wrong(node, problems, f"'{node.value}' {self.hint}")
        return Word(" ".join(node.value.split()), place_of(node))

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^(?:{self.pattern})$"} if self.pattern else {"type": "string"}


class Date(Text):
    def __init__(self) -> None:
        super().__init__(r"\d{4}-\d{2}-\d{2}", "is not a date; write for example 2018-06-01")

    def read(self, node: Node, problems: Problems) -> Any:
        word = super().read(node, problems)
        if word is not INVALID:
            from datetime import date

            try:
                date.fromisoformat(word)
            except ValueError:
                return _wrong(node, problems, f"'{word}' is not a day of the calendar")
        return word


class Choice(Shape):
    def __init__(self, *choices: str) -> None:
        self.choices = choices

    def read(self, node: Node, problems: Problems) -> Any:
        if isinstance(node, Scalar) and node.value in self.choices:
            return Word(node.value, place_of(node))
        said = f"'{node.value}'" if isinstance(node, Scalar) else "this"
        return _wrong(node, problems, f"{said} is not one of {', '.join(self.choices)}")

    def schema(self) -> dict[str, Any]:
        return {"enum": [int(choice) if choice.isdigit() else choice for choice in self.choices]}


class Flag(Shape):
    """true or false; structure, not a number. What YAML 1.1 took for one (yes, on, off) is a mistake here."""

    def read(self, node: Node, problems: Problems) -> Any:
        if isinstance(node, Scalar) and node.value in ("true", "false"):
            return node.value == "true"
        said = f"'{node.value}'" if isinstance(node, Scalar) else "this"
        return _wrong(node, problems, f"{said} is neither true nor false; write one of them")

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


class Amount(Shape):
    """A number with its unit, read as Given in base units.

    `bare` is the unit of a number written without one; the bounds are texts such as "1 MB", and inclusive except `above`.
    """

    def __init__(
        self, dimension: Dimension, bare: Unit | None = None, above: str = "", at_least: str = "", at_most: str = ""
    ) -> None:
        self.dimension = dimension
        self.bare = bare if bare is not None or dimension != COUNT else ONE
        self.above, self.at_least, self.at_most = above, at_least, at_most

    def _bound(self, text: str) -> float:
        return parse(text, self.dimension, self.bare)

    def read(self, node: Node, problems: Problems) -> Any:
        if not isinstance(node, Scalar):
            return _wrong(node, problems, f"must be one number, such as {example(self.dimension, self.bare)}")
        try:
            value = parse(node.value, self.dimension, self.bare, like=self.at_least)
        except ValueError as error:
            return _wrong(node, problems, str(error))
        trouble = self._out_of_range(value, node.value)
        return _wrong(node, problems, trouble) if trouble else Given(value, node.value, self.dimension, place_of(node))

    def _out_of_range(self, value: float, text: str) -> str:
        if self.above and value <= self._bound(self.above):
            return f"'{text}' must be above {self.above}"
        if self.at_least and value < self._bound(self.at_least):
            return f"'{text}' is below the smallest allowed, {self.at_least}"
        if value < 0:
            return f"'{text}' is negative"
        if self.at_most and value > self._bound(self.at_most):
            return f"'{text}' is over the largest allowed, {self.at_most}"
        if value > LARGEST[self.dimension]:
            return f"'{text}' is absurdly large"
        if 0 < value < SMALLEST:
            return f"'{text}' is absurdly small"
        return ""

    def schema(self) -> dict[str, Any]:
        text = {"type": "string", "pattern": r"^[+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)? *.*$"}
        shown = {**text, "examples": [example(self.dimension, self.bare)]}
        return shown if self.bare is None else {"anyOf": [{"type": "number", "minimum": 0}, shown]}


class Each(Shape):
    """A list of at least one."""

    def __init__(self, item: Shape) -> None:
        self.item = item

    def read(self, node: Node, problems: Problems) -> Any:
        if not isinstance(node, Sequence) or not node.value:
            return _wrong(node, problems, "must be a list of at least one, as in [a, b]")
        return tuple(self.item.read(item, problems) for item in node.value)

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": self.item.schema(), "minItems": 1}


class Named(Shape):
    """A mapping from names of the user's choice to values of one shape."""

    def __init__(self, item: Shape, name: Shape, what: str) -> None:
        self.item, self.name, self.what = item, name, what

    def read(self, node: Node, problems: Problems) -> Any:
        if not isinstance(node, Mapping) or not node.value:
            return _wrong(node, problems, f"must map {self.what}")
        return {self.name.read(key, problems): self.item.read(value, problems) for key, value in node.value}

    def schema(self) -> dict[str, Any]:
        return {"type": "object", "minProperties": 1, "additionalProperties": self.item.schema()}


class Field(NamedTuple):
    shape: Shape
    doc: str
    required: bool = False


class Record(Shape):
    """A mapping with known keys, read as a dict of those given. `what` names the thing in messages, `part` its keys.

    Of keys in `one_of` exactly one must be given, of two in `not_both` at most one.
    """

    def __init__(
        self,
        what: str,
        fields: Map[str, Field],
        one_of: tuple[tuple[str, ...], ...] = (),
        part: str = "key",
        not_both: tuple[tuple[str, str], ...] = (),
    ) -> None:
        self.what, self.fields, self.one_of, self.part, self.not_both = what, fields, one_of, part, not_both

    def read(self, node: Node, problems: Problems) -> Any:
        if not isinstance(node, Mapping):
            return _wrong(node, problems, f"must be {self.what}: a mapping with {', '.join(self.fields)}")
        values: dict[str, Any] = {}
        for key, value in node.value:
            field = self.fields.get(key.value)
            if field is None:
                hint = did_you_mean(key.value, self.fields)
                problems.append(Problem(place_of(key), f"'{key.value}' is not a {self.part} of {self.what}.{hint}"))
            elif is_null(value):
                problems.append(Problem(place_of(key), f"'{key.value}' has no value; give one or leave the line out"))
            else:
                values[key.value] = field.shape.read(value, problems)
        given = {key.value for key, _ in node.value}
        for name, field in self.fields.items():
            if field.required and name not in given:
                problems.append(Problem(place_of(node), f"{self.what} lacks '{name}': {field.doc}"))
        for names in self.one_of:
            if not given.intersection(names):
                problems.append(Problem(place_of(node), f"{self.what} needs one of {', '.join(names)}"))
        for names in (*self.one_of, *self.not_both):
            self._at_most_one(names, given, node, problems)
        return values

    def _at_most_one(self, names: tuple[str, ...], given: set[str], node: Mapping, problems: Problems) -> None:
        both = [name for name in names if name in given]
        if len(both) > 1:
            place = next(place_of(key) for key, _ in reversed(node.value) if key.value in both)
            problems.append(Problem(place, f"{self.what} has {' and '.join(both)}; give one of them (null removes one)"))

    def schema(self) -> dict[str, Any]:
        properties = {name: {**field.shape.schema(), "description": field.doc} for name, field in self.fields.items()}
        required = [name for name, field in self.fields.items() if field.required]
        schema: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
        if required:
            schema["required"] = required
        rules: list[dict[str, Any]] = [{"oneOf": [{"required": [name]} for name in names]} for names in self.one_of]
        rules += [{"not": {"required": list(names)}} for names in self.not_both]
        if rules:
            schema["allOf"] = rules
        return self._or_partial(schema) if "extends" in self.fields else schema

    def _or_partial(self, whole: dict[str, Any]) -> dict[str, Any]:
        """A file that extends another gives any part of one, and null removes a key."""
        properties = {name: {"description": field.doc} for name, field in self.fields.items()}
        partial = {
            "type": "object",
            "properties": {**properties, "version": self.fields["version"].shape.schema(), "extends": {"type": "string"}},
            "additionalProperties": False,
            "required": ["version", "extends"],
        }
        return {"if": {"type": "object", "required": ["extends"]}, "then": partial, "else": whole}


class Either(Shape):
    """One shape for a single value, one for a mapping, one for a list: whichever are given."""

    def __init__(self, scalar: Shape | None = None, mapping: Shape | None = None, sequence: Shape | None = None) -> None:
        self.by_kind: dict[type, Shape] = {
            kind: shape for kind, shape in ((Scalar, scalar), (Mapping, mapping), (Sequence, sequence)) if shape is not None
        }

    def read(self, node: Node, problems: Problems) -> Any:
        shape = self.by_kind.get(type(node)) or next(iter(self.by_kind.values()))
        return shape.read(node, problems)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [shape.schema() for shape in self.by_kind.values()]}


def share(above: str = "", at_most: str = "100%") -> Amount:
    """A share of something, "20%" or 0.2."""
    return Amount(COUNT, SHARE, above=above, at_most=at_most)


VERSION = Field(Choice("1"), "the version of this file's format: 1", required=True)
REGION = r"[a-z]{2}(-[a-z]+)+-\d"  # the form of AWS's codes of regions
NAME = Text(r"[a-z][a-z0-9_]*", "is not a name: small letters, digits and underscores, beginning with a letter")


class Distribution(Shape):
    """A mapping from amounts to shares, which add up to one: (share, amount) for each. `what` names it, with an example."""

    def __init__(self, amount: Amount, what: str) -> None:
        self.amount, self.shares = amount, Named(share(above="0%"), Text(), what)

    def read(self, node: Node, problems: Problems) -> Any:
        before = len(problems)
        shares = list((self.shares.read(node, problems) or {}).values())
        amounts = [self.amount.read(key, problems) for key, _ in node.value] if isinstance(node, Mapping) else []
        if len(problems) > before:
            return None
        whole = sum(given.value for given in shares)
        if abs(whole - 1) > 1e-9:
            problems.append(Problem(place_of(node), f"the shares add up to {whole * 100:.10g}%, not 100%"))
        return tuple(zip(shares, amounts, strict=True))

    def schema(self) -> dict[str, Any]:
        return self.shares.schema()
