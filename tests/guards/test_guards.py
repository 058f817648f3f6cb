"""One table per guard: (facts, plan) -> verdict. Each limit at -1, 0 and +1 fen, in both published generations."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import book
import pytest

from saxaul import guards
from saxaul.guards import freeze, grade, payee, purpose, step_up, tier
from saxaul.guards.verdict import Finding, Verdict, join
from saxaul.kernel import times
from saxaul.kernel.refusal import CATALOGUE, Refusal
from saxaul.ledger.facts import Actor, Facts, Proof
from saxaul.ledger.plan import Payment, Plan, Posting

OLD, NEW = "2020-12-01", "2022-06-01"
CITIZEN = Actor(person="zhang", roles=frozenset({"citizen"}))
TERMS = book.terms()


class Terms:
    """The terms that ship, but for what a test says otherwise."""

    def __init__(self, changed: dict[str, Any] | None = None) -> None:
        self.changed = changed or {}

    def values(self, us: int) -> dict[str, Any]:
        return {**TERMS.values(us), **self.changed}

    def version(self, us: int) -> str:
        return TERMS.version(us)


class Memory(dict[str, Any]):
    """The clerk's memory: every row that is not given is known to be absent."""

    def __init__(self, rows: dict[tuple[str, str], Any]) -> None:
        super().__init__()
        self.rows = rows

    def __missing__(self, table: str) -> Any:
        return SimpleNamespace(get=lambda key, _: self.rows.get((table, key)))


def row(key: str, **fields: Any) -> SimpleNamespace:
    return SimpleNamespace(key=key, **fields)


def wallet(name: str, **fields: Any) -> SimpleNamespace:
    return row(name, **{"stage": "open", "tier": 4, "foreign_phone": 0, "person": name, **fields})


def facts(
    *rows: tuple[str, Any], day: str = NEW, actor: Actor = CITIZEN, proofs: tuple[Proof, ...] = (), **terms: Any
) -> Facts:
    """Facts over some rows at noon of a day."""
    records = {(table, one.key): one for table, one in rows}
    noon = times.start_of_day(day) + 12 * times.HOUR
    unit: Any = SimpleNamespace(entered=noon, records={}, state=SimpleNamespace(records=Memory(records)))
    changed = {name.replace("__", "."): value for name, value in terms.items()}
    return Facts(unit, id="0" * 32, at=noon, actor=actor, terms=Terms(changed), proofs=proofs)


def paying(units: int, **more: Any) -> Plan:
    found = {"payer": "wallet:zhang", "payee": "merchant:bakery:due", "merchant": "bakery", "category": "5462", **more}
    return Plan(payment=Payment(asset="ECNY/2", units=units, **found))


def zhang(**fields: Any) -> tuple[str, Any]:
    return "people_wallet", wallet("zhang", **fields)


# Per tier and generation: payment, day, year, balance in fen; None: no limit is published or none applies.
TABLE = [
    (OLD, 1, 5_000_000, 10_000_000, 50_000_000, 50_000_000),
    (OLD, 2, 500_000, 1_000_000, 30_000_000, 1_000_000),
    (OLD, 3, 200_000, 200_000, 5_000_000, 200_000),
    (OLD, 4, 50_000, 100_000, 1_000_000, 100_000),
    (NEW, 1, None, None, None, None),
    (NEW, 2, 5_000_000, 10_000_000, None, 50_000_000),
    (NEW, 3, 500_000, 1_000_000, None, 2_000_000),
    (NEW, 4, 200_000, 500_000, 5_000_000, 1_000_000),
]


@pytest.mark.parametrize(("day", "number", "payment", "day_total", "year_total", "balance"), TABLE)
def test_a_tier_allows_what_its_generation_published(
    day: str, number: int, payment: int | None, day_total: int | None, year_total: int | None, balance: int | None
) -> None:
    known = facts(zhang(tier=number), ("people_wallet", wallet("li", tier=number)), day=day)
    for less in (-1, 0):
        verdict = tier.guard(known, "pay.scan", paying((payment or 10**9) + less))
        assert verdict is not None
    found = {limit.code: limit.most for limit in verdict.limits}
    wanted = {"tier.day_exceeded": day_total, "tier.year_exceeded": year_total}
    assert found == {code: most for code, most in wanted.items() if most is not None}
    assert [limit.window for limit in verdict.limits] == [day, day[:4]][: len(found)]
    assert [(use.counter, use.day, use.units, use.times) for use in verdict.uses] == [("pay", day, payment or 10**9, 1)]
    if payment is not None:
        with pytest.raises(Refusal) as caught:
            tier.guard(known, "pay.scan", paying(payment + 1))
        assert caught.value.code == "tier.payment_exceeded"
    got = tier.guard(known, "pay.send", paying(1, payee="wallet:li", merchant="", kind="send"))
    assert [bound.at_most for bound in got.bounds if got] == ([] if balance is None else [balance])


