import click

from costmodel import services
from costmodel.cli import options
from costmodel.errors import InputError, did_you_mean
from costmodel.library import WHAT, Found, Library

SERVICE = "service"


@click.command("show")
@click.argument("name", metavar="NAME")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "mermaid", "yaml"]),
    default="text",
    show_default=True,
    help="mermaid: a pattern's diagram; yaml: the file itself.",
)
@click.option("--library", multiple=True, metavar="DIR", help="Search this folder before the shipped one; repeatable.")
@options.output
def command(name: str, form: str, library: tuple[str, ...], output: str | None) -> None:
    """What a pattern, scenario, rate card or service is.

    \b
    costmodel show itl
    costmodel show itl --format mermaid
    costmodel show aws/us-east-1/2018-06
    costmodel show firehose
    """
    searched = Library(library)
    kind = _kind(name, searched)
    width = max(80, min(options.terminal_width(), 120))
    options.emit(_of_service(name, form, width) if kind == SERVICE else _of_file(name, kind, searched, form, width), output)


def _kind(name: str, library: Library) -> str:
    """A folder of the library, or SERVICE. Raises InputError if nothing has the name."""
    if name.endswith((".yaml", ".yml")):
        from costmodel.checking import check

        what = check(name, library)
        kind = next((folder for folder, word in WHAT.items() if word == what), None)
        if kind is None:
            raise InputError(f"'{name}' is a {what}; show takes patterns, scenarios, rate cards and quota sheets")
        return kind
    for folder in WHAT:
        if name in library.names(folder):
            return folder
    keys = services.keys()
    if name in keys:
        return SERVICE
    known = [*keys, *(known for folder in WHAT for known in library.names(folder))]
    raise InputError(f"there is no pattern, scenario, rate card, quota sheet or service '{name}'.{did_you_mean(name, known)}")


def _of_service(name: str, form: str, width: int) -> str:
    from costmodel.outputs import descriptions

    service = services.find(name)
    if form != "text" or service is None:
        raise InputError(f"'{name}' is a service; it has no {form} form")
    return descriptions.laid_out(descriptions.service_text(service), width)


def _of_file(name: str, kind: str, library: Library, form: str, width: int) -> str:
    from costmodel.outputs import descriptions
    from costmodel.pattern import read_pattern
    from costmodel.scenario import read_scenario
    from costmodel.yamlfile import read_text

    found = library.find(kind, name)
    if form == "yaml":
        return read_text(found.path, found.shown)
    if form == "mermaid" and kind != "patterns":
        raise InputError(f"'{name}' is a {WHAT[kind]}; only a pattern has a Mermaid diagram")
    if kind == "pricing":
        return _of_card(found, library)
    if kind == "quotas":
        from costmodel.capacity.quotas import read_sheet

        return descriptions.laid_out(descriptions.sheet_text(read_sheet(library.load(kind, found), found.name)), width)
    node = library.load(kind, found)
    if form == "mermaid":
        return descriptions.mermaid(read_pattern(node, found.name))
    if kind == "patterns":
        rows = descriptions.pattern_text(read_pattern(node, found.name))
    else:
        rows = descriptions.scenario_text(read_scenario(node, found.name, found.path))
    return descriptions.laid_out(rows, width)


def _of_card(found: Found, library: Library) -> str:
    from costmodel.cards.opening import opened, selected
    from costmodel.cards.rows import rows
    from costmodel.outputs.cards.card import render

    opened_card = opened(found, library)
    return render("table", opened_card, rows(opened_card, selected((), opened_card.card)), options.terminal_width())
