import os
import shutil
from collections.abc import Iterator
from functools import partial

import pytest
from click.testing import CliRunner, Result
from hypothesis import settings
from report_pages import DESKTOP, Shown, written

from costmodel import estimate
from costmodel.cli import main

# Cards do not become old while nobody changes them: "today" is a day soon after the newest shipped ones.
os.environ["SOURCE_DATE_EPOCH"] = "1767225600"  # 2026-01-01


# How long an example takes says nothing: it may have the machine to itself or not.
settings.register_profile("costmodel", deadline=None)
settings.load_profile("costmodel")


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


@pytest.fixture
def bill(tmp_path):
    """Estimates components (YAML) under 1,000 records of 1 KB a second in 30 days, on a card with `card` over `base`."""

    def made(components, *, card="", scenario="", pattern="", base="aws/us-east-1/2018-06", **terms):
        head = "version: 1\ntitle: Own\n"
        (tmp_path / "own.yaml").write_text(f"{head}{pattern}components:\n  {components.strip()}\n")
        traffic = "traffic: {peak_rate: 1000/s, record_size: 1 KB}\nmonth: 30 days\n"
        (tmp_path / "steady.yaml").write_text(head + traffic + scenario)
        (tmp_path / "card.yaml").write_text(f"version: 1\nextends: {base}\n{card}")
        return estimate(tmp_path / "own.yaml", tmp_path / "steady.yaml", rates=tmp_path / "card.yaml", **terms)

    return made


@pytest.fixture
def modern(bill):
    """As `bill`, on the card of June 2025."""
    return partial(bill, base="aws/us-east-1/2025-06")


def _program(name: str) -> str:
    """A program that is not Python's. Without it a test is skipped; in CI, which installs it, that is a failure."""
    found = shutil.which(name)
    if found is None:
        (pytest.fail if os.environ.get("COSTMODEL_CI") else pytest.skip)(f"{name} is not installed")
    return found


@pytest.fixture(scope="session")
def libreoffice() -> str:
    return _program("soffice")


@pytest.fixture(scope="session")
def chromium() -> Iterator:
    """A headless Chromium that asks nothing of the network by itself."""
    path = _program("chromium")
    from playwright.sync_api import sync_playwright

    quiet = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*quiet, "--disable-sync"])
        yield browser
        browser.close()


@pytest.fixture
def show(chromium, tmp_path):
    """Writes the report of models and opens it."""
    contexts = []

    def show_models(models, viewport=DESKTOP, library=None, headroom=0.2, grown=False, **options):
        path = tmp_path / "report.html"
        path.write_text(written(models, library, headroom, grown), encoding="utf-8")
        contexts.append(chromium.new_context(viewport=viewport, accept_downloads=True, **options))
        return Shown(contexts[-1].new_page(), path)

    yield show_models
    for context in contexts:
        context.close()
