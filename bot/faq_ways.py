"""The report of `python -m bot faq ways`: what a writer of articles should look at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from knowledge_base.articles import ArticleFile
from knowledge_base.likeness import Likenesses, Review


class WaysReport:
    """How much the ways of asking of these articles are alike, as text."""

    def __init__(self, articles: Sequence[ArticleFile]) -> None:
        self._articles = articles
        self._likenesses = Likenesses(articles)

    def overview(self) -> Iterator[str]:
        """A line an article, that with the most alike pair of ways first."""
        return map(self._in_a_line, self._likenesses.review_all())

    def of_all(self) -> Iterator[str]:
        """All articles in detail, in the same order."""
        return map(self._in_detail, self._likenesses.review_all())

    def of(self, name: str) -> str:
        """The article with this id in detail."""
        place = next(n for n, article in enumerate(self._articles) if article.id == name)
        return self._in_detail(self._likenesses.review(place))

    def _in_a_line(self, review: Review) -> str:
        article = self._articles[review.article]
        near = f"{len(review.near_duplicates):3} near-duplicates"
        line = f"{article.id:<32} {len(article.ways):4} ways  {near}"
        for closest in review.neighbours[:1]:
            line += f"  {closest.likeness:.2f} {self._articles[closest.article].id}"
        return line

    def _in_detail(self, review: Review) -> str:
        article = self._articles[review.article]
        lines = [f"{article.id}: {len(article.ways)} ways of asking", "  closest articles"]
        for neighbour in review.neighbours:
            other = self._articles[neighbour.article]
            pair = self._likenesses.closest(review.article, neighbour.article)
            lines.append(f"    {neighbour.likeness:.2f}  {other.id}")
            lines.append(f"          {article.ways[pair.first]}")
            lines.append(f"          {other.ways[pair.second]}")
        lines.append("  near-duplicates" if review.near_duplicates else "  no near-duplicates")
        for pair in review.near_duplicates:
            lines.append(f"    {pair.likeness:.2f}  {article.ways[pair.first]}")
            lines.append(f"          {article.ways[pair.second]}")
        return "\n".join(lines)
