"""Prices of the shipped cards of June 2025 in four regions, typed from AWS's pricing pages of 17 June 2025."""

import pytest

from costmodel.library import Library
from costmodel.ratecard import read_card

# USD per one unit, in the first tier.
REGIONS = ("us-east-1", "eu-west-1", "us-west-2", "ap-southeast-2")
PRICES = {
    "lambda.requests": (2e-7, 2e-7, 2e-7, 2e-7),
    "lambda.ephemeral_storage": (0.0000000309, 0.000000034, 0.0000000309, 0.000000037),
    "lambda.provisioned_concurrency": (0.0000041667, 0.000004646, 0.0000041667, 0.000005236),
    "firehose.ingested": (0.029, 0.031, 0.029, 0.037),
    "firehose.vended_logs": (0.13, 0.14, 0.16, 0.17),
    "firehose.ingested_from_msk": (0.055, 0.059, 0.066, 0.07),
    "firehose.iceberg": (0.075, 0.08, 0.075, 0.095),
    "firehose.format_conversion": (0.018, 0.019, 0.018, 0.023),
    "firehose.partitioned_objects": (0.000005, 0.0000055, 0.000005, 0.0000063),
    "kinesis_data_streams.shard_hours": (0.015, 0.017, 0.015, 0.0184),
    "kinesis_data_streams.payload_units": (0.000000014, 0.0000000165, 0.000000014, 0.0000000195),
    "kinesis_data_streams.extended_retention": (0.02, 0.023, 0.02, 0.025),
    "kinesis_data_streams.on_demand_ingested": (0.08, 0.091, 0.08, 0.098),
    "managed_flink.kpu_hours": (0.11, 0.12, 0.11, 0.138),
    "s3.storage": (0.023, 0.023, 0.023, 0.025),
    "s3.put_requests": (0.000005, 0.000005, 0.000005, 0.0000055),
    "dynamodb.write_capacity": (0.00065, 0.000735, 0.00065, 0.00074),
    "dynamodb.read_capacity": (0.00013, 0.000147, 0.00013, 0.000148),
    "dynamodb.storage": (0.25, 0.283, 0.25, 0.285),
    "msk.brokers.m5-large": (0.21, 0.234, 0.21, 0.263),
    "msk.brokers.m7g-xlarge": (0.408, 0.4548, 0.408, 0.51),
    "msk.express_brokers.m7g-large": (0.408, 0.455, 0.476, 0.51),
    "nat_gateway.hours": (0.045, 0.048, 0.045, 0.059),
    "data_transfer.internet_out": (0.09, 0.09, 0.09, 0.114),
    "vpc_endpoint.hours": (0.01, 0.011, 0.01, 0.013),
}


@pytest.mark.parametrize("region", REGIONS)
def test_the_shipped_cards_have_the_prices_of_awss_pages(region):
    library = Library()
    name = f"aws/{region}/2025-06"
    rates = read_card(library.load("pricing", library.find("pricing", name)), name).rates
    shipped = {key: rates[key].tiers[0].usd.value / rates[key].per.block for key in PRICES}
    assert shipped == {key: pytest.approx(of[REGIONS.index(region)], rel=1e-12) for key, of in PRICES.items()}
