"""What the wallet's owner reads: who they are, what they have, what they paid, who asks them for money."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from limits import RateLimitItemPerHour
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from saxaul.guards import tier
from saxaul.kernel import assets, times
from saxaul.kernel.amounts import Amount, parse
from saxaul.kernel.assets import CNY, ECNY
from saxaul.kernel.refusal import Refusal
from saxaul.ledger.journal import Entry
from saxaul.ledger.plan import Posting
from saxaul.people import vault
from saxaul.people.persons import words
from saxaul.surfaces.web import port as p
from saxaul.surfaces.web import port_shop
from saxaul.surfaces.web.port_book import Book, masked_phone, named

MONEY = ("ECNY", "CNY", "VOUCHER")  # kinds whose units are fen
SCANNED_MAX = 1000  # entries looked through for one page of a filtered history
MISSES = RateLimitItemPerHour(10)  # telephones without a wallet that one person may try, so that nobody lists them
_pace = FixedWindowRateLimiter(MemoryStorage())

KINDS = {
    "bills.pay": "bill", "bills.pay_ahead": "bill", "bills.refund": "refund", "pay.refund": "refund",
    "pay.reverse": "refund", "pay.send": "sent", "pay.answer_request": "sent", "packet.give": "sent",
    "packet.expire": "refund", "voucher.write_off": "cashout",
    **dict.fromkeys(("prepaid.refund", "prepaid.expire", "prepaid.return_closed", "prepaid.lapse"), "refund"),
}  # fmt: skip
# Accounts behind which somebody or something stands that has a name.
NAMED = ("merchant", "biller", "charity", "wallet", "contract", "packet", "campaign")
WAITING = (
    "SELECT key, merchant, asset, units, until FROM pay_order WHERE stage IN ('confirming', 'created', 'held') "
    "AND stage = 'confirming' AND payer = ? ORDER BY until LIMIT 20"
)
OPEN_ROWS = (
    "SELECT code, name, name_en, open_from, until FROM people_directory WHERE list = ? AND open_from <= ? "
    "AND (until = 0 OR until > ?) ORDER BY code LIMIT 500"
)


def yuan(units: int) -> Amount:
    """Fen as an amount of any pocket."""
    return Amount(CNY, units)


def read_amount(text: str) -> Amount:
    """An amount of a receipt; money as yuan."""
    amount = parse(text)
    return yuan(amount.units) if assets.kind(amount.asset) in MONEY else amount


# -- who ---------------------------------------------------------------------------------------------------------------


def person(book: Book, credential: str) -> p.Person | None:
    """The reader with what the vault tells them about themselves."""
    row = book.person_of(credential)
    if row is None:
        return None
    known = book.sealer.open(row.key)
    phone = masked_phone(known.get("phone", ""))
    wallets = book.wallets(row)
    pin, linked = book.record("people_pin", row.key), book.record("cash_linked", row.key)
    kept = [
        p.Kept(one.key, keeper, bool(one.activated), one.tier, one.stage == "open")
        for one, keeper in zip(wallets, _keepers(book, wallets), strict=True)
    ]
    return p.Person(
        row.key, credential, known.get("name", "") or phone, phone, row.language, bool(row.elder), pin is not None,
        port_shop.counter_of(book, row.key) is not None, wallet=wallets[0].key if wallets else "",
        activated=bool(wallets) and all(one.activated for one in wallets), linked=linked is not None, wallets=kept,
    )  # fmt: skip


def _keepers(book: Book, wallets: Sequence[Any]) -> list[str]:
    """Who keeps each wallet; a second one at the same issuer is told by a number."""
    rows = book.records("people_directory", [f"issuer:{one.issuer}" for one in wallets])
    names = [named(row) or one.issuer for one, row in zip(wallets, rows, strict=True)]
    counts = [names[: place + 1].count(name) for place, name in enumerate(names)]
    return [name if count == 1 else f"{name} {count}" for name, count in zip(names, counts, strict=True)]


def free(book: Book, wallets: Sequence[str]) -> dict[str, tuple[Amount, Amount]]:
    """e-CNY and bank money of each wallet, posted and not held."""
    keys = [(f"wallet:{wallet}", asset) for wallet in wallets for asset in (ECNY, CNY)]
    found = book.clerk(lambda: book.house.clerk.look(keys))
    units = [Amount(asset, found[place, asset][0] - found[place, asset][1]) for place, asset in keys]
    return dict(zip(wallets, zip(units[::2], units[1::2], strict=True), strict=True))


def purposes() -> dict[str, tuple[str, str]]:
    """What may be agreed to, in the reader's words. A purpose without a text here is not offered."""
    return {
        "green": (_("Green energy"), _("Your rides and payments are counted once a day and turned into green energy.")),
        "giving": (_("Giving steps"), _("Your daily steps are counted, so that sponsors can turn them into gifts.")),
        "figures": (
            _("Public figures"),
            _("You are counted in totals that anybody can read. Nobody sees you in them."),
        ),
        "offers": (_("Offers"), _("Shops you have paid may send you vouchers. They do not learn your name.")),
        "location": (_("Place"), _("Your place is used while a page is open, to show shops and stops nearby.")),
    }  # fmt: skip


