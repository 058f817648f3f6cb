"""Files of phones, written independently, with the traps they carry in the wild; and one count of what several saw."""

from __future__ import annotations

import base64
import random
import tracemalloc
from collections.abc import Iterator

import book
import pytest
import writers

from saxaul.kernel import times
from saxaul.kernel.refusal import Refusal
from saxaul.programmes.giving import intake
from saxaul.programmes.giving.samples import SAMPLES_MAX, Sample, by_day, merge, thinned
from saxaul.programmes.giving.sources import Seen, apple, health_connect, tables, werun

DAY = "2018-05-13"
MIDNIGHT = 1_526_140_800  # 2018-05-13 00:00 in Chengdu
SEVEN = MIDNIGHT + 7 * 3600
NEVER = 2**40
assert book.ROOT.exists()


def seen(latest: int = NEVER, since: int = 0) -> Seen:
    return Seen(latest=latest, since=since)


def sums(samples: Iterator[Sample]) -> dict[str, int]:
    return {day: sum(one.steps for one in merge(found)) for day, found in by_day(samples).items()}


# -- Apple Health ------------------------------------------------------------------------------------------------------


def test_an_export_of_apple_is_read_through_its_traps() -> None:
    late = MIDNIGHT + 23 * 3600 + 50 * 60
    records = [
        writers.apple_noise(SEVEN),
        writers.apple_record((SEVEN, SEVEN + 600, 1_000)),
        writers.apple_record((SEVEN + 600, SEVEN + 1_200, 900)).replace('value="900"', 'value="900.00"'),
        writers.apple_record((SEVEN + 1_200, SEVEN + 1_200, 30)),  # no interval at all
        writers.apple_record((SEVEN + 2_000, SEVEN + 2_600, 5_000), by_hand=True),
        writers.apple_record((late, late + 1_200, 1_201)),  # half of it tomorrow
        writers.apple_record((1_900_000_000, 1_900_000_600, 77)),  # dated 2030
        writers.apple_record((SEVEN + 3_000, SEVEN + 3_060, 70)).replace('value="70"', 'value="many"'),
        writers.apple_record((SEVEN + 9_000, SEVEN + 9_600, 500), zone=writers.timezone.utc),  # another offset
    ]
    looked = seen(latest=MIDNIGHT + 86_400 * 2)
    found = list(apple.read(writers.apple(records, mark=True), looked))
    assert (looked.records, looked.future, looked.faulty) == (8, 1, 1)
    kept = [one for one in found if not one.by_hand]
    assert sum(one.steps for one in found if one.by_hand) == 5_000
    assert sums(iter(kept)) == {DAY: 1_000 + 900 + 30 + 500 + 601, "2018-05-14": 600}


def test_phone_and_watch_saw_one_walk() -> None:
    phone = writers.apple_record((SEVEN, SEVEN + 3_600, 6_000), source="iPhone")
    watch = writers.apple_record((SEVEN, SEVEN + 1_800, 3_300), source="Apple Watch")
    found = apple.read(writers.apple([phone, watch]), seen())
    assert sums(found) == {DAY: 3_300 + 3_000}


