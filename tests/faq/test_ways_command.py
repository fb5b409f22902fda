"""`python -m bot faq ways`: an overview, and articles in detail with the ways that are alike."""

from __future__ import annotations

import pytest

from bot.faq_commands import main
from bot.launcher.places import LaunchError
from tests.knowledge_base.toy import WAYS, article

ALIKE = ("daftar imei di bandara", "berapa lama daftar imei hp", "daftar imei di bandara ya")


@pytest.fixture(autouse=True)
def toy_articles(monkeypatch: pytest.MonkeyPatch) -> None:
    articles = [*(article(name) for name in WAYS), article("imei_bandara", ways=ALIKE)]
    monkeypatch.setattr("knowledge_base.articles.read_articles", lambda: articles)


def test_the_overview_is_a_line_an_article_and_the_most_alike_come_first(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["ways"])
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert {line[0] for line in lines} == {*WAYS, "imei_bandara"}
    first = lines[0]
    assert first[:5] == ["imei_bandara", "3", "ways", "1", "near-duplicates"]
    assert 0 < float(first[5]) < 1
    assert first[6] == "imei_daftar"


def test_an_article_is_told_in_detail_with_the_pairs_quoted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["ways", "imei_bandara"])
    told = capsys.readouterr().out
    assert told.startswith("imei_bandara: 3 ways of asking\n")
    closest, near = told.split("  near-duplicates\n")
    names = [line.split()[1] for line in closest.splitlines() if line[4:5].isdigit()]
    assert names[0] == "imei_daftar"
    assert len(names) == 3
    assert "          daftar imei di bandara bagaimana\n" in closest
    assert [line[10:] for line in near.splitlines()] == [ALIKE[0], ALIKE[2]]


def test_all_articles_can_be_told_in_detail(capsys: pytest.CaptureFixture[str]) -> None:
    main(["ways", "--all"])
    told = capsys.readouterr().out
    assert all(f"{name}: " in told for name in (*WAYS, "imei_bandara"))
    assert "  no near-duplicates\n" in told


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["imei_biaya", "tidak_ada"], "There is no article tidak_ada."),
        (["imei_biaya", "--all"], "Give either articles or --all."),
    ],
)
def test_what_can_not_be_told_is_said(words: list[str], said: str) -> None:
    with pytest.raises(LaunchError, match=said):
        main(["ways", *words])
