# Copyright: Contributors to the huaweicloud.gitops project
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: codearts_project_repository_info
short_description: Read the repositories of CodeArts projects
version_added: 1.0.0
description:
  - Reads the repositories you may see in one or many CodeArts projects and judges them.
  - It tells whether each repository is usable, and whether it has the role, visibility, size and age
    you expect.
  - The API is C(GET /v2/projects/{project_uuid}/repositories). It is asked page by page for each project.
author:
  - Contributors to the huaweicloud.gitops project (!UNKNOWN)
extends_documentation_fragment:
  - huaweicloud.gitops.info
  - huaweicloud.gitops.info.judging
  - huaweicloud.gitops.connection
  - huaweicloud.gitops.attributes
options:
  project_uuids:
    description:
      - Ids of the CodeArts projects to read. One or many.
      - This is the id of the project in CodeArts, 32 characters. It is not the IAM project id of O(project_id).
    type: list
    elements: str
    required: true
    aliases:
      - project_uuid
  search:
    description:
      - Text to look for in the names of the repositories, at most 128 characters.
      - The service may look for it in the names of their creators too.
    type: str
  page_index:
    description:
      - Page to read, from V(1) to V(2147483647). The service's default is V(1).
      - With O(page_index) and O(page_size) left out, every page is read.
    type: int
  page_size:
    description: Repositories on a page, from V(1) to V(100). The service's default is V(20).
    type: int
  expect:
    description:
      - The repositories that must be there. When given, they alone decide; other repositories are judged
        and listed, but do not count.
      - Without it, every repository decides.
      - An entry needs O(expect[].name) or O(expect[].uuid).
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of the repository.
        type: str
      uuid:
        description: UUID of the repository. Upper and lower case are the same.
        type: str
      min_role:
        description:
          - Least role you must have in the repository. A lower one is a failure, one that is not stated is V(unknown).
          - V(20), read-only member. V(30), common member. V(40), administrator.
        type: int
        choices:
          - 20
          - 30
          - 40
      private:
        description: With V(true), a public repository is a failure, a visibility that is not stated is V(unknown).
        type: bool
      max_size:
        description:
          - Largest size of the repository, LFS included. A number and one of the units K, M, G and
            T, for example V(2G).
          - One K is 1,024 bytes. A larger repository is a failure, a size that is not stated is V(unknown).
          - To be warned only, make it an advisory check of M(huaweicloud.gitops.gitops_gate).
        type: str
      max_age:
        description:
          - Greatest age of the last update, for example V(90d) (days), V(2w) (weeks) or V(12h) (hours).
            An older update is a failure, one that cannot be told is V(unknown).
          - The times of the service have no time zone, see O(codearts_timezone).
        type: str
  api:
    description:
      - Which version of the API to ask.
      - Version 4 is the successor. Its fields get the names and values of version 2 where it has them; the others are passed
        through under their own names.
      - The list of version 4 states neither a UUID nor a clone URL, size, role or time, and no total. What you demand of these
        is V(unknown). The list counts as complete where a page of it is not full.
      - The details of version 4 state no status. They are V(unknown) by themselves; the gate takes the status from the list.
    type: str
    default: v2
    choices:
      - v2
      - v4
notes:
  - The C(project_uuid) of CodeArts is not the IAM project id of O(project_id).
  - CodeArts Repo may answer an error with HTTP 200. The module looks into the answer and treats it
    as the error it is.
  - CodeArts Repo allows 600 calls per minute to each API in a region, shared by all users.
  - The list shows only repositories you have a permission for. One that is missing may exist.
  - One page of several proves nothing about the rest. The finding is then C(LIST_INCOMPLETE), and RV(readiness.verdict)
    is V(unknown) unless every repository in O(expect) was found on it.
seealso:
  - module: huaweicloud.gitops.codearts_repository_info
  - module: huaweicloud.gitops.gitops_gate
"""

EXAMPLES = r"""
---
- name: Read the repositories of one project
  huaweicloud.gitops.codearts_project_repository_info:
    region: cn-north-4
    project_uuids: 4838955a48e2492bbe44b31bc4c272f6

