"""Units: what a number with a unit means, and what is said to someone who mistypes one."""

import re

import pytest
from hypothesis import given, strategies as st

from costmodel.units import (
    COUNT,
    DOLLARS,
    HOURS,
    MONEY,
    ONE,
    PER_SECOND,
    RATE,
    SHARE,
    SIZE,
    TIME,
    best_unit,
    parse,
    pricing_unit,
)

# KB, MB, GB and TB step by 1,024 on AWS bills: billing_rules.md, section 1 ("GB = 2^30", "1,048,576 KB per GB").
GIGABYTE = 1024 * 1024 * 1024


@pytest.mark.parametrize(
    ("text", "base_units"),
    [
        ("1 bytes", 1),
        ("7 B", 7),
        ("5 KB", 5 * 1024),
        ("5KB", 5 * 1024),
        ("  5  KB ", 5 * 1024),
        ("0.2 KB", 204.8),
        (".5 KB", 512),
        ("1e3 KB", 1000 * 1024),
        ("100 MB", 100 * 1024 * 1024),
        ("5 GB", 5 * GIGABYTE),
        ("500 TB", 500 * 1024 * GIGABYTE),
    ],
)
def test_sizes_step_by_1024(text, base_units):
    assert parse(text, SIZE) == base_units


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("276.25 ms", 276.25),
        ("300 s", 300_000),
        ("300 seconds", 300_000),
        ("1 second", 1000),
        ("5 min", 300_000),
        ("5 minutes", 300_000),
        ("4 h", 14_400_000),
        ("4 hours", 14_400_000),
        ("30 days", 30 * 86_400_000),
        ("1 day", 86_400_000),
    ],
)
def test_times_are_milliseconds(text, milliseconds):
    assert parse(text, TIME) == milliseconds


@pytest.mark.parametrize(
    ("text", "per_second"),
    [
        ("1000/s", 1000),
        ("1000 /s", 1000),
        ("5000 records/s", 5000),
        ("60/min", 1),
        ("60/minute", 1),
        ("7200/h", 2),
        ("7200/hour", 2),
        ("86400/day", 1),
    ],
)
def test_rates_are_per_millisecond(text, per_second):
    assert parse(text, RATE) == per_second / 1000


@pytest.mark.parametrize(
    ("text", "dimension", "bare", "value"),
    [
        ("4", TIME, HOURS, 4 * 3_600_000),
        ("1000", RATE, PER_SECOND, 1),
        ("1e6", COUNT, ONE, 1_000_000),
        ("1E6", COUNT, ONE, 1_000_000),
        ("25 million", COUNT, ONE, 25_000_000),
        ("1 billion", COUNT, ONE, 1_000_000_000),
        ("3 thousand", COUNT, ONE, 3000),
        ("0.2", COUNT, SHARE, 0.2),
        ("0.029", MONEY, DOLLARS, 0.029),
        ("-3", COUNT, ONE, -3),
    ],
)
def test_a_bare_number_takes_the_unit_of_its_key(text, dimension, bare, value):
    assert parse(text, dimension, bare) == value


@given(st.integers(0, 100))
def test_a_percentage_is_exactly_the_decimal_it_says(percent):
    decimal = "1" if percent == 100 else f"0.{percent:02d}"
    assert parse(f"{percent}%", COUNT, SHARE) == float(decimal)
    assert parse(f"{percent} %", COUNT, SHARE) == float(decimal)


