"""docs/examples: rendered outputs of the whitepaper's patterns, and that each is what its command writes today.

`pytest --update-golden tests/test_examples.py` writes them anew. Pictures and workbooks differ to the byte between
versions of the libraries that draw them, so what is compared is what they say.
"""

import re
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from costmodel.cli import main

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "docs" / "examples"
# The command of each file stands in the folder's README, as a newcomer would run it.
COMMANDS = {
    Path(command.split()[-1]).name: command.split()[1:]
    for command in re.findall(r"^(costmodel .* -o docs/examples/\S+)$", (EXAMPLES / "README.md").read_text("utf-8"), re.MULTILINE)
}


def said(path):
    """What a file says: its texts without drawings, or the cells of its sheets."""
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path)
        return {sheet.title: [[cell.value for cell in row] for row in sheet] for sheet in book}
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".svg":
        return re.findall(r"<text[^>]*>([^<]*)</text>", text)
    return re.sub(r"<svg.*?</svg>", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("name", COMMANDS)
def test_an_example_is_what_its_command_writes(name, tmp_path, monkeypatch, request):
    monkeypatch.chdir(ROOT)
    arguments = COMMANDS[name]
    is_new = request.config.getoption("--update-golden")
    written = EXAMPLES / name if is_new else tmp_path / name
    result = CliRunner().invoke(main, [*arguments[:-1], str(written)], prog_name="costmodel", catch_exceptions=False)
    assert result.exit_code == 0, result.output
    fresh, kept = said(written), said(EXAMPLES / name)
    if isinstance(fresh, str):  # a report says the command that made it
        fresh = fresh.replace(str(written), f"docs/examples/{name}")
        if is_new:
            written.write_text(
                written.read_text(encoding="utf-8").replace(str(written), f"docs/examples/{name}"), encoding="utf-8"
            )
            kept = said(written)
    assert fresh == kept


def test_every_rendered_file_is_of_a_command():
    rendered = {path.name for path in EXAMPLES.iterdir()} - {"README.md"}
    assert {name for name in rendered if not name.endswith(".yaml")} == set(COMMANDS)
    assert len(COMMANDS) > 5
