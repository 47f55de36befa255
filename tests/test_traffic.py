"""Traffic: steady periods from peak hours, a profile, periods or a file; sizes of records, given or measured."""

import math

import pytest
from hypothesis import given, strategies as st

from costmodel import estimate
from costmodel.errors import InputError
from costmodel.estimating import Floats
from costmodel.scenario import read_scenario
from costmodel.yamlfile import load

HOUR = 3_600_000.0
STREAM = "version: 1\ntitle: Stream\ncomponents:\n  stream: {service: firehose, input: source}\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("traffic")
    (folder / "stream.yaml").write_text(STREAM)
    return folder


@pytest.fixture(scope="module")
def write(folder):
    """Writes a scenario of 30 days with this traffic, in one line of YAML or several, and gives its path."""

    def written(traffic, month="30 days"):
        path = folder / "scenario.yaml"
        path.write_text(f"version: 1\ntitle: Written\nmonth: {month}\ntraffic:\n  {traffic}\n")
        return str(path)

    return written


@pytest.fixture(scope="module")
def periods(write):
    """The periods of a traffic as {name: (records a second, hours, busiest)}, to the twelfth digit."""

    def read(traffic, month="30 days"):
        path = write(traffic, month)
        scenario = read_scenario(load(path), "written", path)
        found = scenario.traffic.periods(scenario.month.value, Floats())
        return {p.name: (pytest.approx(p.rate * 1000), pytest.approx(p.duration / HOUR), p.busiest) for p in found}

    return read


@pytest.fixture(scope="module")
def problems(write, folder):
    """What is wrong with a traffic, as texts 'file:line:column: message' without the folder."""

    def found(traffic):
        with pytest.raises(InputError) as error:
            estimate(str(folder / "stream.yaml"), write(traffic))
        return [str(problem).replace(f"{folder}/", "") for problem in error.value.problems]

    return found


# Shapes


def test_peak_hours_leave_the_rest_of_the_day_to_the_off_peak_share(periods):
    found = periods("{peak_rate: 1000/s, peak_hours: 4, off_peak_share: 20%, record_size: 1 KB}")
    assert found == {"peak": (1000, 120, True), "off_peak": (200, 600, False)}


def test_traffic_without_a_shape_is_constant(periods):
    assert periods("{peak_rate: 1000/s, record_size: 1 KB}") == {"peak": (1000, 720, True)}
    assert periods("{peak_rate: 5/s, peak_hours: 24, off_peak_share: 20%, record_size: 1 KB}") == {"peak": (5, 720, True)}


def test_a_profile_of_a_day_merges_hours_of_one_rate(periods):
    found = periods(f"{{peak_rate: 100/s, profile: {[2] * 6 + [8, 10] + [2] * 16}, record_size: 1 KB}}")
    assert found == {"hour_0_and_21_more": (20, 660, False), "hour_6": (80, 30, False), "hour_7": (100, 30, True)}


def test_a_profile_of_a_week_has_weekends(periods):
    found = periods(f"{{peak_rate: 7/s, profile: {[7] * 120 + [1] * 48}, record_size: 1 KB}}", month="672 h")
    assert found == {"hour_0_and_119_more": (7, 480, True), "hour_120_and_47_more": (1, 192, False)}


@pytest.mark.parametrize(("hours", "scale"), [((6, 18), 30), ((42, 126), 30 / 7), ((180, 540), 1)])
def test_periods_are_of_a_day_a_week_or_the_month(periods, hours, scale):
    one, two = hours
    found = periods(
        f"{{periods: [{{name: a, rate: 9/s, hours: {one}}}, {{name: b, rate: 3/s, hours: {two}}}], record_size: 1 KB}}"
    )
    assert found == {"a": (9, one * scale, True), "b": (3, two * scale, False)}
    assert one * scale == pytest.approx(180)


def test_the_months_records_scale_the_rates_that_periods_have(periods):
    found = periods(
        "{monthly_records: 1 million, record_size: 1 KB, "
        "periods: [{name: a, rate: 30/s, hours: 6}, {name: b, rate: 10/s, hours: 18}]}"
    )
    # a: 180 h at 3 parts, b: 540 h at 1: 1,080 parts of an hour; 1,000,000 / (1,080 x 3,600 s)
    part = 1_000_000 / (1080 * 3600)
    assert found == {"a": (3 * part, 180, True), "b": (part, 540, False)}


