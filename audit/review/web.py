"""The one module that knows Starlette and uvicorn: HTTP in, HTTP out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.review.exchange import Reply, Request
from audit.review.site import LANGUAGE_COOKIE, Site
from curate.errors import ExitCode, ImprimaturError

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.responses import Response

FORM_BYTES = 256 * 1024  # more than any form of ours has
FORM_FIELDS = 2000
YEAR = 365 * 24 * 3600  # seconds


class ReviewNotInstalled(ImprimaturError):
    """The libraries of the page are not installed."""

    code = "IMP-E318"
    exit_code = ExitCode.UNAVAILABLE


def application(site: Site) -> Starlette:
    """The site as an ASGI application.

    Raises:
        ReviewNotInstalled: the extra `review` is missing.
    """
    try:
        from starlette.applications import Starlette
        from starlette.concurrency import run_in_threadpool
        from starlette.requests import Request as Incoming
        from starlette.responses import Response
        from starlette.routing import Route
    except ImportError as error:
        raise ReviewNotInstalled(
            f"The libraries of the review page were expected, found: {error}.", hint="pip install 'imprimatur[review]'"
        ) from error

    async def endpoint(incoming: Incoming) -> Response:
        form: tuple[tuple[str, str], ...] = ()
        if incoming.method == "POST":
            if int(incoming.headers.get("content-length") or FORM_BYTES + 1) > FORM_BYTES:
                return Response("too large", 413)
            async with incoming.form(max_files=0, max_fields=FORM_FIELDS, max_part_size=FORM_BYTES) as fields:
                form = tuple((name, value) for name, value in fields.multi_items() if isinstance(value, str))
        request = Request(
            method=incoming.method,
            path=incoming.url.path,
            query=tuple(incoming.query_params.multi_items()),
            form=form,
            headers={name.lower(): value for name, value in incoming.headers.items()},
            cookies=dict(incoming.cookies),
            peer=incoming.client.host if incoming.client else None,
        )
        return _response(Response, await run_in_threadpool(site.answer, request), site.guard.scheme == "https")

    methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    return Starlette(routes=[Route("/{path:path}", endpoint, methods=methods)])


def _response(kind: type[Response], reply: Reply, secure: bool) -> Response:
    response = kind(reply.body, reply.status, media_type=None)
    response.headers["content-type"] = reply.content_type
    for name, value in reply.headers:
        response.headers[name] = value
    for name, cookie in reply.cookies:
        if cookie is None:
            response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="strict")
        else:
            age = YEAR if name == LANGUAGE_COOKIE else None  # a session ends with the browser at the latest
            response.set_cookie(name, cookie, age, path="/", secure=secure, httponly=True, samesite="strict")
    return response


def serve(site: Site, host: str, port: int) -> None:
    """Serve until interrupted. No access log of uvicorn's: it would keep sign-in links."""
    app = application(site)
    try:
        import uvicorn
    except ImportError as error:
        raise ReviewNotInstalled(
            f"uvicorn was expected, found: {error}.", hint="pip install 'imprimatur[review]'"
        ) from error
    uvicorn.run(
        app, host=host, port=port, access_log=False, log_level="warning", server_header=False, proxy_headers=False
    )