- name: Read the repositories of several projects
  huaweicloud.gitops.codearts_project_repository_info:
    region: cn-north-4
    project_uuids:
      - 4838955a48e2492bbe44b31bc4c272f6
      - 4838955a48e2492bbe44b31bc4c272f7
    on_error: report

- name: Ask whether a repository is there and fit for the deployment
  huaweicloud.gitops.codearts_project_repository_info:
    region: cn-north-4
    project_uuids: 4838955a48e2492bbe44b31bc4c272f6
    expect:
      - name: CreatRepository_2qD5i
        min_role: 30
        private: true
        max_size: 2G
        max_age: 90d
    codearts_timezone: Asia/Shanghai
  register: project

- name: Require that it is
  ansible.builtin.assert:
    that: project.ready
    fail_msg: "{{ project.readiness.findings | map(attribute='message') | join(', ') }}"

- name: Look for repositories by name
  huaweicloud.gitops.codearts_project_repository_info:
    region: cn-north-4
    project_uuids: 4838955a48e2492bbe44b31bc4c272f6
    search: CreatRepository

- name: Read one page
  huaweicloud.gitops.codearts_project_repository_info:
    region: cn-north-4
    project_uuids: 4838955a48e2492bbe44b31bc4c272f6
    page_index: 1
    page_size: 50

- name: Read only identity, state and times
  huaweicloud.gitops.codearts_project_repository_info:
    region: cn-north-4
    project_uuids: 4838955a48e2492bbe44b31bc4c272f6
    detail: summary

- name: Use an access key from the vault
  huaweicloud.gitops.codearts_project_repository_info:
    region: cn-north-4
    access_key: "{{ vault_access_key }}"
    secret_key: "{{ vault_secret_key }}"
    project_uuids: 4838955a48e2492bbe44b31bc4c272f6

- name: Use a token, of project scope
  huaweicloud.gitops.codearts_project_repository_info:
    region: cn-north-4
    auth_token: "{{ vault_token }}"
    project_uuids: 4838955a48e2492bbe44b31bc4c272f6

- name: Use the name and password of an IAM user
  huaweicloud.gitops.codearts_project_repository_info:
    region: cn-north-4
    username: "{{ vault_username }}"
    password: "{{ vault_password }}"
    domain_name: "{{ vault_domain_name }}"
    project_uuids: 4838955a48e2492bbe44b31bc4c272f6

- name: Set the connection once for several tasks
  module_defaults:
    group/huaweicloud.gitops.api:
      region: cn-north-4
      project_id: 0605767fa80010e02f0bc01d9b1d9a52
  block:
    - name: Read the repositories with these defaults
      huaweicloud.gitops.codearts_project_repository_info:
        project_uuids: 4838955a48e2492bbe44b31bc4c272f6
