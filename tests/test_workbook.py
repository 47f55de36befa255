"""The workbook as its readers have it: sheets, cells, names, stored figures, and what must not happen to it."""

import re
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from recalculation import names_of, sheet_of

from costmodel import estimate
from costmodel.book import book_of
from costmodel.library import Library
from costmodel.models import Terms, open_models
from costmodel.outputs import workbook
from costmodel.outputs.workbook.names import defined_names, sheet_names

PATTERNS, SCENARIOS = (Library(environment=False).names(kind) for kind in ("patterns", "scenarios"))
# Known to Excel since 2007 or before, and to LibreOffice 7.4.
FUNCTIONS = {"AND", "COUNTIF", "IF", "INDEX", "ISNUMBER", "MATCH", "MAX", "MIN", "ROUNDUP", "SUM"}
BLUE = "FF0000FF"
TERMS = Terms(free_tier="legacy-12-month", with_quotas=True)


@pytest.fixture(scope="module")
def book() -> bytes:
    """All shipped patterns with all shipped scenarios, the 12-month free tier taken off."""
    return workbook.render(m for p in PATTERNS for m in open_models(p, SCENARIOS, terms=TERMS))


@pytest.fixture(scope="module")
def sheets(book):
    return openpyxl.load_workbook(BytesIO(book))


@pytest.fixture(scope="module")
def figures(book):
    return openpyxl.load_workbook(BytesIO(book), data_only=True)


def opened(path):
    return openpyxl.load_workbook(path, data_only=True)


def formulas(sheets):
    return [cell.value for sheet in sheets for row in sheet for cell in row if cell.data_type == "f"]


def texts(sheets):
    return [cell.value for sheet in sheets for row in sheet for cell in row if cell.data_type == "s"]


def test_the_sheets_are_in_the_order_of_reading(sheets):
    assert sheets.sheetnames == ["Summary", "Plan", "Inputs", "Rates", *PATTERNS, "Notes"]


def test_formulas_use_only_functions_of_excel_2010_and_libreoffice(sheets):
    rules = [str(rule.formula1) for sheet in sheets for rule in sheet.data_validations.dataValidation]
    assert {name for text in [*formulas(sheets), *rules] for name in re.findall(r"([A-Z.]+)\(", text)} <= FUNCTIONS


def test_formulas_stay_within_what_spreadsheets_take(sheets):
    assert max(len(formula) for formula in formulas(sheets)) < 1000
    assert not [formula for formula in formulas(sheets) if formula.count(",") > 200]


def test_previews_and_pandas_show_the_figures(book, figures):
    for page in book_of(m for p in PATTERNS for m in open_models(p, SCENARIOS, terms=TERMS)).pages:
        bill = estimate(page.model.pattern.name, page.model.scenario.name, free_tier="legacy-12-month")
        sheet, row, column = names_of(book).places[f"{page.pattern}.{page.scenario}.total"]
        assert figures.worksheets[sheet].cell(row, column).value == pytest.approx(bill.total, rel=1e-12)
    frame = pd.read_excel(BytesIO(book), sheet_name="Summary", header=3)
    assert frame["Per month"].dropna()[: len(PATTERNS) * len(SCENARIOS)].tolist() == pytest.approx(
        [estimate(p, s, free_tier="legacy-12-month").total for p in PATTERNS for s in SCENARIOS]
    )


def test_the_published_total_is_on_its_sheet(run):
    """672.05 is table 4's total of the large scenario, 672.06, without the cent of its erratum."""
    assert run("export", "-p", "itl", "-s", "large", "-o", "itl.xlsx").exit_code == 0
    summary = opened("itl.xlsx")["Summary"]
    row = next(row for row in summary.values if row[0] == "Large")
    assert round(row[3], 2) == 672.05
    assert row[5:6] == ("Amazon Kinesis Data Firehose",)
    notes = [row for row in opened("itl.xlsx")["Notes"].values if row[2]]
    assert [(words[:30], round(amount, 2)) for _, words, amount in notes][:1] == [("Printed total, table 4", 672.06)]
    assert round(sum(amount for _, _, amount in notes[1:]) + row[3], 2) == 672.06


