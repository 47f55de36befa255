"""What waits before a limit, under loads that differ from second to second and from hour to hour.

A load is in anything per second, records or bytes, and the limit, which drains the queue, in the same unit. What waits is fluid,
first come, first served: who comes when `backlog` waits, waits `backlog / limit` seconds. Nothing here is drawn at random.
"""

import math
from collections.abc import Sequence
from itertools import accumulate
from typing import Any, NamedTuple

Levels = Sequence[tuple[float, float]]  # (share of the time, load); the shares add up to 1

ROUNDING = 1e-9  # of the limit: a load as near to it as this is at it
TAIL, LARGEST = 40, 2**18  # the lattice reaches to where e^-TAIL of the backlogs are, and has so many points at most
COARSEST, FINEST = 16, 240  # of them in the largest step up, at least and wanted: a multiple of many, to hit simple ratios


class Queue(NamedTuple):
    """A queue in its steady state; infinite where on average as much comes as the limit, or more.

    Backlogs are of all moments, not only of those where levels end. Delays are of what comes, in seconds; as most comes when much
    waits, they are longer than those backlogs / limit.
    """

    share_over: float  # of the time, in which more comes than the limit
    mean_backlog: float
    backlog_99: float  # no more waits in 99% of the time
    mean_delay: float
    delay_99: float  # 99% of the records wait no longer


class Peak(NamedTuple):
    """What waits over a stretch of time that repeats; infinite, and all the time, where it never drains."""

    largest_backlog: float
    longest_delay: float  # in seconds
    drained_after: float  # so many seconds from then nothing waits any more
    share_waiting: float  # of the time, in which something waits


def share_over(levels: Levels, limit: float) -> float:
    """The share of the time in which more comes than the limit."""
    return math.fsum(share for share, load in levels if _excess(load, limit) > 0)


def refused(levels: Levels, limit: float) -> float:
    """How much comes above the limit, on average, where nothing can wait. What is sent again is not counted again."""
    return math.fsum(share * max(0.0, _excess(load, limit)) for share, load in levels)


def queue(levels: Levels, limit: float, length: float = 1.0) -> Queue:
    """What waits where a level lasts for `length` seconds, and the next is drawn independently of it."""
    over, mean = share_over(levels, limit), math.fsum(share * load for share, load in levels)
    if not over or mean >= limit * (1 - ROUNDING):
        return Queue(over, *[math.inf if over else 0.0] * 4)
    import numpy as np

    shares, excess, of_records = np.array([(p, _excess(load, limit) * length, p * load / mean) for p, load in levels if p]).T
    backlog, backlog_99, of_records_99 = (w * float(excess.max()) for w in _waiting(shares, excess / excess.max(), of_records))
    return Queue(over, backlog, backlog_99, backlog / mean, of_records_99 / limit)  # Little: backlog = mean load x mean delay


def backlog_over(steps: Sequence[tuple[float, float, float]]) -> Peak:
    """What waits over (seconds, load, limit) steps that repeat for ever, each steady within."""
    gains = [(duration, _excess(load, limit) * duration) for duration, load, limit in steps]
    time, worst = math.fsum(duration for duration, _ in gains), math.inf if any(gain > 0 for _, gain in gains) else 0.0
    drains = math.fsum(duration * limit for duration, _, limit in steps)
    if not worst or math.fsum(gain for _, gain in gains) >= -ROUNDING * drains:
        return Peak(worst, worst, worst, min(1.0, worst))
    sums = list(accumulate(gain for _, gain in gains))
    first = sums.index(min(sums)) + 1  # nothing waits after their lowest point
    order = [*range(first, len(steps)), *range(first)]
    backlog = largest = since = drained = waited = 0.0
    come, gone = [(0.0, 0.0)], [(0.0, 0.0)]  # (time, how much has come and gone by then)
    for number in order:
        (duration, load, _), (_, gain) = steps[number], gains[number]
        after, waiting = backlog + gain, duration
        if after <= ROUNDING * (backlog + abs(gain)):  # drained within the step, or nothing waits
            after, waiting = 0.0, duration * backlog / -gain if backlog else 0.0
        now, had = come[-1]
        if waiting < duration:
            gone.append((now + waiting, had + load * waiting))
        come.append((now + duration, had + load * duration))
        gone.append((now + duration, come[-1][1] - after))
        backlog, since, waited = after, since + waiting, waited + waiting
        if backlog > largest:
            largest, since, drained = backlog, 0.0, math.inf
        elif not backlog:
            drained = min(drained, since)
    return Peak(largest, _longest_delay(come, gone), drained, waited / time)


def _longest_delay(come: list[tuple[float, float]], gone: list[tuple[float, float]]) -> float:
    """Between when the same amount has come and has gone, first come, first served: longest where one of both changes its pace.

    Where nothing comes or goes for a while, an amount has two times: of the last before, and of the next after it.
    """
    amounts = sorted({amount for _, amount in come} | {amount for _, amount in gone})
    times = [[_when(curve, amounts, last) for last in (False, True)] for curve in (come, gone)]
    (first_in, last_in), (first_out, last_out) = times
    before = max(out - into for into, out in zip(first_in, first_out, strict=True))
    after = max(out - into for into, out in zip(last_in[:-1], last_out[:-1], strict=True)) if len(amounts) > 1 else 0.0
    return max(before, after, 0.0)


