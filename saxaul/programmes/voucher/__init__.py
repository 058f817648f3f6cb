"""Consumption vouchers with stock: from the sponsor's money to people's purchases, and what is left back again."""

from typing import Any

from saxaul.engine import AccountClass, Act, Programme
from saxaul.programmes.voucher import carts, common, dues, ends, followers, models, sponsors, take

CITIZEN, SYSTEM, SPONSOR = ("citizen",), ("system",), ("manager", "officer", "system")
MISSING, STAGE, SHORT = ("request.object_missing",), ("request.stage_wrong",), ("wallet.funds_short",)
SECOND, TWO = ("actor.second_missing",), dict[str, Any](two_officers=True)
FROM_STOCK = (
    "voucher.stock_exhausted", "voucher.person_capped", "award.claim_expired", "campaign.signup_early",
    "wallet.stage_closed",
)  # fmt: skip
PAYEE = ("payee.account_missing", "merchant.stage_suspended")
SPENT = ("purpose.use_mismatch", "voucher.transfer_barred", "award.award_missing", "wallet.stage_closed")

s, t, e, Named = sponsors, take, ends, common.NameCampaign

# fmt: off
PROGRAMME = Programme(name="voucher", title="Consumption vouchers with stock", acts=(
    Act("voucher.draft", s.Draft, s.draft, s.Drafted, SPONSOR, MISSING + ("request.field_invalid",)),
    Act("voucher.list_merchants", s.ListMerchants, s.list_merchants, s.Listed, SPONSOR, MISSING + STAGE),
    Act("voucher.fund", s.Fund, s.fund, s.Funded, ("manager", "system"), MISSING + STAGE + SHORT),
    Act("voucher.open", Named, s.open_campaign, s.Opened, SPONSOR,
        MISSING + STAGE + SECOND + ("campaign.escrow_short",), **TWO),
    Act("voucher.pause", Named, s.pause, common.Staged, SPONSOR, MISSING + STAGE),
    Act("voucher.resume", Named, s.resume, common.Staged, SPONSOR, MISSING + STAGE),
    Act("voucher.stop", Named, s.stop, common.Staged, SPONSOR, MISSING + STAGE),
    Act("voucher.cancel", Named, s.cancel, common.Staged, SPONSOR, MISSING + STAGE),
    Act("voucher.claim", t.Claim, t.claim, t.Claimed, CITIZEN, MISSING + STAGE + FROM_STOCK + ("hold.stage_ended",)),
    Act("voucher.reserve", t.Reserve, t.reserve, t.Reserved, CITIZEN,
        MISSING + STAGE + FROM_STOCK + ("request.field_invalid",)),
    Act("voucher.release", t.Release, t.release, t.Released, CITIZEN, MISSING + ("hold.stage_ended",)),
    Act("voucher.exchange", t.Exchange, t.exchange, t.Exchanged, CITIZEN,
        MISSING + PAYEE + SPENT),
    Act("voucher.apply", carts.Apply, carts.apply, carts.Applied, CITIZEN,
        MISSING + PAYEE + SPENT + ("voucher.spend_under",)),
    Act("voucher.fill_day", Named, e.fill_day, common.Staged, SYSTEM, MISSING),
    Act("voucher.write_off", e.NameHolding, e.write_off, e.WrittenOff, SYSTEM, MISSING),
    Act("voucher.end_cart", carts.NameCart, carts.end_cart, carts.CartEnded, SYSTEM, MISSING),
    Act("voucher.end_refunded", e.EndRefunded, e.end_refunded, e.WrittenOff, SYSTEM, MISSING),
    Act("voucher.close", Named, e.close, common.Staged, SYSTEM, MISSING),
), accounts=(
    AccountClass("issuer:voucher:$id", ("COUPON", "VOUCHER"), floor=None, side="equity", why="vouchers that exist"),
    AccountClass("campaign:$id:today", ("COUPON",), short="voucher.stock_exhausted",
                 why="what may still be given today"),
), records=(models.Campaign, models.Holding, models.Cart), dues=dues.DUES, followers=(followers.REFUNDS,))
