"""costmodel report: one file, whole and the same each time; what of it is tested in a browser is in test_report_browser.py."""

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from costmodel.library import Library

DISCOUNTED = Path(__file__).parent.parent / "docs" / "examples" / "discounted.yaml"
PATTERNS = Library(environment=False).names("patterns")


class Outline(HTMLParser):
    """The ids of a page, and what it would ask for from elsewhere."""

    LOADED = ("src", "data", "poster", "action", "srcset")

    def __init__(self, text):
        super().__init__()
        self.ids, self.asked, self.links = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if "id" in given:
            self.ids.append(given["id"])
        self.asked += [value for name, value in attrs if name in self.LOADED]
        self.asked += [given.get("href", "")] * (tag == "link")
        self.links += [value for name, value in attrs if name in ("href", "xlink:href") and tag != "link"]


def report(run, tmp_path, *arguments):
    result = run("report", *arguments, "-o", "report.html")
    assert result.exit_code == 0, result.output
    return (tmp_path / "report.html").read_text(encoding="utf-8")


def text_of(html):
    """What a reader sees of a piece of HTML, in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.parametrize(
    "arguments", [("-p", "itl"), ("-p", "sensor", "-p", "itl", "-p", "analytics", "-s", "small", "-s", "large")]
)
def test_a_report_is_one_file_that_asks_for_nothing(arguments, run, tmp_path):
    text = report(run, tmp_path, *arguments)
    outline = Outline(text)
    assert outline.asked == []
    assert all(link.startswith(("#", "https://aws.amazon.com/")) for link in outline.links)
    assert len(outline.ids) == len(set(outline.ids))
    assert {link[1:] for link in outline.links if link.startswith("#")} <= set(outline.ids)
    assert not re.search(r"@import|url\((?!#)", text)
    assert len(text.encode("utf-8")) < 1_500_000


def test_the_answer_comes_first_on_the_corrected_basis(run, tmp_path):
    """Corrected totals of tables 3 and 4 (the errata's arithmetic): 18,535.32 and 672.05, of which Firehose is 88.9%."""
    text = text_of(
        report(run, tmp_path, "-p", "sensor", "-p", "itl", "-s", "large").partition("</table>")[0].partition("<body>")[2]
    )
    assert (
        "Sensor data collection $18,535.32 a month $4.2906 per million records 69.9% of it is AWS Key Management Service" in text
    )
    assert "$672.05 a month $0.1556 per million records 88.9% of it is Amazon Kinesis Data Firehose" in text


def test_each_line_opens_to_its_explanation_and_its_source(run, tmp_path):
    text = text_of(report(run, tmp_path, "-p", "itl", "-s", "large"))
    assert "Large: 20,599.37 GB billed for 4,119.87 GB at $0.029 per GB" in text
    assert "in peak: 2,160,000,000 × ( 1 KB rounded up to a multiple of 5 KB ) = 10.05828381 TB" in text
    assert "record size: 1 KB · scenarios/large.yaml:8:16 (traffic.record_size)" in text
    assert "price: $0.029 per GB, first 500 TB · pricing/aws/us-east-1/2018-06.yaml:20:15" in text
    assert "https://aws.amazon.com/kinesis/data-firehose/pricing/" in text


def test_what_is_around_the_figures(run, tmp_path):
    text = text_of(report(run, tmp_path, "-p", "itl", "--free-tier", "always", "--set", "ingest.buffer_size=64 MB"))
    assert "Not priced: CloudWatch Logs" in text
    assert "AWS list prices in us-east-1, read on 2018-06-01, in USD" in text
    assert "costmodel report --pattern itl --set 'ingest.buffer_size=64 MB' --free-tier always -o report.html" in text.replace(
        "&#39;", "'"
    )
    assert "What the whitepaper prints" not in text  # it is not the paper's estimate any more
    assert "as printed $18.11 $138.16 $672.06 right $18.11 $138.16 $672.05" in text_of(report(run, tmp_path, "-p", "itl"))


def test_it_says_what_holds_at_the_peak_of_which_quotas(run, tmp_path):
    """5,000 records a second at the peak of large, with 10% left: 5,000 / 90% = 5,556 of them."""
    (tmp_path / "ours.yaml").write_text(
        "version: 1\nextends: aws/2018-06\n"
        "firehose: {direct_put_bytes: {yours: 20 MB/s}, direct_put_records: {yours: 4000 records/s}}\n"
    )
    html = report(run, tmp_path, "-p", "itl", "-s", "large", "--quotas", "ours.yaml", "--headroom", "10%")
    text = text_of(html)
    assert "Large : 1 of 14 limits breaks: Records of ingest" in text
    assert "Records firehose.direct_put_records, yours 5,000 records/s 4,000 (yours) 125% breaks" in text
    assert "Data firehose.direct_put_bytes, yours 4.88 MB/s 20 MB/s (yours) 24.4% holds" in text
    assert "have firehose.direct_put_records raised to 5,556 records/s (AWS does it on request)" in text
    assert "Quotas ours: what AWS lets an account do at once, read on 2018-06-01" in text
    assert "costmodel report --pattern itl --scenario large --quotas ours.yaml --headroom 10% -o report.html" in text


def test_growing_traffic_has_a_section(run, tmp_path):
    """100 records a second, 10% more each month: over 80% of 5,000 in month 39 (4,114), over all of it in month 42 (5,476)."""
    html = report(run, tmp_path, "-p", "itl", "-s", "small", "-s", "large", "--growth", "10%/month", "--months", "48")
    (section,) = re.findall(r"<h3>As traffic grows</h3>.*?<h3>", html, re.DOTALL)
    small = text_of(section.partition('data-scenario="large"')[0])
    assert "Traffic grows: 10% more every month, from today, month 0." in small
    assert "Small: $18.11 in month 0," in small
    assert "month 42: Records of ingest breaks the quota firehose.direct_put_records, 5,476.37 records/s" in small
    assert "tight from month 39 on" in small
    assert len(re.findall(r'<svg role="img" aria-labelledby="itl-forecast-(?:small|large)-title', section)) == 2
    assert "--growth 10%/month --months 48 -o report.html" in text_of(html)
    assert "As traffic grows" not in report(run, tmp_path, "-p", "itl", "-s", "small")


def test_a_design_whose_limits_nobody_knows_says_so(run, tmp_path):
    (tmp_path / "own.yaml").write_text("version: 1\ntitle: Own\ncomponents: {site: {service: cloudwatch, input: source}}\n")
    text = text_of(report(run, tmp_path, "-p", "own.yaml", "-s", "small"))
    assert "Small : no limit is known of what this uses" in text


def test_discounts_are_told_apart_from_list_prices(run, tmp_path):
    """itl large: 506.58 instead of 672.05 (docs/rate-cards.md); 0.024 less 9% are 0.02184."""
    text = text_of(report(run, tmp_path, "-p", "itl", "-s", "large", "--rates", DISCOUNTED))
    assert text.count("List prices") == 0
    assert "Discounted prices of 2025-06-17 in us-east-1, USD, before tax" in text
    assert "discounted: AWS discounted prices in us-east-1, read on 2025-06-17" in text
    assert "Total per month $506.58 At list prices, without discounts $672.05 Per million records" in text
    assert "billed for 4,119.87 GB at $0.02184 per GB (Firehose contract, EDP 2026)" in text
    assert "price = Firehose contract × (1 - EDP 2026) = $0.024 per GB × (1 - 9%) = $0.02184 per GB" in text
    assert f"EDP 2026: 9% · {DISCOUNTED}:6:31 (rates.discounts.2.percent)" in text
    assert "At list prices" not in text_of(report(run, tmp_path, "-p", "itl", "-s", "large"))


def test_lines_without_use_are_there_for_when_they_are_used(run, tmp_path):
    text = report(run, tmp_path, "-p", "itl", "-s", "large")
    hidden = [text_of(row) for row in re.findall(r'<details class="row"[^>]* hidden>.*?</summary>', text, re.DOTALL)]
    assert "Data ingested, next 1,500 TB ingest -" in hidden


def test_a_folder_of_ones_own_overrides_blocks(run, tmp_path):
    folder = tmp_path / "house" / "reports"
    folder.mkdir(parents=True)
    (folder / "report.html").write_text('{% extends "shipped/report.html" %}{% block logo %}Example & Co{% endblock %}')
    text = report(run, tmp_path, "-p", "itl", "-s", "small", "--library", "house")
    assert '<p class="logo">Example & Co</p>' in text
    assert "$18.11" in text


EXTENDS = '{% extends "shipped/report.html" %}'


@pytest.mark.parametrize(
    ("template", "message"),
    [
        (EXTENDS + "{% block logo %}", "house/reports/report.html:1: Unexpected end of template"),
        (
            '{% extends "shiped/report.html" %}',
            "there is no template 'shiped/report.html'; the shipped page is shipped/report.html",
        ),
        ('{% extends "report.html" %}', "it extends itself; the shipped page is shipped/report.html"),
        (EXTENDS + "\n{% block logo %}{{ sektions }}{% endblock %}", "house/reports/report.html:2: 'sektions' is undefined"),
        (EXTENDS + "\n{% block logo %}{{ 1 / 0 }}{% endblock %}", "house/reports/report.html:2: division by zero"),
        (EXTENDS + "\n{% block logoo %}x{% endblock %}", "report.html:2: there is no block 'logoo'. Did you mean 'logo'?"),
        (
            EXTENDS + '{% block logo %}<img src="https://example.com/x.png">{% endblock %}',
            "put 'https://example.com/x.png' in as data:",
        ),
        (EXTENDS + '{% block logo %}<img src="logo.png">{% endblock %}', "the page must be whole by itself; put 'logo.png' in"),
        (EXTENDS + "{% block style %}p{background:url(x.png)} @import 'y.css';{% endblock %}", "put 'y.css' in as data:"),
        (EXTENDS + "{% block logo %}{{ cycler.__init__.__globals__ }}{% endblock %}", "unsafe"),
        ("", "it makes no report; begin it with"),
        (b"\xff\xfe", "house/reports: 'utf-8' codec can't decode"),
    ],
)
def test_a_mistake_in_ones_own_template_is_told(template, message, run, tmp_path):
    folder = tmp_path / "house" / "reports"
    folder.mkdir(parents=True)
    (folder / "report.html").write_bytes(template if isinstance(template, bytes) else template.encode())
    result = run("report", "-p", "itl", "-s", "small", "--library", "house", "-o", "report.html")
    assert result.exit_code == 2
    assert message in result.stderr
    assert not (tmp_path / "report.html").exists()


def test_a_mistake_in_a_part_of_ones_own_is_told(run, tmp_path):
    folder = tmp_path / "house" / "reports"
    folder.mkdir(parents=True)
    (folder / "about.html").write_text("{% if %}")
    result = run("report", "-p", "itl", "-s", "small", "--library", "house", "-o", "report.html")
    assert result.exit_code == 2
    assert result.stderr.startswith("house/reports/about.html:1: ")


def test_a_report_names_files_apart_that_have_one_name(run, tmp_path):
    """Two scenarios called own, both changes of large: 28 and 31 days are not one estimate."""
    for folder, days in (("a", 28), ("b", 31)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "own.yaml").write_text(f"version: 1\nextends: large\ntitle: {days} days\nmonth: {days} days\n")
    text = report(run, tmp_path, "-p", "itl", "-s", "a/own.yaml", "-s", "b/own.yaml", "-s", "./a/own.yaml")
    data = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)[1])
    assert [model["scenario"] for model in data["models"]] == ["own", "own_2"]
    assert [data["inputs"][_at(data, f"{label}.month")]["number"] for label in ("own", "own_2")] == [28, 31]


