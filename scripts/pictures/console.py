"""The console alone, served at an hour of our choice: no Rasa, no worker."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime

import uvicorn
from starlette.applications import Starlette

from bot import clock, console

# 10.35 WITA on a Tuesday: in working hours whenever the pictures are taken.
MORNING = datetime(2026, 11, 24, 2, 35, tzinfo=UTC)
# 16.20 WITA of that day: what was asked in the morning counts.
AFTERNOON = datetime(2026, 11, 24, 8, 20, tzinfo=UTC)
# 22.10 WITA of that day, when the promise is an hour.
NIGHT = datetime(2026, 11, 24, 14, 10, tzinfo=UTC)

_real_now = clock.now


def set_clock(moment: datetime) -> None:
    """Make it `moment` now for this process; time goes on from there."""
    offset = moment - _real_now()
    clock.now = lambda: _real_now() + offset


@contextmanager
def served_console() -> Iterator[str]:
    """The address of the console on a free port, on the settings' database."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> Iterator[None]:
        async with console.running():
            yield

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    application = Starlette(routes=console.routes(), lifespan=lifespan)
    config = uvicorn.Config(application, port=port, log_config=None, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)
