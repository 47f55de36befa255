"""What if: an estimate at many points at once."""

import os
from collections.abc import Collection, Iterable, Mapping as Map
from typing import TYPE_CHECKING

from costmodel.errors import InputError
from costmodel.estimating import opened
from costmodel.models import Model, Terms

if TYPE_CHECKING:
    import pandas as pd

_Name = str | os.PathLike[str]  # of a file, or its path


def sweep(
    pattern: _Name | Iterable[_Name],
    scenario: _Name,
    vary: Map[str, str | float | Iterable[str | float]],
    *,
    keep: Collection[str] = ("services",),
    rates: _Name | None = None,
    region: str | None = None,
    changes: Map[str, object] | None = None,
    free_tier: str = "none",
    after: str | int | None = None,
    library: _Name | Iterable[_Name] = (),
    scheduler: str | None = None,
    workers: int | None = None,
) -> "pd.DataFrame":
    """What a month costs at every point of a grid: a row each, a column for each input and each figure.

    vary: paths to values, {"ingest.buffer_size": "1,5,64,128 MB", "traffic.peak_rate": "100..100000:log:200"}, or to numbers, in
        the unit of the file; shares as 0.2. The last one varies fastest.
    keep: what has a column beside the "total": "services", "lines".
    scheduler, workers: a Dask scheduler's address, or a number of worker processes; threads without either.
    The rest is that of costmodel.estimate. Money is in the card's currency, unrounded, before tax. Raises InputError.
    """
    import pandas as pd

    from costmodel.whatif.cluster import backend_of
    from costmodel.whatif.points import grid
    from costmodel.whatif.sweeps import LINES, SERVICES, columns, joined, must_fit, subject_that_says, swept, titles

    if wrong := {*keep} - {SERVICES, LINES}:
        raise InputError(*(f"'{word}' is nothing to keep; there are 'services' and 'lines'" for word in sorted(wrong)))
    terms = Terms(None if rates is None else os.fspath(rates), region, changes or {}, free_tier, after)
    patterns = [pattern] if isinstance(pattern, str | os.PathLike) else [*pattern]  # they are opened twice
    asked = {path: _text(values) for path, values in vary.items()}

    def changed(more: Map[str, object]) -> Model:
        return opened(patterns, scenario, terms._replace(changes={**terms.changes, **more}), library)

    subject = subject_that_says(asked, changed({}), [*keep], changed)
    points = grid(asked, subject.inputs)
    must_fit(subject, points)
    with backend_of(scheduler, workers) as backend:
        whole = joined(swept(subject, points, backend))
    return pd.DataFrame(dict(zip(titles(subject, points), columns(whole), strict=True)))


def _text(values: str | float | Iterable[str | float]) -> str:
    if isinstance(values, str):
        return values
    each = [values] if isinstance(values, int | float) else values
    return ",".join(value if isinstance(value, str) else repr(float(value)) for value in each)
