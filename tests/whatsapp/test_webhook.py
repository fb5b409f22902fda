"""The webhook's refusals: nothing but what Twilio signed is stored, and nothing by halves."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.exc import OperationalError

import bot.db
from bot.clock import now
from bot.db import transaction
from bot.models import Message, Person, WebhookForm
from bot.whatsapp import inbound
from bot.whatsapp.intake import keep_form, take_in_waiting
from bot.whatsapp.webhook import LARGEST_BODY
from tests.whatsapp.twilio_caller import INBOUND, STATUS, TwilioCaller, signature_of

MakeForm = Callable[..., dict[str, str]]
Stored = Callable[[], dict[str, int]]
ChangeSettings = Callable[..., None]


def test_a_signed_form_is_stored_and_answered_with_empty_twiml(
    gateway: TwilioCaller, form: MakeForm, stored: Stored
) -> None:
    answer = gateway.post(form("halo"))
    assert (answer.status, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    assert answer.text.endswith("<Response/>")
    assert stored() == {
        "webhook_form": 1,
        "person": 1,
        "address": 1,
        "conversation": 1,
        "message": 1,
    }


def test_an_unsigned_form_is_refused(gateway: TwilioCaller, form: MakeForm, stored: Stored) -> None:
    assert gateway.post_bytes(urlencode(form("halo")).encode()).status == 403
    assert stored() == {}


@pytest.mark.parametrize("path", [INBOUND, STATUS])
@pytest.mark.parametrize(
    "signature", ["", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "\x80", "0" * 10_000]
)
def test_a_forged_signature_is_refused(
    gateway: TwilioCaller, form: MakeForm, stored: Stored, path: str, signature: str
) -> None:
    assert gateway.post(form("halo"), path, signature=signature).status == 403
    assert stored() == {}


def test_a_signature_made_with_another_token_is_refused(
    gateway: TwilioCaller, form: MakeForm, stored: Stored
) -> None:
    sent = form("halo")
    forged = signature_of(sent, INBOUND, token="another")
    assert gateway.post(sent, signature=forged).status == 403
    assert stored() == {}


@pytest.mark.parametrize(
    "change",
    [
        {"Body": "halo "},
        {"Body": "Halo"},
        {"From": "whatsapp:+628114000002"},
        {"Extra": ""},
        {"MessageSid": "SM" + "f" * 32},
    ],
    ids=["space", "case", "sender", "parameter-added", "sid"],
)
def test_a_form_altered_after_signing_is_refused(
    gateway: TwilioCaller, form: MakeForm, stored: Stored, change: dict[str, str]
) -> None:
    signed = form("halo")
    signature = signature_of(signed, INBOUND)
    assert gateway.post(signed | change, signature=signature).status == 403
    assert stored() == {}


def test_a_blank_parameter_dropped_on_the_way_is_refused(
    gateway: TwilioCaller, form: MakeForm, stored: Stored
) -> None:
    signed = form("", NumMedia="1", MediaUrl0="https://x.example/1")
    signature = signature_of(signed, INBOUND)
    without = {name: value for name, value in signed.items() if value}
    assert without != signed
    assert gateway.post(without, signature=signature).status == 403
    assert stored() == {}
    assert gateway.post(signed, signature=signature).status == 200


def test_a_parameter_repeated_after_signing_is_refused(
    gateway: TwilioCaller, form: MakeForm, stored: Stored
) -> None:
    signed = form("halo")
    body = urlencode([*list(signed.items()), ("Body", "lain")]).encode()
    assert gateway.post_bytes(body, signature=signature_of(signed, INBOUND)).status == 403
    assert stored() == {}


@pytest.mark.parametrize(
    ("called", "accepted"),
    [
        ("https://maraga.example", True),
        ("http://maraga.example", False),
        ("https://inside.example", False),
        ("http://inside.example", False),
        ("https://maraga.example.evil.example", False),
    ],
)
def test_only_the_configured_public_address_counts_whatever_host_is_named(
    gateway: TwilioCaller,
    form: MakeForm,
    stored: Stored,
    change_settings: ChangeSettings,
    called: str,
    accepted: bool,
) -> None:
    change_settings(PUBLIC_URL="https://maraga.example/")
    sent = form("halo")
    signature = signature_of(sent, INBOUND, base=called)
    hosts = [called.split("//")[1], "inside.example", "maraga.example", "evil.example/x?y#"]
    answers = {gateway.post(sent, signature=signature, Host=host).status for host in hosts}
    assert answers == ({200} if accepted else {403})
    assert bool(stored()) is accepted


def test_a_query_that_was_not_signed_is_refused_and_one_that_was_is_not(
    gateway: TwilioCaller, form: MakeForm, stored: Stored
) -> None:
    sent = form("halo")
    plain = signature_of(sent, INBOUND)
    assert gateway.post(sent, f"{INBOUND}?a=1", signature=plain).status == 403
    assert stored() == {}
    assert gateway.post(sent, f"{INBOUND}?a=1").status == 200


def test_a_signature_for_one_address_does_not_open_the_other(
    gateway: TwilioCaller, form: MakeForm, stored: Stored
) -> None:
    sent = form("halo")
    assert gateway.post(sent, signature=signature_of(sent, STATUS)).status == 403
    assert stored() == {}


@pytest.mark.parametrize(
    "body",
    [b"\xff\xfe", b"Body=%ff", b"{}", b"a=1&" * 501, b"", b"Body=\xc3\xa9"],
    ids=["no-ascii", "no-utf-8", "json", "many-fields", "empty", "not-encoded"],
)
def test_what_is_no_form_is_refused(gateway: TwilioCaller, stored: Stored, body: bytes) -> None:
    assert gateway.post_bytes(body, signature="x").status == 403
    assert stored() == {}


@pytest.mark.parametrize("path", [INBOUND, STATUS])
def test_an_oversized_form_is_refused_though_it_is_signed(
    gateway: TwilioCaller, form: MakeForm, stored: Stored, path: str
) -> None:
    assert gateway.post(form("x" * LARGEST_BODY), path).status == 413
    assert stored() == {}


@pytest.mark.parametrize("missing", ["MessageSid", "From"])
def test_a_signed_form_without_what_a_message_needs_is_answered_400(
    gateway: TwilioCaller, form: MakeForm, stored: Stored, missing: str
) -> None:
    sent = form("halo")
    del sent[missing]
    answer = gateway.post(sent)
    assert (answer.status, answer.text) == (400, f"{missing} is missing")
    assert stored() == {}


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_nothing_but_post_is_answered(gateway: TwilioCaller, method: str) -> None:
    assert gateway._client.request(method, INBOUND).status_code == 405


@pytest.mark.parametrize("named", ["²", "9" * 40, "9" * 5000, "-1", "1;2", "", "١"])
@pytest.mark.parametrize("signed", [True, False])
def test_a_strange_message_number_in_a_callback_breaks_nothing(
    gateway: TwilioCaller, named: str, signed: bool
) -> None:
    path = f"{STATUS}?{urlencode({'m': named})}"
    form = {"MessageSid": "SM1", "MessageStatus": "sent", "ErrorCode": "²"}
    answer = gateway.post(form, path, signature=None if signed else "x")
    assert answer.status == (200 if signed else 403)


def test_nul_in_the_name_of_a_field_is_stored_as_another_sign(
    gateway: TwilioCaller, form: MakeForm
) -> None:
    assert gateway.post(form("halo", **{"A\0B": "x"})).status == 200


# --- the database is down ---


@pytest.fixture
def database_down(monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = create_engine(
        "postgresql+psycopg://maraga@127.0.0.1:1/maraga", connect_args={"connect_timeout": 1}
    )
    monkeypatch.setattr(bot.db, "engine", lambda: nowhere)


@pytest.mark.parametrize("path", [INBOUND, STATUS])
def test_with_the_database_down_twilio_is_asked_to_try_again_and_the_log_says_so(
    gateway: TwilioCaller,
    form: MakeForm,
    database_down: None,
    caplog: pytest.LogCaptureFixture,
    path: str,
) -> None:
    answer = gateway.post(form("nomor resi saya RAHASIA123", MessageStatus="sent"), path)
    assert answer.status == 503
    assert int(answer.headers["retry-after"]) > 0
    [line] = [r for r in caplog.records if r.levelno >= logging.ERROR]
    assert "database" in line.getMessage()
    assert line.exc_info is None
    assert "RAHASIA123" not in caplog.text
    assert "628114000001" not in caplog.text


def test_with_the_database_down_an_unsigned_form_is_still_refused(
    gateway: TwilioCaller, form: MakeForm, database_down: None
) -> None:
    assert gateway.post(form("halo"), signature="x").status == 403


# --- all or nothing ---


def fail(*_: object, **__: object) -> None:
    raise OperationalError("the connection broke", None, Exception())


@pytest.mark.parametrize(
    "step",
    [
        "intake.read_form",
        "senders._known_addresses",
        "senders.Senders._conversation_of",
        "inbound._refusal",
        "inbound.ready_at",
        "inbound.notify",
        "intake._mark_taken",
    ],
)
def test_a_failure_between_message_and_job_leaves_neither_and_the_next_look_makes_both(
    gateway: TwilioCaller,
    form: MakeForm,
    stored: Stored,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    keep_form(form("berapa batas bebas?"), now())
    with monkeypatch.context() as broken:
        broken.setattr(f"bot.whatsapp.{step}", fail)
        with pytest.raises(OperationalError):
            take_in_waiting()
    assert stored() == {"webhook_form": 1}
    assert take_in_waiting()
    assert stored()["message"] == stored()["webhook_form"] == 1


def test_message_and_job_become_visible_together(
    gateway: TwilioCaller, form: MakeForm, stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    notify = inbound.notify

    def look_from_outside(*arguments: object, **facts: object) -> None:
        seen.append(stored())
        notify(*arguments, **facts)  # type: ignore[arg-type]

    monkeypatch.setattr(inbound, "notify", look_from_outside)
    gateway.post(form("berapa batas bebas?"))
    assert seen and all(rows == {"webhook_form": 1} for rows in seen)
    with transaction() as session:
        assert session.scalars(select(WebhookForm.taken_at)).one() is not None
        assert session.scalars(select(Message)).one()
        assert session.scalars(select(inbound.Conversation)).one().wake_at is not None


# --- what the log may know ---


def test_neither_words_nor_numbers_nor_names_reach_the_log(
    gateway: TwilioCaller, form: MakeForm, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = form("KATA-RAHASIA\n2026 CRITICAL forged line", ProfileName="NAMA-RAHASIA")
    gateway.post(secret)
    gateway.post(secret)
    gateway.post(secret, signature="forged")
    gateway.post({k: v for k, v in secret.items() if k != "MessageSid"})
    gateway.post(secret | {"MessageStatus": "delivered"}, STATUS)
    gateway.post(form("x" * LARGEST_BODY))
    assert "refused" in caplog.text
    for private in ("RAHASIA", "628114000001", "forged line"):
        assert not re.search(private, caplog.text)


def test_a_database_error_does_not_carry_what_was_written(database: None) -> None:
    with pytest.raises(Exception, match="person") as failure, transaction() as session:
        session.add(Person(id=1, name="NAMA-RAHASIA"))
        session.add(Person(id=1, name="NAMA-RAHASIA"))
        session.flush()
    assert "RAHASIA" not in str(failure.value)
