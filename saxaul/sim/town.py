"""A day of the town as a stream of asks: the same seed, day and number of people always give the same ones.

Nothing here reads a clock or an answer. Each habit passes once over all people in an order of its own, its instants
following the hours of the habit, so the stream is in order of time, and a day of a million people needs no more memory
than one of ten. What a person does next in the same breath (the shop scans the code that was shown, an answer is lost
and the ask repeated) waits in a small heap until its moment.
"""

from __future__ import annotations

import hashlib
import heapq
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import gcd
from typing import Any

from saxaul.kernel import ids, times
from saxaul.kernel.amounts import show
from saxaul.kernel.assets import CNY, ECNY
from saxaul.programmes.pay.emvco import payer_code_key
from saxaul.sim.intents import INTENTS
from saxaul.sim.pack import Biller, Habit, Pack, Shop
from saxaul.sim.people import account_number, amount, bill, circle, citizen, dice, of_thousand, weighted

DICE = 1000  # parts of the gap between two people of one habit


@dataclass(frozen=True, slots=True)
class Step:
    """Somebody asks something at an instant.

    `act` and `ask` are those of the table of intents; texts beginning with `@` are filled in by whoever drives.
    `keeps`: which fields of the receipt are remembered by which name. `why`: what is out of the ordinary, so that a
    driver can demand more: "lost answer", "double send", "late duplicate" (same answer as before), "reused id"
    (`request.id_reused`), "late scan" (`qr.code_expired`), "too much" (some refusal).
    """

    at: int
    who: str
    intent: str
    act: str
    ask: dict[str, Any]
    id: str
    keeps: dict[str, str]
    why: str = ""


Occasion = tuple[int, int, Habit, random.Random]


