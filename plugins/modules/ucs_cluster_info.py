# Copyright: Contributors to the huaweicloud.gitops project
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: ucs_cluster_info
short_description: Read the clusters and fleets of UCS
version_added: 1.0.0
description:
  - Reads the clusters of Ubiquitous Cloud Native Service (UCS) and judges them.
  - It tells whether each cluster is available, whether it is frozen, and whether it has a node that is ready.
  - It also tells which clusters a name, a fleet or labels stand for.
  - The APIs are C(GET /v1/clusters), and C(GET /v1/clustergroups) where fleets are asked for.
author:
  - Contributors to the huaweicloud.gitops project (!UNKNOWN)
extends_documentation_fragment:
  - huaweicloud.gitops.clusters
  - huaweicloud.gitops.info
  - huaweicloud.gitops.info.judging
  - huaweicloud.gitops.connection
  - huaweicloud.gitops.attributes
options:
  list_fleets:
    description: Whether to return the fleets of the account, too.
    type: bool
    default: false
  category:
    description: Only clusters of this category. Handed on to the API.
    type: str
  managetype:
    description: Only clusters in fleets, or only those in none. Handed on to the API.
    type: str
    choices:
      all: All clusters.
      grouped: Clusters in a fleet.
      discrete: Clusters in no fleet.
  clustergroupid:
    description:
      - Only clusters of the fleet with this id. Handed on to the API.
      - O(fleets) takes names, too, and says when there is no such fleet.
    type: str
  enablestatus:
    description: With V(false), the API leaves out how many nodes and resources a cluster has.
    type: bool
  limit:
    description: How many clusters to read at most. Left out, all are read.
    type: int
  offset:
    description: How many clusters to leave out at the beginning.
    type: int
  order_by:
    description: By which time the API orders the clusters.
    type: str
    choices:
      create_at: The time of registration.
      update_at: The time of the last change.
  order:
    description: In which order.
    type: str
    choices:
      desc: The latest first.
      asc: The earliest first.
  managed_fields:
    description: Whether to return C(managedFields), which are long and rarely of use.
    type: bool
    default: false
notes:
  - Without O(cluster_ids), O(cluster_names), O(fleets) and O(cluster_labels), all clusters are meant that the filters leave.
  - The filters narrow what is there to be asked about. A reading with filters is not that of a check of
    M(huaweicloud.gitops.gitops_gate), which takes none.
  - Names of clusters need not be unique. A name that two clusters have is a failure, C(CLUSTER_AMBIGUOUS).
  - When fewer clusters come than RV(selection.lists[].total) says, the finding is C(LIST_INCOMPLETE), and nothing is ready.
seealso:
  - module: huaweicloud.gitops.ucs_gitops_info
  - module: huaweicloud.gitops.gitops_gate
"""

EXAMPLES = r"""
---
- name: Read all clusters and fleets
  huaweicloud.gitops.ucs_cluster_info:
    region: cn-north-4
    list_fleets: true
  register: estate

- name: Show them
  ansible.builtin.debug:
    msg: "{{ item.cluster_id }} {{ item.metadata.name }} {{ item.status.phase }}"
  loop: "{{ estate.clusters }}"
  loop_control:
    label: "{{ item.cluster_id }}"

- name: Read the clusters of a fleet
  huaweicloud.gitops.ucs_cluster_info:
    region: cn-north-4
    fleets: prod
  register: prod

- name: Require that all of them are available
  ansible.builtin.assert:
    that: prod.ready
    fail_msg: "{{ prod.readiness.findings | map(attribute='message') | join(', ') }}"

- name: Read clusters by name and by labels
  huaweicloud.gitops.ucs_cluster_info:
    region: cn-north-4
    cluster_names:
      - prod-eu
      - prod-us
    cluster_labels:
      env: staging

- name: Read the clusters in no fleet, without their nodes
  huaweicloud.gitops.ucs_cluster_info:
    region: cn-north-4
    managetype: discrete
    enablestatus: false
    detail: summary

- name: Read the ten clusters that were registered last
  huaweicloud.gitops.ucs_cluster_info:
    region: cn-north-4
    limit: 10
    order_by: create_at
    order: desc
    on_error: report

- name: Use an access key from the vault
  huaweicloud.gitops.ucs_cluster_info:
    region: cn-north-4
    access_key: "{{ vault_access_key }}"
    secret_key: "{{ vault_secret_key }}"

- name: Use a token, of domain scope
  huaweicloud.gitops.ucs_cluster_info:
    region: cn-north-4
    auth_token: "{{ vault_token }}"

