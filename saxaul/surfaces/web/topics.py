"""What people ask, with one answer and one step each; searched by every word of the reader's language."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Topic:
    """One question; `href` is the page where the answer can be done."""

    icon: str
    question: str
    answer: str
    href: str = ""
    button: str = ""


def topics() -> list[Topic]:
    """All of them, most asked first."""
    return _paying() + _other()


def _paying() -> list[Topic]:
    """What is asked at a till."""
    return [
        Topic(
            "scan",
            _("How do I pay in a shop?"),
            _(
                "Scan the shop's code, or show your own code at the till. "
                "You see the name and the amount before you pay."
            ),
            reverse("scan"),
            _("Scan and pay"),
        ),
        Topic(
            "clock",
            _("The page stopped. Did I pay?"),
            _(
                "Look into the history: what stands there is paid, what does not stand there is not. "
                "Pressing the button twice pays once."
            ),
            reverse("history"),
            _("History"),
        ),
        Topic(
            "refund",
            _("How do I get money back?"),
            _("Ask the shop for a refund. It comes back to the pockets you paid from, and the receipt shows it."),
            reverse("history"),
            _("History"),
        ),
        Topic(
            "shield",
            _("Somebody calls and asks for a code or my PIN"),
            _("Hang up. Nobody from the wallet, a bank or the police needs your code or your PIN."),
        ),
    ]


def _other() -> list[Topic]:
    """Safety, bills, limits and the pages themselves."""
    return [
        Topic(
            "lock",
            _("I forgot my PIN or want to change it"),
            _("You can change it on your own page. After five wrong tries it rests for a while, to protect you."),
            reverse("pin"),
            _("Payment PIN"),
        ),
        Topic(
            "bill",
            _("How do I pay for electricity, gas, heating, television or water?"),
            _(
                "Choose who sent the bill and type the account number from the paper. "
                "The owner's name is shown partly hidden."
            ),
            reverse("bills"),
            _("Bills"),
        ),
        Topic(
            "send",
            _("I sent money to the wrong person"),
            _(
                "A transfer is final. Send that person a request for the same amount; "
                "the name was shown before you paid."
            ),
            reverse("ask"),
            _("Request"),
        ),
        Topic(
            "list",
            _("Why is there a limit for one day?"),
            _("The less we know about you, the lower the limit. Your wallet page shows what is left today."),
        ),
        Topic(
            "eye",
            _("Who can see what I pay?"),
            _("You and the shop. The shop does not see your name. The public sees totals only, never a person."),
        ),
        Topic(
            "text",
            _("The letters are too small"),
            _("Open the sign with the large letter at the top and choose the large and simple layout."),
        ),
    ]


def find(words: str) -> list[Topic]:
    """Topics that hold every word; all of them without a word. Case does not matter."""
    wanted = words.casefold().split()
    found = []
    for topic in topics():
        text = f"{topic.question} {topic.answer} {topic.button}".casefold()
        if all(word in text for word in wanted):
            found.append(topic)
    return found
