"""costmodel: what a cloud architecture costs, from a traffic scenario, a pattern and a dated rate card.

>>> import costmodel
>>> bill = costmodel.estimate("itl", "large")
>>> round(bill.total, 2)
672.05
"""

from costmodel.bill import Bill, Line, PeakLoad
from costmodel.errors import CostmodelError, InputError, MissingPrice
from costmodel.estimate import estimate

__version__ = "0.1.0"
__all__ = ["Bill", "CostmodelError", "InputError", "Line", "MissingPrice", "PeakLoad", "estimate"]
