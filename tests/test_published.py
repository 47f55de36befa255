"""The whitepaper's figures: what is printed, what is right, and that none of it is stored."""

import hashlib
import json
from decimal import ROUND_HALF_UP, Decimal

import pytest

from costmodel.library import Library
from costmodel.models import open_models
from costmodel.published import appendix, paper
from costmodel.published.derivation import Derivation
from costmodel.published.expressions import evaluate, formatted, parse
from costmodel.published.statement import statements

SCENARIOS = ("small", "medium", "large")
# Tables 3, 4 and 5, and the table "Corrected totals" of the errata.
PRINTED = {
    "sensor": ("388.28", "3843.43", "18535.32"),
    "itl": ("18.11", "138.16", "672.06"),
    "analytics": ("705.82", "817.17", "1312.05"),
}
CORRECTED = {
    "sensor": ("388.61", "3843.64", "18535.32"),
    "itl": ("18.11", "138.16", "672.05"),
    "analytics": ("105.83", "225.88", "759.77"),
}
NINE = [(pattern, scenario, n) for pattern in PRINTED for n, scenario in enumerate(SCENARIOS)]
MISPRINTS = {
    ("table_3", "lambda_duration_ms", "medium"): "164,692,419",
    ("table_5", "lambda_duration_ms", "medium"): "164,692,419",
    ("table_3", "lambda_gb_seconds", "small"): "24,744.35",
    ("table_5", "lambda_gb_seconds", "small"): "24,744.35",
    ("main_text", "analytics", "small"): "$705.81",
    ("main_text", "analytics", "medium"): "$817.09",
}


def cents(value: float) -> str:
    return str(Decimal(repr(value)).quantize(Decimal("0.01"), ROUND_HALF_UP))


@pytest.mark.parametrize(("pattern", "scenario", "n"), NINE)
def test_printed_and_corrected_totals(pattern, scenario, n):
    (model,) = open_models(pattern, [scenario], library=Library(environment=False))
    (printed,), (corrected,) = statements([model], None), statements([model], "corrected")
    assert printed.basis == "printed"
    assert (cents(printed.total), cents(printed.corrected_total)) == (PRINTED[pattern][n], CORRECTED[pattern][n])
    assert (cents(corrected.total), cents(corrected.printed_total)) == (CORRECTED[pattern][n], PRINTED[pattern][n])


@pytest.mark.parametrize("pattern", PRINTED)
def test_totals_in_json(run, pattern):
    for n, bill in enumerate(json.loads(run("estimate", "-p", pattern, "--format", "json").stdout)):
        totals = [cents(bill[key]) for key in ("total", "printed_total", "corrected_total")]
        assert totals == [PRINTED[pattern][n], PRINTED[pattern][n], CORRECTED[pattern][n]]
    for n, bill in enumerate(json.loads(run("estimate", "-p", pattern, "--basis", "corrected", "--format", "json").stdout)):
        totals = [cents(bill[key]) for key in ("total", "printed_total", "corrected_total")]
        assert totals == [CORRECTED[pattern][n], PRINTED[pattern][n], CORRECTED[pattern][n]]
        assert bill["errata"] == []


# The errata's "printed" minus "right", to the digits that they give; s3-not-scaled as 1.05332 minus 1.0534, 9.7563, 48.7713.
AMOUNTS = {
    "sensor": {
        "iot-whole-dollars": (112 - 112.320864, 1123 - 1123.201728, 4952 - 4952.002592),
        "lambda-cents": (0.42 - 0.424432, 4.24 - 4.244315, 21.22 - 21.221575),
    },
    "itl": {"s3-calculator": (18.11 - 18.1055, 138.16 - 138.1569, 672.06 - 672.0545)},
    "analytics": {
        "lambda-cents": (0.42 - 0.424432, 4.24 - 4.244315, 21.22 - 21.221575),
        "kpu-price": (600.0, 600.0, 600.0),
        "s3-not-scaled": (1.053354602 - 1.0534, 1.05332 - 9.7563, 1.05332 - 48.7713),
    },
}


@pytest.mark.parametrize(("pattern", "scenario", "n"), NINE)
def test_errata_lead_from_the_corrected_to_the_printed_total(pattern, scenario, n):
    (model,) = open_models(pattern, [scenario], library=Library(environment=False))
    (shown,) = statements([model], None)
    amounts = {erratum.id: amount for erratum, amount in shown.errata}
    assert list(amounts) == list(AMOUNTS[pattern])
    assert amounts == pytest.approx({name: by_column[n] for name, by_column in AMOUNTS[pattern].items()}, abs=1e-4)
    assert shown.bill.total + sum(amounts.values()) == pytest.approx(shown.printed_total, abs=1e-9)


