"""Files to and from banks in ISO 20022: `out` writes credit transfers, `read` reads what a bank answers.

The bank is a stranger whose files arrive late, twice or damaged, so reading gives plain frozen facts or refuses the
whole file with a list of its faults; nothing here posts, keeps or sends anything.
"""

from saxaul.programmes.cash.iso20022.out import CreditTransfer, Party, write_transfers
from saxaul.programmes.cash.iso20022.read import BankFile, Line, Statement, read

__all__ = ["BankFile", "CreditTransfer", "Line", "Party", "Statement", "read", "write_transfers"]
