"""costmodel breakeven: from which traffic, or other input, on another design is cheaper."""

import json
from pathlib import Path

import pytest

import costmodel

TABLE = "version: 1\ntitle: {title}\ncomponents:\n  table: {{service: dynamodb, input: source, writes_per_record: 1, {mode}}}\n"


@pytest.fixture
def designs(tmp_path):
    """100 units, or a price for each write; steady traffic of 1 KB records in a month of 30 days."""
    (tmp_path / "units.yaml").write_text(TABLE.format(title="Units", mode="write_capacity: 100"))
    (tmp_path / "requests.yaml").write_text(TABLE.format(title="Requests", mode="mode: on-demand"))
    (tmp_path / "s.yaml").write_text("version: 1\ntitle: S\ntraffic: {peak_rate: 10/s, record_size: 1 KB}\nmonth: 30 days\n")
    return "units.yaml", "requests.yaml", "-s", "s.yaml", "--rates", "aws/us-east-1/2025-06"


def found(run, *arguments):
    result = run("breakeven", *arguments, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_provisioned_or_on_demand(run, designs):
    """100 units at 0.00065 an hour are 0.065; a write a second at 0.625 for a million is 0.00225 an hour: 28.888... a second."""
    data = found(run, *designs, "--vary", "traffic.peak_rate=1..10000")
    assert data["cheapest_at_first"] == "requests.yaml"
    (crossing,) = data["crossings"]
    assert (crossing["cheaper"], crossing["dearer"]) == ("units.yaml", "requests.yaml")
    assert crossing["at"] == pytest.approx(100 * 0.00065 / (3600 * 0.625e-6), rel=1e-12)
    assert crossing["total"] == pytest.approx(100 * 0.00065 * 720)


def test_on_both_sides_estimates_say_the_same(run, designs, tmp_path):
    at = found(run, *designs, "--vary", "traffic.peak_rate=1..10000")["crossings"][0]["at"]

    def totals(rate):
        of = {"rates": "aws/us-east-1/2025-06", "changes": {"traffic.peak_rate": f"{rate!r}/s"}}
        return [costmodel.estimate(tmp_path / name, tmp_path / "s.yaml", **of).total for name in designs[:2]]

    before, after = totals(at * (1 - 1e-12)), totals(at * (1 + 1e-12))
    assert before[1] < before[0]
    assert after[0] < after[1]


def test_a_price_that_jumps(run, tmp_path, designs):
    """A unit for each started KB: at 28.5 records a second on demand is cheaper from 1 KB on only up to the jump to 2 KB."""
    steady = ("--set", "traffic.peak_rate=28.5/s")
    sizes = found(run, *designs, *steady, "--vary", "traffic.record_size=0.5..4 KB")
    assert sizes["cheapest_at_first"] == "requests.yaml"
    (crossing,) = sizes["crossings"]
    assert crossing["cheaper"] == "units.yaml"
    assert crossing["at"] == pytest.approx(1, rel=1e-9)


STREAM = "version: 1\ntitle: Stream\ncomponents:\n  s: {{service: kinesis_data_streams, input: source, {mode}}}\n"


def test_what_changes_and_changes_back_at_every_step(run, tmp_path, designs):
    """A shard for each 1,000 records a second, at 0.01 an hour; on demand 0.00001, and for 1,000 records as much as a shard.

    1,000 records of 1 KB a second are 3,600,000 KB an hour: for 0.01 of it a GB of 1,048,576 KB costs 0.0029127111... So n shards
    are cheaper where n * 0.01 is below r/1000 * 0.01 + 0.00001: from 1,000 n - 1 to 1,000 n. Samples are 24 apart.
    """
    (tmp_path / "shards.yaml").write_text(STREAM.format(mode="shards: auto, target_utilisation: 100%"))
    (tmp_path / "on-demand.yaml").write_text(STREAM.format(mode="mode: on-demand"))
    prices = {"shard_hours": 0.01, "payload_units": 0, "stream_hours": 0.00001, "on_demand_retrieved": 0}
    prices["on_demand_ingested"] = 0.01 / (3_600_000 / 1_048_576)
    changes = [word for key, usd in prices.items() for word in ("--set", f"rates.kinesis_data_streams.{key}.1.usd={usd!r}")]
    data = found(run, "shards.yaml", "on-demand.yaml", *designs[2:], *changes, "--vary", "traffic.peak_rate=100..99900")
    assert (data["complete"], data["cheapest_at_first"]) == (True, "on-demand.yaml")
    expected = [rate for n in range(1, 100) for rate in (1000 * n - 1, 1000 * n)]
    assert [crossing["at"] for crossing in data["crossings"]] == pytest.approx(expected, rel=1e-9)
    assert [crossing["cheaper"] for crossing in data["crossings"]] == ["shards.yaml", "on-demand.yaml"] * 99
    assert data["crossings"][1]["total_before"] == pytest.approx(0.01 * 720)
    assert data["crossings"][1]["total"] == pytest.approx(0.01001 * 720)
    text = run(
        "breakeven", "shards.yaml", "on-demand.yaml", *designs[2:], *changes, "--vary", "traffic.peak_rate=100..99900"
    ).stdout
    assert "The cheapest changes 198 times, first at 999/s and last at 99,000/s." in " ".join(text.split())
    assert "... and 175 more; --format json has all of them" in text


def test_streams_or_firehose(run, designs):
    """For each record a second, 2,592,000 a month: Firehose bills 5 KB at 0.029 a GB, and an object of 5 MB is put into S3.

    A stream has a shard, 0.015 an hour; a payload unit for each record; and for each MB a request, 0.2 s of 0.5 GB and an object.
    """
    firehose = 5 / 1_048_576 * 0.029 + 5e-6 / 5120
    stream = 0.014e-6 + (0.2e-6 + 0.2 * 0.5 * 0.0000166667 + 5e-6) / 1024
    examples = [
        Path(__file__).parents[1] / "docs" / "examples" / f"{name}.yaml" for name in ("through-firehose", "through-a-stream")
    ]
    (crossing,) = found(run, *examples, *designs[2:], "--vary", "traffic.peak_rate=20..700")["crossings"]
    assert crossing["at"] == pytest.approx(0.015 * 720 / (firehose - stream) / 2_592_000, rel=1e-9)


def test_three_designs_and_no_crossing(run, designs, tmp_path):
    (tmp_path / "more.yaml").write_text(TABLE.format(title="More", mode="write_capacity: 200"))
    data = found(run, *designs, "more.yaml", "--vary", "traffic.peak_rate=100..10000")
    assert (data["cheapest_at_first"], data["crossings"]) == ("units.yaml", [])
    text = run("breakeven", *designs, "more.yaml", "--vary", "traffic.peak_rate=100..10000").stdout
    assert "units.yaml is cheapest all the way." in text


def test_the_table_and_the_picture(run, designs, tmp_path):
    text = run("breakeven", *designs, "--vary", "traffic.peak_rate=1..10000").stdout
    assert "From 28.8889/s on units.yaml is cheaper than requests.yaml, at $46.80 a month." in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 80
    assert run("breakeven", *designs, "--vary", "traffic.peak_rate=1..10000", "-o", "be.svg").exit_code == 0
    assert "From 28.8889/s on units.yaml is cheaper" in (tmp_path / "be.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("vary", "message"),
    [
        ("traffic.peak_rat=1..10", "there is no number 'traffic.peak_rat' to vary. Did you mean 'traffic.peak_rate'?"),
        ("traffic.peak_rate=1,10", "write from where to where, as in traffic.peak_rate=1..1000"),
        ("traffic.peak_rate=10..1", "the range from 10 to 1 is empty"),
        ("table.read_capacity=1..10", None),
        ("traffic.peak_rate=-1..10", "out of bounds for traffic.peak_rate"),
    ],
)
def test_mistakes(run, designs, vary, message):
    result = run("breakeven", *designs, "--vary", vary)
    if message is None:  # only one of them has it, and it costs from the first unit on
        assert result.exit_code == 0
        return
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_one_design_alone_is_refused(run, designs):
    result = run("breakeven", designs[0], *designs[2:], "--vary", "traffic.peak_rate=1..10")
    assert (result.exit_code, "is compared with nothing" in result.stderr) == (2, True)


def test_variants_are_designs_too(run, designs):
    """As of two files: 100 units, or on demand; and 200 units are dearer than 100 everywhere."""
    units, _, *rest = designs
    variants = "--variant", "table.mode=on-demand; table.write_capacity=null", "--variant", "table.write_capacity=200"
    data = found(run, units, *rest, *variants, "--vary", "traffic.peak_rate=1..10000")
    on_demand = "units.yaml with table.mode on-demand and table.write_capacity null"
    assert data["names"] == ["units.yaml", on_demand, "units.yaml with table.write_capacity 200"]
    (crossing,) = data["crossings"]
    assert (crossing["dearer"], crossing["cheaper"]) == (on_demand, "units.yaml")
    assert crossing["at"] == pytest.approx(100 * 0.00065 / (3600 * 0.625e-6), rel=1e-12)


def test_what_a_variant_sets_does_not_vary_in_it(run, tmp_path, designs):
    """1,000 MB for 110 ms are as many GB-seconds as 500 MB for 220 ms; --set holds for both, the variant's own goes before it."""
    function = "f: {service: lambda, input: source, memory: 500 MB, duration: 10 ms}"
    (tmp_path / "f.yaml").write_text(f"version: 1\ntitle: F\ncomponents:\n  {function}\n")
    given = ("--set", "f.memory=500 MB", "--variant", "f.memory=1000 MB; f.duration=110 ms")
    data = found(run, "f.yaml", *designs[2:], *given, "--vary", "f.duration=50..500 ms")
    assert data["cheapest_at_first"] == "f.yaml"
    (crossing,) = data["crossings"]
    assert crossing["at"] == pytest.approx(220, rel=1e-11)


@pytest.mark.parametrize(
    ("variants", "message"),
    [
        (["table.write_capacit=1"], "'write_capacit' is not a setting of dynamodb. Did you mean 'write_capacity'?"),
        (["tabel.write_capacity=1"], "there is no 'tabel.write_capacity' to set. Did you mean 'table'?"),
        (["table.write_capacity"], "--variant table.write_capacity: write PATH=VALUE"),
        ([" "], "write PATH=VALUE"),
        (["table.write_capacity=1; table.write_capacity=2"], "--variant table.write_capacity is given twice"),
        (["table.write_capacity=1", "table.write_capacity=1"], "there are two variants 'units.yaml with table.write_capacity 1'"),
    ],
)
def test_mistakes_in_variants(run, designs, variants, message):
    options = [word for variant in variants for word in ("--variant", variant)]
    result = run("breakeven", designs[0], *designs[2:], *options, "--vary", "traffic.peak_rate=1..10")
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_a_step_that_one_takes_a_hair_before_the_other_is_no_change(run):
    """Of records a hair over 5 KB five in one are billed as 25 KB already, where each by itself still is as 5."""
    arguments = ("breakeven", "itl", "-s", "large", "--variant", "ingest.input.aggregate=5")
    found = json.loads(run(*arguments, "--vary", "traffic.record_size=0.1..30 KB", "--format", "json").stdout)
    assert found["crossings"] == []


@pytest.mark.parametrize(
    ("variant", "message"),
    [
        ("enrich.memry=1 GB", "--variant 'enrich.memry=1 GB': 'memry' is not a setting of lambda. Did you mean 'memory'?"),
        ("enrch.memory=1 GB", "--variant 'enrch.memory=1 GB': there is no 'enrch.memory' to set. Did you mean 'enrich'?"),
    ],
)
def test_a_mistake_in_a_variant_is_told_of_it(run, variant, message):
    result = run("breakeven", "itl", "-s", "large", "--variant", variant, "--vary", "traffic.times=0.1..10")
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
