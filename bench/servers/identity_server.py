"""The server that bench/identity.py measures: the same small answer with ever more knowledge of who is asking."""

import os
import sys
from typing import Annotated, Any

import django

sys.path.insert(0, os.environ["GROUNDPLAN_ROOT"])
os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
django.setup()

from asgiref.sync import sync_to_async  # noqa: E402 - after Django is set up
from django.contrib.auth import get_user  # noqa: E402 - as above
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402 - as above
from django.http import HttpRequest  # noqa: E402 - as above
from fastapi import Depends, FastAPI  # noqa: E402 - as above
from starlette.applications import Starlette  # noqa: E402 - as above
from starlette.requests import Request  # noqa: E402 - as above
from starlette.responses import JSONResponse  # noqa: E402 - as above
from starlette.routing import Mount, Route  # noqa: E402 - as above

from groundplan_runtime.adapters.fastapi import current_user  # noqa: E402 - as above
from groundplan_runtime.adapters.starlette import current_user as of_request  # noqa: E402 - as above
from groundplan_runtime.current import Runtime  # noqa: E402 - as above
from groundplan_runtime.identity import Identity, User, memory  # noqa: E402 - as above
from groundplan_runtime.protect import Protect  # noqa: E402 - as above
from groundplan_runtime.settings import Settings  # noqa: E402 - as above


def behind() -> FastAPI:
    """Give an open endpoint and one that asks for the account, as a part on FastAPI has them."""
    app = FastAPI()

    @app.get("/open")
    async def opened() -> JSONResponse:
        return JSONResponse({"username": "nobody"})

    @app.get("/empty")
    async def empty(_nothing: Annotated[None, Depends(nothing)]) -> JSONResponse:
        return JSONResponse({"username": "nobody"})

    @app.get("/request")
    async def by_request(request: Request) -> JSONResponse:
        return JSONResponse({"username": of_request(request).username})

    @app.get("/me")
    async def me(user: Annotated[User, Depends(current_user)]) -> JSONResponse:
        return JSONResponse({"username": user.username})

    return app


async def nothing() -> None:
    """Take and give nothing: what a dependency costs FastAPI."""


async def rival(request: Request) -> JSONResponse:
    return JSONResponse({"username": await sync_to_async(by_orm)(request.cookies["sessionid"])})


def by_orm(key: str) -> str:
    """Give the account behind a session the way a view of Django's would, permissions included, as the runtime reads them."""
    request = HttpRequest()
    request.session = SessionStore(key)
    user: Any = get_user(request)
    return f"{user.get_username()} {len(user.get_all_permissions())}"


def forgetful(runtime: Runtime) -> Runtime:
    """Give the runtime with an identity that remembers nothing."""
    seconds, memory.CACHE_SECONDS = memory.CACHE_SECONDS, 0.0
    runtime.identity = Identity(runtime.settings, runtime.database)
    memory.CACHE_SECONDS = seconds
    return runtime


def application() -> Starlette:
    """Give the application; uvicorn calls this."""
    settings = Settings.load()
    remembering = Runtime(settings)
    return Starlette(
        routes=[
            Route("/rival", rival),
            Mount("/plain", behind()),
            Mount("/remembering", Protect(behind(), remembering)),
            Mount("/asking", Protect(behind(), forgetful(Runtime(settings)))),
        ]
    )