def test_an_export_cut_anywhere_into_pieces_is_the_same_export() -> None:
    whole = b"".join(
        writers.apple([writers.apple_record((SEVEN + n * 60, SEVEN + n * 60 + 60, 90)) for n in range(50)])
    )
    chance = random.Random(5)
    for _turn in range(20):
        cuts = sorted(chance.sample(range(1, len(whole)), 7))
        pieces = [whole[start:end] for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
        assert sums(apple.read(pieces, seen())) == {DAY: 4_500}


@pytest.mark.parametrize(
    "body",
    [b"<html/>", b"<HealthData><Record", b"steps", b'<!DOCTYPE a [<!ENTITY b "c">]><HealthData>&b;</HealthData>'],
)
def test_what_is_no_export_is_refused_and_nothing_is_expanded(body: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        list(apple.read([body], seen()))
    assert refused.value.code == "request.field_invalid"


def test_memory_does_not_grow_with_the_file() -> None:
    def records(count: int) -> Iterator[str]:
        for n in range(count):
            yield writers.apple_noise(SEVEN)
            yield writers.apple_record((SEVEN - 86_400 * 400 + n, SEVEN - 86_400 * 400 + n + 60, 60))

    def peak(count: int) -> int:
        tracemalloc.start()
        looked = seen(since=MIDNIGHT)
        assert list(apple.read(writers.apple(records(count)), looked)) == [] and looked.old == count
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(200)
    assert peak(8_000) < peak(500) + 200_000


# -- Health Connect, Google Fit, Fitbit --------------------------------------------------------------------------------


def test_records_of_health_connect_count_once_across_origins() -> None:
    rows = [
        ((SEVEN, SEVEN + 1_800, 3_000), "com.fitbit.FitbitMobile", 2),
        ((SEVEN, SEVEN + 3_600, 5_800), "android", 2),  # the phone's own counter saw the same walk, and more
        ((SEVEN + 7_200, SEVEN + 7_800, 4_000), "android", 3),  # typed in
        ((SEVEN + 8_000, SEVEN + 8_000, 0), "android", 0),
    ]
    found = list(health_connect.read([writers.health_connect(rows)], seen()))
    assert [one.steps for one in found if one.by_hand] == [4_000]
    assert sums(one for one in found if not one.by_hand) == {DAY: 3_000 + 2_900}


@pytest.mark.parametrize("body", [b"", b"{}", b"[1]", b'{"records": 5}', b"<xml/>"])
def test_what_is_no_list_of_records_is_refused(body: bytes) -> None:
    with pytest.raises(Refusal):
        list(health_connect.read([body], seen()))


def test_google_fit_keeps_no_place() -> None:
    body = writers.google_fit([(DAY, "12345"), ("2018-05-14", ""), ("2018-05-15", "7000"), ("bad", "5")])
    looked = seen()
    found = list(tables.google_fit([body], looked))
    assert sums(iter(found)) == {DAY: 12_345, "2018-05-15": 7_000}
    assert looked.faulty == 1 and not any("30.6" in repr(one) or "104" in repr(one.steps) for one in found)


@pytest.mark.parametrize(
    ("days", "wanted"),
    [
        ([("2018-05-13", "12,345")], {DAY: 12_345}),
        ([("05/12/2018", "10"), ("05/13/2018", "12000.00")], {"2018-05-12": 10, DAY: 12_000}),
        ([("12/05/2018", "10"), ("13/05/2018", "12000")], {"2018-05-12": 10, DAY: 12_000}),
    ],
)
def test_fitbit_writes_days_in_several_orders_and_counts_in_several_ways(
    days: list[tuple[str, str]], wanted: dict[str, int]
) -> None:
    assert sums(tables.fitbit([writers.fitbit(days)], seen())) == wanted


def test_a_day_that_can_be_read_two_ways_is_not_guessed() -> None:
    with pytest.raises(Refusal):
        list(tables.fitbit([writers.fitbit([("05/06/2018", "9000"), ("06/06/2018", "9000")])], seen()))


def test_minutes_of_fitbit_are_intervals() -> None:
    body = b"\xef\xbb\xbftimestamp,steps\n2018-05-12T23:59:00Z,80\n2018-05-13 07:00:00,90\n"
    assert sums(tables.fitbit([body], seen())) == {DAY: 170}


# -- WeRun -------------------------------------------------------------------------------------------------------------

KEY, IV, APP = bytes(range(16)), bytes(range(16, 32)), "wx0123456789abcdef"


def sealed(**other: object) -> dict[str, str]:
    days = [(MIDNIGHT - n * 86_400, 10_000 + n) for n in range(31)]
    made = {"appid": APP, "stamp": SEVEN, "key": KEY, "iv": IV, **other}
    data = writers.werun(days, **made)  # type: ignore[arg-type]
    return {"data": data, "key": base64.b64encode(KEY).decode(), "iv": base64.b64encode(IV).decode(), "appid": APP}


def test_thirty_one_days_of_werun_are_opened_with_their_watermark() -> None:
    payload, stamp = werun.opened(**sealed())
    assert stamp == SEVEN * times.SECOND
    found = list(werun.samples(payload, seen()))
    assert len(found) == 31 and found[0] == Sample(MIDNIGHT, MIDNIGHT + 86_400, 10_000)


def test_another_apps_payload_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        werun.opened(**sealed(appid="wx9999999999999999"))
    assert refused.value.code == "step.payload_stale"


def test_a_wrong_key_a_cut_and_no_base64_are_refused_by_name() -> None:
    whole = sealed()
    for wrong in (
        {"key": base64.b64encode(bytes(16)).decode()}, {"data": whole["data"][:-8]}, {"data": "!"}, {"iv": "AA=="},
    ):  # fmt: skip
        with pytest.raises(Refusal) as refused:
            werun.opened(**{**whole, **wrong})
        assert refused.value.code == "request.field_invalid"


def test_the_published_sample_of_the_mini_programme_opens() -> None:
    data = (
        "CiyLU1Aw2KjvrjMdj8YKliAjtP4gsMZMQmRzooG2xrDcvSnxIMXFufNstNGTyaGS9uT5geRa0W4oTOb1WT7fJlAC+oNPdbB+3hVbJSRgv+4l"
        "GOETKUQz6OYStslQ142dNCuabNPGBzlooOmB231qMM85d2/fV6ChevvXvQP8Hkue1poOFtnEtpyxVLW1zAo6/1Xx1COxFvrc2d7UL/lmHInN"
        "lxuacJXwu0fjpXfz/YqYzBIBzD6WUfTIF9GRHpOn/Hz7saL8xz+W//FRAUid1OksQaQx4CMs8LOddcQhULW4ucetDf96JcR3g0gfRK4PC7E/"
        "r7Z6xNrXd2UIeorGj5Ef7b1pJAYB6Y5anaHqZ9J6nKEBvB4DnNLIVWSgARns/8wR2SiRS7MNACwTyrGvt9ts8p12PKFdlqYTopNHR1Vf7Xjf"
        "hQlVsAJdNiKdYmYVoKlaRv85IfVunYzO0IKXsyl7JCUjCpoG20f0a04COwfneQAGGwd5oa+T8yO5hzuyDb/XcxxmK01EpqOyuxINew=="
    )
    payload, stamp = werun.opened(
        data, key="tiihtNczf5v6AKRyjwEUhQ==", iv="r7BXXKkLb8qrSNn05n0qiA==", appid="wx4f4bc4dec97d474b"
    )
    assert stamp == 1_477_314_187 * times.SECOND and list(werun.samples(payload, seen())) == []


# -- one count ---------------------------------------------------------------------------------------------------------


def painted(samples: list[Sample], start: int, length: int) -> int:
    """The oracle: every second is painted by the first sample that has it, in the order of devices."""
    owner = [-1] * length
    order = sorted(samples, key=lambda one: (one.rank, one.start, one.end, -one.steps))
    for place, one in enumerate(order):
        for second in range(one.start - start, max(one.end, one.start + 1) - start):
            if owner[second] < 0:
                owner[second] = place
    total = 0
    for place, one in enumerate(order):
        mine = owner.count(place)
        total += one.steps * mine // (one.end - one.start) if one.end > one.start else one.steps * mine
    return total


def test_a_thousand_generated_days_equal_an_interval_oracle() -> None:
    chance = random.Random(20180513)
    span = 1_800
    for _day in range(1_000):
        made = []
        for _one in range(chance.randrange(1, 14)):
            start = chance.randrange(span - 1)
            end = min(span - 1, start + chance.choice((0, 1, 30, 60, 300, 900)))
            made.append(Sample(SEVEN + start, SEVEN + end, chance.randrange(400), chance.randrange(3)))
        assert sum(one.steps for one in merge(made)) == painted(made, SEVEN, span)


def test_no_step_is_lost_or_made_at_midnight() -> None:
    chance = random.Random(7)
    for _turn in range(300):
        start = MIDNIGHT - chance.randrange(1, 5_000)
        one = Sample(start, start + chance.randrange(1, 200_000), chance.randrange(9_999))
        parts = [part for found in by_day([one]).values() for part in found]
        assert sum(part.steps for part in parts) == one.steps
        assert parts[0].start == one.start and parts[-1].end == one.end
        assert all(a.end == b.start for a, b in zip(parts, parts[1:], strict=False))


def test_a_day_of_too_many_readings_is_joined_and_loses_nothing() -> None:
    made = [Sample(MIDNIGHT + n * 10, MIDNIGHT + n * 10 + 10, n % 20, n % 2) for n in range(8_000)]
    few = thinned(made)
    assert len(few) <= SAMPLES_MAX and sum(one.steps for one in few) == sum(one.steps for one in made)


def test_the_format_is_told_by_the_file_itself() -> None:
    told = {
        "apple": b"".join(writers.apple([], mark=True)), "health_connect": writers.health_connect([]),
        "google_fit": writers.google_fit([]), "fitbit": writers.fitbit([]),
    }  # fmt: skip
    assert {name: intake.guess("file", body[:4_096]) for name, body in told.items()} == {name: name for name in told}
    assert intake.guess("photo.jpg", b"\xff\xd8\xff") is None
