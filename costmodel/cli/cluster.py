"""Where many points are computed: the options, and what computes as they say."""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from costmodel.whatif.blocks import Backend


def options(function: Any) -> Any:
    """The command gets `scheduler` and `workers`, for backend()."""
    for option in (
        click.option(
            "--workers",
            type=click.IntRange(1, 512),
            help="So many Dask workers of this machine compute. Without either: threads, as many as there are processors.",
        ),
        click.option("--scheduler", metavar="ADDRESS", help="The workers of this Dask scheduler compute, tcp://HOST:8786."),
    ):
        function = option(function)
    return function


def backend(scheduler: str | None, workers: int | None) -> "AbstractContextManager[Backend]":
    """To be entered; workers that are started end with it. Raises InputError."""
    from costmodel.whatif.cluster import backend_of

    return backend_of(scheduler, workers, lambda words: click.echo(f"warning: {words}", err=True))
