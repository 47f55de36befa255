"""What holds for every service, pattern and traffic, whatever the figures."""

import math
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import modern
import pytest
from hypothesis import example, given, settings, strategies as st

from costmodel import estimate
from costmodel.errors import InputError
from costmodel.estimating import Arrays, Floats, run
from costmodel.library import Library
from costmodel.models import Terms, open_models
from costmodel.prices import FREE_TIERS
from costmodel.ratecard import read_card
from costmodel.rating import MonthUsage, charges

LIBRARY = Library(environment=False)
SHIPPED, SCENARIOS = (LIBRARY.names(kind) for kind in ("patterns", "scenarios"))
PATTERNS = [*SHIPPED, "modern"]
CARDS = [name for name in LIBRARY.cards() if "/us-east-1/" in name]
PEAKS = st.floats(-3, 6).map(lambda power: 10**power)  # records a second, from one in 17 minutes to beyond every tier
patterns, free_tiers = st.sampled_from(PATTERNS), st.sampled_from([*FREE_TIERS])
slow = settings(max_examples=25)  # each example writes and reads files


@cache
def opened(pattern, free_tier="none"):
    with TemporaryDirectory() as folder:
        path, rates = place_of(pattern, Path(folder))
        return open_models(path, ["small"], terms=Terms(rates=rates, free_tier=free_tier))[0]


def place_of(pattern, folder):
    """Where the pattern is found, a shipped one or one that is written out in `folder`, and its rate card."""
    if pattern in SHIPPED:
        return pattern, None
    text = modern.PATTERN if pattern == "modern" else f"version: 1\ntitle: Written\ncomponents:\n{pattern}"
    (folder / "pattern.yaml").write_text(text)
    return str(folder / "pattern.yaml"), modern.CARD if pattern == "modern" else None


def at_peak(pattern, per_second, free_tier="none"):
    return run(opened(pattern, free_tier), Arrays({"traffic.peak_rate": per_second / 1000}))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("properties")


def bill(folder, pattern, traffic, changes=None):
    """The bill of a shipped pattern, or of one written out, under traffic written as YAML, in a month of 30 days."""
    path, rates = place_of(pattern, folder)
    (folder / "scenario.yaml").write_text(f"version: 1\ntitle: Written\nmonth: 30 days\ntraffic: {traffic}\n")
    return estimate(path, str(folder / "scenario.yaml"), rates=rates, changes=changes)


def assert_same_bill(one, other):
    assert one.total == pytest.approx(other.total, rel=1e-9)
    assert one.records == pytest.approx(other.records, rel=1e-9)
    assert one.fixed == pytest.approx(other.fixed, rel=1e-9)
    assert {name: pytest.approx(figure, rel=1e-9) for name, figure in lines(one).items()} == lines(other)
    assert {name: pytest.approx(figure, rel=1e-9) for name, figure in peaks(one).items()} == peaks(other)


def lines(of):
    return {(line.component, line.description, line.tier): line.pricing_quantity for line in of.lines}


def peaks(of):
    return {(load.component, load.item): load.amount for load in of.loads}


# Traffic


@given(patterns, free_tiers, PEAKS, PEAKS)
def test_more_traffic_never_costs_less(pattern, free_tier, one, other):
    low, high = (at_peak(pattern, peak, free_tier) for peak in sorted((one, other)))
    assert low.total <= high.total * (1 + 1e-12)
    for less, more in zip(low.metered.usages, high.metered.usages, strict=True):
        assert less.amount <= more.amount * (1 + 1e-12), less.item
    sized = {component.name for component in opened(pattern).pattern.components if component.auto}
    for less, more in zip(low.metered.loads, high.metered.loads, strict=True):
        assert less.component in sized or less.amount <= more.amount * (1 + 1e-12), less.item


@pytest.mark.parametrize("pattern", PATTERNS)
def test_ten_times_the_traffic_costs_more(pattern):
    assert at_peak(pattern, 1000).total > at_peak(pattern, 100).total > at_peak(pattern, 0).total


