# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""A page in Chromium, over its DevTools protocol, which needs no library beyond the one of the simulator."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SETTINGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-port=0"),
    # It is not to look for anything in a network by itself.
    *("--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"),
)


class Page:
    """A page that was opened; without a network, as a report must do."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._sent = 0

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """What a method of the protocol gives."""
        self._sent += 1
        await self._socket.send_json({"id": self._sent, "method": method, "params": parameters})
        while True:
            answer = await self._socket.receive_json(timeout=30)
            if answer.get("id") == self._sent:
                assert "error" not in answer, answer
                return dict(answer["result"])

    async def open(self, path: Path, width: int, dark: bool = False, scripts: bool = True) -> None:
        """Opens a file in a window of a width in pixels."""
        await self.call("Network.enable")
        await self.call("Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=0, uploadThroughput=0)
        await self.call("Emulation.setDeviceMetricsOverride", width=width, height=1000, deviceScaleFactor=1, mobile=width < 600)
        await self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        await self.call("Emulation.setScriptExecutionDisabled", value=not scripts)
        await self.call("Page.enable")
        await self.call("Page.navigate", url=path.as_uri())
        while await self.value("document.readyState") != "complete" or not await self.value("location.href.startsWith('file:')"):
            await asyncio.sleep(0.02)

    async def value(self, expression: str) -> Any:
        """The value of an expression in the page."""
        answer = await self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")


@asynccontextmanager
async def page(folder: Path) -> AsyncIterator[Page]:
    """A page of a browser of its own, which keeps its files in a folder."""
    assert CHROMIUM
    browser = subprocess.Popen(
        [CHROMIUM, *SETTINGS, f"--user-data-dir={folder}", "about:blank"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        port = folder / "DevToolsActivePort"
        while not (port.exists() and port.read_text(encoding="utf-8").count("\n")):
            assert browser.poll() is None, "Chromium did not start"
            await asyncio.sleep(0.02)
        root = f"http://127.0.0.1:{port.read_text(encoding='utf-8').splitlines()[0]}"
        async with aiohttp.ClientSession() as session:
            async with session.get(f"{root}/json") as answer:
                addresses = [tab["webSocketDebuggerUrl"] for tab in await answer.json() if tab["type"] == "page"]
            async with session.ws_connect(addresses[0], max_msg_size=0) as socket:
                yield Page(socket)
    finally:
        browser.terminate()
        browser.wait(20)
