"""Uncertain inputs: the chance that each limit holds, in a plan and month by month."""

import json
from math import log, sqrt
from statistics import NormalDist

import pytest

SHEET = """\
version: 1
title: Of this test
provider: aws
as_of: 2025-06-01
firehose:
  direct_put_records: {value: 6000 records/s, scope: stream, adjustable: true, source: https://firehose, confidence: high}
lambda:
  concurrent_executions: {value: 1000 executions, scope: account, adjustable: true, source: https://lambda, confidence: high}
kinesis_data_streams:
  shard_write_records: {value: 1000 records/s, scope: shard, adjustable: false, source: https://kinesis, confidence: high}
  shard_write_bytes: {value: 1 MB/s, scope: shard, adjustable: false, source: https://kinesis, confidence: high}
  shard_read_bytes: {value: 2 MB/s, scope: shard, adjustable: false, source: https://kinesis, confidence: high}
"""
INGEST = "ingest: {service: firehose, input: source}"
WORKER = "worker: {service: lambda, input: source, duration: 100 ms}"
EDGE = NormalDist().inv_cdf(0.95)  # a range leaves out 1 in 20 cases on either side


@pytest.fixture
def made(run, tmp_path):
    def call(command, components, *arguments, rate="5000/s", traffic="", scenario=""):
        (tmp_path / "sheet.yaml").write_text(SHEET)
        (tmp_path / "p.yaml").write_text(f"version: 1\ntitle: P\ncomponents:\n  {components}\n")
        shape = f"{{peak_rate: {rate}, record_size: 1 KB{traffic}}}"
        (tmp_path / "s.yaml").write_text(f"version: 1\ntitle: S\ntraffic: {shape}\n{scenario}\n")
        names = ("-p", "p.yaml", "-s", "s.yaml", "--rates", "aws/us-east-1/2025-06", "--quotas", "sheet.yaml")
        return run(command, *names, *arguments)

    return call


@pytest.fixture
def chance(made):
    """The chance of a check, by its item."""

    def of(item, components, *arguments, rows="checks", **files):
        result = made("plan", components, "--format", "json", *arguments, **files)
        assert result.exit_code == 0, result.stderr
        return next(row["chance"] for row in json.loads(result.stdout)[rows] if row["item"] == item)

    return of


def test_a_range_is_lognormal_on_both_sides_of_what_the_file_says(chance):
    """6,000 is 1.2 times 5,000, of a range up to 1.5 times; and 4,000 at the range's low end of 0.8."""
    up = NormalDist().cdf(log(1.2) / log(1.5) * EDGE)
    times = ("--range", "traffic.times=0.8 .. 1.5")
    assert chance("Records", INGEST, *times) == pytest.approx(up, abs=1e-3)
    assert chance("Records", INGEST, *times, rate="7500/s") == pytest.approx(0.05, abs=1e-3)
    assert chance("Records", INGEST, *times, rate="6000/s") == pytest.approx(0.5, abs=1e-3)
    assert chance("Records", INGEST, *times, rate="1000/s") == 1
    assert chance("Records", INGEST) is None


def test_two_ranges_know_nothing_of_each_other(chance):
    """Executions are rate x duration: the logarithms of both add up, of what 500 may grow to 1,000."""
    spread = sqrt((log(3) / EDGE) ** 2 + (log(2) / EDGE) ** 2)
    expected = NormalDist().cdf(log(1000 / 500) / spread)
    arguments = ("--range", "worker.duration=50 ms .. 200 ms")
    scenario = f"ranges: {{traffic.times: {1 / 3!r} .. 3}}"
    found = chance("Concurrent executions", WORKER, *arguments, scenario=scenario)
    assert found == pytest.approx(expected, abs=0.02)


def test_what_is_sized_automatically_keeps_its_size(chance):
    """5 shards for 4,000 a second at 80%: they hold up to 5,000, 1.25 times as much."""
    stream = "stream: {service: kinesis_data_streams, input: source, shards: auto}"
    found = chance("Records of a shard", stream, "--range", "traffic.times=0.5 .. 2", rate="4000/s")
    assert found == pytest.approx(NormalDist().cdf(log(1.25) / log(2) * EDGE), abs=1e-3)


def test_bursts_may_be_uncertain(chance):
    """2,000 a second in bursts of 2 to 8 times as much: 6,000 is 3 times, of a middle of 4 and a low end of 2."""
    arguments = {"traffic": ", burst: 4", "rate": "2000/s", "rows": "seconds"}
    found = chance("Records", INGEST, "--range", "traffic.burst=2 .. 8", **arguments)
    assert found == pytest.approx(NormalDist().cdf(-log(4 / 3) / log(2) * EDGE), abs=1e-3)
    assert chance("Records", INGEST, "--range", "ingest.buffer_size=4 MB .. 6 MB", **arguments) == 0


def test_a_value_stays_within_what_a_file_may_say(chance):
    """Nine in ten functions of 15 min would run for longer: none may."""
    worker = "worker: {service: lambda, input: source, duration: 14 min}"
    found = chance("Concurrent executions", worker, "--range", "worker.duration=1 s .. 15 min", rate="1.11/s")
    assert found == 1  # 1.11 x 900 s = 999


