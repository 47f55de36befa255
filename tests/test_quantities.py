"""Quantities: one definition, three readings that agree, and no way to branch on a figure by mistake."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from costmodel.errors import Place
from costmodel.estimating import Traced
from costmodel.quantities import (
    OPERATIONS,
    Quantity,
    by_period,
    constant,
    larger,
    largest_over_periods,
    named,
    round_up,
    smaller,
    sum_over_periods,
    total,
)
from costmodel.shapes import Given
from costmodel.units import COUNT, RATE, SIZE, TIME

# What a rule writes for each row of the table.
WRITTEN = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "larger": larger,
    "smaller": smaller,
    "round_up": round_up,
}
amounts = st.floats(1e-6, 1e12)


def test_every_operation_of_the_table_is_tested_here():
    assert set(WRITTEN) == set(OPERATIONS)


@pytest.mark.parametrize("operation", OPERATIONS)
@given(a=amounts, b=amounts)
def test_every_operation_agrees_on_floats_arrays_and_traced_quantities(operation, a, b):
    write = WRITTEN[operation]
    on_floats = write(a, b)
    assert write(np.array([a, 1.0]), np.array([b, 1.0]))[0] == on_floats
    assert write(np.array([a, 1.0]), b)[0] == on_floats
    assert write(constant(a), constant(b)).value == on_floats
    assert write(constant(a), b).value == on_floats
    assert write(a, constant(b)).value == on_floats


@pytest.mark.parametrize("operation", OPERATIONS)
@given(periods=st.lists(amounts, min_size=1, max_size=4), b=amounts)
def test_every_operation_works_period_by_period(operation, periods, b):
    write = WRITTEN[operation]
    each = by_period([constant(a) for a in periods])
    assert write(each, b).value == tuple(write(a, b) for a in periods)
    assert write(b, each).value == tuple(write(b, a) for a in periods)
    assert write(each, each).value == tuple(write(a, a) for a in periods)


@given(a=amounts, b=amounts)
def test_larger_and_smaller_are_what_they_say(a, b):
    assert larger(a, b) == max(a, b)
    assert smaller(a, b) == min(a, b)
    assert larger(a, b) + smaller(a, b) == a + b


def rounded_up(amount, to):
    """`amount` rounded up in every reading, which must be one figure."""
    on_arrays, traced = round_up(np.array([amount]), to), round_up(constant(amount), constant(to))
    figures = {round_up(amount, to), float(on_arrays[0]), traced.value}
    assert len(figures) == 1
    return figures.pop()


@pytest.mark.parametrize(
    ("amount", "to", "steps"),
    [
        (0.1 + 0.2, 0.1, 3),  # 3.0000000000000004 in binary: Python's ceil gives 4, a spreadsheet's 3
        (0.0, 5120.0, 0),
        (1.0, 5120.0, 1),
        (204.8, 5120.0, 1),
        (5120.0, 5120.0, 1),
        (5121.0, 5120.0, 2),
        (42 * 1024.0, 5120.0, 9),  # Firehose's page: 42 KB is billed as 45 KB
        (276.25, 100.0, 3),  # 276.25 ms is 300 ms in steps of 100 ms
        (4.6e9 + 0.25, 1.0, 4_600_000_001),
        (5e9, 1.0, 5_000_000_000),  # a rule that rounds to 9 decimals first fails for amounts like these
        (5e9 + 0.5, 1.0, 5_000_000_001),
        (1e11, 1.0, 100_000_000_000),
    ],
)
def test_rounding_up_counts_the_started_steps(amount, to, steps):
    assert rounded_up(amount, to) == steps * to


@given(steps=st.integers(1, 100_000_000), size=st.sampled_from([1, 64, 100, 1024, 4096, 5120]))
def test_whole_steps_stay_and_one_byte_more_starts_another(steps, size):
    whole = float(steps * size)
    assert rounded_up(whole, float(size)) == whole
    assert rounded_up(whole + min(1, size / 2), float(size)) == whole + size


@pytest.mark.parametrize(
    "branch",
    [
        lambda q: bool(q),
        lambda q: 1 if q else 0,
        lambda q: q < 5,
        lambda q: q <= 5,
        lambda q: q > 5,
        lambda q: q >= 5,
        lambda q: q == 5,
        lambda q: q != 5,
        lambda q: max(q, 5),
        lambda q: min(5, q),
        lambda q: sorted([q, constant(1.0)]),
        lambda q: q in [5.0],
        lambda q: q and 5,
    ],
)
def test_branching_on_an_amount_says_to_use_larger_and_smaller(branch):
    with pytest.raises(TypeError, match=r"larger.*smaller"):
        branch(constant(5.0))


@pytest.mark.parametrize("convert", [float, int, abs, round, lambda q: -q, lambda q: q**2, lambda q: q % 2, lambda q: q // 2])
def test_an_amount_offers_nothing_outside_the_table(convert):
    with pytest.raises(TypeError):
        convert(constant(5.0))


@pytest.mark.parametrize(
    "mixed",
    [
        lambda array, q: array * q,
        lambda array, q: q * array,
        lambda array, q: array + q,
        lambda array, q: array / q,
        lambda array, q: q - array,
        lambda array, q: np.maximum(array, q),
        lambda array, q: np.add(array, q),
        lambda array, q: larger(array, q),
        lambda array, q: round_up(q, array),
    ],
)
def test_numpy_cannot_take_a_quantity_apart(mixed):
    with pytest.raises(TypeError):
        mixed(np.array([1.0, 2.0, 3.0]), constant(5.0))


def test_a_number_of_numpy_is_a_number():
    product = np.float64(2) * constant(3.0)
    assert isinstance(product, Quantity)
    assert product.value == 6


SECONDS, KILOBYTES = constant(2000.0, TIME), constant(3072.0, SIZE)


@pytest.mark.parametrize(
    "mixed",
    [
        lambda: KILOBYTES + SECONDS,
        lambda: KILOBYTES - SECONDS,
        lambda: larger(KILOBYTES, SECONDS),
        lambda: smaller(KILOBYTES, SECONDS),
        lambda: round_up(KILOBYTES, to=SECONDS),
        lambda: KILOBYTES + 1,
        lambda: 1 - KILOBYTES,
        lambda: round_up(KILOBYTES, to=1024),
    ],
)
def test_unlike_amounts_do_not_mix(mixed):
    with pytest.raises(TypeError, match="two of a kind"):
        mixed()


def test_dimensions_follow_the_arithmetic():
    assert (KILOBYTES * SECONDS).dimension == (1, 1, 0)
    assert (KILOBYTES / SECONDS).dimension == (1, -1, 0)
    assert (1 / SECONDS).dimension == RATE
    assert (KILOBYTES / KILOBYTES).dimension == COUNT
    assert (KILOBYTES * 2).dimension == SIZE
    assert round_up(KILOBYTES, to=constant(5120.0, SIZE)).dimension == SIZE


def test_nothing_is_of_every_kind():
    assert (KILOBYTES + 0).dimension == SIZE
    assert (0 + KILOBYTES).dimension == SIZE
    assert larger(KILOBYTES - KILOBYTES, 0).dimension == SIZE


def test_a_quantity_is_a_key_by_itself_not_by_its_value():
    one, same = constant(5.0), constant(5.0)
    assert {one: "one", same: "same"}[one] == "one"
    assert len({one, same}) == 2
    assert hash(one) == hash(one)


def test_a_quantity_remembers_what_it_was_made_from():
    records, size = constant(3.0), constant(1024.0, SIZE)
    volume = records * size
    assert volume.operation == "multiply"
    assert volume.operands[0] is records
    assert volume.operands[1] is size
    assert not records.operation


def test_the_first_name_of_an_amount_wins_and_inputs_keep_their_path():
    amount = constant(1.0)
    an_input = Traced().number("traffic.peak_rate", Given(1.0, "1000/s", RATE, Place("large.yaml", 4, 15)))
    named(named(amount, "ingest", "ingested", "GB"), "rating", "used", "records")
    named(an_input, "source", "rate")
    assert (amount.scope, amount.name, amount.label) == ("ingest", "ingested", "GB")
    assert (an_input.path, an_input.name) == ("traffic.peak_rate", "")
    assert named(5.0, "ingest", "ingested") == 5.0


@given(st.lists(amounts, min_size=1, max_size=5))
def test_joins_over_periods_agree_in_every_reading(values):
    traced = by_period([constant(value, SIZE) for value in values])
    arrays = [np.array([value, 2 * value]) for value in values]
    for join, expected in ((sum_over_periods, sum(values)), (largest_over_periods, max(values))):
        assert join(values) == pytest.approx(expected, rel=1e-14)
        assert join(arrays)[0] == pytest.approx(expected, rel=1e-14)
        assert join(arrays)[1] == pytest.approx(2 * expected, rel=1e-14)
        assert join([traced]).value == pytest.approx(expected, rel=1e-14)
        assert join([traced]).dimension == SIZE


def test_what_has_one_value_for_all_periods_is_joined_as_it_is():
    provisioned = constant(50.0)
    assert largest_over_periods([provisioned]) is provisioned


def test_a_total_adds_no_leading_nothing():
    only = constant(5.0)
    assert total([only]) is only
    assert total([]) == 0
    assert total(iter([1.0, 2.0, 3.0])) == 6