def test_titles_that_several_have_are_told_apart(run, tmp_path):
    for folder, rate in (("a", 100), ("b", 200)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "day.yaml").write_text(
            f"version: 1\ntitle: Day\ntraffic: {{peak_rate: {rate}/s, record_size: 1 KB}}\n"
        )
    text = text_of(report(run, tmp_path, "-p", "itl", "-s", "a/day.yaml", "-s", "b/day.yaml").partition("</table>")[0])
    assert "Day (day) Day (day_2)" in text


def test_texts_of_a_card_are_no_script(run, tmp_path):
    (tmp_path / "card.yaml").write_text(
        'version: 1\nextends: aws/us-east-1/2018-06\nfirehose: {source: "https://x.example/\\"onmouseover=alert(1)//<b>"}\n'
    )
    text = report(run, tmp_path, "-p", "itl", "-s", "small", "--rates", "card.yaml")
    assert "<b>" not in re.sub(r'<b class="cost"', "", text)
    assert not re.search(r'<a [^>]*"\s*onmouseover', text)


def test_a_control_character_is_a_mistake_of_the_file(run, tmp_path):
    (tmp_path / "own.yaml").write_text('version: 1\ntitle: "a\\x02b"\ncomponents: {in: {service: firehose, input: source}}\n')
    result = run("report", "-p", "own.yaml", "-s", "small", "-o", "r.html")
    assert result.exit_code == 2
    assert "own.yaml:2:8: holds a control character" in result.stderr


