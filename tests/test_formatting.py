"""WhatsApp's formatting on the phone, and that nothing but our own tags comes out of it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.formatting import chat_html, plain_start


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("halo", "<p>halo</p>"),
        ("*tebal* dan _miring_", "<p><strong>tebal</strong> dan <em>miring</em></p>"),
        ("~lama~ baru", "<p><s>lama</s> baru</p>"),
        ("*_keduanya_*", "<p><strong><em>keduanya</em></strong></p>"),
        ("kode ```a *b* c```", "<p>kode </p><pre>a *b* c</pre>"),
        ("satu\ndua", "<p>satu<br>dua</p>"),
        ("satu\n\ndua", "<p>satu</p><p>dua</p>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("3. c\n4. d", '<ol start="3"><li>c</li><li>d</li></ol>'),
        ("> kata Anda", "<blockquote>kata Anda</blockquote>"),
        # Marks that are none.
        ("2 * 3 * 4", "<p>2 * 3 * 4</p>"),
        ("nomor_resi_saya", "<p>nomor_resi_saya</p>"),
        ("* a*", "<ul><li>a*</li></ul>"),
        ("*a _b* c_", "<p><strong>a _b</strong> c_</p>"),
        ("*baris\nlain*", "<p>*baris<br>lain*</p>"),
        # Markup of the applicant's own.
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>"),
        ("*<i>*", "<p><strong>&lt;i&gt;</strong></p>"),
        ("```<script>```", "<pre>&lt;script&gt;</pre>"),
    ],
)
def test_text_becomes(text: str, html: str) -> None:
    assert chat_html(text) == html


def test_a_link_leads_where_it_says_and_keeps_its_underscores() -> None:
    html = chat_html("Lihat https://contoh.id/a_b_c?x=1&y=*2*, lalu _jawab_.")
    assert 'href="https://contoh.id/a_b_c?x=1&amp;y=*2"' in html
    assert ">https://contoh.id/a_b_c?x=1&amp;y=*2</a>" in html
    assert 'rel="noopener noreferrer nofollow"' in html
    assert html.endswith("<em>jawab</em>.</p>")


@pytest.mark.parametrize("text", ["javascript:alert(1)", "data:text/html,x", "//contoh.id"])
def test_only_web_addresses_become_links(text: str) -> None:
    assert "<a" not in chat_html(text)


OURS = re.compile(
    r"</?(?:p|br|strong|em|s|code|pre|ul|li|blockquote)>|</(?:ol|a)>|<ol start=\"\d{1,3}\">"
    r"|<a href=\"https?://[^\"<>]*\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">"
)
PIECES = ["*", "_", "~", "`", "```", "- ", "1. ", "> ", "\n", " ", "<", ">", '"', "'", "&", "\x00"]
WORDS = ["0", "a", "https://a.id/", 'https://a.id/?q="onload=', "<script>", "&lt;", "javascript:"]


@given(st.lists(st.sampled_from(PIECES + WORDS) | st.text(max_size=3), max_size=40).map("".join))
def test_whatever_is_written_only_our_tags_come_out(text: str) -> None:
    html = chat_html(text)
    rest = OURS.sub("", html)
    assert "<" not in rest
    assert ">" not in rest
    opened: list[str] = []
    for closing, name in re.findall(r"<(/?)(\w+)", html):
        if name == "br":
            continue
        if closing:
            assert opened.pop() == name
        else:
            opened.append(name)
    assert opened == []


def test_a_quotation_is_short_and_bare() -> None:
    assert plain_start("*Batas*\nbebas _bea_") == "Batas bebas bea"
    assert len(plain_start("kata " * 100)) <= 90
