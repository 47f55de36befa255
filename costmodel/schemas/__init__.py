"""The JSON Schemas of the YAML files, generated from the shapes that validate them, and of the JSON that estimates print.

The generated files stand beside this one for editors; a test holds them to the shapes (`costmodel schema KIND -o FILE`).
"""

import os
from typing import Any

KINDS = (
    "pattern",
    "scenario",
    "ratecard",
    "quotas",
    "published-paper",
    "published-table",
    "published-figures",
    "published-cases",
    "estimate",
)


def schema(kind: str) -> dict[str, Any]:
    """The JSON Schema of a kind of file, one of KINDS."""
    if kind == "estimate":  # our own output: no shape reads it
        import json

        with open(os.path.join(os.path.dirname(__file__), "estimate.schema.json"), encoding="utf-8") as file:
            written: dict[str, Any] = json.load(file)
            return written
    title = {"ratecard": "rate card", "quotas": "quota sheet"}.get(kind, kind.replace("-", " "))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"costmodel {title}",
        **_shape(kind).schema(),
    }


def _shape(kind: str) -> Any:
    from costmodel.capacity.quotas import SheetShape
    from costmodel.pattern import PATTERN
    from costmodel.published.cases import CASES
    from costmodel.published.paper import FIGURES, PAPER, TABLE
    from costmodel.ratecard import CardShape
    from costmodel.scenario import SCENARIO

    return {
        "pattern": PATTERN,
        "scenario": SCENARIO,
        "ratecard": CardShape(),
        "quotas": SheetShape(),
        "published-paper": PAPER,
        "published-table": TABLE,
        "published-figures": FIGURES,
        "published-cases": CASES,
    }[kind]
