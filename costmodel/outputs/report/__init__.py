"""The HTML report: one file that answers offline, and recalculates itself with the arithmetic of the traced models.

Templates, styles and scripts stand in the library's `reports/`; a user's own folder may override blocks of them.
"""

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from costmodel.errors import InputError
from costmodel.library import SHIPPED, Library

if TYPE_CHECKING:
    from jinja2 import Environment

    from costmodel.models import Model

TEMPLATE = "report.html"


def render(
    models: "Sequence[Model]",
    command: str,
    commands: Sequence[str],
    library: Library,
    done: Callable[[], None] = lambda: None,
) -> str:
    """The page of these models, patterns in the order in which they come.

    `command` is what made the page; `commands` have for each model what estimates it again, but for its scenario.
    `done` is called twice for each model, for a progress bar.
    """
    from costmodel.book import book_of
    from costmodel.outputs.report import data, page
    from costmodel.outputs.report.lines import estimates_of
    from costmodel.published.derivation import Derivation
    from costmodel.published.statement import statement

    book = book_of(models, done)
    derivation = Derivation()
    estimates = estimates_of(book, [statement(model, None, derivation) for model in models], commands)
    labels = dict.fromkeys(estimate.page.pattern for estimate in estimates)
    sections = [page.section_of(label, [e for e in estimates if e.page.pattern == label], book, done) for label in labels]
    functions = list(dict.fromkeys(estimate.script.function for estimate in estimates))
    return _filled(
        library,
        sections=sections,
        scenarios=page.traffic_groups(book),
        cards=list({model.card.name: model.card for model in models}.values()),
        free_tier=models[0].free_tier,
        command=command,
        functions=functions,
        data=data.as_json(book, sections, functions),
    )


def _filled(library: Library, **variables: object) -> str:
    """The template with the variables in it. Raises InputError for a mistake in a user's own template."""
    from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError

    try:
        return _templates(library).get_template(TEMPLATE).render(**variables)
    except TemplateNotFound as error:
        raise InputError(f"there is no template '{error.name}'; the shipped ones go by shipped/report.html") from None
    except TemplateSyntaxError as error:
        raise InputError(f"{error.filename}:{error.lineno}: {error.message}") from None
    except TemplateError as error:
        raise InputError(f"the templates in reports/ cannot be filled: {error.message}") from None


def _templates(library: Library) -> "Environment":
    """Templates of the user's folders before the shipped ones, which go by "shipped/..." too, so that they can be extended."""
    from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined

    from costmodel.outputs.lines import measures
    from costmodel.outputs.report import page
    from costmodel.outputs.words import money

    shipped = FileSystemLoader(os.path.join(SHIPPED, "reports"))
    own = [FileSystemLoader(os.path.join(folder, "reports")) for folder in library.folders]
    environment = Environment(
        loader=ChoiceLoader([*own, shipped, PrefixLoader({"shipped": shipped})]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"money": money, "measures": lambda statement: dict(measures(statement))}
    environment.filters |= {"driver": page.driver, "each": page.each, "cost_of": page.cost_of, "printed": page.printed}
    return environment
