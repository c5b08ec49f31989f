import httpx
import pytest


@pytest.mark.parametrize(("path", "status"), [("/healthz", 200), ("/readyz", 200), ("/api/v1/api-info", 200)])
async def test_what_is_open_to_everyone(client: httpx.AsyncClient, path: str, status: int) -> None:
    assert (await client.get(path)).status_code == status


@pytest.mark.parametrize("path", ["/api/v1/initiatives", "/api/v1/documents", "/api/v1/activity"])
async def test_everything_else_wants_to_know_who_asks(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 401


async def test_what_does_not_exist_is_a_problem(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/finns-inte")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("application/problem+json")
