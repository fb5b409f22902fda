"""Where a measurement keeps its service's data, and the model that it need not train again."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def measuring_folder(keep: Path | None) -> Iterator[Path]:
    """`keep`, made if it isn't there; else a folder that goes afterwards."""
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep.resolve()
        return
    folder = Path(tempfile.mkdtemp(prefix="maraga-bench-"))
    try:
        yield folder
    finally:
        # The cluster's files may belong to another user and go while we look.
        shutil.rmtree(folder, ignore_errors=True)


def lend_model(data: Path, *kept: Path) -> None:
    """A model trained from the same inputs need not be trained again: the first there is."""
    for trained in (*kept, Path(os.environ.get("MARAGA_MODEL", "var/rasa"))):
        if trained.exists():
            data.mkdir(parents=True)
            shutil.copytree(trained, data / "rasa")
            return


def command(target: str) -> str:
    """How this was called, for the table: the make target, and what was given to the script."""
    given = " ".join(sys.argv[1:])
    return f"make {target} ({given})" if given else f"make {target}"
