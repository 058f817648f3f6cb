"""What a notice says: a title, a sentence with its facts, and the page where one acts on it.

Whoever adds a kind to an act adds its words here; tests/web/test_room_notices.py finds every kind in the programmes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Words:
    """`page` is the name of an address; `key` the fact that stands in it; `tone` how the disc looks."""

    icon: str
    title: Any
    text: Any
    page: str
    key: str = ""
    tone: str = ""


OTHER = Words(
    "info", _("Something changed"), _("Your wallet's pages show how things stand now."), "home", tone="quiet"
)  # fmt: skip

_GONE = _("%(campaign)s: %(amount)s was not spent in time and went back to who gave it.")

KINDS = {
    # -- money ---------------------------------------------------------------------------------------------------------
    "pay.received": Words(
        "receive", _("Money arrived"), _("%(giver)s sent you %(amount)s."), "receipt", tone="in",
    ),
    "pay.asked": Words(
        "ask", _("Somebody asks you for money"), _("%(asker)s asks you for %(amount)s, until %(until)s."), "asked",
        "request",
    ),
    "pay.confirm": Words(
        "clock", _("A payment waited for your yes"),
        _("%(merchant)s asked for %(amount)s. Without a yes until %(until)s nothing is paid."), "answer", tone="warn",
    ),
    "pay.expired": Words(
        "clock", _("The time for a payment is over"),
        _("%(merchant)s: %(amount)s. You have not paid, and nothing is held any more."), "history", tone="quiet",
    ),
    "pay.refunded": Words(
        "refund", _("Money is back"), _("%(merchant)s gave you back %(amount)s."), "receipt", tone="in",
    ),
    "pay.reversed": Words(
        "refund", _("A payment was undone"), _("%(merchant)s undid it. %(amount)s is yours again."), "receipt",
        tone="in",
    ),
    "pay.code_silent": Words(
        "shop", _("Nobody pays to your code"),
        _("%(merchant)s: the last payment to the printed code was on %(day)s. See whether another code hangs over it."),
        "counter_wall", tone="warn",
    ),
    "bills.refunded": Words(
        "bill", _("Money of a bill is back"), _("%(biller)s gave you back %(amount)s."), "receipt", tone="in",
    ),
    "cash.received": Words(
        "bank", _("Money arrived from the bank"), _("%(amount)s is in your wallet."), "receipt", tone="in",
    ),
    "cash.returned": Words(
        "bank", _("Money came back from the bank"), _("%(amount)s is in your wallet again."), "receipt", tone="in",
    ),
    "cash.suspended": Words(
        "bank", _("Money waits outside your wallet"),
        _("%(amount)s came for you, but could not go into the wallet. It is not lost: somebody looks at it."), "help",
        tone="warn",
    ),
    "cash.out_done": Words(
        "bank", _("Money is at your bank"), _("%(amount)s went from your wallet to your bank account."), "receipt",
    ),
    "cash.cash_out_rejected": Words(
        "bank", _("Money was not taken out"), _("The bank did not take %(amount)s. It is in your wallet again."),
        "cash_out", tone="warn",
    ),
    "cash.top_up_rejected": Words(
        "bank", _("Money was not added"), _("The bank did not give %(amount)s. Your wallet is as it was."), "top_up",
        tone="warn",
    ),
    # -- red packets, vouchers -----------------------------------------------------------------------------------------
    "campaign.awarded": Words(
        "packet", _("You won a red packet"), _("%(campaign)s: %(amount)s. You can claim it until %(until)s."), "packet",
        "campaign", "in",
    ),
    "campaign.reserve": Words(
        "packet", _("You are a reserve"),
        _("%(campaign)s: you have place %(place)s. If packets are not claimed, they go on in this order."), "packet",
        "campaign",
    ),
    "campaign.lost": Words(
        "packet", _("Not drawn this time"), _("%(campaign)s: your ticket was not drawn. Anybody can check the draw."),
        "packet", "campaign", "quiet",
    ),
    "campaign.unclaimed": Words(
        "packet", _("The time to claim is over"), _("%(campaign)s: your packet was not claimed in time."), "packet",
        "campaign", "quiet",
    ),
    "campaign.cancelled": Words(
        "packet", _("A round does not take place"), _("%(campaign)s was cancelled, and nothing is drawn."), "packet",
        "campaign", "quiet",
    ),
    "campaign.granted": Words(
        "packet", _("You were given money"), _("%(campaign)s: %(amount)s is in your wallet."), "packet", "campaign",
        "in",
    ),
    "campaign.written_off": Words("packet", _("A red packet has ended"), _GONE, "packet", "campaign", "quiet"),
    "voucher.written_off": Words("voucher", _("A voucher has ended"), _GONE, "vouchers", tone="quiet"),
    "packet.emptied": Words(
        "packet", _("Your lucky packet is empty"), _("All parts were opened: %(amount)s."), "lucky_packet", "packet",
    ),
    "packet.returned": Words(
        "packet", _("Money of a lucky packet is back"), _("Nobody opened %(amount)s in time. It is yours again."),
        "lucky_packet", "packet", "in",
    ),
    # -- green energy, steps, the challenge ----------------------------------------------------------------------------
    "green.watered": Words(
        "water", _("A friend gave you energy"), _("%(energy)s more are in your forest."), "green", tone="in",
    ),
    "green.friend_asked": Words(
        "me", _("Somebody would like to be your friend"), _("%(friend)s asks. You can say yes or no."), "green_friends",
    ),
    "green.reversed": Words(
        "saxaul", _("Green energy was taken back"), _("What it came from was undone: %(energy)s."), "green_energy",
        tone="quiet",
    ),
    "green.paused": Words(
        "clock", _("Collecting from friends is paused"),
        _("It looked like a machine. The pause ends %(until)s. If it was you, say so, and somebody looks."), "green",
        tone="warn",
    ),
    "green.freed": Words("saxaul", _("The pause is over"), _("Somebody looked. You can collect again."), "green"),
    "step.day_held": Words(
        "walk", _("Steps wait for somebody to look"), _("%(day)s: you see there why, and can say what it was."),
        "giving_day", "day", "warn",
    ),
    "step.day_accepted": Words(
        "walk", _("Your steps count"), _("%(day)s: somebody looked, and you can give them."), "giving_day", "day", "in",
    ),
    "step.day_refused": Words(
        "walk", _("Steps do not count"), _("%(day)s: somebody looked, and they cannot be given."), "giving_day", "day",
        "quiet",
    ),
    "quiz.reward_held": Words(
        "quiz", _("A reward waits"), _("%(campaign)s: somebody looks first. You see there why."), "quiz_mine",
        tone="warn",
    ),
    "quiz.reward_decided rewarded": Words(
        "quiz", _("The reward is yours"), _("%(campaign)s: somebody looked at it."), "quiz_mine", tone="in",
    ),
    "quiz.reward_decided refused": Words(
        "quiz", _("There is no reward"), _("%(campaign)s: somebody looked, and it went back for others."), "quiz_mine",
        tone="quiet",
    ),
    # -- lessons -------------------------------------------------------------------------------------------------------
    "prepaid.drafted": Words(
        "lesson", _("A contract to read"), _("%(merchant)s offers lessons for %(amount)s. Read it before you sign."),
        "prepaid_contract", "contract",
    ),
    "prepaid.released": Words(
        "lesson", _("A lesson was given"), _("%(merchant)s: lesson %(lesson)s. %(amount)s went to the school."),
        "prepaid_contract", "contract",
    ),
    "prepaid.disputed": Words(
        "lesson", _("A lesson is disputed"),
        _("%(merchant)s: %(amount)s for lesson %(lesson)s stays where it is until it is decided, at the latest "
          "%(until)s."),
        "prepaid_contract", "contract", "warn",
    ),
    "prepaid.ruled school": Words(
        "lesson", _("A dispute is decided"), _("%(merchant)s: %(amount)s for lesson %(lesson)s went to the school."),
        "prepaid_contract", "contract",
    ),
    "prepaid.ruled payer": Words(
        "lesson", _("A dispute is decided"), _("%(merchant)s: %(amount)s for lesson %(lesson)s came back to you."),
        "prepaid_contract", "contract", "in",
    ),
    "prepaid.returned": Words(
        "lesson", _("Money for lessons is back"), _("%(merchant)s: %(amount)s came back to you."), "prepaid_contract",
        "contract", "in",
    ),
    # -- shops ---------------------------------------------------------------------------------------------------------
    "merchant.document_kept": Words("kept", _("A receipt was kept for you"), _("It is from %(merchant)s."), "kept"),
    "merchant.coupon_used": Words(
        "benefit", _("A coupon was used"), _("%(title)s, at %(merchant)s."), "coupons",
    ),
    "merchant.coupon_open": Words(
        "benefit", _("A coupon is back"), _("%(title)s: the order was returned, and you can use it again."), "coupons",
        tone="in",
    ),
    "merchant.coupon_ended": Words(
        "benefit", _("A coupon has ended"), _("%(title)s can be used no more."), "coupons", tone="quiet",
    ),
    "merchant.points_returned": Words(
        "benefit", _("Points were taken back"), _("Their order was returned. Points: %(points)s."), "benefits",
        tone="quiet",
    ),
    "merchant.grant_judged granted": Words(
        "benefit", _("The points are yours"), _("Somebody looked. Points: %(points)s."), "benefits", tone="in",
    ),
    "merchant.grant_judged refused": Words(
        "benefit", _("There are no points"), _("Somebody looked, and it did not count."), "benefits", tone="quiet",
    ),
    "merchant.rental_done": Words(
        "power_bank", _("A rental is paid"), _("%(merchant)s: it cost %(amount)s."), "rent",
    ),
    "merchant.rental_charged": Words(
        "power_bank", _("A rental is not paid yet"),
        _("%(merchant)s: %(amount)s is still owed. It is taken when your wallet has it."), "rent", tone="warn",
    ),
    # -- the wallet itself ---------------------------------------------------------------------------------------------
    "desk.wallet_frozen": Words(
        "lock", _("A wallet is frozen"),
        _("By order of an office it neither pays nor receives. The money stays yours."), "help", tone="bad",
    ),
    "desk.wallet_unfrozen": Words(
        "lock", _("A wallet is open again"), _("It pays and receives as before."), "home", tone="in",
    ),
    "desk.phone_changed": Words(
        "shield", _("You have a new telephone number"),
        _("From now on you sign in with it. Was it not you, then ask the wallet's office for help at once."), "me",
        tone="warn",
    ),
    "desk.persons_joined": Words(
        "me", _("Two records became one person"),
        _("In campaigns, gifts and figures you count once. If that is wrong, the wallet's office can undo it."), "me",
    ),
}  # fmt: skip
