"""The page of a decision in a real browser: light, dark, wide, narrow and on paper."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

from chromium import chromium
from groundplan.decision.weight_flips import weight_flips
from groundplan.report.decision_html import decision_html
from groundplan.report.telling import Telling
from report.conftest import ROOT
from report.robust import with_robustness

pytestmark = pytest.mark.browser

SCREENS = ROOT / "build" / "screens"
READABLE = 9.0
"""Pixels: the smallest letter of a picture on a telephone."""

CONTRASTS = """() => {
  const light = (color) => {
    const [r, g, b] = color.match(/[\\d.]+/g).map(Number).map(v => v / 255)
      .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const color = getComputedStyle(node).backgroundColor;
      if (!color.endsWith(', 0)')) return color;
    }
    return 'rgb(255, 255, 255)';
  };
  return [...document.querySelectorAll('p, li, td, th, summary, a, figcaption, svg text')].map(node => {
    const style = getComputedStyle(node);
    const [a, b] = [light(node instanceof SVGElement ? style.fill : style.color), light(behind(node))];
    return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), node.textContent.slice(0, 40)];
  }).sort((one, other) => one[0] - other[0])[0];
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def address(told: Callable[[str], Telling], tmp_path_factory: pytest.TempPathFactory) -> str:
    telling = with_robustness(told("pulse"))
    page = tmp_path_factory.mktemp("page") / "pulse.html"
    page.write_text(decision_html(telling, weight_flips(telling.brief, telling.catalogue, telling.decision)), encoding="utf-8")
    return page.as_uri()


def opened(browser: Browser, address: str, scheme: Literal["light", "dark"], width: int) -> tuple[Page, list[str]]:
    """Open the page with everything unfolded; give it with whatever it asked the network for or complained about."""
    page = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900}).new_page()
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("request", lambda request: heard.append(request.url) if request.url != address else None)
    page.goto(address)
    for summary in page.locator("summary").all():
        summary.click()
    return page, heard


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
def test_the_page_fits_asks_for_nothing_and_can_be_read(
    browser: Browser, address: str, scheme: Literal["light", "dark"], width: int
) -> None:
    page, heard = opened(browser, address, scheme, width)
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENS / f"decision-{scheme}-{width}.png", full_page=True)
    assert heard == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    contrast, words = page.evaluate(CONTRASTS)
    assert contrast >= 4.5, words
    smallest = page.evaluate("Math.min(...[...document.querySelectorAll('svg text')].map(t => t.getBoundingClientRect().height))")
    assert smallest >= READABLE


def test_on_paper_the_page_is_light_and_unfolded(browser: Browser, address: str, tmp_path: Path) -> None:
    page = browser.new_context(color_scheme="dark").new_page()
    page.emulate_media(media="print")
    page.goto(address)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.get_by_text("documentation of django").first.is_visible()
    page.pdf(path=tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")
