"""A traced figure read back in words: every step with its formula in names and in values, down to the files' own lines."""

import re
from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple, cast

from costmodel.components import OTHER_USAGE, QUOTAS
from costmodel.discounts import Discount
from costmodel.errors import InputError, did_you_mean
from costmodel.estimating import Result
from costmodel.models import Model
from costmodel.outputs.grid import wrapped
from costmodel.outputs.words import amount, exact, money
from costmodel.prices import Per
from costmodel.quantities import ATOM, BY_PERIOD, LARGEST, OPERATIONS, SUM, Quantity, in_order, value_of
from costmodel.rating import Charge, block_price, tier_words
from costmodel.units import COUNT, SIZE, TIME

DIGITS = 10
MOST_PERIODS = 24  # of more, the busiest and the quietest are shown
MOST_TERMS = 24
_JOIN_WORDS = {SUM: "{0} summed over the periods", LARGEST: "the largest {0} of the periods"}


# How the text of a value is put into a step: (quantity, its period, the unit it is counted in or "", the text) -> text.
# A page marks it there, so that it can be written anew when an input changes; `BEGINS` and `ENDS` are around such marks.
Mark = Callable[[Quantity, int | None, str, str], str]
BEGINS, ENDS = "\x02", "\x03"


def _unmarked(quantity: Quantity, period: int | None, unit: str, text: str) -> str:
    return text


def _plain(text: str) -> str:
    return re.sub(f"{BEGINS}[^{ENDS}]*{ENDS}", "", text)


class Explanation(NamedTuple):
    """One line of the bill: `steps` are lines of text, `inputs` what they rest on and where it stands."""

    title: str
    cost: float
    steps: list[str]
    inputs: list[str]


def explain(model: Model, result: Result, what: str = "") -> list[Explanation]:
    """The lines of a traced result, of all components, of one, or of one price ("ingest.ingested"). Raises InputError."""
    charges = [charge for charge in result.charges if _is_used(charge)]
    return [explained(charge, model) for charge in _chosen(charges, model, what)]


def component_of(what: str, model: Model) -> tuple[str, str]:
    """The component of "ingest.records" and what of it; "" where none is named. Raises InputError where there is no such one."""
    component, _, line = what.partition(".")
    names = [c.name for c in model.pattern.components]
    if component and component not in names:
        raise InputError(f"{model.pattern.name} has no component '{component}'.{did_you_mean(component, names)}")
    return component, line


def _is_used(charge: Charge) -> bool:
    return value_of(charge.quantity) + value_of(charge.free) > 0


def _chosen(charges: list[Charge], model: Model, what: str) -> list[Charge]:
    component, line = component_of(what, model)
    of_component = [charge for charge in charges if component in ("", charge.usage.component)]
    if not line:
        return of_component
    chosen = [charge for charge in of_component if line in _line_names(charge)]
    if not chosen:
        known = dict.fromkeys(_line_names(charge)[0] for charge in of_component)
        raise InputError(f"{component} has no line '{line}'.{did_you_mean(line, known)}")
    return chosen


def _line_names(charge: Charge) -> tuple[str, str]:
    return charge.rate.key.rpartition(".")[2], charge.usage.item.lower().replace(" ", "_")


def explained(charge: Charge, model: Model, mark: Mark = _unmarked, told: Collection[Quantity] = frozenset()) -> Explanation:
    """One line of the bill, its values marked; steps of what is `told` elsewhere are left out."""
    usage, rate = charge.usage, charge.rate
    words = tier_words(rate, charge.tier)
    title = f"{usage.service} · {usage.item}{', ' + words if words else ''} · {usage.component}.{_line_names(charge)[0]}"
    root, priced = cast("Quantity", charge.quantity), cast("Quantity", charge.cost)
    unit = rate.per.unit.name
    quantity = mark(root, None, unit, _counted(value_of(root), unit))
    cost = mark(priced, None, "", f"${exact(value_of(priced), DIGITS)}")
    price = _priced(charge, model.card.discounts)
    steps = [f"cost = quantity × price = {quantity} × {price.said} = {cost}", *price.steps]
    reader = Reader(usage.component, model, mark, told)
    steps += reader.steps_of_charge(charge)
    return Explanation(title, value_of(priced), steps, [*reader.inputs(), *price.inputs])


class _Price(NamedTuple):
    """The unit price of a line: what it is, how discounts made it, and where that stands."""

    said: str
    steps: list[str]
    inputs: list[str]


