# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret leaves the collection: canary values in every place a secret can come from, searched for in everything a run leaves behind.

Each source of credentials is one run of ansible-playbook, in which the host `here` works in the controller's process and the host `there`
as a plain module. Everything such a run writes is sent below one folder, `output`; what it reads is in `input` and is not searched. syslog
is a file there, too, and the arguments of all processes are.

Modules get their options in a temporary file that only their user may read and that ansible-core removes at once, unless told to keep it:
so it does in the run whose secrets are in the environment, where the file may hold none.
"""

from __future__ import annotations

import base64
import html
import json
import os
import re
import secrets
import subprocess
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
import yaml

from simulator import Simulator

from .conftest import PROJECT_ID, REGION, SERVICES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CLUSTER = "c1000000-0000-4000-8000-000000000001"
MODULE = "huaweicloud.gitops."
DETAILS = f"{MODULE}codearts_repository_info"
MASK = "********"


# --- Canaries


@dataclass
class Canaries:
    """Secrets that occur nowhere else. Each holds a mark, which no escaping changes and of which any part that matters gives it away."""

    marks: dict[str, str] = field(default_factory=dict)

    def new(self, name: str, form: str = "{}", times: int = 1) -> str:
        """A secret called ``name``; a long one repeats its mark, so that a piece of it can be recognised, too."""
        self.marks[name] = secrets.token_hex(12)
        return form.format(self.marks[name] * times)

    def found_in(self, content: bytes) -> list[str]:
        """The names of those that stand in ``content``: as they are, or in base64."""
        content = content.lower()
        return [name for name, mark in self.marks.items() if any(one.lower() in content for one in _forms(mark.encode()))]


def _forms(mark: bytes) -> Iterator[bytes]:
    yield mark
    for shift in range(3):  # base64 looks different at each of three positions; its edges depend on what stands beside it
        yield base64.b64encode(b"\0" * shift + mark)[4 if shift else 0 : -4]


CANARIES = Canaries()
ODD = 'pw-"{}"<&>\\/%41 ü'  # as JSON, HTML and URLs escape it
LONG = 60  # 1440 characters: real tokens have thousands, and messages are cut
KEYS = {kind: (f"CANARYKEY{kind.upper()}", CANARIES.new(f"{kind}: secret key", "{}/+=")) for kind in ("options", "sdk", "hw", "profile")}
TEMPORARY = {kind: CANARIES.new(f"{kind}: security token", times=LONG) for kind in ("options", "sdk", "hw", "profile", "agency")}
AGENCY_SECRET = CANARIES.new("agency: secret key")
METADATA_TOKEN = CANARIES.new("agency: token of the metadata service")
TOKENS = {kind: CANARIES.new(f"{kind}: token", "MII{}", LONG) for kind in ("option_token", "hw_token")}
FETCHED = CANARIES.new("a token fetched from IAM", "MII{}", LONG)
PASSWORDS = {kind: CANARIES.new(f"{kind}: password", ODD) for kind in ("option_password", "hw_password")}
USER_IN_ANSWER = CANARIES.new("user of a URL in an answer")
USER_IN_OPTION = CANARIES.new("user of a URL in an option")
USER_OF_ENDPOINT = CANARIES.new("user of an endpoint's URL")
USER_OF_PROXY = CANARIES.new("user of a proxy's URL")
SECRET_INFO = CANARIES.new("secretInfo.secret")

# What the service has been told of by each kind of credentials, and so could tell to others.
TOLD: dict[str, tuple[str, ...]] = {
    **{kind: (KEYS[kind][1], TEMPORARY[kind]) for kind in KEYS},
    **{kind: (token,) for kind, token in TOKENS.items()},
    **{kind: (password, FETCHED) for kind, password in PASSWORDS.items()},
    "agency": (AGENCY_SECRET, TEMPORARY["agency"], METADATA_TOKEN),
}


def account(kind: str) -> dict[str, str]:
    """The options of one kind of credentials."""
    if kind in KEYS:
        return {"access_key": KEYS[kind][0], "secret_key": KEYS[kind][1], "security_token": TEMPORARY[kind]}
    if kind in TOKENS:
        return {"auth_token": TOKENS[kind]}
    return {"username": "deployer", "password": PASSWORDS[kind], "domain_name": "demo"}


# --- A cloud that tells everybody's secrets


def _url(user: str) -> str:
    return f"https://bot:{user}@git.example.com/shop/shop.git"


def _urls(user: str) -> str:
    """A message with that URL, and others that are harder to recognise."""
    harder = (f"https://bot:a/{user}@git.example.com/shop", f"bot:{user}@git.example.com/shop", quote(_url(user), safe=""))
    return f"{_url(user)}, then {', then '.join(harder)}"


def _echoes(kind: str) -> Iterator[dict[str, Any]]:
    """Answers for repositories called after the kind of credentials that is given away, and after the way it is."""
    told = " and ".join(TOLD[kind])
    one, long = TOLD[kind][0], TOLD[kind][-1]
    shapes: dict[str, dict[str, Any]] = {
        "message": {"status": 400, "body": {"error_code": "X.1", "error_msg": f"refused {told} for {_urls(USER_IN_ANSWER)}"}},
        "cut": {"status": 400, "body": {"error_code": "X.1", "error_msg": "-" * 1980 + one}},
        "long": {"status": 400, "body": {"error_code": "X.1", "error_msg": long * 3}},
        "code": {"status": 400, "body": {"error_code": long, "error_msg": "the code"}},
        "list": {"status": 400, "body": ["refused", {"why": told}]},
        "nested": {"status": 400, "body": {"error": {"reason": {"code": "X.1", "message": told}}}},
        "text": {"status": 500, "body": f"refused {told}"},
        "escaped": {"status": 400, "body": json.dumps({"error_code": "X.1", "error_msg": told}).replace("a", "\\u0061")},
        "html": {"status": 500, "body": f"<html><b>{html.escape(told)}</b></html>"},
        "request-id": {"status": 400, "body": {"error_code": "X.1"}, "headers": {"X-Request-Id": quote(told)}},
        "redirect": {"status": 302, "body": "", "headers": {"Location": f"https://login.example.com/{quote(told)}"}},
        "no-json": {"status": 200, "body": f"not JSON {told}"},
        "no-object": {"status": 200, "body": [told]},
        "success": {"status": 200, "body": {"status": "success", "result": {"repository_name": told, "https_url": _url(USER_IN_ANSWER)}}},
    }
    for shape, answer in shapes.items():
        yield {"service": "codearts_repo", "path": f"*/{kind}-{shape}", **answer}


SHAPES = [fault["path"].removeprefix("*/agency-") for fault in _echoes("agency")]
_SCOPED = {"token": {"project": {"id": PROJECT_ID}, "expires_at": "2099-01-01T00:00:00.000000Z"}}
ISSUES = {"service": "iam", "path": "/v3/auth/tokens", "status": 201, "headers": {"X-Subject-Token": FETCHED}, "body": _SCOPED}
HANDS_OUT = {"service": "metadata", "method": "PUT", "status": 200, "body": METADATA_TOKEN}
SOURCE = {
    "url": _url(USER_IN_ANSWER),
    "secret": "credentials",
    "set": {
        "secretInfo": {"secret": {"password": SECRET_INFO, "more": {"key": SECRET_INFO}}},
        "repoStatus": {"message": f"cannot clone {_urls(USER_IN_ANSWER)}"},
    },
}
ESTATE: dict[str, Any] = {
    "extends": "healthy",
    "accounts": {
        "demo": {
            "keys": {
                "DEMOTEMPORARYKEY0001": {"secret": AGENCY_SECRET, "security_token": TEMPORARY["agency"]},
                **{key: {"secret": secret, "security_token": TEMPORARY[kind]} for kind, (key, secret) in KEYS.items()},
            },
            "tokens": {token: {"scope": REGION} for token in (*TOKENS.values(), FETCHED)},
        }
    },
    "clusters": {
        CLUSTER: {
            "pods": "healthy",
            "sources": [{"name": name, "template": name, **SOURCE} for name in ("ready", "auth_failed")],
        }
    },
    "faults": [ISSUES, HANDS_OUT, *(fault for kind in TOLD for fault in _echoes(kind))],
}
# Another one, whose IAM and metadata service refuse.
REFUSING: dict[str, Any] = {
    "faults": [
        {"service": "iam", "status": 401, "body": {"error": {"code": 401, "message": f"wrong: {PASSWORDS['option_password']}"}}},
        HANDS_OUT,
        {"service": "metadata", "method": "GET", "status": 401, "body": f"unknown: {METADATA_TOKEN}"},
    ]
}

# Loaded by every Python of a run: keeps what goes to syslog, and forces an exception that quotes all it can get hold of.
STUB = """
import http.client, json, pathlib, re, syslog

