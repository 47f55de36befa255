"""Published cost tables and worked examples as cases: what a publication gives of a design, and the figures it prints.

A file of the folder is one publication. A case has the inputs of an estimate, or several bills that have (what the case
gives holds for all of them), and its printed lines: what each of them is, as an expression over the estimate
(figures.py), or why there is none. No estimate reads what is printed.
"""

import os
from typing import Any, NamedTuple

from costmodel.errors import InputError, Mistakes, Place, Problem, did_you_mean
from costmodel.library import SHIPPED
from costmodel.pattern import PATTERN
from costmodel.prices import FREE_TIERS
from costmodel.published.expressions import Expression
from costmodel.published.paper import ExpressionShape
from costmodel.scenario import SCENARIO, AnyValue
from costmodel.shapes import VERSION, Choice, Each, Field, Named, Problems, Record, Shape, Text, Word, read
from costmodel.yamlfile import Mapping, Node, load, place_of

FOLDER = "tests/bills/published"
REPRODUCED, CORRECTED, DIFFERS = "reproduced", "corrected", "differs"
NOT_MODELLED, NOT_RECOMPUTABLE = "not modelled", "not recomputable"
VERDICTS = (REPRODUCED, CORRECTED, DIFFERS, NOT_MODELLED, NOT_RECOMPUTABLE)
UP, DOWN = "up", "down"


class AsThere(Shape):
    """A part of a file of another kind: checked as it is there, kept as it stands."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape

    def read(self, node: Node, problems: Problems) -> Any:
        self.shape.read(node, problems)
        return node

    def schema(self) -> dict[str, Any]:
        return {}  # hundreds of KB of what the schemas of patterns and scenarios say


class CaseShape(Record):
    """A case or one of its bills, with the place where it stands."""

    def read(self, node: Node, problems: Problems) -> Any:
        values = super().read(node, problems)
        return {**values, "at": node} if isinstance(values, dict) else values


_FIGURE = Text(r"\$?\d+(\.\d+)?", "is not a printed figure; write for example $1584.00 or 15120")
_LEFT_OUT = {
    "not_modelled": Field(Text(), "which service or feature costmodel does not have"),
    "not_recomputable": Field(Text(), "which inputs the publication does not give"),
}
_LINE = Record(
    "a published line",
    {
        "what": Field(Text(), "what the line is of", required=True),
        "printed": Field(_FIGURE, "its figure as printed, without separators", required=True),
        "is": Field(ExpressionShape(), "the same figure of the estimate, as an expression"),
        "rounded": Field(Choice(UP, DOWN), "the publication rounds it up or cuts it; where left out, it rounds half up"),
        "right": Field(_FIGURE, "the right figure, where the publication's own arithmetic is wrong"),
        "because": Field(Text(), "what is wrong with it"),
        "ours": Field(_FIGURE, "what the inputs given come to, where it is not what is printed"),
        "differs": Field(Text(), "why that is"),
        **_LEFT_OUT,
    },
    not_both=(("is", "not_modelled"), ("is", "not_recomputable"), ("not_modelled", "not_recomputable"), ("right", "ours")),
)
_INPUTS = {
    "components": Field(AsThere(PATTERN.fields["components"].shape), "what is built, as in a pattern"),
    "traffic": Field(AsThere(SCENARIO.fields["traffic"].shape), "what comes in, as in a scenario"),
    "month": Field(AsThere(SCENARIO.fields["month"].shape), "the month that the publication takes; 730 h where left out"),
    "rates": Field(Text(), "the rate card with its prices"),
    "free_tier": Field(Choice(*FREE_TIERS), "the free quantities that it takes off; none where left out"),
    "changes": Field(
        Named(AnyValue(), Text(), "paths to values"), "its unit prices where the card has others: {rates.x.y.usd: 1}"
    ),
}
_LINES = Field(Each(_LINE), "the lines it prints")
_BILL = CaseShape(
    "a bill of a case", {"title": Field(Text(), "which of them it is"), **_INPUTS, "lines": _LINES._replace(required=True)}
)
_CASE = CaseShape(
    "a case",
    {
        "case": Field(Text("[A-Za-z0-9-]+", "is not an id: letters, digits and dashes"), "its id", required=True),
        "title": Field(Text(), "what it is", required=True),
        "date": Field(Text(), "of when it is, as far as is known", required=True),
        "url": Field(Text(), "where it stands, if not where the file says"),
        **_LEFT_OUT,
        **_INPUTS,
        "bills": Field(Each(_BILL), "several estimates, where it needs them"),
        "lines": _LINES,
    },
    not_both=(("not_modelled", "not_recomputable"),),
)


class CasesShape(Record):
    """A file of cases, read as a tuple of Case."""

    def read(self, node: Node, problems: Problems) -> Any:
        found: Problems = []
        values = super().read(node, found)
        cases = () if found else _cases_of(values, found)
        problems += found
        return cases


CASES = CasesShape(
    "a file of published cases",
    {
        "version": VERSION,
        "publisher": Field(Text(), "who published them", required=True),
        "url": Field(Text(), "where", required=True),
        "cases": Field(Each(_CASE), "its examples or tables", required=True),
    },
)


class PublishedLine(NamedTuple):
    """A printed line. `verdict` is what we expect to find, `expected` our figure then, at the digits that are written.

    Lines without an `expression` are not estimated; `reason` says why, or why `expected` is not what is printed.
    """

    what: str
    printed: str
    expression: Expression | None
    rounded: str
    verdict: str
    expected: str
    reason: str


class Inputs(NamedTuple):
    """The inputs of an estimate, as nodes of the case's file; `changes` are paths to YAML nodes, `at` is the case or bill."""

    components: Mapping
    traffic: Node
    month: Node | None
    rates: str
    free_tier: str
    changes: dict[str, Node]
    at: Node


