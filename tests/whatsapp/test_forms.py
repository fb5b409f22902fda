"""Twilio's forms, read: a table of labelled payloads, each also through the signed webhook."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.db import transaction
from bot.models import Message, WebhookForm
from bot.whatsapp.forms import FormRefused, read_form
from tests.whatsapp.twilio_caller import TwilioCaller

MakeForm = Callable[..., dict[str, str]]

PAYLOADS: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[1] / "payloads" / "inbound.yml").read_text(encoding="utf-8")
)
every_payload = pytest.mark.parametrize("payload", PAYLOADS, ids=[p["label"] for p in PAYLOADS])


def filled(form: MakeForm, payload: dict[str, Any]) -> dict[str, str]:
    fields = form() | payload["form"]
    return {name: value for name, value in fields.items() if value is not None}


@every_payload
def test_a_form_is_read_as_the_table_says(form: MakeForm, payload: dict[str, Any]) -> None:
    sent = {k: v.replace("\0", "\ufffd") for k, v in filled(form, payload).items()}
    inbound = read_form(sent)
    assert inbound.kind == payload["kind"]
    assert inbound.body == payload["body"]
    assert inbound.payload == payload.get("payload")
    assert inbound.extra == payload.get("extra", {})
    assert inbound.name == payload.get("name", "Fajar")
    expected = payload.get("addresses", [["phone", "whatsapp:+628114000001"]])
    assert [list(address) for address in inbound.addresses] == expected


@every_payload
def test_each_signed_payload_is_stored_raw_and_as_one_message(
    gateway: TwilioCaller, form: MakeForm, payload: dict[str, Any]
) -> None:
    sent = filled(form, payload)
    assert gateway.post(sent).status == 200
    with transaction() as session:
        message = session.scalars(select(Message)).one()
        raw = session.scalars(select(WebhookForm)).one()
    assert message.kind == payload["kind"]
    assert message.body == payload["body"]
    assert raw.form == {k: v.replace("\0", "\ufffd") for k, v in sent.items()}


@pytest.mark.parametrize("character", ["x", "é", "😭"])
def test_a_message_of_4096_characters_is_kept_whole(
    gateway: TwilioCaller, form: MakeForm, character: str
) -> None:
    assert gateway.post(form(character * 4096)).status == 200
    with transaction() as session:
        assert session.scalars(select(Message.body)).one() == character * 4096


@pytest.mark.parametrize(("left_out", "named"), [("MessageSid", "MessageSid"), ("From", "From")])
def test_a_form_without_what_a_message_needs_is_refused_by_name(
    form: MakeForm, left_out: str, named: str
) -> None:
    sent = form("halo")
    del sent[left_out]
    with pytest.raises(FormRefused, match=named):
        read_form(sent)


@given(
    fields=st.dictionaries(
        st.sampled_from(
            [
                "Body",
                "NumMedia",
                "MediaUrl0",
                "MediaContentType0",
                "Latitude",
                "Longitude",
                "MessageType",
                "WaId",
                "ListId",
                "ListTitle",
                "ButtonText",
                "ButtonPayload",
                "ExternalUserId",
                "ProfileName",
            ]
        ),
        st.text(max_size=30),
    ),
    sender=st.text(min_size=1, max_size=30),
)
def test_no_signed_form_whatever_it_holds_makes_the_reader_fail(
    fields: dict[str, str], sender: str
) -> None:
    inbound = read_form({"MessageSid": "SM1", "From": sender, **fields})
    assert inbound.addresses
