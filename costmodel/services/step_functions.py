from typing import NamedTuple

from costmodel.metering import Batch, Load, Metering, Output, PriceName, Stream, Usage
from costmodel.quantities import Number, round_up
from costmodel.settings import LOGS, Count, Size, Time, Word, batch_size, choice, count, increment, price, service, size, time


class StepFunctions(NamedTuple):
    workflow: Word = choice("standard", "the workflow's type", "standard", "express")
    batch: Batch = batch_size("1 record", "what one execution receives: bytes or records")
    transitions: Count = count("1", "state transitions of one execution of a standard workflow, with retries")
    duration: Time = time("100 ms", "how long one execution runs")
    memory: Size = size("50 MB", "memory of one execution of an express workflow: 50 MB, its definition and its payload")


class StepFunctionsCard(NamedTuple):
    duration_increment: Time = increment("100 ms", "an express execution's duration is rounded up to a multiple of this")
    memory_increment: Size = increment("64 MB", "an express execution's memory is rounded up to a multiple of this")
    transitions: PriceName = price("transition", "state transitions of standard workflows")
    express_requests: PriceName = price("request", "executions of express workflows")
    express_duration: PriceName = price("GB-second", "memory times duration of express workflows")


@service(
    "AWS Step Functions",
    key="step_functions",
    category="Integration",
    settings=StepFunctions,
    card=StepFunctionsCard,
    companions=(LOGS,),
)
def step_functions(stream: Stream, settings: StepFunctions, rates: StepFunctionsCard) -> Metering:
    """A standard workflow is billed by its state transitions, an express workflow by its executions and their GB-seconds."""
    executions = stream.batches_of(settings.batch)
    if settings.workflow == "standard":
        state_transitions = executions * settings.transitions
        yield Usage("State transitions", state_transitions, rate=rates.transitions)
    else:
        yield from _express(executions, settings, rates)

    started = executions / stream.duration
    yield Load("Executions started", started, "executions/s", quota=f"step_functions.{settings.workflow}_starts")
    yield Load("Executions at once", started * settings.duration, "executions")
    yield Output(stream.batched(executions))


def _express(executions: Number, settings: StepFunctions, rates: StepFunctionsCard) -> Metering:
    yield Usage("Express requests", executions, rate=rates.express_requests)
    billed_duration = round_up(settings.duration, to=rates.duration_increment)
    billed_memory = round_up(settings.memory, to=rates.memory_increment)
    memory_duration = executions * billed_duration * billed_memory
    used = executions * settings.duration * settings.memory
    yield Usage("Express duration", memory_duration, rate=rates.express_duration, consumed=used)
