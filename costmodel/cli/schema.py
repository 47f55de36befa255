import json

import click

from costmodel.cli import options
from costmodel.schemas import KINDS, schema


@click.command("schema")
@click.argument("kind", type=click.Choice(KINDS), metavar="KIND")
@options.output
def command(kind: str, output: str | None) -> None:
    """The JSON Schema of a kind of file, for editors and tests.

    \b
    KIND is pattern, scenario, ratecard, quotas, estimate (of --format json),
    published-paper, published-table, published-figures or published-cases.

    \b
    costmodel schema scenario
    costmodel schema pattern -o pattern.schema.json
    """
    options.emit(json.dumps(schema(kind), indent=2, ensure_ascii=False) + "\n", output)
