"""The remedies of a plan: for the period that breaks, tried before they are offered, with what they break."""

import json

import pytest

SHEET = """\
version: 1
title: Of this test
provider: aws
as_of: 2025-06-01
api_gateway:
  requests: {value: 10000 requests/s, scope: account, adjustable: true, source: https://api, confidence: high}
eventbridge:
  put_events: {value: 10000 calls/s, scope: account, adjustable: true, source: https://eventbridge, confidence: high}
lambda:
  concurrent_executions: {value: 1000 executions, scope: account, adjustable: true, source: https://lambda, confidence: high}
  payload: {value: 6 MB, scope: invocation, adjustable: false, source: https://lambda, confidence: high}
kinesis_data_streams:
  shard_write_records: {value: 1000 records/s, scope: shard, adjustable: false, source: https://kinesis, confidence: high}
  shard_write_bytes: {value: 1 MB/s, scope: shard, adjustable: false, source: https://kinesis, confidence: high}
  shard_read_bytes: {value: 2 MB/s, scope: shard, adjustable: false, source: https://kinesis, confidence: high}
sqs:
  fifo_requests: {value: 300 requests/s, scope: queue, adjustable: false, source: https://sqs, confidence: high}
  message_bytes: {value: 1 MB, scope: message, adjustable: false, source: https://sqs, confidence: high}
"""
STEADY = "peak_rate: 1000/s, record_size: 1 KB"
HOURS = 730  # of the month


@pytest.fixture
def planned(run, tmp_path):
    """`plan` of components (YAML) under traffic (YAML)."""

    def made(components, traffic=STEADY, scenario="", arguments=()):
        (tmp_path / "sheet.yaml").write_text(SHEET)
        (tmp_path / "p.yaml").write_text(f"version: 1\ntitle: P\ncomponents:\n  {components}\n")
        (tmp_path / "s.yaml").write_text(f"version: 1\ntitle: S\ntraffic: {{{traffic}}}\n{scenario}\n")
        card = ("--rates", "aws/us-east-1/2025-06", "--quotas", "sheet.yaml")
        result = run("plan", "-p", "p.yaml", "-s", "s.yaml", *card, *arguments)
        assert result.exit_code == 0, result.stderr
        return result.stdout

    return made


@pytest.fixture
def check(planned):
    """One check of the plan, as the JSON has it."""

    def of(component, item, components, *traffic, scenario=""):
        text = planned(components, *traffic, scenario=scenario, arguments=("--format", "json"))
        (found,) = [c for c in json.loads(text)["checks"] if component in c["components"] and c["item"] == item]
        return found

    return of


def changes(check):
    return [remedy["changes"] for remedy in check["remedies"] if remedy["changes"] and "put" not in remedy["what"]]


# Provisioned capacity by period: 1,000 writes a second by day, 50 by night.

TABLE = "table: {{service: dynamodb, input: source, writes_per_record: 1, read_capacity: 1, write_capacity: {capacity}}}"
DAY = "peak_rate: 1000/s, peak_hours: 4, off_peak_share: 5%, record_size: 1 KB"
THREE = "record_size: 1 KB, periods: [{name: day, rate: 1000/s, hours: 12}, {name: night, rate: 50/s, hours: 6}, "
THREE += "{name: dawn, rate: 10/s, hours: 6}]"


@pytest.mark.parametrize(
    ("capacity", "traffic", "path", "hours"),
    [
        ("{peak: 1250, off_peak: 10}", DAY, "table.write_capacity.off_peak", HOURS * 20 / 24),
        ("{peak: 1250, night: 10, off_peak: 100}", THREE, "table.write_capacity.night", HOURS * 6 / 24),
        ("{day: 1250, night: 10, dawn: 100}", THREE, "table.write_capacity.night", HOURS * 6 / 24),
        ("{day: 1250, night: 100, off_peak: 1}", THREE, "table.write_capacity.off_peak", HOURS * 6 / 24),
    ],
)
def test_what_breaks_only_off_peak_is_mended_there(check, capacity, traffic, path, hours):
    """50 writes a second by night at 80% are 62.5 units, so 63; the 10 of dawn, 12.5, so 13."""
    found = check("table", "Write units", TABLE.format(capacity=capacity), traffic)
    load, limit, units = (10, 1, 13) if "night: 100" in capacity else (50, 10, 63)
    assert (found["load"], found["limit"], found["verdict"]) == (pytest.approx(load), limit, "breaks")
    (remedy,) = found["remedies"]
    assert remedy["changes"] == {path: units}
    assert remedy["cost"] == pytest.approx((units - limit) * hours * 0.00065)


