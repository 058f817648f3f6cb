"""What behaviours, sources and marks of confidence are called; one place, so that every page says the same."""

from __future__ import annotations

from django.utils.translation import gettext as _


def behaviours() -> dict[str, str]:
    """Every behaviour in the reader's words."""
    return {
        "walk": _("Walking"), "pay_qr": _("Payment by code"), "utility_bill": _("Bill paid online"),
        "show_booking": _("Show seat booked online"), "train_booking": _("Train seat booked online"),
        "hospital_visit": _("Hospital visit booked online"), "metro_ride": _("Metro ride"), "bus_ride": _("Bus ride"),
        "shared_bike": _("Shared bicycle"), "road_toll": _("Road toll paid on the way"),
        "e_invoice": _("Electronic receipt"), "paper_receipt_declined": _("No paper receipt"), "no_bag": _("No bag"),
        "own_cup": _("Own cup"), "no_cutlery": _("No cutlery"), "second_hand_shirt": _("Second-hand shirt"),
        "car_stop_petrol": _("A week without the car"), "car_stop_electric": _("A week without the electric car"),
    }  # fmt: skip


def behaviour(name: str) -> str:
    """One behaviour; one without words is shown by its code."""
    return behaviours().get(name, name)


ICONS = {
    "walk": "green_steps", "pay_qr": "scan", "utility_bill": "bill", "metro_ride": "green_ride",
    "bus_ride": "green_ride", "shared_bike": "green_ride", "train_booking": "green_ride", "road_toll": "green_ride",
    "e_invoice": "list", "paper_receipt_declined": "list", "no_bag": "shop", "own_cup": "shop", "no_cutlery": "shop",
}  # fmt: skip


def icon(name: str) -> str:
    """The icon of a behaviour."""
    return ICONS.get(name, "saxaul")


def sources() -> dict[str, tuple[str, str]]:
    """Every source that may be read: its name and what is taken from it."""
    return {
        "steps": (_("Steps"), _("The number of steps of a day, never where you walked.")),
        "payment": (_("Payments by code"), _("That you paid by code, not what you bought.")),
        "bill": (_("Bills"), _("That a utility bill was paid online.")),
        "booking": (_("Bookings"), _("Seats and visits that you booked online.")),
        "metro": (_("Metro"), _("When you rode, how far and on which line.")),
        "bus": (_("Bus"), _("When you rode, how far and on which line.")),
        "bike": (_("Bicycle"), _("When you rode and how far.")),
        "road": (_("Road toll"), _("That a toll was paid on the way.")),
        "receipt": (_("Receipts"), _("That a receipt was not printed.")),
        "shop": (_("Habits at the till"), _("No bag, own cup, no cutlery: what the till noted.")),
        "car": (_("Car left standing"), _("That your car stood still for a week.")),
    }  # fmt: skip


def marks() -> dict[str, str]:
    """What the marks of confidence mean."""
    return {
        "A": _("A: measured or official, checked"), "B": _("B: reported by the press"),
        "C": _("C: from a secondary page"), "D": _("D: derived, an estimate"), "E": _("E: our own assumption"),
    }  # fmt: skip


def units() -> dict[str, str]:
    """What one unit of a factor is."""
    return {
        "km": _("for a kilometre"), "trip": _("for a trip"), "sheet": _("for a sheet"), "receipt": _("for a receipt"),
        "bag": _("for a bag"), "set": _("for a set"), "cup": _("for a cup"), "piece": _("for a piece"),
    }  # fmt: skip
