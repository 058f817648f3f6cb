"""The engine: declarations, the one write path, the clerk, and what follows from the journal.

Programmes import from here; nothing else of the engine is meant for them.
"""

from saxaul.engine.declare import Act, Code, Declarations, Id, Peek, Private, Programme, Text
from saxaul.engine.followers import Due, Follower, due, follows
from saxaul.engine.stages import Stages, step
from saxaul.kernel.amounts import Amount
from saxaul.kernel.refusal import Refusal
from saxaul.ledger.chart import AccountClass
from saxaul.ledger.facts import Actor, Facts
from saxaul.ledger.plan import (
    Aside,
    Bound,
    Carried,
    Change,
    HoldEnd,
    HoldOpen,
    Limit,
    Notice,
    Payment,
    Plan,
    Posting,
    Use,
)

__all__ = [
    "AccountClass", "Act", "Actor", "Amount", "Aside", "Bound", "Carried", "Change", "Code", "Declarations", "Due",
    "Facts", "Follower", "HoldEnd", "HoldOpen", "Id", "Limit", "Notice", "Payment", "Peek", "Plan", "Posting",
    "Private", "Programme", "Refusal", "Stages", "Text", "Use", "due", "follows", "step",
]  # fmt: skip
