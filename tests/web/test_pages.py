"""What the pages promise, without a browser: they work, they refuse plainly, and they never pay twice."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sample import DYNAMIC, PIN, STATIC, made

pytestmark = pytest.mark.django_db(databases=["default", "pages"])

PAGES = [
    "/", "/scan", "/code", "/bills", f"/bills/{made('bill.power')}", f"/bills/{made('bill.water')}", "/send",
    f"/send/{made('li')}", "/ask", f"/ask/{made('request')}", f"/ask/{made('owed')}", "/history",
    f"/receipts/{made('tea', 12)}", f"/receipts/{made('sent', 4400)}", "/me",
    "/me/pin", "/me/consents", "/me/e-cny", "/open", "/money/bank", "/counter", "/counter/day",
    f"/counter/orders/{made('open')}", f"/counter/orders/{made('paid')}", f"/counter/orders/{made('ended')}",
]  # fmt: skip
OPEN = ["/public", "/help", "/offline", "/style", "/sign-in", "/manifest.webmanifest", "/sw.js"]


def hidden_id(response) -> str:
    """The act's id that the page was rendered with."""
    return re.search(r'name="id" value="([0-9a-f]{32})"', response.content.decode())[1]


def to_confirm(person, code: str = DYNAMIC, amount: str = "") -> str:
    """The address of the confirm page of a scanned code."""
    place = person.post("/scan", {"code": code}).headers["Location"]
    return person.post(place, {"amount": amount}).headers["Location"] if amount else place


@pytest.mark.parametrize("path", [*PAGES, *OPEN])
def test_it_works(person, path: str) -> None:
    assert person.get(path).status_code == (302 if path == "/sign-in" else 200)