- name: Set the connection once for several tasks
  module_defaults:
    group/huaweicloud.gitops.api:
      region: cn-north-4
      request_retries: 5
  block:
    - name: Read the clusters with these defaults
      huaweicloud.gitops.ucs_cluster_info:
"""

RETURN = r"""
---
clusters:
  description: The clusters that are meant, in the order asked, then in that of the service. The names of the
    fields are those of the API, and fields that are not listed here are passed through. With
    O(detail=summary), a cluster keeps only what identifies it, its state and its times.
  type: list
  elements: dict
  returned: once reading began, also when the task fails; not when O(detail=packed)
  contains:
    cluster_id:
      description: Id of the cluster.
      type: str
      returned: always
      sample: '8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d'
    read_at:
      description: The moment before the list was asked for, by the earlier of the local clock and that of the
        service. RFC 3339, UTC.
      type: str
      returned: always
      sample: '2025-12-01T08:00:00Z'
    kind:
      description: V(Cluster).
      type: str
      returned: when the API sends it
      sample: Cluster
    apiVersion:
      description: Version of the API.
      type: str
      returned: when the API sends it
      sample: v1
    metadata:
      description: Metadata of the cluster.
      type: dict
      returned: when the API sends it
      contains:
        uid:
          description: Id of the cluster.
          type: str
          returned: when the API sends it
          sample: '8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d'
        name:
          description: Name of the cluster. It need not be unique.
          type: str
          returned: when the API sends it
          sample: prod-eu
        generateName:
          description: Prefix of a generated name.
          type: str
          returned: when the API sends it
          sample: ''
        namespace:
          description: Namespace of the object.
          type: str
          returned: when the API sends it
          sample: ''
        labels:
          description: Labels of the cluster.
          type: dict
          returned: when the API sends it
          sample: {"env": "prod"}
        annotations:
          description: Annotations of the cluster.
          type: dict
          returned: when the API sends it
          sample: {}
        creationTimestamp:
          description: When it was registered. May be in the form of the language Go.
          type: str
          returned: when the API sends it
          sample: '2023-11-02 06:33:35.558128 +0000 UTC'
        updateTimestamp:
          description: When it was changed last. May be in the form of the language Go.
          type: str
          returned: when the API sends it
          sample: '2023-11-02 06:33:35.558128 +0000 UTC'
        resourceVersion:
          description: Internal version of the object.
          type: str
          returned: when the API sends it
          sample: '5273601'
        generation:
          description: Generation of the object.
          type: str
          returned: when the API sends it
          sample: '1'
        managedFields:
          description: Who manages which field. Only with O(managed_fields=true).
          type: list
          elements: dict
          returned: when the API sends it
        ownerReferences:
          description: Owners of the object.
          type: list
          elements: dict
          returned: when the API sends it
    spec:
      description: What the cluster is.
      type: dict
      returned: when the API sends it
      contains:
        syncMode:
          description: How the cluster is connected.
          type: str
          returned: when the API sends it
          sample: Pull
        clusterGroupID:
          description: Id of its fleet. Empty for a cluster in none.
          type: str
          returned: when the API sends it
          sample: '2f8d3c9a-7961-11ee-8f3c-0255ac100036'
        manageType:
          description: Whether it is in a fleet, V(grouped), or not, V(discrete).
          type: str
          returned: when the API sends it
          sample: grouped
        ruleNamespaces:
          description: Permission rules and their namespaces.
          type: list
          elements: dict
          returned: when the API sends it
        apiEndpoint:
          description: Address of its API server.
          type: str
          returned: when the API sends it
          sample: 'https://192.168.0.10:5443'
        secretRef:
          description: Name of the secret with its access. The secret itself is not in the answer.
          type: dict
          returned: when the API sends it
        insecureSkipTLSVerification:
          description: Whether its certificate is not checked.
          type: bool
          returned: when the API sends it
          sample: false
        proxyURL:
          description: Address of a proxy to it.
          type: str
          returned: when the API sends it
          sample: ''
        provider:
          description: Who provides the cluster.
          type: str
          returned: when the API sends it
          sample: huaweicloud
        type:
          description: Type of the cluster.
          type: str
          returned: when the API sends it
          sample: cce
        category:
          description: Category of the cluster.
          type: str
          returned: when the API sends it
          sample: self
        enableDistMgt:
          description: Whether distributed management is enabled.
          type: bool
          returned: when the API sends it
          sample: false
        region:
          description: Region of the cluster.
          type: str
          returned: when the API sends it
          sample: cn-north-4
        country:
          description: Country of the cluster.
          type: str
          returned: when the API sends it
          sample: CN
        city:
          description: City of the cluster, as a code.
          type: str
          returned: when the API sends it
          sample: '110000'
        projectID:
          description: IAM project of the cluster.
          type: str
          returned: when the API sends it
          sample: '0605767fa80010e02f0bc01d9b1d9a52'
        projectName:
          description: Name of that project.
          type: str
          returned: when the API sends it
          sample: cn-north-4
        zone:
          description: Zone of the cluster.
          type: str
          returned: when the API sends it
          sample: ''
        taints:
          description: Taints of the cluster.
          type: list
          elements: dict
          returned: when the API sends it
        IsDownloadedCert:
          description: Whether its certificate was downloaded.
          type: bool
          returned: when the API sends it
          sample: false
        policyId:
          description: Id of its policy.
          type: str
          returned: when the API sends it
          sample: ''
        operatorNamespace:
          description: Namespace of the operator.
          type: str
          returned: when the API sends it
          sample: ''
        connectProxyEndpoints:
          description: Addresses of the connecting proxy.
          type: list
          elements: dict
          returned: when the API sends it
    status:
      description: How the cluster is.
      type: dict
      returned: when the API sends it
      contains:
        phase:
          description: Phase of the cluster. V(Available) is ready, any other is unknown.
          type: str
          returned: when the API sends it
          sample: Available
        reason:
          description: Why.
          type: str
          returned: when the API sends it
          sample: ''
        message:
          description: Details.
          type: str
          returned: when the API sends it
          sample: ''
        arrearFreeze:
          description: Whether it is frozen for debt, V(true) or V(false), as text.
          type: str
          returned: when the API sends it
          sample: 'false'
        policyFreeze:
          description: Whether it is frozen by a policy, likewise. The official SDK calls it C(policeFreeze).
          type: str
          returned: when the API sends it
          sample: 'false'
        policeFreeze:
          description: The same under the name that the official SDK knows.
          type: str
          returned: when the API sends it
          sample: 'false'
        kubernetesVersion:
          description: Version of Kubernetes.
          type: str
          returned: when the API sends it
          sample: v1.29.8-r0
        conditions:
          description: Conditions of the cluster.
          type: list
          elements: dict
          returned: when the API sends it
          contains:
            type:
              description: V(Ready), V(Cluster) or V(Federation).
              type: str
              returned: when the API sends it
              sample: Ready
            status:
              description: V(True), V(Available) or V(Federalized). Other values exist.
              type: str
              returned: when the API sends it
              sample: Available
            reason:
              description: Why.
              type: str
              returned: when the API sends it
              sample: ClusterAvailable
            message:
              description: Details.
              type: str
              returned: when the API sends it
              sample: ''
            lastTransitionTime:
              description: Since when, with a zone. The year 0001 stands for no time.
              type: str
              returned: when the API sends it
              sample: '2025-11-30T08:00:00+08:00'
        nodeSummary:
          description: How many nodes it has.
          type: dict
          returned: when the API sends it
          contains:
            totalNum:
              description: All nodes.
              type: int
              returned: when the API sends it
              sample: 3
            readyNum:
              description: Nodes that are ready. None is a failure.
              type: int
              returned: when the API sends it
              sample: 3
        resourceSummary:
          description: What its nodes can give and have given.
          type: dict
          returned: when the API sends it
          contains:
            allocatable:
              description: What can be given.
              type: dict
              returned: when the API sends it
              sample: {"cpu": "12", "memory": "48Gi"}
            allocating:
              description: What is being given.
              type: dict
              returned: when the API sends it
              sample: {"cpu": "12", "memory": "48Gi"}
            allocated:
              description: What is given.
              type: dict
              returned: when the API sends it
              sample: {"cpu": "12", "memory": "48Gi"}
            capacity:
              description: What there is.
              type: dict
              returned: when the API sends it
              sample: {"cpu": "12", "memory": "48Gi"}
        endpoints:
          description: Addresses of the cluster.
          type: dict
          returned: when the API sends it
        apiEnablements:
          description: Versions of the APIs that it serves.
          type: list
          elements: dict
          returned: when the API sends it
    readiness:
      description: The judgement over this cluster alone. It is built as RV(readiness).
      type: dict
      returned: always
