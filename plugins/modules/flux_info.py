# Copyright: Contributors to the huaweicloud.gitops project
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: flux_info
short_description: Read Flux from the Kubernetes API of clusters
version_added: 1.0.0
description:
  - Reads the sources, kustomizations, Helm releases and controller pods of Flux from the Kubernetes API
    of one or many clusters, and judges them.
  - It tells whether each source has fetched, and each kustomization has applied, the revision you expect,
    and whether the controllers run.
  - The rules are those for the answers of UCS, so the same objects have the same verdicts. It needs no
    UCS, and serves any Flux in any cluster.
  - It only lists objects of the kinds that are named here. It never reads a Secret.
author:
  - Contributors to the huaweicloud.gitops project (!UNKNOWN)
extends_documentation_fragment:
  - huaweicloud.gitops.info
  - huaweicloud.gitops.info.judging
  - huaweicloud.gitops.connection
  - huaweicloud.gitops.attributes
requirements:
  - kubernetes >= 24.2, in the Python that runs the module.
options:
  contexts:
    description:
      - Contexts of O(kubeconfig) to read, one for each cluster. One or many.
      - They are read side by side. The answer has them in this order.
      - There is no default. What the kubeconfig calls its current context changes too easily.
    type: list
    elements: str
    required: true
    aliases:
      - context
  namespaces:
    description:
      - Namespaces in which sources, kustomizations and Helm releases are looked for. Left out, all of them.
      - With it, the permission to list them in these namespaces is enough.
      - The controllers are always looked for in C(flux-system).
    type: list
    elements: str
  managed_fields:
    description: Whether to return C(managedFields), which are long and rarely of use.
    type: bool
    default: false
  controllers:
    description:
      - Controllers that must have a pod, by the label C(app) of the pods.
      - Every workload in the namespace decides, whatever stands here.
      - A controller that is demanded must have its kind of objects installed too, C(kustomize-controller)
        the kind Kustomization and C(helm-controller) the kind HelmRelease. The kind GitRepository is always
        demanded.
      - With an empty list, no controller is demanded.
    type: list
    elements: str
    default:
      - source-controller
      - kustomize-controller
  enabling:
    description:
      - Whether Flux is being installed right now.
      - A cluster without Flux is then V(progressing) until O(stuck_after) is over. Otherwise it is V(failed)
        at once.
    type: bool
    default: false
  restart_max:
    description:
      - How many restarts of a container are too many. More make it V(failed).
      - Left out, many restarts are only a warning.
    type: int
  expect:
    description:
      - The sources that must be there. When given, they alone decide, with the kustomizations and Helm
        releases that follow them; others are judged and listed, but do not count.
      - Without it and without O(expect_kustomizations), everything decides.
      - O(expect[].name) and O(expect[].namespace) choose the source. Without a name, O(expect[].url)
        chooses it.
      - An entry needs a name or a URL. It is looked for in each cluster.
    type: list
    elements: dict
    suboptions:
      kind:
        description: Kind of the source.
        type: str
        default: GitRepository
        choices:
          - GitRepository
          - OCIRepository
          - Bucket
          - HelmRepository
      name:
        description: Name of the source.
        type: str
      namespace:
        description: Namespace of the source. Left out, any namespace.
        type: str
      url:
        description: Address the source must have. User, default port, C(.git) and a closing slash do not
          count, nor does the case of the host.
        type: str
      branch:
        description: Branch the source must follow. Only for the kind V(GitRepository).
        type: str
      revision:
        description:
          - Commit the source must have fetched, or the digest of an artifact.
          - A full hash, at least 7 hexadecimal digits of it, or a whole revision in the form V(branch@sha1:hash).
          - For a tag, give the commit the tag points to.
          - An equal revision proves that the source was fetched, not that it was applied.
        type: str
      acceptable_revisions:
        description: Revisions that are as good as O(expect[].revision), for example newer commits of
          the same branch.
        type: list
        elements: str
  expect_kustomizations:
    description:
      - The kustomizations that must be there. When given, they alone decide; others, and Helm releases, are
        judged and listed, but do not count.
      - Without O(expect), the sources that they follow decide as well.
      - An entry needs a name or a source. It is looked for in each cluster.
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of the kustomization.
        type: str
      namespace:
        description: Namespace of the kustomization. Left out, any namespace.
        type: str
      source:
        description: Name of the source it follows, or its V(namespace/name). Every kustomization that follows it is
          meant.
        type: str
      revision:
        description:
          - Commit the kustomization must have applied.
          - A full hash, at least 7 hexadecimal digits of it, or a whole revision in the form V(branch@sha1:hash).
        type: str
      acceptable_revisions:
        description: Revisions that are as good as O(expect_kustomizations[].revision).
        type: list
        elements: str
  on_superseded:
    description:
      - What it means when another revision came instead of the expected one.
      - It takes more than one sample to see that. A single reading never does.
    type: str
    default: block
    choices:
      block: It is a failure that waiting does not heal.
      wait: The expected revision may still come.
      allow: It is a warning.
