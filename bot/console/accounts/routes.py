"""Accounts: who may sign in, as what, and with which password."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot import accounts
from bot.console.handling import Missing, Refused, Visit, screen, step
from bot.console.labels import label
from bot.models import Role, Section, Staff, Ticket, TicketState

Result = TypeVar("Result")


def accounts_routes() -> list[BaseRoute]:
    return [
        Route("/accounts", screen(show_accounts, Role.ADMIN), methods=["GET"]),
        Route("/accounts", step(add, Role.ADMIN), methods=["POST"]),
        Route("/accounts/new", screen(show_new, Role.ADMIN), methods=["GET"]),
        Route("/accounts/{id:int}", screen(show_account, Role.ADMIN), methods=["GET"]),
        Route("/accounts/{id:int}", step(change, Role.ADMIN), methods=["POST"]),
        Route("/accounts/{id:int}/password", step(reset_password, Role.ADMIN), methods=["POST"]),
        Route("/accounts/{id:int}/deactivate", step(deactivate, Role.ADMIN), methods=["POST"]),
        Route("/accounts/{id:int}/reactivate", step(reactivate, Role.ADMIN), methods=["POST"]),
    ]


def show_accounts(visit: Visit) -> Response:
    members = visit.session.scalars(
        select(Staff).options(joinedload(Staff.section)).order_by(Staff.active.desc(), Staff.name)
    ).all()
    return visit.page("accounts/list.html", members=members)


def show_new(visit: Visit) -> Response:
    return visit.page("accounts/new.html", **_choices(visit))


def show_account(visit: Visit) -> Response:
    member = _member(visit)
    open_tickets = visit.session.scalar(
        select(func.count()).where(
            Ticket.holder_id == member.id, Ticket.state != TicketState.CLOSED
        )
    )
    return visit.page(
        "accounts/one.html",
        member=member,
        open_tickets=open_tickets,
        is_self=member.id == visit.member.id,
        **_choices(visit),
    )


def add(visit: Visit) -> Response:
    member = _dare(
        visit,
        lambda: accounts.add(
            visit.session,
            visit.member,
            username=visit.form.get("username", ""),
            name=visit.form.get("name", ""),
            role=_role(visit),
            section=_section(visit),
            now=visit.now,
        ),
    )
    return visit.done(f"/console/accounts/{member.id}")


def change(visit: Visit) -> Response:
    member = _member(visit)
    _dare(
        visit,
        lambda: accounts.change(
            visit.session,
            visit.member,
            member.id,
            name=visit.form.get("name", ""),
            role=_role(visit),
            section=_section(visit),
            now=visit.now,
        ),
    )
    return visit.done("/console/accounts")


def reset_password(visit: Visit) -> Response:
    """The new password is on this one answer and nowhere else."""
    member = _member(visit)
    if member.id == visit.member.id:
        raise Refused(visit.gettext("Kata sandi sendiri diganti lewat menu akun."), 422)
    password = _dare(
        visit,
        lambda: accounts.give_temporary_password(visit.session, visit.member, member.id, visit.now),
    )
    return visit.page("accounts/password.html", member=member, password=password)


def deactivate(visit: Visit) -> Response:
    member = _member(visit)
    _dare(visit, lambda: accounts.deactivate(visit.session, visit.member, member.id, visit.now))
    return visit.done("/console/accounts")


def reactivate(visit: Visit) -> Response:
    member = _member(visit)
    _dare(visit, lambda: accounts.reactivate(visit.session, visit.member, member.id, visit.now))
    return visit.done("/console/accounts")


def _member(visit: Visit) -> Staff:
    member = visit.session.get(Staff, visit.number_in_path("id"))
    if member is None:
        raise Missing
    return member


def _choices(visit: Visit) -> dict[str, object]:
    sections = visit.session.scalars(select(Section).order_by(Section.name)).all()
    roles = {role.value: label(role, visit.words) for role in Role}
    return {"roles": roles, "sections": sections, "shortest": accounts.SHORTEST_PASSWORD}


def _role(visit: Visit) -> Role:
    asked = visit.form.get("role", "")
    if asked not in set(Role):
        raise Refused(visit.gettext("Pilih perannya."), 422)
    return Role(asked)


def _section(visit: Visit) -> Section | None:
    code = visit.form.get("section", "")
    return visit.session.scalars(select(Section).where(Section.code == code)).one_or_none()


def _dare(visit: Visit, do: Callable[[], Result]) -> Result:
    """Make the change; raises Refused with the reason in the person's language."""
    try:
        return do()
    except accounts.LastAdministrator as error:
        sentence = visit.gettext(
            "Ini administrator terakhir. Jadikan orang lain administrator lebih dulu."
        )
        raise Refused(sentence) from error
    except accounts.NotAnAdministrator as error:
        raise Refused(visit.gettext("Anda bukan administrator lagi."), 403) from error
    except accounts.UsernameTaken as error:
        raise Refused(visit.gettext("Nama pengguna ini sudah ada."), 422) from error
    except accounts.BadUsername as error:
        sentence = visit.gettext(
            "Nama pengguna: 2 sampai 32 huruf kecil, angka, titik atau garis; huruf di depan."
        )
        raise Refused(sentence, 422) from error
    except accounts.BadName as error:
        raise Refused(visit.gettext("Isi nama, paling panjang 80 huruf."), 422) from error
    except accounts.SectionNeeded as error:
        raise Refused(visit.gettext("Pilih seksinya."), 422) from error
