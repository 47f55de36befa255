"""The HTML report: one file that answers offline, and recalculates itself with the arithmetic of the traced models.

Templates, styles and scripts stand in the library's `reports/`; a user's own folder may override blocks of them.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from costmodel.library import Library

if TYPE_CHECKING:
    from costmodel.capacity.forecasts import Forecast
    from costmodel.capacity.plans import Plan
    from costmodel.models import Model
    from costmodel.outputs.report.studies import Studied
    from costmodel.whatif.breakeven import BreakEven


def render(
    models: "Sequence[Model]",
    command: str,
    commands: "Sequence[tuple[str, str]]",
    library: Library,
    done: Callable[[], None] = lambda: None,
    plans: "Sequence[Plan]" = (),
    forecasts: "Sequence[Forecast]" = (),
    studied: "Sequence[Studied]" = (),
    break_evens: "Sequence[BreakEven]" = (),
) -> str:
    """The page of these models, patterns in the order in which they come.

    `command` is what made the page; `commands` have for each model what estimates it again: what stands before the name of
    a scenario's file, and what after it.
    `plans` are those of the models, opened with quotas; without them the page says nothing of limits. So it is with
    `forecasts` and growing traffic, with what was `studied` of each model, and with the `break_evens` of several.
    `done` is called twice for each model, for a progress bar.
    """
    from costmodel.book import book_of
    from costmodel.outputs.lines import kind_of_prices
    from costmodel.outputs.report import data, page as of_page, templates
    from costmodel.outputs.report.lines import estimates_of
    from costmodel.outputs.report.studies import Studied, of_break_even
    from costmodel.published.statement import statements

    book = book_of(models, done)
    of_model = {id(model): command for model, command in zip(models, commands, strict=True)}
    stated = statements((page.model for page in book.pages), None)
    estimates = estimates_of(book, stated, [of_model[id(page.model)] for page in book.pages])
    of_plans = {id(plan.model): plan for plan in plans}
    of_forecasts = {id(forecast.model): forecast for forecast in forecasts}
    of_studied = dict(zip(map(id, models), studied, strict=True)) if studied else {}
    ahead = [
        of_page.Ahead(of_plans.get(key), of_forecasts.get(key), of_studied.get(key, Studied()))
        for key in (id(page.model) for page in book.pages)
    ]
    sections = of_page.sections_of(estimates, ahead, book, done)
    functions = list(dict.fromkeys(estimate.script.function for estimate in estimates))
    return templates.filled(
        library,
        sections=sections,
        scenarios=of_page.traffic_groups(book),
        cards=[card for card, _ in book.cards()],
        prices={card.name: kind_of_prices(discounted) for card, discounted in book.cards()},
        sheets=list({plan.sheet.name: plan.sheet for plan in plans}.values()),
        free_tier=models[0].free_tier,
        break_evens=[of_break_even(found, f"across-{n}") for n, found in enumerate(break_evens)],
        command=command,
        functions=functions,
        data=data.as_json(book, sections, functions, list(plans)),
    )
