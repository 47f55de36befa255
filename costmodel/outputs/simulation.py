"""How a bill is distributed, as a table, JSON or Markdown."""

import json as json_format
from collections.abc import Callable

from costmodel.outputs.grid import Column, lines, widths, wrapped
from costmodel.outputs.limits import uncertain_words
from costmodel.outputs.markdown import plain, table as markdown_table
from costmodel.outputs.words import money, number
from costmodel.whatif.samples import SCRAMBLES
from costmodel.whatif.simulation import SHOWN, Distributed, Known, Simulation
from costmodel.whatif.sweeps import TOTAL

_TITLES = ["", *(f"P{share * 100:.0f}" for share in SHOWN), "Mean"]
_COLUMNS = [Column("", 20), *(Column(title, 6, True) for title in _TITLES[1:])]


def render(form: str, found: Simulation, width: int) -> str:
    """In one of FORMATS."""
    return FORMATS[form](found, max(80, min(width, 140)))


def notes(found: Simulation) -> list[str]:
    """What is to be said beside the figures."""
    total = found.figures[TOTAL]
    low, _, high = (total.percentiles[share].value for share in SHOWN)
    said = [
        f"In 8 of 10 cases a month costs {money(low)} to {money(high)}; with every input as the files say, {_estimate(found)}."
    ]
    if found.over is not None and found.budget is not None:
        said.append(f"Over a budget of {money(found.budget)} with a probability of {_probability(found.over)}.")
    errors = [total.percentiles[share].error for share in SHOWN]
    said.append(
        f"{found.samples:,} samples, seed {found.seed}. Standard errors of the total, from {SCRAMBLES} independent scrambles: "
        f"{', '.join(f'{title} {money(error)}' for title, error in zip(_TITLES[1:], [*errors, total.mean.error], strict=True))}."
    )
    beyond = {each.asked: each.beyond for each in found.uncertain.inputs if each.beyond}
    said += [
        f"{path} would be beyond what a file may say in {number(of * 100, 1)}% of cases: at the bound."
        for path, of in beyond.items()
    ]
    return [*said, uncertain_words(found.uncertain.inputs, found.uncertain.are_correlated)]


def _estimate(found: Simulation) -> str:
    share = found.figures[TOTAL].spread.below(found.estimate)
    return f"{money(found.estimate)}, which {number(share * 100, 0)}% of the cases are below"


def _probability(over: Known) -> str:
    return f"{number(over.value * 100, 2)}% ± {number(over.error * 100, 2)}%"


def _table(found: Simulation, width: int) -> str:
    rows = _rows(found)
    sizes = widths(_COLUMNS, [_TITLES, *rows], width)
    model = found.model
    line = "-" * (sum(sizes) + 2 * (len(sizes) - 1))
    text = [*wrapped(f"{model.pattern.title} · {model.scenario.title}", width)]
    text += [*wrapped(f"prices {model.card.name} · {model.card.currency} a month, before tax", width), ""]
    text += [*lines(_TITLES, _COLUMNS, sizes), line]
    for row in rows[:-1]:
        text += lines(row, _COLUMNS, sizes)
    text += [line, *lines(rows[-1], _COLUMNS, sizes)]
    for said in notes(found):
        text += ["", *wrapped(said, width)]
    return "\n".join(text) + "\n"


def _rows(found: Simulation) -> list[list[str]]:
    """Of the figures, the total last."""
    kept = [(name, figure) for name, figure in found.figures.items() if name != TOTAL]
    return [_row(name, figure) for name, figure in [*kept, ("Total per month", found.figures[TOTAL])]]


def _row(name: str, figure: Distributed) -> list[str]:
    return [name, *(money(figure.percentiles[share].value) for share in SHOWN), money(figure.mean.value)]


def _markdown(found: Simulation, width: int) -> str:
    rows = [[plain(cell) for cell in row] for row in _rows(found)]
    head = f"## {plain(found.model.pattern.title)} · {plain(found.model.scenario.title)}: how the bill is distributed"
    said = [part for words in notes(found) for part in ("", plain(words))]
    return "\n".join([head, "", *markdown_table(["Figure", *_TITLES[1:]], rows, figures=4), *said]) + "\n"


def _json(found: Simulation, width: int) -> str:
    data = {
        "pattern": found.model.pattern.name,
        "scenario": found.model.scenario.name,
        "rate_card": found.model.card.name,
        "currency": found.model.card.currency,
        "samples": found.samples,
        "seed": found.seed,
        "ranges": {each.asked: each.text for each in found.uncertain.inputs},
        "estimate": found.estimate,
        "budget": found.budget,
        "probability_over_budget": None if found.over is None else found.over._asdict(),
        "figures": {name: _figure(figure) for name, figure in found.figures.items()},
    }
    return json_format.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _figure(figure: Distributed) -> dict[str, object]:
    """`percentiles` from the smallest value (0) to the largest (100), one by one; errors are standard errors."""
    shown = {f"p{share * 100:.0f}": known._asdict() for share, known in figure.percentiles.items()}
    every = [figure.spread.at(percent / 100) for percent in range(101)]
    return {"mean": figure.mean._asdict(), **shown, "percentiles": every}


FORMATS: dict[str, Callable[[Simulation, int], str]] = {"table": _table, "json": _json, "markdown": _markdown}
