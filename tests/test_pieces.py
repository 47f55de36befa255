"""Where the cheaper changes, found over the pieces of totals: between samples too, and against brute force on random totals."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from costmodel.inputs import Input
from costmodel.quantities import Quantity, larger, round_up, smaller
from costmodel.units import COUNT, Unit
from costmodel.whatif.breakeven import break_even
from costmodel.whatif.pieces import ends_of_pieces, halfway
from costmodel.whatif.points import Axis, Stretch
from costmodel.whatif.sweeps import TOTAL, Subject

OF = Input("x", None, 1.0, Unit("", COUNT, 1.0), "", "x", "", 0.0, 1e9)


def found(low, high, *totals):
    """The crossings of totals, each a function of x."""
    subjects = []
    for total in totals:
        x = Quantity("", (), 1.0, COUNT)
        x.path = "x"
        subjects.append(Subject(None, {"x": OF}, {TOTAL: total(x)}, ("x",)))
    names = [str(n) for n in range(len(totals))]
    return break_even(subjects, names, Axis(OF, Stretch(low, high, 2, log=False)))


def places(result):
    return [(crossing.at, crossing.dearer, crossing.cheaper) for crossing in result.crossings]


def test_a_window_between_two_samples():
    """x in steps of 5, or of 4.9995: the second is cheaper but from 4.9995, where it costs 9.999, to 5."""
    result = found(0.5, 9, lambda x: round_up(x, 5.0), lambda x: round_up(x, 4.9995))
    samples = np.linspace(0.5, 9, 4097)
    assert not ((samples > 4.9995) & (samples <= 5)).any()
    assert places(result) == [(pytest.approx(4.9995, rel=3e-12), 1, 0), (pytest.approx(5, rel=3e-12), 0, 1)]
    assert [crossing.before for crossing in result.crossings] == pytest.approx([4.9995, 5])
    assert [crossing.total for crossing in result.crossings] == pytest.approx([5, 9.999])
    assert result.complete


def test_a_curve_that_dips_between_two_samples():
    """(x - c)² is below 1e-8 from c - 0.0001 to c + 0.0001; no step tells of it."""
    samples = np.linspace(1, 10, 4097)
    c = float(samples[1000] * 0.7 + samples[1001] * 0.3)
    assert np.abs(samples - c).min() > 1e-4
    result = found(1, 10, lambda x: x * 0.0 + 1.0, lambda x: (x - c) * (x - c) + (1.0 - 1e-8))
    assert places(result) == [(pytest.approx(c - 1e-4, rel=1e-7), 0, 1), (pytest.approx(c + 1e-4, rel=1e-7), 1, 0)]


def test_three_that_are_cheapest_in_turn():
    """1 + 2x, 1.9 + x and 3 cross at 0.9 and 1.1. With 2 + x all meet at 1, where the second is no cheaper than the others."""
    lines = (lambda x: 1.0 + 2.0 * x, lambda x: 1.9 + x, lambda x: x * 0.0 + 3.0)
    assert places(found(0, 5, *lines)) == [(pytest.approx(0.9), 0, 1), (pytest.approx(1.1), 1, 2)]
    assert places(found(0, 5, lines[0], lambda x: 2.0 + x, lines[2])) == [(pytest.approx(1), 0, 2)]


def test_two_changes_between_two_values():
    """As above, so near to each other that no sample is between: from 1 to 2 they are 1/4096 apart."""
    by = 1e-6
    middle = 1.5 + 0.4 / 4096
    lines = (lambda x: 4.0 + 2.0 * (x - middle), lambda x: 4.0 - by + (x - middle), lambda x: x * 0.0 + 4.0)
    assert places(found(1, 2, *lines)) == [
        (pytest.approx(middle - by, rel=1e-12), 0, 1),
        (pytest.approx(middle + by, rel=1e-12), 1, 2),
    ]


def test_equal_totals_keep_the_one_that_is_named():
    alike = found(1, 9, lambda x: x * 3.0, lambda x: x * 1.0 + x * 2.0)
    assert (alike.first, alike.crossings) == (0, ())
    same_from_4_on = found(1, 9, lambda x: larger(x, 4.0), lambda x: x * 1.0)
    assert (same_from_4_on.first, same_from_4_on.crossings) == (1, ())
    assert places(found(1, 9, lambda x: x * 1.0, lambda x: smaller(x, 4.0))) == [(pytest.approx(4, rel=1e-10), 0, 1)]


def test_what_is_as_cheap_at_single_points_is_not_named():
    """Rounded up to whole ones, x costs as much as x at each of these, and more between them."""
    result = found(0.5, 7, lambda x: round_up(x, 1.0), lambda x: x * 1.0)
    assert (result.first, result.crossings) == (1, ())


def test_from_nothing_on():
    """All cost nothing at 0."""
    result = found(0, 8, lambda x: round_up(x, 1.0), lambda x: x * 0.25)
    assert places(result) == [(pytest.approx(0, abs=1e-14), 0, 1)]


def test_more_pieces_than_are_looked_at():
    """There are 60 million steps of a millionth; what it says then is no less true, but it says that it has not looked at all."""
    result = found(0, 60, lambda x: round_up(x, 1e-6) + x, lambda x: larger(x, 30.0) * 2.0)
    assert not result.complete
    assert places(result) == [(pytest.approx(30, rel=1e-6), 0, 1)]


@given(st.floats(0, 1e300), st.floats(0, 1e300))
def test_halfway(one, other):
    low, high = np.array([min(one, other)]), np.array([max(one, other)])
    middle = halfway(low, high)
    assert low <= middle <= high
    assert middle == low or low < middle < high
    if low > 0 and np.nextafter(low, high) < high:
        assert low < middle


def test_ends_are_neighbouring_floats():
    values, complete = ends_of_pieces(lambda at: np.floor(at).astype(np.uint64), np.array([0.5, 4.5]), most=10)
    assert values.tolist() == [0.5, *(end for n in (1.0, 2.0, 3.0, 4.0) for end in (np.nextafter(n, 0), n)), 4.5]
    assert complete


# A term of a total: as rules write it, as plain numpy, and where it has its kinks.
TERMS = {
    "steps": lambda a, c: (lambda x: a * round_up(x, c), lambda x: a * np.ceil(x / c * (1 - 1e-12)) * c, lambda n: c * n),
    "above": lambda a, c: (lambda x: a * larger(x - c, 0.0), lambda x: a * np.maximum(x - c, 0), lambda n: c + 0 * n),
    "up to": lambda a, c: (lambda x: a * smaller(x, c), lambda x: a * np.minimum(x, c), lambda n: c + 0 * n),
    "by much": lambda a, c: (lambda x: a * x, lambda x: a * x, lambda n: c + 0 * n),
    "shared": lambda a, c: (lambda x: a / (x + c), lambda x: a / (x + c), lambda n: c + 0 * n),
    "fixed": lambda a, c: (lambda x: x * 0.0 + a * c, lambda x: x * 0 + a * c, lambda n: c + 0 * n),
}


@st.composite
def designs(draw):
    """Two or three of the same terms, whose amounts are nearly the same: much changes, and changes back within little."""
    base = draw(st.lists(st.tuples(st.sampled_from(sorted(TERMS)), st.integers(1, 6), st.integers(1, 6)), min_size=1, max_size=3))
    by = st.sampled_from([1.0, 1.0001, 0.9999, 1.3])
    return [[TERMS[kind](a * draw(by), c * draw(by)) for kind, a, c in base] for _ in range(draw(st.integers(2, 3)))]


@settings(max_examples=100)
@given(designs(), st.integers(1, 30).map(float), st.integers(1, 30).map(float))
def test_nowhere_is_another_cheaper_than_the_one_that_is_named(designs, low, far):
    totals = [lambda x, design=design: sum((rule(x) for rule, _, _ in design), 0.0 * x) for design in designs]
    high = low + far
    kinks = [kink(np.arange(1, 600)) for design in designs for _, _, kink in design]
    near = np.concatenate([each * (1 + by) for each in kinks for by in (-1e-9, 0, 1e-11, 1e-9)])
    values = np.unique(np.concatenate([np.linspace(low, high, 20011), near[(near >= low) & (near <= high)]]))
    brute = np.array([sum((plain(values) for _, plain, _ in design), 0 * values) for design in designs])
    if np.all(brute == brute[:, :1]):
        return
    result = found(low, high, *totals)
    named = np.array([result.first, *(crossing.cheaper for crossing in result.crossings)])
    at = np.array([crossing.at for crossing in result.crossings])
    of_value = named[np.searchsorted(at, values, side="right")]
    costs = brute[of_value, np.arange(len(values))]
    assert (costs <= brute.min(axis=0) * (1 + 1e-9)).all()
    assert [crossing.dearer for crossing in result.crossings] == named[:-1].tolist()