def test_every_input_has_one_blue_cell_with_a_rule_and_a_name(book, sheets):
    inputs = book_of(m for p in PATTERNS for m in open_models(p, SCENARIOS, terms=TERMS)).inputs
    names = defined_names([*inputs, "headroom"])
    places = names_of(book).places
    blue = {
        (number, cell.row, cell.column)
        for number, sheet in enumerate(sheets)
        for row in sheet
        for cell in row
        if cell.font.color is not None and cell.font.color.rgb == BLUE
    }
    assert {places[name] for name in names.values()} == blue
    assert len(blue) == len(names)
    for sheet, row, column in blue:
        cell = sheets.worksheets[sheet].cell(row, column)
        assert isinstance(cell.value, int | float)
        assert not cell.protection.locked
        rules = [r for r in sheets.worksheets[sheet].data_validations.dataValidation if cell.coordinate in r.sqref]
        assert len(rules) == 1
        assert rules[0].promptTitle
        assert rules[0].error


def test_an_input_says_its_unit_its_bounds_and_where_it_stands(sheets):
    rows = {row[-2]: row for row in sheets["Inputs"].values}
    size = rows["ingest.buffer_size"]
    assert [size[0], size[1], size[2]] == ["Buffer size", "MB", 100]
    assert "1 to 128 MB" in size
    assert size[-1] == "patterns/itl.yaml:12:18"
    peak = rows["traffic.peak_rate"]
    assert [peak[0], peak[1]] == ["Peak rate", "/s"]
    assert {100, 1000, 5000} <= set(peak)
    assert set(peak[-1].split(", ")) == {"scenarios/large.yaml:5:14", "medium.yaml:5:14", "small.yaml:5:14"}


def test_a_price_has_its_tier_unit_source_and_date(sheets):
    rows = {row[7]: row for row in sheets["Rates"].values}
    assert rows["Path for --set"][:3] == ("Rate", "Tier", "Price or value")
    assert rows["Path for --set"][8:10] == ("As of", "Source")
    first, last = rows["rates.firehose.ingested.1.usd"], rows["rates.firehose.ingested.3.usd"]
    assert first[:6] == ("Ingested", 1, 0.029, "USD per GB", 500, "TB")
    assert first[8:10] == ("2018-06-01", "https://aws.amazon.com/kinesis/data-firehose/pricing/")
    assert last[:6] == ("Ingested", 3, 0.02, "USD per GB", None, None)


def test_the_same_input_gives_the_same_bytes_in_another_process():
    code = (
        "import sys; from costmodel.models import Terms, open_models; from costmodel.outputs import workbook;"
        "sys.stdout.buffer.write(workbook.render(open_models('sensor')))"
    )
    ran = [subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout for _ in range(2)]
    assert ran[0] == ran[1] == workbook.render(open_models("sensor"))


def test_sheets_are_set_up_for_print_and_screen(sheets):
    for sheet in sheets:
        assert sheet.freeze_panes
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.print_area
        assert sheet.print_title_rows
        assert not sheet.sheet_view.showGridLines


def test_the_summary_has_a_native_chart(book):
    with zipfile.ZipFile(BytesIO(book)) as parts:
        charts = [name for name in parts.namelist() if name.startswith("xl/charts/chart")]
        assert len(charts) == 1
        assert "barChart" in parts.read(charts[0]).decode()


def test_what_differs_between_scenarios_stands_side_by_side(run, tmp_path):
    """A day of 24 hours beside peak and off-peak: what only one of them has is left blank in the other."""
    hours = [2, 1, 1, 1, 1, 1, 3, 5, 8, 9, 10, 10, 9, 9, 8, 8, 7, 6, 5, 5, 4, 3, 3, 2]
    traffic = f"{{peak_rate: 10/s, profile: {hours}, record_size: 1 KB}}"
    (tmp_path / "day.yaml").write_text(f"version: 1\ntitle: Day\ntraffic: {traffic}\n")
    assert run("export", "-p", "itl", "-s", "small", "-s", "day.yaml", "-o", "both.xlsx").exit_code == 0
    data = (tmp_path / "both.xlsx").read_bytes()
    sheet, values = sheet_of(data, "itl"), opened("both.xlsx")["itl"]
    row = sheet.rows["Steps", "", "Rate as given, relative to the others"]
    day = [values.cell(row, column).value for (_, scenario, _), column in sheet.columns.items() if scenario == "Day"]
    small = [values.cell(row, column).value for (_, scenario, _), column in sheet.columns.items() if scenario == "Small"]
    assert 0.9 in day
    assert set(small) == {None}
    assert sheet.columns["Steps", "Small", "Off peak"] < sheet.columns["Steps", "Day", "Hour 0 and 1 more"]


