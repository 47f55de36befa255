"""costmodel optimise: the cheapest of what may be chosen, under constraints, beside optima that are computed by hand."""

import json
from itertools import product

import pytest

from costmodel.estimating import Arrays, run as run_on
from costmodel.models import Terms, open_models

KB, MB = 1024, 1024**2
HOURS, SECONDS = 720, 720 * 3600
PUT, WCU = 0.005 / 1000, 0.00065  # the card of June 2018
HEAD = "version: 1\ntitle: Own\n"


@pytest.fixture
def optimum(run, tmp_path):
    """What is found for components (YAML) under 1,000 records of 1 KB a second, or for shipped files."""

    def of(components, *arguments, scenario="{peak_rate: 1000/s, record_size: 1 KB}"):
        names = ("-p", components, "-s", scenario)
        if ":" in components:
            (tmp_path / "p.yaml").write_text(f"{HEAD}components:\n  {components}\n")
            (tmp_path / "s.yaml").write_text(f"{HEAD}traffic: {scenario}\nmonth: 30 days\n")
            names = ("-p", "p.yaml", "-s", "s.yaml", "--rates", "aws/us-east-1/2018-06")
        result = run("optimise", *names, *arguments, "--format", "json")
        assert result.exit_code == 0, result.stderr
        return json.loads(result.stdout)

    return of


def choose(*choices):
    return [argument for choice in choices for argument in ("--choose", choice)]


def subject_to(*constraints, headroom="20%"):
    return [*(argument for constraint in constraints for argument in ("--subject-to", constraint)), "--headroom", headroom]


def bound(found, text):
    return next(row for row in found["constraints"] if row["constraint"] == text)


FIREHOSE = "Amazon Kinesis Data Firehose"


@pytest.mark.parametrize("scenario", ["small", "medium", "large"])
@pytest.mark.parametrize(("pattern", "component"), [("itl", "ingest"), ("analytics", "ingest"), ("sensor", "delivery")])
def test_five_records_of_1_kb_in_one_cut_the_delivery_stream_by_80_percent(optimum, pattern, component, scenario):
    """Of all multiples of five, which cost the same, the one that is nearest to today's."""
    found = optimum(pattern, *choose(f"{component}.input.aggregate=1..100"), scenario=scenario)
    assert found["changes"] == {f"{component}.input.aggregate": "5"}
    now, then = (found[when]["services"][FIREHOSE] for when in ("now", "then"))
    assert then / now == pytest.approx(0.2, abs=1e-9)
    assert found["saved"] == pytest.approx(0.8 * now)


BUFFER = """ingest: {service: firehose, input: source, buffer_size: 128 MB}
  kept: {service: s3, input: ingest}"""


def test_an_interval_is_brought_to_the_limit_of_the_delay(optimum):
    """128 MB fill in 131 s; an object every 60 s is 43,200 in the month, at the interval of 131 s 19,775."""
    found = optimum(BUFFER, *choose("ingest.buffer_interval=1..900 s"), *subject_to("delay <= 60 s"))
    assert found["changes"] == {"ingest.buffer_interval": "60 s"}
    assert found["then"]["delay_s"] == pytest.approx(60)
    cheapest = SECONDS * 1000 * KB / (128 * MB)
    row = bound(found, "delay <= 60 s")
    assert (row["binds"], row["kept_now"]) == (True, False)
    assert row["cheaper_without"] == pytest.approx((SECONDS / 60 - cheapest) * PUT)


def test_a_buffer_is_brought_to_the_limit_to_the_last_digit_that_costs_anything(optimum):
    """What comes in in 60 s: 60,000 KB, 58.59375 MB. A billionth of the bill is nothing."""
    found = optimum(BUFFER, *choose("ingest.buffer_size=1..128 MB"), *subject_to("delay <= 60 s"))
    number, unit = found["changes"]["ingest.buffer_size"].split()
    assert (float(number), unit) == (pytest.approx(60000 / 1024, rel=2e-6), "MB")
    more = (SECONDS / 60 - SECONDS * 1000 * KB / (128 * MB)) * PUT
    assert found["then"]["total"] == pytest.approx(found["now"]["total"] + more, rel=1e-9)


