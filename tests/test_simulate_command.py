"""costmodel simulate: how a bill is distributed where its inputs are uncertain."""

import csv
import io
import json
from math import exp, log, sqrt
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.stats import qmc

import costmodel
from costmodel.models import Terms, open_models
from costmodel.outputs.simulation import render
from costmodel.uncertainty.reading import from_arguments, uncertain_of
from costmodel.whatif.blocks import nothing, on_threads
from costmodel.whatif.samples import Samples, Tallying, added
from costmodel.whatif.simulation import simulation
from costmodel.whatif.sobol import Sobol
from costmodel.whatif.spreads import merged, spread_of
from costmodel.whatif.sweeps import subject_of

DOLLARS = 1000 * 86400 * 30 * 5 / 1024**2 * 0.029  # Firehose: 1,000 records of 1 KB a second, each billed as 5 KB
Z90 = NormalDist().inv_cdf(0.9)
EDGE = NormalDist().inv_cdf(0.95)
INGEST = "ingest: {service: firehose, input: source}"
STORE = "store: {service: s3, input: source}"


@pytest.fixture
def simulate(run, tmp_path):
    def call(*arguments, ranges="", components=INGEST, more="", form=("--format", "json")):
        (tmp_path / "p.yaml").write_text(f"version: 1\ntitle: P\ncomponents:\n  {components}\n")
        (tmp_path / "s.yaml").write_text(
            "version: 1\ntitle: S\ntraffic: {peak_rate: 1000/s, record_size: 1 KB}\nmonth: 30 days\n"
            + (f"ranges: {{{ranges}}}\n" if ranges else "")
            + more
        )
        names = ("-p", "p.yaml", "-s", "s.yaml", "--rates", "aws/us-east-1/2018-06")
        result = run("simulate", *names, *arguments, *form)
        return json.loads(result.stdout) if form[-1:] == ("json",) and not result.exit_code else result

    return call


def total(found):
    return found["figures"]["total"]


@pytest.mark.parametrize(
    ("said", "p10", "p50", "p90", "mean"),
    [
        ("{uniform: {low: 1, high: 3}}", 1.2, 2.0, 2.8, 2.0),
        ("{normal: {mean: 1, sd: 0.1}}", 1 - Z90 / 10, 1.0, 1 + Z90 / 10, 1.0),  # around what it is
        ("{normal: {mean: 2, sd: 0.25}}", 2 - Z90 / 4, 2.0, 2 + Z90 / 4, 2.0),
        ("{triangular: {low: 1, mode: 1, high: 3}}", 3 - sqrt(0.9 * 4), 3 - sqrt(0.5 * 4), 3 - sqrt(0.1 * 4), 5 / 3),
        ("{lognormal: {median: 2, p95: 3}}", 2 * 1.5 ** (-Z90 / EDGE), 2.0, 2 * 1.5 ** (Z90 / EDGE), None),
        ("{lognormal: {mean: 2, sd: 2}}", None, 2 / sqrt(2), None, 2.0),  # exp(mu + sigma^2 / 2) is 2, sigma^2 is log 2
        ("0.5 .. 3", 0.5 ** (Z90 / EDGE), 1.0, 3 ** (Z90 / EDGE), None),  # around 1, what the file says
        ("{low: 1, mid: 2, high: 3}", 2 * 0.5 ** (Z90 / EDGE), 2.0, 2 * 1.5 ** (Z90 / EDGE), None),
    ],
)
def test_distributions(simulate, said, p10, p50, p90, mean):
    """The bill of Firehose is the traffic's times."""
    found = simulate(ranges=f"traffic.times: {said}")
    for name, expected in (("p10", p10), ("p50", p50), ("p90", p90), ("mean", mean)):
        if expected is not None:
            assert total(found)[name]["value"] == pytest.approx(DOLLARS * expected, rel=1e-3), name
    assert found["samples"] == 100_000
    assert found["estimate"] == pytest.approx(DOLLARS)


