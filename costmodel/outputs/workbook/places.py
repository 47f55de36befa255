"""Where on a pattern's sheet each quantity of an estimate stands: the first of two steps from a graph to formulas.

Each scenario has a block of columns: the month, then its periods. A quantity with a name has a row; so has what the bill
and the loads at peak show. What has no name is written into the formulas that use it, unless they would become long.
"""

from collections.abc import Iterator
from typing import NamedTuple

from costmodel.book import Page
from costmodel.capacity.checks import Check
from costmodel.capacity.quotas import ACCOUNT
from costmodel.components import SOURCE
from costmodel.quantities import BY_PERIOD, LARGEST, SUM, Quantity, in_order
from costmodel.rating import Charge
from costmodel.units import RATE

BILL, PEAK, ALL = "(bill)", "(peak)", "the account"  # no component can have these names
MONTH, EACH = 0, -1  # columns of a block; EACH stands for all periods, which begin beside the month
USED, BILLED, PRICE, COST = range(4)  # the same columns, in the bill
FREE, AT_LIST = "Free", "At list prices"  # further ones, where there may be something in them
PROVISIONED, USED_SHARE = ", provisioned", ", used"  # what rows of loads are called after the load
LONGEST = 800  # characters of a formula; what would be longer is cut into rows
_CELL, _NAME = 6, 40  # characters of a reference, about


class Key(NamedTuple):
    """A row, the same for every scenario. `section` is BILL, PEAK, the source or a component."""

    section: str
    scope: str
    name: str
    tier: int = 0


class Spot(NamedTuple):
    row: Key
    column: int


def columns_of_bill(page: Page) -> list[str]:
    """The headings of the bill's columns. A policy may take something off, discounts leave less than list prices."""
    free = [FREE] if page.model.free_tier != "none" else []
    return ["Used", "Billed", "Unit price", "Cost", *free, *([AT_LIST] if page.result.list_costs else [])]


