# Copyright: Contributors to the huaweicloud.gitops project
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: flux_manifest_info
short_description: Read what a Git checkout declares for Flux
version_added: 1.0.0
description:
  - Reads the GitRepository, Kustomization and HelmRelease documents of a local checkout and judges them.
  - It tells what is broken, and what does not keep to the policy, each with file and line.
  - It sends nothing, and needs neither a region nor credentials.
  - In M(huaweicloud.gitops.gitops_gate) it is the check C(declared), which also compares with what is live.
author:
  - Contributors to the huaweicloud.gitops project (!UNKNOWN)
requirements:
  - ruamel.yaml 0.18 or later
extends_documentation_fragment:
  - huaweicloud.gitops.attributes.local
options:
  paths:
    description:
      - Folders and files to read, one or many. Each is an entry of the result, and compared by itself.
      - Relative to O(checkout). Without that, to where the module runs, on the controller the folder of the playbook.
    type: list
    elements: path
    default: ["."]
    aliases: [path]
  checkout:
    description:
      - Root of the checkout. Nothing outside it is read, and files are named relative to it.
      - Left out, it is the nearest folder around each path that has C(.git), else the path itself.
    type: path
  rendered:
    description:
      - What C(kubectl kustomize) or C(flux build) printed. It is read in the place of the files of the one path.
    type: str
  detail:
    description: How much of each object to return. Judging always uses everything.
    type: str
    default: full
    choices:
      full: Everything but C(spec.values) of a HelmRelease, which may hold secrets.
      summary: Only what the rules look at.
      packed: As V(summary), with the list of objects as one JSON text in RV(packed), for the option C(readings)
        of M(huaweicloud.gitops.gitops_gate).
  policy:
    description:
      - What each rule is. C(off), C(warning) or C(blocking).
      - What is broken always blocks, and so does what could not be read.
    type: dict
    suboptions:
      url_insecure:
        description: The URL of a source is plain http or git.
        type: str
        choices: ["off", warning, blocking]
        default: blocking
      url_credentials:
        description: The URL of a source holds a password or a token.
        type: str
        choices: ["off", warning, blocking]
        default: blocking
      host_not_allowed:
        description: The URL of a source has a host that O(allowed_hosts) does not have.
        type: str
        choices: ["off", warning, blocking]
        default: blocking
      ref_not_pinned:
        description: A source follows another ref than O(pinned_to) and O(allowed_branches) demand.
        type: str
        choices: ["off", warning, blocking]
        default: blocking
      no_secret:
        description: A source that needs a secret names none. These are URLs with ssh, and private repositories.
        type: str
        choices: ["off", warning, blocking]
        default: warning
      prune_off:
        description: A Kustomization has C(prune) switched off.
        type: str
        choices: ["off", warning, blocking]
        default: warning
      interval_long:
        description: An interval is longer than O(max_interval).
        type: str
        choices: ["off", warning, blocking]
        default: warning
      duplicate:
        description: Two documents of one folder declare the same object.
        type: str
        choices: ["off", warning, blocking]
        default: blocking
      not_resolved:
        description: Something changes a document before it is applied, and is not resolved here.
        type: str
        choices: ["off", warning, blocking]
        default: warning
      undeclared:
        description: In a gate, something is live that is declared nowhere.
        type: str
        choices: ["off", warning, blocking]
        default: warning
  allowed_hosts:
    description:
      - Hosts that sources may be fetched from, as globs, such as V(*.example.com). Ports do not count.
      - Left out, every host is allowed.
    type: list
    elements: str
  pinned_to:
    description:
      - What every source must follow at least.
      - V(branch), a ref that is stated, and not the default of Flux. V(tag), a tag, a semver range or a commit. V(commit), a commit by
        its hash.
      - Left out, nothing is demanded.
    type: str
    choices: [branch, tag, commit]
  allowed_branches:
    description:
      - Branches that sources may follow, as globs, such as V(release/*). Left out, every branch is allowed.
      - A name that is neither a branch nor a tag, such as V(refs/pull/1/head), has to fit as well.
    type: list
    elements: str
  private_repositories:
    description: Repositories that are private, as globs on host and path, such as V(git.example.com/shop/*).
    type: list
    elements: str
  max_interval:
    description: Longest interval of any object, such as V(10m). Left out, nothing is demanded.
    type: str
  clusters:
    description:
      - In a gate, the clusters that it is declared for, as globs on their ids or names.
      - Left out, it is for every cluster that the checks of the gate read.
    type: list
    elements: str
notes:
  - Kustomize overlays and the substitutions of Flux are not built. What they change is named in RV(paths[].not_resolved).
  - Files that are encrypted with SOPS are named in RV(paths[].skipped), and not read.
  - Only files that hold a document of these kinds are parsed, so that templates of other tools do no harm.
  - A checkout without any such document is never ready. The finding is C(DECLARED_NONE).
seealso:
  - module: huaweicloud.gitops.gitops_gate
  - module: huaweicloud.gitops.ucs_repository_source_info
"""

EXAMPLES = r"""
---
- name: Check what this repository declares
  huaweicloud.gitops.flux_manifest_info:
    path: "{{ playbook_dir }}"
  register: declared

- name: Show each finding with its place
  ansible.builtin.debug:
    msg: "{{ declared.readiness.findings | map(attribute='message') }}"

- name: Demand more than the defaults do
  huaweicloud.gitops.flux_manifest_info:
    checkout: "{{ playbook_dir }}"
    paths: [clusters/production, apps]
    allowed_hosts: [git.example.com, "*.myhuaweicloud.com"]
    pinned_to: tag
    max_interval: 10m
    policy:
      prune_off: blocking
      not_resolved: "off"

- name: Check what kubectl kustomize has printed, in the place of an overlay
  huaweicloud.gitops.flux_manifest_info:
    path: "{{ playbook_dir }}/apps"
    rendered: "{{ lookup('ansible.builtin.file', playbook_dir ~ '/apps.rendered') }}"

- name: Read the sources alone, for a template
  huaweicloud.gitops.flux_manifest_info:
    path: "{{ playbook_dir }}/clusters/production"
    detail: summary
  register: production

- name: Show what they fetch
  ansible.builtin.debug:
    msg: "{{ production.paths[0].manifests | selectattr('kind', '==', 'GitRepository') | map(attribute='spec.url') }}"

- name: Read it for a gate that decides over several readings
  huaweicloud.gitops.flux_manifest_info:
    path: "{{ playbook_dir }}"
    detail: packed
  register: reading

- name: Decide
  huaweicloud.gitops.gitops_gate:
    readings: ["{{ reading }}"]
"""

RETURN = r"""
---
paths:
  description: What was read, an entry for each of O(paths).
  type: list
  elements: dict
  returned: once reading began, also when the task fails; not when O(detail=packed)
  contains:
    path:
      description: The path as it was given.
      type: str
      returned: always
      sample: clusters/production
    read_at:
      description: When it was read. RFC 3339, UTC.
      type: str
      returned: always
      sample: '2025-12-01T08:00:00Z'
    start:
      description: The path relative to its checkout.
      type: str
      returned: always
      sample: clusters/production
    files:
      description: How many files were looked at.
      type: int
      returned: always
      sample: 12
    manifests:
      description: The documents.
      type: list
      elements: dict
      returned: always
      contains:
        file:
          description: File, relative to the checkout. V(rendered) for those of O(rendered).
          type: str
          returned: always
          sample: clusters/production/apps.yaml
        line:
          description: Line in which the document begins.
          type: int
          returned: always
          sample: 2
        column:
          description: Column in which the document begins.
          type: int
          returned: always
          sample: 1
        api_version:
          description: C(apiVersion) of the document.
          type: str
          returned: always
          sample: source.toolkit.fluxcd.io/v1
        kind:
          description: V(GitRepository), V(Kustomization) or V(HelmRelease).
          type: str
          returned: always
          sample: GitRepository
        namespace:
          description: Namespace, or V(null) where the document states none.
          type: str
          returned: always
          sample: flux-system
        name:
          description: Name, or V(null) where the document states none.
          type: str
          returned: always
          sample: podinfo
        listed:
          description: Whether it would be applied. V(false) for a file that the kustomization.yaml beside it leaves out.
          type: bool
          returned: always
          sample: true
        url_credentials:
          description: Whether C(spec.url) holds a password or a token.
          type: bool
          returned: always
          sample: false
        spec:
          description: C(spec) of the document, without secrets in it.
          type: raw
          returned: always
          sample:
            interval: 1m
            url: https://git.example.com/shop/podinfo
        not_resolved:
          description: What changes it before it is applied, with file and line, and the fields that it changes where they are known.
          type: list
          elements: dict
          returned: always
          sample: []
        positions:
          description: Line and column of each field, by its path.
          type: dict
          returned: always
          sample:
            spec.url:
              line: 9
              column: 3
    not_resolved:
      description: Constructs that change documents and are not built here, or that take in what is elsewhere.
      type: list
      elements: dict
      returned: always
      contains:
        construct:
          description: What it is, such as V(patches), V(substitution) or V(remote resource).
          type: str
          returned: always
          sample: patches
        file:
          description: File it stands in.
          type: str
          returned: always
          sample: apps/production/kustomization.yaml
        line:
          description: Line it stands in.
          type: int
          returned: always
          sample: 5
        column:
          description: Column it stands in.
          type: int
          returned: always
          sample: 3
    skipped:
      description: Files that were left out as they should be.
      type: list
      elements: dict
      returned: always
      contains:
        file:
          description: Name of the file.
          type: str
          returned: always
          sample: apps/production/secret.sops.yaml
        reason:
          description: Why.
          type: str
          returned: always
          sample: is encrypted with SOPS
    problems:
      description: What could not be read, as the findings say it.
      type: list
      elements: dict
      returned: always
      contains:
        kind:
          description: V(broken), V(duplicate_key), V(too_much) or V(unread).
          type: str
          returned: always
          sample: broken
        file:
          description: Name of the file.
          type: str
          returned: always
          sample: apps/podinfo.yaml
        line:
          description: Line, or V(null) for the whole file.
          type: int
          returned: always
          sample: 7
        column:
          description: Column, or V(null) for the whole file.
          type: int
          returned: always
          sample: 12
        message:
          description: What is wrong.
          type: str
          returned: always
          sample: mapping values are not allowed here
    readiness:
      description: The judgement over this path. See RV(readiness).
      type: dict
      returned: always
      contains:
        verdict:
          description: As RV(readiness.verdict).
          type: str
          returned: always
          sample: ready
        findings:
          description: As RV(readiness.findings).
          type: list
          elements: dict
          returned: always
          sample: []
endpoint:
  description: Short name of the endpoint that was read.
  type: str
  returned: once reading began, also when the task fails
  sample: declared
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

from ..module_utils.endpoints.declared import ENDPOINT
from ..module_utils.task.info import argument_spec, run_info


def main() -> None:
    run_info(AnsibleModule(argument_spec=argument_spec(ENDPOINT), supports_check_mode=True), ENDPOINT)


if __name__ == "__main__":
    main()
