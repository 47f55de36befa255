"""`costmodel rates import` from files: offer files, JSON and CSV, and the pricing pages' feed."""

import pytest
from price_lists import (
    CONVERSION,
    EPHEMERAL,
    LAMBDA_DURATION,
    LAMBDA_REQUESTS,
    feed,
    ingested,
    offer,
    offer_csv,
    product,
    single,
    write,
)

from costmodel.importing import mappings
from costmodel.importing.cards import extended
from costmodel.yamlfile import find, load

# Written by hand from the price list: the card's form.
FIREHOSE_CARD = """\
# Made by costmodel rates import. A released card is never edited: import a new one beside it.
version: 1
title: AWS list prices of June 2025, US East (N. Virginia)
provider: aws
region: us-east-1
as_of: 2025-06-05
currency: USD
firehose:
  source: https://aws.amazon.com/firehose/pricing/
  published: 2025-06-05T17:56:44Z
  version: "20250605175644"
  ingested:
    per: GB
    tiers:
      - {usd: "0.029", up_to: 512000 GB, rate_code: B674W3KVY282C9AV.JRTCKXETXF.HK3AFRJD7J}
      - {usd: "0.025", up_to: 2048000 GB, rate_code: B674W3KVY282C9AV.JRTCKXETXF.UWBZ2JUKT9}
      - {usd: "0.02", rate_code: B674W3KVY282C9AV.JRTCKXETXF.PERGK9UASF}
  format_conversion: {per: GB, usd: "0.018", rate_code: MHBWEUY8DCMVQ66Y.JRTCKXETXF.6YS6EN2CT7}
"""
FIREHOSE = offer("AmazonKinesisFirehose", ingested(), CONVERSION)


@pytest.fixture
def imported(run, tmp_path):
    """Imports price lists, given as content by file name, into `cards`; gives what is printed."""

    def call(*options, fails="", **lists):
        for name, content in lists.items():
            write(tmp_path / "lists" / name.replace("__", "."), content)
        result = run("rates", "import", "lists", "-o", "cards", *options)
        assert (result.exit_code, bool(fails)) in ((0, False), (2, True)), result.output
        if fails:
            assert fails in result.output
            assert not (tmp_path / "cards").exists()
        return result.output

    return call