@pytest.mark.parametrize(
    ("traffic", "said"),
    [
        ("{peak_rate: 5/s, profile: [1, 2, 3], record_size: 1 KB}", "scenario.yaml:5:29: the profile has 3 numbers; give 24"),
        (f"{{peak_rate: 5/s, profile: {[0] * 24}, record_size: 1 KB}}", "scenario.yaml:5:29: the profile is 0 in every hour"),
        (
            "{periods: [{name: a, rate: 5/s, hours: 23}], record_size: 1 KB}",
            "scenario.yaml:5:13: the periods' hours add up to 23",
        ),
        (
            "periods: [{name: a, rate: 5/s, hours: 12},\n    {name: a, rate: 1/s, hours: 12}]\n  record_size: 1 KB",
            "scenario.yaml:6:12: the period 'a' is given twice",
        ),
        ("{peak_rate: 5/s, peak_hours: 4, record_size: 1 KB}", "peak_hours and off_peak_share go together"),
        ("{record_size: 1 KB}", "lacks its height: give one of peak_rate, monthly_records, monthly_volume"),
        (
            "{peak_rate: 5/s, monthly_records: 7, record_size: 1 KB}",
            "scenario.yaml:5:20: the traffic has peak_rate and monthly_records",
        ),
        ("{peak_rate: 5/s, periods: [{name: a, rate: 1/s, hours: 24}], record_size: 1 KB}", "leave peak_rate out"),
        ("{monthly_records: 5, periods: [{name: a, rate: 0/s, hours: 24}], record_size: 1 KB}", "every rate is 0"),
        ("{peak_rate: 5/s}", "lacks 'record_size'"),
        ("{peak_rate: 5/s, record_size: 0 KB}", "'0 KB' must be above 0 KB"),
        ("{peak_rate: -5/s, record_size: 1 KB}", "'-5/s' is negative"),
        ("{peak_rate: 5/s, peak_hours: 25, off_peak_share: 20%, record_size: 1 KB}", "over the largest allowed, 24 h"),
        ("{peak_rate: 5/s, record_size: {1 KB: 90%, 11 KB: 20%}}", "scenario.yaml:5:33: the shares add up to 110%, not 100%"),
        ("{peak_rate: 5/s, record_size: {1: 100%}}", "scenario.yaml:5:34: '1' needs a unit"),
        ("{peak_rate: 5/s, record_size: {1 KB: all}}", "is not a"),
        (
            "{peek_rate: 5/s, peak_rate: 5/s, record_size: 1 KB}",
            "scenario.yaml:5:4: 'peek_rate' is not a key of the traffic. Did you mean 'peak_rate'?",
        ),
    ],
)
def test_a_wrong_shape_is_told_where_and_what_to_write(problems, traffic, said):
    (problem,) = problems(traffic)
    assert said in problem


# Rates over time from a file


