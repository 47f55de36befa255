"""The workbook's plan: loads against limits as live formulas, which a spreadsheet computes as the checks do."""

import random
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from recalculation import Values, assert_plans, by_ironcalc, by_libreoffice, edited, names_of, plan_of, sheet_of

from costmodel.book import book_of
from costmodel.models import Model, Terms, open_models, open_several
from costmodel.outputs import workbook

PLANNED = Terms(with_quotas=True)
CARD = "aws/us-east-1/2018-06"
OTHERWISE = """
version: 1
title: Otherwise
components:
  ingest: {service: firehose, input: source, count: 3}
  keys: {service: kms, input: {from: ingest, each: batch}}
  more_keys: {service: kms, input: source, requests_per_record: 0.5}
  fixed: {service: dynamodb, input: source, writes_per_record: 1, write_capacity: {night: 5, noon: 1000, day: 200}}
  follows: {service: dynamodb, input: source, writes_per_record: 1, write_capacity: auto, read_capacity: 7}
  nothing: {service: dynamodb, input: source, writes_per_record: 1}
"""
DAY = """
version: 1
title: Day
traffic:
  periods: [{name: night, rate: 10/s, hours: 9}, {name: noon, rate: 900/s, hours: 3}, {name: day, rate: 250/s, hours: 12}]
  record_size: 2 KB
other_usage: {kms.symmetric_requests: 300 requests/s}
"""


@pytest.fixture
def otherwise(tmp_path) -> tuple[str, str]:
    """Files of a pattern with copies, shared quotas and capacity that differs between periods, and of its day."""
    (tmp_path / "otherwise.yaml").write_text(OTHERWISE)
    (tmp_path / "day.yaml").write_text(DAY)
    return str(tmp_path / "otherwise.yaml"), str(tmp_path / "day.yaml")


def opened(files: tuple[str, str], **changes: object) -> list[Model]:
    paths = {path.replace("__", "."): value for path, value in changes.items()}
    return open_models(files[0], [files[1]], terms=PLANNED._replace(rates=CARD, changes=paths))


def stored(book: bytes) -> Values:
    """What a reader shows that does not recalculate."""
    sheets = openpyxl.load_workbook(BytesIO(book), data_only=True).worksheets
    return lambda sheet, row, column: sheets[sheet].cell(row, column).value


def used(value: Values, book: bytes, *line: str, scenario: str = "Large") -> tuple[float, str]:
    """How much of a limit is used, and the verdict."""
    plan = plan_of(book)
    row, left = plan.rows[line], plan.columns[scenario]
    return value(plan.number, row, left + 2), value(plan.number, row, left + 3)


ITL_RECORDS = ("Streaming Ingest Transform Load (ITL)", "Amazon Kinesis Data Firehose · ingest", "Records")


@pytest.mark.parametrize(
    ("rate", "quota", "headroom", "share", "verdict"),
    [
        (4000, 5000, 0.2, 0.8, "holds"),  # exactly what the headroom leaves
        (4001, 5000, 0.2, 0.8002, "tight"),
        (4001, 5000, 0.1, 0.8002, "holds"),
        (5000, 5000, 0.2, 1, "tight"),  # exactly all of it
        (5000, 5000, 0, 1, "holds"),
        (5001, 5000, 0.2, 1.0002, "breaks"),
        (5001, 20004, 0.7, 0.25, "holds"),
        (5001, 20004, 0.76, 0.25, "tight"),
    ],
)
def test_verdicts_follow_traffic_quota_and_headroom(rate, quota, headroom, share, verdict, tmp_path):
    book = workbook.render(open_models("itl", ["large"], terms=PLANNED))
    values = {"large.traffic.peak_rate": rate, "quotas.firehose.direct_put_records": quota, "headroom": headroom}
    found = used(by_ironcalc(edited(book, values), tmp_path), book, *ITL_RECORDS)
    assert found == (pytest.approx(share), verdict)


def test_what_is_stored_beside_the_formulas_is_right(otherwise):
    for models in (opened(otherwise), open_models("sensor", terms=PLANNED)):
        for headroom in (0.2, 0.5):
            book = workbook.render(models, headroom=headroom)
            assert_plans(stored(book), book, list(book_of(models).pages), headroom)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"traffic.periods.2.rate": 1100},
        {"otherwise.fixed.write_capacity.noon": 9000, "otherwise.fixed.write_capacity.day": 240},
        {"day.other_usage.kms.symmetric_requests": 900, "quotas.kms.symmetric_requests": 1500, "headroom": 0.05},
        {"otherwise.ingest.count": 5, "quotas.firehose.direct_put_bytes": 1.5},
    ],
)
def test_a_plan_of_an_account_follows_its_inputs(changes, otherwise, tmp_path):
    """Copies, what else there is, capacity of each period: as checks have it that run on the changed files."""
    book = workbook.render(opened(otherwise))
    inputs = book_of(opened(otherwise)).inputs
    keys = {f"day.{key}" if key.startswith("traffic") else key: number for key, number in changes.items()}
    fresh = {inputs[key].path: inputs[key].text(number) for key, number in keys.items() if key in inputs}
    models = opened(otherwise, **fresh)
    assert_plans(by_ironcalc(edited(book, keys), tmp_path), book, list(book_of(models).pages), keys.get("headroom", 0.2))


