"""The regulations that a legal basis names, on what articles really say."""

from __future__ import annotations

import re

import pytest

from bot.faq.citations import citations, cited_in
from knowledge_base.articles import read_articles

TABLE = [
    ("PMK 96/2023", ["PMK 96/2023"]),
    ("PMK 34/2025 Pasal 9 ayat (3) dan Pasal 12 ayat (2)", ["PMK 34/2025"]),
    ("PMK 57/PMK.04/2017 dan perubahannya", ["PMK 57/PMK.04/2017"]),
    (
        "PMK 176/PMK.011/2009 s.t.d.t.d. PMK 188/PMK.010/2015",
        [
            "PMK 176/PMK.011/2009",
            "PMK 188/PMK.010/2015",
        ],
    ),
    (
        "PMK 192/PMK.010/2021 jo. PMK 109/2022, PMK 191/PMK.010/2022, PMK 97/2024",
        [
            "PMK 192/PMK.010/2021",
            "PMK 109/2022",
            "PMK 191/PMK.010/2022",
            "PMK 97/2024",
        ],
    ),
    ("PMK 137/2023 dan PER-20/BC/2024 (AEO)", ["PMK 137/2023", "PER-20/BC/2024"]),
    ("PER-09/BC/2018", ["PER-9/BC/2018"]),
    ("PER-5/PP/2021 s.t.d.d. PER-4/PP/2025", ["PER-5/PP/2021", "PER-4/PP/2025"]),
    ("KEP-310/WBC.17/KPP.MP.01/2018", ["KEP-310/WBC.17/KPP.MP.01/2018"]),
    ("KMK 37/KM.4/2025", ["KMK 37/KM.4/2025"]),
    ("Peraturan BPOM 27/2022 jo. 28/2023", ["Peraturan BPOM 27/2022", "Peraturan BPOM 28/2023"]),
    ("Permendag 16 s.d. 18/2025", ["Permendag 16/2025", "Permendag 17/2025", "Permendag 18/2025"]),
    (
        "Permendag 18/2021 jo. 40/2022 (aturan sebelumnya)",
        [
            "Permendag 18/2021",
            "Permendag 40/2022",
        ],
    ),
    ("Keppres 4/2025 (penyusunan PP; PP pelaksana belum terbit)", ["Keppres 4/2025"]),
    ("UU Kepabeanan Pasal 25 dan 26 (PMK per jenis barang)", ["UU 10/1995", "UU 17/2006"]),
    ("UU Cukai Pasal 7A, 8, 9, 14", ["UU 11/1995", "UU 39/2007", "UU 7/2021"]),
    ("Undang-Undang Nomor 17 Tahun 2006 tentang Kepabeanan", ["UU 17/2006"]),
    ("Peraturan Menteri Keuangan No. 96 Tahun 2023", ["PMK 96/2023"]),
    ("Peraturan Menteri Keuangan Nomor PMK-96/2023", ["PMK 96/2023"]),
    ("Peraturan Direktur Jenderal Bea dan Cukai Nomor PER-16/BC/2024", ["PER-16/BC/2024"]),
    # No regulation is named by number and year.
    ("Aturan Kementerian Perdagangan", []),
    ("Keputusan Menteri Keuangan mingguan tentang kurs pajak", []),
    ("PMK per jenis impor (pindahan, kiriman, penumpang)", []),
    ("berlaku per 12/03/2025", []),
    ("PER 2/2024", []),
    ("Permendag 1 s.d. 900/2025", []),
]


@pytest.mark.parametrize(("text", "names"), TABLE, ids=[text[:40] for text, _ in TABLE])
def test_a_legal_basis_names_its_regulations(text: str, names: list[str]) -> None:
    assert [citation.name for citation in citations(text)] == names


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("PMK 57/PMK.04/2017", "PMK 57/2017"),
        ("PER-02/BC/2023", "PER-2/BC/2023"),
        ("PMK 96/2023", "Peraturan Menteri Keuangan Nomor 96/PMK.04/2023"),
    ],
)
def test_however_it_is_written_it_is_the_same_regulation(one: str, other: str) -> None:
    assert citations(one) == citations(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("PMK 96/2023", "PMK 96/2024"),
        ("PER-2/BC/2023", "PER-2/PJ/2023"),
        ("KMK 37/KM.4/2025", "KMK 37/2025"),
        ("PP 39/2019", "UU 39/2019"),
    ],
)
def test_regulations_that_only_look_alike_are_two(one: str, other: str) -> None:
    assert len(cited_in([one, other])) == 2


def test_what_articles_cite_by_number_and_year_is_all_read() -> None:
    """A line of ours that names a year after a slash names a regulation."""
    lines = {line for article in read_articles() for line in article.legal_basis}
    assert len(lines) > 100
    with_year = [line for line in lines if re.search(r"/(19|20)\d\d", line)]
    assert [line for line in with_year if not citations(line)] == []
