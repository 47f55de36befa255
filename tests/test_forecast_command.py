"""costmodel forecast: month by month, what growing traffic costs, which tiers it reaches and which limits it breaks."""

import csv
import io
import json

import pytest

from costmodel import estimate

RECORDS = 1000 * 86400 * 30
GB = RECORDS / 1024**2  # of 1 KB records
CARD = ("--rates", "aws/us-east-1/2018-06")


def exactly(value):
    return pytest.approx(value, rel=1e-9)


@pytest.fixture
def forecast(run, tmp_path):
    """The forecast of components (YAML) under 1,000 records of 1 KB a second in a month of 30 days, as its JSON has it."""

    def made(components, *arguments, scenario=""):
        (tmp_path / "p.yaml").write_text(f"version: 1\ntitle: P\ncomponents:\n  {components.strip()}\n")
        traffic = "traffic: {peak_rate: 1000/s, record_size: 1 KB}\nmonth: 30 days\n"
        (tmp_path / "s.yaml").write_text(f"version: 1\ntitle: S\n{traffic}{scenario}")
        result = run("forecast", "-p", "p.yaml", "-s", "s.yaml", *CARD, "--format", "json", *arguments)
        assert result.exit_code == 0, result.stderr
        return json.loads(result.stdout)

    return made


def test_the_month_in_which_direct_put_breaks(run):
    """100 records a second, 10% more every month: 5,476 in month 42, of 5,000."""
    text = run("forecast", "--pattern", "itl", "--scenario", "small", "--growth", "10%/month", "--months", "48").stdout
    event = " ".join(text.partition("What gives way")[2].split())
    assert (
        "month 42: Records of ingest breaks the quota firehose.direct_put_records, "
        "5,476.37 records/s against 5,000 records/s, tight from month 39 on" in event
    )
    assert 100 * 1.1**41 < 5000 < 100 * 1.1**42
    assert 100 * 1.1**38 < 4000 < 100 * 1.1**39


@pytest.mark.parametrize(
    ("arguments", "times"),
    [
        (("--growth", "10%/month", "--months", "2"), [1, 1.1, 1.21]),
        (("--growth", "10%", "--months", "1"), [1, 1.1]),
        (("--growth", "-50%/month", "--months", "2"), [1, 0.5, 0.25]),
        (("--growth", "44%/year", "--months", "6"), [1.44 ** (month / 12) for month in range(7)]),
        (("--to", "16x", "--months", "4"), [1, 2, 4, 8, 16]),
        (("--growth", "10%", "--months", "0"), [1]),
        (("--csv", "launch.csv"), [1, 5, 0, 2.5]),
    ],
)
def test_how_traffic_grows(forecast, tmp_path, arguments, times):
    (tmp_path / "launch.csv").write_text("month,times\n0,1\n1,5\n2,0\n3,2.5\n")
    months = forecast("ingest: {service: firehose, input: source}", *arguments)["months"]
    assert [month["times"] for month in months] == [exactly(each) for each in times]
    assert [month["records_per_second"] for month in months] == [exactly(1000 * each) for each in times]
    assert [month["total"] for month in months] == [exactly(GB * 5 * 0.029 * each) for each in times]


def test_what_is_kept_for_two_months_is_of_the_two_months_before_too(forecast):
    """Of a month's records half is there on average in its own month, all in the next, and half in the one after that."""
    store = "store: {service: s3, input: source, retention: 60 days}"
    months = forecast(store, "--growth", "10%", "--months", "4")["months"]
    put = [RECORDS * 1.1**m * 0.000005 for m in range(5)]
    kept = [0.5 * 1.1**m + (1.1 ** (m - 1) if m >= 1 else 0) + (0.5 * 1.1 ** (m - 2) if m >= 2 else 0) for m in range(5)]
    assert [month["total"] for month in months] == [exactly(p + GB * k * 0.023) for p, k in zip(put, kept, strict=True)]


def test_a_design_that_has_run_before_has_stored_before(forecast):
    store = "store: {service: s3, input: source, retention: 60 days}"
    first = forecast(store, "--growth", "10%", "--months", "2", "--after", "3 months")["months"]
    stored = [(month["total"] - RECORDS * month["times"] * 0.000005) / 0.023 / GB for month in first]
    assert stored == [exactly(0.5 + 1 + 0.5), exactly(0.5 * 1.1 + 1 + 0.5), exactly(0.5 * 1.21 + 1.1 + 0.5)]


