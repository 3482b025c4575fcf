"""The HTTP transport: routes, requests, replies, streams and pages, as an ASGI application on uvicorn."""