def consents(book: Book, credential: str) -> list[p.Consent]:
    """Each purpose with the reader's answer."""
    row, texts = book.person_of(credential), purposes()
    offered = [one for one in book.term("desk.purposes") if one in texts]
    found = book.records("people_consent", [f"{row.key}:{one}" for one in offered])
    return [
        p.Consent(one, *texts[one], kept is not None and kept.stage == "given", kept.since if kept else None)
        for one, kept in zip(offered, found, strict=True)
    ]


def lists(book: Book, name: str) -> list[p.Listed]:
    """Rows of a public list that are open now, named in the reader's language."""
    now = book.now()
    rows = [p.Listed(code, _named(zh, en)) for code, zh, en, _from, _until in book.query(OPEN_ROWS, (name, now, now))]
    return sorted(rows, key=lambda row: row.name)


def _named(zh: str, en: str) -> str:
    from types import SimpleNamespace

    return named(SimpleNamespace(name=zh, name_en=en))


# -- what they have ----------------------------------------------------------------------------------------------------


def home(book: Book, credential: str, wallet: str = "") -> p.Home:
    """Pockets of all wallets, limits of the one named or the first, last payments, and what waits."""
    row = book.person_of(credential)
    wallets = book.wallets(row)
    pockets = _pockets(book, [wallet.key for wallet in wallets])
    able = [one.key for one in wallets if one.stage == "open"] or [one.key for one in wallets]  # frozen pays nothing
    total = yuan(sum(part.units for parts in free(book, able).values() for part in parts))
    shown = next((one for one in wallets if one.key == wallet), wallets[0])
    key = (f"wallet:{shown.key}", ECNY)
    own = book.clerk(lambda: book.house.clerk.look([key]))[key][0]
    grade = p.Tier(shown.tier, _limits(book, shown, own))
    recent = history(book, credential, size=5).rows
    return p.Home(total, pockets, grade, recent, _waiting(book, row, wallets))


def _pockets(book: Book, wallets: Sequence[str]) -> list[p.Pocket]:
    """Money first, then what is bound to a campaign."""
    bound = [row for row in book.records("pay_bound", wallets) if row is not None]
    campaigns = [row for row in book.records("pay_purpose", [c for one in bound for c in words(one.purposes)]) if row]
    wanted = [ECNY, CNY, *dict.fromkeys(row.asset for row in campaigns)]
    keys = [(f"wallet:{wallet}", asset) for wallet in wallets for asset in wanted]
    balances = book.clerk(lambda: book.house.clerk.look(keys))
    ends = {row.asset: row.until - 1 for row in campaigns if row.until}  # ends are not included: the last good day
    found = []
    for asset in wanted:
        rows = [balances[f"wallet:{wallet}", asset] for wallet in wallets]
        posted, held = sum(one[0] for one in rows), sum(one[1] for one in rows)
        if posted or held or asset == ECNY:
            free = Amount(asset, posted - held)
            found.append(p.Pocket(asset, free, Amount(asset, held), _title(book, asset), ends.get(asset) or None))
    return found


