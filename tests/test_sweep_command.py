"""costmodel sweep: an estimate at every point of a grid."""

import csv
import io
import json
import math
import random

import pytest

import costmodel
from costmodel.models import open_models
from costmodel.whatif.blocks import on_threads
from costmodel.whatif.points import Axis, Listed, Points, grid
from costmodel.whatif.sweeps import joined, subject_of, swept

POINTS = {
    "sensor": {
        "traffic.peak_rate": (1, 20_000, "/s"),
        "traffic.record_size": (0.1, 40, " KB"),
        "traffic.peak_hours": (1, 23, " h"),
    },
    "itl": {
        "traffic.times": (0, 30, ""),
        "ingest.buffer_size": (1, 128, " MB"),
        "rates.firehose.ingested.1.usd": (0.01, 0.1, ""),
    },
    "analytics": {
        "traffic.off_peak_share": (0, 100, "%"),
        "enrich.memory": (128, 3008, " MB"),
        "traffic.peak_rate": (0, 9000, "/s"),
    },
}


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("pattern", POINTS)
def test_every_point_is_the_estimate_there(run, tmp_path, pattern):
    """To the last bit: the same operations on the same numbers."""
    chance = random.Random(pattern)
    ranges = POINTS[pattern]
    points = [{path: f"{chance.uniform(low, high)!r}{unit}" for path, (low, high, unit) in ranges.items()} for _ in range(20)]
    lines = [",".join(ranges), *(",".join(point.values()) for point in points)]
    (tmp_path / "points.csv").write_text("\n".join(lines) + "\n")
    result = run("sweep", "-p", pattern, "-s", "large", "--points", "points.csv", "--keep", "services", "--format", "csv")
    assert result.exit_code == 0, result.stderr
    rows = rows_of(result.stdout)
    assert len(rows) == 20
    for row, point in zip(rows, points, strict=True):
        bill = costmodel.estimate(pattern, "large", changes=point)
        assert float(row["total"]) == pytest.approx(bill.total, rel=1e-12)
        of_services = {service: sum(line.cost for line in bill.lines if line.service == service) for service in row}
        for service, cost in of_services.items():
            if cost:
                assert float(row[service]) == pytest.approx(cost, rel=1e-12)


def test_the_last_input_varies_fastest(run):
    vary = ("--vary", "traffic.times=1,2", "--vary", "ingest.buffer_size=1,5,64 MB")
    rows = rows_of(run("sweep", "-p", "itl", "-s", "large", *vary, "--format", "csv").stdout)
    grid = [(float(row["traffic.times"]), float(row["ingest.buffer_size (MB)"])) for row in rows]
    assert grid == [(1, 1), (1, 5), (1, 64), (2, 1), (2, 5), (2, 64)]
    totals = [costmodel.estimate("itl", "large", changes={"ingest.buffer_size": f"{mb} MB"}).total for mb in (1, 5, 64)]
    assert [float(row["total"]) for row in rows[:3]] == totals


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("traffic.peak_rate=100..100000:log:4", [100, 1000, 10_000, 100_000]),
        ("traffic.peak_rate=100..400:4", [100, 200, 300, 400]),
        ("traffic.peak_rate=60/min,2/s", [1, 2]),
        ("traffic.peak_rate=7", [7]),
        ("ingest.buffer_size=512 KB..1:3", None),
        ("ingest.buffer_size=1024 KB..3 MB:3", [1, 2, 3]),
        ("ingest.buffer_size=2048,3072 KB", [2, 3]),
        ("traffic.off_peak_share=10,20%", [10, 20]),
    ],
)
def test_how_values_are_said(run, text, values):
    result = run("sweep", "-p", "itl", "-s", "large", "--vary", text, "--format", "json")
    if values is None:
        assert (result.exit_code, "out of bounds" in result.stderr) == (2, True)
        return
    columns = json.loads(result.stdout)["columns"]
    assert next(iter(columns.values())) == pytest.approx(values)


def test_what_is_kept(run):
    columns = {}
    for keep in ((), ("--keep", "services"), ("--keep", "lines")):
        found = json.loads(
            run("sweep", "-p", "itl", "-s", "large", "--vary", "traffic.times=1,700", *keep, "--format", "json").stdout
        )
        columns[keep[-1:]] = found["columns"]
    assert list(columns[()]) == ["traffic.times", "total"]
    for kept in columns.values():
        parts = [kept[name] for name in kept if name not in ("traffic.times", "total")]
        if parts:
            assert [sum(of) for of in zip(*parts, strict=True)] == pytest.approx(kept["total"])
    assert "ingest: Data ingested, tier 2" in columns["lines",]


def test_the_table_has_some_of_many_points_and_the_extremes(run):
    text = run("sweep", "-p", "itl", "-s", "large", "--vary", "ingest.buffer_size=1..128 MB:500").stdout
    assert "20 of 500 points; --format csv -o FILE has all of them." in text  # the extremes are the ends, which are among them
    cheapest, dearest = text.strip().splitlines()[-2:]
    least, most = (costmodel.estimate("itl", "large", changes={"ingest.buffer_size": s}).total for s in ("128 MB", "1 MB"))
    assert cheapest == f"Cheapest: ${least:.2f} at ingest.buffer_size 128 MB"
    assert dearest == f"Dearest: ${most:.2f} at ingest.buffer_size 1 MB"
    assert max(map(len, text.splitlines())) <= 80