fleets:
  description: The fleets of the account.
  type: list
  elements: dict
  returned: with O(list_fleets=true) or O(fleets)
  contains:
    kind:
      description: V(ClusterGroup).
      type: str
      returned: when the API sends it
      sample: ClusterGroup
    apiVersion:
      description: Version of the API.
      type: str
      returned: when the API sends it
      sample: v1
    metadata:
      description: Metadata of the fleet.
      type: dict
      returned: when the API sends it
      contains:
        uid:
          description: Id of the fleet.
          type: str
          returned: when the API sends it
          sample: '2f8d3c9a-7961-11ee-8f3c-0255ac100036'
        name:
          description: Name of the fleet.
          type: str
          returned: when the API sends it
          sample: prod
        creationTimestamp:
          description: When it was made, in the form of the language Go.
          type: str
          returned: when the API sends it
          sample: '2023-11-02 06:33:35.558128 +0000 UTC'
    spec:
      description: What the fleet is.
      type: dict
      returned: when the API sends it
      contains:
        description:
          description: Description of the fleet.
          type: str
          returned: when the API sends it
          sample: ''
        policyId:
          description: Id of its policy.
          type: str
          returned: when the API sends it
          sample: ''
        federationId:
          description: Id of its federation.
          type: str
          returned: when the API sends it
          sample: ''
        federationVersion:
          description: Version of its federation.
          type: str
          returned: when the API sends it
          sample: ''
        federationExpirationTimestamp:
          description: When its federation expires.
          type: str
          returned: when the API sends it
          sample: ''
        ruleNamespaces:
          description: Permission rules and their namespaces.
          type: list
          elements: str
          returned: when the API sends it
        dnsSuffix:
          description: DNS suffixes of the federation.
          type: list
          elements: str
          returned: when the API sends it
        connectGatewayEndpoints:
          description: Addresses of the connecting gateway.
          type: list
          elements: dict
          returned: when the API sends it
    status:
      description: How the fleet is.
      type: dict
      returned: when the API sends it
      contains:
        conditions:
          description: Conditions of the fleet.
          type: list
          elements: dict
          returned: when the API sends it
          contains:
            type:
              description: V(Federation) or V(Policy).
              type: str
              returned: when the API sends it
              sample: Federation
            status:
              description: V(True), V(Available) or V(Federalized). Other values exist.
              type: str
              returned: when the API sends it
              sample: Available
            reason:
              description: Why.
              type: str
              returned: when the API sends it
              sample: ClusterAvailable
            message:
              description: Details.
              type: str
              returned: when the API sends it
              sample: ''
            lastTransitionTime:
              description: Since when, with a zone. The year 0001 stands for no time.
              type: str
              returned: when the API sends it
              sample: '2025-11-30T08:00:00+08:00'
