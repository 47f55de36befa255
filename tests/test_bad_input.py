"""What people mistype: the place, what is wrong, exit status 2, no traceback, and nothing written."""

import subprocess
import sys

import pytest

SCENARIO = """\
version: 1
title: Mine
traffic:
  peak_rate: 100/s
  record_size: 1 KB
month: 720 h
"""
PATTERN = """\
version: 1
title: Mine
components:
  ingest:
    service: firehose
    input: source
    buffer_size: 5 MB
"""
CARD = """\
version: 1
provider: aws
region: us-east-1
as_of: 2018-06-01
currency: USD
firehose:
  source: https://example.com
  record_increment: 5 KB
  ingested:
    per: GB
    tiers:
      - {usd: "0.029", up_to: 500 TB}
      - {usd: "0.025"}
"""
TEXTS = {"scenario": SCENARIO, "pattern": PATTERN, "rates": CARD}


def refused(run, tmp_path, kind, content, *messages):
    """Both validate and estimate refuse the file with these messages; no file but it is there afterwards."""
    name = f"{kind}.yaml"
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    if kind != "pattern":
        (tmp_path / "one.yaml").write_text(PATTERN)
    before = sorted(tmp_path.iterdir())
    pattern = name if kind == "pattern" else "one.yaml"
    given = [] if kind == "pattern" else [f"--{kind}", name]
    estimate = ["estimate", "--pattern", pattern, *([] if kind == "scenario" else ["-s", "small"]), *given, "-o", "out.txt"]
    for arguments in (["validate", name], estimate):
        result = run(*arguments)
        assert (result.exit_code, result.stdout) == (2, ""), arguments
        for message in messages:
            assert message in result.stderr, arguments
        assert "Traceback" not in result.output
        assert sorted(tmp_path.iterdir()) == before


