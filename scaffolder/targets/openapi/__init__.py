"""OpenAPI 3.1 of a contract's HTTP bindings. Knows nothing of the language that the service is written in."""
