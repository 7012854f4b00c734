"""A list of people as a file: CSV of any kind, or XLSX; read into the lines that lists.read understands. Pure."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree

from app.core.errors import Invalid
from app.core.words import N_

LARGEST = 2_000_000
"""Bytes of a file; of each sheet inside it ten times as much."""
MOST_ROWS, MOST_COLUMNS = 2000, 30
_WIDE = (b"\xff\xfe", b"\xfe\xff")  # how a text in UTF-16 begins
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_COLUMNS = {
    "email": {"email", "e-mail", "mail", "email address", "e-mail address", "address", "e-mail-adresse", "mailadresse", "adresse",
              "courriel", "adresse e-mail", "adresse électronique", "correo", "correo electrónico", "dirección de correo", "endereço de e-mail",
              "endereço eletrónico", "endereço eletrônico", "электронная почта", "эл. почта", "почта", "адрес",
              "електронна пошта", "ел. пошта", "пошта", "адреса",
              "البريد الإلكتروني", "البريد", "العنوان"},
    "name": {"name", "full name", "vollständiger name", "nom", "nom complet", "nombre", "nombre completo", "nome", "nome completo", "имя", "фио",
             "полное имя", "ім'я", "ім’я", "піб", "повне ім'я", "الاسم", "الاسم الكامل"},
    "first": {"first name", "given name", "vorname", "prénom", "الاسم الأول"},
    "last": {"last name", "surname", "family name", "nachname", "familienname", "nom de famille", "apellido", "apellidos", "apelido", "sobrenome", "фамилия", "прізвище", "اسم العائلة"},
    "role": {"role", "rolle", "rôle", "rol", "papel", "função", "роль", "الدور"},
    "lang": {"language", "lang", "sprache", "langue", "idioma", "lengua", "língua", "язык", "мова", "اللغة"},
}  # fmt: skip


def as_lines(body: bytes) -> str:
    """`address; name; role; language` a line, in the order of the file's rows, so that line numbers are row numbers."""
    if len(body) > LARGEST:
        raise Invalid(
            {"file": N_("This file is larger than 2 MB. A list of people is much smaller; is it the right one?")}
        )
    if b"\0" in body and not body.startswith((b"PK", *_WIDE)):
        _unreadable()  # a picture, a document, a program: no line of it is a person
    rows = list(_xlsx(body) if body.startswith(b"PK") else _csv(body))
    head = _head(rows[0]) if rows else {}
    lines = [_line(row, head) for row in rows]
    if head:
        lines[0] = "; ".join(rows[0])
    return "\n".join(lines)


def is_head(cells: Sequence[str]) -> bool:
    """Does this line say which column holds the address?"""
    return bool(_head(cells))


def unread(cells: Sequence[str]) -> list[str]:
    """The headings of a head that name no column we know."""
    known = {word for words in _COLUMNS.values() for word in words}
    return [cell.strip() for cell in cells if cell.strip() and cell.strip().casefold() not in known][:MOST_COLUMNS]


def _head(row: Sequence[str]) -> dict[str, int]:
    """Which column is what; empty when the first row is a person already."""
    if any("@" in cell for cell in row):
        return {}
    plain = [cell.strip().casefold() for cell in row]
    found = {what: next((at for at, cell in enumerate(plain) if cell in words), -1) for what, words in _COLUMNS.items()}
    return {what: at for what, at in found.items() if at >= 0} if found["email"] >= 0 else {}


def _line(row: Sequence[str], head: dict[str, int]) -> str:
    if not any(cell.strip() for cell in row):
        return ""
    cells = [" ".join(re.sub(r"[;,\t]", " ", cell).split()) for cell in row]
    if not head:
        return "; ".join(cells)
    said = {what: cells[at] if at < len(cells) else "" for what, at in head.items()}
    # `Name` beside `Vorname` is the family's, `Nombre` beside `Apellidos` is the first.
    name = " ".join(part for part in (said.get("first"), said.get("name"), said.get("last")) if part)
    return "; ".join([said.get("email", ""), name, said.get("role", ""), said.get("lang", "")])


def _csv(body: bytes) -> Iterator[list[str]]:
    text = _decoded(body)
    first = text.partition("\n")[0]
    separator = max(";,\t", key=first.count)
    for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator)):
        if number >= MOST_ROWS:
            return
        yield row[:MOST_COLUMNS]


def _decoded(body: bytes) -> str:
    if body.startswith(_WIDE):
        return body.decode("utf-16", errors="replace")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("windows-1252", errors="replace")


def _xlsx(body: bytes) -> list[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            sheets = sorted(name for name in book.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name))
            words = _words(book)
            return _rows(_parsed(book, min(sheets, key=len)), words) if sheets else _unreadable()
    except (
        zipfile.BadZipFile,
        ElementTree.ParseError,
        KeyError,
        ValueError,
        IndexError,
        NotImplementedError,
        RuntimeError,
    ):
        return _unreadable()


def _unreadable() -> list[list[str]]:
    raise Invalid({"file": N_("We cannot read this file. Save the list as CSV or XLSX and choose it again.")})


def _parsed(book: zipfile.ZipFile, name: str) -> ElementTree.Element:
    if book.getinfo(name).file_size > 10 * LARGEST:
        raise ValueError(name)
    text = book.read(name)
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise ValueError(name)
    return ElementTree.fromstring(text)


def _words(book: zipfile.ZipFile) -> list[str]:
    name = "xl/sharedStrings.xml"
    if name not in book.namelist():
        return []
    return ["".join(t.text or "" for t in item.iter(f"{_SHEET}t")) for item in _parsed(book, name).iter(f"{_SHEET}si")]


def _rows(sheet: ElementTree.Element, words: Sequence[str]) -> list[list[str]]:
    """Empty rows are left out of the file; they stand in the list, so that numbers agree."""
    found: list[list[str]] = []
    for row in sheet.iter(f"{_SHEET}row"):
        number = int(row.get("r") or len(found) + 1)
        if number > MOST_ROWS:
            break
        found.extend([] for _ in range(number - 1 - len(found)))
        cells: dict[int, str] = {}
        for at, cell in enumerate(row.iter(f"{_SHEET}c")):
            column = _column(cell.get("r") or "") or at
            if column < MOST_COLUMNS:
                cells[column] = _cell(cell, words)
        found.append([cells.get(at, "") for at in range(max(cells, default=-1) + 1)])
    return found


def _column(reference: str) -> int:
    """`C7` → 2; 0 also for what says nothing."""
    number = 0
    for letter in re.match(r"[A-Z]*", reference)[0]:  # type: ignore[index]
        number = number * 26 + ord(letter) - 64
    return max(number - 1, 0)


def _cell(cell: ElementTree.Element, words: Sequence[str]) -> str:
    if cell.get("t") == "inlineStr":
        return "".join(t.text or "" for t in cell.iter(f"{_SHEET}t"))
    value = cell.findtext(f"{_SHEET}v") or ""
    return words[int(value)] if cell.get("t") == "s" and value else value