class Places:
    """`spots` says where a quantity has its formula, `shown` what each cell shows: that formula, or a reference to it.

    `charges` are the bill's lines and `load_units` the units of loads by their rows; `shares` are the checks of what is
    provisioned otherwise in each period, by the row of how much of it is used then.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.steady = page.model.scenario.traffic.steady
        self.charges: dict[Key, Charge] = {}
        self.load_units: dict[Key, str] = {}
        self.spots: dict[Quantity, Spot] = {}
        self.shown: dict[Spot, Quantity] = {}
        self._keys: dict[Quantity, Key] = {}  # of what the bill and the loads show, by what it is
        result = page.result
        loads = [q for load in result.metered.loads for q in (load.amount, load.provisioned)]
        loads += [check.load for check in page.checks if self.is_of_all(check)]
        lines = [q for c in result.charges for q in (c.consumed, c.free, c.quantity, c.unit_price, c.cost)]
        figures: list[object] = [result.metered.records, *lines, *result.list_costs, *loads]
        self.order = in_order(q for q in figures if isinstance(q, Quantity))
        self.shares = self._shares()
        self._position = {quantity: n for n, quantity in enumerate(self.order)}
        self._users = _users(self.order)
        self._inner = {q for q in self.order if self._goes_on_as_sum(q)}
        self._place_constants()
        self._place_bill()
        self._place_periods()
        self._key_loads()
        self._owners = self._find_owners()
        self._lengths: dict[Quantity, int] = {}
        for quantity in self.order:
            self._consider(quantity)
        self._show_loads()

    def steps(self) -> list[Key]:
        """The rows beside the bill and the loads, in the order of the computation."""
        first: dict[Key, int] = {}
        for quantity, (row, column) in self.spots.items():
            if column in (MONTH, EACH):
                first[row] = min(first.get(row, len(self.order)), self._position[quantity])
        for (row, _), quantity in self.shown.items():
            first.setdefault(row, self._position[quantity])
        return [row for row in sorted(first, key=first.__getitem__) if row.section not in (BILL, PEAK)]

    def loads(self) -> list[Key]:
        """The rows of what components must bear at peak."""
        rows = []
        for row in dict.fromkeys(row for _, row in self._load_rows()):
            rows.append(row)
            share = row._replace(name=row.name.replace(PROVISIONED, USED_SHARE))
            if share in self.shares:
                rows.append(share)
        return rows

    def row_of(self, check: Check) -> Key:
        """The row of the load that is checked."""
        if check.quota and self.is_of_all(check):
            return Key(PEAK, ALL, f"{check.item} ({check.quota.key})")
        return Key(PEAK, check.components[0], check.item)

    def is_of_all(self, check: Check) -> bool:
        """Whether it is a sum over the account: of several components, of copies, or with what else there is."""
        if check.quota is None or check.quota.scope != ACCOUNT:
            return False
        component = self.page.model.pattern.component(check.components[0])
        copies = component is not None and component.copies
        loads = [load for load in self.page.result.metered.loads if load.quota == check.quota.key]
        return len(loads) > 1 or bool(copies) or check.other is not None

    def _shares(self) -> dict[Key, Check]:
        found: dict[Key, Check] = {}
        for check in self.page.checks:
            _, limit = check.by_period[0]
            if check.quota is None and isinstance(limit, Quantity) and isinstance(limit.value, tuple):
                row = self.row_of(check)
                found[row._replace(name=f"{row.name}{USED_SHARE}")] = check
        return found

    def column_of(self, row: Key, period: int) -> int:
        """The column in which a load's row has its figure of a period: the month's, where all periods have the same."""
        return period if {Spot(row, EACH), Spot(row, period)} & self.shown.keys() else MONTH

    def terms(self, quantity: Quantity) -> list[Quantity]:
        """The terms of a sum of sums, down to those that have a place of their own."""
        terms = []
        rest = quantity
        while rest is quantity or (rest in self._inner and rest not in self.spots):
            terms.append(rest.operands[1])
            rest = rest.operands[0]
        return [rest, *reversed(terms)]

    def is_inner(self, quantity: Quantity) -> bool:
        """Whether it is only a part of a longer sum."""
        return quantity in self._inner and quantity not in self.spots

    def _goes_on_as_sum(self, quantity: Quantity) -> bool:
        users = self._users.get(quantity, [])
        is_sum = quantity.operation == "add" and not quantity.name
        return is_sum and len(users) == 1 and users[0].operation == "add" and users[0].operands[0] is quantity

    # What has its place whatever its formula

    def _put(self, quantity: Quantity, row: Key, column: int) -> None:
        self.spots[quantity] = Spot(row, column)
        self.shown[Spot(row, column)] = quantity

    def _place_constants(self) -> None:
        """Numbers that files give and no path changes (a profile's, a file's, the sizes of records) have rows of their own."""
        spots: dict[int, Spot] = {}
        for n, steady in enumerate(self.steady, 1):
            kind = "rate as given" if steady.weight.dimension == RATE else "rate as given, relative to the others"
            spots[id(steady.weight)] = Spot(Key(SOURCE, SOURCE, kind), n)
            spots[id(steady.hours)] = Spot(Key(SOURCE, SOURCE, "length as given"), n)
        for n, (share, size) in enumerate(self.page.model.scenario.traffic.sizes, 1):
            if share is not None:
                spots[id(share)] = Spot(Key(SOURCE, SOURCE, f"share of records of size {n}"), MONTH)
                spots[id(size)] = Spot(Key(SOURCE, SOURCE, f"size {n}"), MONTH)
        for quantity in self.order:
            if quantity.given is not None and not quantity.path and id(quantity.given) in spots:
                self._put(quantity, *spots[id(quantity.given)])

    def _place_bill(self) -> None:
        result, columns = self.page.result, columns_of_bill(self.page)
        for number, charge in enumerate(result.charges):
            several = len(charge.rate.tiers) > 1
            row = Key(BILL, charge.usage.component, charge.usage.item, charge.tier if several else 0)
            self.charges[row] = charge
            # A price without tiers and free quantity takes the month's use as it is, which is a step of its own.
            own_quantity = several or isinstance(charge.free, Quantity)
            cells = [charge.consumed, charge.quantity, charge.unit_price, charge.cost]
            cells += [charge.free] if FREE in columns else []
            cells += [result.list_costs[number]] if AT_LIST in columns else []
            for column, quantity in enumerate(cells):
                if isinstance(quantity, Quantity):
                    self.shown[Spot(row, column)] = quantity
                    if quantity.operation and (quantity is not charge.quantity or (own_quantity and column == BILLED)):
                        self.spots[quantity] = Spot(row, column)

    def _place_periods(self) -> None:
        """What differs between periods is laid out in the columns of its row."""
        for quantity in self.order:
            if quantity.operation == BY_PERIOD:
                row = self._key(quantity)
                self.spots[quantity] = Spot(row, EACH)
                for n, operand in enumerate(quantity.operands, 1):
                    self.shown[Spot(row, n)] = operand
                    belongs = operand.scope.startswith("traffic.") or not operand.name
                    if operand.operation and belongs and operand not in self.spots:
                        self.spots[operand] = Spot(row, n)

    def _key_loads(self) -> None:
        for quantity, row in self._load_rows():
            if quantity.operation:
                self._keys.setdefault(quantity, row)

    def _load_rows(self) -> Iterator[tuple[Quantity, Key]]:
        for load in self.page.result.metered.loads:
            for quantity, words in ((load.amount, ""), (load.provisioned, PROVISIONED)):
                if isinstance(quantity, Quantity):
                    row = Key(PEAK, load.component, f"{load.item}{words}")
                    self.load_units[row] = load.unit.replace("bytes", "KB")
                    yield quantity, row
        for check in self.page.checks:
            if isinstance(check.load, Quantity) and self.is_of_all(check):
                self.load_units[self.row_of(check)] = check.unit.replace("bytes", "KB")
                yield check.load, self.row_of(check)

    def _show_loads(self) -> None:
        for quantity, row in self._load_rows():
            self.shown.setdefault(Spot(row, MONTH), quantity)
            joined = next((q for q in (quantity, *quantity.operands) if q.operation == LARGEST), None)
            if joined is not None:
                self.shown.setdefault(Spot(row, EACH), joined.operands[0])

    # What has a place for its name's sake, or for its length

    def _key(self, quantity: Quantity) -> Key:
        """The row of a quantity that has a name."""
        if quantity in self._keys:
            return self._keys[quantity]
        return self._free(Key(_section(quantity.scope), quantity.scope, quantity.name))

    def _free(self, row: Key) -> Key:
        """The row, numbered where another quantity of its name has it."""
        name, again = row.name, 2
        while any(Spot(row, column) in self.shown for column in (MONTH, EACH, 1)):
            row, again = row._replace(name=f"{name} {again}"), again + 1
        return row

    def _has_row(self, quantity: Quantity) -> bool:
        return bool(quantity.name) or quantity in self._keys

    def _find_owners(self) -> dict[Quantity, Key]:
        """For what has no name: the row of the first figure that it is for."""
        owners: dict[Quantity, Key] = {}
        for quantity in reversed(self.order):
            if quantity in self.spots:
                owners[quantity] = self.spots[quantity].row
            elif self._has_row(quantity):
                owners[quantity] = self._keys.get(quantity) or Key("", quantity.scope, quantity.name)
            elif users := self._users.get(quantity):
                owners[quantity] = owners[users[0]]
        return owners

    def _part(self, quantity: Quantity, words: str) -> Key:
        """A row for what is only a part of a figure."""
        owner = self._owners[quantity]
        if owner.section == BILL:
            words = "really used"
        if owner.section == PEAK and words == "by period":
            return owner
        return self._free(Key(_section(owner.scope), owner.scope, f"{owner.name}, {words}"))

    def _consider(self, quantity: Quantity) -> None:
        if quantity.operation in (SUM, LARGEST):
            self._place_join(quantity)
        elif quantity.operation == "add" and quantity not in self._inner:
            self._place_sum(quantity)
        if self._has_row(quantity) and quantity.operation and quantity not in self.spots:
            self._put(quantity, self._key(quantity), EACH if isinstance(quantity.value, tuple) else MONTH)
        if quantity not in self.spots and not self.is_inner(quantity) and self._length_of(quantity) > LONGEST:
            self._put(quantity, self._part(quantity, "part"), EACH if isinstance(quantity.value, tuple) else MONTH)
        self._lengths[quantity] = _CELL if quantity in self.spots else self._length_of(quantity)

    def _length_of(self, quantity: Quantity) -> int:
        if quantity.operation == "add":
            return sum(self._lengths[term] + 3 for term in self.terms(quantity))
        if quantity.operation == "round_up":
            return 30 + self._lengths[quantity.operands[0]] + 2 * self._lengths[quantity.operands[1]]
        return sum(self._lengths[operand] + 4 for operand in quantity.operands) or _NAME

    def _place_join(self, join: Quantity) -> None:
        """A sum over periods stands in the month's column, beside what it sums."""
        (operand,) = join.operands
        if join in self.spots or (operand in self.spots and self._has_row(join)):
            return
        if operand not in self.spots:
            row = self._key(join) if self._has_row(join) else self._part(join, "by period")
            self._put(operand, row, EACH)
        row = self.spots[operand].row
        if (join.operation == SUM or self._has_row(join)) and Spot(row, MONTH) not in self.shown:
            self._put(join, row, MONTH)

    def _place_sum(self, whole: Quantity) -> None:
        """A sum of one term for each period is laid out in their columns; another one that is long is cut."""
        terms = self.terms(whole)
        if len(terms) == len(self.steady) and all(self._is_of_period(term, n) for n, term in enumerate(terms, 1)):
            if any(term not in self.spots for term in terms):
                row = self._key(whole) if whole.name else self._part(whole, "by period")
                for n, term in enumerate(terms, 1):
                    self.shown[Spot(row, n)] = term
                    self.spots.setdefault(term, Spot(row, n))
                if whole not in self.spots:
                    self._put(whole, row, MONTH)
            return
        length = 0
        for part, term in self._growing(whole, terms):
            length += self._lengths[term] + 3
            if length > LONGEST and part is not whole:
                self._put(part, self._part(part, "subtotal"), EACH if isinstance(part.value, tuple) else MONTH)
                length = _CELL

    def _is_of_period(self, term: Quantity, number: int) -> bool:
        """Whether a term belongs to this one period: it is given for it, or made of what stands in its column."""
        steady = self.steady[number - 1]
        if term.given is not None:
            return term.given in (steady.weight, steady.hours)
        spots = (self.spots.get(q) for q in (term, *term.operands))
        return any(spot is not None and spot.column == number and spot.row.section == SOURCE for spot in spots)

    def _growing(self, whole: Quantity, terms: list[Quantity]) -> Iterator[tuple[Quantity, Quantity]]:
        """The sum as it grows from the first two terms to the whole, each time with the term that is new."""
        parts = [whole]
        while parts[-1].operands[0] is not terms[0]:
            parts.append(parts[-1].operands[0])
        yield from zip(reversed(parts), terms[1:], strict=True)


def _section(scope: str) -> str:
    """The source (and the month as one average period), or a component."""
    first, _, rest = scope.partition(".")
    if first == "month" and rest:
        return _section(rest)
    return SOURCE if first in ("month", "traffic") else first


def _users(order: list[Quantity]) -> dict[Quantity, list[Quantity]]:
    """What each quantity is an operand of."""
    users: dict[Quantity, list[Quantity]] = {}
    for quantity in order:
        for operand in quantity.operands:
            users.setdefault(operand, []).append(quantity)
    return users
