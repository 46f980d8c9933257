"""Ask real clients what they would send to a server, and keep the answers in ``data/``.

Run by hand when the clients change: ``python -m tests.mediasoup.ortc.capture_clients``. Each file holds the media
codecs of the router that was asked with, the client's capabilities (with that router, and all it has by itself), and
the RTP parameters of everything it produced.
"""

import asyncio
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from aiortc.mediastreams import AudioStreamTrack, VideoStreamTrack
from playwright.async_api import Route, async_playwright
from pymediasoup import AiortcHandler, Device
from pymediasoup.rtp_parameters import RtpCapabilities

from media.mediasoup.ortc import generate_router_rtp_capabilities

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
PAGE = "https://capture.invalid/"

ROUTER_MEDIA_CODECS: list[dict[str, Any]] = [
    {"kind": "audio", "mimeType": "audio/opus", "clockRate": 48000, "channels": 2},
    {"kind": "audio", "mimeType": "audio/PCMU", "clockRate": 8000},
    {"kind": "video", "mimeType": "video/VP8", "clockRate": 90000},
    {"kind": "video", "mimeType": "video/VP9", "clockRate": 90000, "parameters": {"profile-id": 0}},
    {
        "kind": "video",
        "mimeType": "video/H264",
        "clockRate": 90000,
        "parameters": {"packetization-mode": 1, "profile-level-id": "42e01f", "level-asymmetry-allowed": 1},
    },
    {
        "kind": "video",
        "mimeType": "video/H264",
        "clockRate": 90000,
        "parameters": {"packetization-mode": 1, "profile-level-id": "4d0032", "level-asymmetry-allowed": 1},
    },
    {"kind": "video", "mimeType": "video/AV1", "clockRate": 90000},
]


async def chromium() -> dict[str, Any]:
    """What mediasoup-client in Chromium sends."""
    executable = shutil.which("chromium")
    assert executable, "needs Chromium"
    bundle = await asyncio.to_thread(_bundle)
    flags = ["--no-sandbox", "--disable-background-networking", "--disable-gpu"]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=flags)
        page = await browser.new_page()

        async def empty_page(route: Route) -> None:
            await route.fulfill(body="<!doctype html><title>capture</title>", content_type="text/html")

        await page.route(PAGE, empty_page)
        await page.goto(PAGE)
        await page.add_script_tag(content=bundle)
        routers = generate_router_rtp_capabilities(ROUTER_MEDIA_CODECS)
        captured: dict[str, Any] = await page.evaluate("(routers) => capture(routers)", routers)
        captured["client"] = f"mediasoup-client in Chromium {browser.version}"
        await browser.close()
        return captured


def _bundle() -> str:
    command = [str(ROOT / "node_modules/.bin/esbuild"), str(HERE / "capture_chromium.js"), "--bundle"]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


async def pymediasoup() -> dict[str, Any]:
    """What pymediasoup sends."""
    routers = generate_router_rtp_capabilities(ROUTER_MEDIA_CODECS)
    handler = AiortcHandler.createFactory(tracks=[])
    native = await handler().getNativeRtpCapabilities()
    device = Device(handlerFactory=handler)
    await device.load(RtpCapabilities(**routers))
    produced: list[dict[str, Any]] = []
    for what, track in (("microphone", AudioStreamTrack()), ("camera", VideoStreamTrack())):
        transport = device.createSendTransport(
            id=what,
            iceParameters={"usernameFragment": "fragment", "password": "a-password-of-some-length", "iceLite": True},
            iceCandidates=[],
            dtlsParameters={
                "role": "auto",
                "fingerprints": [{"algorithm": "sha-256", "value": ":".join(["00"] * 32)}],
            },
            sctpParameters=None,
        )

        async def connect(dtls_parameters: Any) -> None:
            pass

        async def produce(kind: str, rtpParameters: Any, appData: Any, what: str = what) -> str:
            produced.append({"kind": kind, "what": what, "rtpParameters": _plain(rtpParameters)})
            return what

        transport.on("connect", connect)
        transport.on("produce", produce)
        await transport.produce(track=track, stopTracks=False)
        await transport.close()
    return {
        "client": "pymediasoup 1.5.0 with aiortc 1.16",
        "nativeRtpCapabilities": _plain(native),
        "rtpCapabilities": _plain(device.rtpCapabilities),
        "produced": produced,
    }


def _plain(model: Any) -> Any:
    return json.loads(model.model_dump_json(exclude_none=True))


def _write(name: str, captured: dict[str, Any]) -> None:
    text = json.dumps({**captured, "routerMediaCodecs": ROUTER_MEDIA_CODECS}, indent=1, sort_keys=True) + "\n"
    (HERE / "data" / f"{name}.json").write_text(text)


async def _capture_all() -> None:
    _write("chromium", await chromium())
    _write("pymediasoup", await pymediasoup())


if __name__ == "__main__":
    asyncio.run(_capture_all())
