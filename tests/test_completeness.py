"""Completeness: what every service, price, pattern, scenario and card must have, and the prices of 2018 as published."""

import re
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from costmodel import estimate, services
from costmodel.checking import check
from costmodel.errors import InputError
from costmodel.library import SHIPPED, Library
from costmodel.metering import PriceNames
from costmodel.pattern import read_pattern
from costmodel.ratecard import read_card
from costmodel.settings import CardFact

LIBRARY = Library(environment=False)
PATTERNS, SCENARIOS = (LIBRARY.names(kind) for kind in ("patterns", "scenarios"))
CARDS = LIBRARY.cards()
SERVICES = services.keys()


@cache
def card(name):
    return read_card(LIBRARY.load("pricing", LIBRARY.find("pricing", name)), name)


def pattern(name):
    return read_pattern(LIBRARY.load("patterns", LIBRARY.find("patterns", name)), name)


# Services


@pytest.mark.parametrize("key", SERVICES)
def test_every_service_has_the_sentence_of_its_pricing_page(key):
    doc = services.find(key).doc
    assert len(doc.split()) >= 8
    assert doc.endswith(".")
    assert "billed" in doc


@pytest.mark.parametrize("key", SERVICES)
def test_every_service_is_found_by_its_key_and_says_what_its_settings_and_prices_are(key):
    service = services.find(key)
    assert service.key == key
    assert re.match(r"(Amazon|AWS) [A-Z]", service.name)
    assert service.price_names(), "it prices nothing"
    for name, field in {**service.setting_fields(), **service.card_fields()}.items():
        assert len(field.doc.split()) >= 2 or name == "requests", name


def test_there_is_no_service_beside_the_files():
    files = {path.stem for path in (Path(services.__file__).parent).glob("*.py")} - {"__init__", "aws_lambda"}
    assert {*files, "lambda"} == set(SERVICES)


# Rate cards


NEWEST = [LIBRARY.newest_card(region) for region in LIBRARY.regions()]
# What AWS's price feed of June 2025 has for no region: looked up by hand for the regions there are sources for.
BY_HAND = {
    *(f"data_transfer.{name}" for name in ("internet_out", "cross_az", "inter_region")),
    *(f"opensearch.{name}" for name in ("instances", "gp2_storage", "gp3_storage")),
    *("nat_gateway.hours", "nat_gateway.processed", "s3.deep_archive_storage", "s3.deep_archive_put_requests"),
}


def of_service(key, shipped):
    """The prices of a service on a card by the names that the service has for them: all kinds of one as one."""
    return {".".join(rate.key.split(".")[:2]) for rate in shipped.rates_of(key)}


@pytest.mark.parametrize("name", NEWEST)
@pytest.mark.parametrize("key", SERVICES)
def test_a_card_has_every_price_and_fact_of_a_service_that_its_region_has(key, name):
    service, shipped = services.find(key), card(name)
    declared = {price.key for price in service.price_names().values()}
    lacking = declared - of_service(key, shipped)
    if key in shipped.not_offered:
        assert lacking == declared
    else:
        assert lacking - set(shipped.not_listed) <= (set() if name == "aws/us-east-1/2025-06" else BY_HAND)
    facts = {field for field, kind in service.card_fields().items() if isinstance(kind, CardFact)}
    assert facts == set(shipped.facts.get(key, {}))


@pytest.mark.parametrize("name", CARDS)
def test_every_price_of_a_card_belongs_to_a_service_and_has_a_source(name):
    known = {price.key: price for key in SERVICES for price in services.find(key).price_names().values()}
    for key, rate in card(name).rates.items():
        declared = known[".".join(key.split(".")[:2])]
        assert declared.dimension == rate.per.unit.dimension
        assert isinstance(declared, PriceNames) == (key.count(".") == 2)
        assert re.fullmatch(r"https://(docs\.)?aws\.amazon\.com/\S+", rate.source), key


