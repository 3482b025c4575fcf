"""The Dockerfile and compose.yaml.

The image is not built here, which needs a Docker daemon and a registry: the generated CI workflow builds it,
starts it, and waits for its health check.
"""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import threading
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import yaml

from .conftest import render, run, tool
from .shapes import SHAPES

Rendered = Callable[[str], Path]
WITH_DOCKER = [shape for shape, view in SHAPES.items() if "docker" in view["project"]["features"]]


@pytest.mark.parametrize("shape", WITH_DOCKER)
def test_hadolint(rendered: Rendered, shape: str) -> None:
    """hadolint has nothing to say about the Dockerfile."""
    assert run(tool("hadolint"), "Dockerfile", cwd=rendered(shape)) == ""


@pytest.mark.parametrize("shape", WITH_DOCKER)
def test_compose_schema(rendered: Rendered, shape: str) -> None:
    """compose.yaml follows the Compose specification."""
    run(
        tool("check-jsonschema"),
        "--builtin-schema",
        "vendor.compose-spec",
        "compose.yaml",
        cwd=rendered(shape),
    )


@pytest.mark.parametrize("shape", WITH_DOCKER)
def test_compose_config(rendered: Rendered, shape: str) -> None:
    """Docker's own reader accepts compose.yaml."""
    docker = tool("docker")
    if subprocess.run([docker, "compose", "version"], check=False, capture_output=True).returncode:
        pytest.skip("docker has no compose plugin")
    run(docker, "compose", "config", "--quiet", cwd=rendered(shape))


@pytest.mark.parametrize("shape", WITH_DOCKER)
def test_context_holds_what_is_copied(rendered: Rendered, shape: str) -> None:
    """.dockerignore lets in what the Dockerfile copies and nothing else."""
    folder = rendered(shape)
    copies = re.findall(r"^COPY (?!--from)(.+) \S+$", (folder / "Dockerfile").read_text("utf-8"), re.M)
    ignore = (folder / ".dockerignore").read_text("utf-8").splitlines()

    copied = {source for line in copies for source in line.split()}
    assert "*" in ignore
    assert {line[1:] for line in ignore if line.startswith("!")} == copied


def test_image_runs_as_the_pod_does(rendered: Rendered) -> None:
    """The image's user is a number, and the one that Kubernetes runs it as and owns the volume."""
    folder = rendered("resource")
    user, group = re.findall(r"^USER (\d+):(\d+)$", (folder / "Dockerfile").read_text("utf-8"), re.M)[-1]
    pod = yaml.safe_load((folder / "deploy/deployment.yaml").read_text("utf-8"))["spec"]["template"]["spec"]

    context = pod["securityContext"]
    assert (int(user), int(group)) == (context["runAsUser"], context["runAsGroup"])
    assert context["fsGroup"] == int(group)


def test_dependency_layer_asks_for_the_dependencies(rendered: Rendered) -> None:
    """The Dockerfile's one-liner prints what pyproject.toml requires at run time."""
    folder = rendered("three-services")
    script = re.search(
        r'python -c "(import tomllib.*?)" \\$', (folder / "Dockerfile").read_text("utf-8"), re.M
    )
    assert script

    printed = run(sys.executable, "-c", script[1], cwd=folder)

    project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    assert printed.split("\n")[:-1] == project["dependencies"]


@contextmanager
def answering(status: int) -> Iterator[int]:
    """The port of an HTTP server that answers /readyz with `status`, and everything else with 404."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/readyz" else 404)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


def healthcheck(port: int, tmp_path: Path) -> int:
    """The exit code of the rendered HEALTHCHECK's command; a proxy in the environment must not matter."""
    view = {"project": SHAPES["resource"]["project"] | {"ports": {"grpc": 1, "http": port}}}
    text = (render(view, tmp_path) / "Dockerfile").read_text("utf-8")
    command = re.search(r"HEALTHCHECK .*?\n\s+CMD (\[.*\])$", text, re.M)
    assert command
    _, *arguments = json.loads(command[1])
    environment = {"http_proxy": "http://127.0.0.1:1"}
    result = subprocess.run([sys.executable, *arguments], check=False, env=environment, capture_output=True)
    return result.returncode


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False)])
def test_healthcheck_follows_readyz(tmp_path: Path, status: int, healthy: bool) -> None:
    """The image is healthy exactly when /readyz answers 200."""
    with answering(status) as port:
        assert (healthcheck(port, tmp_path) == 0) is healthy


def test_healthcheck_without_a_server(tmp_path: Path) -> None:
    """An image in which nothing listens is not healthy."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        assert healthcheck(unused.getsockname()[1], tmp_path) != 0
