"""Fingerprints of what a long step is made from, so that it is done again only if that changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.settings import ROOT


def fingerprint(names: Sequence[str], root: Path = ROOT, facts: object = None) -> str:
    """Changes with the contents and names of these files and folders of `root`, and the facts."""
    digest = hashlib.sha256(repr(facts).encode())
    for name in names:
        for file in _files(root / name):
            digest.update(f"{file.relative_to(root)}\0".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _files(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
    for file in sorted(place.rglob("*")):
        if file.is_file() and file.parent.name != "__pycache__":
            yield file
