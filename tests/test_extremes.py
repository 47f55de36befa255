"""Values at the edge of what a float holds, and anything that can be typed: never more than a clear message."""

import os
import resource
import subprocess
import sys
import tempfile

import pytest
from hypothesis import given, settings, strategies as st

import costmodel
from costmodel.checking import check
from costmodel.library import Library

MEMORY = 2 * 1024**3  # what would fill more is stopped
TINY = {
    "month": "month=1e-320 h",
    "peak hours": "traffic.peak_hours=1e-322",
    "record": "traffic.record_size=1e-310 KB",
    "rate": "traffic.peak_rate=1e-320/s",
    "increment": "rates.firehose.record_increment=1e-320 KB",
    "read unit": "rates.dynamodb.read_unit=1e-320 KB",
    "batch": "enrich.batch=1e-310 KB",
    "price": "rates.firehose.ingested.1.usd=1e-320",
    "duration": "enrich.billed_duration=1e-320 ms",
    "block": "rates.s3.put_requests.per=0 requests",
    "negative block": "rates.s3.put_requests.per=-1000 requests",
    "tiny block": "rates.s3.put_requests.per=1e-320 requests",
    "up to": "rates.firehose.ingested.1.up_to=1e-320 GB",
}
LARGE = {
    "rate": "traffic.peak_rate=1e15/s",
    "record": "traffic.record_size=1048576 TB",
    "input": "source_backup.input.size=100000%",
    "price": "rates.firehose.ingested.1.usd=1000000000",
    "months": "source_backup.months_stored=1e18",
    "capacity": "devices.read_capacity=1e18",
    "block": "rates.s3.put_requests.per=1e308 requests",
    "record of 300 zeros": "traffic.record_size=1" + "0" * 300 + " KB",
}
CHANGES = [pytest.param(change, id=f"tiny {name}") for name, change in TINY.items()]
CHANGES += [pytest.param(change, id=f"large {name}") for name, change in LARGE.items()]


def limited():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


@pytest.mark.parametrize(
    "arguments", [("estimate", "--format", "json"), ("estimate",), ("explain",)], ids=["json", "table", "explain"]
)
@pytest.mark.parametrize("change", CHANGES)
def test_an_extreme_value_is_refused_or_estimated(tmp_path, change, arguments):
    command = [sys.executable, "-m", "costmodel", *arguments, "-p", "itl", "-s", "large", "--set", change]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False, preexec_fn=limited)
    assert result.returncode in (0, 2), result.stderr
    assert "which is a bug" not in result.stderr
    if result.returncode == 0:
        words = result.stdout.lower().replace(",", " ").split()
        assert not {"nan", "inf", "infinity", "$nan", "$inf"} & set(words)
    else:
        assert result.stderr.strip()


def test_a_monthly_amount_in_a_tiny_peak(tmp_path):
    """All records of the month in less time than a float can hold."""
    traffic = "monthly_records: 1e6, peak_hours: %s, off_peak_share: 0%%, record_size: 1 KB"
    text = f"version: 1\ntitle: T\nmonth: 720 h\ntraffic: {{{traffic}}}\n"
    for hours in ("1e-300", "1e-322"):
        path = tmp_path / "s.yaml"
        path.write_text(text % hours)
        try:
            bill = costmodel.estimate("itl", str(path))
        except costmodel.InputError:
            continue
        assert bill.records == pytest.approx(1e6)
        assert bill.total < 1e6


@pytest.mark.parametrize("text", ["\udcff", "\x1b[31m"])
@pytest.mark.parametrize(
    "arguments",
    [
        ("estimate", "-p", "itl", "-s", "large", "--set", "ingest.buffer_size={}"),
        ("estimate", "-p", "itl", "-s", "large", "--set", "ingest.{}=5 MB"),
        ("estimate", "-p", "{}", "-s", "large"),
        ("estimate", "-p", "{}.yaml", "-s", "large"),
        ("estimate", "-p", "itl", "-s", "{}.yaml"),
        ("estimate", "-p", "itl", "-s", "large", "--rates", "{}.yaml"),
        ("estimate", "-p", "itl", "-s", "large", "--library", "{}"),
        ("estimate", "-p", "itl", "-s", "large", "-o", "no/{}"),
        ("explain", "-p", "itl", "-s", "large", "{}"),
        ("show", "{}"),
        ("show", "{}.yaml"),
        ("validate", "{}.yaml"),
        ("new", "pattern", "{}"),
    ],
)
def test_arguments_that_are_no_text(run, arguments, text):
    result = run(*(argument.replace("{}", text) for argument in arguments))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.strip()


