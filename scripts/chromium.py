#!/usr/bin/env python3
"""Prints the path of a Chromium, installing one if there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

# The shell is Chromium without the browser around a page, which nobody sees here: it needs less.
SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = (SHELL, "chromium")


def main() -> int:
    found = configured() or installed() or through_apt() or through_playwright()
    if found is None:
        print(
            "No Chromium was found or could be installed: install the package chromium, "
            "or set CHROMIUM_PATH.",
            file=sys.stderr,
        )
        return 2
    print(found)
    return 0


def configured() -> str | None:
    return shutil.which(os.environ.get("CHROMIUM_PATH", ""))


def installed() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


def through_apt() -> str | None:
    """Debian's package, where we may install it."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None or not apt_get("update"):
        return None
    install = ("install", "-y", "--no-install-recommends")
    return installed() if any(apt_get(*install, package) for package in PACKAGES) else None


def apt_get(*words: str) -> bool:
    """Whether it went well."""
    print("apt-get", *words, file=sys.stderr)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(["apt-get", *words], env=quiet, stdout=sys.stderr).returncode == 0


def through_playwright() -> str | None:
    """Playwright's own build, in the user's cache."""
    install = [sys.executable, "-m", "playwright", "install", "chromium"]
    if subprocess.run(install, stdout=sys.stderr).returncode != 0:
        return None
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


if __name__ == "__main__":
    sys.exit(main())
