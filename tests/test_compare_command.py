"""costmodel compare: lines side by side, the change split into traffic, design and price, and the gate.

Corrected totals of the whitepaper's estimates (its errata): itl 18.1055 / 138.1569 / 672.0545. analytics is itl with two
KPUs at peak and one off it instead of the lookups: (2 x 4 h + 20 h) x 30 x $0.11 = 92.40 for 4.68 (tables 4 and 5).
"""

import json
import re

import click
import pytest

from costmodel.cli.options import joined_names

ITL_SMALL, ITL_LARGE = 18.1055, 672.0545
KPUS, LOOKUPS = 28 * 30 * 0.11, 4.68
INGESTED = 4.32e9 * 5 / 1024**2
CHEAPER = "version: 1\nextends: aws/us-east-1/2018-06\nfirehose:\n  ingested: {per: GB, usd: '0.02', source: ours}\n"
CHEAPER_BY = INGESTED * (0.029 - 0.02)


@pytest.fixture
def files(tmp_path, run):
    """Own files: a cheaper card, itl without one of its stores, a card without KMS, and saved estimates."""
    (tmp_path / "cheaper.yaml").write_text(CHEAPER)
    (tmp_path / "one_store.yaml").write_text("version: 1\nextends: itl\ncomponents: {transformed: null}\n")
    (tmp_path / "no_kms.yaml").write_text("version: 1\nextends: aws/us-east-1/2018-06\nkms: null\n")
    run("estimate", "-p", "itl", "-s", "large", "--format", "json", "-o", "before.json")
    run("estimate", "-p", "itl", "--format", "json", "-o", "all.json")
    return tmp_path


