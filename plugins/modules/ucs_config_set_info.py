# Copyright: Contributors to the huaweicloud.gitops project
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: ucs_config_set_info
short_description: Read what GitOps has applied in UCS clusters
version_added: 1.0.0
description:
  - Reads the config sets (Flux Kustomization objects, with the sources they follow) of one or many
    clusters in Ubiquitous Cloud Native Service (UCS) and judges them.
  - It tells whether the revision you expect is applied, not only fetched.
  - The API is C(GET /v1/configsets). It is asked once for each cluster. Names, fleets and labels are looked up
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
  limit:
    description:
      - How many config sets to ask for at a time. The module asks page after page, to the end of the list.
      - Left out, all config sets come in one answer.
    type: int
  offset:
    description:
      - Where in the list to start, from V(0). What stands before it is not read.
      - A part of a list proves nothing about the rest. When something was left out, RV(readiness.verdict)
        is V(unknown), with the finding C(LIST_INCOMPLETE).
      - The API does not say whether it counts config sets or pages. When it does not count config sets,
        reading page by page fails.
    type: int
  order_by:
    description: What to sort by. Left out, the service sorts by the time of creation.
    type: str
    choices:
      create_at: Time of creation.
      update_at: Time of the last update.
  order:
    description: Direction to sort in. Left out, the service sorts downwards.
    type: str
    choices:
      desc: Newest first.
      asc: Oldest first.
  managed_fields:
    description: Whether to return C(managedFields), which are long and rarely of use.
    type: bool
    default: false
  expect:
    description:
      - The config sets that must be there. When given, they and their sources alone decide; others are
        judged and listed, but do not count.
      - Without it, every config set and every source in the answer decides.
      - An entry needs a name or a source. It is looked for in each cluster, and every config set that it
        means decides.
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of the config set.
        type: str
      namespace:
        description: Namespace of the config set. Left out, any namespace.
        type: str
      source:
        description:
          - Name of the source that the config set follows, or its V(namespace/name).
          - Without O(expect[].name), it means every config set that follows this source.
        type: str
      revision:
        description:
          - Commit the config set must have applied.
          - A full hash, at least 7 hexadecimal digits of it, or a whole revision in the form V(branch@sha1:hash).
          - For a tag, give the commit the tag points to.
          - It is compared with C(lastAppliedRevision). Where the API does not send that, with C(lastAttemptedRevision),
            if the config set is ready.
        type: str
      acceptable_revisions:
        description: Revisions that are as good as O(expect[].revision), for example newer commits of
          the same branch.
        type: list
        elements: str
  on_superseded:
    description:
      - What it means when a new revision was applied that is not the expected one.
      - It takes more than one sample to see that. A single reading never does.
    type: str
    default: block
    choices:
      block: It is a failure that waiting does not heal.
      wait: The expected revision may still come.
      allow: It is a warning.
notes:
  - Huawei Cloud files this API under its outdated APIs. No date of removal is known.
  - An answer 404 with the code C(APIG.0101) (or C(APIGW.0101)) says that the API may have been withdrawn
    in your site.
  - The finding is then C(API_WITHDRAWN). It never counts as ready.
  - Flux reports C(Ready=Unknown) for some seconds at every interval. A single reading cannot tell that from
    a revision that is being applied. M(huaweicloud.gitops.gitops_gate) can, from its second sample on.
seealso:
  - module: huaweicloud.gitops.ucs_repository_source_info
  - module: huaweicloud.gitops.ucs_gitops_info
  - module: huaweicloud.gitops.gitops_gate
"""

EXAMPLES = r"""
---
- name: Read the config sets of one cluster
  huaweicloud.gitops.ucs_config_set_info:
    region: cn-north-4
    cluster_ids: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d

- name: Ask whether a commit is applied in several clusters
  huaweicloud.gitops.ucs_config_set_info:
    region: cn-north-4
    cluster_ids:
      - 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d
      - 51d3f1d2-9c1e-11ee-8f5b-0255ac100c5d
    expect:
      - name: podinfo
        namespace: default
        revision: 132f4e719209eb10b9485302f8593fc0e680f4fc
  register: applied

