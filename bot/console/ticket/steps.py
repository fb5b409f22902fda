"""What the steps on a ticket share: finding it, reading the form, saying what went wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.sql.base import ExecutableOption

from bot.console.access import visible_conversations, visible_tickets
from bot.console.handling import Missing, Refused, Visit, safe_next
from bot.conversation import WindowClosed
from bot.desk import replies, tickets
from bot.models import Conversation, Ticket
from bot.splitting import LIMIT

LONGEST_REPLY = 10 * LIMIT
LONGEST_KEY = 64

Result = TypeVar("Result")


def ticket_of(visit: Visit, *options: ExecutableOption) -> Ticket:
    """The ticket of the address, if it is the person's to see; `options` say what comes with it."""
    ticket = visit.session.scalars(
        visible_tickets(visit.member)
        .where(Ticket.id == visit.number_in_path("id"))
        .options(*options)
    ).one_or_none()
    if ticket is None:
        raise Missing
    return ticket


def conversation_of(visit: Visit) -> Conversation:
    """The conversation of the address, if it is the person's to see."""
    conversation = visit.session.scalars(
        visible_conversations(visit.member).where(Conversation.id == visit.number_in_path("id"))
    ).one_or_none()
    if conversation is None:
        raise Missing
    return conversation


def number_in(text: str) -> int | None:
    """A record's id as a form or an address has it; None if it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def address_of(ticket: Ticket) -> str:
    """Where the ticket's page is."""
    return f"/console/tickets/{ticket.id}"


def back_in(visit: Visit) -> str:
    """The page that the form is on."""
    return safe_next(visit.form.get("back", ""))


def text_in(visit: Visit, name: str) -> str:
    """A text of the form with its line ends as WhatsApp has them."""
    text = visit.form.get(name, "").replace("\r\n", "\n")
    if len(text) > LONGEST_REPLY:
        raise Refused(visit.gettext("Teks ini terlalu panjang. Bagi menjadi beberapa."), 422)
    if "\x00" in text:
        raise Refused(visit.gettext("Teks ini memuat huruf yang tidak bisa dikirim."), 422)
    return text


def client_key_in(visit: Visit) -> str:
    """The name that the page gave to what it sends, the sender's own so that none collide."""
    given = visit.form.get("client_key", "")
    if not given or len(given) > LONGEST_KEY:
        raise Refused(visit.gettext("Halaman ini sudah kedaluwarsa. Muat ulang, lalu coba lagi."))
    return f"{visit.member.id}:{given}"


def dare(visit: Visit, do: Callable[[], Result]) -> Result:
    """Take a step of the desk; raises Refused with the reason in the person's language."""
    try:
        return do()
    except tickets.AlreadyTaken as taken:
        sentence = visit.gettext("{name} sudah lebih dulu mengambil tiket ini.")
        raise Refused(sentence.format(name=taken.holder)) from taken
    except tickets.AtCapacity as full:
        raise Refused(
            visit.gettext(
                "Anda sudah memegang sebanyak batas Anda. Tutup, alihkan atau kembalikan satu "
                "tiket dulu."
            )
        ) from full
    except tickets.NotYours as error:
        raise Refused(_not_yours(visit, str(error))) from error
    except WindowClosed as closed:
        raise Refused(
            visit.gettext(
                "Sudah lewat 24 jam sejak pesan terakhir pemohon, jadi WhatsApp tidak menerima "
                "balasan bebas. Pakai templat, atau tunggu sampai pemohon menulis lagi."
            )
        ) from closed
    except replies.OptedOut as error:
        raise Refused(
            visit.gettext(
                "Pemohon meminta tidak dihubungi lebih dulu, jadi templat tidak dikirim. Tunggu "
                "sampai pemohon menulis."
            )
        ) from error
    except tickets.Unread as error:
        raise Refused(
            visit.gettext("Pemohon baru saja menulis lagi. Tutup lembar ini dan baca dulu.")
        ) from error
    except tickets.WrongState as error:
        raise Refused(visit.gettext("Keadaan tiket ini sudah berubah. Lihat lagi.")) from error
    except tickets.DeskError as error:
        raise Refused(visit.gettext("Tulis dulu teksnya."), 422) from error


def _not_yours(visit: Visit, holder: str) -> str:
    if not holder:
        return visit.gettext("Ambil alih dulu tiket ini, baru bisa membalas.")
    return visit.gettext("Tiket ini ditangani {name}.").format(name=holder)