def _limits(book: Book, wallet: Any, own: int) -> list[p.Limit]:
    """The tier's limits and what is left of them today."""
    payment, day, year, _count = tier.allowed(book, wallet)  # looks up terms only
    balance = book.term(f"tier.{wallet.tier}.balance_limit")
    today = times.day(book.now(), book.house.settings.zone)
    names = [f"wallet:{wallet.key}|pay|{today}", f"wallet:{wallet.key}|pay|{today[:4]}"]
    used = book.clerk(lambda: book.house.clerk.used(names))
    rows = (("payment", payment, 0), ("day", day, used[names[0]][0]), ("year", year, used[names[1]][0]))
    rows = (*rows, ("balance", balance, own))
    return [p.Limit(kind, yuan(most), yuan(max(0, most - spent))) for kind, most, spent in rows if most is not None]


def _waiting(book: Book, row: Any, wallets: Sequence[Any]) -> list[p.Waiting]:
    """Orders a till took above the no-PIN limit, and requests of others."""
    found = []
    for wallet in wallets:
        for key, merchant, _asset, units, until in book.query(WAITING, (wallet.key,)):
            title = book.name_of(f"merchant:{merchant}:due")
            found.append(p.Waiting(key, "order", title, yuan(units), p.PAY_CONFIRM, {"order": key}, until))
    for one in book.linked(row.key, "pay_request", limit=20):
        if one.payer == row.key and one.stage == "asked" and one.ends > book.now():
            ask = {"request": one.key, "pay": True}
            title = book.name_of(f"wallet:{one.payee}")
            found.append(p.Waiting(one.key, "request", title, yuan(one.units), p.PAY_ANSWER, ask, one.ends))
    return found


# -- what they paid ----------------------------------------------------------------------------------------------------


def _title(book: Book, asset: str) -> str:
    """The name of the campaign whose money this is; empty for money of one's own."""
    campaign = assets.of(asset)
    return book.name_of_campaign(campaign) if campaign else ""


def parts_of(book: Book, postings: Iterable[Posting], payers: Sequence[str]) -> tuple[list[p.Part], Amount]:
    """What each pocket of the payers gives, and the money in all."""
    parts: dict[str, int] = {}
    faces = _faces(postings)
    for one in postings:
        if one.debit in payers:
            parts[one.asset] = parts.get(one.asset, 0) + faces.get(one.asset, one.units)
    total = sum(units for asset, units in parts.items() if assets.kind(asset) in MONEY or asset in faces)
    shown = {asset: yuan(units) if asset in faces else Amount(asset, units) for asset, units in parts.items()}
    return [p.Part(asset, amount, _title(book, asset)) for asset, amount in shown.items()], yuan(total)


def _faces(postings: Iterable[Posting]) -> dict[str, int]:
    """What each coupon of a purchase took off: the money that its escrow gave to the shop, or got back."""
    moved: dict[str, int] = {}
    for one in postings:
        for home, other in ((one.debit, one.credit), (one.credit, one.debit)):
            if home.startswith("campaign:") and home.endswith(":escrow") and other.startswith("merchant:"):
                moved[home.split(":")[1]] = one.units
    coupons = {one.asset for one in postings if one.asset.startswith("COUPON.")}
    return {asset: moved[assets.of(asset)] for asset in coupons if assets.of(asset) in moved}


def history(
    book: Book, credential: str, *, kind: str = "", since: str = "", until: str = "", after: str = "", size: int = 30
) -> p.Lines:
    """One page, newest first, of the entries that moved money of the reader's wallets."""
    accounts = book.accounts(credential)
    as_of = book.as_of()
    before = int(after) if after.isdigit() else 2**62
    rows: list[p.Line] = []
    seen = 0
    while accounts and seen < SCANNED_MAX:
        entries = book.entries(accounts, before=before, limit=100)
        for entry in entries:
            before, seen, day = entry.n, seen + 1, times.day(entry.at)
            if since and day < since:
                return p.Lines(rows, "", as_of)
            line = line_of(book, entry, accounts)
            if line.amount.units and kind in ("", line.kind) and (not until or day <= until):
                rows.append(line)
                if len(rows) == size:
                    return p.Lines(rows, str(before), as_of)
        if len(entries) < 100:
            return p.Lines(rows, "", as_of)
    return p.Lines(rows, str(before) if accounts else "", as_of)


