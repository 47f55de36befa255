"""The wheel, installed into an empty folder: it has its data and estimates from anywhere."""

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DATA = ["patterns", "scenarios", "scenarios/published", "pricing", "tests/bills/published"]


def called(*command: str | Path, **options) -> str:
    result = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False, timeout=300, **options)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    called(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A folder with the wheel installed, and a call of Python that sees it before everything else."""
    folder = tmp_path_factory.mktemp("installed")
    called(sys.executable, "-m", "pip", "install", "--no-deps", "--no-compile", "--quiet", "--target", folder, wheel)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    # -S keeps out the .pth file of the editable install; site-packages are there for click and yaml alone.
    path = os.pathsep.join([str(folder), sysconfig.get_path("purelib")])
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": path, "COLUMNS": "80", "PYTHONUTF8": "1"}
    return folder, lambda *arguments: called(sys.executable, "-S", *arguments, cwd=elsewhere, env=environment)


def test_what_is_in_the_wheel(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    expected = {f"costmodel/data/{path.relative_to(ROOT)}" for folder in DATA for path in (ROOT / folder).rglob("*.yaml")}
    expected |= {str(path.relative_to(ROOT)) for path in (ROOT / "costmodel").rglob("*.py")}
    expected |= {str(path.relative_to(ROOT)) for path in (ROOT / "costmodel" / "schemas").glob("*.json")}
    assert len(expected) > 60
    assert {"costmodel/py.typed", *expected} - names == set()
    assert [name for name in names if not name.startswith(("costmodel/", "costmodel-"))] == []
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_it_is_the_installed_package(installed):
    folder, python = installed
    assert python("-c", "import costmodel; print(costmodel.__file__)").strip() == str(folder / "costmodel" / "__init__.py")
    shipped = python("-c", "from costmodel.library import SHIPPED; print(SHIPPED)").strip()
    assert shipped == str(folder / "costmodel" / "data")


def test_it_estimates_from_another_folder(installed):
    _, python = installed
    text = python("-m", "costmodel", "estimate", "--pattern", "itl", "--scenario", "large")
    assert "as printed in table 4" in text
    assert "$672.06" in text
    assert "$672.05" in text


def test_it_has_patterns_scenarios_cards_tables_and_schemas(installed):
    _, python = installed
    assert python("-m", "costmodel", "list", "patterns").split()[0] == "analytics"
    assert python("-m", "costmodel", "list", "scenarios").split()[0] == "large"
    assert "aws/us-east-1/2018-06 " in python("-m", "costmodel", "list", "rates")
    assert "  252 reproduced by derivation" in python("-m", "costmodel", "appendix", "--check")
    assert "W-LAM-1 " in python("-m", "costmodel", "accuracy", "--check")
    assert '"title": "costmodel estimate"' in python("-m", "costmodel", "schema", "estimate")
    assert "ingest.ingested" in python("-m", "costmodel", "explain", "-p", "itl", "-s", "large", "ingest")


def test_the_console_script(installed):
    folder, _ = installed
    script = (folder / "bin" / "costmodel").read_text(encoding="utf-8")
    assert "from costmodel.cli import run" in script
