"""Estimates as JSON: one object, or a list of several. Numbers are unrounded; schemas/estimate.schema.json describes it."""

import json
from typing import Any

from costmodel.published.statement import Statement

_LINE = [
    "component",
    "service",
    "description",
    "consumed_quantity",
    "consumed_unit",
    "pricing_quantity",
    "pricing_unit",
    "free_quantity",
    "tier",
    "unit_price",
    "cost",
    "list_unit_price",
    "list_cost",
    "discount",
    "rate",
    "source",
]


def render(statements: list[Statement], width: int) -> str:
    objects = [as_object(statement) for statement in statements]
    return json.dumps(objects[0] if len(objects) == 1 else objects, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def as_object(statement: Statement) -> dict[str, Any]:
    bill = statement.bill
    return {
        "pattern": bill.pattern,
        "scenario": bill.scenario,
        "rate_card": bill.rate_card,
        "region": bill.region,
        "as_of": bill.as_of,
        "free_tier": bill.free_tier,
        "currency": bill.currency,
        "basis": statement.basis,
        "month_hours": bill.month_hours,
        "records": bill.records,
        "total": statement.total,
        "corrected_total": statement.corrected_total,
        "printed_total": statement.printed_total,
        "list_total": bill.list_total,
        "per_million_records": statement.per_million_records,
        "fixed": bill.fixed,
        "lines": [{key: getattr(line, key) for key in _LINE} for line in bill.lines],
        "not_priced": list(bill.not_priced),
        "notes": list(bill.notes),
        "errata": [{"id": erratum.id, "amount": amount} for erratum, amount in statement.errata],
    }
