"""What `costmodel rates import` refuses, and what it says."""

import json
import resource
from contextlib import contextmanager

import pytest
from price_lists import CONVERSION, FIREHOSE_TIERS, FIREHOSE_VERSION, feed, ingested, offer, offer_csv, product, single, write
from test_rates_import import FIREHOSE, imported

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


@pytest.mark.parametrize(
    ("tiers", "last"),
    [
        (FIREHOSE_TIERS[:2], "2048000 is missing, after that of SKU.JRTCKXETXF.UWBZ2JUKT9"),
        (
            (*FIREHOSE_TIERS[:2], ("PERGK9UASF", "2048000", "5000000")),
            "5000000 is missing, after that of SKU.JRTCKXETXF.PERGK9UASF",
        ),
    ],
)
def test_an_offer_without_its_last_tier(imported, tiers, last):
    listed = product("SKU", [(*tier, "0.1") for tier in tiers], usagetype="USE1-BilledBytes", operation="PutRecord")
    said = f"firehose.ingested in us-east-1: the tier from {last}"
    imported(firehose__json=offer("AmazonKinesisFirehose", listed), fails=said)
    imported(firehose__json=feed("xray", {}), firehose__csv=offer_csv("AmazonKinesisFirehose", listed), fails=said)


@pytest.mark.parametrize(
    ("unit", "usd", "said"),
    [
        (
            "Requests",
            "5",
            "it is listed per Requests, and the mapping says per TB (A.JRTCKXETXF.6YS6EN2CT7); one of them is wrong",
        ),
        ("Gigabytes", "0.005", "it is listed per Gigabytes, and the mapping says per TB (A"),
        ("TB-Mo", "5", "it is listed per TB-Mo, and the mapping says per TB (A"),
        ("Terabytes", "1e400", "the price of A.JRTCKXETXF.6YS6EN2CT7 per TB: '1.0E+400' is absurdly large"),
        ("Terabytes", "1e-99", "the price of A.JRTCKXETXF.6YS6EN2CT7 per TB: '1.0E-99' is absurdly small"),
        ("Terabytes", "0", "all of it is listed at $0 (A.JRTCKXETXF.6YS6EN2CT7), and the mapping does not say that it is free"),
    ],
)
def test_a_price_that_cannot_be_meant(imported, unit, usd, said):
    athena = single("A", usd, usagetype="USE1-DataScannedInTB", unit=unit)
    imported(athena__json=offer("AmazonAthena", athena), fails=f"lists/athena.json: athena.data_scanned in us-east-1: {said}")


def test_a_list_published_after_today(imported):
    """The tests' today is 2026-01-01."""
    tomorrow = offer("AmazonKinesisFirehose", CONVERSION, published="2026-01-02T00:00:00Z")
    said = "lists/firehose.json says that it was published on 2026-01-02, which is after today, 2026-01-01"
    imported(firehose__json=tomorrow, fails=said)


@pytest.mark.parametrize(
    "content",
    [
        offer("AmazonKinesisFirehose", single("A", "0.02", "xx-new-1", operation="DataFormatConversion", regionCode="xx-new-1")),
        feed("kinesisfirehose", {"xx-new-1": {"Per GB of data format conversion": ("A.JRTCKXETXF.B", "0.02")}}),
    ],
)
def test_a_region_that_costmodel_does_not_know(imported, content):
    imported(new__json=content, fails="the price lists have prices for xx-new-1 only, which costmodel does not know as a region")
    output = imported(new__json=content, firehose__json=FIREHOSE)
    assert "no card is made for xx-new-1, which costmodel does not know as a region\n" in output


def test_yuan(imported):
    beijing = product("SKU", [("X", "0", "Inf", "0.2")], currency="CNY", operation="DataFormatConversion")
    imported(
        firehose__json=offer("AmazonKinesisFirehose", beijing),
        fails="lists/firehose.json: SKU: its prices are in CNY, as China's are",
    )


