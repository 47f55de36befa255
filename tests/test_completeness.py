"""Completeness: what every service, price, pattern, scenario and card must have, and the prices of 2018 as published."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from costmodel import estimate, services
from costmodel.checking import check
from costmodel.errors import InputError
from costmodel.library import SHIPPED, Library
from costmodel.pattern import read_pattern
from costmodel.ratecard import read_card
from costmodel.settings import CardFact

LIBRARY = Library(environment=False)
PATTERNS, SCENARIOS = (LIBRARY.names(kind) for kind in ("patterns", "scenarios"))
CARDS = LIBRARY.cards()
SERVICES = services.keys()


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


@pytest.mark.parametrize("name", CARDS)
@pytest.mark.parametrize("key", SERVICES)
def test_every_price_and_fact_of_a_service_is_on_every_card(key, name):
    service, shipped = services.find(key), card(name)
    for price in service.price_names().values():
        assert price.key in shipped.rates
        assert shipped.rates[price.key].per.unit.dimension == price.dimension
    facts = {field for field, kind in service.card_fields().items() if isinstance(kind, CardFact)}
    assert facts == set(shipped.facts_of(service))


@pytest.mark.parametrize("name", CARDS)
def test_every_price_of_a_card_belongs_to_a_service_and_has_a_source(name):
    known = {price.key for key in SERVICES for price in services.find(key).price_names().values()}
    for key, rate in card(name).rates.items():
        assert key in known
        assert re.fullmatch(r"https://aws\.amazon\.com/\S+", rate.source), key


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
    # https://aws.amazon.com/s3/pricing/: whitepaper (first tier), S3 FAQ (second); the third medium
    "s3.storage": ("GB-month", [(51_200, "0.023"), (512_000, "0.022"), (None, "0.021")]),
    "s3.put_requests": ("request", [(None, "0.000005")]),  # whitepaper: $0.005 per 1,000
    # https://aws.amazon.com/lambda/pricing/: whitepaper and page
    "lambda.requests": ("request", [(None, "0.0000002")]),
    "lambda.duration": ("GB-second", [(None, "0.00001667")]),
    # https://aws.amazon.com/dynamodb/pricing/: whitepaper; storage free to 25 GB, then medium
    "dynamodb.read_capacity": ("RCU-hour", [(None, "0.00013")]),
    "dynamodb.write_capacity": ("WCU-hour", [(None, "0.00065")]),
    "dynamodb.storage": ("GB-month", [(25, "0"), (None, "0.25")]),
    # https://aws.amazon.com/kms/pricing/: whitepaper ($0.03 per 10,000 after 20,000 free); keys: page of 2019
    "kms.requests": ("request", [(20_000, "0"), (None, "0.000003")]),
    "kms.keys": ("key-month", [(None, "1")]),
    # https://aws.amazon.com/iot-core/pricing/: whitepaper; the last tier of messages from the page
    "iot_core.connectivity": ("minute", [(None, "0.00000008")]),
    "iot_core.messages": ("message", [(1_000_000_000, "0.000001"), (5_000_000_000, "0.0000008"), (None, "0.0000007")]),
    "iot_core.rules_triggered": ("trigger", [(None, "0.00000015")]),
    "iot_core.actions_executed": ("action", [(None, "0.00000015")]),
    # https://aws.amazon.com/kinesis/data-analytics/pricing/: whitepaper
    "kinesis_analytics.kpu_hours": ("KPU-hour", [(None, "0.11")]),
}
# Free quantities: Lambda's and DynamoDB's pages (always free), S3's FAQ and IoT Core's page (12 months, older accounts).
FREE_2018 = {
    "lambda.requests": ("always", 1_000_000),
    "lambda.duration": ("always", 400_000),
    "dynamodb.read_capacity": ("always", 25),  # for every hour of the month
    "dynamodb.write_capacity": ("always", 25),
    "s3.storage": ("legacy-12-month", 5),
    "s3.put_requests": ("legacy-12-month", 2000),
    "iot_core.connectivity": ("legacy-12-month", 2_250_000),
    "iot_core.messages": ("legacy-12-month", 500_000),
    "iot_core.rules_triggered": ("legacy-12-month", 250_000),
    "iot_core.actions_executed": ("legacy-12-month", 250_000),
}
# Increments in bytes, milliseconds and units a millisecond, from the same pages of 2018.
FACTS_2018 = {
    ("firehose", "record_increment"): 5 * 1024,
    ("lambda", "duration_increment"): 100,  # 1 ms only since December 2020
    ("dynamodb", "read_unit"): 4 * 1024,
    ("dynamodb", "write_unit"): 1024,
    ("dynamodb", "unit_rate"): 1 / 1000,
    ("iot_core", "message_increment"): 5 * 1024,
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
    schema = re.match(r"# yaml-language-server: \$schema=(\S+)\n", path.read_text(encoding="utf-8"))
    assert schema, "an editor cannot check it"
    assert (path.parent / schema[1]).is_file()