- name: Show what speaks against it
  ansible.builtin.debug:
    msg: "{{ applied.readiness.findings | map(attribute='message') }}"

- name: Ask whether everything that follows a source has applied a commit, or a newer one
  huaweicloud.gitops.ucs_config_set_info:
    region: cn-north-4
    cluster_ids: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d
    expect:
      - source: default/official-podinfo-repo-06
        revision: 132f4e7
        acceptable_revisions:
          - 9a1c3b2d4e5f60718293a4b5c6d7e8f901234567
    on_superseded: wait

- name: Read ten at a time, those that were updated last first, with everything
  huaweicloud.gitops.ucs_config_set_info:
    region: cn-north-4
    cluster_ids: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d
    order_by: update_at
    order: desc
    limit: 10
    offset: 0
    managed_fields: true

- name: Read only identity, state and times, and go on when a cluster cannot be read
  huaweicloud.gitops.ucs_config_set_info:
    region: cn-north-4
    cluster_ids: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d
    detail: summary
    on_error: report
  register: config_sets

- name: Require that everything is applied
  ansible.builtin.assert:
    that: config_sets.ready
    fail_msg: "{{ config_sets.readiness.findings | map(attribute='message') | join(', ') }}"

- name: Read the config sets of a fleet, and of clusters by name and by labels
  huaweicloud.gitops.ucs_config_set_info:
    region: cn-north-4
    fleets: prod
    cluster_names: [staging-eu, staging-us]
    cluster_labels:
      tier: edge

- name: Use an access key from the vault
  huaweicloud.gitops.ucs_config_set_info:
    region: cn-north-4
    access_key: "{{ vault_access_key }}"
    secret_key: "{{ vault_secret_key }}"
    cluster_ids: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d

- name: Use a token, of domain scope
  huaweicloud.gitops.ucs_config_set_info:
    region: cn-north-4
    auth_token: "{{ vault_token }}"
    cluster_ids: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d

- name: Use the name and password of an IAM user
  huaweicloud.gitops.ucs_config_set_info:
    region: cn-north-4
    username: "{{ vault_username }}"
    password: "{{ vault_password }}"
    domain_name: "{{ vault_domain_name }}"
    cluster_ids: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d

- name: Set the connection once for several tasks
  module_defaults:
    group/huaweicloud.gitops.api:
      region: cn-north-4
      request_timeout: 10
  block:
    - name: Read the config sets with these defaults
      huaweicloud.gitops.ucs_config_set_info:
        cluster_ids: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d
