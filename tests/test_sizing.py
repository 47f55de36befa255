"""Settings that are auto: what AWS's sizing rules give, in the bill and in the plan."""

import json

import pytest

from costmodel import estimate
from costmodel.errors import InputError, MissingPrice

HOURS = 720  # of the month
STREAM = "events: {service: kinesis_data_streams, input: source, shards: auto, target_utilisation: 100%"


def exactly(value):
    return pytest.approx(value, rel=1e-12)


@pytest.fixture
def sized(tmp_path):
    """The bill of components (YAML) under traffic (YAML) in a month of 30 days, on the card of June 2025."""

    def made(components, traffic, **terms):
        (tmp_path / "p.yaml").write_text(f"version: 1\ntitle: P\ncomponents:\n  {components}\n")
        (tmp_path / "s.yaml").write_text(f"version: 1\ntitle: S\nmonth: 30 days\ntraffic: {{{traffic}}}\n")
        return estimate(tmp_path / "p.yaml", tmp_path / "s.yaml", **{"rates": "aws/us-east-1/2025-06", **terms})

    return made


def quantity(bill, rate):
    return sum(line.pricing_quantity for line in bill.lines if line.rate == rate)


@pytest.mark.parametrize(
    ("rate", "size", "consumers", "shards"),
    [
        (5000, "2 KB", 3, 15),  # 10 by the bytes written, 5 by the records, 15 by what three consumers read
        (5000, "2 KB", 1, 10),
        (5000, "2 KB", 2, 10),  # two consumers read what is written
        (5000, "300 bytes", 1, 5),  # bytes alone would be 2
        (1000, "1048 bytes", 1, 1),  # a thousand records of 1,048.576 bytes are a shard's megabyte
        (1000, "1049 bytes", 1, 2),
        (1, "1 KB", 1, 1),
        (0, "1 KB", 1, 1),  # a stream has a shard
    ],
)
def test_shards_by_awss_rule(sized, rate, size, consumers, shards):
    bill = sized(f"{STREAM}, consumers: {consumers}}}", f"peak_rate: {rate}/s, record_size: {size}")
    assert quantity(bill, "kinesis_data_streams.shard_hours") == exactly(shards * HOURS)


def test_shards_are_those_of_the_peak_all_day(sized):
    """5,000 records a second at 80% of a shard are 7, also in the 20 hours at 1,000."""
    bill = sized(STREAM.replace("100%", "80%") + "}", "peak_rate: 5000/s, record_size: 1 KB, peak_hours: 4, off_peak_share: 20%")
    assert quantity(bill, "kinesis_data_streams.shard_hours") == exactly(7 * HOURS)


@pytest.mark.parametrize(
    ("settings", "size", "reads", "writes"),
    [
        ("reads_per_record: 1", "4 KB", 1000, 1),
        ("reads_per_record: 1, consistency: eventual", "6 KB", 1000, 1),  # two units of 4 KB, half of each
        ("reads_per_record: 1, consistency: transactional", "6 KB", 4000, 1),
        ("writes_per_record: 1", "1.5 KB", 1, 2000),
        ("writes_per_record: 1, transactional_writes: true, item_size: 300 bytes", "9 KB", 1, 2000),
        ("writes_per_record: 0.25, reads_per_record: 0.3", "1 KB", 300, 250),
    ],
)
def test_capacity_units_by_the_size_of_items_and_the_consistency(sized, settings, size, reads, writes):
    auto = "read_capacity: auto, write_capacity: auto, target_utilisation: 100%"
    bill = sized(f"table: {{service: dynamodb, input: source, {auto}, {settings}}}", f"peak_rate: 1000/s, record_size: {size}")
    assert quantity(bill, "dynamodb.read_capacity") == exactly(reads * HOURS)
    assert quantity(bill, "dynamodb.write_capacity") == exactly(writes * HOURS)


def test_capacity_units_follow_the_load(sized):
    """Auto scaling's 70%: 1,000 writes a second need 1,429 units for 4 hours, 200 need 286 for the other 20."""
    table = "table: {service: dynamodb, input: source, write_capacity: auto, writes_per_record: 1}"
    bill = sized(table, "peak_rate: 1000/s, record_size: 1 KB, peak_hours: 4, off_peak_share: 20%")
    assert quantity(bill, "dynamodb.write_capacity") == exactly(30 * (4 * 1429 + 20 * 286))


