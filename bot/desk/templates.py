"""WhatsApp's approved templates: their variables, and what a variable may hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from bot.models import Staff, Template

LONGEST_VALUE = 500
LONGEST_BODY = 1024  # characters, WhatsApp's limit for a template's text
MOST_VARIABLES = 10
CONTENT_SID = re.compile(r"HX[0-9a-fA-F]{32}")

_VARIABLE = re.compile(r"\{\{(\d{1,2})\}\}")


class BadTemplate(ValueError):
    """The template can't be kept; `fault` is `sid`, `body`, `variables` or `labels`."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


class BadValue(ValueError):
    """A variable can't be sent as it is; `number` says which."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def variables_of(body: str) -> list[int]:
    """The numbers of the variables in a template's text, each once, in order."""
    return sorted({int(number) for number in _VARIABLE.findall(body)})


def filled(body: str, values: Mapping[int, str]) -> str:
    """The text as the applicant gets it. A value is never read as a variable itself."""
    return _VARIABLE.sub(lambda found: values[int(found.group(1))], body)


def checked(body: str, values: Mapping[int, str]) -> dict[int, str]:
    """A value for each variable; raises BadValue for one that WhatsApp would refuse.

    WhatsApp takes neither an empty value nor line breaks or wide gaps within one.
    """
    found = {}
    for number in variables_of(body):
        value = " ".join(values.get(number, "").split())
        if not value or len(value) > LONGEST_VALUE or "\x00" in value:
            raise BadValue(number)
        found[number] = value
    return found


def in_use() -> Select[Template]:
    """The templates that may be sent."""
    return select(Template).where(Template.retired_at.is_(None)).order_by(Template.title)


def save(
    session: Session,
    template: Template,
    *,
    title: str,
    language: str,
    content_sid: str,
    body: str,
    labels: list[str],
    member: Staff,
    now: datetime,
) -> None:
    """Keep a new or changed template; raises BadTemplate when it could never be sent."""
    numbers = variables_of(body)
    if not CONTENT_SID.fullmatch(content_sid):
        raise BadTemplate("sid")
    if not title.strip() or not body.strip() or len(body) > LONGEST_BODY:
        raise BadTemplate("body")
    if numbers != list(range(1, len(numbers) + 1)) or len(numbers) > MOST_VARIABLES:
        raise BadTemplate("variables")
    if len(labels) != len(numbers) or not all(labels):
        raise BadTemplate("labels")
    taken = session.scalar(select(Template.id).where(Template.content_sid == content_sid))
    if taken is not None and taken != template.id:
        raise BadTemplate("sid")
    template.title, template.language = title.strip(), language
    template.content_sid, template.body, template.labels = content_sid, body.strip(), labels
    template.changed_at, template.changed_by_id = now, member.id
    session.add(template)
    session.flush()