def test_all_figures_are_the_transcription():
    """35 + 16 + 32 rows of three are the 249 cells of tables 3, 4 and 5; 3 rows of three the main text's totals.

    The sums are those of the transcription beside the errata, "row: small | medium | large" line by line.
    """
    printed = paper.read_printed()
    assert {name: len(rows) for name, rows in printed.items()} == {"table_3": 35, "table_4": 16, "table_5": 32, "main_text": 3}
    assert sum(len(figures) for rows in printed.values() for figures in rows.values()) == 249 + 9
    sums = {
        name: hashlib.sha256("\n".join(f"{row}: {' | '.join(figures)}" for row, figures in rows.items()).encode()).hexdigest()
        for name, rows in printed.items()
    }
    assert sums == {
        "table_3": "851fc2abc7a32efc13f1d7fe4985fbefdb5871201ba701af8fab17b214b9ce85",
        "table_4": "76d5e7163e7a96ca9c70e45ebe654806bfcc7eda4ec0d08fb56e500b852b08a4",
        "table_5": "af118343a5d881f3d8fd028c407e2a96cce9dee50616612df7b9c1c70a7dcc80",
        "main_text": "90939949ef7434cd79dc077711943c66cc9c57c4c747389b719dd39d8a0c2b63",
    }


@pytest.mark.parametrize(
    ("table", "row", "figures"),
    [
        ("table_3", "monthly_volume_tb", ("0.08046627", "0.804662704", "4.023313522")),
        ("table_3", "total", ("$388.28", "$3,843.43", "$18,535.32")),
        ("table_4", "firehose_volume_gb", ("411.987", "4,119.87", "20,599.37")),
        ("table_4", "s3_cost", ("$2.47", "$23.87", "$119.35")),
        ("table_5", "s3_cost", ("1.053354602", "1.05332", "1.05332")),
        ("main_text", "analytics", ("$705.81", "$817.09", "$1312.05")),
    ],
)
def test_figures_as_printed(table, row, figures):
    assert paper.read_printed()[table][row] == figures


def test_check_accounts_for_every_figure(run):
    result = run("appendix", "--check")
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["258", "252", "6", "0"]


def altered():
    """Every printed figure with a digit more."""
    return {t: {r: tuple(f + "7" for f in figures) for r, figures in rows.items()} for t, rows in paper.read_printed().items()}


def every_cell(basis: str) -> dict[tuple[str, str, str], str]:
    derivation = Derivation()
    tables = [derivation.table(name) for name in derivation.paper.tables]
    return {
        (table.id, row.id, scenario): appendix.cell(derivation, table, row, scenario, basis).text
        for table in tables
        for row in table.rows
        for scenario in derivation.paper.scenarios
    }


def test_no_derivation_reads_the_printed_figures(monkeypatch):
    printed, corrected = every_cell("printed"), every_cell("corrected")
    assert len(printed) == 258
    figures = altered()
    monkeypatch.setattr(appendix, "read_printed", lambda: figures)
    monkeypatch.setattr(paper, "read_printed", lambda: figures)
    assert every_cell("corrected") == corrected
    changed = {where: text for where, text in every_cell("printed").items() if text != printed[where]}
    assert changed == {where: text + "7" for where, text in MISPRINTS.items()}
    assert {where: printed[where] for where in MISPRINTS} == MISPRINTS


def test_totals_do_not_read_the_printed_figures(run, monkeypatch):
    figures = altered()
    monkeypatch.setattr(appendix, "read_printed", lambda: figures)
    monkeypatch.setattr(paper, "read_printed", lambda: figures)
    bills = json.loads(run("estimate", "-p", "analytics", "--format", "json").stdout)
    assert [cents(bill["printed_total"]) for bill in bills] == list(PRINTED["analytics"])


def test_check_names_a_figure_that_is_neither(run, monkeypatch):
    figures = paper.read_printed()
    figures["table_4"] = {**figures["table_4"], "s3_puts": ("17280", "17280", "84376")}
    monkeypatch.setattr(appendix, "read_printed", lambda: figures)
    result = run("appendix", "--check")
    assert result.exit_code == 1
    assert "  251 reproduced" in result.stdout
    assert "    1 neither" in result.stdout
    assert "table_4.s3_puts large: printed 84376, derived 84375" in result.stdout


def test_check_of_altered_figures_finds_none_derived(run, monkeypatch):
    figures = altered()
    monkeypatch.setattr(appendix, "read_printed", lambda: figures)
    result = run("appendix", "--check")
    assert result.exit_code == 1
    assert [line.split()[0] for line in result.stdout.splitlines()[:4]] == ["258", "0", "6", "252"]