def csv(folder, *rows, head="timestamp,rate"):
    (folder / "rates.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return "{csv: rates.csv, record_size: 1 KB}"


def test_a_rate_holds_until_the_next_row_and_the_last_as_long_as_the_one_before(periods, folder):
    traffic = csv(folder, "2018-06-01T00:00:00,10", "2018-06-01T06:00:00,30", "2018-06-01T09:00:00,20")
    # 6, 3 and again 3 hours: 12, of which a month of 720 h has 60
    assert periods(traffic) == {"level_1": (10, 360, False), "level_2": (30, 180, True), "level_3": (20, 180, False)}


def test_rows_of_one_rate_are_one_period(periods, folder):
    traffic = csv(folder, "2018-06-01T00:00:00,10", "2018-06-01T01:00:00,30", "2018-06-01T02:00:00,10", "2018-06-01T03:00:00,10")
    assert periods(traffic) == {"level_1_and_2_more": (10, 540, False), "level_2": (30, 180, True)}


def test_times_may_have_an_offset_and_are_utc_without(periods, folder):
    traffic = csv(folder, "2018-06-01T00:00:00Z,10", "2018-06-01T05:00:00+02:00,30", "2018-06-01T04:00:00,20")
    # 0:00, 3:00 and 4:00 UTC
    assert periods(traffic) == {"level_1": (10, 432, False), "level_2": (30, 144, True), "level_3": (20, 144, False)}


def test_a_single_row_is_the_rate_of_the_month(periods, folder):
    assert periods(csv(folder, "2018-06-01T00:00:00,7.5")) == {"level_1": (7.5, 720, True)}


def test_other_columns_and_blank_lines_do_no_harm(periods, folder):
    traffic = csv(folder, "a,1,2018-06-01,x", "", "b,3,2018-06-02,y", head="host,rate,timestamp,note")
    assert periods(traffic) == {"level_1": (1, 360, False), "level_2": (3, 360, True)}


def minutes(count, rate):
    """Rows every ten minutes from midnight on."""
    return [f"2018-06-{1 + n // 144:02d}T{n // 6 % 24:02d}:{n % 6}0:00,{rate(n)}" for n in range(count)]


def test_up_to_168_rates_are_taken_as_they_are(write, folder):
    bill = estimate(str(folder / "stream.yaml"), write(csv(folder, *minutes(168, lambda n: n + 1))))
    assert peak_of(bill) == pytest.approx(168)
    assert not any("hourly means" in note for note in bill.notes)


def test_a_finer_file_becomes_hourly_means_and_says_so(write, folder):
    bill = estimate(str(folder / "stream.yaml"), write(csv(folder, *minutes(174, lambda n: n + 1))))
    # 174 rows are 29 hours; the last has the rates 169 to 174
    assert peak_of(bill) == pytest.approx((169 + 170 + 171 + 172 + 173 + 174) / 6)
    # the mean rate over the span is that of the rows: (1 + 174) / 2
    assert bill.records == pytest.approx(175 / 2 * 720 * 3600)
    assert any("rates.csv" in note and "29 hourly means" in note for note in bill.notes)
    assert any("174 rows over 29 hours, scaled to the month" in note for note in bill.notes)


def test_a_row_longer_than_an_hour_keeps_its_weight_among_hourly_means(periods, folder):
    rows = [*minutes(170, lambda n: n % 6 + n / 1000), "2018-06-03T00:00:00,50", "2018-06-03T12:00:00,60"]
    found = periods(csv(folder, *rows))
    span = 48 + 12 + 12  # the first 170 rows fill two days, whose last holds 19 h 50 min
    assert sum(hours.expected for _, hours, _ in found.values()) == pytest.approx(720)
    assert {rate.expected: hours.expected for rate, hours, _ in found.values()}[50] == pytest.approx(720 * 12 / span)


def peak_of(bill):
    return next(load.amount for load in bill.loads if (load.item, load.unit) == ("Records", "records/s"))


def test_the_months_records_scale_a_files_rates(write, folder):
    traffic = csv(folder, "2018-06-01T00:00:00,10", "2018-06-01T12:00:00,30").replace("{", "{monthly_records: 1000000, ")
    bill = estimate(str(folder / "stream.yaml"), write(traffic))
    assert bill.records == pytest.approx(1_000_000)
    assert peak_of(bill) == pytest.approx(30 / 20 * 1_000_000 / (720 * 3600))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["2018-06-01T00:00:00,1", "noon,2"], "rates.csv:3:1: 'noon' is not a time; write for example 2018-06-01T14:00:00"),
        (["2018-06-01T00:00:00,1", "", "", "noon,2"], "rates.csv:5:1: 'noon' is not a time"),
        (["2018-06-01T00:00:00,many"], "rates.csv:2:1: 'many' is not a rate; write records a second, such as 1000"),
        (["2018-06-01T00:00:00,-1"], "rates.csv:2:1: '-1' is not a rate"),
        (["2018-06-01T00:00:00,nan"], "rates.csv:2:1: 'nan' is not a rate"),
        (["2018-06-01T00:00:00,1e300"], "rates.csv:2:1: '1e300' is not a rate"),
        (["2018-06-01T00:00:00,1_000"], "rates.csv:2:1: '1_000' is not a rate"),
        (["2018-06-01T00:00:00"], "rates.csv:2:1: "),
        (
            ["2018-06-01T02:00:00,1", "2018-06-01T01:00:00,2"],
            "rates.csv:3:1: '2018-06-01T01:00:00' is not after the row before it",
        ),
        (
            ["2018-06-01T02:00:00,1", "2018-06-01T02:00:00,2"],
            "rates.csv:3:1: '2018-06-01T02:00:00' is not after the row before it",
        ),
        ([], "rates.csv: has no rows"),
    ],
)
def test_a_wrong_row_is_named_by_its_line(problems, folder, rows, said):
    (problem,) = problems(csv(folder, *rows))
    assert problem.startswith(said)


def test_every_wrong_row_is_named_at_once(problems, folder):
    found = problems(csv(folder, "noon,1", "2018-06-01T00:00:00,x", "2018-06-01T01:00:00,1"))
    assert [problem.partition(" ")[0] for problem in found] == ["rates.csv:2:1:", "rates.csv:3:1:"]


def test_a_file_without_the_columns_or_none_at_all(problems, folder):
    assert problems(csv(folder, "1,2", head="time,value")) == [
        "rates.csv:1:1: needs the columns timestamp and rate; it has time, value"
    ]
    assert problems("{csv: nowhere.csv, record_size: 1 KB}") == [
        "scenario.yaml:5:9: there is no file 'nowhere.csv' beside the scenario"
    ]


# Sizes of records


def sample(folder, *lines):
    (folder / "records.jsonl").write_bytes("\n".join(lines).encode())
    return "{monthly_records: 1000000, record_size: {sample: records.jsonl}}"


