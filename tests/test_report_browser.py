"""The HTML report in a real browser: it is whole, it recalculates as the engine does, and it can be used.

What the page shows after its inputs changed is compared with the engine's own figures for the same numbers.
"""

import random
from pathlib import Path

import pytest
from report_pages import DESKTOP, PATTERNS, PHONE, some_number
from test_agreement import TRAFFIC

from costmodel.book import book_of
from costmodel.estimating import bill_of_model
from costmodel.models import Terms, open_models
from costmodel.outputs import words
from costmodel.outputs.report.page import is_editable
from costmodel.outputs.words import money

DISCOUNTED = str(Path(__file__).parent.parent / "docs" / "examples" / "discounted.yaml")
LINES = """() => [...document.querySelectorAll("section.pattern details")].map(details => {
  details.open = true;
  return details;
}) && refresh() || [...document.querySelectorAll(".lines .cost, .explained h4, .explained .steps")].filter(
  element => !element.closest("[data-row][hidden]")).map(element => element.textContent)"""


@pytest.mark.parametrize(("pattern", "rates"), [*((pattern, None) for pattern in PATTERNS), ("itl", DISCOUNTED)])
def test_every_line_and_step_says_what_a_report_of_the_changed_estimate_says(pattern, rates, show):
    changes = {"traffic.peak_rate": "64321/s", "traffic.record_size": "7.5 KB", "traffic.peak_hours": "6 h", "month": "31 days"}
    shown = show(open_models(pattern, ["medium"], terms=Terms(rates=rates)))
    for key, text in changes.items():
        shown.field(f"medium.{key}").fill(text.rstrip("/sKBhday "))
    now = shown.page.evaluate(LINES)
    fresh = show(open_models(pattern, ["medium"], terms=Terms(rates=rates, changes=changes))).page.evaluate(LINES)
    assert len(now) > 20
    assert now == fresh


def test_reset_and_link_bring_back_what_was(show, chromium):
    models = open_models("itl", ["small", "large"])
    shown = show(models)
    before = [shown.total(0), shown.total(1)]
    shown.field("itl.ingest.buffer_size").fill("1")
    shown.field("large.traffic.peak_rate").fill("12345.5")
    shown.page.evaluate("refresh()")
    changed = [shown.total(0), shown.total(1)]
    assert changed[0] != before[0]
    assert changed[1] != before[1]
    link = shown.page.evaluate("location.href")
    assert "large.traffic.peak_rate=12345.5" in link
    shown.page.click("#reset")
    assert [shown.total(0), shown.total(1)] == before
    shown.page.goto("about:blank")
    shown.page.goto(link)
    assert [shown.total(0), shown.total(1)] == changed


@pytest.mark.parametrize(
    ("key", "pasted", "number"),
    [
        ("itl.ingest.buffer_size", "64 MB", "64"),
        ("large.traffic.peak_rate", "4,000/s", "4000"),
        ("large.traffic.off_peak_share", "25%", "25"),
        ("large.month", "31 days", "31"),
    ],
)
def test_a_number_may_be_pasted_as_files_say_it(key, pasted, number, show):
    shown = show(open_models("itl", ["large"]))
    shown.page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
    field = shown.field(key)
    field.fill(pasted)
    field.blur()
    assert field.input_value() == number
    assert f"{key}={number}" in shown.page.evaluate("refresh() || location.hash")


