"""Usage of the month x rate card -> charges. The only module that multiplies by a price.

One estimate is one account and one month: components share a rate's free allowance and tiers, and fill them in the
pattern's order. All of it is arithmetic on quantities, so it reads on floats, arrays and traced quantities alike.
"""

from collections.abc import Mapping as Map
from typing import NamedTuple

from costmodel.discounts import Discount
from costmodel.prices import FREE_TIERS, Allowance, Rate, Tier
from costmodel.quantities import Number, Numbers, larger, named, smaller, total, value_of
from costmodel.ratecard import RateCard
from costmodel.shapes import Given
from costmodel.units import SIZE, SMALLEST, best_unit, plural


class MonthUsage(NamedTuple):
    """What a component used in the month of one rate, in base units."""

    component: str
    service: str
    item: str
    rate: str
    amount: Number
    consumed: Number


class Charge(NamedTuple):
    """A line of the bill in a reading's numbers: cost = quantity x unit_price.

    `quantity`, `free` and `consumed` (what was really used of the two) are in `rate.per.unit`. `list_price` is the unit price
    without the `discounts`, whose names these are. `rate` is the card's, or that of a commitment.
    """

    usage: MonthUsage
    rate: Rate
    tier: int
    quantity: Number
    free: Number
    unit_price: Number
    cost: Number
    consumed: Number
    list_price: Number
    discounts: tuple[str, ...] = ()


def charges(
    usages: list[MonthUsage],
    card: RateCard,
    free_tier: str,
    month: Number,
    numbers: Numbers,
    already_used: Map[str, Given] | None = None,
) -> list[Charge]:
    """Every tier of every usage, in order. `numbers` (estimating.Floats and its like) turns what the card gives into numbers.

    `already_used` is what the account has had of prices, by key, before all of them.
    """
    card.require((usage.rate, usage.component) for usage in usages)
    account = _Account(card.discounts, free_tier, month, numbers)
    for key, given in (already_used or {}).items():
        account.had(card.rates[key], numbers.number(f"already_used.{key}", given))
    result: list[Charge] = []
    for usage in usages:
        rate = card.rates[usage.rate]
        used = named(
            numbers.in_unit(usage.amount, rate.per.unit),
            usage.component,
            f"{_last(rate.key)}_in_month",
            rate.per.unit.name,
        )
        result += _charges_of(usage, rate, used, account)
    return [*result, *account.unused_commitments()]


def _last(key: str) -> str:
    return key.rpartition(".")[2]


