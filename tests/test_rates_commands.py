"""`costmodel rates show` and `diff`, on small cards and on the shipped ones."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rate_cards import CARD, FIREHOSE, LAMBDA, card_text, ok, refused, words


@pytest.fixture
def card(tmp_path):
    """Writes a card; gives its file's name."""

    def write(name, *blocks, **head):
        (tmp_path / name).write_text(card_text(*blocks, **head), encoding="utf-8")
        return name

    return write


# show


def test_show_says_it_all_in_80_columns(run, card):
    text = ok(run("rates", "show", card("own.yaml", LAMBDA, FIREHOSE, "not_offered: [iot_core]\nnotes: [Mind this.]\n")))
    assert max(map(len, text.splitlines())) <= 80
    assert text.startswith(
        "A card\nown: aws prices in us-east-1, as of 2018-06-01, in USD\nNot offered in us-east-1: iot_core\nMind"
    )
    assert re.search(r"^  record_increment +5 KB$", text, re.MULTILINE)
    # The tiers end at 500 TB and 2,000 TB, so the second is 2,000 - 500 = 1,500 TB long.
    for price, tier in (("0.029", "first 500 TB"), ("0.025", "next 1,500 TB"), ("0.020", "over 2,000 TB")):
        assert re.search(rf"^  ingested +\${price} per GB +{tier}$", text, re.MULTILINE)
    assert "https://example.com/lambda · published 2025-06-17\n" in text
    assert text.count("https://example.com/lambda") == 1
    assert "requests_arm64: As for the others." in text
    wide = words(ok(run("rates", "show", "own.yaml", COLUMNS="140")))
    assert "requests $0.20 per million requests always: 1,000,000 requests free, shared with requests_arm64" in wide
    assert "free, shared with requests, confidence: medium" in wide


def test_a_wide_terminal_shows_rate_codes(run, card):
    card("own.yaml", LAMBDA)
    assert "AAA.BBB.CCC" not in ok(run("rates", "show", "own.yaml"))
    wide = ok(run("rates", "show", "own.yaml", COLUMNS="200"))
    assert re.search(r"^  requests .*free, shared with requests_arm64 +AAA\.BBB\.CCC$", wide, re.MULTILINE)


def test_show_in_json_has_numbers_as_the_card_gives_them(run, card):
    shown = json.loads(ok(run("rates", "show", card("own.yaml", LAMBDA, FIREHOSE), "--format", "json")))
    assert (shown["card"], shown["region"], shown["as_of"]) == ("own", "us-east-1", "2018-06-01")
    first, second, last = (price for price in shown["prices"] if price["rate"] == "firehose.ingested")
    assert (first["usd"], first["block"], first["unit"], first["tier"]) == (0.029, 1, "GB", 1)
    assert [first["up_to"], second["up_to"], last["up_to"]] == [500 * 1024, 2000 * 1024, None]
    requests = next(price for price in shown["prices"] if price["rate"] == "lambda.requests")
    assert (requests["usd"], requests["block"], requests["rate_code"]) == (0.2, 1_000_000, "AAA.BBB.CCC")
    assert (requests["published"], requests["version"], requests["confidence"]) == ("2025-06-17T10:00:00Z", "20250617", None)
    assert {
        "service": "lambda",
        "fact": "duration_increment",
        "value": "100 ms",
        "source": "https://example.com/lambda",
    } in shown["facts"]
    of = ["lambda.requests", "lambda.requests_arm64"]
    assert shown["free"] == [{"service": "lambda", "policy": "always", "quantity": "1000000 requests", "of": of}]


def test_show_in_csv_has_a_row_for_each_tier_fact_and_free_quantity(run, card):
    discounts = "discounts: [{name: ours, on: lambda, percent: 10%}]\nnot_offered: [iot_core]\n"
    text = ok(run("rates", "show", card("own.yaml", LAMBDA, FIREHOSE, discounts), "--format", "csv"))
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["card"] for row in rows} == {"own"}
    said = [(row["what"], row["name"], row["tier"], row["usd"]) for row in rows]
    assert said == [
        ("fact", "lambda.duration_increment", "", ""),
        ("fact", "lambda.ephemeral_storage_included", "", ""),
        ("fact", "firehose.record_increment", "", ""),
        ("price", "lambda.requests", "1", "0.2"),
        ("price", "lambda.requests_arm64", "1", "0.2"),
        ("price", "firehose.ingested", "1", "0.029"),
        ("price", "firehose.ingested", "2", "0.025"),
        ("price", "firehose.ingested", "3", "0.02"),
        ("free, always", "lambda.requests lambda.requests_arm64", "", ""),
        ("not offered", "", "", ""),
        ("discount", "ours", "", ""),
    ]
    assert rows[-1]["value"] == "10% off lambda"


