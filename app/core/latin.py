"""Words of any of our regions' scripts in plain Latin letters, for addresses. Pure.

Not a transliteration for readers: what people would type when a keyboard has nothing else.
"""

import unicodedata

_WHOLE = dict(
    zip(
        "äöüßæœøåłđðþıəŋ",
        ["ae", "oe", "ue", "ss", "ae", "oe", "o", "a", "l", "d", "d", "th", "i", "e", "n"],
        strict=True,
    )
)
_ALPHABETS = (
    ("абвгдежзийклмнопрстуфхцчшщыэюя", "a b v g d e zh z i i k l m n o p r s t u f kh ts ch sh shch y e yu ya"),
    ("іїєґјљњћђџѕ", "i i ie g j lj nj c dj dz dz"),
    ("აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ", "a b g d e v z t i k l m n o p zh r s t u p k gh q sh ch ts dz ts ch kh j h"),
    ("աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆ",
     "a b g d e z e y t zh i l kh ts k h dz gh ch m y n sh o ch p j r s v t r ts v p k o f"),
    ("αβγδεζηθικλμνξοπρσςτυφχψω", "a v g d e z i th i k l m n x o p r s s t y f ch ps o"),
    ("ابتثجحخدذرزسشصضطظغفقكلمنهويىة", "a b t th j h kh d dh r z s sh s d t z gh f q k l m n h w y a a"),
)  # fmt: skip
_LETTERS = {letter: plain for letters, said in _ALPHABETS for letter, plain in zip(letters, said.split(), strict=True)}
_TO_PLAIN = str.maketrans(_LETTERS)
_BEFORE = str.maketrans(_WHOLE)  # before marks are taken off: ü is ue, not u


def in_latin(text: str) -> str:
    """Small letters a to z, and whatever is no letter as it is; letters of scripts we do not know fall away."""
    said = unicodedata.normalize("NFC", text).lower().translate(_BEFORE)
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", said) if not unicodedata.combining(sign))
    return bare.translate(_TO_PLAIN).encode("ascii", "ignore").decode()