def compared(run, *arguments):
    result = run("compare", *arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def split(comparison, number=0):
    change = comparison["changes"][number]
    assert change["split_reason"] is None
    assert sum(change["split"].values()) == pytest.approx(change["difference"], rel=1e-12, abs=1e-12)
    return [pytest.approx(change["split"][cause], abs=2e-4) for cause in ("traffic", "design", "price")]


def mistakes(run, *arguments):
    result = run("compare", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    return result.stderr


def test_two_designs(run):
    comparison = compared(run, "itl", "analytics", "--scenario", "large")
    assert [estimate["pattern"] for estimate in comparison["estimates"]] == ["itl", "analytics"]
    assert [estimate["total"] for estimate in comparison["estimates"]] == [
        pytest.approx(ITL_LARGE, abs=5e-5),
        pytest.approx(ITL_LARGE + KPUS - LOOKUPS, abs=5e-5),
    ]
    assert comparison["changes"][0]["difference"] == pytest.approx(KPUS - LOOKUPS)
    assert comparison["changes"][0]["share"] == pytest.approx((KPUS - LOOKUPS) / ITL_LARGE, rel=1e-6)
    assert split(comparison) == [0, KPUS - LOOKUPS, 0]


def test_lines_of_two_designs_stand_side_by_side(run):
    lines = compared(run, "itl", "analytics", "--scenario", "large")["lines"]
    by_words = {(line["description"], *line["components"]): line for line in lines}
    lookups, kpus = by_words["Read capacity", "devices"], by_words["Kinesis Processing Units", "anomalies"]
    assert (lookups["costs"], lookups["differences"]) == ([pytest.approx(LOOKUPS), None], [pytest.approx(-LOOKUPS)])
    assert (kpus["costs"], kpus["differences"]) == ([None, pytest.approx(KPUS)], [pytest.approx(KPUS)])
    # One store is in both designs; the other bears another name in each.
    assert by_words["PUT requests", "source_backup"]["differences"] == [0]
    assert by_words["PUT requests", "transformed", "analytics_data"]["differences"] == [0]


def test_every_cost_is_in_a_line_once(run):
    comparison = compared(run, "itl,small", "analytics,large", "sensor,medium", "clickstream,large")
    for number, estimate in enumerate(comparison["estimates"]):
        costs = [line["costs"][number] or 0 for line in comparison["lines"]]
        assert sum(costs) == pytest.approx(estimate["total"], rel=1e-12)
    for line in comparison["lines"]:
        first, *others = (cost or 0 for cost in line["costs"])
        assert line["differences"] == [pytest.approx(other - first) for other in others]


def test_a_component_that_one_estimate_of_a_pattern_lacks_is_not_added_up(run, files):
    """Without traffic nothing is stored: the stores have no line, and are two all the same."""
    (files / "none.yaml").write_text("version: 1\nextends: large\ntraffic: {peak_rate: 0/s}\n")
    lines = compared(run, "none.yaml", "large", "--pattern", "itl")["lines"]
    puts = [line for line in lines if line["description"] == "PUT requests"]
    assert [line["components"] for line in puts] == [["source_backup"], ["transformed"]]
    assert [line["costs"][0] for line in puts] == [None, None]


def test_two_scenarios(run):
    comparison = compared(run, "small", "large", "--pattern", "itl")
    assert split(comparison) == [ITL_LARGE - ITL_SMALL, 0, 0]
    each = [estimate["per_million_records"] for estimate in comparison["estimates"]]
    assert each == [pytest.approx(ITL_SMALL / 86.4, abs=1e-5), pytest.approx(ITL_LARGE / 4320, abs=1e-5)]


def test_two_cards(run, files):
    comparison = compared(run, "aws/us-east-1/2018-06", "cheaper.yaml", "--pattern", "itl", "--scenario", "large")
    assert split(comparison) == [0, 0, pytest.approx(-CHEAPER_BY)]


def test_discounts_stand_beside_list_prices(run, tmp_path):
    """2% off 672.0545 are 658.6134."""
    (tmp_path / "edp.yaml").write_text("version: 1\nextends: aws/us-east-1/2018-06\ndiscounts: [{name: EDP, percent: 2%}]\n")
    operands = ("itl,aws/us-east-1/2018-06", "itl,edp.yaml", "-s", "large")
    first, other = compared(run, *operands)["estimates"]
    assert (other["total"], other["list_total"]) == (pytest.approx(ITL_LARGE * 0.98, abs=5e-5), pytest.approx(first["total"]))
    text = run("compare", *operands).stdout
    assert re.search(
        r"^Total per month +\$672\.05 +\$658\.61 +-\$13\.44 +-2\.0%\nAt list prices, .* \$672\.05 +\$672\.05", text, re.M
    )
    said = " ".join(text.split())
    assert "List prices of 2018-06-01, in USD, before tax (itl,aws/us-east-1/2018-06). Discounted prices of 2018-06-01" in said
    assert "| At list prices, without discounts | $672.05 | $672.05 |" in run("compare", *operands, "--format", "markdown").stdout
    run("estimate", "-p", "itl", "-s", "large", "--rates", "edp.yaml", "--format", "json", "-o", "saved.json")
    assert compared(run, "saved.json", operands[0], "-s", "large")["estimates"][0]["list_total"] == other["list_total"]


def test_a_named_card_goes_before_the_region_of_the_others(run):
    cards = [
        each["rate_card"]
        for each in compared(run, "aws/us-east-1/2018-06", "itl", "-p", "itl", "-s", "small", "--region", "eu-west-1")[
            "estimates"
        ]
    ]
    assert cards == ["aws/us-east-1/2018-06", "aws/eu-west-1/2025-06"]


def test_everything_at_once_in_the_order_traffic_design_price(run, files):
    """Each step on top of those before it: what is left out of the design is worth large's storage, at the first card's price.

    A store of large costs 48.7713 / 2 (errata, s3-row: the two of them alike).
    """
    comparison = compared(run, "itl,small", "one_store.yaml,large,cheaper.yaml")
    assert split(comparison) == [ITL_LARGE - ITL_SMALL, -48.7713 / 2, pytest.approx(-CHEAPER_BY)]
    comparison = compared(run, "one_store.yaml,large,cheaper.yaml", "itl,small")
    one_store_small = 1.0534 / 2  # 21.02 GB x $0.023 and 8,640 PUTs x $0.005 / 1,000, twice
    traffic = -(CHEAPER_BY + ITL_LARGE - 48.7713 / 2) + 2 * CHEAPER_BY  # large at the cheaper card, off; small on, below
    traffic += ITL_SMALL - one_store_small - CHEAPER_BY / 50  # small is a fiftieth of large
    assert split(comparison) == [traffic, one_store_small, pytest.approx(CHEAPER_BY / 50)]


def test_the_first_operand_s_card_is_found_where_its_scenario_names_it(run, files):
    (files / "deep").mkdir()
    (files / "deep" / "cheap.yaml").write_text(CHEAPER)
    (files / "deep" / "own.yaml").write_text("version: 1\nextends: large\nrates: cheap.yaml\n")
    comparison = compared(run, "itl,deep/own.yaml", "analytics,large")
    assert split(comparison) == [0, KPUS - LOOKUPS, pytest.approx(CHEAPER_BY)]


def test_what_a_scenario_sets_in_a_component_is_design(run, files):
    (files / "bigger.yaml").write_text("version: 1\nextends: large\nsettings: {devices.read_capacity: 100}\n")
    assert split(compared(run, "large", "bigger.yaml", "--pattern", "itl")) == [0, LOOKUPS, 0]  # 50 units more


def test_options_hold_for_all(run):
    comparison = compared(run, "itl", "analytics", "-s", "large", "--set", "enrich.memory=0.75 GB", "--free-tier", "always")
    requests, duration = (line["costs"] for line in comparison["lines"] if line["service"] == "AWS Lambda")
    invocations = 4.32e9 / 1446.875
    assert requests == [pytest.approx((invocations - 1e6) * 0.2e-6)] * 2
    assert duration == [pytest.approx((invocations * 0.27625 * 0.75 - 4e5) * 0.00001667)] * 2


def test_a_step_that_cannot_be_estimated_is_said_in_a_sentence(run, files):
    comparison = compared(run, "itl,no_kms.yaml", "sensor,aws/us-east-1/2018-06", "-s", "small")
    change = comparison["changes"][0]
    assert change["split"] is None
    assert re.fullmatch(
        r"A step of the change cannot be estimated: .* of which the rate card no_kms has no prices.*", change["split_reason"]
    )
    assert change["difference"] == pytest.approx(388.6066 - ITL_SMALL, abs=1e-4)  # table 3, corrected
    text = run("compare", "itl,no_kms.yaml", "sensor,aws/us-east-1/2018-06", "-s", "small").stdout
    assert "A step of the change cannot be estimated" in text


def test_a_saved_estimate(run, files):
    comparison = compared(run, "before.json", "itl", "--scenario", "large", "--set", "devices.read_capacity=100")
    before, now = comparison["estimates"]
    assert (before["saved"], now["saved"]) == ("before.json", None)
    assert before["total"] == pytest.approx(ITL_LARGE, abs=5e-5)  # corrected, though it was saved as printed
    change = comparison["changes"][0]
    assert change["difference"] == pytest.approx(LOOKUPS)
    assert change["split"] is None
    assert "saved estimate" in change["split_reason"]
    assert [line["differences"] for line in comparison["lines"] if line["description"] != "Read capacity"] == [[0]] * 7


@pytest.mark.parametrize("arguments", [("all.json,large", "itl,large"), ("all.json", "itl", "--scenario", "large")])
def test_a_file_of_several_estimates(run, files, arguments):
    assert compared(run, *arguments)["changes"][0]["difference"] == 0
    assert "several estimates; name one with --scenario. Its scenarios: small, medium, large" in mistakes(
        run, "all.json", "itl,large"
    )


ESTIMATE = {"pattern": "p", "scenario": "s", "rate_card": "c", "month_hours": 720, "records": 1, "corrected_total": 1, "fixed": 0}
LINE = {"component": "c", "service": "s", "description": "d", "tier": None, "cost": 1}
WHOLE = {**ESTIMATE, "lines": [LINE]}


def test_the_least_that_a_saved_estimate_has(run, tmp_path):
    (tmp_path / "own.json").write_text(json.dumps(WHOLE))
    assert compared(run, "own.json", "own.json")["changes"][0]["difference"] == 0


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "own.json:1:1: is damaged JSON"),
        ('{"pattern": "itl",\n "lines": [', r"own.json:2:\d+: is damaged JSON"),
        ("[]", "own.json: is no saved estimate: the list is empty"),
        ("3", "is not what estimate --format json writes"),
        ("[" * 100_000, "own.json: is no saved estimate|damaged JSON"),
        ('{"title": "x"}', "it has no 'pattern', 'scenario'"),
        (json.dumps({**WHOLE, "lines": {}}), "'lines' is not a list"),
        (json.dumps({**WHOLE, "lines": [7]}), "line 1: is not what"),
        (json.dumps({**WHOLE, "lines": [{**LINE, "cost": "1"}]}), "line 1: 'cost' is not a number from 0 up"),
        (json.dumps({**WHOLE, "lines": [{**LINE, "tier": 3}]}), "line 1: 'tier' is not a line of text"),
        (json.dumps({**WHOLE, "records": True}), "'records' is not a number"),
        (json.dumps({**WHOLE, "fixed": -1}), "'fixed' is not a number from 0 up"),
        (json.dumps(WHOLE).replace("720", "NaN"), "'month_hours' is not a number"),
        (json.dumps(WHOLE).replace("720", "9" * 5000), "'month_hours' is not a number"),
        (json.dumps({**WHOLE, "pattern": "a\x1b[31m\nb"}), "'pattern' is not a line of text"),
        (json.dumps({**WHOLE, "corrected_total": 2}), "its lines add up to 1.0, not to its corrected_total, 2.0"),
        (json.dumps([WHOLE, {**WHOLE, "pattern": 1}]), "estimate 2: 'pattern' is not a line of text"),
        (json.dumps([WHOLE, WHOLE]), "several estimates"),
    ],
)
def test_a_damaged_file_says_what_is_wrong(run, tmp_path, text, wrong):
    (tmp_path / "own.json").write_text(text)
    assert re.search(wrong, mistakes(run, "own.json", "itl,large"))


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        (["itl"], "compared with nothing"),
        (["itl", "analytics"], "add --scenario small, or join one with a comma, as in analytics,small"),
        (["small", "large"], "'small' names no pattern"),
        (["itll", "itl,large"], "no pattern, scenario or rate card 'itll'. Did you mean 'itl'?"),
        (["itl,analytics", "itl", "-s", "large"], "'itl,analytics' names two patterns"),
        (["itl,", "itl,large"], "no pattern, scenario or rate card ''"),
        (["before.json,itl", "itl,large"], "before.json has its own pattern and rate card"),
        (["before.json,small", "itl,large"], "no estimate of the scenario 'small'. Its scenarios: large"),
        (["no.yaml", "itl,large"], "no.yaml: there is no such file"),
        (["no.json", "itl,large"], "no.json: there is no such file"),
        (["itl,large", "itl,small", "--set", "a.b=1"], "there is no 'a.b' to set"),
        (["itl,large", "itl,small", "--max-increase", "-5%"], "is not an increase"),
        (["itl,large", "itl,small", "--max-increase", "nan"], "is not an increase"),
        (["itl,large", "itl,small", "--max-increase", "ten"], "is not a share"),
        (["itl,large", "itl,small", "--max-increase", "10"], "could mean 10% or 10 times"),
    ],
)
def test_mistakes(run, files, arguments, wrong):
    assert wrong in mistakes(run, *arguments)


