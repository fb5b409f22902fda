"""Whole days of the office in real windows, with its clock moved from scene to scene.

Two officers (Ani, Ali), two sections (Budi of P2, Citra of PKC), an editor (Dewi), a supervisor
(Eko), twenty applicants who wait for a person and one whom the bot can help. What each of the
twenty was promised is in deadlines.tsv, written by hand before these days were run; at the end
of a day the clocks of the database are that table, no more and no less.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from bot.faq.publishing import publish
from bot.settings import Settings
from knowledge_base.articles import read_article
from knowledge_base.encoder import load_encoder
from tests.system.days.office import Applicant, Office, by_hand
from tests.system.days.staff import Editor, Officer, SectionMember, Supervisor
from tests.system.service import wait_for
from tests.system.windows import POCKET, Windows

pytestmark = [pytest.mark.rasa, pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]

Somebody = Callable[[str], Applicant]

NEW_ARTICLE = Path(__file__).parent / "articles" / "layanan" / "layanan_perahu_pulau.md"
QUESTION = "kapan perahu layanan ke pulau barrang lompo?"
SCHEDULE = "Selasa pukul 09.00"


def published(office: Office) -> tuple[str, str]:
    """Dewi's article goes out, as a release brings it; its title and answer."""
    article = read_article(NEW_ARTICLE)
    with Session(office.service.engine) as session, session.begin():
        publish(session, article, load_encoder(Settings().encoder_model))
    return article.title, article.answer


def recorded(office: Office, who: str, due: str) -> None:
    """The worker has recorded that the applicant's clock ran out, as of its deadline."""
    wait_for(f"{who}'s breach of {due}", lambda: office.last_breach(who) == due)


def put_back(office: Office, who: str) -> None:
    """The worker has put the ticket back into the queue: its holder's shift was over."""
    wait_for(f"{who} is back in the queue", lambda: "handed_over" in office.events(who))