def test_a_quota_that_is_for_each_of_another_follows_that(tmp_path):
    terms = PLANNED._replace(quotas="aws/2026-11")
    book = workbook.render(open_models("itl", ["large"], terms=terms))
    changed = terms._replace(changes={"quotas.lambda.concurrent_executions": "30 executions"})
    pages = list(book_of(open_models("itl", ["large"], terms=changed)).pages)
    (invocations,) = [check for check in pages[0].checks if check.item == "Invocations"]
    assert invocations.limit.value == 10 * 30
    assert_plans(by_ironcalc(edited(book, {"quotas.lambda.concurrent_executions": 30.0}), tmp_path), book, pages, 0.2)


def test_libreoffice_computes_the_plan_of_an_account(libreoffice, otherwise, tmp_path):
    models = opened(otherwise)
    book = workbook.render(models)
    assert_plans(by_libreoffice(libreoffice)(edited(book, {}), tmp_path), book, list(book_of(models).pages), 0.2)


def test_the_period_that_uses_most_is_shown(otherwise, tmp_path):
    """At noon 2 units for each of 900 records are 180% of 1,000; by day 500 are 250% of 200; at night 20 are 400% of 5."""
    book = workbook.render(opened(otherwise))
    value, plan = by_ironcalc(edited(book, {}), tmp_path), plan_of(book)
    row, left = plan.rows["Otherwise", "Amazon DynamoDB · fixed", "Write units, provisioned"], plan.columns["Day"]
    assert [value(plan.number, row, left + n) for n in range(4)] == [20, 5, pytest.approx(4), "breaks"]
    sheet = sheet_of(book, "otherwise")
    shares = [
        value(
            sheet.number, sheet.rows["Loads at peak", "fixed", "Write units, used"], sheet.columns["Loads at peak", "Day", head]
        )
        for head in ("At peak", "Night", "Noon", "Day")
    ]
    assert shares == [pytest.approx(share) for share in (4, 4, 1.8, 2.5)]


def test_where_nothing_bears_a_load_it_breaks_and_nothing_is_divided_by(otherwise, tmp_path):
    """And without traffic, of what is not there nothing is used."""
    book = workbook.render(opened(otherwise))
    line = ("Otherwise", "Amazon DynamoDB · nothing", "Write units, provisioned")
    none = {f"otherwise.fixed.write_capacity.{period}": 0.0 for period in ("night", "noon", "day")}
    busy = by_ironcalc(edited(book, none), tmp_path)
    assert used(busy, book, *line, scenario="Day") == ("-", "breaks")
    assert used(busy, book, "Otherwise", "Amazon DynamoDB · fixed", line[2], scenario="Day") == ("-", "breaks")
    quiet = by_ironcalc(edited(book, {**none, "day.traffic.times": 0.0}), tmp_path)
    for component in ("nothing", "fixed"):
        found = used(quiet, book, "Otherwise", f"Amazon DynamoDB · {component}", line[2], scenario="Day")
        assert found in (("", ""), (None, None))
    for sheet, name in enumerate(names_of(book).sheets):
        cells = openpyxl.load_workbook(BytesIO(book))[name]
        assert not [
            cell.coordinate
            for row in cells
            for cell in row
            if cell.data_type == "f" and str(quiet(sheet, cell.row, cell.column)).startswith("#")
        ]


def test_every_verdict_may_be_another(otherwise, tmp_path):
    """Quotas drawn at random around the loads: all three verdicts, each as the checks say."""
    models, chance = open_models("sensor", ["medium"], terms=PLANNED), random.Random(3)
    book, inputs = workbook.render(models), book_of(models).inputs
    quotas = {
        key: float(f"{check.load.value / check.limit.value * given.number * chance.choice([0.8, 1.1, 2]):.6g}")
        for page in book_of(models).pages
        for check in page.checks
        if check.quota and check.load.value
        for key, given in [(f"quotas.{check.quota.key}", inputs[f"quotas.{check.quota.key}"])]
    }
    fresh = open_models(
        "sensor", ["medium"], terms=PLANNED._replace(changes={key: inputs[key].text(number) for key, number in quotas.items()})
    )
    value = by_ironcalc(edited(book, quotas), tmp_path)
    assert_plans(value, book, list(book_of(fresh).pages), 0.2)
    plan = plan_of(book)
    assert {value(plan.number, row, plan.columns["Medium"] + 3) for row in plan.rows.values()} >= {"holds", "tight", "breaks"}