# --- Where clusters are asked for: written by tools/module_returns
selection:
  description:
    - Which clusters the names, fleets and labels of the question stand for. V(null) when clusters were asked for by
      their ids alone, or when they could not be looked up.
    - The gate goes on with these clusters, and says when the names later stand for others.
  type: dict
  returned: once reading began, also when the task fails
  contains:
    read_at:
      description: When it was looked up. RFC 3339, UTC.
      type: str
      returned: always
      sample: '2025-12-01T08:00:00Z'
    choices:
      description: What each name, each fleet and the labels stand for, in the order asked.
      type: list
      elements: dict
      returned: always
      contains:
        by:
          description: The option it stands in, for example V(fleets). V(all) when nothing was named.
          type: str
          returned: always
          sample: fleets
        asked:
          description: The name, the id, or the labels as a text.
          type: str
          returned: always
          sample: prod
        cluster_ids:
          description: Ids of the clusters it stands for. Empty when it is not clear which ones.
          type: list
          elements: str
          returned: always
          sample: [8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d]
        fleet_id:
          description: Id of the fleet. V(null) for a choice of another kind.
          type: str
          returned: always
          sample: 2f8d3c9a-7961-11ee-8f3c-0255ac100036
        candidates:
          description: Ids of the clusters or fleets of this name, where they are more than one.
          type: list
          elements: str
          returned: always
          sample: []
        hint:
          description: A sentence with the nearest names, where nothing has this name. Else empty.
          type: str
          returned: always
          sample: ''
    names:
      description: Name of each cluster, by its id.
      type: dict
      returned: always
      sample:
        8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d: prod-eu
    lists:
      description: How much of the lists of clusters and fleets came.
      type: list
      elements: dict
      returned: always
      contains:
        of:
          description: V(clusters) or V(fleets).
          type: str
          returned: always
          sample: clusters
        came:
          description: How many came. V(null) when the answer had no list.
          type: int
          returned: always
          sample: 12
        total:
          description: How many there are, as the service counts them. V(null) when it does not tell.
          type: int
          returned: always
          sample: 12
        unreadable:
          description: How many state no id, or labels or a fleet that cannot be read.
          type: int
          returned: always
          sample: 0
