"""Tables that get new keys: what is stored of one that sets none of them stays what it was, letter by letter."""

from __future__ import annotations

from collections.abc import Set as Names

from pydantic import SerializerFunctionWrapHandler, model_serializer

from optsweep.config import AddedLater, Section


class GrowingSection(Section):
    """A table whose keys that are marked `AddedLater` are not stored with their defaults."""

    @model_serializer(mode="wrap")
    def _as_it_was_stored(self, handler: SerializerFunctionWrapHandler) -> dict[str, object]:
        values: dict[str, object] = handler(self)
        left_out = self._left_out()
        return {name: value for name, value in values.items() if name not in left_out}

    def _left_out(self) -> Names[str]:
        """The keys that are not stored."""
        fields = type(self).model_fields
        later = {name for name, field in fields.items() if any(isinstance(one, AddedLater) for one in field.metadata)}
        return {name for name in later if getattr(self, name) == fields[name].get_default(call_default_factory=True)}
