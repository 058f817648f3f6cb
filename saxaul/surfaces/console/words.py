"""What records, rooms and programmes are called in the console, which of their columns are money, and where ids lead.

A table or programme without words here fails the console's tests: nobody should read a name made of an identifier.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy

FILTERED = ("stage", "kind", "list", "roles", "tier", "verdict")
TELLING = ("name", "name_en", "title", "title_en", "open_from", "until", "source", "units", "amount", "ecny", "cny",
           "merchant", "wallet", "person", "organisation", "operator", "project", "campaign", "programme", "charity",
           "sponsor", "day", "number", "price", "ends", "since")  # fmt: skip  # columns of a list, best first
# A column of money: `<table>.<column>` or the column of any table, and its asset or the field that names the asset.
# CNY is yuan of any pocket where the record says no more.
MONEY = {
    "ecny": "ECNY/2", "cny": "CNY/2", "units": "asset", "captured": "asset", "refunded": "asset", "funded": "asset",
    "given": "asset", "returned": "asset", "gift_max": "asset", "day_max": "asset",
    "bills_bill.amount": "CNY/2", "bills_bill.paid": "CNY/2", "bills_payment.fee": "CNY/2", "bills_file.units": "CNY/2",
    "bills_part.units": "CNY/2", "pay_code.units": "CNY/2", "cash_file.units": "CNY/2", "cash_line.units": "CNY/2",
    "campaign_campaign.each": "behind", "campaign_campaign.funded": "behind", "campaign_campaign.unclaimed": "behind",
    "campaign_campaign.written_off": "behind", "campaign_taken.spent": "CNY/2", "campaign_taken.refunded": "CNY/2",
    "campaign_mark.units": "CNY/2", "voucher_campaign.face": "CNY/2", "voucher_campaign.minimum": "CNY/2",
    "voucher_cart.price": "CNY/2", "voucher_cart.units": "CNY/2", "packet_part.units": "CNY/2",
    "prepaid_contract.units": "CNY/2", "prepaid_contract.released": "CNY/2", "prepaid_contract.returned": "CNY/2",
    "prepaid_lesson.price": "CNY/2", "forest_project.price": "CNY/2", "forest_project.pledged": "CNY/2",
    "forest_order.money": "CNY/2", "forest_order.paid": "CNY/2", "forest_order.kept": "CNY/2",
    "forest_inspection.paid": "CNY/2", "giving_project.goal": "CNY/2", "giving_project.received": "CNY/2",
    "giving_project.paid": "CNY/2", "giving_project.rate": "CNY/2", "giving_line.units": "CNY/2",
    "giving_line.paid": "CNY/2", "giving_payout.units": "CNY/2", "giving_quarter.received": "CNY/2",
    "giving_quarter.paid": "CNY/2", "giving_gift.units": "CNY/2", "giving_giver.sponsored": "CNY/2",
    "giving_giver.own": "CNY/2", "giving_appeal.goal": "CNY/2", "giving_appeal.raised": "CNY/2",
    "giving_flock.price": "CNY/2", "merchant_programme.promised": "money", "merchant_benefit.value": "CNY/2",
    "merchant_benefit.minimum": "CNY/2", "merchant_coupon.value": "CNY/2", "merchant_item.price": "CNY/2",
    "merchant_table_bill.units": "CNY/2", "merchant_thing.price": "CNY/2", "merchant_rental.deposit": "CNY/2",
    "merchant_rental.fee": "CNY/2", "merchant_rental.day_cap": "CNY/2", "merchant_rental.price": "CNY/2",
    "merchant_rental.charged": "CNY/2",
}  # fmt: skip
MEANT = {  # the record that an id in a column of this name leads to
    "merchant": "organisation", "biller": "organisation", "behalf": "organisation", "sponsor": "organisation",
    "charity": "organisation", "witness": "organisation", "district": "organisation", "actor": "person",
    "approver": "person", "guardian": "person", "giver": "person", "inspector": "natural", "planter": "natural",
    "author": "natural", "member": "natural", "signer": "natural", "till": "credential", "party": "wallet",
    "paid_order": "pay_order",
}  # fmt: skip
ROOMS = {
    "ledger": gettext_lazy("Books"), "people": gettext_lazy("People"), "engine": gettext_lazy("Engine"),
    "desk": gettext_lazy("Desk"), "pay": gettext_lazy("Paying"), "bills": gettext_lazy("Bills"),
    "cash": gettext_lazy("Cash"), "green": gettext_lazy("Green energy"), "campaign": gettext_lazy("Red packets"),
    "voucher": gettext_lazy("Coupons"), "packet": gettext_lazy("Packets in groups"),
    "prepaid": gettext_lazy("Prepaid lessons"), "forest": gettext_lazy("Trees and land"),
    "giving": gettext_lazy("Giving"), "quiz": gettext_lazy("Quiz"), "merchant": gettext_lazy("Trade with merchants"),
}  # fmt: skip
PROGRAMMES = {
    "engine": gettext_lazy("What the engine does by itself"),
    "desk": gettext_lazy("People, wallets and whoever serves them"),
    "pay": gettext_lazy("Payments by code, orders, refunds and between persons"),
    "bills": gettext_lazy("Bills of utilities and offices"),
    "cash": gettext_lazy("Money in and out, settlement, bank files"),
    "campaign": gettext_lazy("Red packets, draws and money bound to a purpose"),
    "voucher": gettext_lazy("Consumption vouchers with stock"), "packet": gettext_lazy("Lucky packets in a group"),
    "prepaid": gettext_lazy("Prepaid contracts: one lesson, one write-off"),
    "green": gettext_lazy("Green energy of everyday behaviour"),
    "forest": gettext_lazy("Trees, protected land and their certificates"), "giving": gettext_lazy("Steps and giving"),
    "quiz": gettext_lazy("The quiz challenge"), "merchant": gettext_lazy("Low-carbon trade with merchants"),
}  # fmt: skip
TITLES = {
    "entry": gettext_lazy("Journal"), "people_person": gettext_lazy("Persons"),
    "people_natural": gettext_lazy("Natural persons"), "people_join": gettext_lazy("Joined records"),
    "people_wallet": gettext_lazy("Wallets"), "people_credential": gettext_lazy("Credentials"),
    "people_pin": gettext_lazy("Payment PINs"), "people_index": gettext_lazy("Unique rules"),
    "people_organisation": gettext_lazy("Organisations"), "people_shop": gettext_lazy("Shops"),
    "people_terminal": gettext_lazy("Terminals"), "people_consent": gettext_lazy("Consents"),
    "people_directory": gettext_lazy("Directories"), "people_listed": gettext_lazy("Frozen and blocked"),
    "engine_cursor": gettext_lazy("Followers"), "engine_proposal": gettext_lazy("Proposals"),
    "desk_term": gettext_lazy("Terms set here"), "pay_order": gettext_lazy("Orders"),
    "pay_refund": gettext_lazy("Refunds"), "pay_code": gettext_lazy("Codes"), "pay_request": gettext_lazy("Requests"),
    "pay_purpose": gettext_lazy("Purposes"), "pay_purpose_merchant": gettext_lazy("Merchants of a purpose"),
    "pay_bound": gettext_lazy("Money bound to a purpose"), "bills_bill": gettext_lazy("Bills"),
    "bills_number": gettext_lazy("Household numbers"), "bills_file": gettext_lazy("Billers' files"),
    "bills_part": gettext_lazy("Parts of files"), "bills_payment": gettext_lazy("Payments of bills"),
    "bills_lookup": gettext_lazy("Misses when looking up"), "bills_household": gettext_lazy("Saved numbers"),
    "cash_bank": gettext_lazy("Bank accounts of operators"), "cash_linked": gettext_lazy("Linked accounts"),
    "cash_order": gettext_lazy("Bank orders"), "cash_payee": gettext_lazy("Last days cut"),
    "cash_window": gettext_lazy("Settlement windows"), "cash_file": gettext_lazy("Bank files"),
    "cash_line": gettext_lazy("Bank movements"), "cash_open_item": gettext_lazy("Open items"),
    "green_grant": gettext_lazy("Behaviours counted"), "green_source": gettext_lazy("Behaviours by their source"),
    "green_rides": gettext_lazy("Rides of a day"), "green_person": gettext_lazy("Forests"),
    "green_tally": gettext_lazy("Energy of a month"), "green_friend": gettext_lazy("Friendships"),
    "green_pace": gettext_lazy("Paces of collecting"), "green_factor": gettext_lazy("Factors published"),
    "green_series": gettext_lazy("Factors by behaviour and region"), "green_report": gettext_lazy("Carriers' files"),
    "campaign_campaign": gettext_lazy("Rounds of bound money"), "campaign_ticket": gettext_lazy("Tickets of a draw"),
    "campaign_taken": gettext_lazy("Takings of a day"), "campaign_mark": gettext_lazy("Shops to look at"),
    "voucher_campaign": gettext_lazy("Kinds of coupons"), "voucher_holding": gettext_lazy("Coupons of wallets"),
    "voucher_cart": gettext_lazy("Discounts reckoned"), "packet_packet": gettext_lazy("Lucky packets"),
    "packet_part": gettext_lazy("Parts of packets"), "prepaid_template": gettext_lazy("Standard contracts"),
    "prepaid_school": gettext_lazy("Listed schools"), "prepaid_contract": gettext_lazy("Prepaid contracts"),
    "prepaid_lesson": gettext_lazy("Lessons"), "prepaid_token": gettext_lazy("Codes for a lesson"),
    "forest_project": gettext_lazy("Projects of planting"), "forest_parcel": gettext_lazy("Parcels of land"),
    "forest_cell": gettext_lazy("Squares of the map"), "forest_certificate": gettext_lazy("Certificates"),
    "forest_team": gettext_lazy("Teams for a tree"), "forest_share": gettext_lazy("Shares in a team's tree"),
    "forest_order": gettext_lazy("Orders of planting"), "forest_inspection": gettext_lazy("Inspections"),
    "forest_picture": gettext_lazy("Satellite pictures"), "forest_evidence": gettext_lazy("Evidence from space"),
    "giving_day": gettext_lazy("Days of steps"), "giving_device": gettext_lazy("Devices that count steps"),
    "giving_charity": gettext_lazy("Charities admitted"), "giving_project": gettext_lazy("Projects of giving"),
    "giving_line": gettext_lazy("Budget lines"), "giving_payout": gettext_lazy("Money paid out"),
    "giving_quarter": gettext_lazy("Quarters of projects"), "giving_pool": gettext_lazy("Sponsors' pools"),
    "giving_gift": gettext_lazy("Gifts"), "giving_giver": gettext_lazy("Givers"),
    "giving_serial": gettext_lazy("Numbers of receipts"), "giving_appeal": gettext_lazy("Appeals to give"),
    "giving_flock": gettext_lazy("Flocks for households"), "giving_bird": gettext_lazy("Birds handed over"),
    "quiz_bank": gettext_lazy("Banks of questions"), "quiz_question": gettext_lazy("Questions"),
    "quiz_campaign": gettext_lazy("Rounds of the quiz"), "quiz_player": gettext_lazy("Players"),
    "quiz_attempt": gettext_lazy("Attempts"), "quiz_result": gettext_lazy("Levels reached"),
    "quiz_seen": gettext_lazy("Same device or timing"), "merchant_programme": gettext_lazy("Programmes of points"),
    "merchant_member": gettext_lazy("Merchants in a programme"), "merchant_participant": gettext_lazy("Participants"),
    "merchant_habit": gettext_lazy("Low-carbon habits"), "merchant_lots": gettext_lazy("Points by end"),
    "merchant_pace": gettext_lazy("Paces of granting"), "merchant_scan_code": gettext_lazy("Codes shown to staff"),
    "merchant_band": gettext_lazy("Fingerprints of photos"), "merchant_paid": gettext_lazy("What follows an order"),
    "merchant_benefit": gettext_lazy("Benefits for points"), "merchant_coupon": gettext_lazy("Coupons taken"),
    "merchant_coupon_code": gettext_lazy("Digits of coupons"), "merchant_payee": gettext_lazy("Earned, not yet paid"),
    "merchant_statement": gettext_lazy("Weekly statements"), "merchant_item": gettext_lazy("Items of menus"),
    "merchant_menu": gettext_lazy("Menus"), "merchant_table": gettext_lazy("Tables with a code"),
    "merchant_table_bill": gettext_lazy("Bills of tables"), "merchant_document": gettext_lazy("Receipts and documents"),
    "merchant_thing": gettext_lazy("Things to rent"), "merchant_renter": gettext_lazy("Renters"),
    "merchant_rental": gettext_lazy("Rentals"),
}  # fmt: skip


def money(row: object, table: str, column: str) -> str:
    """The asset in which this column of this row counts; empty where it is no money."""
    asset = MONEY.get(f"{table}.{column}", MONEY.get(column, ""))
    return asset if "/" in asset else str(getattr(row, asset, "")) if asset else ""
