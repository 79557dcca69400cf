"""A small application on Flask, as a part of a project would write it."""

from typing import Any

from flask import Flask, Response, abort

from groundplan_runtime.adapters.flask import current_user, init_app, login_required, permission_required
from groundplan_runtime.settings import Settings


def flask_app(settings: Settings) -> Flask:
    app = Flask(__name__)
    init_app(app, settings)

    @app.get("/open")
    def opened() -> dict[str, bool]:
        return {"open": True}

    @app.get("/me")
    @login_required
    def me() -> dict[str, Any]:
        user = current_user()
        return {"id": user.id, "username": user.username, "permissions": sorted(user.permissions)}

    @app.post("/sales")
    @permission_required("office.add_sale")
    def add_sale() -> tuple[dict[str, int], int]:
        return {"id": 1}, 201

    @app.get("/own")
    def own() -> Response:
        abort(404, response=Response("an answer of its own", 418))

    return app


def close(app: Flask) -> None:
    """Give back the connections of an application."""
    app.extensions["groundplan"][-1].close()
