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
    """A method cannot be used; the text says where and why. `why` may be translated, with its `values`."""

    def __init__(self, place: Place, why: str, **values: object) -> None:
        sentence = why.format(**values) if values else why
        super().__init__(f"{place}: {sentence[0].lower()}{sentence[1:]}")
        self.place, self.why, self.values = place, why, values
