"""What a user changes about an estimate: --set, --rates, own libraries, and where the result is written."""

import json
import os
import stat
import subprocess
import sys

import pytest

CARD = "version: 1\nextends: aws/us-east-1/2018-06\n"
ITL_LARGE = ("estimate", "-p", "itl", "-s", "large")
RECORDS = 30 * 3600 * (4 * 5000 + 20 * 1000)  # itl and large: 5,000/s for 4 h and 1,000/s for 20 h of 30 days
GB = RECORDS * 5 * 1024 / 1024**3  # of Firehose, at 5 KB a record


def estimated(run, *arguments, **environment):
    result = run(*arguments, "--format", "json", **environment)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def cost(bill, component, price):
    return sum(line["cost"] for line in bill["lines"] if (line["component"], line["rate"].split(".")[1]) == (component, price))


def written(folder, name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("change", "component", "price", "expected"),
    [
        ("devices.read_capacity=100", "devices", "read_capacity", 100 * 720 * 0.00013),
        ("devices.read_capacity={peak: 100, off_peak: 10}", "devices", "read_capacity", (100 * 4 + 10 * 20) * 30 * 0.00013),
        ("enrich.memory=3 GB", "enrich", "duration", RECORDS / 1446.875 * 0.27625 * 3 * 0.00001667),
        ("source_backup.input.size=100%", "source_backup", "storage", GB / 5 * 0.25 * 0.023),
        ("traffic.peak_rate=2500/s", "ingest", "ingested", GB / 2 * 0.029),
        ("traffic.record_size=6 KB", "ingest", "ingested", 2 * GB * 0.029),
        ("traffic.record_size={1 KB: 90%, 11 KB: 10%}", "ingest", "ingested", GB * (0.9 + 3 * 0.1) * 0.029),
        ("month=28 days", "ingest", "ingested", GB * 28 / 30 * 0.029),
        ("month=null", "devices", "read_capacity", 50 * 730 * 0.00013),  # null: the default month
        ("rates.firehose.ingested.1.usd=0.03", "ingest", "ingested", GB * 0.03),
        ("rates.firehose.ingested.1.up_to=10000 GB", "ingest", "ingested", 10000 * 0.029 + (GB - 10000) * 0.025),
        ("rates.s3.put_requests.usd=0.01", "transformed", "put_requests", GB / 5 * 1024 / 100 * 0.01 / 1000),
        ("rates.s3.put_requests.1.usd=0.01", "transformed", "put_requests", GB / 5 * 1024 / 100 * 0.01 / 1000),
        ("rates.firehose.record_increment=25 KB", "ingest", "ingested", 5 * GB * 0.029),
    ],
)
def test_one_change(run, change, component, price, expected):
    bill = estimated(run, *ITL_LARGE, "--set", change)
    assert cost(bill, component, price) == pytest.approx(expected, rel=1e-9)
    assert (bill["basis"], bill["printed_total"]) == ("corrected", None)


@pytest.mark.parametrize(("free", "requests"), [("2000000 requests", 2e6), ("null", 0)])
def test_a_free_allowance_is_a_path_too(run, free, requests):
    """Without it, nothing is left of the price's free allowances."""
    bill = estimated(run, *ITL_LARGE, "--free-tier", "always", "--set", f"rates.lambda.requests.free.always={free}")
    assert cost(bill, "enrich", "requests") == pytest.approx((RECORDS / 1446.875 - requests) * 0.2e-6)


def test_a_change_is_stronger_than_the_scenario(run):
    """gateway.connected is what the scenario large decides."""
    changes = ("--set", "gateway.connected=100%", "--set", "gateway.devices=1000000")
    bill = estimated(run, "estimate", "-p", "sensor", "-s", "large", *changes)
    assert cost(bill, "gateway", "connectivity") == pytest.approx(1e6 * 720 * 60 * 0.08e-6)