def test_executions_by_littles_law(sized):
    """2,000 invocations a second of 0.12 s are 240 at once, of 1 GB."""
    function = "fn: {service: lambda, input: source, duration: 120 ms, memory: 1 GB, provisioned_concurrency: auto"
    bill = sized(f"{function}, target_utilisation: 100%}}", "peak_rate: 2000/s, record_size: 1 KB")
    assert quantity(bill, "lambda.provisioned_concurrency") == exactly(240 * HOURS * 3600)
    half = sized(f"{function}, target_utilisation: 100%, provisioned_share: 50%}}", "peak_rate: 2000/s, record_size: 1 KB")
    assert quantity(half, "lambda.provisioned_concurrency") == exactly(120 * HOURS * 3600)


FLINK = "flink: {service: managed_flink, input: source, kpus: auto, kpu_throughput: 1.6 MB/s"
DAILY = "record_size: 1 KB, peak_hours: 4, off_peak_share: 20%"


@pytest.mark.parametrize(
    ("rate", "target", "kpus"),
    [
        (16384, "", 14),  # 16 MB/s are what 10 take, and 13.33 at 75%, by which AWS scales an application
        (16384, ", target_utilisation: 100%", 10),
        (16385, ", target_utilisation: 100%", 11),
        (0, "", 1),  # an application has one
    ],
)
def test_kpus_by_what_one_takes(sized, rate, target, kpus):
    bill = sized(f"{FLINK}{target}}}", f"peak_rate: {rate}/s, record_size: 1 KB")
    assert quantity(bill, "managed_flink.kpu_hours") == exactly((kpus + 1) * HOURS)  # and the one that orchestrates
    assert quantity(bill, "managed_flink.running_storage") == exactly(50 * kpus)


def test_kpus_follow_the_load(sized):
    """16 MB/s for 4 hours need 14 KPUs, 3.2 MB/s need 2 / 0.75, which is 3, for the other 20."""
    bill = sized(f"{FLINK}}}", f"peak_rate: 16384/s, {DAILY}")
    assert quantity(bill, "managed_flink.kpu_hours") == exactly(30 * (4 * 15 + 20 * 4))
    sql = FLINK.replace("managed_flink", "kinesis_analytics")
    bill = sized(f"{sql}}}", f"peak_rate: 16384/s, {DAILY}", rates="aws/us-east-1/2018-06")
    assert quantity(bill, "kinesis_analytics.kpu_hours") == exactly(30 * (4 * 14 + 20 * 3))


def test_kpus_of_an_application_that_is_started_take_what_has_gathered(sized):
    """12 runs a day of half an hour take in 6 hours what comes in 24: at 3.2 MB/s that is 12.8 MB/s, 8 KPUs' worth."""
    bill = sized(f"{FLINK}, target_utilisation: 100%, runs: 360, run_time: 30 min}}", "peak_rate: 3276.8/s, record_size: 1 KB")
    assert quantity(bill, "managed_flink.kpu_hours") == exactly((8 + 1) * 360 * 0.5)


def test_what_gathers_between_runs_is_that_of_the_month(sized, run):
    """A run a day takes in an hour 600/s of 4 hours and 60/s of 20, 2 KB each: 7.03 MB/s, at 75% of 2 MB/s 4.7 KPUs."""
    flink = "flink: {service: managed_flink, input: source, kpu_throughput: 2 MB/s, runs: 30, run_time: 1 h, kpus:"
    traffic = "peak_rate: 600/s, peak_hours: 4, off_peak_share: 10%, record_size: 2 KB"
    assert quantity(sized(f"{flink} auto}}", traffic), "managed_flink.kpu_hours") == exactly((5 + 1) * 30)
    taken = (600 * 4 + 60 * 20) * 3600 * 2 / 1024 / 3600  # MB/s
    assert taken == pytest.approx(7.03, abs=0.005)
    load = next(load for load in sized(f"{flink} 4}}", traffic).loads if load.item == "Throughput")
    assert (load.amount, load.provisioned) == (exactly(taken * 1024**2), exactly(4 * 2 * 1024**2))
    text = run("explain", "-p", "p.yaml", "-s", "s.yaml", "flink.throughput", "--plan", COLUMNS="200").stdout
    assert "volume of month = volume summed over the periods" in text
    assert sized(f"{flink.replace('runs: 30', 'runs: 0')} 4}}", traffic).total == 0  # and nothing is divided by it


# A published measurement of a function in February 2018, with the price of a million invocations beside their requests:
# https://github.com/epsagon/lambda-memory-performance-benchmark
BENCHMARK = """128 MB: 376.05 ms, 192 MB: 250.24 ms, 256 MB: 198.56 ms, 512 MB: 98.36 ms, 768 MB: 65.48 ms, 1024 MB: 45.31 ms,
    1536 MB: 30.53 ms, 2048 MB: 25.21 ms, 2560 MB: 25.36 ms, 3008 MB: 25.15 ms"""
MEASURED = f"fn: {{service: lambda, input: source, duration: {{{BENCHMARK}}}"
MILLION = "monthly_records: 1 million, record_size: 1 KB"


