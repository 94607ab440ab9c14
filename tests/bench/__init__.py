# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""``make bench``: what the collection costs, against others that do the same. README.md says how to read it."""
