"""costmodel estimate: what it shows, in which format, and what its options change."""

import csv
import io
import json
import re

import jsonschema
import pytest

from costmodel.library import Library
from costmodel.schemas import schema

LIBRARY = Library(environment=False)
PATTERNS = LIBRARY.names("patterns")
SCENARIOS = LIBRARY.names("scenarios")
ONE_RECORD_A_SECOND = """\
version: 1
title: Slow
traffic: {peak_rate: 1/s, record_size: 1 KB}
month: 720 h
"""
# Counted by hand for itl and large: 5,000/s for 4 h and 1,000/s for 20 h of 30 days.
RECORDS = 30 * 3600 * (4 * 5000 + 20 * 1000)
FIREHOSE = RECORDS * 5 * 1024 / 1024**3 * 0.029
STORED = RECORDS * 1024 * 1.0204928258789 * 0.25 / 1024**3
OBJECTS = RECORDS * 1024 / (100 * 1024**2)
INVOCATIONS = RECORDS / 1446.875
GB_SECONDS = INVOCATIONS * 0.27625 * 1.5


def as_json(run, *arguments, **environment):
    result = run("estimate", *arguments, "--format", "json", **environment)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def lines_by_rate(bill):
    return {f"{line['component']}.{line['rate'].rpartition('.')[2]}": line for line in bill["lines"]}


def test_a_printed_estimate_shows_both_totals(run):
    text = run("estimate", "--pattern", "itl", "--scenario", "large").stdout.splitlines()
    printed = next(n for n, line in enumerate(text) if line.startswith("Total per month, as printed in table 4"))
    assert text[printed].endswith(" $672.06")
    assert re.fullmatch(r"Corrected total +\$672\.05", text[printed + 1])
    assert any(line.startswith("erratum s3-calculator:") and line.endswith("$0.0055") for line in text)
    assert any(re.fullmatch(r"  Data ingested.* 20,599\.37 GB billed +\$0\.029 per GB +\$597\.38", line) for line in text)
    assert any("for 4,119.87 GB" in line for line in text)


def test_analytics_large(run):
    text = run("estimate", "-p", "analytics", "-s", "large").stdout
    assert re.search(r"^Total per month, as printed in table 5 +\$1,312\.05\nCorrected total +\$759\.77$", text, re.MULTILINE)
    text = run("estimate", "-p", "analytics", "-s", "large", "--basis", "corrected").stdout
    assert re.search(r"^Total per month, corrected +\$759\.77\nAs printed in table 5 +\$1,312\.05$", text, re.MULTILINE)


def test_measures(run):
    text = run("estimate", "-p", "itl", "-s", "large").stdout.lower()
    assert re.search(r"^ *per million records +\$0\.1556$", text, re.MULTILINE)  # 672.0545 / 4,320
    assert re.search(r"^ *per year .* +\$8,064\.65$", text, re.MULTILINE)  # 672.0545 x 12
    assert re.search(r"^ *fixed, .* +\$4\.68$", text, re.MULTILINE)  # 50 x 720 x 0.00013
    assert re.search(r"^ *grows with traffic +\$667\.37$", text, re.MULTILINE)  # 672.0545 - 4.68


def test_without_a_scenario_those_of_the_pattern_stand_side_by_side(run):
    text = run("estimate", "-p", "sensor").stdout
    assert re.search(r"^ +Small +Medium +Large$", text, re.MULTILINE)
    assert re.search(
        r"^Total per month, as printed in table 3 +\$388\.28 +\$3,843\.43 +\$18,535\.32\n"
        r"Corrected total +\$388\.61 +\$3,843\.64 +\$18,535\.32$",
        text,
        re.MULTILINE,
    )


