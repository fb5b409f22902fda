"""An editors' morning: drafts on their way, what the gate found, a regulation that changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from io import BytesIO

import numpy as np
from openpyxl import Workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import clock
from bot.db import transaction
from bot.desk import telling
from bot.faq import editing, import_tables, register, regulations
from bot.faq.fields import Fields, fields_of_revision, source_of
from bot.faq.given import given
from bot.faq.published import published
from bot.faq.tables import read_sheets
from bot.models import (
    ArticleDraft,
    ArticleRevision,
    RegulationState,
    Way,
)
from scripts.pictures.people import member, minutes
from scripts.pictures.revised import keep_pdf, revise
from scripts.pictures.tried_drafts import was_tried, was_tried_in_vain

LIMIT = "kiriman_batas_bebas"
OBJECTION = "kiriman_keberatan"
OBJECTION_PDF = "Contoh-Surat-Keberatan.pdf"
PICK_UP_PDF = "Contoh-Surat-Kuasa.pdf"
PICK_UP = Fields(
    id="kiriman_ambil_paket",
    title="Mengambil paket di kantor pos",
    answer="Paket yang bea masuknya sudah dibayar diambil di kantor pos yang tertulis pada "
    "SPPBMCP. Bawa *KTP asli* dan bukti bayar. Bila diwakilkan, tambah surat kuasa bermeterai.\n\n"
    "Loket kiriman internasional buka Senin–Jumat pukul 08.00–15.00 WITA.",
    english="Parcels whose duty is paid are collected at the post office named on the SPPBMCP. "
    "Bring your *original ID card* and proof of payment. Somebody else may collect it with a "
    "power of attorney on duty stamp.\n\n"
    "The counter for international mail is open Monday to Friday, 08.00–15.00 WITA.",
    ways="\n".join(
        (
            "ambil paket di kantor pos bawa apa",
            "ktp asli wajib dibawa kah",
            "bisa diwakilkan ambil paketnya?",
            "sy di luar kota, boleh istri yg ambil",
            "kantor pos mana tempat ambil barang dari luar negeri",
            "jam buka loket ambil paket",
        )
    ),
    legal_basis="PMK 96/2023 jo. PMK 4/2025",
    valid_from="2026-11-24",
    review_by="2027-11-24",
    group="kiriman",
    section="PKC",
    confidence="tinggi",
    handover_data="Nomor resi internasional\nNama penerima pada paket",
    link="https://www.beacukai.go.id/barangkiriman",
    related="kiriman_pos_makassar\nkiriman_lacak",
)
SEEDLINGS = Fields(
    id="ekspor_bibit_tanaman",
    title="Mengirim bibit tanaman ke luar negeri",
    answer="Bibit dan tanaman hidup perlu *sertifikat fitosanitari* dari Badan Karantina.",
    ways="boleh kirim bibit tanaman hias ke jepang?\nkirim benih ke luar negeri syaratnya apa",
    legal_basis="PMK 155/PMK.04/2022",
    valid_from="2026-11-24",
    review_by="2027-11-24",
    group="ekspor",
    section="PKC",
    confidence="sedang",
)
LIMIT_TITLE = "Batas nilai paket dari luar negeri yang bebas bea masuk"
DRONE = "Membawa drone dari luar negeri"
NOTHING_MORE = (None,) * 3
TABLE = (
    ("Pertanyaan", "Jawaban", "Judul", "Topik", "Dasar Hukum", "Berlaku Sampai"),
    (
        "Apakah drone boleh dibawa dari luar negeri?",
        "Boleh. Drone yang akan diterbangkan didaftarkan ke Kementerian Perhubungan.",
        DRONE,
        "penumpang",
        "PMK 34/2025",
        None,
    ),
    ("bawa drone dari singapura kena pajak?", None, DRONE, *NOTHING_MORE),
    (
        "Bagaimana cara melihat koleksi perpustakaan kantor?",
        "Datang ke lobi pada jam layanan, atau minta daftarnya lewat Maraga Care.",
        "Perpustakaan kantor",
        "layanan",
        None,
        "akhir tahun",
    ),
    (
        "Berapa lama izin kapal wisata asing (yacht)?",
        "Paling lama 36 bulan sejak pemberitahuan.",
        "Kapal wisata asing (yacht)",
        "wisata",
        "PMK 261/PMK.04/2015",
        None,
    ),
    ("paket 3 dolar masih kena ppn?", None, LIMIT_TITLE, *NOTHING_MORE),
)
_DIMENSION = 8


@dataclass(frozen=True)
class Desk:
    """The drafts that the pictures open, the regulations that change, and an imported table."""

    pick_up: int
    limit: int
    seedlings: int
    regulation: int
    told: int
    table: int


def fill_the_editors_desk() -> Desk:
    """Two drafts in review, one tried in vain; one sent back, an answer withdrawn, a regulation."""
    now = clock.now()
    with transaction() as session:
        dewi, eko = member(session, "dewi"), member(session, "eko")
        _ways(session)
        _due_for_review(session)
        revise(session, LIMIT, ("paling banyak *USD 3*", "sampai *USD 3*"))
        revise(
            session, OBJECTION, (" Hitung dari tanggal suratnya supaya aman.", ""), OBJECTION_PDF
        )
        power = keep_pdf(session, PICK_UP_PDF, "SURAT KUASA")
        pick_up = _saved(session, replace(PICK_UP, attachments=power), minutes(52))
        editing.submit(session, pick_up, dewi, now - minutes(50))
        limit = _saved(session, _with_the_postage(session), minutes(95))
        editing.submit(session, limit, dewi, now - minutes(94))
        back = _saved(session, SEEDLINGS, minutes(300))
        back.returned_because = "Sebut juga CITES, dan ke mana pemohon mendaftar."
        because = "Angkanya berubah; menunggu surat edaran dari Kantor Wilayah."
        editing.suspend(session, "kiriman_haji", eko, because, now - timedelta(days=2))
        regulation, told = _regulations(session)
        was_tried_in_vain(session, pick_up)
        was_tried(session, limit)
        table = import_tables.keep(session, "faq.xlsx", read_sheets(office_table()), dewi, now)
        return Desk(pick_up.id, limit.id, back.id, regulation, told, table.id)


def office_table() -> bytes:
    """The workbook that an office has of its own: five rows, of each kind one."""
    book = Workbook()
    for row in TABLE:
        book.active.append(list(row))
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _ways(session: Session) -> None:
    """The ways of asking, as the list searches and the article shows them."""
    nowhere = np.zeros(_DIMENSION, dtype=np.float32)
    for revision in session.scalars(select(ArticleRevision)):
        ways = fields_of_revision(revision).ways.splitlines()
        session.add_all(
            Way(revision_id=revision.id, text=text, encoder="pictures", vector=nowhere)
            for text in (revision.title, *ways)
        )
    session.flush()


def _due_for_review(session: Session) -> None:
    """One was to be read again last week, one soon; one holds until the end of the year."""
    overdue, soon, ending = (
        published(session, name) for name in ("kiriman_lacak", "imei_cek", "pita_cukai_desain_2026")
    )
    assert overdue is not None
    assert soon is not None
    assert ending is not None
    overdue.review_by, soon.review_by = date(2026, 11, 15), date(2026, 12, 10)
    ending.valid_until = date(2026, 12, 20)


def _with_the_postage(session: Session) -> Fields:
    current = published(session, LIMIT)
    assert current is not None
    was = fields_of_revision(current)
    return replace(
        was,
        answer=was.answer.replace(
            "belum termasuk ongkos kirim dan asuransi.",
            "belum termasuk ongkos kirim dan asuransi. Belanja yang sama tetapi dikirim dalam "
            "beberapa paket dihitung *per paket*.",
        ),
        to_confirm="",
        review_by="2027-11-30",
    )


def _saved(session: Session, fields: Fields, ago: timedelta) -> ArticleDraft:
    dewi, at = member(session, "dewi"), clock.now() - ago
    current = published(session, fields.id)
    source = source_of(fields, current.source if current else "")
    return editing.save(session, source, dewi, at, began_from=None)


def _regulations(session: Session) -> tuple[int, int]:
    """It is to be replaced on New Year's Day; one of its articles is withdrawn then."""
    register.fill(session, register.citing_articles(session))
    old, new = register.named(session, "PMK 34/2025"), register.named(session, "PMK 7/2027")
    assert old is not None
    assert new is not None
    dewi, now = member(session, "dewi"), clock.now()
    about = "Impor dan ekspor barang bawaan penumpang"
    register.describe(session, old, about, "https://jdih.kemenkeu.go.id/", dewi, now)
    mark = regulations.Mark(RegulationState.REPLACED, date(2027, 1, 1), new, "Menurut JDIH.")
    first = register.resting_on(session, old)[0].article_id
    regulations.mark(session, old, mark, [first], dewi, now - timedelta(days=1))
    gone = register.named(session, "PMK 203/PMK.04/2017")
    assert gone is not None
    repealed = regulations.Mark(RegulationState.REPEALED, date(2026, 11, 1), old, "")
    regulations.mark(session, gone, repealed, [], dewi, now - timedelta(days=30))
    regulations.carry_out_due(session, now - timedelta(days=20))
    wording = telling.Wording("Halo {nama}, jawaban kami dulu berdasar peraturan yang diganti.")
    people = {one.conversation.id for one in given(session, gone, now - timedelta(days=90))}
    telling.ask(session, gone, people, wording, dewi, now - minutes(35))
    return old.id, gone.id