def test_a_text_of_several_lines_is_no_mistake(run, tmp_path):
    (tmp_path / "own.yaml").write_text(
        'version: 1\ntitle: "two\n\n  lines"\ndescription: "a\\tb"\ncomponents: {in: {service: firehose, input: source}}\n'
    )
    text = report(run, tmp_path, "-p", "own.yaml", "-s", "small")
    assert "<h1>two lines</h1>" in text
    assert "<p>a b</p>" in text


def test_a_card_with_tiers_of_any_unit_has_its_cells(run, tmp_path):
    """Lambda's GB-seconds have tiers today."""
    (tmp_path / "card.yaml").write_text(
        "version: 1\nextends: aws/us-east-1/2018-06\nlambda:\n  duration:\n    per: GB-second\n"
        '    tiers: [{usd: "0.0000166667", up_to: 6 billion GB-seconds}, {usd: "0.000015"}]\n'
    )
    text = report(run, tmp_path, "-p", "itl", "-s", "small", "--rates", "card.yaml")
    assert "6 billion GB-seconds" in text
    assert run("export", "-p", "itl", "-s", "small", "--rates", "card.yaml", "-o", "book.xlsx").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-p", "itl"), "say where to write it, as in -o report.html"),
        (("-p", "itl", "-o", "r.pdf"), "'r.pdf' is no name for a report; its ending is .html or .htm"),
        (("-p", "itk", "-o", "r.html"), "there is no pattern 'itk'. Did you mean 'itl'?"),
        (("-p", "itl", "-s", "larg", "-o", "r.html"), "there is no scenario 'larg'. Did you mean 'large'?"),
        (("-p", "itl", "-p", "sensor", "--set", "gatway.rules=2", "-o", "r.html"), "there is no 'gatway.rules' to set"),
        (("-p", "itl", "--growth", "8%/month", "--to", "3x", "-o", "r.html"), "say how traffic grows, in one way: --growth"),
        (("-p", "itl", "--months", "36", "-o", "r.html"), "say how traffic grows, in one way: --growth"),
        (("-p", "itl", "-o", "no/such/folder/r.html"), "no/such/folder/r.html cannot be written"),
    ],
)
def test_mistakes(arguments, message, run, tmp_path):
    result = run("report", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_setting_that_one_of_the_patterns_has_changes_that_one(run, tmp_path):
    text = report(run, tmp_path, "-p", "itl", "-p", "sensor", "-s", "large", "--set", "gateway.rules=2")
    data = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)[1])
    rules = next(one for one in data["inputs"] if one["key"] == "sensor.gateway.rules")
    assert rules["number"] == 2
    assert data["models"][1]["settings"] == [
        ["gateway.connected", [_at(data, "sensor.gateway.connected")]],
        ["gateway.rules", [_at(data, "sensor.gateway.rules")]],
    ]


