"""What other estimators get wrong, each as a test of what is right; figures are typed from price pages and their arithmetic."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from costmodel import MissingPrice, estimate

TESTS = Path(__file__).parent
CARD_2018, CARD_2025 = "aws/us-east-1/2018-06", "aws/us-east-1/2025-06"


@pytest.fixture
def bill(tmp_path):
    """The bill of components under a scenario's traffic."""

    def made(components: dict, traffic: dict, rates: str = CARD_2018, **terms):
        pattern = {"version": 1, "title": "pattern", "components": components}
        scenario = {"version": 1, "title": "scenario", "traffic": traffic}
        for name, content in (("pattern", pattern), ("scenario", scenario)):
            (tmp_path / f"{name}.yaml").write_text(json.dumps(content), encoding="utf-8")
        return estimate(tmp_path / "pattern.yaml", tmp_path / "scenario.yaml", rates=rates, **terms)

    return made


def cost(bill, rate: str) -> float:
    return sum(line.cost for line in bill.lines if line.rate == rate)


def quantity(bill, rate: str) -> float:
    return sum(line.pricing_quantity for line in bill.lines if line.rate == rate)


def test_tiers_end_at_boundaries_they_are_not_widths(bill):
    """S3's tiers end at 51,200 and 512,000 GB. Taken for widths, 612,000 GB would be 13,466.40."""
    stored = bill({"store": {"service": "s3", "input": "source"}}, {"monthly_volume": "612000 GB", "record_size": "1 GB"})
    right = 51_200 * 0.023 + (512_000 - 51_200) * 0.022 + (612_000 - 512_000) * 0.021
    assert right == pytest.approx(13_415.20)
    assert cost(stored, "s3.storage") == pytest.approx(right)


def test_components_share_the_tiers_of_the_month(bill):
    """Two buckets of 40,000 GB are 80,000 GB of one account: 51,200 at the first price, not twice 40,000."""
    store = {"service": "s3", "input": "source"}
    both = bill({"first": store, "second": store}, {"monthly_volume": "40000 GB", "record_size": "1 GB"})
    assert cost(both, "s3.storage") == pytest.approx(51_200 * 0.023 + (80_000 - 51_200) * 0.022)


def test_components_share_what_is_free(bill):
    """Two functions of 600,000 requests each have one free million between them, not one each."""
    function = {"service": "lambda", "input": "source", "duration": "100 ms"}
    traffic = {"monthly_records": 600_000, "record_size": "1 KB"}
    both = bill({"first": function, "second": function}, traffic, CARD_2025, free_tier="always")
    assert cost(both, "lambda.requests") == pytest.approx(200_000 * 0.20 / 1_000_000)


def test_retention_of_a_stream_is_billed_by_the_shard_hour(bill):
    """Four shards and 7 days: 4 x 730 x 0.020 = 58.40 a month, however much is kept."""
    stream = {"stream": {"service": "kinesis_data_streams", "input": "source", "shards": 4, "retention": "7 days"}}
    for volume in ("1 GB", "100 GB", "5000 GB"):
        kept = bill(stream, {"monthly_volume": volume, "record_size": "25 KB"}, CARD_2025)
        assert cost(kept, "kinesis_data_streams.extended_retention") == pytest.approx(58.40)


@pytest.mark.parametrize("card", [CARD_2018, CARD_2025])
def test_direct_put_has_its_own_price(bill, card):
    """100 GB of whole 5 KB records: 100 x 0.029 = 2.90, not 4.50 at the price of another meter."""
    delivered = bill(
        {"delivery": {"service": "firehose", "input": "source"}}, {"monthly_volume": "100 GB", "record_size": "5 KB"}, card
    )
    assert delivered.total == pytest.approx(2.90)


def test_each_record_is_rounded_up_to_5_kb(bill):
    """Records of 0.2 KB bill 5 / 0.2 = 25 times their bytes: 4 GB are 100 GB, 2.90."""
    delivered = bill(
        {"delivery": {"service": "firehose", "input": "source"}}, {"monthly_volume": "4 GB", "record_size": "0.2 KB"}
    )
    (line,) = delivered.lines
    assert line.pricing_quantity / line.consumed_quantity == pytest.approx(25)
    assert line.cost == pytest.approx(100 * 0.029)


