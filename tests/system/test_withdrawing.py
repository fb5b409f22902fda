"""An answer that is taken back is given no more, from the next question on, and again later."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.system import editors
from tests.system.service import Chat, Service

pytestmark = [pytest.mark.rasa, pytest.mark.browser, pytest.mark.timeout(700)]

ARTICLE, TITLE = "kantor_jam_layanan", "Jam layanan kantor dan hari libur"
QUESTION = "hari sabtu kantor buka ji?"
REASON = "Jam layanan berubah mulai besok."


@pytest.fixture
def published_again(twice: Service) -> Iterator[None]:
    """Other tests find the article published, whatever becomes of this one."""
    yield
    twice.change(
        "UPDATE article_revision SET status = 'published' "
        "WHERE article_id = :id AND status = 'suspended'",
        id=ARTICLE,
    )


def test_a_withdrawn_answer_is_given_no_more_until_it_is_published_again(
    twice: Service,
    trial_chat: Callable[[], Chat],
    sign_in: Callable[..., Page],
    published_again: None,
) -> None:
    def given_now() -> list[str]:
        chat = trial_chat()
        chat.ask(QUESTION)
        chat.settle()
        return editors.given(twice, chat.person)

    assert given_now() == [ARTICLE]
    dewi = sign_in("dewi")
    try_question(dewi)
    expect(dewi.locator(".outcome")).to_have_text("Bot menjawab")
    expect(dewi.locator(".ranking li").first).to_contain_text(TITLE)

    editors.to(dewi, f"/articles/{ARTICLE}")
    dewi.get_by_role("button", name="Tarik jawaban").click()
    dewi.locator("#withdraw").get_by_label("Alasan").fill(REASON)
    dewi.get_by_role("button", name="Tarik sekarang").click()
    expect(dewi.get_by_text(REASON)).to_be_visible()
    assert given_now() == []
    try_question(dewi)
    expect(dewi.locator(".outcome")).to_be_visible(timeout=editors.DONE_WITHIN)
    expect(dewi.locator(".tried")).not_to_contain_text(TITLE)

    editors.to(dewi, f"/articles/{ARTICLE}")
    dewi.get_by_role("button", name="Terbitkan kembali").click()
    expect(dewi.get_by_text(REASON)).to_have_count(0)
    assert given_now() == [ARTICLE]


def try_question(page: Page) -> None:
    """Try it as an editor does."""
    editors.to(page, "/try")
    page.get_by_label("Pertanyaan", exact=True).fill(QUESTION)
    page.get_by_role("button", name="Coba", exact=True).click()
