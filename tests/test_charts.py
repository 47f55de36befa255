"""Charts: their data against arithmetic written out here, and the command that draws them."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from itertools import pairwise

import pytest

from costmodel.charting import cost_against_traffic, cost_by_service, diagram, traffic_over_time
from costmodel.estimating import Arrays, Floats, Traced, bill_of_model, run as run_model
from costmodel.models import Terms, open_models
from costmodel.outputs.charts import CHARTS, cost, diagram as diagram_chart, growth, traffic
from costmodel.outputs.charts.drawing import LIGHT, PAGE, inline, save, styled, width_of, wrapped

SVG = "{http://www.w3.org/2000/svg}"
STREAM = "version: 1\ntitle: Stream\ncomponents:\n  stream: {service: firehose, input: source}\n"
PROFILE = [1] * 8 + [4] * 4 + [10] + [4] * 7 + [1] * 4  # a day: 12 h at 1, 11 h at 4, 1 h at 10
FIXED = "version: 1\ntitle: A table\ncomponents:\n  table: {service: dynamodb, read_capacity: 50}\n"
FORKED = """
version: 1
title: Forked
components:
  late: {service: s3, input: [{from: split, share: 20%}, first]}
  first: {service: firehose, input: source}
  alone: {service: dynamodb, read_capacity: 5}
  left: {service: s3, input: {from: first, share: 30%, size: 150%}}
  split: {service: lambda, input: first, batch: 100 records, duration: 1 s}
  right: {service: s3, input: split}
"""


@pytest.fixture
def opened(tmp_path):
    """Opens a pattern's text with the text of a traffic, in a month of 30 days."""

    def model(traffic, pattern=STREAM, **changes):
        (tmp_path / "pattern.yaml").write_text(pattern)
        (tmp_path / "scenario.yaml").write_text(f"version: 1\ntitle: Own\nmonth: 30 days\ntraffic: {traffic}\n")
        return open_models(str(tmp_path / "pattern.yaml"), [str(tmp_path / "scenario.yaml")], terms=Terms(changes=changes))[0]

    return model


def laid_out(model):
    return diagram(model, run_model(model, Floats()))


# Cost by service


def test_cost_by_service_has_every_service_of_every_scenario():
    costs = cost_by_service([bill_of_model(model) for model in open_models("itl")])
    firehose, s3, function, dynamodb = costs.services
    assert (firehose, s3) == ("Amazon Kinesis Data Firehose", "Amazon S3")
    assert (function, dynamodb) == ("AWS Lambda", "Amazon DynamoDB")
    assert [scenario.title for scenario in costs.scenarios] == ["Small", "Medium", "Large"]
    large = costs.scenarios[2]
    assert [f"{value:.2f}" for value in large.costs] == ["597.38", "48.77", "21.22", "4.68"]  # as the README's estimate has them
    assert sum(large.costs) == pytest.approx(large.total)


def test_a_service_that_one_bill_lacks_costs_nothing_there(opened):
    with_records = bill_of_model(opened("{peak_rate: 5/s, record_size: 1 KB}"))
    without = bill_of_model(opened("{peak_rate: 0/s, record_size: 1 KB}"))
    costs = cost_by_service([without, with_records])
    assert costs.services == ("Amazon Kinesis Data Firehose",)
    assert [scenario.costs[0] > 0 for scenario in costs.scenarios] == [False, True]


# Traffic over time


def test_the_peak_stands_in_the_middle_of_the_day_and_the_axis_says_that_nobody_knows_when():
    shown = traffic_over_time(open_models("itl", ["large"])[0])
    assert [tuple(map(pytest.approx, step)) for step in shown.steps] == [(0, 10, 1000), (10, 14, 5000), (14, 24, 1000)]
    assert (shown.hours, shown.peak) == (24, 5000)
    assert shown.mean == pytest.approx((4 * 5000 + 20 * 1000) / 24)
    assert "not given" in shown.axis