def test_a_plan_does_not_say_of_the_night_that_it_is_the_peak(planned):
    text = " ".join(planned(TABLE.format(capacity="{peak: 1250, off_peak: 10}"), DAY).split())
    assert "table, write units: 50 units/s outside the peak, 10 units/s are provisioned then." in text
    text = " ".join(planned(TABLE.format(capacity="{peak: 10, off_peak: 63}"), DAY).split())
    assert "table, write units: 1,000 units/s at the peak, 10 units/s are provisioned." in text


# Batches

FIFO = "queue: {service: sqs, queue: fifo, input: source}"
BUS = "bus: {{service: eventbridge, input: source, batch: {batch}}}"
FUNCTION = "fn: {{service: lambda, input: source, duration: 1 s, batch: {batch}}}"


def test_a_queue_takes_more_messages_in_one_request(check):
    """2,000 messages a second at 80% of 300 requests are 8.3 in one: 9, to send and to receive."""
    traffic = STEADY.replace("1000", "2000")
    assert changes(check("queue", "Requests to send", FIFO, traffic)) == [{"queue.send_batch": 9}]
    assert changes(check("queue", "Requests to receive", FIFO, traffic)) == [{"queue.receive_batch": 9}]


def test_what_a_setting_does_not_allow_is_not_offered(check):
    """3,000 messages a second would need 12.5 in one request, and 10 is the most."""
    assert changes(check("queue", "Requests to send", FIFO, "peak_rate: 3000/s, record_size: 1 KB")) == []


@pytest.mark.parametrize(("size", "offered"), [("100 KB", 1), ("200 KB", 0)])
def test_records_are_not_put_into_one_that_is_too_large(check, size, offered):
    """Nine of 100 KB are a message of at most 1 MB, nine of 200 KB are not."""
    found = check("queue", "Requests to send", FIFO, f"peak_rate: 2000/s, record_size: {size}")
    assert sum(remedy["what"].startswith("put 9 records into one") for remedy in found["remedies"]) == offered


@pytest.mark.parametrize(("batch", "rate", "larger"), [(1, 20_000, 3), (2, 40_000, 5)])
def test_a_call_puts_more_events(check, batch, rate, larger):
    """20,000 events a second at 80% of 10,000 calls are 2.5 in each; 40,000 are 5."""
    found = check("bus", "PutEvents calls", BUS.format(batch=batch), f"peak_rate: {rate}/s, record_size: 1 KB")
    assert changes(found) == [{"bus.batch": larger}]


@pytest.mark.parametrize("api", ["rest", "http"])
def test_a_request_to_an_api_brings_more_records(check, api):
    """60,000 records a second, two in a request, are 30,000 requests; at 80% of 10,000 that is 7.5 in each: 8."""
    component = f"api: {{service: api_gateway, api: {api}, input: source, batch: 2}}"
    found = check("api", "Requests", component, "peak_rate: 60000/s, record_size: 1 KB")
    assert (found["verdict"], changes(found)) == ("breaks", [{"api.batch": 8}])


def test_what_would_not_mend_is_not_offered(check):
    """The rest of the account alone is above 10,000 calls a second; with the bus 12,000 at 80% are 15,000."""
    rest = "other_usage: {eventbridge.put_events: 11000 calls/s}"
    (remedy,) = check("bus", "PutEvents calls", BUS.format(batch=1), scenario=rest)["remedies"]
    assert remedy["what"].startswith("have eventbridge.put_events raised to 15,000 calls/s")


@pytest.mark.parametrize(
    ("batch", "smaller"),
    [("20 MB", "4915 KB"), ("9000 records", "4915 records"), ("9000", "4915 records")],  # 6 MB at 80% are 4,915.2 KB
)
def test_a_payload_over_its_quota_is_mended_by_a_smaller_batch(check, batch, smaller):
    found = check("fn", "Payload", FUNCTION.format(batch=batch))
    assert found["verdict"] == "breaks"
    assert changes(found) == [{"fn.batch": smaller}]


def test_a_record_that_is_larger_than_the_payload_is_in_no_smaller_batch(check):
    assert check("fn", "Payload", FUNCTION.format(batch=1), "peak_rate: 1/s, record_size: 7 MB")["remedies"] == []


# Records that come one by one