WRONG_PATHS = {
    "ingest.bufer_size=64 MB": "'bufer_size' is not a setting of firehose. Did you mean 'buffer_size'?",
    "ingst.buffer_size=64 MB": "there is no 'ingst.buffer_size' to set. Did you mean 'ingest'?",
    "traffic.peak_rte=5/s": "Did you mean 'peak_rate'?",
    "ingest=5": "there is no 'ingest' to set. A path is component.setting",
    "month.hours=5": "there is no 'month.hours' to set",
    "rates.firehos.ingested.1.usd=1": "there is no 'rates.firehos'. Did you mean 'firehose'?",
    "rates.firehose.ingestd.1.usd=1": "there is no 'rates.firehose.ingestd'. Did you mean 'ingested'?",
    "rates.firehose.ingested.9.usd=1": "its items are 1 to 3",
    "rates.opensearch.instances.usd=1": "Write 'rates.opensearch.instances.KIND', of m4-large.",
    "rates.opensearch.instances.m4.large.usd=1": "Write 'rates.opensearch.instances.KIND', of m4-large.",
    "rates.s3.put_requests.2.usd=1": "there is no 'rates.s3.put_requests.2'",  # it has no tiers, so no second one
    "source_backup.input.sise=1%": "Did you mean 'size'?",
    "devices.read_capacity.peak=5": "'devices.read_capacity' has no 'peak'",
    "=5": "write PATH=VALUE",
    "ingest.buffer_size": "write PATH=VALUE",
}


@pytest.mark.parametrize("change", WRONG_PATHS)
def test_a_wrong_path(run, change):
    result = run(*ITL_LARGE, "--set", change)
    assert (result.exit_code, result.stdout) == (2, "")
    assert WRONG_PATHS[change] in result.stderr
    assert f"--set {change}" in result.stderr


def test_all_wrong_paths_at_once(run):
    wrong = [change for change in WRONG_PATHS if change.partition("=")[0] and "=" in change and not change.startswith("rates.")]
    arguments = [argument for change in wrong for argument in ("--set", change)]
    result = run(*ITL_LARGE, *arguments)
    assert result.exit_code == 2
    assert [change for change in wrong if f"--set {change}: " not in result.stderr] == []


@pytest.mark.parametrize(
    "value", ["-5 MB", "nan", "inf", ".inf", "1e999 MB", "5", "5 s", "500 MB", "abc", "[1 MB]", "{a: [", "off"]
)
def test_a_wrong_value(run, value):
    result = run(*ITL_LARGE, "--set", f"ingest.buffer_size={value}")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"--set ingest.buffer_size={value}: ")


