"""Indonesian first, English complete."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from bot.console import labels, times
from bot.console.deadline import explained
from bot.console.language import catalogue, words_in
from bot.desk.calendar import default_rules, read_rules
from bot.desk.sla import promise, section_deadline

CONSOLE = Path(catalogue("en")).parents[3]
TEMPLATES = sorted(CONSOLE.glob("*/templates/*.html"))
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
OPTIONS = {"**/templates/**.html": {"silent": "false", "newstyle_gettext": "true"}}
KEYWORDS = {"gettext": None, "_": None, "N_": None}

# The same in both languages, or said in the language that it names.
NAMES = {"Maraga Care", "Bahasa Indonesia", "English", "PLI", "j", "k", "t", "r", "s", "c", "u"}
NAMES |= {"Enter", "Shift", "b", "i", "l", "n", "p", "CSV", "XLSX", "PDF"}


@cache
def written() -> set[str]:
    """Every string that the code marks for translation."""
    found = extract_from_dir(str(CONSOLE), METHODS, OPTIONS, keywords=KEYWORDS)
    return {message for _, _, message, _, _ in found}


@cache
def translated() -> dict[str, str]:
    with catalogue("en").open("rb") as file:
        entries = [entry for entry in read_po(file, locale="en") if entry.id]
    assert not [entry.id for entry in entries if entry.fuzzy]
    return {entry.id: entry.string for entry in entries}


def test_every_string_has_its_english():
    assert len(written()) > 200  # the extraction works
    assert written() - {said for said, english in translated().items() if english} == set()


def test_the_catalogue_holds_nothing_that_is_not_said():
    assert set(translated()) - written() == set()


def test_a_translation_has_the_same_places_to_fill():
    for indonesian, english in translated().items():
        places = [sorted(re.findall(r"{\w+}", text)) for text in (indonesian, english)]
        assert places[0] == places[1], indonesian


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_no_template_says_anything_untranslated(template):
    text = template.read_text()
    text = re.sub(r"{% block (?:body_class|watch) %}.*?{% endblock %}", "", text)
    text = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", " ", text, flags=re.S)
    shown = re.findall(r'\b(?:title|alt|placeholder|aria-label)="([^"]*)"', text)
    shown += re.sub(r"<!doctype html>|<[^>]*>", "\n", text, flags=re.S).splitlines()
    words = {re.sub(r"&\w+;|[^\w\s]|_", " ", piece).strip() for piece in shown}
    said = {word for word in words if re.search(r"[a-zA-Z]", word)}
    assert said - NAMES == set()


def test_the_language_is_switched_for_the_person_and_stays(as_):
    ani = as_("ani")
    assert "Tidak ada yang menunggu" in ani.get("/console/queue").text
    answer = ani.post("/console/language", {"language": "en", "back": "/console/queue?tab=mine"})
    assert answer.headers["location"] == "/console/queue?tab=mine"
    page = ani.get("/console/queue").text
    assert "Nobody is waiting" in page
    assert '<html lang="en"' in page
    assert "Nobody is waiting" in as_("ani").get("/console/queue").text
    assert "Tidak ada yang menunggu" in as_("eko").get("/console/queue").text


def test_a_language_that_is_not_spoken_is_refused(as_):
    assert as_("ani").post("/console/language", {"language": "xx"}).status_code == 404


def test_a_refusal_is_in_the_persons_language(as_, ticket):
    number = ticket()
    as_("ani").post(f"/console/tickets/{number}/take")
    ali = as_("ali")
    ali.post("/console/language", {"language": "en"})
    answer = ali.post(f"/console/tickets/{number}/take")
    assert "Ani Rahmawati took this ticket before you." in answer.text


def test_the_sign_in_page_is_there_in_english_too(anybody):
    assert "Sign in to the console" in anybody.get("/console/signin?lang=en").text


@pytest.mark.parametrize(
    ("seconds", "indonesian", "english"),
    [
        (180, "3 menit lagi", "in 3 min"),
        (45, "45 detik lagi", "in 45 sec"),
        (3600, "1 jam lagi", "in 1 h"),
        (3900, "1 jam 5 menit lagi", "in 1 h 5 min"),
        (-30, "baru saja", "just now"),
        (-180, "3 menit lalu", "3 min ago"),
        (-200_000, "2 hari lalu", "2 d ago"),
    ],
)
def test_distances_are_said_as_people_say_them(seconds, indonesian, english):
    now = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    moment = now + timedelta(seconds=seconds)
    assert times.distance(moment, now, words_in("id")) == indonesian
    assert times.distance(moment, now, words_in("en")) == english


def test_the_exact_time_is_the_offices_and_says_so():
    moment = datetime(2026, 11, 23, 17, 5, tzinfo=UTC)
    assert times.exact(moment, words_in("id")) == "Sel 24 Nov 2026, 01.05 WITA"
    assert times.exact(moment, words_in("en")) == "Tue 24 Nov 2026, 01:05 WITA"


def test_a_deadline_explains_itself_step_by_step():
    calendar = read_rules(default_rules("Asia/Makassar", (2026,)), 3)
    friday = datetime(2026, 11, 27, 8, 50, tzinfo=UTC)  # 16.50 WITA
    assert explained(list(promise(friday, calendar).steps), words_in("id")) == [
        "Jam dihitung sejak Jum 27 Nov 2026, 16.50 WITA (kalender kantor versi 3).",
        "Jam kerja hari itu: 07.30–17.00.",
        "Pukul 16.50 ada di antara 07.30 dan 17.00, di dalam jam kerja: dijawab paling lambat 10 "
        "menit.",
        "Tenggat: Jum 27 Nov 2026, 17.00 WITA.",
    ]
    assert explained(list(section_deadline(friday, 30, calendar).steps), words_in("en")) == [
        "The clock runs from Fri 27 Nov 2026, 16:50 WITA (office calendar version 3).",
        "The section has 30 minutes of working time.",
        "Friday, 27 November 2026: 16:50 to 17:00.",
        "Monday, 30 November 2026: 07:30 to 07:50.",
        "Due: Mon 30 Nov 2026, 07:50 WITA.",
    ]


def test_a_holiday_and_a_sunday_are_explained():
    calendar = read_rules(default_rules("Asia/Makassar", (2026,)), 1)
    christmas = promise(datetime(2026, 12, 25, 3, 0, tzinfo=UTC), calendar)
    sunday = promise(datetime(2026, 11, 29, 3, 0, tzinfo=UTC), calendar)
    assert explained(list(christmas.steps), words_in("id"))[1].startswith("Hari itu libur: ")
    assert explained(list(sunday.steps), words_in("id"))[1] == "Hari itu bukan hari kerja."


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("whatsapp:+6281140000012", "+62 811-••••-012"),
        ("whatsapp:+14155238886", "+141••••886"),
        ("whatsapp:ID.1234567", "ID.1••••567"),
        ("whatsapp:+62", "••••"),
    ],
)
def test_an_address_is_shown_without_its_middle(address, shown):
    assert labels.masked(address) == shown
