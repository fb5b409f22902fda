"""What each of the staff does in a window of the console, in the words of the story."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from bot.demo.accounts import DEMO_PASSWORD
from tests.system.days.office import Office
from tests.system.windows import DESKTOP, Windows

SOON = 30_000  # ms; a machine with other work is given time


class Member:
    """Somebody at the console."""

    def __init__(
        self, office: Office, windows: Windows, username: str, size: tuple[int, int] = DESKTOP
    ) -> None:
        self.office = office
        self.page: Page = windows.sign_in(username, DEMO_PASSWORD, size)

    def goes_to(self, path: str) -> None:
        self.page.goto(f"{self.office.service.url}/console/{path}")

    def goes_home(self) -> None:
        """Closes the window; the next shift signs in anew."""
        self.page.context.close()


class Officer(Member):
    """PLI: the only ones who speak to an applicant."""

    def takes(self, who: str) -> None:
        """Opens the applicant's ticket from the queue and takes it."""
        self.goes_to("queue")
        self.page.locator("a.row").filter(has_text=self.office.number(who)).click()
        self.page.get_by_role("button", name="Ambil alih dan balas").click()
        expect(self._reply).to_be_visible(timeout=SOON)

    def returns_to(self, who: str) -> None:
        """Opens a ticket that is the officer's own."""
        self.goes_to("queue?tab=mine")
        self.page.locator("a.row").filter(has_text=self.office.number(who)).click()
        expect(self._reply).to_be_visible(timeout=SOON)

    def replies(self, text: str) -> None:
        self._reply.fill(text)
        self.sends()

    def sends(self) -> None:
        """Sends what stands in the composer."""
        self._reply.press("Control+Enter")
        expect(self._reply).to_have_value("", timeout=SOON)

    def asks(self, section: str, question: str) -> str:
        """Asks a section and answers the applicant with the holding reply, which is given."""
        self.page.get_by_role("button", name="Tanya seksi").click()
        sheet = self.page.locator("dialog#consult")
        sheet.locator("select").select_option(section)
        sheet.locator("[name=question]").fill(question)
        holding = sheet.locator("[name=holding_reply]").input_value()
        sheet.get_by_role("button", name="Tanyakan dan balas").click()
        expect(self.page.locator("#talk-head .state")).to_have_text("Di seksi", timeout=SOON)
        return holding

    def takes_the_answer_as_a_draft(self, answer: str) -> None:
        """What the section wrote stands in the composer, and goes nowhere by itself."""
        self.page.reload()
        draft = self.page.get_by_role("button", name="Pakai sebagai draf")
        if self._reply.input_value() != answer:  # offered by itself only to who asked
            draft.click()
        expect(self._reply).to_have_value(answer, timeout=SOON)

    def closes(self, topic: str) -> None:
        self.page.get_by_role("button", name="Tutup", exact=True).click()
        sheet = self.page.locator("dialog#close")
        sheet.locator("[name=topic]").select_option(topic)
        sheet.get_by_role("button", name="Tutup tiket").click()
        self.page.wait_for_url("**/console/queue?tab=mine")

    @property
    def _reply(self) -> Locator:
        return self.page.locator("textarea#reply")


class SectionMember(Member):
    """Explains to PLI, and sees nothing else."""

    def answers(self, who: str, text: str) -> None:
        self.goes_to("section")
        self.page.locator(".card").filter(has_text=self.office.number(who)).click()
        self.page.locator("textarea#reply").fill(text)
        self.page.get_by_role("button", name="Kirim ke PLI").click()
        self.page.wait_for_url("**/console/section")

    def sees_verdict(self, who: str, verdict: str) -> None:
        """What the list says about an answer given: in time or late."""
        card = self.page.locator(".card.over").filter(has_text=self.office.number(who))
        expect(card.locator(".verdict")).to_have_text(verdict, timeout=SOON)


class Editor(Member):
    """Keeps the articles true."""

    def sees_published(self, title: str, answer: str) -> None:
        self.goes_to("articles")
        self.page.get_by_role("link", name=title).click()
        shown = answer.replace("*", "")  # as WhatsApp shows it, bold
        expect(self.page.locator(".phone-side .bubble").first).to_contain_text(shown)


class Supervisor(Member):
    """Watches the promise."""

    def sees_on_the_board(self, **figures: str) -> None:
        """The board's tiles: `overdue`, `breached`, `waiting`."""
        names = {
            "waiting": "Menunggu petugas",
            "overdue": "Lewat tenggat",
            "breached": "Terlewat hari ini",
        }
        self.goes_to("board")
        for key, figure in figures.items():
            title = self.page.get_by_role("heading", name=names[key], exact=True)
            tile = self.page.locator(".tile").filter(has=title)
            expect(tile.locator(".figure")).to_have_text(figure, timeout=SOON)

    def sees_breaches(self, first_day: str, last_day: str, whose: list[str]) -> None:
        """The report of the days names these applicants' tickets, the latest first."""
        self.goes_to(f"reports/breaches?from={first_day}&to={last_day}")
        numbers = [self.office.number(who) for who in whose]
        expect(self.page.locator(".missed-head a")).to_have_text(numbers, timeout=SOON)