class _Factor(NamedTuple):
    """What a price is made of: its name and its value in a formula, and where it stands."""

    name: str
    value: str
    place: str


def _priced(charge: Charge, discounts: tuple[Discount, ...]) -> _Price:
    """The price of a charge; `discounts` are those of its card, which its price's own graph names by their paths."""
    rate, tier, words = charge.rate, charge.rate.tiers[charge.tier - 1], tier_words(charge.rate, charge.tier)
    said, list_price = _per(block_price(charge), rate.per), _per(tier.usd.value, rate.per)
    code = f" · rate code {tier.rate_code}" if tier.rate_code else ""
    listed = f"{list_price}{', ' + words if words else ''} · {tier.usd.place}{code} · {rate.source}"
    if not charge.discounts:
        return _Price(said, [], [f"price: {listed}"])
    of_path = {discount.path: discount for discount in discounts}
    leaves = [quantity for quantity in in_order([cast("Quantity", charge.unit_price)]) if quantity.path]
    factors = [_factor(leaf, of) for leaf in leaves if (of := of_path.get(leaf.path.rpartition(".")[0]))]
    if len(factors) < len(leaves):  # the list price is one of them
        factors.insert(0, _Factor("list price", list_price, f"list price: {listed}"))
    formula, values = " × ".join(f.name for f in factors), " × ".join(f.value for f in factors)
    inputs = [factor.place for factor in factors]
    if leaves[0].given != tier.usd:
        inputs.append(f"instead of the list price: {listed}")
    return _Price(said, [f"price = {_chain(formula, values, said)}"], inputs)


def _factor(leaf: Quantity, discount: Discount) -> _Factor:
    place = f"{leaf.given.place} ({leaf.path})"
    if discount.per is None:
        share = leaf.given.text
        return _Factor(f"(1 - {discount.name})", f"(1 - {share})", f"{discount.name}: {share} · {place}")
    price = _per(leaf.given.value, discount.per)
    return _Factor(discount.name, price, f"{discount.name}: {price} · {place}")


def _per(usd: float, per: Per) -> str:
    return f"${exact(usd, DIGITS)} per {per.text}"


def _counted(value: float, unit: str) -> str:
    return amount(value, COUNT, DIGITS, unit)


