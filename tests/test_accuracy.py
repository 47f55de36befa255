"""Published figures: every case of AWS's examples and of others' cost tables, and `costmodel accuracy`."""

import json
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest
import yaml

from costmodel.errors import InputError
from costmodel.published import accuracy as accuracies_of, cases as published
from costmodel.published.accuracy import accuracies, accuracy, rounded
from costmodel.published.cases import CASES, DOWN, UP
from costmodel.schemas import schema
from costmodel.shapes import read
from costmodel.yamlfile import load_text

FOLDER = Path(__file__).parent / "bills" / "published"
FOUND = {found.case.id: found for found in accuracies()}

# How many figures each publication prints: the whitepaper's three tables and its text; AWS's worked examples, with every
# step that a page states; cost tables of streaming architectures.
FIGURES = {
    "whitepaper": 258,
    "W-LAM-1": 6,
    "W-LAM-3": 7,
    "W-LAM-4": 6,
    "W-LAM-6": 7,
    "W-LAM-8": 5,
    "W-LAM-10": 6,
    "W-LAM-11": 4,
    "W-LAM-12": 7,
    "W-LAM-13": 4,
    "W-LAM-14": 4,
    "W-LAM-15": 5,
    "W-FH-2": 4,
    "W-FH-3": 5,
    "W-MSF-1": 4 + 1,  # the KPU-hours beside their cost
    "W-MSF-3": 5 + 1,  # the GB-months in the text
    "W-MSF-5": 3,
    "W-S3-2": 4,
    "W-EBS-2": 1,
    "W-EBS-3": 2,
    "W-EBS-4": 3,
    "W-EBS-5": 1,
    "W-EBS-6": 1,
    "W-FG-1": 4,
    "W-FG-2": 4,
    "W-FG-3": 3,
    "W-ATH-1": 1,
    "W-SFN-3P": 2,
    "W-SPB-1": 1,
    "W-SPB-3": 1,
    "W-ADX-1": 3 + 1,  # the page's other example
    "W-IOT-1": 1,  # that all of it is free; the products of the four allowances are not printed
    "CS06": 6 + 3 + 2 + 9,  # Kinesis, load balancers, network, EMR and Redshift
    "CS07": 6 + 4 + 3 + 3 + 2,  # Kinesis, servers, load balancers, S3, Flink
    "CS09": 14,
    "CS11": 2,
    "CS12": 4 * 3,
    "CS13": 6,
    "CS15": 8 - 2,  # without the two lines that are W-SPB-1 and W-SPB-3
    "CS16": 3,
    "CS18": 5,
    "CS19": 10,
    "CS20": 8,
    "CS21": 3,
}

# Where the publication's own arithmetic is wrong: what is printed, and what is right.
CORRECTED = {
    ("W-LAM-8", "requests"): ("12.00", 30 * 1_000_000 * 0.20 / 1_000_000),
    ("W-MSF-1", "KPUs"): ("1584.00", 24 * 30 * (20 + 1) * 0.11),
    ("W-MSF-1", "total"): ("1684.03", 24 * 30 * (20 + 1) * 0.11 + 20 * 50 * 0.10 + 1 * 0.023),
    ("W-SFN-3P", "billable transitions"): ("89600", 9 * 10_000 - 4_000),
    ("W-SFN-3P", "total"): ("2.24", (9 * 10_000 - 4_000) * 0.000025),
    # 10.56 MB of two days are 11 MB a query; a test's report scans them twice, and 10 MB; a weekly one 42.25 MB twice, and 10 MB
    ("CS09", "Athena"): (
        "0.0343",
        ((20 * 365 / 12 + 10) * 11 + 8 * (2 * 11 + 10) + 52 / 12 * (2 * 43 + 10)) / 1_048_576 * 5,
    ),
    ("CS19", "extended retention"): ("2.00", 4 * 730 * 0.020),
}
# Where a publication's inputs come to another figure than it prints, by its own unit prices.
SHARDS_10, UNITS = 10 * 730 * 0.015, 0.014 / 1_000_000
GB = 1024**3


def on_demand(records: float, consumers: int) -> float:
    """A stream for 730 hours, and its records of 2 KB in and out."""
    gb = records * 2048 / GB
    return 730 * 0.04 + gb * 0.08 + gb * consumers * 0.04