def card(tmp_path, region="us-east-1", month="2025-06"):
    """The card without the line that names what the shipped library has for it to extend."""
    lines = (tmp_path / "cards" / "aws" / region / f"{month}.yaml").read_text(encoding="utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("extends:"))


def price(tmp_path, key, region="us-east-1", month="2025-06"):
    """The price as [(usd, up_to)]."""
    node = find(load(str(tmp_path / "cards" / "aws" / region / f"{month}.yaml")), *key.split("."))
    tiers = find(node, "tiers")
    return [
        (find(tier, "usd").value, up_to.value if (up_to := find(tier, "up_to")) else None)
        for tier in (tiers.value if tiers else [node])
    ]


def test_an_offer_file_becomes_a_card(imported, tmp_path):
    output = imported(firehose__json=FIREHOSE)
    assert card(tmp_path) == FIREHOSE_CARD
    assert output.splitlines()[0] == "us-east-1  2 prices, new: cards/aws/us-east-1/2025-06.yaml"


def shuffled(value):
    """Every mapping turned round; AWS's order means nothing."""
    if isinstance(value, dict):
        return {key: shuffled(value[key]) for key in reversed(value)}
    return value


def test_the_order_of_the_file_does_not_matter(imported, tmp_path):
    imported(firehose__json=shuffled(FIREHOSE))
    assert card(tmp_path) == FIREHOSE_CARD


def test_csv_gives_the_same_card(imported, tmp_path):
    imported(firehose__csv=offer_csv("AmazonKinesisFirehose", ingested(), CONVERSION))
    assert card(tmp_path) == FIREHOSE_CARD


def test_services_of_other_lists_are_told(imported):
    absent = [service.key for service in mappings.every() if service.key != "firehose"]
    said = f"{len(absent)} services have no price in these lists: {', '.join(absent)}; import their lists too"
    assert imported(firehose__json=FIREHOSE).splitlines()[-1] == said


def test_the_feed_gives_the_same_card(imported, tmp_path):
    sku = "B674W3KVY282C9AV.JRTCKXETXF"
    prices = {
        "Per GB of data ingested first 500TB": (f"{sku}.HK3AFRJD7J", "0.0290000000"),
        "Per GB of data ingested Next 1 5PB": (f"{sku}.UWBZ2JUKT9", "0.0250000000"),
        "Per GB of data ingested Next 3PB": (f"{sku}.PERGK9UASF", "0.0200000000"),
        "Per GB of data format conversion": ("MHBWEUY8DCMVQ66Y.JRTCKXETXF.6YS6EN2CT7", "0.0180000000"),
    }
    imported(firehose__json=feed("kinesisfirehose", {"US East (N. Virginia)": prices}))
    assert card(tmp_path) == FIREHOSE_CARD


def test_a_list_and_the_feed_that_agree_are_one(imported, tmp_path):
    names = {"Per GB of data format conversion": ("MHBWEUY8DCMVQ66Y.JRTCKXETXF.6YS6EN2CT7", "0.0180000000")}
    imported(bulk__json=FIREHOSE, pages__json=feed("kinesisfirehose", {"US East (N. Virginia)": names}))
    assert card(tmp_path) == FIREHOSE_CARD


def test_lists_that_disagree_are_refused(imported):
    names = {"Per GB of data format conversion": ("MHBWEUY8DCMVQ66Y.JRTCKXETXF.6YS6EN2CT7", "0.0190000000")}
    pages = feed("kinesisfirehose", {"US East (N. Virginia)": names})
    imported(
        bulk__json=FIREHOSE, pages__json=pages, fails="firehose.format_conversion in us-east-1: lists/bulk.json has another price"
    )


def test_prices_are_exact_and_per_the_usual_block(imported, tmp_path):
    imported(lambda__json=offer("AWSLambda", LAMBDA_REQUESTS, LAMBDA_DURATION, EPHEMERAL))
    assert price(tmp_path, "lambda.requests") == [("0.20", None)]  # 0.0000002 x 1,000,000
    assert price(tmp_path, "lambda.ephemeral_storage") == [("0.0000000309", None)]
    assert price(tmp_path, "lambda.duration") == [
        ("0.0000166667", "6000000000 GB-seconds"),
        ("0.000015", "15000000000 GB-seconds"),
        ("0.0000133334", None),
    ]


def test_only_the_group_itself_matches(imported, tmp_path):
    """AWS-Lambda-Duration is part of the names of other groups."""
    edge = single("UMUS4AT5S27NHYZQ", "0.0000500100", unit="Second", group="AWS-Lambda-Edge-Duration")
    output = imported(lambda__json=offer("AWSLambda", edge, LAMBDA_REQUESTS))
    assert "us-east-1  1 price, new" in output
    assert "lambda.duration, " in output


def test_a_free_range_falls_away_and_later_bounds_stay(imported, tmp_path):
    """DynamoDB gives 18,600 write capacity unit-hours in the same product; its streams have no such range in this list."""
    writes = product(
        "R6PXMNYCEDGZ2EYN",
        [("HBHVWY47CM", "0", "18600", "0.0000000000"), ("E63J5HTPNN", "18600", "Inf", "0.0006500000")],
        unit="WriteCapacityUnit-Hrs",
        group="DDB-WriteUnits",
        usagetype="WriteCapacityUnit-Hrs",
    )
    # As AWS would write a price with a free range and two more.
    stored = product(
        "F3E2EDSYC6ZNW7XP",
        [("G2A93NZ7DT", "0", "25", "0"), ("X", "25", "1000", "0.25"), ("VYAP54KATQ", "1000", "Inf", "0.2")],
        productFamily="Database Storage",
        usagetype="TimedStorage-ByteHrs",
        unit="GB-Mo",
    )
    imported(dynamodb__json=offer("AmazonDynamoDB", writes, stored))
    assert price(tmp_path, "dynamodb.write_capacity") == [("0.00065", None)]
    assert price(tmp_path, "dynamodb.storage") == [("0.25", "1000 GB"), ("0.20", None)]


def test_what_is_free_for_all_usage_stays_at_nothing(imported, tmp_path):
    imported(
        sns__json=feed(
            "sns", {"EU (Ireland)": {"Amazon SQS Notifications": ("AVX42XSBF4BXPBT4.JRTCKXETXF.6YS6EN2CT7", "0.0000000000")}}
        )
    )
    assert price(tmp_path, "sns.sqs_deliveries", "eu-west-1") == [("0.00", None)]


def test_other_terms_are_no_prices(imported, tmp_path):
    """A429C66SYZ is the code of free-tier bundles, which stand without a region beside the product."""
    free = product("4VCGJ7EG8PJVZG7S", [("KJYPJPDD2A", "0", "400000", "0")], "", term="A429C66SYZ", group="AWS-Lambda-Duration")
    imported(lambda__json=offer("AWSLambda", LAMBDA_DURATION, free))
    assert len(price(tmp_path, "lambda.duration")) == 3


def test_a_last_tier_that_ends_goes_on(imported, tmp_path):
    """AWS's page ends Firehose's tiers at 5 PB, and then says `contact us`."""
    listed = ingested()
    dimension = listed["terms"]["B674W3KVY282C9AV.JRTCKXETXF"]["priceDimensions"]["B674W3KVY282C9AV.JRTCKXETXF.PERGK9UASF"]
    dimension["endRange"] = "5120000"
    imported(firehose__json=offer("AmazonKinesisFirehose", listed, CONVERSION))
    assert card(tmp_path) == FIREHOSE_CARD


def test_regions_of_one_file(imported, tmp_path):
    """Ireland from the name of its location, as lists of 2017 had no codes; what is in no region is left out."""
    ireland = single("4RB3KDVH6AE8RZUA", "0.0190000000", "eu-west-1", operation="DataFormatConversion")
    del ireland["product"]["attributes"]["regionCode"]
    boston = single("BOS1", "0.5", operation="DataFormatConversion")
    boston["product"]["attributes"] |= {"locationType": "AWS Local Zone", "location": "US East (Boston)"}
    output = imported(firehose__json=offer("AmazonKinesisFirehose", CONVERSION, ireland, boston))
    assert [line.split()[0] for line in output.splitlines()[:2]] == ["eu-west-1", "us-east-1"]
    assert "title: AWS list prices of June 2025, EU (Ireland)\n" in card(tmp_path, "eu-west-1")
    assert price(tmp_path, "firehose.format_conversion", "eu-west-1") == [("0.019", None)]


def test_region_chooses(imported, tmp_path):
    ireland = single("4RB3KDVH6AE8RZUA", "0.0190000000", "eu-west-1", operation="DataFormatConversion")
    imported("--region", "eu-west-1", firehose__json=offer("AmazonKinesisFirehose", CONVERSION, ireland))
    assert [path.name for path in (tmp_path / "cards" / "aws").iterdir()] == ["eu-west-1"]


def broker(family, usage, rate_code, usd):
    return {"rateCode": rate_code, "price": usd, "Compute Family": family, "usageType": usage, "operation": "RunBroker"}


def test_a_family_has_a_price_for_each_type(imported, tmp_path):
    """Also where the feed has no name for it: Express brokers stand there under their SKU alone."""
    brokers = {
        "RunBroker m5.12xlarge": broker(
            "m5.12xlarge", "USE1-Kafka.m5.12xlarge", "97XZ2HDSKTRKGXUT.JRTCKXETXF.6YS6EN2CT7", "5.04"
        ),
        "RunBroker m5.2xlarge": broker("m5.2xlarge", "USE1-Kafka.m5.2xlarge", "UB9WVPBDV4Y3WA3Y.JRTCKXETXF.6YS6EN2CT7", "0.84"),
        "PGY7H95GSQZZZ5U3.JRTCKXETXF.6YS6EN2CT7 1": broker(
            "express.m7g.large", "USE1-Express.m7g.large", "PGY7H95GSQZZZ5U3.JRTCKXETXF.6YS6EN2CT7", "0.4080000000"
        ),
    }
    imported(msk__json=feed("msk", {"US East (N. Virginia)": brokers}))
    assert (
        "  brokers:\n"
        '    m5.2xlarge: {per: broker-hour, usd: "0.84", rate_code: UB9WVPBDV4Y3WA3Y.JRTCKXETXF.6YS6EN2CT7}\n'
        '    m5.12xlarge: {per: broker-hour, usd: "5.04", rate_code: 97XZ2HDSKTRKGXUT.JRTCKXETXF.6YS6EN2CT7}\n'
        "  express_brokers:\n"
        '    m7g.large: {per: broker-hour, usd: "0.408", rate_code: PGY7H95GSQZZZ5U3.JRTCKXETXF.6YS6EN2CT7}\n'
    ) in card(tmp_path)


def test_what_is_the_same_everywhere_is_in_every_card(imported, tmp_path):
    """Dashboards are listed under `Any`; a region without CloudWatch does not have them."""
    regions = {
        "Any": {"Dashboard Basic Dashboard": ("5P8PBB6MXV325TDC.JRTCKXETXF.6YS6EN2CT7", "3.0000000000")},
        "US East (N. Virginia)": {"Stored Data": ("6K9ADYQAHV5KX9KZ.JRTCKXETXF.6YS6EN2CT7", "0.0300000000")},
    }
    athena = feed("athena", {"EU (Ireland)": {"Athena Queries": ("ZSVWQKQ6RCNFKBU6.JRTCKXETXF.6YS6EN2CT7", "5.0000000000")}})
    imported(cloudwatch__json=feed("cloudwatch", regions), athena__json=athena)
    assert price(tmp_path, "cloudwatch.dashboards") == [("3.00", None)]
    assert "not_offered: [cloudwatch]\n" in card(tmp_path, "eu-west-1")
    assert "cloudwatch:" not in card(tmp_path, "eu-west-1").replace("not_offered: [cloudwatch]", "")


def test_what_a_list_of_one_region_lacks_is_no_word_about_others(imported, tmp_path):
    """The Bulk API has files of one region: this one of Firehose says nothing about Ireland."""
    athena = feed("athena", {"EU (Ireland)": {"Athena Queries": ("ZSVWQKQ6RCNFKBU6.JRTCKXETXF.6YS6EN2CT7", "5.0000000000")}})
    output = imported(firehose__json=FIREHOSE, athena__json=athena)
    assert "not_offered" not in card(tmp_path, "eu-west-1")
    assert "us-east-1  2 prices, new: cards/aws/us-east-1/2025-06.yaml, not offered: athena\n" in output
    assert "firehose.vpc_delivered, firehose.vpc_hours not found in: us-east-1\n" in output


def test_a_price_that_only_other_regions_of_the_same_list_have_is_not_listed(imported, tmp_path, run):
    regions = {
        "US East (N. Virginia)": {
            "Athena Queries": ("B6WHE3FUNCDQVVX4.JRTCKXETXF.6YS6EN2CT7", "5.0000000000"),
        },
        "EU (Ireland)": {"Athena Queries": ("ZSVWQKQ6RCNFKBU6.JRTCKXETXF.6YS6EN2CT7", "5.0000000000")},
    }
    glue = {
        "US East (N. Virginia)": {
            "ETL Job run": ("CXGYW3G8GS2SN9UG.JRTCKXETXF.6YS6EN2CT7", "0.4400000000"),
            "ETL Job run Flex": ("CW2STD52Z73SFDTA.JRTCKXETXF.6YS6EN2CT7", "0.2900000000"),
        },
        "EU (Ireland)": {"ETL Job run": ("CXGYW3G8GS2SN9UX.JRTCKXETXF.6YS6EN2CT7", "0.4400000000")},
    }
    output = imported(athena__json=feed("athena", regions), glue__json=feed("glue", glue))
    assert "currency: USD\nnot_listed: [glue.flex_hours]\n" in card(tmp_path, "eu-west-1")
    assert "not_listed" not in card(tmp_path)
    assert "not_offered" not in card(tmp_path, "eu-west-1")
    assert "glue.flex_hours not listed for: eu-west-1\n" in output
    (tmp_path / "jobs.yaml").write_text(
        "version: 1\ntitle: Jobs\ncomponents: {jobs: {service: glue, runs: 24/day, execution: flex}}\n"
    )
    path = tmp_path / "cards/aws/eu-west-1/2025-06.yaml"
    result = run("estimate", "-p", "jobs.yaml", "-s", "large", "--rates", path)
    assert result.exit_code == 2
    assert all(words in result.stderr for words in ("AWS's price lists have no", "'glue.flex_hours'", "eu-west-1"))


def test_services_that_are_not_offered_stand_before_prices_that_are_not_listed(imported, tmp_path):
    """Ireland has no Athena in these lists, and of Glue not the flexible jobs."""
    athena = {"US East (N. Virginia)": {"Athena Queries": ("B6WHE3FUNCDQVVX4.JRTCKXETXF.6YS6EN2CT7", "5.0000000000")}}
    hours = ("CXGYW3G8GS2SN9UG.JRTCKXETXF.6YS6EN2CT7", "0.4400000000")
    flex = ("CW2STD52Z73SFDTA.JRTCKXETXF.6YS6EN2CT7", "0.2900000000")
    glue = {
        "US East (N. Virginia)": {"ETL Job run": hours, "ETL Job run Flex": flex},
        "EU (Ireland)": {"ETL Job run": hours},
    }
    output = imported("--region", "eu-west-1", athena__json=feed("athena", athena), glue__json=feed("glue", glue))
    assert "not_offered: [athena]\nnot_listed: [glue.flex_hours]\nglue:\n" in card(tmp_path, "eu-west-1")
    assert ", not offered: athena\n" in output
    assert "glue.flex_hours not listed for: eu-west-1\n" in output


def test_the_date_is_the_newest_lists_for_all_cards(imported, tmp_path):
    athena = {"EU (Ireland)": {"Athena Queries": ("ZSVWQKQ6RCNFKBU6.JRTCKXETXF.6YS6EN2CT7", "5.0000000000")}}
    imported(firehose__json=FIREHOSE, athena__json=feed("athena", athena, published="2025-04-15T22:04:32Z"))
    assert "as_of: 2025-06-05\n" in card(tmp_path, "eu-west-1")
    assert "  published: 2025-04-15T22:04:32Z\n" in card(tmp_path, "eu-west-1")


def test_a_price_from_an_older_list_says_so(imported, tmp_path):
    newer = offer("AmazonS3", single("E9YHNFENF4XQBZR6", "0.0000050000", unit="Requests", usagetype="Requests-Tier1"))
    older = single("SKAKWE8C8SPXCVHA", "0.0009900000", usagetype="TimedStorage-GDA-ByteHrs")
    older = offer("AmazonS3GlacierDeepArchive", older, published="2023-02-07T00:17:00Z", version="20230207001700")
    imported(s3__json=newer, deep__json=older)
    assert card(tmp_path).endswith(
        "s3:\n  source: https://aws.amazon.com/s3/pricing/\n"
        '  published: 2025-06-05T17:56:44Z\n  version: "20250605175644"\n'
        '  put_requests: {per: 1000 requests, usd: "0.005", rate_code: E9YHNFENF4XQBZR6.JRTCKXETXF.6YS6EN2CT7}\n'
        '  deep_archive_storage: {per: GB-month, usd: "0.00099", rate_code: SKAKWE8C8SPXCVHA.JRTCKXETXF.6YS6EN2CT7, '
        'published: 2023-02-07T00:17:00Z, version: "20230207001700"}\n'
    )


def test_as_of_is_the_cards_date_and_name(imported, tmp_path):
    imported("--as-of", "2025-07-01", firehose__json=FIREHOSE)
    assert "as_of: 2025-07-01\n" in card(tmp_path, month="2025-07")


def test_a_card_extends_the_newest_researched_facts_before_it(imported, tmp_path):
    for month in ("2025-07", "2025-08", "2025-10"):
        write(tmp_path / "cards/aws/researched/us-east-1" / f"{month}.yaml", "version: 1\n")
    imported("--as-of", "2025-09-05", firehose__json=FIREHOSE)
    text = (tmp_path / "cards/aws/us-east-1/2025-09.yaml").read_text(encoding="utf-8")
    assert text.splitlines()[3] == "extends: aws/researched/us-east-1/2025-08"


def test_what_a_card_extends():
    names = ["aws/researched/eu-west-1/2024-06", "aws/global/2024-06", "aws/global/2025-01", "aws/us-east-1/2018-06"]
    assert extended("eu-west-1", "2025-06-17", names) == "aws/researched/eu-west-1/2024-06"
    assert extended("us-east-1", "2025-06-17", names) == "aws/global/2025-01"
    assert extended("us-east-1", "2024-06-01", names) == "aws/global/2024-06"
    assert extended("us-east-1", "2018-06-01", names) == ""


def test_the_same_import_changes_nothing(imported, tmp_path):
    imported(firehose__json=FIREHOSE)
    before = (tmp_path / "cards/aws/us-east-1/2025-06.yaml").read_bytes()
    assert "us-east-1  2 prices, unchanged: cards/aws" in imported(firehose__json=shuffled(FIREHOSE))
    assert (tmp_path / "cards/aws/us-east-1/2025-06.yaml").read_bytes() == before


def test_a_card_that_exists_with_other_prices_is_kept_and_no_other_is_written(run, tmp_path):
    ireland = single("4RB3KDVH6AE8RZUA", "0.0190000000", "eu-west-1", operation="DataFormatConversion")
    write(tmp_path / "firehose.json", offer("AmazonKinesisFirehose", CONVERSION, ireland))
    kept = write(tmp_path / "cards/aws/us-east-1/2025-06.yaml", "version: 1\n")
    result = run("rates", "import", "firehose.json", "-o", "cards")
    assert result.exit_code == 2
    assert "cards/aws/us-east-1/2025-06.yaml exists and is not what these price lists make" in result.output
    assert kept.read_text(encoding="utf-8") == "version: 1\n"
    assert not (tmp_path / "cards/aws/eu-west-1").exists()


def test_an_imported_card_is_a_valid_card(imported, run, tmp_path):
    imported(lambda__json=offer("AWSLambda", LAMBDA_REQUESTS, LAMBDA_DURATION), firehose__json=FIREHOSE)
    (tmp_path / "card.yaml").write_text(card(tmp_path), encoding="utf-8")
    result = run("validate", "card.yaml")
    assert (result.exit_code, result.output) == (0, "card.yaml: a valid rate card\n")


def test_help_is_complete(run):
    text = run("rates", "import", "--help").output
    for word in (
        "--region",
        "--as-of",
        "--endpoint",
        "--cache",
        "--output",
        "bulk",
        "query",
        "costmodel rates import price-lists/ -o pricing",
    ):
        assert word in text
