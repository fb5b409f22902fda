"""Files sent through the stand-in: fetched once, looked at, kept, or failed as Twilio says it."""

from __future__ import annotations

import httpx
import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.simulator.conftest import FAJAR, FROM, PDF, PNG, Files, Service, eventually

pytestmark = pytest.mark.slow

MEGABYTE = 1024 * 1024


def test_a_file_is_fetched_once_and_lies_at_the_stand_in_from_then_on(
    client: Client, standin: str, files: Files
) -> None:
    files.answers["/foto.png"] = ("image/png", PNG)
    address = f"{files.address}/foto.png"
    sid = client.messages.create(to=FAJAR, from_=FROM, body="ini", media_url=[address]).sid
    eventually(lambda: client.messages(sid).fetch().status == "read")
    del files.answers["/foto.png"]
    [media] = client.messages(sid).media.list()
    path = media.uri.removesuffix(".json")
    for _ in range(2):
        answer = httpx.get(standin + path, trust_env=False)
        assert (answer.content, answer.headers["content-type"]) == (PNG, "image/png")
        assert 'filename="foto.png"' in answer.headers["content-disposition"]
    assert files.asked == ["/foto.png"]


@pytest.mark.parametrize(
    ("content_type", "content"),
    [
        ("", b""),  # not there
        ("text/html", b"<html>"),
        ("application/pdf", b"<html>"),
        ("image/jpeg", PNG),
        ("image/png", PNG.ljust(5 * MEGABYTE + 1, b"x")),
        ("application/pdf", PDF.ljust(16 * MEGABYTE + 1, b"x")),
    ],
)
def test_what_can_not_be_fetched_or_is_not_what_it_says_fails_with_twilios_code(
    client: Client, service: Service, files: Files, content_type: str, content: bytes
) -> None:
    files.answers["/x"] = (content_type, content)
    callback = f"{service.address}/whatsapp/status?m=1"
    address = f"{files.address}/x"
    client.messages.create(to=FAJAR, from_=FROM, media_url=[address], status_callback=callback)
    eventually(lambda: service.statuses() == ["queued", "failed"])
    assert service.told[-1].form["ErrorCode"] == "63019"


def test_of_several_files_whatsapp_takes_the_first(client: Client, files: Files) -> None:
    files.answers["/a.pdf"] = ("application/pdf", PDF)
    addresses = [f"{files.address}/a.pdf", f"{files.address}/b.pdf"]
    client.messages.create(to=FAJAR, from_=FROM, media_url=addresses)
    assert files.asked == ["/a.pdf"]


def test_an_address_that_is_none_is_refused_at_once(client: Client) -> None:
    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(to=FAJAR, from_=FROM, media_url=["berkas.pdf"])
    assert refused.value.code == 21620
    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(to=FAJAR, from_=FROM)
    assert refused.value.code == 21619
