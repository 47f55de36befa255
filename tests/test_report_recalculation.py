"""The HTML report recalculates as the engine does: totals at random points, for all traffic, services, policies and discounts."""

import random

import modern
import numpy as np
import pytest
from report_pages import PATTERNS, some_number
from test_agreement import TRAFFIC, UNUSUAL

from costmodel.book import book_of
from costmodel.estimating import Arrays, bill_of_model, run as run_model
from costmodel.models import Terms, open_account, open_models
from costmodel.outputs.report.page import is_editable
from costmodel.outputs.words import money

POINTS = 200
ANSWERS = """points => points.map(point => {
  for (const [n, value] of point) {
    const field = document.getElementById("input-" + n);
    field.value = value;
    field.dispatchEvent(new Event("input"));
    if (!field.checkValidity()) throw new Error(DATA.inputs[n].key + " = " + value + " is refused");
  }
  refresh();
  return DATA.models.map((_, m) => document.querySelector(`#answer [data-model="${m}"] [data-d="total"]`).textContent);
})"""


def assert_same_totals(models, shown, points=POINTS):
    book = book_of(models)
    chance = random.Random(2018)
    editable = [(n, key, one) for n, (key, one) in enumerate(book.inputs.items()) if is_editable(one.path)]
    draws = [{key: some_number(chance, one) for _, key, one in editable} for _ in range(points)]
    answers = shown.page.evaluate(ANSWERS, [[[n, draw[key]] for n, key, _ in editable] for draw in draws])
    for number, page in enumerate(book.pages):
        columns = {
            path: np.array([book.inputs[key].in_base_units(draw[key]) for draw in draws])
            for path, key in page.keys.items()
            if is_editable(path)
        }
        totals = np.broadcast_to(run_model(page.model, Arrays(columns)).total, points)
        assert [answer[number] for answer in answers] == [money(float(total)) for total in totals]
    assert shown.trouble == []


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_page_recalculates_as_the_engine(pattern, show):
    models = open_models(pattern)
    assert_same_totals(models, show(models))


@pytest.mark.parametrize("free_tier", ["always", "legacy-12-month"])
def test_the_page_recalculates_free_allowances(free_tier, show):
    models = open_models("sensor", terms=Terms(free_tier=free_tier))
    assert_same_totals(models, show(models), points=50)


@pytest.mark.parametrize("traffic", TRAFFIC)
def test_the_page_recalculates_other_traffic(traffic, show, tmp_path):
    (tmp_path / "unusual.yaml").write_text(UNUSUAL)
    (tmp_path / "own.yaml").write_text(f"version: 1\ntitle: Own\nmonth: 30 days\ntraffic: {TRAFFIC[traffic]}\n")
    models = open_models(str(tmp_path / "unusual.yaml"), [str(tmp_path / "own.yaml")])
    assert_same_totals(models, show(models), points=40)


@pytest.mark.parametrize(("after", "free_tier"), [(None, "none"), ("3 months", "legacy-12-month")])
def test_the_page_recalculates_every_service_of_today(after, free_tier, show, tmp_path):
    (tmp_path / "modern.yaml").write_text(modern.PATTERN)
    (tmp_path / "own.yaml").write_text(f"version: 1\ntitle: Own\nmonth: 30 days\ntraffic: {TRAFFIC['both']}\n")
    terms = Terms(rates=modern.CARD, after=after, free_tier=free_tier)
    models = open_models(str(tmp_path / "modern.yaml"), [str(tmp_path / "own.yaml")], terms=terms)
    assert_same_totals(models, show(models), points=40)


def test_the_page_recalculates_an_account(show, tmp_path):
    """Several patterns, copies, a discount and what is used already."""
    (tmp_path / "card.yaml").write_text(
        "version: 1\nextends: aws/us-east-1/2018-06\ndiscounts:\n"
        "  - {name: Reserved, on: dynamodb.read_capacity, usd: 0.0001, per: RCU-hour, commitment: 30 RCU-months}\n"
        "  - {name: EDP, percent: 9%}\n"
    )
    (tmp_path / "own.yaml").write_text(
        f"version: 1\ntitle: Own\ntraffic: {TRAFFIC['both']}\n"
        "already_used: {s3.storage: 49 TB, lambda.requests: 1 million requests}\n"
    )
    terms = Terms(rates=str(tmp_path / "card.yaml"), free_tier="always", changes={"itl_count": "2"})
    models = open_account(["sensor", "itl"], [str(tmp_path / "own.yaml")], terms=terms)
    assert_same_totals(models, show(models), points=40)


def test_a_page_of_several_patterns_recalculates_and_asks_nothing_of_anyone(show):
    models = [model for pattern in PATTERNS for model in open_models(pattern)]
    shown = show(models)
    assert len(shown.path.read_bytes()) < 1_500_000
    shown.field("large.traffic.peak_rate").fill("1000")
    shown.page.evaluate("refresh()")
    for number, model in enumerate(models):
        changes = {"traffic.peak_rate": "1000/s"} if model.scenario.name == "large" else {}
        (fresh,) = open_models(model.pattern.name, [model.scenario.name], terms=Terms(changes=changes))
        assert shown.total(number) == money(bill_of_model(fresh).total)
    assert shown.trouble == []
