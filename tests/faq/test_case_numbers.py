"""Numbers of a case are found; amounts, telephone numbers and tickets are none."""

from __future__ import annotations

import pytest

from bot.faq.case_numbers import case_number, in_general


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("paket saya RR123456789CN sampai mana", "RR123456789CN"),
        ("resi ee 123456789 jp min", "EE123456789JP"),
        ("imei 356938035643809 belum aktif", "356938035643809"),
        ("awb 7712345678", "7712345678"),
        ("hp saya 081234567890", None),
        ("wa 6281234567890", None),
        ("nilainya Rp 1.500.000.000", None),
        ("tiket MC-2026-000123", None),
        ("beli 3 barang 250 dolar tahun 2026", None),
    ],
)
def test_a_case_number_is_told_from_other_numbers(text: str, number: str | None) -> None:
    assert case_number(text) == number


@pytest.mark.parametrize(
    ("text", "general"),
    [
        ("paket saya RR123456789CN sampai mana", "paket saya nomor resi sampai mana"),
        ("imei 356938035643809 belum aktif", "imei belum aktif"),
        ("RR123456789CN", None),
        ("paket saya sampai mana", None),
    ],
)
def test_a_case_in_general_says_what_kind_of_number_it_was(text: str, general: str | None) -> None:
    assert in_general(text) == general
