"""What an API says about itself, held against what it answers."""

import re
from typing import Any

import httpx
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

_NAME = "urn:described"


class Described:
    """One OpenAPI document. Raises when it is no valid OpenAPI 3.1."""

    def __init__(self, document: dict[str, Any]) -> None:
        OpenAPIV31SpecValidator(document).validate()
        self.document = document
        self._registry: Registry[Any] = Registry().with_resource(_NAME, DRAFT202012.create_resource(document))
        self._servers = [server["url"].rstrip("/") for server in document.get("servers") or [{"url": "/"}]]

    def operations(self) -> set[tuple[str, str]]:
        """Give (method, path) of all operations, whole paths with ``{}`` for each parameter."""
        return {
            (method.upper(), re.sub(r"\{[^}]+\}", "{}", f"{server}{path}"))
            for server in self._servers
            for path, item in self.document["paths"].items()
            for method in item
        }

    def check(self, answer: httpx.Response) -> None:
        """Fail unless this status is described for this operation and the body fits what is said about it."""
        path, item = self._item(answer.request.url.path)
        method = answer.request.method.lower()
        responses = item[method]["responses"]
        assert str(answer.status_code) in responses, f"{method} {path} answers {answer.status_code}, which is not described"
        if answer.status_code == 204:
            return
        media = answer.headers["content-type"].split(";")[0]
        assert media in responses[str(answer.status_code)]["content"], f"{method} {path} answers {media}, which is not described"
        self.validate(answer.json(), "paths", path, method, "responses", str(answer.status_code), "content", media, "schema")

    def validate(self, value: Any, *steps: str) -> None:
        """Fail unless a value fits the schema at a place of the document."""
        pointer = "/".join(step.replace("~", "~0").replace("/", "~1") for step in steps)
        schema = {"$ref": f"{_NAME}#/{pointer}"}
        validator = Draft202012Validator(schema, registry=self._registry, format_checker=Draft202012Validator.FORMAT_CHECKER)
        validator.validate(value)

    def _item(self, whole: str) -> tuple[str, dict[str, Any]]:
        for server in self._servers:
            for path, item in self.document["paths"].items():
                pattern = re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(server + path))
                if re.fullmatch(pattern, whole):
                    return path, item
        raise AssertionError(f"{whole} is not described")
