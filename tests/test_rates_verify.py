"""`costmodel rates verify`: mistakes of cards, and what is to be said against those without."""

import re

import pytest
from rate_cards import CARD, FIREHOSE, LAMBDA, card_text, ok, refused, words

DAY_AFTER = "1527897600"  # 2018-06-02


@pytest.fixture
def card(tmp_path):
    """Writes a card; gives its file's name."""

    def write(name, *blocks, **head):
        (tmp_path / name).write_text(card_text(*blocks, **head), encoding="utf-8")
        return name

    return write


@pytest.fixture
def place(tmp_path):
    """Where a text first stands in a file, as messages say it."""

    def find(name, text):
        before = (tmp_path / name).read_text(encoding="utf-8").partition(text)[0]
        return f"{name}:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"

    return find


def test_mistakes_of_all_cards_are_told_at_once_with_their_places(run, card, place):
    gap = card("gap.yaml", FIREHOSE.replace('{usd: "0.020"}', '{usd: "0.020", up_to: 5000 TB}'))
    overlap = card("overlap.yaml", FIREHOSE.replace("up_to: 2000 TB", "up_to: 400 TB"))
    unit = card("unit.yaml", LAMBDA.replace("per: million requests", "per: GB"), "lamda: {}\n")
    text = refused(run("rates", "verify", gap, overlap, CARD, unit, "none.yaml", "--region", "us-east-9"))
    for message in (
        f"{place('gap.yaml', '5000 TB')}: the last tier ends, which leaves a gap above it",
        f"{place('overlap.yaml', '400 TB')}: tier 2 ends at or below the tier before it, so they overlap",
        f"{place('unit.yaml', 'GB,')}: 'GB' does not measure this; it is priced per request",
        f"{place('unit.yaml', 'lamda')}: 'lamda' is neither a key of a rate card nor a service. Did you mean 'lambda'?",
        "none.yaml: there is no such file",
        "there is no rate card for the region 'us-east-9'",
    ):
        assert message in text


def test_what_a_card_lacks_and_what_is_not_sure(run, card):
    kms = """\
kms:
  source: x
  requests:
    per: 10000 requests
    tiers: [{usd: "0", up_to: 20000 requests}, {usd: "0.03", up_to: 30000 requests}, {usd: "0.04"}]
"""
    own = card("own.yaml", LAMBDA.replace("  ephemeral_storage_included: 512 MB\n", ""), kms, "not_offered: [iot_core]\n")
    text = ok(run("rates", "verify", own, SOURCE_DATE_EPOCH=DAY_AFTER))
    # Prices: requests, requests_arm64 and kms.requests; one of them has a rate code, two a date. The card is a day old.
    assert re.search(r"^own +3 +2 +2 +1 +2018-06-01 +1$", text, re.MULTILINE)
    assert re.search(r"^  kms: keys$", text, re.MULTILINE)
    missing = words(text.partition("Services that")[0].partition("lambda: ")[2])
    assert missing.split(", ")[:3] == ["duration", "duration_arm64", "ephemeral_storage"]
    silent = words(text.partition("not offered\n")[2].partition("\n\n")[0]).split(", ")
    assert {"firehose", "s3", "kinesis_analytics"} <= {*silent}
    assert not {"lambda", "kms", "iot_core"} & {*silent}
    assert "Facts that are missing\n  lambda: ephemeral_storage_included\n" in text
    assert "confidence is not high\n  lambda: requests_arm64 (medium)\n" in text
    rising = words(text.partition("rise with volume")[2])
    assert rising == "kms: requests ($0.03 per 10000 requests, then $0.04 per 10000 requests)"  # not from $0 to $0.03
    assert "over a year old" not in text


def test_many_cards_share_a_line_of_each_finding(run, card, tmp_path):
    kms = "kms: {source: x, requests: {per: request, usd: '1'}%s}\n"
    keys = ", keys: {per: key-month, usd: '1'}"
    for region, rest in (("aa-north-1", ""), ("aa-north-2", ""), ("aa-north-3", keys), ("aa-north-4", keys)):
        (tmp_path / "pricing" / "aws" / region).mkdir(parents=True)
        firehose = "not_offered: [firehose]\n" if region == "aa-north-1" else ""
        card(f"pricing/aws/{region}/2018-06.yaml", kms % rest, LAMBDA, firehose, region=region)
    regions = [f"--region=aa-north-{n}" for n in (1, 2, 3, 4)]
    text = ok(run("rates", "verify", *regions, "--library", ".", SOURCE_DATE_EPOCH=DAY_AFTER))
    assert "  kms: keys - in aa-north-1, aa-north-2\n" in text
    assert "  lambda: requests_arm64 (medium) - in all 4\n" in text
    assert "  firehose - in all but aa-north-1\n" in text
    assert re.findall(r"^aws/aa-north-(\d)/2018-06 +(\d)", text, re.MULTILINE) == [("1", "3"), ("2", "3"), ("3", "4"), ("4", "4")]
    every = ok(run("rates", "verify", "--region", "all", "--library", ".", SOURCE_DATE_EPOCH=DAY_AFTER))
    assert {*re.findall(r"^aws/(\S+?)/", every, re.MULTILINE)} >= {"aa-north-1", "aa-north-3", "us-east-1"}
    assert max(map(len, every.splitlines())) <= 80