def test_measurements_are_taken_as_they_are(simulate, tmp_path):
    """Of 1, 1, 2, 2, 2, 7, 7, 7, 7, 7 times a tenth each: 20% are 1, the median is the mean of 2 and 7 at most."""
    (tmp_path / "m.csv").write_text("when,times\n" + "".join(f"{n},{t}\n" for n, t in enumerate([7, 1, 2, 7, 2, 7, 1, 2, 7, 7])))
    found = simulate(ranges="traffic.times: {measured: m.csv, column: times}")
    values = total(found)["percentiles"]
    assert [values[at] / DOLLARS for at in (0, 10, 19, 21, 40, 49, 51, 100)] == pytest.approx([1, 1, 1, 2, 2, 2, 7, 7])
    assert total(found)["mean"]["value"] == pytest.approx(DOLLARS * 4.3, rel=1e-4)


def test_measurements_have_the_unit_of_their_heading(simulate, tmp_path):
    (tmp_path / "m.csv").write_text("took (ms),who\n100,a\n300,b\n")
    worker = "worker: {service: lambda, input: source, duration: 1 s, memory: 1024 MB}"
    found = simulate(ranges="worker.duration: {measured: m.csv}", components=worker)
    requests = 1000 * 86400 * 30
    ends = [requests * (0.2e-6 + seconds * 0.00001667) for seconds in (0.1, 0.3)]
    assert [total(found)["percentiles"][at] for at in (0, 100)] == pytest.approx(ends)


@pytest.mark.parametrize("correlation", [0.8, 0, -0.8, 1, -1])
def test_correlated_inputs(simulate, correlation):
    """A product of two lognormals is one, whose variance has twice their covariance in it."""
    ranges = "traffic.times: {lognormal: {median: 1, p95: 2}}, traffic.record_size: {lognormal: {median: 1 KB, p95: 3 KB}}"
    more = f"correlations: [{{between: [traffic.times, traffic.record_size], is: {correlation}}}]\n" if correlation else ""
    one, other = log(2) / EDGE, log(3) / EDGE
    sigma = sqrt(max(one**2 + other**2 + 2 * correlation * one * other, 0))
    storage = simulate("--keep", "lines", ranges=ranges, more=more, components=STORE)["figures"]
    (name,) = (line for line in storage if "tier 1" in line)
    stored = 1000 * 86400 * 30 / 1024**2 * 0.023
    assert storage[name]["p50"]["value"] == pytest.approx(stored, rel=2e-3)
    assert storage[name]["p90"]["value"] == pytest.approx(stored * exp(Z90 * sigma), rel=4e-3)


def test_the_probability_of_a_budget(simulate):
    found = simulate("--budget", str(DOLLARS * 1.5), ranges="traffic.times: {uniform: {low: 1, high: 3}}")
    assert found["probability_over_budget"]["value"] == pytest.approx(0.75, abs=1e-4)
    text = simulate("--budget", "500", ranges="traffic.times: {uniform: {low: 1, high: 3}}", form=()).stdout
    assert "Over a budget of $500.00 with a probability of" in text


def test_the_stated_error_is_that_of_other_samples(simulate):
    """The means of 20 seeds lie as far apart as each of them says."""
    found = [total(simulate("--samples", "1600", "--seed", str(seed), ranges="traffic.times: 0.5 .. 3")) for seed in range(20)]
    for figure in ("mean", "p90"):
        apart = np.std([each[figure]["value"] for each in found], ddof=1)
        said = sqrt(np.mean([each[figure]["error"] ** 2 for each in found]))
        assert 0.5 < apart / said < 2


def test_quasi_random_samples_are_better_than_random_ones(simulate):
    """The standard deviation of a uniform is 2 / sqrt(12); random, the error of 4,096 would be a 64th of that."""
    found = simulate("--samples", "4096", ranges="traffic.times: {uniform: {low: 1, high: 3}}")
    assert total(found)["mean"]["error"] < DOLLARS * 2 / sqrt(12) / 64 / 20


def test_samples_are_estimates(simulate, run):
    ranges = "traffic.times: 0.5 .. 3, traffic.record_size: {uniform: {low: 1 KB, high: 20 KB}}"
    result = simulate("--samples", "32", "--keep", "lines", ranges=ranges, form=("--format", "csv"))
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert len(rows) == 32
    for row in rows[::5]:
        changes = {"traffic.times": row["traffic.times"], "traffic.record_size": f"{row['traffic.record_size (KB)']} KB"}
        bill = costmodel.estimate("p.yaml", "s.yaml", rates="aws/us-east-1/2018-06", changes=changes)
        assert float(row["total"]) == pytest.approx(bill.total, rel=1e-12)


