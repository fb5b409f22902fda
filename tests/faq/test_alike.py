"""What is nearly the same elsewhere, told while an editor types."""

from __future__ import annotations

from collections.abc import Callable

from bot.db import transaction
from bot.faq import remembered
from bot.faq.alike import Alike, Near
from bot.faq.search import Knowledge
from bot.models import Staff
from tests.conftest import MONDAY_MORNING as NOW
from tests.knowledge_base.toy import NONE_MESSAGES, WAYS

Look = Callable[[str], Staff]
LACAK = WAYS["kiriman_lacak"][2]


def near(alike: Alike, *texts: str, article: str = "imei_biaya") -> list[Near]:
    with transaction() as session:
        return alike.near(session, texts, article)


def test_a_way_of_another_article_is_told_with_how_alike_it_is(knowledge: Knowledge) -> None:
    own = WAYS["imei_biaya"][0]
    [found] = near(Alike(knowledge), f"{LACAK} ya", own, "harga kopi toraja di pasar")
    assert (found["text"], found["near"]) == (f"{LACAK} ya", LACAK)
    assert (found["kind"], found["article"]) == ("way", "kiriman_lacak")
    assert 0.5 <= found["likeness"] <= 1


def test_the_articles_own_ways_are_no_matter(knowledge: Knowledge) -> None:
    assert near(Alike(knowledge), LACAK, article="kiriman_lacak") == []


def test_a_message_that_no_article_answers_counts_too(knowledge: Knowledge) -> None:
    [found] = near(Alike(knowledge), NONE_MESSAGES[0])
    assert (found["near"], found["article"]) == (NONE_MESSAGES[0], None)


def test_a_remembered_question_of_another_article_is_told_as_soon_as_it_is_remembered(
    knowledge: Knowledge, staff: Look
) -> None:
    alike = Alike(knowledge)
    asked = "ongkos kirim balik ke penjual siapa yang tanggung"
    assert near(alike, asked) == []
    with transaction() as session:
        remembered.add(session, asked, "kiriman_batas", staff("dewi"), NOW)
    [found] = near(alike, f"{asked} ya")
    assert (found["kind"], found["near"]) == ("question", asked)
    assert found["article"] == "kiriman_batas"
    assert near(alike, asked, article="kiriman_batas") == []
