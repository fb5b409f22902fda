"""The log of changes: complete, searchable, a page at a time."""

from __future__ import annotations

import ast
import re
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from sqlalchemy import select

from bot import audit
from bot.console.audit.entries import PAGE, Wanted, entries, read_cursor
from bot.console.audit.words import FACTS, KINDS
from bot.console.labels import EVENTS
from bot.db import transaction
from bot.desk.log import record
from bot.models import Conversation, PersonEvent, Staff
from bot.settings import ROOT

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def lines(page: str) -> list[str]:
    found = re.search(r'<ol class="log">(.*?)</ol>', page, re.S)
    items = re.findall(r"<li>(.*?)</li>", found[1], re.S) if found else []
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", item)).strip() for item in items]


def test_what_was_done_to_accounts_and_tickets_is_in_one_list(as_, ticket):
    number = ticket()
    as_("ani").post(f"/console/tickets/{number}/take")
    admin = as_("admin")
    with transaction() as session:
        ali = session.scalars(select(Staff.id).where(Staff.username == "ali")).one()
    admin.post(f"/console/accounts/{ali}", {"name": "Ali Akbar", "role": "supervisor"})
    latest, earlier = lines(as_("eko").get("/console/audit").text)
    assert "Administrator mengubah akun: ali" in latest
    assert "Peran: Petugas PLI → Kepala Seksi PLI" in latest
    assert re.search(r"Ani Rahmawati mengambil alih tiket: MC-\d+-000001", earlier)


def test_what_was_done_to_an_applicant_is_there_and_led_to(as_, writes):
    kept, other = writes(name="Fajar"), writes(name="Fajar dari kantor")
    ani, at = as_("ani"), f"/console/conversations/{kept}"
    ani.post(f"{at}/name", {"name": "Fajar Nugraha"})
    ani.post(f"{at}/block", {"reason": "mengirim iklan"})
    ani.post(f"{at}/unblock")
    with transaction() as session:
        number = session.get_one(Conversation, other).address.value.removeprefix("whatsapp:")
    ani.post(f"{at}/merge", {"number": number})
    ani.post(f"{at}/part", {"other": str(other)})
    eko = as_("eko")
    page = eko.get("/console/audit").text
    parted, merged, unblocked, blocked, renamed = lines(page)
    assert "Ani Rahmawati memisahkan nomor pemohon: Fajar Nugraha" in parted
    assert "menggabungkan nomor pemohon" in merged
    assert "membuka blokir pemohon" in unblocked
    assert "memblokir pemohon" in blocked
    assert "Alasan: mengirim iklan" in blocked
    assert "Nama: Fajar → Fajar Nugraha" in renamed
    assert f'href="{at}"' in page
    assert len(lines(eko.get("/console/audit?q=iklan").text)) == 2
    assert len(lines(eko.get("/console/audit?what=merged").text)) == 1


@pytest.fixture
def three(database):
    with transaction() as session:
        people = {m.username: m.id for m in session.scalars(select(Staff))}
        for minutes, who, kind, subject, facts in (
            (0, "admin", "account_added", "gita", {"role": "pli"}),
            (1, "eko", "calendar_changed", "2", {"note": "SE-5 tentang Ramadan"}),
            (60 * 24, None, "section_changed", "P2", {"clock_minutes": [30, 45]}),
        ):
            at = NOON + timedelta(minutes=minutes)
            audit.record(session, kind, subject, at, people.get(who), **facts)


@pytest.mark.parametrize(
    ("query", "subjects"),
    [
        ("", ["P2", "2", "gita"]),
        ("q=ramadan", ["2"]),
        ("q=GIT", ["gita"]),
        ("q=100%25", []),
        ("q=MC-2026-000001", []),
        ("what=section_changed", ["P2"]),
        ("what=nonsense", ["P2", "2", "gita"]),
        ("since=2026-11-24", ["P2"]),
        ("until=2026-11-23", ["2", "gita"]),
        ("since=2026-11-23&until=2026-11-24", ["P2", "2", "gita"]),
        ("since=x&until=&who=999999999999999999999&after=~~", ["P2", "2", "gita"]),
        ("who=6", ["2"]),
    ],
)
def test_the_log_is_searched(as_, three, query, subjects):
    page = as_("admin").get(f"/console/audit?{query}")
    assert page.status_code == 200
    found = [re.search(r": (\S+)", line.split("WITA", 1)[1])[1] for line in lines(page.text)]
    assert found == subjects


