"""A service of its own whose clock the story moves, and windows on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.system.days.office import Applicant, MovedClock, Office
from tests.system.running import running
from tests.system.service import Service

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.system.windows import Windows

BEFORE_ALL_DAYS = "2026-02-18 06:30"


@pytest.fixture(scope="module")
def moved_clock(tmp_path_factory: pytest.TempPathFactory) -> MovedClock:
    return MovedClock(tmp_path_factory.mktemp("clock") / "seconds", BEFORE_ALL_DAYS)


@pytest.fixture(scope="module")
def moved_service(home: Path, moved_clock: MovedClock) -> Iterator[Service]:
    """The whole service with the simulator and the demo accounts, on a clock that is moved."""
    with running(None, home, moved_clock.settings) as started:
        yield started


@pytest.fixture(scope="module")
def office(moved_service: Service, moved_clock: MovedClock) -> Office:
    office = Office(moved_service, moved_clock)
    office.use_this_years_calendar()
    return office


@pytest.fixture
def applicant(office: Office) -> Callable[[str], Applicant]:
    """Somebody new on WhatsApp: `applicant("Aminah")`."""
    return lambda name: Applicant(office, name)


@pytest.fixture
def windows(browser: Browser, office: Office) -> Iterator[Windows]:
    """Windows on the console; the test fails when one erred or asked another host."""
    from tests.system.windows import Windows

    windows = Windows(browser, office.service.url)
    yield windows
    windows.close()
    assert windows.faults == []
