"""When a remembered question is right, and what is told of a change."""

from __future__ import annotations

import pytest

from bot.faq.comparing import Asked, Reached, comparison, is_right

GIVEN = Reached("answer", ("a",), 0.95)
OTHER = Reached("answer", ("b",), 0.95)
OFFERED = Reached("choices", ("b", "a", "c"), 0.5)
PERSON = Reached("person", (), 0.9)


@pytest.mark.parametrize(
    ("reached", "wanted", "right"),
    [
        (GIVEN, "a", True),
        (OTHER, "a", False),
        (OFFERED, "a", True),
        (OFFERED, "d", False),
        (PERSON, "a", False),
        (PERSON, None, True),
        (OFFERED, None, True),
        (GIVEN, None, False),
    ],
)
def test_right_is_what_is_given_or_offered_and_for_a_person_that_nothing_is_given(
    reached: Reached, wanted: str | None, right: bool
) -> None:
    assert is_right(reached, wanted) is right


def test_a_change_is_told_by_what_it_does_to_each_question() -> None:
    told = comparison(
        [
            Asked(1, "stolen", "a", "a", GIVEN, OTHER),
            Asked(2, "lost", "a", "a", GIVEN, PERSON),
            Asked(3, "found", "a", "a", PERSON, OFFERED),
            Asked(4, "less sure", "a", "a", GIVEN, OFFERED),
            Asked(5, "answered now", None, None, PERSON, GIVEN),
            Asked(6, "as before", "a", "a", GIVEN, GIVEN),
            Asked(7, "wrong otherwise", "d", "d", GIVEN, OTHER),
        ]
    )

    def ids(name: str) -> list[int]:
        return [one["id"] for one in told[name]]

    assert ids("newly_wrong") == [1, 2, 5]
    assert ids("newly_right") == [3]
    assert ids("changed") == [4, 7]
    assert [one["stolen_by"] for one in told["newly_wrong"]] == ["b", None, "a"]
    figures = told["figures"]
    counts = {name: (f["before"]["count"], f["after"]["count"]) for name, f in figures.items()}
    assert counts == {"answered": (4, 1), "reached": (4, 3), "false": (1, 3)}
    assert (figures["answered"]["after"]["of"], figures["false"]["after"]["of"]) == (6, 7)


def test_a_topic_that_another_article_covers_from_now_on_is_right_there() -> None:
    told = comparison([Asked(1, "moved", "a", "b", GIVEN, OTHER)])
    assert told["newly_wrong"] == []
    assert [one["id"] for one in told["changed"]] == [1]
