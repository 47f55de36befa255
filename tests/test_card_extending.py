"""What a card that extends another takes from it: prices one by one, also those of kinds, with where they are from."""

import pytest

from costmodel.errors import InputError
from costmodel.library import Library
from costmodel.ratecard import MissingPrice, RateCard, read_card

BASE = """\
version: 1
provider: aws
region: us-east-1
as_of: 2025-06-17
currency: USD
lambda:
  source: https://example.com/lambda
  requests: {per: request, usd: "0.1"}
  requests_arm64: {per: request, usd: "0.1"}
  duration: {per: GB-second, usd: "0.2"}
  free:
    always:
      - {of: [requests, requests_arm64], quantity: 5 requests}
      - {of: duration, quantity: 6 GB-seconds}
    legacy-12-month:
      - {of: duration, quantity: 7 GB-seconds}
msk:
  source: https://example.com/msk
  brokers:
    m5.large: {per: broker-hour, usd: "0.3"}
    m7g.large: {per: broker-hour, usd: "0.4"}
  storage: {per: GB-month, usd: "0.5"}
"""


@pytest.fixture
def card(tmp_path, monkeypatch):
    """The card of `text` over BASE."""
    monkeypatch.chdir(tmp_path)

    def read(text: str) -> RateCard:
        (tmp_path / "base.yaml").write_text(BASE)
        (tmp_path / "own.yaml").write_text(f"version: 1\nextends: base.yaml\n{text}")
        library = Library()
        return read_card(library.load("pricing", library.find("pricing", "own.yaml")), "own.yaml")

    return read


def price(card: RateCard, key: str) -> tuple[float, str]:
    return card.rates[key].tiers[0].usd.value, card.rates[key].source


def test_a_kind_of_its_own_stands_beside_those_of_the_other(card):
    own = card(
        'msk: {source: ours, brokers: {m5.large: {per: broker-hour, usd: "0.1"}, m9.huge: {per: broker-hour, usd: "9"}}}\n'
    )
    assert price(own, "msk.brokers.m5-large") == (0.1, "ours")
    assert price(own, "msk.brokers.m9-huge") == (9, "ours")
    assert price(own, "msk.brokers.m7g-large") == (0.4, "https://example.com/msk")
    assert price(own, "msk.storage") == (0.5, "https://example.com/msk")


def test_a_kind_may_be_taken_away(card):
    assert set(card("msk: {brokers: {m5.large: null}}\n").rates) >= {"msk.brokers.m7g-large", "msk.storage"}
    assert "msk.brokers.m5-large" not in card("msk: {brokers: {m5.large: null}}\n").rates


def test_a_block_whose_only_keys_are_taken_away_is_gone(card):
    """An empty one would be refused."""
    own = card("lambda: {free: {always: null}}\n")
    assert own.rates["lambda.requests"].free == {}
    assert set(own.rates["lambda.duration"].free) == {"legacy-12-month"}
    own = card("lambda: {free: {always: null, legacy-12-month: null}}\nmsk: {brokers: {m5.large: null, m7g.large: null}}\n")
    assert own.rates["lambda.duration"].free == {}
    assert [key for key in own.rates if key.startswith("msk.")] == ["msk.storage"]


def test_a_price_is_replaced_whole(card):
    """A tier or a block of the old price in the new one would be nobody's price."""
    with pytest.raises(InputError, match="per"):
        card('lambda: {requests: {usd: "0.3"}}\n')


def test_free_quantities_are_replaced_policy_by_policy(card):
    own = card("lambda: {free: {always: [{of: requests, quantity: 1 request}]}}\n")
    assert own.rates["lambda.requests"].free["always"].given.value == 1
    assert own.rates["lambda.requests_arm64"].free == {}
    free = {policy: given.given.text for policy, given in own.rates["lambda.duration"].free.items()}
    assert free == {"legacy-12-month": "7 GB-seconds"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "lambda: {free: {always: [{of: requests, quantity: 1 request}, {of: requests, quantity: 2 requests}]}}\n",
            "always gives lambda.requests more than once",
        ),
        ("not_offered: [s3.storage]\n", "there is no service 's3.storage'"),
        ("not_listed: [s3]\n", "there is no price 's3'"),
        ('msk: {storage: {per: GB, usd: "1"}}\n', "'GB' does not measure this; it is priced per GB-month"),
        ('firehose: {source: x, ingested: {per: GB-month, usd: "1"}}\n', "'GB-month' does not measure this; it is priced per GB"),
        (
            'cloudwatch: {source: x, logs_ingested: {per: GB, usd: "1"}, logs_storage: {per: TB-month, usd: "1"},\n'
            "  free: {always: [{of: [logs_ingested, logs_storage], quantity: 5 GB}]}}\n",
            "they cannot share a free quantity",
        ),
    ],
)
def test_mistakes_in_a_card(card, text, message):
    with pytest.raises(InputError) as raised:
        card(text)
    assert message in str(raised.value)
    assert "own.yaml:" in str(raised.value)


def test_what_a_card_lacks_is_said_with_who_needs_it_and_what_is_like_it(card):
    own = card("not_listed: [lambda.duration_arm64]\n")
    needed = [("msk.brokers.m5-lrage", "queue"), ("lambda.duration_arm64", "fn"), ("lambda.duration_arm64", "other")]
    with pytest.raises(MissingPrice) as raised:
        own.require(needed)
    assert sorted(problem.message for problem in raised.value.problems) == [
        "AWS's price lists have no 'lambda.duration_arm64' for us-east-1, which fn and other need "
        "(the rate card own.yaml (own.yaml))",
        "the rate card own.yaml (own.yaml) has no price 'msk.brokers.m5-lrage', which queue needs. "
        "Did you mean 'msk.brokers.m5-large'?",
    ]
