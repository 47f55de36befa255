"""One output format per file: `render(statements, width)` gives the text of estimates. `FORMATS` are their names."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from costmodel.published.statement import Statement

FORMATS = ("table", "json", "csv", "focus", "markdown")
# These take models, not estimates, and give bytes (outputs/workbook).
BOOKS = ("xlsx",)
# Those that show what the whitepaper prints where it prints an estimate; all others are on the corrected basis alone.
WITH_PRINTED_BASIS = ("table", "json")


def render(form: str, statements: "list[Statement]", width: int = 80) -> str:
    """The estimates in a format, one of FORMATS; `width` in columns is for those that wrap."""
    text: str = import_module(f"costmodel.outputs.{form}").render(statements, width)
    return text