DIFFERS = {
    ("W-MSF-5", "total"): ("723", 9 * 730 * 0.11 + 8 * 50 * 0.10 + 5 * 0.023),
    ("CS06", "interface endpoint"): ("14.62", 2 * 730 * 0.01),
    ("CS07", "10 requests a second, Kinesis on demand"): ("38", on_demand(10 * 2_592_000, 2)),
    ("CS07", "100 requests a second, Kinesis on demand"): ("115", on_demand(100 * 2_592_000, 2)),
    ("CS07", "1,000 requests a second, Kinesis with 10 shards"): ("180", SHARDS_10 + 1000 * 2_592_000 * UNITS),
    ("CS07", "1,000 requests a second, Kinesis on demand"): ("1051", on_demand(1000 * 2_592_000, 2)),
    ("CS11", "Kinesis on demand"): ("1800", on_demand(4000 * 2_592_000, 1)),
    ("CS15", "DynamoDB"): ("4.57", 5 * 0.25 + 2.525 * 0.625 + 2.533 * 0.125),
}


def test_every_published_case_is_there_with_all_its_figures():
    assert {name: len(found.figures) for name, found in FOUND.items()} == FIGURES


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_is_what_its_case_says(name):
    assert [figure for figure in FOUND[name].figures if not figure.holds] == []


@pytest.mark.parametrize(("verdict", "expected"), [("corrected", CORRECTED), ("differs", DIFFERS)])
def test_figures_other_than_printed_are_those_of_the_arithmetic(verdict, expected):
    found = {
        (name, key): figure
        for name, of_case in FOUND.items()
        for figure in of_case.figures
        if figure.verdict == verdict and name != "whitepaper"
        for key in (figure.what, f"{figure.part}, {figure.what}")
        if (name, key) in expected
    }
    assert len(found) == len(expected)
    assert sum(of_case.count(verdict) for name, of_case in FOUND.items() if name != "whitepaper") == len(expected)
    for key, (printed, ours) in expected.items():
        assert found[key].printed.lstrip("$") == printed
        assert found[key].value == pytest.approx(ours, rel=1e-9)
        assert found[key].reason


def test_figures_without_an_estimate_say_why():
    left_out = [figure for found in FOUND.values() for figure in found.figures if not figure.ours]
    assert {figure.verdict for figure in left_out} == {"not modelled", "not recomputable"}
    assert all(len(figure.reason) > 2 for figure in left_out)


def test_the_whitepaper_counts_as_its_own_check_does(run):
    check = run("appendix", "--check").stdout
    assert "252 reproduced by derivation" in check
    assert "6 misprints" in check
    assert (FOUND["whitepaper"].count("reproduced"), FOUND["whitepaper"].count("corrected")) == (252, 6)


@pytest.mark.parametrize(
    ("value", "like", "rounding", "text"),
    [
        (26.375, "$26.38", "", "$26.38"),
        (333.334, "$333.34", UP, "$333.34"),
        (64.8, "$64", DOWN, "$64"),
        (1.785, "$1.78", DOWN, "$1.78"),
        (0.1 + 0.2, "0.3", UP, "0.3"),  # 0.30000000000000004
        (0.7 + 0.1, "0.8", DOWN, "0.8"),  # 0.7999999999999999
        (59_999_999.999999996, "60000000", DOWN, "60000000"),
    ],
)
def test_figures_are_rounded_as_printed(value, like, rounding, text):
    assert rounded(value, like, rounding) == text


# Cases of one's own

CASE = """\
version: 1
publisher: an example
url: https://example.com/
cases:
  - case: example
    title: An example
    date: 2018
    rates: aws/us-east-1/2018-06
    traffic: {monthly_volume: 100 GB, record_size: 5 KB}
    components:
      delivery: {service: firehose, input: source}
    lines:
      - {what: ingestion, printed: $2.90, is: delivery.cost}
"""


def figures_of(text: str):
    (case,) = read(CASES, load_text(text, "case.yaml"))
    return accuracy(case).figures


def test_a_case():
    (figure,) = figures_of(CASE)
    assert (figure.verdict, figure.ours, figure.holds, figure.difference) == ("reproduced", "$2.90", True, None)


