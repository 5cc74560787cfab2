"""The annotations and tags of a sandbox, which calls can change while it runs.

Shared by the app family and the legacy calls. The endpoints validate bodies; only unknown ids are refused here.
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
    """The author of an annotation."""

    id: int
    first_name: str
    last_name: str


@frozen
class Tag:
    id: int
    name: str


@frozen
class Annotation:
    """A note on a point in time, in the project's time zone."""

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
    """All annotations and tags. Ids only increase; a deleted annotation's id is never reused."""

    _annotations: dict[int, Annotation] = field(factory=dict[int, Annotation], init=False)
    _tags: dict[int, Tag] = field(factory=dict[int, Tag], init=False)
    _next_annotation: int = field(default=_FIRST_ANNOTATION, init=False)
    _next_tag: int = field(default=_FIRST_TAG, init=False)

    @property
    def tags(self) -> list[Tag]:
        """Return the tags in order of creation."""
        return list(self._tags.values())

    def between(self, first: datetime.date | None, last: datetime.date | None) -> list[Annotation]:
        """Return the annotations from one day to another, both inclusive, earliest first. None is no bound."""
        found = [
            annotation
            for annotation in self._annotations.values()
            if (first is None or annotation.date.date() >= first)
            and (last is None or annotation.date.date() <= last)
        ]
        return sorted(found, key=lambda annotation: (annotation.date, annotation.id))

    def get(self, annotation_id: int) -> Annotation:
        """Return the annotation with this id.

        Raises:
            Refusal: 404 if it does not exist.
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
        """Create an annotation.

        Args:
            tags: the ids of its tags.

        Raises:
            BadRequest: a tag does not exist.
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
        """Change the given fields of an annotation; None leaves a field as it is.

        Raises:
            Refusal: 404 if the annotation does not exist, 400 if a tag does not.
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
        """Delete an annotation.

        Raises:
            Refusal: 404 if it does not exist.
        """
        self.get(annotation_id)
        del self._annotations[annotation_id]

    def create_tag(self, name: str) -> Tag:
        """Create a tag. Names need not be unique, so blindly repeating the call creates duplicates."""
        made = Tag(self._next_tag, name)
        self._next_tag += 1
        self._tags[made.id] = made
        return made

    def is_used(self, tag: Tag) -> bool:
        """Return whether any annotation has this tag."""
        return any(tag in annotation.tags for annotation in self._annotations.values())

    def _tags_of(self, ids: Iterable[int]) -> tuple[Tag, ...]:
        chosen = dict.fromkeys(ids)
        for tag_id in chosen:
            if tag_id not in self._tags:
                raise BadRequest(f"tags: annotation tag {tag_id} does not exist")
        return tuple(self._tags[tag_id] for tag_id in chosen)


def sample_annotations() -> Annotations:
    """Return the annotations that the sample shop starts with."""
    annotations = Annotations()
    release, campaign = annotations.create_tag("release"), annotations.create_tag("campaign")
    annotations.create_tag("incident")
    ada, kofi = Author(3000101, "Ada", "Lefèvre"), Author(3000102, "Kofi", "Baker")
    moment = datetime.datetime
    annotations.create(moment(2024, 1, 15, 9, 0), "New checkout for everyone", [release.id], ada)
    annotations.create(moment(2024, 2, 12, 7, 30), "Valentine's newsletter sent", [campaign.id], kofi)
    annotations.create(moment(2024, 3, 4, 10, 0), "Spring catalogue online", [release.id, campaign.id], ada)
    return annotations
