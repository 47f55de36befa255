"""Reads what `costmodel explain` prints, and computes it again from nothing but the text.

Each step reads `name = formula = values = result`. The values are evaluated here, by a small reader of its own, and so is
the formula with the names that other steps and inputs of the same explanation give.
"""

import math
import re
from dataclasses import dataclass, field
from itertools import product

import pytest

KB = 1024.0
UNITS = {"bytes": 1, "byte": 1, "KB": KB, "MB": KB**2, "GB": KB**3, "TB": KB**4, "GB-months": KB**3}
UNITS |= {"ms": 1, "s": 1e3, "minutes": 6e4, "minute": 6e4, "h": 3.6e6, "days": 8.64e7, "day": 8.64e7}
UNITS |= {"RCU-hours": 3.6e6, "WCU-hours": 3.6e6, "KPU-hours": 3.6e6, "RCU-months": 1, "WCU-months": 1}
UNITS |= {"GB·s": KB**3 * 1e3, "GB-seconds": KB**3 * 1e3, "KB/s": KB / 1e3, "thousand": 1e3, "million": 1e6, "billion": 1e9}
UNITS |= dict.fromkeys(["records", "requests", "request", "messages", "message", "triggers", "trigger", "actions", "action"], 1)
COUNTED_IN_LOADS = ["record", "request", "publish", "unit", "invocation", "execution", "connection", "KPU"]
UNITS |= {f"{what}{s}{per}": of for what in COUNTED_IN_LOADS for s in ("", "s", "es") for per, of in (("", 1), ("/s", 1e-3))}
UNITS |= {"MB/s": KB**2 / 1e3, "bytes/s": 1e-3}
AMOUNT = re.compile(
    r"\$?(?P<number>\d[\d,]*(?:\.\d+)?)(?P<suffix>/s\b|%)?(?: (?P<block>[mb]illion)(?= ))?(?: (?P<unit>[A-Za-z][\w·/-]*))?"
)
SUFFIXES = {"/s": 1e-3, "%": 0.01, None: 1}
WORDS = re.compile(
    r" (×|/|\+|-) |(\(|\))|(the smaller of )|(the larger of )| (and) | (rounded up to a multiple of) |( summed over the periods)"
)
SIGNS = {"×": lambda a, b: a * b, "/": lambda a, b: a / b, "+": lambda a, b: a + b, "-": lambda a, b: a - b}


def amount(text: str) -> float:
    """ "20,599.37 GB", "5,000/s", "20%", "$0.029 per GB" in bytes, ms, counts and dollars."""
    match = AMOUNT.fullmatch(text.partition(" per ")[0])
    assert match, f"not an amount: {text!r}"
    if match["unit"]:
        assert match["unit"] in UNITS, f"not a unit: {text!r}"
    return (
        float(match["number"].replace(",", ""))
        * SUFFIXES[match["suffix"]]
        * UNITS.get(match["block"], 1)
        * UNITS.get(match["unit"], 1)
    )


class Reader:
    """Evaluates an expression in words; `of` says what an operand is worth."""

    def __init__(self, text: str, of):
        self.words = [word.strip() for word in WORDS.split(text) if word and word.strip()]
        self.of = of

    def value(self) -> float:
        result = self.sum()
        assert not self.words, f"left over: {self.words}"
        return result

    def next(self, *words: str) -> str:
        return self.words.pop(0) if self.words and self.words[0] in words else ""

    def chain(self, operand, *signs: str) -> float:
        result = operand()
        while sign := self.next(*signs):
            result = SIGNS[sign](result, operand())
        return result

    def sum(self) -> float:
        return self.chain(self.product, "+", "-")

    def product(self) -> float:
        return self.chain(self.rounded, "×", "/")

    def rounded(self) -> float:
        result = self.operand()
        if self.next("rounded up to a multiple of"):
            to = self.operand()
            result = math.ceil(result / to - 1e-9) * to
        return result

    def operand(self) -> float:
        if self.next("("):
            result = self.sum()
            assert self.next(")"), f"no closing bracket before {self.words}"
            return result
        if choice := self.next("the smaller of", "the larger of"):
            first = self.operand()
            assert self.next("and")
            return (min if choice == "the smaller of" else max)(first, self.operand())
        result = self.of(self.words.pop(0))
        return sum(result.values()) if self.next("summed over the periods") and isinstance(result, dict) else result


