"""Several records put into one: fewer, larger ones, on floats, traced and in every output."""

import json
from pathlib import Path

import pytest

from costmodel import estimate
from costmodel.models import open_models
from costmodel.outputs.words import money

KB = 1024
SECONDS = 30 * 24 * 3600
GB = 1024**3
AGGREGATED = Path(__file__).parents[1] / "docs/examples/aggregated-records.yaml"


def estimated(run, *arguments):
    result = run("estimate", *arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def corrected(bill):
    """Without the errata of the whitepaper's own numbers."""
    return bill.get("corrected_total", bill["total"])


def firehose(bill):
    return sum(line["cost"] for line in bill["lines"] if line["rate"].startswith("firehose."))


@pytest.mark.parametrize("scenario", ["small", "medium", "large"])
@pytest.mark.parametrize(("pattern", "component"), [("itl", "ingest"), ("analytics", "ingest"), ("sensor", "delivery")])
def test_five_records_of_1_kb_in_one_cost_a_fifth(run, pattern, component, scenario):
    """Each is rounded up to 5 KB; the input is written as a name in all three."""
    alone = estimated(run, "-p", pattern, "-s", scenario)
    together = estimated(run, "-p", pattern, "-s", scenario, "--set", f"{component}.input.aggregate=5")
    assert firehose(together) / firehose(alone) == pytest.approx(0.2, rel=1e-9)
    others = [corrected(bill) - firehose(bill) for bill in (alone, together)]
    assert others[1] == pytest.approx(others[0], rel=1e-9)  # objects, invocations and bytes stored are as many as before


def test_one_in_one_changes_nothing(run):
    alone = estimated(run, "-p", "itl", "-s", "small")
    assert estimated(run, "-p", "itl", "-s", "small", "--set", "ingest.input.aggregate=1")["total"] == corrected(alone)


def test_records_of_several_sizes_are_put_together_at_their_mean(bill):
    """1,000/s, of which nine in ten have 1 KB and one 11 KB: 2 KB on average, so ten in one are 100/s of 20 KB."""
    two = {"traffic.record_size": "{1 KB: 90%, 11 KB: 10%}"}
    made = bill("put: {service: firehose, input: {from: source, aggregate: 10}}", changes=two)
    (line,) = made.lines
    assert line.pricing_quantity == pytest.approx(SECONDS * 100 * 20 * KB / GB)


def test_no_traffic_is_no_special_case(bill):
    two = {"traffic.record_size": "{1 KB: 90%, 11 KB: 10%}", "traffic.times": "0"}
    assert bill("put: {service: firehose, input: {from: source, aggregate: 10}}", changes=two).total == 0


def test_after_what_else_the_input_says(bill):
    """Half of 1,000/s, of 3 KB each, four in one: 125/s of 12 KB, which are rounded up to 15 KB."""
    made = bill("put: {service: firehose, input: {from: source, share: 50%, size: 3 KB, aggregate: 4}}")
    assert made.lines[0].pricing_quantity == pytest.approx(SECONDS * 125 * 15 * KB / GB)


def test_lots_hold_at_least_a_record_each(bill):
    """1,000/s come in invocations of 2 records; four in one make 250 records a second, and as many lots."""
    made = bill(
        """first: {service: lambda, input: source, batch: 2 records, duration: 100 ms}
  second: {service: lambda, input: {from: first, aggregate: 4}, batch: 1 record, duration: 100 ms}
  third: {service: s3, input: {from: second, each: batch}}"""
    )
    puts = next(line for line in made.lines if line.component == "third" and line.rate == "s3.put_requests")
    assert puts.pricing_quantity == pytest.approx(SECONDS * 250)


def test_quotas_of_records_are_further_away_and_those_of_a_record_nearer(run):
    result = run("plan", "-p", "itl", "-s", "large", "--set", "ingest.input.aggregate=5", "--format", "json")
    loads = {(check["components"][0], check["item"]): check["load"] for check in json.loads(result.stdout)["checks"]}
    assert loads["ingest", "Records"] == pytest.approx(1000)
    assert loads["ingest", "Data"] == pytest.approx(5000 * KB)
    assert loads["ingest", "Record size"] == pytest.approx(5 * KB)


def test_each_input_of_several_is_its_own(run):
    """Half of the input of clickstream's load is written as a name: scores."""
    alone, one = (
        estimated(run, "-p", "clickstream", "-s", "large", *change) for change in ((), ("--set", "load.input.2.aggregate=2"))
    )
    assert firehose(one) < firehose(alone)


def test_a_scenario_may_say_it(run, tmp_path):
    (tmp_path / "five.yaml").write_text("version: 1\nextends: large\nsettings: {ingest.input.aggregate: 5}\n")
    five = estimated(run, "-p", "itl", "-s", tmp_path / "five.yaml")
    assert firehose(five) == pytest.approx(firehose(estimated(run, "-p", "itl", "-s", "large")) / 5, rel=1e-9)


def test_explained_and_shown(run):
    said = run("explain", "-p", "itl", "-s", "large", "ingest", "--set", "ingest.input.aggregate=5").stdout
    assert "aggregated record = record size × input aggregate = 1 KB × 5 = 5 KB" in said
    assert "input aggregate: 5 · --set ingest.input.aggregate=5" in said
    assert "from source (5 in one)" in run("show", AGGREGATED).stdout
    run("chart", "diagram", "-p", AGGREGATED, "-s", "large", "-o", "diagram.svg")
    assert "5 in one" in Path("diagram.svg").read_text()


def test_a_reader_of_a_report_puts_more_of_them_into_one(show):
    """Ten of 1 KB cost what five do, and eight in one are billed as 10 KB."""
    shown = show(open_models(str(AGGREGATED), ["large"]))
    before = shown.total(0)
    shown.field("aggregated_records.ingest.input.aggregate").fill("10")
    shown.page.evaluate("refresh()")
    assert (shown.total(0), shown.trouble) == (before, [])
    assert "10 in one" in shown.page.text_content("[data-chart=diagram]")
    shown.field("aggregated_records.ingest.input.aggregate").fill("8")
    shown.page.evaluate("refresh()")
    eight = estimate(AGGREGATED, "large", changes={"ingest.input.aggregate": "8"})
    assert shown.total(0) == money(eight.total)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("ingest.input.aggregate=0.5", "'0.5' is below the smallest allowed, 1"),
        ("ingest.input.agregate=5", "'agregate' is not a key of an input. Did you mean 'aggregate'?"),
        ("ingest.input.aggregate=many", "'many'"),
        ("ingest.input.2.aggregate=5", "'ingest.input' has no '2'; it is a single value"),
        ("load.input.3.aggregate=5", "there is no 'load.input.3.aggregate' to set"),
    ],
)
def test_mistakes(run, change, message):
    result = run("estimate", "-p", "itl", "-s", "large", "--set", change)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"--set {change}: " in result.stderr
    assert message in result.stderr