def record(size, letter="x"):
    """A JSON text of so many bytes."""
    return '"' + letter * ((size - 2) // len(letter.encode())) + '"'


@given(st.lists(st.integers(2, 30_000), min_size=1, max_size=40))
def test_a_sample_bills_as_its_records_would_one_by_one(write, folder, sizes):
    bill = estimate(str(folder / "stream.yaml"), write(sample(folder, *map(record, sizes))))
    (line,) = bill.lines
    gigabytes = 1_000_000 / len(sizes) / 1024**3
    assert line.pricing_quantity == pytest.approx(sum(math.ceil(size / 5120) * 5120 for size in sizes) * gigabytes, rel=1e-9)
    assert line.consumed_quantity == pytest.approx(sum(sizes) * gigabytes, rel=1e-9)


def test_a_sample_is_measured_in_bytes_without_line_ends(write, folder):
    (folder / "records.jsonl").write_bytes('"éé"\r\n\r\n{"a": 1}\n'.encode())  # 6 and 8 bytes
    bill = estimate(str(folder / "stream.yaml"), write("{monthly_records: 2, record_size: {sample: records.jsonl}}"))
    assert bill.lines[0].consumed_quantity * 1024**3 == pytest.approx(14)


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\u0085"])
def test_a_record_may_hold_a_line_separator_of_unicode(write, folder, separator):
    """JSON texts may hold them unescaped; only \\n ends a line of JSON lines."""
    text = f'{{"text": "one{separator}two"}}'
    bill = estimate(str(folder / "stream.yaml"), write(sample(folder, text)))
    assert bill.lines[0].consumed_quantity * 1024**3 / 1_000_000 == pytest.approx(len(text.encode()))


def test_a_wrong_sample_is_named_by_its_line(problems, folder):
    assert problems(sample(folder, '{"a": 1}', "{a: 1}")) == ["records.jsonl:2:1: this line is not JSON; give one record a line"]
    assert problems(sample(folder, "", "")) == ["records.jsonl: has no records"]
    (folder / "records.jsonl").unlink()
    assert problems("{peak_rate: 1/s, record_size: {sample: records.jsonl}}") == [
        "scenario.yaml:5:42: there is no file 'records.jsonl' beside the scenario"
    ]


def test_a_distribution_is_rounded_size_by_size(write, folder):
    """(9 x 5 KB + 15 KB) / 10 = 6 KB billed, where the mean of 2 KB would bill 5."""
    bill = estimate(str(folder / "stream.yaml"), write("{monthly_records: 1048576, record_size: {1 KB: 90%, 11 KB: 10%}}"))
    assert bill.lines[0].pricing_quantity == pytest.approx(6)
    assert bill.lines[0].consumed_quantity == pytest.approx(2)


# Settings that differ between periods

THREE = (
    "{periods: [{name: night, rate: 1/s, hours: 12}, {name: noon, rate: 9/s, hours: 2}, {name: day, rate: 5/s, hours: 10}], "
    "record_size: 1 KB}"
)


@pytest.mark.parametrize(
    ("kpus", "traffic", "kpu_hours_a_day"),
    [
        ("{peak: 2, off_peak: 1}", THREE, 2 * 2 + 1 * 22),  # the busiest is the peak, all others are off-peak
        ("{noon: 8, day: 4, night: 1}", THREE, 8 * 2 + 4 * 10 + 1 * 12),
        ("{night: 3, peak: 2, off_peak: 1}", THREE, 3 * 12 + 2 * 2 + 1 * 10),  # a period's own name goes first
        ("5", THREE, 5 * 24),
        ("{peak: 2, off_peak: 1}", "{peak_rate: 1/s, record_size: 1 KB}", 2 * 24),
        ("{peak: 2, off_peak: 1}", THREE.replace("5/s", "9/s"), 2 * 12 + 1 * 12),  # two periods may be the busiest
        ("{peak: 2, off_peak: 1}", f"{{peak_rate: 9/s, profile: {[1] * 20 + [2] * 4}, record_size: 1 KB}}", 2 * 4 + 1 * 20),
    ],
)
@pytest.mark.parametrize("meter", ["period", "month"])
def test_a_setting_may_differ_between_periods(write, folder, kpus, traffic, kpu_hours_a_day, meter):
    text = (
        f"version: 1\ntitle: T\ncomponents:\n  app: {{service: kinesis_analytics, input: source, kpus: {kpus}, meter: {meter}}}\n"
    )
    (folder / "app.yaml").write_text(text)
    (line,) = estimate(str(folder / "app.yaml"), write(traffic)).lines
    assert line.pricing_quantity == pytest.approx(kpu_hours_a_day * 30)


def test_a_period_without_its_value_is_named(write, folder):
    (folder / "app.yaml").write_text(
        "version: 1\ntitle: T\ncomponents:\n  app: {service: kinesis_analytics, input: source, kpus: {noon: 2, night: 1}}\n"
    )
    with pytest.raises(InputError, match=r"app\.kpus has no value for the period 'day'; name day or off_peak") as error:
        estimate(str(folder / "app.yaml"), write(THREE))
    assert error.value.problems[0].place.line == 4
