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
_SCENARIOS = Named(ExpressionShape(), NAME, "scenarios to expressions")
_REPLACED = Named(Either(scalar=ExpressionShape(), mapping=_SCENARIOS), NAME, "rows to expressions")
_MISPRINTED = Named(Each(Text()), NAME, "rows to scenarios")
_ERRATUM_ID = Text("[a-z0-9-]+", "is not an id: small letters, digits and dashes")
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
        "printed": Field(Named(_REPLACED, _ERRATUM_ID, "errata to rows"), "the row expressions that give what is printed"),
        "misprints": Field(Named(_MISPRINTED, _ERRATUM_ID, "errata to rows"), "the cells that nothing derives"),
    },
)
_ERRATUM = Record(
    "an erratum",
    {
        "id": Field(_ERRATUM_ID, "its name", required=True),
        "where": Field(Text(), "where in the paper", required=True),
        "printed": Field(Text(), "what is printed there", required=True),
        "right": Field(Text(), "what the paper's own rates and assumptions give", required=True),
        "what": Field(Text(), "what happened", required=True),
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
            Named(Named(Each(Text()), NAME, "rows to figures"), NAME, "tables to rows"),
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
    """A table; `pattern` is "" where its rows are of other tables.

    `printed` has by erratum the (row, scenario) expressions that give what is printed, `misprints` by erratum the
    (row, scenario) cells that nothing derives.
    """

    id: str
    pattern: str
    title: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    printed: dict[str, dict[tuple[str, str], Expression]]
    misprints: dict[str, set[tuple[str, str]]]

    def row(self, name: str) -> Row:
        """Raises InputError if there is none."""
        row = next((row for row in self.rows if row.id == name), None)
        if row is None:
            raise InputError(f"{self.id} has no row '{name}'.{did_you_mean(name, [row.id for row in self.rows])}")
        return row

    def has_row(self, name: str) -> bool:
        return any(row.id == name for row in self.rows)

    @property
    def words(self) -> str:
        return self.id.replace("_", " ")


class Erratum(NamedTuple):
    """Where the paper deviates from its own rates and assumptions, and what happened."""

    id: str
    where: str
    printed: str
    right: str
    what: str


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
    errata = tuple(Erratum(**{key: str(text) for key, text in erratum.items()}) for erratum in values.get("errata", ()))
    tables = {str(table["id"]): str(table.get("pattern", "")) for table in values["tables"]}
    scenarios = tuple(map(str, values["scenarios"]))
    return Paper(values["title"], values["publisher"], values["date"], values["rates"], scenarios, tables, errata)


def read_table(paper: Paper, name: str) -> Table:
    """One of the paper's tables. Raises InputError."""
    values = read(TABLE, load(*_file(name)))
    table = Table(
        str(values["id"]),
        paper.tables[name],
        str(values["title"]),
        tuple(_row(row, str(section["name"])) for section in values["sections"] for row in section["rows"]),
        tuple(map(str, values.get("notes", ()))),
        {str(erratum): _cells(rows, paper.scenarios) for erratum, rows in values.get("printed", {}).items()},
        {
            str(erratum): {(str(row), str(scenario)) for row, scenarios in rows.items() for scenario in scenarios}
            for erratum, rows in values.get("misprints", {}).items()
        },
    )
    _check_names(paper, table)
    return table


def _cells(rows: dict[str, Any], scenarios: tuple[str, ...]) -> dict[tuple[str, str], Expression]:
    """(row, scenario) -> expression, of rows with one expression for all scenarios or one for some."""
    return {
        (str(row), str(scenario)): expression
        for row, given in rows.items()
        for scenario, expression in (given if isinstance(given, dict) else dict.fromkeys(scenarios, given)).items()
    }


def _check_names(paper: Paper, table: Table) -> None:
    """What a table says of errata names errata of the paper and rows of its own."""
    ids = [erratum.id for erratum in paper.errata]
    file = f"{FOLDER}/{table.id}.yaml"
    problems = [
        Problem(None, f"{file}: there is no erratum '{erratum}'.{did_you_mean(erratum, ids)}")
        for erratum in (*table.printed, *table.misprints)
        if erratum not in ids
    ]
    named = {row for cells in (*table.printed.values(), *table.misprints.values()) for row, _ in cells}
    rows = [row.id for row in table.rows]
    problems += [
        Problem(None, f"{file}: there is no row '{row}'.{did_you_mean(row, rows)}") for row in sorted(named) if row not in rows
    ]
    if problems:
        raise InputError(*problems)


def _row(values: dict[str, Any], section: str) -> Row:
    given = values.get("format", DEFAULT_FORMAT)
    formats = tuple(map(str, given)) if isinstance(given, tuple) else (str(given),)
    return Row(str(values["id"]), str(values["label"]), section, values["is"], formats)


def read_printed() -> dict[str, dict[str, tuple[str, ...]]]:
    """The figures as printed: table -> row -> one for each scenario. For comparison; no derivation reads them."""
    values = read(FIGURES, load(*_file("printed")))
    return {str(t): {str(r): tuple(map(str, f)) for r, f in rows.items()} for t, rows in values["figures"].items()}