def test_a_tickets_number_finds_what_staff_did_to_it(as_, ticket):
    first, second = ticket(name="Fajar"), ticket(name="Gunawan")
    ani = as_("ani")
    for number in (first, second):
        ani.post(f"/console/tickets/{number}/take")
    year = datetime.now(UTC).astimezone().year
    [line] = lines(as_("eko").get(f"/console/audit?q=mc-{year}-2").text)
    assert f"MC-{year}-000002" in line


def test_pages_follow_each_other_without_gap_or_repetition(database, ticket, staff):
    number = ticket()
    ani, admin = staff("ani").id, staff("admin").id
    with transaction() as session:
        for n in range(PAGE + 20):
            at = NOON + timedelta(seconds=n // 3)  # several at the same moment
            record(session, number, "replied", at, ani)
            audit.record(session, "section_changed", str(n), at, admin)
            session.add(PersonEvent(person_id=1, at=at, staff_id=ani, kind="unblocked"))
    seen, cursor = [], None
    with transaction() as session:
        while True:
            found = entries(session, Wanted(), cursor)
            seen += found[:PAGE]
            if len(found) <= PAGE:
                break
            cursor = read_cursor(found[PAGE - 1].cursor)
    keys = [(entry.log, entry.id) for entry in seen]
    assert len(keys) == len(set(keys)) == 3 * (PAGE + 20)
    assert [e.at for e in seen] == sorted((e.at for e in seen), reverse=True)


def test_the_next_page_is_linked_and_keeps_the_search(as_, staff):
    with transaction() as session:
        for n in range(PAGE + 1):
            audit.record(session, "section_changed", f"S{n}", NOON, staff("admin").id)
    admin = as_("admin")
    page = admin.get("/console/audit?what=section_changed").text
    [following] = re.findall(r'href="([^"]*after=[^"]*)"', page)
    assert "what=section_changed" in following
    [line] = lines(admin.get(following.replace("&amp;", "&")).text)
    assert "S0" in line


@pytest.mark.parametrize("username", ["ani", "budi", "dewi"])
def test_nobody_else_reads_the_log(as_, username):
    assert as_(username).get("/console/audit").status_code == 404


def test_markup_in_a_subject_or_a_fact_is_text(as_, staff):
    with transaction() as session:
        audit.record(session, "section_changed", "<b>x</b>", NOON, None, note="<script>")
    page = as_("admin").get("/console/audit").text
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "<b>x" not in page


@cache
def recorded() -> dict[str, set[str]]:
    """Every kind that the code records by its name, with the names of its facts."""
    found: dict[str, set[str]] = {}
    for path in (ROOT / "bot").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            texts = [a.value for a in node.args if isinstance(a, ast.Constant)]
            if name in ("record", "_record") and texts and isinstance(texts[0], str):
                facts = found.setdefault(texts[0], set())
                facts |= {keyword.arg for keyword in node.keywords if keyword.arg}
    return found


# Happens to a ticket by itself or by the applicant, so never under a name of the staff's.
BY_NOBODY = {
    "answer_waits",
    "applicant_wrote",
    "clock_breached",
    "clock_started",
    "clock_stopped",
    "clock_warned",
    "marked_urgent",
    "rated",
}


def test_whatever_is_recorded_has_its_words():
    kinds = recorded()
    assert len(kinds) > 12  # the search works
    assert set(kinds) - BY_NOBODY - set(KINDS) == set()


def test_whatever_a_transcript_tells_of_staff_has_its_words_in_the_log():
    assert set(EVENTS) - BY_NOBODY - {"answer_waits"} - set(KINDS) == set()


def test_every_fact_of_the_offices_log_has_its_words():
    office = {k: f for k, f in recorded().items() if k.endswith(("_changed", "_added", "_reset"))}
    assert set().union(*office.values()) - set(FACTS) == set()
