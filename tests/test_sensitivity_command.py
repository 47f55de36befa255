"""costmodel sensitivity: which inputs move the bill, and by how much."""

import csv
import io
import json

import pytest

import costmodel

GB = 1000 * 86400 * 30 * 5 / 1024**2  # 1,000 records of 1 KB a second, billed as 5 KB each
PRICE = 0.029  # up to 512,000 GB


@pytest.fixture
def inputs(run, tmp_path):
    """The swings of Firehose alone, by path."""

    def of(*arguments, size="1 KB"):
        (tmp_path / "p.yaml").write_text("version: 1\ntitle: P\ncomponents:\n  ingest: {service: firehose, input: source}\n")
        traffic = f"{{peak_rate: 1000/s, record_size: {size}}}"
        (tmp_path / "s.yaml").write_text(f"version: 1\ntitle: S\ntraffic: {traffic}\nmonth: 30 days\n")
        names = ("-p", "p.yaml", "-s", "s.yaml", "--rates", "aws/us-east-1/2018-06", "--format", "json")
        result = run("sensitivity", *names, *arguments)
        assert result.exit_code == 0, result.stderr
        return {row["path"]: row for row in json.loads(result.stdout)["inputs"]}

    return of


def test_what_is_paid_by_the_record(inputs):
    rate = inputs()["traffic.peak_rate"]
    assert (rate["low"], rate["high"], rate["unit"]) == (pytest.approx(900), pytest.approx(1100), "/s")
    assert (rate["at_low"], rate["at_high"]) == (pytest.approx(0.9 * GB * PRICE), pytest.approx(1.1 * GB * PRICE))
    assert rate["elasticity"] == pytest.approx(1)


def test_within_a_step_of_rounding_nothing_moves(inputs):
    """1 KB and 10% more are billed as 5 KB; 5 KB and a little more as 10."""
    assert "traffic.record_size" not in inputs()
    size = inputs(size="5 KB")["traffic.record_size"]
    assert (size["at_low"], size["at_high"]) == (pytest.approx(GB * PRICE), pytest.approx(2 * GB * PRICE))


def test_a_range_that_is_asked_for(inputs):
    rate = inputs("--range", "traffic.peak_rate=500..4000/s", "--by", "50%")
    assert (rate["traffic.peak_rate"]["low"], rate["traffic.peak_rate"]["high"]) == (500, 4000)
    assert rate["traffic.peak_rate"]["at_high"] == pytest.approx(4 * GB * PRICE)
    assert rate["traffic.times"]["at_low"] == pytest.approx(0.5 * GB * PRICE)


def test_prices_vary_where_asked_for(inputs):
    assert not any(path.startswith("rates.") for path in inputs())
    price = inputs("--prices")["rates.firehose.ingested.1.usd"]
    assert (price["at_low"], price["at_high"]) == (pytest.approx(0.9 * GB * PRICE), pytest.approx(1.1 * GB * PRICE))


def test_each_end_is_an_estimate_and_the_widest_is_first(run):
    rows = json.loads(run("sensitivity", "-p", "itl", "-s", "large", "--top", "40", "--format", "json").stdout)
    widths = [abs(row["at_high"] - row["at_low"]) for row in rows["inputs"]]
    assert widths == sorted(widths, reverse=True)
    assert rows["total"] == costmodel.estimate("itl", "large").total
    for row in (row for row in rows["inputs"] if "input" not in row["path"]):
        unit = "" if row["unit"] in ("", "records") else row["unit"]
        value = f"{row['high']!r}{'' if unit[:1] in '%/' else ' '}{unit}"
        assert costmodel.estimate("itl", "large", changes={row["path"]: value}).total == pytest.approx(row["at_high"], rel=1e-12)