notes:
  - Of the connection options only O(kubeconfig), O(validate_certs), O(ca_path), O(request_timeout), O(request_retries),
    O(total_timeout) and O(max_concurrency) count here. Region, endpoints and credentials of Huawei Cloud are not used.
  - Tokens, client certificates and credential plugins of the kubeconfig work. A plugin has O(request_timeout), and no
    terminal. What it writes is never shown.
  - TLS certificates are checked, unless the kubeconfig itself says C(insecure-skip-tls-verify), or O(validate_certs=false).
  - A ClusterRole with the permissions it needs is in the guide From UCS to Kubernetes.
seealso:
  - module: huaweicloud.gitops.ucs_repository_source_info
  - module: huaweicloud.gitops.ucs_config_set_info
  - module: huaweicloud.gitops.ucs_gitops_info
  - module: huaweicloud.gitops.gitops_gate
  - name: Flux
    description: Documentation of Flux.
    link: https://fluxcd.io/flux/components/
"""

EXAMPLES = r"""
---
- name: Read Flux in one cluster
  huaweicloud.gitops.flux_info:
    contexts: prod

- name: Read Flux in several clusters, of a kubeconfig of its own
  huaweicloud.gitops.flux_info:
    kubeconfig: ~/.kube/prod.yaml
    contexts:
      - prod
      - prod-eu

- name: Ask whether a source has fetched the commit to deploy, and a kustomization has applied it
  huaweicloud.gitops.flux_info:
    contexts: prod
    expect:
      - name: podinfo
        namespace: default
        branch: main
        revision: 132f4e719209eb10b9485302f8593fc0e680f4fc
    expect_kustomizations:
      - name: podinfo
        namespace: default
        revision: 132f4e719209eb10b9485302f8593fc0e680f4fc
  register: podinfo

- name: Show what speaks against it
  ansible.builtin.debug:
    msg: "{{ podinfo.readiness.findings | map(attribute='message') }}"

- name: Expect an artifact in a registry, in namespaces that may be read
  huaweicloud.gitops.flux_info:
    contexts: prod
    namespaces:
      - default
    expect:
      - kind: OCIRepository
        name: manifests
        revision: latest@sha256:3b6cdcc7adcc9a84d3214ee1c029543789d90b5ae69debe9efa3f66e982875de
        acceptable_revisions:
          - 9a1c3b2d4e5f60718293a4b5c6d7e8f901234567
    on_superseded: wait

- name: Expect one more controller and few restarts
  huaweicloud.gitops.flux_info:
    contexts: prod
    controllers:
      - source-controller
      - kustomize-controller
      - helm-controller
    restart_max: 10

- name: Read a cluster on which Flux was installed just now
  huaweicloud.gitops.flux_info:
    contexts: prod
    enabling: true
    stuck_after: 600

- name: Expect whatever follows a source, wherever it comes from
  huaweicloud.gitops.flux_info:
    contexts: prod
    expect:
      - url: https://github.com/GitHubxsy/podinfo
    expect_kustomizations:
      - source: default/podinfo
        revision: 132f4e7
        acceptable_revisions:
          - 9a1c3b2d4e5f60718293a4b5c6d7e8f901234567

- name: Read everything, who manages which field included
  huaweicloud.gitops.flux_info:
    contexts: prod
    managed_fields: true

- name: Read only identity, state and times, and go on when a cluster cannot be read
  huaweicloud.gitops.flux_info:
    contexts:
      - prod
      - prod-eu
    detail: summary
    on_error: report
  register: flux

- name: Require that everything is ready
  ansible.builtin.assert:
    that: flux.ready
    fail_msg: "{{ flux.readiness.findings | map(attribute='message') | join(', ') }}"

