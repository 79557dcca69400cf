"""What each framework adds of its own: OpenAPI, validation, and the sentence when Protect is missing."""

from collections.abc import Iterator
from typing import Any

import httpx
import jsonschema
import pytest
from fastapi import FastAPI, HTTPException
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from quart import Response, abort
from starlette.applications import Starlette
from starlette.exceptions import HTTPException as AnyHTTPException
from starlette.requests import Request

from groundplan_runtime.adapters import fastapi as for_fastapi
from groundplan_runtime.adapters import starlette as for_starlette
from groundplan_runtime.adapters.starlette import current_user
from groundplan_runtime.current import Runtime, use
from runtime.identity.serving import fastapi_app, quart_app, served
from runtime.identity.site_files import Site


@pytest.fixture
def runtime(sqlite_site: Site) -> Iterator[Runtime]:
    made = Runtime(sqlite_site.settings)
    use(made)
    yield made
    use(None)


class Sale(BaseModel):
    amount: int


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """An application with the handlers and nothing else."""
    app = FastAPI()
    for_fastapi.install_problem_handlers(app)

    @app.post("/sales")
    async def add(sale: Sale) -> Sale:
        return sale

    @app.get("/taken")
    async def taken() -> None:
        raise HTTPException(409, "Another row has the same name.", {"X-Other": "7"})

    @app.get("/teapot")
    async def teapot() -> None:
        raise HTTPException(418, "short and stout")

    with served(app) as host:
        yield f"http://{host}"


def test_openapi_names_the_cookie_and_the_refusals(runtime: Runtime) -> None:
    schema = fastapi_app(runtime).openapi()
    assert schema["components"]["securitySchemes"]["session"]["in"] == "cookie"
    assert schema["components"]["securitySchemes"]["session"]["name"] == "sessionid"
    assert schema["paths"]["/me"]["get"]["security"] == [{"session": []}]
    assert schema["paths"]["/sales"]["post"]["security"] == [{"session": []}]
    assert "security" not in schema["paths"]["/open"]["get"]
    assert list(schema["paths"]["/me"]["get"]["responses"]["401"]["content"]) == ["application/problem+json"]


def test_refusals_in_openapi_describe_what_is_sent(address: str) -> None:
    described = for_fastapi.problem_responses(409, 422)
    taken, invalid = httpx.get(f"{address}/taken"), httpx.post(f"{address}/sales", json={})
    for response in (taken, invalid):
        schema = described[response.status_code]["content"]["application/problem+json"]["schema"]
        jsonschema.validate(response.json(), schema)


def test_a_failed_validation_names_each_field(address: str) -> None:
    told = httpx.post(f"{address}/sales", json={"amount": "many"}).json()
    assert (told["type"], told["status"]) == ("urn:groundplan:validation", 422)
    assert [(error["loc"], error["type"]) for error in told["errors"]] == [(["body", "amount"], "int_parsing")]
    assert set(told["errors"][0]) == {"type", "loc", "msg"}


def test_an_exception_keeps_its_sentence_and_headers(address: str) -> None:
    response = httpx.get(f"{address}/taken")
    assert response.json() == {
        "type": "urn:groundplan:conflict",
        "title": "Conflict",
        "status": 409,
        "detail": "Another row has the same name.",
    }
    assert (response.headers["x-other"], response.headers["content-type"]) == ("7", "application/problem+json")


def test_a_status_without_a_word_of_its_own_has_none(address: str) -> None:
    assert httpx.get(f"{address}/teapot").json()["type"] == "about:blank"


def test_an_application_without_protect_is_told_so() -> None:
    scope: dict[str, Any] = {"type": "http", "headers": [], "method": "GET", "path": "/"}
    with pytest.raises(
        RuntimeError, match=r"Protect is not in front of this application; add groundplan_runtime\.protect\.Protect"
    ):
        current_user(Request(scope))


async def test_a_handler_gives_back_what_is_not_its_own() -> None:
    app, other = Starlette(), FastAPI()
    for_starlette.install_problem_handlers(app)
    for_fastapi.install_problem_handlers(other)
    handlers: list[Any] = [app.exception_handlers[AnyHTTPException], other.exception_handlers[RequestValidationError]]
    for handler in handlers:
        with pytest.raises(KeyError):
            await handler(None, KeyError("x"))


async def test_quart_leaves_an_answer_that_a_view_made_itself(runtime: Runtime) -> None:
    app = quart_app(runtime)

    @app.get("/own")
    async def own() -> Response:
        abort(404, response=Response("an answer of its own", 418))

    response = await app.test_client().get("/own", headers={"host": "localhost"})
    assert (response.status_code, await response.get_data()) == (418, b"an answer of its own")
