"""The manifests, offline: against Kubernetes' schemas, through kustomize, against the other files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from .conftest import run, tool
from .shapes import SHAPES

Rendered = Callable[[str], Path]
WITH_KUBERNETES = [shape for shape, view in SHAPES.items() if "kubernetes" in view["project"]["features"]]


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


def built(folder: Path) -> dict[str, Any]:
    """What `kubectl apply --kustomize deploy` would send, by kind."""
    documents = yaml.safe_load_all(run(tool("kubectl"), "kustomize", "deploy", cwd=folder))
    return {document["kind"]: document for document in documents}


def pod(folder: Path) -> dict[str, Any]:
    spec: dict[str, Any] = load(folder / "deploy/deployment.yaml")["spec"]["template"]["spec"]
    return spec


def seconds(duration: str) -> int:
    assert duration.endswith("s"), duration
    return int(duration[:-1])


@pytest.mark.parametrize("shape", WITH_KUBERNETES)
def test_schemas(rendered: Rendered, shape: str) -> None:
    """Every manifest is valid in Kubernetes' own schemas, with no unknown field."""
    deploy = rendered(shape) / "deploy"
    manifests = [path.name for path in deploy.glob("*.yaml") if path.name != "kustomization.yaml"]
    run(tool("kubernetes-validate"), "--strict", *manifests, cwd=deploy)


@pytest.mark.parametrize("shape", WITH_KUBERNETES)
def test_kustomization_names_every_manifest(rendered: Rendered, shape: str) -> None:
    """The kustomization's resources are the files that are there, no more and no less."""
    deploy = rendered(shape) / "deploy"
    named = set(load(deploy / "kustomization.yaml")["resources"])

    assert named == {path.name for path in deploy.glob("*.yaml")} - {"kustomization.yaml"} | {"../configs"}
    assert load(deploy / "../configs/kustomization.yaml")["configMapGenerator"][0]["files"] == ["config.yaml"]


@pytest.mark.parametrize("shape", WITH_KUBERNETES)
def test_kustomize_builds_the_whole(rendered: Rendered, shape: str) -> None:
    """kustomize makes all the objects, and the pod mounts the ConfigMap that holds configs/config.yaml."""
    folder = rendered(shape)

    objects = built(folder)

    project = SHAPES[shape]["project"]
    claims = project["database"] and "postgres" not in project["features"]
    more = {
        "Ingress": project["http_prefixes"],
        "Job": project["database"],
        "PersistentVolumeClaim": claims,
    }
    assert objects.keys() == {"ConfigMap", "Deployment", "Service"} | {kind for kind in more if more[kind]}
    config = objects["ConfigMap"]
    assert config["data"] == {"config.yaml": (folder / "configs/config.yaml").read_text("utf-8")}
    spec = objects["Deployment"]["spec"]["template"]["spec"]
    volumes = {volume["name"]: volume for volume in spec["volumes"]}
    assert volumes["config"]["configMap"]["name"] == config["metadata"]["name"]
    assert spec["containers"][0]["image"] == f"{SHAPES[shape]['project']['slug']}:dev"


@pytest.mark.parametrize(
    "shape", [shape for shape in WITH_KUBERNETES if SHAPES[shape]["project"]["database"]]
)
def test_the_migration_runs_in_the_image_and_with_the_configuration_of_the_pods(
    rendered: Rendered, shape: str
) -> None:
    """The Job sees what the Deployment sees, is no part of it, and gets no calls."""
    objects = built(rendered(shape))
    server, migration = (objects[kind]["spec"]["template"] for kind in ("Deployment", "Job"))
    ours, theirs = (item["spec"]["containers"][0] for item in (migration, server))

    assert ours["image"] == theirs["image"]
    assert ours["command"] == ["alembic", "upgrade", "head"]
    assert ours["volumeMounts"] == theirs["volumeMounts"]
    assert migration["spec"]["volumes"] == server["spec"]["volumes"]
    assert [item["value"] for item in theirs["env"] if item["name"].endswith("DATABASE__AT_START")] == [
        "check"
    ]
    selector = objects["Service"]["spec"]["selector"]
    assert not selector.items() <= migration["metadata"]["labels"].items()
    held_back = [
        o["kind"]
        for o in objects.values()
        if o["metadata"].get("labels", {}).get("app.kubernetes.io/component") == "server"
    ]
    assert held_back == ["Deployment"]


@pytest.mark.parametrize("shape", WITH_KUBERNETES)
def test_objects_find_each_other(rendered: Rendered, shape: str) -> None:
    """Selectors select the pod, named ports and volumes exist, and the ports are the configuration's."""
    deploy = rendered(shape) / "deploy"
    deployment, service = (load(deploy / f"{name}.yaml") for name in ("deployment", "service"))
    container = pod(rendered(shape))["containers"][0]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    config = load(rendered(shape) / "configs/config.yaml")
    volumes = {volume["name"]: volume for volume in pod(rendered(shape))["volumes"]}

    labels = deployment["spec"]["template"]["metadata"]["labels"]
    assert deployment["spec"]["selector"]["matchLabels"] == service["spec"]["selector"] == labels
    assert ports == {"grpc": config["grpc"]["port"], "http": config["http"]["port"]}
    assert {port["targetPort"]: port["port"] for port in service["spec"]["ports"]} == ports
    assert {mount["name"] for mount in container["volumeMounts"]} == volumes.keys()
    claims = [
        volume["persistentVolumeClaim"]["claimName"] for name, volume in volumes.items() if name == "data"
    ]
    assert claims == [load(path)["metadata"]["name"] for path in deploy.glob("persistentvolumeclaim.yaml")]
    assert all(len(value) <= 63 for value in labels.values())