SILENT = {
    "peak_rate": ("{peak_rate: 100/s, peak_hours: 4, off_peak_share: 20%, record_size: 1 KB}", {"traffic.peak_rate": "0/s"}),
    "constant": ("{peak_rate: 100/s, record_size: 1 KB}", {"traffic.peak_rate": "0/s"}),
    "records": (
        "{monthly_records: 5 million, peak_hours: 4, off_peak_share: 20%, record_size: 1 KB}",
        {"traffic.monthly_records": "0"},
    ),
    "volume": (
        "{monthly_volume: 5 GB, peak_hours: 4, off_peak_share: 20%, record_size: {1 KB: 90%, 9 KB: 10%}}",
        {"traffic.monthly_volume": "0 KB"},
    ),
    "profile": (f"{{peak_rate: 100/s, profile: {[1] * 4 + [0.2] * 20}, record_size: 1 KB}}", {"traffic.peak_rate": "0/s"}),
    "periods": (
        "{periods: [{name: peak, rate: 100/s, hours: 4}, {name: off_peak, rate: 20/s, hours: 20}], record_size: 1 KB}",
        {"traffic.periods.1.rate": "0/s", "traffic.periods.2.rate": "0/s"},
    ),
}


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("shape", SILENT)
def test_no_traffic_costs_only_what_is_fixed(pattern, shape, folder):
    traffic, silence = SILENT[shape]
    busy, silent = bill(folder, pattern, traffic), bill(folder, pattern, traffic, silence)
    assert silent.total == silent.fixed
    assert silent.records == 0
    assert silent.total == pytest.approx(busy.fixed, rel=1e-12)
    assert busy.total > busy.fixed


def test_what_is_fixed_of_itl_is_its_lookup_table(folder):
    """50 RCU x 720 h x $0.00013 = 4.68, as table 4 of the whitepaper prints."""
    (folder / "hours.csv").write_text("timestamp,rate\n2018-06-01T00:00:00,100\n2018-06-01T04:00:00,20\n")
    for traffic in (*(traffic for traffic, _ in SILENT.values()), "{csv: hours.csv, record_size: 1 KB}"):
        changes = {"rates.dynamodb.read_capacity.usd": '"0.00013"'}
        assert bill(folder, "itl", traffic, changes).fixed == pytest.approx(4.68)


@st.composite
def days(draw):
    """A day as (hours, records a second) of periods in quarters of an hour, and where to cut one of them in two."""
    cuts = sorted(draw(st.sets(st.integers(1, 95), min_size=1, max_size=4)))
    quarters = [end - start for start, end in zip([0, *cuts], [*cuts, 96], strict=True)]
    rates = draw(st.lists(st.integers(0, 20_000), min_size=len(quarters), max_size=len(quarters), unique=True))
    cut = draw(st.integers(0, len(quarters) - 1))
    return [(count / 4, rate) for count, rate in zip(quarters, rates, strict=True)], cut, draw(st.floats(0.1, 0.9))


def periods(spans):
    names = (f"{{name: p{n}, rate: {rate}/s, hours: {hours!r}}}" for n, (hours, rate) in enumerate(spans))
    return f"{{periods: [{', '.join(names)}], record_size: {{1 KB: 90%, 11 KB: 10%}}}}"


@slow
@given(patterns, days())
def test_splitting_a_period_in_two_changes_nothing(folder, pattern, day):
    spans, cut, share = day
    hours, rate = spans[cut]
    split = [*spans[:cut], (hours * share, rate), (hours * (1 - share), rate), *spans[cut + 1 :]]
    assert_same_bill(bill(folder, pattern, periods(spans)), bill(folder, pattern, periods(split)))