@pytest.mark.parametrize(
    ("rest", "today", "fails"),
    [
        (", keys: {per: key-month, usd: '1'}", "2019-06-01", ""),
        (", keys: {per: key-month, usd: '1'}", "2019-06-02", "check failed: own is 366 days old"),
        ("", "2018-06-02", "check failed: own lacks 1 price of services that it has"),
        ("", "2019-06-02", "check failed: own lacks 1 price of services that it has and is 366 days old"),
    ],
)
def test_check_fails_on_missing_prices_and_on_age(run, card, rest, today, fails):
    """From 2018-06-01 it is 365 days to 2019-06-01."""
    epochs = {"2018-06-02": "1527897600", "2019-06-01": "1559347200", "2019-06-02": "1559433600"}
    own = card("own.yaml", f"kms: {{source: x, requests: {{per: request, usd: '1'}}{rest}}}\n")
    result = run("rates", "verify", own, "--check", SOURCE_DATE_EPOCH=epochs[today])
    assert (result.exit_code, result.stderr.strip()) == (1 if fails else 0, fails)
    assert re.search(r"^own +[12] ", result.stdout, re.MULTILINE)
    assert run("rates", "verify", own, SOURCE_DATE_EPOCH=epochs[today]).exit_code == 0


def test_a_price_that_is_not_in_awss_price_lists_is_a_finding_and_no_failure(run, card):
    own = card("own.yaml", "kms: {source: x, requests: {per: request, usd: '1'}}\nnot_listed: [kms.keys]\n")
    text = ok(run("rates", "verify", own, "--check", SOURCE_DATE_EPOCH=DAY_AFTER))
    assert "\nPrices that are not in AWS's price lists, of services that have others\n  kms: keys\n" in text
    assert "Prices that are missing" not in text


def test_the_same_card_twice_is_checked_once(run, card):
    own = card("own.yaml", LAMBDA)
    assert ok(run("rates", "verify", own, f"./{own}")).count("\nown ") == 1


MISPLACED, OTHER = "\nCards that are not what their place says\n", "\nPrices of another region\n"


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("aws/us-east-1/2018-06.yaml", ""),
        ("aws/us-east-1/2018-06-01.yaml", ""),
        ("eu/card.yaml", ""),
        ("aws/us-west-2/2018-06.yaml", "  the folder says us-west-2, the card's region is us-east-1\n"),
        ("2018-07.yaml", "  the file's name says 2018-07, the card is as of 2018-06-01\n"),
    ],
)
def test_a_card_in_a_place_that_says_otherwise(run, card, tmp_path, file, said):
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    result = run("rates", "verify", card(file, LAMBDA), "--check", SOURCE_DATE_EPOCH=DAY_AFTER)
    assert (f"{MISPLACED}{said}" in result.stdout) == bool(said)
    assert ("is not what its place says" in result.stderr) == bool(said)


def test_a_card_with_the_prices_of_another_region(run, card, tmp_path):
    """Its own price of KMS is its region's, and so is what holds everywhere; the two of Lambda are N. Virginia's."""
    card("everywhere.yaml", "s3: {source: x, storage: {per: GB-month, usd: '1'}}\n", region="global")
    card("virginia.yaml", LAMBDA, "extends: everywhere.yaml\n")
    kms = "kms: {source: x, requests: {per: request, usd: '1'}}\n"
    own = card("own.yaml", "extends: virginia.yaml\n", kms, region="eu-west-1")
    result = run("rates", "verify", own, "--check", SOURCE_DATE_EPOCH=DAY_AFTER)
    assert result.stdout.endswith(f"{OTHER}  2 of 4 are those of us-east-1, which the card extends\n")
    assert "has prices of another region" in result.stderr
    (tmp_path / "same.yaml").write_text("version: 1\nextends: virginia.yaml\ntitle: A change of nothing\n")
    assert OTHER not in ok(run("rates", "verify", "same.yaml", SOURCE_DATE_EPOCH=DAY_AFTER))


def test_files_of_one_name_are_told_apart_by_their_paths(run, card, tmp_path):
    for region in ("us-east-1", "eu-west-1"):
        (tmp_path / region).mkdir()
        card(f"{region}/2018-06.yaml", LAMBDA, region=region)
    text = ok(run("rates", "verify", "us-east-1/2018-06.yaml", "eu-west-1/2018-06.yaml", SOURCE_DATE_EPOCH=DAY_AFTER))
    assert re.findall(r"^(\S+) +2 ", text, re.MULTILINE) == ["us-east-1/2018-06.yaml", "eu-west-1/2018-06.yaml"]


def test_verify_takes_a_card(run):
    assert "name a rate card, or the newest ones with --region" in refused(run("rates", "verify"))


def test_a_service_that_has_ended_is_not_missed(run, card):
    """Kinesis Data Analytics for SQL ended on 2026-01-27."""
    before, after = (card(f"{name}.yaml", LAMBDA, as_of=f"2026-01-{name}") for name in ("26", "27"))
    assert "kinesis_analytics" in ok(run("rates", "verify", before))
    assert "kinesis_analytics" not in ok(run("rates", "verify", after))