def line_of(book: Book, entry: Entry, accounts: Sequence[str]) -> p.Line:
    """An entry as its wallet's owner reads it."""
    given, taken = _flows(entry, accounts)
    incoming = taken > given
    others = [a for one in entry.postings if (a := _other(one, accounts, incoming=incoming))]
    other = next((a for a in others if not a.startswith("campaign:")), others[0] if others else "")  # the shop first
    if not other or (other.startswith("campaign:") and not incoming):  # nothing but coupons and vouchers paid
        other = next((one.credit for one in entry.postings if one.credit.startswith("merchant:")), other)
    return p.Line(
        entry.id, entry.entered, _kind(entry, other, incoming=incoming), book.name_of(other) or _house(entry),
        yuan(abs(taken - given)), incoming,
    )  # fmt: skip


def _flows(entry: Entry, accounts: Sequence[str]) -> tuple[int, int]:
    """(money that left the accounts, money that came)."""
    faces = _faces(entry.postings)
    money = [one for one in entry.postings if assets.kind(one.asset) in MONEY or one.asset in faces]
    return (
        sum(faces.get(one.asset, one.units) for one in money if one.debit in accounts),
        sum(faces.get(one.asset, one.units) for one in money if one.credit in accounts),
    )


def _other(posting: Posting, accounts: Sequence[str], *, incoming: bool) -> str:
    """The account on the other side that has a name."""
    mine, other = (posting.credit, posting.debit) if incoming else (posting.debit, posting.credit)
    return other if mine in accounts and other.partition(":")[0] in NAMED else ""


def _kind(entry: Entry, other: str, *, incoming: bool) -> str:
    if entry.act.startswith("cash.") or not other:
        return "topup" if incoming else "cashout"
    kind = KINDS.get(entry.act, "paid")
    return "received" if incoming and kind in ("sent", "paid") else kind


def _house(entry: Entry) -> str:
    return _("My bank account") if entry.act.startswith("cash.") else _("The wallet")


def receipt(book: Book, credential: str, id: str) -> p.Receipt | None:
    """What became of one act; only for those whose money or request it was."""
    entry, row = book.entry(id), book.person_of(credential)
    if entry is None or row is None or entry.refused:
        return None
    accounts = [f"wallet:{key}" for key in words(row.wallets)]
    involved = any(one.debit in accounts or one.credit in accounts for one in entry.postings)
    if not involved:
        return _promised(book, row, entry) if entry.actor == row.key else None
    line = line_of(book, entry, accounts)
    parts, _total = parts_of(book, entry.postings, accounts)
    order = book.record("pay_order", str(entry.receipt.get("order", "")))
    refunded = yuan(order.refunded) if order is not None and not line.incoming else None
    place = port_shop.place_of(book, order.shop)[0] if order is not None else ""
    return p.Receipt(
        id, number(id), line.at, entry.act, line.kind, "done", line.title, line.amount, line.incoming, parts,
        place=place, refunded=refunded, head=_head(entry), keeper=_moved(book, row, entry, incoming=line.incoming),
    )  # fmt: skip


def _moved(book: Book, row: Any, entry: Entry, *, incoming: bool) -> str:
    """Who keeps the own wallet whose money it was; empty where the person has one only."""
    sides = [one.credit if incoming else one.debit for one in entry.postings]
    return _keeper(book, row, next((one for one in sides if one.removeprefix("wallet:") in words(row.wallets)), ""))


