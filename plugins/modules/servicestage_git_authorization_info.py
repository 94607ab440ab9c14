# Copyright: Contributors to the huaweicloud.gitops project
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: servicestage_git_authorization_info
short_description: Read the Git repository authorizations of ServiceStage
version_added: 1.0.0
description:
  - Reads the authorizations that ServiceStage has for Git repository hosts in one IAM project and judges
    them.
  - It tells whether each authorization is there and still valid.
  - The API is C(GET /v1/{project_id}/git/auths). The project is that of O(project_id).
author:
  - Contributors to the huaweicloud.gitops project (!UNKNOWN)
extends_documentation_fragment:
  - huaweicloud.gitops.info
  - huaweicloud.gitops.info.judging
  - huaweicloud.gitops.connection
  - huaweicloud.gitops.attributes
options:
  expect:
    description:
      - The authorizations that must be there. When given, they alone decide; other authorizations are
        judged and listed, but do not count.
      - Without it, every authorization decides.
      - An entry needs O(expect[].name), or at least one of O(expect[].repo_type), O(expect[].host)
        and O(expect[].user).
      - What is left out is not compared.
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of the authorization.
        type: str
      repo_type:
        description: Type of the repository host. GitHub, GitLab, Bitbucket, Gitee or DevCloud, in upper
          or lower case.
        type: str
      host:
        description: Address of the repository host. Scheme, port and closing slash do not count, and
          V(api.github.com) is V(github.com).
        type: str
      user:
        description: User name at the repository host.
        type: str
      probe:
        description:
          - A repository that the authorization must open at this moment. It takes O(expect[].name).
          - ServiceStage asks the repository host with the authorization. So it shows that the token still works, where the status
            only shows that there is one.
          - The name is sent in the header C(X-Repo-Auth). How other names than those of printable ASCII without blanks are written
            there is not documented. They are refused.
        type: dict
        suboptions:
          clone_url:
            description: Clone URL of the repository, without a user or password.
            type: str
            required: true
          ref:
            description: Branch or tag to read. Left out, it is the default branch.
            type: str
          commit:
            description:
              - Hash of a commit, or at least seven of its first digits.
              - It must be among the newest ten of the branch or tag, for the service shows no more.
            type: str
notes:
  - ServiceStage wants a token of project scope, for the project it is asked about.
  - A project without any authorization is never ready. The finding is C(AUTH_NONE), and RV(readiness.verdict)
    is V(unknown), or V(failed) when O(expect) is given.
  - The API has no pages. When RV(count) differs from the number of RV(authorizations), the finding
    is C(LIST_INCOMPLETE).
  - Flux does not use these authorizations. It reads a source with the Secret that the source names.
seealso:
  - module: huaweicloud.gitops.gitops_gate
  - name: ServiceStage API, Obtaining a Git Repository Authorization List
    description: Reference of the API, in Chinese.
    link: https://support.huaweicloud.com/api-servicestage/servicestage_06_0092.html
"""

EXAMPLES = r"""
---
- name: Read the authorizations of the project of the region
  huaweicloud.gitops.servicestage_git_authorization_info:
    region: cn-north-4

- name: Read the authorizations of one project
  huaweicloud.gitops.servicestage_git_authorization_info:
    region: cn-north-4
    project_id: 0605767fa80010e02f0bc01d9b1d9a52
  register: auths

- name: Require that all of them are valid
  ansible.builtin.assert:
    that: auths.ready
    fail_msg: "{{ auths.readiness.findings | map(attribute='message') | join(', ') }}"

- name: Ask for an authorization by its name
  huaweicloud.gitops.servicestage_git_authorization_info:
    region: cn-north-4
    project_id: 0605767fa80010e02f0bc01d9b1d9a52
    expect:
      - name: test

- name: Ask whether an authorization still opens a repository, and the commit is there
  huaweicloud.gitops.servicestage_git_authorization_info:
    region: cn-north-4
    project_id: 0605767fa80010e02f0bc01d9b1d9a52
    expect:
      - name: test
        probe:
          clone_url: https://github.com/shop/tools.git
          ref: main
          commit: 5394cb7f48332b2de7c17dd8b8384bbc84b7e738

- name: Ask for an authorization by host and user
  huaweicloud.gitops.servicestage_git_authorization_info:
    region: cn-north-4
    project_id: 0605767fa80010e02f0bc01d9b1d9a52
    expect:
      - repo_type: GitHub
        host: github.com
        user: tom-repo

- name: Read several projects
  huaweicloud.gitops.servicestage_git_authorization_info:
    region: cn-north-4
    project_id: "{{ item }}"
    on_error: report
    detail: summary
  loop:
    - 0605767fa80010e02f0bc01d9b1d9a52
    - 0605767fa80010e02f0bc01d9b1d9a53

- name: Use an access key from the vault
  huaweicloud.gitops.servicestage_git_authorization_info:
    region: cn-north-4
    project_id: 0605767fa80010e02f0bc01d9b1d9a52
    access_key: "{{ vault_access_key }}"
    secret_key: "{{ vault_secret_key }}"