def evaluated(text: str) -> float:
    return Reader(text, amount).value()


@dataclass
class Explained:
    """One line of the bill as explained: its title, the cost at the title's end, steps, lines by period, and inputs.

    Of a check of the plan, `cost` is its verdict, the title ends with what is used, and there are remarks on its quota.
    """

    title: str
    cost: str
    steps: list[str] = field(default_factory=list)
    by_period: dict[str, dict[str, str]] = field(default_factory=dict)
    inputs: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def read(text: str) -> list[Explained]:
    """The explanations with wrapped lines joined: a step is indented by 2, a line of a period by 4, what goes on by 4 more."""
    explained: list[Explained] = []
    for line in text.splitlines():
        depth = len(line) - len(line.lstrip())
        words = line.strip()
        if not words:
            continue
        if depth == 0:
            title, _, cost = words.rpartition("  ")
            explained.append(Explained(title.strip(), cost))
            steps, rows, inputs = explained[-1].steps, [], False
        elif words == "where":
            inputs = True
        elif inputs and depth == 4:
            explained[-1].inputs.append(words)
        elif inputs:
            explained[-1].remarks.append(words)
        elif depth == 2:
            steps.append(words)
            rows = steps
        elif depth == 4:
            rows = [words]
            period, _, rest = words.removeprefix("in ").partition(": ")
            explained[-1].by_period.setdefault(steps[-1].partition(" = ")[0], {})[period] = rest
        else:
            rows[-1] += f" {words}"
            if rows is not steps:
                period, _, rest = rows[-1].removeprefix("in ").partition(": ")
                explained[-1].by_period[steps[-1].partition(" = ")[0]][period] = rest
    return explained


def values_and_results(e: Explained):
    """(what, values, result) of every step that shows values."""
    for step in e.steps:
        name, _, *rest = step.split(" = ")
        if len(rest) == 2:
            yield name, rest[0], rest[1]
        for period, row in e.by_period.get(name, {}).items():
            values, result = row.split(" = ")
            yield f"{name} in {period}", values, result


Worth = float | dict[str, float]  # of the month, or in each period


def meanings(e: Explained) -> dict[str, list[Worth]]:
    """What each name of an explanation is worth by its inputs and its steps."""
    found: dict[str, list[Worth]] = {}
    of_periods: dict[str, dict[str, float]] = {}  # "rate in peak" and "off_peak rate" are two parts of "rate"
    for row in (row for row in e.inputs if not row.startswith("price: ")):
        name, _, rest = row.partition(": ")
        text = rest.partition(" · ")[0]
        found.setdefault(name, []).append(amount(text) * (3.6e6 if name == "peak hours" and text.isdigit() else 1))
    for step in e.steps[1:]:
        name, *parts = step.split(" = ")
        rows = e.by_period.get(name)
        found.setdefault(name, []).append(
            {period: amount(row.split(" = ")[-1]) for period, row in rows.items()} if rows else amount(parts[-1])
        )
        for period in ("peak", "off_peak"):
            part = name.removesuffix(f" in {period}").removeprefix(f"{period} ")
            if part != name:
                of_periods.setdefault(part, {})[period] = amount(parts[-1])
    for name, worth in of_periods.items():  # in formulas: "rate", "period duration"
        found.setdefault(name, []).append(worth)
        found.setdefault(f"period {name}", []).append(worth)
    return found


def readings(formula: str, found: dict[str, list[Worth]], period: str | None) -> list[float]:
    """What a formula of names is worth in a period, with each meaning that its names have."""
    names = list(dict.fromkeys(word.strip() for word in WORDS.split(formula) if word and word.strip() in found))
    values = []
    for chosen in product(*(found[name] for name in names)):
        worth = dict(zip(names, chosen, strict=True))
        if period is not None:
            worth = {name: w.get(period, math.nan) if isinstance(w, dict) else w for name, w in worth.items()}
        elif "summed over the periods" not in formula and any(isinstance(w, dict) for w in worth.values()):
            continue
        values.append(Reader(formula, lambda word, worth=worth: worth[word] if word in worth else amount(word)).value())
    return values


def close(shown: str, value: float) -> bool:
    return amount(shown) == pytest.approx(value, rel=1e-6, abs=1e-9)
