"""What is asked, each in a process of its own: `python -m bench.api.servers NAME DATABASE-URL PORT`.

Närplan is served as `narplan serve` does it, counting requests against limits that are never reached. `asyncpg` gives
the same bytes by the same statements with nothing around: no sign-in, no limits, no framework.
`fastapi` is the ordinary alternative: FastAPI, the ORM of SQLAlchemy and Pydantic, reading the whole graph of each
initiative, without sign-in and row-level security.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any
from urllib.parse import parse_qs

import uvicorn
import uvloop

LIMIT = 20
SCOPE = (
    "SELECT set_config('narplan.role', 'programgrupp', true), set_config('narplan.person', '', true), "
    "set_config('narplan.organisation', '', true), set_config('narplan.key', '', true)"
)


def narplan(url: str) -> Any:
    """Return the application as it is."""
    from api.app import create_app
    from api.database import Database
    from initiatives.allowance import Limits

    return create_app(Database(url).scoped, None, allowed=Limits(reads=10**9))


def bare(url: str) -> Any:
    """Return an ASGI application of one function over a pool of asyncpg, which answers with the same bytes."""
    import asyncpg
    import msgspec
    from sqlalchemy.engine import make_url

    from initiatives.access import Role, Viewer
    from initiatives.listing import Filters, Sort, counting, listing
    from initiatives.overview import written

    reader, pool = Viewer(None, None, Role.PROGRAMME_GROUP, ""), None
    page_of, total_of = listing(reader, Filters(), Sort.TITLE, LIMIT), counting(reader, Filters())
    encoder, address = msgspec.json.Encoder(), make_url(url)

    async def application(scope: Any, receive: Any, send: Any) -> None:
        nonlocal pool
        if scope["type"] == "lifespan":
            await receive()
            pool = await asyncpg.create_pool(
                host=address.query["host"], user=address.username, database=address.database
            )
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        page = int(parse_qs(scope["query_string"].decode())["page"][0])
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute(SCOPE)
            total = await connection.fetchval(total_of.words, *total_of.ordered({}))
            rows = await connection.fetch(page_of.words, *page_of.ordered({"offset": (page - 1) * LIMIT}))
        items = [written(row) for row in rows]
        body = encoder.encode({"items": items, "page": page, "limit": LIMIT, "total": total})
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return application


def fastapi(url: str) -> Any:
    """Return the ordinary alternative."""
    from bench.api.peers_fastapi import application

    return application(url)


SERVERS = {"narplan": narplan, "asyncpg": bare, "fastapi": fastapi}


def main() -> None:
    """Serve until the process is ended."""
    name, url, port = sys.argv[1:4]
    config = uvicorn.Config(SERVERS[name](url), host="127.0.0.1", port=int(port), log_config=None, access_log=False)
    if name == "narplan":
        from api.cli.serve import at_the_port

        config = at_the_port(SERVERS[name](url), "127.0.0.1")
        config.host, config.port = "127.0.0.1", int(port)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(uvicorn.Server(config).serve())


if __name__ == "__main__":
    main()
