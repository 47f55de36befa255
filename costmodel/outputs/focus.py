"""Estimates as a FOCUS 1.2 dataset, in CSV: a row for each line, FOCUS's columns and then our own, both in alphabetical order.

An estimate is of a nominal month: its charge period begins on the day of the rate card and is as long as the month.
What FOCUS calls null is an empty field; numbers are unrounded and, as FOCUS wants it, without exponents.
The specification: https://focus.finops.org/focus-specification/v1-2/
"""

import csv
import io
from decimal import Decimal

from costmodel.bill import Bill, Line
from costmodel.errors import InputError
from costmodel.outputs.lines import line_words
from costmodel.outputs.spreadsheets import as_text
from costmodel.published.statement import Statement
from costmodel.units import plural

_PROVIDERS = {"aws": "AWS"}
# Base units that FOCUS writes in one form only; the others are capitalized nouns, the last of them in the plural.
_SIZES = ("KB", "MB", "GB", "TB")

COLUMNS = (
    "BillingCurrency",
    "ChargeCategory",
    "ChargeDescription",
    "ChargePeriodEnd",
    "ChargePeriodStart",
    "ConsumedQuantity",
    "ConsumedUnit",
    "ContractedCost",
    "ContractedUnitPrice",
    "ListCost",
    "ListUnitPrice",
    "PricingQuantity",
    "PricingUnit",
    "ProviderName",
    "RegionId",
    "ServiceCategory",
    "ServiceName",
    "SkuPriceId",
    "x_Component",
    "x_Discount",
    "x_FreeQuantity",
    "x_Pattern",
    "x_RateCard",
    "x_Scenario",
    "x_Tier",
)


def render(statements: list[Statement], width: int) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for statement in statements:
        start, end = _period(statement.bill)
        for line in statement.bill.lines:
            period = {"ChargePeriodStart": start, "ChargePeriodEnd": end}
            row = {**period, **_of_bill(statement.bill), **_of_line(line)}
            writer.writerow({column: _field(value) for column, value in row.items()})
    return text.getvalue()


def _of_bill(bill: Bill) -> dict[str, str]:
    return {
        "BillingCurrency": bill.currency,
        "ChargeCategory": "Usage",
        "ProviderName": _PROVIDERS[bill.provider],
        "RegionId": bill.region,
        "x_Pattern": bill.pattern,
        "x_RateCard": bill.rate_card,
        "x_Scenario": bill.scenario,
    }


def _of_line(line: Line) -> dict[str, str | float | None]:
    return {
        "ChargeDescription": f"{line_words(line, several=True)}: {line.price}",
        "ConsumedQuantity": line.consumed_quantity,
        "ConsumedUnit": _unit(line.consumed_unit),
        "ContractedCost": line.cost,
        "ContractedUnitPrice": line.unit_price,
        "ListCost": line.list_cost,
        "ListUnitPrice": line.list_unit_price,
        "PricingQuantity": line.pricing_quantity,
        "PricingUnit": _unit(line.pricing_unit),
        "ServiceCategory": line.category,
        "ServiceName": line.service,
        "SkuPriceId": line.rate_code,
        "x_Component": line.component,
        "x_Discount": line.discount,
        "x_FreeQuantity": line.free_quantity,
        "x_Tier": line.tier,
    }


def _period(bill: Bill) -> tuple[str, str]:
    """The inclusive start and the exclusive end of the nominal month."""
    from datetime import datetime, timedelta

    start = datetime.fromisoformat(bill.as_of)
    try:
        end = start + timedelta(hours=bill.month_hours)
    except OverflowError:
        raise InputError(f"the rate card {bill.rate_card} is of {bill.as_of}, after which there is no month") from None
    return f"{start.isoformat(timespec='seconds')}Z", f"{end.isoformat(timespec='seconds')}Z"


def _unit(name: str) -> str:
    """A unit in FOCUS's format: "GB", "GB-Months", "KPU-Hours", "Requests"."""
    *before, last = (word if word in _SIZES else word[:1].upper() + word[1:] for word in name.split("-"))
    return "-".join([*before, last if last in _SIZES else plural(last)])


def _field(value: str | float | None) -> object:
    if isinstance(value, float):
        digits = f"{Decimal(repr(value)):f}"
        return digits.rstrip("0").rstrip(".") if "." in digits else digits
    return "" if value is None else as_text(value)