def test_two_scenarios_stand_side_by_side_in_the_order_asked_for(run):
    bills = as_json(run, "-p", "itl", "-s", "large", "-s", "small")
    assert [bill["scenario"] for bill in bills] == ["large", "small"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("-p", "clickstream", "-s", "large"),
        ("-p", "itl", "-s", "large", "--set", "ingest.buffer_size=64 MB"),
        ("-p", "itl", "-s", "large", "--set", "ingest.buffer_size=100 MB"),
        ("-p", "itl", "-s", "large", "--free-tier", "always"),
        ("-p", "itl", "-s", "large", "--rates", "card.yaml"),
        ("-p", "itl", "-s", "slow.yaml"),
        ("-p", "copy.yaml", "-s", "large"),
    ],
)
def test_the_printed_basis_is_only_for_what_the_paper_prints(run, tmp_path, arguments):
    (tmp_path / "slow.yaml").write_text(ONE_RECORD_A_SECOND)
    (tmp_path / "card.yaml").write_text("version: 1\nextends: aws/us-east-1/2018-06\n")
    (tmp_path / "copy.yaml").write_text("version: 1\nextends: itl\n")
    result = run("estimate", *arguments, "--basis", "printed")
    assert result.exit_code == 2
    assert "the paper prints no estimate of" in result.stderr
    assert result.stdout == ""
    bill = as_json(run, *arguments)
    assert (bill["basis"], bill["printed_total"], bill["errata"]) == ("corrected", None, [])


@pytest.mark.parametrize(("budget", "over"), [("600", "$72.05 over $600.00"), ("672.05", "$0.0045 over $672.05")])
def test_over_budget(run, budget, over):
    """The corrected total is $672.0545."""
    result = run("estimate", "-p", "itl", "-s", "large", "--budget", budget)
    assert result.exit_code == 1
    assert result.stderr == f"over budget: large costs $672.05 a month, {over}\n"
    assert "Total per month, corrected" in result.stdout


@pytest.mark.parametrize("budget", ["672.0549", "$1,000", "1e6"])
def test_within_budget(run, budget):
    """672.0549 is under the printed total of 672.06: it is the corrected one that counts."""
    result = run("estimate", "-p", "itl", "-s", "large", "--budget", budget)
    assert (result.exit_code, result.stderr) == (0, "")


def test_each_scenario_is_held_to_the_budget(run):
    result = run("estimate", "-p", "itl", "--budget", "100")
    assert result.exit_code == 1
    assert [line.split()[2] for line in result.stderr.splitlines()] == ["medium", "large"]


@pytest.mark.parametrize("budget", ["abc", "-1", "nan", "inf", ""])
def test_wrong_budget(run, budget):
    result = run("estimate", "-p", "itl", "-s", "large", "--budget", budget)
    assert result.exit_code == 2
    assert "is not an amount of money" in result.stderr


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("pattern", PATTERNS)
def test_json_is_of_its_schema_and_adds_up(run, pattern, scenario):
    bill = as_json(run, "-p", pattern, "-s", scenario)
    jsonschema.validate(bill, schema("estimate"))
    assert sum(line["cost"] for line in bill["lines"]) == pytest.approx(bill["corrected_total"], rel=1e-12)
    everything = bill["corrected_total"] + sum(erratum["amount"] for erratum in bill["errata"])
    assert everything == pytest.approx(bill["total"], rel=1e-12)
    for line in bill["lines"]:
        assert line["cost"] == pytest.approx(line["pricing_quantity"] * line["unit_price"], rel=1e-12)
    assert bill["per_million_records"] == pytest.approx(bill["total"] / bill["records"] * 1e6, rel=1e-12)
    assert bill["list_total"] == bill["corrected_total"]
    assert bill["fixed"] <= bill["corrected_total"]
    assert (bill["printed_total"] is None) == (pattern == "clickstream")


def test_several_estimates_are_a_list(run):
    bills = as_json(run, "-p", "itl")
    jsonschema.validate(bills, schema("estimate"))
    assert [bill["scenario"] for bill in bills] == ["small", "medium", "large"]


@pytest.fixture
def half_price(tmp_path):
    """A card with half off everything, and a scenario that is at it."""
    (tmp_path / "half.yaml").write_text("version: 1\nextends: aws/us-east-1/2018-06\ndiscounts: [{name: Half, percent: 50%}]\n")
    (tmp_path / "cheap.yaml").write_text("version: 1\nextends: large\ntitle: Cheap\nrates: half.yaml\n")


def test_list_total_is_without_discounts(run, half_price):
    bill = as_json(run, "-p", "itl", "-s", "large", "--rates", "half.yaml")
    jsonschema.validate(bill, schema("estimate"))
    assert (bill["total"], bill["list_total"]) == (pytest.approx(336.0273, abs=5e-5), pytest.approx(672.0545, abs=5e-5))


