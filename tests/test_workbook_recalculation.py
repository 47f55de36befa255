"""What a spreadsheet computes from the workbook's inputs is what an estimate computes from the same numbers."""

import math
import random
import re
from io import BytesIO
from pathlib import Path

import modern
import openpyxl
import pytest
from recalculation import Engine, assert_plans, by_ironcalc, by_libreoffice, edited, names_of, sheet_of

from costmodel.book import Book, book_of
from costmodel.estimating import Floats, bill_of_model, run
from costmodel.inputs import Input
from costmodel.library import Library
from costmodel.models import Model, Terms, open_models
from costmodel.outputs import workbook
from costmodel.outputs.lines import LIST_TOTAL
from costmodel.outputs.workbook.names import defined_names

PATTERNS, SCENARIOS = (Library(environment=False).names(kind) for kind in ("patterns", "scenarios"))
PROFILE = [round(1 + math.sin(hour / 24 * 2 * math.pi) * 0.6 + (hour % 7) / 20, 3) for hour in range(168)]
SIZES = ", ".join(f"{n} KB: 2.5%" for n in range(1, 41))
PLANNED = Terms(with_quotas=True)  # a workbook with a plan
TRAFFIC = {
    "periods": "{periods: [{name: night, rate: 10/s, hours: 9}, {name: noon, rate: 900/s, hours: 3}, "
    "{name: day, rate: 250/s, hours: 12}], record_size: 3 KB}",
    "constant": "{peak_rate: 120/min, record_size: 500 bytes}",
    "day": f"{{peak_rate: 700/s, profile: {PROFILE[:24]}, record_size: 2 KB}}",
    "week": f"{{monthly_records: 3 million, profile: {PROFILE}, record_size: 7 KB}}",
    "sizes": "{monthly_volume: 2 TB, peak_hours: 3, off_peak_share: 10%, record_size: {1 KB: 70%, 6 KB: 20%, 33 KB: 10%}}",
    "many sizes": f"{{peak_rate: 9/s, peak_hours: 2, off_peak_share: 5%, record_size: {{{SIZES}}}}}",
    "file": "{csv: rates.csv, record_size: 2 KB}",
    "scaled file": "{csv: rates.csv, monthly_records: 5 million, record_size: {1 KB: 50%, 12 KB: 50%}}",
}
RATES = "".join(f"2018-06-{1 + hour // 24:02d}T{hour % 24:02d}:00:00,{100 + hour}\n" for hour in range(250))
UNUSUAL = """
version: 1
title: Unusual
components:
  gate: {service: iot_core, input: source, devices: 3}
  half: {service: firehose, input: {from: gate, share: 50%}}
  other: {service: firehose, input: {from: gate, share: 40%, size: 30%}, buffer_interval: 60 s}
  both: {service: lambda, input: [{from: half, share: 80%}, other], batch: 10 records, duration: 130 ms}
  store: {service: s3, input: both, meter: month}
  second: {service: s3, input: half}
  table: {service: dynamodb, input: both, writes_per_record: 1, write_capacity: {peak: 4000, off_peak: 900}, meter: month}
  idle: {service: kinesis_analytics}
"""


@pytest.fixture(scope="module")
def libreoffice_engine(libreoffice: str) -> Engine:
    return by_libreoffice(libreoffice)


