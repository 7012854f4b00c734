"""The programme's own colour instead of the house teal: one colour in, tones for light and dark out.

Whatever colour is chosen, text in it keeps 7:1 and lines keep 3:1 on every ground of the house.
"""

import colorsys
import hashlib

_GROUNDS = {"light": ("#fffdf9", "#f8f4ec", "#efe9dd"), "dark": ("#23201c", "#181613", "#2e2a25")}
_STEPS = 200


def address(colour: str) -> str:
    """Where the style sheet for this colour is; another colour has another address."""
    return f"/programme/{hashlib.sha256(stylesheet(colour).encode()).hexdigest()[:10]}.css"


def stylesheet(colour: str) -> str:
    """CSS that redefines the raw tones; `colour` is `#rrggbb`."""
    light, dark = _rule(tones(colour, "light")), _rule(tones(colour, "dark"))
    return (
        "@layer tokens{"
        f":root{{{light}}}"
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}"
        f":root[data-theme=dark]{{{dark}}}"
        "}\n"
    )


def tones(colour: str, scheme: str) -> dict[str, str]:
    """`teal-0` (wash) to `teal-4` (strong) and `teal-on` (text on `teal-3`), as `#rrggbb`."""
    hue, _, saturation = colorsys.rgb_to_hls(*_parts(colour))
    dark = scheme == "dark"
    wash = _tone(hue, 0.14 if dark else 0.92, min(saturation, 0.45))
    soft = _tone(hue, 0.25 if dark else 0.78, min(saturation, 0.45))
    grounds = (*_GROUNDS[scheme], wash)
    text = _readable(hue, saturation, grounds, ratio=7.2, dark=dark)
    return {
        "teal-0": wash,
        "teal-1": soft,
        "teal-2": _readable(hue, saturation, grounds, ratio=3.2, dark=dark),
        "teal-3": text,
        "teal-4": _readable(hue, saturation, grounds, ratio=10, dark=dark),
        "teal-on": _tone(hue, 0.06, min(saturation, 0.6)) if dark else "#ffffff",
    }


def contrast(one: str, other: str) -> float:
    """WCAG's ratio between two colours, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _readable(hue: float, saturation: float, grounds: tuple[str, ...], *, ratio: float, dark: bool) -> str:
    """The tone nearest to the middle that stands out from every ground by `ratio`."""
    for step in range(_STEPS + 1):
        lightness = 0.5 + 0.5 * step / _STEPS if dark else 0.5 - 0.5 * step / _STEPS
        tone = _tone(hue, lightness, saturation)
        if min(contrast(tone, ground) for ground in grounds) >= ratio:
            return tone
    return "#ffffff" if dark else "#000000"


def _tone(hue: float, lightness: float, saturation: float) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in colorsys.hls_to_rgb(hue, lightness, saturation))


def _parts(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _luminance(colour: str) -> float:
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _rule(values: dict[str, str]) -> str:
    return ";".join(f"--{name}:{value}" for name, value in values.items())