@pytest.mark.parametrize(
    ("memory", "printed"),
    [("512 MB", 0.834), ("768 MB", 1.250), ("1 GB", 1.667), ("1536 MB", 2.501), ("2 GB", 3.334), ("3008 MB", 4.897)],
)
def test_of_measured_durations_that_of_the_memory_is_taken(sized, memory, printed):
    bill = sized(f"{MEASURED}, memory: {memory}}}", MILLION, rates="aws/us-east-1/2018-06")
    assert next(line.cost for line in bill.lines if line.rate == "lambda.duration") == pytest.approx(printed, abs=0.00051)


@pytest.mark.parametrize(
    ("card", "settings", "gigabytes", "milliseconds"),
    [
        ("2018-06", "", 0.5, 100),  # 128, 256 and 512 MB come to the same when 100 ms are one; the last is the fastest
        ("2018-06", ", longest_duration: 90 ms", 0.75, 100),
        ("2025-06", "", 1, 46),  # 128 MB come to 47.1 GB-ms, 512 and 768 MB to 49.5, 1,536 MB to 46.5
        ("2025-06", ", longest_duration: 40 ms", 1.5, 31),
        ("2025-06", ", longest_duration: 45.31 ms", 1, 46),
        ("2025-06", ", meter: month", 1, 46),
    ],
)
def test_memory_that_is_auto_is_the_cheapest_by_what_was_measured(sized, card, settings, gigabytes, milliseconds):
    bill = sized(f"{MEASURED}, memory: auto{settings}}}", MILLION, rates=f"aws/us-east-1/{card}")
    assert quantity(bill, "lambda.duration") == exactly(1e6 * gigabytes * milliseconds / 1000)


def test_a_changed_measurement_may_change_the_memory(sized, run):
    """At 360 ms of 128 MB an invocation is 45 GB-ms; the table's row is where the explanation points."""
    bill = sized(f"{MEASURED}, memory: auto}}", MILLION, changes={"fn.duration.128 MB": "360 ms"})
    assert quantity(bill, "lambda.duration") == exactly(1e6 * 0.125 * 0.36)
    text = run("explain", "-p", "p.yaml", "-s", "s.yaml", "--rates", "aws/us-east-1/2025-06", "fn.duration").stdout
    assert "1024 MB · p.yaml:4:" in text
    assert "45.31 ms · p.yaml:4:" in text


def test_provisioned_or_on_demand_is_one_comparison(run, tmp_path):
    """At a steady 1,000 writes a second capacity is cheaper: 1,429 x 720 x 0.00065 against 2,592 x 0.625 million."""
    for mode in ("provisioned, write_capacity: auto", "on-demand"):
        name = mode.partition(",")[0].replace("-", "_")
        table = f"table: {{service: dynamodb, mode: {mode}, input: source, writes_per_record: 1}}"
        (tmp_path / f"{name}.yaml").write_text(f"version: 1\ntitle: {name}\ncomponents: {{{table}}}\n")
    (tmp_path / "s.yaml").write_text(
        "version: 1\ntitle: S\nmonth: 30 days\ntraffic: {peak_rate: 1000/s, record_size: 1 KB}\nrates: aws/us-east-1/2025-06\n"
    )
    result = run("compare", "provisioned.yaml", "on_demand.yaml", "-s", "s.yaml", "--format", "json")
    totals = [each["total"] for each in json.loads(result.stdout)["estimates"]]
    assert totals == [exactly(1429 * 720 * 0.00065), exactly(2592 * 0.625)]


def test_a_plan_holds_what_is_sized_to_its_headroom(run, tmp_path):
    (tmp_path / "p.yaml").write_text(
        f"version: 1\ntitle: P\ncomponents:\n  {STREAM.replace(', target_utilisation: 100%', '')}}}\n"
    )
    plan = json.loads(run("plan", "-p", "p.yaml", "-s", "large", "--format", "json").stdout)
    assert {check["verdict"] for check in plan["checks"]} == {"holds"}
    forecast = json.loads(run("forecast", "-p", "p.yaml", "-s", "large", "--growth", "10%", "--format", "json").stdout)
    assert {limit["breaks_in"] for limit in forecast["limits"] if "of a shard" in limit["item"]} == {None}
    assert forecast["months"][24]["total"] > 9 * forecast["months"][0]["total"] > 0


def test_auto_rests_on_the_quotas_there_are(sized):
    half = {"quotas.kinesis_data_streams.shard_write_records": "500 records/s"}
    bill = sized(f"{STREAM}}}", "peak_rate: 5000/s, record_size: 300 bytes", changes=half)
    assert quantity(bill, "kinesis_data_streams.shard_hours") == exactly(10 * HOURS)


