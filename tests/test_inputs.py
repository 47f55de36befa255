"""What a reader may change: the bounds that cells and fields have are those that a file's own check has."""

import pytest

from costmodel.book import book_of
from costmodel.errors import InputError
from costmodel.library import Library
from costmodel.models import Terms, open_models

PATTERNS = Library(environment=False).names("patterns")


def accepted(pattern, path, text):
    try:
        open_models(pattern, ["large"], terms=Terms(changes={path: text}))
    except InputError:
        return False
    return True


@pytest.mark.parametrize("pattern", PATTERNS)
def test_an_input_allows_what_a_file_may_say(pattern):
    """At the bounds, beside them, and where numbers become absurd."""
    inputs = book_of(open_models(pattern, ["large"])).inputs
    tried = 0
    for one in inputs.values():
        if one.path == "traffic.peak_hours" or one.path.endswith(".up_to"):
            continue  # 24 h is another traffic, without other hours; a tier's end is bounded by its neighbours, see below
        near = 1e-6 * max(one.most - one.least, 1e-9)
        for number in (one.least, one.least + near, one.least - near, one.most, one.most + near, 1e-21, one.number):
            if number >= 0:
                assert one.allows(number) == accepted(pattern, one.path, one.text(number)), (one.path, number)
                tried += 1
    assert tried > 100


def test_the_end_of_a_tier_stays_between_its_neighbours():
    inputs = book_of(open_models("itl", ["large"])).inputs
    end = inputs["rates.s3.storage.2.up_to"]  # 500 TB, after 50 TB and before what has no end
    assert [end.allows(tb) for tb in (50, 50.5, 499, 5000)] == [False, True, True, True]
    first = inputs["rates.s3.storage.1.up_to"]
    assert [first.allows(tb) for tb in (0, 1, 499, 500)] == [False, True, True, False]
    assert not accepted("itl", first.path, "500 TB")


def test_the_number_in_its_unit_is_the_files_own():
    for one in book_of(open_models("sensor", ["large"])).inputs.values():
        assert one.in_base_units(one.number) == one.given.value
        assert one.allows(one.number)
