"""costmodel: what a cloud architecture costs, from a traffic scenario, a pattern and a dated rate card.

>>> import costmodel
>>> bill = costmodel.estimate("itl", "large")
>>> round(bill.total, 2)
672.05
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from costmodel.bill import Bill, Line
    from costmodel.errors import CostmodelError, InputError, MissingPrice
    from costmodel.estimating import estimate
    from costmodel.flow import PeakLoad
    from costmodel.whatif import sweep

__version__ = "0.1.0"
__all__ = ["Bill", "CostmodelError", "InputError", "Line", "MissingPrice", "PeakLoad", "estimate", "sweep"]

# Loaded on first use, so that `costmodel --help` and other light commands start at once.
_HOMES = {
    "Bill": "bill",
    "Line": "bill",
    "CostmodelError": "errors",
    "InputError": "errors",
    "MissingPrice": "errors",
    "estimate": "estimating",
    "sweep": "whatif",
    "PeakLoad": "flow",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'costmodel' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(f"costmodel.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
