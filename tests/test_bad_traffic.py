"""Traffic that says too little or too much, and files it names that are missing, empty or odd."""

import json
import os
import resource
import subprocess
import sys

import pytest

PATTERN = "version: 1\ntitle: Mine\ncomponents: {ingest: {service: firehose, input: source}}\n"


def estimated(run, tmp_path, traffic, *arguments, month="720 h"):
    """The result of validate and of estimate with this traffic: the latter, after a look that both agree."""
    (tmp_path / "pattern.yaml").write_text(PATTERN)
    (tmp_path / "mine.yaml").write_text(f"version: 1\ntitle: Mine\ntraffic: {traffic}\nmonth: {month}\n", encoding="utf-8")
    checked = run("validate", "mine.yaml")
    result = run("estimate", "-p", "pattern.yaml", "-s", "mine.yaml", *arguments)
    assert (checked.exit_code, checked.stderr) == (result.exit_code, result.stderr)
    return result


def numbers(count, value="1"):
    return "[" + ", ".join([value] * count) + "]"


def periods(*rows):
    return "[" + ", ".join(f"{{name: {name}, rate: {rate}, hours: {hours}}}" for name, rate, hours in rows) + "]"


@pytest.mark.parametrize(
    ("traffic", "message"),
    [
        (f"monthly_records: 5, profile: {numbers(23)}", ":3:59: the profile has 23 numbers; give 24"),
        (f"monthly_records: 5, profile: {numbers(25)}", ":3:59: the profile has 25 numbers; give 24"),
        (f"monthly_records: 5, profile: {numbers(24, '0')}", ":3:59: the profile is 0 in every hour"),
        (f"monthly_records: 5, profile: {numbers(24, '-1')}", ":3:60: '-1' is negative"),
        (f"profile: {numbers(24)}", ":3:10: the traffic lacks its height"),
        (f"peak_rate: 5/s, profile: {numbers(24)}, peak_hours: 4, off_peak_share: 1%", "give one shape"),
        (
            "periods: " + periods(("a", "5/s", 10), ("b", "1/s", 13)),
            ":3:39: the periods' hours add up to 23; a day has 24, a week has 168",
        ),
        ("periods: " + periods(("a", "5/s", 12), ("a", "1/s", 12)), "the period 'a' is given twice"),
        ("periods: " + periods(("a", "5", 12), ("b", "1 KB", 12)), "'KB' is not a unit of rate"),
        ("periods: " + periods(("a", "5/s", 0), ("b", "1/s", 24)), "'0' must be above 0 h"),
        ("periods: " + periods(("A b", "5/s", 24)), "'A b' is not a name"),
        ("periods: [5/s]", ":3:40: must be a period: a mapping with name, rate, hours"),
        ("peak_rate: 5/s, periods: " + periods(("a", "5/s", 24)), "the shape has rates of its own; leave peak_rate out"),
        ("monthly_records: 5, periods: " + periods(("a", "0/s", 24)), "every rate is 0"),
        ("monthly_records: 5, monthly_volume: 1 GB", "give one of them"),
        ("csv: none.csv", ":3:35: there is no file 'none.csv' beside the scenario"),
        ("csv: folder", "folder: is a directory"),
    ],
)
def test_wrong_traffic(run, tmp_path, traffic, message):
    (tmp_path / "folder").mkdir()
    result = estimated(run, tmp_path, f"{{record_size: 1 KB, {traffic}}}")
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"mine.yaml{message}" in result.stderr if message.startswith(":") else message in result.stderr