@pytest.mark.parametrize("name", NEWEST)
def test_an_imported_price_says_which_price_list_it_is_from(name):
    """Rate code and date of the list are with every price but those looked up by hand, which say how sure they are."""
    for key, rate in card(name).rates.items():
        if ".".join(key.split(".")[:2]) in BY_HAND:
            assert rate.confidence
        else:
            assert rate.published >= "2024-08"
            assert rate.version
            assert all(tier.rate_code.count(".") == 2 for tier in rate.tiers), key


@pytest.mark.parametrize("region", LIBRARY.regions())
@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_has_an_estimate_in_every_region_that_offers_its_services(name, region):
    shipped = card(LIBRARY.newest_card(region))
    lacking = [c.name for c in pattern(name).components if c.service.key in shipped.not_offered]
    if not lacking:
        assert estimate(name, "large", region=region).rate_card == shipped.name
        return
    with pytest.raises(InputError) as raised:
        estimate(name, "large", region=region)
    assert [f"'{component}' is" in str(raised.value) for component in lacking] == [True] * len(lacking)


@pytest.mark.parametrize("name", CARDS)
def test_a_price_is_the_same_whether_it_is_read_at_once_or_when_it_is_asked_for(name):
    asked = read_card(LIBRARY.load("pricing", LIBRARY.find("pricing", name)), name, later=True)
    assert {key: asked.rates[key] for key in asked.rates} == dict(card(name).rates)
    assert len(asked.rates) == len(card(name).rates) > 0


@pytest.mark.parametrize("keys", [["sqs"], ["s3", "lambda"], ["nat_gateway", "firehose"]])
def test_of_a_card_the_blocks_that_are_asked_for_are_read_and_keep_their_lines(keys):
    name = "aws/us-east-1/2025-06"
    without = {*services.keys()} - {*keys}
    part = read_card(LIBRARY.load("pricing", LIBRARY.find("pricing", name), without=without), name)
    assert {key.partition(".")[0] for key in part.rates} == {*keys}
    assert all(part.rates[key] == card(name).rates[key] for key in part.rates)


@pytest.mark.parametrize("name", CARDS)
def test_a_card_is_named_after_its_provider_region_and_month(name):
    shipped = card(name)
    assert name == f"{shipped.provider}/{shipped.region}/{shipped.as_of[:7]}"
    assert shipped.currency == "USD"


@pytest.mark.parametrize("per", ["foo requests", "0 requests", "-1000 requests", "1e400 requests", "GB-fortnight"])
def test_a_price_per_nothing_one_can_count_is_a_mistake_of_the_card(per):
    with pytest.raises(InputError):
        estimate("itl", "small", changes={"rates.s3.put_requests.per": f"'{per}'"})