ALONE = "gate: {{service: iot_core, input: source}}\n  fn: {{service: lambda, input: gate, duration: {duration}, batch: {batch}}}"


@pytest.mark.parametrize(("duration", "broken"), [("500 ms", []), ("1500 ms", ["Concurrent executions of fn"])])
def test_what_a_remedy_breaks_is_said(planned, check, duration, broken):
    """1,000 invocations a second of half a second run 500 at once, of a second and a half 1,500 of 1,000."""
    components = ALONE.format(duration=duration, batch=100)
    (remedy,) = check("fn", "Records in an invocation", components)["remedies"]
    assert (remedy["changes"], remedy["breaks"]) == ({"fn.batch": "1 record"}, broken)
    said = "but then Concurrent executions of fn would break" in " ".join(planned(components).split())
    assert said == bool(broken)


def test_one_by_one_is_no_capacity_of_which_some_should_be_left(check):
    found = check("fn", "Records in an invocation", ALONE.format(duration="50 ms", batch=1))
    assert (found["utilisation"], found["verdict"]) == (1, "holds")


@pytest.mark.parametrize(
    ("origins", "limit"),
    [
        ("gate", 1),
        ("topic", 1),
        ("bus", 1),
        ("api", 4),
        ("pipe", 20),
        ("queue", None),  # a poller gathers
        ("shards", None),
        ("streaming", None),
        ("kafka", None),
        ("table", None),  # its stream
        ("delivery", None),
        ("passed", 1),  # a function gives on what it has received
        ("copied", 1),
        ("[gate, topic]", 1),
        ("[gate, pipe, api]", 20),
        ("[gate, source]", None),
    ],
)
def test_how_many_records_can_come_in_together(planned, origins, limit):
    """Of several origins the one with the largest lots; none where one of them can fill a batch."""
    components = """gate: {service: iot_core, input: source}
  topic: {service: sns, input: source, batch: 10}
  bus: {service: eventbridge, input: source, batch: 10}
  pipe: {service: eventbridge, by: pipe, input: source, batch: 20}
  api: {service: api_gateway, api: websocket, input: source, batch: 4, connections: 9}
  queue: {service: sqs, input: gate}
  shards: {service: kinesis_data_streams, input: gate}
  streaming: {service: kinesis_data_streams, input: gate, mode: on-demand}
  kafka: {service: msk, input: gate, retention: 1 day}
  table: {service: dynamodb, input: gate}
  delivery: {service: firehose, input: gate}
  passed: {service: lambda, input: gate, duration: 50 ms}
  copied: {service: vpc_endpoint, input: gate}
"""
    function = f"  fn: {{service: lambda, input: {origins}, duration: 50 ms, batch: 100}}"
    plan = json.loads(planned(components + function, arguments=("--format", "json")))
    limits = [
        check["limit"] for check in plan["checks"] if (check["components"], check["item"]) == (["fn"], "Records in an invocation")
    ]
    assert limits == ([] if limit is None else [limit])


def test_clients_of_a_websocket_and_their_messages_have_no_quota_of_requests(planned):
    """1,000 records a second, four in a message."""
    api = "api: {service: api_gateway, api: websocket, input: source, batch: 4, connections: 9}"
    loads = json.loads(planned(api, arguments=("--format", "json")))["without_limit"]
    assert {load["item"]: load["load"] for load in loads} == {"Connections": 9, "Requests": 250}


# What a plan is made on

ANALYSED = "ingest: {service: firehose, input: source}\n  scores: {service: kinesis_analytics, input: ingest, kpus: 2}"


def test_a_plan_says_its_card_what_is_withdrawn_and_what_has_no_limit(planned):
    text = " ".join(planned(ANALYSED).split())
    assert "prices aws/us-east-1/2025-06 · quotas sheet" in text
    assert "AWS has withdrawn Amazon Kinesis Data Analytics" in text
    assert "Kinesis Processing Units of scores" in text.partition("No limit is known here for: ")[2]
    plan = json.loads(planned(ANALYSED, arguments=("--format", "json")))
    assert plan["rate_card"] == "aws/us-east-1/2025-06"
    assert [note.partition(":")[0] for note in plan["notes"]] == ["AWS has withdrawn Amazon Kinesis Data Analytics"]
    units = {"component": "scores", "item": "Kinesis Processing Units", "unit": "KPUs", "load": 2}
    assert units in plan["without_limit"]


