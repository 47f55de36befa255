"""costmodel explain: every figure is recomputed from nothing but the text that is shown.

Each step reads `name = formula = values = result`. The values are evaluated here, by a small reader of its own, and so is
the formula with the names that other steps and inputs of the same explanation give; both must be the result.
"""

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from explanations import Explained, close, evaluated, meanings, read, readings, values_and_results

from costmodel.library import Library

ROOT = Path(__file__).parent.parent
DISCOUNTED = ROOT / "docs" / "examples" / "discounted.yaml"
LIBRARY = Library(environment=False)
PATTERNS, SCENARIOS = LIBRARY.names("patterns"), LIBRARY.names("scenarios")


def explained(run, pattern, scenario, *arguments) -> list[Explained]:
    result = run("explain", "-p", pattern, "-s", scenario, *arguments, COLUMNS="160")
    assert result.exit_code == 0, result.output
    return read(result.stdout)


VARIANTS = [(pattern, scenario, ()) for pattern in PATTERNS for scenario in SCENARIOS] + [
    ("itl", "large", ("--free-tier", "legacy-12-month")),
    ("sensor", "large", ("--free-tier", "always")),
    ("sensor", "large", ("--set", "traffic.record_size=11 KB", "--set", "gateway.connected={peak: 90%, off_peak: 10%}")),
    ("itl", "large", ("--set", "traffic.peak_rate=200000/s")),  # beyond the first tiers
    ("clickstream", "small", ("--set", "sessions.batch=100 records", "--set", "month=730 h")),
    ("itl", "large", ("--rates", str(DISCOUNTED))),
]
IDS = ["-".join([pattern, scenario, *arguments[1:2]]) for pattern, scenario, arguments in VARIANTS]


@pytest.mark.parametrize(("pattern", "scenario", "arguments"), VARIANTS, ids=IDS)
def test_values_give_the_result(run, pattern, scenario, arguments):
    for e in explained(run, pattern, scenario, *arguments):
        checked = [(what, values, result) for what, values, result in values_and_results(e) if what != "cost"]
        assert checked, e.title
        for what, values, result in checked:
            assert close(result, evaluated(values)), f"{e.title}: {what} = {values} = {result}"


@pytest.mark.parametrize(("pattern", "scenario", "arguments"), VARIANTS, ids=IDS)
def test_names_lead_to_the_same_result(run, pattern, scenario, arguments):
    """A name in a formula is an input or a step of this explanation, and worth what is shown there."""
    for e in explained(run, pattern, scenario, *arguments):
        found = meanings(e)
        for step in e.steps[1:]:
            name, formula, *rest = step.split(" = ")
            for period, row in e.by_period.get(name, {None: " = ".join(rest)}).items():
                shown = row.split(" = ")[-1]
                assert any(close(shown, value) for value in readings(formula, found, period)), f"{e.title}: {step} {row}"


@pytest.mark.parametrize(("pattern", "scenario", "arguments"), VARIANTS, ids=IDS)
def test_a_name_means_one_thing(run, pattern, scenario, arguments):
    for e in explained(run, pattern, scenario, *arguments):
        inputs = [row.partition(": ")[0] for row in e.inputs]
        steps = [step.partition(" = ")[0] for step in e.steps]
        parts = {re.sub(r"^(peak|off_peak) | in (peak|off_peak)$", "", step) for step in steps} - set(steps)
        parts |= {re.sub(r"^(peak|off_peak) ", "", step) for step in steps if step.startswith(("peak ", "off_peak "))}
        parts = {f"period {part}" if any(f"period {part}" in step for step in e.steps) else part for part in parts}
        names = [*inputs, *steps, *parts]
        assert [name for name in names if names.count(name) > 1] == [], e.title


PRICE = re.compile(r"(?P<quantity>[\d,.]+) (?P<unit>\S+) × \$(?P<usd>[\d.]+) per (?:(?P<block>\d+|million) )?(?P<per>\S+)")


@pytest.mark.parametrize(("pattern", "scenario", "arguments"), VARIANTS, ids=IDS)
def test_quantity_times_price_is_the_cost(run, pattern, scenario, arguments):
    for e in explained(run, pattern, scenario, *arguments):
        what, formula, values, result = e.steps[0].split(" = ")
        assert (what, formula) == ("cost", "quantity × price")
        match = PRICE.fullmatch(values)
        assert match, values
        assert match["unit"].removesuffix("s") == match["per"].removesuffix("s")
        block = {"million": 1e6, None: 1}.get(match["block"]) or float(match["block"])
        cost = float(match["quantity"].replace(",", "")) * float(match["usd"]) / block
        assert float(result.lstrip("$").replace(",", "")) == pytest.approx(cost, rel=1e-6, abs=1e-12)
        assert float(e.cost.lstrip("$").replace(",", "")) == pytest.approx(cost, abs=0.00501)


def test_the_cost_of_the_delivery_stream(run):
    (e,) = explained(run, "itl", "large", "ingest")
    assert e.steps[0] == "cost = quantity × price = 20,599.36523 GB × $0.029 per GB = $597.3815918"
    prices = [explained(run, "itl", "large", line)[0].steps[0] for line in ("enrich.requests", "transformed.put_requests")]
    assert "× $0.2 per million requests" in prices[0].replace("$0.20", "$0.2")
    assert "42,187.5 requests × $0.005 per 1000 requests = $0.2109375" in prices[1]