def test_a_delay_of_at_least(optimum):
    """1, 2 and 64 MB fill in 1.024, 2.048 and 65.536 s; the largest, which is cheapest, is between the limits."""
    found = optimum(BUFFER, *choose("ingest.buffer_size=1,2,64 MB"), *subject_to("delay >= 60 s", "delay <= 70 s"))
    assert found["changes"] == {"ingest.buffer_size": "64 MB"}
    assert found["then"]["delay_s"] == pytest.approx(65.536)
    assert [row["binds"] for row in found["constraints"]] == [False, False]


TWO = """first: {service: firehose, input: source, buffer_size: 128 MB}
  kept: {service: s3, input: first}
  second: {service: firehose, input: first, buffer_size: 128 MB}
  one: {service: s3, input: second}
  two: {service: s3, input: second}
  three: {service: s3, input: second}
  four: {service: s3, input: second}"""


def test_two_buffers_share_the_delay(optimum):
    """x + y = 60 s at least of 1/x + 4/y, objects of one bucket and of four: y = 2x."""
    every = choose("first.buffer_interval=1..900 s", "second.buffer_interval=1..900 s")
    found = optimum(TWO, *every, *subject_to("delay <= 60 s"), scenario="{peak_rate: 100/s, record_size: 1 KB}")
    assert found["changes"] == {"first.buffer_interval": "20 s", "second.buffer_interval": "40 s"}
    alone = SECONDS * (1 / 20 + 4 / 40) - SECONDS * 5 / 900
    filled = 128 * MB / (100 * KB)  # in 1,311 s: after the longest interval there is
    assert filled > 900
    assert bound(found, "delay <= 60 s")["cheaper_without"] == pytest.approx(alone * PUT)


TABLE = "table: {service: dynamodb, input: source, writes_per_record: 1, write_capacity: 10}"


@pytest.mark.parametrize(("headroom", "units"), [("20%", 1250), ("0%", 1000), ("50%", 2000)])
def test_the_fewest_units_that_hold(optimum, headroom, units):
    """1,000 writes a second of 1 KB."""
    found = optimum(TABLE, *choose("table.write_capacity=1..20000"), *subject_to("plan holds", headroom=headroom))
    assert found["changes"] == {"table.write_capacity": str(units)}
    row = bound(found, "plan holds")
    assert row["cheaper_without"] == pytest.approx((units - 1) * WCU * HOURS)
    assert row["breaks_without"] == ["Write units of table, provisioned"]


def test_the_plan_of_what_is_found_holds(run, optimum):
    found = optimum(TABLE, *choose("table.write_capacity=1..20000"), *subject_to("plan holds"))
    arguments = [part for path, text in found["changes"].items() for part in ("--set", f"{path}={text}")]
    names = ("-p", "p.yaml", "-s", "s.yaml", "--rates", "aws/us-east-1/2018-06")
    checks = json.loads(run("plan", *names, *arguments, "--format", "json").stdout)["checks"]
    assert {check["verdict"] for check in checks} == {"holds"}
    estimate = json.loads(run("estimate", *names, *arguments, "--format", "json").stdout)
    assert estimate["total"] == pytest.approx(found["then"]["total"], rel=1e-12)


STREAM = "stream: {service: kinesis_data_streams, input: source, shards: 1}"


@pytest.mark.parametrize(("burst", "shards"), [("1", 5), ("2.5", 11)])
def test_a_plan_holds_in_the_busiest_second_too(optimum, burst, shards):
    """4,300 records a second of 100 bytes, at most 1,000 a second to a shard: five, and for 2.5 times as many eleven."""
    traffic = f"{{peak_rate: 4300/s, record_size: 100 bytes, burst: {burst}}}"
    found = optimum(STREAM, *choose("stream.shards=1..400"), *subject_to("plan holds", headroom="0%"), scenario=traffic)
    assert found["changes"] == {"stream.shards": str(shards)}