@pytest.mark.parametrize("pattern", ["sensor", "itl", "analytics"])
def test_shipped_patterns(run, pattern):
    arguments = ("simulate", "-p", pattern, "-s", "large", "--range", "traffic.times=0.8 .. 1.5", "--samples", "2000")
    found = json.loads(run(*arguments, "--format", "json").stdout)
    services = sum(figure["mean"]["value"] for name, figure in found["figures"].items() if name != "total")
    assert total(found)["mean"]["value"] == pytest.approx(services, rel=1e-12)
    middle = costmodel.estimate(pattern, "large").total
    assert total(found)["p50"]["value"] == pytest.approx(middle, rel=1e-3)
    text = run(*arguments).stdout
    assert max(map(len, text.splitlines())) <= 80


def test_the_other_formats(simulate, tmp_path):
    ranges = "traffic.times: 0.5 .. 3"
    assert "| Total per month |" in simulate(ranges=ranges, form=("--format", "markdown")).stdout
    assert simulate("--samples", "99", ranges=ranges, form=("-o", "x.svg")).exit_code == 0
    assert "In 8 of 10 cases" in (tmp_path / "x.svg").read_text(encoding="utf-8")
    assert simulate("--samples", "99", ranges=ranges, form=("-o", "x.parquet")).exit_code == 0
    from pyarrow import parquet

    assert parquet.read_table(tmp_path / "x.parquet").num_rows == 112  # 16 sequences of 7


@pytest.mark.parametrize(
    ("ranges", "more", "message"),
    [
        ("", "", "nothing that is uncertain changes the bill"),
        ("ingest.buffer_size: 1 MB .. 10 MB", "", "nothing that is uncertain changes the bill"),
        ("traffic.times: 3 .. 0.5", "", "s.yaml:5:25: 3 .. 0.5 ends before it begins; the lower end comes first"),
        ("traffic.times: {uniform: {low: 3, high: 1}}", "", "ends before it begins"),
        ("traffic.times: {triangular: {low: 1, mode: 5, high: 3}}", "", "the mode is not between low and high"),
        ("traffic.times: {normal: {mean: 1, sd: 0}}", "", "a standard deviation is above 0"),
        ("traffic.times: {normal: {mean: 1}}", "", "a normal distribution lacks 'sd'"),
        ("traffic.times: {normall: {mean: 1}}", "", "Did you mean 'normal'?"),
        ("traffic.times: {lognormal: {median: 1, sd: 3}}", "", "has mean and sd, or median and p90, p95 or p99"),
        ("traffic.times: {lognormal: {median: 3, p95: 1}}", "", "p95 is above the median"),
        ("traffic.times: {low: 1, mid: 3, high: 2}", "", "the middle is not between the ends"),
        ("traffic.times: {low: 1}", "", "a range lacks 'high'"),
        ("traffic.times: {uniform: {low: 1, high: 2}, mid: 1}", "", "'mid' belongs to 'low', which is not given"),
        ("traffic.record_size: {uniform: {low: 1, high: 3}}", "", "'1' needs a unit"),
        ("traffic.times: {measured: none.csv}", "", "there is no file 'none.csv'"),
        ("traffic.tmies: 1 .. 2", "", "Did you mean 'times'?"),
        (
            "traffic.times: 0.5 .. 2",
            "correlations: [{between: [traffic.times, traffic.peak_rate], is: 0.5}]",
            "'traffic.peak_rate' has no range, so it is correlated with nothing",
        ),
        (
            "traffic.times: 0.5 .. 2",
            "correlations: [{between: [traffic.times, traffic.times], is: 0.5}]",
            "a correlation is between two inputs",
        ),
        (
            "traffic.times: 0.5 .. 2",
            "correlations: [{between: [traffic.times, traffic.peak_rate], is: 1.5}]",
            "1.5 is no correlation; it is from -1 to 1",
        ),
        ("traffic.times: 2 .. 2", "", "2 .. 2 is no range: both ends are the same"),
        ("ingest.input.aggregate: 1 .. 9", "", "say it first: --set ingest.input.aggregate=1"),
        (
            "traffic.times: 0.5 .. 2, traffic.peak_rate: 500/s .. 2000/s",
            "correlations: [{between: [traffic.times, traffic.peak_rate], is: 0.9}, "
            "{between: [traffic.peak_rate, traffic.times], is: -0.9}]",
            "traffic.peak_rate and traffic.times have two correlations; give one",
        ),
        (
            "traffic.times: 0.5 .. 2, traffic.peak_rate: 500/s .. 2000/s, traffic.record_size: 0.5 KB .. 2 KB",
            "correlations: [{between: [traffic.times, traffic.peak_rate], is: 0.9}, "
            "{between: [traffic.peak_rate, traffic.record_size], is: 0.9}, "
            "{between: [traffic.times, traffic.record_size], is: -0.9}]",
            "the correlations cannot all be true",
        ),
    ],
)
def test_mistakes(simulate, ranges, more, message):
    result = simulate(ranges=ranges, more=more)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_a_budget_below_what_is_fixed(run):
    """Of itl's bill the table's 50 read units are fixed: 36,000 RCU-hours at $0.00013."""
    result = run("simulate", "-p", "itl", "-s", "large", "--range", "traffic.times=0.8 .. 1.5", "--budget", "4")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "a budget of $4.00 is below $4.68, what the design costs without any traffic" in result.stderr


