"""Looking at a page as a strict reader: does it fit, does axe find anything, how heavy is it?"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Error, Page, Response

AXE = Path(__file__).with_name("axe") / "axe.min.js"
"""axe-core 4.14.1, MPL-2.0 (LICENSE beside it); for tests only, never served by the product."""

_WIDE = """(() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const wide = [...document.querySelectorAll("body *")].filter((element) => {
    const { left, right, width: own } = element.getBoundingClientRect();
    return own > 0 && (right > width + 1 || left < -1) && !element.closest(".scroller, .only-sr, .skip");
  });
  return wide.slice(0, 5).map((element) => `${element.localName}.${element.className}`);
})()"""

_SMALL = """[...document.querySelectorAll("a.btn, button, .places a, summary, .input:not([type=hidden])")].filter((control) => {
  const { width, height } = control.getBoundingClientRect();
  return width > 0 && (height < 24 || width < 24);
}).map((control) => control.outerHTML.slice(0, 120))"""


async def too_wide(page: Page) -> list[str]:
    """What sticks out of the window sideways."""
    return list(await page.evaluate(_WIDE))


async def too_small(page: Page) -> list[str]:
    """Controls below the 24 px that WCAG 2.2 AA asks for."""
    return list(await page.evaluate(_SMALL))


_SAME = """(() => {
  const places = {};
  for (const control of document.querySelectorAll("main button, main a.btn")) {
    if (control.closest(".idea, template")) continue; // a card stands before its buttons
    const name = (control.ariaLabel || control.textContent).replace(/\\s+/g, " ").trim();
    const hidden = [...(control.form?.querySelectorAll("[type=hidden]") || [])];
    const fields = hidden.filter((field) => !["csrf", "key", "back"].includes(field.name)).map((field) => field.value);
    const action = control.getAttribute("formaction") || control.form?.getAttribute("action");
    (places[name] ||= new Set()).add(control.href || [action, control.value, ...fields].join());
  }
  return Object.entries(places).filter(([, those]) => those.size > 1).map(([name, those]) => `${those.size} × ${name}`);
})()"""


async def same_named(page: Page) -> list[str]:
    """Buttons that do different things under the same name: whoever hears them one by one cannot tell them apart."""
    return list(await page.evaluate(_SAME))


async def violations(page: Page, *, contrast: bool = True) -> list[str]:
    """What axe finds: `rule: element, element`. Measuring colours (AAA) is two fifths of its work."""
    if not await page.evaluate("Boolean(window.axe)"):
        await page.evaluate(AXE.read_text())
    levels = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    # AAA includes AA: the same colours need not be measured twice
    rules = {"color-contrast-enhanced": {"enabled": contrast}, "color-contrast": {"enabled": False}}
    found: dict[str, Any] = await page.evaluate(
        """([values, rules]) => axe.run(document, {
            runOnly: { type: 'tag', values }, rules, resultTypes: ['violations'], preload: false,
        })""",
        [[*levels, "wcag2aaa"], rules],
    )
    return [
        f"{rule['id']}: " + ", ".join(str(node["target"][0]) for node in rule["nodes"][:4])
        for rule in found["violations"]
    ]


@dataclass
class Weight:
    """Bytes over the line (bodies as sent, compressed) and requests of everything a page loads.

    The live line is not part of loading: it opens once the page stands, and where a test serves no socket it polls.
    """

    page: Page
    requests: list[str] = field(default_factory=list)
    bytes: int = 0

    @classmethod
    def of(cls, page: Page) -> "Weight":
        weight = cls(page)
        page.on("response", weight._note)
        return weight

    async def _note(self, response: Response) -> None:
        if response.url.startswith("data:") or "/live/poll?" in response.url:
            return
        self.requests.append(response.url)
        try:
            sizes = await response.request.sizes()
        except Error:
            if self.page.is_closed() or not self.page.context.pages:
                return  # the visitor has gone home; nobody weighs what was still on its way
            raise
        self.bytes += sizes["responseBodySize"] + sizes["responseHeadersSize"]