FOLDER = pathlib.Path({folder!r})

def keep(*words):
    with FOLDER.joinpath("output", "syslog").open("a") as stream:
        print(*words, file=stream)

real = http.client.HTTPConnection.endheaders

def endheaders(self, *arguments, **more):
    head = b"".join(self._buffer).decode("latin-1")
    crash = re.match(r"GET \\S+/([a-z_]+)-crash ", head)
    if crash:
        secrets = json.loads(FOLDER.joinpath("input", "told.json").read_text())[crash[1]]
        raise RuntimeError("forced traceback " + head + " ".join(secrets))
    return real(self, *arguments, **more)

syslog.syslog = keep
http.client.HTTPConnection.endheaders = endheaders
"""


# --- Runs


@dataclass(frozen=True)
class Source:
    """Where the credentials of a run come from: options by kind, or the environment."""

    id: str
    kinds: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)
    profile: str = ""
    options: bool = False


SOURCES = [
    Source("options", ("options", "option_token", "option_password", "agency"), options=True),
    Source(
        "HUAWEICLOUD_SDK",
        ("sdk",),
        {
            "HUAWEICLOUD_SDK_AK": KEYS["sdk"][0],
            "HUAWEICLOUD_SDK_SK": KEYS["sdk"][1],
            "HUAWEICLOUD_SDK_SECURITY_TOKEN": TEMPORARY["sdk"],
            "ANSIBLE_KEEP_REMOTE_FILES": "1",  # what is kept holds options, and may hold nothing of the environment
        },
    ),
    Source("HW keys", ("hw",), {"HW_ACCESS_KEY": KEYS["hw"][0], "HW_SECRET_KEY": KEYS["hw"][1], "HW_SECURITY_TOKEN": TEMPORARY["hw"]}),
    Source("HW token", ("hw_token",), {"HW_AUTH_TOKEN": TOKENS["hw_token"]}),
    Source(
        "HW password",
        ("hw_password",),
        {"HW_USER_NAME": "deployer", "HW_USER_PASSWORD": PASSWORDS["hw_password"], "HW_DOMAIN_NAME": "demo"},
    ),
    Source(
        "profile",
        ("profile",),
        profile=f"[basic]\nak = {KEYS['profile'][0]}\nsk = {KEYS['profile'][1]}\nsecurity_token = {TEMPORARY['profile']}\n",
    ),
]


class Run:
    """A run of ansible-playbook, below a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.input, self.output = folder / "input", folder / "output"
        for made in (self.input / "stubs", self.output / "tmp"):
            made.mkdir(parents=True)
        self.input.joinpath("stubs", "sitecustomize.py").write_text(STUB.format(folder=str(folder)))
        self.input.joinpath("told.json").write_text(json.dumps(TOLD))
        local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
        hosts = {"here": None, "there": {"huaweicloud_gitops_in_process": False}}
        self.input.joinpath("inventory.yml").write_text(yaml.safe_dump({"all": {"hosts": hosts, "vars": local}}))

    def play(self, tasks: list[dict[str, Any]], variables: dict[str, Any], environment: dict[str, str]) -> None:
        """Plays the tasks on both hosts, each also after another has failed, and keeps what they registered."""
        names = [task["register"] for task in tasks if "register" in task]
        registered = ", ".join(f"'{name}': {name}" for name in [*names, "gitops_gate_report"])
        keep = f"registered {{{{ inventory_hostname }}}} {{{{ {{{registered}}} | to_json | b64encode }}}}"
        play = {
            "hosts": "all",
            "gather_facts": False,
            "ignore_errors": True,
            "vars": {"gitops_gate_report": None},
            "module_defaults": {"group/huaweicloud.gitops.api": {"region": REGION, "endpoints": "{{ endpoints }}"}},
            "tasks": [*tasks, {"ansible.builtin.debug": {"msg": keep}}],
        }
        self.input.joinpath("play.yml").write_text(yaml.safe_dump([play], sort_keys=False))
        self.input.joinpath("variables.json").write_text(json.dumps(variables))
        settings = {
            **os.environ,
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_DISPLAY_TRACEBACK": "always",
            "ANSIBLE_HOME": f"{self.output}/home",
            "ANSIBLE_REMOTE_TMP": f"{self.output}/remote",
            "ANSIBLE_LOCAL_TEMP": f"{self.output}/local",
            "ANSIBLE_ASYNC_DIR": f"{self.output}/async",
            "ANSIBLE_LOG_PATH": f"{self.output}/log",
            "TMPDIR": f"{self.output}/tmp",
            "PYTHONPATH": f"{self.input}/stubs",
            "HTTPS_PROXY": f"http://bot:{USER_OF_PROXY}@127.0.0.1:9",
            **environment,
        }
        command = ["ansible-playbook", "-vvvv", "-i", "inventory.yml", "play.yml", "-e", "@variables.json"]
        # The limit is no measure of time: it ends what would hang for ever.
        with Sampler() as sampler:
            done = subprocess.run(command, cwd=self.input, env=settings, capture_output=True, check=False, timeout=300)
        self.output.joinpath("arguments").write_bytes(b"\n".join(sorted(sampler.seen)))
        for name, written in (("stdout", done.stdout), ("stderr", done.stderr)):
            self.output.joinpath(name).write_bytes(written)
        assert done.returncode == 0, self.read("stdout") + self.read("stderr")
        for host, found in re.findall(rb'"msg": "registered (\w+) ([\w+/=]+)"', done.stdout):
            self.output.joinpath(f"registered-{host.decode()}.json").write_bytes(base64.b64decode(found))

    def read(self, name: str) -> str:
        """What one of the files of the output holds."""
        return self.output.joinpath(name).read_text()

    def result(self, host: str, name: str) -> dict[str, Any]:
        """What a task registered on a host."""
        found: dict[str, Any] = json.loads(self.read(f"registered-{host}.json"))[name]
        return found

    def leaks(self) -> list[str]:
        """Every place with the canary in it."""
        return found_below(self.output)