def test_mistakes_of_all_operands_are_told_at_once(run, files):
    said = mistakes(run, "itll", "no.yaml", "itl,large")
    assert "'itll'" in said
    assert "no.yaml" in said


def test_a_name_of_two_kinds_is_a_mistake(run, tmp_path):
    for kind, base in (("patterns", "itl"), ("scenarios", "small")):
        (tmp_path / kind).mkdir()
        (tmp_path / kind / "both.yaml").write_text(f"version: 1\nextends: {base}\n")
    assert "'both' is a pattern and a scenario" in mistakes(run, "both", "itl,large", "--library", tmp_path)
    by_path = compared(run, f"{tmp_path}/patterns/both.yaml,small", "itl,small")
    assert by_path["changes"][0]["difference"] == 0


# The gate: analytics is (92.40 - 4.68) / 672.0545 = 13.0525% over itl.


@pytest.mark.parametrize("most", ["13.0524%", "10%", "0.1", "0", "0%"])
def test_more_than_the_allowed_increase(run, most):
    result = run("compare", "itl", "analytics", "-s", "large", "--max-increase", most, "--format", "json", "-o", "out.json")
    assert result.exit_code == 1
    assert result.stderr.startswith("over the increase: analytics costs $87.72 a month more than itl (13.05%); at most ")
    assert run("compare", "out.json", "itl,large").exit_code == 2  # written, and a comparison is no estimate


