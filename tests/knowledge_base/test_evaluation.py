"""Questions with known answers: a topic that an article covers counts as that article."""

from __future__ import annotations

import json
from pathlib import Path

from knowledge_base.evaluation import read_questions
from tests.knowledge_base.test_articles import GOOD


def test_what_an_article_covers_is_answered_by_it(tmp_path: Path) -> None:
    folder = tmp_path / "kiriman"
    folder.mkdir()
    covers = GOOD.replace("related: []", "related: []\ncovers: [satu, dua]")
    (folder / "contoh.md").write_text(covers, encoding="utf-8")
    file = tmp_path / "questions.jsonl"
    right = [["satu"], ["lain", "dua", "contoh"], []]
    common = {"text": "?", "expect": "answer", "language": "id", "style": "terse"}
    lines = [json.dumps({"id": str(n), "articles": r, **common}) for n, r in enumerate(right)]
    file.write_text("\n".join(lines), encoding="utf-8")
    questions = read_questions(file, tmp_path)
    assert [q.articles for q in questions] == [("contoh",), ("lain", "contoh"), ()]
