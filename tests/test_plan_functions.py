"""The plan of a function: what reads a stream's shards, what one invocation receives, what it is provisioned with."""

import json

import pytest

from costmodel import estimate

STEADY = "peak_rate: 1000/s, record_size: 1 KB"


@pytest.fixture
def checks(run, tmp_path):
    """The checks of the plan of components (YAML) under traffic (YAML) that are of `fn`, by item, as the JSON has them."""

    def of(components, traffic=STEADY, sheet="aws/2026-11", arguments=()):
        (tmp_path / "p.yaml").write_text(f"version: 1\ntitle: P\ncomponents:\n  {components}\n")
        (tmp_path / "s.yaml").write_text(f"version: 1\ntitle: S\nmonth: 30 days\ntraffic: {{{traffic}}}\n")
        names = ("-p", "p.yaml", "-s", "s.yaml", "--rates", "aws/us-east-1/2025-06", "--quotas", sheet)
        result = run("plan", *names, "--format", "json", *arguments)
        assert result.exit_code == 0, result.stderr
        return {check["item"]: check for check in json.loads(result.stdout)["checks"] if "fn" in check["components"]}

    return of


# What reads a stream

SHARDS = (
    "shards: {{service: kinesis_data_streams, input: source{settings}}}\n  {between}fn: {{service: lambda, batch: 100 records, "
)
SHARDS += "duration: {duration}, input: {origin}{more}}}"


def reading(settings=", shards: 10", duration="1500 ms", origin="shards", between="", more=""):
    return SHARDS.format(settings=settings, duration=duration, origin=origin, between=between, more=more)


@pytest.mark.parametrize(
    ("components", "limit"),
    [
        (reading(), 10),
        (reading(more=", parallelization: 4"), 40),
        (reading(", shards: 5, count: 3"), 5),  # what flows on comes from one of them
        (reading(origin="{from: shards, share: 50%}"), 10),  # filtered by the event source mapping
        (reading(between="more: {service: kinesis_data_streams, input: source, shards: 3}\n  ", origin="[shards, more]"), 13),
        (reading(origin="[shards, source]"), None),
        (reading(", mode: on-demand"), None),
        (reading(between="flink: {service: managed_flink, input: shards}\n  ", origin="flink"), None),
        (reading(between="queue: {service: sqs, input: shards}\n  ", origin="queue"), None),
        (reading(between="first: {service: lambda, input: shards, duration: 1 s}\n  ", origin="first"), None),
    ],
)
def test_each_shard_is_read_by_as_many_executions_as_are_parallel(checks, components, limit):
    found = checks(components).get("Executions on shards")
    assert (found and found["limit"]) == limit


def test_what_the_shards_readers_do_not_take_waits(checks):
    """Ten batches of 100 a second run for a second and a half: 15 executions on 10 shards; at 80% two at once are enough.

    The account has ten of them, while the others wait.
    """
    of_function = checks(reading())
    assert of_function["Concurrent executions"]["load"] == 10
    found = of_function["Executions on shards"]
    assert (found["load"], found["utilisation"], found["verdict"]) == (pytest.approx(15), pytest.approx(1.5), "breaks")
    (remedy,) = found["remedies"]
    assert (remedy["changes"], remedy["cost"]) == ({"fn.parallelization": 2}, pytest.approx(0, abs=1e-6))


def test_more_than_ten_batches_of_a_shard_are_never_read_at_once(checks):
    """90 executions on one shard would need 9 / 0.8, which is 12, for each of ten."""
    assert checks(reading(duration="9 s", settings=""))["Executions on shards"]["remedies"] == []


def test_shards_that_differ_between_periods(checks):
    """By day 15 executions on 20 shards, by night a tenth of them on one."""
    traffic = "peak_rate: 1000/s, peak_hours: 4, off_peak_share: 10%, record_size: 1 KB"
    found = checks(reading(", shards: {peak: 20, off_peak: 1}"), traffic)["Executions on shards"]
    assert (found["load"], found["limit"]) == (pytest.approx(1.5), 1)


# What one invocation receives

MIXED = "peak_rate: 100/s, record_size: {1 KB: 99%, 8 MB: 1%}"
MB = 1024**2


@pytest.mark.parametrize(
    ("batch", "traffic", "payload"),
    [
        ("1 record", MIXED, 8 * MB),  # one invocation in a hundred
        ("100 records", MIXED, 99 * 1024 + 8 * MB),  # on average
        ("10 records", MIXED, 8 * MB),  # a poller ends a batch before 6 MB: what may be too large is a single record
        ("64 KB", MIXED, 8 * MB),
        ("20 MB", MIXED, 20 * MB),
        ("3 records", "peak_rate: 100/s, record_size: 1 MB", 3 * MB),
    ],
)
def test_an_invocation_receives_the_largest_record_too(checks, batch, traffic, payload):
    found = checks(f"fn: {{service: lambda, input: source, duration: 50 ms, batch: {batch}}}", traffic)["Payload"]
    assert found["load"] == pytest.approx(payload)
    assert found["verdict"] == ("breaks" if payload > 6 * MB else "holds")


