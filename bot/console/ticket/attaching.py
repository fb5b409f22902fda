"""Files that an officer attaches to a reply: read from the form, or refused with what to do."""

from __future__ import annotations

from bot.console.handling import Refused, Visit
from bot.console.language import Words
from bot.desk import attachments
from bot.desk.attachments import (
    LARGEST_DOCUMENT,
    LARGEST_PICTURE,
    LARGEST_TOGETHER,
    MEGABYTE,
    MOST_FILES,
)
from bot.sending_files import OutgoingFile


def files_in(visit: Visit) -> list[OutgoingFile]:
    """The form's files; raises Refused if one can't be sent."""
    try:
        return attachments.checked([(file.name, file.content) for file in visit.files])
    except attachments.BadFile as bad:
        sentence = _sentences(visit.words)[bad.why].format(name=bad.name)
        raise Refused(sentence, 422) from bad
    except attachments.TooManyFiles as error:
        raise Refused(_sentences(visit.words)["many"], 422) from error


def file_rules(words: Words) -> dict[str, object]:
    """The limits, and what is said of a file beyond them, for the page to check beforehand."""
    return {
        "most": MOST_FILES,
        "picture": LARGEST_PICTURE,
        "document": LARGEST_DOCUMENT,
        "together": LARGEST_TOGETHER,
        "remove": words.gettext("Buang {name}"),
        **_sentences(words),
    }


def _sentences(words: Words) -> dict[str, str]:
    """What is said of a file that can't be sent; `{name}` is still to be filled in."""
    return {
        "type": words.gettext(
            "{name} tidak dilampirkan: hanya JPEG, PNG dan PDF yang bisa dikirim."
        ),
        "size": words.gettext(
            "{name} tidak dilampirkan: gambar paling besar {picture} MB, PDF {document} MB."
        ).format(
            name="{name}",
            picture=LARGEST_PICTURE // MEGABYTE,
            document=LARGEST_DOCUMENT // MEGABYTE,
        ),
        "many": words.gettext(
            "Paling banyak {n} berkas dan {mb} MB sekali kirim. Kirim sisanya sesudah ini."
        ).format(n=MOST_FILES, mb=LARGEST_TOGETHER // MEGABYTE),
    }
