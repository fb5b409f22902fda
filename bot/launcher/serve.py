"""Our own server processes, each started by one command and ended by SIGTERM."""

from __future__ import annotations

import logging
import os
import socket
import sys
from urllib.parse import urlsplit

from bot.settings import settings

GRACE_SECONDS = 5

# These log addresses, forms or answers below WARNING, which hold what applicants wrote.
_TALKATIVE = ("httpx", "httpcore", "twilio", "urllib3", "rasa_sdk", "sanic", "uvicorn")


def _start_log() -> None:
    logging.basicConfig(
        level=settings().log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def web() -> None:
    """Serves webhook, console and simulator on WEB_HOST and WEB_PORT."""
    import uvicorn

    _start_log()
    # The loop that acknowledges calls waits no longer than this for a thread that computes.
    sys.setswitchinterval(0.0005)
    server = uvicorn.Server(
        uvicorn.Config(
            "bot.web:app",
            factory=True,
            loop="uvloop",
            http="httptools",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )
    with _shared_port(settings().web_host, settings().web_port) as port:
        server.run(sockets=[port])
    if not server.started:
        sys.exit(1)  # the log says why


def _shared_port(host: str, port: int) -> socket.socket:
    """Listens where other web processes may listen too; the system gives each its share."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=2048, reuse_port=True)


def worker() -> None:
    """Handles turns, sends what waits, and looks after the clocks."""
    from bot.worker import run

    _start_log()
    run()


def actions() -> None:
    """Serves the actions to Rasa on ACTIONS_URL's port, on loopback alone.

    The package is named, not imported: nothing in `bot` may depend on it. The server is one
    process, as a supervised one has to be: rasa-sdk's own start would leave its worker behind
    when the first process is killed.
    """
    # A question's arithmetic is too small to be shared out: the helpers would only spin.
    # It counts only before the first import of what does arithmetic.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

    from rasa_sdk.endpoint import create_app_for_serve
    from rasa_sdk.executor import ActionExecutor
    from sanic import Sanic

    _start_log()
    executor = ActionExecutor()
    executor.register_package("actions")
    app = create_app_for_serve(executor, cors_origins=None)
    app.config.ACCESS_LOG = False
    app.prepare(
        host=os.environ.get("SANIC_HOST", "127.0.0.1"),
        port=urlsplit(settings().actions_url).port or 80,
        single_process=True,
        motd=False,
        access_log=False,
    )
    Sanic.serve_single(primary=app)