@pytest.fixture(scope="module")
def own(tmp_path_factory) -> Path:
    """A folder with a pattern and scenarios of every shape of traffic."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "rates.csv").write_text(f"timestamp,rate\n{RATES}")
    (folder / "unusual.yaml").write_text(UNUSUAL)
    for name, traffic in TRAFFIC.items():
        (folder / f"{name}.yaml").write_text(f"version: 1\ntitle: {name}\nmonth: 31 days\ntraffic: {traffic}\n")
    return folder


def close(one: object, other: float) -> bool:
    return isinstance(one, int | float) and math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)


def assert_computes(engine: Engine, folder: Path, book: bytes, models: list[Model], values: dict[str, float] | None = None):
    """The recalculated workbook has the totals, lines, loads and verdicts of fresh estimates of the models."""
    value = engine(edited(book, values or {}), folder)
    names = names_of(book)
    pages = book_of(models).pages
    assert_plans(value, book, list(pages), (values or {}).get("headroom", 0.2))
    for page in pages:
        model, bill, result = page.model, bill_of_model(page.model), run(page.model, Floats())
        where = f"{model.pattern.name}, {model.scenario.name}"
        total = value(*names.places[f"{page.pattern}.{page.scenario}.total"])
        assert close(total, bill.total), f"{where}: total {total} instead of {bill.total}"
        each = value(*names.places[f"{page.pattern}.{page.scenario}.per_million_records"])
        assert close(each, bill.per_million_records) if bill.records else each in ("", None)
        sheet = sheet_of(book, model.pattern.name)
        if listed := result.list_costs:
            row, column = sheet.rows["Totals", "", LIST_TOTAL], sheet.columns["Bill", model.scenario.title, "Cost"]
            assert close(value(sheet.number, row, column), bill.list_total)
        for number, charge in enumerate(result.charges):
            label = charge.usage.item + (f", tier {charge.tier}" if len(charge.rate.tiers) > 1 else "")
            row = sheet.rows["Bill", charge.usage.component, label]
            figures = {"Used": charge.consumed, "Billed": charge.quantity, "Unit price": charge.unit_price, "Cost": charge.cost}
            if model.free_tier != "none" and charge.free:
                figures["Free"] = charge.free
            if listed:
                figures["At list prices"] = listed[number]
            for head, figure in figures.items():
                found = value(sheet.number, row, sheet.columns["Bill", model.scenario.title, head])
                assert close(found, figure), f"{where}, {charge.usage.component}, {label}, {head}: {found} instead of {figure}"
        column = sheet.columns["Loads at peak", model.scenario.title, "At peak"]
        for load in result.metered.loads:
            unit = 1024 if load.unit in ("bytes", "bytes/s") else 1
            found = value(sheet.number, sheet.rows["Loads at peak", load.component, load.item], column)
            assert close(found, load.amount / unit), f"{where}, {load.component}, {load.item}: {found} for {load.amount}"
            if load.provisioned is not None:
                row = sheet.rows["Loads at peak", load.component, f"{load.item}, provisioned"]
                assert close(value(sheet.number, row, column), load.provisioned / unit)


def drawn(given: Input, chance: random.Random) -> float:
    """Another number that the input allows. Ends of tiers stay near where they were, so that they stay in order."""
    spread = 0.1 if given.path.endswith(".up_to") else 0.7
    for _ in range(100):
        number = float(f"{(given.number or 1) * chance.uniform(1 - spread, 1 + spread):.4g}")
        if given.allows(number) and number != given.number:
            return number
    raise AssertionError(f"no other number for {given.path}")


def changed(book: Book, numbers: dict[str, float], paths: dict[str, str], terms: Terms = PLANNED) -> list[Model]:
    """The models of the book with other numbers of its inputs, opened from their files anew; `paths` has files by name."""
    models = []
    for page in book.pages:
        changes = {path: book.inputs[key].text(numbers[key]) for path, key in page.keys.items() if key in numbers}
        pattern, scenario = (paths.get(name, name) for name in (page.model.pattern.name, page.model.scenario.name))
        models += open_models(pattern, [scenario], terms=terms._replace(changes=changes))
    return models


def cells(book: Book, numbers: dict[str, float]) -> dict[str, float]:
    """The numbers as their cells hold them, by defined name."""
    names = defined_names(book.inputs)
    return {names[key]: n / 100 if book.inputs[key].unit.name == "%" else n for key, n in numbers.items()}


def shipped(free_tier: str = "none") -> list[Model]:
    return [m for pattern in PATTERNS for m in open_models(pattern, SCENARIOS, terms=PLANNED._replace(free_tier=free_tier))]


@pytest.mark.parametrize("free_tier", ["none", "always", "legacy-12-month"])
def test_all_shipped_estimates_in_one_book(free_tier, tmp_path):
    models = shipped(free_tier)
    assert_computes(by_ironcalc, tmp_path, workbook.render(models), models)


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_shipped_estimate_alone(pattern, scenario, tmp_path):
    models = open_models(pattern, [scenario], terms=PLANNED)
    assert_computes(by_ironcalc, tmp_path, workbook.render(models), models)


@pytest.mark.parametrize("seed", range(6))
def test_every_input_changed_at_once(seed, tmp_path):
    free_tier = ("none", "always", "legacy-12-month")[seed % 3]
    models, chance = shipped(free_tier), random.Random(seed)
    book = book_of(models)
    numbers = {key: drawn(given, chance) for key, given in book.inputs.items()}
    assert len(numbers) > 100
    assert_computes(
        by_ironcalc,
        tmp_path,
        workbook.render(models),
        changed(book, numbers, {}, PLANNED._replace(free_tier=free_tier)),
        cells(book, numbers),
    )


@pytest.mark.parametrize("pattern", PATTERNS)
def test_each_input_changed_alone(pattern, tmp_path):
    models, chance = open_models(pattern, ["medium"], terms=PLANNED), random.Random(pattern)
    rendered, book = workbook.render(models), book_of(models)
    for key, given in book.inputs.items():
        numbers = {key: drawn(given, chance)}
        assert_computes(by_ironcalc, tmp_path, rendered, changed(book, numbers, {}), cells(book, numbers))


def test_each_input_matters():
    """A blue cell that no total and no load follows would be a lie: every input is in some formula."""
    models = shipped("legacy-12-month")
    opened = openpyxl.load_workbook(BytesIO(workbook.render(models)))
    formulas = [str(cell.value) for sheet in opened for row in sheet for cell in row if str(cell.value).startswith("=")]
    used = {name for formula in formulas for name in re.findall(r"[A-Za-z_][A-Za-z0-9_.]*", formula)}
    assert {*defined_names(book_of(models).inputs).values()} <= used


@pytest.mark.parametrize(
    ("pattern", "traffic"), [*(("unusual", name) for name in TRAFFIC), ("itl", "file"), ("analytics", "week")]
)
def test_own_traffic_of_every_shape(pattern, traffic, own, tmp_path):
    path = str(own / "unusual.yaml") if pattern == "unusual" else pattern
    models = open_models(path, [str(own / f"{traffic}.yaml")], terms=PLANNED)
    assert_computes(by_ironcalc, tmp_path, workbook.render(models), models)


def test_own_traffic_side_by_side_with_every_input_changed(own, tmp_path):
    """Which period is the busiest is fixed in a book, so the rates of the periods stay in their order."""
    files = {name: str(own / f"{name}.yaml") for name in ("unusual", *TRAFFIC)}
    models = open_models(files["unusual"], [files[name] for name in TRAFFIC], terms=PLANNED)
    book, chance = book_of(models), random.Random(1)
    numbers = {key: drawn(given, chance) for key, given in book.inputs.items()}
    for key in [key for key in numbers if ".periods." in key]:
        numbers[key] = book.inputs[key].number * (1.1 if key.endswith("rate") else 1)
    assert_computes(by_ironcalc, tmp_path, workbook.render(models), changed(book, numbers, files), cells(book, numbers))


ACCOUNT = {
    "pattern": """