def test_names_of_aws_keep_their_capitals_within_a_sentence(planned):
    text = planned(BUS.format(batch=1), STEADY.replace("1000", "20000"))
    assert "bus, PutEvents calls: 20,000 calls/s at the peak" in text


def test_what_breaks_in_several_periods_is_mended_in_all_of_them(check):
    """1,000 and 50 writes a second at 80% of capacity: 1,250 and 63 units; 4 and 20 hours of each day."""
    found = check("table", "Write units", TABLE.format(capacity="{peak: 100, off_peak: 10}"), DAY)
    (remedy,) = found["remedies"]
    assert remedy["changes"] == {"table.write_capacity.peak": 1250, "table.write_capacity.off_peak": 63}
    assert remedy["what"].startswith("table.write_capacity: {peak: 1250, off_peak: 63} (+$")
    units = (1150 * 4 + 53 * 20) / 24
    assert remedy["cost"] == pytest.approx(units * HOURS * 0.00065)


EVENTS = "bus: {service: eventbridge, input: source}"


@pytest.mark.parametrize(("other", "batch"), [("5000", 4), ("7900", 120)])
def test_a_remedy_leaves_room_for_the_rest_of_the_account(check, other, batch):
    """Of 10,000 calls at 80%, 3,000 or 100 are left for 12,000 events."""
    scenario = f"other_usage: {{eventbridge.put_events: {other} calls/s}}"
    found = check("bus", "PutEvents calls", EVENTS, "peak_rate: 12000/s, record_size: 0.1 KB", scenario=scenario)
    (remedy,) = (remedy for remedy in found["remedies"] if "bus.batch" in remedy["changes"])
    assert remedy["changes"] == {"bus.batch": batch}
    assert "tight" not in remedy["what"]


def test_several_records_in_one_may_take_a_function_longer(check):
    function = "fn: {service: lambda, input: source, duration: 100 ms}"
    found = check("fn", "Concurrent executions", function, "peak_rate: 20000/s, record_size: 1 KB")
    assert all("if an invocation takes as long as now" in remedy["what"] for remedy in found["remedies"] if remedy["changes"])


def test_of_one_setting_what_the_most_needs_is_offered(check):
    """Of a stream with 1 shard, records ask for 2 shards and data out for 3 consumers for 6; 6 is what is offered for both."""
    stream = "stream: {service: kinesis_data_streams, input: source, shards: 1, consumers: 3}"
    offered = [
        changes(check("stream", item, stream, "peak_rate: 1200/s, record_size: 2.5 KB"))
        for item in ("Records of a shard", "Data into a shard", "Data out of a shard")
    ]
    out = 1200 * 2.5 * 1024 * 3 / (2 * 1024**2) / 0.8  # 5.5 shards
    assert 5 < out < 6
    assert offered == [[{"stream.shards": 6}]] * 3


def test_what_is_just_above_a_limit_is_not_said_to_be_at_it(planned):
    text = planned("queue: {service: sqs, queue: fifo, input: source}", "peak_rate: 300.01/s, record_size: 1 KB")
    assert "over 100%  breaks" in text


def test_a_load_outside_the_peak_says_when_it_is(planned):
    text = planned(TABLE.format(capacity="{peak: 2000, off_peak: 10}"), DAY)
    assert "Write units, provisioned, in off peak" in " ".join(text.split())


def test_records_of_users_are_not_put_into_one(check):
    gate = "gate: {service: api_gateway, input: source}\n  bus: {service: eventbridge, input: gate}"
    found = check("bus", "PutEvents calls", gate, "peak_rate: 12000/s, record_size: 1 KB")
    assert not any("into one" in remedy["what"] for remedy in found["remedies"])


@pytest.mark.parametrize(("batch", "larger"), [("1 record", "25 records"), ("4 records", "100 records")])
def test_fewer_executions_run_where_each_takes_more(check, batch, larger):
    """20,000 executions at once are 25 times 80% of 1,000."""
    rate = 100_000 * int(batch.split()[0])
    function = f"fn: {{service: lambda, input: source, duration: 200 ms, batch: {batch}}}"
    found = check("fn", "Concurrent executions", function, f"peak_rate: {rate}/s, record_size: 0.1 KB")
    assert found["load"] == pytest.approx(20_000)
    (remedy,) = (remedy for remedy in found["remedies"] if remedy["changes"])
    assert remedy["changes"] == {"fn.batch": larger}
    assert "if an invocation takes as long as now" in remedy["what"]
