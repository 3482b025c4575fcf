"""The least that answers the call with FastAPI: one route, a pydantic model, no middleware, no access log."""

import sys

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel


class Greeting(BaseModel):
    message: str


app = FastAPI()


@app.get("/v1/hello/{name}")
async def say_hello(name: str, language: str = "") -> Greeting:
    return Greeting(message=f"Hello, {name}")


uvicorn.run(
    app,
    host="127.0.0.1",
    port=int(sys.argv[1]),
    loop="uvloop",
    http="httptools",
    access_log=False,
    log_level="warning",
)
