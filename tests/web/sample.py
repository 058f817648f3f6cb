"""A small town behind the port: enough to see every page filled, and to catch a page that would pay twice.

Names are Chinese throughout, as they would be, so that the test for untranslated English sees none.
"""

from __future__ import annotations

import time
from typing import Any

from saxaul.kernel import ids, times
from saxaul.kernel.amounts import Amount, parse
from saxaul.kernel.assets import CNY, ECNY
from saxaul.surfaces.web import port as p

NOW = time.time_ns() // 1000
PIN = "135790"
STATIC = "00020101021126330016A00000067701011101099876543215204541153031565802CN5912CHENGUANG 016007BEIJING6304A13A"
DYNAMIC = STATIC.replace("010211", "010212")
REFUSALS = {
    "en": (
        "You have not paid",
        "The shop asks for more than this wallet has free.",
        "Add money, then scan the code again.",
    ),
    "zh": ("您还没有付款", "商店要收的金额多于钱包里可用的钱。", "请先充值，再扫一次码。"),
    "hi": (
        "आपने भुगतान नहीं किया",
        "दुकान की माँगी राशि बटुए में उपलब्ध पैसे से ज़्यादा है।",
        "पैसे जोड़ें, फिर कोड दोबारा स्कैन करें।",
    ),
    "ru": (
        "Вы не заплатили",
        "Магазин просит больше, чем свободно в кошельке.",
        "Пополните кошелёк и отсканируйте код ещё раз.",
    ),
    "fr": (
        "Vous n'avez pas payé",
        "Le magasin demande plus que ce qui est libre dans ce portefeuille.",
        "Ajoutez de l'argent, puis scannez de nouveau.",
    ),
}
FINDINGS = {
    "en": ("First payment to this person", "You have never paid them before.", "Make sure that you know them."),
    "zh": ("第一次付给此人", "您以前从未付款给对方。", "请先确认您认识对方。"),
    "hi": (
        "इस व्यक्ति को पहला भुगतान",
        "आपने इन्हें पहले कभी भुगतान नहीं किया।",
        "पक्का कर लें कि आप इन्हें जानते हैं।",
    ),
    "ru": ("Первый платёж этому человеку", "Раньше вы ему не платили.", "Убедитесь, что вы его знаете."),
    "fr": ("Premier paiement à cette personne", "Vous ne l'avez jamais payée.", "Assurez-vous de la connaître."),
}
CONSENTS = {
    "en": ("Green energy from bus rides", "Your rides are counted once a day and turned into green energy."),
    "zh": ("乘车积攒绿色能量", "每天统计一次您的乘车次数，换成绿色能量。"),
    "hi": ("बस यात्रा से हरित ऊर्जा", "आपकी यात्राएँ दिन में एक बार गिनी जाती हैं और हरित ऊर्जा बनती हैं।"),
    "ru": ("Зелёная энергия за поездки", "Поездки считаются раз в день и превращаются в зелёную энергию."),
    "fr": ("Énergie verte des trajets", "Vos trajets sont comptés une fois par jour et deviennent de l'énergie verte."),
}
FIGURES = {
    "en": ("Payments", "Shops that take e-CNY", "Trees planted"),
    "zh": ("支付笔数", "受理数字人民币的商户", "已种树木"),
    "hi": ("भुगतान", "ई-सीएनवाई लेने वाली दुकानें", "लगाए गए पेड़"),
    "ru": ("Платежи", "Магазины с цифровым юанем", "Посажено деревьев"),
    "fr": ("Paiements", "Commerces acceptant l'e-CNY", "Arbres plantés"),
}


def made(name: str, ago_minutes: int = 0) -> str:
    """An id that tests can name."""
    return ids.derived(NOW - ago_minutes * times.MINUTE, name)


def yuan(fen: int, asset: str = CNY) -> Amount:
    return Amount(asset, fen)


class NoBook:
    """Rooms read a book; the sample town has none, so nobody is found in it."""

    def person_of(self, credential: str) -> None:
        return None


