"""Of the services that stand between others, and of those that run by the clock, what their bills do not show."""

import pytest

from costmodel import estimate
from costmodel.errors import InputError, MissingPrice
from costmodel.units import plural, singular

TRAFFIC = "{peak_rate: 100/s, peak_hours: 4, off_peak_share: 20%, record_size: 1 KB}"


@pytest.fixture
def bill(tmp_path):
    """The bill of components written as YAML, at 100 records a second of 1 KB at peak, at the prices of 2018."""

    def of(components, traffic=TRAFFIC):
        (tmp_path / "pattern.yaml").write_text(f"version: 1\ntitle: Written\ncomponents: {{{components}}}\n")
        (tmp_path / "scenario.yaml").write_text(f"version: 1\ntitle: Written\nmonth: 30 days\ntraffic: {traffic}\n")
        return estimate(str(tmp_path / "pattern.yaml"), str(tmp_path / "scenario.yaml"), rates="aws/us-east-1/2018-06")

    return of


def used(bill, component, item):
    return next(line.pricing_quantity for line in bill.lines if (line.component, line.description) == (component, item))


# 100/s for 4 hours and 20/s for 20 hours, of 30 days
RECORDS = (100 * 4 + 20 * 20) * 3600 * 30


@pytest.mark.parametrize(
    ("passes_on", "lots"),
    [
        ("{service: sqs, input: source, receive_batch: 10}", RECORDS / 10),
        ("{service: api_gateway, input: source, batch: 4}", RECORDS / 4),
        ("{service: step_functions, input: source, batch: 8 KB}", RECORDS / 8),
        ("{service: sns, input: source, batch: 10}", RECORDS),  # subscribers receive messages one by one
        ("{service: eventbridge, input: source}", RECORDS),
        ("{service: nat_gateway, input: source}", RECORDS),
        ("{service: vpc_endpoint, input: source}", RECORDS),
        ("{service: data_transfer, input: source}", RECORDS),
    ],
)
def test_records_flow_on_in_the_lots_that_the_service_makes(bill, passes_on, lots):
    """Each lot becomes an object: a PUT request."""
    assert used(bill(f"it: {passes_on}, store: {{service: s3, input: it}}"), "store", "PUT requests") == pytest.approx(lots)


@pytest.mark.parametrize(
    ("component", "item", "amount", "quota"),
    [
        ("{service: sns, input: source, batch: 10}", "Messages", 100, "sns.publishes_standard"),
        ("{service: iot_core, input: source, devices: 7, connected: 25%}", "Connections", 7, "iot_core.connections"),
        ("{service: sqs, input: source, queue: fifo, send_batch: 10}", "Requests to send", 10, "sqs.fifo_requests"),
        ("{service: sqs, input: source, processing_time: 30 s}", "Messages in flight", 3000, "sqs.standard_in_flight"),
        ("{service: api_gateway, input: source, batch: 4}", "Requests", 25, "api_gateway.requests"),
        ("{service: eventbridge, input: source, batch: 10}", "PutEvents calls", 10, "eventbridge.put_events"),
        ("{service: step_functions, input: source, duration: 3 s}", "Executions at once", 300, ""),
        ("{service: glue, runs: 24/day, run_time: 30 min, dpus: 10}", "Job DPUs", 5, ""),
    ],
)
def test_the_load_at_peak(bill, component, item, amount, quota):
    load = next(load for load in bill(f"it: {component}").loads if load.item == item)
    assert (load.amount, load.quota) == (pytest.approx(amount), quota)


@pytest.mark.parametrize(
    ("component", "price"),
    [
        ("{service: api_gateway, input: source, api: http}", "api_gateway.http_increment"),
        ("{service: step_functions, input: source, workflow: express}", "step_functions.duration_increment"),
        ("{service: glue, runs: 1/day, execution: flex}", "glue.flex_hours"),
        ("{service: opensearch, instance: m6g.large, volume: gp2, storage_per_instance: 9 GB}", "opensearch.instances.m6g-large"),
    ],
)
def test_what_did_not_exist_in_2018_is_an_error_that_names_it(bill, component, price):
    with pytest.raises(MissingPrice, match=f"'{price}'"):
        bill(f"it: {component}")


@pytest.mark.parametrize(
    ("component", "message"),
    [
        ("{service: athena, queries: 1/day}", "athena needs one of scanned, window"),
        ("{service: athena, queries: 1/day, scanned: 1 GB, window: 1 h}", "has scanned and window"),
        ("{service: athena, queries: 20, scanned: 1 GB}", "needs a unit"),
        ("{service: msk}", "msk needs one of storage_per_broker, retention"),
        ("{service: sqs, send_batch: 11}", "over the largest allowed, 10"),
    ],
)
def test_a_setting_that_is_missing_too_many_or_out_of_range(bill, component, message):
    with pytest.raises(InputError, match=message):
        bill(f"it: {component}")


def test_schedules_run_without_any_traffic(bill):
    """24 queries a day of 1 GB for 30 days, whether records come or not."""
    quiet = bill("it: {service: athena, queries: 24/day, scanned: 1 GB}", "{peak_rate: 0/s, record_size: 1 KB}")
    assert quiet.total == quiet.fixed == pytest.approx(720 / 1024 * 5)


@pytest.mark.parametrize(("one", "several"), [("request", "requests"), ("delivery", "deliveries"), ("KPU-hour", "KPU-hours")])
def test_units_are_counted_in_one_and_several(one, several):
    assert plural(one) == several
    assert singular(several) == singular(one) == one
