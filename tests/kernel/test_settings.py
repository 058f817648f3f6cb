"""A wrong file stops the start with all that is wrong in it, and a maximum has its reason."""

from pathlib import Path

import pytest

from saxaul.kernel import maxima, settings
from saxaul.kernel.maxima import MAXIMA
from saxaul.kernel.settings import Settings, SettingsFault, load


def faults(tmp_path: Path, text: str, **environ: str) -> tuple[str, ...]:
    path = tmp_path / "saxaul.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(SettingsFault) as caught:
        load(path, environ)
    return caught.value.faults


def test_without_a_file_the_defaults_serve_one_machine(tmp_path):
    found = load(tmp_path / "saxaul.toml", {"HOME": "/"})
    assert found == Settings()
    assert found.dsn == "sqlite:data/ledger.db" and found.pages == "sqlite:data/pages.db"
    assert found.address == "http://127.0.0.1:8080"


def test_the_environment_stands_above_the_file(tmp_path):
    path = tmp_path / "saxaul.toml"
    path.write_text('port = 9000\ncity = "Altay"\nlanguages = ["zh", "en"]\n', "utf-8")
    environ = {"SAXAUL_PORT": "9001", "SAXAUL_DEMO": "true", "SAXAUL_LANGUAGES": "ru, zh", "SAXAUL_NO_APT": "1"}
    found = load(path, environ)
    assert (found.port, found.city, found.demo, found.languages) == (9001, "Altay", True, ("ru", "zh"))


def test_a_server_book_keeps_the_pages_beside_it(tmp_path):
    found = load(tmp_path / "none", {"SAXAUL_DSN": "postgresql://city@db/ledger"})
    assert found.pages == "postgresql://city@db/ledger"


def test_all_faults_are_listed_at_once_with_what_was_meant(tmp_path):
    wrong = 'zone = "Asia/Shanghi"\nprot = 1\nport = "x"\nlanguages = ["de", "zh"]\n'
    found = faults(tmp_path, wrong, SAXAUL_DMO="1", SAXAUL_SMS="consol")
    assert found == (
        'prot is no setting, did you mean "port"?',
        "port is 'x'; write a whole number",
        'SAXAUL_DMO is no setting, did you mean "SAXAUL_DEMO"?',
        'zone "Asia/Shanghi" is unknown, did you mean "Asia/Shanghai"?',
        'language "de" has no texts; there are en, zh, hi, ru, fr',
        'sms "consol" is neither console nor an https address, did you mean "console"?',
    )
    assert str(SettingsFault("saxaul.toml", list(found))).startswith("Not started. saxaul.toml has 6 faults: prot is")


def test_a_password_is_never_printed(tmp_path):
    (fault,) = faults(tmp_path, 'dsn = "mysql://city:hunter2@db/x"')
    assert "hunter2" not in fault and 'for one machine write "sqlite:data/ledger.db"' in fault


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("port = 70000", "65535"),
        ("batch_asks = 100000", "512"),
        ('default_language = "en"\nlanguages = ["zh"]', "default_language"),
        ('public_url = "wallet.example.org"', "public_url"),
        ("demo = 3", "true or false"),
        ("= nonsense", "TOML"),
    ],
)
def test_each_setting_is_checked(tmp_path, text, word):
    (fault,) = faults(tmp_path, text)
    assert word in fault


def test_every_setting_and_every_maximum_has_its_sentence():
    assert set(settings.reasons()) == set(Settings.__struct_fields__)
    assert set(maxima.reasons()) == set(MAXIMA.__slots__)
    assert all(text.endswith(".") for text in (*settings.reasons().values(), *maxima.reasons().values()))


def test_the_maxima_of_the_design():
    assert (MAXIMA.batch_asks, MAXIMA.batch_postings, MAXIMA.act_postings, MAXIMA.page_rows) == (512, 16_384, 64, 200)
    assert (MAXIMA.body_bytes, MAXIMA.tail_entries, MAXIMA.id_age_seconds) == (65_536, 500_000, 24 * 3600)
