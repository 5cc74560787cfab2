"""The annotations and tags of one sandbox: what calls can change, kept as long as the sandbox runs.

The app family and the older calls share it. What a body may look like is the endpoints' business; what is
refused here is what only the annotations themselves can know: ids that are not there.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Final

from attrs import define, evolve, field, frozen

from mixpanel_export.sandbox.http.refusal import BadRequest, Refusal

__all__ = ["SERVICE_ACCOUNT", "Annotation", "Annotations", "Author", "Tag", "sample_annotations"]


@frozen
class Author:
    """Who made an annotation."""

    id: int
    first_name: str
    last_name: str


@frozen
class Tag:
    id: int
    name: str


@frozen
class Annotation:
    """A note at a moment of the project's time zone."""

    id: int
    date: datetime.datetime
    description: str
    author: Author
    tags: tuple[Tag, ...] = ()


SERVICE_ACCOUNT: Final = Author(3000001, "Sandbox", "service account")

_FIRST_ANNOTATION: Final = 500001
_FIRST_TAG: Final = 7001


@define
class Annotations:
    """All annotations and tags. Ids only ever increase: that of a deleted annotation is not given again."""

    _annotations: dict[int, Annotation] = field(factory=dict[int, Annotation], init=False)
    _tags: dict[int, Tag] = field(factory=dict[int, Tag], init=False)
    _next_annotation: int = field(default=_FIRST_ANNOTATION, init=False)
    _next_tag: int = field(default=_FIRST_TAG, init=False)

    @property
    def tags(self) -> list[Tag]:
        """The tags, in the order they were made."""
        return list(self._tags.values())

    def between(self, first: datetime.date | None, last: datetime.date | None) -> list[Annotation]:
        """The annotations of the days between two, both inclusive, earliest first. None is no bound."""
        found = [
            each
            for each in self._annotations.values()
            if (first is None or each.date.date() >= first) and (last is None or each.date.date() <= last)
        ]
        return sorted(found, key=lambda each: (each.date, each.id))

    def get(self, annotation_id: int) -> Annotation:
        """The annotation of this id.

        Raises:
            Refusal: 404 if there is none.
        """
        try:
            return self._annotations[annotation_id]
        except KeyError:
            raise Refusal(404, f"Annotation {annotation_id} does not exist") from None

    def create(
        self,
        date: datetime.datetime,
        description: str,
        tags: Iterable[int] = (),
        author: Author = SERVICE_ACCOUNT,
    ) -> Annotation:
        """A new annotation.

        Args:
            tags: ids of its tags.

        Raises:
            BadRequest: if there is no such tag.
        """
        made = Annotation(self._next_annotation, date, description, author, self._tags_of(tags))
        self._next_annotation += 1
        self._annotations[made.id] = made
        return made

    def change(
        self,
        annotation_id: int,
        *,
        date: datetime.datetime | None = None,
        description: str | None = None,
        tags: Iterable[int] | None = None,
    ) -> Annotation:
        """The annotation with what is given in place of what it had; None leaves it as it is.

        Raises:
            Refusal: 404 if there is no such annotation, 400 if there is no such tag.
        """
        known = self.get(annotation_id)
        changed = evolve(
            known,
            date=known.date if date is None else date,
            description=known.description if description is None else description,
            tags=known.tags if tags is None else self._tags_of(tags),
        )
        self._annotations[annotation_id] = changed
        return changed

    def delete(self, annotation_id: int) -> None:
        """Remove it for good.

        Raises:
            Refusal: 404 if there is no such annotation.
        """
        self.get(annotation_id)
        del self._annotations[annotation_id]

    def create_tag(self, name: str) -> Tag:
        """A new tag. Two may share a name, which is why creating one is not to be repeated blindly."""
        made = Tag(self._next_tag, name)
        self._next_tag += 1
        self._tags[made.id] = made
        return made

    def is_used(self, tag: Tag) -> bool:
        """Whether any annotation has this tag."""
        return any(tag in each.tags for each in self._annotations.values())

    def _tags_of(self, ids: Iterable[int]) -> tuple[Tag, ...]:
        chosen = dict.fromkeys(ids)
        for tag_id in chosen:
            if tag_id not in self._tags:
                raise BadRequest(f"tags: there is no annotation tag {tag_id}")
        return tuple(self._tags[tag_id] for tag_id in chosen)


def sample_annotations() -> Annotations:
    """What the people of the sample shop had noted before anyone called."""
    annotations = Annotations()
    release, campaign = annotations.create_tag("release"), annotations.create_tag("campaign")
    annotations.create_tag("incident")
    ada, kofi = Author(3000101, "Ada", "Lefèvre"), Author(3000102, "Kofi", "Baker")
    moment = datetime.datetime
    annotations.create(moment(2024, 1, 15, 9, 0), "New checkout for everyone", [release.id], ada)
    annotations.create(moment(2024, 2, 12, 7, 30), "Valentine's newsletter sent", [campaign.id], kofi)
    annotations.create(moment(2024, 3, 4, 10, 0), "Spring catalogue online", [release.id, campaign.id], ada)
    return annotations