# The prices of June 2018 in us-east-1, typed from the sources: per one unit as AWS's offer files give them, tiers as
# (up to, price). "Whitepaper": "Serverless Streaming Architectures and Best Practices" (AWS, June 2018), its stated
# rates. "Page": AWS's pricing page of the service in 2018. Where neither was read again, the confidence is medium.
JUNE_2018 = {
    # https://aws.amazon.com/kinesis/data-firehose/pricing/: whitepaper (first tier); the next tiers medium
    "firehose.ingested": ("GB", [(512_000, "0.029"), (2_048_000, "0.025"), (None, "0.020")]),
    "firehose.ingested_from_kinesis": ("GB", [(512_000, "0.029"), (2_048_000, "0.025"), (None, "0.020")]),  # medium
    "firehose.format_conversion": ("GB", [(None, "0.018")]),  # medium; since May 2018
    # https://aws.amazon.com/s3/pricing/: whitepaper (first tier), S3 FAQ (second); the third medium
    "s3.storage": ("GB-month", [(51_200, "0.023"), (512_000, "0.022"), (None, "0.021")]),
    "s3.put_requests": ("request", [(None, "0.000005")]),  # whitepaper: $0.005 per 1,000
    "s3.get_requests": ("request", [(None, "0.0000004")]),  # this and the next medium
    "s3.standard_ia_storage": ("GB-month", [(None, "0.0125")]),
    "s3.standard_ia_put_requests": ("request", [(None, "0.00001")]),
    "s3.standard_ia_get_requests": ("request", [(None, "0.000001")]),
    "s3.standard_ia_retrieved": ("GB", [(None, "0.01")]),
    # https://aws.amazon.com/lambda/pricing/: whitepaper and page
    "lambda.requests": ("request", [(None, "0.0000002")]),
    "lambda.duration": ("GB-second", [(None, "0.00001667")]),
    # https://aws.amazon.com/dynamodb/pricing/: whitepaper; storage free to 25 GB, then medium
    "dynamodb.read_capacity": ("RCU-hour", [(None, "0.00013")]),
    "dynamodb.write_capacity": ("WCU-hour", [(None, "0.00065")]),
    "dynamodb.storage": ("GB-month", [(25, "0"), (None, "0.25")]),
    "dynamodb.stream_reads": ("request", [(None, "0.0000002")]),  # medium, as is the next
    "dynamodb.point_in_time_recovery": ("GB-month", [(None, "0.20")]),
    # https://aws.amazon.com/kms/pricing/: whitepaper ($0.03 per 10,000 after 20,000 free); keys: page of 2019
    "kms.requests": ("request", [(20_000, "0"), (None, "0.000003")]),
    "kms.keys": ("key-month", [(None, "1")]),
    # https://aws.amazon.com/iot-core/pricing/: whitepaper; the last tier of messages from the page
    "iot_core.connectivity": ("minute", [(None, "0.00000008")]),
    "iot_core.messages": ("message", [(1_000_000_000, "0.000001"), (5_000_000_000, "0.0000008"), (None, "0.0000007")]),
    "iot_core.rules_triggered": ("trigger", [(None, "0.00000015")]),
    "iot_core.actions_executed": ("action", [(None, "0.00000015")]),
    "iot_core.shadow_operations": ("operation", [(None, "0.00000125")]),  # medium
    # https://aws.amazon.com/kinesis/data-streams/pricing/: AWS's example of the time; extended retention medium
    "kinesis_data_streams.shard_hours": ("shard-hour", [(None, "0.015")]),
    "kinesis_data_streams.payload_units": ("unit", [(None, "0.000000014")]),
    "kinesis_data_streams.extended_retention": ("shard-hour", [(None, "0.020")]),
    # https://aws.amazon.com/kinesis/data-analytics/pricing/: whitepaper
    "kinesis_analytics.kpu_hours": ("KPU-hour", [(None, "0.11")]),
    # https://aws.amazon.com/sns/pricing/, /sqs/pricing/, /api-gateway/pricing/: medium, the lower prices above 333 million
    # REST requests not established
    "sns.requests": ("request", [(None, "0.0000005")]),
    "sns.http_deliveries": ("delivery", [(None, "0.0000006")]),
    "sns.email_deliveries": ("delivery", [(None, "0.00002")]),
    "sns.mobile_push_deliveries": ("delivery", [(None, "0.0000005")]),
    "sns.sqs_deliveries": ("delivery", [(None, "0")]),
    "sns.lambda_deliveries": ("delivery", [(None, "0")]),
    "sqs.requests": ("request", [(None, "0.0000004")]),
    "sqs.fifo_requests": ("request", [(None, "0.0000005")]),
    "api_gateway.rest_requests": ("request", [(None, "0.0000035")]),
    # https://aws.amazon.com/step-functions/pricing/: page of 2018/2019
    "step_functions.transitions": ("transition", [(None, "0.000025")]),
    # https://aws.amazon.com/cloudwatch/pricing/: medium; CloudWatch Events is EventBridge today
    "eventbridge.custom_events": ("event", [(None, "0.000001")]),
    "cloudwatch.logs_ingested": ("GB", [(None, "0.50")]),
    "cloudwatch.logs_storage": ("GB-month", [(None, "0.03")]),
    "cloudwatch.metrics": ("metric-month", [(10_000, "0.30"), (250_000, "0.10"), (1_000_000, "0.05"), (None, "0.02")]),
    "cloudwatch.alarms": ("alarm-month", [(None, "0.10")]),
    "cloudwatch.high_resolution_alarms": ("alarm-month", [(None, "0.30")]),
    "cloudwatch.dashboards": ("dashboard-month", [(None, "3.00")]),
    "cloudwatch.api_requests": ("request", [(None, "0.00001")]),
    # https://aws.amazon.com/athena/pricing/: AWS's examples of the page
    "athena.data_scanned": ("TB", [(None, "5.00")]),
    # https://aws.amazon.com/glue/pricing/: medium
    "glue.etl_hours": ("DPU-hour", [(None, "0.44")]),
    "glue.crawler_hours": ("DPU-hour", [(None, "0.44")]),
    "glue.catalog_objects": ("object-month", [(None, "0.00001")]),
    "glue.catalog_requests": ("request", [(None, "0.000001")]),
    # https://aws.amazon.com/elasticsearch-service/pricing/: the instance low, storage medium
    "opensearch.instances.m4-large": ("instance-hour", [(None, "0.151")]),
    "opensearch.gp2_storage": ("GB-month", [(None, "0.135")]),
    # https://aws.amazon.com/ec2/pricing/on-demand/ and /vpc/pricing/: medium
    "data_transfer.internet_out": ("GB", [(10_240, "0.09"), (51_200, "0.085"), (153_600, "0.07"), (None, "0.05")]),
    "data_transfer.cross_az": ("GB", [(None, "0.01")]),
    "data_transfer.inter_region": ("GB", [(None, "0.02")]),
    "nat_gateway.hours": ("gateway-hour", [(None, "0.045")]),
    "nat_gateway.processed": ("GB", [(None, "0.045")]),
    "vpc_endpoint.hours": ("endpoint-hour", [(None, "0.01")]),
    "vpc_endpoint.processed": ("GB", [(None, "0.01")]),
}
# Free quantities: Lambda's and DynamoDB's pages (always free), S3's FAQ and IoT Core's page (12 months, older accounts).
FREE_2018 = {
    "lambda.requests": ("always", 1_000_000),
    "lambda.duration": ("always", 400_000),
    "dynamodb.read_capacity": ("always", 25),  # for every hour of the month
    "dynamodb.write_capacity": ("always", 25),
    "dynamodb.stream_reads": ("always", 2_500_000),
    "s3.storage": ("legacy-12-month", 5),
    "s3.put_requests": ("legacy-12-month", 2000),
    "s3.get_requests": ("legacy-12-month", 20_000),
    "iot_core.connectivity": ("legacy-12-month", 2_250_000),
    "iot_core.messages": ("legacy-12-month", 500_000),
    "iot_core.rules_triggered": ("legacy-12-month", 250_000),
    "iot_core.actions_executed": ("legacy-12-month", 250_000),
    "iot_core.shadow_operations": ("legacy-12-month", 225_000),
    # their own pages; SQS's and CloudWatch Logs' are shared by the prices below
    "sns.requests": ("always", 1_000_000),
    "sns.http_deliveries": ("always", 100_000),
    "sns.email_deliveries": ("always", 1000),
    "sns.mobile_push_deliveries": ("always", 1_000_000),
    "sqs.requests": ("always", 1_000_000),
    "sqs.fifo_requests": ("always", 1_000_000),
    "api_gateway.rest_requests": ("legacy-12-month", 1_000_000),
    "step_functions.transitions": ("always", 4000),
    "cloudwatch.logs_ingested": ("always", 5),
    "cloudwatch.logs_storage": ("always", 5),
    "cloudwatch.metrics": ("always", 10),
    "cloudwatch.alarms": ("always", 10),
    "cloudwatch.dashboards": ("always", 3),
    "cloudwatch.api_requests": ("always", 1_000_000),
    "glue.catalog_objects": ("always", 1_000_000),
    "glue.catalog_requests": ("always", 1_000_000),
    "data_transfer.internet_out": ("always", 1),  # 100 GB only since December 2021
}
# Increments in bytes, milliseconds and units a millisecond, from the same pages of 2018.
FACTS_2018 = {
    ("firehose", "record_increment"): 5 * 1024,
    ("lambda", "duration_increment"): 100,  # 1 ms only since December 2020
    ("dynamodb", "read_unit"): 4 * 1024,
    ("dynamodb", "write_unit"): 1024,
    ("dynamodb", "unit_rate"): 1 / 1000,
    ("dynamodb", "eventual_read"): 0.5,  # transactions are newer, of November 2018
    ("dynamodb", "item_overhead"): 100,
    ("s3", "minimum_object_size"): 128 * 1024,
    ("s3", "infrequent_access_minimum"): 30 * 24 * 3600 * 1000,
    ("kinesis_data_streams", "payload_unit"): 25 * 1024,
    ("kinesis_data_streams", "included_retention"): 24 * 3600 * 1000,
    ("kinesis_data_streams", "extended_retention_up_to"): 7 * 24 * 3600 * 1000,
    ("iot_core", "message_increment"): 5 * 1024,
    ("iot_core", "operation_increment"): 1024,
    ("sns", "request_increment"): 64 * 1024,
    ("sqs", "request_increment"): 64 * 1024,
    ("eventbridge", "event_increment"): 64 * 1024,
    ("athena", "scan_increment"): 1024**2,
    ("athena", "scan_minimum"): 10 * 1024**2,
    ("glue", "duration_increment"): 1000,
    ("glue", "job_minimum"): 10 * 60 * 1000,  # 1 minute only since Glue 2.0
    ("glue", "crawler_minimum"): 10 * 60 * 1000,
    ("data_transfer", "zone_directions"): 2,
}


