"""A service for the length of some tests, on a data folder of its own."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.system.service import Service


@contextmanager
def running(twilio_url: str | None, home: Path, extra: Mapping[str, str]) -> Iterator[Service]:
    """The service on a copy of the data folder `home`, with these settings beside the usual."""
    folder = Path(tempfile.mkdtemp(prefix="maraga-"))
    # `cp -a`, as the cluster may belong to another user than us.
    subprocess.run(["cp", "-a", f"{home}/.", str(folder)], check=True)
    service = Service(folder, twilio_url, dict(extra))
    try:
        service.start()
        yield service
        service.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