@pytest.mark.parametrize("tiny", ["1e-15", "1e-320"])
def test_what_a_file_refuses_as_absurdly_small_the_page_refuses(tiny, show):
    shown = show(open_models("itl", ["large"]))
    before = shown.total(0)
    shown.field("large.traffic.peak_rate").fill(tiny)
    shown.page.evaluate("refresh()")
    assert shown.total(0) == before
    assert shown.trouble == []


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_changed_scenario_as_yaml_is_what_estimate_reproduces(pattern, show, run):
    models = open_models(pattern, ["small", "large"], terms=Terms(changes={"traffic.times": "1.5"}))
    shown = show(models)
    book = book_of(models)
    chance = random.Random(7)
    for key, one in book.inputs.items():
        if is_editable(one.path) and not key.startswith("small."):
            number = some_number(chance, one)
            shown.field(key).evaluate(
                "(field, value) => { field.value = value; field.dispatchEvent(new Event('input')); }", number
            )
    shown.page.evaluate("refresh()")
    shown.page.click("#yaml")
    with shown.page.expect_download() as download:
        shown.page.click("#file-download")
    assert download.value.suggested_filename == "large-changed.yaml"
    download.value.save_as("large-changed.yaml")
    assert shown.page.input_value("#file-text") == Path("large-changed.yaml").read_text(encoding="utf-8")
    command = shown.page.text_content("#file-command").split()
    assert command[:2] == ["costmodel", "estimate"]
    result = run(*command[1:], "--format", "csv")
    assert result.exit_code == 0, result.output
    (fresh,) = open_models(pattern, ["large-changed.yaml"])
    assert shown.total(1) == money(bill_of_model(fresh).total)


@pytest.mark.parametrize("typed", ["129", "0.5", "1e999", "1,5", "-1", "abc", "0x10", "64 KB", "1e-320", ""])
def test_what_is_not_allowed_is_said_and_changes_nothing(typed, show):
    """buffer_size is 1 to 128 MB; while it is typed, 12 of 129 is a number that would be allowed."""
    shown = show(open_models("itl", ["large"]))
    before = shown.total(0)
    shown.page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
    field = shown.field("itl.ingest.buffer_size")
    field.click()
    field.press("Control+a")
    field.press("Delete")
    field.press_sequentially(typed)
    message = shown.page.locator(".input .wrong", has_text=": 1 to 128 MB. It stays 100.")
    assert message.is_visible()
    field.press("Tab")
    shown.page.evaluate("refresh()")
    assert field.input_value() == "100"
    assert message.is_visible()
    assert shown.total(0) == before
    field.fill("64")
    assert not message.is_visible()


def test_the_keyboard_is_enough(show):
    shown = show(open_models("itl", ["large"]))
    before = shown.total(0)
    for _ in range(20):
        shown.page.keyboard.press("Tab")
        if shown.page.evaluate("document.activeElement.type") == "range":
            break
    shown.page.keyboard.press("ArrowRight")
    shown.page.evaluate("refresh()")
    assert shown.total(0) != before
    shown.page.locator("details.row summary").first.focus()
    shown.page.keyboard.press("Enter")
    assert shown.page.locator("details.row .explained").first.is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_nothing_is_wider_than_the_screen(viewport, scheme, show):
    models = [model for pattern in ("sensor", "analytics") for model in open_models(pattern)]
    shown = show(models, viewport, color_scheme=scheme)
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    charts = shown.page.locator(".drawn svg")
    assert charts.count() == 6
    for number in range(charts.count()):
        assert charts.nth(number).get_attribute("aria-label")
    behind, ink = shown.page.evaluate("[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]")
    assert (sum(map(int, behind[4:-1].split(","))) > sum(map(int, ink[4:-1].split(",")))) == (scheme == "light")


def test_a_link_brings_the_view_and_what_it_says_wrong_is_told(show):
    models = [*open_models("itl"), *open_models("sensor")]
    shown = show(models)
    shown.page.check("#choices input[value=sensor]")
    shown.page.check("#choices input[value=small]")
    shown.field("small.traffic.peak_rate").fill("777")
    shown.page.evaluate("refresh()")
    now = shown.page.inner_text("#now")
    link = shown.page.evaluate("location.href")
    shown.page.goto("about:blank")
    shown.page.goto(link)
    assert shown.page.inner_text("#now") == now
    assert shown.page.is_checked("#choices input[value=sensor]")
    shown.page.evaluate("location.hash = '#large.traffic.peak_rate=2000&large.traffic.peak_hours=25&100%'")
    shown.page.locator("#now", has_text="Large").wait_for()
    (fresh,) = open_models("itl", ["large"], terms=Terms(changes={"traffic.peak_rate": "2000/s"}))
    assert shown.total(2) == money(bill_of_model(fresh).total)
    assert shown.page.inner_text("#notes") == "The address says what this page does not know: large.traffic.peak_hours=25, 100%"
    shown.page.locator("#answer a", has_text="Sensor").click()
    shown.page.locator("#now", has_text="Sensor").wait_for()
    assert shown.total(2) == money(bill_of_model(fresh).total)
    assert shown.trouble == []