"""

RETURN = r"""
---
clusters:
  description:
    - The clusters that could be read, in the order asked.
    - The names of the fields of a config set are those of the API. Fields that are not listed here are
      passed through.
    - With O(detail=summary), a config set keeps only what identifies it, its state and its times.
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
    total:
      description: How many config sets the cluster has, on all pages. C(total) of the API.
      type: int
      returned: when the API sends it
      sample: 1
    config_sets:
      description: The config sets. C(items) of the API.
      type: list
      elements: dict
      returned: always
      contains:
        uid:
          description: UID of the config set.
          type: str
          returned: when the API sends it
          sample: 0b7f0c5e-5d6a-4f0e-8c43-7d0f1b1a9e02
        name:
          description: Name of the config set.
          type: str
          returned: when the API sends it
          sample: podinfo
        namespace:
          description: Namespace of the config set.
          type: str
          returned: when the API sends it
          sample: default
        configSetType:
          description: Type of the config set. No value of it is documented. Only kustomizations can be judged in full.
          type: str
          returned: when the API sends it
          sample: kustomization
        repoName:
          description: Name of the source.
          type: str
          returned: when the API sends it
          sample: official-podinfo-repo-06
        bucket:
          description: Where the source is a bucket, what is known of it.
          type: dict
          returned: when the API sends it
        helmChart:
          description: Where the source is a Helm chart, what is known of it.
          type: dict
          returned: when the API sends it
        helmRepository:
          description: Where the source is a Helm repository, what is known of it.
          type: dict
          returned: when the API sends it
        helmRelease:
          description: Where a Helm release is applied, its definition and state.
          type: dict
          returned: when the API sends it
        kustomization:
          description: What is applied. A Flux object of the kind Kustomization. Fields that are not listed here are passed through.
          type: dict
          returned: when the API sends it
          contains:
            metadata:
              description: Metadata of the object. C(deletionTimestamp) is not documented, and passed through when the API sends it.
              type: dict
              returned: when the API sends it
              contains:
                name:
                  description: Name of the object.
                  type: str
                  returned: when the API sends it
                  sample: podinfo
                namespace:
                  description: Namespace of the object.
                  type: str
                  returned: when the API sends it
                  sample: default
                uid:
                  description: UID of the object.
                  type: str
                  returned: when the API sends it
                  sample: 6f1f1b0a-3a7e-4d0c-9f0b-0c9d6a3f5b11
                resourceVersion:
                  description: Internal version of the object, for concurrency control.
                  type: str
                  returned: when the API sends it
                  sample: '726712'
                generation:
                  description: Generation of the desired state. It rises with every change of C(spec).
                  type: int
                  returned: when the API sends it
                  sample: 3
                creationTimestamp:
                  description: When the object was created. RFC 3339.
                  type: str
                  returned: when the API sends it
                  sample: '2023-03-16T07:58:58Z'
                finalizers:
                  description: What has to be cleaned up before the object is deleted.
                  type: list
                  elements: str
                  returned: when the API sends it
                  sample:
                    - finalizers.fluxcd.io
            spec:
              description: The desired state. C(suspend) is not documented, and passed through when the API sends it.
              type: dict
              returned: when the API sends it
              contains:
                path:
                  description: Folder of the source that is applied.
                  type: str
                  returned: when the API sends it
                  sample: ./kustomize
                interval:
                  description: How often it is applied again. A Go duration, for example V(1m0s) is one minute.
                  type: str
                  returned: when the API sends it
                  sample: 5m0s
                timeout:
                  description: How long it may take, health checks included. A Go duration. Left out, it is C(interval).
                  type: str
                  returned: when the API sends it
                  sample: 2m0s
                sourceRef:
                  description: The source it follows.
                  type: dict
                  returned: when the API sends it
                  contains:
                    kind:
                      description: Kind of the source, for example V(GitRepository).
                      type: str
                      returned: when the API sends it
                      sample: GitRepository
                    name:
                      description: Name of the source.
                      type: str
                      returned: when the API sends it
                      sample: official-podinfo-repo-06
                targetNamespace:
                  description: Namespace that is set on everything that is applied.
                  type: str
                  returned: when the API sends it
                  sample: shop
                prune:
                  description: Whether what is no longer in the source is deleted.
                  type: bool
                  returned: when the API sends it
                  sample: true
            status:
              description: The actual state.
              type: dict
              returned: when the API sends it
              contains:
                observedGeneration:
                  description: Generation the controller last finished with.
                  type: int
                  returned: when the API sends it
                  sample: 3
                conditions:
                  description: The current conditions.
                  type: list
                  elements: dict
                  returned: when the API sends it
                  contains:
                    type:
                      description: Type of the condition, for example V(Ready), V(Reconciling) or V(Stalled).
                      type: str
                      returned: when the API sends it
                      sample: Ready
                    status:
                      description: V(True), V(False) or V(Unknown). It is V(Unknown) while it is applied, at every interval too.
                      type: str
                      returned: when the API sends it
                      sample: 'True'
                    observedGeneration:
                      description: Generation the condition is about.
                      type: int
                      returned: when the API sends it
                      sample: 3
                    lastTransitionTime:
                      description: When the status, the reason or the message changed last. RFC 3339.
                      type: str
                      returned: when the API sends it
                      sample: '2023-03-16T08:21:03Z'
                    reason:
                      description: Reason, one word.
                      type: str
                      returned: when the API sends it
                      sample: ReconciliationSucceeded
                    message:
                      description: Message of the controller.
                      type: str
                      returned: when the API sends it
                      sample: 'Applied revision: master@sha1:132f4e719209eb10b9485302f8593fc0e680f4fc'
                lastAttemptedRevision:
                  description: Revision that was tried last, also in vain. By itself it proves nothing.
                  type: str
                  returned: when the API sends it
                  sample: master@sha1:132f4e719209eb10b9485302f8593fc0e680f4fc
                lastAppliedRevision:
                  description: Revision that was applied last, with success. Not documented, and passed through when the API sends it.
                  type: str
                  returned: when the API sends it
                  sample: master@sha1:132f4e719209eb10b9485302f8593fc0e680f4fc
        configSetStatus:
          description: What UCS makes of the config set. No value of it is documented.
          type: str
          returned: when the API sends it
          sample: Health
        # --- A Git repository: written by tools/module_returns
        gitRepository:
          description: The Git repository. A Flux object of the kind GitRepository. Fields that are
            not listed here are passed through.
          type: dict
          returned: when the API sends it
          contains:
            metadata:
              description: Metadata of the object. C(deletionTimestamp) is not documented, and passed
                through when the API sends it.
              type: dict
              returned: when the API sends it
              contains:
                name:
                  description: Name of the object.
                  type: str
                  returned: when the API sends it
                  sample: official-podinfo-repo-06
                namespace:
                  description: Namespace of the object.
                  type: str
                  returned: when the API sends it
                  sample: default
                uid:
                  description: UID of the object.
                  type: str
                  returned: when the API sends it
                  sample: 2ee7be10-8a01-4f10-ae85-e84dd46146eb
                resourceVersion:
                  description: Internal version of the object, for concurrency control.
                  type: str
                  returned: when the API sends it
                  sample: '726499'
                generation:
                  description: Generation of the desired state. It rises with every change of C(spec).
                  type: int
                  returned: when the API sends it
                  sample: 1
                creationTimestamp:
                  description: When the object was created. RFC 3339.
                  type: str
                  returned: when the API sends it
                  sample: '2023-03-16T07:58:56Z'
                finalizers:
                  description: What has to be cleaned up before the object is deleted.
                  type: list
                  elements: str
                  returned: when the API sends it
                  sample:
                    - finalizers.fluxcd.io
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
                      sample: Go-http-client
                    operation:
                      description: Kind of operation that made the entry. V(Apply) or V(Update).
                      type: str
                      returned: with O(managed_fields=true), when the API sends it
                      sample: Update
                    apiVersion:
                      description: Version of the resource API by which the manager names fields.
                      type: str
                      returned: with O(managed_fields=true), when the API sends it
                      sample: source.toolkit.fluxcd.io/v1beta2
                    time:
                      description: When the entry was created or last updated. RFC 3339.
                      type: str
                      returned: with O(managed_fields=true), when the API sends it
                      sample: '2023-03-16T07:58:56Z'
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
                        f:spec:
                          .: {}
                          f:interval: {}
                          f:timeout: {}
                          f:url: {}
            spec:
              description: The desired state. C(suspend) and C(gitImplementation) are not documented,
                and passed through when the API sends them.
              type: dict
              returned: when the API sends it
              contains:
                url:
                  description: Address of the Git repository. A user and password in it are masked.
                  type: str
                  returned: when the API sends it
                  sample: https://github.com/GitHubxsy/podinfo
                ref:
                  description: Git reference to check out. C(tag), C(semver), C(commit) and C(name)
                    are not documented, and passed through when the API sends them.
                  type: dict
                  returned: when the API sends it
                  contains:
                    branch:
                      description: Branch to check out. Without any reference it is V(master).
                      type: str
                      returned: when the API sends it
                      sample: master
                secretRef:
                  description: Secret with the credentials.
                  type: dict
                  returned: when the API sends it
                  contains:
                    name:
                      description: Name of the Secret. Its content is never returned.
                      type: str
                      returned: when the API sends it
                      sample: https-ca-credentials
                interval:
                  description: How often the repository is checked for updates. A Go duration, for example
                    V(1m0s) is one minute.
                  type: str
                  returned: when the API sends it
                  sample: 1m0s
                timeout:
                  description: How long a Git operation such as a clone may take. A Go duration. The
                    service's default is 60 seconds.
                  type: str
                  returned: when the API sends it
                  sample: 1m0s
            status:
              description: The actual state. May be empty on a new object.
              type: dict
              returned: when the API sends it
              contains:
                observedGeneration:
                  description: Generation the controller last finished with. V(-1) when it has not finished
                    with any. It stays behind while fetching fails.
                  type: int
                  returned: when the API sends it
                  sample: -1
                conditions:
                  description:
                    - The current conditions. The API documents them as plain objects; these are the
                      keys of its example.
                    - C(Reconciling), C(Stalled) and C(FetchFailed) are there only while they are true.
                  type: list
                  elements: dict
                  returned: when the API sends it
                  contains:
                    type:
                      description: Type of the condition, for example V(Ready), V(Reconciling), V(Stalled),
                        V(FetchFailed) or V(ArtifactInStorage).
                      type: str
                      returned: when the API sends it
                      sample: FetchFailed
                    status:
                      description: V(True), V(False) or V(Unknown).
                      type: str
                      returned: when the API sends it
                      sample: 'True'
                    observedGeneration:
                      description: Generation the condition is about.
                      type: int
                      returned: when the API sends it
                      sample: 1
                    lastTransitionTime:
                      description: When the status, the reason or the message changed last. RFC 3339.
                        With a message that changes it is the time of the last attempt.
                      type: str
                      returned: when the API sends it
                      sample: '2023-03-16T08:14:23Z'
                    reason:
                      description: Reason, one word.
                      type: str
                      returned: when the API sends it
                      sample: GitOperationFailed
                    message:
                      description: Message of the controller. A user and password in a URL are masked.
                      type: str
                      returned: when the API sends it
                      sample: 'failed to checkout and determine revision: unable to fetch-connect to
                        remote ''https://github.com/GitHubxsy/podinfo'': dial tcp: lookup github.com
                        on 10.247.3.10:53: i/o timeout'
                artifact:
                  description: What was fetched last. Missing until something was fetched.
                  type: dict
                  returned: when the API sends it
                  contains:
                    path:
                      description: Path of the file on the controller.
                      type: str
                      returned: when the API sends it
                      sample: gitrepository/default/podinfo/132f4e71.tar.gz
                    url:
                      description: HTTP address of the file, inside the cluster.
                      type: str
                      returned: when the API sends it
                      sample: http://source-controller.flux-system.svc.cluster.local./gitrepository/default/podinfo/132f4e71.tar.gz
                    revision:
                      description:
                        - Revision that was fetched, as V(branch@sha1:hash).
                        - Older controllers write V(branch/hash).
                      type: str
                      returned: when the API sends it
                      sample: master@sha1:132f4e719209eb10b9485302f8593fc0e680f4fc
                    digest:
                      description: Checksum of the file, as V(algorithm:checksum). It is not the commit.
                      type: str
                      returned: when the API sends it
                      sample: sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
                    lastUpdateTime:
                      description: When the file was updated last. RFC 3339.
                      type: str
                      returned: when the API sends it
                      sample: '2023-03-16T08:20:11Z'
                    size:
                      description: Size of the file in bytes.
                      type: int
                      returned: when the API sends it
                      sample: 91318
        repoStatus:
          description:
            - What UCS makes of the source. Missing in the example of the API.
            - V(Health), it works. V(Progressing), it is being worked on. V(Failed), it does not work.
              V(Unknown), UCS cannot tell.
          type: str
          returned: when the API sends it
          sample: Health
        clusterInfo:
          description: The cluster of the source. May be empty.
          type: dict
          returned: when the API sends it
          contains:
            clusterID:
              description: Id of the cluster.
              type: str
              returned: when the API sends it
              sample: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d
            clusterName:
              description: Name of the cluster.
              type: str
              returned: when the API sends it
              sample: shop-production
            clusterPath:
              description: Path of the cluster.
              type: str
              returned: when the API sends it
              sample: /shop-production
        secretInfo:
          description: How the repository is logged in to. May be empty. The field C(secret) of the
            API holds the credential and is always removed.
          type: dict
          returned: when the API sends it
          contains:
            authMode:
              description: Way of authentication.
              type: str
              returned: when the API sends it
              sample: https
        # ---
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
  sample: ucs_config_set
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

from ..module_utils.endpoints.ucs_config_set import ENDPOINT
from ..module_utils.task.info import argument_spec, run_info


def main() -> None:
    run_info(AnsibleModule(argument_spec=argument_spec(ENDPOINT), supports_check_mode=True), ENDPOINT)


if __name__ == "__main__":
    main()