class Sample:
    """One person who also keeps a shop; every act is counted, so a test can say `once`."""

    def __init__(self) -> None:
        self.book = NoBook()
        self.done: dict[str, p.Answer] = {}
        self.lines = [
            p.Line(made("tea", 12), NOW - 12 * times.MINUTE, "paid", "晨光便利店", yuan(1250), False),
            p.Line(made("from", 95), NOW - 95 * times.MINUTE, "received", "王**", yuan(20000), True),
            p.Line(made("power", 1500), NOW - 1500 * times.MINUTE, "bill", "国家电网", yuan(8640), False),
            p.Line(made("back", 2900), NOW - 2900 * times.MINUTE, "refund", "新华书店", yuan(4500), True),
            p.Line(made("sent", 4400), NOW - 4400 * times.MINUTE, "sent", "李**", yuan(6600), False, "held"),
        ]
        self.balance = 123_456
        self.given, self.pin_set, self.cancelled = False, True, False
        self.language = "en"

    # who
    def arrive(self, *, phone: str, language: str, id: str) -> str:
        self.language = language
        return "credential-1"

    def person(self, credential: str) -> p.Person | None:
        return p.Person(
            made("me"), credential, "张小明", "138 **** 8000", "en", False, self.pin_set, True, made("wallet")
        )

    def consents(self, credential: str) -> list[p.Consent]:
        title, text = CONSENTS[self.language]
        return [p.Consent("green", title, text, self.given, NOW - times.DAY if self.given else None)]

    def lists(self, name: str) -> list[p.Listed]:
        return [p.Listed("icbc", "工商银行")] if name == "issuer" else [p.Listed("120000", "天津")]

    # acts
    def perform(self, act: str, ask: Any, *, id: str, credential: str, proofs: Any) -> p.Answer:
        if id in self.done:
            return self.done[id]
        problem = self._problem(act, ask, proofs)
        answer = (
            p.Answer(id, act, NOW, None, problem) if problem else p.Answer(id, act, NOW, self._receipt(id, act, ask))
        )
        if not problem or problem.lasting:
            self.done[id] = answer
        return answer

    def _problem(self, act: str, ask: Any, proofs: Any) -> p.Problem | None:
        if act not in (p.PAY_SCAN, p.PAY_SEND, p.BILL_PAY, p.PAY_ANSWER):
            return None
        fen = self._amount(act, ask).units
        if fen > self.balance:
            return p.Problem("wallet.funds_short", "conflict", {}, lasting=True)
        if fen > 50_000 and proofs.get("pin") != PIN:
            return p.Problem("actor.step_missing", "forbidden")
        if act == p.PAY_SEND and proofs.get("confirm") != "yes":
            return p.Problem("care.confirmation_missing", "conflict")
        return None

    def _amount(self, act: str, ask: Any) -> Amount:
        return yuan(3300) if act == p.PAY_ANSWER else parse(ask["amount"]) if "amount" in ask else yuan(2372)

    def _receipt(self, id: str, act: str, ask: Any) -> dict[str, Any]:
        if act == p.PAY_SHOW:
            return {"code": "281234567890123456", "ends": time.time_ns() // 1000 + 60 * times.SECOND}
        if act in (p.PAY_ORDER, p.PAY_CHARGE):
            return {"order": made("open" if act == p.PAY_ORDER else "paid"), "stage": "created"}
        if act == p.PAY_REQUEST:
            return {"bill": made("request")}
        if act in (p.DESK_GIVE, p.DESK_WITHDRAW):
            self.given = act == p.DESK_GIVE
        elif act == p.DESK_PIN:
            self.pin_set = True
        elif act == p.PAY_CANCEL:
            self.cancelled = True
        elif act in (p.PAY_SCAN, p.PAY_SEND, p.BILL_PAY, p.PAY_ANSWER):
            amount = self._amount(act, ask)
            self.balance -= amount.units
            kind = {p.PAY_SEND: "sent", p.BILL_PAY: "bill"}.get(act, "paid")
            self.lines.insert(0, p.Line(id, NOW, kind, self._other(act), amount, False))
        return {}

    def _other(self, act: str) -> str:
        return {p.PAY_SEND: "李**", p.BILL_PAY: "国家电网", p.PAY_ANSWER: "王**"}.get(act, "晨光便利店")

    def quote(self, act: str, ask: Any, *, credential: str) -> p.Quote | p.Problem:
        amount = self._amount(act, ask)
        rest = max(0, amount.units - 1000)
        parts = (
            [p.Part("VOUCHER.spring/2", yuan(min(1000, amount.units), "VOUCHER.spring/2"), "春风消费券")]
            if act == p.PAY_SCAN
            else []
        )
        parts += [p.Part(ECNY, yuan(rest if parts else amount.units, ECNY))] if rest or not parts else []
        warnings = ["payee.account_first"] if act == p.PAY_SEND else []
        return p.Quote(
            act,
            self._other(act),
            amount,
            parts,
            place="朝阳区光华路 5 号" if act == p.PAY_SCAN else "",
            signed=act == p.PAY_SCAN,
            pin=amount.units > 50_000,
            warnings=warnings,
        )

    def look(self, addresses: Any) -> dict[str, Any]:
        return {address: [yuan(self.balance, ECNY)] for address in addresses}

    def free(self, wallets: Any) -> dict[str, Any]:
        return {one: (yuan(self.balance - 20_456, ECNY), yuan(20_456)) for one in wallets}

    def explain(self, problem: p.Problem, *, language: str, own: bool = True) -> p.Text:
        return p.Text(*REFUSALS[language])

    def finding(self, code: str, *, language: str) -> p.Text:
        return p.Text(*FINDINGS[language])

    # lists
    def home(self, credential: str, wallet: str = "") -> p.Home:
        tier = p.Tier(
            4,
            [
                p.Limit("payment", yuan(200_000), yuan(200_000)),
                p.Limit("day", yuan(500_000), yuan(376_500)),
                p.Limit("year", yuan(5_000_000), yuan(4_210_000)),
                p.Limit("balance", yuan(1_000_000), yuan(876_544)),
            ],
        )
        pockets = [
            p.Pocket(ECNY, yuan(self.balance - 23_456, ECNY), yuan(500, ECNY)),
            p.Pocket(CNY, yuan(20_456), yuan(0)),
            p.Pocket("VOUCHER.spring/2", yuan(3000, "VOUCHER.spring/2"), yuan(0), "春风消费券", NOW + 9 * times.DAY),
        ]
        waiting = [p.Waiting(made("wait"), "request", "王**", yuan(3300), p.PAY_ANSWER, {"request": made("request")})]
        return p.Home(yuan(self.balance), pockets, tier, self.lines[:5], waiting)

    def history(
        self, credential: str, *, kind: str = "", since: str = "", until: str = "", after: str = "", size: int = 30
    ) -> p.Lines:
        rows = [line for line in self.lines if kind in ("", line.kind)]
        if since:
            rows = [line for line in rows if times.day(line.at) >= since]
        return p.Lines(rows, after="" if kind else "x1")

    def receipt(self, credential: str, id: str) -> p.Receipt | None:
        for line in self.lines:
            if line.id == id:
                stage = "waiting" if line.stage == "held" else "done"
                parts = [p.Part(ECNY, yuan(line.amount.units, ECNY))]
                return p.Receipt(
                    id,
                    id[-12:].upper(),
                    line.at,
                    "",
                    line.kind,
                    stage,
                    line.title,
                    line.amount,
                    line.incoming,
                    parts,
                    head="48,211 · 9f2c…61ab",
                )
        return None

    def read_code(self, credential: str, text: str) -> p.Scanned | p.Problem:
        if text == DYNAMIC:
            return p.Scanned(
                p.PAY_SCAN, {"code": text, "amount": "23.72 CNY"}, "晨光便利店", yuan(2372), "朝阳区光华路 5 号", True
            )
        if text == STATIC:
            return p.Scanned(p.PAY_SCAN, {"code": text}, "晨光便利店", None, "朝阳区光华路 5 号", True)
        return p.Problem("qr.code_unknown", "missing")

    def payee(self, credential: str, phone: str) -> p.Payee | p.Problem:
        if phone.replace(" ", "").endswith("8001"):
            return p.Payee(made("li"), "李**", "138 **** 8001", made("li"))
        return p.Problem("payee.account_missing", "missing")

    def payee_by_id(self, credential: str, id: str) -> p.Payee | None:
        return p.Payee(id, "李**", "138 **** 8001") if id == made("li") else None

    def billers(self) -> list[p.Biller]:
        rows = (
            ("power", "国家电网", "electricity"),
            ("gas", "北京燃气", "gas"),
            ("heat", "热力集团", "heating"),
            ("tv", "歌华有线", "cable_tv"),
            ("water", "自来水集团", "water"),
        )
        return [p.Biller(*row) for row in rows]

    def bills(self, credential: str) -> list[p.Bill]:
        return [bill for name in ("power", "water") if (bill := self.bill(credential, made(f"bill.{name}")))]

    def find_bills(self, credential: str, biller: str, number: str, *, id: str) -> list[p.Bill] | p.Problem:
        found = self.bill(credential, made(f"bill.{biller}")) if number.startswith("1") else None
        return [found] if found else p.Problem("bill.key_missing", "missing")

    def shown(self, credential: str, code: str) -> p.Shown:
        return p.Shown("open")

    def bill(self, credential: str, id: str) -> p.Bill | None:
        if id == made("bill.power"):
            return p.Bill(
                id,
                "power-1",
                1,
                "国家电网",
                "electricity",
                "1100 2233 44",
                "张**",
                yuan(8640),
                "open",
                "2022-05",
                times.day(NOW + 6 * times.DAY),
                True,
                yuan(1000),
            )
        if id == made("bill.water"):
            return p.Bill(
                id,
                "water-1",
                1,
                "自来水集团",
                "water",
                "1188 0021",
                "张**",
                yuan(3215),
                "open",
                "2022-05",
                times.day(NOW + 3 * times.DAY),
            )
        return None

    def requests(self, credential: str) -> list[p.Request]:
        return [found for found in (self.request(credential, made("request")),) if found]

    def request(self, credential: str, id: str) -> p.Request | None:
        if id not in (made("request"), made("owed")):
            return None
        shares = [
            p.Share(made("s1"), "李**", yuan(3333), "paid"),
            p.Share(made("s2"), "王**", yuan(3333), "asked"),
            p.Share(made("s3"), "赵*", yuan(3334), "declined"),
        ]
        mine = id == made("request")
        return p.Request(
            id,
            NOW - times.HOUR,
            NOW + 2 * times.DAY,
            "王**",
            yuan(10_000),
            shares,
            mine,
            "cancelled" if self.cancelled else "asked",
            None if mine else yuan(3300),
        )

    # counter and public
    def merchant(self, credential: str) -> p.Merchant | None:
        return p.Merchant(made("shop"), "till", "晨光便利店", "朝阳区光华路 5 号", STATIC)

    def takings(self, shop: p.Merchant, day: str) -> p.Takings:
        hours = [yuan(max(0, 9000 - (hour - 12) ** 2 * 180) if 7 <= hour <= 20 else 0) for hour in range(24)]
        orders = [self.order(shop, made(name)) for name in ("open", "paid", "ended")]
        total = sum((hour.units for hour in hours), 0)
        return p.Takings(
            day or times.day(NOW), yuan(total), 87, yuan(1250), hours, [order for order in orders if order]
        )

    def order(self, shop: p.Merchant, id: str) -> p.Order | None:
        rows = {
            made("open"): ("created", 2372, 0),
            made("paid"): ("captured", 1250, 1250),
            made("ended"): ("expired", 900, 0),
        }
        if id not in rows:
            return None
        stage, fen, left = rows[id]
        return p.Order(id, NOW - 3 * times.MINUTE, yuan(fen), stage, yuan(left), DYNAMIC if stage == "created" else "")

    def public(self, *, language: str) -> p.Public:
        titles = FIGURES[language]
        series = [(f"{day}", 900 + day * day % 37 * 30) for day in range(1, 15)]
        figures = [
            p.Figure(
                "payments", titles[0], 5_552_000, "saxaul figure payments --day 2022-06-14", "9f2c7a61ab" * 6, series
            ),
            p.Figure("shops", titles[1], 4567, "", ""),
            p.Figure("trees", titles[2], None, "", ""),
        ]
        heads = [p.Head(48_211 - 900 * n, "9f2c7a61ab" * 6, NOW - n * times.HOUR, "c2ln", "k1") for n in range(3)]
        return p.Public(heads, figures, NOW)