def test_the_day_before_a_generation_begins_has_the_old_limits() -> None:
    for day, passes in (("2021-06-10", 50_000), ("2021-06-11", 200_000)):
        known = facts(zhang(), day=day)
        assert tier.guard(known, "pay.scan", paying(passes))
        with pytest.raises(Refusal):
            tier.guard(known, "pay.scan", paying(passes + 1))


@pytest.mark.parametrize(
    ("code", "most"),
    [("tier.day_exceeded", 500_000), ("tier.year_exceeded", 5_000_000), ("tier.static_exceeded", 50_000)],
)
@pytest.mark.parametrize("beyond", [-1, 0, 1])
def test_usage_meets_its_limit_exactly(sqlite_clerk: Any, code: str, most: int, beyond: int) -> None:
    """The guard names the limit, the ledger counts: what is used already and this payment together."""
    from saxaul.ledger.plan import Use
    from saxaul.ledger.unit import Header, Unit

    unit = Unit(sqlite_clerk.state, sqlite_clerk.clock())
    verdict = tier.guard(facts(zhang()), "pay.scan", paying(1000, fixed_code=code == "tier.static_exceeded"))
    assert verdict is not None
    (limit,) = [one for one in verdict.limits if one.code == code]
    earlier = Use(limit.subject, limit.counter, NEW, most - 1000 + beyond, 1)
    plan = Plan(uses=[earlier, *verdict.uses], limits=[limit])
    sqlite_clerk.state.gather(unit.unread(plan))
    header = Header("0" * 32, "pay.scan", "zhang", "", 0, b"")
    if beyond > 0:
        with pytest.raises(Refusal) as caught:
            unit.attempt(header, plan, "")
        assert caught.value.code == code
    else:
        assert unit.attempt(header, plan, "") == 1


def test_a_count_limit_counts_payments() -> None:
    known = facts(zhang(), tier__4__day_count_limit=3)
    verdict = tier.guard(known, "pay.scan", paying(1))
    assert verdict is not None
    assert [(one.measure, one.most) for one in verdict.limits if one.code == "tier.count_exceeded"] == [("times", 3)]


def test_foreign_telephones_have_the_limits_published_for_them() -> None:
    known = facts(zhang(foreign_phone=1), tier__4__payment_limit=900_000, tier__4__day_total_limit=None)
    verdict = tier.guard(known, "pay.scan", paying(200_000))
    assert verdict is not None
    assert {one.code: one.most for one in verdict.limits}["tier.day_exceeded"] == 500_000
    with pytest.raises(Refusal):
        tier.guard(known, "pay.scan", paying(200_001))
    higher = facts(zhang(foreign_phone=1, tier=2))  # verified further: the tier's own limits
    assert tier.guard(higher, "pay.scan", paying(5_000_000))


def test_a_payee_is_open_and_own_money_back_is_never_refused() -> None:
    plan = paying(1, payee="wallet:li", merchant="", kind="send")
    with pytest.raises(Refusal) as caught:
        tier.guard(facts(zhang()), "pay.send", plan)
    assert caught.value.code == "payee.account_missing"
    closed = facts(zhang(), ("people_wallet", wallet("li", stage="closed")))
    with pytest.raises(Refusal):
        tier.guard(closed, "pay.send", plan)
    back = paying(1, payer="merchant:bakery:due", payee="wallet:zhang", merchant="", kind="return")
    assert tier.guard(facts(zhang()), "pay.refund", back) is None


def test_between_own_wallets_nothing_is_counted() -> None:
    known = facts(zhang(), ("people_wallet", wallet("li", tier=1)))
    assert tier.guard(known, "pay.send", paying(10**8, payee="wallet:li", merchant="", own=True)) is None


def test_what_a_hold_counted_is_not_counted_again() -> None:
    known = facts(zhang())
    for guard in (tier.guard, payee.guard, purpose.guard):
        assert guard(known, "pay.capture", paying(10**9, counted=True)) is None


@pytest.mark.parametrize(("stage", "code"), [("frozen", "wallet.stage_frozen"), ("closed", "wallet.stage_closed")])
def test_frozen_pays_nothing_not_even_what_was_held(stage: str, code: str) -> None:
    for counted in (False, True):
        with pytest.raises(Refusal) as caught:
            freeze.guard(facts(zhang(stage=stage)), "pay.capture", paying(1, counted=counted))
        assert caught.value.code == code
    assert freeze.guard(facts(zhang(stage="over_limit")), "pay.scan", paying(1)) is None


