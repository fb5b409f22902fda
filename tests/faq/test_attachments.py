"""The PDFs that articles name: kept once, checked, exported, and forgotten when nobody has them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import clock
from bot.db import transaction
from bot.faq import attachments, editing
from bot.faq.checking import faults_in, stops
from bot.faq.exporting import export
from bot.faq.fields import fields_of, source_of
from bot.faq.publishing import publish
from bot.housekeeping import forget_what_is_over
from bot.models import Attachment, Staff
from knowledge_base.articles import ArticleFault, parse_text, read_articles
from knowledge_base.attachments import path_of, sum_of
from knowledge_base.encoder import Encoder
from knowledge_base.faults import FaultKind
from tests.conftest import TestClock
from tests.faq.editors_texts import text_of

PDF, NEWER = b"%PDF-1.7 formulir", b"%PDF-1.7 formulir baru"


def keep(content: bytes = PDF) -> str:
    with transaction() as session:
        return attachments.keep(session, content, clock.now())


def kept() -> set[str]:
    with transaction() as session:
        return set(session.scalars(select(Attachment.sha256)))


def text_with(content: bytes, name: str = "formulir.pdf") -> str:
    """An article that names the PDF, whether anybody keeps it or not."""
    whole = replace(fields_of(text_of()), attachments=f"{name} {sum_of(content)}")
    return source_of(whole, text_of())


def test_the_same_pdf_is_kept_once_and_given_back_by_its_sum(database: None) -> None:
    sha256 = keep()
    assert keep() == sha256
    assert kept() == {sha256}
    with transaction() as session:
        assert attachments.content_of(session, sha256) == PDF
        assert attachments.content_of(session, "0" * 64) is None


def test_a_pdf_that_nobody_keeps_stops_the_publishing_and_is_told_by_its_line(
    database: None,
) -> None:
    with transaction() as session:
        [fault] = faults_in(session, text_with(PDF), date(2026, 11, 25))[:1]
    assert (fault.kind, fault.field, fault.line) == (FaultKind.NO_FILE, "attachments", 17)
    assert stops(fault)
    keep()
    with transaction() as session:
        found = faults_in(session, text_with(PDF), date(2026, 11, 25))
    assert not any(map(stops, found))


def test_export_and_a_start_with_the_exported_files_change_no_byte(
    database: None, encoder: Encoder, tmp_path: Path
) -> None:
    keep()
    with transaction() as session:
        publish(session, parse_text(text_with(PDF)), encoder)
        done = export(session, tmp_path / "articles")
    assert (done.written, done.attachments) == (1, 1)
    assert path_of(tmp_path / "articles", "lelang_ikut", "formulir.pdf").read_bytes() == PDF
    articles = read_articles(tmp_path / "articles")
    assert [one.source for one in articles] == [text_with(PDF)]
    with transaction() as session:
        session.execute(Attachment.__table__.delete())
        attachments.keep_packaged(session, articles, clock.now(), tmp_path / "articles")
    assert kept() == {sum_of(PDF)}


@pytest.mark.parametrize("content", [None, NEWER])
def test_a_packaged_pdf_that_is_missing_or_another_is_named(
    database: None, tmp_path: Path, content: bytes | None
) -> None:
    path = path_of(tmp_path / "articles", "lelang_ikut", "formulir.pdf")
    if content is not None:
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
    named = [parse_text(text_with(PDF))]
    fault = "is not the file that lelang_ikut names"
    with pytest.raises(ArticleFault, match=fault), transaction() as session:
        attachments.keep_packaged(session, named, clock.now(), tmp_path / "articles")


def test_what_a_draft_or_a_revision_names_is_kept_and_the_rest_goes_after_a_week(
    database: None, encoder: Encoder, test_clock: TestClock
) -> None:
    published, drafted, nobodys = keep(PDF), keep(NEWER), keep(b"%PDF-1.7 lain")
    with transaction() as session:
        dewi = session.scalars(select(Staff).where(Staff.username == "dewi")).one()
        publish(session, parse_text(text_with(PDF)), encoder)
        editing.save(session, text_with(NEWER), dewi, test_clock.now, began_from=None)
    test_clock.forward(days=7)
    with transaction() as session:
        forget_what_is_over(session, test_clock.now)
    assert kept() == {published, drafted, nobodys}
    test_clock.forward(seconds=1)
    with transaction() as session:
        forget_what_is_over(session, test_clock.now)
    assert kept() == {published, drafted}
