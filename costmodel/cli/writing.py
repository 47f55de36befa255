"""What commands share that write a text or a picture: the format, and the file."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from costmodel.cli import options

if TYPE_CHECKING:
    from costmodel.outputs.charts.drawing import Drawing

PICTURES = ("svg", "png", "pdf")


def form(texts: Sequence[str]) -> Callable[[Any], Any]:
    """The option --format of a command that writes one of these, or a picture. The command gets `form`."""
    return click.option("--format", "form", type=click.Choice([*texts, *PICTURES]), help="How to write it; else as -o ends.")


def form_and_file(said: str | None, output: str | None, texts: Sequence[str]) -> tuple[str, str | None]:
    """The format, as it is said or as the file ends, and the file. Raises InputError where a picture has none."""
    found = options.form_of(said, output, (*texts, *PICTURES))
    return found, options.ending(output, (f".{found}",), "picture") if found in PICTURES else output


def picture(drawing: "Drawing", form: str, output: str | None) -> None:
    from costmodel.outputs.charts.drawing import save

    options.emit(save(drawing, form), output)
