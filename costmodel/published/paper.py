"""A published paper: its tables as row expressions, its errata as replacements of them, its figures as printed."""

from typing import Any, NamedTuple

from costmodel.errors import InputError, Problem, did_you_mean
from costmodel.library import SHIPPED
from costmodel.published.expressions import Expression, parse
from costmodel.shapes import NAME, VERSION, Date, Each, Either, Field, Named, Problems, Record, Shape, Text, read
from costmodel.yamlfile import Node, Scalar, load, place_of

FOLDER = "scenarios/published"
DEFAULT_FORMAT = "General"


class ExpressionShape(Shape):
    def read(self, node: Node, problems: Problems) -> Any:
        text = node.value if isinstance(node, Scalar) else ""
        try:
            return parse(text)
        except ValueError as error:
            problems.append(Problem(place_of(node), str(error)))
            return None

    def schema(self) -> dict[str, Any]:
        return {"type": ["string", "number"]}


_FORMAT = Text(r"General|\$?(#,##)?0(\.0+)?", "is not a number format; write for example #,##0.00")
_ROW = Record(
    "a row",
    {
        "id": Field(NAME, "the row's name in expressions", required=True),
        "label": Field(Text(), "the label as printed", required=True),
        "is": Field(ExpressionShape(), "what the row shows, as an expression", required=True),
        "format": Field(
            Either(scalar=_FORMAT, sequence=Each(_FORMAT)),
            f"its number format, or one for each column; {DEFAULT_FORMAT}",
        ),
    },
)
TABLE = Record(
    "a published table",
    {
        "version": VERSION,
        "id": Field(NAME, "the table's name", required=True),
        "title": Field(Text(), "its title", required=True),
        "sections": Field(
            Each(
                Record(
                    "a section",
                    {"name": Field(Text(), "its heading", True), "rows": Field(Each(_ROW), "its rows", True)},
                )
            ),
            "the rows by section",
            required=True,
        ),
        "notes": Field(Each(Text()), "the table's notes"),
    },
)
_TABLES_TO_ROWS = "tables to rows"
_REPLACED = Named(
    Named(
        Either(scalar=ExpressionShape(), mapping=Named(ExpressionShape(), NAME, "scenarios to expressions")),
        NAME,
        "rows to expressions",
    ),
    NAME,
    _TABLES_TO_ROWS,
)
_ERRATUM = Record(
    "an erratum",
    {
        "id": Field(Text("[a-z0-9-]+", "is not an id: small letters, digits and dashes"), "its name", required=True),
        "where": Field(Text(), "where in the paper", required=True),
        "printed": Field(Text(), "what is printed there", required=True),
        "right": Field(Text(), "what the paper's own rates and assumptions give", required=True),
        "what": Field(Text(), "what happened", required=True),
        "rows": Field(_REPLACED, "the row expressions that give what is printed"),
        "misprints": Field(
            Named(Named(Each(Text()), NAME, "rows to scenarios"), NAME, _TABLES_TO_ROWS), "cells without any derivation"
        ),
    },
)
_TABLE_OF = Record(
    "a table of the paper",
    {
        "id": Field(NAME, "the file beside this one that has its rows", required=True),
        "pattern": Field(Text(), "the pattern whose estimates it prints; without it, its rows are of other tables"),
    },
)
PAPER = Record(
    "a published paper",
    {
        "version": VERSION,
        "title": Field(Text(), "its title", required=True),
        "publisher": Field(Text(), "who published it", required=True),
        "date": Field(Date(), "when", required=True),
        "rates": Field(Text(), "the rate card with its prices", required=True),
        "scenarios": Field(Each(Text()), "its columns", required=True),
        "tables": Field(Each(_TABLE_OF), "its tables", required=True),
        "errata": Field(Each(_ERRATUM), "where it deviates from its own rates and assumptions"),
    },
)
FIGURES = Record(
    "published figures",
    {
        "version": VERSION,
        "figures": Field(
            Named(Named(Each(Text()), NAME, "rows to figures"), NAME, _TABLES_TO_ROWS),
            "each table's rows as printed",
            True,
        ),
    },
)


class Row(NamedTuple):
    id: str
    label: str
    section: str
    expression: Expression
    formats: tuple[str, ...]


