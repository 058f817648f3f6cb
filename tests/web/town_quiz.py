"""The quiz in the small town: the bank that ships, read by both officers, and a short challenge."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from saxaul.kernel import times
from saxaul.programmes.quiz import files

PACK = Path(__file__).resolve().parents[2] / "packs" / "quiz"
BANK = "low-carbon"
STREAK = 5
TITLES = {
    "zh": "五题低碳挑战", "en": "Five low-carbon questions", "hi": "पाँच कम-कार्बन प्रश्न",
    "ru": "Пять вопросов о низком углероде", "fr": "Cinq questions bas carbone",
}  # fmt: skip


def questions() -> list[Any]:
    """All questions that ship."""
    return [one for path in sorted(PACK.glob("*.json")) for one in files.read(path.read_bytes(), "json")]


def furnish(town: Any) -> None:
    """Questions in, read by two, published; a campaign with two levels."""
    bank = questions()
    sun, wu = town.told["sun"]["office"], town.told["wu"]["office"]
    asks = list(files.requests(bank, bank=BANK, credential="system"))
    assert not [answer for answer in town.house.clerk.turn(asks) if answer.code]
    codes = [one.code for one in bank]
    for start in range(0, len(codes), 100):
        some = codes[start : start + 100]
        for who in (sun, wu):
            town.do("quiz.review", who, bank=BANK, codes=some)
        town.do("quiz.publish", sun, bank=BANK, codes=some)
    sponsor = town.do("desk.add_organisation", kind="sponsor", name="津门皂业", name_en="Ferry Soap Works",
                      issuer="icbc", region="120000")  # fmt: skip
    charity = town.do("desk.add_organisation", kind="charity", name="海湾植树会", name_en="Trees for the Bay",
                      issuer="icbc", region="120000")  # fmt: skip
    made = town.do(
        "quiz.open", bank=BANK, titles=TITLES, opens=times.day(town.now), days=21, seed="5eed" * 16,
        levels=[{"streak": 3, "reward": "20 POINT.low-carbon"}, {"streak": STREAK, "reward": "500 GREEN"}],
        budgets=["2000 POINT.low-carbon", "50000 GREEN"], sponsor=sponsor["organisation"],
        charity=charity["organisation"], organisers=["Tencent carbon-neutrality lab", "WeChat Pay"],
    )  # fmt: skip
    town.told["quiz"] = {"campaign": made["campaign"], "sponsor": sponsor["organisation"]}