def test_structure_is_text(run, tmp_path, sheets):
    words = texts(sheets)
    assert any("source_backup · Amazon S3 · from ingest · metered over the month" in text for text in words)
    assert any("deidentify · AWS Lambda · from gateway · batch of bytes" in text for text in words)


HOSTILE = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", '=HYPERLINK("http://x.example","y")')


@pytest.mark.parametrize("title", HOSTILE)
def test_a_text_of_the_user_is_no_formula(title, run, tmp_path):
    quoted = '"' + title.replace("\t", "\\t").replace('"', '\\"') + '"'
    pattern = f"components:\n  a: {{service: s3, input: source}}\nnot_priced: [{quoted}]\n"
    (tmp_path / "p.yaml").write_text(f"version: 1\ntitle: {quoted}\ndescription: {quoted}\n{pattern}")
    (tmp_path / "s.yaml").write_text(f"version: 1\ntitle: {quoted}\ntraffic: {{peak_rate: 1/s, record_size: 1 KB}}\n")
    assert run("export", "-p", "p.yaml", "-s", "s.yaml", "-o", "b.xlsx").exit_code == 0
    book = openpyxl.load_workbook("b.xlsx")
    title = " ".join(title.split())
    assert texts(book).count(title) >= 4
    assert not [formula for formula in formulas(book) if title in formula or "HYPERLINK" in formula]
    with zipfile.ZipFile("b.xlsx") as parts:
        assert not [name for name in parts.namelist() if "external" in name.lower()]


def test_sheets_have_names_that_spreadsheets_take():
    titles = ["x" * 300, "[a]:*?/\\b", "Inputs", "inputs", "'quoted'", "", "History", "x" * 300]
    names = sheet_names(titles, ["Summary", "Inputs"])
    assert len({name.lower() for name in [*names, "inputs"]}) == len(titles) + 1
    for name in names:
        assert 0 < len(name) <= 31
        assert not set(name) & set("[]:*?/\\")
        assert not name.startswith("'")
        assert not name.endswith("'")
        assert name.lower() != "history"


def test_cells_have_names_that_spreadsheets_take():
    keys = ["large.traffic.peak_rate", "2024.month", "a1", "r1c1", "C", "rates.s3.free.legacy-12-month", "A1", "x" * 400]
    names = defined_names(keys)
    assert names["large.traffic.peak_rate"] == "large.traffic.peak_rate"
    assert names["rates.s3.free.legacy-12-month"] == "rates.s3.free.legacy_12_month"
    assert names["a1"] != "a1"
    assert len({name.lower() for name in names.values()}) == len(keys)
    for name in names.values():
        assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.]{0,254}", name)
        assert not re.fullmatch(r"[A-Za-z]{1,3}[0-9]+|[rRcC]|[rR][0-9]*[cC][0-9]*", name)


def test_a_scenario_with_an_endless_title_is_told_from_others(run, tmp_path):
    traffic = "traffic: {peak_rate: 1/s, record_size: 1 KB}\n"
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(f"version: 1\ntitle: '{'[x]:*?/' * 40}'\n{traffic}")
    assert run("export", "-p", "itl", "-s", "one.yaml", "-s", "two.yaml", "-s", "one.yaml", "-o", "b.xlsx").exit_code == 0
    heads = [value for value in next(opened("b.xlsx")["Inputs"].iter_rows(min_row=3, max_row=3, values_only=True)) if value]
    assert [head[-5:] for head in heads if head.startswith("[x]")] == ["(one)", "(two)"]


