import pytest
from click.testing import CliRunner, Result

from costmodel.cli import main


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite printed outputs in tests/golden and the docs")


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Calls costmodel in an empty folder, 80 columns wide. An exception that would be a traceback fails the test."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object, **environment: str | None) -> Result:
        variables = {"COLUMNS": "80", "COSTMODEL_LIBRARY": None, **environment}
        return CliRunner().invoke(main, [str(a) for a in arguments], env=variables, catch_exceptions=False)

    return call