def test_discounted_and_list_prices_side_by_side(run, half_price):
    """Half of 672.0545 are 336.0273."""
    text = run("estimate", "-p", "itl", "-s", "large", "-s", "cheap.yaml").stdout
    assert re.search(r"^At list prices, without discounts +\$672\.05 +\$672\.05$", text, re.MULTILINE)
    assert re.search(r"^Total per month, corrected +\$672\.05 +\$336\.03$", text, re.MULTILINE)
    assert "\nLarge: list prices of 2018-06-01 (aws/us-east-1/2018-06)" in text
    assert "\nCheap: discounted prices of 2018-06-01 (half)" in text
    markdown = run("estimate", "-p", "itl", "-s", "large", "-s", "cheap.yaml", "--format", "markdown").stdout
    assert "| At list prices, without discounts | $672.05 | $672.05 |" in markdown


def test_what_is_billed_is_not_said_twice(run):
    """4.32e9 records of 5,119 bytes are 20,595.34 GB, billed as 5 KB each; of 5,119.99999 bytes no shown digit differs."""
    text = run("estimate", "-p", "itl", "-s", "large", "--set", "traffic.record_size=5119 bytes").stdout
    assert re.search(r"20,599\.37 GB billed +\$0\.029 per GB .*\n +500 TB +for 20,595\.34 GB", text)
    assert "billed" not in run("estimate", "-p", "itl", "-s", "large", "--set", "traffic.record_size=5119.99999 bytes").stdout


def test_units_are_in_the_plural(run, tmp_path):
    (tmp_path / "p.yaml").write_text(
        "version: 1\ntitle: T\ncomponents:\n  one: {service: kms, keys: 1}\n  watched: {service: cloudwatch, metrics: 40}\n"
    )
    text = run("estimate", "-p", "p.yaml", "-s", "small", "--rates", "aws/us-east-1/2025-06").stdout
    assert re.search(r" 1 key-month +\$1\.00 per key-month ", text)
    assert re.search(r" 40 metric-months +\$0\.30 per ", text)


def test_json_has_what_was_asked_for(run):
    bill = as_json(run, "-p", "itl", "-s", "large")
    head = {key: bill[key] for key in ("pattern", "scenario", "rate_card", "currency", "basis", "month_hours", "records")}
    assert head == {
        "pattern": "itl",
        "scenario": "large",
        "rate_card": "aws/us-east-1/2018-06",
        "currency": "USD",
        "basis": "printed",
        "month_hours": 720,
        "records": RECORDS,
    }
    line = lines_by_rate(bill)["ingest.ingested"]
    assert line["consumed_quantity"] == pytest.approx(RECORDS / 1024**2)
    assert line["pricing_quantity"] == pytest.approx(5 * RECORDS / 1024**2)
    assert (line["consumed_unit"], line["pricing_unit"], line["free_quantity"]) == ("GB", "GB", 0)
    assert (line["tier"], line["unit_price"]) == ("first 500 TB", 0.029)
    assert line["source"].startswith("https://aws.amazon.com/")
    assert [erratum["id"] for erratum in bill["errata"]] == ["s3-calculator"]


def test_json_without_records(run):
    bill = as_json(run, "-p", "itl", "-s", "large", "--set", "traffic.peak_rate=0/s")
    jsonschema.validate(bill, schema("estimate"))
    assert (bill["records"], bill["per_million_records"]) == (0, None)
    assert bill["total"] == bill["fixed"] == pytest.approx(50 * 720 * 0.00013)


def test_csv_adds_up(run):
    for arguments in (("-p", "itl", "-s", "large"), ("-p", "sensor"), ("-p", "clickstream")):
        result = run("estimate", *arguments, "--format", "csv")
        rows = list(csv.DictReader(io.StringIO(result.stdout)))
        assert None not in {key for row in rows for key in row}
        bills = as_json(run, *arguments)
        for bill in bills if isinstance(bills, list) else [bills]:
            costs = [float(row["cost"]) for row in rows if row["scenario"] == bill["scenario"]]
            assert sum(costs) == pytest.approx(bill["corrected_total"], rel=1e-12)
            assert len(costs) == len(bill["lines"])


@pytest.mark.parametrize("scenario", [*SCENARIOS, None])
@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_table_fits_and_needs_no_colour(run, pattern, scenario):
    arguments = ["estimate", "-p", pattern, *(["-s", scenario] if scenario else [])]
    narrow, wide = run(*arguments, COLUMNS="80").stdout, run(*arguments, COLUMNS="200").stdout
    assert max(map(len, narrow.splitlines())) <= 80
    assert 80 < max(map(len, wide.splitlines())) <= 200
    assert "\x1b" not in narrow + wide


