"""Discounts of a card: percentages, negotiated prices and commitments, in the bill and in words."""

import pytest

from costmodel.errors import InputError, MissingPrice

CARD = "aws/us-east-1/2018-06"
GB = 1000 * 86400 * 30 / 1024**2  # of 1 KB records


def exactly(value):
    return pytest.approx(value, rel=1e-12)


def test_a_percentage_is_off_every_price_it_is_on(bill):
    components = "ingest: {service: firehose, input: source}\n  store: {service: s3, input: ingest}"
    plain = bill(components)
    everywhere = bill(components, card="discounts: [{name: EDP, percent: 10%}]\n")
    assert everywhere.total == exactly(plain.total * 0.9)
    assert everywhere.list_total == exactly(plain.total)
    assert {line.discount for line in everywhere.lines} == {"EDP"}
    storage = bill(components, card="discounts: [{name: Deal, percent: 25%, on: s3.storage}]\n")
    assert plain.total - storage.total == exactly(GB * 0.023 * 0.25)
    assert [line.discount for line in storage.lines] == [None, "Deal", None]


@pytest.mark.parametrize("kind", ["m7g.large", "m7g-large"])
def test_a_discount_may_be_on_one_kind(modern, kind):
    card = f"discounts: [{{name: Deal, on: msk.brokers.{kind}, percent: 10%}}]\n"
    queues = "\n  ".join(
        f"{size}: {{service: msk, broker: m7g.{size}, storage_per_broker: 1 TB}}" for size in ("large", "xlarge")
    )
    discounts = {line.rate: line.discount for line in modern(queues, card=card).lines}
    assert discounts["msk.brokers.m7g-large"] == "Deal"
    assert discounts["msk.brokers.m7g-xlarge"] is None


def test_a_discount_on_a_kind_that_is_none(modern):
    queue = "queue: {service: msk, broker: m7g.large, storage_per_broker: 1 TB}"
    with pytest.raises(InputError, match=r"'msk\.brokers\.m7g\.lrage' is neither a service nor a price\. Did you mean"):
        modern(queue, card="discounts: [{name: Deal, on: msk.brokers.m7g.lrage, percent: 10%}]\n")


def test_a_negotiated_price_stands_instead_of_the_list_price_of_every_tier(bill):
    card = "discounts: [{name: Contract, on: firehose.ingested, usd: 0.02, per: GB}, {name: EDP, percent: 10%}]\n"
    (line,) = bill("ingest: {service: firehose, input: source}", card=card).lines
    assert line.unit_price == exactly(0.02 * 0.9)
    assert (line.list_unit_price, line.discount) == (0.029, "Contract, EDP")
    assert line.list_cost == exactly(GB * 5 * 0.029)
    assert line.cost == exactly(line.pricing_quantity * line.unit_price)


def test_a_price_of_its_own_leaves_nothing_of_the_discounts_before_it(bill):
    card = "discounts: [{name: EDP, percent: 10%}, {name: Contract, on: firehose.ingested, usd: 0.00002, per: GB}]\n"
    (line,) = bill("ingest: {service: firehose, input: source}", card=card).lines
    assert (line.unit_price, line.discount, line.price) == (0.00002, "Contract", "$0.00002 per GB (Contract)")


@pytest.mark.parametrize(
    ("capacity", "covered", "beyond", "unused"),
    [(150, 100, 50, 0), (100, 100, 0, 0), (30, 30, 0, 70)],
)
def test_a_commitment_is_paid_for_used_or_not(bill, capacity, covered, beyond, unused):
    """100 WCU committed at $0.000128 an hour; what is used beyond has its list price of $0.00065."""
    card = (
        "discounts: [{name: Reserved, on: dynamodb.write_capacity, usd: 0.000128, per: WCU-hour, commitment: 100 WCU-months}]\n"
    )
    result = bill(f"table: {{service: dynamodb, write_capacity: {capacity}}}", card=card)
    lines = {(line.description, line.discount): line for line in result.lines if line.rate == "dynamodb.write_capacity"}
    expected = {("Write capacity, Reserved", "Reserved"): covered, ("Write capacity", None): beyond}
    expected |= {("Write capacity, Reserved not used", "Reserved"): unused}
    assert {key: line.pricing_quantity / 720 for key, line in lines.items()} == {k: exactly(v) for k, v in expected.items() if v}
    assert result.total == exactly((covered + unused) * 720 * 0.000128 + beyond * 720 * 0.00065)
    assert result.list_total == exactly(capacity * 720 * 0.00065)


def test_what_the_account_already_uses_draws_from_a_commitment_first(bill):
    """100 WCU committed, 80 of them in use: 20 are left for the 30 of the table, and its own 10 have their list price."""
    reserved = "{name: Reserved, on: dynamodb.write_capacity, usd: 0.0001, per: WCU-hour, commitment: 100 WCU-months}"
    used = f"already_used: {{dynamodb.write_capacity: {80 * 720} WCU-hours}}\n"
    result = bill("table: {service: dynamodb, write_capacity: 30}", card=f"discounts: [{reserved}]\n", scenario=used)
    lines = [(line.discount, line.pricing_quantity / 720) for line in result.lines]
    assert lines == [("Reserved", exactly(20)), (None, exactly(10))]