@pytest.mark.parametrize("most", ["13.0526%", "14 %", "0.5", "1", "200%"])
def test_within_the_allowed_increase(run, most):
    result = run("compare", "itl", "analytics", "-s", "large", "--max-increase", most)
    assert (result.exit_code, result.stderr) == (0, "")


def test_a_decrease_is_no_increase_and_each_is_held_to_the_first(run):
    assert run("compare", "analytics", "itl", "-s", "large", "--max-increase", "0%").exit_code == 0
    result = run("compare", "itl,small", "itl,large", "itl,small", "itl,medium", "--max-increase", "10%")
    assert result.exit_code == 1
    assert [line.split()[3] for line in result.stderr.splitlines()] == ["itl,large", "itl,medium"]


def test_over_nothing_any_increase_is_too_much(run, tmp_path):
    (tmp_path / "nothing.json").write_text(json.dumps({**ESTIMATE, "corrected_total": 0, "lines": []}))
    result = run("compare", "nothing.json", "itl,large", "--max-increase", "1000%")
    assert result.exit_code == 1
    assert "$672.05 a month more than nothing.json; at most" in result.stderr
    assert run("compare", "nothing.json", "nothing.json", "--max-increase", "0%").exit_code == 0


# What is printed


def test_the_table(run):
    text = run("compare", "itl", "analytics", "--scenario", "large").stdout
    assert re.search(r"^ +itl +analytics +change +in %$", text, re.MULTILINE)
    assert re.search(r"^Total per month +\$672\.05 +\$759\.77 +\+\$87\.72 +\+13\.1%$", text, re.MULTILINE)
    assert re.search(r"^  Kinesis Processing Units +- +\$92\.40 +\+\$92\.40 +new$", text, re.MULTILINE)
    assert re.search(r"^Amazon DynamoDB +\$4\.68 +- +-\$4\.68 +-100\.0%$", text, re.MULTILINE)
    assert re.search(r"^From itl to analytics: \+\$87\.72 a month \(\+13\.1%, \$672\.05 to \$759\.77\)$", text, re.MULTILINE)
    assert re.search(r"^  design +itl to analytics +\+\$87\.72$", text, re.MULTILINE)
    assert "1,312.05" not in text  # as table 5 prints it
    assert "erratum" not in text