# ---
endpoint:
  description: Short name of the endpoint that was read.
  type: str
  returned: once reading began, also when the task fails
  sample: ucs_cluster
# --- The same in every info module: written by tools/module_returns
schema_version:
  description: Version of the structure of this result.
  type: int
  returned: once reading began, also when the task fails
  sample: 2
read_at:
  description:
    - When the reading was begun, the oldest of its entries. RFC 3339, UTC. V(null) when nothing was asked.
    - The time of an entry is the moment before its first request, by the earlier of the local clock and that of the service.
  type: str
  returned: once reading began, also when the task fails
  sample: '2025-12-01T08:00:00Z'
service_time:
  description: The newest time that the service stated with its answers. RFC 3339, UTC. V(null) when it stated none.
  type: str
  returned: once reading began, also when the task fails
  sample: '2025-12-01T08:00:01Z'
clocks:
  description: Seconds that the clock of each host is ahead of the local one. Negative where it is behind.
  type: dict
  returned: once reading began, also when the task fails
  sample:
    ucs.myhuaweicloud.com: 0.0
errors:
  description:
    - Requests that failed after all attempts, in the order asked. Empty when everything was read.
    - Each entry also has the id that was asked for, under the name C(cluster_id), C(context), C(project_uuid),
      C(repository_uuid), C(repository_id) or C(project_id).
  type: list
  elements: dict
  returned: once reading began, also when the task fails
  contains:
    read_at:
      description: When it was asked. RFC 3339, UTC.
      type: str
      returned: always
      sample: '2025-12-01T08:00:00Z'
    service:
      description: Service that was asked. V(ucs), V(codearts_repo), V(servicestage), V(kubernetes), V(iam) or V(metadata).
      type: str
      returned: always
      sample: ucs
    status:
      description: HTTP status of the last answer. V(null) when no answer came.
      type: int
      returned: always
      sample: 403
    code:
      description:
        - Error code of the service or of its gateway.
        - V(CONNECTION_FAILED), V(TIMEOUT), V(TLS_FAILED), V(UNEXPECTED_ANSWER), V(STALE_ANSWER), V(ANSWER_MISMATCH),
          V(CONTEXT_NOT_FOUND), V(NO_ACCESS) or V(EXPIRED_LIST) when there was no
          answer that can be used.
      type: str
      returned: always
      sample: UCS.00000004
    message:
      description: Error message of the service, cleaned of secrets.
      type: str
      returned: always
      sample: Request forbidden
    request_id:
      description: Id of the last request, which the support of the service asks for. Empty when none
        came.
      type: str
      returned: always
      sample: 4a9c8e6b2d1f4c0f8b7a6d5e4c3b2a19
    method:
      description: HTTP method.
      type: str
      returned: always
      sample: GET
    path:
      description: Path of the request.
      type: str
      returned: always
      sample: /v1/clusters/8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d/gitops
    attempts:
      description: How many requests were sent, the first one included.
      type: int
      returned: always
      sample: 1
    retryable:
      description: Whether the same request may succeed later.
      type: bool
      returned: always
      sample: false
packed:
  description: The objects, as one JSON text in the place of their list.
  type: str
  returned: when O(detail=packed)
  sample: '[]'
question:
  description: What the reading answers. The ids asked for and the judging options, by option name.
  type: dict
  returned: once reading began, also when the task fails
  sample:
    cluster_ids:
      - 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d
    stuck_after: 300.0
    failure_grace: 120.0
ready:
  description: Whether RV(readiness.verdict) is V(ready). Never V(true) when something could not be
    read.
  type: bool
  returned: once reading began, also when the task fails
  sample: false
