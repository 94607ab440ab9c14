# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every service is found where services.rst says it is, or where the user says; nowhere else."""

from __future__ import annotations

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.http.hosts import HOSTS, METADATA_URL, default_cloud, service_url
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.errors import OptionError
from hypothesis import given, settings
from hypothesis import strategies as st

CODEHUB = "cn-north-1 cn-north-4 cn-east-2 cn-east-3 cn-south-1 cn-south-2 cn-southwest-2 ap-southeast-3 sa-brazil-1 la-north-2".split()
SERVICESTAGE = """af-south-1 cn-north-1 cn-north-4 cn-north-9 cn-north-12 cn-east-2 cn-east-3 cn-east-4 cn-south-1 cn-south-4 cn-southwest-2
    ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 sa-brazil-1 la-south-2 la-north-2 tr-west-1 ru-moscow-1 my-kualalumpur-1
    me-east-1""".split()


def find(service: str, region: str | None = None, cloud: str | None = None, override: str | None = None, **environ: str) -> str:
    return service_url(service, region, cloud, {service: override}, environ)


@pytest.mark.parametrize(
    ("service", "region", "host"),
    [
        *(("codearts_repo", region, f"codehub-ext.{region}.myhuaweicloud.com") for region in CODEHUB),
        *(("codearts_repo", region, f"codeartsrepo-ext.{region}.myhuaweicloud.com") for region in ("la-south-2", "tr-west-1")),
        *(("codearts_repo", region, f"repo.{region}.myhuaweicloud.com") for region in ("me-east-1", "af-south-1", "af-north-1")),
        ("codearts_repo", "eu-west-101", "codeartsrepo-ext.eu-west-101.myhuaweicloud.eu"),
        *(("servicestage", region, f"servicestage.{region}.myhuaweicloud.com") for region in SERVICESTAGE),
        *(("iam", region, f"iam.{region}.myhuaweicloud.com") for region in sorted({*CODEHUB, *SERVICESTAGE})),
        ("iam", "eu-west-101", "iam.eu-west-101.myhuaweicloud.eu"),
        ("iam", "eu-de", "iam.eu-de.otc.t-systems.com"),
        ("iam", "eu-nl", "iam.eu-nl.otc.t-systems.com"),
        *(("ucs", region, "ucs.myhuaweicloud.com") for region in ("cn-north-4", "cn-east-3", "ap-southeast-3", "la-north-2")),
        ("ucs", "eu-west-101", "ucs.eu-west-101.myhuaweicloud.eu"),
    ],
)
def test_hosts(service: str, region: str, host: str) -> None:
    assert find(service, region) == f"https://{host}"


@pytest.mark.parametrize(
    ("service", "host"),
    [
        pytest.param("ucs", "ucs-intl.myhuaweicloud.com", id="UCS"),
        pytest.param("codearts_repo", "codehub-ext.ap-southeast-3.myhuaweicloud.com", id="CodeArts"),
        pytest.param("servicestage", "servicestage.ap-southeast-3.myhuaweicloud.com", id="ServiceStage"),
        pytest.param("iam", "iam.ap-southeast-3.myhuaweicloud.com", id="IAM"),
    ],
)
def test_international_accounts_have_another_host_for_ucs_alone(service: str, host: str) -> None:
    assert find(service, "ap-southeast-3", "international") == f"https://{host}"


@pytest.mark.parametrize(
    ("region", "cloud"),
    [
        ("cn-north-4", "myhuaweicloud.com"),
        ("eu-west-0", "myhuaweicloud.com"),
        ("eu-west-101", "myhuaweicloud.eu"),
        ("eu-west-102", "myhuaweicloud.eu"),
        ("eu-de", "otc.t-systems.com"),
        ("eu-nl", "otc.t-systems.com"),
    ],
)
def test_default_cloud(region: str, cloud: str) -> None:
    assert default_cloud(region) == cloud


