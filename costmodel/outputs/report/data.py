"""What the report's script works with, as one JSON object: the book's inputs, its models, and what is said of them."""

import json
from typing import Any

from costmodel.book import Book
from costmodel.capacity.plans import Plan
from costmodel.charting import few_steps
from costmodel.inputs import Input
from costmodel.models import Model
from costmodel.outputs.bounds import allowed
from costmodel.outputs.charts.drawing import PALETTE
from costmodel.outputs.report.changed import changed_scenario
from costmodel.outputs.report.limits import checks_of, rules
from costmodel.outputs.report.lines import Estimate, key_of
from costmodel.outputs.report.page import Section, is_editable
from costmodel.outputs.report.values import forms_of
from costmodel.outputs.words import plural
from costmodel.quantities import Quantity
from costmodel.traffic import OFF_PEAK, PEAK, SOURCE_SCOPE
from costmodel.units import SMALLEST, SPOKEN, Unit


def as_json(book: Book, sections: list[Section], functions: list[str], plans: list[Plan]) -> str:
    """JSON that may stand within a script element. `functions` are those of the estimates, each once.

    Without `plans` it says nothing of limits.
    """
    numbers = {key: number for number, key in enumerate(book.inputs)}
    data = {
        "inputs": [_input(key, each) for key, each in book.inputs.items()],
        "models": [_model(e, s, numbers, functions) for s in sections for e in s.estimates],
        "patterns": {s.label: {"title": s.title, "services": [service for service, _ in s.services]} for s in sections},
        "palette": PALETTE,
        "smallest": SMALLEST,
        "units": {",".join(map(str, dimension)): _units(units) for dimension, units in SPOKEN.items()},
    }
    if plans:
        data["limits"] = rules(plans)
    return json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")


def _units(units: list[Unit]) -> list[dict[str, Any]]:
    return [{"name": unit.name, "scale": unit.scale, "per": unit.per} for unit in units]


def _input(key: str, each: Input) -> dict[str, Any]:
    """A number of the page, and what may become of it. `suffix` follows it in a file."""
    shown = {"key": key, "number": each.number, "text": each.given.text, "scale": each.unit.scale, "per": each.unit.per}
    if not is_editable(each.path):
        return shown
    bounds = {"least": each.least, "most": each.most, "above": each.above, "below": each.below}
    return {**shown, **bounds, "path": each.path, "suffix": each.suffix, "unit": each.unit.name, "allowed": allowed(each)}


def _model(estimate: Estimate, section: Section, numbers: dict[str, int], functions: list[str]) -> dict[str, Any]:
    page, script = estimate.page, estimate.script
    slots = script.slots
    result, traffic = page.result, page.model.scenario.traffic
    rows = {row.key: number for number, row in enumerate(section.rows)}
    services = [service for service, _ in section.services]
    changed = changed_scenario(page, numbers)
    list_costs = [slots.get(cost) for cost in result.list_costs or [None] * len(result.charges)]
    return {
        "pattern": page.pattern,
        "scenario": page.scenario,
        "title": estimate.title,
        "function": functions.index(script.function),
        "inputs": [numbers[key] for key in script.inputs],
        "forms": forms_of(slots),
        "given": {slot: script.inputs.index(page.keys[q.path]) for q, slot in slots.items() if q.path},
        "times": script.inputs.index(page.keys["traffic.times"]),
        "total": slots[result.total],
        "records": slots[result.metered.records],
        "rate": _named(slots, "rate"),
        "duration": _named(slots, "period_duration"),
        "flows": {edge: slots[flow] for edge, flow in result.metered.flows.items()},
        "charges": [
            {
                "row": rows[key_of(charge)],
                "service": services.index(charge.usage.service),
                "quantity": slots[charge.quantity],
                "free": slots[charge.free] if isinstance(charge.free, Quantity) else None,
                "consumed": slots[charge.consumed],
                "cost": slots[charge.cost],
                "list_cost": list_cost,
                "unit": charge.rate.per.unit.name,
                "units": plural(charge.rate.per.unit.name),
            }
            for charge, list_cost in zip(result.charges, list_costs, strict=True)
        ],
        "checks": checks_of(estimate),
        "busiest": _busiest(page.model) if _follows_the_peak(page.model) else None,
        "timeline": {**traffic.timeline._asdict(), "steps": few_steps(traffic.timeline.steps)},
        "scenario_text": changed.text,
        "settings": changed.settings,
        "beside": changed.beside,
        "command": estimate.command,
    }


def _follows_the_peak(model: Model) -> bool:
    """Whether a setting goes to whichever period is the busiest: its key says peak or off_peak, and no period is called so."""
    named = {period.name for period in model.scenario.traffic.steady}
    settings = [value for component in model.pattern.components for value in component.settings.values()]
    return any(key in (PEAK, OFF_PEAK) and key not in named for value in settings if isinstance(value, dict) for key in value)


def _busiest(model: Model) -> list[bool]:
    """Which periods settings for the peak went to."""
    weights = [period.weight.value for period in model.scenario.traffic.steady]
    return [weight == max(weights) for weight in weights]


def _named(slots: dict[Quantity, int], name: str) -> int:
    """Where a quantity of the traffic is that has a value for each period."""
    return next(slot for q, slot in slots.items() if q.scope == SOURCE_SCOPE and q.name == name and isinstance(q.value, tuple))