@pytest.mark.parametrize(
    ("line", "verdict", "ours", "difference"),
    [
        ("printed: $2.91", "differs", "$2.90", "-0.01"),
        ('printed: $4.50, right: "3", because: wrong', "corrected", "3", "-1.50"),
        ("printed: $4.50, ours: $2.90, differs: another price", "differs", "$2.90", "-1.60"),
        ("printed: $4.50, right: $2.91, because: wrong", "differs", "$2.90", "-1.60"),
        ("printed: $4.50, ours: $2.91, differs: another price", "differs", "$2.90", "-1.60"),
        ("printed: $2.90, ours: $4.50, differs: it no longer does", "reproduced", "$2.90", None),
    ],
)
def test_verdicts(line, verdict, ours, difference):
    (figure,) = figures_of(CASE.replace("printed: $2.90", line))
    assert figure.verdict == verdict
    assert figure.ours == ours
    assert figure.difference == (None if difference is None else Decimal(difference))


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        ("printed: $2.90", True),
        ("printed: $2.91", False),
        ("printed: $2.91, rounded: up", False),
        ("printed: $2.89, rounded: down", False),
        ("printed: $3, rounded: up", True),
        ("printed: $2, rounded: down", True),
        ("printed: $4.50, right: $2.90, because: wrong", True),
        ("printed: $4.50, right: $2.91, because: wrong", False),
        ("printed: $4.50, ours: $2.90, differs: another price", True),
        ("printed: $4.50, ours: $2.91, differs: another price", False),
        ("printed: $2.90, ours: $4.50, differs: it no longer does", False),
        ("printed: $2.90, right: $2.91, because: it is right", False),
    ],
)
def test_a_line_holds_if_it_is_found_as_the_case_says(line, holds):
    (figure,) = figures_of(CASE.replace("printed: $2.90", line))
    assert figure.holds is holds


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("title:", "titel:", "case.yaml:6:5: 'titel' is not a key of a case. Did you mean 'title'?"),
        ("printed: $2.90", "printed: about 3", "case.yaml:13:36: 'about 3' is not a printed figure"),
        (", is: delivery.cost", "", "case.yaml:13:16: 'ingestion' lacks 'is', or else 'not_modelled' or 'not_recomputable'"),
        ("is: delivery.cost", "is: delivery.cost, right: $3", "case.yaml:13:16: 'right' and 'because' go together"),
        ("is: delivery.cost", "is: delivery.cost, differs: so", "case.yaml:13:16: 'ours' and 'differs' go together"),
        ("is: delivery.cost", "is: delivery.cost, not_modelled: EC2", "a published line has is and not_modelled"),
        ("is: delivery.cost", "is: delivery +", "case.yaml:13:47: 'delivery +' is not an expression"),
        ("is: delivery.cost", "is: delivery.price", "the estimate of example has no figure 'delivery.price'"),
        ("is: delivery.cost", "is: 'at(large, delivery.cost)'", "at() is for tables"),
        ("service: firehose", "service: firehoose", "case.yaml:11:27: "),
        ("monthly_volume: 100 GB", "monthly_volume: 100 XB", "case.yaml:9:31: "),
        ("    rates: aws/us-east-1/2018-06\n", "", "case.yaml:5:5: an estimate needs rates beside components"),
        ("aws/us-east-1/2018-06", "aws/us-east-1/2018-60", "case.yaml:5:5: there is no rate card 'aws/us-east-1/2018-60'"),
        (
            "    components:",
            "    changes: {rates.firehose.none.usd: 1}\n    components:",
            "case.yaml:5:5: --set rates.firehose.none",
        ),
        (
            "    components:\n      delivery: {service: firehose, input: source}\n",
            "",
            "'ingestion' has an expression, but there is",
        ),
        ("    lines:\n      - {what: ingestion, printed: $2.90, is: delivery.cost}\n", "", "this case prints nothing"),
    ],
)
def test_what_is_wrong_with_a_case_is_said_with_its_place(old, new, message):
    assert old in CASE
    with pytest.raises(InputError) as error:
        figures_of(CASE.replace(old, new))
    assert message in str(error.value)


def test_what_a_case_gives_holds_for_its_bills():
    bills = """\
    bills:
      - {title: less, traffic: {monthly_volume: 10 GB, record_size: 5 KB}, lines: [{what: ingestion, printed: $0.29, is: total}]}
      - {title: as above, lines: [{what: ingestion, printed: $2.90, is: total}]}
    lines:
      - {what: the rest, printed: $1, not_modelled: EC2}
"""
    less, as_above, rest = figures_of(CASE[: CASE.index("    lines:")] + bills)
    assert (less.part, less.verdict, as_above.part, as_above.verdict) == ("less", "reproduced", "as above", "reproduced")
    assert (rest.verdict, rest.reason, rest.ours) == ("not modelled", "EC2", "")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.name)
