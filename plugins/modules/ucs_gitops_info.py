# Copyright: Contributors to the huaweicloud.gitops project
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: ucs_gitops_info
short_description: Read the progress of enabling GitOps on UCS clusters
version_added: 1.0.0
description:
  - Reads the pods of the GitOps component of one or many clusters in Ubiquitous Cloud Native Service
    (UCS) and judges them.
  - It tells whether GitOps is enabled, and whether its controllers run.
  - The API is C(GET /v1/clusters/{clusterid}/gitops). It is asked once for each cluster. Names, fleets and labels are looked up
    in C(GET /v1/clusters) and C(GET /v1/clustergroups) before.
author:
  - Contributors to the huaweicloud.gitops project (!UNKNOWN)
extends_documentation_fragment:
  - huaweicloud.gitops.clusters
  - huaweicloud.gitops.clusters.selection
  - huaweicloud.gitops.info
  - huaweicloud.gitops.info.judging
  - huaweicloud.gitops.connection
  - huaweicloud.gitops.attributes
options:
  managed_fields:
    description: Whether to return C(managedFields), which are long and rarely of use.
    type: bool
    default: false
  controllers:
    description:
      - Controllers that must have a pod, by the label C(app) of the pods.
      - Every workload in the namespace decides, whatever stands here.
      - With an empty list, no controller is demanded.
    type: list
    elements: str
    default:
      - source-controller
      - kustomize-controller
  enabling:
    description:
      - Whether GitOps is being enabled right now.
      - A cluster without GitOps is then V(progressing) until O(stuck_after) is over. Otherwise it is
        V(failed) at once.
    type: bool
    default: false
  restart_max:
    description:
      - How many restarts of a container are too many. More make it V(failed).
      - Left out, many restarts are only a warning.
    type: int
notes:
  - Huawei Cloud files this API under its outdated APIs. No date of removal is known.
  - An answer 404 with the code C(APIG.0101) (or C(APIGW.0101)) says that the API may have been withdrawn
    in your site.
  - The finding is then C(API_WITHDRAWN). It never counts as ready.
  - Zero pods means that GitOps is not enabled. It is a failure, never a pass.
  - Another 404 means that the cluster is unknown or that GitOps is not enabled on it. The API does
    not tell which.
seealso:
  - module: huaweicloud.gitops.ucs_repository_source_info
  - module: huaweicloud.gitops.gitops_gate
  - name: UCS API, Obtaining the Progress of Enabling GitOps
    description: Reference of the API.
    link: https://support.huaweicloud.com/intl/en-us/api-ucs/ShowGitOpsStatus.html
"""

EXAMPLES = r"""
---
- name: Read the GitOps pods of one cluster
  huaweicloud.gitops.ucs_gitops_info:
    region: cn-north-4
    cluster_ids: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d

- name: Read the GitOps pods of several clusters
  huaweicloud.gitops.ucs_gitops_info:
    region: cn-north-4
    cluster_ids:
      - 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d
      - 51d3f1d2-9c1e-11ee-8f5b-0255ac100c5d
  register: gitops

- name: Show which pods run
  ansible.builtin.debug:
    msg: "{{ item.cluster_id }} {{ item.pods | map(attribute='status.phase') | join(' ') }}"
  loop: "{{ gitops.clusters }}"
  loop_control:
    label: "{{ item.cluster_id }}"

- name: Expect one more controller and few restarts
  huaweicloud.gitops.ucs_gitops_info:
    region: cn-north-4
    cluster_ids: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d
    controllers:
      - source-controller
      - kustomize-controller
      - helm-controller
    restart_max: 10

- name: Read a cluster on which GitOps was enabled just now
  huaweicloud.gitops.ucs_gitops_info:
    region: cn-north-4
    cluster_ids: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d
    enabling: true
    stuck_after: 600

- name: Read everything, who manages which field included
  huaweicloud.gitops.ucs_gitops_info:
    region: cn-north-4
    cluster_ids: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d
    managed_fields: true

- name: Read only identity, state and times
  huaweicloud.gitops.ucs_gitops_info:
    region: cn-north-4
    cluster_ids: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d
    detail: summary

- name: Go on when a cluster cannot be read
  huaweicloud.gitops.ucs_gitops_info:
    region: cn-north-4
    cluster_ids:
      - 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d
      - 51d3f1d2-9c1e-11ee-8f5b-0255ac100c5d
    on_error: report
  register: gitops

- name: Require that the controllers are ready
  ansible.builtin.assert:
    that: gitops.ready
    fail_msg: "{{ gitops.readiness.findings | map(attribute='message') | join(', ') }}"