- name: Set the kubeconfig once for several tasks
  module_defaults:
    group/huaweicloud.gitops.api:
      kubeconfig: ~/.kube/prod.yaml
      request_timeout: 10
  block:
    - name: Read Flux with these defaults
      huaweicloud.gitops.flux_info:
        contexts: prod
"""

RETURN = r"""
---
contexts:
  description:
    - The clusters that could be read, in the order asked.
    - Of a cluster that could be read in part, a kind that could not be read is missing. RV(errors) says why.
    - The names of the fields of an object are those of Kubernetes. Fields that are not listed here are passed
      through.
    - With O(detail=summary), an object keeps only what identifies it, its state and its times.
  type: list
  elements: dict
  returned: once reading began, also when the task fails; not when O(detail=packed)
  contains:
    context:
      description: Context that was asked for.
      type: str
      returned: always
      sample: prod
    read_at:
      description: The moment before its first request, by the earlier of the local clock and that of the service. RFC 3339, UTC.
      type: str
      returned: always
      sample: '2025-12-01T08:00:00Z'
    cluster:
      description: Name that the kubeconfig has for the cluster.
      type: str
      returned: always
      sample: prod-cluster
    server:
      description: Address of the Kubernetes API.
      type: str
      returned: always
      sample: https://192.168.0.10:5443
    git_repositories:
      description: The sources of the kind GitRepository.
      type: list
      elements: dict
      returned: when it could be read
      contains:
        # --- A Flux object: written by tools/module_returns
        apiVersion:
          description: API group and version in which the object was read.
          type: str
          returned: when the API sends it
          sample: source.toolkit.fluxcd.io/v1
        kind:
          description: Kind of the object.
          type: str
          returned: when the API sends it
          sample: GitRepository
        metadata:
          description: Metadata of the object. Fields that are not listed here are passed through.
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
              sample: 2ee7be10-8a01-4f10-ae85-e84dd46146eb
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
            resourceVersion:
              description: Internal version of the object, for concurrency control.
              type: str
              returned: when the API sends it
              sample: '726499'
            finalizers:
              description: What has to be cleaned up before the object is deleted.
              type: list
              elements: str
              returned: when the API sends it
              sample:
                - finalizers.fluxcd.io
            deletionTimestamp:
              description: When it was asked to delete the object. RFC 3339.
              type: str
              returned: while the object is being deleted
              sample: '2023-03-16T07:58:56Z'
            managedFields:
              description: Who manages which field. Only with O(managed_fields=true).
              type: list
              elements: dict
              returned: with O(managed_fields=true), when the API sends it
        spec:
          description: The desired state, as the documentation of Flux has it. A user and password in a URL are masked.
          type: dict
          returned: when the API sends it
          sample:
            interval: 1m0s
        status:
          description: The actual state. Fields that are not listed here are passed through.
          type: dict
          returned: when the API sends it
          contains:
            observedGeneration:
              description: Generation the controller last finished with.
              type: int
              returned: when the API sends it
              sample: 1
            conditions:
              description: The current conditions, each with C(type), C(status), C(reason), C(message) and
                C(lastTransitionTime).
              type: list
              elements: dict
              returned: when the API sends it
            artifact:
              description: What a source has fetched last, with C(revision) and C(lastUpdateTime).
              type: dict
              returned: when the API sends it
              sample:
                revision: main@sha1:132f4e719209eb10b9485302f8593fc0e680f4fc
            lastAttemptedRevision:
              description: Revision that a kustomization tried to apply last, also in vain.
              type: str
              returned: when the API sends it
              sample: main@sha1:132f4e719209eb10b9485302f8593fc0e680f4fc
            lastAppliedRevision:
              description: Revision that a kustomization applied last.
              type: str
              returned: when the API sends it
              sample: main@sha1:132f4e719209eb10b9485302f8593fc0e680f4fc
        # ---
    oci_repositories:
      description: The sources of the kind OCIRepository.
      type: list
      elements: dict
      returned: when it could be read
      contains:
        # --- A Flux object: written by tools/module_returns
        apiVersion:
          description: API group and version in which the object was read.
          type: str
          returned: when the API sends it
          sample: source.toolkit.fluxcd.io/v1
        kind:
          description: Kind of the object.
          type: str
          returned: when the API sends it
          sample: GitRepository
        metadata:
          description: Metadata of the object. Fields that are not listed here are passed through.
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
              sample: 2ee7be10-8a01-4f10-ae85-e84dd46146eb
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
            resourceVersion:
              description: Internal version of the object, for concurrency control.
              type: str
              returned: when the API sends it
              sample: '726499'
            finalizers:
              description: What has to be cleaned up before the object is deleted.
              type: list
              elements: str
              returned: when the API sends it
              sample:
                - finalizers.fluxcd.io
            deletionTimestamp:
              description: When it was asked to delete the object. RFC 3339.
              type: str
              returned: while the object is being deleted
              sample: '2023-03-16T07:58:56Z'
            managedFields:
              description: Who manages which field. Only with O(managed_fields=true).
              type: list
              elements: dict
              returned: with O(managed_fields=true), when the API sends it
        spec:
          description: The desired state, as the documentation of Flux has it. A user and password in a URL are masked.
          type: dict
          returned: when the API sends it
          sample:
            interval: 1m0s
        status:
          description: The actual state. Fields that are not listed here are passed through.
          type: dict
          returned: when the API sends it
          contains:
            observedGeneration:
              description: Generation the controller last finished with.
              type: int
              returned: when the API sends it
              sample: 1
            conditions:
              description: The current conditions, each with C(type), C(status), C(reason), C(message) and
                C(lastTransitionTime).
              type: list
              elements: dict
              returned: when the API sends it
            artifact:
              description: What a source has fetched last, with C(revision) and C(lastUpdateTime).
              type: dict
              returned: when the API sends it
              sample:
                revision: main@sha1:132f4e719209eb10b9485302f8593fc0e680f4fc
            lastAttemptedRevision:
              description: Revision that a kustomization tried to apply last, also in vain.
              type: str
              returned: when the API sends it
              sample: main@sha1:132f4e719209eb10b9485302f8593fc0e680f4fc
            lastAppliedRevision:
              description: Revision that a kustomization applied last.
              type: str
              returned: when the API sends it
              sample: main@sha1:132f4e719209eb10b9485302f8593fc0e680f4fc
        # ---
    buckets:
      description: The sources of the kind Bucket.
      type: list
      elements: dict
      returned: when it could be read
      contains:
        # --- A Flux object: written by tools/module_returns
        apiVersion:
          description: API group and version in which the object was read.
          type: str
          returned: when the API sends it
          sample: source.toolkit.fluxcd.io/v1
        kind:
          description: Kind of the object.
          type: str
          returned: when the API sends it
          sample: GitRepository
        metadata:
          description: Metadata of the object. Fields that are not listed here are passed through.
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
              sample: 2ee7be10-8a01-4f10-ae85-e84dd46146eb
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
            resourceVersion:
              description: Internal version of the object, for concurrency control.
              type: str
              returned: when the API sends it
              sample: '726499'
            finalizers:
              description: What has to be cleaned up before the object is deleted.
              type: list
              elements: str
              returned: when the API sends it
              sample:
                - finalizers.fluxcd.io
            deletionTimestamp:
              description: When it was asked to delete the object. RFC 3339.
              type: str
              returned: while the object is being deleted
              sample: '2023-03-16T07:58:56Z'
            managedFields:
              description: Who manages which field. Only with O(managed_fields=true).
              type: list
              elements: dict
              returned: with O(managed_fields=true), when the API sends it
        spec:
          description: The desired state, as the documentation of Flux has it. A user and password in a URL are masked.
          type: dict
          returned: when the API sends it
          sample:
            interval: 1m0s
        status:
          description: The actual state. Fields that are not listed here are passed through.
          type: dict
          returned: when the API sends it
          contains:
            observedGeneration:
              description: Generation the controller last finished with.
              type: int
              returned: when the API sends it
              sample: 1
            conditions:
              description: The current conditions, each with C(type), C(status), C(reason), C(message) and
                C(lastTransitionTime).
              type: list
              elements: dict
              returned: when the API sends it
            artifact:
              description: What a source has fetched last, with C(revision) and C(lastUpdateTime).
              type: dict
              returned: when the API sends it
              sample:
                revision: main@sha1:132f4e719209eb10b9485302f8593fc0e680f4fc
            lastAttemptedRevision:
              description: Revision that a kustomization tried to apply last, also in vain.
              type: str
              returned: when the API sends it
              sample: main@sha1:132f4e719209eb10b9485302f8593fc0e680f4fc
            lastAppliedRevision:
              description: Revision that a kustomization applied last.
              type: str
              returned: when the API sends it
              sample: main@sha1:132f4e719209eb10b9485302f8593fc0e680f4fc
        # ---
    helm_repositories:
      description: The sources of the kind HelmRepository. Those of the type V(oci) state no conditions, and
        do not count unless they are expected.
      type: list
      elements: dict
      returned: when it could be read
      contains:
        # --- A Flux object: written by tools/module_returns
        apiVersion:
          description: API group and version in which the object was read.
          type: str
          returned: when the API sends it
          sample: source.toolkit.fluxcd.io/v1
        kind:
          description: Kind of the object.
          type: str
          returned: when the API sends it
          sample: GitRepository
        metadata:
          description: Metadata of the object. Fields that are not listed here are passed through.
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
              sample: 2ee7be10-8a01-4f10-ae85-e84dd46146eb
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
            resourceVersion:
              description: Internal version of the object, for concurrency control.
              type: str
              returned: when the API sends it
              sample: '726499'
            finalizers:
              description: What has to be cleaned up before the object is deleted.
              type: list
              elements: str
              returned: when the API sends it
              sample:
                - finalizers.fluxcd.io
            deletionTimestamp:
              description: When it was asked to delete the object. RFC 3339.
              type: str
              returned: while the object is being deleted
              sample: '2023-03-16T07:58:56Z'
            managedFields:
              description: Who manages which field. Only with O(managed_fields=true).
              type: list
              elements: dict
              returned: with O(managed_fields=true), when the API sends it
        spec:
          description: The desired state, as the documentation of Flux has it. A user and password in a URL are masked.
          type: dict
          returned: when the API sends it
          sample:
            interval: 1m0s
        status:
          description: The actual state. Fields that are not listed here are passed through.
          type: dict
          returned: when the API sends it
          contains:
            observedGeneration:
              description: Generation the controller last finished with.
              type: int
              returned: when the API sends it
              sample: 1
            conditions:
              description: The current conditions, each with C(type), C(status), C(reason), C(message) and
                C(lastTransitionTime).
              type: list
              elements: dict
              returned: when the API sends it
            artifact:
              description: What a source has fetched last, with C(revision) and C(lastUpdateTime).
              type: dict
              returned: when the API sends it
              sample:
                revision: main@sha1:132f4e719209eb10b9485302f8593fc0e680f4fc
            lastAttemptedRevision:
              description: Revision that a kustomization tried to apply last, also in vain.
              type: str
              returned: when the API sends it
              sample: main@sha1:132f4e719209eb10b9485302f8593fc0e680f4fc
            lastAppliedRevision:
              description: Revision that a kustomization applied last.
              type: str
              returned: when the API sends it
              sample: main@sha1:132f4e719209eb10b9485302f8593fc0e680f4fc
        # ---
    kustomizations:
      description: What kustomize-controller applies, objects of the kind Kustomization.
      type: list
      elements: dict
      returned: when it could be read
      contains:
        # --- A Flux object: written by tools/module_returns
        apiVersion:
          description: API group and version in which the object was read.
          type: str
          returned: when the API sends it
          sample: source.toolkit.fluxcd.io/v1
        kind:
          description: Kind of the object.
          type: str
          returned: when the API sends it
          sample: GitRepository
        metadata:
          description: Metadata of the object. Fields that are not listed here are passed through.
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
              sample: 2ee7be10-8a01-4f10-ae85-e84dd46146eb
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
            resourceVersion:
              description: Internal version of the object, for concurrency control.
              type: str
              returned: when the API sends it
              sample: '726499'
            finalizers:
              description: What has to be cleaned up before the object is deleted.
              type: list
              elements: str
              returned: when the API sends it
              sample:
                - finalizers.fluxcd.io
            deletionTimestamp:
              description: When it was asked to delete the object. RFC 3339.
              type: str
              returned: while the object is being deleted
              sample: '2023-03-16T07:58:56Z'
            managedFields:
              description: Who manages which field. Only with O(managed_fields=true).
              type: list
              elements: dict
              returned: with O(managed_fields=true), when the API sends it
        spec:
          description: The desired state, as the documentation of Flux has it. A user and password in a URL are masked.
          type: dict
          returned: when the API sends it
          sample:
            interval: 1m0s
        status:
          description: The actual state. Fields that are not listed here are passed through.
          type: dict
          returned: when the API sends it
          contains:
            observedGeneration:
              description: Generation the controller last finished with.
              type: int
              returned: when the API sends it
              sample: 1
            conditions:
              description: The current conditions, each with C(type), C(status), C(reason), C(message) and
                C(lastTransitionTime).
              type: list
              elements: dict
              returned: when the API sends it
            artifact:
              description: What a source has fetched last, with C(revision) and C(lastUpdateTime).
              type: dict
              returned: when the API sends it
              sample:
                revision: main@sha1:132f4e719209eb10b9485302f8593fc0e680f4fc
            lastAttemptedRevision:
              description: Revision that a kustomization tried to apply last, also in vain.
              type: str
              returned: when the API sends it
              sample: main@sha1:132f4e719209eb10b9485302f8593fc0e680f4fc
            lastAppliedRevision:
              description: Revision that a kustomization applied last.
              type: str
              returned: when the API sends it
              sample: main@sha1:132f4e719209eb10b9485302f8593fc0e680f4fc
        # ---
    helm_releases:
      description: What helm-controller applies, objects of the kind HelmRelease.
      type: list
      elements: dict
      returned: when it could be read
      contains:
        # --- A Flux object: written by tools/module_returns
        apiVersion:
          description: API group and version in which the object was read.
          type: str
          returned: when the API sends it
          sample: source.toolkit.fluxcd.io/v1
        kind:
          description: Kind of the object.
          type: str
          returned: when the API sends it
          sample: GitRepository
        metadata:
          description: Metadata of the object. Fields that are not listed here are passed through.
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
              sample: 2ee7be10-8a01-4f10-ae85-e84dd46146eb
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
            resourceVersion:
              description: Internal version of the object, for concurrency control.
              type: str
              returned: when the API sends it
              sample: '726499'
            finalizers:
              description: What has to be cleaned up before the object is deleted.
              type: list
              elements: str
              returned: when the API sends it
              sample:
                - finalizers.fluxcd.io
            deletionTimestamp:
              description: When it was asked to delete the object. RFC 3339.
              type: str
              returned: while the object is being deleted
              sample: '2023-03-16T07:58:56Z'
            managedFields:
              description: Who manages which field. Only with O(managed_fields=true).
              type: list
              elements: dict
              returned: with O(managed_fields=true), when the API sends it
        spec:
          description: The desired state, as the documentation of Flux has it. A user and password in a URL are masked.
          type: dict
          returned: when the API sends it
          sample:
            interval: 1m0s
        status:
          description: The actual state. Fields that are not listed here are passed through.
          type: dict
          returned: when the API sends it
          contains:
            observedGeneration:
              description: Generation the controller last finished with.
              type: int
              returned: when the API sends it
              sample: 1
            conditions:
              description: The current conditions, each with C(type), C(status), C(reason), C(message) and
                C(lastTransitionTime).
              type: list
              elements: dict
              returned: when the API sends it
            artifact:
              description: What a source has fetched last, with C(revision) and C(lastUpdateTime).
              type: dict
              returned: when the API sends it
              sample:
                revision: main@sha1:132f4e719209eb10b9485302f8593fc0e680f4fc
            lastAttemptedRevision:
              description: Revision that a kustomization tried to apply last, also in vain.
              type: str
              returned: when the API sends it
              sample: main@sha1:132f4e719209eb10b9485302f8593fc0e680f4fc
            lastAppliedRevision:
              description: Revision that a kustomization applied last.
              type: str
              returned: when the API sends it
              sample: main@sha1:132f4e719209eb10b9485302f8593fc0e680f4fc
        # ---
    pods:
      description: The pods in the namespace C(flux-system), as RV(huaweicloud.gitops.ucs_gitops_info#module:clusters[].pods).
      type: list
      elements: dict
      returned: when it could be read
    readiness:
      description: The judgement over this cluster alone. It is built as RV(readiness).
      type: dict
      returned: always, unless O(detail=packed)
endpoint:
  description: Short name of the endpoint that was read.
  type: str
  returned: once reading began, also when the task fails
  sample: flux
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

from ..module_utils.endpoints.flux import ENDPOINT
from ..module_utils.task.info import argument_spec, run_info


def main() -> None:
    run_info(AnsibleModule(argument_spec=argument_spec(ENDPOINT), supports_check_mode=True), ENDPOINT)


if __name__ == "__main__":
    main()
