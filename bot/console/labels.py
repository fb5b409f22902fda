"""What the console calls states, reasons, speakers and faults."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from bot.console.language import N_, Words
from bot.models import (
    DeliveryState,
    MessageKind,
    QuestionOrigin,
    Role,
    Speaker,
    TicketReason,
    TicketState,
)

_ABBREVIATIONS = {"imei", "nppbkc"}  # topics that are said letter by letter

OUTCOMES: Mapping[str, str] = {
    "answered": N_("Terjawab"),
    "referred": N_("Diarahkan ke instansi atau kanal lain"),
    "complaint_recorded": N_("Pengaduan dicatat"),
    "no_response": N_("Pemohon tidak membalas lagi"),
    "not_ours": N_("Di luar layanan Bea Cukai"),
    "abuse": N_("Iseng atau tidak pantas"),
}
HANDED_BACK = N_("Dikembalikan ke bot")

_LABELS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    TicketState: {
        TicketState.WAITING: N_("Menunggu"),
        TicketState.HELD: N_("Ditangani"),
        TicketState.CONSULTING: N_("Di seksi"),
        TicketState.ANSWERED: N_("Dijawab"),
        TicketState.CLOSED: N_("Ditutup"),
    },
    TicketReason: {
        TicketReason.URGENT: N_("Mendesak"),
        TicketReason.ASKED_FOR_PERSON: N_("Minta petugas"),
        TicketReason.NO_ANSWER: N_("Bot tidak punya jawaban"),
        TicketReason.NOT_HELPFUL: N_("Jawaban bot tidak membantu"),
        TicketReason.COMPLAINT: N_("Pengaduan"),
        TicketReason.BOT_UNAVAILABLE: N_("Bot sedang tidak bisa dihubungi"),
        TicketReason.ABUSE: N_("Kata-kata tidak pantas"),
        TicketReason.MEDIA: N_("Mengirim gambar atau berkas"),
        TicketReason.OFFICER_STEPPED_IN: N_("Petugas masuk sendiri"),
    },
    QuestionOrigin: {
        QuestionOrigin.WRITTEN: N_("Ditulis editor"),
        QuestionOrigin.CONFIRMED: N_("Dikatakan membantu"),
        QuestionOrigin.CORRECTED: N_("Koreksi petugas"),
    },
    Role: {
        Role.PLI: N_("Petugas PLI"),
        Role.SECTION: N_("Seksi"),
        Role.EDITOR: N_("Editor"),
        Role.SUPERVISOR: N_("Kepala Seksi PLI"),
        Role.ADMIN: N_("Administrator"),
    },
    Speaker: {
        Speaker.APPLICANT: N_("Pemohon"),
        Speaker.BOT: N_("Bot"),
        Speaker.OFFICER: N_("Petugas"),
        Speaker.DESK: N_("Layanan"),
    },
    MessageKind: {
        MessageKind.TEXT: N_("Teks"),
        MessageKind.BUTTON: N_("Pilihan diketuk"),
        MessageKind.IMAGE: N_("Gambar"),
        MessageKind.AUDIO: N_("Pesan suara"),
        MessageKind.VIDEO: N_("Video"),
        MessageKind.DOCUMENT: N_("Dokumen"),
        MessageKind.STICKER: N_("Stiker"),
        MessageKind.LOCATION: N_("Lokasi"),
        MessageKind.CONTACTS: N_("Kontak"),
        MessageKind.REACTION: N_("Reaksi"),
        MessageKind.EMPTY: N_("Pesan kosong"),
    },
    DeliveryState: {
        DeliveryState.QUEUED: N_("Antre kirim"),
        DeliveryState.SENDING: N_("Sedang dikirim"),
        DeliveryState.UNKNOWN: N_("Belum pasti terkirim, sedang diperiksa"),
        DeliveryState.ACCEPTED: N_("Diterima WhatsApp"),
        DeliveryState.SENT: N_("Terkirim"),
        DeliveryState.DELIVERED: N_("Sampai"),
        DeliveryState.READ: N_("Dibaca"),
        DeliveryState.FAILED: N_("Gagal"),
        DeliveryState.CANCELLED: N_("Tidak jadi dikirim"),
    },
}

# What happened to a ticket, as a line in the transcript.
EVENTS: Mapping[str, str] = {
    "opened": N_("Tiket {ticket} dibuka"),
    "reopened": N_("Tiket {ticket} dibuka lagi"),
    "marked_urgent": N_("Tiket {ticket} menjadi mendesak"),
    "taken": N_("{who} mengambil alih"),
    "transferred": N_("{who} mengalihkan tiket ke {to}"),
    "released": N_("{who} mengembalikan tiket ke antrean"),
    "handed_over": N_("Giliran {who} berakhir, tiket kembali ke antrean"),
    "section_consulted": N_("{who} bertanya ke {section}"),
    "section_answered": N_("{who} menjawab untuk seksi"),
    "section_asked_back": N_("{who} bertanya balik untuk seksi"),
    "section_told": N_("{who} melengkapi pertanyaan ke {section}"),
    "section_passed_on": N_("{who} meneruskan pertanyaan ke {section}"),
    "head_asked": N_("{who} meminta keputusan Kepala Seksi"),
    "head_asked_by_section": N_("{who} meneruskan ke Kepala Seksi untuk keputusan"),
    "head_decided": N_("{who} memutuskan sebagai Kepala Seksi"),
    "answer_waits": N_("Penjelasan {section} belum disampaikan kepada pemohon"),
    "clock_breached": N_("Tenggat tiket {ticket} terlewati"),
    "handed_back": N_("{who} mengembalikan percakapan ke bot"),
    "closed": N_("{who} menutup tiket {ticket}"),
    "rated": N_("Pemohon memberi nilai {stars} dari 5"),
}

_FAULTS: Mapping[int, str] = {
    63016: N_("Lewat 24 jam sejak pesan terakhir pemohon, WhatsApp hanya menerima templat."),
    63018: N_("WhatsApp membatasi jumlah pesan; coba lagi sebentar lagi."),
    20429: N_("Twilio membatasi jumlah pesan; coba lagi sebentar lagi."),
    21610: N_("Pemohon berhenti berlangganan, jadi tidak bisa dikirimi pesan."),
    63024: N_("Nomor ini bukan penerima WhatsApp yang sah."),
    63003: N_("Nomor ini tidak terdaftar di WhatsApp."),
    63019: N_("WhatsApp tidak bisa mengambil berkas ini. Kirim ulang."),
}

# Why an applicant's file can't be opened.
MEDIA_FAULTS: Mapping[str, str] = {
    "gone": N_("WhatsApp tidak menyimpan berkas ini lagi. Minta pemohon mengirim ulang."),
    "too_large": N_("Berkas ini lebih besar dari 16 MB. Minta pemohon mengirim yang lebih kecil."),
    "refused": N_("Berkas ini bukan dari WhatsApp, jadi tidak diambil."),
    "unreachable": N_("Berkas ini tidak bisa diambil. Minta pemohon mengirim ulang."),
}

# What the page's script says.
SCRIPT: Mapping[str, str] = {
    "live": N_("Langsung"),
    "connecting": N_("Menyambung lagi…"),
    "offline": N_("Tidak tersambung. Mencoba lagi…"),
    "calm": N_("Tenang"),
    "urgent": N_("Segera"),
    "breached": N_("Terlambat"),
    "left": N_("{n} huruf lagi"),
    "parts": N_("Dikirim sebagai {n} pesan"),
    "not_sent": N_("Belum terkirim karena sambungan terputus. Teks Anda masih ada; coba lagi."),
    "new_below": N_("Pesan baru di bawah"),
    "looking": N_("{names} sedang melihat"),
    "typing": N_("{names} sedang mengetik…"),
    "notify_granted": N_("Pemberitahuan di peramban ini menyala."),
    "notify_denied": N_("Pemberitahuan diblokir di peramban ini; izinkan lewat setelannya."),
    "notify_none": N_("Peramban ini tidak mengenal pemberitahuan."),
    "not_loaded": N_("Tidak termuat karena sambungan terputus. Coba lagi."),
}


def label(value: StrEnum, words: Words) -> str:
    """What a state, reason, role, speaker, kind or delivery is called."""
    return words.gettext(_LABELS[type(value)][value])


def outcome(code: str, words: Words) -> str:
    """How a ticket ended."""
    if code == "handed_back":
        return words.gettext(HANDED_BACK)
    return words.gettext(OUTCOMES[code]) if code in OUTCOMES else code


def fault(code: int | None, words: Words) -> str:
    """Why a message was not sent, in plain words."""
    if code is None:
        return words.gettext("WhatsApp tidak menerima pesan ini.")
    if code in _FAULTS:
        return words.gettext(_FAULTS[code])
    return words.gettext("WhatsApp tidak menerima pesan ini (kode {code}).").format(code=code)


def media_fault(code: str, words: Words) -> str:
    """Why a file can't be had, and what to do."""
    return words.gettext(MEDIA_FAULTS[code])


def topic(code: str, words: Words) -> str:
    """What a group of articles is called: its own name, which editors gave it."""
    if code == "lainnya":
        return words.gettext("Lainnya")
    spoken = code.replace("_", " ")
    return spoken.upper() if spoken in _ABBREVIATIONS else spoken.capitalize()


def masked(address: str) -> str:
    """A WhatsApp address with its middle hidden: +62 811-••••-001."""
    number = address.removeprefix("whatsapp:")
    if number.startswith("+62") and len(number) > 9:
        return f"+62 {number[3:6]}-••••-{number[-3:]}"
    return f"{number[:4]}••••{number[-3:]}" if len(number) > 7 else "••••"


def number(value: int, words: Words) -> str:
    """A whole number with its thousands marked: 1.000, or 1,000 in English."""
    grouped = f"{value:,}"
    return grouped.replace(",", ".") if words.code == "id" else grouped
