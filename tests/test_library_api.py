"""import costmodel: what a program gets."""

import copy
import inspect
import pickle
from importlib.resources import files

import pytest

import costmodel

FIELDS = ["component", "service", "description", "consumed_quantity", "consumed_unit", "pricing_quantity", "pricing_unit"]
FIELDS += ["free_quantity", "tier", "unit_price", "cost", "rate", "source"]


@pytest.fixture(scope="module")
def bill():
    return costmodel.estimate("itl", "large")


def test_the_bill(bill):
    """On the corrected basis: 672.0545 (errata, s3-calculator)."""
    assert isinstance(bill, costmodel.Bill)
    assert bill.total == pytest.approx(672.0545, abs=5e-5)
    assert bill.total == pytest.approx(sum(line.cost for line in bill.lines))
    assert bill.per_million_records == pytest.approx(672.0545 / 4320, abs=5e-5)
    assert (bill.pattern, bill.scenario, bill.rate_card) == ("itl", "large", "aws/us-east-1/2018-06")
    assert (bill.currency, bill.month_hours, bill.records) == ("USD", 720, 4_320_000_000)
    assert bill.fixed == pytest.approx(4.68)


def test_the_lines(bill):
    assert all(isinstance(line, costmodel.Line) for line in bill.lines)
    line = bill.lines[0]
    assert (line.component, line.rate, line.tier) == ("ingest", "firehose.ingested", "first 500 TB")
    assert line.cost == pytest.approx(4.32e9 * 5 / 1024**2 * 0.029)


def test_nothing_of_a_bill_can_be_changed(bill):
    assert isinstance(bill.lines, tuple)
    for thing, name in [(bill, "currency"), (bill, "total"), (bill.lines[0], "cost")]:
        with pytest.raises(AttributeError):
            setattr(thing, name, 0)


def test_a_bill_can_be_compared_and_kept(bill):
    assert costmodel.estimate("itl", "large") == bill
    assert costmodel.estimate("itl", "small") != bill
    assert pickle.loads(pickle.dumps(bill)) == bill
    assert copy.deepcopy(bill) == bill
    assert bill._asdict()["lines"][0]._asdict()["rate"] == "firehose.ingested"


def test_to_frame(bill):
    frame = bill.to_frame()
    assert set(FIELDS) <= set(frame.columns)
    assert len(frame) == len(bill.lines)
    assert frame["cost"].sum() == pytest.approx(bill.total)
    assert (frame["pricing_quantity"] * frame["unit_price"]).sum() == pytest.approx(bill.total)
    assert frame.groupby("service")["cost"].sum()["AWS Lambda"] == pytest.approx(21.221575, abs=1e-6)


def test_to_frame_of_a_bill_without_lines(tmp_path):
    pattern = tmp_path / "p.yaml"
    pattern.write_text("version: 1\ntitle: T\ncomponents: {store: {service: s3, input: source}}\n")
    empty = costmodel.estimate(str(pattern), "small", changes={"traffic.peak_rate": "0/s"})
    assert (empty.lines, empty.total, empty.per_million_records) == ((), 0, None)
    assert list(empty.to_frame().columns) == list(costmodel.Bill.to_frame(costmodel.estimate("itl", "small")).columns)


def test_options(tmp_path):
    changed = costmodel.estimate("itl", "large", changes={"devices.read_capacity": "100", "month": "28 days"})
    assert next(line.cost for line in changed.lines if line.component == "devices") == pytest.approx(100 * 672 * 0.00013)
    free = costmodel.estimate("itl", "large", free_tier="always", rates="aws/us-east-1/2018-06")
    assert next(line.cost for line in free.lines if line.component == "devices") == pytest.approx(25 * 720 * 0.00013)
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "mine.yaml").write_text("version: 1\nextends: large\nmonth: 28 days\n")
    assert costmodel.estimate("itl", "mine", library=[str(tmp_path)]).records == 4_320_000_000 * 28 / 30