# kind, what to replace, by what, and what is said: place and message.
REPLACED = [
    ("scenario", "peak_rate: 100/s", "peak_rate: -100/s", ":4:14: '-100/s' is negative"),
    ("scenario", "peak_rate: 100/s", "peak_rate: nan", ":4:14: 'nan' is not a rate"),
    ("scenario", "peak_rate: 100/s", "peak_rate: .nan", ":4:14: '.nan' is not a rate"),
    ("scenario", "peak_rate: 100/s", "peak_rate: .inf", ":4:14: '.inf' is not a rate"),
    ("scenario", "peak_rate: 100/s", "peak_rate: inf", ":4:14: 'inf' is not a rate"),
    ("scenario", "peak_rate: 100/s", "peak_rate: 1e400/s", ":4:14: '1e400/s' is absurdly large"),
    ("scenario", "peak_rate: 100/s", "peak_rate: 1e30/s", ":4:14: '1e30/s' is absurdly large"),
    ("scenario", "peak_rate: 100/s", "peak_rate: 100 KB", "'KB' is not a unit of rate"),
    ("scenario", "peak_rate: 100/s", "peak_rate: off", ":4:14: 'off' is not a rate; write for example"),
    ("scenario", "peak_rate: 100/s", "peak_rate: 8:00", ":4:14: '8:00' is a time of day, not a"),
    ("scenario", "peak_rate: 100/s", "peak_rate: 1,000/s", "has a separator within the number; write 1000/s"),
    ("scenario", "peak_rate: 100/s", "peak_rate: 1_000/s", "has a separator within the number; write 1000/s"),
    ("scenario", "peak_rate: 100/s", "peak_rate: [100/s]", ":4:14: must be one number"),
    ("scenario", "peak_rate: 100/s", "peak_rate:", ":4:3: 'peak_rate' has no value"),
    (
        "scenario",
        "peak_rate: 100/s",
        "peak_rte: 100/s",
        ":4:3: 'peak_rte' is not a key of the traffic. Did you mean 'peak_rate'?",
    ),
    (
        "scenario",
        "peak_rate: 100/s",
        "peak_rate: 100/s\n  peak_rate: 200/s",
        ":5:3: 'peak_rate' is given twice (first on line 4)",
    ),
    ("scenario", "peak_rate: 100/s", "peak_rate: 100/s\n  peak_hours: 4", "peak_hours and off_peak_share go together"),
    ("scenario", "peak_rate: 100/s", "monthly_records: 5\n  peak_rate: 1/s", "give one of them"),
    (
        "scenario",
        "peak_rate: 100/s",
        "off_peak_share: 20%\n  peak_hours: 25\n  peak_rate: 1/s",
        ":5:15: '25' is over the largest",
    ),
    (
        "scenario",
        "peak_rate: 100/s",
        "off_peak_share: 120%\n  peak_hours: 4\n  peak_rate: 1/s",
        ":4:19: '120%' is over the largest",
    ),
    ("scenario", "peak_rate: 100/s", "monthly_records: 1e30", ":4:20: '1e30' is absurdly large"),
    ("scenario", "  peak_rate: 100/s\n", "", ":4:3: the traffic lacks its height"),
    ("scenario", "record_size: 1 KB", "record_size: 1", ":5:16: '1' needs a unit: bytes, KB, MB, GB, TB; write for example 1 KB"),
    ("scenario", "record_size: 1 KB", "record_size: 1 kb", "did you mean 1 KB?"),
    ("scenario", "record_size: 1 KB", "record_size: 1 KiB", "did you mean 1 KB?"),
    ("scenario", "record_size: 1 KB", "record_size: 0 KB", ":5:16: '0 KB' must be above 0 KB"),
    ("scenario", "record_size: 1 KB", "record_size: {1 KB: 90%, 11 KB: 20%}", ":5:16: the shares add up to 110%, not 100%"),
    ("scenario", "record_size: 1 KB", "record_size: {}", ":5:16: must "),
    ("scenario", "record_size: 1 KB", "record_size: []", ":5:16: must be one number"),
    (
        "scenario",
        "record_size: 1 KB",
        "record_size: {sample: none.jsonl}",
        ":5:25: there is no file 'none.jsonl' beside the scenario",
    ),
    ("scenario", "month: 720 h", "month: 8:00", ":6:8: '8:00' is a time of day, not a"),
    ("scenario", "month: 720 h", "month: 900 h", ":6:8: '900 h' is over the largest allowed"),
    ("scenario", "month: 720 h", "month: 0 h", ":6:8: '0 h' is below the smallest allowed"),
    ("scenario", "month: 720 h", "rates: aws/us-east-1/2018-07", ":6:8: there is no rate card"),
    ("scenario", "month: 720 h", "settings: {nowhere.size: 1}", ":6:12: no pattern has a component 'nowhere'"),
    (
        "scenario",
        "month: 720 h",
        "settings: {ingest.bufer_size: 5 MB}",
        "'bufer_size' is not a setting of firehose. Did you mean 'buffer_size'?",
    ),
    ("scenario", "month: 720 h", "settings: {ingest.buffer_size: 5 s}", ":6:32: 's' is not a unit of size"),
    ("scenario", "month: 720 h", "settings: {gateway: 1}", ":6:12: 'gateway' is not component.setting"),
    ("scenario", "month: 720 h", "<<: {month: 720 h}", ":6:1: '<<' merges are not allowed; use 'extends:'"),
    ("scenario", "month: 720 h", "---\ntitle: Second", ":6:1: a second document starts here"),
    ("scenario", "month: 720 h", "month: !!int 720", ":6:8: the tag 'tag:yaml.org,2002:int' is not allowed"),
    ("scenario", "month: 720 h", "month: !!python/object/apply:os.system [echo]", ":6:8: the tag "),
    ("scenario", "month: 720 h", "month: &m 720 h\nrates: *m", ":6:8: an alias (*name) repeats this value"),
    ("scenario", "month: 720 h", "month: *m", ":6:8: "),
    ("scenario", "month: 720 h", "month: 'a\0b'", "holds a character that YAML does not allow (#x0000)"),
    ("scenario", "month: 720 h", 'rates: "a\\0.yaml"', ":6:8: "),
    ("scenario", "month: 720 h", 'extends: "a\\0.yaml"', ":6:10: "),
    ("scenario", "month: 720 h", "? [a, b]\n: 1", ":6:3: a key must be a word"),
    ("scenario", "month: 720 h", "month: [720 h", "is not YAML"),
    ("scenario", "month: 720 h", "note: a: b", ":6:8: a ': ' stands where no key can be"),
    ("scenario", "month: 720 h", "extends: nothing", ":6:10: there is no scenario 'nothing'"),
    ("scenario", "month: 720 h", "extends: scenario.yaml", ":6:10: 'extends: scenario.yaml' goes round in a circle"),
    ("scenario", "month: 720 h", "extends: [small]", ":6:10: 'extends' names one scenario"),
    ("scenario", "title: Mine", "title: [Mine]", ":2:8: must be a text"),
    ("scenario", "version: 1\n", "", ":1:1: a scenario lacks 'version'"),
    ("scenario", "version: 1", "version: 2", ":1:10: '2' is not one of 1"),
    ("scenario", "version: 1", "version: 1.0", ":1:10: '1.0' is not one of 1"),
    ("scenario", "  record_size", "\trecord_size", ":5:1: a tab is used for indentation; use spaces"),
    ("pattern", "buffer_size", "bufer_size", ":7:5: 'bufer_size' is not a setting of firehose. Did you mean 'buffer_size'?"),
    ("pattern", "service: firehose", "service: firehos", ":5:14: there is no service 'firehos'. Did you mean 'firehose'?"),
    ("pattern", "    service: firehose\n", "", ":5:5: the component lacks 'service'"),
    ("pattern", "input: source", "input: sourc", ":6:12: there is no component 'sourc'. Did you mean 'source'?"),
    ("pattern", "input: source", "input: ingest", ":6:12: 'ingest' is its own input"),
    ("pattern", "input: source", "input: []", ":6:12: must be a list of at least one"),
    ("pattern", "input: source", "input: {share: 5%}", ":6:12: an input lacks 'from'"),
    ("pattern", "input: source", "input: {from: source, share: 120%}", ":6:34: '120%' is over the largest allowed"),
    (
        "pattern",
        "input: source",
        "input: {from: source, shar: 5%}",
        ":6:27: 'shar' is not a key of an input. Did you mean 'share'?",
    ),
    ("pattern", "buffer_size: 5 MB", "buffer_size: 5", ":7:18: '5' needs a unit"),
    ("pattern", "buffer_size: 5 MB", "buffer_size: 500 MB", ":7:18: '500 MB' is over the largest allowed, 128 MB"),
    ("pattern", "buffer_size: 5 MB", "buffer_size: 1 KB", ":7:18: '1 KB' is below the smallest allowed, 1 MB"),
    ("pattern", "buffer_size: 5 MB", "meter: monthly", ":7:12: 'monthly' is not one of period, month"),
    ("pattern", "  ingest:", "  traffic:", ":4:3: 'traffic' is a reserved name"),
    ("pattern", "  ingest:", "  In gest:", ":4:3: 'In gest' is not a name"),
    ("pattern", "components:", "scenarios: smal\ncomponents:", ":3:12: must be a list of at least one"),
    ("rates", 'usd: "0.029"', 'usd: "-0.029"', ":12:15: '-0.029' is negative"),
    ("rates", 'usd: "0.029"', "usd: free", ":12:15: 'free' is not a price"),
    ("rates", 'usd: "0.029"', 'usd: "1e10"', ":12:15: '1e10' is absurdly large"),
    ("rates", ", up_to: 500 TB", "", ":12:9: tier 1 has no up_to, so it overlaps the tiers after it"),
    ("rates", '{usd: "0.025"}', '{usd: "0.025", up_to: 600 TB}', ":13:31: the last tier ends, which leaves a gap above it"),
    ("rates", '{usd: "0.025"}', '{usd: "0.02", up_to: 400 TB}\n      - {usd: "0.01"}', ":13:30: tier 2 ends at or below"),
    ("rates", "up_to: 500 TB", "up_to: 500 requests", ":12:31: "),
    ("rates", "up_to: 500 TB", "up_to: -500 TB", ":12:31: "),
    ("rates", "per: GB", "per: RCU-hour", ":10:10: 'RCU-hour' does not measure this; it is priced per GB"),
    ("rates", "per: GB", "per: 0 GB", ":10:10: "),
    ("rates", "per: GB", "per: -1 GB", ":10:10: "),
    ("rates", "per: GB", "per: many GB", ":10:10: "),
    ("rates", "per: GB", "per: 1e400 GB", ":10:10: "),
    ("rates", "per: GB", "per: [GB]", ":10:10: "),
    ("rates", "    per: GB\n", "", ": a price lacks 'per'"),
    ("rates", "  source: https://example.com\n", "", "the price firehose.ingested has no source"),
    ("rates", "as_of: 2018-06-01", "as_of: 2018-06-31", ":4:8: '2018-06-31' is not a day of the calendar"),
    ("rates", "as_of: 2018-06-01", "as_of: June 2018", ":4:8: 'June 2018' is not a date"),
    ("rates", "currency: USD", "currency: EUR", ":5:11: 'EUR' is not one of USD"),
    ("rates", "region: us-east-1", "region: Virginia", ":3:9: 'Virginia' is not a region, such as us-east-1"),
    ("rates", "firehose:", "firehos:", ":6:1: 'firehos' is neither a key of a rate card nor a service. Did you mean 'firehose'?"),
    ("rates", "  ingested:", "  ingest:", "'ingest' is not a key of the firehose prices. Did you mean 'ingested'?"),
    ("rates", "record_increment: 5 KB", "record_increment: 0 KB", ":8:21: '0 KB' must be above 0"),
]


