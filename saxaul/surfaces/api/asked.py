"""A read on its way: who asks, what was asked for, and the few ways to look at the book without changing it.

Every object answers only to its owner. Another's is refused exactly like an unknown one, and a read that is open to
some roles is closed to all others.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import msgspec

from saxaul.engine.request import encode_value
from saxaul.kernel import ids, times
from saxaul.kernel.maxima import MAXIMA
from saxaul.kernel.refusal import Refusal
from saxaul.ledger.facts import Actor
from saxaul.people.credentials import ANYONE, actor_of

if TYPE_CHECKING:
    from saxaul.surfaces.api.front import Front

JSON = (b"content-type", b"application/json")
ANYBODY = ("anyone",)
SOMEBODY = ("citizen", "cashier", "manager", "biller", "officer", "approver", "auditor", "service")

_json = msgspec.json.Encoder(enc_hook=encode_value).encode


@dataclass(frozen=True, slots=True)
class Reply:
    """What a read answers."""

    body: bytes
    status: int = 200
    kind: tuple[bytes, bytes] = JSON
    headers: tuple[tuple[bytes, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """One field behind the question mark."""

    name: str
    schema: dict[str, Any]
    says: str


@dataclass(frozen=True, slots=True)
class Read:
    """One thing that can be asked for: `path` with `{words}`, who may ask, the answer's shape, and how it is found.

    `pattern` gives each word of the path its shape for the document; what does not fit it is an unknown object.
    """

    name: str
    path: str
    find: Callable[[Asked], Awaitable[Any]]
    answer: type[msgspec.Struct] | None
    roles: tuple[str, ...] = SOMEBODY
    query: tuple[Query, ...] = ()
    kind: str = "application/json"
    refuses: tuple[str, ...] = ()
    parts: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", tuple(self.path.split("/")))

    @property
    def summary(self) -> str:
        """The first line of what finds it."""
        return (self.find.__doc__ or "").strip().split("\n")[0]

    def words(self, parts: list[str]) -> dict[str, str] | None:
        """The words of a path that fits, else None."""
        if len(parts) != len(self.parts):
            return None
        found = {}
        for mine, given in zip(self.parts, parts, strict=True):
            if mine.startswith("{"):
                found[mine[1:-1]] = given
            elif mine != given:
                return None
        return found


BEFORE = Query("before", {"type": "integer", "minimum": 1, "maximum": 2**62}, "entries below this number only")
LIMIT = Query(
    "limit", {"type": "integer", "minimum": 1, "maximum": MAXIMA.page_rows, "default": 50}, "how many at most"
)  # fmt: skip
AFTER = Query("after", {"type": "string", "maxLength": 128}, "the key of the last row of the page before")
DAY = Query("day", {"type": "string", "format": "date"}, "a day of the city, such as 2022-06-01; left out: today")


class Asked:
    """One read: `words` of its path, the actor once `answer` has looked it up, and the book."""

    def __init__(
        self, front: Front, scope: dict[str, Any], credential: str, words: dict[str, str], language: str
    ) -> None:
        self.front, self.scope, self.credential, self.words, self.language = front, scope, credential, words, language
        self.house, self.shelf, self.drive = front.house, front.shelf, front.drive
        self.actor: Actor = ANYONE
        self.asked_for = dict(parse_qsl(scope.get("query_string", b"").decode("latin-1")))

    async def answer(self, read: Read) -> Reply:
        """What the read finds, if the asker may have it."""
        if self.credential:
            (row,) = await self.rows("people_credential", [self.credential])
            if row is None or row.stage != "active":
                raise Refusal("actor.login_missing")
            self.actor = actor_of(row)
        if "anyone" not in read.roles and self.actor.roles.isdisjoint(read.roles):
            raise Refusal("actor.role_missing" if self.credential else "actor.login_missing")
        self._known_fields(read)
        found = await read.find(self)
        return found if isinstance(found, Reply) else Reply(_json(found))

    def _known_fields(self, read: Read) -> None:
        unknown = sorted(self.asked_for.keys() - {one.name for one in read.query})
        if unknown:
            raise Refusal("request.field_invalid", fields=[f"{name[:64]}: unknown" for name in unknown[:8]])

    # -- what was asked for ------------------------------------------------------------------------------------------

    def id(self, word: str) -> str:
        """The id in the path; what is none is an unknown object."""
        found = ids.read(self.words[word])
        if found is None:
            raise Refusal("request.object_missing")
        return found

    def number(self, query: Query) -> int | None:
        """The whole number behind the question mark, within its bounds; its default, or None, where there is none."""
        text = self.asked_for.get(query.name)
        if text is None:
            return query.schema.get("default")
        low, high = query.schema["minimum"], query.schema["maximum"]
        if not text.isascii() or not text.isdecimal() or len(text) > 20 or not low <= int(text) <= high:
            raise Refusal("request.field_invalid", fields=[f"{query.name}: a whole number from {low} to {high}"])
        return int(text)

    def day(self) -> str:
        """The day asked for, else today."""
        text = self.asked_for.get("day", "")
        if not text:
            return times.day(self.now, self.house.settings.zone)
        try:
            times.start_of_day(text, self.house.settings.zone)
        except ValueError:
            text = "?"
        if len(text) != 10 or not "2000-01-01" <= text < "2200-01-01":
            raise Refusal("request.field_invalid", fields=["day: a day such as 2022-06-01"])
        return text

    @property
    def now(self) -> int:
        """The instant of the read."""
        instant: int = self.house.clerk.clock()
        return instant

    # -- looking ---------------------------------------------------------------------------------------------------

    async def rows(self, table: str, keys: Iterable[str]) -> list[Any]:
        """Rows in the order of the keys, None where there is none; none at all where no programme keeps this table."""
        wanted = list(keys)
        if table not in self.shelf.tables:
            return [None] * len(wanted)
        return await self.shelf.run(self.shelf.records, table, wanted)

    async def row(self, table: str, key: str) -> Any:
        """One row, or None."""
        (found,) = await self.rows(table, [key])
        return found

    async def query(self, statement: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a statement."""
        return await self.shelf.run(self.shelf.query, statement, tuple(values))

    async def look(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], tuple[int, int]]:
        """(posted, held) of accounts, as of the last unit."""
        wanted = list(keys)
        found: dict[tuple[str, str], tuple[int, int]] = await self.drive.between(lambda: self.house.clerk.look(wanted))
        return found

    async def usage(self, names: Iterable[str]) -> list[tuple[int, int]]:
        """(units, times) counted under each name, as of the last unit."""
        wanted, state = list(names), self.house.clerk.state

        def find() -> list[tuple[int, int]]:
            state.gather([("usage", name) for name in wanted])
            return [state.usage[name] for name in wanted]

        found: list[tuple[int, int]] = await self.drive.between(find)
        return found

    def owns(self, row: Any) -> bool:
        """Whether a row with `person` or `organisation` is the actor's own."""
        actor = self.actor
        return row is not None and bool(
            (row.person and row.person == actor.person)
            or (row.organisation and row.organisation == actor.organisation)
        )  # fmt: skip

    async def own_wallet(self, id: str) -> Any:
        """The actor's own wallet; any other answers as unknown."""
        row = await self.row("people_wallet", id)
        if not self.owns(row):
            raise Refusal("request.object_missing")
        return row