def test_a_path_twice(run):
    result = run(*ITL_LARGE, "--set", "month=700 h", "--set", "month=710 h")
    assert result.exit_code == 2
    assert "--set month is given twice" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-p", "itll", "-s", "large"), "there is no pattern 'itll'. Did you mean 'itl'?"),
        (("-p", "itl", "-s", "larg"), "there is no scenario 'larg'. Did you mean 'large'?"),
        (
            ("-p", "itl", "--rates", "aws/us-east-1/2018-07"),
            "rate card 'aws/us-east-1/2018-07'. Did you mean 'aws/us-east-1/2018-06'?",
        ),
        (("-p", "itl", "-s", "none.yaml"), "none.yaml: there is no such file"),
        (("-p", "itl", "--library", "nowhere"), "the library folder nowhere does not exist"),
        (("-p", "itl", "--region", "a", "--region", "b"), "--region is given twice"),
        (("-p", "itl", "-o", "a", "--output", "b"), "--output is given twice"),
    ],
)
def test_an_unknown_name(run, arguments, message):
    result = run("estimate", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


@pytest.fixture
def library(tmp_path):
    """A folder with a pattern, a scenario and a card of its own."""
    folder = tmp_path / "own"
    component = "components: {in: {service: firehose, input: source}}"
    written(folder, "patterns/mine.yaml", f"version: 1\ntitle: Mine\n{component}\n")
    written(folder, "scenarios/slow.yaml", "version: 1\ntitle: Slow\ntraffic: {monthly_volume: 1 GB, record_size: 1 KB}\n")
    written(
        folder,
        "pricing/aws/eu-west-1/2018-06.yaml",
        f"{CARD}region: eu-west-1\nfirehose: {{ingested: {{per: GB, usd: 1}}}}\n",
    )
    return str(folder)


def test_a_library_of_ones_own(run, library):
    """A GB in records of 1 KB is 5 GB at 5 KB each, at $0.029 or $1."""
    arguments = ("estimate", "-p", "mine", "-s", "slow")
    assert estimated(run, *arguments, "--library", library)["total"] == pytest.approx(5 * 0.029)
    bill = estimated(run, *arguments, "--rates", "aws/eu-west-1/2018-06", COSTMODEL_LIBRARY=library)
    assert (bill["total"], bill["rate_card"]) == (pytest.approx(5), "aws/eu-west-1/2018-06")
    assert "mine" in run("list", "patterns", "--library", library).stdout
    assert run(*arguments).exit_code == 2


def test_the_first_of_several_libraries_wins(run, library, tmp_path):
    card = f"{CARD}firehose: {{ingested: {{per: GB, usd: 2}}}}\n"
    written(tmp_path / "second", "pricing/mine.yaml", card)
    written(tmp_path / "third", "pricing/mine.yaml", card.replace("usd: 2", "usd: 3"))
    arguments = ("estimate", "-p", "mine", "-s", "slow", "--rates", "mine", "--library", tmp_path / "second")
    assert estimated(run, *arguments, "--library", library, "--library", tmp_path / "third")["total"] == pytest.approx(10)
    both = os.pathsep.join([library, str(tmp_path / "third")])
    assert estimated(run, *arguments, COSTMODEL_LIBRARY=both)["total"] == pytest.approx(10)


def test_the_newest_card_of_a_region_is_used(run, tmp_path):
    new = "as_of: 2018-07-01\nfirehose: {ingested: {per: GB, usd: 2}}\n"
    written(tmp_path, "pricing/aws/us-east-1/2040-01.yaml", CARD + new)
    written(tmp_path, "pricing/aws/us-east-1/negotiated.yaml", CARD + new)  # no date: only by its name
    bill = estimated(run, *ITL_LARGE, "--region", "us-east-1", "--library", tmp_path)
    assert (bill["rate_card"], bill["basis"]) == ("aws/us-east-1/2040-01", "corrected")
    assert cost(bill, "ingest", "ingested") == pytest.approx(GB * 2)


def test_a_card_goes_before_a_region_and_a_region_before_the_scenarios(run, tmp_path):
    written(tmp_path, "pricing/aws/us-west-2/2040-07.yaml", CARD + "region: us-west-2\nas_of: 2018-07-01\n")
    library = ("--library", tmp_path)
    assert estimated(run, *ITL_LARGE, *library)["rate_card"] == "aws/us-east-1/2018-06"
    assert estimated(run, *ITL_LARGE, *library, "--region", "us-west-2")["rate_card"] == "aws/us-west-2/2040-07"
    both = ("--rates", "aws/us-east-1/2018-06", "--region", "us-east-1")
    assert estimated(run, *ITL_LARGE, *library, *both)["rate_card"] == "aws/us-east-1/2018-06"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--region", "us-east1"), "there is no rate card for the region 'us-east1'. Did you mean 'us-east-1'?"),
        (("--region", "EU-WEST-1"), "there is no rate card for the region 'EU-WEST-1'. Did you mean 'eu-west-1'?"),
        (("--region", ""), "there is no rate card for the region ''."),
        (("--rates", ""), "there is no rate card ''."),
        (
            ("--rates", "aws/us-east-1/2018-06", "--region", "eu-west-1"),
            "the rate card aws/us-east-1/2018-06 is of us-east-1, not of the region eu-west-1; leave one of the two out",
        ),
    ],
)
def test_a_card_or_a_region_that_is_none(run, arguments, message):
    result = run(*ITL_LARGE, *arguments)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"{message}\n")


@pytest.mark.parametrize(
    ("folder", "hint"),
    [
        ("empty", ""),
        ("pricing", "; give the folder that it is in, {here}"),
        ("cards", "; rate cards of a library are in its pricing, as cards/pricing/aws"),
    ],
)
def test_a_library_folder_with_nothing_of_a_library(run, tmp_path, folder, hint):
    for name in ("empty", "pricing/aws", "cards/aws"):
        (tmp_path / name).mkdir(parents=True)
    result = run(*ITL_LARGE, "--library", folder)
    nothing = f"the library folder {folder} has none of the folders pricing, patterns, scenarios, quotas, reports"
    assert (result.exit_code, result.stderr) == (2, f"{nothing}{hint.format(here=tmp_path)}\n")


@pytest.mark.parametrize("said", ["abc", "1e30", "-1", "1767225600.5", "9" * 30])
def test_a_time_of_today_that_is_none(run, said):
    result = run(*ITL_LARGE, "--region", "eu-west-1", SOURCE_DATE_EPOCH=said)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"SOURCE_DATE_EPOCH is '{said}'; it is the seconds since 1970, a whole number such as ")