def test_the_other_formats(run, tmp_path):
    names = ("sensitivity", "-p", "itl", "-s", "large", "--top", "3")
    text = run(*names).stdout
    assert "traffic.peak_rate" in text
    assert max(map(len, text.splitlines())) <= 80
    assert len(list(csv.DictReader(io.StringIO(run(*names, "--format", "csv").stdout)))) == 3
    assert "| 4,500/s | 5,500/s |" in run(*names, "--format", "markdown").stdout
    assert run(*names, "-o", "tornado.svg").exit_code == 0
    assert "traffic.peak_rate: $" in (tmp_path / "tornado.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--range", "traffic.tims=1..2"), "--range traffic.tims=1..2: 'tims' is not a"),
        (("--range", "traffic.times=2..1"), "2..1 ends before it begins; the lower end comes first"),
        (("--range", "traffic.times=2"), "'2' is no range; write for example 0.8 .. 1.5"),
        (("--by", "100%"), "leaves nothing"),
        (("--by", "0%"), "leaves every input as it is"),
    ],
)
def test_mistakes(run, arguments, message):
    result = run("sensitivity", "-p", "itl", "-s", "large", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_shares_of_the_variance(run, tmp_path):
    """A product of independent numbers: of (1 + a)(1 + b) - 1 the parts a, b and ab, with a and b the squared variations."""
    (tmp_path / "p.yaml").write_text("version: 1\ntitle: P\ncomponents:\n  ingest: {service: firehose, input: source}\n")
    ranges = "{traffic.times: {uniform: {low: 1, high: 3}}, traffic.peak_rate: {uniform: {low: 500/s, high: 1500/s}}}"
    traffic = "traffic: {peak_rate: 1000/s, record_size: 1 KB}"
    (tmp_path / "s.yaml").write_text(f"version: 1\ntitle: S\n{traffic}\nranges: {ranges}\n")
    arguments = ("sensitivity", "-p", "p.yaml", "-s", "s.yaml", "--rates", "aws/us-east-1/2018-06")
    found = json.loads(run(*arguments, "--format", "json").stdout)
    times, rate = (2**2 / 12) / 2**2, (1000**2 / 12) / 1000**2  # variance over the squared mean: both 1/12
    whole = (1 + times) * (1 + rate) - 1
    for share in found["variance"]:
        assert share["first"] == pytest.approx(times / whole, abs=0.01)
        assert share["total"] == pytest.approx((times + times * rate) / whole, abs=0.01)
    assert {share["asked"] for share in found["variance"]} == {"traffic.times", "traffic.peak_rate"}
    (row,) = (row for row in found["inputs"] if row["path"] == "traffic.times")
    assert (row["low"], row["high"]) == (pytest.approx(1.1), pytest.approx(2.9))
    more = "correlations: [{between: [traffic.times, traffic.peak_rate], is: 0.5}]"
    (tmp_path / "s.yaml").write_text(f"version: 1\ntitle: S\n{traffic}\nranges: {ranges}\n{more}\n")
    assert "are correlated" in run(*arguments).stdout


def test_what_changes_only_loads_has_no_part_in_the_bill(run, tmp_path):
    components = "stream: {service: kinesis_data_streams, input: source, shards: 5}\n"
    components += "  fn: {service: lambda, input: stream, batch: 100 records, duration: 100 ms}"
    (tmp_path / "p.yaml").write_text(f"version: 1\ntitle: P\ncomponents:\n  {components}\n")
    ranges = ("--range", "traffic.burst=2 .. 4", "--range", "fn.parallelization=1 .. 3")
    result = run("sensitivity", "-p", "p.yaml", "-s", "large", "--set", "traffic.burst=3", *ranges)
    assert (result.exit_code, "Sobol" in result.stdout) == (0, False)


def test_an_input_on_its_bound_goes_one_way(inputs):
    """No file says more than 100%."""
    share = inputs("--set", "ingest.input.share=100%")["ingest.input.share"]
    assert (share["low"], share["high"]) == (pytest.approx(90), 100)
