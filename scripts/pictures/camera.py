"""Looks at the console as its people do, and keeps what is seen as small pictures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from bot.demo.accounts import DEMO_PASSWORD
from scripts.chromium import configured, installed, through_apt, through_playwright

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
DESKTOP = {"width": 1280, "height": 860}
POCKET = {"width": 390, "height": 844}
SOON = 20_000  # ms
FREQUENT = 128  # of the 256 colours of a palette, with which a picture takes a third


@dataclass(frozen=True)
class Look:
    """How a page is looked at; `suffix` goes into the picture's name."""

    suffix: str
    size: dict[str, int]
    scheme: str

    @property
    def is_phone(self) -> bool:
        """Whether fingers touch it."""
        return self.size is POCKET


BY_DAY = Look("", DESKTOP, "light")
BY_NIGHT = Look("-dark", DESKTOP, "dark")
IN_THE_POCKET = Look("-small", POCKET, "light")
POCKET_BY_NIGHT = Look("-small-dark", POCKET, "dark")
LOOKS = (BY_DAY, BY_NIGHT, IN_THE_POCKET, POCKET_BY_NIGHT)


class Camera:
    """A browser in front of a served console, and the folder for its pictures."""

    def __init__(self, browser: Browser, address: str, folder: Path) -> None:
        self._browser = browser
        self.address = address
        self._folder = folder
        self._states: dict[str, Any] = {}
        self._kept: dict[tuple[str, bool], Page] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def open(
        self, path: str, username: str | None = None, look: Look = BY_DAY, **kind: Any
    ) -> Page:
        """A page in a window of its own, signed in as `username`; close it with `shut`."""
        state = self._state_of(username) if username else None
        context = self._browser.new_context(
            viewport=look.size,
            color_scheme=look.scheme,
            locale="id-ID",
            storage_state=state,
            has_touch=look.is_phone,
            is_mobile=look.is_phone,
            **kind,
        )
        page = context.new_page()
        page.set_default_timeout(SOON)
        page.goto(self.address + path)
        return page

    def take(self, what: Any, name: str, **options: Any) -> None:
        """Keep what a page or a part of it shows as `name`.png."""
        path = self._folder / f"{name}.png"
        seen = what.screenshot(animations="disabled", caret="hide", **options)
        image = Image.open(BytesIO(seen))
        if image.mode == "RGBA" and image.getextrema()[3][0] < 255:
            path.write_bytes(seen)  # a palette would lose how transparent it is
        else:
            _with_a_palette(image.convert("RGB")).save(path, optimize=True)
        print(f"{path.name}  {path.stat().st_size // 1000} kB", flush=True)

    def look(
        self, path: str, name: str, username: str, looks: tuple[Look, ...] = LOOKS, **options: Any
    ) -> None:
        """Take a page in each look."""
        for size in (DESKTOP, POCKET):
            wanted = [look for look in looks if look.size is size]
            if not wanted:
                continue
            page = self._page_of(username, wanted[0])
            page.goto(self.address + path)
            for look in wanted:
                page.emulate_media(color_scheme=look.scheme)
                self.take(page, name + look.suffix, **options)

    def _page_of(self, username: str, look: Look) -> Page:
        """A page that is kept for the next screen: opening a window takes longer than looking."""
        kept = (username, look.is_phone)
        if kept not in self._kept:
            self._kept[kept] = self.open("/console/password", username, look)
        return self._kept[kept]

    def _state_of(self, username: str) -> Any:
        if username not in self._states:
            context = self._browser.new_context()
            page = context.new_page()
            page.goto(f"{self.address}/console/signin")
            page.fill("input[name=username]", username)
            page.fill("input[name=password]", DEMO_PASSWORD)
            page.keyboard.press("Enter")
            page.wait_for_url(lambda there: "signin" not in there)
            self._states[username] = context.storage_state()
            context.close()
        return self._states[username]


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser, wherever one is found."""
    executable = configured() or installed() or through_apt() or through_playwright()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        browser.close()


def _with_a_palette(image: Image.Image) -> Image.Image:
    """The picture in its most frequent colours, exactly, and some that cover all the others."""
    counted = image.getcolors(image.width * image.height) or []
    frequent = [colour for _, colour in sorted(counted, reverse=True)[:FREQUENT]]
    covering = image.quantize(256 - FREQUENT, Image.Quantize.MAXCOVERAGE).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette([*(channel for colour in frequent for channel in colour), *covering])
    return image.quantize(palette=palette, dither=Image.Dither.NONE)


def leave(page: Page) -> None:
    """Escape from what is open on the page, and see it gone before the next key."""
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)


def shut(page: Page) -> None:
    """Close the page and its window."""
    page.context.close()
