"""costmodel explain --plan: every check of the plan, recomputed from nothing but the text that is shown."""

import json
import re
from pathlib import Path

import pytest
from explanations import Explained, amount, close, evaluated, meanings, read, readings, values_and_results

from costmodel.capacity.traced import traced_plan
from costmodel.library import Library
from costmodel.models import Terms, open_models

ROOT = Path(__file__).parent.parent
LIBRARY = Library(environment=False)
EVERY = [(pattern, scenario) for pattern in LIBRARY.names("patterns") for scenario in LIBRARY.names("scenarios")]
every_design = pytest.mark.parametrize(("pattern", "scenario"), EVERY)

SHEET = """\
version: 1
title: Of this test
provider: aws
as_of: 2018-06-01
kms:
  symmetric_requests:
    value: 1000 requests/s
    by_region: {us-east-1: 2000 requests/s}
    scope: account
    adjustable: true
    source: https://kms
    confidence: medium
    note: All keys together.
kinesis_data_streams:
  shard_write_records: {value: 1000 records/s, scope: shard, adjustable: false, source: https://kinesis, confidence: high}
  shard_write_bytes: {value: 1 MB/s, scope: shard, adjustable: false, source: https://kinesis, confidence: high}
  shard_read_bytes: {value: 2 MB/s, scope: shard, adjustable: false, source: https://kinesis, confidence: high}
"""
EVENING = "peak_rate: 500/s, peak_hours: 4, off_peak_share: 20%"


def explained(run, *arguments) -> list[Explained]:
    result = run("explain", "--plan", *arguments, COLUMNS="160")
    assert result.exit_code == 0, result.output
    return read(result.stdout.partition("No limit is known here")[0])


@pytest.fixture
def design(run, tmp_path):
    """The explained checks of components (YAML) under traffic (YAML), by component and load; of what is named, if anything is."""

    def made(components, traffic="peak_rate: 1000/s", *arguments, scenario="", sheet="sheet.yaml", region="us-east-1"):
        (tmp_path / "sheet.yaml").write_text(SHEET)
        (tmp_path / "p.yaml").write_text(f"version: 1\ntitle: P\ncomponents:\n  {components.strip()}\n")
        (tmp_path / "s.yaml").write_text(f"version: 1\ntitle: S\ntraffic: {{{traffic}, record_size: 1 KB}}\n{scenario}\n")
        names = ("-p", "p.yaml", "-s", "s.yaml", "--rates", f"aws/{region}/2025-06", "--quotas", sheet)
        return {title(e).rpartition(" · ")[2]: e for e in explained(run, *names, *arguments)}

    return made


def title(e: Explained) -> str:
    return e.title.rpartition("  ")[0].strip()


def of(e: Explained, name: str) -> str:
    """What a step says of a name."""
    (said,) = (step.partition(" = ")[2] for step in e.steps if step.startswith(f"{name} = "))
    return said


@every_design
def test_every_check_of_the_plan_is_explained(run, pattern, scenario):
    names = ("-p", pattern, "-s", scenario)
    checks = json.loads(run("plan", *names, "--format", "json").stdout)["checks"]
    shown = explained(run, *names)
    assert [e.cost for e in shown] == [check["verdict"] for check in checks]
    for e, check in zip(shown, checks, strict=True):
        load = check["item"].lower().replace(" ", "_")
        assert title(e).endswith(" · " + ", ".join(f"{component}.{load}" for component in check["components"]))
        if check["utilisation"] is None:
            assert "nothing that bears it" in e.steps[0]
        else:
            share = re.search(r"([\d,.]+)%", e.steps[0])[1].replace(",", "")
            assert float(share) == pytest.approx(check["utilisation"] * 100, rel=1e-9)