class _Account:
    """What the month has had so far: of each price (beside what was free), and of each free allowance; in pricing units."""

    def __init__(self, discounts: tuple[Discount, ...], free_tier: str, month: Number, numbers: Numbers) -> None:
        self.discounts, self.free_tier, self.month, self.numbers = discounts, free_tier, month, numbers
        self._priced: dict[str, Number] = {}
        self._drawn: dict[str, Number] = {}
        self._commitments: dict[str, _Commitment] = {}

    def had(self, rate: Rate, amount: Number) -> None:
        """Notes what came before all components, in base units."""
        used = self.numbers.in_unit(amount, rate.per.unit)
        free = self.free_of(rate, used)
        if free is not None:
            used = used - free
        for commitment in self._commitments_on(rate):
            used = used - commitment.cover(used)
        self.priced(rate, used)

    def free_of(self, rate: Rate, used: Number) -> Number | None:
        """How much of `used` the policy's allowances take off; None where it gives nothing."""
        free: Number | None = None
        for policy in FREE_TIERS[self.free_tier]:
            if policy in rate.free:
                left = used if free is None else used - free
                here = self._drawn_from(rate, rate.free[policy], left)
                free = here if free is None else free + here
        return free

    def _drawn_from(self, rate: Rate, given: Allowance, used: Number) -> Number:
        before = self._drawn.get(given.path)
        self._drawn[given.path] = used if before is None else before + used
        return _below(self._quantity(given, given.path, rate), used, before)

    def _quantity(self, given: Allowance, path: str, rate: Rate) -> Number:
        """A quantity of the month in pricing units; one of time is for every moment of it."""
        amount = self.numbers.number(path, given.given)
        return self.numbers.in_unit(amount * self.month if given.of_time else amount, rate.per.unit)  # type: ignore[no-any-return]

    def on(self, rate: Rate) -> list[Discount]:
        """The discounts on a price, in the card's order, beside commitments: from the last that is a price of its own on."""
        found = [discount for discount in self.discounts if discount.holds_for(rate.key) and discount.commitment is None]
        priced = [number for number, discount in enumerate(found) if discount.usd is not None]
        return found[priced[-1] :] if priced else found

    def committed(self, usage: MonthUsage, rate: Rate, used: Number) -> list[Charge]:
        """What commitments cover of `used`, at their price; each is drawn from by the components in their order."""
        charges = []
        for c in self._commitments_on(rate):
            covered = c.cover(used)
            used = used - covered
            list_price = _unit_price(self.numbers.number(f"rates.{rate.key}.1.usd", rate.tiers[0].usd), rate)
            of_month = _consumed(usage, covered, self.numbers.in_unit(usage.amount, rate.per.unit), rate, self.numbers)
            of = usage._replace(item=f"{usage.item}, {c.name}")
            cost = covered * c.unit_price
            charges.append(Charge(of, c.rate, 1, covered, 0.0, c.unit_price, cost, of_month, list_price, c.discounts))
            c.usages.append(usage)
        return charges

    def unused_commitments(self) -> list[Charge]:
        """What is paid for and not used, of commitments that something here could draw from."""
        charges = []
        for c in self._commitments.values():
            if c.usages:
                unused = larger(c.quantity - total(c.drawn), 0)
                usage = c.usages[0]._replace(item=f"{c.usages[0].item}, {c.name} not used", amount=0.0, consumed=0.0)
                cost, consumed = unused * c.unit_price, unused * 0  # a figure in every reading, like that of other charges
                charges.append(Charge(usage, c.rate, 1, unused, 0.0, c.unit_price, cost, consumed, 0.0, c.discounts))
        return charges

    def _commitments_on(self, rate: Rate) -> "list[_Commitment]":
        """The commitments that a price draws from, in the card's order."""
        found = []
        for number, discount in enumerate(self.discounts):
            if discount.commitment is not None and discount.holds_for(rate.key):
                if discount.path not in self._commitments:
                    off = [
                        later for later in self.discounts[number:] if later.share is not None and later.holds_for_all(discount)
                    ]
                    self._commitments[discount.path] = self._commitment(discount, discount.commitment, off, rate)
                found.append(self._commitments[discount.path])
        return found

    def _commitment(self, discount: Discount, of: Allowance, off: list[Discount], rate: Rate) -> "_Commitment":
        own = discount.committed_rate(rate)
        price = _unit_price(self.numbers.number(f"{discount.path}.usd", own.tiers[0].usd), own)
        quantity = self._quantity(of, f"{discount.path}.commitment", own)
        names = tuple(each.name for each in (discount, *off))
        return _Commitment(discount.name, own, quantity, _discounted(price, off, self.numbers), names, [], [])

    def priced(self, rate: Rate, used: Number) -> Number | None:
        """What components before this one had of the price, and notes what this one has; None for the first."""
        before = self._priced.get(rate.key)
        self._priced[rate.key] = used if before is None else before + used
        return before


class _Commitment(NamedTuple):
    """A commitment in the month: its quantity, its unit price after the `discounts` on it, what was `drawn`, and by what."""

    name: str
    rate: Rate
    quantity: Number
    unit_price: Number
    discounts: tuple[str, ...]
    drawn: list[Number]
    usages: list[MonthUsage]

    def cover(self, used: Number) -> Number:
        """How much of `used` it covers with what is left of it, which is then drawn."""
        covered = _below(self.quantity, used, total(self.drawn) if self.drawn else None)
        self.drawn.append(covered)
        return covered


