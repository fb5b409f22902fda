"""The stand-in for Twilio's Messages API, asked by Twilio's own client."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.simulator.conftest import FAJAR, FROM, Service, eventually, twilio_client

pytestmark = pytest.mark.slow  # they wait for callbacks


def test_an_accepted_message_can_be_fetched(client: Client) -> None:
    sent = client.messages.create(to=FAJAR, from_=FROM, body="halo")
    fetched = client.messages(sent.sid).fetch()
    assert (fetched.body, fetched.to, fetched.from_) == ("halo", FAJAR, FROM)
    assert fetched.direction == "outbound-api"
    assert fetched.price is None
    assert abs(fetched.date_created - datetime.now(UTC)) < timedelta(seconds=10)


def test_the_list_is_filtered_by_recipient(client: Client) -> None:
    client.messages.create(to="whatsapp:+628114000002", from_=FROM, body="untuk orang lain")
    mine = client.messages.create(to=FAJAR, from_=FROM, body="untuk Fajar")
    assert [m.sid for m in client.messages.list(to=FAJAR)] == [mine.sid]
    assert client.messages.list(from_="whatsapp:+628114000009") == []


def test_the_list_is_filtered_by_date(client: Client) -> None:
    sent = client.messages.create(to=FAJAR, from_=FROM, body="halo")
    now = datetime.now(UTC)
    hour = timedelta(hours=1)

    def listed(**when: object) -> list[str]:
        return [m.sid for m in client.messages.list(to=FAJAR, **when)]

    assert listed(date_sent_after=now - hour) == [sent.sid]
    assert listed(date_sent_after=now + hour) == []
    assert listed(date_sent_before=now + hour) == [sent.sid]
    assert listed(date_sent_before=now - hour) == []


def test_a_message_that_was_accepted_a_moment_ago_is_listed(
    client: Client, network: Callable[..., None]
) -> None:
    """Whoever looks for a send that may have happened must find it before it has a sent date."""
    network(delay_ms=700)
    before = datetime.now(UTC)
    sent = client.messages.create(to=FAJAR, from_=FROM, body="halo")
    found = client.messages.list(to=FAJAR, date_sent_after=before - timedelta(seconds=1))
    assert [(m.sid, m.date_sent) for m in found] == [(sent.sid, None)]


def test_pages_follow_each_other_newest_first(client: Client) -> None:
    sids = [client.messages.create(to=FAJAR, from_=FROM, body=f"{n}").sid for n in range(7)]
    assert [m.sid for m in client.messages.list(to=FAJAR, page_size=3)] == sids[::-1]
    first = client.messages.page(to=FAJAR, page_size=3)
    second = first.next_page()
    assert [m.sid for m in second.previous_page()] == [m.sid for m in first]


def test_a_wrong_token_is_refused(standin: str) -> None:
    stranger = twilio_client(standin, token="guessed")
    with pytest.raises(TwilioRestException) as refusal:
        stranger.messages.create(to=FAJAR, from_=FROM, body="halo")
    stranger.http_client.session.close()
    assert (refusal.value.status, refusal.value.code) == (401, 20003)


def test_no_credentials_are_refused(standin: str) -> None:
    from bot.settings import settings

    account = f"{standin}/2010-04-01/Accounts/{settings().account_sid}"
    for path in ("Messages.json", "Messages/SM" + "0" * 32 + ".json"):
        answer = requests.get(f"{account}/{path}", timeout=5)
        assert answer.status_code == 401
        assert answer.json()["code"] == 20003


def test_an_unknown_message_is_not_found(client: Client) -> None:
    with pytest.raises(TwilioRestException) as refusal:
        client.messages("SM" + "0" * 32).fetch()
    assert (refusal.value.status, refusal.value.code) == (404, 20404)


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        pytest.param({"to": "", "body": "x"}, 21604, id="no recipient"),
        pytest.param({"to": "whatsapp:0811", "body": "x"}, 21211, id="not a number"),
        pytest.param({"to": FAJAR, "from_": "", "body": "x"}, 21603, id="no sender"),
        pytest.param({"to": FAJAR, "from_": "kantor", "body": "x"}, 21212, id="odd sender"),
        pytest.param({"to": FAJAR, "from_": FAJAR, "body": "x"}, 63007, id="not our sender"),
        pytest.param({"to": FAJAR[9:], "body": "x"}, 21910, id="two channels"),
        pytest.param({"to": FAJAR}, 21619, id="nothing to say"),
        pytest.param({"to": FAJAR, "body": "  "}, 21619, id="only blanks"),
        pytest.param({"to": FAJAR, "body": "x" * 1601}, 21617, id="too long"),
        pytest.param({"to": FAJAR, "content_sid": "HX1"}, 21655, id="no template's name"),
        pytest.param(
            {"to": FAJAR, "content_sid": "HX" + "0" * 32, "content_variables": "{1"},
            21656,
            id="variables that are not JSON",
        ),
        pytest.param(
            {"to": FAJAR, "body": "x", "status_callback": "kantor"}, 21609, id="odd callback"
        ),
    ],
)
def test_a_bad_request_is_refused_with_twilios_code(
    client: Client, parameters: dict[str, str], code: int
) -> None:
    with pytest.raises(TwilioRestException) as refusal:
        client.messages.create(**{"from_": FROM, **parameters})
    assert (refusal.value.status, refusal.value.code) == (400, code)
    assert client.messages.list() == []


def test_the_longest_body_is_accepted(client: Client) -> None:
    assert client.messages.create(to=FAJAR, from_=FROM, body="x" * 1600).body == "x" * 1600


def test_a_content_message_is_listed_with_its_text(client: Client) -> None:
    variables = {"1": "Pilih satu", "2": "Kiriman", "3": "article:kiriman"}
    sent = client.messages.create(
        to=FAJAR,
        from_=FROM,
        content_sid="HX" + "0" * 32,
        content_variables=json.dumps(variables),
    )
    assert client.messages(sent.sid).fetch().body == "Pilih satu"


# --- a bad network ---


def test_too_many_requests_sends_nothing(client: Client, network: Callable[..., None]) -> None:
    network(fail_rate=1, fail_kind="429")
    with pytest.raises(TwilioRestException) as refusal:
        client.messages.create(to=FAJAR, from_=FROM, body="halo")
    assert (refusal.value.status, refusal.value.code) == (429, 20429)
    assert client.messages.list() == []


@pytest.mark.parametrize(("kind", "sent"), [("500", 0), ("500_after_accepting", 1)])
def test_a_server_error_may_have_sent(
    client: Client, network: Callable[..., None], kind: str, sent: int
) -> None:
    network(fail_rate=1, fail_kind=kind)
    with pytest.raises(TwilioRestException) as refusal:
        client.messages.create(to=FAJAR, from_=FROM, body="halo")
    assert refusal.value.status == 500
    assert len(client.messages.list(to=FAJAR)) == sent


def test_a_dropped_connection_has_sent(client: Client, network: Callable[..., None]) -> None:
    network(fail_rate=1, fail_kind="drop_connection_after_accepting")
    with pytest.raises(requests.RequestException):
        client.messages.create(to=FAJAR, from_=FROM, body="halo")
    assert [m.body for m in client.messages.list(to=FAJAR)] == ["halo"]


def test_a_late_answer_comes_after_accepting(client: Client, network: Callable[..., None]) -> None:
    network(delay_ms=600)
    client.http_client.timeout = 0.2
    began = time.monotonic()
    with pytest.raises(requests.Timeout):
        client.messages.create(to=FAJAR, from_=FROM, body="halo")
    assert time.monotonic() - began < 0.55
    client.http_client.timeout = 5
    assert [m.body for m in client.messages.list(to=FAJAR)] == ["halo"]


def test_the_switches_are_set_over_http(standin: str) -> None:
    address = f"{standin}/simulator/network"
    set_ = requests.post(address, json={"fail_rate": 0.5, "fail_kind": "429"}, timeout=5)
    assert set_.status_code == 200
    assert requests.get(address, timeout=5).json()["fail_rate"] == 0.5
    assert requests.post(address, json={}, timeout=5).json()["fail_rate"] == 0


@pytest.mark.parametrize(
    "facts",
    [
        {"fail_rate": 2},
        {"fail_rate": True},
        {"delay_ms": -1},
        {"delay_ms": 60_001},
        {"fail_kind": "418"},
        {"final_status": "queued"},
        {"duplicate": "yes"},
        {"weather": "bad"},
    ],
)
def test_a_wrong_switch_changes_nothing(standin: str, facts: dict[str, object]) -> None:
    address = f"{standin}/simulator/network"
    before = requests.get(address, timeout=5).json()
    answer = requests.post(address, json=facts, timeout=5)
    assert answer.status_code == 400
    assert next(iter(facts)) in answer.json()["error"]
    assert requests.get(address, timeout=5).json() == before


def test_another_sites_form_cannot_set_the_switches(standin: str) -> None:
    address = f"{standin}/simulator/network"
    answer = requests.post(address, data='{"fail_rate": 1}', timeout=5)
    assert answer.status_code == 400
    assert requests.get(address, timeout=5).json()["fail_rate"] == 0


# --- status callbacks ---


def _send(client: Client, service: Service, body: str = "halo") -> str:
    callback = f"{service.address}/whatsapp/status?m=17&x=a%20b"
    return str(
        client.messages.create(to=FAJAR, from_=FROM, body=body, status_callback=callback).sid
    )


def test_status_callbacks_are_signed_and_come_in_order(client: Client, service: Service) -> None:
    sid = _send(client, service)
    eventually(lambda: len(service.told) == 4)
    assert service.statuses() == ["queued", "sent", "delivered", "read"]
    assert all(told.signed for told in service.told)
    assert {told.path for told in service.told} == {"/whatsapp/status?m=17&x=a%20b"}
    assert {told.form["MessageSid"] for told in service.told} == {sid}
    assert client.messages(sid).fetch().status == "read"


@pytest.mark.parametrize(
    ("faults", "statuses", "code"),
    [
        ({"final_status": "delivered"}, ["queued", "sent", "delivered"], None),
        ({"final_status": "sent"}, ["queued", "sent"], None),
        ({"final_status": "failed"}, ["queued", "sent", "failed"], 63024),
        ({"final_status": "undelivered"}, ["queued", "sent", "undelivered"], 30008),
        ({"fail_rate": 1, "fail_kind": "63016"}, ["queued", "failed"], 63016),
    ],
)
def test_the_last_status_is_as_set(
    client: Client,
    service: Service,
    network: Callable[..., None],
    faults: dict[str, object],
    statuses: list[str],
    code: int | None,
) -> None:
    network(**faults)
    sid = _send(client, service)
    eventually(lambda: len(service.told) == len(statuses))
    time.sleep(0.3)
    assert service.statuses() == statuses
    assert service.told[-1].form.get("ErrorCode") == (str(code) if code else None)
    assert client.messages(sid).fetch().error_code == code


def test_duplicated_callbacks_come_twice(
    client: Client, service: Service, network: Callable[..., None]
) -> None:
    network(duplicate=True)
    _send(client, service)
    eventually(lambda: len(service.told) == 8)
    assert sorted(service.statuses()) == sorted(["queued", "sent", "delivered", "read"] * 2)


def test_reordered_callbacks_do_not_move_the_message_back(
    client: Client, service: Service, network: Callable[..., None]
) -> None:
    network(reorder=True)
    sids = [_send(client, service, f"{n}") for n in range(6)]
    eventually(lambda: len(service.told) == 24)
    usual = ["queued", "sent", "delivered", "read"]
    orders = [
        [t.form["MessageStatus"] for t in service.told if t.form["MessageSid"] == sid]
        for sid in sids
    ]
    assert all(sorted(order) == sorted(usual) for order in orders)
    assert any(order != usual for order in orders)
    assert {client.messages(sid).fetch().status for sid in sids} == {"read"}


def test_a_callback_is_tried_again_after_a_server_error_only(
    client: Client, service: Service, network: Callable[..., None]
) -> None:
    network(final_status="sent")
    service.answers = [503, 404]
    _send(client, service)
    eventually(lambda: len(service.told) == 3)
    time.sleep(1.2)
    assert service.statuses() == ["queued", "sent", "queued"]


def test_without_a_callback_the_message_still_moves_on(client: Client, service: Service) -> None:
    sid = client.messages.create(to=FAJAR, from_=FROM, body="halo").sid
    eventually(lambda: client.messages(sid).fetch().status == "read")
    assert service.told == []
