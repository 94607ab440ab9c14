# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Which host serves which service in which region and cloud (services.rst, "Hosts").

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import urlsplit

from ..model.errors import OptionError
from ..model.shapes import nearest_names

CHINA = "cn-north-1 cn-north-4 cn-east-2 cn-east-3 cn-south-1 cn-southwest-2".split()
SERVICESTAGE = (
    CHINA
    + """cn-north-9 cn-north-12 cn-east-4 cn-south-4 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 af-south-1 sa-brazil-1
    la-south-2 la-north-2 tr-west-1 ru-moscow-1 my-kualalumpur-1 me-east-1""".split()
)
IAM = SERVICESTAGE + "cn-north-2 cn-south-2 cn-east-5 na-mexico-1 eu-west-0 ae-ad-1 af-north-1".split()

# A cloud is named by the domain of its hosts; the accounts of the international site have the same, but another host for UCS.
MAIN, INTERNATIONAL, EUROPE, OTC = "myhuaweicloud.com", "international", "myhuaweicloud.eu", "otc.t-systems.com"
DOMAINS = {INTERNATIONAL: MAIN}

# The one table of hosts: cloud -> service -> [(regions, host)]; the first row that holds the region wins. One more cloud, region or host is
# a row here, and one in the tables of guide_authentication.rst and services.rst.
_COMMON: dict[str, list[tuple[list[str], str]]] = {
    "codearts_repo": [
        ([*CHINA, "cn-south-2", "ap-southeast-3", "sa-brazil-1", "la-north-2"], "codehub-ext.{region}.{domain}"),
        (["la-south-2", "tr-west-1"], "codeartsrepo-ext.{region}.{domain}"),
        (["me-east-1", "af-south-1", "af-north-1"], "repo.{region}.{domain}"),
    ],
    "servicestage": [(SERVICESTAGE, "servicestage.{region}.{domain}")],
    "iam": [(IAM, "iam.{region}.{domain}")],
}
HOSTS: dict[str, dict[str, list[tuple[list[str], str]]]] = {
    MAIN: {"ucs": [(IAM, "ucs.{domain}")], **_COMMON},
    INTERNATIONAL: {"ucs": [(IAM, "ucs-intl.{domain}")], **_COMMON},
    EUROPE: {
        "ucs": [(["eu-west-101"], "ucs.{region}.{domain}")],
        "codearts_repo": [(["eu-west-101"], "codeartsrepo-ext.{region}.{domain}")],
        "iam": [(["eu-west-101"], "iam.{region}.{domain}")],
    },
    OTC: {"iam": [(["eu-de", "eu-nl"], "iam.{region}.{domain}")]},
}

# The variables in which the official SDK and Terraform look for a host; {region} is upper case with underscores.
HOST_VARIABLES = {
    "ucs": ["HUAWEICLOUD_SDK_REGION_UCS_{region}"],
    "codearts_repo": ["HUAWEICLOUD_SDK_REGION_CODEARTSREPO_{region}", "HUAWEICLOUD_SDK_REGION_CODEHUB_{region}"],
    "servicestage": ["HUAWEICLOUD_SDK_REGION_SERVICESTAGE_{region}"],
    "iam": ["HUAWEICLOUD_SDK_IAM_ENDPOINT", "HW_AUTH_URL"],
}
# What requests takes for a host: labels of at most 63 characters, or an IPv6 address.
_HOST = re.compile(r"(?:[a-z0-9_][a-z0-9_-]{0,62}\.)*[a-z0-9_][a-z0-9_-]{0,62}\.?|[0-9a-f:.]*:[0-9a-f:.]*")
METADATA_URL = "http://169.254.169.254"


def default_cloud(region: str) -> str:
    """The cloud of a region: Terraform's rule, plus the two regions of Open Telekom Cloud."""
    if region.startswith("eu-west-1"):
        return EUROPE
    return OTC if region in ("eu-de", "eu-nl") else MAIN


def service_url(
    service: str, region: str | None, cloud: str | None, endpoints: Mapping[str, str | None], environ: Mapping[str, str]
) -> str:
    """The base URL of a service, without a trailing slash.

    :param service: ucs, codearts_repo, servicestage, iam or metadata
    :param endpoints: the option of that name; what it holds overrides everything
    :param environ: the process environment, for the SDK's and Terraform's host variables
    :raises OptionError: for an unknown region or cloud, naming ``endpoints`` as the way out, and for an override that is no URL of a host
    """
    option = f"endpoints.{service}"
    if endpoints.get(service):
        return _checked_url(option, str(endpoints[service]))
    if service == "metadata":
        return METADATA_URL
    for variable in HOST_VARIABLES[service]:
        name = variable.format(region=(region or "").upper().replace("-", "_"))
        if environ.get(name):
            return _checked_url(name, environ[name].split(",")[0].strip().rstrip("/").removesuffix("/v3"))
    if not region:
        raise OptionError("region", region, f"a region such as cn-north-4, or the host of the service in '{option}'")
    cloud = cloud or default_cloud(region)
    if cloud not in HOSTS:
        raise OptionError("cloud", cloud, f"one of {', '.join(HOSTS)}, or the host of the service in '{option}'")
    for regions, host in HOSTS[cloud].get(service, []):
        if region in regions:
            return "https://" + host.format(region=region, domain=DOMAINS.get(cloud, cloud))
    known = sorted({name for regions, host in HOSTS[cloud].get(service, []) for name in regions})
    near = nearest_names(region, known)
    shown = f"nearest: {', '.join(near)}" if near else ", ".join(known) or "none"
    raise OptionError("region", region, f"a region where {service} is known in {cloud} ({shown}), or the host in '{option}'")


@lru_cache(64)  # each request asks
def _checked_url(option: str, value: str) -> str:
    """``value`` as scheme://host[:port]; without a scheme https:// is put in front, as the official SDK does."""
    expected = "a URL of a host, such as https://ucs.myhuaweicloud.com, without user, path or query"
    value = value.strip()
    shown = value.rsplit("@", 1)[-1]
    try:
        url = urlsplit(value if "://" in value else f"https://{value}")
        port = url.port
    except ValueError:
        raise OptionError(option, shown, expected) from None
    if url.scheme not in ("http", "https") or "@" in url.netloc or url.path.strip("/") or url.query or url.fragment:
        raise OptionError(option, shown, expected)
    if not url.hostname or not _HOST.fullmatch(url.hostname):
        raise OptionError(option, shown, expected)
    host = f"[{url.hostname}]" if ":" in url.hostname else url.hostname
    # Python before 3.11.4 takes https://a[b] for the host b, and every one https://[::1]x for ::1.
    if url.netloc.lower().removeprefix(host).lstrip(":0123456789"):
        raise OptionError(option, shown, expected)
    return f"{url.scheme}://{host}" + (f":{port}" if port and port != {"http": 80, "https": 443}[url.scheme] else "")
