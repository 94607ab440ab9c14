# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the script with which ansible-test puts pip into the environments it makes.

Usage: bootstrap_pip.py CACHE_FOLDER

ansible-test looks for it in its cache before it downloads one from a host of its own, which many networks do not reach. This one
installs from the package index that the machine is set up for. ansible-test also clears the environment, so proxies, certificates
and index settings are written into the script.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

import ansible_test

SCRIPT = """\
import os, subprocess, sys
packages = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
command = [part.format(python=sys.executable) for part in {command!r}]
subprocess.run(command + packages, check=True, env=dict(os.environ, **{settings!r}))
"""
SETTINGS = re.compile(r"(PIP|UV|SSL)_|REQUESTS_CA_BUNDLE$|(https?|no|all)_proxy$", re.IGNORECASE)


def main(cache: Path) -> None:
    """Write one script for every version of pip that this ansible-test may ask for."""
    uv = shutil.which("uv")
    command = (
        [uv, "pip", "install", "-q", "--python", "{python}"]
        if uv
        else [sys.executable, "-m", "pip", "--python", "{python}", "install", "-q"]
    )
    settings = {name: value for name, value in os.environ.items() if SETTINGS.match(name)}
    requirements = Path(ansible_test.__path__[0], "_internal", "python_requirements.py").read_text(encoding="utf-8")
    for version in re.findall(r"\bpip='([\d.]+)'", requirements):
        script = cache / f"get_pip_{version.replace('.', '_')}.py"
        script.unlink(missing_ok=True)
        # For the owner's eyes only: an index address may hold a password.
        with os.fdopen(os.open(script, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(SCRIPT.format(command=command, settings=settings))


main(Path(sys.argv[1]))
