import httpx

ALL = "/api/v1/origins"
NEW = {"address": "https://solmark.example/handlingar/regelbok.pdf", "visibility": "public"}


async def test_an_address_is_added_hurried_and_taken_away(
    writer: httpx.AsyncClient, politician: httpx.AsyncClient, partner: httpx.AsyncClient
) -> None:
    assert (await politician.post(ALL, json=NEW)).status_code == 403
    inside = await writer.post(ALL, json={"address": "https://192.168.1.4/regelbok.pdf"})
    assert (inside.status_code, inside.json()["field"]) == (422, "address")
    added = await writer.post(ALL, json=NEW)
    assert added.status_code == 201, added.text
    place = f"{ALL}/{added.json()['id']}"
    assert (await writer.post(ALL, json=NEW)).status_code == 409
    assert (await writer.post(f"{place}/check")).status_code == 202
    (seen,) = (await politician.get(ALL)).json()["items"]
    assert (seen["kind"], seen["address"], seen["problem"]) == ("adress", NEW["address"], None)
    assert (await partner.get(ALL)).json()["total"] == 0
    assert (await writer.delete(place)).status_code == 204
    assert (await writer.delete(place)).status_code == 404
