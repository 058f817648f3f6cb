"""A life cycle is a table `{(stage, act): stage}`; whatever is not in it is refused with the stage named."""

from __future__ import annotations

from collections.abc import Mapping

from saxaul.kernel.refusal import Refusal

Stages = Mapping[tuple[str, str], str]


def step(stages: Stages, stage: str, act: str) -> str:
    """The stage after `act`; refuses `request.stage_wrong`, naming the stage and the ways on."""
    after = stages.get((stage, act))
    if after is None:
        raise Refusal("request.stage_wrong", stage=stage, ways=ways(stages, stage))
    return after


def ways(stages: Stages, stage: str) -> list[str]:
    """The acts that lead on from `stage`, in alphabetical order."""
    return sorted(act for (before, act) in stages if before == stage)


def drawn(stages: Stages) -> str:
    """The graph as a Mermaid diagram for the docs."""
    lines = [f"    {before or 'start'} --> {after}: {act}" for (before, act), after in stages.items()]
    return "stateDiagram-v2\n" + "\n".join(lines)