@pytest.mark.parametrize(("kind", "old", "new", "message"), REPLACED, ids=[f"{r[0]}: {r[2]!r}" for r in REPLACED])
def test_a_mistake(run, tmp_path, kind, old, new, message):
    assert TEXTS[kind].count(old) == 1
    refused(run, tmp_path, kind, TEXTS[kind].replace(old, new), message)


@pytest.mark.parametrize("kind", TEXTS)
def test_without_the_mistakes_all_is_well(run, tmp_path, kind):
    (tmp_path / "good.yaml").write_text(TEXTS[kind])
    result = run("validate", "good.yaml")
    assert (result.exit_code, result.stderr) == (0, "")


BOMB = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}, *{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", ".yaml: is empty"),
        ("# nothing\n", ".yaml: is empty"),
        ("- a\n- b\n", ".yaml:1:1: must be a mapping"),
        ("just words", ".yaml:1:1: must be a mapping"),
        ("title: é".encode("latin-1"), ".yaml:1:8: is not UTF-8 text; save the file as UTF-8"),
        (b"\xff\xfet\x00i\x00", ".yaml:1:1: is not UTF-8 text"),
        (b"version: 1\ntitle: a\x00b\n", "holds a character that YAML does not allow (#x0000)"),
        (BOMB, ": an alias (*name) repeats this value; write it out where it is used"),
        ("a: &a [*a]\n", ": an alias (*name) repeats this value"),
        (b"# " + b"x" * 5 * 1024 * 1024, ".yaml: is over 5 MB"),
        ("a: " + "[" * 60 + "]" * 60, "is nested more than 50 deep"),
    ],
    ids=["empty", "comment", "list", "words", "latin-1", "utf-16", "nul", "bomb", "alias of itself", "over 5 MB", "deep"],
)
def test_a_file_that_is_none(run, tmp_path, kind, content, message):
    refused(run, tmp_path, kind, content, message)