def test_the_number_of_threads_changes_no_bit():
    (model,) = open_models("analytics", ["large"])
    subject = subject_of(model)
    points = grid({"traffic.times": "0..3:1200000"}, subject.inputs)  # three parts
    one, four = (joined(swept(subject, points, on_threads(threads))) for threads in (1, 4))
    assert all((one.figures[name] == four.figures[name]).all() for name in subject.figures)


def test_parquet(run, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    result = run("sweep", "-p", "itl", "-s", "large", "--vary", "traffic.times=1,2,3", "-o", "sweep.parquet")
    assert result.exit_code == 0, result.stderr
    table = parquet.read_table(tmp_path / "sweep.parquet").to_pydict()
    assert table["traffic.times"] == [1, 2, 3]
    assert table["total"][0] == costmodel.estimate("itl", "large").total


def test_pictures(run, tmp_path):
    one = ("--vary", "traffic.peak_rate=100..100000:log:20")
    for name, vary in {
        "one.svg": (*one, "--keep", "services"),
        "two.svg": (*one, "--vary", "ingest.buffer_size=1,64 MB"),
        "map.svg": (*one, "--vary", "ingest.buffer_size=1..128 MB:20"),
    }.items():
        assert run("sweep", "-p", "itl", "-s", "large", *vary, "-o", name).exit_code == 0
        assert "Cheapest: $" in (tmp_path / name).read_text(encoding="utf-8")
    three = (*one, "--vary", "traffic.times=1,2", "--vary", "ingest.buffer_size=1,2 MB")
    result = run("sweep", "-p", "itl", "-s", "large", *three, "-o", "three.svg")
    assert (result.exit_code, "one input that varies, or a grid of two" in result.stderr) == (2, True)
    assert not (tmp_path / "three.svg").exists()


def test_from_python():
    frame = costmodel.sweep("itl", "large", {"traffic.times": [1, 2], "ingest.buffer_size": "1,64 MB"})
    assert list(frame.columns[:3]) == ["traffic.times", "ingest.buffer_size (MB)", "total"]
    expected = costmodel.estimate("itl", "large", changes={"traffic.times": 2, "ingest.buffer_size": "64 MB"}).total
    assert frame["total"].iloc[3] == expected


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "say what varies, in one way"),
        (("--vary", "traffic.tims=1,2"), "'tims' is not a key of the traffic. Did you mean 'times'?"),
        (("--vary", "enrich.architecture=x86_64"), "there is no number 'enrich.architecture' to vary"),
        (("--vary", "traffic.times=9..1:10"), "the range from 9 to 1 is empty"),
        (("--vary", "traffic.times=1..9"), "does not say how many points"),
        (("--vary", "traffic.times=0..9:log:3"), "a range by ratios begins above 0"),
        (("--vary", "traffic.times=1..9:1"), "at least 2 points"),
        (("--vary", "traffic.times=1,,2"), "values between its commas"),
        (("--vary", "traffic.peak_hours=1,30"), "30 h is out of bounds for traffic.peak_hours: above 0 h, below 24 h"),
        (("--vary", "ingest.buffer_size=5 s"), "'s' is not a unit of size"),
        (
            ("--vary", "traffic.times=1..9:2000000000", "--format", "json"),
            "2,000,000,000 points are 32.0 GB at once; costmodel sweep --format parquet or csv",
        ),
        (
            ("--vary", "traffic.times=1,2", "--set", "traffic.times=3"),
            "traffic.times is set and varied; leave out --set or --vary",
        ),
        (("--vary", "traffic.times=1,2", "-o", "a.xlsx"), "'a.xlsx' does not say which format it has"),
        (("--vary", "traffic.times=1..9:3", "--format", "parquet"), "say where to write it, as in -o sweep.parquet"),
        (("--points", "none.csv"), "none.csv"),
        (("--points", "bad.csv"), "bad.csv:3:1: -1 is out of bounds for traffic.times"),
        (("--points", "wrong.csv"), "wrong.csv:1:1: there is no number 'traffic.tims' to vary"),
    ],
)
def test_mistakes(run, tmp_path, arguments, message):
    (tmp_path / "bad.csv").write_text("traffic.times\n1\n-1\n")
    (tmp_path / "wrong.csv").write_text("traffic.tims\n1\n")
    result = run("sweep", "-p", "itl", "-s", "large", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


@pytest.mark.parametrize("pattern", POINTS)
@pytest.mark.parametrize("sizes", [(3, 5, 100), (7, 100), (2, 2, 64)])
def test_a_grid_in_rows_has_the_bits_of_its_points(pattern, sizes):
    """What does not change along a row is computed once for it; point by point, from a list, each is computed by itself."""
    inputs = [*POINTS[pattern].items()][: len(sizes)]
    varied = {
        path: f"{low + (high - low) / 9}..{high}{unit}:{n}" for (path, (low, high, unit)), n in zip(inputs, sizes, strict=True)
    }
    (model,) = open_models(pattern, ["large"])
    subject = subject_of(model, ["services", "lines"])
    rows = grid(varied, subject.inputs)
    listed = Points(
        tuple(Axis(axis.of, Listed(tuple(column))) for axis, column in zip(rows.axes, rows.block(0, rows.number), strict=True)),
        zipped=True,
    )
    one, other = (joined(swept(subject, points, on_threads(2))) for points in (rows, listed))
    assert rows.number == math.prod(sizes)
    for part, same in ((one.inputs, other.inputs), (one.figures, other.figures)):
        assert all((part[name] == same[name]).all() for name in part)


def test_a_setting_that_the_pattern_leaves_out(run):
    """Records of 1 KB are billed as 5 KB each: five in one cost a fifth, and six in one, 6 KB, as two."""
    names = ("-p", "itl", "-s", "large", "--keep", "services", "--format", "json")
    found = json.loads(run("sweep", *names, "--vary", "ingest.input.aggregate=1,5,6").stdout)["columns"]
    firehose = found["Amazon Kinesis Data Firehose"]
    assert [cost / firehose[0] for cost in firehose] == pytest.approx([1, 1 / 5, 2 / 6])
    frame = costmodel.sweep("itl", "large", {"ingest.input.aggregate": [1, 5, 6]}, keep=["services"])
    assert [*frame["Amazon Kinesis Data Firehose"]] == firehose
    sizes = run("sweep", *names, "--region", "us-east-1", "--vary", "enrich.ephemeral_storage=512..1024 MB:2")
    assert json.loads(sizes.stdout)["columns"]["enrich.ephemeral_storage (MB)"] == [512, 1024]
    result = run("sweep", *names, "--vary", "enrich.ephemeral_storage=512..1024 MB:2")  # which the card of 2018 has no price for
    assert (result.exit_code, "ephemeral_storage" in result.stderr) == (2, True)
    result = run("sweep", *names, "--vary", "nothing.at=1,2")
    assert (result.exit_code, "--vary nothing.at=1,2: there is no 'nothing.at' to set." in result.stderr) == (2, True)


def test_a_file_of_points_may_have_blank_rows_but_not_only_these(run, tmp_path):
    (tmp_path / "p.csv").write_text("traffic.times\n\n1\n,\nx\n")
    result = run("sweep", "-p", "itl", "-s", "large", "--points", "p.csv")
    assert (result.exit_code, "p.csv:5:1: 'x' is not" in result.stderr) == (2, True)
    (tmp_path / "p.csv").write_text("traffic.times\n\n\n")
    result = run("sweep", "-p", "itl", "-s", "large", "--points", "p.csv")
    assert (result.exit_code, "a row for each point" in result.stderr) == (2, True)


def test_what_is_nothing_to_keep(run):
    with pytest.raises(costmodel.InputError, match="'l' is nothing to keep"):
        costmodel.sweep("itl", "large", {"traffic.times": "1,2"}, keep="lines")


def test_a_sweep_s_own_table_may_be_the_points_of_another(run, tmp_path):
    names = ("sweep", "-p", "itl", "-s", "large", "--format", "csv")
    (tmp_path / "p.csv").write_text("ingest.buffer_size (MB),traffic.times\n1,2\n5 MB,3\n")
    found = run(*names, "--points", "p.csv").stdout
    (tmp_path / "again.csv").write_text("".join(f"{line.rpartition(',')[0]}\n" for line in found.splitlines()))
    assert run(*names, "--points", "again.csv").stdout == found
    (tmp_path / "p.csv").write_text("traffic.times,traffic.times\n1,2\n")
    result = run(*names, "--points", "p.csv")
    assert (result.exit_code, "p.csv:1:1: has two columns 'traffic.times'" in result.stderr) == (2, True)


def test_an_input_that_moves_nothing_here_may_vary(run):
    """Of the sensor pattern nothing stands behind the delivery stream, so that its buffer costs nothing."""
    found = json.loads(
        run("sweep", "-p", "sensor", "-s", "large", "--vary", "delivery.buffer_size=1,5 MB", "--format", "json").stdout
    )
    assert found["columns"]["total"] == [costmodel.estimate("sensor", "large").total] * 2


def test_a_table_of_many_columns_or_points_has_those_that_fit(run):
    names = ("sweep", "-p", "analytics", "-s", "large")
    text = run(*names, "--vary", "traffic.times=1,2", "--keep", "lines").stdout
    assert max(map(len, text.splitlines())) <= 80
    assert "more columns have no room" in " ".join(text.split())
    found = run(*names, "--vary", "traffic.times=1..5:1000001").stdout
    assert "1,000,001 points" in found
    for value in (1, 5):
        total = costmodel.estimate("analytics", "large", changes={"traffic.times": value}).total
        assert f"${total:,.2f} at traffic.times {value}" in found
