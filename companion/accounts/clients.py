"""Who is asking: the address and program of a request, and the name it gives, without keeping either in clear."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from companion.accounts import rules
from companion.accounts.fields import blind_index

LONGEST_AGENT = 200
NAME = "sign_in_name"
UNREADABLE = str(ipaddress.IPv4Address(0))


@dataclass(frozen=True, slots=True)
class Client:
    """One program at one address."""

    address: str
    agent: str

    @property
    def fingerprint(self) -> str:
        """Tells clients apart and tells nothing of them."""
        return blind_index("client", f"{self.address}|{self.agent}")


def client_of(request: HttpRequest) -> Client:
    """The client behind a request."""
    agent = rules.plain_line(request.headers.get("User-Agent", ""), LONGEST_AGENT)
    return Client(address_of(request), agent)


def address_of(request: HttpRequest) -> str:
    """The client's address, as far as trusted proxies vouch for it; of IPv6 the network, as a home owns a /64."""
    address = request.META.get("REMOTE_ADDR") or ""
    proxies = settings.AXES_IPWARE_PROXY_COUNT or 0
    passed = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    if proxies and len(passed) >= proxies:
        address = passed[-proxies]
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return UNREADABLE
    if parsed.version == 4:
        return str(parsed)
    return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False).network_address)


def name_for_axes(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """What axes counts failures by: a fingerprint of the name typed, so that its tables hold no e-mail address."""
    typed = getattr(request, NAME, None) or (credentials or {}).get("username") or request.POST.get("username", "")
    return blind_index(NAME, rules.normal_name(str(typed)))