def test_yuan_in_the_feed(imported):
    imported(kms__json=feed("kms", {}, currency="CNY"), fails="lists/kms.json: its prices are in CNY, as China's are")


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
            "lists/other.json: A: is not as AWS makes price lists: there is no mapping 'attributes' where one must be",
        ),
        (offer("AWSLambda", single("A", "free", group="AWS-Lambda-Requests")), "'free' is neither a price nor an amount"),
        (offer("AWSLambda", single("A", "-1", group="AWS-Lambda-Requests")), "'-1' is neither a price nor an amount"),
        (offer("AWSLambda"), "the price lists have no price that costmodel knows"),
        (offer("AmazonRedshift"), "none of these price lists is of a service that costmodel has a mapping for"),
    ],
)
def test_a_file_that_is_none(imported, content, said):
    imported(other__json=content, fails=said)


REQUESTS = single("A", "0.1", group="AWS-Lambda-Requests")
GLUE = {"rateCode": "A.JRTCKXETXF.6", "price": "0.44"}


def changed(path, value):
    """Lambda's offer with one price, in whose terms another value stands at the path of keys; None: none."""
    listed = json.loads(json.dumps(REQUESTS))
    *way, last = path
    at = listed["terms"]
    for key in way:
        at = at[key]
    at[last] = value
    if value is None:
        del at[last]
    return offer("AWSLambda", listed)


TERM = "A.JRTCKXETXF"
DIMENSION = (TERM, "priceDimensions", f"{TERM}.6YS6EN2CT7")


@pytest.mark.parametrize(
    ("content", "where", "what"),
    [
        (changed([TERM], []), "A", f"mapping '{TERM}'"),
        (changed([TERM, "offerTermCode"], None), "A", "text 'offerTermCode'"),
        (changed([TERM, "priceDimensions"], "x"), "A", "mapping 'priceDimensions'"),
        (changed([*DIMENSION, "rateCode"], None), "A", "text 'rateCode'"),
        (changed([*DIMENSION, "endRange"], 5), "A", "text 'endRange'"),
        (changed([*DIMENSION, "pricePerUnit"], None), "A", "mapping 'pricePerUnit'"),
        (changed([*DIMENSION, "pricePerUnit", "USD"], []), "A", "text 'USD'"),
        (feed("glue", {"EU (Ireland)": {"ETL Job run": {**GLUE, "price": None}}}), "EU (Ireland), ETL Job run", "text 'price'"),
        (feed("glue", {}) | {"regions": {"EU (Ireland)": {"ETL Job run": "0.44"}}}, "EU (Ireland)", "mapping 'ETL Job run'"),
        (feed("glue", {}) | {"regions": {"EU (Ireland)": ["ETL Job run"]}}, "EU (Ireland)", "mapping"),
    ],
)
def test_a_field_that_is_missing_or_of_another_kind(imported, content, where, what):
    said = f"lists/list.json: {where}: is not as AWS makes price lists: there is no {what} where one must be"
    imported(list__json=content, fails=said)


def test_a_column_that_is_missing(imported):
    content = offer_csv("AWSLambda", REQUESTS).replace("RateCode", "Rate").replace("EndingRange", "To")
    imported(list__csv=content, fails="lists/list.csv: is not as AWS makes price lists: it has no column RateCode, EndingRange")


# What goes into cards as it stands in the lists.


@pytest.mark.parametrize("published", ["June 2025", "2025-13-01T00:00:00Z", "20250605", "2025-06-05T17:56: x", "2025-06-31"])
@pytest.mark.parametrize(
    ("ending", "made"),
    [
        ("json", lambda published: offer("AmazonKinesisFirehose", CONVERSION, published=published)),
        ("csv", lambda published: offer_csv("AmazonKinesisFirehose", CONVERSION, published=published)),
        ("json", lambda published: feed("glue", {"EU (Ireland)": {"ETL Job run": GLUE}}, published=published)),
    ],
)
def test_a_date_of_publication_that_is_none(imported, ending, made, published):
    said = f"lists/list.{ending}: '{published}' is not a date of publication, such as 2025-06-05T17:56:44Z"
    imported(**{f"list__{ending}": made(published)}, fails=said)