def test_patterns_of_one_title_keep_their_inputs_apart(run, tmp_path):
    for name, memory in (("one", 128), ("two", 256)):
        component = f"  f: {{service: lambda, input: source, duration: 1 s, memory: {memory} MB}}\n"
        (tmp_path / f"{name}.yaml").write_text(f"version: 1\ntitle: Same\ncomponents:\n{component}")
    assert run("export", "-p", "one.yaml", "-p", "two.yaml", "-s", "small", "-o", "b.xlsx").exit_code == 0
    places = names_of((tmp_path / "b.xlsx").read_bytes()).places
    values = opened("b.xlsx")
    assert [values.worksheets[place[0]].cell(*place[1:]).value for place in (places["one.f.memory"], places["two.f.memory"])] == [
        128,
        256,
    ]


def test_too_many_periods_for_a_sheet_are_told(run, tmp_path):
    rows = "".join(f"2018-06-{1 + n // 24:02d}T{n % 24:02d}:00:00,{100 + n}\n" for n in range(700))
    (tmp_path / "rates.csv").write_text(f"timestamp,rate\n{rows}")
    names = []
    for n in range(24):
        names += ["-s", f"s{n}.yaml"]
        (tmp_path / f"s{n}.yaml").write_text(f"version: 1\ntitle: S{n}\ntraffic: {{csv: rates.csv, record_size: 1 KB}}\n")
    result = run("export", "-p", "itl", *names, "-o", "b.xlsx")
    assert result.exit_code == 2
    assert "put fewer scenarios in a workbook" in result.output


# The commands


def test_estimate_writes_the_workbook_of_its_pattern(run, tmp_path):
    result = run("estimate", "-p", "clickstream", "--format", "xlsx", "-o", "estimate.xlsx")
    assert (result.exit_code, result.output) == (0, "")
    assert opened("estimate.xlsx").sheetnames == ["Summary", "Plan", "Inputs", "Rates", "clickstream", "Notes"]


def test_a_workbook_is_not_printed(run, tmp_path):
    for command in (["estimate", "-p", "itl", "--format", "xlsx"], ["export", "-p", "itl"]):
        result = run(*command)
        assert result.exit_code == 2
        assert "say where to write it, as in -o" in result.output


def test_a_workbook_has_no_printed_basis(run, tmp_path):
    result = run("estimate", "-p", "itl", "--format", "xlsx", "--basis", "printed", "-o", "b.xlsx")
    assert result.exit_code == 2
    assert "xlsx is always on the corrected basis" in result.output
    assert not (tmp_path / "b.xlsx").exists()


def test_a_budget_is_checked_beside_the_workbook(run, tmp_path):
    result = run("estimate", "-p", "itl", "-s", "large", "--format", "xlsx", "-o", "b.xlsx", "--budget", "500")
    assert result.exit_code == 1
    assert (tmp_path / "b.xlsx").exists()


def test_a_change_is_made_in_the_patterns_that_have_it(run, tmp_path):
    result = run("export", "-p", "itl", "-p", "sensor", "-s", "large", "--set", "ingest.buffer_size=64 MB", "-o", "b.xlsx")
    assert result.exit_code == 0
    rows = {row[-2]: row for row in opened("b.xlsx")["Inputs"].values}
    assert rows["ingest.buffer_size"][2] == 64
    assert rows["ingest.buffer_size"][-1] == "--set ingest.buffer_size=64 MB"
    assert rows["deidentify.memory"][2] == 1536
    notes = [row[1] for row in opened("b.xlsx")["Notes"].values]
    assert "costmodel export --pattern itl --pattern sensor --scenario large --set 'ingest.buffer_size=64 MB'" in notes


def test_a_change_that_no_pattern_has_is_a_mistake(run, tmp_path):
    result = run("export", "-p", "itl", "-p", "sensor", "--set", "nowhere.buffer_size=64 MB", "-o", "b.xlsx")
    assert result.exit_code == 2
    assert "nowhere" in result.output
    assert not (tmp_path / "b.xlsx").exists()


def test_nothing_is_said_in_a_pipe(run, tmp_path):
    result = run("export", "-p", "itl", "-p", "sensor", "-o", "b.xlsx")
    assert (result.output, result.stderr) == ("", "")


