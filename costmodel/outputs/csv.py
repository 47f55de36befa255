"""Estimates as CSV: a row for each line, the columns those of the JSON's lines. Numbers are unrounded."""

import csv
import io

from costmodel.outputs.json import as_object
from costmodel.outputs.spreadsheets import as_text
from costmodel.published.statement import Statement


def render(statements: list[Statement], width: int) -> str:
    text = io.StringIO()
    objects = [as_object(statement) for statement in statements]
    head = ["pattern", "scenario", "rate_card", "as_of", "basis"]
    names = next((list(o["lines"][0]) for o in objects if o["lines"]), [])
    writer = csv.DictWriter(text, [*head, *names], lineterminator="\n", restval="")
    writer.writeheader()
    for o in objects:
        first = {key: o[key] for key in head}
        for line in o["lines"]:
            writer.writerow({key: as_text(value) for key, value in {**first, **line}.items()})
    return text.getvalue()