@every_design
def test_what_is_explained_is_bit_for_bit_what_is_planned(pattern, scenario):
    (model,) = open_models(pattern, [scenario], terms=Terms(with_quotas=True), library=LIBRARY)
    checks = traced_plan(model, 0.2).checks
    assert checks
    for check, load, limit, most in checks:
        worst = [q.value[most or 0] if isinstance(q.value, tuple) else q.value for q in (load, limit)]
        assert worst == [check.load, check.limit]


@every_design
def test_values_and_names_give_the_result(run, pattern, scenario):
    for e in explained(run, "-p", pattern, "-s", scenario):
        worked = [step.rpartition(", in ")[0] or step for step in e.steps if " = " in step]
        e.steps = [step for step in worked if "nothing that bears it" not in step]
        for what, values, result in values_and_results(e):
            if what != "used":
                assert close(result, evaluated(values)), f"{e.title}: {what} = {values} = {result}"
        found = meanings(e)
        for step in e.steps:
            name, formula, *rest = step.split(" = ")
            if formula == "the records that come in together" or (len(rest) == 1 and ":" in formula):
                continue
            for period, row in e.by_period.get(name, {None: " = ".join(rest)}).items():
                shown = row.split(" = ")[-1]
                worth = [value for at in (period, "peak", "off_peak") for value in readings(formula, found, at)]
                assert any(close(shown, value) for value in worth), f"{e.title}: {step} {row}"


@every_design
def test_a_name_means_one_thing(run, pattern, scenario):
    for e in explained(run, "-p", pattern, "-s", scenario):
        names = [row.partition(": ")[0] for row in e.inputs]
        names += [step.partition(" = ")[0] for step in e.steps if " = " in step]
        assert [name for name in names if names.count(name) > 1] == [], e.title


@every_design
def test_quotas_stand_where_they_are_said_to_stand(run, pattern, scenario):
    for e in explained(run, "-p", pattern, "-s", scenario):
        for row in (row for row in e.inputs if row.startswith("quota ")):
            said, place, source = row.split(" · ")
            file, line, column = place.partition(" ")[0].split(":")
            held = (ROOT / file).read_text(encoding="utf-8").splitlines()[int(line) - 1][int(column) - 1 :]
            assert held.startswith(said.partition(": ")[2])
            assert source.startswith("https://")


def test_the_keys_of_the_sensors(run):
    """5,000 records a second with a request each, of 1,200: 416.67%."""
    (e,) = explained(run, "-p", "sensor", "-s", "large", "encryption")
    assert e.title.endswith("417%")
    assert e.steps[:4] == [
        "used = load / limit = 5,000 requests/s / 1,200 requests/s = 416.6666667%, in peak",
        "breaks: more than the limit",
        "load = rate × requests per record",
        "limit = quota kms.symmetric_requests = 1,200 requests/s",
    ]
    assert e.by_period["load"] == {"peak": "5,000/s × 1 = 5,000 requests/s", "off_peak": "1,000/s × 1 = 1,000 requests/s"}
    assert e.remarks[0] == "AWS's default; one for each account; AWS raises it on request; confidence: high"


@pytest.mark.parametrize(("headroom", "said"), [("20%", "tight: less than 20%"), ("0%", "holds: at least 0%")])
def test_the_verdict_has_its_reason(run, headroom, said):
    (e,) = explained(run, "-p", "itl", "-s", "large", "ingest.records", "--headroom", headroom)
    assert e.steps[0] == "used = load / limit = 5,000 records/s / 5,000 records/s = 100%, in peak"
    assert e.steps[1] == f"{said} of the limit is left"


def test_capacity_that_is_short_off_the_peak(design):
    """500 writes a second of 1,000 by evening are 50%; 100 of 80 in the rest of the day are 125%."""
    table = "table: {service: dynamodb, input: source, writes_per_record: 1, write_capacity: {peak: 1000, off_peak: 80}}"
    e = design(table, EVENING)["table.write_units"]
    assert (e.cost, e.steps[0]) == ("breaks", "used = load / limit = 100 units/s / 80 units/s = 125%, in off_peak")
    assert e.by_period["used"] == {
        "peak": "500 units/s / 1,000 units/s = 50%",
        "off_peak": "100 units/s / 80 units/s = 125%",
    }
    assert of(e, "load") == "writes = 100 units/s, in off_peak"
    assert of(e, "limit") == "write units at once = 80 units/s, in off_peak"
    assert of(e, "write capacity in off_peak") == "write capacity off peak = 80"