def found_below(folder: Path) -> list[str]:
    """Every file below a folder that has a canary in its name or its content, with the canary's name."""
    return [
        f"{path.relative_to(folder)}: {name}"
        for path in sorted(folder.rglob("*"))
        for name in CANARIES.found_in(path.name.encode() + (path.read_bytes() if path.is_file() else b""))
    ]


class Sampler:
    """Collects the arguments of all processes, over and over, until it is left."""

    def __init__(self) -> None:
        self.seen: set[bytes] = set()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._collect, name="sampler")

    def _collect(self) -> None:
        while not self._done.wait(0.02):
            self.look()

    def look(self) -> None:
        """Takes one look."""
        for process in filter(str.isdigit, os.listdir("/proc")):  # noqa: PTH208 a path for each takes twice as long
            with suppress(OSError), open(f"/proc/{process}/cmdline", "rb", buffering=0) as arguments:  # noqa: PTH123 likewise
                self.seen.add(arguments.read())

    def __enter__(self) -> Sampler:
        self._thread.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self._done.set()
        self._thread.join()


def task(name: str, module: str, options: dict[str, Any], **keywords: Any) -> dict[str, Any]:
    """A task that registers its result under its name."""
    return {"name": name, f"{MODULE}{module}": options, "register": name, **keywords}