def test_a_directory(run, tmp_path):
    (tmp_path / "folder.yaml").mkdir()
    for arguments in (
        ("validate", "folder.yaml"),
        ("estimate", "-p", "folder.yaml"),
        ("estimate", "-p", "itl", "-s", "folder.yaml"),
    ):
        result = run(*arguments)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "folder.yaml: is a directory" in result.stderr


def test_a_byte_order_mark_is_no_mistake(run, tmp_path):
    (tmp_path / "mine.yaml").write_bytes(b"\xef\xbb\xbf" + SCENARIO.encode())
    assert run("validate", "mine.yaml").exit_code == 0


def test_all_mistakes_of_a_file_at_once(run, tmp_path):
    text = SCENARIO.replace("version: 1", "version: 3").replace("title", "titel").replace("1 KB", "1")
    refused(
        run,
        tmp_path,
        "scenario",
        text.replace("100/s", "-5/s").replace("720 h", "8:00"),
        "scenario.yaml:1:1: a scenario lacks 'title'",
        "scenario.yaml:1:10: '3' is not one of 1",
        "scenario.yaml:2:1: 'titel' is not a key of a scenario. Did you mean 'title'?",
        "scenario.yaml:4:14: '-5/s' is negative",
        "scenario.yaml:5:16: '1' needs a unit",
        "scenario.yaml:6:8: '8:00' is a time of day",
    )