def test_an_ordinary_day_from_before_opening_until_after_midnight(
    office: Office, windows: Windows, applicant: Somebody
) -> None:
    wednesday, thursday = "2026-02-18", "2026-02-19"

    # The morning: one wrote before opening, one at the moment of opening.
    office.it_is(wednesday, "07:10")
    aminah, baso = applicant("Aminah"), applicant("Baso")
    aminah.asks_for_an_officer("paket saya tertahan")
    office.it_is(wednesday, "07:30")
    baso.asks_for_an_officer("bayar bea masuk di mana")
    office.it_is(wednesday, "07:36")
    ani, ali = Officer(office, windows, "ani"), Officer(office, windows, "ali")
    ali.takes("Baso")
    ali.replies("Bisa lewat bank mana pun, Pak.")
    baso.hears("bank mana pun")
    office.it_is(wednesday, "07:45")
    ani.takes("Aminah")
    ani.replies("Boleh kirim nomor resinya, Bu?")
    aminah.hears("nomor resinya")
    ani.closes("kiriman")
    aminah.hears("kami tutup")

    # Lunch counts. Cahaya is answered in it; Daeng is forgotten for a while.
    cahaya, daeng = applicant("Cahaya"), applicant("Daeng")
    office.it_is(wednesday, "11:55")
    cahaya.asks_for_an_officer("cara daftar imei")
    office.it_is(wednesday, "12:03")
    ani.takes("Cahaya")
    ani.replies("Lewat formulir di bandara, Kak.")
    office.it_is(wednesday, "12:20")
    daeng.asks_for_an_officer("barang saya disita")
    office.it_is(wednesday, "12:31")
    recorded(office, "Daeng", f"{wednesday} 12:30")
    eko = Supervisor(office, windows, "eko")
    eko.sees_on_the_board(waiting="1", overdue="1", breached="1")
    office.it_is(wednesday, "12:40")
    ali.takes("Daeng")
    ali.replies("Maaf menunggu, Daeng. Kami periksa.")
    daeng.hears("Maaf menunggu")
    eko.sees_on_the_board(waiting="0", overdue="0", breached="1")

    # What the bot does not know goes to a person, until the editor has taught it.
    office.it_is(wednesday, "13:10")
    applicant("Erni").asks_for_an_officer("perahu layanan ke pulau kapan")
    office.it_is(wednesday, "13:14")
    ani.takes("Erni")
    ani.replies("Setiap Selasa, Bu.")
    dewi = Editor(office, windows, "dewi")
    dewi.sees_published(*published(office))
    assert SCHEDULE in applicant("Wahyu").asks(QUESTION)

    # The afternoon: a section explains to PLI, and PLI answers.
    firman, budi = applicant("Firman"), SectionMember(office, windows, "budi")
    office.it_is(wednesday, "14:00")
    firman.asks_for_an_officer("barang saya kena tegah")
    ani.takes("Firman")
    office.it_is(wednesday, "14:06")
    holding = ani.asks("P2", "Mengapa kiriman RR555 ditegah?")
    firman.hears(holding)
    office.it_is(wednesday, "14:20")
    budi.answers("Firman", "Menunggu izin dari BPOM.")
    budi.sees_verdict("Firman", "Dijawab tepat waktu")
    ani.takes_the_answer_as_a_draft("Menunggu izin dari BPOM.")
    assert not firman.heard("BPOM"), "a section's answer goes nowhere by itself"
    ani.sends()
    firman.hears("Menunggu izin dari BPOM.")
    ani.closes("kiriman")

    # Closing time: one is asked about until tomorrow, one is promised ten minutes still.
    gita, haris, irma = applicant("Gita"), applicant("Haris"), applicant("Irma")
    office.it_is(wednesday, "16:40")
    gita.asks_for_an_officer("PIB saya merah")
    ali.takes("Gita")
    office.it_is(wednesday, "16:45")
    gita.hears(ali.asks("PKC", "Apa yang kurang dari PIB 000123?"))
    office.it_is(wednesday, "16:57")
    haris.asks_for_an_officer("kantor tutup jam berapa")
    office.it_is(wednesday, "17:05")
    ali.takes("Haris")
    ali.replies("Kantor tutup pukul 17.00, besok buka pukul 08.00.")
    office.it_is(wednesday, "17:10")
    irma.asks_for_an_officer("barang saya di gudang")
    office.it_is(wednesday, "17:50")
    ali.takes("Irma")
    ali.replies("Besok pagi bisa diambil, Bu.")
    irma.hears("Besok pagi")
    eko.sees_breaches(wednesday, wednesday, ["Daeng"])
    for member in (ani, ali, budi, dewi, eko):
        member.goes_home()

    # The night, on the phone in the pocket.
    jufri = applicant("Jufri")
    office.it_is(wednesday, "23:40")
    jufri.asks_for_an_officer("saya di bandara, hp saya ditahan")
    office.it_is(thursday, "00:30")
    ali = Officer(office, windows, "ali", POCKET)
    ali.takes("Jufri")
    ali.replies("Kami hubungi petugas bandara.")
    jufri.hears("petugas bandara")
    ali.goes_home()

    # The next day has Ramadan's hours, and what was open went back to the queue overnight.
    office.it_is(thursday, "08:10")
    put_back(office, "Gita")
    citra = SectionMember(office, windows, "citra")
    citra.answers("Gita", "Lampirkan packing list.")
    citra.sees_verdict("Gita", "Dijawab tepat waktu")
    ani = Officer(office, windows, "ani")
    ani.takes("Gita")
    ani.takes_the_answer_as_a_draft("Lampirkan packing list.")
    ani.sends()
    gita.hears("packing list")
    ani.closes("impor")

    assert office.events("Gita") == [
        *("opened", "taken", "section_consulted", "replied"),
        *("handed_over", "section_answered", "taken", "replied", "closed"),
    ]
    assert office.clocks(wednesday, thursday) == by_hand("ordinary")


