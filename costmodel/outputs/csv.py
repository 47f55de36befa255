"""Estimates as CSV: a row for each line and erratum, the columns those of the JSON's lines. Numbers are unrounded."""

import csv
import io

from costmodel.outputs.json import as_object
from costmodel.published.statement import Statement


def render(statements: list[Statement], width: int) -> str:
    text = io.StringIO()
    objects = [as_object(statement) for statement in statements]
    head = ["pattern", "scenario", "rate_card", "basis"]
    names = next((list(o["lines"][0]) for o in objects if o["lines"]), [])
    writer = csv.DictWriter(text, [*head, *names], lineterminator="\n", restval="")
    writer.writeheader()
    for o in objects:
        first = {key: o[key] for key in head}
        errata = [{"description": f"erratum {e['id']}", "cost": e["amount"]} for e in o["errata"]]
        for row in [*o["lines"], *errata]:
            writer.writerow({key: _safe(value) for key, value in {**first, **row}.items()})
    return text.getvalue()


def _safe(value: object) -> object:
    """A text that a spreadsheet would take for a formula gets an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
