"""The report's templates: the shipped ones, and a user's own over them, whose mistakes are told as those of any file."""

import os
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from costmodel.errors import InputError, did_you_mean
from costmodel.library import SHIPPED, Library
from costmodel.outputs.lines import costs_by_service, measures
from costmodel.outputs.report import limits, page
from costmodel.outputs.words import money, number

if TYPE_CHECKING:
    from jinja2 import Environment, nodes

TEMPLATE = "report.html"
_IN_STYLES = re.compile(r"""(?:@import\s*(?=["'])|\burl\()\s*["']?([^"')\s]+)""", re.IGNORECASE)


def filled(library: Library, **variables: object) -> str:
    """The report with the variables in its template. Raises InputError for a mistake in a user's own template."""
    environment = _environment(library)
    own = [path for folder in library.folders if os.path.isdir(path := os.path.join(folder, "reports"))]
    if not own:
        return environment.get_template(TEMPLATE).render(**variables)
    try:
        if os.path.isfile(page_of_own := os.path.join(own[0], TEMPLATE)):
            _check_blocks(environment, page_of_own)
        text = environment.get_template(TEMPLATE).render(**variables)
    except InputError:
        raise
    except Exception as error:  # whatever a template does wrong is a mistake of the input, not of ours
        raise InputError(_told(error, own[0])) from None
    _check_result(text, own[0])
    return text


def _environment(library: Library) -> "Environment":
    """Templates of the user's folders before the shipped ones, which go by "shipped/..." too, so that they can be extended."""
    from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # a library is data, and may be another's

    shipped = FileSystemLoader(os.path.join(SHIPPED, "reports"))
    own = [FileSystemLoader(os.path.join(folder, "reports")) for folder in library.folders]
    environment = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([*own, shipped, PrefixLoader({"shipped": shipped})]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "money": money,
        "number": number,
        "measures": lambda statement: {words: value for words, (value,) in measures([statement])},
    }
    environment.filters |= {
        "driver": page.driver_words,
        "each": page.each,
        "costs": costs_by_service,
        "printed": page.printed,
        "held": limits.answer,
        "outcome": limits.outcome,
    }
    return environment


def _check_blocks(environment: "Environment", own: str) -> None:
    """A block that the shipped page lacks would be left out without a word."""
    from jinja2 import nodes

    known = [block.name for block in _tree(environment, os.path.join(SHIPPED, "reports", TEMPLATE)).find_all(nodes.Block)]
    tree = _tree(environment, own)
    wrong = [block for block in tree.find_all(nodes.Block) if block.name not in known]
    if wrong and next(tree.find_all(nodes.Extends), None) is not None:
        raise InputError(*(f"{own}:{b.lineno}: there is no block '{b.name}'.{did_you_mean(b.name, known)}" for b in wrong))


def _tree(environment: "Environment", path: str) -> "nodes.Template":
    with open(path, encoding="utf-8") as file:
        return environment.parse(file.read(), filename=path)


def _told(error: Exception, own: str) -> str:
    """What went wrong, and in which line of which template."""
    from jinja2 import TemplateNotFound, TemplateSyntaxError

    if isinstance(error, TemplateSyntaxError):
        return f"{error.filename or own}:{error.lineno}: {error.message}"
    if isinstance(error, TemplateNotFound):
        return f"{own}: there is no template '{error.name}'; the shipped page is shipped/{TEMPLATE}"
    if isinstance(error, RecursionError):
        return f"{own}: it extends itself; the shipped page is shipped/{TEMPLATE}"
    where, trace = own, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.endswith((".html", ".css", ".js")):
            where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{where}: {error}"


def _check_result(text: str, own: str) -> None:
    if 'id="data"' not in text:
        raise InputError(f'{own}: it makes no report; begin it with {{% extends "shipped/{TEMPLATE}" %}}')
    asked = _Asked(text).asked
    if asked:
        raise InputError(*(f"{own}: the page must be whole by itself; put '{address}' in as data:..." for address in asked))


class _Asked(HTMLParser):
    """What a page would ask for from elsewhere: sources, style sheets, what its styles name."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.asked: list[str] = []
        self._in_style = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        for name, value in attrs:
            if name in ("src", "srcset", "poster") or (tag == "link" and name == "href"):
                self._note(value or "")
            elif name == "style":
                self._note_style(value or "")

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self._note_style(data)

    def _note_style(self, style: str) -> None:
        for match in _IN_STYLES.finditer(style):
            self._note(match[1])

    def _note(self, address: str) -> None:
        if not address.strip().startswith(("data:", "#")):
            self.asked.append(address.strip())
