"""Nothing is installed that the product does not use, and what tells the public about it follows its rules."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
NAMES = PROJECT["tool"]["deptry"]["package_module_name_map"]
AT_RUN_TIME = set(PROJECT["tool"]["deptry"]["per_rule_ignores"]["DEP002"])
USED = "\n".join(path.read_text("utf-8") for path in (ROOT / "saxaul").rglob("*.py"))
WANTED = [re.split(r"[\[<>=]", one)[0] for one in PROJECT["project"]["dependencies"]]


@pytest.mark.parametrize("name", sorted(set(WANTED) - AT_RUN_TIME))
def test_every_dependency_is_imported_or_named_in_settings(name: str) -> None:
    module = NAMES.get(name, name.lower().replace("-", "_"))
    assert re.search(rf"""(import|from) {module}\b|["']{module}\b""", USED), f"nothing uses {name}: decision 0015"


@pytest.mark.parametrize("lock", ["run", "test", "bench"])
def test_a_lock_names_every_dependency_once_with_hashes(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text("utf-8")
    found = re.findall(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==\S+(?: ;[^\\\n]*)? \\\n    --hash=sha256:", text, re.M)
    assert len(found) == len(set(found)) == len(re.findall(r"^\S+==", text, re.M))
    assert {one.lower() for one in WANTED} <= set(found)


def test_publiccode_follows_the_public_rules() -> None:
    """Keys that the standard demands, lengths it allows, words of its lists as far as this file uses them."""
    yaml = pytest.importorskip("yaml")
    told = yaml.safe_load((ROOT / "publiccode.yml").read_text("utf-8"))
    for key in ("publiccodeYmlVersion", "name", "url", "platforms", "developmentStatus", "softwareType", "description"):
        assert told[key], key
    assert told["url"].startswith("https://") and re.fullmatch(r"0(\.\d+){1,2}", told["publiccodeYmlVersion"])
    assert told["developmentStatus"] in ("concept", "development", "beta", "stable", "obsolete")
    assert told["softwareType"] in ("standalone/web", "standalone/backend", "standalone/mobile", "standalone/other")
    english = told["description"]["en"]
    assert len(english["shortDescription"]) <= 150 and 150 <= len(english["longDescription"]) <= 10_000
    assert all(len(one) <= 100 for one in english["features"])
    assert all((ROOT / picture).is_file() for picture in english["screenshots"])
    assert told["legal"]["license"] == PROJECT["project"]["license"]
    assert told["softwareVersion"] == PROJECT["project"]["version"]
    assert told["maintenance"]["type"] == "community" and told["maintenance"]["contacts"][0]["name"]
    assert told["localisation"]["localisationReady"] is True
    assert set(told["localisation"]["availableLanguages"]) == {"en", "zh-Hans", "hi", "ru", "fr"}
