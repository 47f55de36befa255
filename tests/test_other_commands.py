"""list, validate, new, schema, help and shell completion."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml

import costmodel
from costmodel import checking
from costmodel.cli import COMMANDS
from costmodel.library import Library
from costmodel.schemas import KINDS, schema

ROOT = Path(__file__).parent.parent
LIBRARY = Library(environment=False)
PATTERNS, SCENARIOS = LIBRARY.names("patterns"), LIBRARY.names("scenarios")
SHIPPED = sorted(path for folder in ("patterns", "scenarios", "pricing", "quotas") for path in (ROOT / folder).rglob("*.yaml"))
NAMES = [str(path.relative_to(ROOT)) for path in SHIPPED]
EXAMPLES = [path for path in sorted((ROOT / "docs" / "examples").glob("*.yaml")) if not path.name.startswith("mistaken")]


@pytest.mark.parametrize(
    ("what", "names"),
    [
        ("patterns", {"sensor", "itl", "analytics", "clickstream"}),
        ("scenarios", {"small", "medium", "large"}),
        ("rates", {"aws/us-east-1/2018-06"}),
        ("services", {"firehose", "s3", "lambda", "dynamodb", "kms", "iot_core", "kinesis_analytics"}),
    ],
)
def test_list(run, what, names):
    result = run("list", what)
    assert result.exit_code == 0
    assert max(map(len, result.stdout.splitlines())) <= 80
    rows = [line.split(maxsplit=1) for line in result.stdout.splitlines() if not line.startswith(" ")]
    assert names <= {row[0] for row in rows}
    assert all(len(row) == 2 for row in rows)  # each has a title


def test_list_says_what_is_not_usable(run, tmp_path):
    (tmp_path / "patterns").mkdir()
    (tmp_path / "patterns" / "broken.yaml").write_text("a: [")
    result = run("list", "patterns", "--library", tmp_path)
    assert result.exit_code == 0
    said = re.sub(r"\n +", "", result.stdout)  # a long path is broken over lines
    assert re.search(r"^broken +\(not usable:.*broken.yaml:\d+:\d+: ?", said, re.MULTILINE)


@pytest.mark.parametrize("path", SHIPPED, ids=NAMES)
def test_every_shipped_file_is_valid(run, path):
    result = run("validate", path)
    assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.parametrize(
    ("pattern", "setting"),
    [
        ("analytics", "anomalies.kpus: {peak: 3, off_peak: 1}"),
        ("analytics", "anomalies.kpus.peak: 3"),
        ("clickstream", "scores.input.share: 7%"),
        ("itl", "source_backup.meter: period"),
    ],
)
def test_validate_agrees_with_estimate_about_settings(run, tmp_path, pattern, setting):
    """What a scenario may decide: a setting, one period of it, an input's share, how a component is metered."""
    (tmp_path / "s.yaml").write_text(f"version: 1\nextends: small\nsettings: {{{setting}}}\n")
    assert run("estimate", "-p", pattern, "-s", "s.yaml").exit_code == 0
    result = run("validate", "s.yaml")
    assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.parametrize(("kind", "examples", "other"), [("pattern", PATTERNS, "small"), ("scenario", SCENARIOS, "sensor")])
def test_new_is_a_copy_that_estimates_the_same(run, tmp_path, kind, examples, other):
    for number, example in enumerate(examples):
        result = run("new", kind, f"my-copy_{number}", "--from", example)
        assert result.exit_code == 0, result.stderr
        assert f"costmodel estimate --{kind} my-copy_{number}.yaml" in result.stdout
        copy = f"my-copy_{number}.yaml"
        names = {"pattern": other if kind == "scenario" else example, "scenario": other if kind == "pattern" else example}
        original = costmodel.estimate(names["pattern"], names["scenario"])
        own = costmodel.estimate(**{**names, kind: copy})
        assert (own.total, own.lines) == (original.total, original.lines)
        assert run("validate", copy).exit_code == 0
        title = own.pattern_title if kind == "pattern" else own.scenario_title
        assert title == f"My copy {number}"


def test_new_never_overwrites(run, tmp_path):
    (tmp_path / "mine.yaml").write_text("old")
    (tmp_path / "link.yaml").symlink_to("nowhere")
    for name in ("mine", "link"):
        result = run("new", "pattern", name)
        assert (result.exit_code, f"{name}.yaml exists already" in result.stderr) == (2, True)
    assert (tmp_path / "mine.yaml").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.yaml", "mine.yaml"]


@pytest.mark.parametrize("name", ["a/b", "../a", "", ".", "a b", "é", "a.yaml"])
def test_new_takes_plain_names(run, tmp_path, name):
    assert run("new", "pattern", name).exit_code == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", KINDS)
def test_schemas_beside_the_code_are_the_generated_ones(run, kind):
    result = run("schema", kind)
    assert result.exit_code == 0
    generated = json.loads(result.stdout)
    assert json.loads((ROOT / "costmodel" / "schemas" / f"{kind}.schema.json").read_text(encoding="utf-8")) == generated
    jsonschema.Draft202012Validator.check_schema(generated)