def test_show_says_what_is_not_in_awss_price_lists(run, card):
    own = card("own.yaml", LAMBDA, "not_listed: [lambda.duration, kms.keys]\n")
    assert "\nNot in AWS's price lists for us-east-1: lambda.duration, kms.keys\n" in ok(run("rates", "show", own))
    shown = json.loads(ok(run("rates", "show", own, "--format", "json")))
    assert (shown["not_offered"], shown["not_listed"]) == ([], ["lambda.duration", "kms.keys"])
    rows = csv.DictReader(io.StringIO(ok(run("rates", "show", own, "--format", "csv"))))
    said = [(row["service"], row["name"]) for row in rows if row["what"] == "not listed"]
    assert said == [("lambda", "lambda.duration"), ("kms", "kms.keys")]


def test_show_the_newest_of_a_region_and_some_services(run, card, tmp_path):
    for name, title in (("2018-01", "Old"), ("2019-01", "New")):
        (tmp_path / "pricing" / "aws" / "eu-west-9").mkdir(parents=True, exist_ok=True)
        card(f"pricing/aws/eu-west-9/{name}.yaml", LAMBDA, FIREHOSE, region="eu-west-9", title=title)
    text = ok(run("rates", "show", "--region", "eu-west-9", "--service", "firehose", "--library", "."))
    assert text.startswith("New\naws/eu-west-9/2019-01: aws prices in eu-west-9")
    assert ("record_increment" in text, "duration_increment" in text) == (True, False)


def test_what_a_card_extends_is_part_of_it_and_named(run, card):
    card("base.yaml", LAMBDA, FIREHOSE)
    card("own.yaml", "extends: base.yaml\nfirehose: {record_increment: 1 KB}\n")
    text = ok(run("rates", "show", "own.yaml"))
    assert "With what it extends, base.yaml" in text
    assert re.search(r"record_increment +1 KB", text)
    assert re.search(r"ingested +\$0\.029 per GB", text)


def test_a_price_with_a_free_quantity_of_its_own_does_not_share(run, card):
    own = LAMBDA.replace("rate_code: AAA.BBB.CCC", "free: {always: 5 requests}")
    shown = json.loads(ok(run("rates", "show", card("own.yaml", own), "--format", "json")))
    assert [(free["quantity"], free["of"]) for free in shown["free"]] == [
        ("5 requests", ["lambda.requests"]),
        ("1000000 requests", ["lambda.requests_arm64"]),
    ]


def test_free_quantities_of_prices_that_a_card_lacks_are_shown(run, card):
    free = "lambda: {source: x, free: {always: [{of: [requests, duration], quantity: 5 requests}]}}\n"
    text = ok(run("rates", "show", card("own.yaml", free.replace("requests, duration", "requests"))))
    assert re.search(r"^  requests +always: 5 requests free$", text, re.MULTILINE)


@pytest.mark.parametrize("columns", ["80", "200"])
def test_show_of_a_card_is_the_same_text(run, columns):
    assert ok(run("show", CARD, COLUMNS=columns)) == ok(run("rates", "show", CARD, COLUMNS=columns))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("aws/us-east-1/2018-07",), "there is no rate card 'aws/us-east-1/2018-07'. Did you mean 'aws/us-east-1/2018-06'?"),
        (("--region", "us-east-9"), "there is no rate card for the region 'us-east-9'."),
        ((CARD, "--region", "us-east-1"), f"{CARD} is a card of one region; leave --region out"),
        ((CARD, "--service", "lamda"), "there is no service 'lamda'. Did you mean 'lambda'?"),
        (("own.yaml", "--service", "firehose"), "own: nothing is said of firehose. Known: lambda."),
    ],
)
def test_show_what_is_not_there(run, card, arguments, message):
    card("own.yaml", LAMBDA)
    assert message in refused(run("rates", "show", *arguments))