def test_a_friday_in_ramadan_and_the_monday_after_it(
    office: Office, windows: Windows, applicant: Somebody
) -> None:
    friday, monday = "2026-02-20", "2026-02-23"

    # It opens half an hour later than usual: one waits for that, one writes at that moment.
    kartini, laode = applicant("Kartini"), applicant("Laode")
    office.it_is(friday, "07:40")
    kartini.asks_for_an_officer("jam buka kantor")
    office.it_is(friday, "08:00")
    laode.asks_for_an_officer("kiriman obat")
    office.it_is(friday, "08:11")
    recorded(office, "Laode", f"{friday} 08:10")
    office.it_is(friday, "08:15")
    ani, ali = Officer(office, windows, "ani"), Officer(office, windows, "ali")
    ani.takes("Laode")
    ani.replies("Maaf menunggu. Obatnya untuk siapa?")
    office.it_is(friday, "08:20")
    ali.takes("Kartini")
    ali.replies("Selama Ramadan buka pukul 08.00.")
    kartini.hears("pukul 08.00")

    # Friday prayer is a break, and a break counts.
    maryam = applicant("Maryam")
    office.it_is(friday, "12:15")
    maryam.asks_for_an_officer("bawa uang tunai")
    office.it_is(friday, "12:22")
    ali.takes("Maryam")
    ali.replies("Wajib lapor mulai Rp100 juta.")
    maryam.hears("Wajib lapor")

    # A section is asked ten minutes before the week-end; somebody writes as the office closes.
    nurdin, oktavia = applicant("Nurdin"), applicant("Oktavia")
    office.it_is(friday, "15:15")
    nurdin.asks_for_an_officer("rokok saya ditahan")
    ani.takes("Nurdin")
    office.it_is(friday, "15:20")
    nurdin.hears(ani.asks("P2", "Berapa lama penelitian rokok ini?"))
    office.it_is(friday, "15:30")
    oktavia.asks_for_an_officer("surat pemberitahuan lelang")
    office.it_is(friday, "16:00")
    ali.takes("Oktavia")
    ali.replies("Lelangnya di lelang.go.id.")
    oktavia.hears("lelang.go.id")
    for officer in (ani, ali):
        officer.goes_home()

    # On Monday the section is late. Nurdin asks again, and the bot tells where it stands.
    office.it_is(monday, "08:30")
    recorded(office, "Nurdin", f"{monday} 08:20")
    put_back(office, "Nurdin")
    told = nurdin.asks("bagaimana kabar rokok saya?")
    assert "sedang ditanyakan kepada Seksi Penindakan dan Penyidikan" in told
    office.it_is(monday, "08:33")
    budi = SectionMember(office, windows, "budi")
    budi.answers("Nurdin", "Selesai hari ini.")
    budi.sees_verdict("Nurdin", "Dijawab terlambat")
    office.it_is(monday, "08:36")
    ani = Officer(office, windows, "ani")
    ani.takes("Nurdin")
    ani.takes_the_answer_as_a_draft("Selesai hari ini.")
    ani.sends()
    nurdin.hears("Selesai hari ini.")
    ani.closes("penumpang")
    Supervisor(office, windows, "eko").sees_breaches(friday, monday, ["Nurdin", "Laode"])

    assert office.clocks(friday, monday) == by_hand("ramadan")


def test_a_holiday_and_the_midnight_that_ends_it(
    office: Office, windows: Windows, applicant: Somebody
) -> None:
    monday, tuesday = "2026-08-17", "2026-08-18"

    # A Monday, but Independence Day: an hour all day long.
    putri, rahmat = applicant("Putri"), applicant("Rahmat")
    office.it_is(monday, "10:00")
    putri.asks_for_an_officer("upacara dan kantor buka?")
    office.it_is(monday, "10:50")
    ani = Officer(office, windows, "ani", POCKET)
    ani.takes("Putri")
    ani.replies("Hari ini libur, Kak, tetapi kami tetap menjawab.")
    putri.hears("Hari ini libur")
    office.it_is(monday, "16:55")
    rahmat.asks_for_an_officer("kontainer saya di pelabuhan")
    office.it_is(monday, "17:45")
    ani.takes("Rahmat")
    ani.replies("Besok pagi diperiksa, Pak.")
    rahmat.hears("Besok pagi")
    ani.goes_home()

    # Midnight: the hour of the one who wrote before it is over before that of the one after.
    salma, taufik = applicant("Salma"), applicant("Taufik")
    office.it_is(monday, "23:45")
    salma.asks_for_an_officer("kartu identitas saya tertinggal")
    office.it_is(tuesday, "00:00")
    taufik.asks_for_an_officer("pesawat saya delay")
    office.it_is(tuesday, "00:46")
    recorded(office, "Salma", f"{tuesday} 00:45")
    ali = Officer(office, windows, "ali", POCKET)
    ali.takes("Taufik")
    ali.replies("Petugas bandara menunggu Anda.")
    taufik.hears("menunggu Anda")
    ali.takes("Salma")
    ali.replies("Maaf lama, sudah kami simpan.")
    salma.hears("Maaf lama")
    ali.goes_home()

    # The office is open again.
    usman, eko = applicant("Usman"), Supervisor(office, windows, "eko")
    office.it_is(tuesday, "07:31")
    usman.asks_for_an_officer("antrean hari ini")
    office.it_is(tuesday, "07:36")
    ani = Officer(office, windows, "ani")
    ani.takes("Usman")
    ani.replies("Silakan datang, loket sudah buka.")
    usman.hears("loket sudah buka")
    eko.sees_breaches(monday, tuesday, ["Salma"])

    assert office.clocks(monday, tuesday) == by_hand("holiday")