@slow
@given(patterns, st.integers(1, 100_000))
def test_traffic_of_one_shape_costs_the_same_however_it_is_written(folder, pattern, fifth):
    peak, rest = 5 * fifth, fifth
    written = bill(folder, pattern, f"{{peak_rate: {peak}/s, peak_hours: 4, off_peak_share: 20%, record_size: 1 KB}}")
    hours = [peak if hour in (9, 10, 11, 20) else rest for hour in range(24)]
    rows = "".join(f"2018-06-01T{hour:02d}:00:00,{rate}\n" for hour, rate in enumerate(hours))
    (folder / "day.csv").write_text(f"timestamp,rate\n{rows}")
    for shape in (
        f"periods: [{{name: noon, rate: {peak}/s, hours: 4}}, {{name: others, rate: {rest}/s, hours: 20}}]",
        f"periods: [{{name: off_peak, rate: {rest}/s, hours: 140}}, {{name: peak, rate: {peak}/s, hours: 28}}]",  # of a week
        f"periods: [{{name: peak, rate: {peak}/s, hours: 120}}, {{name: off_peak, rate: {rest}/s, hours: 600}}]",  # of the month
        f"peak_rate: {peak}/s, profile: {hours}",
        f"peak_rate: {peak}/s, profile: {hours * 7}",
        "csv: day.csv",
    ):
        assert_same_bill(written, bill(folder, pattern, f"{{{shape}, record_size: 1 KB}}"))


@slow
@given(patterns, st.integers(1, 1_000_000))
def test_the_months_records_and_volume_give_back_the_peak(folder, pattern, peak):
    shape = "peak_hours: 4, off_peak_share: 20%, record_size: {1 KB: 75%, 5 KB: 25%}"
    written = bill(folder, pattern, f"{{peak_rate: {peak}/s, {shape}}}")
    records = peak * (4 + 20 / 5) * 3600 * 30
    assert written.records == pytest.approx(records)
    assert_same_bill(written, bill(folder, pattern, f"{{monthly_records: {records!r}, {shape}}}"))
    kilobytes = records * (0.75 * 1 + 0.25 * 5)
    assert_same_bill(written, bill(folder, pattern, f"{{monthly_volume: {kilobytes!r} KB, {shape}}}"))


@slow
@given(patterns, st.integers(0, 1_000_000))
def test_constant_traffic_is_metered_alike_by_period_and_by_month(folder, pattern, peak):
    traffic = f"{{peak_rate: {peak}/s, record_size: {{1 KB: 90%, 11 KB: 10%}}}}"
    names = [component.name for component in opened(pattern).pattern.components if not component.auto]
    by_period, by_month = (
        bill(folder, pattern, traffic, {f"{name}.meter": meter for name in names}) for meter in ("period", "month")
    )
    assert_same_bill(by_period, by_month)


SERVICES_THAT_TAKE_RECORDS = {
    "s3": "service: s3",
    "firehose": "service: firehose",
    "lambda by count": "service: lambda, batch: 7 records, duration: 90 ms",
    "lambda by size": "service: lambda, batch: 64 KB, duration: 90 ms",
    "kms": "service: kms",
    "iot_core": "service: iot_core",
    "dynamodb": "service: dynamodb, writes_per_record: 1",
    "kinesis_analytics": "service: kinesis_analytics",
}


@pytest.mark.parametrize("taker", SERVICES_THAT_TAKE_RECORDS)
@slow
@given(share=st.integers(1, 99), peak=st.integers(0, 100_000))
def test_two_parts_of_one_origin_are_the_whole(folder, taker, share, peak):
    taking = SERVICES_THAT_TAKE_RECORDS[taker]
    traffic = f"{{peak_rate: {peak}/s, peak_hours: 4, off_peak_share: 20%, record_size: {{1 KB: 90%, 11 KB: 10%}}}}"
    parts = f"[{{from: source, share: {share}%}}, {{from: source, share: {100 - share}%}}]"
    whole = f"  taker: {{{taking}, input: source}}\n  last: {{service: s3, input: taker}}\n"
    assert_same_bill(bill(folder, whole, traffic), bill(folder, whole.replace("input: source", f"input: {parts}"), traffic))


# The bill


@given(patterns, free_tiers, PEAKS)
def test_the_tiers_and_the_free_quantity_add_up_to_the_quantity(pattern, free_tier, peak):
    result = at_peak(pattern, peak, free_tier)
    for usage in result.metered.usages:
        parts = [charge for charge in result.charges if charge.usage is usage]
        unit = parts[0].rate.per.unit
        billed = sum(charge.quantity + charge.free for charge in parts)
        assert billed == pytest.approx(usage.amount / unit.scale, rel=1e-9), usage.item
        assert [charge.tier for charge in parts] == list(range(1, len(parts[0].rate.tiers) + 1))


