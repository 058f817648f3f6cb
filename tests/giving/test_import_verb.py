"""A telephone's archive, handed to the command line and to a page: counted once, read as a stream, nothing kept."""

from __future__ import annotations

import base64
import io
import json
import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
import writers

from saxaul.kernel import times
from saxaul.kernel.refusal import Refusal
from saxaul.programmes.giving import intake

ROOT = Path(__file__).parents[2]
RUN = "from saxaul.surfaces.cli.main import main; main()"


def archive(now: int, steps: int) -> bytes:
    """What the health app exports: the file of records beside others, in an archive."""
    records = [writers.apple_record((now - 5_400 + n * 60, now - 5_340 + n * 60, steps // 60)) for n in range(60)]
    records.append(writers.apple_record((1_900_000_000, 1_900_000_060, 9)))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("apple_health_export/export_cda.xml", "<ClinicalDocument/>")
        made.writestr("apple_health_export/export.xml", b"".join(writers.apple(records)))
    return out.getvalue()


@pytest.fixture
def house(tmp_path: Path) -> tuple[Path, str]:
    """A founded house with one person who agreed that steps are counted."""
    made = (
        "import sys; sys.path.insert(0, 'web'); from pathlib import Path; import realtown\n"
        f"folder = Path({str(tmp_path)!r}); (folder / 'saxaul.toml').write_text('city = \"Tianjin\"\\n')\n"
        "town = realtown.Town(folder); town.now = realtown.app.clock() - 3_600_000_000; town.found()\n"
        "p = town.do('desk.sign_up', phone='13900000001', language='zh', issuer='icbc', region='120000')\n"
        "town.do('desk.give_consent', p['credential'], purpose='giving', version='2022-06')\n"
        "print(p['person']); town.house.clerk.close()"
    )
    return tmp_path, run(["-c", made], ROOT / "tests").strip()


def run(command: list[str], folder: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    done = subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_an_archive_is_counted_by_the_command_line_and_a_second_time_nothing_is_new(house: tuple[Path, str]) -> None:
    folder, person = house
    (folder / "export.zip").write_bytes(archive(int(time.time()), 6_000))
    first, second = (run(["-c", RUN, "steps", "import", "export.zip", "--person", person], folder) for _ in range(2))
    assert "61 step records: 60 of open days" in first and "1 in the future" in first
    told = [line.split() for out in (first, second) for line in out.splitlines() if "steps," in line]
    added = [int(line[3].replace(",", "")) for line in told]
    days = len(told) // 2  # two where the walk crossed midnight
    assert sum(added[:days]) == 6_000
    assert sum(added[days:]) == 0


def test_a_payload_of_werun_is_counted_while_it_is_fresh_and_never_for_another_app(house: tuple[Path, str]) -> None:
    folder, person = house
    now, key, iv = int(time.time()), bytes(range(16)), bytes(range(16, 32))
    made = writers.werun([(now, 11_111), (now - 40 * 86_400, 5)], appid="wx1", stamp=now, key=key, iv=iv)
    payload = {
        "encryptedData": made, "iv": base64.b64encode(iv).decode(), "session_key": base64.b64encode(key).decode(),
        "openid": "o-1",
    }  # fmt: skip
    (folder / "run.json").write_text(json.dumps(payload))
    verb = ["-c", RUN, "steps", "werun", "run.json", "--person", person, "--appid"]
    assert "11,111 steps, 11,111 new; open" in run([*verb, "wx1"], folder)
    with pytest.raises(AssertionError, match=r"step\.payload_stale"):
        run([*verb, "wx2"], folder)


def test_a_page_reads_the_archive_or_the_file_itself_and_refuses_a_picture() -> None:
    from saxaul.surfaces.web.giving import files

    now = int(time.time())
    whole = archive(now, 6_000)
    with zipfile.ZipFile(io.BytesIO(whole)) as opened:
        plain = opened.read("apple_health_export/export.xml")

    def read(body: bytes, name: str) -> Any:
        file = io.BytesIO(body)
        file.name = name  # type: ignore[attr-defined]
        return files.read(file, intake.looking(now * times.SECOND, 0))

    for body, name in ((whole, "export.zip"), (plain, "export.xml")):
        source, samples = read(body, name)
        assert source == "apple" and sum(one.steps for one in samples) == 6_000
    for body in (b"\x89PNG....", b"", b"PK\x03\x04 broken"):
        with pytest.raises(Refusal):
            read(body, "picture.png")