def named(kind: str, shapes: Iterable[str]) -> dict[str, Any]:
    """The option that asks for the repositories whose answers give a kind of credentials away."""
    return {"repository_uuids": [f"{kind}-{shape}" for shape in shapes]}


def tasks_of(kind: str, own: dict[str, Any]) -> list[dict[str, Any]]:
    """Success and failure with secrets in the answers, and a forced traceback."""
    told = {**own, **named(kind, SHAPES)}
    return [
        task(f"{kind}_told", "codearts_repository_info", {**told, "on_error": "report"}),
        task(f"{kind}_failed", "codearts_repository_info", told),
        task(f"{kind}_crash", "codearts_repository_info", {**own, **named(kind, ("crash",))}),
    ]


def tasks_once(reports: Path) -> list[dict[str, Any]]:
    """What need not be done with every kind of credentials."""
    own, crash = as_given("options"), named("options", ("crash",))
    some = named("options", ("success", "message", "cut", "long"))
    expect = [{"name": "ready", "url": "{{ urls.option }}"}]
    sources = {"cluster_ids": [CLUSTER]}
    role = {
        "gitops_gate_connection": {**own, "region": REGION, "endpoints": "{{ endpoints }}"},
        "gitops_gate_clusters": [CLUSTER],
        "gitops_gate_sources": expect,
        "gitops_gate_repository_uuids": some["repository_uuids"],
        "gitops_gate_wait_timeout": 0,
        "gitops_gate_report_dir": f"{{{{ '{reports}' if inventory_hostname == 'here' else '' }}}}",
    }
    misspelt = {**role, "gitops_gate_connection": {**role["gitops_gate_connection"], "secret_kye": own["secret_key"]}}

    def details(name: str, **more: Any) -> dict[str, Any]:
        return task(name, "codearts_repository_info", {**own, **named("options", ("success",)), **more})

    def refused(name: str, kind: str) -> dict[str, Any]:
        return task(name, "codearts_repository_info", {**as_given(kind), **named(kind, ("success",)), "endpoints": "{{ refusing }}"})

    def elsewhere(url: str) -> str:
        return f"{{{{ endpoints | combine({{'codearts_repo': {url}}}) }}}}"

    return [
        # Nobody waits for it: what it leaves is the file with its result.
        {**task("asynchronous", "codearts_repository_info", {**own, **crash}), "async": 60, "poll": 0},
        task("gate", "gitops_gate", {**own, "checks": [{"codearts_repository": some}], "wait_timeout": 0}),
        task("gate_crash", "gitops_gate", {**own, "checks": [{"codearts_repository": crash}], "wait_timeout": 0}),
        task("sources", "ucs_repository_source_info", {**own, **sources, "expect": expect}),
        details("bad_type", max_concurrency="{{ own.options.secret_key }}"),
        details("bad_value", repository_uuids=["{{ own.options.secret_key }}"]),
        details("bad_half", access_key="{{ omit }}"),
        details("bad_name", secret_kye="{{ own.options.secret_key }}"),
        details("bad_dictionary", endpoints="{{ urls.endpoint }}"),
        details("bad_endpoint", endpoints=elsewhere("urls.endpoint")),
        details("proxy", endpoints=elsewhere("'https://repo.example.com'"), request_retries=0),
        refused("refused_password", "option_password"),
        refused("refused_agency", "agency"),
        {"ansible.builtin.include_role": {"name": f"{MODULE}gitops_gate"}, "vars": misspelt},
        {"ansible.builtin.debug": {"msg": "{{ gitops_gate_report.msg }}"}, "register": "role_misspelt"},
        {"name": "role", "ansible.builtin.include_role": {"name": f"{MODULE}gitops_gate"}, "vars": role},
    ]


