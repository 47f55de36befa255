"""costmodel show: what a pattern, scenario, rate card or service is."""

import re
from pathlib import Path

import pytest
import yaml

from costmodel.library import Library

ROOT = Path(__file__).parent.parent
PATTERNS = Library(environment=False).names("patterns")


def test_show_a_pattern(run):
    text = run("show", "itl").stdout
    assert text.startswith("Streaming Ingest Transform Load (ITL)\n")
    for word in (
        "ingest",
        "source_backup",
        "transformed",
        "enrich",
        "devices",
        "buffer_size 100 MB",
        "Not priced: CloudWatch Logs",
    ):
        assert word in text
    assert max(map(len, text.splitlines())) <= 80


def test_show_a_scenario(run):
    text = run("show", "large").stdout
    assert "4,320,000,000 records in a month of 720 hours" in text
    assert re.search(r"^  peak +5,000/s +for 120 hours\n  off_peak +1,000/s +for 600 hours$", text, re.MULTILINE)
    assert "gateway.connected = 75%" in text


def test_show_what_a_scenario_decides_and_what_is_already_used(run, tmp_path):
    (tmp_path / "own.yaml").write_text(
        "version: 1\nextends: small\nsettings: {anomalies.kpus: {peak: 3, off_peak: 1}}\nalready_used: {s3.storage: 40 TB}\n"
    )
    text = run("show", "own.yaml").stdout
    assert (
        "\nDecides: gateway.connected = 25%, anomalies.kpus = {peak: 3, off_peak: 1}\nAlready used: s3.storage = 40 TB\n" in text
    )


def test_show_and_validate_what_else_is_on_a_quota(run, tmp_path):
    (tmp_path / "own.yaml").write_text("version: 1\nextends: small\nother_usage: {kms.symmetric_requests: 300 requests/s}\n")
    assert "\nOther usage at the peak: kms.symmetric_requests = 300 requests/s\n" in run("show", "own.yaml").stdout
    assert run("validate", "own.yaml").stdout == "own.yaml: a valid scenario\n"


def test_show_a_pattern_without_a_description(run, tmp_path):
    table = "table: {service: dynamodb, mode: on-demand, input: source, writes_per_record: 1, transactional_writes: true}"
    (tmp_path / "own.yaml").write_text(f"version: 1\ntitle: Own\ncomponents: {{{table}}}\n")
    text = run("show", "own.yaml").stdout
    assert text.startswith("Own\n\nComponents\n")
    assert "transactional_writes true" in " ".join(text.split())


def test_show_a_card_and_a_service(run):
    card = run("show", "aws/us-east-1/2018-06").stdout
    assert re.search(r"ingested +\$0\.029 per GB +first 500 TB", card)
    assert "always: 1,000,000 requests free" in " ".join(card.split())
    service = run("show", "firehose").stdout
    assert "Each record is rounded up to the next 5 KB, then billed by the GB." in service
    assert re.search(r"buffer_size +default 5 MB", service)
    assert re.search(r"logs +no default +what is written to CloudWatch Logs", run("show", "lambda").stdout)


@pytest.mark.parametrize("name", PATTERNS)
def test_show_mermaid(run, name):
    """Every component is a node, and every input an edge."""
    components = yaml.safe_load((ROOT / "patterns" / f"{name}.yaml").read_text())["components"]
    text = run("show", name, "--format", "mermaid").stdout
    assert text.startswith("flowchart ")
    edges = set(re.findall(r"^ +(\w+) -->(?:\|.*\|)? (\w+)$", text, re.MULTILINE))
    expected = set()
    for component, settings in components.items():
        assert f"    {component}[" in text
        inputs = settings.get("input", [])
        for one in inputs if isinstance(inputs, list) else [inputs]:
            expected.add((one["from"] if isinstance(one, dict) else one, component))
    assert edges == expected


def test_only_a_pattern_has_a_diagram(run):
    result = run("show", "large", "--format", "mermaid")
    assert (result.exit_code, "only a pattern has a Mermaid diagram" in result.stderr) == (2, True)


@pytest.mark.parametrize("name", ["itl", "large", "aws/us-east-1/2018-06"])
def test_show_yaml(run, name):
    folder = {"itl": "patterns", "large": "scenarios"}.get(name, "pricing")
    assert run("show", name, "--format", "yaml").stdout == (ROOT / folder / f"{name}.yaml").read_text(encoding="utf-8")


def test_show_a_service_in_a_format_it_does_not_have(run):
    for form in ("yaml", "mermaid"):
        assert run("show", "firehose", "--format", form).exit_code == 2


def test_show_what_is_not_there(run):
    result = run("show", "itll")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Did you mean 'itl'?" in result.stderr