@pytest.mark.parametrize(("order", "price"), [(("reserved", "edp"), 0.00009), (("edp", "reserved"), 0.0001)])
def test_a_percentage_after_a_commitment_is_off_its_price_too(bill, order, price):
    discounts = {
        "reserved": "{name: Reserved, on: dynamodb.write_capacity, usd: 0.0001, per: WCU-hour, commitment: 100 WCU-months}",
        "edp": "{name: EDP, percent: 10%}",
    }
    card = f"discounts: [{', '.join(discounts[name] for name in order)}]\n"
    lines = bill("table: {service: dynamodb, write_capacity: 70}", card=card).lines
    assert [line.unit_price for line in lines] == [exactly(price)] * 2
    assert sum(line.cost for line in lines) == exactly(100 * 720 * price)


@pytest.mark.parametrize(
    ("discounts", "committed", "beyond"),
    [
        (("reserved", "of_kind"), 0.15 * 0.9, 0.9),
        (("of_kind", "reserved"), 0.15, 0.9),
        (("reserved", "of_brokers", "of_kind"), 0.15 * 0.8 * 0.9, 0.8 * 0.9),
        (("of_brokers", "reserved", "of_kind"), 0.15 * 0.9, 0.8 * 0.9),
        (("reserved", "of_another"), 0.15, 1),
    ],
)
def test_percentages_and_a_commitment_on_one_kind_in_their_order(modern, discounts, committed, beyond):
    """Of two brokers one is committed; m7g.large is $0.204 an hour at list price."""
    named = {
        "reserved": "{name: Reserved, on: msk.brokers.m7g.large, usd: 0.15, per: broker-hour, commitment: 1 broker-months}",
        "of_kind": "{name: Kind, on: msk.brokers.m7g-large, percent: 10%}",
        "of_brokers": "{name: Brokers, on: msk.brokers, percent: 20%}",
        "of_another": "{name: Another, on: msk.brokers.m7g.xlarge, percent: 50%}",
    }
    card = f"discounts: [{', '.join(named[name] for name in discounts)}]\n"
    queue = "queue: {service: msk, broker: m7g.large, brokers: 2, storage_per_broker: 1 TB}"
    first, second = (line for line in modern(queue, card=card).lines if line.rate == "msk.brokers.m7g-large")
    assert (first.pricing_quantity, second.pricing_quantity) == (exactly(720), exactly(720))
    assert (first.unit_price, second.unit_price) == (exactly(committed), exactly(0.204 * beyond))


@pytest.mark.parametrize("used", ["", "already_used: {msk.brokers.m7g.xlarge: 3 broker-hours}\n"])
@pytest.mark.parametrize(
    ("on", "quantity"),
    [
        ("kms.requests, usd: 0.000001, per: request", "9 requests"),
        ("msk.brokers.m7g.xlarge, usd: 0.1, per: broker-hour", "9 broker-months"),
    ],
)
def test_a_commitment_on_what_the_design_does_not_meter_changes_nothing(modern, on, quantity, used):
    """Nor does it where the rest of the account uses it."""
    queue = "queue: {service: msk, broker: m7g.large, storage_per_broker: 1 TB}"
    card = f"discounts: [{{name: Reserved, on: {on}, commitment: {quantity}}}]\n"
    plain, changed = (modern(queue, card=discounts, scenario=used) for discounts in ("", card))
    assert (changed.lines, changed.total, changed.list_total) == (plain.lines, plain.total, plain.list_total)


def test_components_draw_from_one_commitment_in_the_patterns_order(bill):
    card = "discounts: [{name: Reserved, on: dynamodb.write_capacity, usd: 0.0001, per: WCU-hour, commitment: 100 WCU-months}]\n"
    tables = "first: {service: dynamodb, write_capacity: 70}\n  second: {service: dynamodb, write_capacity: 70}"
    lines = [(x.component, x.discount, x.pricing_quantity / 720) for x in bill(tables, card=card).lines]
    assert lines == [("first", "Reserved", 70), ("second", "Reserved", exactly(30)), ("second", None, exactly(40))]


@pytest.mark.parametrize(
    ("discount", "message"),
    [
        ("{name: A, percent: 110%}", "over the largest allowed, 100%"),
        ("{name: A, percent: 10%, on: s4}", "'s4' is neither a service nor a price"),
        ("{name: A, usd: 1, per: GB}", "a price is instead of one other"),
        ("{name: A, usd: 1, on: s3.storage}", "needs both usd and per"),
        ("{name: A, usd: 1, per: request, on: s3.storage}", "'A' is per request, but s3.storage per GB-month"),
        ("{name: A, percent: 5%, commitment: 3 GB}", "a commitment needs its price"),
        ("{percent: 5%}", "lacks 'name'"),
        ("{name: A, percent: 5%}, {name: A, percent: 6%}", "two discounts are called 'A'"),
    ],
)
def test_mistakes_of_discounts(bill, discount, message):
    with pytest.raises(InputError) as raised:
        bill("store: {service: s3, input: source}", card=f"discounts: [{discount}]\n")
    assert message in str(raised.value)
    assert not isinstance(raised.value, MissingPrice)


def test_the_table_says_list_cost_and_the_discounts_name(run, tmp_path):
    (tmp_path / "card.yaml").write_text(f"version: 1\nextends: {CARD}\ndiscounts: [{{name: EDP 2026, percent: 10%}}]\n")
    text = run("estimate", "-p", "itl", "-s", "large", "--rates", "card.yaml", COLUMNS="200").stdout
    assert "$0.0261 per GB (EDP 2026)" in text
    assert "At list prices, without discounts" in text
    assert "Discounted prices of 2018-06-01" in text
    focus = run("estimate", "-p", "itl", "-s", "large", "--rates", "card.yaml", "--format", "focus").stdout
    assert "ContractedCost" in focus.splitlines()[0]
    assert "EDP 2026" in focus