def test_another_busiest_period_is_told(show, tmp_path):
    (tmp_path / "own.yaml").write_text(f"version: 1\ntitle: Own\nmonth: 30 days\ntraffic: {TRAFFIC['periods']}\n")
    shown = show(open_models("analytics", [str(tmp_path / "own.yaml")]))
    assert not shown.page.locator("#notes").is_visible()
    shown.field("own.traffic.periods.1.rate").fill("5000")
    shown.page.evaluate("refresh()")
    assert "Another period is the busiest now" in shown.page.inner_text("#notes")
    shown.page.click("#yaml")
    assert "it gives the figures of this page" not in shown.page.inner_text("#file")


def test_a_scenario_with_a_file_beside_it_says_where_to_put_the_changed_one(show, tmp_path):
    rows = "".join(f"2026-01-01T{hour:02}:00:00Z,{100 + hour}\n" for hour in range(24))
    (tmp_path / "rates.csv").write_text("timestamp,rate\n" + rows)
    (tmp_path / "own.yaml").write_text("version: 1\ntitle: Own\nmonth: 30 days\ntraffic: {csv: rates.csv, record_size: 1 KB}\n")
    shown = show(open_models("itl", [str(tmp_path / "own.yaml")]))
    shown.page.click("#yaml")
    assert "Put it into the folder of rates.csv, which it names." in shown.page.inner_text("#file")


# What the page says without its script, and with it.
SAID = "[data-d], i[data-v], .cost, .doc"


@pytest.mark.parametrize("pattern", [*PATTERNS, "ties"])
def test_the_page_as_written_is_the_page_as_recalculated(pattern, show, tmp_path):
    """In `ties`, 1,179,648 records of 1 KB are 1.125 GB, billed as 5.625: halves, which languages round differently."""
    (tmp_path / "ties.yaml").write_text("version: 1\ntitle: Ties\ncomponents: {in: {service: firehose, input: source}}\n")
    (tmp_path / "own.yaml").write_text(
        "version: 1\ntitle: Own\nmonth: 30 days\ntraffic: {monthly_records: 1179648, record_size: 1 KB}\n"
    )
    ties = [str(tmp_path / "ties.yaml"), [str(tmp_path / "own.yaml")]]
    models = open_models(*ties) if pattern == "ties" else open_models(pattern)
    as_written = show(models, java_script_enabled=False).page.locator(SAID).all_text_contents()
    shown = show(models)
    shown.page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
    shown.page.evaluate("refresh()")
    assert shown.page.locator(SAID).all_text_contents() == as_written
    assert len(as_written) > 50


def test_the_page_says_numbers_as_costmodel_does(show):
    """Halves of every place, very large and very small numbers; 1.125 is 1.13 and 28.35% is 28.4%."""
    chance = random.Random(5)
    halves = [n / 8 for n in range(200)] + [n / 1000 + 0.0005 for n in range(300)] + [0.2835, 100.5, 1e21, 1.5e25, 12345678944.5]
    numbers = [*halves, *(chance.uniform(0, 10) * 10.0 ** chance.randint(-12, 18) for _ in range(1000))]
    page = show(open_models("itl", ["large"])).page
    said = page.evaluate(
        "numbers => numbers.map(x => [money(x), money(x, 4), number(x), number(x, 0), exact(x), exact(x, 5), percent(x)])",
        numbers,
    )
    assert said == [
        [money(x), money(x, 4), words.number(x), words.number(x, 0), words.exact(x), words.exact(x, 5), words.share(x)]
        for x in numbers
    ]
    assert words.number(1.125) == "1.13"
    assert words.share(0.2835) == "28.4%"


