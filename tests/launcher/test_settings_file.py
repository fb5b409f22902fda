""".env.example names every setting, says what it is for, and shows its default."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

from bot.settings import ROOT, Settings

EXAMPLE = (ROOT / ".env.example").read_text().splitlines()


def shown() -> dict[str, str]:
    found = {}
    for line in EXAMPLE:
        match = re.fullmatch(r"#([A-Z_]+)=(.*)", line)
        if match:
            found[match[1]] = match[2]
    return found


def test_every_setting_is_named_and_no_other() -> None:
    assert set(shown()) == {name.upper() for name in Settings.model_fields}


def test_every_default_is_the_real_one() -> None:
    for name, field in Settings.model_fields.items():
        default = field.default
        if isinstance(default, Path):
            default = default.relative_to(ROOT)
        if isinstance(default, bool):
            default = str(default).lower()
        if isinstance(default, float) and default.is_integer():
            default = int(default)
        assert shown()[name.upper()] == ("" if default is None else str(default)), name


def test_every_setting_has_a_line_of_explanation() -> None:
    for before, line in itertools.pairwise(EXAMPLE):
        if re.fullmatch(r"#([A-Z_]+)=(.*)", line):
            assert re.match(r"# \w.*[.]$", before), line


def test_a_copy_of_it_changes_nothing() -> None:
    assert not [line for line in EXAMPLE if line and not line.startswith("#")]
