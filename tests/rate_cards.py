"""Small rate cards, and what their commands must have said."""

HEAD = """\
version: 1
title: {title}
provider: aws
region: {region}
as_of: {as_of}
currency: USD
"""
LAMBDA = """\
lambda:
  source: https://example.com/lambda
  published: 2025-06-17T10:00:00Z
  version: "20250617"
  duration_increment: 100 ms
  ephemeral_storage_included: 512 MB
  requests: {per: million requests, usd: "0.20", rate_code: AAA.BBB.CCC}
  requests_arm64: {per: million requests, usd: "0.20", confidence: medium, note: As for the others.}
  free: {always: [{of: [requests, requests_arm64], quantity: 1000000 requests}]}
"""
FIREHOSE = """\
firehose:
  source: https://example.com/firehose
  record_increment: 5 KB
  ingested:
    per: GB
    tiers: [{usd: "0.029", up_to: 500 TB}, {usd: "0.025", up_to: 2000 TB}, {usd: "0.020"}]
"""
CARD = "aws/us-east-1/2018-06"


def card_text(*blocks, region="us-east-1", as_of="2018-06-01", title="A card"):
    return HEAD.format(title=title, region=region, as_of=as_of) + "".join(blocks)


def ok(result):
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def refused(result):
    assert (result.exit_code, result.stdout) == (2, "")
    return " ".join(result.stderr.split())


def words(text):
    return " ".join(text.split())