@pytest.mark.parametrize("columns", ["", "abc", "0", "-5", "20", "1e3"])
def test_an_odd_width_is_taken_as_80(run, columns):
    expected = run("estimate", "-p", "itl", "-s", "large", COLUMNS="80").stdout
    assert run("estimate", "-p", "itl", "-s", "large", COLUMNS=columns).stdout == expected


@pytest.mark.parametrize("form", ["table", "json", "csv", "focus", "markdown"])
def test_output_to_a_file(run, tmp_path, form):
    shown = run("estimate", "-p", "itl", "-s", "large", "--format", form).stdout
    result = run("estimate", "-p", "itl", "-s", "large", "--format", form, "-o", "bill.out")
    assert (result.exit_code, result.output) == (0, "")
    assert (tmp_path / "bill.out").read_text(encoding="utf-8") == shown
    assert [path.name for path in tmp_path.iterdir()] == ["bill.out"]


def test_free_tier_always(run):
    """Lambda's million requests and 400,000 GB-seconds; 25 of DynamoDB's 50 read units, all month."""
    bill = as_json(run, "-p", "itl", "-s", "large", "--free-tier", "always")
    lines = lines_by_rate(bill)
    assert lines["enrich.requests"]["cost"] == pytest.approx((INVOCATIONS - 1_000_000) * 0.20 / 1e6)
    assert lines["enrich.duration"]["cost"] == pytest.approx((GB_SECONDS - 400_000) * 0.00001667)
    assert lines["devices.read_capacity"]["cost"] == pytest.approx((50 - 25) * 720 * 0.00013)
    assert [lines[name]["free_quantity"] for name in ("enrich.requests", "enrich.duration", "devices.read_capacity")] == [
        1_000_000,
        400_000,
        pytest.approx(25 * 720),
    ]
    s3 = 2 * (STORED * 0.023 + OBJECTS * 0.005 / 1000)
    expected = FIREHOSE + s3 + (INVOCATIONS - 1e6) * 0.2e-6 + (GB_SECONDS - 4e5) * 0.00001667 + 25 * 720 * 0.00013
    assert bill["total"] == pytest.approx(expected, rel=1e-9)


def test_the_first_year_free_on_top_of_what_is_always_free(run):
    """S3's 5 GB and 2,000 PUTs are one allowance of the account: the first store takes all of it."""
    lines = lines_by_rate(as_json(run, "-p", "itl", "-s", "large", "--free-tier", "legacy-12-month"))
    assert lines["source_backup.storage"]["cost"] == pytest.approx((STORED - 5) * 0.023)
    assert lines["transformed.storage"]["cost"] == pytest.approx(STORED * 0.023)
    assert lines["source_backup.put_requests"]["cost"] == pytest.approx((OBJECTS - 2000) * 0.005 / 1000)
    assert lines["transformed.put_requests"]["cost"] == pytest.approx(OBJECTS * 0.005 / 1000)
    assert lines["enrich.requests"]["free_quantity"] == 1_000_000


def test_the_free_tier_never_costs_less_than_nothing(run):
    bill = as_json(run, "-p", "itl", "-s", "small", "--free-tier", "always")
    line = lines_by_rate(bill)["enrich.requests"]
    assert (line["pricing_quantity"], line["cost"]) == (0, 0)
    assert line["free_quantity"] == pytest.approx(86_400_000 / 1446.875)
    text = run("estimate", "-p", "itl", "-s", "small", "--free-tier", "always").stdout
    assert "free tier: always" in " ".join(text.split())


def test_scenarios_on_different_cards_say_which_prices_are_theirs(run, tmp_path):
    (tmp_path / "ours.yaml").write_text("version: 1\nextends: aws/us-east-1/2018-06\nas_of: 2019-01-01\n")
    (tmp_path / "own.yaml").write_text("version: 1\nextends: large\ntitle: Own\nrates: ours.yaml\n")
    text = " ".join(run("estimate", "-p", "itl", "-s", "large", "-s", "own.yaml").stdout.split())
    assert "prices aws/us-east-1/2018-06 / ours" in text
    assert "Large: list prices of 2018-06-01 (aws/us-east-1/2018-06), in USD, before tax." in text
    assert "Own: list prices of 2019-01-01 (ours), in USD, before tax." in text