readiness:
  description: The judgement over everything that was read.
  type: dict
  returned: once reading began, also when the task fails
  contains:
    verdict:
      description:
        - The worst of all findings decides.
        - V(ready), nothing speaks against a deployment. V(progressing), not yet.
        - V(unknown), it cannot be told. V(failed), something is broken.
      type: str
      returned: always
      sample: failed
    findings:
      description: What speaks against V(ready), and warnings, the worst first. Empty when there is
        nothing to say.
      type: list
      elements: dict
      returned: always
      contains:
        code:
          description: Name of the rule that matched. Codes do not change between versions; messages
            may.
          type: str
          returned: always
          sample: POD_STUCK_CREATING
        verdict:
          description:
            - What the finding makes of the reading.
            - V(failed), it is broken. V(unknown), it cannot be told. V(progressing), it is on its way.
              V(warning), it does not block.
          type: str
          returned: always
          sample: failed
        terminal:
          description: Whether waiting is useless, because only a change made by somebody can help.
          type: bool
          returned: always
          sample: false
        retryable:
          description: Whether it may become good without a change made by anybody.
          type: bool
          returned: always
          sample: true
        cause:
          description: Class of the cause, where the rule knows one, for example V(config), V(auth),
            V(tls), V(network), V(storage) or V(api). Else empty.
          type: str
          returned: always
          sample: ''
        check:
          description: Short name of the endpoint that was judged. In the gate, the name of the check.
          type: str
          returned: always
          sample: ucs_gitops
        kind:
          description: What the finding is about. V(Cluster), V(Workload), V(Pod), V(GitRepository), V(OCIRepository),
            V(Bucket), V(HelmRepository), V(ConfigSet), V(Repository), V(Commit), V(Authorization), V(DeclaredGitRepository),
            V(DeclaredKustomization), V(DeclaredHelmRelease), V(File) or V(API). May be empty.
          type: str
          returned: always
          sample: Pod
        object_kind:
          description: Kind by which commands know the object, where that is another one. V(Kustomization) or V(HelmRelease)
            for a V(ConfigSet). Else V(null).
          type: str
          returned: always
          sample: null
        cluster_id:
          description: Cluster the object is in. V(null) outside clusters.
          type: str
          returned: always
          sample: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d
        cluster_name:
          description: Name of that cluster, where the answers tell it. Else V(null).
          type: str
          returned: always
          sample: prod-eu
        namespace:
          description: Namespace of the object. V(null) where there is none.
          type: str
          returned: always
          sample: flux-system
        name:
          description: Name of the object, or V(null).
          type: str
          returned: always
          sample: source-controller-97bdcd8cf-5fs52
        field:
          description: Field of the answer that decided, or V(null).
          type: str
          returned: always
          sample: status.containerStatuses[].state.waiting.reason
        observed:
          description: Value that was seen there.
          type: raw
          returned: always
          sample: ContainerCreating
        expected:
          description: Value that was wanted, or V(null).
          type: raw
          returned: always
          sample: null
        since:
          description:
            - Since when this has been so, as far as it is known. RFC 3339, UTC.
            - Where the time zone is not known, the text of the service and a note that says so. V(null)
              when there is no time.
          type: str
          returned: always
          sample: '2025-11-05T03:48:06Z'
        message:
          description: What was found, in one line. Text of the service is capped at 2,000 characters
            and cleaned of secrets.
          type: str
          returned: always
          sample: Container manager is waiting (ContainerCreating). It has been so for 26 d 4 h.
        remediation:
          description: What to do about it.
          type: str
          returned: always
          sample: 'See the pod''s events: often a volume, network or image is missing.'
        weight:
          description:
            - What the finding weighs in the decision. Its verdict stays what was found.
            - V(decides). V(advisory), of a check that only warns. V(tolerated), of a cluster that was not needed. V(waived), by an
              exception. V(beside), about an object beside those that were expected.
            - V(advisory), V(tolerated) and V(waived) come from the gate only.
          type: str
          returned: always
          sample: decides
        waived:
          description: Whether C(weight) is V(waived).
          type: bool
          returned: always
          sample: false
        root_cause:
          description: Common cause of several findings, found by comparing them. V(null) when none
            was found.
          type: str
          returned: always
          sample: null
        target:
          description: Id that was asked for and that the finding belongs to, of a cluster, a project or a repository.
            V(null) where it belongs to none.
          type: str
          returned: always
          sample: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d
        file:
          description: File that declares the object, relative to its checkout. V(null) for what is no file's.
          type: str
          returned: always
          sample: clusters/production/apps.yaml
        line:
          description: Line in that file, or V(null).
          type: int
          returned: always
          sample: 12
# ---
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils.endpoints.ucs_cluster import ENDPOINT
from ..module_utils.task.info import argument_spec, run_info


def main() -> None:
    run_info(AnsibleModule(argument_spec=argument_spec(ENDPOINT), supports_check_mode=True), ENDPOINT)


if __name__ == "__main__":
    main()