@pytest.mark.parametrize(("number", "weakest", "passes"), [(4, 4, True), (4, 3, False), (3, 3, True), (2, 3, True)])
def test_some_kinds_ask_for_a_better_verified_wallet(number: int, weakest: int, passes: bool) -> None:
    known = facts(zhang(tier=number), tier__weakest__send=weakest)
    plan = paying(1, payee="wallet:li", merchant="", kind="send")
    assert grade.guard(known, "pay.scan", paying(1)) is None
    if passes:
        assert grade.guard(known, "pay.send", plan) is None
    else:
        with pytest.raises(Refusal) as caught:
            grade.guard(known, "pay.send", plan)
        assert (caught.value.code, caught.value.facts) == ("tier.grade_low", {"tier": weakest})


def bakery(**fields: Any) -> tuple[str, Any]:
    return "people_organisation", row("bakery", **{"wallet": "", "receives": 0, **fields})


def test_a_payee_is_not_the_payer_and_has_a_day_limit_nobody_is_told() -> None:
    assert payee.guard(facts(bakery()), "pay.scan", paying(5)) is None
    for plan, known in (
        (paying(5, payee="wallet:zhang", merchant=""), facts()),
        (paying(5), facts(bakery(wallet="zhang"))),
    ):
        with pytest.raises(Refusal) as caught:
            payee.guard(known, "pay.scan", plan)
        assert caught.value.code == "payee.party_same"
    verdict = payee.guard(facts(bakery(receives=1000)), "pay.scan", paying(5))
    assert verdict is not None
    (limit,) = verdict.limits
    assert (limit.subject, limit.window, limit.most, limit.quiet) == ("merchant:bakery", NEW, 1000, True)
    assert [(use.subject, use.units) for use in verdict.uses] == [("merchant:bakery", 5)]


def proof(**changed: Any) -> Proof:
    fields = {"kind": "pin", "person": "zhang", "payee": "merchant:bakery:due", "asset": "ECNY/2", "units": 100_001}
    return Proof(**{**fields, "until": 2**62, **changed})


@pytest.mark.parametrize(
    ("units", "proofs", "passes"),
    [
        (99_999, (), True),
        (100_000, (), True),
        (100_001, (), False),
        (100_001, (proof(),), True),
        (100_001, (proof(kind="device"),), True),
        (100_001, (proof(kind="confirm"),), False),
        (100_001, (proof(person="li"),), False),
        (100_001, (proof(payee="merchant:florist:due"),), False),
        (100_001, (proof(asset="CNY/2"),), False),
        (100_001, (proof(units=100_000),), False),
        (100_001, (proof(until=0),), False),
    ],
)
def test_above_an_amount_the_payer_proves_that_it_is_them(units: int, proofs: Any, passes: bool) -> None:
    known = facts(proofs=proofs)
    if passes:
        assert step_up.guard(known, "pay.scan", paying(units)) is None
    else:
        with pytest.raises(Refusal) as caught:
            step_up.guard(known, "pay.scan", paying(units))
        assert caught.value.code == "actor.step_missing" and not caught.value.lasting


def test_a_till_proves_nothing_for_the_payer() -> None:
    cashier = Actor(person="bo", organisation="bakery", roles=frozenset({"cashier"}))
    assert step_up.guard(facts(actor=cashier), "pay.by_code", paying(10**6)) is None


def spring(**fields: Any) -> tuple[str, Any]:
    known = {
        "asset": "VOUCHER.spring/2", "starts": 0, "until": 0, "categories": "", "listed": 0, "minimum": 0,
        "regions": "", "opens": 0, "shuts": 0, "share": 0, "face": 1,
    }  # fmt: skip
    return "pay_purpose", row("spring", **{**known, **fields})


NOON = times.start_of_day(NEW) + 12 * times.HOUR
LISTED = ("pay_purpose_merchant", row("spring:bakery", stage="active"))
DELISTED = ("pay_purpose_merchant", row("spring:bakery", stage="ended"))


def test_bound_money_buys_no_gift_card() -> None:
    plan = paying(1000, category="6540")
    plan.postings = [Posting("wallet:zhang", "campaign:spring:spent", "VOUCHER.spring/2", 500)]
    with pytest.raises(Refusal) as caught:
        purpose.guard(facts(spring()), "pay.scan", plan)
    assert caught.value.code == "voucher.transfer_barred"


