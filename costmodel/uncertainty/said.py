"""What a scenario says of an uncertain input: a range, a distribution or measurements; and of how two belong together."""

from typing import Any, NamedTuple

from costmodel.errors import Place, Problem
from costmodel.shapes import INVALID, Each, Field, Problems, Record, Shape, Text, Word
from costmodel.units import with_unit
from costmodel.yamlfile import Node, Scalar, as_text, place_of

RANGE, NORMAL, LOGNORMAL, TRIANGULAR, UNIFORM, MEASURED = "range", "normal", "lognormal", "triangular", "uniform", "measured"
LOW, MID, HIGH, MODE, MEAN, SD, MEDIAN, COLUMN = "low", "mid", "high", "mode", "mean", "sd", "median", "column"
PERCENTILES = {"p90": 0.90, "p95": 0.95, "p99": 0.99}
EXAMPLE = "0.8 .. 1.5"


class Said(NamedTuple):
    """`numbers` are the texts that the kind is given by; those of RANGE are low, high and where it is said mid.

    `text` is how it is said to people, `source` how it was written.
    """

    kind: str
    numbers: dict[str, Word]
    text: str
    place: Place
    source: str


def _numbers(what: str, one_of: tuple[tuple[str, ...], ...] = (), **docs: str) -> Record:
    return Record(what, {name: Field(Text(), doc, required=not one_of) for name, doc in docs.items()}, one_of)


_DISTRIBUTIONS = {
    NORMAL: _numbers("a normal distribution", mean="the mean", sd="the standard deviation"),
    LOGNORMAL: _numbers(
        "a lognormal distribution",
        ((MEDIAN, MEAN), (SD, *PERCENTILES)),
        median="what half of the cases are below; with a percentile",
        p90="what 90% are below",
        p95="what 95% are below",
        p99="what 99% are below",
        mean="the mean; with sd",
        sd="the standard deviation",
    ),
    TRIANGULAR: _numbers("a triangular distribution", low="the lowest", mode="the likeliest", high="the highest"),
    UNIFORM: _numbers("a uniform distribution", low="the lowest", high="the highest"),
}
_UNCERTAIN = Record(
    "an uncertain input",
    {
        LOW: Field(Text(), "what it is below in 1 of 20 cases"),
        MID: Field(Text(), "what it is below in half of them; what the files say, where left out"),
        HIGH: Field(Text(), "what it is above in 1 of 20"),
        **{kind: Field(shape, f"{shape.what}: {', '.join(shape.fields)}") for kind, shape in _DISTRIBUTIONS.items()},
        MEASURED: Field(Text(), "a CSV file of measurements, each as likely as the others"),
        COLUMN: Field(Text(), "its column; the first where left out"),
    },
    one_of=((LOW, *_DISTRIBUTIONS, MEASURED),),
)
_WITH = {MID: LOW, HIGH: LOW, COLUMN: MEASURED}  # a key that says more of another


class UncertainShape(Shape):
    """A range as a text, "0.8 .. 1.5", or a mapping that names a distribution."""

    def read(self, node: Node, problems: Problems) -> Any:
        if isinstance(node, Scalar):
            return _range(node, problems)
        before = len(problems)
        values = _UNCERTAIN.read(node, problems) or {}
        wrong = [(key, of) for key, of in _WITH.items() if key in values and of not in values]
        problems += [Problem(place_of(node), f"'{key}' belongs to '{of}', which is not given") for key, of in wrong]
        if LOW in values and HIGH not in values:
            problems.append(Problem(place_of(node), "a range lacks 'high': what it is above in 1 of 20 cases"))
        if len(problems) > before:
            return INVALID
        kind = next((kind for kind in (*_DISTRIBUTIONS, MEASURED) if kind in values), RANGE)
        numbers = values[kind] if kind in _DISTRIBUTIONS else values
        if kind == LOGNORMAL and (SD in numbers) != (MEAN in numbers):
            problems.append(Problem(place_of(node), "a lognormal distribution has mean and sd, or median and p90, p95 or p99"))
            return INVALID
        return Said(kind, numbers, _words(kind, numbers), place_of(node), as_text(node, on_one_line=True))

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [{"type": "string", "pattern": r"^.+\.\..+$"}, _UNCERTAIN.schema()]}


def _range(node: Scalar, problems: Problems) -> Any:
    """Of "LOW .. HIGH"; the low end has the unit of the high one where it has none."""
    low, _, high = (part.strip() for part in node.value.partition(".."))
    if not low or not high.strip(". "):
        problems.append(Problem(place_of(node), f"'{node.value}' is no range; write for example {EXAMPLE}"))
        return INVALID
    low, high = with_unit([low, high])
    place = place_of(node)
    return Said(RANGE, {LOW: Word(low, place), HIGH: Word(high, place)}, node.value, place, node.value)


def _words(kind: str, numbers: dict[str, Word]) -> str:
    if kind == RANGE:
        return " .. ".join(numbers[name] for name in (LOW, MID, HIGH) if name in numbers)
    if kind == MEASURED:
        return f"as measured in {numbers[MEASURED]}" + (f" ({numbers[COLUMN]})" if COLUMN in numbers else "")
    return f"{kind}: {', '.join(f'{name} {number}' for name, number in numbers.items())}"


class Correlation(NamedTuple):
    """Of two inputs by their paths: from -1 to 1, between the normal scores of their ranks."""

    between: tuple[Word, Word]
    coefficient: float


class CorrelationShape(Record):
    """Two inputs, and how they belong together."""

    def __init__(self, path: Text) -> None:
        number = Text(r"[+-]?(0?\.[0-9]+|[01](\.[0-9]*)?)", "is no correlation; write a number from -1 to 1, such as 0.6")
        super().__init__(
            "a correlation",
            {
                "between": Field(Each(path), "two uncertain inputs: [traffic.peak_rate, traffic.record_size]", required=True),
                "is": Field(number, "from -1 to 1; 0 where one knows nothing of the other", required=True),
            },
        )

    def read(self, node: Node, problems: Problems) -> Any:
        before = len(problems)
        values = super().read(node, problems)
        if len(problems) > before:
            return INVALID
        between, coefficient = values["between"], float(values["is"])
        if len(set(between)) != 2 or len(between) != 2:
            problems.append(Problem(place_of(node), "a correlation is between two inputs"))
        elif abs(coefficient) > 1:
            problems.append(Problem(values["is"].place, f"{coefficient:g} is no correlation; it is from -1 to 1"))
        return Correlation(between, coefficient)