- name: Read the pods of a fleet, and of clusters by name and by labels
  huaweicloud.gitops.ucs_gitops_info:
    region: cn-north-4
    fleets: prod
    cluster_names: [staging-eu, staging-us]
    cluster_labels:
      tier: edge

- name: Use an access key from the vault
  huaweicloud.gitops.ucs_gitops_info:
    region: cn-north-4
    access_key: "{{ vault_access_key }}"
    secret_key: "{{ vault_secret_key }}"
    cluster_ids: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d

- name: Use a token, of domain scope
  huaweicloud.gitops.ucs_gitops_info:
    region: cn-north-4
    auth_token: "{{ vault_token }}"
    cluster_ids: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d

- name: Use the name and password of an IAM user
  huaweicloud.gitops.ucs_gitops_info:
    region: cn-north-4
    username: "{{ vault_username }}"
    password: "{{ vault_password }}"
    domain_name: "{{ vault_domain_name }}"
    cluster_ids: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d

- name: Set the connection once for several tasks
  module_defaults:
    group/huaweicloud.gitops.api:
      region: cn-north-4
      request_retries: 5
  block:
    - name: Read the GitOps pods with these defaults
      huaweicloud.gitops.ucs_gitops_info:
        cluster_ids: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d
"""

RETURN = r"""
---
clusters:
  description:
    - The clusters that could be read, in the order asked.
    - The names of the fields of a pod are those of the API. Fields that are not listed here are passed
      through.
    - With O(detail=summary), a pod keeps only what identifies it, its state and its times.
  type: list
  elements: dict
  returned: once reading began, also when the task fails; not when O(detail=packed)
  contains:
    cluster_id:
      description: Id of the cluster.
      type: str
      returned: always
      sample: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d
    read_at:
      description: The moment before its first request, by the earlier of the local clock and that of the service. RFC 3339, UTC.
      type: str
      returned: always
      sample: '2025-12-01T08:00:00Z'
    metadata:
      description: Metadata of the list. May be empty.
      type: dict
      returned: when the API sends it
      contains:
        resourceVersion:
          description: Internal version of the list on the server.
          type: str
          returned: when the API sends it
          sample: '5273601'
        continue:
          description: Not empty when the list goes on. The API has no way to ask for the rest.
          type: str
          returned: when the API sends it
          sample: ''
        remainingItemCount:
          description: How many pods are missing from the list. The API documents text, the service
            may send a number; it comes as it is.
          type: int
          returned: when the API sends it
          sample: 0
    pods:
      description: The pods, in namespace flux-system. C(items) of the API.
      type: list
      elements: dict
      returned: always
      contains:
        metadata:
          description: Metadata of the pod. C(deletionTimestamp) is not documented, and passed through
            when the API sends it.
          type: dict
          returned: when the API sends it
          contains:
            uid:
              description: UID of the pod.
              type: str
              returned: when the API sends it
              sample: 590c9359-5812-49f2-9dd2-779ba0737f4b
            name:
              description: Name of the pod.
              type: str
              returned: when the API sends it
              sample: source-controller-97bdcd8cf-5fs52
            generateName:
              description: Prefix from which the name was made.
              type: str
              returned: when the API sends it
              sample: source-controller-97bdcd8cf-
            namespace:
              description: Namespace of the pod.
              type: str
              returned: when the API sends it
              sample: flux-system
            labels:
              description: Labels.
              type: dict
              returned: when the API sends it
              sample:
                app: source-controller
                pod-template-hash: 97bdcd8cf
                release: cceaddon-flux
            annotations:
              description: Annotations.
              type: dict
              returned: when the API sends it
              sample:
                prometheus.io/port: '8080'
                prometheus.io/scrape: 'true'
            creationTimestamp:
              description: When the pod was created. RFC 3339.
              type: str
              returned: when the API sends it
              sample: '2025-11-05T03:48:06Z'
            updateTimestamp:
              description: When the pod was updated. RFC 3339.
              type: str
              returned: when the API sends it
              sample: '2025-11-05T03:48:06Z'
            resourceVersion:
              description: Internal version of the pod.
              type: str
              returned: when the API sends it
              sample: '5273585'
            generation:
              description: Generation of the desired state. The API documents text, the service may
                send a number; it comes as it is.
              type: int
              returned: when the API sends it
              sample: 1
            managedFields:
              description: Who manages which field. Only with O(managed_fields=true).
              type: list
              elements: dict
              returned: with O(managed_fields=true), when the API sends it
              contains:
                manager:
                  description: Name of the manager.
                  type: str
                  returned: with O(managed_fields=true), when the API sends it
                  sample: kube-controller-manager
                operation:
                  description: Kind of operation that made the entry. V(Apply) or V(Update).
                  type: str
                  returned: with O(managed_fields=true), when the API sends it
                  sample: Update
                apiVersion:
                  description: Version of the resource API by which the manager names fields.
                  type: str
                  returned: with O(managed_fields=true), when the API sends it
                  sample: v1
                time:
                  description: When the entry was created or last updated. RFC 3339.
                  type: str
                  returned: with O(managed_fields=true), when the API sends it
                  sample: '2025-11-05T03:48:06Z'
                fieldsType:
                  description: Format of C(fieldsV1). Always V(FieldsV1).
                  type: str
                  returned: with O(managed_fields=true), when the API sends it
                  sample: FieldsV1
                fieldsV1:
                  description: The managed fields.
                  type: dict
                  returned: with O(managed_fields=true), when the API sends it
                  sample:
                    f:metadata:
                      f:labels: {}
            ownerReferences:
              description: The objects the pod belongs to.
              type: list
              elements: dict
              returned: when the API sends it
              contains:
                apiVersion:
                  description: API version of the owner.
                  type: str
                  returned: when the API sends it
                  sample: apps/v1
                kind:
                  description: Kind of the owner.
                  type: str
                  returned: when the API sends it
                  sample: ReplicaSet
                name:
                  description: Name of the owner.
                  type: str
                  returned: when the API sends it
                  sample: source-controller-97bdcd8cf
                uid:
                  description: UID of the owner.
                  type: str
                  returned: when the API sends it
                  sample: 4093b4f6-97db-41a7-9bc9-2855f12418a9
                controller:
                  description: Whether the owner is the controller that manages the pod.
                  type: bool
                  returned: when the API sends it
                  sample: true
                blockOwnerDeletion:
                  description: Whether an owner with the finalizer C(foregroundDeletion) cannot be deleted
                    before this reference is removed.
                  type: bool
                  returned: when the API sends it
                  sample: true
        spec:
          description: The desired state of the pod.
          type: dict
          returned: when the API sends it
          contains:
            volumes:
              description: Volumes that can be mounted. Empty in the example of the API.
              type: list
              elements: dict
              returned: when the API sends it
              sample: []
            containers:
              description: Containers of the pod. Empty in the example of the API, so do not count by
                it.
              type: list
              elements: dict
              returned: when the API sends it
              sample: []
            restartPolicy:
              description: When containers are started again. V(Always), V(OnFailure) or V(Never).
              type: str
              returned: when the API sends it
              sample: Always
            terminationGracePeriodSeconds:
              description: How long a container may take to end before it is killed, in seconds.
              type: int
              returned: when the API sends it
              sample: 10
            activeDeadlineSeconds:
              description: How long the pod may be active on its node, in seconds.
              type: int
              returned: when the API sends it
              sample: 3600
            dnsPolicy:
              description: DNS policy.
              type: str
              returned: when the API sends it
              sample: ClusterFirst
            nodeSelector:
              description: Labels of the nodes the pod may run on.
              type: dict
              returned: when the API sends it
              sample:
                kubernetes.io/os: linux
            serviceAccountName:
              description: Name of the ServiceAccount the pod runs as.
              type: str
              returned: when the API sends it
              sample: source-controller
            serviceAccount:
              description: Former name of C(serviceAccountName).
              type: str
              returned: when the API sends it
              sample: source-controller
            automountServiceAccountToken:
              description: Whether the token of the ServiceAccount is mounted.
              type: bool
              returned: when the API sends it
              sample: true
            nodeName:
              description: Node the pod is on.
              type: str
              returned: when the API sends it
              sample: 192.168.0.138
            securityContext:
              description: Security settings of the pod.
              type: dict
              returned: when the API sends it
              sample:
                runAsUser: 10000
                fsGroup: 10000
                seccompProfile:
                  type: Unconfined
            schedulerName:
              description: Scheduler of the pod.
              type: str
              returned: when the API sends it
              sample: default-scheduler
            tolerations:
              description: The taints the pod tolerates.
              type: list
              elements: dict
              returned: when the API sends it
              contains:
                key:
                  description: Key of the taint.
                  type: str
                  returned: when the API sends it
                  sample: node.kubernetes.io/not-ready
                operator:
                  description: How key and value are compared. V(Equal), the value must be the same
                    (the default). V(Exists), any value.
                  type: str
                  returned: when the API sends it
                  sample: Exists
                value:
                  description: Value of the taint. Empty with V(Exists).
                  type: str
                  returned: when the API sends it
                  sample: ''
                effect:
                  description: Effect of the taint. V(NoSchedule), V(PreferNoSchedule) or V(NoExecute).
                    Empty means all of them.
                  type: str
                  returned: when the API sends it
                  sample: NoExecute
                tolerationSeconds:
                  description: How long the taint is tolerated, in seconds. Only for V(NoExecute).
                  type: int
                  returned: when the API sends it
                  sample: 300
            priority:
              description: Priority of the pod.
              type: int
              returned: when the API sends it
              sample: 0
            enableServiceLinks:
              description: Whether Services are put into the environment variables of the pod.
              type: bool
              returned: when the API sends it
              sample: true
            preemptionPolicy:
              description: Whether the pod may push away pods of lower priority. V(PreemptLowerPriority)
                or V(Never).
              type: str
              returned: when the API sends it
              sample: PreemptLowerPriority
        status:
          description: The actual state of the pod. C(reason), C(message), C(conditions) and C(initContainerStatuses)
            are not documented, and passed through when the API sends them.
          type: dict
          returned: when the API sends it
          contains:
            phase:
              description:
                - Where the pod is in its life.
                - V(Pending), it was accepted but is not ready. V(Running), it is on a node and at least
                  one container runs.
                - V(Succeeded), all containers have ended and are not started again. V(Failed), a container
                  ended in failure.
                - V(Unknown), its state cannot be obtained.
              type: str
              returned: when the API sends it
              sample: Pending
            hostIP:
              description: IP address of the host the pod is on.
              type: str
              returned: when the API sends it
              sample: 192.168.0.138
            startTime:
              description: When the kubelet took the pod. RFC 3339.
              type: str
              returned: when the API sends it
              sample: '2025-11-05T03:48:06Z'
            containerStatuses:
              description: State of each container. May be missing while the pod is V(Pending).
              type: list
              elements: dict
              returned: when the API sends it
              contains:
                name:
                  description: Name of the container.
                  type: str
                  returned: when the API sends it
                  sample: manager
                state:
                  description: What the container does now. One of these keys.
                  type: dict
                  returned: when the API sends it
                  contains:
                    waiting:
                      description: There while the container waits to be started, with C(reason) and
                        C(message).
                      type: dict
                      returned: while the container waits
                      sample:
                        reason: ContainerCreating
                    running:
                      description: There while the container runs, with C(startedAt) (RFC 3339).
                      type: dict
                      returned: while the container runs
                      sample:
                        startedAt: '2025-11-05T03:48:20Z'
                    terminated:
                      description: There when the container has ended, with C(exitCode) (int), C(reason),
                        C(startedAt) and C(finishedAt) (RFC 3339).
                      type: dict
                      returned: when the container has ended
                      sample:
                        exitCode: 137
                        reason: OOMKilled
                        startedAt: '2025-11-05T03:48:20Z'
                        finishedAt: '2025-11-05T03:52:41Z'
                lastState:
                  description: What the container did before it was last started, with the same keys
                    as C(state). Empty when it was never restarted. The API documents text, but it is
                    an object.
                  type: dict
                  returned: when the API sends it
                  sample: {}
                ready:
                  description: Whether the container passes its readiness probe.
                  type: bool
                  returned: when the API sends it
                  sample: false
                restartCount:
                  description: How often the container was restarted. Missing in the example of the
                    API, which does not mean 0.
                  type: int
                  returned: when the API sends it
                  sample: 0
                image:
                  description: Image of the container.
                  type: str
                  returned: when the API sends it
                  sample: xxxxxx
                imageID:
                  description: Id of the image. Empty until it was pulled.
                  type: str
                  returned: when the API sends it
                  sample: ''
                started:
                  description: Whether the container has started and runs steadily. The API documents
                    text, but it is a boolean.
                  type: bool
                  returned: when the API sends it
                  sample: false
    readiness:
      description: The judgement over this cluster alone.
      type: dict
      returned: always
      contains:
        verdict:
          description: V(ready), V(progressing), V(unknown) or V(failed), as in RV(readiness.verdict).
          type: str
          returned: always
          sample: ready
        findings:
          description: The findings about it, as in RV(readiness.findings).
          type: list
          elements: dict
          returned: always
          sample: []
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
  sample: ucs_gitops
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

from ..module_utils.endpoints.ucs_gitops import ENDPOINT
from ..module_utils.task.info import argument_spec, run_info


def main() -> None:
    run_info(AnsibleModule(argument_spec=argument_spec(ENDPOINT), supports_check_mode=True), ENDPOINT)


if __name__ == "__main__":
    main()
