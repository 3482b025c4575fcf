"""/openapi.json and /docs: there unless they are turned off, whole in themselves, and deaf to what comments hold."""

from __future__ import annotations

import base64
import hashlib
import html.parser
import json
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from kit.container import Container
from kit.http.server import HttpConfig, HttpServer
from kit.lifecycle import serving

from . import shop

EVIL = "<script>document.title='hacked'</script><img src=x onerror=\"document.title='hacked'\">`</code><b>`"
DOCUMENT = {
    "openapi": "3.1.1",
    "info": {"title": f"Evil {EVIL}", "version": EVIL, "description": f"{EVIL}\n\n- {EVIL}"},
    "servers": [{"url": "."}, {"url": "https://api.example.com/base"}, {"url": "javascript:alert(1)"}],
    "tags": [{"name": f"S{EVIL}", "description": EVIL}],
    "paths": {
        "/v1/{name}": {
            "post": {
                "operationId": "S_Post",
                "tags": [f"S{EVIL}"],
                "summary": EVIL,
                "description": EVIL,
                "parameters": [
                    {
                        "name": "name",
                        "in": "path",
                        "required": True,
                        "description": EVIL,
                        "schema": {"type": "string"},
                    }
                ],
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Node"}}}
                },
                "responses": {"200": {"description": EVIL}},
            }
        }
    },
    "components": {
        "schemas": {
            "Node": {
                "type": "object",
                "description": EVIL,
                "properties": {
                    EVIL: {"type": "string", "enum": [EVIL], "default": EVIL, "pattern": EVIL},
                    "node": {"anyOf": [{"$ref": "#/components/schemas/Node"}, {"type": "null"}]},
                },
            }
        }
    },
}


@asynccontextmanager
async def served(folder: Path, *, docs: bool = True) -> AsyncIterator[httpx2.AsyncClient]:
    document = folder / "openapi.json"
    document.write_text(json.dumps(DOCUMENT), encoding="utf-8")
    container, config = Container(), HttpConfig(host="127.0.0.1", port=0, docs=docs)
    server = HttpServer(config, [shop.bind(shop.ShopService())], health=container.health, document=document)
    async with (
        serving(container, [server]),
        httpx2.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", trust_env=False) as client,
    ):
        yield client


async def test_document_and_page_are_served(tmp_path: Path) -> None:
    async with served(tmp_path) as client:
        document = await client.get("/openapi.json")
        page = await client.get("/docs")
    assert document.headers["content-type"] == "application/json" and document.json() == DOCUMENT
    assert page.status_code == 200 and page.headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("path", ["/openapi.json", "/docs"])
async def test_only_reading_is_allowed(path: str, tmp_path: Path) -> None:
    async with served(tmp_path) as client:
        head, get, post = await client.head(path), await client.get(path), await client.post(path)
    assert head.status_code == 200 and head.content == b""
    assert head.headers["content-length"] == str(len(get.content))
    assert post.status_code == 405 and "GET" in post.headers["allow"]


async def test_both_can_be_turned_off(tmp_path: Path) -> None:
    async with served(tmp_path, docs=False) as client:
        found = [(await client.get(path)).status_code for path in ("/openapi.json", "/docs", "/healthz")]
    assert found == [404, 404, 200]


class Elsewhere(html.parser.HTMLParser):
    """What a page would load, and what it would run without its policy."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            loads = name in ("src", "srcset", "action") or (name == "href" and tag != "a")
            if (loads and not (value or "").startswith("data:")) or name.startswith("on") or name == "style":
                self.found.append(f"{tag} {name}={value}")


async def test_page_is_whole_in_itself_and_its_policy_knows_its_script(tmp_path: Path) -> None:
    async with served(tmp_path) as client:
        page = await client.get("/docs")
    parser = Elsewhere()
    parser.feed(page.text)
    assert parser.found == []
    policy = page.headers["content-security-policy"]
    for kind in ("script", "style"):
        [text] = re.findall(f"<{kind}>(.*?)</{kind}>", page.text, re.S)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
        assert "http:" not in text and "//cdn" not in text
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert "connect-src 'self' https://api.example.com;" in policy and "javascript" not in policy


async def test_page_writes_text_and_no_markup(tmp_path: Path) -> None:
    async with served(tmp_path) as client:
        page = (await client.get("/docs")).text
    for means in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
        assert means not in page


async def test_browser_shows_scripts_in_comments_and_does_not_run_them(tmp_path: Path) -> None:
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no chromium is installed, so the page cannot be opened")
    async with served(tmp_path) as client:
        command = [
            *(browser, "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=5000"),
            *(
                f"--user-data-dir={tmp_path / 'profile'}",
                "--dump-dom",
                f"{client.base_url}/docs#S_Post".replace("//docs", "/docs"),
            ),
        ]
        import asyncio

        result = await asyncio.to_thread(
            subprocess.run, command, capture_output=True, text=True, check=False, timeout=60
        )
    dom = result.stdout
    assert "<title>Evil &lt;script&gt;" in dom, result.stderr[-2000:] + dom[:2000]
    assert "<img" not in dom and "<b>" not in dom
    assert dom.count("<script") == 1
    assert "read-only" in dom or "fields" in dom  # the operation in the URL's fragment is open
