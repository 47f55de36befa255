"""Every `$ costmodel ...` in the README and the docs is run, and what follows it is what it prints."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from costmodel.cli import COMMANDS, main

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"```console\n\$ (costmodel[^\n]*)\n(.*?)```", re.DOTALL)


def printed(command: str, folder: Path) -> str:
    arguments = shlex.split(command)[1:]
    # Files that an example writes go to an empty folder.
    arguments = [
        str(folder / name) if before == "-o" else name for before, name in zip(["", *arguments], arguments, strict=False)
    ]
    result = CliRunner().invoke(main, arguments, prog_name="costmodel", env={"COLUMNS": "80"})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.output


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_examples_print_what_the_page_shows(page, tmp_path, monkeypatch, request):
    monkeypatch.chdir(ROOT)
    text = page.read_text(encoding="utf-8")
    if request.config.getoption("--update-golden"):
        text = BLOCK.sub(lambda match: f"```console\n$ {match[1]}\n{printed(match[1], tmp_path)}```", text)
        page.write_text(text, encoding="utf-8")
    for command, shown in BLOCK.findall(text):
        assert shown == printed(command, tmp_path), command


def test_every_command_has_its_place_on_the_commands_page():
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    for command in COMMANDS:
        assert f"costmodel {command} " in text, command


def test_links_lead_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_yaml_on_the_pages_about_extending_is_what_the_example_files_hold():
    for page, example in (
        ("patterns.md", "small-buffers.yaml"),
        ("patterns.md", "aggregated-records.yaml"),
        ("rate-cards.md", "negotiated.yaml"),
    ):
        assert (ROOT / "docs" / "examples" / example).read_text(encoding="utf-8") in (ROOT / "docs" / page).read_text(
            encoding="utf-8"
        )
