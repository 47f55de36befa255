"""Downloads of `costmodel rates import`, from a server on this machine that does what servers do wrong."""

import gzip
import json
import socket
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from price_lists import CONVERSION, EPHEMERAL, LAMBDA_REQUESTS, ingested, offer

from costmodel.importing import download

FIREHOSE = json.dumps(offer("AmazonKinesisFirehose", ingested(), CONVERSION)).encode()
PINNED = "/offers/v1.0/aws/AmazonKinesisFirehose/20250605175644/us-east-1/index.json"
CURRENT = "/offers/v1.0/aws/AmazonKinesisFirehose/current/us-east-1/index.json"
CACHED = "127.0.0.1_{port}/offers/v1.0/aws/AmazonKinesisFirehose/20250605175644/us-east-1/index.json"


class Server(ThreadingHTTPServer):
    """Serves `files` (path -> content). `asked` counts requests, `ranges` are those for a part, `broken` says how many
    answers break off after so many bytes, `busy` how many are 503. `rest` is what is sent of a file from a byte on, and the
    byte at which that is said to begin; `compresses` that all is sent as gzip."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files, self.asked, self.ranges, self.broken, self.busy, self.etag = {}, Counter(), [], [], 0, '"one"'
        self.rest, self.compresses = lambda content, begin: (begin, content[begin:]), False

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, *_):
        pass

    def do_GET(self):
        server = self.server
        server.asked[self.path] += 1
        content = server.files.get(self.path)
        if server.busy:
            server.busy -= 1
            return self.answer(503)
        if content is None:
            return self.answer(404)
        if self.headers.get("If-None-Match") == server.etag:
            return self.answer(304)
        begin = 0
        if "Range" in self.headers:
            server.ranges.append(self.headers["Range"])
            if self.headers.get("If-Range") == server.etag:
                begin = int(self.headers["Range"].removeprefix("bytes=").removesuffix("-"))
        said, body = server.rest(content, begin) if begin else (0, content)
        body = gzip.compress(body) if server.compresses else body
        headers = {"ETag": server.etag, "Content-Length": len(body)}
        if server.compresses:
            headers["Content-Encoding"] = "gzip"
        if begin:
            headers["Content-Range"] = f"bytes {said}-{len(content) - 1}/{len(content)}"
        end = server.broken.pop(0) if server.broken else len(body)
        return self.answer(206 if begin else 200, headers, body[:end])

    def answer(self, status, headers=None, body=b""):
        self.send_response(status)
        for name, value in (headers or {"Content-Length": 0}).items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True


@pytest.fixture
def server(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(download, "_FIRST_PAUSE", 0.01)
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def imported(run, server, tmp_path):
    def call(path=PINNED, fails="", folder="cards"):
        result = run("rates", "import", f"{server.url}{path}", "--cache", "cache", "-o", folder)
        assert (result.exit_code, bool(fails)) in ((0, False), (2, True)), result.output
        assert fails in result.output
        return result.output

    return call


def cached(tmp_path, server):
    return tmp_path / "cache" / CACHED.format(port=server.server_port)


def test_a_pinned_version_is_downloaded_once(imported, server, tmp_path):
    server.files[PINNED] = FIREHOSE
    assert "us-east-1  2 prices, new" in imported()
    assert "us-east-1  2 prices, unchanged" in imported()
    assert server.asked == {PINNED: 1}
    assert cached(tmp_path, server).read_bytes() == FIREHOSE


def test_a_current_version_is_downloaded_if_it_has_changed(imported, server, tmp_path):
    server.files[CURRENT] = FIREHOSE
    imported(CURRENT)
    imported(CURRENT)  # 304
    server.files[CURRENT] = FIREHOSE.replace(b"0.0180000000", b"0.0170000000")
    server.etag = '"two"'
    imported(CURRENT, folder="later")
    assert server.asked == {CURRENT: 3}
    assert '"0.018"' in (tmp_path / "cards/aws/us-east-1/2025-06.yaml").read_text(encoding="utf-8")
    assert '"0.017"' in (tmp_path / "later/aws/us-east-1/2025-06.yaml").read_text(encoding="utf-8")


def test_a_download_goes_on_where_the_connection_broke_off(imported, server, tmp_path):
    server.files[PINNED] = FIREHOSE
    server.broken = [1000, 500]
    imported()
    assert server.ranges == ["bytes=1000-", "bytes=1500-"]
    assert cached(tmp_path, server).read_bytes() == FIREHOSE
    assert sorted(path.name for path in cached(tmp_path, server).parent.iterdir()) == ["index.json", "index.json.sha256"]


def test_a_later_import_goes_on_too(imported, server, tmp_path):
    server.files[PINNED] = FIREHOSE
    server.broken = [100] * 5
    imported(fails="the connection broke off")
    assert not (tmp_path / "cards").exists()
    imported()
    assert server.ranges[-1] == "bytes=500-"
    assert cached(tmp_path, server).read_bytes() == FIREHOSE


def test_a_part_of_another_version_is_not_continued(imported, server, tmp_path):
    server.files[PINNED] = FIREHOSE
    server.broken = [100] * 5
    imported(fails="import again, and it goes on from where it broke off")
    server.etag = '"two"'
    imported()
    assert cached(tmp_path, server).read_bytes() == FIREHOSE


@pytest.mark.parametrize(
    "rest",
    [
        lambda content, begin: (0, content),  # all of it again
        lambda content, begin: (begin + 7, content[begin + 7 :]),
        lambda content, begin: (begin, content[begin:] + b"}"),  # more than is announced
    ],
)
def test_a_part_that_does_not_fit_is_begun_again(imported, server, tmp_path, rest):
    server.files[PINNED] = FIREHOSE
    server.broken = [1000]
    server.rest = rest
    imported()
    assert server.ranges == ["bytes=1000-"]
    assert server.asked == {PINNED: 3}  # broken off, a part that does not fit, all of it
    assert cached(tmp_path, server).read_bytes() == FIREHOSE


@pytest.mark.parametrize("broken", [[], [200]])
def test_a_file_that_is_sent_compressed(imported, server, tmp_path, broken):
    """Its announced length is that of what is sent, and its parts are none of the file."""
    server.files[PINNED] = FIREHOSE
    server.compresses, server.broken = True, broken
    imported()
    assert server.ranges == []
    assert cached(tmp_path, server).read_bytes() == FIREHOSE


def test_addresses_that_differ_in_the_query_are_two_files(imported, server, tmp_path):
    server.files[f"{PINNED}?at=1"] = FIREHOSE
    server.files[f"{PINNED}?at=2"] = FIREHOSE.replace(b"0.0180000000", b"0.0170000000")
    for at, usd in (("1", "0.018"), ("2", "0.017")):
        imported(f"{PINNED}?at={at}", folder=at)
        assert f'usd: "{usd}"' in (tmp_path / at / "aws/us-east-1/2025-06.yaml").read_text(encoding="utf-8")
    files = [path for path in cached(tmp_path, server).parent.iterdir() if path.suffix == ".json"]
    assert len(files) == 2
    assert all(path.name.startswith("index-") for path in files)


def test_a_busy_server_is_asked_again(imported, server):
    server.files[PINNED] = FIREHOSE
    server.busy = 2
    imported()
    assert server.asked[PINNED] == 3


def test_a_server_that_stays_busy(imported, server, tmp_path):
    server.busy = 99
    imported(fails=f"{server.url}{PINNED} cannot be downloaded: the server answers 503\n")  # and nothing goes on
    assert not (tmp_path / "cards").exists()


def test_a_file_that_does_not_exist(imported, server):
    imported(fails=f"{server.url}{PINNED} cannot be downloaded: the server answers 404 Not Found")
    assert server.asked[PINNED] == 1


def test_nobody_listens(run, monkeypatch):
    monkeypatch.setattr(download, "_FIRST_PAUSE", 0.01)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}{PINNED}"
    result = run("rates", "import", url, "--cache", "cache", "-o", "cards")
    assert result.exit_code == 2
    assert result.output == f"{url} cannot be downloaded: 127.0.0.1 cannot be reached (Connection refused)\n"


def test_a_file_that_is_not_whole_for_the_server(imported, server, tmp_path):
    """Its length is as announced, and yet it ends in the middle."""
    server.files[PINNED] = FIREHOSE[:-100]
    imported(fails="does not end as JSON does, so it is not whole; import again")
    assert not cached(tmp_path, server).exists()
    server.files[PINNED] = FIREHOSE
    imported()


@pytest.mark.parametrize("path", [PINNED, "/login"])
def test_a_page_in_place_of_a_file(imported, server, path):
    server.files[path] = b"<html>Log in first</html>"
    assert imported(path, fails=f"{server.url}{path}").endswith("is a page for a browser, no price list\n")


def test_a_cached_file_that_has_changed(imported, server, tmp_path):
    server.files[PINNED] = FIREHOSE
    imported()
    path = cached(tmp_path, server)
    path.write_bytes(FIREHOSE.replace(b"0.0180000000", b"0.0000000001"))
    imported(fails="index.json: has changed since it was downloaded: its SHA-256 is not the one kept beside it; remove it")
    path.unlink()
    assert "unchanged" in imported()


def test_the_cache_is_the_users(run, server, tmp_path):
    server.files[PINNED] = FIREHOSE
    result = run("rates", "import", f"{server.url}{PINNED}", "-o", "cards", XDG_CACHE_HOME=str(tmp_path / "mine"))
    assert result.exit_code == 0
    assert (tmp_path / "mine" / "costmodel" / CACHED.format(port=server.server_port)).is_file()


# The word `bulk`.


def serve(server, code, regions):
    """Puts an offer on the server: a region index, and files of regions."""
    home = f"/offers/v1.0/aws/{code}"
    urls = {region: f"{home}/20250605175644/{region}/index.json" for region in regions}
    index = {"regions": {region: {"regionCode": region, "currentVersionUrl": url} for region, url in urls.items()}}
    server.files[f"{home}/current/region_index.json"] = json.dumps(index).encode()
    for region, products in regions.items():
        server.files[urls[region]] = json.dumps(offer(code, *products)).encode()


@pytest.fixture
def official(server):
    """Every offer that the mappings name, most of them without prices."""
    from costmodel.importing import bulk

    for code in bulk.codes():
        serve(server, code, {"us-east-1": []})
    serve(server, "AmazonKinesisFirehose", {"us-east-1": [ingested(), CONVERSION]})
    ireland = ingested("AHM8Y29A6ZQAKNUE", ("0.0310000000", "0.0270000000", "0.0220000000"), "eu-west-1")
    serve(server, "AmazonKinesisFirehose", {"us-east-1": [ingested(), CONVERSION], "eu-west-1": [ireland]})
    serve(server, "AWSLambda", {"us-east-1": [LAMBDA_REQUESTS, EPHEMERAL]})
    return server


def test_bulk_imports_us_east_1(run, official, tmp_path):
    result = run("rates", "import", "bulk", "--endpoint", official.url, "--cache", "cache", "-o", "cards")
    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[0].startswith(
        "us-east-1  4 prices, new: cards/aws/us-east-1/2025-06.yaml, not offered: api_g"
    )
    assert [path.name for path in (tmp_path / "cards/aws").iterdir()] == ["us-east-1"]


def test_bulk_imports_the_regions_that_are_asked_for(run, official, tmp_path):
    """Lambda's index does not know Ireland here, so Lambda is not offered there."""
    options = ["--region", "eu-west-1", "--region", "us-east-1", "--endpoint", f"{official.url}/"]
    result = run("rates", "import", "bulk", *options, "--cache", "cache", "-o", "cards")
    assert result.exit_code == 0, result.output
    ireland = (tmp_path / "cards/aws/eu-west-1/2025-06.yaml").read_text(encoding="utf-8")
    assert '      - {usd: "0.031", up_to: 512000 GB, rate_code: AHM8Y29A6ZQAKNUE.JRTCKXETXF.HK3AFRJD7J}\n' in ireland
    not_offered = ireland[ireland.index("not_offered") :].splitlines()[0]
    assert "lambda" in not_offered
    assert "firehose" not in not_offered  # what one region's file lacks says nothing of another's


def test_an_index_that_is_none(run, official):
    official.files["/offers/v1.0/aws/AWSGlue/current/region_index.json"] = b'{"offers": {}}'
    result = run("rates", "import", "bulk", "--endpoint", official.url, "--cache", "cache", "-o", "cards")
    assert result.exit_code == 2
    assert "is not the region index that" in result.output