HEAD = "timestamp,rate\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "rates.csv:1:1: needs the columns timestamp and rate; it has none"),
        ("time,rate\n", "rates.csv:1:1: needs the columns timestamp and rate; it has time, rate"),
        (HEAD, "rates.csv: has no rows"),
        (HEAD + "2018-06-01T00:00:00,fast\n", "rates.csv:2:1: 'fast' is not a rate; write records a second, such as 1000"),
        (HEAD + "2018-06-01T00:00:00,-1\n", "rates.csv:2:1: '-1' is not a rate"),
        (HEAD + "2018-06-01T00:00:00,nan\n", "rates.csv:2:1: 'nan' is not a rate"),
        (HEAD + "2018-06-01T00:00:00,inf\n", "rates.csv:2:1: 'inf' is not a rate"),
        (HEAD + "2018-06-01T00:00:00,1e30\n", "rates.csv:2:1: '1e30' is not a rate"),
        (HEAD + "2018-06-01T00:00:00\n", "rates.csv:2:1: "),
        (HEAD + "June,5\n", "rates.csv:2:1: 'June' is not a time; write for example 2018-06-01T14:00:00"),
        (HEAD + "8:00,5\n", "rates.csv:2:1: '8:00' is not a time"),
        (
            HEAD + "2018-06-01T01:00:00,5\n2018-06-01T00:00:00,5\n",
            "rates.csv:3:1: '2018-06-01T00:00:00' is not after the row before",
        ),
        (HEAD + "2018-06-01T01:00:00,5\n2018-06-01T01:00:00,5\n", "rates.csv:3:1: "),
        (b"timestamp,rate\n2018-06-01T00:00:00,\xff\n", "rates.csv:2:21: is not UTF-8 text"),
        (HEAD + "2018-06-01T00:00:00," + "1" * 200_000 + "\n", "rates.csv:"),
    ],
)
def test_wrong_csv(run, tmp_path, content, message):
    (tmp_path / "rates.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    result = estimated(run, tmp_path, "{csv: rates.csv, record_size: 1 KB}")
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
    assert "None" not in result.stderr


@pytest.mark.parametrize("traffic", ["{csv: big, record_size: 1 KB}", "{peak_rate: 1/s, record_size: {sample: big}}"])
def test_a_measurement_that_is_too_large(run, tmp_path, traffic):
    (tmp_path / "big").touch()
    os.truncate(tmp_path / "big", 1024**3)  # a hole: it takes no room on the disk
    result = estimated(run, tmp_path, traffic)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "big: is over " in result.stderr


def test_every_wrong_row_of_a_csv_at_once(run, tmp_path):
    (tmp_path / "rates.csv").write_text(HEAD + "June,5\n2018-06-01T00:00:00,x\n2018-06-01T01:00:00,5\n2018-06-01T00:00:00,5\n")
    result = estimated(run, tmp_path, "{csv: rates.csv, record_size: 1 KB}")
    assert [line.split(":")[1] for line in result.stderr.splitlines()] == ["2", "3", "5"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "sample.jsonl: has no records"),
        ("\n\n", "sample.jsonl: has no records"),
        ('{"a": 1}\n{"a": \n', "sample.jsonl:2:1: this line is not JSON; give one record a line"),
        (b'{"a": "\xff"}\n', "sample.jsonl:1:8: is not UTF-8 text"),
        ("[" * 100_000 + "\n", "sample.jsonl:1:1: "),
        ("[" * 100_000 + "]" * 100_000 + "\n", "sample.jsonl:1:1: "),
    ],
)
def test_wrong_sample(run, tmp_path, content, message):
    (tmp_path / "sample.jsonl").write_bytes(content if isinstance(content, bytes) else content.encode())
    result = estimated(run, tmp_path, "{peak_rate: 1/s, record_size: {sample: sample.jsonl}}")
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\u0085"])
def test_a_record_may_hold_any_character_of_json(run, tmp_path, separator):
    """JSON lines end at a line feed only; these characters stand within a record as they are."""
    record = json.dumps({"text": f"a{separator}b"}, ensure_ascii=False)
    (tmp_path / "sample.jsonl").write_text(record + "\n", encoding="utf-8")
    result = estimated(run, tmp_path, "{monthly_records: 1e6, record_size: {sample: sample.jsonl}}", "--format", "json")
    assert result.exit_code == 0, result.stderr
    (line,) = json.loads(result.stdout)["lines"]
    assert line["consumed_quantity"] == pytest.approx(1e6 * len(record.encode()) / 1024**3)


# 720 h of one record a second at 5 KB each.
ONE_A_SECOND = 720 * 3600


@pytest.mark.parametrize(
    ("traffic", "records"),
    [
        ("peak_rate: 1", ONE_A_SECOND),
        ("peak_rate: 60/min", ONE_A_SECOND),
        ("peak_rate: 1e0/s", ONE_A_SECOND),
        ("peak_rate: 1 records/s", ONE_A_SECOND),
        ("monthly_records: 1e6", 1e6),
        ("monthly_volume: 1 GB", 1024**2),
        (f"peak_rate: 1/s, profile: {numbers(24)}", ONE_A_SECOND),
        ("periods: " + periods(("day", "2/s", 12), ("night", "0/s", 12)), ONE_A_SECOND),
        ("periods: " + periods(("all", "1/s", 168)), ONE_A_SECOND),
        ("periods: " + periods(("all", "1/s", 720)), ONE_A_SECOND),
        ("monthly_records: 1e6, peak_hours: 4, off_peak_share: 20%", 1e6),
        ("peak_rate: 3/s, peak_hours: 8, off_peak_share: 0%", ONE_A_SECOND),
        ("csv: rates.csv", ONE_A_SECOND),
    ],
)
def test_traffic_that_is_well_said(run, tmp_path, traffic, records):
    (tmp_path / "rates.csv").write_text(HEAD + "2018-06-01T00:00:00,2\n2018-06-01T01:00:00Z,0\n")
    result = estimated(run, tmp_path, f"{{record_size: 1 KB, {traffic}}}", "--format", "json")
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["records"] == pytest.approx(records)


def test_a_csv_over_millennia_is_refused_or_read_at_once(tmp_path):
    """Too many rates to keep, so hourly means; but of 88 million hours."""
    rows = "".join(f"{1 + number * 49:04d}-01-01T00:00:00,{number}\n" for number in range(200))
    (tmp_path / "rates.csv").write_text(HEAD + rows)
    (tmp_path / "mine.yaml").write_text("version: 1\ntitle: Mine\ntraffic: {csv: rates.csv, record_size: 1 KB}\n")
    command = [sys.executable, "-m", "costmodel", "estimate", "-p", "itl", "-s", "mine.yaml"]

    def limited():
        resource.setrlimit(resource.RLIMIT_AS, (1024**3, 1024**3))

    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False, preexec_fn=limited)
    assert result.returncode in (0, 2), result.stderr[-300:]
