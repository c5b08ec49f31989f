"""Which addresses may be called."""

import ipaddress

import pytest

from initiatives.addresses import may_call, target
from initiatives.errors import InvalidValue


@pytest.mark.parametrize(
    "number",
    [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.9.9.9",
        "168.63.129.16", "169.254.169.254", "169.254.1.1", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1",
        "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1",
        "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1",
        "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "2001::1", "2001:20::1", "2001:db8::1", "2002:a9fe:a9fe::",
        "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1",
    ],
)  # fmt: skip
def test_an_address_in_somebodys_own_network_is_closed(number: str) -> None:
    assert not may_call(ipaddress.ip_address(number))


@pytest.mark.parametrize("number", ["8.8.8.8", "172.15.0.1", "172.32.0.1", "192.167.1.1", "193.10.0.1", "2a00:801::1"])
def test_an_address_on_the_internet_is_open(number: str) -> None:
    assert may_call(ipaddress.ip_address(number))
    assert may_call(ipaddress.ip_address(number), local=True)


@pytest.mark.parametrize(
    ("number", "allowed"), [("127.0.0.1", True), ("::1", True), ("10.0.0.1", False), ("::", False)]
)
def test_for_development_this_computer_is_open_and_no_other_network(number: str, allowed: bool) -> None:
    assert may_call(ipaddress.ip_address(number), local=True) is allowed


@pytest.mark.parametrize(
    "url",
    [
        "", "x", "ekby.se", "http://ekby.se/", "ftp://ekby.se/", "file:///etc/passwd", "https://", "https:///x",
        "https://a:b@ekby.se/", "https://a@ekby.se", "https://ekby.se:0/", "https://ekby.se:99999/", "https://ekby.se:/",
        "https://ekby.se/#a", "https://ekby.se/ x", "https://ekby.se\\@10.0.0.1/", "https://ekby.se/\r\nX: y",
        "https://ekby.se/\0", "https://ékby.se/", "https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/latest",
        "https://[::ffff:10.0.0.1]/", "https://[fe80::1%25eth0]/", "https://[", "https://10.1.2.3:8443/",
        "http://localhost/", "https://ekby.se/" + "x" * 2000,
    ],
)  # fmt: skip
def test_a_url_that_may_not_be_called_is_refused_with_its_field(url: str) -> None:
    with pytest.raises(InvalidValue) as refusal:
        target(url)
    assert refusal.value.field == "url"


@pytest.mark.parametrize(
    ("url", "authority", "port", "path"),
    [
        ("https://Ekby.se", "ekby.se", 443, "/"),
        ("https://ekby.se/a?b=c&d=%C3%A5", "ekby.se", 443, "/a?b=c&d=%C3%A5"),
        ("https://ekby.se:8443/", "ekby.se:8443", 8443, "/"),
        ("https://[2a00:801::1]/x", "[2a00:801::1]", 443, "/x"),
        ("https://8.8.8.8/", "8.8.8.8", 443, "/"),
        ("https://xn--kby-dla.se/", "xn--kby-dla.se", 443, "/"),
    ],
)
def test_a_url_is_taken_apart_once(url: str, authority: str, port: int, path: str) -> None:
    found = target(url)
    assert (found.authority, found.port, found.path) == (authority, port, path)


@pytest.mark.parametrize(
    "url", ["http://localhost:8080/x", "http://127.0.0.1/", "http://[::1]:9/", "https://localhost/"]
)
def test_http_to_this_computer_is_for_development(url: str) -> None:
    assert target(url, local=True).host in {"localhost", "127.0.0.1", "::1"}
    if url.startswith("http://"):
        with pytest.raises(InvalidValue):
            target(url)


@pytest.mark.parametrize(
    "url", ["http://ekby.se/", "http://10.0.0.1/", "https://10.0.0.1/", "http://localhost.ekby.se/"]
)
def test_development_opens_nothing_else(url: str) -> None:
    with pytest.raises(InvalidValue):
        target(url, local=True)