def test_a_sobol_point_is_scipys_wherever_one_begins():
    engine = qmc.Sobol(3, scramble=True, bits=32, rng=np.random.default_rng((7, 1)))
    points = engine.random(2**18).T
    ours = Sobol(3, (7, 1), 2**18)
    for start, count in ((0, 5), (2**16 - 3, 3), (2**16, 1000), (3 * 2**16 + 12345, 678)):
        assert (np.floor(ours.shares(start, count) * 2**32) == points[:, start : start + count] * 2**32).all()


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.one_of(st.floats(0, 1e9), st.sampled_from([0.0, 1.0, 672.05])), min_size=1, max_size=300),
    st.lists(st.integers(1, 5), max_size=4),
    st.floats(0, 1),
)
def test_percentiles_of_merged_spreads(values, cuts, share):
    """Of any values, in any parts: within the stretch of the floats that share their first bits, a part in 4,096."""
    parts = np.array_split(np.array(values), np.cumsum(cuts)[np.cumsum(cuts) < len(values)] if cuts else 1)
    whole = merged([spread_of(part) for part in parts if len(part)])
    expected = np.quantile(values, share)
    assert whole.size == len(values)
    assert whole.at(share) == pytest.approx(expected, rel=2**-11, abs=1e-300)
    assert whole.mean == pytest.approx(np.mean(values), rel=1e-9, abs=1e-300)
    assert (whole.at(0), whole.at(1)) == (min(values), max(values))


@pytest.mark.parametrize("pattern", ["sensor", "itl", "analytics"])
def test_any_number_of_workers_gives_the_same_bits(pattern):
    (model,) = open_models(pattern, ["large"])
    ranges = from_arguments("--range", {"traffic.times": "0.5 .. 3", "traffic.record_size": "{uniform: {low: 1 KB, high: 9 KB}}"})
    uncertain = uncertain_of(model, ranges, lambda changes: open_models(pattern, ["large"], terms=Terms(changes=changes))[0])
    found = []
    for workers in (1, 2, 5):
        samples = Samples(subject_of(model), uncertain, 20_000, 3)
        samples.part = 777  # parts that end within sequences
        simulated = simulation(model, uncertain, samples, 500.0, on_threads(workers))
        found.append(json.loads(render("json", simulated, 80)))
    assert found[0] == found[1] == found[2]