def _at(data, key):
    return next(n for n, one in enumerate(data["inputs"]) if one["key"] == key)


def test_the_same_report_is_the_same_bytes(tmp_path):
    def written(seed):
        code = "from costmodel.cli import main; main(['report', '-p', 'clickstream', '-s', 'small', '-o', 'r.html'])"
        subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONHASHSEED": seed, "PATH": ""}, check=True)
        return (tmp_path / "r.html").read_bytes()

    assert written("1") == written("2")


def test_nothing_is_said_in_a_pipe(run):
    result = run("report", "-p", "itl", "-s", "small", "-o", "r.html")
    assert result.output == ""


def test_what_if_questions_of_every_estimate(run, tmp_path):
    """Each as its own command has it; a break-even for the scenario that several patterns have."""
    asked = ("--vary", "traffic.times=1,2,5", "--sensitivity", "--simulate", "--range", "traffic.times=0.5 .. 3")
    of_all = ("--break-even", "traffic.times=0.001..10")
    html = report(run, tmp_path, "-p", "sensor", "-p", "itl", "-p", "analytics", "-s", "large", *asked, *of_all)
    said = text_of(html)
    for pattern in ("sensor", "itl", "analytics"):
        sweep = run("sweep", "-p", pattern, "-s", "large", "--vary", "traffic.times=1,2,5").stdout
        dearest = next(line for line in sweep.splitlines() if line.startswith("Dearest"))
        assert f"{dearest}." in said
        simulated = " ".join(run("simulate", "-p", pattern, "-s", "large", "--range", "traffic.times=0.5 .. 3").stdout.split())
        assert re.search(r"In 8 of 10 cases .*? of the cases are below\.", simulated)[0] in said
        rows = json.loads(run("sensitivity", "-p", pattern, "-s", "large", "--format", "json").stdout)["inputs"]
        row = next(row for row in rows if row["path"] == "traffic.peak_rate")
        assert f"{row['path']}: ${row['at_low']:,.2f} to ${row['at_high']:,.2f}" in said
    assert "itl is cheapest all the way." in said
    assert "--vary traffic.times=1,2,5 --sensitivity --simulate --range" in said
    ids = Outline(html).ids
    assert len(ids) == len(set(ids))


