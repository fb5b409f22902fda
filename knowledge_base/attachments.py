"""The PDFs that follow an article's answer. Its front matter names them; the files lie beside.

    attachments:
      Formulir-Keberatan.pdf: 5f1c...   (the SHA-256 sum of the file, 64 hexadecimal digits)

The sum says which file it is, whatever other file comes to have its name. In a folder of
articles' files the PDFs are `attachments/<id of the article>/<name>` beside that folder.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

MOST = 3  # each is a message of its own
LARGEST = 16 * 1024 * 1024  # bytes, WhatsApp's limit for a document
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,59}\.pdf")
_SUM = re.compile(r"[0-9a-f]{64}")


def are_attachments(value: object) -> bool:
    """Whether an article can have these: sums by plain names, one to `MOST`."""
    return (
        isinstance(value, dict)
        and 1 <= len(value) <= MOST
        and all(isinstance(name, str) and _NAME.fullmatch(name) for name in value)
        and all(isinstance(one, str) and _SUM.fullmatch(one) for one in value.values())
    )


def sum_of(content: bytes) -> str:
    """The SHA-256 sum by which a file is known."""
    return hashlib.sha256(content).hexdigest()


def is_sendable(content: bytes) -> bool:
    """Whether WhatsApp takes it and it is what we attach: a PDF, by its first bytes."""
    return content.startswith(b"%PDF-") and len(content) <= LARGEST


def path_of(articles: Path, article_id: str, name: str) -> Path:
    """Where the PDF lies that an article of the folder `articles` names."""
    return articles.resolve().parent / "attachments" / article_id / name
