# Copyright: Contributors to the huaweicloud.gitops project
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: codearts_commit_info
short_description: Read where commits of CodeArts repositories are, and whether they were built
version_added: 1.0.0
description:
  - Looks for commits in CodeArts repositories and judges them.
  - It tells whether a commit was pushed and is on its branch, whether its pipeline succeeded, whether the
    branch is protected, and whether the commit is signed.
  - The API is version 4 of CodeArts Repo, below C(/v4/repositories/{repository_id}). A repository takes one request,
    and a commit up to four more.
author:
  - Contributors to the huaweicloud.gitops project (!UNKNOWN)
extends_documentation_fragment:
  - huaweicloud.gitops.info
  - huaweicloud.gitops.info.judging
  - huaweicloud.gitops.connection
  - huaweicloud.gitops.attributes
options:
  repository_ids:
    description:
      - Ids of the CodeArts repositories to read, the numbers. They are no UUIDs. One or many.
      - RV(huaweicloud.gitops.codearts_project_repository_info#module:projects[].repositories[].repository_id) has them.
      - They are read side by side. The answer has them in this order.
    type: list
    elements: str
    required: true
    aliases:
      - repository_id
  expect:
    description:
      - The commits that must be there.
      - Each repository needs one at least, for nothing would be looked for in it otherwise.
    type: list
    elements: dict
    required: true
    suboptions:
      repository_id:
        description: The repository of the commit, one of O(repository_ids). It may be left out where there is only one.
        type: str
      commit:
        description:
          - Hash of the commit, or at least seven of its first digits.
          - A revision such as V(main@sha1:5394cb7f48332b2de7c17dd8b8384bbc84b7e738) stands for its hash.
          - A branch or a tag is refused. It would be another commit tomorrow.
        type: str
        required: true
      branch:
        description: The branch that the commit must be on. Left out, any branch will do.
        type: str
      ci:
        description:
          - With V(true), the pipeline of the commit must have succeeded. While it runs, the commit is V(progressing).
          - No pipeline, or one that was skipped, is V(unknown).
        type: bool
      protected:
        description: With V(true), a branch that is not protected is a failure. It takes O(expect[].branch).
        type: bool
      signed:
        description:
          - With V(true), a commit whose signature does not verify is a failure, and one that does not say so is V(unknown).
          - CodeArts does not document its values. It counts as signed only where V(verification_status) is 1, V(open_gpg_verified)
            is true and V(gpg_primary_key_id) names a key.
        type: bool
notes:
  - A commit on its branch was pushed. Whether a cluster has fetched it says M(huaweicloud.gitops.ucs_repository_source_info).
  - When the gate checks the source of the same repository, too, its findings about an expected revision say what is known
    of the commit, for example that it was never pushed, or by how many commits of the branch another one is newer.
  - That a repository, branch or commit does not exist is taken from the status 404. The documentation does not say how the
    service tells.
  - CodeArts Repo allows 600 calls per minute to each API in a region, shared by all users.
seealso:
  - module: huaweicloud.gitops.codearts_project_repository_info
  - module: huaweicloud.gitops.ucs_repository_source_info
  - module: huaweicloud.gitops.gitops_gate
  - name: CodeArts Repo API, Obtaining Specific Commit Information
    description: Reference of the API of version 4.
    link: https://support.huaweicloud.com/intl/en-us/api-codeartsrepo/ShowCommit.html
"""

EXAMPLES = r"""
---
- name: Ask whether a commit was pushed
  huaweicloud.gitops.codearts_commit_info:
    region: cn-north-4
    repository_ids: 1001
    expect:
      - commit: 5394cb7f48332b2de7c17dd8b8384bbc84b7e738

- name: Ask whether the commit to deploy is on a protected branch and was built
  huaweicloud.gitops.codearts_commit_info:
    region: cn-north-4
    repository_ids: 1001
    expect:
      - commit: 5394cb7f48332b2de7c17dd8b8384bbc84b7e738
        branch: main
        ci: true
        protected: true
  register: commit

- name: Require it
  ansible.builtin.assert:
    that: commit.ready
    fail_msg: "{{ commit.readiness.findings | map(attribute='message') | join(', ') }}"

- name: Ask for commits of several repositories
  huaweicloud.gitops.codearts_commit_info:
    region: cn-north-4
    repository_ids: [1001, 1002]
    expect:
      - repository_id: 1001
        commit: 5394cb7f48332b2de7c17dd8b8384bbc84b7e738
        branch: main
      - repository_id: 1002
        commit: 0123456789abcdef0123456789abcdef01234567
        branch: release/2
        signed: true
    on_error: report

- name: Use an access key from the vault
  huaweicloud.gitops.codearts_commit_info:
    region: cn-north-4
    access_key: "{{ vault_access_key }}"
    secret_key: "{{ vault_secret_key }}"
    repository_ids: 1001
    expect:
      - commit: 5394cb7
    detail: summary

- name: Use a token, of project scope
  huaweicloud.gitops.codearts_commit_info:
    region: cn-north-4
    auth_token: "{{ vault_token }}"
    repository_ids: 1001
    expect:
      - commit: 5394cb7
"""

RETURN = r"""
---
repositories:
  description:
    - The repositories, in the order asked.
    - The names of the fields are those of the API. Fields that are not listed here are passed through.
  type: list
  elements: dict
  returned: once reading began, also when the task fails; not when O(detail=packed)
  contains:
    repository_id:
      description: Number that was asked for.
      type: int
      returned: always
      sample: 1001
    read_at:
      description: The moment before its first request, by the earlier of the local clock and that of the service. RFC 3339, UTC.
      type: str
      returned: always
      sample: '2025-12-01T08:00:00Z'
    repository:
      description: The details of the repository.
      type: dict
      returned: always
      contains:
        id:
          description: Number of the repository.
          type: int
          returned: always
          sample: 1001
        path_with_namespace:
          description: Path of the repository, with its groups.
          type: str
          returned: when the API sends it
          sample: Demo/shop
        default_branch:
          description: Its default branch.
          type: str
          returned: when the API sends it
          sample: main
        http_url_to_repo:
          description: Address to clone from by HTTPS. A user and password in it are masked.
          type: str
          returned: when the API sends it
          sample: https://codehub.example.com/Demo/shop.git
        ssh_url_to_repo:
          description: Address to clone from by SSH.
          type: str
          returned: when the API sends it
          sample: git@codehub.example.com:Demo/shop.git
    commits:
      description: The commits that were expected in it.
      type: list
      elements: dict
      returned: always
      contains:
        sha:
          description: Hash that was asked for, or its first digits, in lower case.
          type: str
          returned: always
          sample: 5394cb7f48332b2de7c17dd8b8384bbc84b7e738
        branch:
          description: Branch that was asked for. V(null) where any will do.
          type: str
          returned: always
          sample: main
        commit:
          description: The commit. V(null) when the repository does not have it.
          type: dict
          returned: always
          contains:
            id:
              description: Whole hash of the commit.
              type: str
              returned: always
              sample: 5394cb7f48332b2de7c17dd8b8384bbc84b7e738
            status:
              description: State of its pipeline. V(pending), V(running), V(success), V(failed), V(canceled), V(skipped) or V(timedout).
              type: str
              returned: when the API sends it
              sample: success
            last_pipeline:
              description: Its last pipeline, with V(web_url), V(sha), V(ref) and V(status).
              type: dict
              returned: when the API sends it
              sample:
                web_url: https://devcloud.example.com/pipelines/77
                status: success
            committed_date:
              description: When it was committed.
              type: str
              returned: when the API sends it
              sample: '2025-12-01T08:00:00.000+08:00'
            verification_status:
              description: State of its signature. The values are not documented.
              type: int
              returned: when the API sends it
              sample: 1
        branches:
          description:
            - Branches that have the commit. V(null) when the repository does not have it.
            - Once the branch that was asked for is among them, no more are read.
          type: list
          elements: str
          returned: always
          sample: [main]
        branch_details:
          description: The branch that was asked for. V(null) when the repository does not have it, or none was asked for.
          type: dict
          returned: always
          contains:
            name:
              description: Name of the branch.
              type: str
              returned: when the API sends it
              sample: main
            protected:
              description: Whether it is protected.
              type: bool
              returned: when the API sends it
              sample: true
            commit:
              description: Its newest commit.
              type: dict
              returned: when the API sends it
              sample:
                id: 0123456789abcdef0123456789abcdef01234567
        compare:
          description:
            - The commits of the branch that came after the commit, at most the newest 100.
            - V(null) when it is the newest one, or is not on the branch.
          type: dict
          returned: always
          contains:
            commits_count:
              description: How many there are.
              type: int
              returned: when the API sends it
              sample: 2
            commits:
              description: The commits, the newest first, with V(id) and V(parent_ids).
              type: list
              elements: dict
              returned: when the API sends it
              sample:
                - id: 0123456789abcdef0123456789abcdef01234567
                  parent_ids: [5394cb7f48332b2de7c17dd8b8384bbc84b7e738]
    readiness:
      description: The judgement over this repository alone.
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
endpoint:
  description: Short name of the endpoint that was read.
  type: str
  returned: once reading began, also when the task fails
  sample: codearts_commit
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

from ..module_utils.endpoints.codearts_commit import ENDPOINT
from ..module_utils.task.info import argument_spec, run_info


def main() -> None:
    run_info(AnsibleModule(argument_spec=argument_spec(ENDPOINT), supports_check_mode=True), ENDPOINT)


if __name__ == "__main__":
    main()