def _charges_of(usage: MonthUsage, rate: Rate, used: Number, account: _Account) -> list[Charge]:
    """A charge for each tier."""
    numbers = account.numbers
    in_month = used
    free = account.free_of(rate, used)
    if free is not None:
        used = used - free
    lines = account.committed(usage, rate, used)
    for line in lines:
        used = used - line.quantity
    before = account.priced(rate, used)
    discounts = account.on(rate)
    below_lower: Number | None = None
    for number, tier in enumerate(rate.tiers, 1):
        path = f"rates.{rate.key}.{number}"
        below_upper = used
        if tier.up_to is not None:
            below_upper = _below(numbers.in_unit(numbers.number(f"{path}.up_to", tier.up_to), rate.per.unit), used, before)
        quantity = below_upper if below_lower is None else below_upper - below_lower
        quantity = named(quantity, usage.component, f"{_last(rate.key)}_in_tier_{number}", rate.per.unit.name)
        list_price = _unit_price(numbers.number(f"{path}.usd", tier.usd), rate)
        unit_price = _discounted(list_price, discounts, numbers)
        free_here = free if free is not None and number == 1 else 0.0
        consumed = _consumed(usage, quantity if free is None or number > 1 else quantity + free, in_month, rate, numbers)
        cost = quantity * unit_price
        names = tuple(discount.name for discount in discounts)
        lines.append(Charge(usage, rate, number, quantity, free_here, unit_price, cost, consumed, list_price, names))
        below_lower = below_upper
    return lines


def _discounted(price: Number, discounts: list[Discount], numbers: Numbers) -> Number:
    """The price after the discounts, each of them on what the ones before it left."""
    for discount in discounts:
        if discount.usd is not None and discount.per is not None:
            usd = numbers.number(f"{discount.path}.usd", discount.usd)
            price = usd if discount.per.block == 1 else usd / discount.per.block
        elif discount.share is not None:
            price = price * (1 - numbers.number(f"{discount.path}.percent", discount.share))
    return price


def _consumed(usage: MonthUsage, of: Number, in_month: Number, rate: Rate, numbers: Numbers) -> Number:
    """What was really used of a part of the priced amount: as large a part of all that was used."""
    if usage.consumed is usage.amount:
        return of
    share_of_month = of / larger(in_month, SMALLEST)
    return numbers.in_unit(usage.consumed, rate.per.unit) * share_of_month  # type: ignore[no-any-return]


def _below(bound: Number, amount: Number, before: Number | None) -> Number:
    """How much of `amount` still lies below a bound of the month, after what the month had `before`.

    No difference of sums: a small amount after a huge one keeps its digits, and nothing becomes negative.
    """
    return smaller(amount, bound if before is None else larger(bound - before, 0))


def _unit_price(usd: Number, rate: Rate) -> Number:
    return usd if rate.per.block == 1 else usd / rate.per.block


def list_costs(charges: list[Charge]) -> list[Number]:
    """What each of the charges would cost without discounts; nothing where none has a discount."""
    if not any(charge.discounts for charge in charges):
        return []
    return [charge.quantity * charge.list_price for charge in charges]


def block_price(charge: Charge) -> float:
    """What a block of the price's unit costs ("1000 requests"), after discounts."""
    return value_of(charge.unit_price) * charge.rate.per.block


def price_words(rate: Rate, number: int) -> str:
    """ "$0.029 per GB", as the card writes it."""
    return f"${rate.tiers[number - 1].usd.text.strip()} per {rate.per.text}"


def charged_words(charge: Charge) -> str:
    """The price of a charge: as the card writes it, or what discounts leave of it, with their names."""
    if not charge.discounts:
        return price_words(charge.rate, charge.tier)
    from decimal import Decimal

    price = f"{Decimal(f'{block_price(charge):.10g}'):f}"  # no exponent
    return f"${price} per {charge.rate.per.text} ({', '.join(charge.discounts)})"


def tier_words(rate: Rate, number: int) -> str:
    """ "first 500 TB", "next 1,500 TB", "over 2,000 TB"; "" for a rate without tiers."""
    if len(rate.tiers) == 1:
        return ""
    tier, before = rate.tiers[number - 1], rate.tiers[number - 2] if number > 1 else None
    if before is None or before.up_to is None:
        return f"first {_spoken(tier.up_to, rate)}"
    if tier.up_to is None:
        return f"over {_spoken(before.up_to, rate)}"
    return f"next {_spoken(tier.up_to, rate, minus=before)}"


def _spoken(bound: Given | None, rate: Rate, minus: Tier | None = None) -> str:
    assert bound is not None  # only the last tier is without a bound, and the card's reader saw to it
    value = bound.value - (minus.up_to.value if minus and minus.up_to else 0)
    if rate.per.unit.dimension == SIZE:
        unit = best_unit(value, SIZE)
        assert unit is not None
        return f"{value / unit.scale:,.10g} {unit.name}"
    return f"{value / rate.per.unit.scale:,.15g} {plural(rate.per.unit.name)}"