def test_of_many_periods_the_one_that_uses_most_is_shown_with_the_busiest_and_the_quietest(design, tmp_path):
    """Of 48 hours, 900 a second in one and else 100 to 147: of 80 units these are up to 183.75%, of the busiest's 1,000 90%."""
    rates = [900 if hour == 20 else 100 + hour for hour in range(48)]
    hours = [f"2018-06-{1 + n // 24:02}T{n % 24:02}:00:00,{rate}" for n, rate in enumerate(rates)]
    (tmp_path / "days.csv").write_text("\n".join(["timestamp,rate", *hours]) + "\n")
    table = "table: {service: dynamodb, input: source, writes_per_record: 1, write_capacity: {peak: 1000, off_peak: 80}}"
    e = design(table, "csv: days.csv")["table.write_units"]
    assert e.steps[0].startswith("used = load / limit = 147 units/s / 80 units/s = 183.75%, in ")
    *shown, rest = e.by_period["used"].items()
    assert [row for _, row in shown] == [
        "900 units/s / 1,000 units/s = 90%",
        "100 units/s / 80 units/s = 125%",
        "147 units/s / 80 units/s = 183.75%",
    ]
    assert rest[0] == "and so on for 45 more periods"


def test_loads_of_an_account_are_added_with_their_copies_and_the_rest_of_it(design):
    """500/s, three times 250/s and 300/s of others are 1,550 of 2,000; at a fifth of it, 550."""
    key = "{service: kms, input: {from: source, share: 50%}}"
    keys = f"one: {key}\n  three: {key.replace('50%', '25%').replace('}}', '}, count: 3}')}"
    rest = "other_usage: {kms.symmetric_requests: 300 requests/s}"
    e = design(keys, EVENING.replace("500", "1000"), scenario=rest)["one.requests, three.requests"]
    assert e.steps[0] == "used = load / limit = 1,550 requests/s / 2,000 requests/s = 77.5%, in peak"
    assert of(e, "load") == (
        "records per second × requests per record"
        " + three's records per second × three's requests per record × three's count"
        " + other usage of kms.symmetric_requests"
    )
    assert e.by_period["load"] == {
        "peak": "500/s × 1 + 250/s × 1 × 3 + 300/s = 1,550 requests/s",
        "off_peak": "100/s × 1 + 50/s × 1 × 3 + 300/s = 550 requests/s",
    }
    assert "other usage of kms.symmetric_requests: 300 requests/s · s.yaml:4:39 (other_usage.kms.symmetric_requests)" in e.inputs


def test_shards_that_are_auto(design):
    """5,000 records a second of 1 KB at 80% of a shard are 6.25: 7 shards, each with 714.3 records a second of 1,000."""
    stream = "events: {service: kinesis_data_streams, input: source, shards: auto}"
    e = design(stream, EVENING.replace("500", "5000"), "events.records_of_a_shard")["events.records_of_a_shard"]
    assert amount(e.steps[0].partition(" = load / limit = ")[2].partition(" / ")[0]) == pytest.approx(5000 / 7 / 1000)
    assert of(e, "shards").endswith("of the periods = the largest of 7, 2 = 7")
    assert "target utilisation: 80% · default (events.target_utilisation)" in e.inputs
    quotas = {row.partition(": ")[0] for row in e.inputs if row.startswith("quota ")}
    assert quotas == {f"quota kinesis_data_streams.shard_{what}" for what in ("write_records", "write_bytes", "read_bytes")}