@given(pattern=patterns, free_tier=free_tiers, peak=PEAKS)
@example(pattern="clickstream", free_tier="legacy-12-month", peak=10**0.140625)  # the second bucket's free part, by differences
def test_no_tier_holds_more_than_its_width_or_less_than_nothing(pattern, free_tier, peak):
    held, free = {}, {}
    for charge in at_peak(pattern, peak, free_tier).charges:
        assert charge.quantity >= 0
        assert charge.free >= 0
        held[charge.rate.key, charge.tier] = held.get((charge.rate.key, charge.tier), 0) + charge.quantity
        free[charge.rate.key] = free.get(charge.rate.key, 0) + charge.free
        scale = charge.rate.per.unit.scale
        edges = [0, *(tier.up_to.value / scale for tier in charge.rate.tiers if tier.up_to), math.inf]
        assert held[charge.rate.key, charge.tier] <= (edges[charge.tier] - edges[charge.tier - 1]) * (1 + 1e-9)
        if free_tier == "none":
            assert free[charge.rate.key] == 0


@pytest.mark.parametrize("free_tier", FREE_TIERS)
@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("pattern", PATTERNS)
def test_on_every_line_the_cost_is_the_quantity_times_the_price(folder, pattern, scenario, free_tier):
    path, rates = place_of(pattern, folder)
    result = estimate(path, scenario, rates=rates, free_tier=free_tier)
    for line in result.lines:
        assert line.cost == line.pricing_quantity * line.unit_price
        assert line.pricing_quantity + line.free_quantity > 0
        assert line.source.startswith("https://")
    assert result.total == pytest.approx(sum(line.cost for line in result.lines), rel=1e-12)


@pytest.mark.parametrize("policy", [*FREE_TIERS][1:])
@given(pattern=patterns, peak=PEAKS)
def test_a_free_tier_never_costs_more(policy, pattern, peak):
    assert at_peak(pattern, peak, policy).total <= at_peak(pattern, peak).total * (1 + 1e-12)


def test_an_allowance_of_unit_months_is_for_every_moment_of_the_month():
    """25 RCU-months are 25 x 720 hours; a price of another kind has no such allowance."""
    lines = estimate("itl", "large", free_tier="always").lines
    read = next(line for line in lines if line.rate == "dynamodb.read_capacity")
    assert read.free_quantity == 25 * 720
    with pytest.raises(InputError, match="GB-seconds"):
        estimate("itl", "large", changes={"rates.lambda.duration.free": "{always: 1 GB-months}"}, free_tier="always")


def tier_edges():
    for name in CARDS:
        card = read_card(LIBRARY.load("pricing", LIBRARY.find("pricing", name)), name)
        for rate in card.rates.values():
            for below, above in zip(rate.tiers, rate.tiers[1:], strict=False):
                yield pytest.param(card, rate, below, above, id=f"{name} {rate.key} {below.up_to.text}")


@pytest.mark.parametrize(("card", "rate", "below", "above"), list(tier_edges()))
def test_the_cost_is_continuous_at_a_tiers_edge(card, rate, below, above):
    """A little below the edge costs the tier's price less, a little above it the next tier's price more: nothing jumps."""

    def cost(quantity):
        amount = quantity * rate.per.unit.scale
        usage = MonthUsage("component", "service", "item", rate.key, amount, amount)
        return sum(charge.cost for charge in charges([usage], card, "none", 720 * 3_600_000.0, Floats()))

    edge = below.up_to.value / rate.per.unit.scale
    step = edge / 1000
    assert cost(edge) - cost(edge - step) == pytest.approx(step * below.usd.value / rate.per.block, rel=1e-6, abs=1e-12)
    assert cost(edge + step) - cost(edge) == pytest.approx(step * above.usd.value / rate.per.block, rel=1e-6, abs=1e-12)
    assert cost(edge * (1 + 1e-12)) == pytest.approx(cost(edge), rel=1e-11, abs=1e-9)
