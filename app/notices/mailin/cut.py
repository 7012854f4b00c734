"""What somebody wrote themselves: without what they quote and what their program writes below. Pure.

In doubt words stay: a line too much can be taken away by hand, a line too little is lost.
"""

import re

MARK = "##-"
"""Begins the line in our letters above which an answer is written, in every language."""
SIGNED_LINES = 8
"""A closing with more lines below it is no closing."""

_INVISIBLE = re.compile("[\u200b\u200c\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad]")
_ATTRIBUTIONS = re.compile(
    r"^(?:on\s.{6,250}\swrote\s?:"
    r"|am\s.{6,250}\sschrieb\b.{0,120}:"
    r"|.{3,120}\sschrieb am\s.{6,120}:"
    r"|le\s.{6,250}\sa écrit\s?:"
    r"|el\s.{6,250}\sescribió\s?:"
    r"|(?:em\s|a\s|no dia\s).{6,250}\sescreveu\s?:"
    r"|.{6,250}(?:пишет|писал|писала|написал|написала|написал\(а\)|пише|писав|писала|написав|написала|написав\(ла\))\s?:"
    r"|.{6,250}\sот\s.{3,120}:"
    r"|(?:في|بتاريخ)\s.{4,250}(?:كتب|كتبت|كتب/ت)(?:\s.{0,120})?[:：]"
    r"|(?:كتب|كتبت)\s.{3,120}\s(?:في|بتاريخ)\s.{4,120}[:：])\s*$",
    re.IGNORECASE,
)
_DATED = re.compile(r"\d.*@|@.*\d|\d{1,2}[:.h]\d\d")
_AT_AND_BY = re.compile(r"^(?=.*\d{1,2}[:.]\d\d)(?=.*<\s?[^<>\s]+@[^<>\s]+>).{10,250}[:：]\s*$")
"""A time and an address in brackets before a colon: the languages whose word for “wrote” we do not know."""
_ORIGINAL = re.compile(
    r"^\s*(?:-{2,}\s*(?:original message|originalnachricht|ursprüngliche nachricht|weitergeleitete nachricht|message d.origine"
    r"|message original|mensaje original|mensagem original|исходное сообщение|пересылаемое сообщение|оригінальне повідомлення"
    r"|вихідне повідомлення|الرسالة الأصلية|رسالة أصلية|forwarded message)\s*-{2,}|_{20,})\s*$",
    re.IGNORECASE,
)
_LABELS = tuple(
    re.compile(rf"^\W{{0,3}}(?:{words})\W{{0,3}}\s*[:：]", re.IGNORECASE)
    for words in (
        "from|von|de|от|від|кому від|من|отправитель",
        "sent|date|gesendet|datum|envoyé|enviado|enviada em|enviado el|fecha|data|отправлено|дата|надіслано|تاريخ الإرسال|التاريخ|أرسلت",
        "to|an|à|para|кому|إلى",
        "subject|betreff|objet|asunto|assunto|тема|الموضوع",
    )
)
_PHONE = re.compile(
    r"^\W{0,3}(?:sent (?:from|via|with) .{2,60}|get outlook for .{2,30}|von meinem .{2,40} gesendet|gesendet (?:von|mit|über) .{2,60}"
    r"|diese nachricht wurde von .{3,60} gesendet|outlook für .{2,20}(?: herunterladen| beziehen)?|holen sie sich outlook .{2,30}"
    r"|envoyé (?:de|depuis|avec|à partir de) .{2,60}|télécharger outlook .{2,30}|obtenir outlook .{2,30}"
    r"|enviado (?:desde|do|de|a partir do|con|com|através) .{2,60}|obtener outlook .{2,30}|obter o? ?outlook .{2,30}"
    r"|отправлено (?:с|из) .{2,60}|скачать outlook .{2,30}|надіслано (?:з|із) .{2,60}|завантажити outlook .{2,30}"
    r"|(?:أُرسلت|أرسلت|تم الإرسال|مرسل|أرسل) من .{2,60}|الحصول على outlook .{0,30})\s*\W{0,3}$",
    re.IGNORECASE,
)
_CLOSINGS = re.compile(
    r"^(?:(?:with )?(?:best|kind|warm|many)(?: regards| wishes)?|regards|cheers|yours(?: sincerely| faithfully)?|sincerely(?: yours)?|all the best"
    r"|(?:mit )?(?:freundlichen|freundliche|besten|beste|viele|vielen|liebe|lieben|herzliche|herzlichen|schöne|sonnige)n? grü(?:ß|ss)en?(?: (?:aus|von) .{2,40})?"
    r"|mfg|vg|lg|gruß|grüße"
    r"|(?:bien )?cordialement|bien à (?:vous|toi)|salutations(?: distinguées)?|meilleures salutations|amicalement"
    r"|(?:un )?(?:cordial )?saludos?(?: cordial(?:es)?)?|atentamente|cordialmente|un abrazo"
    r"|atenciosamente|(?:com os )?(?:melhores )?cumprimentos|(?:um )?abraços?|att"
    r"|с (?:уважением|наилучшими пожеланиями)|всего доброго|з (?:повагою|найкращими побажаннями)|всього найкращого"
    r"|مع (?:أطيب|خالص|فائق|أجمل) (?:التحيات|التحية|التمنيات|الاحترام|التقدير)|مع (?:التحية|تحياتي|الشكر)|تحياتي|وتفضلوا بقبول .{0,60}"
    r")\s*[,.!،]*$",
    re.IGNORECASE,
)
_AFTERTHOUGHT = re.compile(r"^\s*p\.?\s?s\.?\b", re.IGNORECASE)


