"""The numbers that a model takes from its files, by their paths: what each means, its unit, its bounds and its source.

Workbooks make input cells of them, and reports sliders and fields.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from costmodel import services
from costmodel.components import (
    AFTER,
    AGGREGATE,
    ALREADY_USED,
    COPIES,
    COUNT_OF_COPIES,
    EDGE,
    OTHER_USAGE,
    QUOTAS,
    Component,
    SizeOfRecord,
)
from costmodel.discounts import DISCOUNTS, DiscountsShape
from costmodel.models import AFTER_SHAPE, Model
from costmodel.prices import FREE
from costmodel.rating import tier_words
from costmodel.scenario import SCENARIO
from costmodel.settings import AtSizes, BatchShape, CardFact, GivenBatch, OrAuto
from costmodel.shapes import Amount, Given, Shape
from costmodel.traffic import PEAK_HOURS, PERIOD, TRAFFIC, SizeShape
from costmodel.units import COUNT, LARGEST, MONEY, ONE, SHARE, SMALLEST, Unit, parse, parts, unit_of


class Input(NamedTuple):
    """A number of a model that may be changed.

    `number` is what the file gives, in `unit`: number * unit.scale / unit.per is in base units, and `suffix` follows it
    in a file. `least` and `most` are the bounds in `unit`, themselves allowed unless `above` or `below`. `words` name
    the number, `doc` says what it means. It `counts` where a number without a unit is one of so many, not a share.
    """

    path: str
    given: Given
    number: float
    unit: Unit
    suffix: str
    words: str
    doc: str
    least: float
    most: float
    above: bool = False
    below: bool = False
    counts: bool = False

    @property
    def title(self) -> str:
        """The path with the unit: "ingest.buffer_size (MB)"."""
        unit = self.suffix.strip()
        return f"{self.path} ({unit})" if unit else self.path

    @property
    def source(self) -> str:
        """Where the number stands: file:line:column, a command-line argument, or "default"."""
        place = str(self.given.place)
        return "default" if place.startswith("- ") else place

    def allows(self, number: float) -> bool:
        """Whether a file may say `number` instead."""
        too_small = number <= self.least if self.above else number < self.least
        too_large = number >= self.most if self.below else number > self.most
        absurd = 0 < self.in_base_units(number) < SMALLEST
        return not (too_small or too_large or absurd)

    def numbers(self, words: Sequence[str]) -> list[float]:
        """What texts say in this input's unit; one without a unit has that of the last, else the file's. Raises ValueError.

        A count or a share without one is read as in a file: 0.2 is 20%.
        """
        unit = unit_of(words[-1]).strip() or ("" if self.unit.dimension == COUNT else self.suffix.strip())
        bare = SHARE if self.unit.dimension == COUNT else self.unit
        numbers = []
        for word in words:
            said = word if unit_of(word).strip() else f"{word} {unit}"
            number, given = parts(said.removesuffix("records").removesuffix("record").strip(), self.unit.dimension, bare)
            numbers.append(number * given.scale / given.per / self.unit.scale * self.unit.per)
        return numbers

    def in_base_units(self, number: float) -> float:
        return number * self.unit.scale / self.unit.per

    def text(self, number: float) -> str:
        """The number as a file says it: "64 MB", "20%", "5000/s"."""
        return repr(float(number)).removesuffix(".0") + self.suffix


def described(model: Model, path: str, given: Given) -> Input:
    """The input at `path` of a traced model (estimating.Traced.inputs)."""
    head, _, rest = path.partition(".")
    if head == "rates":
        return _of_card(model, path, given)
    if head == "month":
        return _of_amount(path, given, SCENARIO.fields["month"].shape, "month", SCENARIO.fields["month"].doc)
    if head == "traffic":
        return _of_traffic(path, given, rest)
    if head == AFTER:
        return _of_amount(path, given, AFTER_SHAPE, "months since the beginning", "how many months the design has run")
    if head == ALREADY_USED:
        words = f"{_spaced(rest)} that the account already uses"
        return _of_quantity(path, given, words, "what else the account consumes in the month")
    if head == QUOTAS:
        return _of_quantity(path, given, f"quota of {_spaced(rest)}", "what AWS lets the account do at once")._replace(above=True)
    if head == OTHER_USAGE:
        words = f"{_spaced(rest)} of the rest of the account"
        return _of_quantity(path, given, words, "what else is on the quota at the peak")._replace(above=True)
    if not rest:  # the copies of a whole pattern
        return _of_amount(path, given, COPIES.shape, _spaced(head), COPIES.doc)
    return _of_component(model, path, given)


def _of_traffic(path: str, given: Given, rest: str) -> Input:
    if rest.startswith("periods."):
        _, number, key = rest.split(".")
        return _of_amount(path, given, PERIOD.fields[key].shape, f"{key} of period {number}", PERIOD.fields[key].doc)
    field = TRAFFIC.fields[rest]
    shape = field.shape.size if isinstance(field.shape, SizeShape) else field.shape
    result = _of_amount(path, given, shape, _spaced(rest), field.doc)
    # At 24 h there would be no other hours, and what flows in them could not be divided by their length.
    return result._replace(below=True) if path == PEAK_HOURS else result


def _of_component(model: Model, path: str, given: Given) -> Input:
    name, _, rest = path.partition(".")
    component = model.pattern.component(name)
    assert component is not None  # the paths of a traced model begin with its components
    setting, _, period = rest.partition(".")
    if setting == "input":
        return _of_edge(component, path, given, rest.rpartition(".")[2])
    if setting == COUNT_OF_COPIES:
        return _of_amount(path, given, COPIES.shape, "copies", COPIES.doc)
    line = next((line for line in component.service.companions if line.key == setting), None)
    if line is not None:
        return _of_amount(path, given, line.shape, _spaced(setting), line.doc)
    field = component.service.setting_fields()[setting]
    words = _spaced(setting) + (f" ({_spaced(period)})" if period else "")
    shape = field.shape.amount if isinstance(field.shape, OrAuto | AtSizes) else field.shape
    if isinstance(shape, BatchShape):
        value = component.settings[setting]
        value = value[period] if period else value
        shape = shape.by_size if isinstance(value, GivenBatch) and value.by_size else shape.by_count
    return _of_amount(path, given, shape, words, field.doc)


def _of_edge(component: Component, path: str, given: Given, key: str) -> Input:
    shape = EDGE.fields[key].shape
    if isinstance(shape, SizeOfRecord):
        size = next(edge.size for edge in component.edges if edge.size_path == path)
        shape = shape.whole if size and size.whole else shape.by_share
    words = "records put into one" if key == AGGREGATE else f"{key} of what comes in"
    return _of_amount(path, given, shape, words, EDGE.fields[key].doc)


def _of_amount(path: str, given: Given, shape: Shape, words: str, doc: str) -> Input:
    assert isinstance(shape, Amount)  # nothing else has a path in the graph
    if given.text.endswith((" record", " records")):
        number, unit = parse(given.text.partition(" ")[0], COUNT, ONE), Unit("records", COUNT, 1.0)
    else:
        number, unit = parts(given.text, shape.dimension, shape.bare)
    unit = Unit("", COUNT, 1.0) if unit in (ONE, SHARE) else unit

    def bound(text: str, otherwise: float) -> float:
        return (parse(text, shape.dimension, shape.bare) if text else otherwise) * unit.per / unit.scale

    least, most = bound(shape.above or shape.at_least, 0.0), bound(shape.at_most, LARGEST[shape.dimension])
    return Input(
        path, given, number, unit, _suffix(unit.name), words, doc, least, most, above=bool(shape.above), counts=shape.bare == ONE
    )


def _suffix(unit: str) -> str:
    return unit if not unit or unit[0] in "%/" else f" {unit}"


def _of_card(model: Model, path: str, given: Given) -> Input:
    _, key, name, *rest = path.split(".")
    if key == DISCOUNTS:
        return _of_discount(model, path, given, int(name), rest[0])
    service = services.find(key)
    assert service is not None  # a card has no other blocks
    if name == FREE:
        return _of_quantity(path, given, f"free of {_listed(_sharing(model, path))} ({rest[0]})", "the free allowance")
    field = service.card_fields()[name]
    if isinstance(field, CardFact):
        return _of_amount(path, given, field.shape, _spaced(name), field.doc)
    if field.by_kind:
        name = f"{name}.{rest.pop(0)}"
    if rest[0] == FREE:
        return _of_quantity(path, given, f"{_spaced(name)}, free ({rest[1]})", "the free allowance")
    rate = model.card.rates[f"{key}.{name}"]
    if rest[-1] == "usd":
        words = ", ".join(filter(None, (_spaced(name), tier_words(rate, int(rest[0])))))
        unit = Unit(f"USD per {rate.per.text}", MONEY, 1.0)
        return Input(path, given, given.value, unit, "", words, field.doc, 0.0, LARGEST[MONEY])
    number, unit, suffix = _quantity(given)
    tier = int(rest[0])
    open_end = LARGEST.get(given.dimension, LARGEST[COUNT] * unit.scale)
    bounds = [t.up_to.value if t.up_to else open_end for t in rate.tiers]
    words, doc = f"{_spaced(name)}, end of tier {tier}", "where the tier ends, counted from the month's beginning"
    least, most = bounds[tier - 2] if tier > 1 else 0.0, bounds[tier]
    return Input(path, given, number, unit, suffix, words, doc, least / unit.scale, most / unit.scale, above=True, below=True)


def _of_discount(model: Model, path: str, given: Given, number: int, key: str) -> Input:
    discount, field = model.card.discounts[number - 1], DiscountsShape.record.fields[key]
    if key == "percent":
        return _of_amount(path, given, field.shape, discount.name, field.doc)
    if key == "usd" and discount.per is not None:
        unit = Unit(f"USD per {discount.per.text}", MONEY, 1.0)
        return Input(path, given, given.value, unit, "", f"{discount.name}, price", field.doc, 0.0, LARGEST[MONEY])
    return _of_quantity(path, given, f"{discount.name}, commitment", field.doc)


def _of_quantity(path: str, given: Given, words: str, doc: str) -> Input:
    number, unit, suffix = _quantity(given)
    return Input(path, given, number, unit, suffix, words, doc, 0.0, LARGEST[COUNT])


def _sharing(model: Model, path: str) -> tuple[str, ...]:
    """The prices that share the allowance of this path."""
    given = (allowance for rate in model.card.rates.values() for allowance in rate.free.values())
    return next(allowance.of for allowance in given if allowance.path == path)


def _listed(keys: tuple[str, ...]) -> str:
    return " and ".join(_spaced(key.partition(".")[2]) for key in keys)


def _quantity(given: Given) -> tuple[float, Unit, str]:
    """A quantity as a card writes it, "500 TB": its number, its unit, and what follows the number."""
    number, suffix = _number_and_rest(given.text)
    return number, Unit(suffix.strip(), given.dimension, given.value / number if number else 1.0), suffix


def _number_and_rest(text: str) -> tuple[float, str]:
    match = re.match(r"\s*([0-9.]+(?:[eE][+-]?[0-9]+)?)(.*)", text)
    assert match is not None  # the card's reader has read it
    return float(match[1]), match[2].rstrip()


def _spaced(name: str) -> str:
    return name.replace("_", " ").replace(".", " ")
