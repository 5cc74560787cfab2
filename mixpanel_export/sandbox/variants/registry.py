"""`Variants`: the alternative forms in which a sandbox can send its responses.

Mixpanel's servers differ from its published contract and from each other. A variant rewrites an ordinary response
into a form that was seen in the wild. See `table` for all of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeAlias

from mixpanel_export.errors import InvalidArgumentError
from mixpanel_export.sandbox.variants.table import VARIANTS
from mixpanel_export.sandbox.variants.variant import Variant

if TYPE_CHECKING:
    from starlette.responses import Response

__all__ = ["Names", "Variants"]

Names: TypeAlias = "str | Sequence[str] | Mapping[str, str | Sequence[str]]"

_REPLACED = ("content-length", "content-type")


class Variants:
    """The variants a sandbox uses. Thread-safe; can be changed while the sandbox runs.

    sandbox.variants.use("annotations.user_missing", "errors.html")
    sandbox.variants.clear()

    Args:
        names: the variants in use from the start: one name, several names, or `{"annotations": "user_missing"}`.
    """

    def __init__(self, names: Names = ()) -> None:
        self._used: tuple[Variant, ...] = ()
        self.use(*_flattened(names))

    def names(self) -> list[str]:
        """Return the names of all variants there are."""
        return list(VARIANTS)

    def descriptions(self) -> dict[str, str]:
        """Return the description of each variant by name."""
        return {name: variant.about for name, variant in VARIANTS.items()}

    @property
    def used(self) -> list[str]:
        """The names of the variants in use, in the order in which they are applied."""
        return [variant.name for variant in self._used]

    def use(self, *names: str) -> None:
        """Use these variants as well, from the next response on.

        Raises:
            InvalidArgumentError: a name is unknown.
        """
        for name in names:
            if name not in VARIANTS:
                near = get_close_matches(name, VARIANTS, cutoff=0) or list(VARIANTS)
                expected = f"expected a variant's name, such as {', '.join(near[:3])}"
                raise InvalidArgumentError("variants", name, expected)
        # Keeps the order, and each name once.
        self._used = tuple(VARIANTS[name] for name in dict.fromkeys((*self.used, *names)))

    def clear(self) -> None:
        """Send ordinary responses again."""
        self._used = ()

    def parameters(self, operation: str, sent: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        """Return the parameters to compute an ordinary response from."""
        for variant in self._used:
            if variant.parameters is not None and operation in variant.operations:
                sent = tuple(variant.parameters(dict(sent)).items())
        return sent

    def rewrite(self, operation: str, sent: Iterable[tuple[str, str]], response: Response) -> Response:
        """Return a response as the variants in use have it.

        Args:
            operation: the operation, such as `GET app:/annotations`.
            sent: the parameters of the request.
            response: the ordinary response; a stream gets other headers at most.
        """
        parameters = dict(sent)
        for variant in self._used:
            if variant.applies(operation, response.status_code):
                response = _rewritten(variant, parameters, response)
        return response


def _flattened(names: Names) -> list[str]:
    if isinstance(names, str):
        return [names]
    if isinstance(names, Mapping):
        return [f"{group}.{form}" for group, forms in names.items() for form in _flattened(forms)]
    return list(names)


def _rewritten(variant: Variant, parameters: Mapping[str, str], response: Response) -> Response:
    from starlette.responses import Response

    for name, value in variant.headers.items():
        response.headers[name] = value
    if variant.change is None and variant.text is None and variant.status is None:
        return response
    content = getattr(response, "body", None)
    is_json = content is not None and response.headers.get("content-type") == "application/json"
    body: Any = json.loads(content) if content is not None and is_json else None
    if variant.change is not None and not is_json:
        return response
    headers = {name: value for name, value in response.headers.items() if name not in _REPLACED}
    status = variant.status or response.status_code
    if status == 204:
        return Response(status_code=204, headers=headers)
    if variant.text is not None:
        text = variant.text(body)
        return Response(text, status, headers, media_type=variant.media_type)
    if variant.change is not None:
        # json, not msgspec, because some variants contain NaN.
        content = json.dumps(variant.change(body, parameters), ensure_ascii=False).encode()
    return Response(content, status, headers, media_type=response.headers.get("content-type"))