def test_several_patterns_are_one_account(tmp_path):
    """Lambda's million free requests and 400,000 GB-seconds are taken off once, not of each of the two."""
    options = {"scenario": "large", "rates": "aws/us-east-1/2018-06", "free_tier": "always"}
    path = tmp_path / "f.yaml"
    path.write_text("version: 1\ntitle: F\ncomponents: {f: {service: lambda, input: source, duration: 1 ms}}\n")
    names = [tmp_path / "g.yaml", str(path)]
    names[0].write_text(path.read_text())
    alone = [costmodel.estimate(name, **options) for name in names]
    both = costmodel.estimate(names, **options)
    assert both.pattern == "g + f"
    assert [line.component for line in both.lines] == ["g_f", "g_f", "f_f", "f_f"]
    assert both.total == pytest.approx(sum(bill.total for bill in alone) + 0.20 + 400_000 * 0.00001667)


def test_mistakes_are_all_told(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text("version: 1\ntitle: T\ntraffic: {peak_rate: -1/s, record_size: 5}\n")
    with pytest.raises(costmodel.InputError) as caught:
        costmodel.estimate("itl", str(path))
    assert isinstance(caught.value, costmodel.CostmodelError)
    first, second = caught.value.problems
    assert (first.place.name, first.place.line, first.place.column) == (str(path), 3, 22)
    assert (second.place.line, second.place.column) == (3, 41)
    assert str(caught.value) == f"{first.place}: {first.message}\n{second.place}: {second.message}"
    assert "'-1/s' is negative" in first.message


@pytest.mark.parametrize(
    ("pattern", "scenario", "options"),
    [
        ("itll", "large", {}),
        ([], "large", {}),
        (["itl", "itl"], "large", {}),
        ("itl", "larg", {}),
        ("itl", "a\0b.yaml", {}),
        ("itl", "large", {"free_tier": "some"}),
        ("itl", "large", {"rates": "none"}),
        ("itl", "large", {"changes": {"nothing": "1"}}),
        ("itl", "large", {"changes": {"": "1"}}),
        ("itl", "large", {"library": ["/no/such/folder"]}),
    ],
)
def test_wrong_arguments(pattern, scenario, options):
    with pytest.raises(costmodel.InputError):
        costmodel.estimate(pattern, scenario, **options)


def test_a_missing_price_has_its_own_error(tmp_path):
    path = tmp_path / "card.yaml"
    path.write_text("version: 1\nextends: aws/us-east-1/2018-06\nfirehose: {ingested: null}\n")
    with pytest.raises(costmodel.MissingPrice, match=r"has no price 'firehose\.ingested'"):
        costmodel.estimate("itl", "large", rates=str(path))
    assert issubclass(costmodel.MissingPrice, costmodel.InputError)


def test_typed():
    assert files("costmodel").joinpath("py.typed").is_file()


def test_what_the_package_offers():
    assert [name for name in costmodel.__all__ if not hasattr(costmodel, name)] == []
    assert set(costmodel.__all__) <= set(dir(costmodel))
    with pytest.raises(AttributeError, match="has no attribute 'estimat'"):
        _ = costmodel.estimat


@pytest.mark.parametrize("name", costmodel.__all__)
def test_everything_offered_has_a_docstring(name):
    doc = inspect.getdoc(getattr(costmodel, name))
    assert doc
    assert not doc.startswith(f"{name}("), "the signature is not a docstring"


def test_the_docstring_of_estimate_says_what_it_takes_and_raises():
    doc = inspect.getdoc(costmodel.estimate)
    parameters = list(inspect.signature(costmodel.estimate).parameters)
    assert [name for name in parameters if name not in doc] == []
    for word in ("InputError", "MissingPrice", "currency", "before tax"):
        assert word in doc


def test_the_example_in_the_package_docstring():
    assert ">>> round(bill.total, 2)\n672.05" in costmodel.__doc__
    assert round(costmodel.estimate("itl", "large").total, 2) == 672.05