@pytest.mark.parametrize(("command", "name", "form"), [("show", "a.json", "json"), ("diff", "a.CSV", "csv")])
def test_a_file_holds_what_its_name_says(run, card, tmp_path, command, name, form):
    cards = [card("own.yaml", LAMBDA), card("other.yaml", FIREHOSE)][: 1 + (command == "diff")]
    text = refused(run("rates", command, *cards, "-o", name))
    assert f"{name} would hold table, not what its name says; --format {form} writes that" in text
    assert not (tmp_path / name).exists()
    ok(run("rates", command, *cards, "-o", name, "--format", form))


def test_show_writes_a_file(run, card, tmp_path):
    card("own.yaml", LAMBDA)
    assert ok(run("rates", "show", "own.yaml", "--format", "json", "-o", "own.json")) == ""
    assert json.loads((tmp_path / "own.json").read_text(encoding="utf-8"))["card"] == "own"
    assert "own.yaml exists" in refused(run("rates", "show", "own.yaml", "-o", "own.yaml"))


# diff


def differences(run, *arguments):
    found = json.loads(ok(run("rates", "diff", *arguments, "--format", "json")))
    return {(row["what"], row["key"], row["tier"]): row for row in found["differences"]}, found


def test_the_same_price_per_another_block_is_no_difference(run, card):
    """0.20 / 1,000,000 is 0.0000002, and $5 per TB is 5 / 1024 = 0.0048828125 per GB."""
    athena = "athena: {source: x, data_scanned: {per: %s, usd: '%s'}}\n"
    a = card("a.yaml", LAMBDA, athena % ("TB", "5.00"))
    each = 'requests: {per: request, usd: "0.0000002"'
    b = card("b.yaml", LAMBDA.replace('requests: {per: million requests, usd: "0.20"', each), athena % ("GB", "0.0048828125"))
    rows, found = differences(run, a, b)
    assert rows == {}
    assert found["prices"] == {"changed": 0, "unchanged": 3, "removed": 0, "new": 0}
    assert ok(run("rates", "diff", a, b)).endswith("\n0 prices changed, 3 unchanged, 0 only in a.yaml, 0 only in b.yaml.\n")


def test_a_price_per_another_block_is_said_per_that_of_the_second(run, card):
    """$0.0000003 per request is $0.30 per million; from there to $0.20 is -0.10 / 0.30, a third less."""
    a = card("a.yaml", LAMBDA.replace('requests: {per: million requests, usd: "0.20"', 'requests: {per: request, usd: "3e-7"'))
    b = card("b.yaml", LAMBDA)
    rows, _ = differences(run, a, b)
    (row,) = rows.values()
    assert (row["before"], row["after"], row["per"]) == (0.3, 0.2, "million requests")
    assert row["change"] == pytest.approx(-1 / 3, rel=1e-15)
    assert "requests $0.3 per million requests $0.20 per million requests -33.3%" in words(
        ok(run("rates", "diff", a, b, COLUMNS="120"))
    )


def test_prices_are_compared_at_every_amount_of_usage(run, card):
    """One price of 0.025 for all: cheaper than the first tier, the same as the second, dearer than the last."""
    own = 'firehose: {source: x, record_increment: 5120 bytes, ingested: {per: GB, usd: "0.025"}}\n'
    rows, found = differences(run, card("a.yaml", FIREHOSE), card("b.yaml", own))
    assert [*rows] == [
        ("price", "firehose.ingested", "first 500 TB"),
        ("price", "firehose.ingested", "over 2,000 TB"),
        ("tiers", "firehose.ingested", None),
    ]
    first, last, tiers = rows.values()
    assert first["change"] == pytest.approx((0.025 - 0.029) / 0.029, rel=1e-12)
    assert last["change"] == pytest.approx(0.25, rel=1e-12)
    assert (tiers["before"], tiers["after"]) == ("end at 500 TB, 2000 TB", "one")
    assert found["prices"]["changed"] == 1


def test_tiers_that_end_elsewhere_at_the_same_prices_are_a_change(run, card):
    later = FIREHOSE.replace("500 TB", "600 TB")
    rows, _ = differences(run, card("a.yaml", FIREHOSE), card("b.yaml", later))
    # Between 500 and 600 TB the price rises from the second tier's to the first's.
    assert [(key, row["before"], row["after"]) for key, row in rows.items()] == [
        (("price", "firehose.ingested", "next 100 TB"), 0.025, 0.029),
        (("tiers", "firehose.ingested", None), "end at 500 TB, 2000 TB", "end at 600 TB, 2000 TB"),
    ]
    same = FIREHOSE.replace("500 TB", "512000 GB")
    assert differences(run, "a.yaml", card("c.yaml", same))[0] == {}


