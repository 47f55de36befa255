"""Who may import whom, read from the syntax tree; why is in docs/architecture.md."""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import costmodel

ROOT = Path(costmodel.__file__).parent
MODULES = sorted(str(path.relative_to(ROOT)) for path in ROOT.rglob("*.py"))
SERVICES = [module for module in MODULES if module.startswith("services/") and not module.endswith("__init__.py")]
HEAVY = {
    "pandas",
    "numpy",
    "matplotlib",
    "jinja2",
    "openpyxl",
    "xlsxwriter",
    "ijson",
    "urllib3",
    "boto3",
    "botocore",
    "dask",
    "distributed",
    "numba",
    "scipy",
}


@cache
def tree(module: str) -> ast.Module:
    return ast.parse((ROOT / module).read_text(encoding="utf-8"))


def imported(node: ast.AST) -> set[str]:
    """The modules that the statements below `node` import; of `from a import b` also a.b, which may be a module."""
    found = set()
    for statement in ast.walk(node):
        if isinstance(statement, ast.Import):
            found |= {alias.name for alias in statement.names}
        elif isinstance(statement, ast.ImportFrom):
            found |= {str(statement.module), *(f"{statement.module}.{alias.name}" for alias in statement.names)}
    return found


def at_top_level(module: str) -> set[str]:
    """What is imported when the module is: not within functions, nor under `if TYPE_CHECKING`."""
    found: set[str] = set()
    for statement in tree(module).body:
        if not isinstance(statement, ast.FunctionDef | ast.ClassDef) and not (
            isinstance(statement, ast.If) and "TYPE_CHECKING" in ast.dump(statement.test)
        ):
            found |= imported(statement)
    return found


def imports_of(module: str, package: str) -> set[str]:
    return {name for name in imported(tree(module)) if f"{name}.".startswith(f"{package}.")}


@pytest.mark.parametrize("module", SERVICES)
def test_a_service_knows_only_metering_quantities_and_settings(module):
    modules = {statement.module for statement in ast.walk(tree(module)) if isinstance(statement, ast.ImportFrom)}
    assert modules <= {"typing", "costmodel.metering", "costmodel.quantities", "costmodel.settings"}
    assert not any(isinstance(statement, ast.Import) for statement in ast.walk(tree(module)))


@pytest.mark.parametrize("module", SERVICES)
def test_a_service_holds_no_number_that_one_could_look_up(module):
    numbers = [n.value for n in ast.walk(tree(module)) if isinstance(n, ast.Constant) and type(n.value) in (int, float, complex)]
    assert set(numbers) <= {0, 1}


@pytest.mark.parametrize("module", MODULES)
def test_only_the_command_line_knows_the_command_line(module):
    assert module.startswith("cli/") or module == "__main__.py" or not imports_of(module, "costmodel.cli")


@pytest.mark.parametrize("module", MODULES)
def test_only_rating_computes_with_a_price(module):
    """Others may read a price to print it; no arithmetic outside rating has one in it, and no service sees one."""
    prices = [n for n in ast.walk(tree(module)) if isinstance(n, ast.Attribute) and n.attr in ("usd", "unit_price")]
    computed = [n for b in ast.walk(tree(module)) if isinstance(b, ast.BinOp | ast.AugAssign) for n in ast.walk(b) if n in prices]
    assert module == "rating.py" or not computed
    assert (
        module in ("rating.py", "ratecard.py", "discounts.py", "bill.py")
        or module.startswith(("outputs/", "published/", "whatif/"))
        or not prices
    )


@pytest.mark.parametrize("module", MODULES)
def test_heavy_libraries_are_imported_where_they_are_used(module):
    assert not {name.partition(".")[0] for name in at_top_level(module)} & HEAVY


def test_an_estimate_loads_no_heavy_library():
    code = f"import sys, costmodel; costmodel.estimate('itl', 'large'); print(*sorted({HEAVY} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == []


@pytest.mark.parametrize("module", MODULES)
def test_the_engine_stands_below_what_shows_and_publishes_it(module):
    above = {name for package in ("outputs", "published", "whatif") for name in imports_of(module, f"costmodel.{package}")}
    engine = "/" not in module and module not in ("checking.py", "__main__.py", "__init__.py")
    assert not above or not (engine or module.startswith("services/"))


@pytest.mark.parametrize(("module", "allowed"), [("units.py", set()), ("quantities.py", {"units"}), ("errors.py", set())])
def test_the_lowest_modules_stand_on_nothing_else(module, allowed):
    assert {name.split(".")[1] for name in imports_of(module, "costmodel") if "." in name} <= allowed


@pytest.mark.parametrize("module", MODULES)
def test_no_file_is_longer_than_a_reader_can_hold(module):
    assert len((ROOT / module).read_text(encoding="utf-8").splitlines()) <= 400
