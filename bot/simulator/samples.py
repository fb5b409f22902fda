"""The small files that an applicant can send from the phone page. Drawn and written for it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "static" / "samples"


@dataclass(frozen=True)
class Sample:
    """A file under static/samples, and what Twilio calls a message that carries it."""

    file_name: str
    content_type: str
    message_type: str


SAMPLES = {
    "picture": Sample("paket.jpg", "image/jpeg", "image"),
    "voice": Sample("pesan-suara.ogg", "audio/ogg", "audio"),
    "document": Sample("surat-pemberitahuan.pdf", "application/pdf", "document"),
    "sticker": Sample("stiker.webp", "image/webp", "sticker"),
    "contact": Sample("kontak.vcf", "text/vcard", "contacts"),
}


@cache
def sample_bytes(sample: Sample) -> bytes:
    return (FOLDER / sample.file_name).read_bytes()
