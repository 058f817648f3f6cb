"""The pictures of the README, taken from real pages of the small town: `python tests/web/pictures.py`.

Whoever changes a page takes them again; nothing in them is drawn by hand.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

from browser import ARGS, BROWSER
from PIL import Image
from playwright.sync_api import sync_playwright
from served import Phone, Served

TARGET = Path(__file__).resolve().parent.parent.parent / "docs" / "pictures"
COLOURS = 160  # of the palette: enough for flat pages, and a third of the bytes


def keep(phone: Phone, name: str, *, target: Path = TARGET) -> None:
    """The page as a small PNG."""
    picture = Image.open(io.BytesIO(phone.page.screenshot()))
    picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(target / f"{name}.png", optimize=True)


def take(browser, town: Served, target: Path) -> None:
    """One after the other, each in a browser of its own."""
    person = Phone(browser, town).sign_in(town.told["wang"]["phone"])
    person.page.goto("/")
    keep(person, "person", target=target)
    keeper = Phone(browser, town).sign_in(town.told["chen"]["phone"])
    keeper.page.goto("/counter")
    keep(keeper, "merchant", target=target)
    elder = Phone(browser, town, elder=True).sign_in(town.told["zhao"]["phone"])
    elder.page.goto("/scan")
    elder.page.fill("[name=code]", town.told["tea"]["code"])
    elder.page.keyboard.press("Enter")
    elder.page.fill("[name=amount]", "12.50")
    elder.page.keyboard.press("Enter")
    elder.page.wait_for_url("**/confirm/**")
    keep(elder, "elder", target=target)
    stranger = Phone(browser, town)
    stranger.page.goto("/public")
    keep(stranger, "figures", target=target)
    officer = Phone(browser, town).sign_in(town.told["sun"]["phone"])
    officer.page.set_viewport_size({"width": 1000, "height": 400})
    officer.page.goto("/console/approvals")
    keep(officer, "operator", target=target)


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    folder.mkdir(parents=True, exist_ok=True)
    served = Served(Path(tempfile.mkdtemp(prefix="saxaul-town-")))
    try:
        with sync_playwright() as run:
            take(run.chromium.launch(executable_path=BROWSER, args=ARGS), served, folder)
    finally:
        served.stop()