version: 1
title: Account
count: 2
components:
  ingest: {service: firehose, input: source, count: 3}
  keys: {service: kms, input: {from: ingest, each: batch}}
  notes: {service: s3, input: {from: ingest, each: batch, size: 700 KB}, retention: 40 days}
  fn: {service: lambda, input: ingest, batch: 3 MB, duration: 420 ms, memory: 1 GB}
  table: {service: dynamodb, read_capacity: 70, write_capacity: 300}
  second: {service: dynamodb, write_capacity: 90}
""",
    "traffic": "version: 1\ntitle: Some\ntraffic: {peak_rate: 3000/s, peak_hours: 9, off_peak_share: 30%, record_size: 2 KB}\n"
    "already_used: {firehose.ingested: 300 TB, lambda.duration: 100000 GB-seconds, s3.storage: 49 TB}\n",
    "card": """
version: 1
extends: aws/us-east-1/2018-06
lambda: {free: {always: [{of: [duration], quantity: 300000 GB-seconds}]}, duration: {per: GB-second, usd: 0.00001667}}
discounts:
  - {name: Reserved, on: dynamodb.write_capacity, usd: 0.000128, per: WCU-hour, commitment: 350 WCU-months}
  - {name: Contract, on: firehose.ingested, usd: 0.021, per: GB}
  - {name: EDP, percent: 7%}