@pytest.mark.parametrize(("batch", "payload"), [(1, 2.5), (2, 5), (3, 7.5)])
def test_records_that_come_in_together_may_all_be_of_the_largest(checks, batch, payload):
    """Two or three records that a client has put into one request, of which each may be of 2.5 MB."""
    components = f"api: {{service: api_gateway, input: source, batch: {batch}}}\n  "
    components += f"fn: {{service: lambda, input: api, duration: 50 ms, batch: {batch} records}}"
    found = checks(components, "peak_rate: 100/s, record_size: {1 KB: 99%, 2.5 MB: 1%}")["Payload"]
    assert found["load"] == pytest.approx(payload * MB)


# Executions that are kept ready

READY = "fn: {service: lambda, input: source, duration: 1 s, memory: 1 GB, provisioned_concurrency: "


@pytest.mark.parametrize(
    ("ready", "used", "at_once", "verdict"),
    [
        ("1000, provisioned_share: 60%", 600, 1400, "holds"),  # 400 beside those that are ready
        ("1000", 1000, 1000, "tight"),
        ("400", 400, 1000, "tight"),  # 600 run on demand
        ("400, provisioned_share: 30%", 300, 1100, "holds"),
        ("0", 0, 1000, None),
    ],
)
def test_what_is_not_ready_runs_on_demand(checks, ready, used, at_once, verdict):
    """1,000 executions of a second at once."""
    found = checks(f"{READY}{ready}}}")
    provisioned = found.get("Provisioned executions", {"load": 0, "verdict": None, "remedies": []})
    assert (provisioned["load"], provisioned["verdict"]) == (pytest.approx(used), verdict)
    assert provisioned["remedies"] == []
    assert found["Concurrent executions"]["load"] == pytest.approx(at_once)


def test_what_spills_over_is_billed_on_demand(tmp_path):
    """1,000 at once for 4 hours a day and 100 for 20, of 1 GB; 400 are ready: 600 spill over for 4 hours of 30 days."""
    (tmp_path / "p.yaml").write_text(f"version: 1\ntitle: P\ncomponents:\n  {READY}400}}\n")
    traffic = "{peak_rate: 1000/s, peak_hours: 4, off_peak_share: 10%, record_size: 1 KB}"
    (tmp_path / "s.yaml").write_text(f"version: 1\ntitle: S\nmonth: 30 days\ntraffic: {traffic}\n")
    bill = estimate(tmp_path / "p.yaml", tmp_path / "s.yaml", rates="aws/us-east-1/2025-06")
    hours = {line.description.partition(",")[0]: line.pricing_quantity / 3600 for line in bill.lines}
    assert hours["Provisioned concurrency"] == pytest.approx(400 * 720)
    assert hours["Provisioned duration"] == pytest.approx(30 * (4 * 400 + 20 * 100))
    assert hours["Duration"] == pytest.approx(30 * 4 * 600)


# Invocations: ten a second for each of the concurrent executions

SHORT = "fn: {service: lambda, input: source, duration: 50 ms}"
FAST = "peak_rate: 16000/s, record_size: 1 KB"


def test_invocations_go_by_the_quota_of_executions(checks):
    """16,000 a second of 50 ms are 800 executions, and of 10 x 1,000 invocations too many; at 80% that wants 2,000 executions."""
    found = checks(SHORT, FAST)
    assert (found["Concurrent executions"]["load"], found["Concurrent executions"]["verdict"]) == (pytest.approx(800), "holds")
    assert (found["Invocations"]["limit"], found["Invocations"]["verdict"]) == (10_000, "breaks")
    larger, raised = (remedy["what"] for remedy in found["Invocations"]["remedies"][:2])
    assert larger.startswith("fn.batch: 2 records (")  # half as many, of twice as many records
    assert raised == "have lambda.concurrent_executions raised to 2,000 executions (AWS does it on request)"


def test_more_executions_are_more_invocations(checks):
    more = ("--set", "quotas.lambda.concurrent_executions=2000 executions")
    found = checks(SHORT, FAST, arguments=more)["Invocations"]
    assert (found["limit"], found["yours"], found["verdict"]) == (20_000, True, "holds")


@pytest.mark.parametrize(
    ("sheet", "message"),
    [
        (
            "invocations: {yours: 20000 invocations/s}",
            "there is no quota 'lambda.invocations'. Did you mean 'invocations_per_exec",
        ),
        (
            "invocations_per_execution: {times: lambda.executions}",
            "there is no quota 'lambda.executions', of which lambda.invocations_per_execution is",
        ),
        (
            "concurrent_executions: null",
            "there is no quota 'lambda.concurrent_executions', of which lambda.invocations_per_execution is",
        ),
        ("invocations_per_execution: {times: lambda.payload}", "'lambda.payload' is no number of something, of which"),
        (
            "invocations_per_execution: {times: lambda.invocations_per_execution}",
            "'lambda.invocations_per_execution' is no number of something, of which",
        ),
    ],
)
def test_mistakes_in_what_a_quota_is_for_each_of(run, tmp_path, sheet, message):
    (tmp_path / "ours.yaml").write_text(f"version: 1\nextends: aws/2026-11\nlambda: {{{sheet}}}\n")
    result = run("validate", "ours.yaml", COLUMNS="200")
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_without_a_limit_of_executions_there_is_none_of_invocations(checks, tmp_path):
    (tmp_path / "ours.yaml").write_text("version: 1\nextends: aws/2026-11\nlambda: {concurrent_executions: {yours: none}}\n")
    assert list(checks(SHORT, FAST, sheet="ours.yaml")) == ["Payload"]