def _keeper(book: Book, row: Any, address: str) -> str:
    """Who keeps this one of several wallets."""
    wallets = book.wallets(row)
    names = dict(zip((f"wallet:{one.key}" for one in wallets), _keepers(book, wallets), strict=True))
    return names.get(address, "") if len(wallets) > 1 else ""


def number(id: str) -> str:
    """The receipt's number as people read it aloud."""
    return "-".join(id[start : start + 4].upper() for start in (20, 24, 28))


def _head(entry: Entry) -> str:
    return f"{entry.n} · {entry.hash.hex()[:8]}…{entry.hash.hex()[-4:]}"


def _promised(book: Book, row: Any, entry: Entry) -> p.Receipt | None:
    """An own act that moved nothing yet: money asked of the bank or on its way to it, or held."""
    order = book.record("cash_order", entry.id)
    if order is None:
        return None
    incoming = order.kind == "top_up"
    stage = {"done": "done", "rejected": "refused", "returned": "refused"}.get(order.stage, "waiting")
    kind = "topup" if incoming else "cashout"
    return p.Receipt(
        entry.id, number(entry.id), entry.entered, entry.act, kind, stage, _("My bank account"),
        yuan(order.ecny + order.cny), incoming, head=_head(entry), keeper=_keeper(book, row, order.party),
    )  # fmt: skip


# -- other people ------------------------------------------------------------------------------------------------------


def payee(book: Book, credential: str, phone: str) -> p.Payee | p.Problem:
    """Who has this phone; misses are counted, so that nobody can list who has a wallet."""
    if not _pace.test(MISSES, credential):
        return p.Problem("request.pace_exceeded", "limited", {"seconds": 3600})
    try:
        mark = vault.phone_mark(book.sealer.pepper, phone)
    except Refusal:
        mark = ""
    index = book.record("people_index", f"phone:{mark}") if mark else None
    person = book.record("people_person", index.target) if index is not None and index.target else None
    if person is None or not person.wallets:
        _pace.hit(MISSES, credential)
        return p.Problem("payee.account_missing", "missing")
    return _payee(book, words(person.wallets)[0], person.key)


def payee_by_id(book: Book, id: str) -> p.Payee | None:
    """The same by wallet; ids are opaque, so whoever has one has seen the payee before."""
    wallet = book.record("people_wallet", id)
    return _payee(book, id, wallet.person) if wallet is not None and wallet.person else None


def _payee(book: Book, wallet: str, person: str) -> p.Payee:
    phone = book.sealer.open(person, ("phone",)).get("phone", "")
    return p.Payee(wallet, book.name_of_person(person), masked_phone(phone), person)


def requests(book: Book, credential: str) -> list[p.Request]:
    """Requests the reader made (shares of one bill together) or got, newest first."""
    row = book.person_of(credential)
    made: dict[str, list[Any]] = {}
    for wallet in words(row.wallets):
        for one in book.linked(wallet, "pay_request"):
            made.setdefault(one.bill or one.key, []).append(one)
    found = [_made(book, id, shares) for id, shares in made.items()]
    for one in book.linked(row.key, "pay_request"):
        if one.payer == row.key:
            asker, amount = book.name_of(f"wallet:{one.payee}"), yuan(one.units)
            stage = _stage(book, one)
            owed = amount if stage == "asked" else None
            found.append(p.Request(one.key, _at(one.key), one.ends, asker, amount, (), False, stage, owed))
    return sorted(found, key=lambda one: one.id, reverse=True)


def _made(book: Book, id: str, rows: Sequence[Any]) -> p.Request:
    shares = [p.Share(one.key, book.name_of_person(one.payer), yuan(one.units), _stage(book, one)) for one in rows]
    open_ones = any(one.stage == "asked" for one in shares)
    total, stage = yuan(sum(one.units for one in rows)), "asked" if open_ones else shares[0].stage
    return p.Request(id, _at(id), rows[0].ends, "", total, shares, True, stage)


def _at(id: str) -> int:
    return int(id[:12], 16) * 1000


def _stage(book: Book, row: Any) -> str:
    return "expired" if row.stage == "asked" and row.ends <= book.now() else str(row.stage)