def test_numbers_without_a_unit_are_read_as_in_a_file(simulate, tmp_path, run):
    """A share of 0.1 is 10%, and so in a sweep; a standard deviation has the unit of its input."""
    (tmp_path / "m.csv").write_text("share\n0.1\n\n0.3\n")
    traffic = ("--set", "traffic.peak_hours=12 h", "--set", "traffic.off_peak_share=0.2")
    found = simulate(*traffic, ranges="traffic.off_peak_share: {measured: m.csv}")
    expected = [DOLLARS * (0.5 + 0.5 * share) for share in (0.1, 0.3)]
    assert [total(found)["percentiles"][at] for at in (0, 100)] == pytest.approx(expected)
    names = ("-p", "p.yaml", "-s", "s.yaml", "--rates", "aws/us-east-1/2018-06", "--format", "json")
    text = (
        (tmp_path / "s.yaml").read_text().replace("record_size: 1 KB", "record_size: 1 KB, peak_hours: 12 h, off_peak_share: 20%")
    )
    (tmp_path / "s.yaml").write_text(text)
    swept = json.loads(run("sweep", *names, "--vary", "traffic.off_peak_share=0.1,0.3").stdout)["columns"]
    assert swept["total"] == pytest.approx(expected)
    sizes = "traffic.record_size: {normal: {mean: 2 KB, sd: 0.2 KB}}"
    stored = simulate("--keep", "lines", ranges=sizes, components=STORE)["figures"]
    (name,) = (line for line in stored if "tier 1" in line)
    assert stored[name]["p90"]["value"] / stored[name]["p50"]["value"] == pytest.approx((2 + 0.2 * Z90) / 2, rel=1e-3)


def test_what_no_file_may_say_is_taken_at_the_bound_and_said(simulate):
    """Hours of a peak are above 0 and below 24; of a normal distribution around 12 h with 12 h, a sixth is below 0."""
    hours = ("--set", "traffic.peak_hours=12 h", "--set", "traffic.off_peak_share=20%")
    result = simulate(*hours, ranges="traffic.peak_hours: {normal: {mean: 12 h, sd: 12 h}}", form=())
    assert (result.exit_code, result.stderr) == (0, "")
    assert "traffic.peak_hours would be beyond what a file may say in 31.8% of cases" in " ".join(result.stdout.split())


def test_every_sample_belongs_to_one_sequence(simulate):
    """16 of as many, wherever parts end; none is beyond the ends of what it is drawn from."""
    (model,) = open_models("itl", ["large"])
    ranges = from_arguments("--range", {"traffic.times": "{uniform: {low: 1, high: 3}}"})
    uncertain = uncertain_of(model, ranges, lambda changes: open_models("itl", ["large"], terms=Terms(changes=changes))[0])
    samples = Samples(subject_of(model), uncertain, 10_000, 1)
    samples.part = 999
    tally = added([*on_threads(2)(Tallying(samples, None), samples.number, nothing)])
    assert [spreads["total"].size for spreads in tally.spreads.values()] == [625] * 16
    shares = Sobol(1, (1, 0), 625).shares(0, 625)
    assert 0 < shares.min() < 1 / 625
    assert 1 - 1 / 625 < shares.max() < 1


def test_a_budget_that_is_the_total_is_not_exceeded(simulate, tmp_path):
    (tmp_path / "m.csv").write_text("times\n1\n2\n")
    half = simulate("--format", "csv", "--samples", "16", ranges="traffic.times: {measured: m.csv}", form=()).stdout
    dearest = max(float(row["total"]) for row in csv.DictReader(io.StringIO(half)))
    found = simulate("--budget", repr(dearest), ranges="traffic.times: {measured: m.csv}")
    assert found["probability_over_budget"] == {"value": 0, "error": 0}


@pytest.mark.parametrize("values", [[5.0], [1.0, 2.0], [*np.linspace(1, 1.0001, 1000)]])
def test_a_histogram_has_all_values(values):
    spread = spread_of(np.array(values))
    edges, shares = spread.histogram(min(values) * 0.999, max(values), 7)
    assert sum(shares) == pytest.approx(1)
    assert (len(edges), len(shares)) == (8, 7)


def test_many_values_in_one_stretch_are_taken_as_spread_evenly():
    """A thousand between 1 and 1.0001, which share their first bits."""
    spread = spread_of(np.linspace(1, 1.0001, 1001))
    assert len(spread.keys) == 1
    assert spread.at(0.25) == pytest.approx(1.000025, rel=1e-9)
    assert spread.below(1.00005) == pytest.approx(0.5, abs=1e-3)
