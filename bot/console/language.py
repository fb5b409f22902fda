"""The console's two languages. What is written in the code is Indonesian; English is a catalogue.

The catalogue is read as it was written, so that nothing has to be compiled.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

LANGUAGES = ("id", "en")
CATALOGUES = Path(__file__).parent / "locale"


def N_(text: str) -> str:  # noqa: N802 (the name that gettext's tools look for)
    """Mark words that are translated where they are shown."""
    return text


class Words:
    """One language's words."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.translations: NullTranslations = _read(code)

    def gettext(self, text: str) -> str:
        """The Indonesian `text` in this language."""
        return self.translations.ugettext(text)


@cache
def words_in(code: str) -> Words:
    """The words of a language; of Indonesian if there is no such language."""
    return Words(code if code in LANGUAGES else LANGUAGES[0])


def catalogue(code: str) -> Path:
    """Where a language's catalogue lies."""
    return CATALOGUES / code / "LC_MESSAGES" / "console.po"


def _read(code: str) -> NullTranslations:
    if code == LANGUAGES[0]:
        return NullTranslations()
    compiled = BytesIO()
    with catalogue(code).open("rb") as written:
        write_mo(compiled, read_po(written, locale=code))
    compiled.seek(0)
    return Translations(compiled)