def kind_of(path: Path) -> str:
    if path.parent.name == "published":
        return {"printed": "published-figures", "paper": "published-paper"}.get(path.stem, "published-table")
    if path in EXAMPLES:
        return {"rate card": "ratecard", "quota sheet": "quotas"}.get(kind := checking.kind_of(str(path), LIBRARY), kind)
    folder = path.relative_to(ROOT).parts[0]
    return {"patterns": "pattern", "scenarios": "scenario", "quotas": "quotas"}.get(folder, "ratecard")


@pytest.mark.parametrize("path", [*SHIPPED, *EXAMPLES], ids=[*NAMES, *(path.name for path in EXAMPLES)])
def test_shipped_files_are_of_their_schemas(path):
    content = yaml.load(path.read_text(encoding="utf-8"), yaml.SafeLoader)
    content = json.loads(json.dumps(content, default=str))  # SafeLoader makes dates of what the schemas know as text
    validator = jsonschema.Draft202012Validator(schema(kind_of(path)))
    assert [error.message for error in validator.iter_errors(content)] == []


def test_only_what_others_bring_along_may_leave_out_its_service():
    validator = jsonschema.Draft202012Validator(schema("pattern"))
    for component, valid in (({"retention": "90 days"}, True), ({"duration": "1 s"}, False), ({"retention": "x"}, False)):
        assert validator.is_valid({"version": 1, "title": "T", "components": {"enrich_logs": component}}) == valid, component


@pytest.mark.parametrize("path", SHIPPED, ids=NAMES)
def test_a_wrong_file_is_not_of_its_schema(path):
    content = json.loads(json.dumps(yaml.safe_load(path.read_text(encoding="utf-8")), default=str))
    validator = jsonschema.Draft202012Validator(schema(kind_of(path)))
    assert not validator.is_valid({**content, "version": 2})
    assert not validator.is_valid({**content, "extra": 1})
    for key in ("version", "components", "traffic", "provider", "figures", "sections", "tables"):
        if key in content and (
            "extends" not in content or key == "version"
        ):  # of a file that extends another, any part may be left out
            assert not validator.is_valid({**content, key: None})
            assert not validator.is_valid({name: value for name, value in content.items() if name != key})
    first = path.read_text(encoding="utf-8").splitlines()[0]
    if first.startswith("# Made by costmodel"):
        return  # nobody edits it
    named = re.fullmatch(r"# yaml-language-server: \$schema=(.*)", first)[1]
    assert (path.parent / named).resolve() == ROOT / "costmodel" / "schemas" / f"{kind_of(path)}.schema.json"


@pytest.mark.parametrize("path", SHIPPED, ids=NAMES)
def test_version_is_required(run, tmp_path, path):
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "file.yaml").write_text("".join(line for line in lines if not line.startswith("version:")), encoding="utf-8")
    result = run("validate", "file.yaml")
    assert result.exit_code == 2
    assert "lacks 'version'" in result.stderr


def test_help_of_all(run):
    text = run("--help").stdout
    assert [command for command in COMMANDS if f"\n  {command} " not in text] == []
    assert "costmodel estimate --pattern itl --scenario large" in text
    assert run("-h").stdout == text
    assert "..." not in text.partition("Commands:")[2]  # what each command does is said whole


# The options that the issue names.
OPTIONS = {
    "estimate": "--pattern --scenario --rates --basis --set --free-tier --format --output --library --budget",
    "explain": "--pattern --scenario COMPONENT",
    "compare": "A B --pattern --scenario --rates --set --free-tier --library table|json|markdown --max-increase --output",
    "chart": "cost|traffic|growth|diagram --scenario --set --dark --output",
    "report": "--pattern --scenario --rates --set --free-tier --library --output",
    "export": "--pattern --scenario --rates --set --free-tier --library --output",
    "plan": "--pattern --scenario --quotas --headroom --format --check --output",
    "forecast": "--pattern --scenario --quotas --headroom --range --growth --to --csv --months --format --output",
    "sweep": "--pattern --scenario --set --vary --points --keep --workers --format --output",
    "simulate": "--pattern --scenario --set --range --samples --seed --budget --keep --scheduler --workers --format --output",
    "sensitivity": "--pattern --scenario --set --by --range --prices --top --format --output",
    "optimise": "--pattern --scenario --set --choose --subject-to --quotas --headroom --format --output",
    "breakeven": "--pattern --scenario --set --variant --vary --format --output",
    "appendix": "--table --basis --check",
    "accuracy": "--format --check --output",
    "list": "patterns|scenarios|rates|quotas|services",
    "show": "NAME mermaid",
    "validate": "FILE",
    "new": "pattern|scenario NAME",
    "schema": "pattern scenario ratecard quotas",
    "rates": "import",
}


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_complete(run, command):
    result = run(command, "--help")
    assert result.exit_code == 0
    text = result.stdout
    assert f"costmodel {command} " in text.partition("Usage:")[2].partition("\n")[2]  # an example, not only the usage line
    assert [word for word in OPTIONS[command].split() if word not in text] == []
    assert max(map(len, text.splitlines())) <= 80
    undocumented = re.findall(r"^  (?:-\w, )?--[\w-]+(?: \S+)?\n(?! {20,})", text, re.MULTILINE)
    assert undocumented == []