@pytest.mark.parametrize(("size", "units"), [("5 KB", 1), ("25 KB", 1), ("35 KB", 2), ("45 KB", 2), ("1000 KB", 40)])
def test_payload_units_are_25_kb_of_a_record(bill, size, units):
    """A PUT record is not a payload unit: one of 35 KB is two."""
    stream = {"stream": {"service": "kinesis_data_streams", "input": "source"}}
    put = bill(stream, {"monthly_records": "1 million", "record_size": size})
    assert quantity(put, "kinesis_data_streams.payload_units") == pytest.approx(units * 1_000_000)
    assert cost(put, "kinesis_data_streams.payload_units") == pytest.approx(units * 0.014)


@pytest.mark.parametrize("traffic", [{"monthly_volume": "720 GB"}, {"monthly_records": 720 * 1024**2 / 5}])
def test_what_is_of_a_month_is_not_averaged_over_its_hours_again(bill, traffic):
    """720 GB a month are 720 GB at 0.029 = 20.88, not the 1 GB of an hour."""
    delivered = bill({"delivery": {"service": "firehose", "input": "source"}}, {**traffic, "record_size": "5 KB"})
    assert quantity(delivered, "firehose.ingested") == pytest.approx(720)
    assert delivered.total == pytest.approx(20.88)


def test_a_missing_price_is_an_error_and_not_zero(bill):
    """In 2018 there was no price for records from MSK."""
    delivery = {"delivery": {"service": "firehose", "input": "source", "source": "msk"}}
    with pytest.raises(MissingPrice, match=r"firehose\.ingested_from_msk"):
        bill(delivery, {"monthly_volume": "100 GB", "record_size": "5 KB"}, CARD_2018)
    assert bill(delivery, {"monthly_volume": "100 GB", "record_size": "5 KB"}, CARD_2025).total > 0


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("pattern", "components: {d: {service: firehose, input: source, bufer_size: 5 MB}}", "Did you mean 'buffer_size'?"),
        ("scenario", "traffic: {peak_rate: 1/s, record_size: 1 KB, peak_hour: 4}", "Did you mean 'peak_hours'?"),
        ("scenario", "traffic: {peak_rate: 1/s, record_size: 1 KB}\nmonths: 30 days", "Did you mean 'month'?"),
        ("rates", "extends: aws/us-east-1/2018-06\nfirehose: {ingestd: {per: GB, usd: 1}}", "Did you mean 'ingested'?"),
    ],
)
def test_a_misspelled_key_is_refused(run, tmp_path, name, text, message):
    files = {"pattern": "itl", "scenario": "large", "rates": CARD_2018, name: str(tmp_path / f"{name}.yaml")}
    (tmp_path / f"{name}.yaml").write_text(f"version: 1\ntitle: own\n{text}\n", encoding="utf-8")
    result = run("estimate", *(part for key, value in files.items() for part in (f"--{key}", value)))
    assert result.exit_code == 2
    assert result.stdout == ""
    assert message in result.stderr
    assert f"{name}.yaml:" in result.stderr


@pytest.mark.parametrize("arguments", [[], ["--update-golden"]])
def test_golden_files_change_only_when_someone_asks_for_it(tmp_path, arguments):
    """A copy of the golden test with a wrong file: it fails and leaves the file alone, unless it is told to rewrite it."""
    for path in TESTS.glob("*.py"):
        if path.name == "test_golden.py" or not path.name.startswith("test_"):  # and what conftest.py imports
            shutil.copy(path, tmp_path)
    shutil.copytree(TESTS / "golden", tmp_path / "golden")
    golden = tmp_path / "golden" / "estimate_itl_large.txt"
    right = golden.read_text(encoding="utf-8")
    golden.write_text(right.replace("$672.05", "$672.04"), encoding="utf-8")
    before = {path: path.read_bytes() for path in (tmp_path / "golden").iterdir()}

    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_golden.py", "-k", "estimate_itl", *arguments]
    ran = subprocess.run(command, cwd=tmp_path, env={**os.environ, "COLUMNS": "80"}, capture_output=True, text=True, check=False)
    after = {path: path.read_bytes() for path in (tmp_path / "golden").iterdir()}
    if arguments:
        assert ran.returncode == 0, ran.stdout
        assert golden.read_text(encoding="utf-8") == right
    else:
        assert ran.returncode == 1, ran.stdout
        assert "$672.04" in ran.stdout
        assert after == before
