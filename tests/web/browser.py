"""The browser of the system, never downloaded; what all browser tests need of it."""

from __future__ import annotations

import os
import shutil

import pytest

BROWSER = os.environ.get("SAXAUL_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
NEEDS_BROWSER = [pytest.mark.web]
if not BROWSER and not os.environ.get("CI"):
    NEEDS_BROWSER.append(
        pytest.mark.skip(reason="Browser leg not run: no chromium. As root: apt-get install chromium.")
    )


def findings(page) -> list[str]:
    """What axe finds, one line each."""
    from axe_playwright_python.sync_playwright import Axe

    result = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['target']} {node['html'][:120]}" for one in result for node in one["nodes"]]


def tab_to(page, selector: str, most: int = 40) -> None:
    """Moves on by the Tab key alone until the element has the focus."""
    for _turn in range(most):
        if page.evaluate(f"document.activeElement?.matches({selector!r})"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} was not reached by the keyboard")
