"""`costmodel rates import query`: boto3 against a server on this machine that speaks the price list's protocol."""

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from price_lists import CONVERSION, FIREHOSE_PUBLISHED, FIREHOSE_VERSION, LAMBDA_DURATION, ingested, single, write

IRELAND = single("4RB3KDVH6AE8RZUA", "0.0190000000", "eu-west-1", operation="DataFormatConversion")
DASHBOARD = single("5P8PBB6MXV325TDC", "3.0000000000", "Any", "Dashboards", location="Any", usagetype="DashboardsUsageHour-Basic")
STORED = single("6K9ADYQAHV5KX9KZ", "0.0300000000", usagetype="USE1-TimedStorage-ByteHrs", productFamily="Storage Snapshot")
PRODUCTS = {
    "AmazonKinesisFirehose": [ingested(), CONVERSION, IRELAND],
    "AWSLambda": [LAMBDA_DURATION],
    "AmazonCloudWatch": [DASHBOARD, STORED],
}


class Prices(BaseHTTPRequestHandler):
    """AWSPriceListService.GetProducts, JSON 1.1: filters, and pages of one product."""

    def log_message(self, *_):
        pass

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(asked)
        if self.headers["X-Amz-Target"] != "AWSPriceListService.GetProducts" or self.server.refuses:
            return self.answer(400, {"__type": "AccessDeniedException", "Message": "not for you"})
        assert asked["FormatVersion"] == "aws_v1"
        found = [each for each in PRODUCTS.get(asked["ServiceCode"], []) if self.matches(each["product"], asked["Filters"])]
        at = int(asked.get("NextToken", 0))
        texts = [
            json.dumps(
                {
                    "product": each["product"],
                    "serviceCode": asked["ServiceCode"],
                    "terms": {"OnDemand": each["terms"]},
                    "version": FIREHOSE_VERSION,
                    "publicationDate": FIREHOSE_PUBLISHED,
                    **self.server.changed,
                }
            )
            for each in found[at : at + 1]
        ]
        more = {"NextToken": str(at + 1)} if at + 1 < len(found) else {}
        return self.answer(200, {"FormatVersion": "aws_v1", "PriceList": texts, **more})

    def matches(self, product, filters):
        values = {**product["attributes"], "productFamily": product["productFamily"]}
        return all(values.get(each["Field"]) == each["Value"] for each in filters)

    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@pytest.fixture
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Prices)
    server.asked, server.refuses, server.changed = [], False, {}
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def query(run, server, monkeypatch, tmp_path):
    """Asks the server; the keys are those of AWS's documentation."""
    for name in ("http_proxy", "HTTP_PROXY", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    nowhere = str(tmp_path / "none")
    settings = {"AWS_CONFIG_FILE": nowhere, "AWS_SHARED_CREDENTIALS_FILE": nowhere, "AWS_EC2_METADATA_DISABLED": "true"}
    keys = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}

    def call(*options, keys=keys):
        url = f"http://127.0.0.1:{server.server_port}"
        return run("rates", "import", "query", "--endpoint", url, "-o", "cards", *options, **settings, **keys)

    return call


def test_all_pages_of_the_answers_are_read(query, tmp_path):
    result = query()
    assert result.exit_code == 0, result.output
    assert result.output.startswith("us-east-1  5 prices, new: cards/aws/us-east-1/2025-06.yaml")
    card = (tmp_path / "cards/aws/us-east-1/2025-06.yaml").read_text(encoding="utf-8")
    assert '{usd: "0.025", up_to: 2048000 GB, rate_code: B674W3KVY282C9AV.JRTCKXETXF.UWBZ2JUKT9}' in card
    assert 'format_conversion: {per: GB, usd: "0.018", rate_code: MHBWEUY8DCMVQ66Y.JRTCKXETXF.6YS6EN2CT7}' in card
    assert 'dashboards: {per: dashboard-month, usd: "3.00", rate_code: 5P8PBB6MXV325TDC.JRTCKXETXF.6YS6EN2CT7}' in card
    assert 'version: "20250605175644"' in card


def test_only_what_is_needed_is_asked_for(query, server):
    query("--region", "eu-west-1")
    asked = {(each["ServiceCode"], *sorted(f"{one['Field']}={one['Value']}" for one in each["Filters"])) for each in server.asked}
    assert ("AmazonEC2", "productFamily=NAT Gateway", "regionCode=eu-west-1") in asked
    assert ("AWSLambda", "group=AWS-Lambda-Requests", "regionCode=eu-west-1") in asked
    assert ("AWSDataTransfer", "fromRegionCode=eu-west-1", "productFamily=Data Transfer", "transferType=AWS Outbound") in asked
    assert all("=" in each[1] for each in asked)


def test_the_region_that_is_asked_for(query, tmp_path):
    result = query("--region", "eu-west-1")
    assert result.exit_code == 0, result.output
    assert [path.name for path in (tmp_path / "cards/aws").iterdir()] == ["eu-west-1"]


def test_without_credentials(query, tmp_path):
    result = query(keys={"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None})
    assert (result.exit_code, result.output) == (
        2,
        "query needs credentials of an AWS account, which boto3 does not find; see `aws configure`\n",
    )
    assert not (tmp_path / "cards").exists()


def test_aws_refuses(query, server, tmp_path):
    server.refuses = True
    result = query()
    assert result.exit_code == 2
    assert "the Query API's AWSDataTransfer does not answer: " in result.output
    assert "not for you" in result.output
    assert not (tmp_path / "cards").exists()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"publicationDate": "June"}, "'June' is not a date of publication, such as 2025-06-05T17:56:44Z"),
        ({"version": "1: 2"}, "'1: 2' is not the version of a price list"),
        ({"product": []}, "is not as AWS makes price lists: there is no mapping 'product' where one must be"),
        ({"product": {"attributes": {}}}, "is not as AWS makes price lists: there is no text 'sku' where one must be"),
        ({"terms": 5}, "TG3M4CAGBA3NYQBH: is not as AWS makes price lists: there is no mapping 'terms' where one must be"),
    ],
)
def test_an_answer_that_is_not_as_aws_makes_them(query, server, tmp_path, changed, said):
    """Lambda's is the first offer, in the order of their codes, that has a product here."""
    server.changed = changed
    result = query()
    assert (result.exit_code, result.output.splitlines()) == (2, [result.output.strip()])
    assert f"the Query API's AWSLambda: {said}" in result.output
    assert not (tmp_path / "cards").exists()


def test_without_boto3(tmp_path):
    """In a process of its own, in which boto3 cannot be imported."""
    asked = "['rates', 'import', 'query', '-o', 'cards']"
    code = f"import sys; sys.modules['boto3'] = None; from costmodel.cli import main; main({asked})"
    write(tmp_path / "call.py", code)
    ran = subprocess.run([sys.executable, "call.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (2, "query needs boto3, which is not installed: pip install 'costmodel[aws]'\n")