def test_files_are_valid_by_their_schema_and_by_validate(run, path):
    jsonschema.validate(yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader), as_text(schema("published-cases")))
    assert "a valid file of published cases" in run("validate", path).stdout
    assert path.read_text(encoding="utf-8").startswith(
        "# yaml-language-server: $schema=../../../costmodel/schemas/published-cases"
    )


def as_text(schema: dict) -> dict:
    """The schema for a loader that leaves every scalar a text."""
    return json.loads(json.dumps(schema).replace('"enum": [1]', '"enum": ["1"]'))


# The command


def test_a_case_line_by_line(run):
    result = run("accuracy", "W-MSF-1")
    assert result.exit_code == 0
    (kpus,) = [line for line in result.stdout.splitlines() if line.startswith("KPUs ")]
    assert kpus.split() == ["KPUs", "$1,584.00", "$1,663.20", "+79.20", "corrected"]
    assert "24 x 30 x 21 x 0.11" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_the_table_sums_up_and_names_what_differs(run):
    text = run("accuracy").stdout
    every = sum(FIGURES.values())
    counts = {verdict: sum(found.count(verdict) for found in FOUND.values()) for verdict in published.VERDICTS}
    assert sum(counts.values()) == every
    assert f"{every}  published figures of {len(FIGURES)} cases" in text
    assert f"{counts['reproduced']}  reproduced: " in text
    for name, _ in DIFFERS:
        assert f"\n{name} " in text.partition("Where we differ:")[2]
    assert max(map(len, text.splitlines())) <= 80


def test_json_has_every_figure(run):
    objects = json.loads(run("accuracy", "--format", "json").stdout)
    assert {each["case"]: len(each["figures"]) for each in objects} == FIGURES
    (kpus,) = [f for each in objects if each["case"] == "W-MSF-1" for f in each["figures"] if f["what"] == "KPUs"]
    assert (kpus["printed"], kpus["ours"], kpus["verdict"]) == ("$1584.00", "$1663.20", "corrected")
    assert kpus["unrounded"] == pytest.approx(1663.2)


def test_markdown_is_a_table(run):
    overview = run("accuracy", "--format", "markdown").stdout
    assert "| W-MSF-1 | Managed Flink: 20 KPUs | 2 corrected | 5 | 3 |" in overview
    case = run("accuracy", "W-MSF-1", "--format", "markdown").stdout
    assert "| KPUs | corrected | $1,584.00 | $1,663.20 | +79.20 |" in case


def test_an_unknown_case_is_a_mistake(run):
    result = run("accuracy", "W-LAM-99")
    assert result.exit_code == 2
    assert "there is no published case 'W-LAM-99'. Did you mean 'W-LAM-" in result.stderr


def test_check_fails_where_a_figure_is_not_what_its_case_says(run, tmp_path, monkeypatch):
    assert run("accuracy", "--check").exit_code == 0
    folder = tmp_path / published.FOLDER
    folder.mkdir(parents=True)
    monkeypatch.setattr(published, "SHIPPED", str(tmp_path))
    (folder / "own.yaml").write_text(CASE, encoding="utf-8")
    assert run("accuracy", "example", "--check").exit_code == 0
    (folder / "own.yaml").write_text(CASE.replace("$2.90", "$4.50"), encoding="utf-8")
    result = run("accuracy", "example", "--check")
    assert result.exit_code == 1
    assert "not as the case says: example, ingestion" in result.stderr
    assert run("accuracy", "example").exit_code == 0


def test_two_cases_of_one_id_are_a_mistake(run, tmp_path, monkeypatch):
    folder = tmp_path / published.FOLDER
    folder.mkdir(parents=True)
    monkeypatch.setattr(published, "SHIPPED", str(tmp_path))
    for name in ("a", "b"):
        (folder / f"{name}.yaml").write_text(CASE, encoding="utf-8")
    result = run("accuracy")
    assert result.exit_code == 2
    assert result.stderr == "tests/bills/published/b.yaml:5:11: the case 'example' is there already\n"


def test_no_estimate_reads_what_is_printed():
    """The same components with other printed figures come to the same."""
    (figure,) = figures_of(CASE)
    (other,) = figures_of(CASE.replace("$2.90", "$999"))
    assert figure.value == other.value
    assert accuracies_of.WHITEPAPER in FOUND
