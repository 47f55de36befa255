"""Rate cards in words and figures: one (`card`), two side by side (`differences`), what some lack (`findings`)."""

import csv
import io
import re
from collections.abc import Iterable
from typing import Any

from costmodel.outputs.spreadsheets import as_text

FORMATS = ("table", "csv", "json")


def grouped(text: str) -> str:
    """A quantity as a card writes it, with its digits in threes: "1,000,000 requests"."""
    return re.sub(r"(?<![\d.])\d{4,}", lambda digits: f"{int(digits[0]):,}", text)


def as_csv(columns: list[str], rows: Iterable[dict[str, Any]]) -> str:
    """A row for each; what one has no value for is empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows({name: as_text(value) for name, value in row.items()} for row in rows)
    return text.getvalue()