@pytest.mark.parametrize("path", PAGES[1:])
def test_a_stranger_is_asked_to_sign_in(client, town, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 302 and response.headers["Location"].startswith("/sign-in?next=")


def test_a_phone_and_a_code_open_the_wallet(client, town, codes) -> None:
    assert client.get("/sign-in").status_code == 200
    step = client.post("/sign-in?next=/bills", {"phone": "138 0013 8000"})
    assert step.status_code == 302, step.content.decode()
    assert codes[0][0] == "+8613800138000"
    page = client.get(step.headers["Location"])
    assert page.status_code == 200
    wrong = client.post(step.headers["Location"], {"code": "000000" if codes[0][1] != "000000" else "000001"})
    assert wrong.status_code == 200 and b"not the code" in wrong.content
    done = client.post(step.headers["Location"], {"code": codes[0][1]})
    assert done.status_code == 302 and done.headers["Location"] == "/bills"
    assert client.get("/").status_code == 200


def test_no_phone_number_is_kept_beside_the_book(client, town, codes) -> None:
    from saxaul.surfaces.web.models import Login

    client.post("/sign-in", {"phone": "13800138000"})
    kept = repr(list(Login.objects.values_list()))
    assert "13800138000" not in kept


def test_a_reload_cannot_pay_twice(person, town) -> None:
    place = to_confirm(person)
    page = person.get(place)
    assert "晨光便利店" in page.content.decode()
    first = person.post(place, {"id": hidden_id(page)})
    again = person.post(place, {"id": hidden_id(page)})
    assert first.headers["Location"] == again.headers["Location"]
    assert town.balance == 123_456 - 2372


def test_a_code_without_an_amount_asks_for_it(person, town) -> None:
    place = to_confirm(person, STATIC, "12.50")
    page = person.get(place)
    assert page.status_code == 200
    assert person.post(place, {"id": hidden_id(page)}).headers["Location"].startswith("/receipts/")
    assert town.balance == 123_456 - 1250


def test_a_large_payment_needs_the_pin_under_the_same_id(person, town) -> None:
    place = to_confirm(person, STATIC, "600.00")
    page = person.get(place)
    wrong = person.post(place, {"id": hidden_id(page), "pin": "111112"})
    assert wrong.status_code == 422 and hidden_id(wrong) == hidden_id(page)
    right = person.post(place, {"id": hidden_id(page), "pin": PIN})
    assert right.headers["Location"].startswith("/receipts/")
    assert town.balance == 123_456 - 60_000


def test_a_lasting_refusal_is_told_and_a_new_try_has_a_new_id(person, town) -> None:
    place = to_confirm(person, STATIC, "9999.00")
    page = person.get(place)
    refused = person.post(place, {"id": hidden_id(page), "pin": PIN})
    assert refused.status_code == 409 and b"You have not paid" in refused.content
    assert to_confirm(person, STATIC, "9999.00") != place


def test_money_to_a_new_person_needs_a_clear_yes(person, town) -> None:
    step = person.post("/send", {"phone": "138 0013 8001"}).headers["Location"]
    place = person.post(step, {"amount": "66"}).headers["Location"]
    page = person.get(place)
    assert "李**" in page.content.decode()
    assert person.post(place, {"id": hidden_id(page)}).status_code == 422
    done = person.post(place, {"id": hidden_id(page), "confirm": "yes"})
    assert done.headers["Location"].startswith("/receipts/")


def test_a_bill_is_paid_in_part(person, town) -> None:
    place = person.post(f"/bills/{made('bill.power')}", {"amount": "20.00"}).headers["Location"]
    person.post(place, {"id": hidden_id(person.get(place))})
    assert town.balance == 123_456 - 2000


@pytest.mark.parametrize("text", ["12.345", "0", "abc", "-1", "1e5"])
def test_an_amount_that_is_none_is_said_beside_its_field(person, text: str) -> None:
    response = person.post(f"/send/{made('li')}", {"amount": text})
    assert response.status_code == 422 and b'aria-invalid="true"' in response.content


@pytest.mark.parametrize("path", [*PAGES, *OPEN[:4]])
def test_no_page_has_inline_style_or_foreign_addresses(person, path: str) -> None:
    response = person.get(path)
    text = response.content.decode()
    assert " style=" not in text
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', text)
    assert all('nonce="' in tag for tag in re.findall(r"<script[^>]*>", text))
    assert "'unsafe" not in response.headers["Content-Security-Policy"]


def test_addresses_say_nothing_about_a_person(person) -> None:
    place = person.post("/send", {"phone": "138 0013 8001"}).headers["Location"]
    assert "8001" not in place.replace(made("li"), "")
    assert re.fullmatch(r"/confirm/[0-9a-f]{32}", to_confirm(person))


def test_another_persons_receipt_answers_like_an_unknown_one(person) -> None:
    assert person.get(f"/receipts/{'a' * 32}").status_code == 404


def test_a_saved_receipt_opens_without_us(person) -> None:
    response = person.get(f"/receipts/{made('tea', 12)}/file")
    assert response.headers["Content-Disposition"].startswith("attachment") and b"<style>" in response.content


def test_the_counter_shows_a_code_and_gives_back(person, town) -> None:
    page = person.get("/counter")
    assert (
        person.post("/counter", {"id": hidden_id(page), "amount": "23.72"}).headers["Location"].endswith(made("open"))
    )
    place = f"/counter/orders/{made('paid')}"
    assert person.post(place, {"id": hidden_id(person.get(place)), "amount": "12.50"}).status_code == 302


def test_a_shop_reads_at_its_counter_that_its_wall_is_silent(person, town, monkeypatch) -> None:
    assert b"Nobody has paid to the code" not in person.get("/counter").content
    silent = replace(town.merchant(""), silent="2026-11-20")
    monkeypatch.setattr(town, "merchant", lambda credential: silent)
    assert "Nobody has paid to the code on your wall since Nov 20, 2026." in person.get("/counter").content.decode()


def test_a_wrong_address_and_a_broken_page_keep_the_frame(person, town, monkeypatch) -> None:
    assert b"There is no such page" in person.get("/nowhere").content
    monkeypatch.setattr(town, "home", lambda credential: 1 / 0)
    person.raise_request_exception = False
    page = person.get("/")
    assert page.status_code == 500 and b"History" in page.content


def test_a_picture_of_a_code_is_read(person, town) -> None:
    import io

    import segno
    from django.core.files.uploadedfile import SimpleUploadedFile

    drawn = io.BytesIO()
    segno.make(DYNAMIC).save(drawn, kind="png", scale=6)
    picture = SimpleUploadedFile("code.png", drawn.getvalue(), "image/png")
    assert "/confirm/" in person.post("/scan", {"picture": picture}).headers["Location"]
    assert person.post("/scan/frame", drawn.getvalue(), content_type="image/png").json() == {"code": DYNAMIC}
    empty = SimpleUploadedFile("no.png", b"not a picture", "image/png")
    assert person.post("/scan", {"picture": empty}).status_code == 422