def test_tiers_that_end_at_the_same_number_written_otherwise_are_the_same(run, card):
    """As floats, 1.001 x 1,000,000 is not 1,001,000."""
    tiers = "kms: {source: x, requests: {per: request, tiers: [{usd: '2', up_to: %s requests}, {usd: '1'}]}}\n"
    a, b = card("a.yaml", tiers % "1.001 million"), card("b.yaml", tiers % "1001000")
    assert differences(run, a, b)[0] == {}


def test_facts_free_quantities_discounts_and_prices_of_one_card(run, card):
    a = card("a.yaml", LAMBDA, FIREHOSE)
    changed = (
        LAMBDA.replace("100 ms", "1 ms")
        .replace('  requests_arm64: {per: million requests, usd: "0.20", confidence: medium, note: As for the others.}\n', "")
        .replace("of: [requests, requests_arm64], quantity: 1000000", "of: requests, quantity: 2000000")
    )
    kms = "kms: {source: x, requests: {per: 10000 requests, usd: '0.03'}, keys: {per: key-month, usd: '1'}}\n"
    discount = "discounts: [{name: ours, on: [lambda], percent: 10%}, {name: theirs, on: [s3], percent: 10%}]\n"
    rows, found = differences(run, a, card("b.yaml", changed, kms, discount), "--service", "lambda", "--service", "kms")
    said = {key: (row["before"], row["after"]) for key, row in rows.items()}
    assert said == {
        ("free", "lambda.requests", None): (
            "always: 1000000 requests, shared with requests_arm64",
            "always: 2000000 requests",
        ),
        ("price", "lambda.requests_arm64", None): (0.2, None),
        ("fact", "lambda.duration_increment", None): ("100 ms", "1 ms"),
        ("price", "kms.requests", None): (None, 0.03),
        ("price", "kms.keys", None): (None, 1),
        ("discount", "ours", None): (None, "10% off lambda"),
    }
    assert found["prices"] == {"changed": 0, "unchanged": 1, "removed": 1, "new": 2}
    text = ok(run("rates", "diff", a, "b.yaml"))
    assert max(map(len, text.splitlines())) <= 80
    assert "AWS Key Management Service (kms) prices - 2 new" in words(text)
    assert "Amazon Kinesis Data Firehose (firehose) prices 1 - removed" in words(text)


def test_a_free_quantity_is_another_when_other_prices_share_it(run, card):
    a, b = card("a.yaml", LAMBDA), card("b.yaml", LAMBDA.replace("of: [requests, requests_arm64]", "of: requests_arm64"))
    rows, _ = differences(run, a, b)
    assert {key: (row["before"], row["after"]) for key, row in rows.items()} == {
        ("free", "lambda.requests", None): ("always: 1000000 requests, shared with requests_arm64", None),
        ("free", "lambda.requests_arm64", None): (
            "always: 1000000 requests, shared with requests",
            "always: 1000000 requests",
        ),
    }


def test_services_that_one_region_lacks(run, card):
    a = card("a.yaml", LAMBDA, "not_offered: [kms]\n")
    b = card("b.yaml", LAMBDA, "not_offered: [firehose, kms]\n", region="us-west-1")
    assert "Offered only in" not in ok(run("rates", "diff", a, b))  # neither card has a word of firehose's prices
    c = card("c.yaml", LAMBDA, FIREHOSE)
    text = ok(run("rates", "diff", c, b))
    assert "Offered only in us-east-1 (c.yaml): firehose." in text
    d = card("d.yaml", LAMBDA, "not_offered: [firehose]\n")
    assert "Offered only in c.yaml: firehose." in ok(run("rates", "diff", c, d))  # two cards of one region


def test_a_difference_as_csv(run, card):
    a, b = card("a.yaml", FIREHOSE), card("b.yaml", FIREHOSE.replace('"0.029"', '"0.02900"').replace('"0.025"', '"0.020"'))
    rows = list(csv.DictReader(io.StringIO(ok(run("rates", "diff", a, b, "--format", "csv")))))
    assert [[row[name] for name in ("key", "tier", "before", "after", "per")] for row in rows] == [
        ["firehose.ingested", "next 1,500 TB", "0.025", "0.020", "GB"]
    ]
    assert float(rows[0]["change"]) == pytest.approx(-0.2, rel=1e-12)


