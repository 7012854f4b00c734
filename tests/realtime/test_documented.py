"""Every number with which a line ends is in docs/protocol.md."""

from pathlib import Path

from realtime.protocol import Close

PAGE = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text()


def test_every_way_a_line_ends_is_documented() -> None:
    codes = [value for name, value in vars(Close).items() if name.isupper()]
    assert codes
    assert [code for code in codes if str(code) not in PAGE] == []
