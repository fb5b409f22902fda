#!/usr/bin/env python3
"""Takes the pictures: `make screenshots`.

Without a word: those of the four guides into docs/pictures, and every screen by day and night,
on desk and phone, into var/pictures, to be looked at. `guides` or `screens` takes one of the two.
`phone` takes those of the README, for which a whole service with Rasa is started.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.pictures import (
    every_screen,
    guide_admin,
    guide_editor,
    guide_officer,
    guide_section,
    phone,
)

LARGEST = 300_000  # bytes of a picture


def main() -> int:
    """Take what is asked for; 1 when a picture grew too large, 2 when the service won't start."""
    parser = argparse.ArgumentParser(description="Take the pictures of the guides.")
    parser.add_argument("what", nargs="+", choices=("guides", "screens", "phone"))
    wanted = parser.parse_args().what
    if "guides" in wanted:
        guide_officer.main()
        guide_section.main()
        guide_admin.main()
        guide_editor.main()
    if "screens" in wanted:
        every_screen.main()
    if "phone" in wanted and not phone.main():
        return 2
    large = [p.name for p in phone.PICTURES.glob("*.png") if p.stat().st_size > LARGEST]
    if large:
        print(f"Larger than {LARGEST // 1000} kB: {', '.join(large)}", file=sys.stderr)
    return 1 if large else 0


if __name__ == "__main__":
    sys.exit(main())