def test_a_profile_keeps_the_order_of_its_hours(opened):
    shown = traffic_over_time(opened(f"{{peak_rate: 100/s, profile: {PROFILE}, record_size: 1 KB}}"))
    expected = [(0, 8, 10), (8, 12, 40), (12, 13, 100), (13, 20, 40), (20, 24, 10)]
    assert [tuple(map(pytest.approx, step)) for step in shown.steps] == expected
    assert shown.axis == "hours of a day"


def test_periods_come_in_the_order_of_the_file(opened):
    periods = "periods: [{name: b, rate: 3/s, hours: 42}, {name: a, rate: 9/s, hours: 126}]"
    shown = traffic_over_time(opened(f"{{{periods}, record_size: 1 KB, times: 2}}"))
    assert [tuple(map(pytest.approx, step)) for step in shown.steps] == [(0, 42, 6), (42, 168, 18)]
    assert shown.axis == "hours of a week, periods in the order given"


def test_a_csv_is_shown_as_it_was_measured(opened, tmp_path):
    (tmp_path / "t.csv").write_text("timestamp,rate\n2024-05-01T06:00,5\n2024-05-01T08:00,7\n2024-05-01T11:00,5\n")
    shown = traffic_over_time(opened("{csv: t.csv, record_size: 1 KB}"))
    assert [tuple(map(pytest.approx, step)) for step in shown.steps] == [(0, 2, 5), (2, 5, 7), (5, 8, 5)]
    assert shown.axis == "hours since 2024-05-01 06:00 UTC"


def test_hours_of_the_week_are_an_hour_each_however_many_of_them_a_file_has(opened, tmp_path):
    rows = [f"2024-01-{1 + n // 24:02}T{n % 24:02}:00,{n + 1}" for n in range(31 * 24)]
    rows += [f"2024-02-{1 + n // 24:02}T{n % 24:02}:00,{n + 1000}" for n in range(24)]  # 32 days: Mondays to Thursdays five times
    (tmp_path / "t.csv").write_text("\n".join(["timestamp,rate", *rows]))
    shown = traffic_over_time(opened("{csv: t.csv, record_size: 1 KB}"))
    assert [step.start for step in shown.steps] == pytest.approx(list(range(168)))
    assert shown.steps[-1].end == pytest.approx(168)
    assert "Monday" in shown.axis


def test_more_steps_than_can_be_seen_are_shown_as_means(opened, tmp_path):
    minutes = [f"2024-01-{1 + n // 1440:02}T{n // 60 % 24:02}:{n % 60:02},{10 * (n % 2)}" for n in range(3 * 1440)]
    (tmp_path / "t.csv").write_text("\n".join(["timestamp,rate", *minutes]))
    shown = traffic_over_time(opened("{csv: t.csv, record_size: 1 KB}"))
    assert len(shown.steps) == 1000
    assert sum((step.end - step.start) * step.rate for step in shown.steps) == pytest.approx(72 * 5)


SHAPES = [
    "{peak_rate: 9/s, record_size: 1 KB}",
    "{peak_rate: 9/s, peak_hours: 24, off_peak_share: 10%, record_size: 1 KB}",
    "{peak_rate: 9/s, peak_hours: 7, off_peak_share: 10%, record_size: 1 KB}",
    "{peak_rate: 9/s, peak_hours: 7, off_peak_share: 100%, record_size: 1 KB}",
    f"{{monthly_records: 1 million, profile: {PROFILE}, record_size: 1 KB}}",
    f"{{peak_rate: 9/s, profile: {PROFILE * 7}, record_size: 1 KB}}",
    "{periods: [{name: a, rate: 1/s, hours: 700}, {name: b, rate: 2/s, hours: 20}], record_size: 1 KB}",
    "{csv: t.csv, record_size: 1 KB}",
]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_timeline_fills_its_span_without_gaps(shape, opened, tmp_path):
    (tmp_path / "t.csv").write_text("timestamp,rate\n2024-05-01T06:00,5\n2024-05-01T06:30,7\n2024-05-01T11:00,5\n")
    model = opened(shape)
    shown = traffic_over_time(model)
    assert shown.steps[0].start == 0
    assert shown.steps[-1].end == pytest.approx(shown.hours)
    assert all(before.end == after.start for before, after in pairwise(shown.steps))
    records = sum((step.end - step.start) * step.rate for step in shown.steps) * 3600
    assert records * 720 / shown.hours == pytest.approx(bill_of_model(model).records)