def test_a_setting_that_only_some_scenarios_have_stands_under_them(run, tmp_path):
    """analytics says kpus for peak and off-peak; a scenario that decides one number for all has a cell of its own."""
    (tmp_path / "k4.yaml").write_text("version: 1\nextends: large\ntitle: K4\nsettings: {anomalies.kpus: 4}\n")
    assert run("export", "-p", "analytics", "-s", "small", "-s", "k4.yaml", "-o", "b.xlsx").exit_code == 0
    names = openpyxl.load_workbook(tmp_path / "b.xlsx").defined_names
    assert {"analytics.k4.anomalies.kpus", "analytics.small.anomalies.kpus.peak"} <= set(names)
    assert "analytics.anomalies.kpus" not in names


@pytest.mark.parametrize("name", ["bill", "peak", "steps", "total"])
def test_a_component_may_be_called_as_parts_of_the_sheet_are(name, run, tmp_path):
    text = f"version: 1\ntitle: Own\ncomponents: {{{name}: {{service: firehose, input: source}}}}\n"
    (tmp_path / "own.yaml").write_text(text)
    assert run("export", "-p", "own.yaml", "-s", "large", "-o", "b.xlsx").exit_code == 0
    figures = openpyxl.load_workbook(tmp_path / "b.xlsx", data_only=True)["Summary"]
    assert round(figures["D5"].value, 2) == 597.38  # 4,320,000,000 records of 5 KB at $0.029 per GB


def test_many_periods_are_folded(run, tmp_path):
    """168 columns would be printed on dozens of pages."""
    profile = ", ".join(str(n) for n in range(1, 169))
    (tmp_path / "week.yaml").write_text(
        f"version: 1\ntitle: Week\nmonth: 30 days\ntraffic: {{peak_rate: 100/s, profile: [{profile}], record_size: 1 KB}}\n"
    )
    assert run("export", "-p", "itl", "-s", "week.yaml", "-o", "b.xlsx").exit_code == 0
    sheet = openpyxl.load_workbook(tmp_path / "b.xlsx")["itl"]
    folded = sum(d.max - d.min + 1 for d in sheet.column_dimensions.values() if d.hidden)
    assert folded == 169 - 8
    assert sheet.page_setup.fitToHeight == 0
    assert sheet.sheet_properties.pageSetUpPr.fitToPage


def test_scenarios_that_say_it_differently_are_explained_each(run, tmp_path):
    (tmp_path / "hundred.yaml").write_text("version: 1\nextends: large\ntitle: Hundred\nsettings: {enrich.batch: 100 records}\n")
    assert run("export", "-p", "itl", "-s", "small", "-s", "hundred.yaml", "-o", "b.xlsx").exit_code == 0
    said = texts([openpyxl.load_workbook(tmp_path / "b.xlsx")["itl"]])
    heading = next(text for text in said if "enrich · AWS Lambda" in text)
    assert "batch of bytes" in heading.partition("; Hundred: ")[0]
    assert "batch of records" in heading.partition("; Hundred: ")[2]


def test_discounts_are_told_apart_from_list_prices():
    """Firehose's 411.9873 GB cost 11.9476 at $0.029, and 8.9978 at $0.024 less 9%."""
    discounted = Path(__file__).parent.parent / "docs" / "examples" / "discounted.yaml"
    written = workbook.render(open_models("itl", ["small"], terms=Terms(rates=str(discounted))))
    figures, sheet = openpyxl.load_workbook(BytesIO(written), data_only=True), sheet_of(written, "itl")
    assert figures["Summary"]["A2"].value.startswith("Discounted prices of discounted (2025-06-17), USD a month before tax.")
    assert any("AWS discounted prices of us-east-1" in str(row[1].value) for row in figures["Notes"])
    row = sheet.rows["Bill", "ingest", "Data ingested, tier 1"]
    costs = [figures["itl"].cell(row, sheet.columns["Bill", "Small", head]).value for head in ("Cost", "At list prices")]
    assert costs == [pytest.approx(411.9873046875 * 0.02184), pytest.approx(411.9873046875 * 0.029)]
    assert ("Totals", "", "At list prices, without discounts") in sheet.rows
    assert ("Totals", "", "At list prices, without discounts") not in sheet_of(
        workbook.render(open_models("itl", ["small"])), "itl"
    ).rows
