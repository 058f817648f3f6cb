"""Every statement of the ledger, named, in the subset that SQLite and PostgreSQL share.

Written once with `?`; the PostgreSQL store reads `%s`. A test compares the column names here with the models.
"""

from __future__ import annotations

ENTRY_COLUMNS = (
    "n", "id", "act", "actor", "behalf", "at", "entered", "versions",
    "fingerprint", "refused", "reverses", "changes", "answer", "hash",
)  # fmt: skip
POSTING_COLUMNS = ("n", "debit", "credit", "asset", "units", "debit_after", "credit_after")
BALANCE_COLUMNS = ("account", "posted", "held", "n")
USAGE_COLUMNS = ("counter", "units", "times", "n")
HOLD_COLUMNS = ("id", "body", "n")

_ENTRY, _POSTING = ", ".join(ENTRY_COLUMNS), ", ".join(POSTING_COLUMNS)


def insert(table: str, columns: tuple[str, ...]) -> str:
    """Append one row."""
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


def upsert(table: str, columns: tuple[str, ...]) -> str:
    """Write one row over the one with the same key (the first column)."""
    sets = ", ".join(f"{column} = excluded.{column}" for column in columns[1:])
    return f"{insert(table, columns)} ON CONFLICT ({columns[0]}) DO UPDATE SET {sets}"


INSERT_ENTRY = insert("entry", ENTRY_COLUMNS)
INSERT_POSTING = insert("posting", POSTING_COLUMNS)
UPSERT_BALANCE = upsert("balance", BALANCE_COLUMNS)
UPSERT_USAGE = upsert("usage", USAGE_COLUMNS)
UPSERT_HOLD = upsert("hold", HOLD_COLUMNS)
DELETE_HOLD = "DELETE FROM hold WHERE id = ?"

LAST_ENTRY = f"SELECT {_ENTRY} FROM entry ORDER BY n DESC LIMIT 1"
ENTRIES = f"SELECT {_ENTRY} FROM entry WHERE n > ? AND n <= ? ORDER BY n"
POSTINGS = f"SELECT {_POSTING} FROM posting WHERE n >= ? AND n < ? ORDER BY n"
RECENT_IDS = "SELECT id FROM entry WHERE id >= ?"
ENTRY_BY_ID = "SELECT id, n, fingerprint, refused, answer, entered FROM entry WHERE id IN "
ALL_HOLDS = "SELECT id, body, n FROM hold"
BALANCES = "SELECT account, posted, held, n FROM balance WHERE account IN "
USAGES = "SELECT counter, units, times, n FROM usage WHERE counter IN "
ALL_BALANCES = "SELECT account, posted, held, n FROM balance ORDER BY account"
MARK = "SELECT value, text FROM mark WHERE name = ?"
SET_MARK = (
    "INSERT INTO mark (name, value, text) VALUES (?, ?, ?) "
    "ON CONFLICT (name) DO UPDATE SET value = excluded.value, text = excluded.text"
)
_NOW = "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)"  # PostgreSQL's clock, the only one that counts
MAKE_LEASE = "INSERT INTO mark (name, value, text) VALUES ('lease', 0, '') ON CONFLICT (name) DO NOTHING"
TAKE_LEASE = f"UPDATE mark SET value = {_NOW} + ?, text = ? WHERE name = 'lease' AND value <= {_NOW}"
RENEW_LEASE = (
    "WITH mine AS (UPDATE mark SET value = value WHERE name = 'fence' AND value = ? RETURNING value) "
    f"UPDATE mark SET value = {_NOW} + ? WHERE name = 'lease' AND EXISTS (SELECT 1 FROM mine)"
)
NEXT_FENCE = (
    "INSERT INTO mark (name, value, text) VALUES ('fence', 1, ?) "
    "ON CONFLICT (name) DO UPDATE SET value = mark.value + 1, text = excluded.text"
)


def marks(count: int) -> str:
    """`(?, ?, …)` for an IN list."""
    return f"({', '.join('?' * count)})"
