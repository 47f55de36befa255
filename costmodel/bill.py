"""What an estimate returns: the bill of a month, its lines in FOCUS's words."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from costmodel.flow import PeakLoad
from costmodel.pattern import SOURCE, Pattern
from costmodel.rating import Charge, price_words, tier_words
from costmodel.units import HOUR

if TYPE_CHECKING:
    import pandas as pd

    from costmodel.estimating import Result
    from costmodel.models import Model


@dataclass(frozen=True)
class Line:
    """A line of the bill: cost = pricing_quantity x unit_price, unrounded, in the bill's currency.

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


@dataclass(frozen=True)
class Bill:
    """A month's list cost before tax. `fixed` is what it would cost without traffic; `records` come in over the month."""

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
    def per_million_records(self) -> float | None:
        """None where no records come in."""
        return self.total / self.records * 1_000_000 if self.records else None

    def to_frame(self) -> "pd.DataFrame":
        """The lines as a pandas DataFrame: one row each, the columns named as the fields of Line."""
        import pandas as pd

        return pd.DataFrame([vars(line) for line in self.lines], columns=list(Line.__dataclass_fields__))


def bill_of(model: "Model", result: "Result", fixed: float) -> Bill:
    """The bill of a model's run on floats; lines on which nothing was used are left out."""
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
        notes=(*scenario.traffic.notes, *_notes(pattern)),
    )


def _notes(pattern: Pattern) -> list[str]:
    """What of the wiring a reader should know."""
    if any(edge.origin == SOURCE for component in pattern.components for edge in component.edges):
        return []
    return ["No component has the input 'source': the scenario's records go nowhere."]


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
        price=price_words(rate, charge.tier),
    )
