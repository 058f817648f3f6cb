"""The life of a friendship, and the pause of somebody who collects like a robot, as tables."""

from __future__ import annotations

from saxaul.engine import Stages

FRIENDS: Stages = {
    ("", "green.befriend"): "asked", ("ended", "green.befriend"): "asked", ("asked", "green.answer yes"): "friends",
    ("asked", "green.answer no"): "ended", ("asked", "green.unfriend"): "ended", ("friends", "green.unfriend"): "ended",
}  # fmt: skip

PAUSE: Stages = {
    ("free", "paused"): "paused", ("paused", "paused"): "paused", ("appealed", "paused"): "appealed",
    ("paused", "green.appeal"): "appealed", ("paused", "green.judge"): "free", ("appealed", "green.judge"): "free",
}  # fmt: skip