@dataclass(frozen=True, slots=True)
class Town:
    """A pack with a number of people. Streams are generators: take what you need."""

    pack: Pack
    citizens: int

    # -- before the first day ------------------------------------------------------------------------------------

    def founding(self) -> Iterator[Step]:
        """Lists, merchants with shops and tills, billers: what stands before anybody signs up."""
        clock = _counter(times.start_of_day(self.pack.begins, self.pack.zone) - times.DAY, times.SECOND)
        for row in self.pack.listed:
            until = {"until": row.until} if row.until else {}
            yield self._step(
                clock(), "system", "list_row", f"{row.list}:{row.code}:{row.open_from}", list=row.list, code=row.code,
                name=row.name, name_en=row.name_en, open_from=row.open_from, province=row.province,
                certain=row.certain, source=row.source, **until,
            )  # fmt: skip
        for row in self.pack.listed:
            if row.list == "issuer":
                yield from self._operator(clock, row.code)
        for merchant in self.pack.merchants:
            name = f"merchant:{merchant.code}"
            most = {"receives": yuan(merchant.receives)} if merchant.receives else {}
            yield self._step(
                clock(), "system", "add_merchant", name, name=merchant.name, name_en=merchant.name_en,
                category=merchant.category, issuer=merchant.issuer, region=self.pack.region,
                bank_account=f"acct-{merchant.code}", **most,
            )  # fmt: skip
            manager = f"manager:{merchant.code}"
            yield self._step(clock(), "system", "manager_key", manager, merchant=f"@{name}.merchant")
            for shop in merchant.shops:
                yield from self._shop(clock, shop)
                shown = f"shop:{shop.code}"
                yield self._step(clock(), manager, "print_code", shown, shop=f"@{shown}.shop")
        for biller in self.pack.billers:
            yield from self._biller(clock, biller)

    def _operator(self, clock: Callable[[], int], code: str) -> Iterator[Step]:
        """An operator's account at its bank, money of its own on it, and e-CNY bought for its people."""
        fen, key = 50_000_000 + 2_000_000 * self.citizens, f"float-{code}"
        account = f"CN{code.upper()}1"
        yield self._step(clock(), "system", "open_bank", code, operator=code, bank=f"bank.{code}", account=account)
        yield self._step(clock(), "system", "bank_credit", code, operator=code, key=key, amount=yuan(fen))
        yield self._step(clock(), "system", "own_money", code, item=f"suspense:{code}:{key}")
        yield self._step(clock(), "system", "buy_ecny", code, operator=code, amount=ecny(fen))

    def _shop(self, clock: Callable[[], int], shop: Shop) -> Iterator[Step]:
        name, merchant = f"shop:{shop.code}", f"@merchant:{shop.merchant}.merchant"
        yield self._step(clock(), "system", "add_shop", name, merchant=merchant, name=shop.name, place=shop.place)
        for number in range(1, shop.tills + 1):
            till = f"till:{shop.till(number)}"
            yield self._step(clock(), "system", "add_till", till, shop=f"@{name}.shop")
            yield self._step(
                clock(), "system", "till_key", till, merchant=merchant, shop=f"@{name}.shop",
                terminal=f"@{till}.terminal",
            )  # fmt: skip

    def _biller(self, clock: Callable[[], int], biller: Biller) -> Iterator[Step]:
        name = f"biller:{biller.code}"
        terms = {
            "kind": biller.kind, "part": biller.part, "least": biller.least, "over": biller.over,
            "most_over": biller.most_over, "fee": biller.fee,
        }  # fmt: skip
        yield self._step(
            clock(), "system", "add_biller", name, name=biller.name, name_en=biller.name_en, issuer=biller.issuer,
            region=self.pack.region, bank_account=f"acct-{biller.code}", terms=terms,
        )  # fmt: skip
        yield self._step(clock(), "system", "biller_key", name, biller=f"@{name}.biller")

    def arrivals(self, first: int = 0, last: int | None = None, *, day: str = "") -> Iterator[Step]:
        """People `first` up to `last` sign up, prove what they prove, set a PIN and put the first money in.

        `day`: the day they come; the one before the town begins, if none is named.
        """
        upto = self.citizens if last is None else last
        begins = times.start_of_day(day or self.pack.begins, self.pack.zone) - (0 if day else times.DAY)
        gap = 9 * times.HOUR // max(1, (upto - first) * 7)
        clock = _counter(begins + 9 * times.HOUR, max(1, gap))
        for number in range(first, upto):
            person, name = citizen(self.pack, number), f"citizen:{number}"
            yield self._step(
                clock(), "service", "sign_up", name, phone=person.phone, language=person.language, elder=person.elder,
                issuer=person.issuer, region=self.pack.region,
            )  # fmt: skip
            if person.proved:
                yield self._step(
                    clock(), "system", "verify", name, person=f"@{name}.person", name=person.name,
                    document=person.document, how=person.proved,
                )  # fmt: skip
            yield self._step(clock(), name, "set_pin", name, pin=person.pin)
            yield self._step(
                clock(), name, "link_account", name, bank_account=f"6{number:015d}", bank=f"BANK{number % 7}"
            )  # fmt: skip
            fen = 50_000 + 100 * dice(self.pack.seed, "first money", number).randrange(2_000)
            yield self._step(clock(), name, "top_up", name, wallet=f"@{name}.wallet", amount=ecny(fen))
            yield self._booked(clock(), name, person.issuer, fen)

    # -- a day -----------------------------------------------------------------------------------------------------

    def day(self, day: str) -> Iterator[Step]:
        """Everything asked on a day of the city, in order of time; it ends before the next day begins."""
        issues = [self._issues(biller, day) for biller in self.pack.billers]
        yield from heapq.merge(self._lived(day), *issues, key=lambda step: step.at)

    def _lived(self, day: str) -> Iterator[Step]:
        streams = [self._occasions(habit, day) for habit in self.pack.habits]
        waiting: list[tuple[int, str, str, Step]] = []
        for at, number, habit, roll in heapq.merge(*streams, key=lambda one: one[:2]):
            while waiting and waiting[0][0] <= at:
                yield heapq.heappop(waiting)[3]
            for step in self._with_faults(list(self._done(at, number, habit, roll, day)), roll):
                heapq.heappush(waiting, (step.at, step.id, step.why, step))
        while waiting:
            yield heapq.heappop(waiting)[3]

    def days(self, count: int) -> Iterator[Step]:
        """The town's first days, one after the other."""
        day = self.pack.begins
        for _ in range(count):
            yield from self.day(day)
            day = times.next_day(day)

    def _occasions(self, habit: Habit, day: str) -> Iterator[Occasion]:
        """Who does it today, in order of time: each person once, in the habit's own order of people."""
        start = times.start_of_day(day, self.pack.zone) + habit.from_hour * times.HOUR
        share = habit.weekend if date.fromisoformat(day).weekday() >= 5 else habit.share
        count, order = self.citizens, dice(self.pack.seed, "order", habit.name, day)
        stride = next(n for n in iter(lambda: order.randrange(1, count + 1), 0) if gcd(n, count) == 1)
        first = order.randrange(count)
        for place in range(count):
            number = (first + place * stride) % count
            roll = dice(self.pack.seed, day, habit.name, number)
            if of_thousand(roll, share):
                yield (
                    start + _instant(habit.hours, place * DICE + roll.randrange(DICE), count * DICE),
                    number,
                    habit,
                    roll,
                )

    def _done(self, at: int, number: int, habit: Habit, roll: random.Random, day: str) -> Iterator[Step]:
        if habit.categories:
            return self._purchase(at, number, habit, roll)
        doing: dict[str, Callable[..., Iterator[Step]]] = {
            "send": self._send, "split": self._split, "top_up": self._money, "cash_out": self._money,
            "bills": self._bills,
        }  # fmt: skip
        return doing[habit.name](at, number, habit, roll, day)

    def _purchase(self, at: int, number: int, habit: Habit, roll: random.Random) -> Iterator[Step]:
        """A purchase in one of the few shops this person goes to, and perhaps a refund later."""
        who, faults = f"citizen:{number}", self.pack.faults
        shops = self.pack.shops(habit.categories)
        usual = dice(self.pack.seed, "shops", habit.name, number).sample(shops, min(3, len(shops)))
        shop, fen, why = roll.choice(usual), amount(roll, *habit.fen), ""
        if of_thousand(roll, faults["payments_too_large"]):
            fen, why = fen + 100_000_000, "too much"
        till, paid = f"till:{shop.till(1 + roll.randrange(shop.tills))}", f"{who}:{at}"
        how = weighted(roll, habit.pays)
        if how == "scan":
            yield self._step(at, who, "scan", paid, why, code=f"@shop:{shop.code}.code", amount=yuan(fen))
        elif how == "order":
            yield self._step(at, till, "order", paid, amount=yuan(fen))
            later = at + roll.randrange(3, 40) * times.SECOND
            yield self._step(later, who, "scan_order", paid, why, code=f"@{paid}.code")
        else:
            digits = f"19{roll.randrange(10**16):016d}"
            yield self._step(at, who, "show_code", paid, key=payer_code_key(digits))
            if of_thousand(roll, faults["codes_not_scanned"]):
                return
            wait, word = roll.randrange(2, 25), why
            if of_thousand(roll, faults["codes_scanned_late"]):
                wait, word = roll.randrange(61, 120), "late scan"
            later = at + wait * times.SECOND
            yield self._step(later, till, "take_code", paid, word, digits=digits, amount=yuan(fen))
        if not why and of_thousand(roll, faults["refunds"]):
            back = fen if not of_thousand(roll, faults["refund_in_part"]) else 1 + roll.randrange(fen)
            later = at + 150 * times.SECOND + _between(roll, faults["refund_after_seconds"])
            if times.day(later + times.HOUR, self.pack.zone) == times.day(
                at, self.pack.zone
            ):  # else the shop is closed
                yield self._step(later, till, "refund", paid, order=f"@{paid}.order", amount=yuan(back))

    def _send(self, at: int, number: int, habit: Habit, roll: random.Random, day: str) -> Iterator[Step]:
        friends = circle(number, self.citizens)
        known = bool(friends) and of_thousand(roll, habit.near)
        other = roll.choice(friends) if known else (number + 1 + roll.randrange(self.citizens - 1)) % self.citizens
        if other != number:
            who, fen = f"citizen:{number}", amount(roll, *habit.fen)
            yield self._step(at, who, "send", f"{who}:{at}", payee=f"@citizen:{other}.wallet", amount=ecny(fen))

    def _split(self, at: int, number: int, habit: Habit, roll: random.Random, day: str) -> Iterator[Step]:
        friends = circle(number, self.citizens)
        asked = roll.sample(friends, min(len(friends), roll.randrange(habit.friends[0], habit.friends[1] + 1)))
        if not asked:
            return
        who, fen = f"citizen:{number}", amount(roll, *habit.fen)
        name = f"{who}:{at}"
        payers = [f"@citizen:{one}.person" for one in sorted(asked)]
        yield self._step(at, who, "split", name, payers=payers, amount=ecny(fen))
        for place, one in enumerate(sorted(asked)):
            friend, later = f"citizen:{one}", at + roll.randrange(20, 1500) * times.SECOND
            yield self._step(later, friend, "answer", f"{friend}:{later}", request=f"@{name}.requests.{place}")

    def _money(self, at: int, number: int, habit: Habit, roll: random.Random, day: str) -> Iterator[Step]:
        who, fen = f"citizen:{number}", amount(roll, *habit.fen)
        name = f"{who}:{at}"
        yield self._step(at, who, habit.name, name, wallet=f"@{who}.wallet", amount=ecny(fen))
        if habit.name == "top_up":  # what is taken out leaves with the night's bank file, which a courier writes
            later = at + roll.randrange(60, 600) * times.SECOND
            yield self._booked(later, name, citizen(self.pack, number).issuer, fen)

    def _booked(self, at: int, name: str, operator: str, fen: int) -> Step:
        """The bank has collected a top-up."""
        return self._step(
            at, "system", "bank_books", name, operator=operator, order=f"@{name}.order", key=f"booked-{name}",
            amount=yuan(fen),
        )  # fmt: skip

    def _bills(self, at: int, number: int, habit: Habit, roll: random.Random, day: str) -> Iterator[Step]:
        """The month's bills on the person's own day: in full, a little ahead, or in two parts where that is allowed."""
        person, who = citizen(self.pack, number), f"citizen:{number}"
        if int(day[8:]) != person.bill_day:
            return
        for place, biller in enumerate(self.pack.billers):
            owed = bill(self.pack, biller, number, day[:7])
            if not owed:
                continue
            name, moment = f"bill:{biller.code}:{day[:7]}:{number}", at + place * 35 * times.SECOND
            parts = [owed]
            if biller.part and owed >= 2 * biller.least and of_thousand(roll, 150):
                parts = [owed // 2, owed - owed // 2]
            elif biller.over and of_thousand(roll, 30):
                parts = [owed + min(biller.most_over, 1_000)]
            for part in parts:
                yield self._step(
                    moment, who, "bill_pay", f"{name}:{moment}", bill=f"@{name}.bill", revision=f"@{name}.revision",
                    amount=yuan(part),
                )  # fmt: skip
                moment += 9 * times.SECOND

    def _issues(self, biller: Biller, day: str) -> Iterator[Step]:
        """The bills a biller issues today, from two in the morning, within an hour."""
        if int(day[8:]) != biller.issued_on:
            return
        night = times.start_of_day(day, self.pack.zone) + 2 * times.HOUR
        due = (date.fromisoformat(day) + timedelta(days=biller.due_after)).isoformat()
        for number in range(self.citizens):
            owed = bill(self.pack, biller, number, day[:7])
            if owed:
                yield self._step(
                    night + number * times.HOUR // self.citizens, f"biller:{biller.code}", "bill_issue",
                    f"bill:{biller.code}:{day[:7]}:{number}", bill=f"{biller.code}-{day[:7]}-{number}",
                    number=account_number(self.pack, biller, number), month=day[:7], amount=yuan(owed), due=due,
                    owner=citizen(self.pack, number).name[0] + "**",
                )  # fmt: skip

    def _with_faults(self, steps: Iterable[Step], roll: random.Random) -> Iterator[Step]:
        """The steps, with what networks and fingers do to them: repeated, doubled, repeated late, changed."""
        faults = self.pack.faults
        for step in steps:
            yield step
            if of_thousand(roll, faults["lost_answers"]):
                yield _again(step, _between(roll, faults["lost_after_seconds"]), "lost answer")
            if of_thousand(roll, faults["double_sends"]):
                yield _again(step, roll.randrange(1, 400) * 1000, "double send")
            if of_thousand(roll, faults["late_duplicates"]):
                yield _again(step, _between(roll, faults["late_after_seconds"]), "late duplicate")
            if "amount" in step.ask and of_thousand(roll, faults["reused_ids"]):
                changed = {**step.ask, "amount": "1000000.01 " + step.ask["amount"].rpartition(" ")[2]}
                yield replace(_again(step, 30 * times.SECOND, "reused id"), ask=changed)

    def _step(self, at: int, who: str, intent: str, subject: str, why: str = "", /, **wanted: Any) -> Step:
        """One ask; its id is made of the seed and what it is about, as a client makes one of chance."""
        row = INTENTS[intent]
        chance = hashlib.sha256(f"{self.pack.seed}|{intent}|{subject}|{at}".encode()).digest()[:10]
        keeps = {word: f"{subject}.{name}" for word, name in row.keeps.items()}
        return Step(at, who, intent, row.act, row.ask(**wanted), ids.fresh(at, chance), keeps, why)


def yuan(fen: int) -> str:
    """A price as asks carry it: whichever pocket has it may pay."""
    return show(CNY, fen)


def ecny(fen: int) -> str:
    """An amount of e-CNY as asks carry it."""
    return show(ECNY, fen)


def _again(step: Step, after: int, why: str) -> Step:
    return replace(step, at=step.at + after, why=why)


def _between(roll: random.Random, seconds: list[int]) -> int:
    return roll.randrange(seconds[0] * times.SECOND, seconds[1] * times.SECOND)


def _instant(hours: tuple[int, ...], place: int, places: int) -> int:
    """Microseconds after the habit's first hour at which its `place` of `places` comes; never earlier than the last."""
    left = place * sum(hours)
    for number, weight in enumerate(hours):
        span = weight * places
        if left < span:
            return number * times.HOUR + left * times.HOUR // span
        left -= span
    raise AssertionError("a place beyond the last hour")


def _counter(start: int, gap: int) -> Callable[[], int]:
    moments = iter(range(start, start + (1 << 60), gap))
    return lambda: next(moments)
