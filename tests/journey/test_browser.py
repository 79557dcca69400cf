"""The journey as a person sees it: sign in, add a sale, watch it arrive, sign out."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from chromium import chromium
from journey.product import ROOT, Running, running

pytestmark = pytest.mark.browser

SIGN_OUT_SECONDS = 2.0
SCREENS = ROOT / "build" / "screens"
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module", params=["together", "split", "apart --services"])
def product(request: pytest.FixtureRequest, pulse: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    layout, *flags = request.param.split()
    with running(pulse, tmp_path_factory.mktemp("data"), "--layout", layout, *flags) as product:
        yield product


@pytest.fixture
def visitor(browser: Browser, product: Running) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=product.url, viewport=DESKTOP)
    yield context
    context.close()


def sign_in(context: BrowserContext, name: str = "ada") -> Page:
    page = context.new_page()
    page.goto("/accounts/login/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(f"{name}-pass-7351")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)
    return page


def add_in_admin(page: Page, shop: str) -> None:
    page.goto("/admin/office/sale/add/")
    page.get_by_label("Shop").fill(shop)
    page.get_by_label("Amount").fill("12.50")
    page.locator("#id_sold_at_0").fill("2026-11-22")
    page.locator("#id_sold_at_1").fill("10:00:00")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".success")).to_contain_text("was added successfully")


def picture(page: Page, name: str) -> None:
    """Keep the page at both widths, to be looked at; nothing may stick out to the side on a phone."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    for label, size in (("desktop", DESKTOP), ("phone", PHONE)):
        page.set_viewport_size(size)
        page.screenshot(path=SCREENS / f"{name}-{label}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.set_viewport_size(DESKTOP)


def test_a_sale_added_in_the_admin_appears_live_and_in_the_api(visitor: BrowserContext) -> None:
    live = sign_in(visitor)
    live.goto("/sales/live/")
    expect(live.get_by_text("Connected")).to_be_visible()
    shop = f"Corner {time.monotonic_ns()}"
    add_in_admin(visitor.new_page(), shop)
    expect(live.get_by_text(shop)).to_be_visible(timeout=3_000)
    answer = visitor.request.get("/api/v1/sales?limit=200")
    assert answer.status == 200
    assert shop in {row["shop"] for row in answer.json()["items"]}
    picture(live, "live")


def test_signing_out_closes_the_socket_and_the_api_within_two_seconds(visitor: BrowserContext) -> None:
    live = sign_in(visitor)
    closed: list[float] = []
    live.on("websocket", lambda socket: socket.on("close", lambda _: closed.append(time.monotonic())))
    live.goto("/sales/live/")
    expect(live.get_by_text("Connected")).to_be_visible()
    cookies = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in visitor.cookies())
    other = visitor.new_page()
    other.goto("/")
    other.get_by_role("button", name="Sign out").click()
    signed_out = time.monotonic()
    other.wait_for_url(lambda url: "/accounts/login/" in url)
    expect(live.get_by_text("Signed out")).to_be_visible(timeout=SIGN_OUT_SECONDS * 1000)
    live.wait_for_timeout(max(0.0, SIGN_OUT_SECONDS - (time.monotonic() - signed_out)) * 1000)
    assert closed
    assert closed[-1] - signed_out < SIGN_OUT_SECONDS
    stolen = visitor.request.get("/api/v1/me", headers={"cookie": cookies})
    assert stolen.status == 401


def test_every_page_reads_well_on_a_desktop_and_on_a_phone(visitor: BrowserContext) -> None:
    page = visitor.new_page()
    page.goto("/accounts/login/")
    picture(page, "sign-in")
    page = sign_in(visitor)
    for name, address in (("list", "/sales/"), ("admin", "/admin/"), ("docs", "/api/v1/docs")):
        response = page.goto(address)
        assert response is not None
        assert response.ok
        picture(page, name)


def test_an_account_without_permission_sees_no_sales(visitor: BrowserContext) -> None:
    sign_in(visitor, "ben")
    assert visitor.request.get("/sales/").status == 403
    assert visitor.request.get("/api/v1/sales").status == 403
