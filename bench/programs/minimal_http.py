"""The least that answers with FastAPI: one route, a pydantic model, no middleware, no log. `minimal_http.py PORT`"""

import sys
from importlib import import_module
from typing import Any

import uvicorn
from pydantic import BaseModel


class Greeting(BaseModel):
    message: str


async def say_hello(name: str, language: str = "") -> Greeting:
    return Greeting(message=f"Hello, {name}")


fastapi: Any = import_module("fastapi")
app = fastapi.FastAPI()
app.get("/v1/hello/{name}")(say_hello)
uvicorn.run(
    app,
    host="127.0.0.1",
    port=int(sys.argv[1]),
    loop="uvloop",
    http="httptools",
    access_log=False,
    log_level="warning",
)