def test_changed_peak_hours_move_the_steps(opened):
    shown = traffic_over_time(opened(SHAPES[2], **{"traffic.peak_hours": "12"}))
    assert [(step.start, step.end) for step in shown.steps] == [(0, 6), (6, 18), (18, 24)]


# Cost against traffic


def test_growth_at_none_and_at_one_is_what_the_estimate_has():
    model = open_models("itl", ["large"])[0]
    bill = bill_of_model(model)
    shown = cost_against_traffic(model)
    assert shown.totals[0] == shown.fixed == pytest.approx(4.68)  # 50 units x 720 h x $0.00013
    assert shown.totals[shown.times.index(1)] == shown.cost == pytest.approx(bill.total)
    assert (shown.peaks[0], shown.peak, shown.peaks[-1]) == (0, 5000, 50000)


def test_growth_starts_from_the_scenarios_own_times(opened):
    model = opened("{peak_rate: 50/s, times: 3, record_size: 1 KB}")
    shown = cost_against_traffic(model, (0, 2), points=3)
    assert shown.times == (0, 1, 2)
    assert [*shown.peaks, shown.peak] == pytest.approx([0, 150, 300, 150])
    assert shown.totals[1] == pytest.approx(bill_of_model(model).total)


def test_what_no_traffic_changes_is_flat(opened):
    shown = cost_against_traffic(opened("{peak_rate: 50/s, record_size: 1 KB}", FIXED), points=5)
    assert shown.totals == pytest.approx([4.68] * 5)


# Diagrams


def test_edges_carry_the_rate_at_peak_and_what_happens_on_the_way():
    shown = laid_out(open_models("clickstream", ["large"])[0])
    flows = {e.path: (e.origin, e.target, e.rate, e.keep, e.size and e.size.given.value) for e in shown.edges}
    assert flows == {
        "collect.input": ("source", "collect", 5000, None, None),
        "archive.input": ("collect", "archive", 5000, None, None),
        "sessions.input": ("collect", "sessions", 5000, None, None),
        "scores.input": ("sessions", "scores", 250, 0.05, 0.4),  # 5% of 5,000
        "load.input.1": ("sessions", "load", 250, 0.05, None),
        "load.input.2": ("scores", "load", 250, None, None),
        "warehouse.input": ("load", "warehouse", 500, None, None),
    }


def test_layers_follow_the_longest_way_and_long_edges_keep_clear_of_boxes(opened):
    shown = laid_out(opened("{peak_rate: 9/s, record_size: 1 KB}", FORKED))
    layers = {node.name: node.spot.layer for node in shown.nodes}
    assert layers == {"source": 0, "first": 1, "left": 2, "split": 2, "late": 3, "right": 3, "alone": 4}
    (bend,) = next(edge for edge in shown.edges if (edge.origin, edge.target) == ("first", "late")).bends
    spots = [node.spot for node in shown.nodes] + [bend]
    assert all(a.layer != b.layer or abs(a.across - b.across) >= 1 for n, a in enumerate(spots) for b in spots[:n])
    assert min(spot.across for spot in spots) == 0
    assert (shown.layers, shown.breadth) == (5, 1 + max(spot.across for spot in spots))


def test_children_stand_in_the_order_of_their_origins_so_that_edges_do_not_cross(opened):
    pattern = "version: 1\ntitle: Crossed\ncomponents:\n" + "".join(
        f"  {name}: {{service: firehose, input: {origin}}}\n"
        for name, origin in [("a", "source"), ("b", "source"), ("of_b", "b"), ("of_a", "a")]
    )
    across = {node.name: node.spot.across for node in laid_out(opened("{peak_rate: 9/s, record_size: 1 KB}", pattern)).nodes}
    assert across["a"] < across["b"]
    assert across["of_a"] < across["of_b"]


