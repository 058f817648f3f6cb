"""A real round of red packets at the scale its pack names, drawn on the first day, and a second one open for sign-up.

The beacon of a town that nobody lives in is invented, so it may be chosen: it is the first for which citizen 0 is among
the winners. In a real round it is somebody else's number, which nobody can choose.
"""

from __future__ import annotations

import tomllib
from itertools import count
from typing import Any

from saxaul.kernel import times
from saxaul.programmes.campaign import draw
from saxaul.sim.chapters.office import FIRST
from saxaul.sim.chapters.scene import Scene

SECRETS = ("demo-town-secret-of-the-operator", "demo-town-secret-of-the-witness")
ENDS, BEACON, TELLS, CLAIMS = 660, 690, 695, 730  # minutes of the first day


def found(scene: Scene) -> None:
    """Both rounds are approved by two officers, paid for and open; people have signed up for the first."""
    own = scene.texts["campaign"]
    pack = tomllib.loads((scene.folder.parent / "campaigns" / f"{own['pack']}.toml").read_text("utf-8"))
    draft, scale = pack["draft"], pack["scale"]
    scene.told["round"] = draft["campaign"]
    listed = [
        scene.known(f"merchant:{one.code}.merchant") for one in scene.days.town.pack.merchants[: own["merchants"]]
    ]
    _round(
        scene, draft["campaign"], (draft["name"], draft["name_en"]), draft["each"], draft["awards"] // scale,
        ends=scene.moment(0, ENDS), beacon=scene.moment(0, BEACON), reserves=draft["reserves"] // scale,
        listed=listed,
    )  # fmt: skip
    row = own["next"]
    ends = scene.moment(row["days"], 0)
    _round(
        scene, row["key"], (row["zh"], row["en"]), row["each"], row["awards"], ends=ends, beacon=ends + times.HOUR
    )  # fmt: skip
    _sign_ups(scene, draft["awards"] // scale * own["crowd"] // 100)


def _round(
    scene: Scene, key: str, names: tuple[str, str], each: str, awards: int, *, ends: int, beacon: int,
    reserves: int = 0, listed: Any = (),
) -> None:  # fmt: skip
    scene.do(
        "campaign.draft", scene.told["officers"][0], campaign=key, name=names[0], name_en=names[1], each=each,
        sponsor=scene.told["district"], witness=scene.told["notary"], awards=awards, reserves=reserves,
        reserve_days=1 if reserves else 0, region=scene.days.town.pack.region, signup_from=scene.text(),
        signup_until=times.text(ends), beacon_name="the demo town's own beacon", beacon_at=times.text(beacon),
        claim_until=times.text(ends + 7 * times.DAY), spend_from=times.text(ends + times.HOUR),
        spend_until=times.text(ends + 30 * times.DAY), listed=bool(listed),
    )  # fmt: skip
    if listed:
        scene.do("campaign.list_merchants", scene.told["officers"][0], campaign=key, add=list(listed))
    scene.signed("campaign.approve", campaign=key)
    yuan, _, asset = each.partition(" ")
    fen = int(yuan.replace(".", "")) * awards
    scene.do("campaign.fund", scene.told["district.key"], campaign=key, amount=f"{fen // 100}.{fen % 100:02} {asset}")
    scene.rounds()


def _sign_ups(scene: Scene, most: int) -> None:
    """Citizen 0, and so many others who have proved their names."""
    ready = [n for n in range(1, scene.people) if scene.row("people_person", scene.citizen(n, "person")).verified]
    crowd = [FIRST, *scene.roll("sign-up").sample(ready, min(len(ready), most - 1))]
    key = scene.told["round"]
    scene.told["crowd"] = crowd
    scene.many(
        scene.ask("campaign.sign_up", scene.citizen(n), campaign=key, wallet=scene.citizen(n, "wallet")) for n in crowd
    )


def commit(scene: Scene, day: int) -> None:
    """After sign-up both sides bind themselves."""
    if day == 0:
        scene.rounds()
        sides = (scene.told["officers"][0], scene.told["notary.key"])
        for who, secret in zip(sides, SECRETS, strict=True):
            scene.do("campaign.commit", who, campaign=scene.told["round"], commitment=draw.commitment(secret))


def tell(scene: Scene, day: int) -> None:
    """The beacon has fallen, the secrets are told, and the round is drawn and published."""
    if day == 0:
        key = scene.told["round"]
        officer, notary = scene.told["officers"][0], scene.told["notary.key"]
        scene.do("campaign.note_beacon", officer, campaign=key, beacon=_beacon(scene, key))
        for who, secret in zip((officer, notary), SECRETS, strict=True):
            scene.do("campaign.reveal", who, campaign=key, secret=secret)
        scene.rounds()


def _beacon(scene: Scene, key: str) -> str:
    row = scene.row("campaign_campaign", key)
    rows = scene.days.reader.query('SELECT line, "natural" FROM campaign_ticket WHERE campaign = ?', (key,))
    naturals = dict(rows)
    lines, mine = sorted(naturals), scene.natural(FIRST)
    for number in count():
        beacon = f"demo-beacon-{number}"
        order = draw.drawn(lines, draw.seed(row.root, list(SECRETS), beacon), min(len(lines), row.awards))
        if any(naturals[line] == mine for line in order):
            return beacon
    raise AssertionError("counting never ends")


def claim(scene: Scene, day: int) -> None:
    """Most winners take their packets; citizen 0 spends a part at a shop that takes them."""
    if day == 0:
        key, roll = scene.told["round"], scene.roll("claim")
        rows = scene.days.reader.query(
            "SELECT person FROM campaign_ticket WHERE campaign = ? AND stage = 'awarded'", (key,)
        )
        won = {row[0] for row in rows}
        ready = [n for n in scene.told["crowd"] if scene.citizen(n, "person") in won]
        taking = [n for n in ready if n == FIRST or roll.randrange(10)]
        scene.many(scene.ask("campaign.claim", scene.citizen(n), campaign=key) for n in taking)
        shop = scene.days.town.pack.merchants[0].shops[0]
        scene.do("pay.scan", scene.citizen(FIRST), code=scene.known(f"shop:{shop.code}.code"),
                 amount=scene.texts["campaign"]["first"])  # fmt: skip
    elif day == 1:
        ask = {"campaign": scene.texts["campaign"]["next"]["key"], "wallet": scene.citizen(1, "wallet")}
        scene.many([scene.ask("campaign.sign_up", scene.citizen(1), **ask)])


MOMENTS = ((ENDS + 10, commit), (TELLS, tell), (CLAIMS, claim))
