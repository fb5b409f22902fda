"""A small knowledge base: four articles that share words, and what none of them answers."""

from __future__ import annotations

from datetime import date

from knowledge_base.articles import ArticleFile

WAYS = {
    "kiriman_batas": [
        "berapa batas bebas bea masuk barang kiriman",
        "batas nilai paket luar negeri yang bebas pajak",
        "paket di bawah 3 dolar kena bea masuk tidak",
        "nilai maksimal barang kiriman tanpa bea masuk",
        "batas gratis bea masuk untuk paket",
        "paket 3 usd bebas bea masuk kah",
    ],
    "kiriman_lacak": [
        "bagaimana cara melacak paket kiriman saya",
        "paket saya sampai mana, cara cek resi",
        "lacak barang kiriman dengan nomor resi",
        "cek status paket di bea cukai pakai resi",
        "nomor resi paket saya dilacak di mana",
        "mau lacak paket yang tertahan",
    ],
    "imei_daftar": [
        "cara daftar imei hp dari luar negeri",
        "daftar imei di bandara bagaimana",
        "hp beli di luar negeri, imei didaftarkan di mana",
        "registrasi imei hp bawaan penumpang",
        "syarat daftar imei hp baru",
        "imei hp saya belum terdaftar, cara daftar",
    ],
    "imei_biaya": [
        "berapa biaya daftar imei hp",
        "bayar berapa untuk registrasi imei",
        "pajak imei hp iphone berapa",
        "biaya bea masuk imei hp dari luar negeri",
        "imei hp kena bayar berapa persen",
        "tarif pajak pendaftaran imei",
    ],
}
NONE_MESSAGES = [
    "cara bikin npwp online gimana",
    "lupa efin minta tolong direset",
    "harga emas hari ini",
    "siapa presiden indonesia",
    "jadwal kereta makassar parepare",
    "resep coto makassar",
    "bikin paspor di mana",
    "perpanjang sim berapa lama",
    "tolong kerjakan tugas sejarah saya",
    "cuaca besok hujan tidak",
]


def article(article_id: str, **changed: object) -> ArticleFile:
    """An article of the toy knowledge base, as its file would hold it."""
    fields: dict[str, object] = {
        "id": article_id,
        "title": article_id.replace("_", " ").capitalize(),
        "group": article_id.split("_")[0],
        "section": "PKC",
        "confidence": "tinggi",
        "legal_basis": ("PMK 4/2025",),
        "valid_from": date(2025, 3, 5),
        "review_by": date(2027, 2, 28),
        "answer": f"Jawaban tentang {article_id}.",
        "answer_en": f"Answer about {article_id}.",
        "ways": tuple(WAYS.get(article_id, ())),
        "front_matter": {"id": article_id},
        "source": f"the file of {article_id}",
        "content_hash": f"hash of {article_id}",
    } | changed
    return ArticleFile(**fields)  # type: ignore[arg-type]