@pytest.mark.parametrize("key", JUNE_2018)
def test_a_price_of_2018_is_the_published_one(key):
    rate = card("aws/us-east-1/2018-06").rates[key]
    unit, tiers = JUNE_2018[key]
    assert rate.per.unit.name == unit
    per_one = [Decimal(tier.usd.text) / Decimal(rate.per.block) for tier in rate.tiers]
    assert per_one == [Decimal(usd) for _, usd in tiers]
    assert [tier.up_to and tier.up_to.value / rate.per.unit.scale for tier in rate.tiers] == [bound for bound, _ in tiers]


def test_the_card_of_2018_has_these_prices_free_quantities_and_increments_and_no_others():
    shipped = card("aws/us-east-1/2018-06")
    assert set(shipped.rates) == set(JUNE_2018)
    free = {
        (key, policy): allowance.given.value / (1 if allowance.of_time else rate.per.unit.scale)
        for key, rate in shipped.rates.items()
        for policy, allowance in rate.free.items()
    }
    assert free == {(key, policy): quantity for key, (policy, quantity) in FREE_2018.items()}
    by_time = {key for key, rate in shipped.rates.items() for allowance in rate.free.values() if allowance.of_time}
    assert by_time == {"dynamodb.read_capacity", "dynamodb.write_capacity"}
    facts = {(key, fact): given.value for key, block in shipped.facts.items() for fact, given in block.items()}
    assert facts == FACTS_2018