KEYS = [
    "version",
    "title",
    "extends",
    "traffic",
    "month",
    "settings",
    "rates",
    "components",
    "scenarios",
    "not_priced",
    "provider",
]
KEYS += ["region", "as_of", "currency", "firehose", "lambda", "service", "input", "from", "share", "size", "meter", "peak_rate"]
KEYS += [
    "record_size",
    "peak_hours",
    "off_peak_share",
    "profile",
    "periods",
    "csv",
    "sample",
    "name",
    "rate",
    "hours",
    "per",
    "usd",
]
KEYS += [
    "tiers",
    "up_to",
    "free",
    "always",
    "ingested",
    "batch",
    "duration",
    "buffer_size",
    "ingest",
    "errata",
    "sections",
    "rows",
    "is",
]
SCALARS = [
    "1",
    "2",
    "0",
    "-1",
    "1e6",
    "1e400",
    "nan",
    ".inf",
    "5 KB",
    "1e-320 KB",
    "300 s",
    "1000/s",
    "20%",
    "off",
    "8:00",
    "true",
    "~",
]
SCALARS += [
    "",
    "source",
    "firehose",
    "lambda",
    "s3",
    "small",
    "itl",
    "ingest",
    "USD",
    "aws",
    "us-east-1",
    "2018-06-01",
    "GB",
    "'a'",
    "é",
]
SCALARS += ["many requests", "10 requests", "*a", "&a 1", "!!int 5", "month", "x.yaml", '"\\0"', "[", "{", "a: b", "\t", "- 1"]
LEAVES = st.sampled_from(SCALARS) | st.text("0123456789.eE+-/% KMGTBshdaynif[]{}:,&*!|>'\"\\\n\t", max_size=12)
FLOWS = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4).map(lambda items: "[" + ", ".join(items) + "]")
        | st.lists(st.tuples(st.sampled_from(KEYS), inner), max_size=5).map(
            lambda pairs: "{" + ", ".join(f"{key}: {value}" for key, value in pairs) + "}"
        )
    ),
    max_leaves=12,
)
FILES = st.lists(st.tuples(st.sampled_from(KEYS), FLOWS), max_size=7).map(
    lambda pairs: "".join(f"{key}: {value}\n" for key, value in pairs)
)
HEADS = {
    "scenarios": "version: 1\ntitle: T\n",
    "patterns": "version: 1\ntitle: T\n",
    "pricing": "version: 1\nprovider: aws\nregion: us-east-1\nas_of: 2018-06-01\ncurrency: USD\n",
}
BEGINNINGS = {
    "scenarios": [
        "traffic: ",
        "traffic: {record_size: 1 KB, peak_rate: ",
        "traffic: {peak_rate: 1/s, record_size: ",
        "settings: ",
    ],
    "patterns": [
        "components: ",
        "components: {a: ",
        "components: {a: {service: firehose, input: ",
        "components: {a: {service: lambda, batch: ",
    ],
    "pricing": [
        "firehose: ",
        "firehose: {source: x, ingested: ",
        "firehose: {source: x, record_increment: 1 KB, ingested: {usd: 1, per: ",
    ],
}


@st.composite
def nearly_right(draw, kind):
    beginning = draw(st.sampled_from(BEGINNINGS[kind]))
    return HEADS[kind] + beginning + draw(FLOWS) + "}" * beginning.count("{") + "\n" + draw(FILES)


def refusal(attempt):
    """What the InputError says that an attempt raises; nothing where it raises none."""
    try:
        attempt()
    except costmodel.InputError as error:
        return [problem.message for problem in error.problems]
    return ["well done"]


def survives(kind, text):
    """Both check and estimate raise nothing but InputError, and it has messages."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "fuzz.yaml")
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        files = {"patterns": "itl", "scenarios": "small", "pricing": "aws/us-east-1/2018-06", kind: path}
        said = [
            refusal(lambda: check(path, Library(environment=False))),
            refusal(lambda: costmodel.estimate(files["patterns"], files["scenarios"], rates=files["pricing"])),
        ]
        assert all(messages and all(messages) for messages in said)


@pytest.mark.parametrize("kind", HEADS)
@settings(max_examples=60)
@given(text=st.text(max_size=200))
def test_any_text_is_refused_politely(kind, text):
    survives(kind, text.encode("utf-8", "replace").decode())


@pytest.mark.parametrize("kind", HEADS)
@settings(max_examples=150)
@given(data=st.data())
def test_any_small_yaml_is_read_or_refused_politely(kind, data):
    survives(kind, data.draw(FILES | nearly_right(kind)))