def test_mistakes_come_in_the_order_of_the_file(run, tmp_path):
    """Unknown keys, wrong values and missing keys are found at different times."""
    text = SCENARIO.replace("720 h", "1 KB").replace("record_size: 1", "size: 1").replace("version: 1", "version: 3")
    (tmp_path / "s.yaml").write_text(text.replace("title: Mine", "rates: [1]"))
    lines = [int(line.split(":")[1]) for line in run("validate", "s.yaml").stderr.splitlines()]
    assert lines == sorted(lines)
    assert {1, 2, 4, 5, 6} <= set(lines)


def test_mistakes_of_several_files_at_once(run, tmp_path):
    (tmp_path / "a.yaml").write_text(SCENARIO.replace("KB", "s"))
    (tmp_path / "b.yaml").write_text(PATTERN.replace("MB", "s"))
    (tmp_path / "c.yaml").write_text(CARD)
    result = run("validate", "a.yaml", "b.yaml", "c.yaml")
    assert (result.exit_code, result.stdout) == (2, "c.yaml: a valid rate card\n")
    assert [line.partition(":")[0] for line in result.stderr.splitlines()] == ["a.yaml", "b.yaml"]


def test_a_circle_of_components(run, tmp_path):
    text = PATTERN.replace("source", "second") + "  second: {service: lambda, input: third, duration: 1 s}\n"
    text += "  third: {service: lambda, input: [source, ingest], duration: 1 s}\n"
    refused(
        run, tmp_path, "pattern", text, "pattern.yaml:4:3: the inputs go round in a circle: ingest <- second <- third <- ingest"
    )


def test_a_circle_of_extensions(run, tmp_path):
    (tmp_path / "a.yaml").write_text("version: 1\nextends: b.yaml\n")
    (tmp_path / "b.yaml").write_text("version: 1\nextends: a.yaml\n")
    result = run("estimate", "-p", "itl", "-s", "a.yaml")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "b.yaml:2:10: 'extends: a.yaml' goes round in a circle" in result.stderr


def test_an_expression_of_a_thousand_terms_and_more(run, tmp_path):
    expression = "1" + " + 1" * 20_000
    row = f"sections: [{{name: S, rows: [{{id: a, label: A, is: '{expression}'}}]}}]"
    (tmp_path / "table.yaml").write_text(f"version: 1\nid: t\ntitle: T\n{row}\n")
    assert run("validate", "table.yaml").exit_code in (0, 2)


def test_exactly_one_duration(run, tmp_path):
    text = PATTERN.replace("firehose", "lambda").replace("    buffer_size: 5 MB\n", "")
    refused(run, tmp_path, "pattern", text, "needs one of duration, billed_duration")
    both = text + "    duration: 1 s\n    billed_duration: 1 s\n"
    refused(run, tmp_path, "pattern", both, "pattern.yaml:8:5: ", "duration and billed_duration; give one of them")


def test_a_missing_price(run, tmp_path):
    (tmp_path / "card.yaml").write_text(CARD)
    result = run("estimate", "-p", "itl", "-s", "small", "--rates", "card.yaml", "-o", "out.txt")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "the rate card card" in result.stderr
    assert "'devices' is Amazon DynamoDB, of which the rate card card has no prices; extend one that has them" in result.stderr
    assert not (tmp_path / "out.txt").exists()
    (tmp_path / "card.yaml").write_text(CARD.replace("  record_increment: 5 KB\n", ""))
    (tmp_path / "p.yaml").write_text(PATTERN)
    result = run("estimate", "-p", "p.yaml", "-s", "small", "--rates", "card.yaml")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "does not say 'firehose.record_increment'" in result.stderr


DEEP = {"brackets": "a: " + "[" * 100_000, "dashes": "- " * 100_000 + "a", "braces": "{a: " * 100_000, "keys": "? " * 100_000}
DEEP |= {
    "bracket lines": "a:\n" + " [\n" * 100_000,
    "fewer": "a:\n" + " [\n" * 3900 + " ]\n" * 3900,
    "mixed": "a: " + "[{b: " * 9_000,
}
DEEP |= {"lines": "\n".join(" " * n + "a:" for n in range(1900)), "values": "a:\n  " + "- " * 990 + "b\n"}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_deep_nesting_does_not_end_the_process(tmp_path, text):
    (tmp_path / "deep.yaml").write_text(text)
    command = [sys.executable, "-m", "costmodel", "estimate", "-p", "itl", "-s", "deep.yaml"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (result.returncode, result.stdout) == (2, "")
    assert "nested more than 50 deep" in result.stderr
    assert "Traceback" not in result.stderr
