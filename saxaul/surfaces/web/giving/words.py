"""What the pages say for the codes of giving: rules of the verdict, fields of public good, reasons of an appeal."""

from __future__ import annotations

from django.utils.translation import gettext as _


def rule(code: str) -> str:
    """One sentence a person can check: what was seen, and what follows from it."""
    return {
        "by_hand": _("Steps that were typed in do not count."),
        "cadence_hard": _("A part was faster than anybody runs. It was left out."),
        "cadence_soft": _("A part was very fast, so somebody will look at it. You can give meanwhile."),
        "day_hard": _("The day was longer than the most that counts. The rest was left out."),
        "day_soft": _("This was a very long day, so somebody will look at it. You can give meanwhile."),
        "lump": _("Some steps came without a time. They count as walking, but cannot be given."),
        "band": _("The steps came all at once and nearly as on other days. Machines do that, so somebody looks first."),
        "device": _("This phone counted for more than three people, so somebody looks first."),
        "alike": _("Several days were nearly the same, so somebody will look. You can give meanwhile."),
    }.get(code, code)  # fmt: skip


def field(code: str) -> str:
    """The field of public good."""
    return {"environment": _("Environment"), "education": _("Education"), "health": _("Health")}.get(code, code)


def reasons() -> list[tuple[str, str]]:
    """Why somebody disagrees with a verdict."""
    return [
        ("walked", _("I walked")), ("sport", _("Sport or a long hike")), ("work", _("My work is on foot")),
        ("new_device", _("I have a new phone or watch")), ("shared_device", _("We share a phone")),
        ("other", _("Another reason")),
    ]  # fmt: skip


def source(code: str) -> str:
    """Where steps came from, by its own name."""
    return {
        "apple": "Apple Health", "health_connect": "Health Connect", "google_fit": "Google Fit", "fitbit": "Fitbit",
        "werun": "WeRun", "operator": _("The city's counter"),
    }.get(code, code)  # fmt: skip
