"""Limits in the HTML report: the page holds loads against them as `costmodel plan` does, also after inputs have changed."""

import json
import random
from pathlib import Path

import modern
import pytest
from report_pages import PATTERNS, PHONE, some_number
from test_agreement import TRAFFIC

from costmodel.book import book_of
from costmodel.capacity.plans import plan
from costmodel.charting import traffic_limits, traffic_over_time
from costmodel.estimating import Floats
from costmodel.models import Terms, open_models
from costmodel.outputs.charts import traffic
from costmodel.outputs.charts.drawing import per_second
from costmodel.outputs.limits import amount, limit, name, used, what
from costmodel.outputs.report.page import is_editable
from costmodel.outputs.words import number

EXAMPLES = Path(__file__).parent.parent / "docs" / "examples"
HELD = Terms(with_quotas=True)
# Rows as a reader sees them: what, load, limit, used, verdict; the name without whose the limit is.
ROWS = """number => [...document.querySelectorAll(`.limits[data-model="${number}"] [data-check]:not([hidden])`)].map(row =>
  [row.cells[0].firstChild.textContent.trim(), ...[...row.cells].slice(1).map(cell => cell.textContent)])"""
BARS = "all => all.map(bar => Number(bar.style.getPropertyValue('--used')))"
SET = """values => {
  for (const [n, value] of values) {
    const field = document.getElementById("input-" + n);
    field.value = value;
    field.dispatchEvent(new Event("input"));
    if (!field.checkValidity()) throw new Error(DATA.inputs[n].key + " = " + value + " is refused");
  }
  refresh();
}"""
DIFFERENT = """\
version: 1
title: Different in each period
components:
  shards: {service: kinesis_data_streams, input: source, shards: {peak: 3, off_peak: 1}}
  collect: {service: firehose, input: source}
  table: {service: dynamodb, input: source, write_capacity: {peak: 900, off_peak: 200}, writes_per_record: 0.5}
"""
SHARED = """\
version: 1
title: Beside others
rates: aws/us-east-1/2018-06
month: 30 days
traffic: {peak_rate: 700/s, peak_hours: 4, off_peak_share: 20%, record_size: 1 KB}
other_usage: {kms.symmetric_requests: 300 requests/s}
"""


def rows_of(model, headroom=0.2):
    """What `costmodel plan` says of a model, in the order of its table: what the same components bear stands together."""
    judged = plan(model, headroom, lambda changes: model).judged
    order = list(dict.fromkeys(each.check.components for each in judged))
    return [
        [name(check), amount(check.load, check.unit), limit(check), used(share), verdict]
        for check, share, verdict, *_ in sorted(judged, key=lambda each: order.index(each.check.components))
    ]


def peaks_of(model):
    month = model.scenario.month.value
    return [period.busiest for period in model.scenario.traffic.periods(month, Floats())]


def assert_same_rows_at_random_points(show, pattern, scenario, terms=HELD, points=15):
    models = open_models(pattern, [scenario], terms=terms)
    shown, chance = show(models), random.Random(2018)
    ((page,), inputs) = book_of(models)
    editable = [(n, one) for n, one in enumerate(inputs.values()) if is_editable(one.path)]
    assert shown.page.evaluate(ROWS, 0) == rows_of(page.model)
    for _ in range(points):
        drawn = {n: (one, some_number(chance, one)) for n, one in editable}
        changes = {one.path: one.text(value) for one, value in drawn.values()}
        (fresh,) = open_models(pattern, [scenario], terms=terms._replace(changes=changes))
        if peaks_of(fresh) != peaks_of(page.model):  # which period is the peak was decided when the files were read
            continue
        shown.page.evaluate(SET, [[n, value] for n, (_, value) in drawn.items()])
        assert shown.page.evaluate(ROWS, 0) == rows_of(fresh)
    assert shown.trouble == []


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_live_plan_is_that_of_the_changed_estimate(pattern, show):
    assert_same_rows_at_random_points(show, pattern, "medium")


@pytest.mark.parametrize("which", ["different", "auto"])
def test_what_is_provisioned_for_each_period_or_as_the_load_asks(which, show, tmp_path):
    (tmp_path / "different.yaml").write_text(DIFFERENT)
    pattern = {"different": tmp_path / "different.yaml", "auto": EXAMPLES / "provisioned-writes.yaml"}[which]
    assert_same_rows_at_random_points(show, str(pattern), "medium", Terms(region="us-east-1", with_quotas=True))


def test_every_service_of_today(show, tmp_path):
    (tmp_path / "modern.yaml").write_text(modern.PATTERN)
    (tmp_path / "own.yaml").write_text(f"version: 1\ntitle: Own\nmonth: 30 days\ntraffic: {TRAFFIC['both']}\n")
    terms = Terms(rates=modern.CARD, with_quotas=True)
    assert_same_rows_at_random_points(show, str(tmp_path / "modern.yaml"), str(tmp_path / "own.yaml"), terms)