def test_what_is_auto_keeps_its_size_in_the_busiest_second(optimum):
    """At 90% of what a shard takes, 4,300/s are 5 shards, which 2.5 times as many are too many for; at 40% they are 11."""
    traffic = "{peak_rate: 4300/s, record_size: 100 bytes, burst: 2.5}"
    auto = "stream: {service: kinesis_data_streams, input: source, shards: auto, target_utilisation: 90%}"
    choice = choose("stream.target_utilisation=90,80,60,40,30%")
    found = optimum(auto, *choice, *subject_to("plan holds", headroom="0%"), scenario=traffic)
    assert found["changes"] == {"stream.target_utilisation": "40%"}


def test_words_are_designs_of_their_own(run, tmp_path):
    """A unit's hour costs $0.00065, 3,600 writes on demand $0.00225: provisioned is cheaper unless it is idle most of the day."""
    (tmp_path / "p.yaml").write_text(f"{HEAD}components:\n  {TABLE}\n")
    for name, peak_hours, mode in (("busy", 24, "provisioned"), ("idle", 1, "on-demand")):
        traffic = f"{{peak_rate: 1000/s, peak_hours: {peak_hours}, off_peak_share: 0%, record_size: 1 KB}}"
        traffic = traffic if peak_hours < 24 else "{peak_rate: 1000/s, record_size: 1 KB}"
        (tmp_path / f"{name}.yaml").write_text(f"{HEAD}traffic: {traffic}\nmonth: 30 days\n")
        names = ("-p", "p.yaml", "-s", f"{name}.yaml", "--rates", "aws/us-east-1/2025-06", "--format", "json")
        both = choose("table.mode=on-demand,provisioned", "table.write_capacity=1..20000")
        result = run("optimise", *names, *both, *subject_to("plan holds"))
        found = json.loads(result.stdout)
        assert found["choices"][0] == {"path": "table.mode", "of": "on-demand,provisioned", "now": "provisioned", "then": mode}
        assert found["changes"] == ({"table.write_capacity": "1250"} if mode == "provisioned" else {"table.mode": "on-demand"})


def test_a_list_of_numbers(optimum):
    found = optimum("itl", *choose("enrich.memory=2048,512,1024 MB"), scenario="large")
    assert found["changes"] == {"enrich.memory": "512 MB"}


def test_sizes_at_which_a_function_was_measured(optimum):
    """1 GB for 100 ms is half of 512 MB for 400 ms, or of 2 GB for 100 ms."""
    function = "work: {service: lambda, input: source, memory: 512 MB, duration: {512 MB: 400 ms, 1 GB: 100 ms, 2 GB: 100 ms}}"
    found = optimum(function, *choose("work.memory=512,1024,2048 MB"))
    assert found["changes"] == {"work.memory": "1024 MB"}


def test_what_changes_nothing_stays_as_it_is(optimum):
    """The interval never ends before the buffer is full."""
    found = optimum(BUFFER, *choose("ingest.buffer_interval=200..900 s", "ingest.records_per_request=1..500"))
    assert (found["changes"], found["saved"]) == ({}, 0)
    assert [row["then"] for row in found["choices"]] == ["300 s", "500"]


def test_a_setting_of_several_patterns(run):
    names = ("-p", "itl", "-p", "analytics", "-s", "large", "--format", "json")
    found = json.loads(run("optimise", *names, *choose("ingest.input.aggregate=1..100")).stdout)
    assert found["changes"] == {"ingest.input.aggregate": "5"}
    assert found["then"]["services"][FIREHOSE] == pytest.approx(found["now"]["services"][FIREHOSE] / 5)
    one = json.loads(run("optimise", *names, *choose("itl_ingest.input.aggregate=1..100")).stdout)
    assert one["then"]["services"][FIREHOSE] == pytest.approx(found["now"]["services"][FIREHOSE] * (0.5 + 0.1))


