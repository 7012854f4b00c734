"""Mails of real programs' shapes are understood: what the person wrote, and nothing of what others did."""

from pathlib import Path

import pytest

from app.notices.mailin import bounce, cut, judge
from app.notices.mailin.judge import Expected, Unclear
from app.notices.mailin.parse import Arrived, read

MAILS = Path(__file__).parent / "mails"
OWN = frozenset({"fortnight@example.org", "reply@example.org"})
TAMTA = Expected(email="Tamta@example.org", trusts="mx.example.org", own=OWN)


def mail(name: str) -> Arrived:
    return read((MAILS / f"{name}.eml").read_bytes())


WRITTEN = {
    "gmail_en": "The crew that planted them also mows.\n\nTwice a year is enough.",
    "gmail_ar": "شكرًا على السؤال. نحن نجزّ العشب مرتين في السنة.",
    "outlook_de_html_only": (
        "Hallo zusammen,\n\nbei uns mäht der Bauhof, und zwar erst nach der Blüte.\n\nKosten: 40 € je Mulde."
    ),
    "outlook_en_plain": "We asked the road works department, they do it.",
    "apple_fr_quoted_printable": "C’est l’équipe des espaces verts qui s’en charge, après la floraison.",
    "phone_es": "Sí, lo hace la cuadrilla de jardines.",
    "thunderbird_pt_answered_below": (
        "É a equipa dos jardins que corta a relva, mas só depois da floração, porque as abelhas agradecem."
    ),
    "mail_ru_koi8": "Косит та же бригада, что и сажала.",
    "ukr_net_uk": "Косить та сама бригада.\nДвічі на рік.",
    "gmail_html_only": "Two things:\n- mow late\n- mow < twice a year\n\nSee the plan.",
    "between_the_lines": (
        "The crew that planted them.\n\n\nForty euro a hollow.\n\nBest regards\nTamta\nP.S. The first year costs more."
    ),
    "with_a_picture": "This is how ours look in June.",
    "unknown_charset": "Grüne Mulden, ja.",
}


@pytest.mark.parametrize("name", WRITTEN)
def test_a_persons_words_are_found(name: str) -> None:
    arrived = mail(name)
    assert "\n".join(line for line in arrived.text.split("\n") if line) == "\n".join(
        line for line in WRITTEN[name].split("\n") if line
    )
    assert judge.is_from_a_machine(arrived.message, arrived.sender, OWN) == ""
    assert judge.unclear(arrived, TAMTA) is None


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("out_of_office", "auto-submitted"),
        ("from_a_list", "precedence"),
        ("calendar_reply", "an answer to an appointment"),
        ("dsn_failed", "auto-submitted"),
        ("qmail_bounce", "a report"),
    ],
)
def test_what_a_machine_wrote_is_no_answer(name: str, why: str) -> None:
    arrived = mail(name)
    assert judge.is_from_a_machine(arrived.message, arrived.sender, OWN) == why


def test_our_own_letters_are_no_answers() -> None:
    raw = (MAILS / "gmail_en.eml").read_bytes().replace(b"Tamta Gelovani <tamta@", b"Fortnight <fortnight@")
    arrived = read(raw)
    assert judge.is_from_a_machine(arrived.message, arrived.sender, OWN) != ""


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("forged", Unclear.UNPROVEN),
        ("from_another_address", Unclear.SENDER),
        ("only_a_quotation", Unclear.EMPTY),
        ("winmail_dat", Unclear.PACKED),
    ],
)
def test_an_unclear_mail_says_why(name: str, why: Unclear) -> None:
    assert judge.unclear(mail(name), TAMTA) == why


RESULTS = {
    "mx.example.org; dmarc=pass header.from=example.org": True,
    "mx.example.org 1; spf=pass smtp.mailfrom=bounce@example.org": True,
    "mx.example.org; dkim=pass (2048-bit; t=s) header.d=example.org header.i=@example.org": True,
    "MX.example.org; dkim=pass header.i=@example.org": True,
    "mx.example.org; none": False,
    "mx.example.org; spf=pass smtp.mailfrom=someone@evil.example": False,
    "mx.example.org; dkim=pass header.d=notexample.org": False,
    "mx.example.org; dkim=pass header.d=org": False,
    "mx.example.org; dmarc=fail header.from=example.org; dkim=pass header.d=example.org": False,
    "mx.example.org; dmarc=pass header.from=evil.example": False,
    "elsewhere.example.org; dmarc=pass header.from=example.org": False,
    "mx.example.org.evil.example; dmarc=pass header.from=example.org": False,
    '"mx.example.org"; dmarc=pass header.from=example.org': True,
    "mx.example.org; auth=pass (dmarc=pass header.from=example.org)": False,
    "mx.example.org; auth=pass (said (by) x; dmarc=pass header.from=example.org)": False,
    'mx.example.org; spf=pass smtp.mailfrom="a; dkim=pass header.d=example.org"@evil.example': False,
    'mx.example.org; dmarc=fail header.from=evil.example; spf=pass smtp.mailfrom="a;dmarc=pass header.from=example.org"@x.y': False,
    "mx.example.org; dmarc=fail header.from=example.org; dmarc=pass header.from=example.org": False,
    "mx.example.org; dmarc=pass header.from=example.org (never closed": False,
}


