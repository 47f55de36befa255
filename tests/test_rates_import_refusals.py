"""What `costmodel rates import` refuses, and what it says."""

import gzip
import json
import os

import pytest
from price_lists import CONVERSION, FIREHOSE_TIERS, feed, ingested, offer, offer_csv, product, single, write
from test_rates_import import FIREHOSE, imported

from costmodel import services
from costmodel.importing import mappings, regions
from costmodel.importing.listed import FEED, OFFER
from costmodel.settings import CardPrice

__all__ = ["imported"]  # the fixture


def test_a_product_that_is_two_of_our_prices(imported):
    both = single("SKU1", "0.1", usagetype="USE1-Kafka.Storage.GP2", operation="RunBroker")
    imported(
        msk__json=offer("AmazonMSK", both),
        fails="lists/msk.json: SKU1: the product with the usage type USE1-Kafka.Storage.GP2 matches",
    )


def test_two_products_for_one_price(imported):
    other = single("OTHER", "0.019", operation="DataFormatConversion")
    imported(
        firehose__json=offer("AmazonKinesisFirehose", CONVERSION, other),
        fails="firehose.format_conversion in us-east-1: two prices, with the rate codes MHBWEUY8DCMVQ66Y.JRTCKXETXF.6YS6",
    )


@pytest.mark.parametrize(
    ("tiers", "said"),
    [
        (FIREHOSE_TIERS[::2], "a tier is missing from 512000 to 2048000"),
        (FIREHOSE_TIERS[1:], "a tier is missing from 0 to 512000"),
        ((FIREHOSE_TIERS[0], ("X", "500000", "Inf")), "the tier from 500000 (SKU.JRTCKXETXF.X) overlaps the one before it"),
        ((("X", "0", "Inf"), FIREHOSE_TIERS[1]), "the tier from 512000 (SKU.JRTCKXETXF.UWBZ2JUKT9) overlaps"),
    ],
)
def test_tiers_with_a_gap_or_an_overlap(imported, tiers, said):
    listed = product("SKU", [(*tier, "0.1") for tier in tiers], usagetype="USE1-BilledBytes", operation="PutRecord")
    imported(firehose__json=offer("AmazonKinesisFirehose", listed), fails=f"firehose.ingested in us-east-1: {said}")


@pytest.mark.parametrize(
    ("lacking", "said"),
    [
        ("Per GB of data ingested Next 1 5PB", "a tier is missing from 512000 to 2048000"),
        ("Per GB of data ingested Next 3PB", "the tier from 2048000 is missing"),
    ],
)
def test_a_tier_that_the_feed_lacks(imported, lacking, said):
    names = ("first 500TB", "Next 1 5PB", "Next 3PB")
    prices = {f"Per GB of data ingested {name}": (f"B.JRTCKXETXF.{n}", "0.1") for n, name in enumerate(names)}
    del prices[lacking]
    imported(firehose__json=feed("kinesisfirehose", {"EU (Ireland)": prices}), fails=f"firehose.ingested in eu-west-1: {said}")


def test_every_contradiction_is_told_at_once(imported):
    gap = product("SKU", [("X", "5", "Inf", "0.1")], usagetype="USE1-BilledBytes", operation="PutRecord")
    output = imported(
        firehose__json=offer("AmazonKinesisFirehose", gap, CONVERSION, single("B", "1", operation="DataFormatConversion")),
        fails="firehose.ingested in us-east-1: a tier is missing from 0 to 5",
    )
    assert "firehose.format_conversion in us-east-1: two prices" in output


def test_a_price_per_another_size(imported):
    athena = single("B6WHE3FUNCDQVVX4", "0.005", usagetype="USE1-DataScannedInTB", unit="Gigabytes")
    imported(athena__json=offer("AmazonAthena", athena), fails="it is listed per Gigabytes, and the mapping says per TB")


def test_yuan(imported):
    beijing = product("SKU", [("X", "0", "Inf", "0.2")], currency="CNY", operation="DataFormatConversion")
    imported(
        firehose__json=offer("AmazonKinesisFirehose", beijing), fails="lists/firehose.json: its prices are in CNY, as China's are"
    )


def test_yuan_in_the_feed(imported):
    imported(kms__json=feed("kms", {}, currency="CNY"), fails="lists/kms.json: its prices are in CNY, as China's are")


