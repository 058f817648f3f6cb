"""A town as data: its operators, regions, shops, billers, habits and names, read from a folder of TOML.

Another city writes another folder; no line of code knows Tianjin. What is wrong in a pack stops the start, so that a
simulation never runs on half a town.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Listed:
    """A dated row of a public list (issuer, region, province), open from a day up to, but without, `until`."""

    list: str
    code: str
    name: str
    name_en: str
    open_from: str
    until: str
    province: str
    certain: bool
    source: str

    def open_on(self, day: str) -> bool:
        """Whether the row counts on that day of the city."""
        return self.open_from <= day and (not self.until or day < self.until)


@dataclass(frozen=True, slots=True)
class Shop:
    """A place of a merchant with its tills, which are numbered from 1."""

    code: str
    merchant: str
    category: str
    name: str
    place: str
    tills: int

    def till(self, number: int) -> str:
        """The code of its till."""
        return f"{self.code}-{number}"


@dataclass(frozen=True, slots=True)
class Merchant:
    """An invented merchant; `receives`: most it may receive in a day, in fen, 0 for none."""

    code: str
    name: str
    name_en: str
    category: str
    issuer: str
    receives: int
    shops: tuple[Shop, ...]


@dataclass(frozen=True, slots=True)
class Biller:
    """An invented utility, what it asks for, and which part or surplus it takes. Amounts are fen."""

    code: str
    kind: str
    name: str
    name_en: str
    issuer: str
    digits: int
    households: int
    months: tuple[int, ...]
    issued_on: int
    due_after: int
    fen: tuple[int, int]
    part: bool
    least: int
    over: bool
    most_over: int
    fee: int


@dataclass(frozen=True, slots=True)
class Habit:
    """What so many of a thousand people do in a day, at which hours, for how much, where and how they pay."""

    name: str
    share: int
    weekend: int
    from_hour: int
    hours: tuple[int, ...]
    fen: tuple[int, int]
    categories: tuple[str, ...]
    pays: tuple[tuple[str, int], ...]
    near: int
    friends: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Pack:
    """Everything of a town that is data."""

    code: str
    name: str
    name_en: str
    network: str
    zone: str
    region: str
    seed: int
    begins: str
    citizens: int
    phone_prefix: str
    phone_digits: int
    elder: int
    documents: int
    bank_account: int
    languages: tuple[tuple[str, int], ...]
    issuers: tuple[tuple[str, int], ...]
    districts: tuple[tuple[str, int], ...]
    families: tuple[tuple[str, int], ...]
    given_first: str
    given_second: str
    given_single: int
    listed: tuple[Listed, ...]
    merchants: tuple[Merchant, ...]
    billers: tuple[Biller, ...]
    habits: tuple[Habit, ...]
    faults: dict[str, Any]

    def open_issuers(self, day: str) -> list[tuple[str, int]]:
        """Operators that open wallets on that day, with their weights."""
        now = {row.code for row in self.listed if row.list == "issuer" and row.open_on(day)}
        return [pair for pair in self.issuers if pair[0] in now]

    def shops(self, categories: tuple[str, ...]) -> list[Shop]:
        """The shops of some categories."""
        return [shop for one in self.merchants if one.category in categories for shop in one.shops]


def read(folder: Path) -> Pack:
    """The town of a folder; asserts what a town cannot be without."""
    town, people = _toml(folder, "town"), _toml(folder, "names")
    about, living = town["town"], town["people"]
    habits = _toml(folder, "habits")
    pack = Pack(
        code=folder.name, name=about["name"]["zh"], name_en=about["name"]["en"], network=about["network"],
        zone=about["zone"], region=about["region"], seed=about["seed"], begins=str(about["begins"]),
        citizens=about["citizens"], phone_prefix=town["phones"]["prefix"], phone_digits=town["phones"]["digits"],
        elder=living["elder"], documents=living["documents"], bank_account=living["bank_account"],
        languages=tuple(living["languages"].items()), issuers=tuple(town["issuers"].items()),
        districts=tuple((one["code"], one["share"]) for one in town["district"]),
        families=tuple(people["family"].items()), given_first=people["given"]["first"],
        given_second=people["given"]["second"], given_single=people["given"]["single"],
        listed=tuple(_listed(folder)),
        merchants=tuple(_merchant(row) for row in _toml(folder, "merchants")["merchant"]),
        billers=tuple(_biller(row) for row in _toml(folder, "billers")["biller"]),
        habits=tuple(_habit(name, row) for name, row in habits["habit"].items()), faults=habits["faults"],
    )  # fmt: skip
    _whole(pack)
    return pack


def _toml(folder: Path, name: str) -> dict[str, Any]:
    return tomllib.loads((folder / f"{name}.toml").read_text("utf-8"))


def _listed(folder: Path) -> list[Listed]:
    places = _toml(folder, "regions")
    rows = [("issuer", row) for row in _toml(folder, "operators")["operator"]]
    rows += [("region", row) for row in places["region"]]
    found = [
        Listed(
            list=list, code=row["code"], name=row["name"]["zh"], name_en=row["name"]["en"],
            open_from=str(row["open_from"]), until=str(row.get("until", "")), province=row.get("province", ""),
            certain=row["certain"], source=row["source"],
        )
        for list, row in rows
    ]  # fmt: skip
    for row in places["province"]:  # a province is open as soon as one of its regions is
        mine = [one.open_from for one in found if one.list == "region" and one.province == row["code"]]
        found.append(Listed("province", row["code"], row["name"]["zh"], row["name"]["en"], min(mine), "", "", True,
                            "GB/T 2260"))  # fmt: skip
    return found


def _merchant(row: dict[str, Any]) -> Merchant:
    shops = tuple(
        Shop(one["code"], row["code"], row["category"], one["name"], one["place"], one["tills"])
        for one in row["shops"]
    )  # fmt: skip
    name = row["name"]
    receives = row.get("receives", 0)
    return Merchant(row["code"], name["zh"], name["en"], row["category"], row["issuer"], receives, shops)


def _biller(row: dict[str, Any]) -> Biller:
    return Biller(
        code=row["code"], kind=row["kind"], name=row["name"]["zh"], name_en=row["name"]["en"], issuer=row["issuer"],
        digits=row["number"], households=row["households"], months=tuple(row["months"]), issued_on=row["issued_on"],
        due_after=row["due_after"], fen=(row["fen"][0], row["fen"][1]), part=row["part"], least=row.get("least", 0),
        over=row["over"], most_over=row.get("most_over", 0), fee=row["fee"],
    )  # fmt: skip


def _habit(name: str, row: dict[str, Any]) -> Habit:
    fen, friends = row.get("fen", [0, 0]), row.get("friends", [0, 0])
    return Habit(
        name=name, share=row["share"], weekend=row["weekend"], from_hour=row["from_hour"], hours=tuple(row["hours"]),
        fen=(fen[0], fen[1]), categories=tuple(row.get("categories", ())), pays=tuple(row.get("pays", {}).items()),
        near=row.get("near", 0), friends=(friends[0], friends[1]),
    )  # fmt: skip


def _whole(pack: Pack) -> None:
    issuers = {row.code for row in pack.listed if row.list == "issuer"}
    kept = {one.issuer for one in (*pack.merchants, *pack.billers)} | {code for code, _ in pack.issuers}
    assert kept <= issuers, f"no operator is called {sorted(kept - issuers)}"
    assert any(row.list == "region" and row.code == pack.region for row in pack.listed), "the town has no region"
    codes = [shop.code for one in pack.merchants for shop in one.shops] + [one.code for one in pack.merchants]
    assert len(set(codes)) == len(codes), "two shops have one code"
    for habit in pack.habits:
        assert habit.from_hour + len(habit.hours) <= 23, f"{habit.name} goes on after 23:00"
        assert not habit.categories or pack.shops(habit.categories), f"no shop of {habit.categories}"
