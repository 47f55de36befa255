"""--format focus, and what both CSV formats keep from a spreadsheet. The rules are those of FOCUS 1.2, focus.finops.org."""

import csv
import io
import re
from pathlib import Path

import pytest

from costmodel import estimate, services
from costmodel.library import Library
from costmodel.outputs.spreadsheets import as_text

PATTERNS = Library(environment=False).names("patterns")
# specification/columns/servicecategory.md, version 1.2
CATEGORIES = """AI and Machine Learning, Analytics, Business Applications, Compute, Databases, Developer Tools, Identity,
Integration, Internet of Things, Management and Governance, Media, Migration, Mobile, Multicloud, Networking, Other, Security,
Storage, Web""".replace("\n", " ").split(", ")
NUMBERS = ("ConsumedQuantity", "ListCost", "ListUnitPrice", "PricingQuantity", "x_FreeQuantity")
# specification/attributes/unit_format.md: sizes as abbreviations, time and other nouns capitalized, the last one plural.
UNITS = {"GB", "GB-Months", "GB-Seconds", "KPU-Hours", "RCU-Hours", "WCU-Hours", "Minutes", "Requests", "Messages"}
UNITS |= {"Triggers", "Actions"}


def rows(run, *arguments, form="focus"):
    result = run("estimate", *arguments, "--format", form)
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(io.StringIO(result.stdout)))


@pytest.mark.parametrize("key", services.keys())
def test_every_service_has_a_category_of_focus(key):
    assert services.find(key).category in CATEGORIES


def test_columns_are_focus_s_and_then_ours_each_in_alphabetical_order(run):
    names = list(rows(run, "-p", "itl", "-s", "large")[0])
    ours = [name for name in names if name.startswith("x_")]
    assert names == sorted(set(names) - set(ours)) + sorted(ours)
    assert {"BillingCurrency", "ChargeCategory", "ChargeDescription", "ChargePeriodEnd", "ChargePeriodStart"} <= set(names)
    assert {"ConsumedUnit", "PricingUnit", "ProviderName", "RegionId", "ServiceCategory", "ServiceName"} <= set(names)
    assert {"SkuPriceId", *NUMBERS, "x_Pattern", "x_Scenario", "x_Component", "x_RateCard", "x_Tier"} <= set(names)


def test_a_row_by_hand(run):
    """4,320,000,000 records of 1 KB, each billed as 5 KB, at $0.029 per GB; June of 720 hours ends with the first of July."""
    row = rows(run, "-p", "itl", "-s", "large")[0]
    assert row["ServiceName"] == "Amazon Kinesis Data Firehose"
    assert (row["ServiceCategory"], row["ProviderName"], row["RegionId"]) == ("Analytics", "AWS", "us-east-1")
    assert (row["BillingCurrency"], row["ChargeCategory"]) == ("USD", "Usage")
    assert (row["ChargePeriodStart"], row["ChargePeriodEnd"]) == ("2018-06-01T00:00:00Z", "2018-07-01T00:00:00Z")
    assert row["ChargeDescription"] == "Data ingested, first 500 TB (ingest): $0.029 per GB"
    assert float(row["ConsumedQuantity"]) == pytest.approx(4.32e9 / 1024**2)
    assert float(row["PricingQuantity"]) == pytest.approx(5 * 4.32e9 / 1024**2)
    assert (row["ConsumedUnit"], row["PricingUnit"], row["ListUnitPrice"]) == ("GB", "GB", "0.029")
    assert float(row["ListCost"]) == pytest.approx(5 * 4.32e9 / 1024**2 * 0.029)
    assert row["SkuPriceId"] == ""  # null: the card has no rate codes
    ours = ("x_Pattern", "x_Scenario", "x_Component", "x_RateCard", "x_Tier", "x_FreeQuantity")
    assert [row[name] for name in ours] == ["itl", "large", "ingest", "aws/us-east-1/2018-06", "first 500 TB", "0"]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_rows_add_up_and_are_as_focus_writes_values(run, pattern):
    table = rows(run, "-p", pattern)
    for scenario in ("small", "medium", "large"):
        costs = [float(row["ListCost"]) for row in table if row["x_Scenario"] == scenario]
        assert sum(costs) == pytest.approx(estimate(pattern, scenario).total, rel=1e-12)
    for row in table:
        assert float(row["ListUnitPrice"]) * float(row["PricingQuantity"]) == pytest.approx(float(row["ListCost"]), rel=1e-12)
        assert all(re.fullmatch(r"\d+(\.\d+)?", row[name]) for name in NUMBERS), "no exponent, no comma, no sign"
        assert {row["ConsumedUnit"], row["PricingUnit"]} <= UNITS
        assert row["ServiceCategory"] in CATEGORIES


