"""A third of the town counts its green energy: payments and bills bring it by themselves, carriers tell of rides."""

from __future__ import annotations

from saxaul.sim.chapters.office import FIRST
from saxaul.sim.chapters.scene import Scene

FRIENDS, ASKS, TAKEN = (1, 2, 10), 4, 20
RIDES = (("metro_ride", 9_000), ("bus_ride", 6_000), ("metro_ride", 7_500))
HARVEST, RODE = 560, 1_170
_RIPE = (
    "SELECT key, person FROM green_grant WHERE stage = 'open' AND grams > 0 AND ripe_at <= ? AND expires_at > ? "
    "ORDER BY key"
)


def found(scene: Scene) -> None:
    """They agreed; citizen 0 has friends, and one who asks."""
    some = sorted({FIRST, *FRIENDS, ASKS, *scene.some("green", scene.texts["green"]["share"])})
    scene.told["green"] = some
    scene.many(
        scene.ask("desk.give_consent", scene.citizen(n), purpose="green", version="2022-06") for n in some
    )  # fmt: skip
    scene.told["naturals"] = {scene.natural(n): n for n in some}
    me = scene.citizen(FIRST, "person")
    for friend in FRIENDS:
        scene.do("green.befriend", scene.citizen(FIRST), person=scene.citizen(friend, "person"))
        scene.do("green.answer", scene.citizen(friend), person=me, yes=True)
    scene.do("green.befriend", scene.citizen(ASKS), person=me)


def harvest(scene: Scene, day: int) -> None:
    """Some collect what is ripe; citizen 0 leaves it hanging, so that a newcomer finds something to collect."""
    ripe: dict[int, list[str]] = {}
    naturals = scene.told["naturals"]
    for key, person in scene.days.reader.query(_RIPE, (scene.now, scene.now)):
        if naturals.get(person, FIRST) != FIRST:
            ripe.setdefault(naturals[person], []).append(key)
    roll, share = scene.roll("harvest", day), scene.texts["green"]["harvest"]
    some = [n for n in sorted(ripe) if roll.randrange(1_000) < share]
    scene.many(scene.ask("green.collect", scene.citizen(n), lots=ripe[n][:TAKEN]) for n in some)


def ride(scene: Scene, day: int) -> None:
    """The carrier tells of citizen 0's way home, and of a friend's."""
    for number in (FIRST, FRIENDS[0]):
        for place, (behaviour, metres) in enumerate(RIDES):
            scene.do("green.record", behaviour=behaviour, origin=f"ride-{day}-{number}-{place}", source="citybus",
                     person=scene.citizen(number, "person"), evidence="ride", activity=metres)  # fmt: skip


MOMENTS = ((HARVEST, harvest), (RODE, ride))