def test_the_cheapest_setting_of_the_designs_that_have_it(run, tmp_path):
    """Five records of 1 KB in one cost a fifth of five: $597.38 less $119.48."""
    asked = ("--choose", "ingest.input.aggregate=1..100", "--subject-to", "delay <= 300 s")
    said = text_of(report(run, tmp_path, "-p", "sensor", "-p", "itl", "-s", "large", *asked))
    assert "Streaming Ingest Transform Load (ITL) · Large: $194.15 a month, $477.91 less than now (71.1%)." in said
    assert "ingest.input.aggregate 5 instead of 1." in said
    assert said.count("less than now") == 2  # of the picture and beside it


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--choose", "ingst.buffer_size=1..9 MB"), "no pattern has 'ingst.buffer_size'. Did you mean 'ingest'?"),
        (("--choose", "ingest.buffer_size=1..9 MB", "--subject-to", "delay <= 1 ms"), "nothing that may be chosen keeps to"),
        (("--subject-to", "plan holds"), "--subject-to is of --choose"),
        (("--simulate",), "nothing that is uncertain changes the bill"),
        (("--vary", "traffic.tims=1,2"), "Did you mean 'times'?"),
        (("--break-even", "traffic.times=1..2"), "--break-even is between patterns"),
    ],
)
def test_mistakes_in_what_if_questions(run, tmp_path, arguments, message):
    result = run("report", "-p", "itl", "-s", "large", *arguments, "-o", "r.html")
    assert (result.exit_code, message in result.stderr) == (2, True)
    assert not (tmp_path / "r.html").exists()