@pytest.mark.parametrize(
    ("today", "arguments", "warned"),
    [
        ("1781654400", ("--region", "eu-west-1"), False),  # 2026-06-17, a year to the day
        ("1781827200", ("--region", "eu-west-1"), True),  # 2026-06-19
        ("1781827200", ("--rates", "aws/eu-west-1/2025-06"), False),
        ("1781827200", (), False),  # the scenario names it
    ],
)
def test_prices_over_a_year_old_that_nobody_named_are_warned_of(run, today, arguments, warned):
    result = run(*ITL_LARGE, *arguments, SOURCE_DATE_EPOCH=today)
    assert result.exit_code == 0
    assert ("of eu-west-1 is of 2025-06-17, over a year old" in result.stderr) is warned
    assert "warning" not in result.stdout


def test_a_service_that_a_region_lacks_is_a_mistake_at_the_component(run, tmp_path):
    written(tmp_path, "pricing/mine.yaml", CARD + "not_offered: [iot_core, kms]\n")
    result = run("estimate", "-p", "sensor", "-s", "large", "--rates", "mine", "--library", tmp_path)
    assert result.exit_code == 2
    assert "patterns/sensor.yaml:" in result.stderr
    assert "'gateway' is AWS IoT Core, which is not offered in us-east-1 (rate card mine)" in result.stderr


def test_free_quantities_that_prices_share_are_drawn_from_once(run, tmp_path):
    """20 GB free, shared by storage and a second price; the components draw in the pattern's order."""
    free = "free: {always: [{of: [storage, put_requests], quantity: 20 GB}]}"
    written(tmp_path, "pricing/bad.yaml", CARD + f"s3: {{{free}}}\n")
    wrong = run(*ITL_LARGE, "--rates", "bad", "--free-tier", "always", "--library", tmp_path)
    assert wrong.exit_code == 2
    assert "'20 GB' is not in the unit of the price, requests" in wrong.stderr
    written(tmp_path, "pricing/good.yaml", CARD + f"s3: {{{free.replace('[storage, put_requests]', 'storage')}}}\n")
    bill = estimated(run, *ITL_LARGE, "--rates", "good", "--free-tier", "always", "--library", tmp_path)
    free_of = [line["free_quantity"] for line in bill["lines"] if line["description"] == "Standard storage"]
    assert free_of == [20, 0]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("patterns/itl.yaml", "version: 1\nextends: itl\n"),
        ("scenarios/large.yaml", "version: 1\nextends: large\n"),
        ("pricing/aws/us-east-1/2018-06.yaml", CARD),
    ],
)
def test_what_hides_a_shipped_file_is_not_what_the_paper_prints(run, tmp_path, name, text):
    """Each file says nothing new: the figures are the same, and yet they are not the paper's."""
    written(tmp_path, name, text)
    bill = estimated(run, *ITL_LARGE, "--library", tmp_path)
    shipped = estimated(run, *ITL_LARGE)
    assert bill["total"] == shipped["corrected_total"]
    assert (bill["basis"], bill["printed_total"], shipped["basis"]) == ("corrected", None, "printed")
    assert run(*ITL_LARGE, "--library", tmp_path, "--basis", "printed").exit_code == 2


def test_the_appendix_stands_on_the_shipped_files(run, tmp_path):
    written(tmp_path, "scenarios/large.yaml", "version: 1\nextends: large\ntraffic: {peak_rate: 1/s}\n")
    assert run("appendix", "--check", COSTMODEL_LIBRARY=str(tmp_path)).exit_code == 0


