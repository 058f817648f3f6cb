"""Webhooks: the published vector, secrets in rotation, and addresses that lead to a network's inside."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saxaul.engine import courier_webhook as webhook
from saxaul.kernel import times
from saxaul.kernel.refusal import Refusal

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
ID, AT = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330 * times.SECOND
PUBLIC = ["93.184.216.34"]


def test_the_published_vector() -> None:
    assert webhook.headers(b'{"test": 2432232314}', id=ID, at=AT + 999_999, secrets=[SECRET]) == {
        "content-type": "application/cloudevents+json",
        "webhook-id": ID,
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_while_secrets_rotate_either_one_verifies() -> None:
    body = webhook.event(id="e1", source="/books/demo", kind="pay.captured", subject="or_1", at=AT, sequence=7, data={})
    both = webhook.headers(body, id=ID, at=AT, secrets=[OTHER, SECRET])["webhook-signature"].split(" ")
    alone = [webhook.headers(body, id=ID, at=AT, secrets=[secret])["webhook-signature"] for secret in (OTHER, SECRET)]
    assert both == alone and both[0] != both[1]
    with pytest.raises(AssertionError):
        webhook.headers(body, id=ID, at=AT, secrets=[])
    with pytest.raises(AssertionError):
        webhook.headers(body, id="a.b", at=AT, secrets=[SECRET])


def test_the_public_library_verifies_what_we_send(monkeypatch: pytest.MonkeyPatch) -> None:
    body = webhook.event(id="e1", source="/books/demo", kind="pay.captured", subject="or_1", at=AT, sequence=7, data={})
    sent = webhook.headers(body, id=ID, at=AT, secrets=[OTHER, SECRET])
    receiver = webhook.Webhook(SECRET)
    # The library reads the real clock for its tolerance of five minutes; the vector is of 2021.
    monkeypatch.setattr(receiver, "_Webhook__verify_timestamp", lambda _: times.moment(AT, "UTC"))
    assert receiver.verify(body, sent)["id"] == "e1"
    with pytest.raises(Exception, match="No matching signature"):
        receiver.verify(body.replace(b"or_1", b"or_2"), sent)


def test_the_body_is_a_cloudevent_and_always_the_same_bytes() -> None:
    facts = {"amount": "12.50 CNY", "shop": "面馆"}
    body = webhook.event(id="e1", source="/s", kind="pay.captured", subject="or_1", at=AT, sequence=7, data=facts)
    again = dict(reversed(facts.items()))
    assert body == webhook.event(
        id="e1", source="/s", kind="pay.captured", subject="or_1", at=AT, sequence=7, data=again
    )
    read = json.loads(body)
    assert read["specversion"] == "1.0" and {"id", "source", "type"} <= read.keys()
    assert (read["time"], read["sequence"], read["data"]) == ("2021-02-25T15:02:10.000000Z", "0" * 19 + "7", facts)


def test_the_ladder_outlasts_three_days_and_ends() -> None:
    at, tries = 0, 1
    while (then := webhook.next_try(tries, at)) is not None:
        assert then > at
        at, tries = then, tries + 1
    assert at >= 7 * times.DAY and tries == len(webhook.LADDER) + 1
    assert sum(webhook.LADDER[:8]) < 72 * 3600 < sum(webhook.LADDER)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.255.0.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
        "100.100.100.200",
        "100.64.0.1", "168.63.129.16", "192.0.0.192", "198.18.0.1", "192.0.2.1", "224.0.0.1", "240.0.0.1",
        "255.255.255.255",
        "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a9fe:a9fe::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2", "127.1", "0x7f000001", "2130706433", "not an address", "",
    ],
)  # fmt: skip
def test_inside_addresses_are_refused_even_beside_a_public_one(address: str) -> None:
    for addresses in ([address], [*PUBLIC, address]):
        with pytest.raises(Refusal) as caught:
            webhook.check_target("https://shop.example.org/hook", addresses)
        assert caught.value.code == "webhook.target_refused"


@pytest.mark.parametrize(
    "target",
    [
        "ftp://example.org", "file:///etc/hostname", "gopher://example.org", "javascript:alert(1)", "//example.org",
        "example.org",
        "", "https://", "https://user@example.org", "https://u:p@example.org", "https://:@example.org",
        "https://@example.org",
        "http://localhost/", "http://LOCALHOST./", "http://a.localhost", "http://metadata.google.internal/",
        "http://printer.local",
        "http://127.0.0.1/", "http://[::1]/", "http://[::ffff:7f00:1]/", "http://2130706433/", "http://0x7f.1/",
        "http://127.1/",
        "http://0177.0.0.1/", "http://0x7f000001/", "https://example.org:0/", "https://example.org:99999/",
        "https://example.org:x/",
        "https://exam ple.org/", "https://example.org\\@127.0.0.1/", "https://example.org\t/",
        "https://example.org/\n", "https://例.org/",
        "https://example.org/#x", "https://[::1/", "https://ex%61mple.org/", "https://" + "a" * 2_000 + ".org",
        "http://169.254.169.254/latest/meta-data",
    ],
)  # fmt: skip
def test_targets_that_are_no_public_web_address_are_refused(target: str) -> None:
    with pytest.raises(Refusal) as caught:
        webhook.check_target(target, PUBLIC)
    assert caught.value.code == "webhook.target_refused"


@pytest.mark.parametrize(
    ("target", "addresses"),
    [
        ("https://shop.example.org/hook?x=1", PUBLIC),
        ("http://shop.example.org:8080", [*PUBLIC, "2606:2800:220:1:248:1893:25c8:1946"]),
        ("https://93.184.216.34/", PUBLIC),
        ("https://[2606:2800:220:1:248:1893:25c8:1946]/", ["2606:2800:220:1:248:1893:25c8:1946"]),
        ("https://xn--fsq.example./", ["64:ff9b::5db8:d822"]),
    ],
)
def test_public_targets_pass_and_name_where_to_connect(target: str, addresses: list[str]) -> None:
    assert webhook.check_target(target, addresses) == tuple(addresses)


def test_a_name_that_leads_nowhere_is_refused() -> None:
    with pytest.raises(Refusal):
        webhook.check_target("https://shop.example.org/", [])


@given(st.text(max_size=60), st.lists(st.text(max_size=20) | st.ip_addresses().map(str), max_size=3))
def test_any_target_passes_or_is_refused(target: str, addresses: list[str]) -> None:
    for candidate in (target, f"https://{target}", f"http://example.org{target}"):
        try:
            webhook.check_target(candidate, addresses)
        except Refusal as found:
            assert found.code == "webhook.target_refused"