@pytest.mark.parametrize("said", RESULTS)
def test_only_our_own_mail_server_proves_who_wrote(said: str) -> None:
    arrived = read(f"Authentication-Results: {said}\nFrom: tamta@example.org\n\nYes.\n".encode())
    assert judge.is_proven(arrived.message, arrived.sender, trusts="mx.example.org") is RESULTS[said]


def test_two_senders_in_one_mail_prove_nothing() -> None:
    raw = b"Authentication-Results: mx.example.org; dmarc=pass header.from=example.org\nFrom: tamta@example.org\nFrom: a@b.c\n\nYes.\n"
    assert judge.unclear(read(raw), TAMTA) == Unclear.SENDER


def test_a_name_that_swallows_the_address_behind_it_is_not_believed() -> None:
    head = b"Authentication-Results: mx.example.org; dmarc=pass header.from=example.org\n"
    arrived = read(head + b"From: =?utf-8?q?tamta=40example.org_=28?= <eve@example.org>\n\nYes.\n")
    assert arrived.sender == "eve@example.org"
    assert judge.unclear(arrived, TAMTA) == Unclear.SENDER


PHONES = [
    "Sent from my iPhone", "Get Outlook for iOS<https://aka.ms/o0ukef>", "Von meinem iPhone gesendet",
    "Gesendet von Outlook für Android", "Diese Nachricht wurde von meinem Android Mobiltelefon mit GMX Mail gesendet.",
    "Envoyé de mon iPhone", "Télécharger Outlook pour iOS", "Enviado desde mi Samsung Galaxy", "Enviado do meu iPhone",
    "Отправлено с iPhone", "Надіслано з iPhone", "أُرسلت من الـ iPhone", "Отправлено из Яндекс Почты для мобильных",
]  # fmt: skip


@pytest.mark.parametrize("line", PHONES)
def test_a_programs_advertisement_is_no_word_of_the_person(line: str) -> None:
    assert cut.own_words(f"We do it in May.\n\n{line}\n") == "We do it in May."


CLOSINGS = [
    "Kind regards,", "Mit freundlichen Grüßen", "Viele Grüße aus Berlin", "Cordialement,", "Saludos cordiales,",
    "Com os melhores cumprimentos,", "С уважением,", "З найкращими побажаннями,", "مع خالص التحية",
]  # fmt: skip


@pytest.mark.parametrize("closing", CLOSINGS)
def test_a_closing_and_the_name_below_it_go(closing: str) -> None:
    assert cut.own_words(f"We do it in May.\n\n{closing}\nTamta Gelovani\nTel. 555 000\n") == "We do it in May."


ATTRIBUTIONS = [
    "On Fri, 12 Jun 2026 at 13:50, Fortnight <reply@example.org> wrote:",
    "Am Fr., 12. Juni 2026 um 13:50 Uhr schrieb Fortnight <\nreply+abc@example.org>:",
    "Le ven. 12 juin 2026 à 13:50, Fortnight <reply@example.org> a écrit :",
    "El vie, 12 jun 2026 a las 13:50, Fortnight (<reply@example.org>) escribió:",
    "Em sex., 12 de jun. de 2026 às 13:50, Fortnight <reply@example.org> escreveu:",
    "пт, 12 июн. 2026 г. в 13:50, Fortnight <reply@example.org>:",
    "12.06.2026 13:50, Fortnight пишет:",
    "пт, 12 черв. 2026 р. о 13:50 Fortnight <reply@example.org> пише:",
    "في الجمعة، 12 يونيو 2026 في 1:50 م كتب Fortnight <reply@example.org>:",
    "في الجمعة، 12 يونيو 2026 في 1:50 م تمت كتابة ما يلي بواسطة Fortnight <reply@example.org>:",
]


@pytest.mark.parametrize("line", ATTRIBUTIONS)
def test_who_wrote_the_quotation_goes_with_it(line: str) -> None:
    assert cut.own_words(f"We do it in May.\n\n{line}\n\n> ##- x -##\n> Who mows?\n") == "We do it in May."
    assert cut.own_words(f"{line}\n> Who mows?\n\nWe do it in May.\n") == "We do it in May."


@pytest.mark.parametrize(
    "words",
    [
        "From: where we stand it looks like rain.",
        "On Monday the mayor wrote:\nplease mow later.\nThat settled it.",
        "See you\n-> at the bridge",
        "Best\nof all would be a meadow, because nobody has to mow it and it is cheaper for everyone who pays for this?",
        "The total is\n------\n40 euro",
    ],
)
def test_in_doubt_words_stay(words: str) -> None:
    assert cut.own_words(words) == words


def test_a_letter_that_came_back_says_why() -> None:
    failure = bounce.failure(mail("dsn_failed"))
    assert failure is not None
    assert failure.status == "5.1.1"
    assert "User unknown in virtual mailbox table" in failure.said
    assert bounce.failure(mail("qmail_bounce")) is not None
    assert [bounce.failure(mail(name)) for name in ("dsn_delayed", "out_of_office", "gmail_en")] == [None, None, None]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n",
        b"\xff\xfe\x00",
        b"From\n\n",
        b"Content-Type: multipart/mixed\n\nx",
        b"From: <\nSubject: =?x?Q?=?=\n\nhello",
    ],
)
def test_nonsense_breaks_nothing(raw: bytes) -> None:
    arrived = read(raw)
    assert judge.unclear(arrived, TAMTA) is not None
    assert bounce.failure(arrived) is None
