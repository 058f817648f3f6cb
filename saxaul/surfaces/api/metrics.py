"""Numbers of this process for Prometheus: how many wait, how large units are, what was answered. No label names anyone.

The numbers are counted where they arise in plain integers and only shaped when somebody scrapes, so that counting
costs a payment next to nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

if TYPE_CHECKING:
    from saxaul.surfaces.api.front import Front

KIND = CONTENT_TYPE_LATEST.encode()


class _Numbers:
    """What Prometheus collects from the front, its drive and the clerk."""

    def __init__(self, front: Front) -> None:
        self.front = front

    def collect(self) -> Iterator[Any]:
        """The families, made now."""
        drive, state = self.front.drive, self.front.house.clerk.state
        for name, value, says in (
            ("saxaul_queue_people", len(drive.people), "Groups of people's asks that wait for the clerk."),
            ("saxaul_queue_background", len(drive.background), "Groups of followers and tick that wait."),
            ("saxaul_batch_asks", sum(len(one.requests) for one in drive.turning), "Asks in the unit being written."),
            ("saxaul_entries", state.n, "Number of the newest entry."),
            ("saxaul_holds", len(state.holds), "Open holds."),
            ("saxaul_dirty_keys", len(state.dirty), "Keys the checkpoint does not hold yet."),
        ):
            yield GaugeMetricFamily(name, says, value=value)
        yield CounterMetricFamily("saxaul_units", "Units of work begun.", value=drive.turns)
        yield CounterMetricFamily("saxaul_asks", "Asks handed to the clerk.", value=drive.asked)
        answers = CounterMetricFamily("saxaul_answers", "Answers by sort.", labels=["sort"])
        for sort, count in sorted(self.front.answers.items()):
            answers.add_metric([sort], count)
        yield answers


def text(front: Front) -> bytes:
    """The exposition."""
    registry = CollectorRegistry()
    registry.register(_Numbers(front))
    return generate_latest(registry)