class Part(NamedTuple):
    """Lines of one estimate, or of none."""

    title: str
    inputs: Inputs | None
    lines: tuple[PublishedLine, ...]


class Case(NamedTuple):
    id: str
    title: str
    publisher: str
    url: str
    date: str
    parts: tuple[Part, ...]


def read_cases() -> tuple[Case, ...]:
    """Every case of the shipped folder, by file name and then in the file's order. Raises InputError with all mistakes."""
    mistakes = Mistakes()
    cases: dict[str, Case] = {}
    for name in sorted(name for name in os.listdir(f"{SHIPPED}/{FOLDER}") if name.endswith(".yaml")):
        with mistakes.noted():
            for case in read(CASES, load(f"{SHIPPED}/{FOLDER}/{name}", f"{FOLDER}/{name}")):
                if case.id in cases:
                    mistakes.problems.append(Problem(getattr(case.id, "place", None), f"the case '{case.id}' is there already"))
                cases[case.id] = case
    if mistakes.problems:
        raise InputError(*mistakes.problems)
    return tuple(cases.values())


def select(cases: tuple[Case, ...], names: tuple[str, ...], others: tuple[str, ...]) -> tuple[Case, ...]:
    """The cases of these names, which may also be those of `others`; InputError for any that is neither."""
    known = [*others, *(case.id for case in cases)]
    wrong = [name for name in names if name not in known]
    if wrong:
        raise InputError(*(f"there is no published case '{name}'.{did_you_mean(name, known)}" for name in wrong))
    return tuple(case for case in cases if case.id in names)


def _cases_of(values: dict[str, Any], problems: Problems) -> tuple[Case, ...]:
    """The cases of a file that has the right shape; notes where lines and inputs do not go together."""
    publisher, url = values["publisher"], values["url"]
    return tuple(
        Case(case["case"], case["title"], publisher, case.get("url", url), case["date"], _parts(case, problems))
        for case in values["cases"]
    )


def _parts(case: dict[str, Any], problems: Problems) -> tuple[Part, ...]:
    """The bills of a case, each with what the case gives for all of them; then the case's own lines."""
    given = {key: case[key] for key in _INPUTS if key in case}
    left_out = _left_out(case)
    parts = [
        Part(bill.get("title", ""), _inputs({**given, **bill}, problems), _lines(bill, left_out, problems))
        for bill in case.get("bills", ())
    ]
    if "lines" in case:
        parts.append(
            Part("", None if parts else _inputs({**given, "at": case["at"]}, problems), _lines(case, left_out, problems))
        )
    if not any(part.lines for part in parts):
        problems.append(Problem(place_of(case["at"]), "this case prints nothing: it has no lines"))
    problems += [
        Problem(place_of(case["at"]), f"'{line.what}' has an expression, but there is no estimate: give components")
        for part in parts
        for line in part.lines
        if line.expression and part.inputs is None
    ]
    return tuple(parts)


def _inputs(values: dict[str, Any], problems: Problems) -> Inputs | None:
    if "components" not in values:
        return None
    lacking = [key for key in ("traffic", "rates") if key not in values]
    if lacking:
        problems.append(Problem(place_of(values["at"]), f"an estimate needs {' and '.join(lacking)} beside components"))
        return None
    return Inputs(
        values["components"],
        values["traffic"],
        values.get("month"),
        values["rates"],
        values.get("free_tier", "none"),
        values.get("changes", {}),
        values["at"],
    )


def _left_out(values: dict[str, Any]) -> tuple[str, str]:
    """The verdict and the reason of what is not estimated, or ("", "")."""
    verdicts = {"not_modelled": NOT_MODELLED, "not_recomputable": NOT_RECOMPUTABLE}
    return next(((verdicts[key], values[key]) for key in verdicts if key in values), ("", ""))


def _lines(values: dict[str, Any], left_out: tuple[str, str], problems: Problems) -> tuple[PublishedLine, ...]:
    return tuple(_line(line, left_out, problems) for line in values.get("lines", ()))


def _line(values: dict[str, Any], left_out: tuple[str, str], problems: Problems) -> PublishedLine:
    what, printed, expression = values["what"], values["printed"], values.get("is")
    place: Place = what.place
    for figure, why in (("right", "because"), ("ours", "differs")):
        if (figure in values) != (why in values):
            problems.append(Problem(place, f"'{figure}' and '{why}' go together: a figure and its reason"))
    if expression is None:
        verdict, reason = _left_out(values) if _left_out(values)[0] else left_out
        if not verdict:
            problems.append(Problem(place, f"'{what}' lacks 'is', or else 'not_modelled' or 'not_recomputable'"))
        return PublishedLine(what, printed, None, "", verdict, "", reason)
    verdict, expected, reason = REPRODUCED, printed, Word("", place)
    if "right" in values:
        verdict, expected, reason = CORRECTED, values["right"], values.get("because", "")
    elif "ours" in values:
        verdict, expected, reason = DIFFERS, values["ours"], values.get("differs", "")
    return PublishedLine(what, printed, expression, values.get("rounded", ""), verdict, expected, reason)
