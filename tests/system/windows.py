"""Browser windows for people: each with cookies of its own, and an eye on what must not be."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    Request,
)

DESKTOP = (1280, 860)
POCKET = (390, 844)


class Windows:
    """Opens windows on one service, and keeps every fault that shows in any of them."""

    def __init__(self, browser: Browser, home: str) -> None:
        self.home = home
        self.faults: list[str] = []
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self._expected: list[str] = []

    def open(self, path: str, size: tuple[int, int] = DESKTOP) -> Page:
        """A page in a window that shares nothing with the others."""
        width, height = size
        context = self._browser.new_context(
            viewport={"width": width, "height": height}, locale="id-ID"
        )
        self._contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("console", self._note)
        page.on("request", self._stay_home)
        page.on("dialog", self._refuse_dialog)
        page.goto(f"{self.home}{path}")
        return page

    def sign_in(self, username: str, password: str, size: tuple[int, int] = DESKTOP) -> Page:
        """The console as this member of staff sees it first."""
        page = self.open("/console/", size)
        page.locator("input[name=username]").fill(username)
        page.locator("input[name=password]").fill(password)
        page.keyboard.press("Enter")
        page.wait_for_url("**/console/**", wait_until="load")
        page.locator(".bar").wait_for()
        return page

    def expect_status(self, status: int) -> None:
        """The browser itself logs a refused request as an error; this one is meant to be."""
        self._expected.append(f"the server responded with a status of {status} ")

    def close(self) -> None:
        """Close them all."""
        for context in self._contexts:
            context.close()

    def _note(self, message: ConsoleMessage) -> None:
        known = any(words in message.text for words in self._expected)
        if message.type in {"error", "warning"} and not known:
            where = message.location.get("url", "")
            self.faults.append(f"{message.type}: {message.text} {where}")

    def _stay_home(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob"} and not request.url.startswith(self.home):
            self.faults.append(f"another host: {request.url}")

    def _refuse_dialog(self, dialog: Dialog) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()
