"""A certificate is checked from its text alone, by us and by anybody with a page of Python; one changed digit fails."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import segno
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from saxaul.programmes.forest import certificates
from saxaul.surfaces.web.forest import proof
from saxaul.surfaces.web.pictures import read_picture

ROOT = Path(__file__).resolve().parents[2]
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
TEXT = proof.signed_text(
    KEY, number="P006-2018S-0000001-Z", species="Haloxylon ammodendron", place="Alxa", parcel="8PGF2222+22",
    season="2018 spring", stage="issued", issued="2018-03-20", energy=17_900, version=1, name="",
)  # fmt: skip


def stand_alone(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The checker as a stranger runs it: the one file, in a folder without ours."""
    program = (ROOT / "tools/verify_certificate.py").read_text("utf-8")
    return subprocess.run(
        [sys.executable, "-I", "-c", program, *arguments], cwd="/", capture_output=True, text=True, check=False
    )


def test_the_text_of_the_code_alone_proves_the_certificate(tmp_path: Path) -> None:
    picture = tmp_path / "code.png"
    segno.make(TEXT, error="m", micro=False).save(str(picture), scale=4)
    scanned = read_picture(picture.read_bytes())
    assert scanned == TEXT and len(TEXT.encode()) <= 300
    assert proof.checked(scanned)["number"] == "P006-2018S-0000001-Z"
    done = stand_alone(scanned, "--key", proof.public_text(KEY))
    assert done.returncode == 0 and "will be planted" in done.stdout and "P006-2018S-0000001-Z" in done.stdout
    assert "compare it" in stand_alone(scanned).stdout


@pytest.mark.parametrize("place", range(len(TEXT)))
def test_any_changed_character_fails(place: int) -> None:
    other = "1" if TEXT[place] != "1" else "2"
    assert proof.checked(TEXT[:place] + other + TEXT[place + 1 :]) == {}


def test_a_changed_digit_and_a_foreign_key_fail_in_the_strangers_checker_too() -> None:
    wrong = stand_alone(TEXT.replace("-0000001-", "-0000002-"))
    assert wrong.returncode == 2 and "certificate.proof_wrong" in wrong.stdout
    assert stand_alone(TEXT.replace("17900", "17901")).returncode == 2
    foreign = Ed25519PrivateKey.from_private_bytes(bytes(32))
    fields, _signed, _signature = certificates.parts(TEXT)
    fields.pop("key")
    copied = proof.signed_text(foreign, **fields)
    assert proof.checked(copied) and not proof.checked(copied, key=proof.public_text(KEY))
    assert stand_alone(copied, "--key", proof.public_text(KEY)).returncode == 2


def test_the_command_says_it_with_the_codes_exit() -> None:
    serve = "from saxaul.surfaces.cli.main import main; main()"
    for text, code in ((TEXT, 0), (TEXT.replace("|issued|", "|planted|"), 2)):
        done = subprocess.run(
            [sys.executable, "-c", serve, "certificate", "verify", text], cwd=ROOT, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        assert ("P006-2018S-0000001-Z" in done.stdout) == (code == 0)


def test_a_bar_in_a_name_does_not_move_the_fields() -> None:
    fields, _signed, _signature = certificates.parts(TEXT)
    fields.pop("key")
    text = proof.signed_text(KEY, **{**fields, "name": "Zhang|planted|2018"})
    assert proof.checked(text)["name"] == "Zhang/planted/2018" and proof.checked(text)["stage"] == "issued"


def test_plus_codes_are_those_of_the_open_location_code() -> None:
    assert proof.plus_code(8_524_997, 47_365_590) == "8FVC9G8F+6X"  # the example of its documentation
