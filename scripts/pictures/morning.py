"""A morning at the desk: who waits, who is answered, what is at a section, what went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

from PIL import Image, ImageDraw

from bot.models import DeliveryState, MessageKind, TicketReason
from scripts.pictures.people import (
    applicant,
    asks_section,
    bot_answers,
    is_closed,
    is_tagged,
    is_taken,
    minutes,
    notes,
    says,
    waits,
    writes,
)

HOLDING = "Terima kasih. Kami tanyakan dulu ke seksi terkait; jawabannya kami sampaikan di sini."
LIMIT = "berapa batas bebas bea masuk barang kiriman?"
HELD_BACK = "Paket saya dari Jepang tertahan dua minggu, statusnya tidak berubah. Kenapa?"


@dataclass(frozen=True)
class Morning:
    """The tickets that the pictures open, by who waits."""

    rina: int
    yusuf: int
    marten: int
    sinar: int
    nurul: int


def fill_the_queue() -> Morning:
    """Everybody of this morning; gives the tickets that a guide shows."""
    _earlier_days()
    nurul = _nurul()
    sinar = _window_closed()
    marten = _at_a_section()
    baso = applicant("Andi Baso Passamula")
    writes(baso, "min, mau bicara sama orang soal registrasi IMEI hp dari Jepang", minutes(13))
    waits(baso, TicketReason.ASKED_FOR_PERSON, minutes(13), "Registrasi IMEI", "imei")
    yusuf = _long_name()
    rina = _rina()
    voice = applicant("", timedelta())
    writes(voice, "", minutes(2), MessageKind.AUDIO, (("audio/ogg", b"OggS" + b"\0" * 90, None),))
    waits(voice, TicketReason.MEDIA, minutes(2))
    urgent = applicant("Siti Nurhaliza Rahman")
    writes(
        urgent,
        "Pesawat saya berangkat 1 jam lagi dan koper saya masih ditahan di bandara. Tolong!",
        minutes(1.5),
    )
    waits(urgent, TicketReason.URGENT, minutes(1.5), "Koper ditahan, penerbangan 1 jam lagi")
    company = applicant("CV Bahari Jaya", timedelta(days=300))
    writes(company, "petugas", minutes(1))
    waits(company, TicketReason.ASKED_FOR_PERSON, minutes(1))
    _with_the_bot()
    return Morning(rina, yusuf, marten, sinar, nurul)


def _rina() -> int:
    """Two answers of the bot, a photo and an invoice, then she wants a person."""
    rina = applicant("Rina Wulandari")
    writes(rina, LIMIT, minutes(9))
    bot_answers(
        rina,
        LIMIT,
        "Barang kiriman sampai dengan *USD 3* (FOB) per kiriman bebas bea masuk; PPN tetap "
        "dikenakan.\n\nDasar: PMK 4/2025.",
        minutes(9),
        article="kiriman_batas_bebas",
        weighed=(
            ("kiriman_batas_bebas", 0.94),
            ("kiriman_contoh_hitung", 0.04),
            ("kiriman_hadiah", 0.01),
        ),
        helpful=True,
    )
    writes(rina, HELD_BACK, minutes(5))
    bot_answers(
        rina,
        HELD_BACK,
        "Status kiriman bisa dilihat di beacukai.go.id/barangkiriman dengan nomor resi. Apakah "
        "ini membantu?",
        minutes(5),
        article="kiriman_lacak",
        weighed=(
            ("kiriman_lacak", 0.71),
            ("kiriman_arti_status", 0.22),
            ("kiriman_biaya_gudang", 0.06),
        ),
        helpful=False,
    )
    picture = (("image/png", _label_photo(), None),)
    writes(rina, "Ini label di paketnya", minutes(4), MessageKind.IMAGE, picture)
    invoice = (("application/pdf", b"%PDF-1.4" + b"\0" * 182_000, None),)
    writes(rina, "dan fakturnya", minutes(4), MessageKind.DOCUMENT, invoice)
    writes(rina, "Tidak membantu. Saya mau bicara dengan petugas.", minutes(3))
    subject = "Paket dari Jepang tertahan dua minggu"
    return waits(rina, TicketReason.NOT_HELPFUL, minutes(3), subject, "kiriman")


def _long_name() -> int:
    long = applicant("H. Muhammad Yusuf Daeng Mattola", timedelta(days=2))
    writes(
        long,
        "Saya mau mengadu. Loket 2 kemarin sore sudah tutup pukul setengah empat padahal di papan "
        "tertulis sampai pukul lima, nomor antrean saya A-017 tidak dipanggil sama sekali, dan "
        "petugas jaga menyuruh kembali besok tanpa penjelasan. Saya datang dari Bulukumba, lima "
        "jam perjalanan, dengan orang tua saya yang sakit.",
        minutes(8),
    )
    ticket = waits(long, TicketReason.COMPLAINT, minutes(8), "Loket 2 tutup sebelum waktunya")
    is_tagged(ticket, "ani", "pengaduan", "loket")
    return ticket


def _at_a_section() -> int:
    marten = applicant("Marten Palayukan", timedelta(days=120))
    words = writes(
        marten,
        "Saya bawa 200 gram emas batangan titipan keluarga dari Dubai. Perlu diberitahukan?",
        minutes(25),
    )
    ticket = waits(
        marten, TicketReason.NO_ANSWER, minutes(25), "Emas titipan 200 gram", "penumpang"
    )
    is_taken(ticket, "ani", minutes(22))
    question = (
        "Penumpang membawa 200 gram emas batangan titipan keluarga. Apakah wajib diberitahukan, "
        "dan apa akibatnya bila tidak?"
    )
    asks_section(ticket, "ani", "PKC", question, minutes(20), holding_reply=HOLDING, shared=[words])
    return ticket


def _window_closed() -> int:
    """Answered, but more than a day ago: only a template reaches the company now."""
    sinar = applicant("PT Sinar Niaga Celebes", timedelta(days=90))
    writes(
        sinar,
        "Kapan keputusan keberatan kami keluar? Nomor surat S-114/2026.",
        timedelta(hours=26),
    )
    ticket = waits(
        sinar, TicketReason.NO_ANSWER, timedelta(hours=26), "Keputusan keberatan", "impor"
    )
    is_taken(ticket, "ani", timedelta(hours=25, minutes=57))
    says(
        sinar,
        "ani",
        "Selamat pagi. Kami cek ke seksi yang menangani, dan kabari begitu ada keputusannya.",
        timedelta(hours=25, minutes=55),
    )
    return ticket


def _nurul() -> int:
    """A reply that WhatsApp did not take, and a note for colleagues."""
    nurul = applicant("Nurul Hidayah")
    writes(nurul, "Kak, hp saya beli di Singapura. Cara daftar IMEI setelah sampai?", minutes(47))
    ticket = waits(
        nurul, TicketReason.ASKED_FOR_PERSON, minutes(47), "Registrasi IMEI setelah tiba", "imei"
    )
    is_taken(ticket, "ani", minutes(44))
    says(
        nurul,
        "ani",
        "Halo Kak Nurul, saya Ani. Registrasi masih bisa di kantor kami, paling lambat 60 hari "
        "sejak tiba. Bawa HP, paspor dan boarding pass.",
        minutes(43),
    )
    writes(nurul, "Tiba 10 November. Bisa sore ini?", minutes(40))
    says(
        nurul,
        "ani",
        "Bisa, loket buka sampai pukul 17.00. Ini tautan formulirnya: beacukai.go.id/imei",
        minutes(38),
        state=DeliveryState.FAILED,
        error_code=63005,
    )
    notes(nurul, "ani", "Loket sudah saya telepon: sore ini sepi, boleh langsung.", minutes(37))
    return ticket


def _earlier_days() -> None:
    past = (
        ("Gunawan Sihombing", "Berapa pajak sepatu 80 dolar dari Amazon?", "kiriman", 1),
        ("Yohana Rante Allo", "Syarat NPPBKC untuk usaha eceran minuman?", "nppbkc", 2),
        ("Hasan Basri", "Alamat dan jam buka kantor?", "kantor", 3),
        ("UD Sumber Rejeki", "Cara ekspor kepiting ke Tiongkok?", "ekspor", 4),
    )
    for name, words, topic, days in past:
        ago = timedelta(days=days, minutes=days * 37)
        conversation = applicant(name)
        writes(conversation, words, ago)
        ticket = waits(conversation, TicketReason.NO_ANSWER, ago, words, topic)
        is_taken(ticket, "ali", ago - minutes(3))
        says(conversation, "ali", "Berikut penjelasannya.", ago - minutes(5))
        is_closed(ticket, "ali", ago - minutes(20))


def _with_the_bot() -> None:
    dewa = applicant("I Made Dewa Saputra", timedelta(hours=1))
    question = "kirim buku dari luar negeri kena pajak?"
    writes(dewa, question, minutes(6))
    bot_answers(
        dewa,
        question,
        "Buku ilmu pengetahuan bebas bea masuk dan PPN.",
        minutes(6),
        article="kiriman_buku",
        weighed=(("kiriman_buku", 0.97),),
    )


def _label_photo() -> bytes:
    """What a parcel's label looks like on a photo."""
    image = Image.new("RGB", (520, 300), "#b98d5e")
    draw = ImageDraw.Draw(image)
    draw.rectangle((60, 40, 460, 260), fill="#f6f2e8")
    draw.text((84, 60), "FROM: OSAKA, JAPAN\nTO: MAKASSAR, INDONESIA", fill="#222222", font_size=20)
    for x in range(84, 436, 8):
        draw.rectangle((x, 150, x + 2 + x % 5, 220), fill="#222222")
    draw.text((150, 228), "RR 123 456 789 ID", fill="#222222", font_size=22)
    buffer = BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
