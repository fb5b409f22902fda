"""kill -9 of every process at random moments while messages flow: nothing lost, nothing twice.

`make chaos` runs it with 500 messages from 50 people; `make test` with a short form.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.system.service import Service, StandIn, message_sid, wait_for

pytestmark = [pytest.mark.chaos, pytest.mark.rasa, pytest.mark.timeout(1500)]

FULL = os.environ.get("MARAGA_CHAOS") == "full"
PEOPLE, MESSAGES_EACH = (50, 10) if FULL else (15, 6)
KILLS = 25 if FULL else 7
SETTLE_SECONDS = 400 if FULL else 240

WORDS = (
    "berapa batas bebas bea masuk barang kiriman?",
    "halo selamat pagi, apa kabar semuanya di sana?",
    "cara daftar imei di bandara gimana ya?",
    "makasih min, tapi paketku kok belum keluar?",
    "how many cigarettes can I bring?",
    "resep rendang padang yang enak apa?",
    "jam buka kantor?",
    "kamu robot ya?",
)


def test_nothing_is_lost_or_said_twice_whatever_dies(service: Service, stand_in: StandIn) -> None:
    seed = int(os.environ.get("MARAGA_CHAOS_SEED", time.time()))
    print(f"\nchaos: {PEOPLE} people, {MESSAGES_EACH} messages each, seed {seed}")
    dice = random.Random(seed)
    flowing = threading.Event()
    flowing.set()
    people = [f"whatsapp:+6281177{n:05d}" for n in range(PEOPLE)]
    kills: Counter[str] = Counter()
    killer = threading.Thread(target=_kill_at_random, args=(service, dice, flowing, kills))
    killer.start()
    with ThreadPoolExecutor(max_workers=12) as crowd:
        sids = list(crowd.map(lambda person: _talk(service, person), people))
    flowing.clear()
    killer.join()
    print(f"chaos: killed {dict(kills)}")
    assert len(kills) == 5, "every kind of process was to be killed"
    wait_for("every part is ready again", service.is_ready, 120)
    wait_for("everything has settled", lambda: _settled(service), SETTLE_SECONDS)

    accepted = [sid for person in sids for sid in person]
    _each_message_ended(service, accepted)
    _nothing_went_out_twice(service, stand_in, people)
    _order_was_kept(service, stand_in, people)


def _talk(service: Service, person: str) -> list[str]:
    """One person's messages, each sent when the one before was accepted."""
    sids = []
    for n in range(MESSAGES_EACH):
        sid = message_sid(f"{person}/{n}")
        service.say(person, WORDS[(n + hash(person)) % len(WORDS)], sid)
        sids.append(sid)
        time.sleep(0.6)  # people do not type faster
    return sids


def _kill_at_random(
    service: Service, dice: random.Random, flowing: threading.Event, kills: Counter[str]
) -> None:
    """Each process at least once, then any, as long as messages flow and kills are left."""
    victims = ["web", "worker", "rasa", "actions", "postgres"]
    dice.shuffle(victims)
    victims += [dice.choice(victims) for _ in range(KILLS - len(victims))]
    for victim in victims:
        wait_for("it runs", lambda v=victim: _runs(service, v), 60)
        service.kill(victim)
        kills[victim] += 1
        time.sleep(dice.uniform(0.2, 1.5))
        if not flowing.is_set() and len(kills) == 5:
            return


def _runs(service: Service, program: str) -> bool:
    return any(s.group == program and s.pid for s in service.programs())


def _settled(service: Service) -> bool:
    try:
        waiting = service.rows(
            "SELECT (SELECT count(*) FROM message WHERE direction = 'in' AND turn_id IS NULL) + "
            "(SELECT count(*) FROM turn WHERE finished_at IS NULL) + "
            "(SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending', 'unknown')) AS n"
        )
    except Exception:
        return False
    return bool(waiting[0]["n"] == 0)


def _each_message_ended(service: Service, accepted: list[str]) -> None:
    rows = service.rows(
        "SELECT message_sid, outcome FROM message LEFT JOIN turn ON turn.id = turn_id "
        "WHERE message_sid = ANY(:sids)", sids=accepted
    )  # fmt: skip
    assert Counter(r["message_sid"] for r in rows) == Counter(accepted)
    assert {r["outcome"] for r in rows} <= {"answered", "ticketed", "failed"}
    silent = service.rows(
        "SELECT turn.id FROM turn WHERE outcome = 'answered' AND event IS NULL AND NOT EXISTS "
        "(SELECT 1 FROM message WHERE turn_id = turn.id AND direction = 'out')"
    )
    assert silent == []


def _nothing_went_out_twice(service: Service, stand_in: StandIn, people: list[str]) -> None:
    """What Twilio has is, one to one, what our outbox says was sent."""
    ours = service.rows(
        "SELECT message_sid FROM message JOIN outbox ON message_id = message.id "
        "WHERE state IN ('accepted', 'sent', 'delivered', 'read') AND \"to\" = ANY(:people)",
        people=people,
    )
    theirs = [m["sid"] for person in people for m in stand_in.sent(person)]
    assert sorted(r["message_sid"] for r in ours) == sorted(theirs)


def _order_was_kept(service: Service, stand_in: StandIn, people: list[str]) -> None:
    rows = service.rows(
        'SELECT "to", message_sid, direction, message.conversation_id, turn_id FROM message '
        "LEFT JOIN outbox ON message_id = message.id ORDER BY message.id"
    )
    turns = defaultdict(list)
    queued = defaultdict(list)
    for row in rows:
        if row["direction"] == "in":
            turns[row["conversation_id"]].append(row["turn_id"])
        elif row["message_sid"]:
            queued[row["to"]].append(row["message_sid"])
    for taken in turns.values():
        assert taken == sorted(taken)
    for person in people:
        assert [m["sid"] for m in stand_in.sent(person)] == queued[person]
