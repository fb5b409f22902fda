"""Personal data in what people wrote, taken out and shown as taken out.

It rather removes too much than too little: whoever reads it sees that something is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

NUMBER, MAIL, NAME, ADDRESS = (
    "[nomor dihapus]",
    "[surel dihapus]",
    "[nama dihapus]",
    "[alamat dihapus]",
)
REMOVED = re.compile(r"\[(?:nomor|surel|nama|alamat) dihapus\]")

_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# A word that says whose number follows, and the number: five signs or more, a digit among them.
_NAMED_NUMBER = re.compile(
    r"\b((?:no(?:mor|mer)?\.?\s*)?(?:resi|awb|hawb|mawb|pib|peb|bc\s?1\.1|aju|nopen|pendaftaran|"
    r"nik|ktp|npwp|nib|nitku|paspor|passport|imei\s?[12]?|rekening|rek|va|telp|telepon|hp|wa|"
    r"whatsapp|polisi|nopol|plat|tiket|tracking|id)"
    r"(?:\s+(?:saya|sy|sa|ku|kami|beliau|pengajuan|nya))?"
    r"(?:\s*(?:nomor|nomer|no|number|adalah|yaitu|is)\b\.?)?\s*[:=#]?\s*)"
    r"((?=[\w./-]*\d)(?![\w./-]*\bPMK)[A-Za-z0-9][\w./-]{3,}\w)",
    re.IGNORECASE,
)
_POSTAL = re.compile(r"\b[A-Z]{2}\s?\d{9}\s?[A-Z]{2}\b", re.IGNORECASE)
# A courier's or a shop's code: letters and at least six digits in one word.
_CODE = re.compile(r"\b(?=\w*[A-Za-z])(?=\w*\d{6})[A-Za-z0-9]{9,}\b")
_PASSPORT = re.compile(r"\b[A-Z]{1,2}\s?\d{6,7}\b")
_TICKET = re.compile(r"\bMC-\d{4}-\d+\b", re.IGNORECASE)
_PHONE = re.compile(
    r"(?<![\w.,])(?<!\d )(?:\+\s?\d{1,3}|\(?0\d{1,3}\)?|62)(?:[\s.-]?\d{2,}){2,5}\b"
)
# Nine digits or more, joined by points and dashes, or in groups of three and more.
_LONG = re.compile(r"(?<![\w,/])\d(?:[.-]?\d){8,}(?!\w)|(?<![\w,/])\d{3,}(?: \d{3,})+(?!\w)")
_AMOUNT = re.compile(r"\d{1,3}(?:\.\d{3})+")
_MONEY_BEFORE = re.compile(r"(?:rp|idr|usd|us\$|\$|sgd|eur|€|¥|jpy|cny|senilai|harga)\.?\s*$", re.I)
_MONEY_AFTER = re.compile(r"\s*(?:rupiah|dolar|dollar|usd|idr|juta|ribu|miliar)\b", re.I)
_DATE = re.compile(r"(?:\d{1,2}[.-]\d{1,2}[.-]\d{4}|\d{4}-\d{1,2}-\d{1,2})\b")

_STREET = re.compile(
    r"\b(?i:jl|jln|jalan)\b\.?\s+[A-Z0-9][\w.']*"
    r"(?:\s+(?:[A-Z0-9][\w.']*|(?i:no|blok|kav|rt|rw)\b\.?))*(?:\s*/\s*\d+)?"
)
_STREET_LOWER = re.compile(
    r"\b((?:alamat|tinggal)(?:\s+(?:saya|rumah|kami|penerima))*(?:\s+(?:di|adalah))*\s*:?\s*)"
    r"(?:jl|jln|jalan|perum\w*|komp\w*)\b\.?[^,.;?!\n]+",
    re.IGNORECASE,
)
_CUE = re.compile(
    r"\b(nama\s+(?:saya|sy|sa|ku|lengkap|penerima|pengirim|pemilik)\b(?:\s+(?:adalah|itu))?\s*[:=]?\s*|"
    r"namaku\s+|nama\s*:\s*|atas\s+nama\s*:?\s*|a\.\s?n\.?\s*:?\s*|a/n\s*:?\s*|an\.\s*|"
    r"bernama\s+|perkenalkan,?\s+(?:nama\s+)?(?:saya|sy)\s+|my name is\s+|i am called\s+|"
    r"in the name of\s+)",
    re.IGNORECASE,
)
_SALUTATION = re.compile(
    r"\b((?:[Bb]apak|[Bb]pk|[Ii]bu|[Pp]ak|[Bb]u|[Kk]ak|[Mm]as|[Mm]bak|[Ss]audara|[Ss]audari|"
    r"[Ss]dr[i]?|[Dd]aeng|[Aa]ndi|Mr|Mrs|Ms|Haji|Hj?)\b\.?\s+)"
    r"((?:[A-Z][a-z'’]+\.?)(?:\s+[A-Z][a-z'’]+)*)"
)
_WORD = re.compile(r"[A-Za-z'’.]+")
MOST_NAMES = 4  # words of one name
# What follows a name, or stands where one could but is none.
_OTHER_WORDS = """
saya sy aku kami kita anda dia beliau mereka ini itu tersebut mau ingin hendak akan sudah belum
telah sedang lagi bisa dapat boleh harus perlu minta mohon tolong tanya bertanya nanya dari di
ke pada dengan untuk yang dan atau tapi tetapi karena kalau jika bila apakah apa siapa kenapa
bagaimana gimana berapa kapan dimana mana punya ada beli membeli kirim kirimkan kirimi mengirim
terima menerima bawa membawa paket barang orang lain perusahaan badan usaha pribadi sendiri
keluarga istri suami anak ibu bapak ayah teman penerima pengirim pemilik perorangan pt cv ud
tidak nggak gak nda bukan masih hanya juga tinggal alamat nomor no hp wa npwp nik ktp paspor
adalah selamat pagi siang sore malam kasih halo petugas admin kepala seksi kantor bea cukai
pelayanan pos indonesia and from want would like please with the is i my we
"""
_NO_NAMES = frozenset(_OTHER_WORDS.split())
_COMPANY = re.compile(r"(?:PT|CV|UD)\b\.?\s*", re.IGNORECASE)


def without_personal_data(text: str, names: Iterable[str] = ()) -> str:
    """The text with marks such as "[nomor dihapus]" where personal data was.

    `names` are known ones to take out besides those that are introduced ("nama saya ...").
    """
    text = _MAIL.sub(MAIL, text)
    text = _NAMED_NUMBER.sub(lambda found: found[1] + _masked(found[2]), text)
    for pattern in (_TICKET, _POSTAL, _CODE, _PASSPORT):
        text = pattern.sub(NUMBER, text)
    text = _PHONE.sub(_unless_harmless, text)
    text = _LONG.sub(_unless_harmless, text)
    text = _STREET_LOWER.sub(lambda found: found[1] + ADDRESS, text)
    text = _STREET.sub(ADDRESS, text)
    for name in names:
        if len(name.strip()) > 2:
            text = re.sub(rf"\b{re.escape(name.strip())}\b", NAME, text, flags=re.IGNORECASE)
    text = _without_introduced(text)
    return _SALUTATION.sub(_unless_office, text)


def _masked(token: str) -> str:
    """A named number, unless it is a year or only a few digits."""
    digits = sum(sign.isdigit() for sign in token)
    return NUMBER if digits > 4 else token


def _unless_harmless(found: re.Match[str]) -> str:
    """Dates and amounts of money stay."""
    said, before = found.group(), found.string[: found.start()]
    if _AMOUNT.fullmatch(said) or _MONEY_BEFORE.search(before) or _DATE.match(said):
        return said
    if sum(sign.isdigit() for sign in said) < 9 or _MONEY_AFTER.match(found.string, found.end()):
        return said
    return NUMBER


def _without_introduced(text: str) -> str:
    """Without the words that follow "nama saya", "a.n." and the like, as far as they are a name."""
    pieces, at = [], 0
    for cue in _CUE.finditer(text):
        if cue.start() < at:
            continue
        start = cue.end()
        company = _COMPANY.match(text, start)
        start = company.end() if company else start
        end = _end_of_name(text, start)
        if end > start:
            pieces += [text[at:start], NAME]
            at = end
    return "".join([*pieces, text[at:]])


def _end_of_name(text: str, start: int) -> int:
    end = start
    for _ in range(MOST_NAMES):
        word = _WORD.match(text, end + (end > start))
        separated = end == start or text[end : end + 1] == " "
        if word is None or not separated or word.group().strip(".'’").lower() in _NO_NAMES:
            break
        end = word.end()
        if word.group().endswith(".") and len(word.group()) > 3:  # the sentence ends here
            return end - 1
    return end


def _unless_office(found: re.Match[str]) -> str:
    """Whoever is addressed by an office ("Bapak Kepala Kantor") is no name."""
    words = [word.strip(".").lower() for word in found[2].split()]
    return found.group() if words[0] in _NO_NAMES else found[1] + NAME