@pytest.mark.parametrize(
    ("times", "months_stored"),
    [
        ([1, 0, 0, 1], [0.5, 1, 0.5, 0.5]),  # of month 0 half is there on average, then all, then half, then nothing
        ([0, 2, 0, 0, 0], [0, 1, 2, 1, 0]),
    ],
)
def test_a_month_without_traffic_stores_nothing_new_and_what_came_before_expires(forecast, tmp_path, times, months_stored):
    rows = "".join(f"{month},{each}\n" for month, each in enumerate(times))
    (tmp_path / "gaps.csv").write_text(f"month,times\n{rows}")
    months = forecast("store: {service: s3, input: source, retention: 60 days}", "--csv", "gaps.csv")["months"]
    expected = [RECORDS * t * 0.000005 + GB * kept * 0.023 for t, kept in zip(times, months_stored, strict=True)]
    assert [month["total"] for month in months] == [exactly(total) for total in expected]


def test_without_growth_each_month_is_the_estimate_of_that_month(forecast, tmp_path):
    store = "store: {service: s3, input: source, retention: 75 days}"
    months = forecast(store, "--growth", "0%", "--months", "5")["months"]
    alone = [estimate(tmp_path / "p.yaml", tmp_path / "s.yaml", rates=CARD[1], after=m + 1).total for m in range(6)]
    assert [month["total"] for month in months] == [exactly(total) for total in alone]


def test_the_month_in_which_a_tier_is_reached(forecast):
    """12,359.6 GB a month double every month: over 512,000 in month 6, and over 2,048,000 (its second bound) in month 8."""
    found = forecast("ingest: {service: firehose, input: source}", "--growth", "100%", "--months", "9")
    billed = [GB * 5 * 2**m for m in range(10)]
    expected = [next(m for m in range(10) if billed[m] > bound) for bound in (512_000, 2_048_000)]
    assert expected == [6, 8]
    assert [(tier["month"], tier["words"]) for tier in found["tiers"]] == [(6, "next 1,500 TB"), (8, "over 2,000 TB")]


def test_limits_over_the_months(forecast):
    table = "table: {service: dynamodb, input: source, write_capacity: 4000, writes_per_record: 1}"
    limits = {(limit["item"], limit["quota"]): limit for limit in forecast(table, "--to", "16x", "--months", "4")["limits"]}
    provisioned = limits["Write units", None]
    assert provisioned["utilisation"] == [exactly(share) for share in (0.25, 0.5, 1, 2, 4)]
    assert (provisioned["tight_in"], provisioned["breaks_in"]) == (2, 3)
    quota = limits["Write capacity", "dynamodb.table_write_units"]  # 40,000 in us-east-1, whatever is written
    assert quota["utilisation"] == [exactly(0.1)] * 5
    assert (quota["tight_in"], quota["breaks_in"]) == (None, None)


def test_the_other_formats(run, tmp_path):
    names = ("forecast", "-p", "itl", "-s", "small", "--to", "100x", "--months", "2")
    rows = list(csv.DictReader(io.StringIO(run(*names, "--format", "csv").stdout)))
    assert [(row["month"], float(row["records_per_second"])) for row in rows] == [
        ("0", 100),
        ("1", exactly(1000)),
        ("2", exactly(10000)),
    ]
    assert [float(row["Records of ingest"]) for row in rows] == [exactly(share) for share in (0.02, 0.2, 2)]
    services = ("Amazon Kinesis Data Firehose", "Amazon S3", "AWS Lambda", "Amazon DynamoDB")
    assert float(rows[1]["total"]) == exactly(sum(float(rows[1][service]) for service in services))
    markdown = run(*names, "--format", "markdown").stdout
    assert "- month 2: Records of ingest breaks the quota" in markdown.replace("\\", "")
    assert run(*names, "--format", "svg", "-o", "growth.svg").exit_code == 0
    svg = (tmp_path / "growth.svg").read_text(encoding="utf-8")
    assert "Records of ingest breaks in month 2." in svg
    assert "months from today" in svg


def test_many_months_are_shown_every_few_and_where_something_gives_way(run):
    text = run("forecast", "-p", "itl", "-s", "small", "--growth", "1%", "--months", "600").stdout
    shown = [int(line.split()[0]) for line in text.splitlines() if line[:1].isdigit()]
    breaks = next(m for m in range(600) if 100 * 1.01**m > 5000)
    assert len(shown) < 70
    assert {0, 10, breaks, 600} <= set(shown)


