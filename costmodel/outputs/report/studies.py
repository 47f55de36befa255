"""What-if questions in a report: each a picture of an estimate, and what it says."""

from typing import NamedTuple

from markupsafe import Markup

from costmodel.outputs import sensitivity as of_sensitivity, simulation as of_simulation
from costmodel.outputs.breakeven import sentences
from costmodel.outputs.charts import breakeven, optimise, sensitivity, simulation, sweep
from costmodel.outputs.charts.drawing import PAGE, Drawing, inline
from costmodel.outputs.optimise import in_words
from costmodel.outputs.words import money, number
from costmodel.whatif.breakeven import BreakEven
from costmodel.whatif.optimising import Optimum
from costmodel.whatif.points import Points
from costmodel.whatif.sensitivity import Sensitivity
from costmodel.whatif.simulation import Simulation
from costmodel.whatif.sweeps import Subject, Swept

MOST_SWINGS = 10


class Studied(NamedTuple):
    """What was found out about an estimate; None for what was not asked."""

    sweep: tuple[Subject, Points, Swept] | None = None
    sensitivity: Sensitivity | None = None
    simulation: Simulation | None = None
    optimum: Optimum | None = None


class Study(NamedTuple):
    """The picture that answers a question, and what to say beside it."""

    chart: Markup
    said: list[str]


def studies_of(studied: Studied, label: str) -> list[Study]:
    """Those that were asked; `label` tells their pictures' parts from others of the page."""
    found = []
    if studied.sweep is not None:
        found.append(_study(sweep.draw(*studied.sweep, PAGE), label, "sweep"))
    if studied.sensitivity is not None:
        found.append(_of_sensitivity(studied.sensitivity, label))
    if studied.simulation is not None:
        said = of_simulation.notes(studied.simulation)
        found.append(_study(simulation.draw(studied.simulation, PAGE), label, "simulation", said))
    if studied.optimum is not None:
        found.append(_study(optimise.draw(studied.optimum, PAGE), label, "optimum", in_words(studied.optimum)))
    return found


def of_break_even(found: BreakEven, label: str) -> Study:
    """Of several patterns under one scenario."""
    said = [f"{found.models[0].scenario.title}:", *sentences(found)]
    return _study(breakeven.draw(found, PAGE), label, "breakeven", said)


def _study(drawing: Drawing, label: str, kind: str, said: list[str] | None = None) -> Study:
    return Study(Markup(inline(drawing, f"{label}-{kind}")), [drawing.description] if said is None else said)


def _of_sensitivity(found: Sensitivity, label: str) -> Study:
    shown = found._replace(swings=found.swings[:MOST_SWINGS])
    said = [
        f"{swing.of.path}: {money(swing.at_low)} to {money(swing.at_high)}"
        + ("" if swing.elasticity is None else f", elasticity {number(swing.elasticity, 2)}")
        for swing in shown.swings
    ]
    if found.are_correlated:
        said.append(of_sensitivity.CORRELATED)
    if found.shares:
        shares = "; ".join(f"{share.asked} {number(max(share.total, 0) * 100, 1)}%" for share in found.shares)
        said.append(f"{of_sensitivity.VARIANCE} In all: {shares}.")
    return _study(sensitivity.draw(shown, PAGE), label, "sensitivity", said or None)
