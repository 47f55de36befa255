"""What an estimate returns: the bill of a month, its lines in FOCUS's words."""

from typing import TYPE_CHECKING, NamedTuple

from costmodel import services
from costmodel.components import SOURCE
from costmodel.flow import PeakLoad
from costmodel.rating import Charge, charged_words, tier_words
from costmodel.units import HOUR

if TYPE_CHECKING:
    import pandas as pd

    from costmodel.estimating import Result
    from costmodel.models import Model


class Line(NamedTuple):
    """A line of the bill: cost = pricing_quantity x unit_price, unrounded, in the bill's currency.

    unit_price is after the `discount`, if there is one, and list_unit_price before it.

    consumed_quantity is what was used, pricing_quantity what is priced after rounding up and after free_quantity, both
    of this tier. `rate` is the price's key in the rate card, `source` where it is published, `rate_code` the provider's
    own name of it where the card has that. `category` is FOCUS's ServiceCategory.
    """

    component: str
    service: str
    category: str
    description: str
    consumed_quantity: float
    consumed_unit: str
    pricing_quantity: float
    pricing_unit: str
    free_quantity: float
    tier: str | None
    unit_price: float
    cost: float
    rate: str
    rate_code: str | None
    source: str
    price: str
    list_unit_price: float
    discount: str | None

    @property
    def list_cost(self) -> float:
        """What the line costs without its discount."""
        return self.pricing_quantity * self.list_unit_price


class Bill(NamedTuple):
    """A month's cost before tax, at list prices less the card's discounts.

    `fixed` is what it would cost without traffic; `records` come in over the month. `notes` are what a reader must know.
    """

    pattern: str
    pattern_title: str
    scenario: str
    scenario_title: str
    rate_card: str
    provider: str
    region: str
    as_of: str
    currency: str
    free_tier: str
    month_hours: float
    records: float
    fixed: float
    lines: tuple[Line, ...]
    loads: tuple[PeakLoad, ...]
    not_priced: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def total(self) -> float:
        return sum(line.cost for line in self.lines)

    @property
    def list_total(self) -> float:
        """The total without discounts."""
        return sum(line.list_cost for line in self.lines)

    @property
    def discounted(self) -> bool:
        """Whether something is taken off the list price of a line."""
        return any(line.discount for line in self.lines)

    @property
    def per_million_records(self) -> float | None:
        """None where no records come in."""
        return self.total / self.records * 1_000_000 if self.records else None

    def to_frame(self) -> "pd.DataFrame":
        """The lines as a pandas DataFrame: one row each, the columns named as the fields of Line."""
        import pandas as pd

        return pd.DataFrame(list(self.lines), columns=list(Line._fields))


def bill_of(model: "Model", result: "Result", fixed: float, fills: bool) -> Bill:
    """The bill of a model's run on floats; lines on which nothing was used are left out.

    `fills`: what is kept for a time is another amount in the first month than later.
    """
    scenario, pattern, card = model.scenario, model.pattern, model.card
    categories = {component.name: component.service.category for component in pattern.components}
    lines = tuple(line for charge in result.charges if (line := _line(charge, categories)) is not None)
    loads = tuple(result.metered.loads)
    return Bill(
        pattern=pattern.name,
        pattern_title=pattern.title,
        scenario=scenario.name,
        scenario_title=scenario.title,
        rate_card=card.name,
        provider=card.provider,
        region=card.region,
        as_of=card.as_of,
        currency=card.currency,
        free_tier=model.free_tier,
        month_hours=scenario.month.value / HOUR,
        records=result.metered.records,
        fixed=fixed,
        lines=lines,
        loads=loads,
        not_priced=pattern.not_priced,
        notes=(*notices(model), *_notes(model, fills)),
    )


def _notes(model: "Model", fills: bool) -> list[str]:
    """What a reader should know of the wiring, of how long things are stored, and of what else the account uses."""
    components = model.pattern.components
    words = []
    if not any(edge.origin == SOURCE for component in components for edge in component.edges):
        words.append("No component has the input 'source': the scenario's records go nowhere.")
    if fills and model.after is not None:
        words.append(f"Month {model.after.value:g}: what is kept for a time is stored as it is then.")
    elif fills:
        words.append("What is kept for a time is stored in full; --after '1 month' is the bill of the first month.")
    if model.already_used:
        used = ", ".join(f"{given.text} of {key}" for key, given in model.already_used.items())
        words.append(f"The account already uses {used}: tiers and free quantities begin after that.")
    return words


def notices(model: "Model") -> tuple[str, ...]:
    """What AWS has withdrawn of what is built, and how the traffic was read."""
    used = {component.service.key: component.service for component in model.pattern.components}
    return (*filter(None, map(services.notice, used.values())), *model.scenario.traffic.notes)


def _line(charge: Charge, categories: dict[str, str]) -> Line | None:
    """The line of a charge; None where nothing was used.

    `categories` has the category of each component's service.
    """
    usage, rate = charge.usage, charge.rate
    if charge.quantity + charge.free <= 0:
        return None
    unit = rate.per.unit
    return Line(
        component=usage.component,
        service=usage.service,
        category=categories[usage.component],
        description=usage.item,
        consumed_quantity=charge.consumed,
        consumed_unit=unit.name,
        pricing_quantity=charge.quantity,
        pricing_unit=unit.name,
        free_quantity=charge.free,
        tier=tier_words(rate, charge.tier) or None,
        unit_price=charge.unit_price,
        cost=charge.cost,
        rate=rate.key,
        rate_code=rate.tiers[charge.tier - 1].rate_code or None,
        source=rate.source,
        price=charged_words(charge),
        list_unit_price=charge.list_price,
        discount=", ".join(charge.discounts) or None,
    )