GB = 1024**3


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (86_400_000 * 1024 / GB / 1024, "General", "0.08046627"),  # 0.080466270: its last decimal is a zero
        (864_000_000 * 1024 / GB / 1024, "General", "0.804662704"),
        (864_000_000 * 5 * 1024 / GB * 0.029, "General", "119.4763184"),
        (4_320_000_000 * 5 * 1024 / GB, "General", "20599.36523"),
        (21_600_000_000.0, "General", "21600000000"),
        (843.75, "General", "843.75"),
        (0.0, "General", "0"),
        (1234.565, "$#,##0.00", "$1,234.57"),  # half a cent goes up
        (1312.0549, "$0.00", "$1312.05"),
        (411.9873047, "#,##0.000", "411.987"),
        (59714.9, "#,##0", "59,715"),
        (84374.5, "0", "84375"),
    ],
)
def test_number_formats(value, form, text):
    assert formatted(value, form) == text


def test_row_expressions():
    values = {("a.b", "small"): 7.0, ("a.b", "large"): 70.0}

    def result(text: str) -> float:
        return evaluate(parse(text), lambda name, scenario: values[name, scenario], "large")

    assert result("(a.b + 5) * 2 / 3 - 1") == (70 + 5) * 2 / 3 - 1
    assert result("at(small, a.b) + a.b") == 77
    assert result("round(a.b / 9, 2)") == 7.78
    assert result("round_up(a.b, 9)") == 72


@pytest.mark.parametrize(
    "text",
    [
        *("", "1 +", "a ** 2", "a % 2", "a; b", "a = 1", "-a", "'x'", "a[0]", "[a]", "f(a, 2)", "a if b else c", "lambda: 1"),
        *("round", "round + 1", "round(a)", "round(a, 2, digits=3)", "at(1, a)", "at(a + b, a)"),
        "(" * 300 + "a" + ")" * 300,
    ],
)
def test_what_is_not_a_row_expression(text):
    with pytest.raises(ValueError, match="is not an expression; write for example"):
        parse(text)


def rows_of(text: str) -> dict[str, list[str]]:
    """Rows by label; a label that goes on in the next line is joined to its beginning."""
    rows: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line.startswith("    ") and rows:
            label = list(rows)[-1]
            rows[f"{label} {line.strip()}"] = rows.pop(label)
        elif line.startswith("  "):
            rows[line[:30].strip()] = line[30:].split()
    return rows


def test_corrected_table_5_with_its_marks(run):
    result = run("appendix", "--table", "5", "--basis", "corrected")
    assert result.exit_code == 0
    rows = rows_of(result.stdout.partition("Errata")[0])
    # The errata's column "right", with the letter of s3-not-scaled where a cell deviates from what is printed.
    assert rows["S3 PUTs per Month based on Size only"] == ["843.75", "8437.5", "h", "42187.5", "h"]
    assert rows["Total Puts (source backup + Analytics data)"] == ["17280", "17280", "84375", "h"]
    assert rows["Source Data Compressed (GB)"] == ["21.02150444", "h", "210.2150444", "h", "1051.075222", "h"]
    assert rows["Kinesis Analytics Monthly Cost"] == ["$92.40", "g"] * 3
    assert rows["Duration (ms)"] == ["16,496,242", "164,962,419", "i", "824,812,095"]
    assert rows["Memory-Duration (GB/Sec)"] == ["24,744.36", "j", "247,443.63", "1,237,218.14"]
    assert rows["Estimated Total Monthly Cost"] == ["$105.83", "dgh", "$225.88", "dgh", "$759.77", "dgh"]
    listed = result.stdout.partition("Errata\n")[2]
    names = [" ".join(line.split()[:2]) for line in listed.splitlines() if not line.startswith(" ")]
    assert names == ["d lambda-cents", "g kpu-price", "h s3-not-scaled", "i duration-typo", "j gb-seconds-typo"]


def test_printed_tables_show_what_is_printed(run):
    result = run("appendix", COLUMNS="120")
    assert result.exit_code == 0
    lines = [line.split() for line in result.stdout.splitlines()]
    words = {word for line in lines for word in line}
    shown = {figure for rows in paper.read_printed().values() for figures in rows.values() for figure in figures}
    assert shown <= words


@pytest.mark.parametrize("number", ["3", "4", "5"])
def test_one_table_alone(run, number):
    text = run("appendix", "--table", number).stdout
    assert [f"Table {n}:" in text for n in "345"] == [n == number for n in "345"]


def test_check_is_of_all_tables(run):
    result = run("appendix", "--check", "--table", "3")
    assert result.exit_code == 2
    assert "leave --table out" in result.stderr
