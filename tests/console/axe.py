"""What axe finds on a page, in WCAG 2.2 AA and beyond, by day and by night."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_SCRIPT = Axe().axe_script
_ASK = "([part, options]) => axe.run(part || document, options).then((found) => found.violations)"
# Of what WCAG 2.2 added, axe leaves this one off unless it is asked for.
_ALL: dict[str, Any] = {"rules": {"target-size": {"enabled": True}}}
# What may differ by night, as nothing but the colours does.
_COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
_SIGHTS = (("light", _ALL), ("dark", _COLOURS))


def violations(page: Page, where: str, part: str | None = None) -> list[str]:
    """What axe finds on the page, or in its part of this selector, each with its place."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_SCRIPT)
    found = []
    for scheme, options in _SIGHTS:
        page.emulate_media(color_scheme=scheme)
        faults = page.evaluate(_ASK, [part, options | {"resultTypes": ["violations"]}])
        found += [
            f"{where} ({scheme}): {fault['id']}: {node['html'][:160]} {node['failureSummary']}"
            for fault in faults
            for node in fault["nodes"]
        ]
    return found
