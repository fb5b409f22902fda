"""Which language a message is in, by its everyday words."""

from __future__ import annotations

import re

_ENGLISH = frozenset(
    """
    the is are was what how much many where when which who why can could do does did my
    your i we it to from for of in on at with and or not need have has should must will
    would please help tax customs duty free import export bring send parcel package
    register phone flight arrive passenger luggage hello thanks thank
    """.split()  # noqa: SIM905 - a word list reads better as words
)
_INDONESIAN = frozenset(
    """
    yang dan di ke dari untuk saya sy sya aku kami apa apakah berapa brp bagaimana gimana
    gmn kapan mana kenapa ini itu ada tidak tdk gak ga nggak bisa boleh mau kalau klo kalo
    paket barang bea cukai pajak bayar kirim bawa daftar min kak pak bu tolong mohon sudah
    udah belum blm kena dengan dgn kok sih ji mi ki toh nya cara hp luar negeri kantor
    """.split()  # noqa: SIM905 - a word list reads better as words
)


def language_of(text: str, preferred: str) -> str:
    """`id` or `en`; the person's preference decides when the words don't."""
    words = re.findall(r"[a-z']+", text.lower())
    english = sum(word in _ENGLISH for word in words)
    indonesian = sum(word in _INDONESIAN for word in words)
    if english >= 2 and english > 2 * indonesian:
        return "en"
    if indonesian > english:
        return "id"
    return preferred
