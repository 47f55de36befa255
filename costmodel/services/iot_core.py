from typing import NamedTuple

from costmodel.metering import Load, Metering, Output, PriceName, Stream, Usage
from costmodel.quantities import round_up
from costmodel.settings import Count, Share, Size, count, increment, price, service, share, size


class IoTCore(NamedTuple):
    devices: Count = count("1", "devices that connect")
    connected: Share = share("100%", "share of the time that a device is connected")
    rules: Count = count("1", "rules that each message triggers")
    actions: Count = count("1", "actions that each triggered rule executes")
    shadow_operations: Count = count(None, "device shadow and registry operations for each message")
    operation_size: Size = size("1 KB", "size of what one of these operations reads or writes")


class IoTCoreCard(NamedTuple):
    message_increment: Size = increment("5 KB", "messages, triggers and actions are metered in steps of this size")
    operation_increment: Size = increment("1 KB", "shadow and registry operations are metered in steps of this size")
    connectivity: PriceName = price("minute", "connection time of the devices")
    messages: PriceName = price("message", "messages to and from devices")
    rules_triggered: PriceName = price("trigger", "rules triggered")
    actions_executed: PriceName = price("action", "actions executed")
    shadow_operations: PriceName = price("operation", "device shadow and registry operations")


@service("AWS IoT Core", key="iot_core", category="Internet of Things", settings=IoTCore, card=IoTCoreCard)
def iot_core(stream: Stream, settings: IoTCore, rates: IoTCoreCard) -> Metering:
    """Connectivity is billed by the minute of connection; messages, rules triggered and actions executed in steps of 5 KB."""
    connected_time = settings.devices * settings.connected * stream.duration
    yield Usage("Connectivity", connected_time, rate=rates.connectivity)

    messages = stream.in_steps(rates.message_increment)
    yield Usage("Messages", messages, rate=rates.messages, consumed=stream.records)
    rules_triggered = messages * settings.rules
    yield Usage("Rules triggered", rules_triggered, rate=rates.rules_triggered, consumed=stream.records * settings.rules)
    actions_executed = rules_triggered * settings.actions
    yield Usage(
        "Actions executed",
        actions_executed,
        rate=rates.actions_executed,
        consumed=stream.records * settings.rules * settings.actions,
    )
    if settings.shadow_operations is not None:
        yield from _operations(stream, settings, rates)

    yield Load("Inbound publishes", stream.records_per_second, "publishes/s", quota="iot_core.inbound_publishes")
    yield Load("Rule evaluations", stream.records_per_second * settings.rules, "evaluations/s", quota="iot_core.rule_evaluations")
    yield Load("Connections", settings.devices, "connections", quota="iot_core.connections")  # all may be connected at once
    yield Load("Message size", stream.largest_record, "bytes", quota="iot_core.message_bytes")
    yield Output(stream.one_by_one())


def _operations(stream: Stream, settings: IoTCore, rates: IoTCoreCard) -> Metering:
    """Operations on device shadows and the registry are billed in steps of 1 KB."""
    operations = stream.records * settings.shadow_operations
    steps = round_up(settings.operation_size, to=rates.operation_increment) / rates.operation_increment
    billed_operations = operations * steps
    yield Usage("Shadow and registry operations", billed_operations, rate=rates.shadow_operations, consumed=operations)
