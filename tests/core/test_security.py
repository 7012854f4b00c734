"""Tokens and origins: what comes from another site is refused."""

import pytest
from starlette.datastructures import Headers

from app.core.pages import inside
from app.core.security import Csrf, ForgedRequest, check_same_site


def test_a_token_fits_its_own_browser_only() -> None:
    csrf = Csrf("secret")
    token = csrf.token("seed")
    assert csrf.check(token, "seed")
    assert not csrf.check(token, "another seed")
    assert not Csrf("another secret").check(token, "seed")
    assert not csrf.check("", "seed")
    assert not csrf.check(csrf.token(""), "")


def test_tokens_differ_on_each_page() -> None:
    csrf = Csrf("secret")
    assert csrf.token("seed") != csrf.token("seed")


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example.org", "host": "fortnight.example.org"},
    ],
)
def test_what_a_browser_says_came_from_elsewhere_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(ForgedRequest):
        check_same_site(Headers(headers), own_origin="https://fortnight.example.org")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
        {"origin": "https://fortnight.example.org", "host": "10.0.0.3:8000"},
        {"origin": "http://127.0.0.1:8000", "host": "127.0.0.1:8000"},
    ],
)
def test_our_own_pages_and_text_browsers_pass(headers: dict[str, str]) -> None:
    check_same_site(Headers(headers), own_origin="https://fortnight.example.org")


@pytest.mark.parametrize(
    ("asked", "goes"),
    [
        ("/events/x", "/events/x"),
        ("/events/x?page=2#post-7", "/events/x?page=2#post-7"),
        ("https://evil.example.org/", "/"),
        ("//evil.example.org", "/"),
        ("/\\evil.example.org", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_we_only_ever_send_people_to_our_own_pages(asked: str, goes: str) -> None:
    assert inside(asked) == goes