def test_version(run):
    assert costmodel.__version__ in run("--version").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("estimat",), 2, "there is no command 'estimat'. Did you mean 'estimate'?"),
        (("estimate",), 2, "--pattern"),
        (("estimate", "--patern", "itl"), 2, "--pattern"),
        (("estimate", "-p", "itl", "--format", "xml"), 2, "xml"),
        (("estimate", "-p", "itl", "--free-tier", "some"), 2, "some"),
        (("list", "pattern"), 2, "patterns"),
        (("schema", "pattrn"), 2, "pattern"),
        (("validate",), 2, "FILE"),
        (("appendix", "--table", "2"), 2, "2"),
        (("plan", "-p", "itl", "--headroom", "5%", "--headroom=6%"), 2, "--headroom is given twice"),
        (("show", "itl", "--format", "text", "--format", "yaml"), 2, "--format is given twice"),
        (("show", "--format", "text", "itl", "--format", "yaml"), 2, "--format is given twice"),
        (("compare", "itl", "analytics", "-s", "small", "--scenario", "large"), 2, "-s is given twice"),
        (("rates", "show", "aws/us-east-1/2018-06", "-o", "a", "-o", "b"), 2, "--output is given twice"),
    ],
)
def test_wrong_arguments(run, arguments, code, message):
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert message in result.stderr


def completions(words: str, shell: str = "bash") -> list[str]:
    """What a shell is offered for the last of the words."""
    environment = {**os.environ, "_COSTMODEL_COMPLETE": f"{shell}_complete", "COMP_WORDS": words}
    environment |= {"COMP_CWORD": str(len(words.split(" ")) - 1)}
    command = [str(Path(sys.executable).parent / "costmodel")]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=30)
    assert "Traceback" not in result.stderr
    return [line.partition(",")[2] for line in result.stdout.splitlines()]


def test_shell_completion():
    assert completions("costmodel est") == ["estimate"]
    assert completions("costmodel estimate --pattern it") == ["itl"]
    assert set(completions("costmodel estimate --pattern ")) >= set(PATTERNS)
    assert completions("costmodel estimate -p itl --scenario la") == ["large"]
    assert completions("costmodel explain -p itl -s large --rates aws/us-east-1/") == [
        "aws/us-east-1/2018-06",
        "aws/us-east-1/2025-06",
    ]
    assert completions("costmodel estimate -p itl --region eu-w") == ["eu-west-1", "eu-west-2", "eu-west-3"]
    assert completions("costmodel estimate --format js") == ["json"]
    assert completions("costmodel estimate --library /no/such --pattern it") in ([], ["itl"])


def test_the_process_ends_with_the_right_status(tmp_path):
    for arguments, code in [
        (["estimate", "-p", "itl", "-s", "large"], 0),
        (["estimate", "-p", "itl", "-s", "large", "--budget", "5"], 1),
        (["estimate", "-p", "nothing"], 2),
        (["nothing"], 2),
        (["--help"], 0),
    ]:
        command = [sys.executable, "-m", "costmodel", *arguments]
        assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=30).returncode == code, arguments


def test_a_full_disk_behind_the_output_is_said_plainly(tmp_path):
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "costmodel", "estimate", "-p", "itl", "-s", "large"]
        result = subprocess.run(command, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=30)
    assert result.returncode not in (0, 70)
    assert "which is a bug" not in result.stderr
    assert "Traceback" not in result.stderr


# Files


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("estimate", "-p", "own.yaml", "-s", "large", "-o", "own.yaml"), "own.yaml exists, and may be what others are made of"),
        (("estimate", "-p", "itl", "-o", "book.xlsx"), "--format xlsx writes that"),
        (("estimate", "-p", "itl", "-o", "report.html"), "costmodel report writes that"),
        (("estimate", "-p", "itl", "-o", ""), "-o has no name of a file"),
        (("estimate", "-p", "itl", "-p", "itl"), "the pattern itl is given twice"),
        (("chart", "cost", "-p", "itl", "-p", "itl", "-o", "c.svg"), "the pattern itl is given twice"),
        (("compare", "saved.json", "itl,large", "-o", "saved.json"), "saved.json is one of the estimates to compare"),
        (("estimate", "-p", "itl", "--library", "own.yaml"), "own.yaml is no folder"),
    ],
)
def test_a_slip_overwrites_nothing(arguments, message, run, tmp_path):
    (tmp_path / "own.yaml").write_text("version: 1\nextends: itl\n")
    run("estimate", "-p", "itl", "-s", "large", "--format", "json", "-o", "saved.json")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_dash_is_the_terminal(run, tmp_path):
    assert "$672.05" in run("estimate", "-p", "itl", "-s", "large", "-o", "-").stdout
    assert list(tmp_path.iterdir()) == []