def test_flows_are_the_same_in_every_reading(opened):
    model = opened("{peak_rate: 100/s, peak_hours: 4, off_peak_share: 20%, record_size: {1 KB: 90%, 11 KB: 10%}}", FORKED)
    floats, arrays, traced = (run_model(model, numbers).metered.flows for numbers in (Floats(), Arrays({}), Traced()))
    assert floats == pytest.approx(arrays)
    assert floats == pytest.approx({path: quantity.value for path, quantity in traced.items()})
    assert floats["late.input.1"] == pytest.approx(20)
    assert traced["left.input"].name == "records_per_second_at_peak"


# Drawings


def drawings(theme=LIGHT, models=None):
    """One of each kind."""
    models = models or open_models("itl")
    return {
        "cost": cost.draw(cost_by_service([bill_of_model(model) for model in models]), theme),
        "traffic": traffic.draw([traffic_over_time(model) for model in models], theme),
        "growth": growth.draw(cost_against_traffic(models[-1]), theme),
        "diagram": diagram_chart.draw(laid_out(models[-1]), theme),
    }


def texts(svg):
    return [element.text for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_charts_say_their_figures_and_units():
    said = {name: texts(save(drawing, "svg")) for name, drawing in drawings().items()}
    assert {"$597.38 (88.9%)", "$672.05 a month", "US dollars a month", "Amazon Kinesis Data Firehose"} <= set(said["cost"])
    assert {"records a second", "peak 5,000/s, mean 1,667/s"} <= set(said["traffic"])
    assert {"fixed $4.68", "the scenario: $672.05 at 5,000/s", "US dollars a month"} <= set(said["growth"])
    assert {"enrich", "AWS Lambda", "5,000/s", "size 102.05%"} <= set(said["diagram"])


@pytest.mark.parametrize("chart", CHARTS)
def test_an_svg_has_a_title_and_a_description(chart):
    root = ElementTree.fromstring(save(drawings()[chart], "svg"))
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert len(title.text) > 10
    said = {
        "cost": "Amazon S3 $48.77 (7.3%)",
        "traffic": "5,000/s for 4 h",
        "growth": "costs $672.05",
        "diagram": "ingest to enrich",
    }
    assert said[chart] in description.text


def test_svgs_in_a_page_take_its_colours_and_share_no_ids():
    markup = [inline(drawing, name) for name, drawing in drawings(PAGE).items()]
    ids = re.findall(r'\bid="([^"]+)"', "".join(markup))
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:href="|url\()#([^")]+)', "".join(markup))) <= set(ids)
    for svg in markup:
        assert svg.startswith("<svg ")
        assert "currentColor" in svg
        assert not re.search(r"#000000|#010203|#040506|#ffffff|<style", svg)
        head = svg[: svg.index(">")]
        assert "viewBox" in head
        assert not re.search(r"\b(width|height)=", head)


def assert_nothing_is_cut_off(drawing):
    drawn = drawing.figure.get_tightbbox()
    width, height = drawing.figure.get_size_inches()
    assert 0 <= drawn.x0 < drawn.x1 <= width, drawing.title
    assert 0 <= drawn.y0 < drawn.y1 <= height, drawing.title


@pytest.mark.parametrize(
    ("traffic_text", "pattern"),
    [
        ("{peak_rate: 0/s, record_size: 1 KB}", STREAM),
        ("{peak_rate: 5/s, times: 0, record_size: 1 KB}", FIXED),
        ("{peak_rate: 5/s, record_size: 1 KB}", FIXED),
        ("{peak_rate: 0.001/s, record_size: 1 KB}", STREAM),
        ("{peak_rate: 1e9/s, record_size: 1 KB}", STREAM.replace("Stream", "$5 & <$6> " * 40)),
    ],
)
def test_extremes_are_drawn_too(traffic_text, pattern, opened):
    for drawing in drawings(models=[opened(traffic_text, pattern)]).values():
        assert ElementTree.fromstring(save(drawing, "svg")) is not None
        assert_nothing_is_cut_off(drawing)


