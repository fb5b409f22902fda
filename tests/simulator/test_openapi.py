"""What we send and what the stand-in answers, held against Twilio's own description."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import requests
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from bot.models.simulator import SimulatorStatus
from tests.simulator.conftest import (
    FAJAR,
    FROM,
    PDF,
    Files,
    Service,
    eventually,
    twilio_client,
)

SHARED = Path(os.environ.get("MARAGA_SHARED") or Path(__file__).parents[3] / "shared")
DESCRIPTION = SHARED / "twilio" / "messages_openapi.json"
LIST = "/2010-04-01/Accounts/{AccountSid}/Messages.json"
ONE = "/2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json"
MEDIA = "/2010-04-01/Accounts/{AccountSid}/Messages/{MessageSid}/Media.json"

pytestmark = pytest.mark.skipif(
    not DESCRIPTION.exists(), reason="left out: ../shared is not beside this checkout"
)


def _as_json_schema(node: Any) -> Any:
    """OpenAPI 3.0's `nullable` said in JSON Schema; nothing beyond what is described may appear."""
    if isinstance(node, list):
        return [_as_json_schema(item) for item in node]
    if not isinstance(node, dict):
        return node
    schema = {key: _as_json_schema(value) for key, value in node.items()}
    if schema.pop("nullable", False) is True:
        schema["type"] = [schema["type"], "null"]
    if schema.get("type") == "object" and "properties" in schema:
        schema["additionalProperties"] = False
    return schema


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    described: dict[str, Any] = json.loads(DESCRIPTION.read_text())
    return described


def _validator(description: dict[str, Any], schema: Any) -> jsonschema.Draft202012Validator:
    whole = _as_json_schema(schema)
    whole["components"] = _as_json_schema(description["components"])
    return jsonschema.Draft202012Validator(whole)


def _answer(description: dict[str, Any], path: str, method: str, status: str) -> Any:
    operation = description["paths"][path][method]
    content = operation["responses"][status]["content"]["application/json"]
    return _validator(description, content["schema"])


class Listening(TwilioHttpClient):
    """Twilio's HTTP client, keeping what went out and what came in."""

    def __init__(self) -> None:
        super().__init__(timeout=5)
        self.sent: list[dict[str, Any]] = []
        self.got: list[tuple[int, dict[str, Any]]] = []

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        response = super().request(method, url, *args, **kwargs)
        self.sent.append({"params": args[0], "data": args[1]} if args else kwargs)
        self.got.append((response.status_code, json.loads(response.text)))
        return response


@pytest.fixture
def heard(standin: str) -> Iterator[tuple[Client, Listening]]:
    client = twilio_client(standin)
    client.http_client.session.close()
    listening = Listening()
    client.http_client = listening
    yield client, listening
    listening.session.close()


def test_a_send_and_its_answer_conform(
    heard: tuple[Client, Listening], description: dict[str, Any]
) -> None:
    client, listening = heard
    client.messages.create(
        to=FAJAR,
        from_=FROM,
        status_callback="http://127.0.0.1:9/whatsapp/status?m=1",
        content_sid="HX" + "0" * 32,
        content_variables=json.dumps({"1": "Pilih satu", "2": "Kiriman", "3": "article:kiriman"}),
    )
    operation = description["paths"][LIST]["post"]
    form = operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
    _validator(description, form).validate(listening.sent[0]["data"])
    assert listening.got[0][0] == 201
    _answer(description, LIST, "post", "201").validate(listening.got[0][1])


def test_a_file_and_its_answers_conform(
    heard: tuple[Client, Listening], description: dict[str, Any], files: Files
) -> None:
    client, listening = heard
    files.answers["/surat.pdf"] = ("application/pdf", PDF)
    message = client.messages.create(to=FAJAR, from_=FROM, media_url=[f"{files.address}/surat.pdf"])
    operation = description["paths"][LIST]["post"]
    form = operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
    _validator(description, form).validate(listening.sent[0]["data"])
    status, answer = listening.got[0]
    assert (status, answer["num_media"], answer["body"]) == (201, "1", "")
    _answer(description, LIST, "post", "201").validate(answer)
    [media] = client.messages(message.sid).media.list()
    assert media.content_type == "application/pdf"
    _answer(description, MEDIA, "get", "200").validate(listening.got[1][1])


def test_lists_and_their_parameters_conform(
    heard: tuple[Client, Listening], description: dict[str, Any]
) -> None:
    from bot.clock import now

    client, listening = heard
    for n in range(3):
        client.messages.create(to=FAJAR, from_=FROM, body=f"{n}")
    listening.got.clear()
    listening.sent.clear()
    client.messages.list(to=FAJAR, from_=FROM, date_sent_after=now().replace(hour=0), page_size=2)
    known = {p["name"] for p in description["paths"][LIST]["get"]["parameters"]}
    assert set(listening.sent[0]["params"]) <= known
    assert len(listening.got) == 2
    for status, answer in listening.got:
        assert status == 200
        _answer(description, LIST, "get", "200").validate(answer)


def test_every_state_of_a_message_conforms(
    heard: tuple[Client, Listening], description: dict[str, Any]
) -> None:
    client, listening = heard
    sid = client.messages.create(to=FAJAR, from_=FROM, body="halo").sid
    eventually(lambda: client.messages(sid).fetch().status == "read")
    answer = _answer(description, ONE, "get", "200")
    for _, message in listening.got[1:]:
        answer.validate(message)
    named = description["components"]["schemas"]["message_enum_status"]["enum"]
    assert {status.value for status in SimulatorStatus} <= set(named)


def test_an_inbound_message_and_its_media_conform(
    standin: str, service: Service, description: dict[str, Any]
) -> None:
    from bot.db import transaction
    from bot.settings import settings
    from bot.simulator.phone import Content, send_from_phone

    with transaction() as session:
        sid = send_from_phone(session, FAJAR, Content("picture", "paket saya", "", ""), "id")
    login = (settings().account_sid, settings().auth_token)
    one = f"{standin}/2010-04-01/Accounts/{settings().account_sid}/Messages/{sid}"
    message = requests.get(f"{one}.json", auth=login, timeout=5).json()
    _answer(description, ONE, "get", "200").validate(message)
    assert message["num_media"] == "1"
    media = requests.get(f"{one}/Media.json", auth=login, timeout=5).json()
    _answer(description, MEDIA, "get", "200").validate(media)
    assert media["media_list"][0]["content_type"] == "image/jpeg"


def test_the_check_itself_refuses_what_does_not_conform(
    heard: tuple[Client, Listening], description: dict[str, Any]
) -> None:
    client, listening = heard
    client.messages.create(to=FAJAR, from_=FROM, body="halo")
    good = listening.got[0][1]
    check = _answer(description, LIST, "post", "201")
    for wrong in ({"sid": "SM1"}, {"status": "lost"}, {"error_code": "63016"}, {"mood": "fine"}):
        with pytest.raises(jsonschema.ValidationError):
            check.validate(good | wrong)