@pytest.mark.parametrize("shape", WITH_KUBERNETES)
def test_probes(rendered: Rendered, shape: str) -> None:
    """Both servers are probed, and being alive does not depend on being ready."""
    container = pod(rendered(shape))["containers"][0]
    grpc_port = next(port["containerPort"] for port in container["ports"] if port["name"] == "grpc")

    assert container["readinessProbe"]["grpc"]["port"] == grpc_port
    for probe in ("startupProbe", "livenessProbe"):
        assert container[probe]["httpGet"] == {"path": "/healthz", "port": "http"}


def test_pod_is_restricted(rendered: Rendered) -> None:
    """The pod meets the `restricted` Pod Security Standard, and its root file system is read-only."""
    spec = pod(rendered("resource"))
    container = spec["containers"][0]

    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"]["type"] == "RuntimeDefault"
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container["resources"]["requests"].keys() == {"cpu", "memory"}


def test_there_is_time_to_shut_down(rendered: Rendered) -> None:
    """Kubernetes and Compose wait longer than the service drains and finishes its calls."""
    folder = rendered("resource")
    shutdown = load(folder / "configs/config.yaml")["shutdown"]
    compose = load(folder / "compose.yaml")["services"]["order-service"]

    needed = seconds(shutdown["drain"]) + seconds(shutdown["grace"])
    assert pod(folder)["terminationGracePeriodSeconds"] > needed
    assert seconds(compose["stop_grace_period"]) > needed


def test_postgresql_is_where_the_service_looks_for_it(rendered: Rendered) -> None:
    """Compose gives the URL of the database beside the service, a Secret that of the pods; neither has a volume."""
    folder = rendered("postgres")
    services = load(folder / "compose.yaml")["services"]
    service, database = services["order-service"], services["postgres"]

    url = urlsplit(service["environment"]["ORDER_SERVICE_DATABASE__URL"])

    assert (url.hostname, url.username) == ("postgres", database["environment"]["POSTGRES_USER"])
    assert url.password == database["environment"]["POSTGRES_PASSWORD"]
    assert url.path == f"/{url.username}"  # the image makes a database called like the user
    assert service["depends_on"]["postgres"]["condition"] == "service_healthy"
    assert "volumes" not in service
    variables = {each["name"]: each for each in pod(folder)["containers"][0]["env"]}
    assert variables["ORDER_SERVICE_DATABASE__URL"]["valueFrom"]["secretKeyRef"]["key"] == "url"
    assert [volume["name"] for volume in pod(folder)["volumes"]] == ["config", "tmp"]


def test_redis_is_where_the_service_looks_for_it(rendered: Rendered) -> None:
    """A cache: it keeps nothing over a restart, gives way where memory ends, and the service starts without it."""
    folder = rendered("redis")
    services = load(folder / "compose.yaml")["services"]
    command = services["redis"]["command"]

    assert urlsplit(services["order-service"]["environment"]["ORDER_SERVICE_CACHE__URL"]).hostname == "redis"
    assert "depends_on" not in services["order-service"]
    assert command[command.index("--save") + 1] == "" and command[command.index("--appendonly") + 1] == "no"
    assert command[command.index("--maxmemory-policy") + 1] == "allkeys-lru"
    variables = {each["name"]: each for each in pod(folder)["containers"][0]["env"]}
    assert variables["ORDER_SERVICE_CACHE__URL"]["value"].startswith("redis://")


def test_data_is_on_the_volume(rendered: Rendered) -> None:
    """The SQLite file is in the folder that Compose and Kubernetes mount, with one writer."""
    folder = rendered("resource")
    url = load(folder / "configs/config.yaml")["database"]["url"]
    spec = load(folder / "deploy/deployment.yaml")["spec"]
    mounts = {mount["name"]: mount["mountPath"] for mount in pod(folder)["containers"][0]["volumeMounts"]}
    compose = load(folder / "compose.yaml")

    relative = url.removeprefix("sqlite+aiosqlite:///")
    assert not relative.startswith("/")
    assert str(Path("/app", relative).parent) == mounts["data"]
    assert compose["services"]["order-service"]["volumes"] == [f"data:{mounts['data']}"]
    assert "data" in compose["volumes"]
    assert (spec["replicas"], spec["strategy"]["type"]) == (1, "Recreate")


@pytest.mark.parametrize("shape", [s for s in WITH_KUBERNETES if SHAPES[s]["project"]["http_prefixes"]])
def test_ingress_leads_to_the_api_only(rendered: Rendered, shape: str) -> None:
    """The Ingress routes the contract's prefixes to the Service's HTTP port."""
    deploy = rendered(shape) / "deploy"
    ingress, service = load(deploy / "ingress.yaml"), load(deploy / "service.yaml")

    paths = ingress["spec"]["rules"][0]["http"]["paths"]
    assert [path["path"] for path in paths] == SHAPES[shape]["project"]["http_prefixes"]
    backends = [path["backend"]["service"] for path in paths]
    assert all(b == {"name": service["metadata"]["name"], "port": {"name": "http"}} for b in backends)