def test_what_the_rest_of_the_account_asks_for_is_an_input(show, run, tmp_path):
    """700 of records and 300 of the rest are 1,000 of KMS's 1,200 requests a second, 83.3%; with 500 they are all of them."""
    (tmp_path / "shared.yaml").write_text(SHARED)
    shown = show(open_models("sensor", [str(tmp_path / "shared.yaml")], terms=HELD))

    def requests():
        return next(row for row in shown.page.evaluate(ROWS, 0) if row[2] == "1,200")

    assert requests() == ["Requests", "1,000 requests/s", "1,200", "83.3%", "tight"]
    shown.field("shared.other_usage.kms.symmetric_requests").fill("500.01")
    assert shown.page.evaluate("refresh()") is None
    assert requests() == ["Requests", "1,200.01 requests/s", "1,200", "over 100%", "breaks"]
    shown.page.click("#yaml")
    Path("changed.yaml").write_text(shown.page.input_value("#file-text"), encoding="utf-8")
    checks = json.loads(run("plan", "-p", "sensor", "-s", "changed.yaml", "--format", "json").output)["checks"]
    assert [(check["load"], check["verdict"]) for check in checks if check["item"] == "Requests"] == [
        (pytest.approx(1200.01), "breaks")
    ]


@pytest.mark.parametrize(
    ("rate", "verdict"),
    [("3999.9", "holds"), ("4000", "holds"), ("4000.1", "tight"), ("5000", "tight"), ("5000.1", "breaks"), ("0", "holds")],
)
def test_a_verdict_changes_where_that_of_costmodel_plan_does(rate, verdict, show, run):
    """Firehose takes 5,000 records a second; with 20% of them left it holds."""
    shown = show(open_models("itl", ["large"], terms=HELD))
    shown.field("large.traffic.peak_rate").fill(rate)
    shown.page.evaluate("refresh()")
    row = shown.page.locator('.limits[data-model="0"] tr', has_text="firehose.direct_put_records")
    assert row.locator("td").last.inner_text() == verdict
    assert row.get_attribute("class") == verdict
    said = json.loads(run("plan", "-p", "itl", "-s", "large", "--set", f"traffic.peak_rate={rate}/s", "--format", "json").output)
    (check,) = (check for check in said["checks"] if check["quota"] == "firehose.direct_put_records")
    assert check["verdict"] == verdict


def test_the_answer_says_what_breaks_and_follows(show):
    shown = show(open_models("itl", ["large"], terms=HELD), headroom=0.1)
    held, outcome = shown.page.locator("[data-d=held]"), shown.page.locator("[data-d=outcome]")
    assert held.inner_text() == "holds, but 2 of 14 limits are tight: Records of ingest; Data of ingest"
    assert outcome.inner_text() == "2 limits are tight"
    shown.field("large.traffic.peak_rate").fill("5100")
    shown.page.evaluate("refresh()")
    assert held.inner_text() == "1 of 14 limits breaks (1 more is tight): Records of ingest"
    assert (outcome.inner_text(), outcome.get_attribute("class")) == ("1 limit breaks", "breaks")
    shown.field("large.traffic.peak_rate").fill("4500")
    shown.page.evaluate("refresh()")
    assert held.inner_text() == "holds: all 14 limits have 10% left"
    assert outcome.inner_text() == "holds at the peak"


def test_remedies_are_of_the_estimate_as_it_was_made(show):
    """KMS does 1,200 requests a second: 5,000 of them, with 20% left, are 6,250."""
    shown = show(open_models("sensor", ["small", "large"], terms=HELD))
    limits = shown.page.locator('.limits[data-model="1"]')
    assert "have kms.symmetric_requests raised to 6,250 requests/s (AWS does it on request)" in limits.inner_text()
    assert not limits.locator(".as-made").is_visible()
    shown.page.evaluate("set(DATA.inputs.findIndex(input => input.key === 'small.traffic.peak_rate'), 50)")  # another scenario's
    shown.page.evaluate("refresh()")
    assert not limits.locator(".as-made").is_visible()
    shown.field("large.traffic.peak_rate").fill("50")
    shown.page.evaluate("refresh()")
    assert limits.locator(".as-made").is_visible()
    shown.page.click("#reset")
    assert not limits.locator(".as-made").is_visible()


def test_one_scenario_at_a_time_and_without_a_script_all(show):
    models = open_models("sensor", terms=HELD)
    shown = show(models)
    assert [shown.page.locator(".limits").nth(n).is_visible() for n in range(3)] == [False, False, True]
    shown.page.check("#choices input[value=small]")
    assert [shown.page.locator(".limits").nth(n).is_visible() for n in range(3)] == [True, False, False]
    plain = show(models, java_script_enabled=False)
    assert [plain.page.locator(".limits").nth(n).is_visible() for n in range(3)] == [True, True, True]
    assert "50,000%" in plain.page.inner_text('.limits[data-model="2"]')


