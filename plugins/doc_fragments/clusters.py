# Copyright: Contributors to the huaweicloud.gitops project
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """Where clusters are asked for: by id, by name, by fleet or by labels."""

    DOCUMENTATION = r"""
options:
  cluster_ids:
    description:
      - Ids of the UCS clusters to read. One or many.
      - Together with O(cluster_names), O(fleets) and O(cluster_labels), all clusters are read that one of them means.
      - They are read side by side. The answer has them in this order, then the others.
    type: list
    elements: str
    aliases:
      - cluster_id
      - clusterid
  cluster_names:
    description:
      - Names of UCS clusters to read. One or many.
      - A name that no cluster has, or more than one, is a failure. It is never guessed.
      - Names, fleets and labels are looked up once in a task, in the lists of clusters and fleets.
    type: list
    elements: str
    aliases:
      - cluster_name
  fleets:
    description:
      - Names or ids of UCS fleets (cluster groups), whose clusters are read. One or many.
      - A fleet that does not exist is a failure. A fleet without clusters is never ready.
    type: list
    elements: str
    aliases:
      - fleet
  cluster_labels:
    description:
      - Labels and their values. The clusters that have all of them are read.
      - Labels that no cluster has are never ready.
    type: dict
"""

    # For the modules that read each cluster by itself.
    SELECTION = r"""
options:
  selection:
    description:
      - RV(selection) of another info module that was asked for the same names, fleets and labels just now. They are
        then not looked up again, so that several tasks ask about the same clusters.
      - One of other names, fleets or labels is refused. One in which something is not clear is not used.
      - A reading is as old as the selection that it was given.
    type: dict
"""