@pytest.mark.parametrize(
    ("text", "dimension", "bare", "said"),
    [
        ("5", SIZE, None, "needs a unit: bytes, KB, MB, GB, TB; write for example 5 KB"),
        ("300", TIME, None, "write for example 300 s"),
        ("5 kb", SIZE, None, "did you mean 5 KB?"),
        ("5 KiB", SIZE, None, "did you mean 5 KB?"),
        ("5 gib", SIZE, None, "did you mean 5 GB?"),
        ("5 S", TIME, None, "did you mean 5 s?"),
        ("5 parsecs", SIZE, None, "'parsecs' is not a unit of size (bytes, KB, MB, GB, TB); write for example 5 KB"),
        ("5 KB", TIME, None, "'KB' is not a unit of time"),
        ("5 s", SIZE, None, "'s' is not a unit of size"),
        ("5 KB", COUNT, ONE, "is not a number; write for example 5"),
        ("20%", COUNT, ONE, "is not a number"),
        ("20 apples", COUNT, SHARE, "is not a share; write for example 20% or 0.2"),
        ("5000 records", RATE, PER_SECOND, "write for example 1000/s"),
        ("a lot", SIZE, None, "'a lot' is not a size; write for example 5 KB"),
        ("", SIZE, None, "is not a size"),
        ("8:00", TIME, HOURS, "write for example 8 h"),
        ("0x10", COUNT, ONE, "is not a number"),
    ],
)
def test_a_mistyped_unit_is_told_what_to_write(text, dimension, bare, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        parse(text, dimension, bare)


@pytest.mark.parametrize(
    ("text", "said"), [("1,000/s", "write 1000/s"), ("1_000/s", "write 1000/s"), ("1,000,000/s", "1000000/s")]
)
def test_separators_within_a_number_are_refused(text, said):
    with pytest.raises(ValueError, match="separator") as error:
        parse(text, RATE, PER_SECOND)
    assert said in str(error.value)


@pytest.mark.parametrize("text", ["nan", "NaN", "inf", "-inf", "Infinity", "nan KB"])
def test_what_is_no_number_to_count_with_is_refused(text):
    for dimension, bare in ((COUNT, ONE), (COUNT, SHARE), (SIZE, None), (RATE, PER_SECOND)):
        with pytest.raises(ValueError, match="write for example"):
            parse(text, dimension, bare)


@pytest.mark.parametrize(
    ("text", "dimension"), [("1e999 KB", SIZE), ("-1e999 KB", SIZE), ("1e308 TB", SIZE), ("1e308 days", TIME)]
)
def test_no_text_gives_infinity(text, dimension):
    with pytest.raises(ValueError, match="absurdly large"):
        parse(text, dimension)


@pytest.mark.parametrize("text", ["100 MB/s", "5 KB/s", "3 h/s"])
def test_a_flow_of_bytes_is_not_taken_for_a_rate_of_records(text):
    """ "5000 records/s" may say what it counts; a unit of something else there is a mistake, not a word."""
    with pytest.raises(ValueError, match="/s"):
        parse(text, RATE, PER_SECOND)


numbers = st.floats(0, 1e15, allow_nan=False)
units = st.sampled_from(
    [("bytes", SIZE), ("KB", SIZE), ("TB", SIZE), ("ms", TIME), ("s", TIME), ("days", TIME), ("/s", RATE), ("/day", RATE)]
)


@given(numbers, numbers, units)
def test_a_larger_number_is_a_larger_amount(one, other, unit):
    low, high = sorted((one, other))
    name, dimension = unit
    assert parse(f"{low!r} {name}", dimension) <= parse(f"{high!r} {name}", dimension)


@given(st.integers(0, 1_000_000), units)
def test_amounts_are_in_proportion_to_their_numbers(number, unit):
    name, dimension = unit
    assert parse(f"{number} {name}", dimension) == pytest.approx(number * parse(f"1 {name}", dimension), rel=1e-15)


@given(st.integers(0, 10_000))
def test_a_unit_is_so_many_of_the_next_smaller(number):
    for larger, smaller, step in (("KB", "bytes", 1024), ("MB", "KB", 1024), ("GB", "MB", 1024), ("TB", "GB", 1024)):
        assert parse(f"{number} {larger}", SIZE) == parse(f"{number * step} {smaller}", SIZE)
    for larger, smaller, step in (("s", "ms", 1000), ("minutes", "s", 60), ("h", "minutes", 60), ("days", "h", 24)):
        assert parse(f"{number} {larger}", TIME) == parse(f"{number * step} {smaller}", TIME)


@pytest.mark.parametrize(
    ("name", "dimension", "scale"),
    [
        ("GB", (1, 0, 0), GIGABYTE),
        ("GB-month", (1, 0, 0), GIGABYTE),  # a month is a month, however long: what is kept is a size
        ("GB-second", (1, 1, 0), GIGABYTE * 1000),
        ("GB-hour", (1, 1, 0), GIGABYTE * 3_600_000),
        ("RCU-hour", (0, 1, 0), 3_600_000),
        ("KPU-hour", (0, 1, 0), 3_600_000),
        ("minute", (0, 1, 0), 60_000),
        ("key-month", (0, 0, 0), 1),
        ("request", (0, 0, 0), 1),
    ],
)
def test_a_price_is_per_a_unit_that_says_what_it_measures(name, dimension, scale):
    unit = pricing_unit(name)
    assert (unit.name, unit.dimension, unit.scale) == (name, dimension, scale)


def test_a_price_cannot_be_per_something_else_than_time_after_the_dash():
    with pytest.raises(ValueError, match="RCU-hour"):
        pricing_unit("GB-fortnight")


@pytest.mark.parametrize(
    ("value", "dimension", "name"),
    [
        (0, SIZE, "bytes"),
        (1023, SIZE, "bytes"),
        (1024, SIZE, "KB"),
        (GIGABYTE, SIZE, "GB"),
        (999, TIME, "ms"),
        (300_000, TIME, "minutes"),
        (86_400_000, TIME, "days"),
        (1, RATE, "/s"),
    ],
)
def test_the_best_unit_is_the_largest_of_which_there_is_one(value, dimension, name):
    assert best_unit(value, dimension).name == name


def test_a_plain_count_has_no_unit():
    assert best_unit(5, COUNT) is None