def test_the_charge_period_is_as_long_as_the_month(run, tmp_path):
    (tmp_path / "slow.yaml").write_text("version: 1\ntitle: Slow\ntraffic: {peak_rate: 1/s, record_size: 1 KB}\nmonth: 730.5 h\n")
    assert rows(run, "-p", "itl", "-s", "slow.yaml")[0]["ChargePeriodEnd"] == "2025-07-17T10:30:00Z"
    (tmp_path / "last.yaml").write_text("version: 1\nextends: aws/us-east-1/2018-06\nas_of: 9999-12-31\n")
    result = run("estimate", "-p", "itl", "-s", "large", "--rates", "last.yaml", "--format", "focus")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "9999-12-31" in result.stderr


def test_a_known_rate_code_is_the_sku_price_of_its_tier(run):
    """512,000 GB are in the first tier, which has a code, the rest in the next, which has none."""
    code = "rates.firehose.ingested.1.rate_code=5Z9T.JRTC.6YS6"
    table = rows(run, "-p", "itl", "-s", "large", "--set", "traffic.peak_rate=200000/s", "--set", code)
    ingested = [row for row in table if row["x_Component"] == "ingest"]
    assert [row["SkuPriceId"] for row in ingested] == ["5Z9T.JRTC.6YS6", ""]
    assert float(ingested[0]["PricingQuantity"]) == 512_000


def test_free_quantities_are_not_priced(run):
    """Lambda's million free requests of 4.32e9 / 1446.875 invocations (whitepaper, table 4)."""
    table = rows(run, "-p", "itl", "-s", "large", "--free-tier", "always")
    row = next(row for row in table if row["ChargeDescription"].startswith("Requests (enrich)"))
    assert row["x_FreeQuantity"] == "1000000"
    assert float(row["PricingQuantity"]) == pytest.approx(4.32e9 / 1446.875 - 1e6)
    assert float(row["ConsumedQuantity"]) == pytest.approx(4.32e9 / 1446.875)


@pytest.mark.parametrize("form", ["csv", "focus", "markdown"])
def test_only_the_corrected_basis_outside_of_table_and_json(run, form):
    text = run("estimate", "-p", "analytics", "-s", "large", "--format", form).stdout
    assert text == run("estimate", "-p", "analytics", "-s", "large", "--format", form, "--basis", "corrected").stdout
    assert "erratum" not in text
    assert "rinted" not in text
    assert "1,312.05" not in text  # table 5's total
    result = run("estimate", "-p", "analytics", "-s", "large", "--format", form, "--basis", "printed")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "table and json" in result.stderr


@pytest.mark.parametrize("form", ["csv", "focus"])
@pytest.mark.parametrize("name", ["=cmd", "+1", "-1+1", "@SUM(A1)", "\t=1"])
def test_no_name_becomes_a_formula(run, tmp_path, name, form):
    (tmp_path / f"{name}.yaml").write_text("version: 1\nextends: itl\n")
    (tmp_path / "scenario").mkdir()
    (tmp_path / "scenario" / f"{name}.yaml").write_text("version: 1\nextends: large\n")
    table = rows(run, f"--pattern={name}.yaml", "-s", f"scenario/{name}.yaml", form=form)
    heads = ("x_Pattern", "x_Scenario") if form == "focus" else ("pattern", "scenario")
    assert {row[head] for row in table for head in heads} == {f"'{name}"}
    assert not any(value.startswith(("=", "+", "-", "@", "\t")) for row in table for value in row.values())


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx", "\nx", " =1", "\n=1"])
def test_a_text_that_a_spreadsheet_would_compute_is_kept_a_text(text):
    assert as_text(text) == f"'{text}"


@pytest.mark.parametrize("value", [-1.5, -2, 0.0, None, "", "a=b", "x-y", "'=1", "first 500 TB"])
def test_numbers_and_other_texts_stay_as_they_are(value):
    assert as_text(value) is value


def test_a_commitment_has_no_code_of_the_price_list(run):
    """Its price stands in a contract."""
    discounted = Path(__file__).parent.parent / "docs" / "examples" / "discounted.yaml"
    for row in rows(run, "-p", "itl", "-s", "large", "--rates", discounted):
        committed = row["x_Discount"] == "Reserved capacity"
        assert bool(row["SkuPriceId"]) != committed, row["ChargeDescription"]
        assert float(row["ContractedCost"]) == pytest.approx(float(row["PricingQuantity"]) * float(row["ContractedUnitPrice"]))
