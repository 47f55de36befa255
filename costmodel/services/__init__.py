"""One AWS service per file. The file's name is the service's key (`aws_lambda.py` for the Python keyword `lambda`)."""

import os
from functools import cache
from importlib import import_module

from costmodel.settings import Service

_MODULES = {"lambda": "aws_lambda"}


@cache
def keys() -> tuple[str, ...]:
    """The keys of all services, from the files of this folder."""
    of_module = {module: key for key, module in _MODULES.items()}
    files = (name.removesuffix(".py") for name in os.listdir(os.path.dirname(__file__)) if name.endswith(".py"))
    return tuple(sorted(of_module.get(name, name) for name in files if not name.startswith("_")))


@cache
def find(key: str) -> Service | None:
    """The service of this key, its module loaded on first use; None if there is none."""
    if key not in keys():
        return None
    module = import_module(f"costmodel.services.{_MODULES.get(key, key)}")
    return next(value for value in vars(module).values() if isinstance(value, Service) and value.key == key)


def every() -> list[Service]:
    return [service for key in keys() if (service := find(key))]


def notice(service: Service) -> str:
    """That AWS has withdrawn a service, and what takes its place, in a sentence or two; "" for one that it offers."""
    withdrawn = service.withdrawn
    successor = withdrawn and find(withdrawn.successor)
    if withdrawn is None or successor is None:
        return ""
    ended = f"nothing new can be created in it from {withdrawn.closed} on, and it ended on {withdrawn.ended}"
    return f"AWS has withdrawn {service.name}: {ended}. Its successor is {successor.name} (key: {successor.key})."