@pytest.mark.parametrize(
    ("rows", "merchant", "code"),
    [
        ([spring()], "bakery", ""),
        ([spring()], "", "voucher.transfer_barred"),
        ([], "bakery", "purpose.use_mismatch"),
        ([spring(categories="5812")], "bakery", "purpose.use_mismatch"),
        ([spring(categories="5812 5462")], "bakery", ""),
        ([spring(starts=NOON)], "bakery", ""),
        ([spring(starts=NOON + 1)], "bakery", "purpose.use_mismatch"),
        ([spring(until=NOON + 1)], "bakery", ""),
        ([spring(until=NOON)], "bakery", "purpose.use_mismatch"),
        ([spring(minimum=999)], "bakery", ""),
        ([spring(minimum=1000)], "bakery", ""),
        ([spring(minimum=1001)], "bakery", "voucher.spend_under"),
        ([spring(listed=1)], "bakery", "purpose.use_mismatch"),
        ([spring(listed=1), LISTED], "bakery", ""),
        ([spring(listed=1), DELISTED], "bakery", "purpose.use_mismatch"),
        ([spring(regions="440300"), bakery(region="440303")], "bakery", ""),
        ([spring(regions="320500 440303"), bakery(region="440303")], "bakery", ""),
        ([spring(regions="440304"), bakery(region="440303")], "bakery", "purpose.use_mismatch"),
        ([spring(regions="440304"), bakery(region="")], "bakery", "purpose.use_mismatch"),
        ([spring(opens=720, shuts=721)], "bakery", ""),
        ([spring(opens=600, shuts=720)], "bakery", "purpose.use_mismatch"),
        ([spring(opens=1320, shuts=721)], "bakery", ""),
        ([spring(opens=1320, shuts=360)], "bakery", "purpose.use_mismatch"),
        ([spring(share=50)], "bakery", ""),
        ([spring(share=49)], "bakery", "purpose.use_mismatch"),
    ],
)
def test_bound_money_is_spent_where_it_may_be(rows: Any, merchant: str, code: str) -> None:
    plan = paying(1000, merchant=merchant)
    plan.postings = [Posting("wallet:zhang", "campaign:spring:spent", "VOUCHER.spring/2", 500)]
    if not code:
        assert purpose.guard(facts(*rows), "pay.scan", plan) is None
    else:
        with pytest.raises(Refusal) as caught:
            purpose.guard(facts(*rows), "pay.scan", plan)
        assert caught.value.code == code


def finding(code: str = "payee.account_young", **more: Any) -> Finding:
    return Finding(code, "care.payee", **more)


def judged(*findings: Finding, proofs: tuple[Proof, ...] = ()) -> Plan:
    plan = paying(100_001)
    guards.judge(facts(proofs=proofs), "pay.scan", plan, [lambda *_: Verdict(findings=findings)])
    return plan


def test_findings_join_to_one_outcome_whatever_their_order() -> None:
    mild, cap = finding(), finding("velocity.hour_high", obligation="cap", most=500)
    grave = finding("list.party_listed", outcome="deny")
    late = finding("elder.payee_first", obligation="delay", seconds=3600)
    one, other = join([mild, cap, grave, late]), join([late, grave, cap, mild])
    assert one == other
    assert (one.outcome, one.obligations, one.most, one.seconds) == ("deny", {"cap", "delay"}, 500, 3600)
    assert one.reasons == ("elder.payee_first", "list.party_listed", "payee.account_young", "velocity.hour_high")


def test_an_outcome_is_explained_or_obliges() -> None:
    assert judged(finding()).notes == ["payee.account_young"]
    for given, code in (
        (finding(outcome="deny"), "care.payment_denied"),
        (finding(obligation="cap", most=100_000), "care.amount_capped"),
        (finding(obligation="step_up"), "actor.step_missing"),
        (finding(obligation="confirm"), "care.confirmation_missing"),
    ):
        with pytest.raises(Refusal) as caught:
            judged(given)
        assert caught.value.code == code
    assert judged(finding(obligation="cap", most=100_001)).notes
    assert judged(finding(obligation="confirm"), proofs=(proof(kind="confirm"),)).notes
    assert judged(finding(obligation="step_up"), proofs=(proof(),)).notes


def test_the_order_is_written_once_and_every_refusal_is_in_the_catalogue() -> None:
    assert [name for name, _ in guards.PLACES][:4] == [
        "freeze and lists", "role and consent", "tier and usage", "purpose of bound money",
    ]  # fmt: skip
    assert set(guards.REFUSES) <= set(CATALOGUE)
    assert len(guards.ORDER) == sum(guard is not None for _, guard in guards.PLACES)
