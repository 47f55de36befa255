"""The mapping files of `costmodel rates import`: which of the prices that AWS lists are ours, and by which units."""

import pytest
from price_lists import write

from costmodel import services
from costmodel.importing import mappings, regions
from costmodel.importing.listed import FEED, OFFER
from costmodel.importing.listed_units import can_measure
from costmodel.settings import CardPrice
from costmodel.units import pricing_unit


@pytest.mark.parametrize("service", mappings.every(), ids=lambda service: service.key)
def test_a_mapping_names_prices_of_its_service(service):
    """A price that the service does not declare could be in no card."""
    declared = services.find(service.key)
    if declared is not None:
        names = {name for name, field in declared.card_fields().items() if isinstance(field, CardPrice)}
        assert {price.key.price for price in service.prices} <= names


@pytest.mark.parametrize("service", mappings.every(), ids=lambda service: service.key)
def test_a_mapping_says_where_each_price_is_listed(service):
    assert service.source.startswith("https://aws.amazon.com/")
    assert all(price.is_in(OFFER) or price.is_in(FEED) for price in service.prices)
    assert not any(price.offer for price in service.prices) or service.offers
    assert not any(price.feed or price.feed_where for price in service.prices) or service.feeds


def test_no_name_of_the_feed_means_two_prices():
    names = [
        (feed, name) for service in mappings.every() for feed in service.feeds for price in service.prices for name in price.feed
    ]
    assert len(names) == len(set(names)) > 100


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("feed: x\nprices:\n  a: {per: GB, feed: X}\n", "a mapping lacks 'source'"),
        ("source: s\nfed: x\nprices:\n  a: {per: GB, feed: X}\n", "'fed' is not a key of a mapping. Did you mean 'feed'?"),
        ("source: s\nprices:\n  a: {feed: X}\n", "a price's mapping lacks 'per'"),
        ("source: s\nprices:\n  a: {per: GB, feed: {X: 500}}\n", "'500' does not say where the tier ends, as in 512000 GB"),
        (
            "source: s\nprices:\n  a: {per: GB, feed: {X: 5 requests, Y: null}}\n",
            "'5 requests' is not in GB, the unit of the price",
        ),
        (
            "source: s\nprices:\n  a: {per: GB, feed: X, last_end: 5 requests}\n",
            "'5 requests' is not in GB, the unit of the price",
        ),
        ("source: s\nprices:\n  a: {per: GB, feed: X, free: maybe}\n", "'maybe' is not one of true"),
        ("source: s\nprices:\n  a: {per: GB, offer: {group: /(/}}\n", "'/(/' is no regular expression"),
    ],
)
def test_a_mistaken_mapping(tmp_path, text, said):
    from costmodel.errors import InputError

    with pytest.raises(InputError, match=None) as caught:
        mappings.read_mapping(str(write(tmp_path / "x.yaml", text)), "x")
    assert said in str(caught.value)


def test_a_name_is_of_one_region():
    names = [name for many in regions.names().values() for name in many]
    assert len(names) == len(set(names))
    assert len(regions.names()) == 35


@pytest.mark.parametrize(
    ("listed", "measured"),
    [
        ("GB", "GB GB-month"),
        ("Gigabytes", "GB GB-month"),
        ("GB-Mo", "GB-month"),
        ("Terabytes", "TB"),
        ("MB", ""),
        ("Lambda-GB-Second", "GB-second"),
        ("Second", "GB-second"),
        ("GB-Hours", ""),
        ("Hrs", "shard-hour"),
        ("ShardHour", "shard-hour"),
        ("hourly", "shard-hour"),
        ("Minutes", "minute"),
        ("Requests", "request key-month"),
        ("Key-Mo", "key-month"),
        ("Quantity", "GB TB GB-month GB-second shard-hour minute request key-month"),
    ],
)
def test_what_a_unit_of_a_price_list_measures(listed, measured):
    """As AWS spells them. What is only counted has no fixed name, and a month need not be named."""
    units = ("GB", "TB", "GB-month", "GB-second", "shard-hour", "minute", "request", "key-month")
    assert [unit for unit in units if can_measure(listed, pricing_unit(unit))] == measured.split()