# 5,000 records a second are the quota, 4,000 of them tight.
@pytest.mark.parametrize(
    ("times", "said"),
    [
        ([1, 4.5, 1, 4.5, 6, 6], "month 4: {}, 6,000 records/s against 5,000 records/s, tight from month 3 on"),
        ([4.5, 4.5, 6, 7, 1], "month 2: {}, 6,000 records/s against 5,000 records/s, tight from month 0 on, until month 3"),
        ([1, 6, 1, 4.5, 6], "month 1: {}, 6,000 records/s against 5,000 records/s, until month 1 and again later"),
        ([1, 6, 4.5, 4.5], "month 1: {}, 6,000 records/s against 5,000 records/s, until month 1"),
        ([6, 6], "month 0: {}, 6,000 records/s against 5,000 records/s"),
        ([1, 4.5, 1], "month 1: Records of ingest becomes tight, at 4,500 records/s of 5,000 records/s"),
    ],
)
def test_when_a_limit_gives_way_and_until_when(forecast, run, tmp_path, times, said):
    rows = "".join(f"{month},{each}\n" for month, each in enumerate(times))
    (tmp_path / "launches.csv").write_text(f" Month , TIMES \n{rows}")
    forecast("ingest: {service: firehose, input: source}", "--csv", "launches.csv")
    text = run("forecast", "-p", "p.yaml", "-s", "s.yaml", *CARD, "--csv", "launches.csv", "--format", "markdown").stdout
    event = said.format("Records of ingest breaks the quota firehose.direct_put_records")
    assert f"- {event}" in text.replace("\\", "").splitlines()


def test_what_a_reader_must_know_is_in_every_text(forecast, run, tmp_path):
    """A withdrawn service, storage that fills up, and of a CSV how it was read."""
    (tmp_path / "day.csv").write_text("timestamp,rate\n2018-06-01T00:00:00,800\n2018-06-01T12:00:00,900\n")
    forecast(
        "store: {service: s3, input: source, retention: 60 days}\n  scores: {service: kinesis_analytics, kpus: 1}", "--to", "2x"
    )
    (tmp_path / "s.yaml").write_text("version: 1\ntitle: S\ntraffic: {csv: day.csv, record_size: 1 KB}\n")
    names = ("forecast", "-p", "p.yaml", "-s", "s.yaml", *CARD, "--to", "2x", "--months", "3")
    notes = json.loads(run(*names, "--format", "json").stdout)["notes"]
    for form in ("table", "markdown"):
        text = " ".join(run(*names, "--format", form).stdout.replace("\\", "").split())
        assert [note for note in notes if note not in text] == []
    begins = ["AWS has withdrawn Amazon Kinesis Data Analytics", "day.csv", "What is kept for a time fills up from month 0 on."]
    assert [any(note.startswith(words) for note in notes) for words in begins] == [True] * 3, notes
    after = run(*names, "--after", "3 months").stdout
    assert "What is kept for a time fills up since 3 months before month 0." in after


@pytest.mark.parametrize(("name", "first"), [("growth.png", b"\x89PNG\r\n"), ("growth.PDF", b"%PDF-"), ("growth.svg", b"<?xml")])
def test_the_ending_says_the_format_of_a_picture(run, tmp_path, name, first):
    result = run("forecast", "-p", "itl", "-s", "small", "--to", "2x", "--months", "3", "-o", name)
    assert (result.exit_code, result.stdout) == (0, "")
    assert (tmp_path / name).read_bytes().startswith(first)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "say how traffic grows, in one way"),
        (("--growth", "8%", "--to", "10x"), "say how traffic grows, in one way"),
        (("--growth", "fast"), "--growth 'fast' is no growth; write for example 8%/month or 50%/year"),
        (("--growth", "-100%"), "is no growth"),
        (("--growth", "900%", "--months", "600"), "comes to more than a billion times today's traffic in 600 months"),
        (("--to", "0x"), "--to '0x' is no multiple"),
        (("--to", "10x", "--months", "0"), "needs months to come to it"),
        (("--growth", "8%", "--months", "601"), "601"),
        (("--csv", "none.csv"), "none.csv"),
        (
            ("--csv", "bad.csv"),
            "bad.csv:3:1: '2,5': months come one by one from 0, each with how many times today's traffic, as in 1,1.5",
        ),
        (("--csv", "columns.csv"), "columns.csv:1:1: needs the columns month and times; it has a, b"),
        (("--growth", "8%", "--format", "svg"), "a picture is a file"),
        (("--growth", "8%", "--format", "svg", "-o", "x.png"), "'x.png' is no name for a picture"),
        (("--growth", "8%", "--quotas", "aws/2018"), "there is no quota sheet 'aws/2018'"),
    ],
)
def test_mistakes(run, tmp_path, arguments, message):
    (tmp_path / "bad.csv").write_text("month,times\n0,1\n2,5\n")
    (tmp_path / "columns.csv").write_text("a,b\n0,1\n")
    result = run("forecast", "-p", "itl", "-s", "small", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
    assert "Traceback" not in result.stderr
