"""Draw the pictures of the demonstration's wall of cards: `python scripts/draw_city_pictures.py`, once.

Invented, so that they are nobody's; drawn twice as large and made smaller, in the widths in which pictures are kept.
"""

import io
from collections.abc import Callable
from math import cos, sin, tau
from pathlib import Path
from random import Random

from PIL import Image, ImageDraw, ImageFont

from app.core.pictures import WIDTHS

FOLDER = Path(__file__).parent.parent / "app" / "demo" / "pictures"
WIDE, HIGH = 1440, 1080
NIGHT, SKY, PALE, SAND, EARTH, STONE = "#16323a", "#cfe3e6", "#eef4f2", "#e6d3ae", "#8a6a4a", "#b9b4a8"
TEAL, LEAF, DARK, WARM, RED, WHITE = "#1d6f78", "#5f8a4e", "#2b2b2b", "#e0a030", "#c0392b", "#fbfaf5"

Pen = ImageDraw.ImageDraw


def person(pen: Pen, x: int, y: int, tall: int, colour: str) -> None:
    """Somebody who stands at (x, y)."""
    wide = tall // 4
    pen.rounded_rectangle((x - wide, y - tall * 3 // 4, x + wide, y), wide, fill=colour)
    pen.ellipse((x - wide // 1.3, y - tall, x + wide // 1.3, y - tall * 0.72), fill="#7b5138")


def ditch(pen: Pen) -> None:
    pen.rectangle((0, 0, WIDE, 420), fill=SKY)
    for left, top, colour in (
        (60, 150, "#e7c9b0"),
        (380, 90, "#d9a98c"),
        (700, 190, "#efe0c4"),
        (1060, 120, "#cdb4a0"),
    ):
        pen.rectangle((left, top, left + 290, 430), fill=colour)
        for window in range(3):
            pen.rectangle((left + 40 + window * 80, top + 60, left + 80 + window * 80, top + 130), fill=TEAL)
    pen.polygon(((0, 430), (WIDE, 430), (WIDE, 760), (0, 980)), fill=STONE)
    pen.polygon(((0, 760), (0, HIGH), (WIDE, HIGH), (WIDE, 640)), fill=LEAF)
    pen.polygon(((0, 880), (120, 1000), (900, 960), (WIDE, 770), (WIDE, 700)), fill=TEAL)
    chance = Random(2)
    for _ in range(46):
        x = chance.randint(20, 1400)
        y = int(900 - x * 0.13 + chance.randint(-60, 130))
        pen.line((x, y, x + 6, y - 110), fill="#35602f", width=8)
        pen.ellipse((x - 18, y - 140, x + 22, y - 96), fill="#6a4fa3")
    person(pen, 1180, 640, 300, WARM)
    pen.polygon(((1080, 520), (1140, 500), (1140, 570), (1090, 580)), fill=DARK)


def boat(pen: Pen) -> None:
    pen.rectangle((0, 0, WIDE, 380), fill="#f3d9b4")
    pen.ellipse((1050, 90, 1230, 270), fill=WARM)
    pen.rectangle((0, 372, WIDE, 396), fill=TEAL)
    pen.rectangle((0, 396, WIDE, HIGH), fill=SAND)
    chance = Random(3)
    for _ in range(60):
        x, y = chance.randint(0, WIDE), chance.randint(470, HIGH)
        pen.line((x, y, x + chance.randint(40, 160), y + chance.randint(-14, 14)), fill="#c9b284", width=5)
    pen.polygon(((300, 640), (1120, 600), (1010, 860), (430, 880)), fill=RED)
    pen.polygon(((300, 640), (1120, 600), (1106, 640), (318, 682)), fill=WHITE)
    pen.rectangle((700, 420, 716, 640), fill=EARTH)
    person(pen, 560, 660, 170, TEAL)
    pen.polygon(((430, 880), (1010, 860), (1120, 920), (360, 930)), fill="#b79d6d")


def cellar(pen: Pen) -> None:
    pen.rectangle((0, 0, WIDE, HIGH), fill="#d8d2c4")
    for row in range(12):
        for column in range(-1, 9):
            left, top = column * 180 + (row % 2) * 90, row * 90
            pen.rectangle((left, top, left + 174, top + 84), fill="#cfc7b5" if (row + column) % 3 else "#c4baa5")
    pen.rectangle((160, 150, 640, HIGH), fill=DARK)
    pen.polygon(((640, 150), (860, 90), (860, HIGH), (640, HIGH)), fill=TEAL)
    for step in range(5):
        pen.rectangle((190 + step * 20, 700 + step * 80, 610 - step * 20, 730 + step * 80), fill="#5c564c")
    pen.line((900, 470, 1400, 462), fill=RED, width=10)
    for tick in range(10):
        pen.line((1370, 470 + tick * 60, 1400, 470 + tick * 60), fill=EARTH, width=6)
    pen.rectangle((900, 500, 1180, 560), fill=WHITE)
    for line in range(3):
        pen.line((920, 515 + line * 15, 1150 - line * 40, 515 + line * 15), fill=DARK, width=5)


def library(pen: Pen) -> None:
    pen.rectangle((0, 0, WIDE, HIGH), fill=NIGHT)
    pen.ellipse((1150, 80, 1250, 180), fill=PALE)
    chance = Random(4)
    for _ in range(40):
        x, y = chance.randint(0, WIDE), chance.randint(0, 300)
        pen.ellipse((x, y, x + 5, y + 5), fill=PALE)
    pen.rectangle((200, 300, 1240, HIGH), fill="#0f242a")
    pen.polygon(((160, 300), (720, 150), (1280, 300)), fill="#0b1b20")
    for window in range(3):
        left = 270 + window * 320
        pen.rounded_rectangle((left, 400, left + 260, 860), 130, fill=WARM)
        pen.rectangle((left, 700, left + 260, 860), fill=WARM)
        for shelf in range(3):
            pen.line((left + 16, 520 + shelf * 60, left + 244, 520 + shelf * 60), fill="#a8721c", width=8)
    for x, colour in ((610, RED), (680, TEAL), (750, "#7b4b8a"), (820, LEAF)):
        person(pen, x, 850, 190, colour)
    pen.rectangle((580, 790, 860, 812), fill=EARTH)
    pen.rectangle((0, 1000, WIDE, HIGH), fill="#0a171b")


def ice(pen: Pen) -> None:
    pen.rectangle((0, 0, WIDE, 330), fill="#b7c9d3")
    pen.rectangle((120, 90, 1320, 340), fill="#d9c3a6")
    for window in range(9):
        pen.rectangle((170 + window * 128, 150, 240 + window * 128, 260), fill="#46636e")
    pen.polygon(((0, 340), (WIDE, 340), (WIDE, HIGH), (0, HIGH)), fill="#e3eef3")
    pen.ellipse((120, 480, 1320, 1000), fill="#bcd8e4")
    pen.ellipse((200, 520, 1240, 940), fill="#d3e7f0")
    for turn in range(5):
        x, y = 720 + int(420 * cos(turn * tau / 5)), 730 + int(150 * sin(turn * tau / 5))
        pen.line((720, 740, x, y), fill="#a9c7d6", width=4)
    pen.ellipse((660, 640, 780, 760), fill=RED)
    pen.ellipse((690, 660, 722, 690), fill="#e57567")
    pen.ellipse((650, 750, 800, 778), fill="#a3bfcd")


def shadow(pen: Pen) -> None:
    pen.rectangle((0, 0, WIDE, 500), fill="#f6e7c1")
    pen.ellipse((1130, 60, 1330, 260), fill=WARM)
    for left, top in ((0, 220), (260, 160), (560, 250), (860, 190), (1150, 300)):
        pen.rectangle((left, top, left + 250, 520), fill="#ead2a0")
    pen.rectangle((0, 500, WIDE, HIGH), fill="#e9dcc0")
    pen.polygon(((1120, 560), (1170, 560), (330, 960), (190, 960)), fill="#8f8468")
    pen.rectangle((1120, 120, 1142, 560), fill=DARK)
    pen.rounded_rectangle((1000, 100, 1150, 140), 20, fill=DARK)
    colours = (TEAL, RED, LEAF, "#7b4b8a", WARM, NIGHT, EARTH, "#3f7fa6", "#a05a7a")
    for place, colour in enumerate(colours):
        person(pen, 1060 - place * 92, 610 + place * 42, 190 + place * 16, colour)


def inlets(pen: Pen) -> None:
    """The slide of the recording: litres a second."""
    pen.rectangle((0, 0, WIDE, HIGH), fill=WHITE)
    pen.line((160, 940, 1300, 940), fill=DARK, width=8)
    for place, (litres, colour) in enumerate(((2, RED), (9, WARM), (31, TEAL))):
        left, top = 240 + place * 360, 940 - litres * 26
        pen.rectangle((left, top, left + 240, 936), fill=colour)
        pen.text((left + 120, top - 20), str(litres), fill=DARK, anchor="mb", font=ImageFont.load_default(90))


PICTURES: dict[str, Callable[[Pen], None]] = {
    "ditch": ditch, "boat": boat, "cellar": cellar, "library": library, "ice": ice, "shadow": shadow,
    "inlets": inlets,
}  # fmt: skip


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, draw in PICTURES.items():
        whole = Image.new("RGB", (WIDE, HIGH), WHITE)
        draw(ImageDraw.Draw(whole))
        for width in (each for each in WIDTHS if each <= WIDE // 2):
            out = io.BytesIO()
            whole.resize((width, width * 3 // 4)).save(out, "WEBP", quality=80)
            (FOLDER / f"{name}-{width}.webp").write_bytes(out.getvalue())


if __name__ == "__main__":
    main()