DEARER = f"version: 1\nextends: {CARD}\nfirehose:\n  ingested: {{per: GB, usd: '0.058', source: x}}\n"


def test_what_a_difference_does_to_an_estimate(run, tmp_path):
    """Twice the price of the first tier, $0.029, where all usage is in it: Firehose's $597.3816 comes on top.

    The total before is that and $48.7713, $21.2219 and $4.68: $672.0548; with it, $1,269.4364.
    """
    (tmp_path / "dearer.yaml").write_text(DEARER)
    arguments = (CARD, "dearer.yaml", "--pattern", "itl", "--scenario", "large")
    text = ok(run("rates", "diff", *arguments))
    assert "itl under large: +$597.38 a month (+88.9%, $672.05 to $1,269.44)" in words(text)
    assert "Amazon Kinesis Data Firehose $597.38 $1,194.76 +$597.38 +100.0%" in words(text)
    assert "AWS Lambda $21.22 $21.22 $0.00 0.0%" in words(text)
    _, found = differences(run, *arguments)
    (effect,) = found["effects"]
    # 20,599.365234375 GB: 4,320,000,000 records of 5 KB (1 KB each, rounded up) in GB of 1024^2 KB.
    assert effect["changes"][0]["difference"] == pytest.approx(4_320_000_000 * 5 / 1024**2 * 0.029, rel=1e-12)


def test_a_pattern_alone_takes_the_scenarios_that_it_names(run, tmp_path):
    (tmp_path / "dearer.yaml").write_text(DEARER)
    text = ok(run("rates", "diff", CARD, "dearer.yaml", "--pattern", "itl"))
    assert re.findall(r"^itl under (\w+): ", text, re.MULTILINE) == ["small", "medium", "large"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((CARD, "own.yaml", "--scenario", "large"), "--scenario large has no pattern to be estimated with: add --pattern"),
        ((CARD, CARD), f"{CARD} and {CARD} are the same card; name another to compare it with"),
        (("own.yaml", "./own.yaml"), "own.yaml and ./own.yaml are the same card"),
        (("aws/us-east-1/2018-7", "non.yaml"), "there is no rate card 'aws/us-east-1/2018-7'. Did you mean"),
        (("aws/us-east-1/2018-7", "non.yaml"), "non.yaml: there is no such file"),
        ((CARD, "own.yaml", "-p", "itl", "--format", "csv"), "take table or json with --pattern"),
        ((CARD, "own.yaml", "-p", "itll"), "there is no pattern 'itll'. Did you mean 'itl'?"),
        ((CARD, "own.yaml", "-p", "itl", "-s", "large"), "'ingest' is Amazon Kinesis Data Firehose, of which the rate card own"),
        ((CARD,), "Missing argument 'B'"),
    ],
)
def test_diff_of_what_cannot_be_compared(run, card, arguments, message):
    card("own.yaml", LAMBDA)
    assert message in refused(run("rates", "diff", *arguments))


@pytest.mark.parametrize("command", ["show", "diff", "verify"])
def test_help_has_an_example_and_says_what_options_do(run, command):
    assert f"  {command} " in ok(run("rates", "--help"))
    text = ok(run("rates", command, "--help"))
    assert f"\n  costmodel rates {command} " in text
    assert re.findall(r"^  (?:-\w, )?--[\w-]+(?: \S+)?\n(?! {20,})", text, re.MULTILINE) == []


def test_rates_commands_complete():
    def completions(line):
        environment = {**os.environ, "_COSTMODEL_COMPLETE": "bash_complete", "COMP_WORDS": line}
        environment |= {"COMP_CWORD": str(len(line.split(" ")) - 1)}
        command = [str(Path(sys.executable).parent / "costmodel")]
        result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=30)
        return [row.partition(",")[2] for row in result.stdout.splitlines()]

    assert completions("costmodel rates ver") == ["verify"]
    assert CARD in completions("costmodel rates show aws/us-east-1/20")
    assert completions("costmodel rates show --service lam") == ["lambda"]
    assert "us-east-1" in completions("costmodel rates verify --region us-")
    assert completions("costmodel rates diff a b --pattern it") == ["itl"]
