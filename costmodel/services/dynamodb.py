from typing import NamedTuple

from costmodel.metering import Load, Metering, PriceName, Stream, Usage
from costmodel.quantities import round_up
from costmodel.settings import Count, Rate, Size, count, increment, price, service, size


class DynamoDB(NamedTuple):
    read_capacity: Count = count("0", "read capacity units provisioned")
    write_capacity: Count = count("0", "write capacity units provisioned")
    table_size: Size = size("0 MB", "data stored in the table", at_least="0 MB")
    item_size: Size = size("1 KB", "size of an item read or written")
    reads_per_record: Count = count("0", "strongly consistent reads for each record that comes in")
    writes_per_record: Count = count("0", "writes for each record that comes in")


class DynamoDBCard(NamedTuple):
    read_unit: Size = increment("4 KB", "one read unit reads up to this much of an item")
    write_unit: Size = increment("1 KB", "one write unit writes up to this much of an item")
    unit_rate: Rate = increment("1/s", "a capacity unit serves one unit this often")
    read_capacity: PriceName = price("RCU-hour", "provisioned read capacity")
    write_capacity: PriceName = price("WCU-hour", "provisioned write capacity")
    storage: PriceName = price("GB-month", "data stored")


@service("Amazon DynamoDB", key="dynamodb", category="Databases", settings=DynamoDB, card=DynamoDBCard)
def dynamodb(stream: Stream, settings: DynamoDB, rates: DynamoDBCard) -> Metering:
    """Provisioned capacity is billed by the hour for each read and write unit, used or not; storage by the GB-month."""
    read_unit_time = settings.read_capacity * stream.duration
    yield Usage("Read capacity", read_unit_time, rate=rates.read_capacity)
    write_unit_time = settings.write_capacity * stream.duration
    yield Usage("Write capacity", write_unit_time, rate=rates.write_capacity)
    stored = settings.table_size * stream.share_of_month
    yield Usage("Storage", stored, rate=rates.storage)

    units_of_a_read = round_up(settings.item_size, to=rates.read_unit) / rates.read_unit
    units_of_a_write = round_up(settings.item_size, to=rates.write_unit) / rates.write_unit
    reads = stream.records_per_second * settings.reads_per_record * units_of_a_read
    writes = stream.records_per_second * settings.writes_per_record * units_of_a_write
    yield Load("Read units", reads, "units/s", provisioned=settings.read_capacity * rates.unit_rate)
    yield Load("Write units", writes, "units/s", provisioned=settings.write_capacity * rates.unit_rate)