def test_without_a_script_everything_is_there(show):
    models = open_models("itl")
    shown = show(models, java_script_enabled=False)
    text = shown.page.inner_text("body")
    for total in ("$18.11", "$138.16", "$672.05", "$597.38"):
        assert total in text
    assert shown.page.locator("figure svg").count() == 6  # cost, diagram, traffic, and growth for each of three scenarios
    assert "buffer size" in shown.page.inner_text("#inputs")
    assert not shown.page.locator("#yaml").is_visible()
    shown.page.locator("details.row summary").first.click()
    assert "4,320,000,000" not in text
    assert "2,160,000,000 × (1 KB rounded up to a multiple of 5 KB)" in shown.page.inner_text("details.row")


def test_html_in_names_and_titles_shows_as_text(show, tmp_path):
    wild = "</script><img src=x onerror=alert(1)><b>Bold</b> & 'co' \"x\" ${1} {{ 2 }}"
    quoted = wild.replace('"', '\\"')
    (tmp_path / "wild.yaml").write_text(
        f'version: 1\ntitle: "{quoted}"\ndescription: "{quoted}"\nnot_priced: ["{quoted}"]\n'
        "components: {store: {service: firehose, input: source}}\n"
    )
    (tmp_path / "traffic.yaml").write_text(
        f'version: 1\ntitle: "{quoted}"\nmonth: 30 days\ntraffic: {{peak_rate: 10/s, peak_hours: 4, off_peak_share: 20%, '
        "record_size: 1 KB}\n"
    )
    shown = show(open_models(str(tmp_path / "wild.yaml"), [str(tmp_path / "traffic.yaml")]))
    assert shown.trouble == []
    assert shown.page.locator("img").count() == 0
    assert shown.page.inner_text("h1") == wild
    assert wild in shown.page.inner_text("#answer")
    assert shown.page.locator(".drawn", has_text=wild).count() >= 1
    shown.page.click("#yaml")
    (tmp_path / "changed.yaml").write_text(shown.page.input_value("#file-text"), encoding="utf-8")
    (changed,) = open_models("itl", [str(tmp_path / "changed.yaml")])
    assert changed.scenario.title == f"{wild}, changed"


def test_patterns_with_different_scenarios_show_what_they_have(show):
    models = [*open_models("itl", ["small"]), *open_models("sensor", ["large"])]
    shown = show(models)
    assert shown.page.inner_text("#now") == "Streaming Ingest Transform Load (ITL), Small: $18.11 a month"
    itl = shown.page.locator("#pattern-itl")
    assert itl.locator("[data-chart=growth] .hint").inner_text().startswith("Small: $18.11 a month")
    itl.locator("details.row summary").first.click()
    assert itl.locator("details.row .explained").first.is_visible()
    assert shown.trouble == []


@pytest.mark.parametrize("name", ["data", "inputs", "now", "link", "constructor"])
def test_a_pattern_may_be_called_as_parts_of_the_page_are(name, show, tmp_path):
    (tmp_path / f"{name}.yaml").write_text("version: 1\nextends: itl\n")
    models = [*open_models("sensor", ["large"]), *open_models(str(tmp_path / f"{name}.yaml"), ["large"])]
    shown = show(models)
    shown.page.evaluate(f"location.hash = '#{name}'")  # no pattern of the address: it says so
    shown.page.locator("#answer a").nth(1).click()
    shown.page.locator("#now", has_text="ITL").wait_for()
    assert shown.page.inner_text("#now").endswith("Large: $672.05 a month")
    assert shown.trouble == []


def test_a_changed_input_is_marked_where_lines_rest_on_it(show):
    shown = show(open_models("itl", ["large"]))
    shown.page.locator("details.row summary").first.click()
    leaf = shown.page.locator("details.row").first.locator(".leaves li", has_text="record size")
    assert leaf.inner_text().startswith("record size: 1 KB · scenarios/large.yaml")
    shown.field("large.traffic.record_size").fill("2.5")
    shown.page.evaluate("refresh()")
    assert leaf.inner_text().startswith("record size: 2.5 KB")
    assert "(changed here; it says 1 KB)" in leaf.locator("i").evaluate("i => getComputedStyle(i, '::after').content")
