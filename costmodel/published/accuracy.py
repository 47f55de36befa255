"""How many published figures are reproduced: each case estimated, each of its printed lines beside ours."""

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from typing import NamedTuple

from costmodel.errors import InputError, Problem
from costmodel.library import Found, Library
from costmodel.models import Model, Terms, open_models
from costmodel.published.appendix import recomputed
from costmodel.published.cases import (
    CORRECTED,
    DIFFERS,
    DOWN,
    REPRODUCED,
    UP,
    VERDICTS,
    Case,
    Inputs,
    PublishedLine,
    read_cases,
    select,
)
from costmodel.published.derivation import Derivation
from costmodel.published.expressions import Expression, evaluate
from costmodel.published.figures import Figures
from costmodel.yamlfile import Mapping, Node, as_text, mapping_at, place_of, scalar_at

WHITEPAPER = "whitepaper"
_ROUNDING = {UP: ROUND_CEILING, DOWN: ROUND_FLOOR, "": ROUND_HALF_UP}
_ROUNDED = {UP: "the publication rounds it up", DOWN: "the publication cuts it", "": ""}
_NOISELESS = Context(prec=12)  # a float's last digits are noise, which would round 0.49 up to 0.50


class Figure(NamedTuple):
    """A published figure and ours, which is rounded to the digits of what we expect; `value` is unrounded.

    `ours` is "" and `value` None where there is no estimate. `holds`: verdict and figure are as the case says.
    """

    part: str
    what: str
    printed: str
    ours: str
    value: float | None
    verdict: str
    reason: str
    holds: bool

    @property
    def difference(self) -> Decimal | None:
        """Ours less what is printed, where it is another figure."""
        if not self.ours or self.verdict == REPRODUCED:
            return None
        return _number(self.ours) - _number(self.printed)


class Accuracy(NamedTuple):
    """A case with its figures in the publication's order."""

    case: Case
    figures: tuple[Figure, ...]

    def count(self, verdict: str) -> int:
        return sum(figure.verdict == verdict for figure in self.figures)


def accuracies(names: tuple[str, ...] = ()) -> list[Accuracy]:
    """Of the whitepaper and every published case, or of those named. Raises InputError."""
    cases = read_cases()
    if names:
        cases = select(cases, names, (WHITEPAPER,))
    whitepaper = [_whitepaper()] if WHITEPAPER in names or not names else []
    return whitepaper + [accuracy(case) for case in cases]


def accuracy(case: Case) -> Accuracy:
    """The case estimated; InputError where its components, traffic or expressions are wrong."""
    found: list[Figure] = []
    for part in case.parts:
        figures = Figures(model_of(case, part.inputs)) if part.inputs else None
        found += [_figure(part.title, line, figures) for line in part.lines]
    return Accuracy(case, tuple(found))


def totals(found: list[Accuracy]) -> dict[str, int]:
    """The figures of all cases by verdict."""
    return {verdict: sum(accuracy.count(verdict) for accuracy in found) for verdict in VERDICTS}


class _CaseLibrary(Library):
    """The shipped library, where a case's components are the pattern, and its traffic and month the scenario."""

    def __init__(self, trees: dict[str, Mapping], found: Found) -> None:
        super().__init__(environment=False)
        self.trees, self.found = trees, found

    def find(self, kind: str, name: str, *rest: object) -> Found:
        return self.found if kind in self.trees and name == self.found.name else super().find(kind, name)

    def load(self, kind: str, found: Found, *rest: object, **settings: object) -> Mapping:
        if found is self.found:
            return self.trees[kind]
        return super().load(kind, found, *rest, **settings)  # type: ignore[arg-type]


def model_of(case: Case, inputs: Inputs) -> Model:
    """The model of a case's inputs. Raises InputError, with the places of the case's file."""
    pattern = _tree(case, inputs, components=inputs.components)
    scenario = _tree(case, inputs, traffic=inputs.traffic, month=inputs.month)
    place = place_of(inputs.at)
    library = _CaseLibrary({"patterns": pattern, "scenarios": scenario}, Found(case.id, place.name, place.name, False))
    changes = {path: as_text(node, on_one_line=True) for path, node in inputs.changes.items()}
    try:
        terms = Terms(rates=inputs.rates, changes=changes, free_tier=inputs.free_tier)
        (model,) = open_models(case.id, [case.id], terms=terms, library=library)
    except InputError as error:  # what no line of the file is wrong with is wrong with the whole case
        raise InputError(*(_placed(problem, inputs.at) for problem in error.problems)) from None
    return model


def _placed(problem: Problem, at: Node) -> Problem:
    if problem.place and problem.place.line:
        return problem
    return Problem(place_of(at), str(problem))


def _tree(case: Case, inputs: Inputs, **parts: Node | None) -> Mapping:
    values = {"version": scalar_at("1", inputs.at), "title": scalar_at(case.title, inputs.at)}
    return mapping_at({**values, **{key: node for key, node in parts.items() if node is not None}}, inputs.at)


def _figure(part: str, line: PublishedLine, figures: Figures | None) -> Figure:
    if line.expression is None or figures is None:
        return Figure(part, line.what, line.printed, "", None, line.verdict, line.reason, True)
    value = _value(line.expression, figures)
    ours = rounded(value, line.expected, line.rounded)
    verdict = DIFFERS
    if rounded(value, line.printed, line.rounded) == line.printed:
        verdict = REPRODUCED
    elif ours == line.expected:
        verdict = line.verdict
    holds = verdict == line.verdict and ours == line.expected
    reason = line.reason or _ROUNDED[line.rounded]
    return Figure(part, line.what, line.printed, ours, value, verdict, reason, holds)


def _value(expression: Expression, figures: Figures) -> float:
    def value_of(name: str, scenario: str) -> float:
        if scenario:
            raise InputError(f"'{expression.text}': at() is for tables with a column for each scenario")
        return figures.value(name)

    return evaluate(expression, value_of, "")


def rounded(value: float, like: str, rounding: str = "") -> str:
    """`value` with the dollar sign and the decimals of a figure such as "$2.33", half up, or always UP or DOWN."""
    exact = _NOISELESS.create_decimal_from_float(value)
    decimals = Decimal(1).scaleb(_number(like).as_tuple().exponent)  # type: ignore[arg-type]
    return f"{'$' * like.startswith('$')}{exact.quantize(decimals, _ROUNDING[rounding], Context(prec=40)):f}"


def _number(figure: str) -> Decimal:
    return Decimal(figure.lstrip("$").replace(",", ""))


def _whitepaper() -> Accuracy:
    """The paper that costmodel grew from: its 258 figures, derived with its errata in place."""
    derivation = Derivation()
    paper = derivation.paper
    errata = {erratum.id: erratum.what for erratum in paper.errata}
    figures = []
    for found in recomputed(derivation):
        table = derivation.table(found.table)
        what = f"{table.words}, {table.row(found.row).label}, {found.scenario}"
        verdict = REPRODUCED if found.derived == found.printed else CORRECTED if found.misprint else DIFFERS
        reason = errata[found.misprint].rstrip(".") if verdict == CORRECTED else ""
        figures.append(Figure("", what, found.printed, found.derived, None, verdict, reason, verdict != DIFFERS))
    case = Case(WHITEPAPER, paper.title, paper.publisher, "docs/whitepaper.md", paper.date, ())
    return Accuracy(case, tuple(figures))
