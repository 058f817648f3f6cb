"""The draw alone: the vectors, what one changed ticket, seed or order does, and that nobody is favoured."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saxaul import app
from saxaul.kernel.refusal import Refusal

app.prepare_models()

from saxaul.programmes.campaign import draw, publication  # noqa: E402

SCRIPT = Path(__file__).parent.parent.parent / "tools" / "verify_draw.py"


def vector() -> tuple[list[str], dict[str, str]]:
    names = {draw.ticket("salt-2020", f"pe_{n}"): f"pe_{n}" for n in range(1, 6)}
    return sorted(names), names


def test_the_published_vector_holds() -> None:
    lines, names = vector()
    root = draw.root(lines)
    assert root == "5cc61b4bd32eecb795bc6b8480c6288f243c341abb027e6a723ff899a70399d7"
    seed = draw.seed(root, ["operator-secret", "witness-secret"], "beacon-1000")
    assert seed == "18d2997c353b07bbace95d12cff34c4bd958b8bbff207d8bfcfdb6d715deaad9"
    assert [names[line] for line in draw.drawn(lines, seed, 5)] == ["pe_3", "pe_2", "pe_5", "pe_1", "pe_4"]


def test_the_method_gives_the_selection_that_rfc_3797_publishes() -> None:
    key = "9319./2.5.8.10.12./9.18.26.34.41.45./"
    assert draw.rfc3797(key, 25, 10) == [17, 7, 2, 16, 25, 23, 8, 24, 19, 13]


def split(hashes: list[bytes]) -> bytes:
    """The tree as RFC 6962 says it: split at the largest power of two below n."""
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return hashlib.sha256(b"\1" + split(hashes[:k]) + split(hashes[k:])).digest()


@given(st.integers(1, 70))
def test_the_root_is_that_of_rfc_6962(count: int) -> None:
    lines = sorted(draw.ticket("salt", str(n)) for n in range(count))
    leaves = [hashlib.sha256(b"\0" + bytes.fromhex(line)).digest() for line in lines]
    assert draw.root(lines) == split(leaves).hex()


@given(st.integers(1, 3_000), st.randoms(use_true_random=False))
def test_the_kth_place_of_the_rest_is_the_kth_of_a_list(count: int, chance: Any) -> None:
    rest, plain = draw.Rest(count), list(range(count))
    while plain:
        k = chance.randrange(len(plain))
        assert rest.take(k) == plain.pop(k)


def test_a_digest_in_the_uneven_end_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    again = hashlib.sha256(bytes(8) + b"key" + bytes(8) + b"\1").digest()
    found = draw._again(b"key", bytes(8), draw.SPACE - 1, 3)  # 2**256 mod 3 = 1: the last number is too much
    assert found == int.from_bytes(again, "big")
    assert draw._again(b"key", bytes(8), draw.SPACE - 2, 3) == draw.SPACE - 2


def test_no_ticket_is_favoured_in_100_000_draws() -> None:
    tickets, draws = 10, 100_000
    first, last = [0] * tickets, [0] * tickets
    for n in range(draws):
        places = list(draw.order(hashlib.sha256(b"%d" % n).hexdigest(), tickets))
        first[places[0]] += 1
        last[places[-1]] += 1
    expected = draws / tickets
    for seen in (first, last):
        squares = sum((one - expected) ** 2 / expected for one in seen)
        assert squares < 27.88, seen  # chi-square with 9 degrees of freedom: p > 0.001


def files(people: int = 200, awards: int = 30, reserves: int = 10) -> dict[str, str]:
    """The files of a draw, as a campaign publishes them."""
    lines = sorted(draw.ticket("salt", f"{n:032x}") for n in range(people))
    root = draw.root(lines)
    secrets = {"operator_secret": "operator-secret", "witness_secret": "witness-secret"}
    seed = draw.seed(root, list(secrets.values()), "beacon-1000")
    row = SimpleNamespace(
        key="spring", tickets=people, awards=awards, reserves=reserves, salt="salt", root=root, seed=seed,
        operator_commitment=draw.commitment("operator-secret"), witness_commitment=draw.commitment("witness-secret"),
        beacon_name="drand 1000", beacon_at=0, beacon="beacon-1000", **secrets,
    )  # fmt: skip
    return publication.files(row, lines, draw.drawn(lines, seed, awards + reserves))


def ran(folder: Path, found: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """The stand-alone script on the files, without anything of ours to import."""
    for name, text in found.items():
        (folder / name).write_text(text)
    bare = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run([sys.executable, "-I", SCRIPT, folder], capture_output=True, text=True, env=bare)


def test_a_stranger_with_the_published_files_finds_the_draw_in_order(tmp_path: Path) -> None:
    found = files()
    assert len(publication.verify(found)) == 4
    assert all(name not in "".join(found.values()) for name in (f"{5:032x}", f"{77:032x}"))
    done = ran(tmp_path, found)
    assert done.returncode == 0 and "The draw is as the rules give it." in done.stdout, done.stdout + done.stderr


def lines_of(found: dict[str, str], name: str, change: Callable[[list[str]], list[str]]) -> dict[str, str]:
    return {**found, name: "".join(f"{line}\n" for line in change(found[name].splitlines()))}


def flipped(lines: list[str]) -> list[str]:
    """One bit of one ticket is another."""
    middle = len(lines) // 2
    other = f"{int(lines[middle], 16) ^ 1:064x}"
    return sorted([*lines[:middle], other, *lines[middle + 1 :]])


CHANGES: list[tuple[str, str, Callable[[list[str]], list[str]], str]] = [
    ("one bit of one ticket", "tickets.txt", flipped, "draw.tickets_changed"),
    ("one ticket more", "tickets.txt", lambda lines: sorted([*lines, "0" * 64]), "draw.tickets_changed"),
    ("one ticket less", "tickets.txt", lambda lines: lines[1:], "draw.tickets_changed"),
    ("one ticket twice", "tickets.txt", lambda lines: [lines[0], *lines[:-1]], "draw.tickets_changed"),
    ("another beacon", "beacon.txt", lambda _: ["beacon-1001"], "draw.seed_mismatch"),
    ("another secret", "secrets.txt", lambda lines: [lines[0] + "x", lines[1]], "draw.seed_mismatch"),
    ("a secret kept back", "secrets.txt", lambda lines: lines[:1], "draw.seed_mismatch"),
    ("two winners change places", "winners.txt", lambda ls: [ls[1], ls[0], *ls[2:]], "draw.seed_mismatch"),
    ("a winner is a reserve", "winners.txt", lambda lines: lines[:-1], "draw.seed_mismatch"),
    ("two reserves change places", "reserves.txt", lambda ls: [ls[1], ls[0], *ls[2:]], "draw.seed_mismatch"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "change", "code"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_whatever_is_changed_afterwards_is_found(
    tmp_path: Path, name: str, change: Callable[[list[str]], list[str]], code: str
) -> None:
    found = lines_of(files(), name, change)
    with pytest.raises(Refusal) as caught:
        publication.verify(found)
    assert caught.value.code == code
    done = ran(tmp_path, found)
    assert done.returncode == 1 and "WRONG" in done.stdout, done.stdout + done.stderr


def test_another_seed_gives_another_order() -> None:
    found = files()
    other = "0" * 64
    seed = next(line for line in found["parameters.txt"].splitlines() if line.startswith("seed "))
    with pytest.raises(Refusal) as caught:
        publication.verify({**found, "parameters.txt": found["parameters.txt"].replace(seed, f"seed {other}")})
    assert caught.value.code == "draw.seed_mismatch"


def test_the_command_line_checks_a_published_draw(tmp_path: Path) -> None:
    for name, text in files().items():
        (tmp_path / name).write_text(text)
    verify = [sys.executable, "-m", "saxaul.surfaces.cli.main", "draw", "verify", str(tmp_path)]
    done = subprocess.run(verify, capture_output=True, text=True, cwd=SCRIPT.parent.parent)
    assert done.returncode == 0 and done.stdout.endswith("The draw is as the rules give it.\n"), done.stderr
    (tmp_path / "beacon.txt").write_text("beacon-1001\n")
    done = subprocess.run(verify, capture_output=True, text=True, cwd=SCRIPT.parent.parent)
    assert done.returncode == 6 and "draw.seed_mismatch" in done.stderr


def test_the_script_fits_on_two_screens_and_needs_nothing() -> None:
    text = SCRIPT.read_text()
    assert len(text.splitlines()) < 100
    imports = {line.split()[1] for line in text.splitlines() if line.startswith(("import ", "from "))}
    assert imports <= {"hashlib", "sys", "pathlib"}