def test_the_same_every_time_and_shown(made):
    arguments = ("plan", WORKER, "--range", "traffic.times=0.8 .. 1.5", "--range", "worker.duration=50 ms .. 300 ms")
    first, second = made(*arguments), made(*arguments)
    assert first.stdout == second.stdout
    text = " ".join(first.stdout.split())
    assert "Uncertain inputs: traffic.times 0.8 .. 1.5, worker.duration 50 ms .. 300 ms." in text
    assert "Verdict Chance" in text


def test_growth_may_be_uncertain(made):
    """1,000 a second grow by 10%, or 5% to 15%, a month up to 6,000: log(6) / log(1 + growth) months."""
    arguments = ("--growth", "10%/month", "--range", "growth=5% .. 15%", "--months", "60", "--format", "json")
    result = made("forecast", INGEST, *arguments, rate="1000/s")
    assert result.exit_code == 0, result.stderr
    (records,) = (limit for limit in json.loads(result.stdout)["limits"] if limit["item"] == "Records")
    by_15, by_10, by_5 = (log(6) / log(1 + growth) for growth in (0.15, 0.10, 0.05))  # 12.8, 18.8, 36.7 months
    assert records["breaks_in"] == 19
    assert records["breaks_between"] == [13, 37]
    assert (by_15, by_10, by_5) == (pytest.approx(12.8, abs=0.1), pytest.approx(18.8, abs=0.1), pytest.approx(36.7, abs=0.1))
    half = next(month for month, chance in enumerate(records["chances"]) if chance < 0.5)
    assert half == 19
    assert "broken by month 13 in 1 of 20 cases, by month 37 in 19 of 20" in " ".join(
        made("forecast", INGEST, *arguments[:-2], rate="1000/s").stdout.split()
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("worker.duration=100 ms", "'100 ms' is no range; write for example 0.8 .. 1.5"),
        ("worker.duration=200 ms .. 300 ms", "200 ms .. 300 ms is no range around 100 ms, what worker.duration is"),
        ("worker.duration=0 ms .. 300 ms", "--range worker.duration=0 ms .. 300 ms: '0 ms' must be above 0 s"),
        (
            "worker.provisioned_share=0% .. 100%",
            "0% .. 100% is no range around 100%, what worker.provisioned_share is",
        ),
        ("worker.duration=100 ms .. 300 MB", "--range worker.duration=100 ms .. 300 MB: 'MB' is not a unit of time"),
        ("worker.durations=100 ms .. 300 ms", "Did you mean"),
        ("worker.memory", "--range worker.memory: write PATH=VALUE"),
        ("worker.architecture=arm64 .. x86_64", "worker.architecture changes more than a number; a range is of one"),
    ],
)
def test_mistakes(made, given, message):
    result = made("plan", WORKER, "--range", given)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_a_mistake_in_a_scenario_has_its_place(made):
    result = made("plan", WORKER, scenario="ranges: {worker.duration: 1 s}")
    assert result.exit_code == 2
    assert "s.yaml:4:27: '1 s' is no range" in result.stderr
    result = made("forecast", WORKER, "--to", "10x", "--range", "growth=5% .. 15%")
    assert (result.exit_code, "--range growth=5% .. 15% is of --growth" in result.stderr) == (2, True)


def test_one_range_of_two_patterns_is_one_input(run, tmp_path):
    """Both functions take twice as long, or both do not: of 400 + 400 executions, 1,000 are 1.25 times as many."""
    (tmp_path / "sheet.yaml").write_text(SHEET)
    for name in ("pa", "pb"):
        components = "worker: {service: lambda, input: source, duration: 100 ms}"
        (tmp_path / f"{name}.yaml").write_text(f"version: 1\ntitle: {name}\ncomponents:\n  {components}\n")
    (tmp_path / "s.yaml").write_text("version: 1\ntitle: S\ntraffic: {peak_rate: 4000/s, record_size: 1 KB}\n")
    names = ("-p", "pa.yaml", "-p", "pb.yaml", "-s", "s.yaml", "--rates", "aws/us-east-1/2025-06", "--quotas", "sheet.yaml")
    result = run("plan", *names, "--range", "worker.duration=50 ms .. 200 ms", "--format", "json")
    plan = json.loads(result.stdout)
    assert plan["ranges"] == {"worker.duration": "50 ms .. 200 ms"}
    (check,) = (c for c in plan["checks"] if c["item"] == "Concurrent executions")
    assert check["chance"] == pytest.approx(NormalDist().cdf(log(1.25) / log(2) * EDGE), abs=1e-3)


def test_the_rest_of_the_account_may_be_uncertain(chance):
    """500 executions, and 250 to 1,000 of the rest, as a rule 500."""
    scenario = "other_usage: {lambda.concurrent_executions: 500 executions}"
    other = ("--range", "other_usage.lambda.concurrent_executions=250 executions .. 1000 executions")
    assert chance("Concurrent executions", WORKER, *other, scenario=scenario) == pytest.approx(0.5, abs=1e-3)


def test_a_range_of_another_patterns_component_is_left_out(run, chance, made):
    assert chance("Concurrent executions", WORKER, scenario="ranges: {enrich.billed_duration: 1 s .. 2 s}") is None
    result = made("plan", WORKER, scenario="ranges: {wroker.duration: 1 s .. 2 s}")
    assert (result.exit_code, "no pattern has a component 'wroker'. Did you mean 'worker'?" in result.stderr) == (2, True)