def as_given(kind: str) -> dict[str, Any]:
    """The options of one kind of credentials as a task has them: by variables, for ansible-core 2.19 quotes the lines of a failed task."""
    return {"use_ecs_agency": True} if kind == "agency" else {name: f"{{{{ own.{kind}.{name} }}}}" for name in account(kind)}


@pytest.fixture(scope="module")
def clouds() -> Iterator[dict[str, Any]]:
    """The variables that lead to two clouds: one that tells everybody's secrets, and one whose IAM and metadata service refuse."""
    with Simulator(ESTATE) as telling, Simulator(REFUSING) as refusing:
        telling._metadata_tokens.add(METADATA_TOKEN)
        yield {
            name: {service: cloud.urls[service] for service in SERVICES} for name, cloud in (("endpoints", telling), ("refusing", refusing))
        }


Done = tuple[Run, Source]


@pytest.fixture(scope="module", params=SOURCES, ids=lambda source: source.id)
def done(request: pytest.FixtureRequest, clouds: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Done:
    """A run for each source of credentials."""
    source = request.param
    run = Run(tmp_path_factory.mktemp("secrets"))
    tasks = [one for kind in source.kinds for one in tasks_of(kind, as_given(kind) if source.options else {})]
    if source.options:
        tasks += tasks_once(run.output / "reports")
    profile = run.input / "profile"
    if source.profile:
        profile.write_text(source.profile)
    own = {kind: account(kind) for kind in source.kinds if kind != "agency"} if source.options else {}
    urls = {"option": _url(USER_IN_OPTION), "endpoint": _url(USER_OF_ENDPOINT)}
    variables = {**clouds, "own": own, "urls": urls}
    run.play(tasks, variables, {"HUAWEICLOUD_SDK_CREDENTIALS_FILE": str(profile), **source.environment})
    return run, source


# --- Tests


def test_nothing_that_a_run_leaves_holds_a_secret(done: Done) -> None:
    assert done[0].leaks() == []


def test_the_run_had_secrets_to_tell(done: Done) -> None:
    """What was searched is what a run leaves: both ways were taken, secrets came back and were masked, and exceptions quoted them."""
    run, source = done
    for host, way in (("here", "runs in the controller's process"), ("there", "runs as a module of its own")):
        assert f"<{host}> {DETAILS} {way}" in run.read("stdout")
        for kind in source.kinds:
            told, failed, crash = (run.result(host, f"{kind}_{name}") for name in ("told", "failed", "crash"))
            for result in (told, failed):
                assert len(result["errors"]) == len(SHAPES) - 1
                assert MASK in result["repositories"][0]["repository_name"]
                masked = [error["repository_uuid"] for error in result["errors"] if MASK in json.dumps(error)]
                assert set(masked) >= {f"{kind}-{shape}" for shape in SHAPES} - {f"{kind}-success", f"{kind}-cut"}
            assert (told["failed"], failed["failed"], crash["failed"]) == (False, True, True)
            assert MASK in failed["msg"]
            assert "forced traceback GET" in crash["msg"]
            assert MASK in crash["msg"]
    assert "Traceback (most recent call last)" in run.read("stdout")
    assert "Invoked with" in run.read("syslog")
    assert "forced traceback" in run.read("log")
    kept = [path for name in ("remote", "local", "tmp") for path in run.output.joinpath(name).rglob("*") if path.is_file()]
    assert bool(kept) == ("ANSIBLE_KEEP_REMOTE_FILES" in source.environment)


@pytest.mark.parametrize("done", SOURCES[:1], ids=lambda source: source.id, indirect=True)
def test_the_other_ends_were_reached_and_reported(done: Done) -> None:
    run, source = done
    assert source.options
    expected = {
        "gate": "Deployment blocked",
        "gate_crash": "forced traceback GET",
        "bad_type": "max_concurrency",
        "bad_value": f"Option 'repository_uuids': got \"{MASK}\"",
        "bad_half": "Half a set of credentials in task options: got secret_key, security_token",
        "bad_name": f"Unsupported parameters for ({DETAILS}) module: secret_kye",
        "bad_dictionary": "dictionary requested",
        "bad_endpoint": "Option 'endpoints.codearts_repo': got \"git.example.com/shop/shop.git\"",
        "proxy": "The proxy cannot be used",
        "refused_password": f"wrong: {MASK}",
        "refused_agency": f"unknown: {MASK}",
    }
    for host in ("here", "there"):
        for name, words in expected.items():
            result = run.result(host, name)
            assert result["failed"], name
            assert words in result["msg"], name
        assert "https://***:***@git.example.com" in json.dumps(run.result(host, "sources")["clusters"])
        assert run.result(host, "gitops_gate_report")["decision"] == "block"
        assert f" Unsupported parameters for ({MODULE}gitops_gate) module: secret_kye" in run.result(host, "role_misspelt")["msg"]
    jobs = [json.loads(path.read_text()) for path in run.output.joinpath("async").iterdir()]
    assert [(job["failed"], "forced traceback GET" in job["msg"], MASK in job["exception"]) for job in jobs] == [(True, True, True)] * 2
    reports = {path.name for path in run.output.joinpath("reports").iterdir()}
    assert reports == {".gitops-gate.lock", *(f"gitops-gate.{ending}" for ending in ("html", "json", "md", "xml"))}


def test_the_search_finds_what_is_there(tmp_path_factory: pytest.TempPathFactory, clouds: dict[str, Any]) -> None:
    """A run that gives secrets away on every way there is: the search must find them."""
    run = Run(tmp_path_factory.mktemp("given"))  # a short name: ansible-core 2.21 has a socket below it, whose path must be short
    secret = "{{ own.options.secret_key }}"
    tasks = [
        {"ansible.builtin.debug": {"msg": secret}, "register": "shown"},
        {"ansible.builtin.command": {"argv": ["sh", "-c", "sleep 0.5", secret]}},
        task("kept", "codearts_repository_info", {**as_given("options"), **named("options", ("success",))}),
    ]
    variables = {**clouds, "own": {"options": account("options")}}
    run.play(tasks, variables, {"ANSIBLE_KEEP_REMOTE_FILES": "1"})
    found = {leak.partition(": ")[0].partition("/")[0] for leak in run.leaks() if leak.endswith(": options: secret key")}
    assert found == {"stdout", "log", "syslog", "arguments", "remote", "registered-here.json", "registered-there.json"}


@pytest.mark.parametrize("padding", ["", "a", "ab", "abc"])
def test_the_search_finds_secrets_in_base64_in_pieces_and_in_names(tmp_path: Path, padding: str) -> None:
    encoded = base64.b64encode(f"{padding}{KEYS['sdk'][1]} and more".encode())
    tmp_path.joinpath("encoded").write_bytes(encoded)
    tmp_path.joinpath("piece").write_text(padding + TOKENS["hw_token"][:80])
    tmp_path.joinpath(f"name-{SECRET_INFO}").mkdir()
    tmp_path.joinpath("clean").write_text("nothing")
    assert found_below(tmp_path) == [
        "encoded: sdk: secret key",
        f"name-{SECRET_INFO}: secretInfo.secret",
        "piece: hw_token: token",
    ]