class Reader:
    """Reads a graph: `component` is whose names need no prefix, `shown` are the periods to go into, `most` being one."""

    def __init__(
        self,
        component: str,
        model: Model,
        mark: Mark = _unmarked,
        told: Collection[Quantity] = frozenset(),
        most: int | None = None,
    ) -> None:
        steady = model.scenario.traffic.steady
        self.component, self.periods = component, [period.name for period in steady]
        self._commitments = {f"{of.path}.commitment": f"{of.name}'s commitment" for of in model.card.discounts}
        self.shown = list(range(len(steady)))
        if len(steady) > MOST_PERIODS:
            by_weight = sorted(self.shown, key=lambda n: steady[n].weight.value)
            self.shown = list(dict.fromkeys([by_weight[-1], by_weight[0], *([] if most is None else [most])]))
        self._left_out = {f"traffic.{name}" for n, name in enumerate(self.periods) if n not in self.shown}
        self.leaves: dict[Quantity, None] = {}
        self._mark, self._told = mark, told

    def steps_of_charge(self, charge: Charge) -> list[str]:
        """How the quantity of a line came about, and what of it is free."""
        root, free = cast("Quantity", charge.quantity), cast("Quantity", charge.free)
        roots = {"quantity": root}
        if isinstance(free, Quantity) and free.operation:
            roots["free"] = free
        unit = charge.rate.per.unit.name
        steps = []
        for name, quantity in roots.items():
            if not quantity.name:
                result = self._mark(quantity, None, unit, _counted(value_of(quantity), unit))
                steps.append(f"{name} = {_chain(self._formula(quantity), self._formula(quantity, 'values'), result)}")
        return steps + self.steps([*roots.values()])

    def steps(self, roots: list[Quantity]) -> list[str]:
        """How these came about, each named step once, what it rests on after it."""
        steps: list[str] = []
        waiting, seen = list(roots), set(roots)
        while waiting:
            quantity = waiting.pop(0)
            if quantity in self._told or quantity.scope in self._left_out:
                continue
            if quantity.name and not quantity.path:
                steps += self._step(quantity)
            elif quantity.path or quantity.given is not None:
                self.leaves[quantity] = None
            operands = quantity.operands
            for operand in [operands[n] for n in self.shown] if quantity.operation == BY_PERIOD else operands:
                if operand not in seen:
                    seen.add(operand)
                    waiting.append(operand)
        return steps

    def inputs(self) -> list[str]:
        return list(dict.fromkeys(map(self.input, self.leaves)))

    def input(self, leaf: Quantity) -> str:
        """What a file gives, and where it stands there."""
        place = str(leaf.given.place)
        where = "default" if place.startswith("- ") else place
        said = self._mark(leaf, None, "", leaf.given.text)
        return f"{self._name(leaf)}: {said} · {where} ({leaf.path})" if leaf.path else f"{said} · {where}"

    def made_of(self, quantity: Quantity, way: str = "names", period: int | None = None) -> tuple[str, int]:
        """How a quantity was made, by names or by "values", or its name where files give it; and how tightly that binds."""
        as_given = self._is_leaf(quantity) and quantity.operation in ("", BY_PERIOD)
        return self._said_as(quantity, way, period) if as_given else self._operation(quantity, way, period)

    def and_more(self, what: str) -> list[str]:
        """A line for the periods that are not gone into."""
        left = len(self.periods) - len(self.shown)
        return [f"{what} and so on for {left} more periods"] if left else []

    def _step(self, quantity: Quantity) -> list[str]:
        name = self._name(quantity)
        if not quantity.operation:  # what does not come about: records where none come in
            return [f"{name} = {self._said(quantity)}"]
        if quantity.operation == BY_PERIOD:
            shown = [(self.periods[n], quantity.operands[n]) for n in self.shown]
            lines = [f"{name} in {period} = {_chain(self._operand(q, 'names', None, 0), self._said(q))}" for period, q in shown]
            return lines + self.and_more(name)
        if isinstance(quantity.value, tuple):
            lines = [f"{name} = {self._formula(quantity)}"]
            lines += [
                f"  in {self.periods[n]}: {self._formula(quantity, 'values', n)} = {self._said(quantity, n)}" for n in self.shown
            ]
            return lines + self.and_more(" ")
        return [f"{name} = {_chain(self._formula(quantity), self._formula(quantity, 'values'), self._said(quantity))}"]

    def _formula(self, quantity: Quantity, way: str = "names", period: int | None = None) -> str:
        """The operation that made a quantity, its operands by name or by value."""
        return self._operation(quantity, way, period)[0]

    def _operation(self, quantity: Quantity, way: str, period: int | None) -> tuple[str, int]:
        operands = quantity.operands
        if quantity.operation in _JOIN_WORDS:
            if way == "names":
                return _JOIN_WORDS[quantity.operation].format(self._operand(operands[0], way, period, ATOM)), 0
            parts = [self._said(operands[0], n) for n in range(len(operands[0].value))]  # type: ignore[arg-type]
            if len(parts) > MOST_TERMS:
                return f"{'the sum' if quantity.operation == SUM else 'the largest'} of {len(parts)} amounts", 0
            return (" + ".join(parts), 1) if quantity.operation == SUM else (f"the largest of {', '.join(parts)}", 0)
        if quantity.operation == BY_PERIOD:
            return self._said(quantity, period), ATOM
        if quantity.operation == "divide" and operands[1].label and not operands[1].operation:  # said in another unit
            return self._said_as(operands[0], way, period)
        if quantity.operation == "add":
            return self._sum(quantity, way, period)
        left, right = (self._said_as(operand, way, period) for operand in operands)
        return OPERATIONS[quantity.operation].words.of(left, right)

    def _sum(self, quantity: Quantity, way: str, period: int | None) -> tuple[str, int]:
        """A sum of sums as one, without recursion: there may be thousands of terms."""
        terms = []
        rest = quantity
        while rest is quantity or (rest.operation == "add" and not self._is_leaf(rest)):
            terms.append(rest.operands[1])
            rest = rest.operands[0]
        terms.append(rest)
        if len(terms) > MOST_TERMS:
            return f"the sum of {len(terms)} amounts", 0
        strength = OPERATIONS["add"].words.strength
        return " + ".join(self._operand(term, way, period, strength) for term in reversed(terms)), strength

    def _operand(self, quantity: Quantity, way: str, period: int | None, strength: int) -> str:
        text, own = self._said_as(quantity, way, period)
        return f"({text})" if own < strength else text

    def _said_as(self, quantity: Quantity, way: str, period: int | None) -> tuple[str, int]:
        """An operand's text and how tightly it binds."""
        if not self._is_leaf(quantity):
            return self._operation(quantity, way, period)
        by_name = way == "names" and (quantity.name or quantity.path)
        return self._name(quantity) if by_name else self._said(quantity, period), ATOM

    def _is_leaf(self, quantity: Quantity) -> bool:
        return bool(quantity.name or quantity.path) or not quantity.operation

    def _name(self, quantity: Quantity) -> str:
        if quantity.given is not None:
            return self._input_name(quantity)
        scope, name = quantity.scope, quantity.name.replace("_", " ")
        month, _, rest = scope.partition(".")
        over = " over the average month" if month == "month" and rest else ""
        owner = rest if over else scope
        if owner in ("source", self.component, "month", ""):
            return name + over
        if owner.startswith("traffic."):  # a period's
            return f"{owner.removeprefix('traffic.')} {name}"
        return f"{owner}'s {name}{over}"

    def _input_name(self, quantity: Quantity) -> str:
        parts = quantity.path.split(".")
        if not quantity.path:
            return str(quantity.given.text)
        if quantity.path in self._commitments:
            return self._commitments[quantity.path]
        if parts[0] == "rates" and parts[-1] == "usd":
            return "price"
        if parts[-1] == "up_to":
            return f"the end of tier {parts[-2]}"
        if parts[:2] == ["traffic", "record_size"] and len(parts) > 2:
            return f"share of {'.'.join(parts[2:])} records"
        if parts[0] == "rates":
            return " ".join(parts[2:]).replace("_", " ")
        if parts[0] in (QUOTAS, OTHER_USAGE):
            return f"{'quota' if parts[0] == QUOTAS else 'other usage of'} {'.'.join(parts[1:])}"
        if parts[0] in ("traffic", self.component) or len(parts) == 1:
            return " ".join(parts[1:] or parts).replace("_", " ")
        return f"{parts[0]}'s {' '.join(parts[1:]).replace('_', ' ')}"

    def _said(self, quantity: Quantity, period: int | None = None) -> str:
        value = quantity.value
        if isinstance(value, tuple) and period is None:
            return ", ".join(f"{name} {self._said(quantity, n)}" for n, name in enumerate(self.periods))
        one = value[period] if isinstance(value, tuple) else value  # type: ignore[index]
        unit = quantity.label if quantity.dimension == COUNT else ""
        return self._mark(quantity, period if isinstance(value, tuple) else None, unit, said(quantity, one))