class Table(NamedTuple):
    """A table; `pattern` is "" where its rows are of other tables."""

    id: str
    pattern: str
    title: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...]

    def row(self, name: str) -> Row | None:
        return next((row for row in self.rows if row.id == name), None)

    @property
    def title_words(self) -> str:
        return self.id.replace("_", " ")


class Erratum(NamedTuple):
    """`rows`: (table, row, scenario) -> the expression that gives what is printed; `misprints`: cells that nothing gives."""

    id: str
    where: str
    printed: str
    right: str
    what: str
    rows: dict[tuple[str, str, str], Expression]
    misprints: frozenset[tuple[str, str, str]]


class Paper(NamedTuple):
    """`tables` maps each table to the pattern it prints ("" where its rows are of other tables)."""

    title: str
    publisher: str
    date: str
    rates: str
    scenarios: tuple[str, ...]
    tables: dict[str, str]
    errata: tuple[Erratum, ...]


def _file(name: str) -> tuple[str, str]:
    return f"{SHIPPED}/{FOLDER}/{name}.yaml", f"{FOLDER}/{name}.yaml"


def read_paper() -> Paper:
    """The whitepaper that costmodel grew from. Raises InputError."""
    values = read(PAPER, load(*_file("paper")))
    scenarios = tuple(map(str, values["scenarios"]))
    errata = tuple(_erratum(erratum, scenarios) for erratum in values.get("errata", ()))
    tables = {str(table["id"]): str(table.get("pattern", "")) for table in values["tables"]}
    return Paper(
        str(values["title"]),
        str(values["publisher"]),
        str(values["date"]),
        str(values["rates"]),
        scenarios,
        tables,
        errata,
    )


def _erratum(values: dict[str, Any], scenarios: tuple[str, ...]) -> Erratum:
    rows: dict[tuple[str, str, str], Expression] = {}
    for table, replaced in values.get("rows", {}).items():
        for row, given in replaced.items():
            by_scenario = (
                given if isinstance(given, dict) and not isinstance(given, Expression) else dict.fromkeys(scenarios, given)
            )
            rows |= {(str(table), str(row), str(scenario)): expression for scenario, expression in by_scenario.items()}
    misprints = frozenset(
        (str(table), str(row), str(scenario))
        for table, by_row in values.get("misprints", {}).items()
        for row, columns in by_row.items()
        for scenario in columns
    )
    texts = {key: str(values[key]) for key in ("id", "where", "printed", "right", "what")}
    return Erratum(rows=rows, misprints=misprints, **texts)


def read_table(paper: Paper, name: str) -> Table:
    """One of the paper's tables. Raises InputError."""
    values = read(TABLE, load(*_file(name)))
    rows = tuple(_row(row, str(section["name"])) for section in values["sections"] for row in section["rows"])
    return Table(str(values["id"]), paper.tables[name], str(values["title"]), rows, tuple(map(str, values.get("notes", ()))))


def _row(values: dict[str, Any], section: str) -> Row:
    given = values.get("format", DEFAULT_FORMAT)
    formats = tuple(map(str, given)) if isinstance(given, tuple) else (str(given),)
    return Row(str(values["id"]), str(values["label"]), section, values["is"], formats)


def read_printed() -> dict[str, dict[str, tuple[str, ...]]]:
    """The figures as printed: table -> row -> one for each scenario. For comparison; no derivation reads them."""
    values = read(FIGURES, load(*_file("printed")))
    return {str(t): {str(r): tuple(map(str, f)) for r, f in rows.items()} for t, rows in values["figures"].items()}


def check_names(paper: Paper, tables: dict[str, Table]) -> None:
    """Every erratum names a table and a row that exist. Raises InputError."""
    problems = []
    for erratum in paper.errata:
        for table, row, _ in (*erratum.rows, *erratum.misprints):
            if table in tables and tables[table].row(row) is None:
                hint = did_you_mean(row, [known.id for known in tables[table].rows])
                problems.append(Problem(None, f"{FOLDER}/paper.yaml: {erratum.id} names the row '{row}' of {table}.{hint}"))
    if problems:
        raise InputError(*problems)
