# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The forms of the guide to pipelines, as far as a machine without these services can run them: their shell lines against the simulator, as
their files have them, and the rest of the files as far as it says what is published when.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from .conftest import ACCESS_KEY, SECRET_KEY
from .guides import ROOT, blocks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simulator import Simulator

pytestmark = [pytest.mark.once, pytest.mark.slow]
FILES = {block.caption: block.text for block in blocks("guide_pipelines") if block.caption}
SLICES = {block.caption: block.text for block in blocks("guide_runners") if block.caption}
COMMIT = "132f4e719209eb10b9485302f8593fc0e680f4fc"
VARIABLES = yaml.safe_load(FILES["gate-vars.yml"])
(CLUSTER,) = VARIABLES["gitops_gate_clusters"]
LOCAL = "web ansible_connection=local ansible_python_interpreter='{{ ansible_playbook_python }}'\n"
SOURCE = {"name": "shop", "branch": "main", "revision": COMMIT}


def estate(pods: str = "healthy", faults: Any = (), **source: Any) -> dict[str, Any]:
    return {"extends": "healthy", "clusters": {CLUSTER: {"pods": pods, "sources": [{**SOURCE, **source}]}}, "faults": list(faults)}


# What is deployed to, and the exit code it leads to.
ESTATES = {
    0: estate(),
    1: estate(pods="crashing"),
    2: estate(revision="9e107d9d372bb6826bd81d3542a419d6a1c0ffee"),
    3: estate(faults=[{"service": "ucs", "error": "APIG.0302"}]),
}