def said(quantity: Quantity, value: float) -> str:
    """A value of a quantity, as explanations say it."""
    if quantity.dimension == COUNT and quantity.label:
        return _counted(value, quantity.label)
    if is_said_as_given(quantity):
        return str(quantity.given.text)
    return amount(value, quantity.dimension, DIGITS)


def is_said_as_given(quantity: Quantity) -> bool:
    """Whether the file's own text says the amount best: it has a unit of size or time, or is a percentage."""
    if quantity.given is None:
        return False
    text: str = quantity.given.text
    return text.endswith("%") or (text[-1:].isalpha() and quantity.dimension in (SIZE, TIME))


def _chain(*texts: str) -> str:
    """The texts with "=" between them, each once."""
    return " = ".join({_plain(text): text for text in reversed(texts)}[plain] for plain in dict.fromkeys(map(_plain, texts)))


def text(explanations: list[Explanation], width: int) -> str:
    """The explanations for a terminal."""
    return "\n".join(line for e in explanations for line in block(e.title, money(e.cost), e.steps, e.inputs, width))


def block(title: str, figure: str, steps: list[str], inputs: list[str], width: int) -> Iterator[str]:
    """One explanation with its figure on the right; a wrapped line goes on further in. Places are not wrapped, to be clicked."""
    yield title + figure.rjust(max(2 + len(figure), width - len(title)))
    for step in steps:
        indent = "  " + " " * (len(step) - len(step.lstrip()))
        first, *rest = wrapped(step.strip(), width - len(indent) - 4)
        yield indent + first
        yield from (indent + "    " + line for line in rest)
    yield "  where"
    for row in inputs:
        remark = row.startswith(" ")
        yield from (f"      {line}" for line in wrapped(row.strip(), width - 6)) if remark else [f"    {row}"]
    yield ""


def in_names(quantity: Quantity, component: str, model: Model) -> str:
    """How a quantity was made, its operands by name: "records × record size"; the component's own without its name."""
    return Reader(component, model)._formula(quantity)