# Patterns and scenarios


@pytest.mark.parametrize("name", PATTERNS)
def test_every_pattern_is_shown_with_scenarios_that_exist(name):
    shown = pattern(name).scenarios
    assert shown
    assert set(shown) <= set(SCENARIOS)


@pytest.mark.parametrize("name", PATTERNS)
def test_every_pattern_says_what_it_is_for_and_what_it_leaves_out(name):
    assert len(pattern(name).description.split()) >= 8
    assert pattern(name).not_priced


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_scenario_is_shown_with_a_pattern(scenario):
    assert any(scenario in pattern(name).scenarios for name in PATTERNS)


SHIPPED_FILES = sorted(path for kind in ("patterns", "scenarios", "pricing") for path in (Path(SHIPPED) / kind).rglob("*.yaml"))


@pytest.mark.parametrize("path", SHIPPED_FILES, ids=lambda path: str(path.relative_to(SHIPPED)))
def test_every_shipped_file_is_valid_and_names_its_schema(path):
    assert check(str(path), LIBRARY)
    if path.read_text(encoding="utf-8").startswith("# Made by costmodel rates import."):
        return  # nobody edits it
    schema = re.match(r"# yaml-language-server: \$schema=(\S+)\n", path.read_text(encoding="utf-8"))
    assert schema, "an editor cannot check it"
    assert (path.parent / schema[1]).is_file()
