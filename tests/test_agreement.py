"""One definition, three readings: floats, each element of arrays, and traced values are the same figures."""

import math
from functools import cache

import modern
import numpy as np
import pytest

from costmodel import services
from costmodel.estimating import Arrays, Floats, Traced, run
from costmodel.library import Library
from costmodel.models import Model, Terms, open_models
from costmodel.prices import FREE_TIERS
from costmodel.quantities import Quantity

LIBRARY = Library(environment=False)
PATTERNS, SCENARIOS = (LIBRARY.names(kind) for kind in ("patterns", "scenarios"))
CARDS = [name for name in LIBRARY.cards() if "/us-east-1/" in name]

# Peak rates in records per millisecond, from none at all to beyond every tier.
PEAK_RATES = np.array([0.0, 0.001, 0.1, 1.0, 5.0, 2000.0])

# Traffic that no shipped scenario has. The periods' names are not `peak` and `off_peak`.
TRAFFIC = {
    "sizes": "{peak_rate: 1000/s, peak_hours: 4, off_peak_share: 20%, record_size: {1 KB: 90%, 11 KB: 10%}}",
    "periods": """
      periods:
        - {name: night, rate: 10/s, hours: 9}
        - {name: noon, rate: 900/s, hours: 3}
        - {name: day, rate: 250/s, hours: 12}
      record_size: 3 KB""",
    "both": """
      periods:
        - {name: night, rate: 10/s, hours: 9}
        - {name: noon, rate: 900/s, hours: 15}
      record_size: {1 KB: 60%, 6 KB: 30%, 11 KB: 10%}""",
    "records": "{monthly_records: 500 million, peak_hours: 6, off_peak_share: 10%, record_size: {1 KB: 90%, 11 KB: 10%}}",
    "volume": "{monthly_volume: 20 TB, profile: [1, 1, 1, 1, 2, 3, 5, 8, 9, 9, 9, 9, 8, 8, 8, 8, 8, 9, 9, 7, 5, 3, 2, 1], "
    "record_size: {500 bytes: 25%, 6 KB: 75%}}",
    "always": "{peak_rate: 1000/s, record_size: 40 KB}",
}

# What no shipped pattern does: settings and wiring in their less usual forms.
UNUSUAL = """
version: 1
title: Unusual
components:
  second_store: {service: s3, input: [{from: stream, share: 30%}, {from: split, size: 50%}], months_stored: 12, meter: month}
  gateway: {service: iot_core, input: source, devices: 2000, connected: {peak: 90%, off_peak: 40%}, rules: 3, actions: 0.5}
  split: {service: lambda, input: {from: gateway, share: 60%, size: 120%}, batch: 250 records,
    duration: {peak: 730 ms, off_peak: 1 s}}
  stream: {service: firehose, input: [split, source], buffer_size: 1 MB, buffer_interval: 60 s}
  monthly: {service: firehose, input: source, meter: month}
  table: {service: dynamodb, input: split, item_size: 5 KB, reads_per_record: 2, writes_per_record: 1, write_capacity: 30,
    read_capacity: {peak: 400, off_peak: 20}, table_size: {peak: 90 GB, off_peak: 70 GB}}
  keys: {service: kms, input: {from: split, share: 1%}, requests_per_record: 2, keys: 3}
  scores: {service: kinesis_analytics, input: stream, kpus: {peak: 4, off_peak: 1}, meter: month}
"""


class TracedWith(Traced):
    """Traced, with some numbers replaced by their path, as Arrays does it."""

    def __init__(self, changed):
        super().__init__()
        self.changed = changed

    def number(self, path, given):
        return super().number(path, given._replace(value=self.changed.get(path, given.value)))


@cache
def shipped(pattern: str, scenario: str, card: str, free_tier: str) -> Model:
    return open_models(pattern, [scenario], terms=Terms(rates=card, free_tier=free_tier))[0]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Opens a pattern (by name, or UNUSUAL) under one of TRAFFIC."""
    folder = tmp_path_factory.mktemp("agreement")
    (folder / "unusual.yaml").write_text(UNUSUAL)
    (folder / "modern.yaml").write_text(modern.PATTERN)
    for name, traffic in TRAFFIC.items():
        (folder / f"{name}.yaml").write_text(f"version: 1\ntitle: {name}\nmonth: 31 days\ntraffic: {traffic}\n")

    def opened(pattern, traffic, card, free_tier):
        path = str(folder / f"{pattern}.yaml") if pattern in ("unusual", "modern") else pattern
        return open_models(path, [str(folder / f"{traffic}.yaml")], terms=Terms(rates=card, free_tier=free_tier))[0]

    return opened


def figures(result):
    """Every figure of a result by what it is; the same keys in every reading."""
    found = {("total",): result.total, ("records",): result.metered.records}
    for n, charge in enumerate(result.charges):
        line = (n, charge.usage.component, charge.usage.item, charge.tier)
        found |= {(*line, name): getattr(charge, name) for name in ("quantity", "free", "unit_price", "cost")}
        found |= {(*line, name): getattr(charge.usage, name) for name in ("amount", "consumed")}
    for n, load in enumerate(result.metered.loads):
        found[(n, load.component, load.item, "amount")] = load.amount
        found[(n, load.component, load.item, "provisioned")] = 0.0 if load.provisioned is None else load.provisioned
    return found


def value(figure):
    return figure.value if isinstance(figure, Quantity) else figure


def assert_same(one, other, where):
    assert one.keys() == other.keys(), where
    for key, figure in one.items():
        a, b = value(figure), value(other[key])
        assert math.isclose(a, b, rel_tol=1e-12, abs_tol=1e-9), f"{where}: {key} is {a!r} and {b!r}"


def assert_readings_agree(model, columns):
    """Arrays on `columns` give at each place what floats and traced quantities give for its values; the arrays' total."""
    on_arrays = figures(run(model, Arrays(columns)))
    for place in range(len(next(iter(columns.values())))):
        here = {path: float(column[place]) for path, column in columns.items()}
        on_floats = figures(run(model, Arrays(here)))
        element = {key: figure[place] if np.ndim(figure) else figure for key, figure in on_arrays.items()}
        assert_same(on_floats, element, f"arrays at {here}")
        assert_same(on_floats, figures(run(model, TracedWith(here))), f"traced at {here}")
    return on_arrays[("total",)]


