"""What a date brings: lots lapse, coupons end, weeks are paid, rentals are charged, documents' retention ends."""

from __future__ import annotations

from collections.abc import Iterable

from saxaul.engine import Due, due
from saxaul.engine.followers import Reader
from saxaul.engine.request import Request
from saxaul.kernel import times
from saxaul.programmes.merchant.common import monday
from saxaul.programmes.merchant.documents import NameDocument
from saxaul.programmes.merchant.lots import Lapse
from saxaul.programmes.merchant.rental import NameRental
from saxaul.programmes.merchant.till import EndCoupon, NameOrder, PayWeek

LIST_MAX = 4_096  # of each kind in one tick; the next takes the rest

LOTS = "SELECT programme, person, ends FROM merchant_lots WHERE ends > 0 AND ends <= ? ORDER BY ends LIMIT ?"
COUPONS = (
    "SELECT key, ends, until FROM merchant_coupon WHERE stage IN ('open', 'reserved') AND ends <= ? AND until <= ? "
    "ORDER BY ends LIMIT ?"
)
WEEKS = "SELECT key FROM merchant_payee WHERE week < ? AND (cny > 0 OR ecny > 0) ORDER BY key LIMIT ?"
BACK = "SELECT key FROM merchant_paid WHERE back = 1 ORDER BY key LIMIT ?"
RENTALS = (
    "SELECT key, until FROM merchant_rental WHERE stage IN ('doing', 'charged') AND until <= ? ORDER BY until LIMIT ?"
)
DOCUMENTS = "SELECT key, ends FROM merchant_document WHERE ends <= ? AND stage <> 'ended' ORDER BY ends LIMIT ?"
ERASED = (
    "SELECT d.key FROM merchant_document d JOIN people_person p ON p.key = d.person AND p.stage <> 'active' "
    "WHERE d.stage <> 'ended' ORDER BY d.key LIMIT ?"
)


def lots(reader: Reader, now: int) -> Iterable[Request]:
    """Persons of whose lots at least one has ended."""
    for programme, person, ends in reader.query(LOTS, (now, LIST_MAX)):
        yield due(ends, "merchant.lapse_points", Lapse(programme, person), f"{programme}:{person}:{ends}")


def coupons(reader: Reader, now: int) -> Iterable[Request]:
    """Coupons whose end, and whose last reservation, has passed."""
    for key, ends, until in reader.query(COUPONS, (now, now, LIST_MAX)):
        yield due(max(ends, until), "merchant.end_coupon", EndCoupon(key), f"{key}:{ends}:{until}")


def weeks(reader: Reader, now: int) -> Iterable[Request]:
    """Merchants who earned something before this week began."""
    week = monday(times.day(now))
    for (key,) in reader.query(WEEKS, (week, LIST_MAX)):
        yield due(times.start_of_day(week), "merchant.pay_week", PayWeek(key, week), f"{key}:{week}")


def back(reader: Reader, now: int) -> Iterable[Request]:
    """Orders that came back while the merchant had no money for their coupon: once a day."""
    day = times.day(now)
    for (key,) in reader.query(BACK, (LIST_MAX,)):
        yield due(times.start_of_day(day), "merchant.order_returned", NameOrder(key), f"{key}:{day}")


def rentals(reader: Reader, now: int) -> Iterable[Request]:
    """Rentals whose fee reached the price, and fees that are tried again."""
    for key, until in reader.query(RENTALS, (now, LIST_MAX)):
        yield due(until, "merchant.charge_rental", NameRental(key), f"{key}:{until}")


def documents(reader: Reader, now: int) -> Iterable[Request]:
    """Documents whose retention has ended, or whose person was erased."""
    for key, ends in reader.query(DOCUMENTS, (now, LIST_MAX)):
        yield due(ends, "merchant.end_document", NameDocument(key), key)
    day = times.start_of_day(times.day(now))
    for (key,) in reader.query(ERASED, (LIST_MAX,)):
        yield due(day, "merchant.end_document", NameDocument(key), f"erased:{key}:{day}")


DUES = (
    Due("merchant.lots", lots), Due("merchant.coupons", coupons), Due("merchant.weeks", weeks),
    Due("merchant.back", back), Due("merchant.rentals", rentals), Due("merchant.documents", documents),
)  # fmt: skip
