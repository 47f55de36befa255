"""What an estimate on a terminal must not import, for it is what a user waits for."""

import json
import subprocess
import sys

import pytest

HEAVY = ("numpy", "pandas", "matplotlib", "jinja2", "importlib.metadata")
ESTIMATE = "from costmodel.cli import main; main(['estimate', '--pattern', 'itl', '--scenario', 'large'], standalone_mode=False)"


def imported(code: str) -> tuple[str, set[str]]:
    """What a fresh process prints that runs the code, and the modules it has afterwards."""
    program = f"import json, sys\n{code}\nprint(json.dumps(sorted(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    *lines, modules = result.stdout.splitlines()
    return "\n".join(lines), set(json.loads(modules))


def test_an_estimate_imports_nothing_heavy():
    printed, modules = imported(ESTIMATE)
    assert "$672.06" in printed
    assert "costmodel.estimating" in modules
    assert modules & set(HEAVY) == set()


@pytest.mark.parametrize("code", ["import costmodel", "import costmodel; costmodel.estimate('itl', 'large')"])
def test_the_library_imports_nothing_heavy(code):
    _, modules = imported(code)
    assert "costmodel" in modules
    assert modules & {*HEAVY, "click"} == set()


def test_the_look_sees_what_is_imported():
    _, modules = imported("import numpy, importlib.metadata")
    assert {"numpy", "importlib.metadata"} <= modules


def test_a_frame_imports_pandas_only_when_asked_for():
    _, modules = imported("import costmodel; costmodel.estimate('itl', 'large').to_frame()")
    assert "pandas" in modules
