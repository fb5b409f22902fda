"""Who gets in, for how long, and what is told to who doesn't."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import select, update

from bot import clock
from bot.db import transaction
from bot.demo.accounts import DEMO_PASSWORD
from bot.models import SignIn, Staff
from bot.settings import settings
from bot.staff import hash_password


def test_ani_signs_in_and_is_in_the_queue(anybody):
    answer = anybody.sign_in("ani")
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/")
    assert anybody.get("/console/").headers["location"] == "/console/queue"
    assert "Ani Rahmawati" in anybody.get("/console/queue").text


def test_a_username_is_taken_however_it_is_written(anybody):
    assert anybody.sign_in(" Ani ").status_code == 303


def test_a_wrong_password_is_refused_without_saying_what_was_wrong(anybody):
    wrong = anybody.sign_in("ani", "not this")
    unknown = anybody.sign_in("nobody", "not this")
    assert wrong.status_code == unknown.status_code == 403
    sentence = "Nama pengguna atau kata sandi tidak cocok."
    assert sentence in wrong.text
    assert sentence in unknown.text
    assert "maraga_console=" not in wrong.headers.get("set-cookie", "")


def test_an_account_is_locked_after_five_failures_and_says_so(anybody, later):
    for _ in range(5):
        anybody.sign_in("ani", "not this")
    locked = anybody.sign_in("ani")
    assert locked.status_code == 403
    assert re.search(r"Akun ini dikunci; coba lagi dalam \d+ detik", locked.text)
    later(timedelta(seconds=61))
    assert anybody.sign_in("ani").status_code == 303


def test_a_lock_is_of_one_account(anybody):
    for _ in range(5):
        anybody.sign_in("ani", "not this")
    assert anybody.sign_in("eko").status_code == 303


def test_a_success_forgets_the_failures_before_it(anybody):
    for _ in range(4):
        anybody.sign_in("ani", "not this")
    anybody.sign_in("ani")
    anybody.post("/console/signout")
    for _ in range(4):
        anybody.sign_in("ani", "not this")
    assert anybody.sign_in("ani").status_code == 303


def test_an_account_that_is_not_active_is_refused_and_its_session_ends(as_, anybody):
    ani = as_("ani")
    with transaction() as session:
        session.execute(update(Staff).where(Staff.username == "ani").values(active=False))
    assert anybody.sign_in("ani").status_code == 403
    assert ani.get("/console/queue").status_code == 303


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(anybody):
    cookies = anybody.sign_in("ani").headers.get_list("set-cookie")
    cookie = next(c for c in cookies if c.startswith("maraga_console="))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/console" in cookie
    assert f"Max-Age={settings().session_hours * 3600}" in cookie
    assert "Secure" not in cookie


def test_the_cookie_is_for_tls_alone_where_the_service_is(anybody, monkeypatch):
    monkeypatch.setenv("PUBLIC_URL", "https://maraga.example")
    settings.cache_clear()
    try:
        page = anybody.get("/console/signin")
        assert "Secure" in page.headers["set-cookie"]
    finally:
        monkeypatch.delenv("PUBLIC_URL")
        settings.cache_clear()


def test_only_a_hash_of_the_token_is_stored(anybody):
    anybody.sign_in("ani")
    token = anybody.client.cookies["maraga_console"]
    with transaction() as session:
        stored = session.scalars(select(SignIn)).one()
        assert token not in (stored.token_hash, stored.csrf_token)
        assert len(stored.token_hash) == 64


def test_a_session_ends_when_its_time_is_over(as_, later):
    ani = as_("ani")
    later(timedelta(hours=settings().session_hours, seconds=1))
    assert ani.get("/console/queue").status_code == 303


def test_signing_out_ends_the_session_on_the_server(as_):
    ani = as_("ani")
    token = ani.client.cookies["maraga_console"]
    ani.post("/console/signout")
    ani.client.cookies.set("maraga_console", token, path="/console")
    assert ani.get("/console/queue").status_code == 303


def test_signing_in_over_a_session_ends_it(anybody):
    anybody.sign_in("ani")
    # A form that was left open in another tab, refused and shown again.
    again = anybody.client.post("/console/signin", data={"key": "out of date"})
    key = re.search(r'name="key" value="([^"]+)"', again.text)[1]
    form = {"key": key, "username": "eko", "password": DEMO_PASSWORD}
    assert anybody.client.post("/console/signin", data=form).status_code == 303
    with transaction() as session:
        assert [one.staff.username for one in session.scalars(select(SignIn))] == ["eko"]


def test_a_form_of_another_site_signs_nobody_in(anybody):
    form = {"username": "ani", "password": DEMO_PASSWORD, "key": "guessed"}
    assert anybody.client.post("/console/signin", data=form).status_code == 403
    anybody.get("/console/signin")
    assert anybody.client.post("/console/signin", data=form).status_code == 403
    assert "maraga_console" not in anybody.client.cookies


def test_who_is_unknown_is_brought_back_after_signing_in(anybody):
    answer = anybody.get("/console/tickets/7?pages=2")
    assert answer.headers["location"] == "/console/signin?next=%2Fconsole%2Ftickets%2F7%3Fpages%3D2"
    signed_in = anybody.sign_in("ani", next="/console/tickets/7?pages=2")
    assert signed_in.headers["location"] == "/console/tickets/7?pages=2"


def test_next_never_leads_out_of_the_console(anybody):
    for trap in (
        "https://evil.example/console/",
        "//evil.example/console/",
        "/console@evil.example",
        "/consoleevil",
        "/console/\\evil.example",
        "/console/\r\nSet-Cookie: a=b",
        "/simulator",
    ):
        assert anybody.sign_in("ani", next=trap).headers["location"] == "/console/", trap
        anybody.post("/console/signout")


def test_a_password_hash_is_argon2_and_never_the_same(database):
    first, second = hash_password("x"), hash_password("x")
    assert first.startswith("$argon2id$")
    assert first != second


def test_five_guesses_at_once_are_five_failures(anybody, database):
    from concurrent.futures import ThreadPoolExecutor

    from bot.staff import SignInRefused, sign_in

    def guess(_: int) -> None:
        with transaction() as session:
            try:
                sign_in(session, "ani", "not this", clock.now())
            except SignInRefused:
                return

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(guess, range(5)))
    with transaction() as session:
        ani = session.scalars(select(Staff).where(Staff.username == "ani")).one()
        assert ani.locked_until is not None


def test_a_form_as_large_as_a_book_is_refused(anybody):
    answer = anybody.client.post("/console/signin", data={"username": "x" * 300_000})
    assert answer.status_code == 413