def test_how_a_number_came_about_is_explained(run, tmp_path):
    (tmp_path / "p.yaml").write_text(f"version: 1\ntitle: P\ncomponents:\n  {STREAM}, consumers: 3}}\n")
    text = run("explain", "-p", "p.yaml", "-s", "large", "events.shard_hours", COLUMNS="200").stdout
    assert "bytes per second × consumers / quota kinesis_data_streams.shard_read_bytes" in text
    assert "quota kinesis_data_streams.shard_write_records: 1000 records/s · quotas/aws/2018-06.yaml:" in text


@pytest.mark.parametrize(
    ("component", "message"),
    [
        ("{service: kinesis_data_streams, input: source, shards: automatic}", "'automatic' is not a number"),
        ("{service: kinesis_data_streams, input: source, shards: auto, meter: month}", "'it' is metered over the month"),
        ("{service: kinesis_data_streams, input: source, shards: {peak: auto, off_peak: 1}}", "'auto' is not a number"),
        ("{service: kinesis_data_streams, input: source, shards: auto, target_utilisation: 0%}", "must be above 0%"),
        ("{service: firehose, input: source, buffer_size: auto}", "'auto' is not a size"),
        ("{service: managed_flink, input: source, kpus: auto}", "p.yaml:4:3: 'it' has kpus: auto and no kpu_throughput"),
        ("{service: managed_flink, kpus: auto, kpu_throughput: 2 MB}", "'MB' is not a unit of throughput (bytes/s, KB/s, MB/s"),
        ("{service: managed_flink, kpus: auto, kpu_throughput: 0 MB/s}", "'0 MB/s' must be above 0 KB/s"),
        ("{service: lambda, duration: 1 s, memory: auto}", "p.yaml:4:3: 'it' has memory: auto, which takes the cheapest"),
        (
            "{service: lambda, duration: {512 MB: 1 s, 1 GB: 600 ms}, memory: 2 GB}",
            "'it' was not measured at 2 GB; measured are 512",
        ),
        ("{service: lambda, duration: {512 MB: 1 s}}", "p.yaml:4:36: the duration of 'it' was not measured at 128 MB"),
        ("{service: lambda, duration: {512 MB: 1 s}, memory: auto, longest_duration: 0.9 s}", "'it' is never up to 0.9 s"),
        ("{service: lambda, duration: {512 MB: 1 s, peak: 2 s}, memory: auto}", "'peak' is not a size"),
        ("{service: lambda, duration: {64 MB: 1 s}, memory: auto}", "'64 MB' is below the smallest allowed, 128 MB"),
        ("{service: lambda, duration: {512 MB: null}, memory: auto}", "'null' is not a length of time"),
        ("{service: lambda, duration: {512 MB: 16 min}, memory: auto}", "'16 min' is over the largest allowed, 15 min"),
        ("{service: lambda, duration: {1 GB: 1 s}, memory: {peak: 1 GB}}", "write one number for memory"),
        ("{service: lambda, duration: {1 GB: 1 s}, memory: 1 GB, longest_duration: {peak: 1 s}}", "number for longest_duration"),
        ("{service: msk, brokers: auto, storage_per_broker: 1 TB}", "'auto' is not a number"),
    ],
)
def test_mistakes(sized, component, message):
    with pytest.raises(InputError) as raised:
        sized(f"it: {component}", "peak_rate: 1/s, record_size: 1 KB")
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        (
            "quotas.kinesis_data_streams.shard_writes",
            "there is no 'quotas.kinesis_data_streams.shard_writes'. Did you mean 'shard_write",
        ),
        ("quotas.kinesis.shard_write_records", "there is no 'quotas.kinesis'"),
        ("quotas.kinesis_data_streams", "there is no 'quotas.kinesis_data_streams' to set"),
    ],
)
def test_mistakes_in_a_changed_quota(sized, path, message):
    with pytest.raises(InputError) as raised:
        sized(f"{STREAM}}}", "peak_rate: 1/s, record_size: 1 KB", changes={path: "5 records/s"})
    assert message in str(raised.value)


def test_a_sheet_without_the_quota_is_named(run, tmp_path):
    (tmp_path / "p.yaml").write_text(f"version: 1\ntitle: P\ncomponents:\n  {STREAM}}}\n")
    (tmp_path / "q.yaml").write_text("version: 1\nextends: aws/2026-11\nkinesis_data_streams: {shard_write_records: null}\n")
    result = run("plan", "-p", "p.yaml", "-s", "large", "--quotas", "q.yaml")
    assert (result.exit_code, result.stdout) == (2, "")
    assert (
        "the quota sheet q (q.yaml) does not say 'kinesis_data_streams.shard_write_records', which auto is made of"
        in result.stderr
    )
    assert issubclass(MissingPrice, InputError)