- name: Use a token, of project scope
  huaweicloud.gitops.servicestage_git_authorization_info:
    region: cn-north-4
    project_id: 0605767fa80010e02f0bc01d9b1d9a52
    auth_token: "{{ vault_token }}"

- name: Use the name and password of an IAM user
  huaweicloud.gitops.servicestage_git_authorization_info:
    region: cn-north-4
    project_id: 0605767fa80010e02f0bc01d9b1d9a52
    username: "{{ vault_username }}"
    password: "{{ vault_password }}"
    domain_name: "{{ vault_domain_name }}"

- name: Set the connection once for several tasks
  module_defaults:
    group/huaweicloud.gitops.api:
      region: cn-north-4
      project_id: 0605767fa80010e02f0bc01d9b1d9a52
  block:
    - name: Read the authorizations with these defaults
      huaweicloud.gitops.servicestage_git_authorization_info:
"""

RETURN = r"""
---
authorizations:
  description:
    - The authorizations.
    - The names of the fields are those of the API. Fields that are not listed here are passed through.
    - With O(detail=summary), an authorization keeps only what identifies it, its state and its times.
  type: list
  elements: dict
  returned: once reading began, also when the task fails; not when O(detail=packed)
  contains:
    name:
      description: Name of the authorization.
      type: str
      returned: when the API sends it
      sample: test
    repo_type:
      description: Type of the repository host. The API documents V(GitHub), V(BitBucket) and V(GitLab).
        V(gitee) and V(devcloud) exist too, and the case varies.
      type: str
      returned: when the API sends it
      sample: github
    repo_host:
      description: Address of the repository host. A user and password in it are masked.
      type: str
      returned: when the API sends it
      sample: https://api.github.com
    repo_home:
      description: Home page of the user at the repository host.
      type: str
      returned: when the API sends it
      sample: https://github.com/tom-repo
    repo_user:
      description: User name at the repository host.
      type: str
      returned: when the API sends it
      sample: tom-repo
    avartar:
      description: Address of the user's picture. The name is spelt so in the API.
      type: str
      returned: when the API sends it
      sample: https://avatars.githubusercontent.com/u/73919200?v=4
    token_type:
      description: Way of authorization. V(oauth), V(personal) (a personal access token) or V(password).
      type: str
      returned: when the API sends it
      sample: oauth
    create_time:
      description: When the authorization was created, in milliseconds since 1970-01-01 UTC.
      type: int
      returned: when the API sends it
      sample: 1649731565642
    update_time:
      description: When the authorization was updated last, in milliseconds since 1970-01-01 UTC.
      type: int
      returned: when the API sends it
      sample: 1649731565642
    status:
      description: Status of the authorization. V(0), normal. V(1), expired (the API says overdue).
        V(2), unauthenticated, it has to be granted again.
      type: int
      returned: when the API sends it
      sample: 0
    tag:
      description: Type of the authorized site. Usually V(null).
      type: str
      returned: when the API sends it
      sample: null
probes:
  description: What the repositories of O(expect[].probe) answered through their authorizations, in the order of O(expect).
  type: list
  elements: dict
  returned: when something was read
  contains:
    name:
      description: Name of the authorization.
      type: str
      returned: always
      sample: test
    clone_url:
      description: Clone URL that was asked for.
      type: str
      returned: always
      sample: https://github.com/shop/tools.git
    ref:
      description: Branch or tag that was asked for. V(null) for the default branch.
      type: str
      returned: always
      sample: main
    project:
      description: The repository, with V(namespace_id), V(namespace), V(project_id) and V(project). V(null) when the probe failed.
      type: dict
      returned: always
      sample:
        namespace: shop
        project: tools
    commits:
      description: Its newest commits, ten at most, each with V(sha), V(message) and V(authored_date). V(null) when the probe failed.
      type: list
      elements: dict
      returned: always
      sample:
        - sha: 5394cb7f48332b2de7c17dd8b8384bbc84b7e738
    error:
      description: The error that came instead, in the fields of RV(errors). V(null) when none came.
      type: dict
      returned: always
      sample: {}
count:
  description: How many authorizations there are, as the service counts them.
  type: int
  returned: when the API sends it
  sample: 1
project_id:
  description: The IAM project that was read.
  type: str
  returned: once reading began, also when the task fails
  sample: 0605767fa80010e02f0bc01d9b1d9a52
endpoint:
  description: Short name of the endpoint that was read.
  type: str
  returned: once reading began, also when the task fails
  sample: servicestage_git_authorization
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

from ..module_utils.endpoints.servicestage_git_authorization import ENDPOINT
from ..module_utils.task.info import argument_spec, run_info


def main() -> None:
    run_info(AnsibleModule(argument_spec=argument_spec(ENDPOINT), supports_check_mode=True), ENDPOINT)


if __name__ == "__main__":
    main()
