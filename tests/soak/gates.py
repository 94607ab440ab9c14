# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""One gate after the other in one process, until its standard input ends: what a gate leaves behind adds up.

python tests/soak/gates.py URLS      (the simulator's, as JSON; prints how often there was which outcome)
"""

from __future__ import annotations

import json
import socket
import sys
import threading
from collections import Counter
from itertools import cycle
from pathlib import Path
from typing import Any

if not __package__:
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from bench.measure import COLLECTIONS, REGION, SERVICES, clusters, connection

CLUSTERS, PAUSE = 20, 0.2  # seconds between two gates


def variants(urls: dict[str, str]) -> list[dict[str, Any]]:
    """The options of gates that end in every way: after a sample, after waiting, with tokens, with nobody there."""
    ids = {"cluster_ids": clusters(CLUSTERS)}
    common = {
        **connection({name: urls[name] for name in SERVICES}),
        "checks": [{"ucs_gitops": ids}, {"ucs_repository_source": ids}],
        "wait_timeout": 0,
        "request_timeout": 1,
        "request_retries": 0,
    }
    token = {"username": "deployer", "password": "demo-password", "domain_name": "demo", "access_key": None, "secret_key": None}
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        away = dict.fromkeys(SERVICES, f"http://127.0.0.1:{nobody.getsockname()[1]}")
    elsewhere = [{**check, "region": region} for check in common["checks"] for region in (REGION, "ap-southeast-3")]
    return [
        common,
        {**common, "wait_timeout": 3, "steady_for": 1, "interval": 0.5, "fail_fast": "never"},
        {**common, **token},
        {**common, "endpoints": away},
        {**common, "checks": elsewhere, "project_id": None},
    ]


def main() -> None:
    """Gates until standard input ends.

    :raises AssertionError: when a gate ends with anything but a decision
    """
    sys.path.insert(0, str(COLLECTIONS))
    from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
    from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.secrets import Masker
    from ansible_collections.huaweicloud.gitops.plugins.module_utils.task import gate
    from ansible_collections.huaweicloud.gitops.plugins.module_utils.task.run import Surroundings, finish

    ended = threading.Event()

    def listen() -> None:
        sys.stdin.read()
        ended.set()

    threading.Thread(target=listen, daemon=True).start()
    outcomes: Counter[str] = Counter()
    for options in cycle(variants(json.loads(sys.argv[1]))):
        if ended.wait(PAUSE):
            break
        given = json.loads(json.dumps({name: value for name, value in options.items() if value is not None}))  # for the validator to fill
        validated = ArgumentSpecValidator(gate.argument_spec(), **gate.VALIDATION).validate(given)
        assert not validated.error_messages, validated.error_messages
        result = finish(gate.gate_work, validated.validated_parameters, Surroundings({}, Masker()))
        assert "outcome" in result, result["msg"]
        outcomes[result["outcome"]] += 1
    sys.stdout.write(json.dumps(outcomes))


if __name__ == "__main__":
    main()