""",
}


@pytest.mark.parametrize(("after", "free_tier"), [(None, "none"), ("3 months", "legacy-12-month")])
def test_every_service_of_today(after, free_tier, tmp_path):
    """With each input as it is, and with all of them changed."""
    files = {"modern": str(tmp_path / "modern.yaml"), "both": str(tmp_path / "both.yaml")}
    (tmp_path / "modern.yaml").write_text(modern.PATTERN)
    (tmp_path / "both.yaml").write_text(f"version: 1\ntitle: Both\ntraffic: {TRAFFIC['sizes']}\n")
    terms = PLANNED._replace(rates=modern.CARD, free_tier=free_tier, after=after)
    models = open_models(files["modern"], [files["both"]], terms=terms)
    book, rendered, chance = book_of(models), workbook.render(models), random.Random(11)
    assert_computes(by_ironcalc, tmp_path, rendered, models)
    numbers = {key: drawn(given, chance) for key, given in book.inputs.items()}
    assert_computes(by_ironcalc, tmp_path, rendered, changed(book, numbers, files, terms), cells(book, numbers))


@pytest.mark.parametrize("after", [None, "2 months"])
def test_copies_commitments_retention_and_what_is_already_used(after, tmp_path):
    """With each input as it is, and with all of them changed."""
    files = {name: str(tmp_path / f"{name}.yaml") for name in ACCOUNT}
    for name, text in ACCOUNT.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    terms = PLANNED._replace(rates=files["card"], free_tier="always", after=after)
    models = open_models(files["pattern"], [files["traffic"]], terms=terms)
    book, rendered, chance = book_of(models), workbook.render(models), random.Random(5)
    assert_computes(by_ironcalc, tmp_path, rendered, models)
    numbers = {key: drawn(given, chance) for key, given in book.inputs.items()}
    assert {"rates.discounts.1.commitment", "rates.discounts.3.percent", "pattern.ingest.count"} <= set(numbers)
    assert_computes(by_ironcalc, tmp_path, rendered, changed(book, numbers, files, terms), cells(book, numbers))


def test_libreoffice_computes_all_shipped_estimates(libreoffice_engine, tmp_path):
    models = shipped()
    assert_computes(libreoffice_engine, tmp_path, workbook.render(models), models)


def test_libreoffice_follows_every_input(libreoffice_engine, tmp_path):
    models, chance = shipped("legacy-12-month"), random.Random(7)
    book = book_of(models)
    numbers = {key: drawn(given, chance) for key, given in book.inputs.items()}
    fresh = changed(book, numbers, {}, PLANNED._replace(free_tier="legacy-12-month"))
    assert_computes(libreoffice_engine, tmp_path, workbook.render(models), fresh, cells(book, numbers))


def test_libreoffice_computes_own_traffic_of_every_shape(libreoffice_engine, own, tmp_path):
    models = open_models(str(own / "unusual.yaml"), [str(own / f"{name}.yaml") for name in TRAFFIC], terms=PLANNED)
    assert_computes(libreoffice_engine, tmp_path, workbook.render(models), models)
