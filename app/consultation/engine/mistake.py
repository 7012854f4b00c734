"""What is wrong in a method file, and exactly where."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """file, part (role, phase, output), field."""

    file: str
    part: str = ""
    field: str = ""

    def within(self, part: str) -> "Place":
        return Place(self.file, f"{self.part}, {part}" if self.part else part)

    def at(self, field: str) -> "Place":
        return Place(self.file, self.part, field)

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.file, self.part, self.field and f"field “{self.field}”")))


class MethodMistake(ValueError):
    """A method file cannot be used; the text says where and why."""

    def __init__(self, place: Place, why: str) -> None:
        super().__init__(f"{place}: {why}.")
