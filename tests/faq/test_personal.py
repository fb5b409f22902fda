"""What is taken out of people's words before editors see them, and what stays."""

from __future__ import annotations

import pytest

from bot.faq.personal import REMOVED, without_personal_data

REMOVALS = [
    # phones
    ("hubungi saya di 081234567890 ya", "hubungi saya di [nomor dihapus] ya"),
    ("WA 0812-3456-7890", "WA [nomor dihapus]"),
    ("nomor saya +62 812 3456 7890", "nomor saya [nomor dihapus]"),
    ("telp (0411) 123 4567", "telp [nomor dihapus]"),
    ("call me at +1 415 523 8886", "call me at [nomor dihapus]"),
    ("hp saya: 6281234567890", "hp saya: [nomor dihapus]"),
    # parcels
    ("paket RR123456789ID belum sampai", "paket [nomor dihapus] belum sampai"),
    ("resi lx 987654321 cn kapan keluar", "resi [nomor dihapus] kapan keluar"),
    ("awb 9876543210 tertahan", "awb [nomor dihapus] tertahan"),
    ("no resi saya JX1234567890 mandek", "no resi saya [nomor dihapus] mandek"),
    ("kode SPXID0312345678 itu apa", "kode [nomor dihapus] itu apa"),
    # declarations and persons' numbers
    ("PIB nomor 000123 tanggal 3 Mei", "PIB nomor [nomor dihapus] tanggal 3 Mei"),
    ("nomor aju 05010012345620261123000123", "nomor aju [nomor dihapus]"),
    ("NIK 7371012345678901", "NIK [nomor dihapus]"),
    ("nik saya 7371 0123 4567 8901", "nik saya [nomor dihapus]"),
    ("NPWP 01.234.567.8-901.000 aktif?", "NPWP [nomor dihapus] aktif?"),
    ("npwpku 012345678901000", "npwpku [nomor dihapus]"),
    ("paspor C1234567 habis", "paspor [nomor dihapus] habis"),
    ("paspor saya c1234567", "paspor saya [nomor dihapus]"),
    ("passport number X 1234567", "passport number [nomor dihapus]"),
    ("IMEI 356938035643809 terblokir", "IMEI [nomor dihapus] terblokir"),
    ("imei1: 35-693803-564380-9", "imei1: [nomor dihapus]"),
    ("rekening BRI 1234567890", "rekening BRI [nomor dihapus]"),
    ("tiket MC-2026-000123 bagaimana", "tiket [nomor dihapus] bagaimana"),
    # mail
    ("kirim ke fajar.nugroho@contoh.co.id saja", "kirim ke [surel dihapus] saja"),
    # names
    ("Nama saya Fajar Nugroho, mau tanya", "Nama saya [nama dihapus], mau tanya"),
    ("nama saya fajar nugroho mau tanya imei", "nama saya [nama dihapus] mau tanya imei"),
    ("paket a.n. Siti Aminah", "paket a.n. [nama dihapus]"),
    ("paket a.n Siti Aminah belum keluar", "paket a.n [nama dihapus] belum keluar"),
    ("atas nama Siti Aminah. Terima kasih", "atas nama [nama dihapus]. Terima kasih"),
    ("atas nama PT Maju Jaya Abadi", "atas nama PT [nama dihapus]"),
    ("perkenalkan saya Andi dari Gowa", "perkenalkan saya [nama dihapus] dari Gowa"),
    ("my name is John Smith and I want", "my name is [nama dihapus] and I want"),
    ("Selamat siang Bapak Fajar, paketnya", "Selamat siang Bapak [nama dihapus], paketnya"),
    ("Yth. Ibu Siti Aminah,", "Yth. Ibu [nama dihapus],"),
    # addresses
    ("dikirim ke Jl. Pettarani No. 12 Makassar", "dikirim ke [alamat dihapus]"),
    ("alamat saya jalan veteran selatan 5, kirim", "alamat saya [alamat dihapus], kirim"),
]

KEPT = [
    "berapa batas bebas bea masuk USD 500 per orang?",
    "harga barang Rp1.500.000.000 kena berapa",
    "nilai 1.234.567.890 rupiah",
    "menurut PMK 203/PMK.04/2017 dan PMK 96/2023",
    "Peraturan PER-2/BC/2024 pasal 14",
    "HS 8517.13.00 apa wajib SNI",
    "UU 17/2006 tentang kepabeanan",
    "tiba 23-11-2026 jam 10",
    "tiba 2026-11-23 10:00 di bandara",
    "formulir BC 2.2 dan CN 23",
    "nomor layanan 1500225",
    "kalau NPWP 15 digit bagaimana",
    "aturan imei 2026 apa berubah",
    "apakah boleh atas nama orang lain",
    "paket atas nama perusahaan boleh?",
    "nama saya tidak ada di daftar",
    "Mohon arahan Bapak Kepala Kantor",
    "jalan keluarnya bagaimana",
    "3 botol 750 ml dan 200 batang rokok",
    "",
]


@pytest.mark.parametrize(("said", "left"), REMOVALS)
def test_personal_data_is_taken_out_and_shown_as_taken_out(said: str, left: str) -> None:
    assert without_personal_data(said) == left


@pytest.mark.parametrize("said", KEPT)
def test_what_is_nobodys_own_stays(said: str) -> None:
    assert without_personal_data(said) == said


def test_a_known_name_is_taken_out_wherever_it_stands() -> None:
    said = "Baik, fajar nugroho akan kami hubungi; Nugrohowati tidak."
    assert without_personal_data(said, ["Fajar Nugroho"]) == (
        "Baik, [nama dihapus] akan kami hubungi; Nugrohowati tidak."
    )
    assert without_personal_data(said, ["", "Mr"]) == said


@pytest.mark.parametrize(("_", "left"), REMOVALS)
def test_taking_out_again_changes_nothing(_: str, left: str) -> None:
    assert without_personal_data(left) == left


def test_every_mark_is_known_as_one() -> None:
    assert all(REMOVED.search(left) for _, left in REMOVALS)