def test_the_metadata_service_has_one_address() -> None:
    assert find("metadata") == METADATA_URL == "http://169.254.169.254"
    assert find("metadata", override="http://127.0.0.1:8080") == "http://127.0.0.1:8080"


@pytest.mark.parametrize("service", ["ucs", "codearts_repo", "servicestage", "iam"])
@pytest.mark.parametrize(
    ("region", "cloud", "option", "expected"),
    [
        pytest.param(None, None, "region", "a region such as cn-north-4", id="no region"),
        pytest.param("", None, "region", "a region such as cn-north-4", id="empty region"),
        pytest.param("cn-nowhere-1", None, "region", "is known in myhuaweicloud.com (", id="unknown region"),
        pytest.param("eu-west-102", None, "region", "is known in myhuaweicloud.eu (", id="unknown region in Europe"),
        pytest.param("cn-north-4", "myhuaweicloud.eu", "region", "is known in myhuaweicloud.eu (", id="another cloud's region"),
        pytest.param(
            "cn-north-4",
            "example.com",
            "cloud",
            "one of myhuaweicloud.com, international, myhuaweicloud.eu, otc.t-systems.com",
            id="unknown cloud",
        ),
    ],
)
def test_the_unknown_is_refused(service: str, region: str | None, cloud: str | None, option: str, expected: str) -> None:
    with pytest.raises(OptionError) as caught:
        find(service, region, cloud)
    assert caught.value.option == option
    assert expected in str(caught.value)
    assert f"endpoints.{service}" in str(caught.value)  # the way out
    assert find(service, region, cloud, override="https://one.example.com") == "https://one.example.com"


@pytest.mark.parametrize("service", ["ucs", "codearts_repo", "servicestage"])
def test_services_unknown_in_a_cloud_name_no_region(service: str) -> None:
    with pytest.raises(OptionError, match=r"known in otc\.t-systems\.com \(none\)"):
        find(service, "eu-de")


def test_servicestage_has_no_region_in_europe() -> None:
    assert "servicestage" not in HOSTS["myhuaweicloud.eu"]


@pytest.mark.parametrize(
    ("value", "url"),
    [
        ("ucs-intl.myhuaweicloud.com", "https://ucs-intl.myhuaweicloud.com"),
        ("ucs.example.com:8443", "https://ucs.example.com:8443"),
        ("https://UCS.Example.COM/", "https://ucs.example.com"),
        ("HTTPS://ucs.example.com", "https://ucs.example.com"),
        ("https://ucs.example.com:443", "https://ucs.example.com"),
        ("http://ucs.example.com:80", "http://ucs.example.com"),
        ("http://ucs.example.com:443", "http://ucs.example.com:443"),
        ("http://127.0.0.1:18080", "http://127.0.0.1:18080"),
        ("https://[::1]:8443", "https://[::1]:8443"),
        ("http://ucs_proxy", "http://ucs_proxy"),
        ("  https://ucs.example.com\n", "https://ucs.example.com"),
        (" ucs.example.com ", "https://ucs.example.com"),
    ],
    ids=repr,
)
def test_overrides(value: str, url: str) -> None:
    assert find("ucs", override=value) == url
    assert find("ucs", "cn-north-4", "example.com", override=value) == url


@pytest.mark.parametrize(
    "value",
    [
        *("https://ucs.example.com/v1", "https://ucs.example.com?x=1", "https://ucs.example.com/#x", "ucs.example.com/v1"),
        *("ftp://ucs.example.com", "file:///etc/passwd", "://ucs.example.com", "https://", "https:///", "http://:8080", "/", "?"),
        *("https://ucs.example.com:port", "https://ucs.example.com:99999", "https://ucs.example.com:-1", "::1"),
        *("https://*.example.com", "https://ucs example.com", "https://-", "https://.", "https://a..b", f"https://{'a' * 64}.example.com"),
        *("https://ucs[evil]", "https://ucs[::1]", "https://[::1]ucs", "https://u[u]"),
        *("https://[::1", "https://[ucs]", "https://ucs.example.com\\x", "https://集群.example.com", "https://ucs.example.com%0d"),
    ],
    ids=repr,
)
def test_what_is_no_host_is_refused(value: str) -> None:
    with pytest.raises(OptionError, match=r"^Option 'endpoints\.ucs': got .*, expected a URL of a host, such as https://") as caught:
        find("ucs", override=value)
    assert caught.value.option == "endpoints.ucs"


