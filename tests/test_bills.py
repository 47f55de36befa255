"""Worked bills: what AWS's pricing pages come to by hand (bills/*.yaml); published examples are in test_accuracy.py.

A bill has a pattern's components, the traffic, optionally the month, the rate card (2018's where left out), changes and free
tier, and the lines it must have.
Numbers may be written as arithmetic ("100 * 0.029"). `printed` is the source's figure, to the cent.
"""

import re
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
import yaml

from costmodel import estimate, services

CARD = "aws/us-east-1/2018-06"
FOLDER = Path(__file__).parent / "bills"
BILLS = [bill for file in sorted(FOLDER.glob("*.yaml")) for bill in yaml.safe_load(file.read_text(encoding="utf-8"))]
KEYS = {"bill", "source", "pattern", "traffic", "month", "rates", "changes", "free_tier", "lines", "total", "printed"}
LINE_KEYS = {"component", "item", "tier", "consumed", "quantity", "free", "cost"}


def number(written) -> float:
    """A number, or arithmetic on numbers."""
    text = str(written)
    assert re.fullmatch(r"[\d.e+\-*/() ]+", text), f"'{text}' is not arithmetic"
    return float(eval(text))


def estimated(bill, folder: Path):
    pattern = {"version": 1, "title": bill["bill"], "components": bill["pattern"]}
    scenario = {"version": 1, "title": bill["bill"], "traffic": bill["traffic"]}
    scenario |= {"month": bill["month"]} if "month" in bill else {}
    for name, content in (("pattern", pattern), ("scenario", scenario)):
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return estimate(
        str(folder / "pattern.yaml"),
        str(folder / "scenario.yaml"),
        rates=bill.get("rates", CARD),
        changes=bill.get("changes"),
        free_tier=bill.get("free_tier", "none"),
    )


def exactly(expected: float):
    return pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("bill", BILLS, ids=lambda bill: bill["bill"])
def test_the_bill_is_what_its_source_says(bill, tmp_path):
    result = estimated(bill, tmp_path)
    assert [(line.component, line.description) for line in result.lines] == [
        (line["component"], line["item"]) for line in bill["lines"]
    ]
    for line, expected in zip(result.lines, bill["lines"], strict=True):
        assert line.pricing_quantity == exactly(number(expected["quantity"])), expected
        assert line.cost == exactly(number(expected["cost"])), expected
        assert line.free_quantity == exactly(number(expected.get("free", 0))), expected
        assert line.tier == expected.get("tier", line.tier)
        if "consumed" in expected:
            assert line.consumed_quantity == exactly(number(expected["consumed"])), expected
    costs = sum(number(line["cost"]) for line in bill["lines"])
    assert result.total == exactly(number(bill.get("total", costs)))
    assert result.total == exactly(costs)


PRINTED = [bill for bill in BILLS if "printed" in bill]


@pytest.mark.parametrize("bill", PRINTED, ids=lambda bill: bill["bill"])
def test_the_total_is_what_the_source_prints_to_the_cent(bill, tmp_path):
    total = estimated(bill, tmp_path).total
    assert Decimal(repr(total)).quantize(Decimal("0.01"), ROUND_HALF_UP) == Decimal(str(bill["printed"]))


@pytest.mark.parametrize("bill", BILLS, ids=lambda bill: bill["bill"])
def test_the_bill_says_where_it_is_from_and_what_it_expects(bill):
    assert bill["source"].strip()
    assert set(bill) <= KEYS
    assert bill["lines"]
    assert "total" in bill or "printed" in bill or all("*" in str(line["cost"]) for line in bill["lines"])
    for line in bill["lines"]:
        assert set(line) <= LINE_KEYS


@pytest.mark.parametrize("key", services.keys())
def test_every_service_has_a_worked_bill_with_a_cost(key):
    """The service's own file: a bill of which one of its components has a line that costs something."""
    bills = yaml.safe_load((FOLDER / f"{key}.yaml").read_text(encoding="utf-8"))
    costing = {
        line["component"]
        for bill in bills
        for line in bill["lines"]
        if bill["pattern"][line["component"]]["service"] == key
        if number(line["cost"]) > 0
    }
    assert costing


def test_no_two_bills_have_one_name():
    names = [bill["bill"] for bill in BILLS]
    assert len(set(names)) == len(names)