"""

RETURN = r"""
---
projects:
  description: The projects that could be read, in the order asked.
  type: list
  elements: dict
  returned: once reading began, also when the task fails; not when O(detail=packed)
  contains:
    project_uuid:
      description: Id of the CodeArts project.
      type: str
      returned: always
      sample: 4838955a48e2492bbe44b31bc4c272f6
    read_at:
      description: The moment before its first request, by the earlier of the local clock and that of the service. RFC 3339, UTC.
      type: str
      returned: always
      sample: '2025-12-01T08:00:00Z'
    total:
      description: How many repositories match, on all pages. V(null) with O(api=v4), which does not state it.
      type: int
      returned: when the API sends it
      sample: 14
    complete:
      description: Whether all repositories that match are there, with O(api=v4). A page that is not full shows it. Without that,
        V(false) for pages that state no total and are not shown to be all.
      type: bool
      returned: when O(api=v4), and for such pages
      sample: true
    repositories:
      description:
        - The repositories. Always a list, also where the service sends a single object.
        - The names of the fields are those of the API. Fields that are not listed here are passed through.
          Nearly every field may be V(null).
        - With O(detail=summary), a repository keeps only what identifies it, its state and its times.
      type: list
      elements: dict
      returned: always
      contains:
        created_at:
          description: When the repository was created, as V(YYYY-MM-DD HH:MM:SS). The time zone is
            not documented.
          type: str
          returned: when the API sends it
          sample: '2019-10-15 09:40:26'
        creator_name:
          description: User name of the creator. For an account, the name of the account.
          type: str
          returned: when the API sends it
          sample: repo
        domain_name:
          description: Account name of the creator.
          type: str
          returned: when the API sends it
          sample: repo
        group_name:
          description: Group of the repository, the part of the clone address before the name.
          type: str
          returned: when the API sends it
          sample: Demo00228
        https_url:
          description: Address to clone from by HTTPS. A user and password in it are masked.
          type: str
          returned: when the API sends it
          sample: https://repo.example.com/Demo00228/CreatRepository_2qD5i.git
        iam_user_uuid:
          description: UUID of the IAM user.
          type: str
          returned: when the API sends it
          sample: a618e34bd5704be3ae3395dfede06041
        is_owner:
          description: Whether you created the repository. V(1), yes. V(0), no.
          type: int
          returned: when the API sends it
          sample: 1
        lfs_size:
          description: Size of the LFS files, in megabytes (V(0.06M)), over 1,024 MB in gigabytes (V(1.20G)).
          type: str
          returned: when the API sends it
          sample: 0.00M
        project_is_deleted:
          description: Whether the project is deleted. The text V(true) or V(false), not a boolean.
          type: str
          returned: when the API sends it
          sample: 'false'
        project_uuid:
          description: Id of the CodeArts project. It is not the IAM project id.
          type: str
          returned: when the API sends it
          sample: 4838955a48e2492bbe44b31bc4c272f6
        repository_id:
          description: Number of the repository.
          type: int
          returned: when the API sends it
          sample: 468480
        repository_name:
          description: Name of the repository.
          type: str
          returned: when the API sends it
          sample: CreatRepository_2qD5i
        repository_size:
          description: Size of the repository, Git and LFS together, in megabytes (V(0.06M)), over 1,024
            MB in gigabytes (V(1.20G)).
          type: str
          returned: when the API sends it
          sample: 0.06M
        repository_uuid:
          description: UUID of the repository.
          type: str
          returned: when the API sends it
          sample: d0457f74cc5b43d989ded7248f71b4e5
        ssh_url:
          description: Address to clone from by SSH.
          type: str
          returned: when the API sends it
          sample: git@repo.example.com:Demo00228/CreatRepository_2qD5i.git
        star:
          description: Whether you follow the repository.
          type: bool
          returned: when the API sends it
          sample: false
        status:
          description:
            - Status of the repository. V(0), created. V(1), creating. V(2), creation failed. V(3),
              frozen. V(4), closed.
            - Other values have been seen, V(5) for being cleared and V(7) for being deleted.
          type: int
          returned: when the API sends it
          sample: 0
        updated_at:
          description: When the repository was updated last, as V(YYYY-MM-DD HH:MM:SS). The time zone
            is not documented.
          type: str
          returned: when the API sends it
          sample: '2019-10-15 09:40:26'
        userRole:
          description: Your role in the repository. V(20), read-only member. V(30), common member. V(40),
            administrator.
          type: int
          returned: when the API sends it
          sample: 40
        visibility_level:
          description: Who can see the repository. V(0), it is private. V(20), it is public.
          type: int
          returned: when the API sends it
          sample: 0
        visibility:
          description: Who can see the repository, with O(api=v4). V(private), V(internal) (everybody in the account) or V(public).
          type: str
          returned: when O(api=v4)
          sample: private
        web_url:
          description: Address of the page of the repository.
          type: str
          returned: when the API sends it
          sample: https://repo.example.com/repo/468480/home
    readiness:
      description: The judgement over this project alone.
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
  sample: codearts_project_repository
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

from ..module_utils.endpoints.codearts_project_repository import ENDPOINT
from ..module_utils.task.info import argument_spec, run_info


def main() -> None:
    run_info(AnsibleModule(argument_spec=argument_spec(ENDPOINT), supports_check_mode=True), ENDPOINT)


if __name__ == "__main__":
    main()
