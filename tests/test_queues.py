"""What waits before a limit: closed forms worked by hand, properties, and a simulation of single records."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings, strategies as st

from costmodel.capacity.queues import Peak, Queue, backlog_over, queue, refused, share_over

HOUR = 3600
NEVER = (math.inf, math.inf, math.inf)


def exactly(value):
    return pytest.approx(value, rel=1e-6)


def at_one_limit(steps, limit):
    return backlog_over([(seconds, load, limit) for seconds, load in steps])


# One second in four brings 2, the others nothing, and 1 is drained: W goes up by 1 with p = 1/4, down by 1 with q = 3/4.
ON_AND_OFF = [(0.25, 2.0), (0.75, 0.0)]


def test_the_mean_of_a_load_that_is_on_and_off():
    """At ends of seconds P(W >= j) = r^j with r = p / q = 1/3, for r^j = p r^(j - 1) + q r^(j + 1); so E[W] is r / (1 - r) = 1/2.

    Within a second that is on, 1/2 more than W waits on average; within one that is off, 1/2 less, if W >= 1. Together that is
    1/2 + p/2 - q r/2 = 1/2. Records come only when it is on, and wait (1/2 + 1/2) / 1 = 1 second.
    """
    found = queue(ON_AND_OFF, 1.0)
    assert found.share_over == 0.25
    assert found.mean_backlog == exactly(1 / 2)
    assert found.mean_delay == exactly(1)


def test_what_is_exceeded_in_1_of_100_seconds_and_by_1_of_100_records():
    """Of a whole number v of seconds, P(V > v) is p r^v + q r^(v + 1) = r^v / 2, and r^v as records see it; straight between.

    1/162 < 1% < 1/54 lie at v = 4 and 3, and 1/243 < 1% < 1/81 at v = 5 and 4.
    """
    found = queue(ON_AND_OFF, 1.0)
    assert found.backlog_99 == exactly(3 + (1 / 54 - 0.01) / (1 / 54 - 1 / 162))
    assert found.delay_99 == exactly(4 + (1 / 81 - 0.01) / (1 / 81 - 1 / 243))


@pytest.mark.parametrize("on", [1e-6, 0.01, 0.4, 0.49, 0.4985, 0.4995, 0.49999, 0.4999999])
def test_from_hardly_ever_on_to_all_but_the_limit(on):
    """The mean is r / (1 - r) whatever p is, as above; the last ones are so near the limit that the exponential form is used."""
    r = on / (1 - on)
    assert queue([(on, 2.0), (1 - on, 0.0)], 1.0).mean_backlog == pytest.approx(r / (1 - r), rel=2e-3 if on > 0.499 else 1e-6)


@pytest.mark.parametrize(("used", "up"), [(0.6, 2), (0.5, 991), (0.99, 991), (0.999, 991), (0.9999, 991)])
def test_bursts_that_drain_one_by_one(used, up):
    """W goes up by b with p, else down by 1 but never below 0. E[W] and E[W^2] are the same after a length as before.

    A share u of the limit is used: p (b + 1) = u. With q = 1 - p, the mean step is m = p b - q = u - 1. Where W = 0, going down
    takes 1 less: 0 = m + q P(W = 0), and 0 = E[step^2] + 2 m E[W] - q P(W = 0) = p b^2 + q + 2 m E[W] + m, so that
    E[W] = p b (b + 1) / -2m = u b / 2 (1 - u). Within lengths, b/2 more waits on average when it goes up, and 1/2 less when it
    goes down if W is not 0: p b / 2 - (q - q P(W = 0)) / 2 = (p b - q - m) / 2 = 0. A length of 10 s makes each 1,000 of 100/s.
    """
    chance = used / (up + 1)
    found = queue([(chance, 100.0 * (up + 1)), (1 - chance, 0.0)], 100.0, length=10.0)
    mean = 1000 * used * up / (2 * (1 - used))
    near = {2: 1e-6}.get(up, 2e-4 if used < 0.999 else 1e-3)  # 1 of 991 is beside the lattice; then it is the exponential form
    assert found.mean_backlog == pytest.approx(mean, rel=near)
    assert found.mean_delay == pytest.approx(mean / (100 * used), rel=near)


def test_seconds_at_the_limit_leave_what_waits():
    """As on and off, with r = (1/8) / (3/8) = 1/3, but in half of the seconds nothing changes."""
    assert queue([(1 / 8, 2.0), (1 / 2, 1.0), (3 / 8, 0.0)], 1.0).mean_backlog == pytest.approx(1 / 2, rel=1e-5)


def test_levels_beside_the_lattice_against_lindleys_recursion_run_until_nothing_changes():
    levels, limit, size = [(0.5, 2), (0.3, 5), (0.15, 9), (0.05, 17)], 6, 1500
    at_ends = np.zeros(size)
    at_ends[0] = 1.0
    for _ in range(600):
        after = np.zeros(size)
        for share, load in levels:
            at = np.maximum(np.arange(size) + load - limit, 0)
            np.add.at(after, np.minimum(at, size - 1), share * at_ends)
        at_ends = after
    within = (np.arange(400) + 0.5) / 400
    backlog = [np.maximum(np.arange(size)[:, None] + (load - limit) * within, 0) for _, load in levels]
    found = queue(levels, limit)
    assert found.mean_backlog == pytest.approx(
        sum(share * at_ends @ waits.mean(axis=1) for (share, _), waits in zip(levels, backlog, strict=True)), rel=2e-4
    )
    in_99 = sum(
        share * at_ends @ (waits > found.backlog_99).mean(axis=1) for (share, _), waits in zip(levels, backlog, strict=True)
    )
    assert in_99 == pytest.approx(0.01, rel=5e-3)


def waits_of_records(levels, limit, length, count):
    """Seconds that each record waits for a server that takes 1 / limit for each, in order, in a row for each `length` seconds.

    So many lengths are simulated; records come evenly spaced in each. A fixed seed draws their levels.
    """
    rates = np.random.default_rng(7).choice([load for _, load in levels], count, p=[share for share, _ in levels])
    records = (rates * length).astype(int)
    number = np.arange(records.sum()) - np.repeat(np.cumsum(records) - records, records)
    came = np.repeat(np.arange(count) * length, records) + (number + 0.5) / np.repeat(rates, records)
    least = np.diff(came, prepend=came[0]) - 1 / limit
    walk = -np.cumsum(least)
    return walk - np.minimum.accumulate(walk), np.cumsum(records)


def with_error(values, ends, parts=50):
    """The mean over the records, and its standard error, from the means of long stretches, each as good as independent."""
    at = ends[np.linspace(0, len(ends) - 1, parts + 1).astype(int)]
    sums, counts = np.diff(np.append(0, np.cumsum(values))[at]), np.diff(at)
    mean = sums.sum() / counts.sum()
    return mean, np.std(sums - mean * counts) / np.sqrt(parts) / counts.mean()


@pytest.mark.parametrize(
    ("levels", "limit", "length", "count"),
    [
        ([(0.7, 8), (0.3, 60)], 40, 1.0, 250_000),
        ([(0.6, 13), (0.3, 37), (0.1, 61)], 41, 3.0, 60_000),
    ],
)
def test_records_of_a_simulation_wait_as_long(levels, limit, length, count):
    """FIFO waits of records, by number of records, are compared; not what waits at moments of time.

    The fluid has no single records: a record's wait may differ by the time that one takes. Beside that, the simulation's own
    error, four times its standard error; an answer that were wrong by 10% would be outside it.
    """
    found = queue(levels, limit, length)
    waits, ends = waits_of_records(levels, limit, length, count)
    mean, error = with_error(waits, ends)
    assert abs(found.mean_delay - mean) < 4 * error + 0.5 / limit < 0.1 * mean

    def seen(delay):
        """Whether 1% of the records wait longer, as far as the simulation can tell."""
        share, error = with_error(waits > delay, ends)
        return abs(share - 0.01) < 4 * error

    assert seen(found.delay_99)
    assert not seen(found.delay_99 * 0.9)
    assert not seen(found.delay_99 * 1.1)


def test_where_nothing_comes_above_the_limit_nothing_waits():
    assert queue([(0.5, 10.0), (0.5, 4.0)], 10.0) == (0, 0, 0, 0, 0)
    assert queue([(1.0, 10.0 + 1e-12)], 10.0) == (0, 0, 0, 0, 0)
    assert queue([(1.0, 0.0)], 0.0) == (0, 0, 0, 0, 0)
    assert queue([(0.0, 99.0), (1.0, 1.0)], math.inf) == (0, 0, 0, 0, 0)
    assert at_one_limit([(HOUR, 10.0), (HOUR, 0.0)], 10.0) == (0, 0, 0, 0)
    assert at_one_limit([(HOUR, 0.0)], 0.0) == (0, 0, 0, 0)
    assert at_one_limit([], 0.0) == (0, 0, 0, 0)


@pytest.mark.parametrize("limit", [0.0, 1.0, 5.0])
def test_what_comes_as_fast_as_it_is_drained_waits_for_ever(limit):
    assert queue([(0.5, 10.0), (0.5, 0.0)], limit) == Queue(0.5, *NEVER, math.inf)
    assert at_one_limit([(HOUR, 10.0), (HOUR, 0.0)], limit) == Peak(*NEVER, 1.0)


def test_a_level_that_never_comes_changes_nothing():
    assert queue([*ON_AND_OFF, (0.0, 1e9)], 1.0) == queue(ON_AND_OFF, 1.0)


def test_what_cannot_wait_is_refused():
    """In one second of ten 3,000 come and 1,000 are taken, else 500: of 750 on average 200 are refused."""
    bursts = [(0.1, 3000.0), (0.9, 500.0)]
    assert share_over(bursts, 1000.0) == 0.1
    assert refused(bursts, 1000.0) == exactly(200)
    assert refused(bursts, 3000.0) == 0
    assert refused(bursts, 0.0) == exactly(750)
    assert refused([(1.0, 0.0)], 0.0) == 0


def test_eight_hours_above_the_limit():
    """1,000/s above the limit for 8 h are 28.8 million; at 4,000/s who comes last waits 2 h; at 3,000/s they drain in 8/3 h."""
    day = [(8 * HOUR, 5000.0), (16 * HOUR, 1000.0)]
    in_all = (8 + 8 / 3) / 24
    assert at_one_limit(day, 4000.0) == exactly((28.8e6, 2 * HOUR, 8 / 3 * HOUR, in_all))


def test_a_day_that_begins_in_its_peak():
    """From 22 h to 2 h 200 a second come, else 40, against 100: 1.44 million at 2 h, gone after 1.44 million / 60 = 24,000 s."""
    day = [(2 * HOUR, 200.0), (20 * HOUR, 40.0), (2 * HOUR, 200.0)]
    assert at_one_limit(day, 100.0) == exactly((1.44e6, 14_400, 24_000, (4 * HOUR + 24_000) / (24 * HOUR)))


def test_a_second_peak_before_the_first_is_drained():
    """50/s above 100/s for 2 h: 100 h/s wait. 40/s below for 2 h: 20. 50/s above for 2 h: 120, for an hour; 60/s below: 2 h more.

    (An h/s is 3,600 records.) So the last waits 1.2 h, 1 + 2 h after the most has waited nothing does, and 9 h of 17 something.
    """
    steps = [(2, 150.0), (2, 60.0), (2, 150.0), (1, 100.0), (10, 40.0)]
    found = at_one_limit([(hours * HOUR, load) for hours, load in steps], 100.0)
    assert found == exactly((120 * HOUR, 1.2 * HOUR, 3 * HOUR, 9 / 17))


def test_the_time_until_it_is_drained_is_that_of_the_larger_peak():
    """100/s above the limit for 2 h drain at 100/s in 2 h; 100/s for 1 h, later, in 1 h: in all 6 of 10 h."""
    steps = [(2, 200.0), (3, 0.0), (1, 200.0), (4, 0.0)]
    found = at_one_limit([(hours * HOUR, load) for hours, load in steps], 100.0)
    assert found == exactly((200 * HOUR, 2 * HOUR, 2 * HOUR, 6 / 10))


@pytest.mark.parametrize(
    ("limit", "largest", "delay", "drained"),
    [
        # 200 more than 400 each hour: 800, which 2,940 work off. Who comes after 8/3 h finds 533 and is the last to wait for 400.
        (400, 800, 4 / 3, 800 / 2940),
        # 50 each hour take in 4 h what has come in the first 20 minutes; all that comes later waits until the limit is higher.
        (50, 2200, 4 - 1 / 3, 2200 / 2940),
        (0, 2400, 4, 2400 / 2940),
    ],
)
def test_limits_that_differ_between_hours(limit, largest, delay, drained):
    """600 an hour come for 4 h, 60 for 20 h, where 3,000 an hour are worked off."""
    found = backlog_over([(4 * HOUR, 600 / HOUR, limit / HOUR), (20 * HOUR, 60 / HOUR, 3000 / HOUR)])
    assert found == exactly((largest, delay * HOUR, drained * HOUR, (4 + drained) / 24))


def test_nothing_provisioned_where_nothing_comes():
    assert backlog_over([(HOUR, 10.0, 20.0), (HOUR, 0.0, 0.0)]) == (0, 0, 0, 0)


def in_small_steps(steps, of_second):
    """The largest backlog and the longest delay, second by second, over two stretches of which the second is taken."""
    rates = [(load, limit) for _ in range(3) for seconds, load, limit in steps for _ in range(int(seconds * of_second))]
    backlog, come, gone = 0.0, [0.0], [0.0]
    for load, limit in rates:
        backlog = max(0.0, backlog + (load - limit) / of_second)
        come.append(come[-1] + load / of_second)
        gone.append(come[-1] - backlog)
    stretch = len(rates) // 3
    out = np.searchsorted(gone, np.array(come) - 1e-9)
    waits = (out - np.arange(len(come)))[stretch : 2 * stretch] / of_second
    largest = max(c - g for c, g in zip(come[stretch:], gone[stretch:], strict=True))
    return largest, max(0.0, float(waits.max()))


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=6))
def test_any_stretch_as_it_comes_out_in_small_steps(steps):
    assume(sum(seconds * (load - limit) for seconds, load, limit in steps) < 0)
    found = backlog_over(steps)
    largest, longest = in_small_steps(steps, 50)
    assert found.largest_backlog == pytest.approx(largest, abs=1e-6)
    assert found.longest_delay == pytest.approx(longest, abs=3 / 50)


loads = st.floats(0, 1000)


@st.composite
def levels(draw):
    drawn = draw(st.lists(st.tuples(st.integers(1, 100), loads), min_size=1, max_size=6))
    whole = sum(part for part, _ in drawn)
    return [(part / whole, load) for part, load in drawn]


steps = st.lists(st.tuples(st.floats(1, 1e5), loads), min_size=1, max_size=30)
limits = st.floats(1, 1000)
factors = st.floats(0.01, 100)


def no_less(more, less):
    """Field by field, but for what the lattice makes of it."""
    return all(a >= b * (1 - 5e-3) - 1e-6 for a, b in zip(more, less, strict=True))


@settings(max_examples=40)
@given(levels(), limits, st.floats(1, 2))
def test_a_higher_limit_leaves_less_waiting(levels, limit, factor):
    assert no_less(queue(levels, limit), queue(levels, limit * factor))
    assert (
        0 <= refused(levels, limit * factor) <= refused(levels, limit) <= sum(share * load for share, load in levels) * (1 + 1e-9)
    )


@settings(max_examples=40)
@given(levels(), limits, factors)
def test_counted_in_other_units_as_much_waits_as_long(levels, limit, factor):
    over, mean, of_99, delay, delay_99 = queue(levels, limit)
    found = queue([(share, load * factor) for share, load in levels], limit * factor)
    assert found == pytest.approx((over, mean * factor, of_99 * factor, delay, delay_99), rel=1e-5, abs=1e-6)


@settings(max_examples=40)
@given(levels(), limits, factors)
def test_levels_that_last_longer_let_more_wait_and_longer(levels, limit, factor):
    over, *waits = queue(levels, limit)
    assert queue(levels, limit, factor) == pytest.approx((over, *(value * factor for value in waits)), rel=1e-9)


@settings(max_examples=40)
@given(levels(), limits)
def test_a_queue_hangs_together(levels, limit):
    """Its 99% are what a tail of 1% can hold of the mean; and a mean delay of records is no shorter than that of moments."""
    assume(math.isfinite(queue(levels, limit).mean_delay))
    over, mean, of_99, delay, delay_99 = queue(levels, limit)
    assert 0 <= of_99 <= mean * 100 * (1 + 1e-6)
    assert mean / limit <= delay
    assert 0 <= delay_99 <= delay * 100 * (1 + 1e-6)
    assert (mean > 0) == (over > 0)


@given(steps, limits, st.floats(1, 2), factors)
def test_stretches_of_time(steps, limit, less, factor):
    found = at_one_limit(steps, limit)
    assert no_less(found[:2], at_one_limit(steps, limit * less)[:2])
    assert found[3] >= at_one_limit(steps, limit * less)[3] - 1e-6
    largest, *others = found
    assert at_one_limit([(time, load * factor) for time, load in steps], limit * factor) == exactly((largest * factor, *others))
    assert found.largest_backlog <= sum(time * max(0, load - limit) for time, load in steps) * (1 + 1e-9) or largest == math.inf
    assert 0 <= found.share_waiting <= 1


@given(steps, limits, st.integers(0, 29))
def test_where_a_stretch_begins_changes_nothing(steps, limit, first):
    begun = first % len(steps)
    found, other = (at_one_limit(order, limit) for order in (steps, steps[begun:] + steps[:begun]))
    assert found[:2] == exactly(other[:2])
    assert found[3] == pytest.approx(other[3], abs=1e-6)
