"""Officers read everything and change nothing but by acts; to everybody else the console does not exist."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import reverse

from saxaul.engine.cases import named
from saxaul.surfaces import console

OPEN = ("officer", "approver", "auditor")
PAGES = ("", "approvals", "acts", "terms", "reconciliation", "acts/desk.freeze")


def lists() -> list[tuple[str, str]]:
    from saxaul.surfaces.console.site import CONSOLE

    return [(model._meta.app_label, model._meta.model_name) for model in CONSOLE._registry]


def number(page: bytes) -> str:
    found = re.search(rb'name="id" value="([0-9a-f]{32})"', page)
    assert found, "the form has no number"
    return found[1].decode()


def freeze(browser, who: str = "wallet", id: str = "", reason: str = "case-7"):
    path = "/console/acts/desk.freeze"
    id = id or number(browser.get(path).content)
    fields = {"wallet": named(who), "basis": "order-7", "proposal_reason": reason, "proposal_hours": 72, "id": id}
    return id, browser.post(path, fields)


def stage(desk) -> str:
    (row,) = desk.clerk.records("people_wallet", [named("wallet")])
    return row.stage


# ------------------------------------------------------------------------------------------------------- it works


def test_every_list_and_every_record_answers_for_an_officer(browse) -> None:
    from saxaul.surfaces.console.records import place as of

    browser = browse("officer")
    for label, name in lists():
        place = reverse(f"admin:{label}_{name}_changelist")
        page = browser.get(place)
        assert page.status_code == 200, place
        rows = apps.get_model(label, name).objects.all()[:3]
        assert rows, f"{name} has no row to show"
        for row in rows:
            detail = browser.get(of(type(row), row.pk))
            assert detail.status_code == 200, (label, name, row.pk)
            assert browser.get(f"{place}?q={row.pk}").status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_every_page_answers_for_an_officer(browse, path: str) -> None:
    page = browse("officer").get(f"/console/{path}")
    assert page.status_code == 200
    assert "unsafe-inline" not in page.headers["Content-Security-Policy"].split("script-src")[1].split(";")[0]


def test_a_record_shows_its_accounts_its_entry_and_the_acts_that_fit(browse) -> None:
    page = browse("officer").get(f"/console/people/wallet/{named('wallet')}/").content.decode()
    assert f"wallet:{named('wallet')}" in page
    assert "988.00" in page
    assert "/console/acts/desk.freeze?wallet=" in page
    assert "/console/ledger/entry/" in page


def test_the_journal_is_found_by_number_and_by_act(browse, desk) -> None:
    browser = browse("auditor")
    entry = apps.get_model("ledger", "Entry").objects.get(act="pay.order")
    for asked in (str(entry.n), bytes(entry.id).hex()):
        page = browser.get(f"/console/ledger/entry/?q={asked}").content.decode()
        assert "pay.order" in page
        assert "cases.give" not in page


def test_the_start_page_counts_the_entries_of_the_day(browse) -> None:
    page = browse("officer").get("/console/").content.decode()
    last = apps.get_model("ledger", "Entry").objects.count()
    assert re.search(rf"<title>[^<]+: {last}</title>", page)
    assert "count of pay.scan" in page


# ---------------------------------------------------------------------------------------------------------- its words


def test_every_table_and_room_and_programme_has_a_name_of_its_own(desk) -> None:
    from saxaul.surfaces.console import records, words

    models = [one for one in apps.get_models() if records.is_record(one)]
    tables = {one._meta.db_table for one in models}
    assert tables == set(words.TITLES), "tables without a title, or titles without a table"
    titles = [str(one) for one in words.TITLES.values()]
    assert len(set(titles)) == len(titles), "two lists are called the same"
    assert {one._meta.app_label for one in models} == set(words.ROOMS), "rooms without a name"
    programmes = {one.name: one.title for one in desk.house.declarations.programmes if one.name != "cases"}
    assert programmes == {name: str(said) for name, said in words.PROGRAMMES.items()}


def test_every_column_that_is_called_money_exists_and_holds_a_number() -> None:
    from saxaul.surfaces.console import words

    tables = {one._meta.db_table: one for one in apps.get_models()}
    for name, asset in words.MONEY.items():
        table, _dot, column = name.rpartition(".")
        if table:
            field = tables[table]._meta.get_field(column)
            assert "Integer" in type(field).__name__, name
            assert "/" in asset or tables[table]._meta.get_field(asset), name


def test_money_is_read_with_its_asset_and_a_count_without(desk) -> None:
    from saxaul.surfaces.console.records import said

    project = apps.get_model("forest", "Project")(price=250, quota=1200, starts=1)
    assert said(project, "price") == "2.50 CNY"
    assert said(project, "quota") == 1200
    pool = apps.get_model("giving", "Pool")(asset="ECNY/2", funded=500_000, goal=10_000)
    assert said(pool, "funded") == "5000.00 ECNY"
    assert said(pool, "goal") == 10_000
    assert said(apps.get_model("campaign", "Campaign")(each=20_000, behind="ECNY/2"), "each") == "200.00 ECNY"


# ------------------------------------------------------------------------------------------------------ who may


@pytest.mark.parametrize("role", ["citizen", "cashier", "manager", "biller"])
def test_to_everybody_without_an_office_the_console_does_not_exist(browse, role: str) -> None:
    browser = browse(role)
    for path in (*PAGES, *(f"{label}/{name}/" for label, name in lists()), f"people/wallet/{named('wallet')}/"):
        assert browser.get(f"/console/{path}").status_code == 404, path
    assert browser.post("/console/acts/desk.freeze", {}).status_code == 404


def test_whoever_is_not_signed_in_is_asked_to(browse) -> None:
    for path in ("/console/", "/console/people/wallet/", "/console/acts/desk.freeze"):
        answer = browse("nobody").get(path)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/sign-in?next=/console/")


@pytest.mark.parametrize("role", OPEN)
def test_an_act_is_open_to_the_roles_of_its_declaration_and_to_no_other(browse, desk, role: str) -> None:
    browser = browse(role)
    (row,) = desk.clerk.records("people_credential", [desk.who[role]])
    mine = set(row.roles.split())
    for act in desk.house.declarations.acts.values():
        expected = 200 if mine & set(act.roles) else 404
        assert browser.get(f"/console/acts/{act.name}").status_code == expected, act.name


def test_django_knows_no_officer(desk, browse) -> None:
    from saxaul.surfaces.web.models import Login

    browse("officer")
    assert not Login.objects.filter(is_staff=True).exists()
    assert not Login.objects.filter(is_superuser=True).exists()
    flagged = browse("citizen")
    Login.objects.update(is_staff=True, is_superuser=True)
    assert flagged.get("/console/").status_code == 404


def test_an_office_that_is_taken_away_ends_with_the_next_page(browse, desk) -> None:
    browser = browse("auditor")
    assert browser.get("/console/").status_code == 200
    desk.done("desk.revoke_credential", {"credential": desk.who["auditor"]}, desk.who["officer"])
    assert browser.get("/console/").status_code == 302


def test_an_office_given_later_is_found_beside_the_login(browse, desk) -> None:
    browser = browse("citizen")
    ask = {"act": "desk.appoint", "ask": {"roles": ["auditor"], "person": named("zhang")}, "reason": "hr-1"}
    proposal = desk.done("desk.propose", ask, desk.who["officer"]).id
    desk.done("desk.approve", {"proposal": proposal}, desk.who["second"])
    assert browser.get("/console/").status_code == 200


# ------------------------------------------------------------------------------------------ no write without an act


def test_there_is_no_address_that_adds_changes_or_deletes(browse) -> None:
    browser, key = browse("officer"), named("wallet")
    for path in ("add/", f"{key}/delete/", f"{key}/history/", f"{key}/change/"):
        for answer in (browser.get(f"/console/people/wallet/{path}"), browser.post(f"/console/people/wallet/{path}")):
            assert answer.status_code in (404, 405), path
    for path in ("", f"{key}/"):
        asked = {"action": "delete_selected", "_selected_action": key, "stage": "closed"}
        assert browser.post(f"/console/people/wallet/{path}", asked).status_code == 405


def test_the_console_calls_nothing_that_writes() -> None:
    banned = {"save", "delete", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "cursor",
              "raw", "execute", "log_addition", "log_change", "log_deletions", "save_model"}  # fmt: skip
    for path in Path(console.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert node.func.attr not in banned, f"{path.name}:{node.lineno} calls {node.func.attr}"


def test_a_page_that_tried_to_write_the_book_would_be_stopped(browse, monkeypatch) -> None:
    from saxaul.surfaces.console.records import RecordAdmin
    from saxaul.surfaces.console.site import NotARead

    def writes(self, request, *args, **kwargs):
        self.model.objects.all().update(stage="closed")

    monkeypatch.setattr(RecordAdmin, "get_object", writes)
    with pytest.raises(NotARead):
        browse("officer").get(f"/console/people/wallet/{named('wallet')}/")


def test_looking_leaves_no_entry(browse, desk) -> None:
    browser, before = browse("officer"), desk.clerk.state.n
    for path in PAGES:
        browser.get(f"/console/{path}")
    assert desk.clerk.state.n == before


# -------------------------------------------------------------------------------------------------------- two officers


def test_a_proposal_approved_by_another_person_runs(browse, desk) -> None:
    id, answer = freeze(browse("officer"))
    assert answer.status_code == 200
    assert stage(desk) == "open"
    other = browse("second")
    page = other.get("/console/approvals").content
    assert named("wallet").encode() in page
    done = other.post("/console/acts/desk.approve", {"proposal": id, "id": number(page)})
    assert done.status_code == 200
    assert stage(desk) == "frozen"


@pytest.mark.parametrize("role", ["officer", "other"])
def test_the_same_natural_person_is_told_in_words_that_another_must_approve(browse, desk, role: str) -> None:
    id, _answer = freeze(browse("officer"))
    browser = browse(role)
    said = browser.post(
        "/console/acts/desk.approve", {"proposal": id, "id": number(browser.get("/console/approvals").content)}
    )
    text = desk.explain(_problem("actor.approver_same"), language="en")
    assert said.status_code == 403
    assert text.title in said.content.decode()
    assert stage(desk) == "open"


def _problem(code: str):
    from saxaul.surfaces.web.port import Problem

    return Problem(code, "forbidden")


def test_a_rejected_proposal_never_runs(browse, desk) -> None:
    id, _answer = freeze(browse("officer"))
    browser = browse("second")
    browser.post("/console/acts/desk.reject", {"proposal": id, "id": number(browser.get("/console/approvals").content)})
    again = browser.post(
        "/console/acts/desk.approve", {"proposal": id, "id": number(browser.get("/console/acts/desk.approve").content)}
    )
    assert again.status_code == 409
    assert stage(desk) == "open"


def test_an_auditor_sees_what_waits_and_has_no_button(browse, desk) -> None:
    freeze(browse("officer"))
    page = browse("auditor").get("/console/approvals").content.decode()
    assert named("wallet") in page
    assert "desk.approve" not in page


# ------------------------------------------------------------------------------------------------------------ the form


def test_a_form_sent_twice_is_one_act(browse, desk) -> None:
    browser = browse("officer")
    id = number(browser.get("/console/acts/desk.suspend_organisation").content)
    for _time in range(2):
        answer = browser.post("/console/acts/desk.suspend_organisation", {"organisation": named("bakery"), "id": id})
        assert answer.status_code == 200
    assert apps.get_model("ledger", "Entry").objects.filter(act="desk.suspend_organisation").count() == 1


def test_a_wrong_field_is_named_and_nothing_is_asked(browse, desk) -> None:
    browser, before = browse("officer"), len(desk.performed)
    answer = browser.post("/console/acts/desk.suspend_organisation", {"organisation": "the bakery", "id": ""})
    assert answer.status_code == 422
    assert b"console-error" in answer.content
    assert len(desk.performed) == before


def test_a_name_typed_at_the_counter_reaches_the_vault_and_not_the_journal(browse, desk) -> None:
    browser = browse("officer")
    id = number(browser.get("/console/acts/desk.verify").content)
    fields = {
        "person": named("zhang"),
        "name": "Zhang Marked",
        "document": "resident_id:11010519491231002X",
        "how": "counter",
        "id": id,
    }
    assert browser.post("/console/acts/desk.verify", fields).status_code == 200
    entry = apps.get_model("ledger", "Entry").objects.latest("n")
    assert "Marked" not in f"{entry.changes}{entry.answer}"
    assert desk.sealer.open(named("zhang"))["name"] == "Zhang Marked"


def test_a_refusal_is_told_in_words_and_the_next_try_has_a_new_number(browse) -> None:
    browser = browse("officer")
    id = number(browser.get("/console/acts/desk.suspend_organisation").content)
    answer = browser.post("/console/acts/desk.suspend_organisation", {"organisation": named("nobody"), "id": id})
    assert answer.status_code == 404
    assert b"request.object_missing" in answer.content


def test_a_foreign_post_without_the_page_s_token_is_refused(desk, browse) -> None:
    from django.test import Client

    browser = browse("officer")
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser.cookies
    assert strict.post("/console/acts/desk.freeze", {}).status_code == 403


# ------------------------------------------------------------------------------------------------------- languages


@pytest.mark.parametrize("folder", ["zh_Hans", "hi", "ru", "fr"])
def test_every_text_is_in_the_catalogue_and_nothing_else_but_unfolds(folder: str) -> None:
    import unfold
    from babel.messages.pofile import read_po
    from web.catalogue import texts

    ours = {message for _context, message in texts(Path(console.__file__).parent)}
    data = tomllib.loads((Path(console.__file__).parent / "words.toml").read_text("utf-8"))
    ours |= {text for part in ("rooms", "programmes", "titles") for text in data[part].values()}
    parts = [path.read_text("utf-8") for path in Path(unfold.__file__).parent.rglob("*.html")]
    theirs = {found for part in parts for found in re.findall(r"{% trans(?:late)? ['\"](.+?)['\"]", part)}
    path = Path(console.__file__).parent / "locale" / folder / "LC_MESSAGES/django.po"
    with path.open(encoding="utf-8") as file:
        found = {message.id: message.string for message in read_po(file) if message.id}
    assert not ours - set(found), "texts without a translation"
    assert not set(found) - ours - theirs, "translations that nobody says"
    for message, string in found.items():
        assert string, message
        assert re.findall(r"%\(\w+\)s", message) == re.findall(r"%\(\w+\)s", string), message


SPOKEN = [("zh-hans", "审批"), ("hi", "अनुमोदन"), ("ru", "Утверждения"), ("fr", "Approbations")]


@pytest.mark.parametrize(("language", "word"), SPOKEN)
def test_the_console_speaks_the_readers_language(browse, language: str, word: str) -> None:
    browser = browse("officer")
    browser.cookies["language"] = language
    assert word in browser.get("/console/").content.decode()


PROGRAMME = [("zh-hans", "树木、保护地及其证书"), ("hi", "पेड़, संरक्षित भूमि"), ("ru", "охраняемые земли"),
             ("fr", "terres protégées")]  # fmt: skip


@pytest.mark.parametrize(("language", "words"), PROGRAMME)
def test_acts_stand_under_the_name_of_their_programme_in_the_readers_language(browse, language: str, words) -> None:
    browser = browse("officer")
    browser.cookies["language"] = language
    assert words in browser.get("/console/acts").content.decode()


# --------------------------------------------------------------------------------- what acts do, in every language

READERS = {"zh-hans": "zh", "hi": "hi", "ru": "ru", "fr": "fr"}  # the cookie of the pages, the language in the file
CODE = re.compile(r"`[^`]+`")


def test_every_act_says_what_it_does_in_every_language_and_nothing_else_is_said(desk) -> None:
    from saxaul.surfaces.console import words

    acts = {name: act for name, act in desk.house.declarations.acts.items() if not name.startswith("cases.")}
    dumb, idle = sorted(set(acts) - set(words.SUMMARIES)), sorted(set(words.SUMMARIES) - set(acts))
    assert not dumb, "acts without a summary in summaries.toml"
    assert not idle, "summaries of acts that nobody declares"
    for name, said in words.SUMMARIES.items():
        assert set(said) == set(READERS.values()), f"{name} is said in {sorted(said)}"
        for language, text in said.items():
            assert text.strip() and "\n" not in text, f"{name} says nothing in {language}, or more than a line"
            assert set(CODE.findall(text)) == set(CODE.findall(acts[name].summary)), f"{name} in {language}: codes"
    for language in READERS.values():
        texts = [one[language] for one in words.SUMMARIES.values()]
        assert len(set(texts)) == len(texts), f"two acts are said to do the same in {language}"


def test_the_summaries_are_written_in_the_script_of_their_language(desk) -> None:
    """The line of another language, or English left standing, looks wrong to nobody who does not read it."""
    from saxaul.surfaces.console import words

    scripts = {"zh": r"[\u4e00-\u9fff]", "hi": r"[\u0900-\u097f]", "ru": r"[\u0400-\u04ff]", "fr": r"[a-zà-ÿœ]"}
    for name, said in words.SUMMARIES.items():
        for language, text in said.items():
            letters = [one for one in CODE.sub("", text).lower() if one.isalpha()]
            own = [one for one in letters if re.match(scripts[language], one)]
            assert len(own) * 2 > len(letters), f"{name} in {language}: {text}"


@pytest.mark.parametrize("cookie", ["en", *READERS])
def test_acts_say_what_they_do_in_the_readers_language_wherever_a_page_offers_them(browse, desk, cookie: str) -> None:
    from django.utils.html import escape

    from saxaul.surfaces.console import views, words

    browser = browse("officer")
    browser.cookies["language"] = cookie
    (row,) = desk.clerk.records("people_credential", [desk.who["officer"]])
    mine = [
        act for name, act in desk.house.declarations.acts.items()
        if set(row.roles.split()) & set(act.roles) and not name.startswith("cases.") and name not in views.OWN_PAGES
    ]  # fmt: skip
    said = {act.name: words.SUMMARIES[act.name][READERS[cookie]] if cookie != "en" else act.summary for act in mine}
    listed = browser.get("/console/acts").content.decode()
    for name, text in said.items():
        assert escape(text) in listed, name
        form = browser.get(f"/console/acts/{name}").content.decode()
        assert escape(text) in form, name
    record = browser.get(f"/console/people/wallet/{named('wallet')}/").content.decode()
    offered = set(re.findall(r"/console/acts/([a-z_.]+)\?wallet=", record))
    assert "desk.freeze" in offered
    for name in offered:
        assert escape(said[name]) in record, name