@pytest.mark.parametrize(("pattern", "scenario", "arguments"), VARIANTS, ids=IDS)
def test_every_line_of_the_bill_is_explained(run, pattern, scenario, arguments):
    bill = json.loads(run("estimate", "-p", pattern, "-s", scenario, *arguments, "--format", "json").stdout)
    shown = [(e.title.split(" · ")[-1], e.steps[0].split(" = ")[-1]) for e in explained(run, pattern, scenario, *arguments)]
    lines = [(f"{line['component']}.{line['rate'].partition('.')[2]}", line["cost"]) for line in bill["lines"]]
    assert [name for name, _ in shown] == [name for name, _ in lines]
    for (name, text), (_, cost) in zip(shown, lines, strict=True):
        assert float(text.lstrip("$").replace(",", "")) == pytest.approx(cost, rel=1e-8), name


PLACE = re.compile(r"(?P<name>.*?): (?P<text>.*?) · (?P<file>[\w./-]+\.yaml):(?P<line>\d+):(?P<column>\d+)\b.*")


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("pattern", PATTERNS)
def test_inputs_stand_where_they_are_said_to_stand(run, pattern, scenario):
    for e in explained(run, pattern, scenario):
        assert e.inputs[-1].startswith("price: ")
        for row in e.inputs:
            if " · default (" in row:
                continue
            match = PLACE.fullmatch(row)
            assert match, row
            line = (ROOT / match["file"]).read_text(encoding="utf-8").splitlines()[int(match["line"]) - 1]
            held = line[int(match["column"]) - 1 :].lstrip('"')
            if match["name"] == "price":
                assert Decimal(re.match(r"[\d.]+", held)[0]) == Decimal(re.match(r"\$([\d.]+) per", match["text"])[1])
                assert " · https://" in row
            else:
                assert held.startswith(match["text"]), f"{row}: there stands {held!r}"


def test_discounts_stand_in_the_price_with_their_names_and_places(run):
    """Of docs/examples/discounted.yaml: 0.024 less 9%, 0.023 less 9% and 20%, and a commitment of 100 RCU."""
    rates = ("--rates", DISCOUNTED)
    (contract,) = explained(run, "itl", "large", "ingest", *rates)
    assert contract.steps[1] == "price = Firehose contract × (1 - EDP 2026) = $0.024 per GB × (1 - 9%) = $0.02184 per GB"
    assert contract.inputs[-3:-1] == [
        f"Firehose contract: $0.024 per GB · {DISCOUNTED}:5:59 (rates.discounts.1.usd)",
        f"EDP 2026: 9% · {DISCOUNTED}:6:31 (rates.discounts.2.percent)",
    ]
    assert contract.inputs[-1].startswith(
        "instead of the list price: $0.029 per GB, first 500 TB · pricing/aws/us-east-1/2025-06.yaml:"
    )
    (deal,) = explained(run, "itl", "large", "transformed.storage", *rates)
    assert deal.steps[1].endswith("= $0.023 per GB-month × (1 - 9%) × (1 - 20%) = $0.016744 per GB-month")
    assert [row.partition(":")[0] for row in deal.inputs[-3:]] == ["list price", "EDP 2026", "Storage deal"]
    used, unused = explained(run, "itl", "large", "devices.read_capacity", *rates)
    assert used.steps[1] == unused.steps[1] == "price = Reserved capacity = $0.000025 per RCU-hour"
    assert used.steps[2] == (
        "quantity = the smaller of read capacity in month and (Reserved capacity's commitment × month)"
        " = the smaller of 36,000 RCU-hours and (100 × 30 days) = 36,000 RCU-hours"
    )
    assert f"Reserved capacity's commitment: 100 RCU-months · {DISCOUNTED}:8:103 (rates.discounts.4.commitment)" in used.inputs
    assert not any("list price" in row for row in used.inputs)


def test_a_changed_value_names_its_option(run):
    (e,) = explained(run, "itl", "large", "ingest", "--set", "traffic.record_size=6 KB")
    assert any(row.startswith("record size: 6 KB · --set traffic.record_size=6 KB") for row in e.inputs)


def test_scenarios_are_explained_one_after_the_other(run):
    text = run("explain", "-p", "itl", "ingest").stdout
    assert [text.count(f"(ITL) · {title}\n") for title in ("Small", "Medium", "Large")] == [1, 1, 1]
    assert [f"= {cost}\n" in text for cost in ("$11.94763184", "$119.4763184", "$597.3815918")] == [True] * 3


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("ingst", "itl has no component 'ingst'. Did you mean 'ingest'?"),
        ("ingest.ingestd", "ingest has no line 'ingestd'. Did you mean 'ingested'?"),
        ("source_backup.put_request", "Did you mean 'put_requests'?"),
    ],
)
def test_what_is_not_there(run, what, message):
    result = run("explain", "-p", "itl", "-s", "large", what)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