def test_the_summary_says_how_many_limits_break(tmp_path):
    book = workbook.render(open_models("sensor", ["small", "large"], terms=PLANNED))
    summary = openpyxl.load_workbook(BytesIO(book), data_only=True)["Summary"]
    assert [summary.cell(row, 8).value for row in (4, 5, 6)] == ["Limits at the peak", "2 break", "3 break, 2 tight"]
    value = by_ironcalc(edited(book, {"quotas.kms.symmetric_requests": 5000.0}), tmp_path)
    assert [value(0, row, 8) for row in (5, 6)] == ["2 break", "2 break, 3 tight"]


def test_quotas_are_blue_cells_of_their_own_section():
    models = [m for of in open_several(["sensor", "itl"], ["small"], terms=PLANNED).values() for m in of]
    sheet = openpyxl.load_workbook(BytesIO(workbook.render(models)))["Inputs"]
    rows = [[cell.value for cell in row] for row in sheet]
    start = next(n for n, row in enumerate(rows) if row[0] == "Quotas")
    quotas = {row[5]: row[1:3] for row in rows[start + 1 :]}
    assert quotas["quotas.firehose.direct_put_bytes"] == ["MB/s", 5]
    assert all(path.startswith("quotas.") for path in quotas)
    assert len(quotas) == len(rows) - start - 1  # each once, though both patterns have it


def test_two_regions_have_their_own_quotas():
    """Firehose takes 500,000 records a second in us-east-1, 100,000 in eu-central-1."""
    models = [m for region in ("us-east-1", "eu-central-1") for m in of_region(region)]
    written = workbook.render(models)
    sheet = openpyxl.load_workbook(BytesIO(written))["Inputs"]
    sections = [cell.value for cell in sheet["A"] if str(cell.value).startswith("Quotas")]
    assert sections == [f"Quotas · {model.card.name}" for model in models]
    plan, value = plan_of(written), stored(written)
    limits = [value(plan.number, plan.rows[ITL_RECORDS], left + 1) for left in plan.columns.values()]
    assert limits == [500000, 100000]
    assert [*plan.columns] == [f"Medium ({model.card.name})" for model in models]


def of_region(region: str) -> list[Model]:
    return open_models("itl", ["medium"], terms=PLANNED._replace(region=region, quotas="aws/2026-11"))


OURS = """
version: 1
extends: aws/2018-06
kms: {symmetric_requests: {yours: 20000 requests/s}}
"""


def test_the_command_takes_a_sheet_and_a_headroom(run, tmp_path):
    (tmp_path / "ours.yaml").write_text(OURS)
    asked = ("-p", "sensor", "-s", "large", "--quotas", "ours.yaml", "--headroom", "80%")
    assert run("export", *asked, "-o", "b.xlsx").exit_code == 0
    written = (tmp_path / "b.xlsx").read_bytes()
    line = ("Sensor data collection", "AWS Key Management Service · encryption", "Requests")
    assert used(stored(written), written, *line) == (0.25, "tight")
    book = openpyxl.load_workbook(BytesIO(written))
    assert book["Plan"].cell(plan_of(written).rows[line], 8).value == "quotas.kms.symmetric_requests · the account · yours"
    notes = {row[0].value: row[1].value for row in book["Notes"]}
    assert notes["Quotas"].startswith("ours: as of 2018-06-01, in us-east-1. AWS's defaults unless they are yours; ")
    assert notes["Quotas"].endswith("yours are kms.symmetric_requests.")
    assert notes["command"].endswith("--scenario large --quotas ours.yaml --headroom 80%")
    assert run(*notes["command"].split()[1:], "-o", "again.xlsx").exit_code == 0
    assert (tmp_path / "again.xlsx").read_bytes() == written


def test_without_quotas_there_is_no_plan():
    book = openpyxl.load_workbook(BytesIO(workbook.render(open_models("itl", ["small"]))))
    assert "Plan" not in book.sheetnames
    assert "headroom" not in book.defined_names


def test_a_sheet_that_is_not_there_is_told(run, tmp_path):
    result = run("export", "-p", "itl", "--quotas", "nowhere", "-o", "b.xlsx")
    assert result.exit_code == 2
    assert "nowhere" in result.output
    assert not Path("b.xlsx").exists()
