"""The running service, started once for all tests from outside."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.demo.accounts import DEMO_PASSWORD
from bot.launcher.postgres import embedded_address
from tests.shared_folder import shared_folder
from tests.system.running import running
from tests.system.service import (
    Chat,
    Service,
    StandIn,
    create_database,
    fill_data_folder,
    wait_for,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.system.windows import Windows

# A bot that is away is waited for a little only; one that is slow is waited for longer than
# an officer needs to step in.
TRIAL_PATIENCE = {"BOT_PATIENCE_SECONDS": "6", "RASA_TIMEOUT_SECONDS": "20"}


@pytest.fixture(scope="session")
def stand_in(database_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    """Twilio's stand-in, a process of its own."""
    address = create_database(database_server, "beyond")
    process = StandIn(address, tmp_path_factory.mktemp("standin") / "log")
    yield process
    process.stop()


@pytest.fixture(scope="session")
def home(request: pytest.FixtureRequest) -> Iterator[Path]:
    """A data folder as a first start leaves it: trained, migrated, seeded. To be copied."""

    def fill(folder: Path) -> None:
        with ThreadPoolExecutor(1) as beside:
            filled = beside.submit(fill_data_folder, folder)
            model: Path = request.getfixturevalue("model")
            filled.result()
        shutil.copytree(model.parent, folder / "rasa")

    with shared_folder("home", fill) as folder:
        yield folder


@pytest.fixture(scope="session")
def service(stand_in: StandIn, home: Path) -> Iterator[Service]:
    """The service as `make run` starts it, with an account at the stand-in."""
    with running(stand_in.url, home, {}) as started:
        yield started


@pytest.fixture(scope="session")
def trial(home: Path) -> Iterator[Service]:
    """The service without an account: with the phone, the stand-in and the demo accounts."""
    with running(None, home, TRIAL_PATIENCE) as started:
        yield started


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, Any]:
    """A failure shows the last words of the processes that it was about."""
    report = yield
    if report.failed:
        for name in {"service", "trial", "moved_service"} & set(getattr(item, "funcargs", {})):
            report.sections.append((f"logs of {name}", _last_words(item.funcargs[name].folder)))
    return report


def _last_words(folder: Path) -> str:
    logs = [folder / "run.log", *sorted((folder / "log").glob("*.log"))]
    logs = [log for log in logs if log.exists()]  # the folder goes when the service ends
    tails = [log.read_text(errors="replace").splitlines()[-20:] for log in logs]
    return "\n".join(
        line for log, tail in zip(logs, tails, strict=True) for line in [f"--- {log.name}", *tail]
    )


@pytest.fixture
def chat(service: Service, stand_in: StandIn) -> Callable[[], Chat]:
    """Somebody new on WhatsApp: `chat()`."""
    return lambda: Chat(service, stand_in)


@pytest.fixture
def trial_chat(trial: Service) -> Callable[[], Chat]:
    """Somebody new who writes to the trial."""
    return lambda: Chat(trial, trial)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium. Ends with the module: others drive one in the same process too."""
    from tests.browsers import real_browser

    with real_browser() as browser:
        yield browser


@pytest.fixture
def windows(browser: Browser, trial: Service) -> Iterator[Windows]:
    """Windows on the trial; the test fails when one erred or asked another host."""
    from tests.system.windows import Windows

    windows = Windows(browser, trial.url)
    yield windows
    windows.close()
    assert windows.faults == []


@pytest.fixture
def sign_in(windows: Windows) -> Callable[..., Page]:
    """A member of the cast in a window of their own: `sign_in("ani")`."""

    def enter(username: str, **size: tuple[int, int]) -> Page:
        return windows.sign_in(username, DEMO_PASSWORD, **size)

    return enter


@pytest.fixture(scope="module")
def twice(trial: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The trial with two web and two worker processes."""
    assert [program.group for program in trial.programs()].count("web") == 2
    log = tmp_path_factory.mktemp("second") / "worker.log"
    with trial.beside("worker", log, DATABASE_URL=embedded_address(trial.folder)):
        wait_for("the second worker works", lambda: "working" in log.read_text())
        yield trial


@pytest.fixture
def no_article_stays(trial: Service) -> Iterator[None]:
    """What the test's staff publish or begin is gone from the bot afterwards."""
    yield
    trial.change("DELETE FROM article_draft")
    trial.change(
        "UPDATE article_revision SET status = 'archived' "
        "WHERE published_by_id IS NOT NULL AND status = 'published'"
    )