class Agent:
    """A folder with a clone of the repository, in the environment that a pipeline gives."""

    def __init__(self, folder: Path, simulator: Simulator) -> None:
        self.folder = folder
        self.environment = {
            **os.environ,
            "PATH": os.pathsep.join([str(folder / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]]),
            "HUAWEICLOUD_SDK_AK": ACCESS_KEY,
            "HUAWEICLOUD_SDK_SK": SECRET_KEY,
            "HUAWEICLOUD_SDK_REGION_UCS_CN_NORTH_4": simulator.urls["ucs"],
            "HUAWEICLOUD_SDK_REGION_SERVICESTAGE_CN_NORTH_4": simulator.urls["servicestage"],
            "HUAWEICLOUD_SDK_IAM_ENDPOINT": simulator.urls["iam"],
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build" / "collections"),
            "ANSIBLE_HOME": str(folder / "ansible"),
            "ANSIBLE_INVENTORY": str(folder / "hosts"),
            "ANSIBLE_LOCALHOST_WARNING": "False",
            "ANSIBLE_NOCOLOR": "1",
            "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
            **dict.fromkeys(("COMMIT_ID", "CI_COMMIT_SHA", "GITHUB_SHA", "BUILD_SOURCEVERSION", "GIT_COMMIT"), COMMIT),
            "PASS_CONDITIONS_LINK": "https://devcloud.example/pipeline/7",
        }
        self.command("pip", "echo pip $*")
        self.command("ansible-galaxy", "echo ansible-galaxy $*")
        self.write("hosts", LOCAL)
        self.write("deploy", "#!/bin/sh\necho deployed > deployed\n").chmod(0o755)
        quick = {"gitops_gate_wait_timeout": 0, "gitops_gate_steady_for": 0, "gitops_gate_revision": COMMIT}
        self.write("gate-vars.yml", yaml.safe_dump({**VARIABLES, **quick}))
        # What an earlier run left there must not be mistaken for a report of this one.
        self.write("reports/gitops-gate.json", json.dumps({"exit_code": 0, "decision": "allow"}))

    def write(self, name: str, content: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        return path

    def command(self, name: str, line: str) -> None:
        """Another command of the agent, in place of one that would need the network."""
        self.write(f"bin/{name}", f"#!/bin/sh\n{line}\n").chmod(0o755)

    def run(self, script: str, shell: str = "bash -e", **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*shell.split(), "-c", script],
            cwd=self.folder,
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def has(self, name: str) -> bool:
        return (self.folder / name).exists()


@pytest.fixture
def agent(tmp_path: Path, running: Simulator) -> Agent:
    return Agent(tmp_path, running)


Step = tuple[str, bool]  # a script, and whether it runs after a step that has failed


def gitlab(content: dict[str, Any]) -> list[Step]:
    (job,) = content.values()
    assert job["artifacts"]["when"] == "always"
    assert job["artifacts"]["reports"]["junit"] == "reports/gitops-gate.xml"
    return [("\n".join([*job["before_script"], *job["script"]]), False)]


def github(content: dict[str, Any]) -> list[Step]:
    (job,) = content["jobs"].values()
    (upload,) = (step for step in job["steps"] if "upload-artifact" in step.get("uses", ""))
    assert (upload["if"], upload["with"]["path"]) == ("always()", "reports/")
    return [(step["run"], step.get("if") == "always()") for step in job["steps"] if "run" in step]


def azure(content: dict[str, Any]) -> list[Step]:
    for step in content["steps"]:
        if "bash" not in step:
            assert step["condition"] == "always()"
    return [(step["bash"], step.get("condition") == "always()") for step in content["steps"] if "bash" in step]


def codearts(content: dict[str, Any]) -> list[Step]:
    assert content["version"] == 2.0
    steps = content["steps"]["BUILD"]
    kinds = [kind for step in steps for kind in step]
    assert kinds == ["sh", "upload_artifact", "sh"]  # uploaded before the step that ends as the gate did
    assert steps[1]["upload_artifact"]["inputs"]["path"] == "reports/*"
    return [(step["sh"]["inputs"]["command"], False) for step in steps if "sh" in step] + [("./deploy", False)]


def jenkins(text: str) -> list[Step]:
    assert text.count("{") == text.count("}")
    assert re.search(r"always \{\s+junit testResults: 'reports/gitops-gate.xml'", text)
    return [(several or one, False) for several, one in re.findall(r"\bsh (?:'''(.*?)'''|'([^']+)')", text, re.DOTALL)]


FORMS: dict[str, tuple[Callable[[Any], list[Step]], str]] = {  # file: its steps, and the shell that runs them
    "build.yml": (codearts, "sh -e"),
    ".gitlab-ci.yml": (gitlab, "bash -eo pipefail"),
    ".github/workflows/deploy.yml": (github, "bash -e"),
    "azure-pipelines.yml": (azure, "bash"),
    "Jenkinsfile": (jenkins, "sh -xe"),
}


@pytest.mark.parametrize("status", [0, 1])
@pytest.mark.parametrize("file", FORMS)
def test_the_steps_of_a_form_run_in_their_order(file: str, status: int, agent: Agent, running: Simulator) -> None:
    running.load(ESTATES[status])
    steps_of, shell = FORMS[file]
    steps = steps_of(FILES[file] if file == "Jenkinsfile" else yaml.safe_load(FILES[file]))
    ended, said = 0, ""
    for script, always in steps:
        if ended == 0 or always:
            done = agent.run(script, shell)
            ended, said = ended or done.returncode, said + done.stdout + done.stderr
    assert ended == status, said
    assert agent.has("deployed") == (status == 0), said
    report = json.loads((agent.folder / "reports" / "gitops-gate.json").read_text(encoding="utf-8"))
    assert report["exit_code"] == status
    assert sorted(path.suffix for path in (agent.folder / "reports").glob("gitops-gate.*")) == [".html", ".json", ".md", ".xml"]
    if file.startswith(".github"):
        summary = (agent.folder / "summary.md").read_text(encoding="utf-8")
        assert summary.startswith(f"# Deployment {'allowed' if status == 0 else 'blocked'}\n")
    if file == "azure-pipelines.yml":
        assert f"##vso[task.uploadsummary]{agent.folder}/reports/gitops-gate.md" in said
    if file == "build.yml":
        assert report["pipeline_url"] == "https://devcloud.example/pipeline/7"


def test_the_pipeline_of_codearts_deploys_after_the_gate() -> None:
    jobs = yaml.safe_load(FILES["pipeline.yml"])["jobs"]
    assert jobs["deploy"]["needs"] == ["gate"]
    handed = {name for step in jobs["gate"]["steps"] for name in step["with"]}
    assert set(re.findall(r"\$\{([A-Z_]+)\}", FILES["build.yml"])) <= handed | {"HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK"}


@pytest.mark.parametrize("status", ESTATES)
def test_the_exit_code_is_that_of_the_outcome(status: int, agent: Agent, running: Simulator) -> None:
    running.load(ESTATES[status])
    done = agent.run(FILES["gate.sh"])
    assert (done.returncode, agent.has("deployed")) == (status, status == 0), done.stdout + done.stderr


def test_without_a_report_it_could_not_be_told(agent: Agent, running: Simulator) -> None:
    """The play does not reach the gate. What an earlier run allowed is gone."""
    running.load(ESTATES[0])
    agent.write("gate-vars.yml", "[]")
    done = agent.run(FILES["gate.sh"])
    assert (done.returncode, agent.has("deployed"), agent.has("reports")) == (3, False, False), done.stdout + done.stderr


def test_a_failure_after_an_allow_is_no_success(agent: Agent, running: Simulator) -> None:
    """A play that deploys, too, can fail when the gate has allowed."""
    running.load(ESTATES[0])
    agent.command("ansible-playbook", f'{Path(sys.executable).with_name("ansible-playbook")} "$@"; exit 2')
    done = agent.run(FILES["gate.sh"])
    assert (done.returncode, agent.has("deployed")) == (3, False), done.stdout + done.stderr


# AWX


def test_the_credential_of_awx_keeps_its_secrets() -> None:
    fields = {field["id"]: field for field in yaml.safe_load(FILES["credential-type-inputs.yml"])["fields"]}
    assert {name for name, field in fields.items() if field.get("secret")} == {"secret_key", "security_token"}
    injected = yaml.safe_load(FILES["credential-type-injectors.yml"])["env"]
    assert {name for value in injected.values() for name in re.findall(r"\{\{ (\w+)", value)} == set(fields)


def test_the_job_template_of_awx_is_of_the_play_and_asks_for_nothing_that_leaves_the_gate_out() -> None:
    template = yaml.safe_load(FILES["job-template.yml"])
    assert template["playbook"] in FILES
    assert not template["ask_variables_on_launch"]
    assert not template["ask_skip_tags_on_launch"]


@pytest.mark.parametrize("last", [False, True], ids=["defaults", "last choices"])
def test_the_play_of_awx_runs_with_what_its_survey_gives(last: bool, agent: Agent, running: Simulator) -> None:
    """Texts, whatever they stand for."""
    running.load(ESTATES[0])
    questions = yaml.safe_load(FILES["survey.yml"])["spec"]
    assert all(question["required"] for question in questions)
    answers = {question["variable"]: question.get("choices", [question["default"]])[-1 if last else 0] for question in questions}
    answers["gitops_gate_wait_timeout"] = "30"
    agent.write("deploy.yml", FILES["deploy.yml"])
    # Without a security token the injector makes an empty variable of it.
    done = agent.run(
        f"ansible-playbook deploy.yml -e '{json.dumps(answers)}'", HUAWEICLOUD_SDK_SECURITY_TOKEN="", ANSIBLE_SHOW_CUSTOM_STATS="True"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert agent.has("deployed")
    assert '"gate_outcome": "passed' in done.stdout


def test_the_play_of_awx_hands_on_why_it_blocks(agent: Agent, running: Simulator) -> None:
    running.load(ESTATES[1])
    agent.write("deploy.yml", FILES["deploy.yml"])
    done = agent.run("ansible-playbook deploy.yml", ANSIBLE_SHOW_CUSTOM_STATS="True")
    assert (done.returncode, agent.has("deployed")) == (2, False), done.stdout + done.stderr
    stats = done.stdout.partition("CUSTOM STATS")[2]
    assert '"gate_exit_code": 1' in stats
    assert '"FAILED: ' in stats


# ansible-runner


class Slices(Agent):
    """Two slices with a worker each: "ssh" runs its command here, in a home of its own with a profile file."""

    def __init__(self, folder: Path, simulator: Simulator) -> None:
        super().__init__(folder, simulator)
        for name in ("HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK", "HUAWEICLOUD_SDK_CREDENTIALS_FILE"):
            self.environment.pop(name, None)
        for number, name in enumerate(("north", "south")):
            self.write(f"runner-{name}/.huaweicloud/credentials", f"[basic]\nak = {ACCESS_KEY}\nsk = {SECRET_KEY}\n")
            variables = {"slice": name, "slice_region": "cn-north-4", "slice_clusters": [f"{CLUSTER[:-1]}{number}"]}
            self.write(f"{name}.json", json.dumps(variables))
        self.command("ssh", f'host=$1; shift; HOME="{folder}/$host" exec "$@"')
        self.write(
            "slices/inventory/hosts", "localhost ansible_connection=local ansible_python_interpreter='{{ ansible_playbook_python }}'\n"
        )
        self.write("slices/project/read.yml", SLICES["slices/project/read.yml"])
        self.write("decide.yml", SLICES["decide.yml"])
        both = {f"{CLUSTER[:-1]}{number}": {"pods": "healthy", "sources": [SOURCE]} for number in (0, 1)}
        self.estate: dict[str, Any] = {"extends": "healthy", "clusters": both}

    def decide(self) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
        done = self.run(SLICES["decide.sh"])
        report = self.folder / "reports" / "gitops-gate.json"
        return done, json.loads(report.read_text(encoding="utf-8")) if report.exists() else {}


@pytest.fixture
def slices(tmp_path: Path, running: Simulator) -> Slices:
    if not Path(sys.executable).with_name("ansible-runner").exists():
        pytest.skip("ansible-runner is not installed in this environment: see requirements/development.txt")
    return Slices(tmp_path, running)


@pytest.mark.parametrize("status", [0, 1])
def test_slices_of_ansible_runner_become_one_decision(status: int, slices: Slices, running: Simulator) -> None:
    if status:
        slices.estate["clusters"][f"{CLUSTER[:-1]}1"]["pods"] = "crashing"
    running.load(slices.estate)
    done, report = slices.decide()
    assert done.returncode == status, done.stdout + done.stderr
    verdicts = {check["name"]: check["verdict"] for check in report["checks"]}
    # What the source-controller that crashes has said of its sources is not known to hold.
    south = ("failed", "unknown") if status else ("ready", "ready")
    assert verdicts == {
        "north: controllers": "ready",
        "north: sources": "ready",
        "south: controllers": south[0],
        "south: sources": south[1],
    }


def test_a_slice_that_does_not_come_back_blocks(slices: Slices, running: Simulator) -> None:
    running.load(slices.estate)
    slices.command("ssh", f'host=$1; shift; [ $host = runner-north ] || exit 255; HOME="{slices.folder}/$host" exec "$@"')
    done, report = slices.decide()
    assert done.returncode == 3, done.stdout + done.stderr
    (finding,) = (finding for finding in report["findings"] if finding["code"] == "READING_MISSING")
    assert finding["message"] == "2 of 4 readings are there."


@pytest.mark.parametrize("in_environment", [False, True])
def test_ansible_runner_writes_down_the_keys_that_are_in_the_environment(in_environment: bool, slices: Slices, running: Simulator) -> None:
    """The warning of the guide, and what it says to use instead."""
    running.load(slices.estate)
    if in_environment:
        slices.command("ssh", f'shift; HUAWEICLOUD_SDK_AK={ACCESS_KEY} HUAWEICLOUD_SDK_SK={SECRET_KEY} exec "$@"')
    done, _report = slices.decide()
    assert done.returncode == 0, done.stdout + done.stderr
    written = [
        path for path in (slices.folder / "received").rglob("*") if path.is_file() and SECRET_KEY in path.read_text(errors="replace")
    ]
    assert bool(written) == in_environment


# Notifications


class Receiver:
    """Whoever is told: keeps path, headers and JSON of each request."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, str], Any]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                receiver.told.append((self.path, dict(self.headers), body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_args: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    listening = Receiver()
    thread = threading.Thread(target=listening.server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield listening
    listening.server.shutdown()
    thread.join()
    listening.server.server_close()


@pytest.mark.parametrize("status", [0, 1])
def test_a_channel_is_told_of_a_block(status: int, agent: Agent, running: Simulator, receiver: Receiver) -> None:
    running.load(ESTATES[status])
    agent.write("notify.yml", FILES["notify.yml"])
    done = agent.run("ansible-playbook notify.yml", WEBHOOK_URL=f"{receiver.url}/hook-of-the-team")
    assert (done.returncode, agent.has("deployed")) == (2 if status else 0, status == 0), done.stdout + done.stderr
    assert [path for path, _headers, _body in receiver.told] == (["/hook-of-the-team"] if status else [])
    if status:
        assert receiver.told[0][2]["text"].startswith("Deployment blocked: ")
    assert "hook-of-the-team" not in done.stdout + done.stderr


def test_a_message_that_cannot_be_sent_changes_nothing(agent: Agent, running: Simulator, closed_port: str) -> None:
    running.load(ESTATES[1])
    agent.write("notify.yml", FILES["notify.yml"])
    done = agent.run("ansible-playbook notify.yml", WEBHOOK_URL=closed_port)
    assert (done.returncode, agent.has("deployed")) == (2, False), done.stdout + done.stderr


def test_smn_is_told_with_a_token_of_the_project(agent: Agent, running: Simulator, receiver: Receiver) -> None:
    running.load(ESTATES[1])
    (play,) = yaml.safe_load(FILES["notify.yml"])
    play["tasks"][0]["always"] = yaml.safe_load(FILES["notify-smn.yml"])
    topic = "urn:smn:cn-north-4:a0000000000000000000000000000001:deployments"
    play["vars"] = {"iam_url": running.urls["iam"], "smn_url": receiver.url, "smn_project": "a1", "smn_topic": topic}
    agent.write("notify.yml", yaml.safe_dump([play]))
    user = {"SMN_USER": "deployer", "SMN_PASSWORD": "demo-password", "SMN_DOMAIN": "demo"}
    done = agent.run("ansible-playbook notify.yml", **user)
    assert (done.returncode, agent.has("deployed")) == (2, False), done.stdout + done.stderr
    ((path, headers, body),) = receiver.told
    assert path == f"/v2/a1/notifications/topics/{topic}/publish"
    assert headers["X-Auth-Token"]
    assert body["message"].startswith("Deployment blocked: ")


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl on this machine")
def test_a_step_of_its_own_tells_what_stands_in_the_report(agent: Agent, running: Simulator, receiver: Receiver) -> None:
    running.load(ESTATES[1])
    assert agent.run(FILES["gate.sh"]).returncode == 1
    done = agent.run(FILES["notify.sh"], WEBHOOK_URL=receiver.url)
    assert done.returncode == 0, done.stdout + done.stderr
    assert receiver.told[0][2]["text"].startswith("Deployment blocked: ")