def _when(curve: list[tuple[float, float]], amounts: list[float], last: bool) -> list[float]:
    """The first or the last time at which a curve that never falls has each of these growing amounts."""
    found, n = [], 0
    for amount in amounts:
        while n + 1 < len(curve) - 1 and (curve[n + 1][1] < amount or (last and curve[n + 1][1] <= amount)):
            n += 1
        (start, low), (end, high) = curve[n], curve[n + 1]
        share = (amount - low) / (high - low) if high > low else float(last)
        found.append(start + (end - start) * min(max(share, 0.0), 1.0))
    return found


def _excess(load: float, limit: float) -> float:
    return 0.0 if math.isclose(load, limit, rel_tol=ROUNDING) else load - limit


def _waiting(shares: Any, steps: Any, of_records: Any) -> tuple[float, float, float]:
    """The mean of what waits; what more than that waits in 1% of the time, and when 1% of the records come.

    At a random moment of a level, max(0, W + step x u) waits: W at its start, u evenly from 0 to 1. So P(more than v waits) is
    the integral of P(W > w) from v - step to v, divided by the step. `of_records` is the share that comes in each level.
    """
    import numpy as np

    spacing, tail = _at_ends(shares, steps)
    steps = np.copysign(np.maximum(np.abs(steps), spacing / 1000), steps)  # a step of 0, too, can be divided by
    points = np.append(spacing * np.arange(len(tail) + 1), spacing * len(tail) - steps.min())
    below = np.append(np.cumsum(np.append(0.0, spacing * tail)), spacing * tail.sum())  # the integral from 0 to each point
    of_below = np.cumsum(np.append(0.0, np.diff(points) * (below[1:] + below[:-1]) / 2))
    gained = np.maximum(steps / 2, np.interp(-steps, points, of_below) / steps)  # by the moments of a level, on average

    def exceeded(weights: Any) -> float:
        low, high = 0.0, float(points[-1])
        for _ in range(60):
            v = (low + high) / 2
            start = np.where(v < steps, v - steps, np.interp(v - steps, points, below))
            low, high = (v, high) if weights @ ((np.interp(v, points, below) - start) / steps) > 0.01 else (low, v)
        return low

    return float(below[-1] + shares @ gained), exceeded(shares), exceeded(of_records)


def _at_ends(shares: Any, steps: Any) -> tuple[float, Any]:
    """P(W > w) where levels end, at w = 0, spacing, 2 spacings ...; W is max(0, W + step), of steps the largest of which is 1.

    By Spitzer's identity E[z^W] = exp(sum of a_j (z^j - 1)), a_j for j > 0 being the coefficients of -log(1 - E[z^step]) on a
    lattice. Tilted by half the decay they vanish on both sides, so that Fourier transforms give them (a cepstrum). Where the
    lattice would be too large, so near to the limit that no single step matters, W is exponential (Kingman), to 0.1% of its mean.
    """
    import numpy as np

    decay = _decay(shares, steps)
    most = int(LARGEST * min(1 / 4, decay / TAIL))
    if most < COARSEST:
        return TAIL / decay / LARGEST, np.exp(-TAIL / LARGEST * (np.arange(LARGEST) + 0.5))
    in_one = min(most, FINEST * math.ceil(max(1.0, (shares @ steps**2) ** -0.5)))
    lower = np.floor(steps * in_one)
    upper = steps * in_one - lower  # a step's share on the point above, so that its mean is kept
    jumps, weights = np.append(lower, lower + 1), np.append(shares * (1 - upper), shares * upper)
    on_lattice = _decay(weights[weights > 0], jumps[weights > 0])
    size = 2 ** math.ceil(math.log2(in_one * max(4, TAIL / decay)))
    tilted = np.bincount((jumps % size).astype(int), weights * np.exp(on_lattice / 2 * jumps), size)
    both = np.fft.irfft(-np.log(1 - np.fft.rfft(tilted)), size)
    up = np.append(0.0, both[1 : size // 2] * np.exp(-on_lattice / 2 * np.arange(1, size // 2)))
    chances = np.fft.irfft(np.exp(np.fft.rfft(up, size) - up.sum()), size)
    return on_lattice / decay, np.cumsum(chances[:0:-1])[::-1]  # spaced so that the tail's decay is that of the true steps


def _decay(shares: Any, steps: Any) -> float:
    """The theta > 0 of E[exp(theta step)] = 1: P(W > w) falls as exp(-theta w)."""
    import numpy as np

    low, high = 0.0, -math.log(shares[steps == steps.max()].sum()) / float(steps.max())
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if shares @ np.expm1(middle * steps) < 0 else (low, middle)
    return high