def test_several_are_each_compared_with_the_first(run):
    text = run("compare", "itl,small", "analytics,large", "sensor,medium").stdout
    assert max(map(len, text.splitlines())) <= 80
    assert re.search(r"^ +A +B +change +C +change$", text, re.MULTILINE)
    assert re.search(r"^Total per month +\$18\.11 +\$759\.77 +\+\$741\.67 +\$3,843\.64 +\+\$3,825\.53$", text, re.MULTILINE)
    assert [line[:11] for line in text.splitlines() if line.startswith("From ")] == ["From A to B", "From A to C"]


def test_what_no_records_come_in_for_has_no_cost_per_record(run):
    text = run("compare", "itl", "sensor", "-s", "small", "--set", "traffic.peak_rate=0/s").stdout
    assert re.search(r"^Per million records +no records +no records +- +-$", text, re.MULTILINE)


def test_markdown(run):
    text = run("compare", "itl", "analytics", "-s", "large", "--format", "markdown").stdout
    assert text.startswith("## analytics compared with itl\n\n**+$87.72 a month** (+13.1%, $672.05 to $759.77): analytics.\n")
    assert "| design | itl to analytics | +$87.72 |\n" in text
    assert "| **Total per month** | **$672.05** | **$759.77** | **+$87.72** | **+13.1%** |\n" in text
    assert "<summary>Lines</summary>\n\n| Service | Line | itl | analytics | change | in % |\n" in text


def test_names_are_no_markup(run, tmp_path):
    (tmp_path / "a|`b`.yaml").write_text("version: 1\nextends: itl\n")
    text = run("compare", "a|`b`.yaml", "itl", "-s", "large", "--format", "markdown").stdout
    assert not re.search(r"(?<!\\)`", text)
    head, total = (re.search(pattern, text, re.MULTILINE)[0] for pattern in (r"^\| Service .*", r"^\| \*\*Total .*"))
    assert len(re.findall(r"(?<!\\)\|", head)) == len(re.findall(r"(?<!\\)\|", total)) == 6


def test_operands_complete_to_the_last_of_several():
    argument = click.Argument(["operands"])
    context = click.Context(click.Command("compare"))
    assert joined_names(context, argument, "itl,sm") == ["itl,small"]
    assert set(joined_names(context, argument, "")) >= {"itl", "large", "aws/us-east-1/2018-06"}


def test_notes_of_a_csv_are_said_whole(run, tmp_path):
    (tmp_path / "rates.csv").write_text("timestamp,rate\n2026-01-01T00:00:00Z,100\n2026-01-01T01:00:00Z,200\n")
    (tmp_path / "own.yaml").write_text("version: 1\ntitle: Own\ntraffic: {csv: rates.csv, record_size: 1 KB}\n")
    result = run("compare", "large", "own.yaml", "-p", "itl", "--set", "month=30 days")
    assert result.exit_code == 0, result.output
    assert "scaled to the month (own.yaml)." in " ".join(result.stdout.split())