def tidied(text: str) -> str:
    """Without what nobody sees: marks of direction, spaces at ends, hard spaces."""
    lines = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).replace("\u00a0", " ").split("\n")
    return "\n".join(line.rstrip() if line != "-- " else line for line in lines).strip("\n")


def own_words(whole: str) -> str:
    """Written above the quoted letter or below it; "" when there is nothing but what others wrote."""
    lines = tidied(whole).split("\n")
    above = next((at for at, line in enumerate(lines) if _bare(line).startswith(MARK)), None)
    if above is not None and (words := _without_tails(_without_quotes(lines[:above], open_end=True))):
        return words
    return _without_tails(_without_quotes(lines, open_end=False))


def _without_quotes(lines: list[str], *, open_end: bool) -> list[str]:
    """Lines that begin with > go, with the line that says who wrote them; after a header of a mail everything goes.

    `open_end`: what follows is quoted, so that a line at the end saying who wrote it goes, too.
    """
    kept: list[str] = []
    at = 0
    while at < len(lines):
        if lines[at].lstrip().startswith(">") and not _is_drawn(lines[at]):
            at += 1
            continue
        if _ORIGINAL.match(lines[at]) or _is_header(lines, at):
            break
        length = _attribution(lines, at)
        if length:
            following = next((line for line in lines[at + length :] if line.strip()), "")
            if following.lstrip().startswith(">"):
                at += length
                continue
            if following or open_end or at:
                break
        if _bare(lines[at]).startswith(MARK):
            break
        kept.append(lines[at])
        at += 1
    return kept


def _is_drawn(line: str) -> bool:
    """An arrow is not a quotation."""
    return bool(re.match(r"\s*>{1,2}[-=]", line))


def _attribution(lines: list[str], at: int) -> int:
    """How many lines (programs break them) say who wrote what follows; 0 if none do."""
    for length in (1, 2, 3):
        piece = [line.strip() for line in lines[at : at + length]]
        said = " ".join(piece)
        if len(piece) < length or not all(piece):
            return 0
        if (_ATTRIBUTIONS.match(said) and _DATED.search(said)) or _AT_AND_BY.match(said):
            return length
    return 0


def _is_header(lines: list[str], at: int) -> bool:
    """The block with which Outlook begins a quoted mail: who, when, to whom, about what, in any language."""
    if not _LABELS[0].match(_bare(lines[at])):
        return False
    block = [_bare(line) for line in lines[at : at + 8]]
    return sum(any(label.match(line) for line in block) for label in _LABELS) >= 3


def _without_tails(lines: list[str]) -> str:
    """Without a signature: after its mark, a program's advertisement, a closing and the name below it."""
    for at, line in enumerate(lines):
        if line in {"-- ", "--"}:
            lines = lines[:at]
            break
    lines = _without_advertisement(lines)
    for at in range(len(lines) - 1, 0, -1):
        below = [line for line in lines[at + 1 :] if line.strip()]
        if len(below) > SIGNED_LINES:
            break
        if _CLOSINGS.match(lines[at].strip()) and _is_signature(below):
            lines = _without_advertisement(lines[:at])
            break
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip()


def _is_signature(below: list[str]) -> bool:
    return all(len(line) <= 100 and not _AFTERTHOUGHT.match(line) and "?" not in line for line in below)


def _without_advertisement(lines: list[str]) -> list[str]:
    last = [at for at, line in enumerate(lines) if line.strip()][-4:]
    found = next((at for at in last if _PHONE.match(lines[at].strip())), None)
    return lines if found is None else lines[:found]


def _bare(line: str) -> str:
    return line.lstrip("> \t|*_")
