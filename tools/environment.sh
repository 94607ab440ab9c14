# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
#
# The environment in which every tool of this repository runs. To be sourced (by the Makefile, by the other scripts,
# or by hand: `. tools/environment.sh`); changes nothing but variables, .build/ansible.cfg and the link below .build/collections.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
export ROOT
VENV=${VENV:-.venv}
case $VENV in /*) ;; *) VENV=$ROOT/$VENV ;; esac
SHARED=${SHARED:-../shared}
case $SHARED in /*) ;; *) SHARED=$ROOT/$SHARED ;; esac
export SHARED
export PATH="$VENV/bin:$PATH"

# The repository under its collection name. Tools that resolve links get a copy instead: tools/tree.
mkdir -p "$ROOT/.build/collections/ansible_collections/huaweicloud"
ln -sfn ../../../.. "$ROOT/.build/collections/ansible_collections/huaweicloud/gitops"
export ANSIBLE_COLLECTIONS_PATH=$ROOT/.build/collections

# Neither this user's Ansible settings nor cloud credentials may change what a test sees.
for name in "${!HUAWEICLOUD_SDK_@}" "${!HW_@}"; do unset "$name"; done
unset name
[ -e "$ROOT/.build/ansible.cfg" ] || : >"$ROOT/.build/ansible.cfg"
export ANSIBLE_CONFIG=$ROOT/.build/ansible.cfg
export ANSIBLE_HOME=$ROOT/.build/ansible ANSIBLE_REMOTE_TMP=$ROOT/.build/ansible/tmp ANSIBLE_ASYNC_DIR=$ROOT/.build/ansible/async
export ANSIBLE_LOCALHOST_WARNING=False ANSIBLE_INVENTORY_UNPARSED_WARNING=False

# The simulator listens on loopback, which no proxy reaches.
export no_proxy="127.0.0.1,localhost${no_proxy:+,$no_proxy}"
export NO_PROXY=$no_proxy

# Without compiled files every Ansible command takes about half as long again.
unset PYTHONDONTWRITEBYTECODE PYTHONPATH PYTHONHOME
export UV_COMPILE_BYTECODE=1 UV_VENV_SEED=1

# Molecule and ansible-lint colour what they write to a file, too.
[ -t 1 ] || export NO_COLOR=1 ANSIBLE_NOCOLOR=1
