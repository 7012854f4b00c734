"""What tests of the front end ask for besides `browser`: a `context` of their own and the `bench` it opens."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, BrowserContext

from tests.browser.bench import Bench, served


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(locale="en-GB", timezone_id="Asia/Tbilisi")
    context.set_default_timeout(8000)
    yield context
    await context.close()


@pytest.fixture
async def bench(anyio_backend: str) -> AsyncIterator[Bench]:
    bench = Bench()
    async with served(bench.app()) as address:
        bench.address = address
        yield bench