def test_nothing_is_cut_off_at_the_edge_of_the_sheet(opened):
    long = FORKED.replace("title: Forked", f"title: {'A very long title ' * 9}").replace("split", "split_" * 9 + "x")
    for drawing in [*drawings().values(), *drawings(models=[opened(SHAPES[2], long)]).values()]:
        assert_nothing_is_cut_off(drawing)


def test_text_is_broken_at_blanks_and_underscores_and_within_a_word_if_it_must_be():
    with styled(LIGHT):
        lines = wrapped("cross_reference of_something " + "w" * 40, 70, 9)
        assert lines[0] == "cross_"
        assert all(width_of(line, 9) <= 70 for line in lines)
    assert "".join(lines).replace(" ", "") == "cross_referenceof_something" + "w" * 40


# The command

MAGIC = {"png": b"\x89PNG\r\n", "svg": b"<?xml", "pdf": b"%PDF-"}


@pytest.mark.parametrize("form", MAGIC)
@pytest.mark.parametrize("chart", CHARTS)
def test_the_ending_says_the_format(chart, form, run, tmp_path):
    result = run("chart", chart, "-p", "itl", "-s", "small", "-o", f"drawn.{form}")
    assert (result.exit_code, result.output) == (0, "")
    assert (tmp_path / f"drawn.{form}").read_bytes().startswith(MAGIC[form])


def test_cost_and_traffic_show_every_scenario_that_the_pattern_names(run, tmp_path):
    for chart in ("cost", "traffic"):
        assert run("chart", chart, "-p", "sensor", "-o", "all.svg").exit_code == 0
        assert {"Small", "Medium", "Large"} <= set(texts((tmp_path / "all.svg").read_bytes()))


def test_changes_are_drawn(run, tmp_path):
    changed = ["--set", "traffic.peak_rate=1000/s", "--set", "traffic.record_size=5 KB"]
    assert run("chart", "growth", "-p", "itl", "-s", "large", *changed, "--dark", "-o", "g.svg").exit_code == 0
    assert "the scenario: $194.15 at 1,000/s" in texts((tmp_path / "g.svg").read_bytes())  # the README's own estimate


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["cost", "-p", "itl"], "a picture is a file: say where to write it, as in -o picture.png"),
        (["cost", "-p", "itl", "-o", "cost.gif"], "'cost.gif' is no name for a picture; its ending is .png or .svg or .pdf"),
        (
            ["growth", "-p", "itl", "-o", "a.png"],
            "growth draws one scenario; name it with --scenario, one of small, medium, large",
        ),
        (["diagram", "-p", "itl", "-s", "small", "-s", "large", "-o", "a.png"], "diagram draws one scenario"),
        (["costs", "-p", "itl", "-o", "a.png"], "'costs' is not one of 'cost', 'traffic', 'growth', 'diagram'"),
        (["cost", "-p", "itl", "-s", "hueg", "-o", "a.png"], "hueg"),
    ],
)
def test_mistakes_are_told_and_nothing_is_written(arguments, said, run, tmp_path):
    result = run("chart", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert list(tmp_path.iterdir()) == []


DRAW_ALL = """
import sys
from costmodel.cli import main
for chart in ("cost", "traffic", "growth", "diagram"):
    for form in ("png", "svg", "pdf"):
        main(["chart", chart, "-p", "sensor", "-s", "large", "-o", f"{sys.argv[1]}/{chart}.{form}"], standalone_mode=False)
"""


def test_two_processes_draw_the_same_bytes(tmp_path):
    drawn = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        environment = {"PYTHONHASHSEED": seed, "TZ": f"UTC+{seed}", "HOME": str(tmp_path)}
        subprocess.run([sys.executable, "-c", DRAW_ALL, str(folder)], check=True, env=environment, timeout=120)
        drawn.append({path.name: path.read_bytes() for path in sorted(folder.iterdir())})
    assert len(drawn[0]) == 12
    assert drawn[0] == drawn[1]


def test_an_estimate_does_not_load_what_draws():
    code = "import sys, costmodel; costmodel.estimate('itl', 'large'); print('costmodel.charting' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "False"