@pytest.mark.parametrize(
    ("sheet", "region", "limit", "whose"),
    [
        ("sheet.yaml", "eu-west-1", "1,000", "AWS's default;"),
        ("sheet.yaml", "us-east-1", "2,000", "AWS's default in us-east-1; 1000 requests/s where a region has none of its own;"),
        ("ours.yaml", "us-east-1", "5,000", "yours, in place of AWS's default of 2000 requests/s;"),
    ],
)
def test_whose_a_quota_is(design, tmp_path, sheet, region, limit, whose):
    ours = "version: 1\nextends: sheet.yaml\nkms: {symmetric_requests: {yours: 5000 requests/s}}\n"
    (tmp_path / "ours.yaml").write_text(ours)
    e = design("keys: {service: kms, input: source}", sheet=sheet, region=region)["keys.requests"]
    assert of(e, "limit") == f"quota kms.symmetric_requests = {limit} requests/s"
    row = e.inputs[-1]
    place = "ours.yaml:3:35" if sheet == "ours.yaml" else "sheet.yaml:"
    assert f" · {place}" in row
    assert row.endswith(" · https://kms")
    assert e.remarks == [f"{whose} one for each account; AWS raises it on request; confidence: medium", "All keys together."]


def test_a_changed_quota_names_its_option(run):
    (e,) = explained(run, "-p", "sensor", "-s", "large", "encryption", "--set", "quotas.kms.symmetric_requests=20000 requests/s")
    assert of(e, "limit") == "quota kms.symmetric_requests = 20,000 requests/s"
    assert "20000 requests/s · --set quotas.kms.symmetric_requests=20000 requests/s" in e.inputs[-1]


def test_where_nothing_bears_the_load(design):
    e = design("table: {service: dynamodb, input: source, writes_per_record: 1}")["table.write_units"]
    assert e.steps[:2] == [
        "used = load / limit = 1,000 units/s / 0 units/s, where there is nothing that bears it",
        "breaks: more than the limit",
    ]


def test_one_of_something(design):
    e = design("gate: {service: iot_core, input: source}", "peak_rate: 1/s", sheet="aws/2018-06")["gate.inbound_publishes"]
    assert e.steps[0].startswith("used = load / limit = 1 publish/s / 10,000 publishes/s = 0.01%")


def test_loads_without_a_limit_are_named_at_the_end(run):
    names = ("explain", "-p", "sensor", "-s", "large", "--plan")
    every = run(*names, COLUMNS="120").stdout.splitlines()
    assert every[-1] == "No limit is known here for: rule evaluations of gateway, invocations of deidentify."
    of_one = run(*names, "deidentify.invocations").stdout
    assert of_one == "No limit is known here for: invocations of deidentify.\n"


def test_scenarios_stand_one_after_the_other(run):
    text = run("explain", "-p", "sensor", "encryption", "--plan").stdout
    assert [f"Sensor data collection · {name}\n" in text for name in ("Small", "Medium", "Large")] == [True] * 3
    assert re.findall(r"used = load / limit = ([\d,]+) ", text) == ["100", "1,000", "5,000"]


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("encrypton", "sensor has no component 'encrypton'. Did you mean 'encryption'?"),
        ("delivery.record", "delivery has no load 'record'. Did you mean 'records'?"),
        ("deidentify.invocation", "deidentify has no load 'invocation'. Did you mean 'invocations'?"),
        ("delivery.ingested", "delivery has no load 'ingested'."),
    ],
)
def test_what_is_not_there(run, what, message):
    result = run("explain", "-p", "sensor", "-s", "large", "--plan", what)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_limits_are_of_the_plan(run):
    result = run("explain", "-p", "itl", "-s", "large", "--quotas", "aws/2018-06", "--headroom", "20%")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--quotas is for the checks of the plan: add --plan, or leave it out" in result.stderr
    assert "--headroom is for the checks of the plan: add --plan, or leave it out" in result.stderr
