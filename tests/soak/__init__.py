# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""``make soak``: many clusters on a bad day, and a long day. README.md says what is measured and what must hold."""
