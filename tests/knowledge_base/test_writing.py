"""Articles are written as they were read: every byte of ours, and whatever an editor types."""

from __future__ import annotations

from knowledge_base.articles import read_articles
from knowledge_base.writing import written


def test_every_article_of_ours_is_written_as_its_file_is() -> None:
    articles = read_articles()
    assert len(articles) > 100
    assert [article.id for article in articles if written(article) != article.source] == []