@pytest.mark.parametrize(
    "code", ["A.JRTCKXETXF", "A, b: 1.JRTCKXETXF.6", "a.JRTCKXETXF.6", "A.JRTCKXETXF.6}", "A.JRTCKXETXF.6\n"]
)
def test_a_rate_code_that_is_none(imported, code):
    said = f": '{code}' is not a rate code, such as "
    pages = feed("glue", {"EU (Ireland)": {"ETL Job run": {**GLUE, "rateCode": code}}})
    bulk = json.loads(json.dumps(FIREHOSE).replace("MHBWEUY8DCMVQ66Y.JRTCKXETXF.6YS6EN2CT7", json.dumps(code)[1:-1]))
    imported(pages__json=pages, fails=f"lists/pages.json: EU (Ireland), ETL Job run{said}")
    imported(pages__json=feed("xray", {}), bulk__json=bulk, fails=f"lists/bulk.json: MHBWEUY8DCMVQ66Y{said}")


@pytest.mark.parametrize("version", ['1"', "1 2", "{}"])
@pytest.mark.parametrize(("ending", "made"), [("json", offer), ("csv", offer_csv)])
def test_a_version_that_is_none(imported, ending, made, version):
    content = made("AmazonKinesisFirehose", CONVERSION, version=version)
    said = f"lists/list.{ending}: '{version}' is not the version of a price list, such as {FIREHOSE_VERSION}"
    imported(**{f"list__{ending}": content}, fails=said)


def test_a_type_that_is_none(imported):
    broker = single("A", "0.1", usagetype="USE1-Kafka.m5: large", operation="RunBroker")
    imported(msk__json=offer("AmazonMSK", broker), fails="lists/msk.json: A: 'm5: large' is not a type, such as m5.large")


# Cards are written all or none.


def test_a_card_that_could_not_be_read_again_is_not_written(run, tmp_path):
    """The name of the card that it would extend is no plain YAML."""
    write(tmp_path / "firehose.json", FIREHOSE)
    write(tmp_path / "cards/aws/researched/us-east-1/2025-06: [.yaml", "version: 1\n")
    result = run("rates", "import", "firehose.json", "-o", "cards")
    assert result.exit_code == 2
    assert "cards/aws/us-east-1/2025-06.yaml:4:" in result.output
    assert not (tmp_path / "cards/aws/us-east-1").exists()


@contextmanager
def no_file_over(size):
    """What the system refuses to write within is as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize(
    ("in_the_way", "size", "said"),
    [
        ("cards/aws/us-east-1", 10**6, "cards/aws/us-east-1 cannot be made: File exists"),
        ("elsewhere", 600, "cards/aws/us-east-1/2025-06.yaml cannot be written: File too large"),
    ],
)
def test_one_card_that_cannot_be_written(run, tmp_path, in_the_way, size, said):
    """Ireland's, with one price, comes before that of N. Virginia and has less than 600 bytes."""
    ireland = single("4RB3KDVH6AE8RZUA", "0.0190000000", "eu-west-1", operation="DataFormatConversion")
    write(tmp_path / "firehose.json", offer("AmazonKinesisFirehose", ingested(), CONVERSION, ireland))
    write(tmp_path / in_the_way, "a file\n")
    with no_file_over(size):
        result = run("rates", "import", "firehose.json", "-o", "cards")
    assert (result.exit_code, result.output) == (2, f"{said}\n")
    assert [path for path in (tmp_path / "cards").rglob("*") if path.is_file() and path != tmp_path / in_the_way] == []


def test_services_without_a_mapping_are_named_in_one_line(imported):
    output = imported(firehose__json=FIREHOSE, b__json=feed("xray", {}), a__json=feed("redshift", {}))
    assert output.splitlines()[0] == "not mapped: redshift, xray"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere", "-o", "cards"], "nowhere: there is no such file or folder"),
        (["empty", "-o", "cards"], "the folder empty has no price lists, which are .json, .csv or .gz"),
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
        (
            ["list.json", "-o", "cards", "--as-of", "2025-06-04"],
            "--as-of 2025-06-04 is before 2025-06-05, when list.json was published; leave it out for that day",
        ),
        (["list.json", "-o", "cards", "--as-of", "2026-01-02"], "--as-of 2026-01-02 is after today, 2026-01-01"),
        (["bulk", "-o", "cards", "--endpoint", "foo"], "--endpoint foo is no address of a server; write for example http://"),
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
