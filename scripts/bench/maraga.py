"""Maraga Care under measurement: its forms, its replies, conversations with a past."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from twilio.request_validator import RequestValidator

from bench.load import Form, Shot, form
from bench.network import Network
from knowledge_base.articles import read_articles
from tests.system.service import (
    AUTH_TOKEN,
    Service,
    inbound_form,
    message_sid,
    wait_for,
)

# What is copied of one conversation, with the columns that a copy has of its own. In the order
# in which rows refer to each other. `:step` is added to every id; `{n}` numbers the copies.
_COPIES = {
    "person": {"id": "id + n * :step"},
    "address": {
        "id": "id + n * :step",
        "person_id": "person_id + n * :step",
        "value": "'whatsapp:+' || (:first_phone + n)",
    },
    "conversation": {
        "id": "id + n * :step",
        "person_id": "person_id + n * :step",
        "address_id": "address_id + n * :step",
    },
    "turn": {"id": "id + n * :step", "conversation_id": "conversation_id + n * :step"},
    "message": {
        "id": "id + n * :step",
        "conversation_id": "conversation_id + n * :step",
        "turn_id": "turn_id + n * :step",
        "message_sid": "'SM' || md5(message_sid || n)",
    },
    "outbox": {
        "message_id": "message_id + n * :step",
        "conversation_id": "conversation_id + n * :step",
        '"to"': "'whatsapp:+' || (:first_phone + n)",
    },
    "bot_decision": {
        "turn_id": "turn_id + n * :step",
        "conversation_id": "conversation_id + n * :step",
    },
}
_WHICH = {
    "person": "id = :person",
    "address": "person_id = :person",
    "conversation": "id = :conversation",
}


class Maraga:
    """The service that runs, spoken to as Twilio does."""

    name = "Maraga Care"

    def __init__(self, service: Service, stand_in: Network) -> None:
        self.service = service
        self._stand_in = stand_in
        self._url = f"{service.url}/whatsapp/inbound"
        self._validator = RequestValidator(AUTH_TOKEN)
        self._run = time.time_ns()  # a kept database knows the forms of an earlier run
        self._asked = 0

    def form(self, person: str, question: str) -> Form:
        self._asked += 1
        fields = inbound_form(person, question, message_sid(f"bench {self._run} {self._asked}"))
        return form(self._url, fields, self._validator.compute_signature(self._url, fields))

    def reply_moments(self, shots: Sequence[Shot]) -> Mapping[str, float]:
        """By our own tables for which reply belongs to which question."""
        rows = self.service.rows(
            "SELECT DISTINCT ON (asked.id) asked.message_sid AS question, "
            "reply.message_sid AS reply FROM message asked JOIN message reply "
            "ON reply.turn_id = asked.turn_id AND reply.direction = 'out' "
            "WHERE asked.message_sid = ANY(:sids) AND reply.message_sid IS NOT NULL "
            "ORDER BY asked.id, reply.id",
            sids=[shot.sid for shot in shots],
        )
        moments = self._stand_in.moments(shots[0].due - 60)
        return {row["question"]: moments[row["reply"]] for row in rows if row["reply"] in moments}

    def processes(self) -> Mapping[str, int]:
        return {state.name: state.pid for state in self.service.programs()}

    def handled_between(self, start: float, end: float) -> int:
        """How many messages of applicants had their turn finished in a span of Unix time."""
        rows = self.service.rows(
            "SELECT count(*) AS n FROM message JOIN turn ON turn.id = turn_id "
            "WHERE direction = 'in' AND finished_at BETWEEN to_timestamp(:start) "
            "AND to_timestamp(:end)",
            start=start,
            end=end,
        )
        return int(rows[0]["n"])

    def stored(self, shots: Sequence[Shot]) -> int:
        """How many of these forms are in the database."""
        rows = self.service.rows(
            "SELECT count(*) AS n FROM webhook_form WHERE message_sid = ANY(:sids)",
            sids=[shot.sid for shot in shots],
        )
        return int(rows[0]["n"])

    def outcomes(self, shots: Sequence[Shot]) -> Mapping[str, int]:
        """How the questions ended: answered, choices offered, given to a person."""
        rows = self.service.rows(
            "SELECT coalesce(bot_decision.kind, turn.outcome, 'waiting') AS kind, count(*) AS n "
            "FROM message LEFT JOIN turn ON turn.id = message.turn_id "
            "LEFT JOIN bot_decision ON bot_decision.turn_id = turn.id "
            "WHERE message_sid = ANY(:sids) GROUP BY 1",
            sids=[shot.sid for shot in shots],
        )
        return {row["kind"]: row["n"] for row in rows}

    def answerable(self, candidates: Sequence[str]) -> list[str]:
        """Those questions that are answered at once, found by asking. Also warms all up."""
        sids = {
            self.service.say(f"whatsapp:+62810{n:07d}", question): question
            for n, question in enumerate(candidates)
        }
        wait_for("the first questions are handled", lambda: self._all_handled(list(sids)), 120)
        rows = self.service.rows(
            "SELECT message_sid FROM message JOIN bot_decision USING (turn_id) "
            "WHERE message_sid = ANY(:sids) AND bot_decision.kind = 'answer'",
            sids=list(sids),
        )
        answered = {row["message_sid"] for row in rows}
        return [question for sid, question in sids.items() if sid in answered]

    def rest(self) -> None:
        """Wait until all that was asked before is done with, so that it slows nothing."""
        wait_for("nothing waits any more", self._idle, 600)

    def _idle(self) -> bool:
        rows = self.service.rows(
            "SELECT (SELECT count(*) FROM webhook_form WHERE taken_at IS NULL) + "
            "(SELECT count(*) FROM turn WHERE finished_at IS NULL) + "
            "(SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending', 'unknown')) AS n"
        )
        return bool(rows[0]["n"] == 0)

    def talk(self, person: str, questions: Sequence[str]) -> None:
        """Ask one after the other, each when the one before was answered."""
        for question in questions:
            sid = self.service.say(person, question)
            wait_for("an answer", lambda sid=sid: self._all_handled([sid]), 30)
        time.sleep(3)  # until Twilio's stand-in has told that the last was read

    def copy_conversation(self, person: str, copies: int, first_phone: int) -> list[str]:
        """People with the same past as `person`: every row of it, and Rasa's trackers."""
        found = self.service.rows(
            "SELECT conversation.id AS conversation, conversation.person_id AS person, "
            "greatest((SELECT max(id) FROM message), (SELECT max(id) FROM turn), "
            "(SELECT max(id) FROM person), (SELECT max(id) FROM address)) AS step "
            "FROM conversation JOIN address ON address.id = address_id WHERE value = :person",
            person=person,
        )[0]
        values = {**found, "copies": copies, "first_phone": first_phone}
        for table, changed in _COPIES.items():
            self._copy(table, changed, values)
        self.service.change(_COPY_TRACKERS, **values)
        self.service.change("ANALYZE")
        return [f"whatsapp:+{first_phone + n}" for n in range(1, copies + 1)]

    def _copy(self, table: str, changed: Mapping[str, str], values: Mapping[str, object]) -> None:
        columns = [
            f'"{row["column_name"]}"'
            for row in self.service.rows(
                "SELECT column_name FROM information_schema.columns "
                "WHERE table_schema = 'public' AND table_name = :table",
                table=table,
            )
        ]
        quoted = {f'"{name.strip(chr(34))}"': value for name, value in changed.items()}
        taken = ", ".join(quoted.get(column, column) for column in columns)
        which = _WHICH.get(table, "conversation_id = :conversation")
        self.service.change(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {taken} "
            f"FROM {table}, generate_series(1, :copies) AS n WHERE {which}",
            **values,
        )
        if "id" in changed:
            self.service.change(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
            )

    def _all_handled(self, sids: list[str]) -> bool:
        rows = self.service.rows(
            "SELECT count(*) AS n FROM message JOIN turn ON turn.id = turn_id "
            "WHERE message_sid = ANY(:sids) AND finished_at IS NOT NULL",
            sids=sids,
        )
        return bool(rows[0]["n"] == len(sids))


_COPY_TRACKERS = """
    INSERT INTO rasa.events
        (sender_id, type_name, timestamp, intent_name, action_name, data)
    SELECT 'c' || (:conversation + n * :step) || substring(sender_id FROM '-.*'),
        type_name, timestamp, intent_name, action_name, data
    FROM rasa.events, generate_series(1, :copies) AS n
    WHERE sender_id LIKE 'c' || :conversation || '-%'
    ORDER BY events.id
"""


def candidate_questions() -> dict[str, str]:
    """One question an article that is complete in itself, of its ways of asking; and its id."""
    chosen = {}
    for article in read_articles():
        whole = [w for w in article.ways if w.endswith("?") and 5 <= len(w.split()) <= 14]
        for question in whole[:1]:
            chosen[question] = article.id
    return chosen
