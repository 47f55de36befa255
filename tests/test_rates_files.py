"""The files that `costmodel rates import` is given: compressed or not, in folders, cut off, or no price lists at all."""

import bz2
import gzip
import json
import lzma
import os

import pytest
from price_lists import CONVERSION, feed, ingested, offer_csv, write
from test_rates_import import FIREHOSE, FIREHOSE_CARD, card, imported

__all__ = ["imported"]  # the fixture


@pytest.mark.parametrize("content", [json.dumps(FIREHOSE), offer_csv("AmazonKinesisFirehose", ingested(), CONVERSION)])
def test_compressed_files_are_read_whatever_their_name(run, tmp_path, content):
    (tmp_path / "firehose.list").write_bytes(gzip.compress(content.encode()))
    assert run("rates", "import", "firehose.list", "-o", "cards").exit_code == 0
    assert card(tmp_path) == FIREHOSE_CARD


def test_a_table_that_a_spreadsheet_has_saved(run, tmp_path):
    """With a byte order mark, and empty lines at the end."""
    table = offer_csv("AmazonKinesisFirehose", ingested(), CONVERSION)
    (tmp_path / "firehose.csv").write_text(f"\ufeff{table}\n\n", encoding="utf-8")
    assert run("rates", "import", "firehose.csv", "-o", "cards").exit_code == 0
    assert card(tmp_path) == FIREHOSE_CARD


def test_json_with_a_byte_order_mark(run, tmp_path):
    (tmp_path / "firehose.gz").write_bytes(gzip.compress(json.dumps(FIREHOSE).encode("utf-8-sig")))
    assert run("rates", "import", "firehose.gz", "-o", "cards").exit_code == 0
    assert card(tmp_path) == FIREHOSE_CARD


def test_a_folder_has_other_files_too(imported, tmp_path):
    """What is hidden is not even counted; a .json that is no price list is a mistake."""
    for name in ("README.md", "sub/notes.txt", ".git/config", ".hidden.json"):
        write(tmp_path / "lists" / name, "no price list")
    imported(other__json="no price list", fails="lists/other.json: is no price list")
    (tmp_path / "lists/other.json").unlink()
    assert imported(firehose__json=FIREHOSE).splitlines()[0] == "skipped 2 files without the ending .json, .csv or .gz"


@pytest.mark.parametrize("size", [0.2, 0.6, 0.97])
@pytest.mark.parametrize(
    "content", [json.dumps(FIREHOSE), json.dumps(feed("kms", {"EU (Ireland)": {"Encryption Key": ("U.J.6", "1")}}))]
)
def test_a_file_that_ends_in_the_middle(imported, content, size):
    imported(list__json=content[: int(len(content) * size)], fails="lists/list.json: ends in the middle; get the file again")


@pytest.mark.parametrize("rest", [" and so on", json.dumps(FIREHOSE)])
def test_a_file_with_more_after_its_end(imported, rest):
    imported(list__json=f"{json.dumps(FIREHOSE)}{rest}", fails="lists/list.json: goes on after its end, as if two files were one")


def test_a_file_that_is_no_json_in_the_middle(imported):
    text = json.dumps(FIREHOSE).replace('"terms":', '"terms"')
    imported(list__json=text, fails="lists/list.json: is damaged (object key and value must be separated by a colon")


def test_a_table_that_ends_in_the_middle(imported):
    text = offer_csv("AmazonKinesisFirehose", ingested(), CONVERSION).rstrip()
    imported(list__csv=text[: text.rindex(",")], fails="lists/list.csv: ends in the middle; get the file again")


@pytest.mark.parametrize(("cut", "said"), [(-20, "ends in the middle"), (None, "is damaged")])
def test_a_compressed_file_that_is_damaged(run, tmp_path, cut, said):
    data = bytearray(gzip.compress(os.urandom(0) + json.dumps(FIREHOSE).encode()))
    if cut is None:
        data[60] ^= 0xFF
    (tmp_path / "list.gz").write_bytes(bytes(data[:cut]))
    result = run("rates", "import", "list.gz", "-o", "cards")
    assert result.exit_code == 2
    assert said in result.output
    assert not (tmp_path / "cards").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<!DOCTYPE html>", "is a page for a browser, no price list"),
        (b"PK\x03\x04", "is a zip file; unpack it first, for only gzip is read"),
        (lzma.compress(b"{}"), "is compressed by xz; unpack it first, for only gzip is read"),
        (bz2.compress(b"{}"), "is compressed by bzip2; unpack it first, for only gzip is read"),
        ("{}".encode("utf-16"), "is not UTF-8 text; save it as UTF-8"),
    ],
)
def test_what_is_taken_for_a_price_list(run, tmp_path, content, said):
    (tmp_path / "list.json").write_bytes(content)
    result = run("rates", "import", "list.json", "-o", "cards")
    assert (result.exit_code, result.output) == (2, f"list.json: {said}\n")