@pytest.mark.parametrize("free_tier", FREE_TIERS)
@pytest.mark.parametrize("card", CARDS)
@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("pattern", PATTERNS)
class TestShipped:
    def test_floats_are_what_is_traced(self, pattern, scenario, card, free_tier):
        model = shipped(pattern, scenario, card, free_tier)
        assert_same(figures(run(model, Floats())), figures(run(model, Traced())), "traced")

    def test_readings_agree_at_every_peak_rate(self, pattern, scenario, card, free_tier):
        model = shipped(pattern, scenario, card, free_tier)
        scale = model.scenario.traffic.scale
        top = model.scenario.traffic.amount.value
        column = PEAK_RATES if scale == "peak_rate" else PEAK_RATES * top
        total = assert_readings_agree(model, {f"traffic.{scale}": column})
        assert total.shape == column.shape


def every_input(model):
    """A column for every number that the model takes from its files: settings, traffic, prices, tiers, increments."""
    reading = Traced()
    run(model, reading)
    random = np.random.default_rng(2018)
    return {path: q.given.value * random.uniform(0.25, 1, 4) for path, q in sorted(reading.inputs.items())}


@pytest.mark.parametrize("free_tier", FREE_TIERS)
@pytest.mark.parametrize("card", CARDS)
@pytest.mark.parametrize("pattern", PATTERNS)
def test_readings_agree_whatever_input_changes(pattern, card, free_tier):
    model = shipped(pattern, SCENARIOS[0], card, free_tier)
    columns = every_input(model)
    settings = {path for path in columns if model.pattern.component(path.partition(".")[0])}
    prices = {path for path in columns if path.startswith("rates.") and path.endswith(".usd")}
    assert settings, "no setting is swept"
    assert prices, "no price is swept"
    assert "traffic.peak_rate" in columns
    total = assert_readings_agree(model, columns)
    assert len(set(total)) > 1, "the sweep sweeps nothing"


@pytest.mark.parametrize("free_tier", FREE_TIERS)
@pytest.mark.parametrize("traffic", TRAFFIC)
@pytest.mark.parametrize("pattern", [*PATTERNS, "unusual"])
class TestOwnTraffic:
    def test_floats_are_what_is_traced(self, pattern, traffic, free_tier, written):
        model = written(pattern, traffic, CARDS[0], free_tier)
        assert_same(figures(run(model, Floats())), figures(run(model, Traced())), "traced")

    def test_readings_agree_whatever_input_changes(self, pattern, traffic, free_tier, written):
        model = written(pattern, traffic, CARDS[0], free_tier)
        assert_readings_agree(model, every_input(model))


@pytest.mark.parametrize("free_tier", FREE_TIERS)
@pytest.mark.parametrize("traffic", ["both", "always"])
def test_every_service_of_today_agrees_in_all_readings(traffic, free_tier, written):
    model = written("modern", traffic, modern.CARD, free_tier)
    assert_same(figures(run(model, Floats())), figures(run(model, Traced())), "traced")
    assert_readings_agree(model, every_input(model))


@pytest.mark.parametrize("traffic", TRAFFIC)
@pytest.mark.parametrize("pattern", [*PATTERNS, "unusual"])
def test_readings_agree_on_prices_and_settings_one_by_one(pattern, traffic, written):
    model = written(pattern, traffic, CARDS[0], "legacy-12-month")
    for path, column in every_input(model).items():
        if path.startswith("rates.") or model.pattern.component(path.partition(".")[0]):
            assert_readings_agree(model, {path: column[:1]})


def test_without_traffic_the_three_readings_agree_on_what_is_fixed(written):
    model = written("unusual", "both", CARDS[0], "none")
    silent = {path: np.zeros(2) for path in every_input(model) if path.startswith("traffic.periods.") and path.endswith(".rate")}
    assert len(silent) == 2
    assert_readings_agree(model, silent)


@pytest.mark.parametrize("key", services.keys())
def test_no_service_is_missing_from_the_comparison(key, written):
    models = [shipped(pattern, SCENARIOS[0], CARDS[0], "none") for pattern in PATTERNS]
    models += [written("unusual", "both", CARDS[0], "none"), written("modern", "both", modern.CARD, "none")]
    assert key in {component.service.key for model in models for component in model.pattern.components}


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_traced_bill_holds_one_value_not_one_for_each_period(pattern, scenario):
    result = run(shipped(pattern, scenario, CARDS[0], "legacy-12-month"), Traced())
    assert isinstance(result.total, Quantity)
    assert isinstance(result.total.value, float)
    for charge in result.charges:
        assert isinstance(charge.cost, Quantity)
        assert isinstance(charge.cost.value, float)
