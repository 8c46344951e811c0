"""Requests to addresses that people gave: public ones only, checked on the address that is really called.

A name may mean one machine when it is checked and another when it is called. So it is resolved once, and the request
goes to that number, with the name for the certificate only. Redirects are not followed.
"""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import SplitResult, urlsplit

import httpx

PATIENCE = httpx.Timeout(5.0, connect=3.0)
LONGEST = 500


class ForbiddenAddressError(Exception):
    """The address is malformed, not public, or of nothing that is there."""


def checked(address: str, own_origins: list[str]) -> SplitResult:
    """The parts of an address that may be called.

    Args:
        address: `https://` and a public name.
        own_origins: origins that this installation trusts, whatever machine they are on.

    Raises:
        ForbiddenAddressError: it is none.
    """
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise ForbiddenAddressError from None
    if len(address) > LONGEST or not parts.hostname or parts.username or parts.password or parts.fragment:
        raise ForbiddenAddressError
    if f"{parts.scheme}://{parts.netloc}" not in own_origins and (parts.scheme != "https" or port not in (None, 443)):
        raise ForbiddenAddressError
    return parts


def post(address: str, body: bytes, headers: dict[str, str], *, own_origins: list[str]) -> int:
    """Send one request; the status of the answer, whose body nobody reads.

    Raises:
        ForbiddenAddressError: nothing was sent, because the address may not be called.
        httpx.HTTPError: it did not go through.
    """
    parts = checked(address, own_origins)
    url, extensions = httpx.URL(address), {}
    if f"{parts.scheme}://{parts.netloc}" not in own_origins:
        name = str(parts.hostname)
        extensions = {"sni_hostname": name}
        headers = {**headers, "Host": name}
        url = url.copy_with(host=_public_number(name))
    with (
        httpx.Client(timeout=PATIENCE, follow_redirects=False, trust_env=False) as client,
        client.stream("POST", url, content=body, headers=headers, extensions=extensions) as response,
    ):
        return response.status_code


def _public_number(name: str) -> str:
    try:
        found = socket.getaddrinfo(name, 443, type=socket.SOCK_STREAM)
    except OSError:
        raise ForbiddenAddressError from None
    numbers = [str(entry[4][0]) for entry in found]
    if not numbers or not all(ipaddress.ip_address(number).is_global for number in numbers):
        raise ForbiddenAddressError
    return numbers[0]
