"""Which npm packages the corpus is made of, in exact versions, and what of them every test run looks at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Package:
    """An npm package that carries .proto files below `root`; `integrity` is npm's hash of its archive."""

    name: str
    version: str
    integrity: str
    root: str = "package/build/protos"

    @property
    def spec(self) -> str:
        return f"{self.name}@{self.version}"


PACKAGES = (
    # Subscriptions by bidirectional streaming, PUT and PATCH with a variable inside the body.
    Package(
        "@google-cloud/pubsub",
        "5.3.1",
        "sha512-xXAQBVVrFviWz8L8yDKEqv1ziVw/gMSpYHt3IxSYRSY0fTyjis+xOrKJILj8dd8PAUHGnGiAIYuTprflkE9jsQ==",
    ),
    # The contracts that others import, thirteen proto packages with services among them; "**".
    Package(
        "google-gax",
        "5.0.8",
        "sha512-M4vpZcXQIC1gqIVGQ7eaU3jXQA6zecStyTXu514TYfThlgSurYJOxHZo9fzU6hAgwPWvuEynAVHWyaIk80VeEA==",
    ),
    # The largest: a thousand RPCs in one file, fields that are not in snake case, literals against "*".
    Package(
        "@google-cloud/compute",
        "6.15.0",
        "sha512-r3wUHkgaXnWt7QsjCZFICOF4nU2EaP/cIjUxju71esS3lTIIeOho7z50fRHkIxSajMhRVfAEjaLXk3hBgdCevA==",
    ),
    # Streams of every kind, HttpBody, recursive messages, long-running operations.
    Package(
        "@google-cloud/aiplatform",
        "6.11.0",
        "sha512-B+uWA8M3rTNc9iEGY97jA5ucjXb8T7/aN5QTyxZr02xUBEM8Et2i57pNNEQxCgNTE9/hxdJRGBkb7/qaLpgX3w==",
    ),
    # Three versions side by side, most RPCs with additional bindings.
    Package(
        "@google-cloud/discoveryengine",
        "2.9.0",
        "sha512-0W5rdfVFCxULuLLsqB5kOmWLuxVJX5FRZj2mdLKrd6yemvgS61vMxPsNiwYNDUH5d57f2/M/JRRekj+6zYc+bA==",
    ),
    # "**" before a literal, a field called `from`, HTTP bindings of bidirectional streams.
    Package(
        "@google-cloud/firestore",
        "8.7.1",
        "sha512-Hp/WI8sH569ANitsko6RNvCUkzTCYudHoINOkQjiJq2FBG6kKnofBAW7PtS823cu6RMxHqK2RxRcspdjrRpUFA==",
    ),
    # A service for each of a hundred resources, each in a file of its own.
    Package(
        "google-ads-node",
        "24.1.0",
        "sha512-qhPW5UBn9LB2Lmy/j3rUu4/T09fvpqK9xlMW5hRdpbwb0DfarCBr8AWn4ohgnygCeuP+3dMqfww2LyNNre2dxg==",
    ),
)

SAMPLE = (
    ("@google-cloud/pubsub", "google.pubsub.v1"),
    ("google-gax", "google.api.servicemanagement.v1"),
    ("google-gax", "google.api.serviceusage.v1beta1"),
    ("google-gax", "google.longrunning"),
    ("google-gax", "google.monitoring.v3"),
    ("@google-cloud/discoveryengine", "google.cloud.discoveryengine.v1"),
    ("@google-cloud/discoveryengine", "google.cloud.discoveryengine.v1beta"),
    ("@google-cloud/firestore", "google.firestore.v1"),
)
"""npm package and proto package of what every test run looks at: 25 services with 300 RPCs at least."""