@pytest.mark.parametrize("pattern", PATTERNS)
def test_limits_as_written_are_limits_as_recalculated(pattern, show):
    said = "[data-d=held], [data-d=outcome], .limits tr:not([hidden]) > *"
    models = open_models(pattern, terms=HELD)
    as_written = show(models, java_script_enabled=False).page.locator(said)
    texts, bars = as_written.all_text_contents(), as_written.page.locator(".limits i").evaluate_all(BARS)
    shown = show(models).page
    assert shown.locator(said).all_text_contents() == texts
    assert shown.locator(".limits i").evaluate_all(BARS) == pytest.approx(bars)
    assert len(texts) > 50


def test_a_bar_stays_in_its_place_however_much_is_used(show):
    shown = show(open_models("sensor", ["large"], terms=HELD), PHONE)
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert shown.page.evaluate("[...document.querySelectorAll('.limits i')].every(bar => bar.scrollWidth <= bar.clientWidth)")
    assert shown.page.evaluate("document.querySelector('.limits').scrollWidth <= document.querySelector('.limits').clientWidth")


def test_a_page_of_models_without_quotas_says_nothing_of_limits(show):
    bare = show(open_models("itl", ["small"]))
    assert bare.page.locator("text=Does it hold at the peak?").count() == 0
    assert bare.page.locator("text=First limit").count() == 0
    assert bare.trouble == []


def test_a_forecast_is_of_the_scenario_in_front_as_it_was_made(show):
    shown = show(open_models("itl", ["small", "large"], terms=HELD), PHONE, grown=True)
    small, large = (shown.page.locator(f'.grown[data-model="{number}"]') for number in (0, 1))
    assert (small.is_visible(), large.is_visible()) == (False, True)
    assert large.locator("figure svg").is_visible()
    assert not large.locator(".as-made").is_visible()
    shown.page.evaluate("set(DATA.inputs.findIndex(input => input.key === 'large.traffic.peak_rate'), 50)")
    shown.page.evaluate("refresh()")
    assert large.locator(".as-made").is_visible()
    shown.page.check("#choices input[value=small]")
    assert (small.is_visible(), large.is_visible()) == (True, False)
    assert not small.locator(".as-made").is_visible()
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert shown.trouble == []


TRAFFIC_SAID = '[data-chart="traffic"] .drawn'


@pytest.mark.parametrize(
    ("peak", "said", "drawn"),
    [
        ("1000", "at 5,000/s, 5 times the peak", False),
        ("1250", "at 5,000/s", True),  # four times
        ("9000", "at 5,000/s", True),
    ],
)
def test_traffic_is_shown_against_the_limit_that_it_reaches_first(peak, said, drawn, show):
    """Firehose takes 5,000 records a second, and 5 MB: 5,120 records of 1 KB."""
    terms = HELD._replace(changes={"traffic.peak_rate": f"{peak}/s"})
    shown = show(open_models("itl", ["large"], terms=HELD))
    shown.field("large.traffic.peak_rate").fill(peak)
    shown.page.evaluate("refresh()")
    chart = shown.page.locator(TRAFFIC_SAID)
    assert chart.locator(".hint").inner_text().endswith(f". First limit: Records of ingest, {said}")
    assert chart.locator("svg text", has_text="Records of ingest: 5,000/s").count() == drawn
    (fresh,) = open_models("itl", ["large"], terms=terms)
    drawing = traffic.draw([traffic_over_time(fresh, traffic_limits(fresh))])
    assert drawing.description.endswith(f" First limit: Records of ingest, {said}.")
    texts = [text.get_text() for axes in drawing.figure.axes for text in axes.texts]
    assert texts == (["Records of ingest: 5,000/s"] if drawn else [])


def test_the_rest_of_the_account_leaves_less_of_a_quota(show, tmp_path):
    """Of 1,200 requests a second 300 are the rest's: 900 records. The table has 10 write units a second for one record each."""
    (tmp_path / "shared.yaml").write_text(SHARED)
    models = open_models("sensor", [str(tmp_path / "shared.yaml")], terms=HELD)
    assert [(limit.check.item, limit.rate) for limit in traffic_limits(models[0])][:2] == [
        ("Write units", pytest.approx(10)),
        ("Requests", pytest.approx(900)),
    ]
    assert "Requests of encryption: 900/s" in show(models).page.locator(TRAFFIC_SAID).text_content()


def test_what_grows_with_the_traffic_by_itself_is_no_limit_of_it(show):
    """Write capacity that is auto is always what the load asks for; a table has at most 40,000 units."""
    models = open_models(str(EXAMPLES / "provisioned-writes.yaml"), ["medium"], terms=Terms(region="us-east-1", with_quotas=True))
    (first, *_) = traffic_limits(models[0])
    assert first.check.quota is not None
    hint = show(models).page.locator(TRAFFIC_SAID).locator(".hint").inner_text()
    assert f"First limit: {what(first.check)}, at {per_second(first.rate)}, {number(first.rate / 1000, 0)} times the peak" in hint