GRIDS = {
    "itl": ("ingest.input.aggregate", "ingest.buffer_size", "ingest.buffer_interval"),
    "analytics": ("ingest.input.aggregate", "ingest.buffer_size", "ingest.buffer_interval"),
    "sensor": ("delivery.input.aggregate", "delivery.buffer_size", "delivery.buffer_interval"),
}


@pytest.mark.parametrize("pattern", GRIDS)
def test_no_point_of_a_fine_grid_is_cheaper(optimum, pattern):
    """6 x 128 x 90 designs, of which those count whose records wait at most 90 s."""
    import numpy as np

    paths, changes = GRIDS[pattern], {GRIDS[pattern][0]: "1"}
    found = optimum(
        pattern,
        *choose(f"{paths[0]}=1..6", f"{paths[1]}=1..128 MB", f"{paths[2]}=10..900 s"),
        *subject_to("delay <= 90 s"),
        scenario="medium",
    )
    grid = np.array([*product(range(1, 7), range(1, 129), range(10, 910, 10))], dtype=float).T
    (model,) = open_models(pattern, ["medium"], terms=Terms(changes=changes))
    columns = dict(zip(paths, (grid[0], grid[1] * MB, grid[2] * 1000), strict=True))
    result = run_on(model, Arrays(columns))
    totals = np.broadcast_to(result.total, grid.shape[1])[result.metered.delay <= 90_000 * (1 + 1e-9)]
    assert found["then"]["total"] == pytest.approx(totals.min(), rel=1e-9)


def test_the_same_answer_every_time(run):
    every = choose("ingest.input.aggregate=1..100", "ingest.buffer_size=1..128 MB", "ingest.buffer_interval=1..900 s")
    arguments = ("optimise", "-p", "itl", "-s", "large", *every, *subject_to("delay <= 45 s", "plan holds", headroom="0%"))
    assert run(*arguments).stdout == run(*arguments).stdout


def test_forms(run):
    arguments = ("optimise", "-p", "itl", "-s", "large", *choose("ingest.buffer_interval=1..900 s"), *subject_to("delay <= 60 s"))
    table = run(*arguments).stdout
    assert max(map(len, table.splitlines())) <= 80
    assert "\n--set 'ingest.buffer_interval=60 s'\n" in table
    assert "| ingest.buffer_interval | 1..900 s | 300 s | 60 s |" in run(*arguments, "--format", "markdown").stdout
    run(*arguments, "-o", "found.md")
    with open("found.md", encoding="utf-8") as file:
        assert file.read() == run(*arguments, "--format", "markdown").stdout


MISTAKES = {
    "ingest.bufer_size=1..5 MB": "'bufer_size' is not a setting of firehose. Did you mean 'buffer_size'?",
    "ingst.buffer_size=1..5 MB": "there is no 'ingst.buffer_size' to set. Did you mean 'ingest'?",
    "ingest.source=1..5": "'1' is not one of direct-put, kinesis, msk, vended-logs",
    "ingest.source=direct-put,kinsis": "'kinsis' is not one of",
    "ingest.buffer_size=5..1 MB": "the range from 5 MB to 1 MB is empty",
    "ingest.buffer_size=5..5 MB": "the range from 5 MB to 5 MB is empty",
    "ingest.buffer_size=1..500 MB": "'500 MB' is over the largest allowed, 128 MB",
    "ingest.buffer_size=5 MB": "leaves nothing to choose; write a range or a list",
    "ingest.buffer_size=5,,6 MB": "leaves nothing to choose; write a range or a list",
    "ingest.buffer_size=5,6": "'5' needs a unit",
    "enrich.batch=1 MB..100 records": "numbers of several kinds",
    "ingest.buffer_size": "write PATH=VALUE, as in 'ingest.buffer_size=1..128 MB'",
}


@pytest.mark.parametrize("choice", MISTAKES)
def test_mistakes_of_a_choice(run, choice):
    result = run("optimise", "-p", "itl", "-s", "large", "--choose", choice)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"--choose {choice}: ")
    assert MISTAKES[choice] in result.stderr