@pytest.mark.parametrize(
    ("kind", "text", "component", "price", "expected"),
    [
        ("pattern", "extends: itl\ncomponents: {devices: {read_capacity: 100}}", "devices", "read_capacity", 100 * 720 * 0.00013),
        ("pattern", "extends: itl\ncomponents: {devices: null}", "devices", "read_capacity", 0),
        (
            "pattern",
            "extends: itl\ncomponents: {devices: {read_capacity: null, write_capacity: 1}}",
            "devices",
            "read_capacity",
            0,
        ),
        ("scenario", "extends: large\ntraffic: {peak_rate: 10000/s}", "ingest", "ingested", 2 * GB * 0.029),
        ("scenario", "extends: large\nmonth: null", "devices", "read_capacity", 50 * 730 * 0.00013),
        ("scenario", "extends: large\nsettings: {devices.read_capacity: 10}", "devices", "read_capacity", 10 * 720 * 0.00013),
        ("rates", "extends: aws/us-east-1/2018-06\nfirehose: {ingested: {per: GB, usd: 1}}", "ingest", "ingested", GB),
        ("rates", "extends: aws/us-east-1/2018-06\nfirehose: {record_increment: 10 KB}", "ingest", "ingested", 2 * GB * 0.029),
    ],
)
def test_extending_changes_one_thing(run, tmp_path, kind, text, component, price, expected):
    own = written(tmp_path, "own.yaml", f"version: 1\n{text}\n")
    given = {"pattern": "itl", "scenario": "large", kind: own}
    bill = estimated(run, "estimate", *(word for key, value in given.items() for word in (f"--{key}", value)))
    assert cost(bill, component, price) == pytest.approx(expected, rel=1e-9)
    others = [line["component"] for line in bill["lines"]]
    assert {"source_backup", "transformed", "enrich"} <= set(others)


def test_a_price_that_is_removed_is_missing(run, tmp_path):
    own = written(tmp_path, "own.yaml", f"{CARD}firehose: {{ingested: null}}\n")
    result = run(*ITL_LARGE, "--rates", own)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "has no price 'firehose.ingested'" in result.stderr
    assert "own" in result.stderr


def test_a_file_that_is_extended_finds_its_own_files(run, tmp_path):
    """The rates stand beside the scenario that names them, wherever the one that extends it stands."""
    written(tmp_path, "base/rates.csv", "timestamp,rate\n2018-06-01T00:00:00,10\n2018-06-01T12:00:00,20\n")
    written(tmp_path, "base/base.yaml", "version: 1\ntitle: B\ntraffic: {csv: rates.csv, record_size: 1 KB}\nmonth: 720 h\n")
    own = written(tmp_path, "elsewhere/own.yaml", "version: 1\nextends: ../base/base.yaml\nmonth: 672 h\n")
    assert estimated(run, "estimate", "-p", "itl", "-s", own)["records"] == pytest.approx(28 * 12 * 3600 * 30)


def test_nothing_is_written_where_there_is_a_mistake(run, tmp_path):
    old = written(tmp_path, "bill.json", "old")
    result = run(*ITL_LARGE, "--set", "month=5 KB", "-o", old)
    assert result.exit_code == 2
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("bill.json", "old")]


@pytest.mark.parametrize("target", ["no/such/folder/bill.json", "folder", "file/bill.json"])
def test_what_cannot_be_written(run, tmp_path, target):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    result = run(*ITL_LARGE, "-o", target)
    assert (result.exit_code, result.stdout) == (2, "")
    assert target in result.stderr
    assert "cannot be written: " in result.stderr
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "folder"]


def test_a_full_disk_leaves_the_old_file_and_nothing_beside_it(tmp_path):
    """A limit on the size of files stands for the full disk."""
    old = written(tmp_path, "bill.json", "old")
    limited = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)); sys.dont_write_bytecode = True;"
        f"from costmodel.cli import run; sys.argv[1:] = {[*ITL_LARGE, '-o', old]!r}; run()"
    )
    result = subprocess.run([sys.executable, "-c", limited], capture_output=True, text=True, check=False)
    assert (result.returncode, "Traceback" in result.stderr) == (2, False)
    assert old in result.stderr
    assert "cannot be written: " in result.stderr
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("bill.json", "old")]


def test_a_pipe_is_written_to_and_stays_one(run, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        result = run(*ITL_LARGE, "-o", pipe)
        assert result.exit_code == 0
        assert stat.S_ISFIFO(pipe.stat().st_mode)
        assert b"$672.06" in os.read(reader, 60_000)
    finally:
        os.close(reader)


def test_a_link_stays_a_link(run, tmp_path):
    target = written(tmp_path, "bills/bill.txt", "old")
    (tmp_path / "link.txt").symlink_to(target)
    assert run(*ITL_LARGE, "-o", "link.txt").exit_code == 0
    assert (tmp_path / "link.txt").is_symlink()
    assert "$672.06" in (tmp_path / "bills" / "bill.txt").read_text(encoding="utf-8")
