"""What stands in a file that came by HTTP, whatever kind of file it is."""

import io

import httpx2
from pypdf import PdfReader


def words_in(answer: httpx2.Response) -> str:
    """The words of a page, a text or a PDF; in a PDF lines end where they were set."""
    if answer.headers.get("content-type") != "application/pdf":
        return answer.text
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
