"""What an optimum may choose: numbers from a range or a list, and words, each of which is a design of its own."""

import re
from collections.abc import Mapping as Map
from typing import Any, NamedTuple

from costmodel.components import AGGREGATE
from costmodel.errors import InputError, Mistakes, Place, Problem, placed
from costmodel.estimating import Traced, run
from costmodel.inputs import Input, described
from costmodel.models import Changed, Model
from costmodel.shapes import Given
from costmodel.units import unit_of, with_unit

_RANGE = re.compile(r"(.+?) *\.\. *(.+)")
OPTION = "--choose"
EXAMPLE = "write a range or a list, as in {path}=1..100 or {path}=1,5,50"


class NumberChoice(NamedTuple):
    """A number to choose, from `low` to `high` or one of those `listed`, in the unit of its input.

    `paths` are those of the numbers that it is in the model: of several patterns, a setting of each that has it. `now` is what
    the design has, as its file says it `now_said`; None where it does not say. `whole`: it counts things.
    """

    path: str
    text: str
    of: Input
    paths: tuple[str, ...]
    low: float
    high: float
    listed: tuple[float, ...] = ()
    whole: bool = False
    now: float | None = None
    now_said: str | None = None

    @property
    def every(self) -> list[float] | None:
        """All that it can be; None where that is without end."""
        if self.listed:
            return [*self.listed]
        return [float(value) for value in range(int(self.low), int(self.high) + 1)] if self.whole else None

    @property
    def size(self) -> float:
        """How many values there are."""
        if self.listed:
            return len(self.listed)
        return self.high - self.low + 1 if self.whole else float("inf")

    def said(self, number: float) -> str:
        return self.of.text(number)

    def changed_by(self, text: str) -> bool:
        return self.now is None or self.said(self.now) != text


class WordChoice(NamedTuple):
    """Values each of which makes another design: a mode, a storage class, an instance type. `now_said` is as in NumberChoice."""

    path: str
    text: str
    values: tuple[str, ...]
    now_said: str | None = None

    def changed_by(self, text: str) -> bool:
        return self.now_said != text


Choice = NumberChoice | WordChoice


def choices_of(given: Map[str, str], model: Model, changed: Changed) -> list[Choice]:
    """The choices of texts ("1..128 MB", "provisioned,on-demand") by path. Raises InputError with every mistake."""
    mistakes, found = Mistakes(), []
    numbers = inputs_of(model)
    for path, text in given.items():
        with mistakes.noted():
            found.append(_Reader(path, text, Place(f"{OPTION} {path}={text}"), model, changed, numbers).choice())
    paths = [path for choice in found if isinstance(choice, NumberChoice) for path in choice.paths]
    mistakes.problems += [
        Problem(None, f"{path} is to choose twice") for path in sorted({p for p in paths if paths.count(p) > 1})
    ]
    if mistakes.problems:
        raise InputError(*mistakes.problems)
    return found


def inputs_of(model: Model) -> dict[str, Given]:
    """The numbers that a model is made of, by path."""
    numbers = Traced()
    run(model, numbers)
    return {path: quantity.given for path, quantity in numbers.inputs.items()}


class _Opened(NamedTuple):
    """The design with one value of a choice, and the numbers it is made of."""

    model: Model
    numbers: dict[str, Given]

    def input_at(self, path: str) -> Input:
        return described(self.model, path, self.numbers[path])


class _Reader(NamedTuple):
    """Reads one choice: what is chosen is what differs between the designs that its values make."""

    path: str
    text: str
    place: Place
    model: Model
    changed: Changed
    numbers: dict[str, Given]

    def choice(self) -> Choice:
        ends = _RANGE.fullmatch(self.text.strip())
        return self._range(*with_unit([ends[1], ends[2]])) if ends else self._list()

    def _range(self, low: str, high: str) -> NumberChoice:
        opened = [self._opened(text) for text in (low, high)]
        paths = self._differing(opened)
        if not paths:
            raise self._wrong(
                f"{self.text} is no range of one number; a list, as in {self.path}=one,another, chooses what else there is"
            )
        found = self._numbers(paths, opened)
        if not found.low < found.high:
            raise self._wrong(f"the range from {low} to {high} is empty")
        written_whole = all(text.removesuffix(unit_of(text)).isdigit() for text in (low, high))
        return found._replace(listed=(), whole=found.of.counts and found.of.unit.scale == 1 and written_whole)

    def _list(self) -> Choice:
        words = [word.strip() for word in self.text.split(",")]
        if len(words) < 2 or not all(words) or len({*words}) < len(words):
            raise self._wrong(f"'{self.text}' leaves nothing to choose; {EXAMPLE.format(path=self.path)}")
        texts = with_unit(words)
        opened = [self._opened(text) for text in texts]
        paths = self._differing(opened)
        if paths:
            return self._numbers(paths, opened)
        return WordChoice(self.path, self.text, tuple(texts), _word_now(self.model, self.path))

    def _numbers(self, paths: tuple[str, ...], opened: list[_Opened]) -> NumberChoice:
        inputs = [each.input_at(paths[0]) for each in opened]
        of = inputs[0]
        if any(each.unit.dimension != of.unit.dimension for each in inputs):
            raise self._wrong(f"'{self.text}' is of numbers of several kinds, of which none is larger or smaller")
        values = [_in_unit_of(of, each) for each in inputs]
        now, said = self._now(paths[0], of)
        return NumberChoice(self.path, self.text, of, paths, values[0], values[-1], tuple(sorted(values)), now=now, now_said=said)

    def _now(self, path: str, of: Input) -> tuple[float | None, str | None]:
        if path in self.numbers:
            now = described(self.model, path, self.numbers[path])
            return (_in_unit_of(of, now) if now.unit.dimension == of.unit.dimension else None), now.given.text
        if path.endswith(f".{AGGREGATE}"):  # where nothing is said, every record is one of its own
            return 1.0, "1"
        return None, _word_now(self.model, self.path)

    def _opened(self, text: str) -> _Opened:
        with placed(self.place):
            model = self.changed({self.path: text})
            return _Opened(model, inputs_of(model))

    def _differing(self, opened: list[_Opened]) -> tuple[str, ...]:
        """The paths of the one number that differs; none where more than that does."""
        first, *others = (each.numbers for each in opened)
        if any(other.keys() != first.keys() for other in others):
            return ()
        paths = tuple(path for path in first if len({each.numbers[path].value for each in opened}) > 1)
        if self.path in first:
            return (self.path,) if {*paths} <= {self.path} else ()
        named = tuple(path for path in first if path.endswith(f"_{self.path}"))  # of several patterns
        return () if {*paths} - {*named} else paths or named

    def _wrong(self, message: str) -> InputError:
        return InputError(Problem(self.place, message))


def _in_unit_of(of: Input, other: Input) -> float:
    """The number of an input, in the unit of another that is of the same kind."""
    return other.number if other.unit == of.unit else other.in_base_units(other.number) * of.unit.per / of.unit.scale


def _word_now(model: Model, path: str) -> str | None:
    """What the design has there now, where that is a word."""
    head, _, setting = path.partition(".")
    for component in model.pattern.components:
        if component.name == head or component.name.endswith(f"_{head}"):
            value: Any = component.settings.get(setting)
            if isinstance(value, bool):
                return str(value).lower()
            return value.text if isinstance(value, Given) else None if value is None else str(value)
    return None
