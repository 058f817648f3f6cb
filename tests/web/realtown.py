"""A small town made by real acts, for the pages in a browser: people, shops, billers, and three days of their life.

Run as a program it makes a house in a folder: `python tests/web/realtown.py FOLDER`. What a test must know of it is
printed as JSON. Everything goes through the clerk; nothing is written past it.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec

from saxaul import app

app.prepare_models()

from saxaul.engine.request import Request, decode_value, fingerprint  # noqa: E402
from saxaul.kernel import ids, settings, times  # noqa: E402

PIN = "135790"
ISSUERS = {
    "icbc": ("中国工商银行", "Industrial and Commercial Bank of China"),
    "ccb": ("中国建设银行", "China Construction Bank"),
}
REGIONS = {"120000": ("天津", "Tianjin"), "110000": ("北京", "Beijing")}
PEOPLE = {  # name, telephone, yuan
    "wang": ("王秀兰", "13900000001", 160_000), "zhang": ("张小明", "13900000002", 260_000),
    "li": ("李建国", "13900000003", 90_000), "zhao": ("赵丽", "13900000004", 30_000),
    "chen": ("陈晓燕", "13900000005", 120_000),
    "sun": ("孙志远", "13900000006", 50_000),
    "wu": ("吴静", "13900000007", 50_000),
}  # fmt: skip
SHOPS = {
    "tea": ("津门茶楼", "Ferry Tea House", "5814", "南开区 渡口街 18 号"),
    "market": ("三道桥超市", "Three Bridges Market", "5411", "河西区 三道桥路 101 号"),
    "books": ("海河书店", "Hai River Books", "5942", "和平区 书院路 7 号"),
}
BILLERS = {
    "power": ("九河供电", "Nine Rivers Power", "electricity", 18_640),
    "gas": ("蓝焰燃气", "Blue Flame Gas", "gas", 6_420),
    "heat": ("北岸热力", "North Bank Heating", "heating", 96_000),
    "tv": ("渤海有线", "Bohai Cable", "cable_tv", 2_700),
    "water": ("清泉供水", "Clear Spring Water", "water", 4_315),
}  # fmt: skip
DAYS = 3


class Town:
    """The house while it is furnished: `do` performs one act and moves the clock on."""

    def __init__(self, folder: Path) -> None:
        found = settings.load(folder / "saxaul.toml", {})
        os.chdir(folder)
        Path(found.secret_file).parent.mkdir(parents=True, exist_ok=True)
        app.read_secrets(Path(found.secret_file), make=True)
        app.make_schema(found.dsn)
        self.now = app.clock() - DAYS * times.DAY
        self.house = app.open_house(found, now=lambda: self.now)
        self.told: dict[str, Any] = {}

    def do(self, act: str, who: str = "system", /, **ask: Any) -> dict[str, Any]:
        """The receipt of one act that must succeed."""
        self.now += 20 * times.SECOND
        id = ids.fresh(self.now, os.urandom(10))
        kind = self.house.declarations.acts[act].ask
        sealed, asides = self.house.sealer.seal_fields(kind, ask, credential=who, id=id)
        body = msgspec.convert(sealed, kind, dec_hook=decode_value)
        (answer,) = self.house.clerk.turn([Request(id, act, body, who, fingerprint(act, who, body), None, (), asides)])
        assert not answer.code, f"{act}: {answer.code} {answer.facts}"
        return answer.receipt

    def found(self) -> None:
        """Lists, banks, and e-CNY in the operators' vaults."""
        for code, (zh, en) in ISSUERS.items():
            self.do(
                "desk.set_row", list="issuer", code=code, name=zh, name_en=en, open_from="2020-04-01", source="test"
            )
        for code, (zh, en) in REGIONS.items():
            self.do(
                "desk.set_row", list="region", code=code, name=zh, name_en=en, open_from="2020-04-01", source="test"
            )
        for code in ISSUERS:
            self.do("cash.open_bank", operator=code, bank=f"{code}-main", account=f"TEST{code.upper()}1")
            self.do(
                "cash.credit", operator=code, key=f"{code}:first", amount="9000000.00 CNY", reference=f"{code}:first"
            )
            self.do("cash.assign_suspense", item=f"suspense:{code}:{code}:first", to="own")
            self.do("cash.issue", operator=code, amount="8000000.00 ECNY")

    def people(self) -> None:
        """Everybody has a wallet, a name that an office saw, money, and a PIN."""
        for key, (name, phone, fen) in PEOPLE.items():
            made = self.do("desk.sign_up", phone=phone, language="zh", issuer="icbc", region="120000")
            self.told[key] = {**made, "phone": phone}
            self.do("desk.verify", person=made["person"], name=name, document=f"passport:E{phone}", how="bank")
            self.do("desk.set_pin", made["credential"], pin=PIN)
            self.do("cash.link_account", made["credential"], bank_account=f"6222{phone}", bank="ICBKCNBJ")
            self.credit(made["wallet"], fen, f"{key}:salary")

    def credit(self, wallet: str, fen: int, key: str) -> None:
        """The bank says that money came for a wallet."""
        amount = f"{fen // 100}.{fen % 100:02} CNY"
        self.do("cash.credit", operator="icbc", key=key, amount=amount, wallet=wallet, reference=key)

    def shops(self) -> None:
        """Merchants with a code on the wall; Chen keeps the tea house."""
        for key, (zh, en, category, place) in SHOPS.items():
            made = self.do("desk.add_organisation", kind="merchant", name=zh, name_en=en, category=category,
                           issuer="icbc", region="120000")  # fmt: skip
            shop = self.do("desk.add_shop", organisation=made["organisation"], name="总店", place=place)["shop"]
            person = {"person": self.told["chen"]["person"]} if key == "tea" else {}
            till = self.do("desk.issue_credential", organisation=made["organisation"], roles=["cashier", "manager"],
                           shop=shop, kind="session" if person else "key", **person)  # fmt: skip
            code = self.do("pay.issue_static_code", till["credential"], shop=shop)["code"]
            self.told[key] = {"till": till["credential"], "code": code, "name": zh, **made}

    def office(self) -> None:
        """Two officers, and something that the second of them has not signed yet."""
        for who in ("sun", "wu"):
            office = self.do("desk.appoint", person=self.told[who]["person"], roles=["officer", "approver"])
            self.told[who]["office"] = office["credential"]
        ask = {"operator": "icbc", "amount": "500000.00 ECNY"}
        self.do("desk.propose", self.told["wu"]["office"], act="cash.redeem", ask=ask, reason="order-2022-17", hours=72)

    def billers(self) -> None:
        """Five utilities, a bill of each for the Wangs."""
        due = times.day(app.clock() + 12 * times.DAY)
        for key, (zh, en, kind, fen) in BILLERS.items():
            terms = {"kind": kind, **({"part": True, "least": 1000} if key == "heat" else {})}
            made = self.do("desk.add_organisation", kind="biller", name=zh, name_en=en, issuer="icbc", region="120000",
                           terms=terms)  # fmt: skip
            self.do("bills.issue", biller=made["organisation"], bill=f"{key}-1", number="1002003004",
                    amount=f"{fen // 100}.{fen % 100:02} CNY", due=due, month=due[:7], owner="王**")  # fmt: skip
            self.told[key] = {"biller": made["organisation"], "number": "1002003004", "name": zh}

    def live(self) -> None:
        """Three days of small payments."""
        prices = (1250, 680, 2890, 450, 1580, 3300, 920, 1875, 560, 2140)
        start = times.start_of_day(times.day(self.now)) + times.DAY
        for day in range(DAYS):
            for place, fen in enumerate(prices):
                at = start + day * times.DAY + (8 + place) * times.HOUR + place * 7 * times.MINUTE
                if at > app.clock() - times.HOUR:  # what is furnished later moves the clock on: never past the real one
                    return
                self.now = max(self.now, at)
                payer = ("wang", "zhang", "li")[place % 3]
                shop = ("tea", "market", "tea", "books", "tea")[(place + day) % 5]
                self.do("pay.scan", self.told[payer]["credential"], code=self.told[shop]["code"],
                        amount=f"{fen // 100}.{fen % 100:02} CNY")  # fmt: skip
            self.do(
                "pay.send", self.told["zhang"]["credential"], payee=self.told["wang"]["wallet"], amount="200.00 ECNY"
            )

    def ask(self) -> None:
        """Zhang shares yesterday's dinner."""
        self.now = max(self.now, app.clock() - times.HOUR)
        wang, zhang = self.told["wang"]["person"], self.told["zhang"]["credential"]
        self.do("pay.split_bill", zhang, payers=[wang], amount="86.00 ECNY", mine=True)


def make(folder: Path, *rooms: str) -> dict[str, Any]:
    """The furnished house in `folder`, closed again; what was made, by name. A room's `town_<room>.py` adds to it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "saxaul.toml").write_text('city = "Tianjin"\ndemo = true\n', "utf-8")
    town = Town(folder)
    for step in (town.found, town.people, town.shops, town.billers, town.office, town.live, town.ask):
        step()
    for room in rooms:
        import_module(f"town_{room}").furnish(town)
    town.house.clerk.close()
    return town.told


if __name__ == "__main__":
    print(json.dumps(make(Path(sys.argv[1]).resolve(), *sys.argv[2:])))
