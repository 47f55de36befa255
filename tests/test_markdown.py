"""--format markdown: a comment on a pull request, as GitHub renders it."""

import re

import pytest

from costmodel.outputs.markdown import plain

HOSTILE = "a | b `c` <img src=x onerror=y> *d* _e_ [f](g) $h$ ~~i~~ & #1 \\|"


def markdown(run, *arguments):
    result = run("estimate", *arguments, "--format", "markdown")
    assert result.exit_code == 0, result.output
    return result.stdout


def tables(text):
    """Each table's rows as lists of cells: split at pipes that no backslash escapes."""
    found = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    return [[[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in table.splitlines()] for table in found]


def test_it_begins_with_the_answer(run):
    """Corrected: 672.0545 (errata, s3-calculator), 4,320 million records; 597.38 of it is Firehose (table 4)."""
    head, _, answer = markdown(run, "-p", "itl", "-s", "large").splitlines()[:3]
    assert head == "## Streaming Ingest Transform Load (ITL) · Large"
    assert answer == (
        "**$672.05 a month**, $0.1556 per million records. 88.9% of it is Amazon Kinesis Data Firehose."  # 597.3816 / 672.0545
    )


def test_services_then_lines_folded_away(run):
    text = markdown(run, "-p", "itl", "-s", "large")
    services, lines = tables(text)
    assert services[0] == ["Service", "Cost", "Share"]
    assert ["Amazon S3", "$48.77", "7.3%"] in services  # 48.7713 / 672.0545
    assert ["**Total per month**", "**$672.05**", "**100.0%**"] in services
    assert ["Amazon DynamoDB", "devices", "Read capacity", "36,000 RCU-hours", "$0.00013 per RCU-hour", "$4.68"] in lines
    assert text.index("<summary>Lines</summary>\n\n| Service |") > text.index("Total per month")
    assert "|\n\n</details>\n\n- 4,320,000,000 records" in text
    assert "\n- Not priced: CloudWatch Logs;" in text
    assert text.endswith("\n- List prices of 2018-06-01, in USD, before tax.\n")


def test_scenarios_side_by_side(run):
    """Totals: corrected, 388.6066 / 3,843.64 / 18,535.32 (errata of table 3)."""
    text = markdown(run, "-p", "sensor")
    services, *lines = tables(text)
    assert services[0] == ["Service", "Small", "Medium", "Large"]
    assert ["**Total per month**", "**$388.61**", "**$3,843.64**", "**$18,535.32**"] in services
    assert len(lines) == 3
    assert "- **$388.61 a month** · Small. 66.7% of it is AWS Key Management Service." in text  # 259.14 / 388.61
    assert text.count("<details>") == text.count("</details>") == 3


def test_what_costs_nothing_has_no_shares(run, tmp_path):
    (tmp_path / "free.yaml").write_text(
        "version: 1\ntitle: Free\ncomponents: {store: {service: s3, input: source}}\nnot_priced: [all]\n"
    )
    text = markdown(run, "-p", "free.yaml", "-s", "large", "--set", "traffic.peak_rate=0/s")
    assert "**$0.00 a month**.\n" in text
    assert "%" not in text


def test_text_of_users_shows_as_text(run, tmp_path):
    (tmp_path / "own.yaml").write_text(f"version: 1\nextends: itl\ntitle: '{HOSTILE}'\nnot_priced: ['{HOSTILE}']\n")
    (tmp_path / "big.yaml").write_text(f"version: 1\nextends: large\ntitle: '{HOSTILE}'\n")
    for scenarios in (["-s", "big.yaml"], ["-s", "big.yaml", "-s", "small"]):
        text = markdown(run, "-p", "own.yaml", *scenarios)
        assert not re.search(r"(?<!\\)<(?!/?(details|summary)>)", text)
        summaries = re.findall(r"<summary>(.*)</summary>", text)  # HTML, where a backslash is a backslash
        assert summaries
        assert not any(re.search(r"[<>]|\\[<&*]", summary) for summary in summaries)
        assert not re.search(r"(?<!\\)[`~\[]", re.sub(r"<summary>.*</summary>", "", text))
        assert all(len({len(row) for row in table}) == 1 for table in tables(text)), "a cell too many"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a|b", r"a\|b"),
        ("`x` <b> *y*", r"\`x\` \<b\> \*y\*"),
        ("source_backup and _this_", r"source_backup and \_this\_"),
        ("$x$ but $0.03 per GB", r"\$x\$ but $0.03 per GB"),
        ("two\nlines", "two lines"),
        ("back\\slash &lt;", r"back\\slash \&lt;"),
    ],
)
def test_markup_is_escaped(text, shown):
    assert plain(text) == shown