@pytest.mark.parametrize("size", [0.2, 0.6, 0.97])
@pytest.mark.parametrize(
    "content", [json.dumps(FIREHOSE), json.dumps(feed("kms", {"EU (Ireland)": {"Encryption Key": ("U.J.6", "1")}}))]
)
def test_a_file_that_ends_in_the_middle(imported, content, size):
    imported(list__json=content[: int(len(content) * size)], fails="lists/list.json: ends in the middle; get the file again")


def test_a_table_that_ends_in_the_middle(imported):
    text = offer_csv("AmazonKinesisFirehose", ingested(), CONVERSION).rstrip()
    imported(list__csv=text[: text.rindex(",")], fails="lists/list.csv: ends in the middle; get the file again")


@pytest.mark.parametrize(("cut", "said"), [(-20, "ends in the middle"), (None, "is damaged")])
def test_a_compressed_file_that_is_damaged(run, tmp_path, cut, said):
    data = bytearray(gzip.compress(os.urandom(0) + json.dumps(FIREHOSE).encode()))
    if cut is None:
        data[60] ^= 0xFF
    (tmp_path / "list.gz").write_bytes(bytes(data[:cut]))
    result = run("rates", "import", "list.gz", "-o", "cards")
    assert result.exit_code == 2
    assert said in result.output
    assert not (tmp_path / "cards").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("title: a card", "lists/other.json: is no price list; give an offer file of the Bulk API (JSON or CSV) or a file of"),
        ("", "lists/other.json: is no price list"),
        ({"regions": {"us-east-1": {"regionCode": "us-east-1"}}}, "lists/other.json: lists no prices"),
        ('"FormatVersion","v1.0"\n"SKU","Unit","Price"\n', "lists/other.json: is no price list"),
        ({"manifest": {}, "regions": {}}, "lists/other.json: lists no prices"),
        (
            offer("AWSLambda", {"product": {"sku": "A", "attributes": []}, "terms": {}}),
            "lists/other.json: is not as AWS makes such files",
        ),
        (offer("AWSLambda", single("A", "free", group="AWS-Lambda-Requests")), "'free' is neither a price nor an amount"),
        (offer("AWSLambda", single("A", "-1", group="AWS-Lambda-Requests")), "'-1' is neither a price nor an amount"),
        (offer("AWSLambda"), "the price lists have no price that costmodel knows"),
        (offer("AmazonRedshift"), "none of these price lists is of a service that costmodel has a mapping for"),
    ],
)
def test_a_file_that_is_none(imported, content, said):
    imported(other__json=content, fails=said)


def test_services_without_a_mapping_are_named_in_one_line(imported):
    output = imported(firehose__json=FIREHOSE, b__json=feed("xray", {}), a__json=feed("redshift", {}))
    assert output.splitlines()[0] == "not mapped: redshift, xray"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere", "-o", "cards"], "nowhere: there is no such file or folder"),
        (["empty", "-o", "cards"], "the folder empty is empty; name a folder of price lists"),
        (["ftp://example.com/x.json", "-o", "cards"], "'ftp://example.com/x.json' is no address to download from"),
        (
            ["list.json", "-o", "cards", "--region", "us-east-11"],
            "'us-east-11' is not a region of AWS. Did you mean 'us-east-1'?",
        ),
        (["list.json", "-o", "cards", "--region", "eu-west-1"], "the price lists have no prices for the region eu-west-1"),
        (
            ["list.json", "-o", "cards", "--as-of", "2025-13-01"],
            "--as-of: '2025-13-01' is not a day of the calendar",
        ),
        (["list.json", "-o", "cards", "--as-of", "20250617"], "--as-of: '20250617' is not a date"),
        (["list.json", "-o", "list.json"], "list.json/aws/us-east-1 cannot be made: Not a directory"),
        (["list.json"], "Missing option '-o' / '--output'"),
        ([], "Missing argument"),
    ],
)
def test_mistaken_arguments(run, tmp_path, arguments, said):
    write(tmp_path / "list.json", FIREHOSE)
    (tmp_path / "empty").mkdir()
    result = run("rates", "import", *arguments)
    assert result.exit_code == 2
    assert said in result.output
    assert not (tmp_path / "cards").exists()


def test_a_list_without_a_date_needs_one(imported):
    imported(firehose__json=offer("AmazonKinesisFirehose", CONVERSION, published=""), fails="say it with --as-of DATE")


def test_a_mistaken_subcommand(run):
    result = run("rates", "imprt")
    assert result.exit_code == 2
    assert "there is no command 'imprt'. Did you mean 'import'?" in result.output


# The mapping files.


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
