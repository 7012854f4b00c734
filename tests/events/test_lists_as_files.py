"""People are invited from a file as spreadsheets write it; what cannot be read is said by line, and nothing is sent before."""

import io
import zipfile

import pytest

from app.core.errors import Invalid
from app.events import lists, spreadsheets
from app.events.rules import Role
from tests.events.events import joined
from tests.forum.forum import a_forum
from tests.support.site import Site

SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)
WORDS = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}</sst>'


def a_book(rows: str, words: tuple[str, ...] = (), **more: str) -> bytes:
    """An XLSX as spreadsheets write it: words apart, empty cells and rows left out."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as book:
        book.writestr("xl/worksheets/sheet1.xml", SHEET.format(rows))
        book.writestr("xl/sharedStrings.xml", WORDS.format("".join(f"<si><r><t>{w}</t></r></si>" for w in words)))
        for name, text in more.items():
            book.writestr(name, text)
    return body.getvalue()


BOOK = a_book(
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c><c r="D1" t="s"><v>2</v></c></row>'
    '<row r="3"><c r="A3" t="s"><v>3</v></c><c r="B3"><v>17</v></c><c r="C3" t="inlineStr"><is><t>nino@example.org</t></is></c>'
    '<c r="D3" t="s"><v>4</v></c></row>',
    ("Nachname", "E-Mail", "Vorname", "Beridze; geb. K.", "Nino"),
)
FILES = {
    "excel in germany": "E-Mail;Vorname;Nachname;Rolle;Sprache\nnino@example.org;Nino;Beridze;;de\n".encode(
        "windows-1252"
    ),
    "excel with a mark": '\ufeffName,E-mail\n"Beridze, Nino",nino@example.org\n'.encode(),
    "tabs in utf-16": "Name\tMail\nNino Beridze\tnino@example.org\n".encode("utf-16"),
    "no heading": b"nino@example.org,Nino Beridze,practitioner\n",
    "arabic": "الاسم,البريد الإلكتروني\nNino Beridze,nino@example.org\n".encode(),
    "xlsx": BOOK,
}


@pytest.mark.parametrize("kind", FILES)
def test_a_list_is_read_from_whatever_wrote_it(kind: str) -> None:
    found = lists.read(spreadsheets.as_lines(FILES[kind]), role=Role.PRACTITIONER)
    assert found.troubles == []
    (guest,) = found.guests
    assert guest.email == "nino@example.org"
    assert {"Nino", "Beridze"} <= set(guest.name.split())
    assert guest.lang == ("de" if "germany" in kind else "en")


def test_trouble_names_the_row_of_the_file() -> None:
    text = spreadsheets.as_lines(
        b"Name,E-mail,Role\nNino,nino@example.org,\n\nOyuna,nowhere,\nCarlos,c@example.org,king\n"
    )
    found = lists.read(text, role=Role.PRACTITIONER)
    assert [trouble.number for trouble in found.troubles] == [4, 5]
    assert [guest.name for guest in found.guests] == ["Nino"]


@pytest.mark.parametrize(
    "body",
    [
        b"PK\x03\x04 no book",
        a_book("")[:-30],
        a_book('<row r="1"><c t="s"><v>7</v></c></row>'),
        a_book('<row r="1"><c t="s"><v>x</v></c></row>'),
        a_book("<row>"),
        a_book("").replace(b"sheet1", b"shoot1"),
        b"x" * (spreadsheets.LARGEST + 1),
    ],
)
def test_what_is_no_list_is_refused_with_a_sentence(body: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        spreadsheets.as_lines(body)
    assert list(refused.value.fields) == ["file"]


def test_an_entity_in_a_book_is_not_followed() -> None:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as book:
        book.writestr("xl/worksheets/sheet1.xml", '<!DOCTYPE x [<!ENTITY a "b">]>' + SHEET.format(""))
    with pytest.raises(Invalid):
        spreadsheets.as_lines(body.getvalue())


@pytest.mark.postgres
async def test_a_manager_sees_the_list_of_a_file_before_anything_is_sent(site: Site) -> None:
    forum = await a_forum()
    await joined(forum.event, forum.marta, "manager")
    marta = await site.as_person(forum.marta)
    url = f"{forum.url}/manage/invitations"
    assert 'type="file"' in (await marta.get(url)).text
    preview = await marta.send_form(
        url, {"lines": "levan@example.org", "role": "expert"}, files={"file": ("list.xlsx", BOOK)}
    )
    assert preview.status_code == 200
    assert "Send 2 invitations" in preview.text
    assert "Nino Beridze geb. K." in preview.text
    assert "nino@example.org" not in (await marta.get(url)).text
    refused = await marta.send_form(url, {"lines": "", "role": "expert"}, files={"file": ("list.xlsx", b"PK\x03\x04")})
    assert refused.status_code == 422
    assert "Save the list as CSV or XLSX" in refused.text


def test_a_first_line_without_an_address_is_said_unless_it_names_the_columns() -> None:
    found = lists.read("Max Mustermann Kiel\nnino@example.org; Nino", role=Role.PRACTITIONER)
    assert [(trouble.number, trouble.line) for trouble in found.troubles] == [(1, "Max Mustermann Kiel")]
    assert lists.read("Name; E-Mail\nNino; nino@example.org", role=Role.PRACTITIONER).troubles == []


@pytest.mark.parametrize(
    "body", [b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", b"%PDF-1.7\n\x00\x01", b"\x7fELF\x02\x01\x01\x00"]
)
def test_what_is_no_list_is_one_sentence_and_not_a_thousand_lines(body: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        spreadsheets.as_lines(body)
    assert "CSV or XLSX" in refused.value.fields["file"]


def test_a_column_that_nobody_reads_is_named() -> None:
    lines = spreadsheets.as_lines(b"Name;E-Mail;Funktion\nNino;nino@example.org;Expertin\n")
    assert lists.read(lines, role=Role.PRACTITIONER).unread == ["Funktion"]
    assert lists.read("Name; E-Mail\nNino; nino@example.org", role=Role.PRACTITIONER).unread == []
