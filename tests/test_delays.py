"""How long a record waits in buffers: in each until it is full or its interval is over, and in all of a path together."""

import pytest

from costmodel.estimating import Arrays, Floats, Traced, run
from costmodel.models import Terms, open_models
from costmodel.quantities import value_of

MB, KB = 1024**2, 1024
SECOND = 1000  # ms
FILLED = 64 * MB / (1000 * KB) * SECOND  # a buffer of 64 MB, by 1,000 records of 1 KB a second: 65.536 s


@pytest.fixture
def delay(tmp_path):
    """Of components (YAML) under 1,000 records of 1 KB a second, 100 of them outside of 4 hours a day, on floats and traced."""

    def of(components, numbers=None, **changes):
        (tmp_path / "own.yaml").write_text(f"version: 1\ntitle: Own\ncomponents:\n  {components}\n")
        traffic = "{peak_rate: 1000/s, peak_hours: 4, off_peak_share: 10%, record_size: 1 KB}"
        (tmp_path / "day.yaml").write_text(f"version: 1\ntitle: Day\ntraffic: {traffic}\nrates: aws/us-east-1/2018-06\n")
        terms = Terms(changes=changes)
        (model,) = open_models(str(tmp_path / "own.yaml"), [str(tmp_path / "day.yaml")], terms=terms)
        if numbers is not None:
            return run(model, numbers).metered.delay
        on_floats, traced = (run(model, numbers).metered.delay for numbers in (Floats(), Traced()))
        assert (on_floats is None) == (traced is None)
        assert on_floats is None or on_floats == value_of(traced)
        return on_floats

    return of


FIRST = "first: {service: firehose, input: source, buffer_size: 64 MB, buffer_interval: 900 s}"


def test_nothing_buffers(delay):
    assert delay("work: {service: lambda, input: source, duration: 1 s}") is None


def test_a_buffer_fills_slowest_where_least_comes(delay):
    assert delay(FIRST) == pytest.approx(10 * FILLED)


def test_a_buffer_waits_no_longer_than_its_interval(delay):
    assert delay(FIRST, **{"first.buffer_interval": "60 s"}) == pytest.approx(60 * SECOND)
    assert delay(FIRST, **{"traffic.times": "0"}) == pytest.approx(900 * SECOND)


def test_a_path_waits_in_all_of_its_buffers(delay):
    """Through a function, a filter and a change of size; half of the bytes take twice as long to fill the same buffer."""
    second = """
  work: {service: lambda, input: {from: first, share: 50%}, duration: 1 s}
  second: {service: firehose, input: work, buffer_size: 32 MB, buffer_interval: 900 s}
  third: {service: firehose, input: second, buffer_interval: 1 s}
  kept: {service: s3, input: {from: third, each: batch}}"""
    assert delay(FIRST + second) == pytest.approx(10 * FILLED + 10 * FILLED + SECOND)


def test_the_longest_of_several_paths(delay):
    beside = """
  other: {service: firehose, input: source, buffer_interval: 3 s}
  both: {service: firehose, input: [other, first, source], buffer_interval: 1 s}"""
    assert delay(FIRST + beside) == pytest.approx(10 * FILLED + SECOND)


def test_each_partition_fills_a_buffer_of_its_own(delay):
    assert delay(
        FIRST,
        **{
            "first.partitions": "3",
            "first.buffer_size": "16 MB",
            "rates.firehose.partitioned": "{usd: 1, per: GB}",
            "rates.firehose.partitioned_objects": "{usd: 1, per: object}",
        },
    ) == pytest.approx(10 * FILLED * 3 / 4)


def test_of_many_points_at_once(delay):
    import numpy as np

    found = delay(FIRST, Arrays({"first.buffer_interval": np.array([1.0, 60.0, 900.0]) * SECOND}))
    assert found == pytest.approx([SECOND, 60 * SECOND, 10 * FILLED])
