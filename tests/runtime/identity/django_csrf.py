"""What Django itself thinks of cookies, CSRF tokens and origins, in the Django process of the tests."""

from io import BytesIO

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.http.cookie import parse_cookie
from django.middleware import csrf

from runtime.identity.django_calls import call


@call
def csrf_pair() -> list[str]:
    """Give a CSRF cookie and a masked token for it, as Django would put into a page."""
    request = HttpRequest()
    token = csrf.get_token(request)
    return [request.META["CSRF_COOKIE"], token]


@call
def csrf_fits(token: str, cookie: str) -> bool:
    """Tell whether Django lets a POST with this header and this cookie pass."""
    request = HttpRequest()
    request.method = "POST"
    request.META |= {"HTTP_HOST": "127.0.0.1", "HTTP_ORIGIN": "http://127.0.0.1", "HTTP_X_CSRFTOKEN": token}
    request.COOKIES["csrftoken"] = cookie
    middleware = csrf.CsrfViewMiddleware(lambda _request: HttpResponse())
    middleware.process_request(request)
    return middleware.process_view(request, lambda _request: HttpResponse(), (), {}) is None


@call
def cookies(header: str) -> dict[str, str]:
    return parse_cookie(header)


@call
def csrf_passes(scheme: str, headers: dict[str, str]) -> bool:
    """Tell whether Django lets a POST with these headers pass."""
    request = WSGIRequest(
        {
            "REQUEST_METHOD": "POST",
            "wsgi.url_scheme": scheme,
            "wsgi.input": BytesIO(),
            **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
        }
    )
    middleware = csrf.CsrfViewMiddleware(lambda _request: HttpResponse())
    middleware.process_request(request)
    return middleware.process_view(request, lambda _request: HttpResponse(), (), {}) is None
