"""Form: what a range and choices have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping

from optsweep.config import Section
from optsweep.study.scalar import KIND_WORDS, MAX_EXACT, Scalar

_PARSERS: Mapping[type, Callable[[str], Scalar]] = {
    float: float,
    int: int,
    str: str,
    bool: {"true": True, "false": False}.__getitem__,
}


class Form(Section):
    """What all forms of a parameter have in common."""

    @property
    @abstractmethod
    def kind(self) -> type:
        """The type of its values."""

    @property
    @abstractmethod
    def size(self) -> float:
        """How many values there are."""

    @abstractmethod
    def holds(self, value: Scalar) -> bool: ...

    @abstractmethod
    def misfit(self, value: Scalar) -> str:
        """What a value is that it does not hold."""

    @property
    def words(self) -> str:
        """What its values are."""
        return KIND_WORDS[self.kind]

    def wrong(self, value: Scalar) -> str:
        """What is wrong with a value: "not an integer", "outside 0..1"; empty if nothing is."""
        # isinstance would let True pass for the integer 1.
        if type(value) is not self.kind:
            return f"not {self.words}"
        return "" if self.holds(value) else self.misfit(value)

    def read(self, text: str) -> Scalar:
        """The value that a person types; raises `ValueError`."""
        try:
            value = _PARSERS[self.kind](text)
        except (ValueError, KeyError):
            raise ValueError(f"{text!r} is not {self.words}") from None
        if type(value) is int and abs(value) > MAX_EXACT:
            raise ValueError(f"{text}: integers beyond 2**53 = {MAX_EXACT} cannot be stored exactly")
        return value