@pytest.mark.parametrize("host", ["ucs.example.com", "ucs.example.com:99999", "ucs.example.com/v1", "[::1", "u:hunter2@ucs.example.com"])
@pytest.mark.parametrize("scheme", ["", "https://", "ftp://"])
def test_a_user_in_a_url_is_refused_and_not_shown(scheme: str, host: str) -> None:
    with pytest.raises(OptionError) as caught:
        find("ucs", override=f"{scheme}user:hunter2@{host}")
    assert "hunter2" not in str(caught.value)
    assert "without user" in str(caught.value)


@settings(deadline=None)
@given(st.text() | st.from_regex(r"\A(https?://)?[^/]{0,20}(:[0-9]{0,6})?/?\Z"))
def test_any_override_gives_a_url_or_an_option_error(value: str) -> None:
    try:
        url = find("iam", "cn-north-4", override=value)
    except OptionError:
        return
    assert url.startswith(("https://", "http://"))
    assert url.count("/") == 2
    assert url.isascii()


# --- the variables of the official SDK and of Terraform


@pytest.mark.parametrize(
    ("service", "variable"),
    [
        ("ucs", "HUAWEICLOUD_SDK_REGION_UCS_CN_NORTH_4"),
        ("codearts_repo", "HUAWEICLOUD_SDK_REGION_CODEARTSREPO_CN_NORTH_4"),
        ("codearts_repo", "HUAWEICLOUD_SDK_REGION_CODEHUB_CN_NORTH_4"),
        ("servicestage", "HUAWEICLOUD_SDK_REGION_SERVICESTAGE_CN_NORTH_4"),
        ("iam", "HUAWEICLOUD_SDK_IAM_ENDPOINT"),
        ("iam", "HW_AUTH_URL"),
    ],
)
@pytest.mark.parametrize("cloud", [None, "example.com"])
def test_variables(service: str, variable: str, cloud: str | None) -> None:
    assert find(service, "cn-north-4", cloud, **{variable: "https://one.example.com,https://two.example.com"}) == "https://one.example.com"
    assert find(service, "cn-north-4", cloud, **{variable: "one.example.com"}) == "https://one.example.com"
    assert find(service, "cn-north-4", override="three.example.com", **{variable: "one.example.com"}) == "https://three.example.com"
    assert "example.com" not in find(service, "cn-north-4", **{variable: ""})
    with pytest.raises(OptionError, match=f"^Option '{variable}': "):
        find(service, "cn-north-4", cloud, **{variable: "https://one.example.com/path"})


def test_variables_of_other_regions_and_services_do_not_count() -> None:
    others = {"HUAWEICLOUD_SDK_REGION_UCS_CN_NORTH_1": "one.example.com", "HUAWEICLOUD_SDK_REGION_CCE_CN_NORTH_4": "two.example.com"}
    assert find("ucs", "cn-north-4", **others) == "https://ucs.myhuaweicloud.com"


def test_the_first_variable_wins() -> None:
    both = {"HUAWEICLOUD_SDK_IAM_ENDPOINT": "one.example.com", "HW_AUTH_URL": "two.example.com"}
    assert find("iam", **both) == "https://one.example.com"


@pytest.mark.parametrize(
    "value", ["https://iam.example.com/v3", "https://iam.example.com/v3/", "https://iam.example.com/", "iam.example.com/v3"]
)
def test_terraforms_address_of_iam_ends_in_its_version(value: str) -> None:
    assert find("iam", HW_AUTH_URL=value) == "https://iam.example.com"