def test_a_range_of_what_was_measured(run, tmp_path):
    work = "work: {service: lambda, input: source, memory: 512 MB, duration: {512 MB: 400 ms, 1 GB: 150 ms}}"
    (tmp_path / "p.yaml").write_text(f"{HEAD}components:\n  {work}\n")
    result = run("optimise", "-p", "p.yaml", "-s", "large", *choose("work.memory=512..1024 MB"))
    assert (result.exit_code, "is no range of one number; a list" in result.stderr) == (2, True)


CONSTRAINTS = {
    "dely <= 5 s": "'dely <= 5 s' is no constraint; there are 'plan holds', 'delay <= 60 s' and 'delay >= 60 s'",
    "delay < 5 s": "is no constraint; there are",
    "delay <= 5": "'5' needs a unit",
    "delay <= 0 s": "'0 s' is no limit of a delay",
}


def test_all_mistakes_of_constraints_at_once(run):
    result = run("optimise", "-p", "itl", "-s", "large", *choose("ingest.buffer_size=1..5 MB"), *subject_to(*CONSTRAINTS))
    assert (result.exit_code, result.stdout) == (2, "")
    assert [text for text, said in CONSTRAINTS.items() if f"--subject-to {text}: " not in result.stderr] == []
    assert [said for said in CONSTRAINTS.values() if said not in result.stderr] == []


def test_nothing_keeps_to_a_delay(run):
    result = run(
        "optimise", "-p", "itl", "-s", "large", *choose("ingest.buffer_interval=2..900 s"), *subject_to("delay <= 0.5 s")
    )
    assert (result.exit_code, result.stdout) == (2, "")
    nearest = "the nearest found is --set 'ingest.buffer_interval=2 s', where the longest delay is 2 s"
    assert nearest in result.stderr


def test_nothing_keeps_to_the_plan(run):
    """5,000 records of 1 KB a second are 4.88 MB, of a quota of 5 MB."""
    result = run("optimise", "-p", "itl", "-s", "large", *choose("ingest.input.aggregate=1..9"), *subject_to("plan holds"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "the plan does not hold with 20% of every limit left: Data of ingest (97.7% used)" in result.stderr


def test_one_number_is_not_chosen_twice(run):
    twice = choose("ingest.buffer_size=1..5 MB", "itl_ingest.buffer_size=1..5 MB")
    result = run("optimise", "-p", "itl", "-p", "analytics", "-s", "large", *twice)
    assert (result.exit_code, result.stderr) == (2, "itl_ingest.buffer_size is to choose twice\n")


def test_one_scenario_and_not_too_many_designs(run):
    result = run("optimise", "-p", "itl", *choose("ingest.buffer_size=1..5 MB"))
    assert "name it with --scenario, one of small, medium, large" in result.stderr
    flags = ["{a}.storage_class=standard,standard_ia,glacier_flexible,deep_archive,intelligent_tiering"]
    every = [flag.format(a=a) for flag in flags for a in ("source_backup", "transformed")]
    words = choose(*every, "ingest.source=direct-put,kinesis,msk")
    result = run("optimise", "-p", "itl", "-s", "large", "--region", "us-east-1", *words)
    assert (result.exit_code, "75 combinations of words are more designs" in result.stderr) == (2, True)


def test_what_waits_in_bursts_is_no_limit_to_a_search_nor_to_an_estimate(run, tmp_path):
    """30 shards, read by functions of 150 ms: at three times the mean what is above waits in the stream, whatever the shards."""
    components = "stream: {service: kinesis_data_streams, input: source, shards: 30}\n"
    components += "  fn: {service: lambda, input: stream, batch: 100 records, duration: 150 ms, memory: 512 MB}"
    (tmp_path / "p.yaml").write_text(f"version: 1\ntitle: P\ncomponents:\n  {components}\n")
    burst = ("--set", "traffic.burst=3", "--subject-to", "plan holds", "--format", "json")
    result = run("optimise", "-p", "p.yaml", "-s", "large", *burst, "--choose", "stream.shards=19..30")
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["changes"] == {"stream.shards": "19"}  # 15,000 of 19,000 records a second: 78.9%
