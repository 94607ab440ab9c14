# Copyright: Contributors to the huaweicloud.gitops project
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: gitops_gate
short_description: Decide whether a deployment may start, and wait until it may
version_added: 1.0.0
description:
  - Answers one question before a deployment on Huawei Cloud. May I deploy now, and if not, exactly
    why not?
  - With O(checks), it reads the same as the info modules of this collection, again and again, until
    it can decide. It stops early when waiting cannot help.
  - With O(readings), it judges results of the info modules that you have. Without O(checks), it then
    sends nothing and does not wait.
  - With both, the readings are the first sample of the checks. It decides on them if it can, and goes on
    by itself if it cannot.
  - With O(receipt), it goes on with the decision of an earlier step, and sends nothing.
  - The worst of all findings decides. V(failed) is worse than V(unknown), V(unknown) is worse than
    V(progressing). Unknown never allows.
  - It allows only when every check that is not advisory was ready in the same sample, and has been
    for O(steady_for).
  - It compares the checks with each other too, for example a source with the controller that fetches
    it.
  - It fails the task when the decision is to block, unless O(enforce=false).
author:
  - Contributors to the huaweicloud.gitops project (!UNKNOWN)
extends_documentation_fragment:
  - huaweicloud.gitops.connection
  - huaweicloud.gitops.attributes
attributes:
  check_mode:
    details: It only ever reads. In check mode it takes one sample and does not wait.
options:
  checks:
    description:
      - What to check. Exactly one of the endpoints stands in an entry.
      - At least one of O(checks) and O(readings) is needed.
      - At least one check must not be advisory. Otherwise nothing would decide.
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of the check, for the findings and the report. Left out, it is made from the
          endpoint.
        type: str
      advisory:
        description: Whether the check only warns. It keeps its verdicts in the result, and never blocks.
        type: bool
        default: false
      region:
        description: Region of this check. Left out, it is O(region).
        type: str
      project_id:
        description: IAM project id of this check. Left out, it is O(project_id).
        type: str
      ucs_repository_source:
        description: The repository sources of UCS clusters, see M(huaweicloud.gitops.ucs_repository_source_info).
        type: dict
        suboptions:
          cluster_ids:
            description: Ids to read, one or many. At least one of these four options is needed.
            type: list
            elements: str
            aliases:
              - cluster_id
              - clusterid
          cluster_names:
            description: Names of clusters to read.
            type: list
            elements: str
            aliases:
              - cluster_name
          fleets:
            description: Names or ids of fleets, whose clusters are read.
            type: list
            elements: str
            aliases:
              - fleet
          cluster_labels:
            description: Labels; the clusters that have all of them are read.
            type: dict
          expect:
            description: The sources that must be there, in each cluster.
            type: list
            elements: dict
            suboptions:
              name:
                description: Name of the source. A name or a URL is needed.
                type: str
              namespace:
                description: Namespace of the source.
                type: str
              url:
                description: Git address the source must have.
                type: str
              branch:
                description: Branch the source must follow.
                type: str
              revision:
                description: Commit the source must have fetched.
                type: str
              acceptable_revisions:
                description: Commits that are as good.
                type: list
                elements: str
          on_superseded:
            description: What it means when another commit came instead of the expected one.
            type: str
            default: block
            choices:
              block: It is a failure that waiting does not heal.
              wait: The expected revision may still come.
              allow: It is a warning.
      ucs_config_set:
        description: What GitOps has applied in UCS clusters, see M(huaweicloud.gitops.ucs_config_set_info).
        type: dict
        suboptions:
          cluster_ids:
            description: Ids to read, one or many. At least one of these four options is needed.
            type: list
            elements: str
            aliases:
              - cluster_id
              - clusterid
          cluster_names:
            description: Names of clusters to read.
            type: list
            elements: str
            aliases:
              - cluster_name
          fleets:
            description: Names or ids of fleets, whose clusters are read.
            type: list
            elements: str
            aliases:
              - fleet
          cluster_labels:
            description: Labels; the clusters that have all of them are read.
            type: dict
          expect:
            description: The config sets that must be there, in each cluster.
            type: list
            elements: dict
            suboptions:
              name:
                description: Name of the config set. A name or a source is needed.
                type: str
              namespace:
                description: Namespace of the config set.
                type: str
              source:
                description: Name of the source it follows, or its V(namespace/name).
                type: str
              revision:
                description: Commit the config set must have applied.
                type: str
              acceptable_revisions:
                description: Commits that are as good.
                type: list
                elements: str
          on_superseded:
            description: What it means when another commit was applied instead of the expected one.
            type: str
            default: block
            choices:
              block: It is a failure that waiting does not heal.
              wait: The expected revision may still come.
              allow: It is a warning.
      ucs_gitops:
        description: The GitOps pods of UCS clusters, see M(huaweicloud.gitops.ucs_gitops_info).
        type: dict
        suboptions:
          cluster_ids:
            description: Ids to read, one or many. At least one of these four options is needed.
            type: list
            elements: str
            aliases:
              - cluster_id
              - clusterid
          cluster_names:
            description: Names of clusters to read.
            type: list
            elements: str
            aliases:
              - cluster_name
          fleets:
            description: Names or ids of fleets, whose clusters are read.
            type: list
            elements: str
            aliases:
              - fleet
          cluster_labels:
            description: Labels; the clusters that have all of them are read.
            type: dict
          controllers:
            description: Controllers that must have a pod.
            type: list
            elements: str
            default:
              - source-controller
              - kustomize-controller
          enabling:
            description: Whether GitOps is being enabled right now.
            type: bool
            default: false
          restart_max:
            description: How many restarts of a container are too many. Left out, it is O(restart_max).
            type: int
      ucs_cluster:
        description:
          - The clusters of UCS themselves, see M(huaweicloud.gitops.ucs_cluster_info).
          - Without an option (V({})), all clusters of the account.
        type: dict
        suboptions:
          cluster_ids:
            description: Ids to read, one or many.
            type: list
            elements: str
            aliases:
              - cluster_id
              - clusterid
          cluster_names:
            description: Names of clusters to read.
            type: list
            elements: str
            aliases:
              - cluster_name
          fleets:
            description: Names or ids of fleets, whose clusters are read.
            type: list
            elements: str
            aliases:
              - fleet
          cluster_labels:
            description: Labels; the clusters that have all of them are read.
            type: dict
      codearts_project_repository:
        description: The repositories of CodeArts projects, see M(huaweicloud.gitops.codearts_project_repository_info).
        type: dict
        suboptions:
          project_uuids:
            description: Ids to read, one or many.
            type: list
            elements: str
            required: true
            aliases:
              - project_uuid
          expect:
            description: The repositories that must be there, see M(huaweicloud.gitops.codearts_project_repository_info).
            type: list
            elements: dict
            suboptions:
              name:
                description: Name of the repository.
                type: str
              uuid:
                description: UUID of the repository.
                type: str
              min_role:
                description: Least role you must have in it.
                type: int
                choices:
                  - 20
                  - 30
                  - 40
              private:
                description: Whether it must be private.
                type: bool
              max_size:
                description: Largest size, for example V(2G).
                type: str
              max_age:
                description: Greatest age of the last update, for example V(90d).
                type: str
          api:
            description: Which version of the API to ask, see M(huaweicloud.gitops.codearts_project_repository_info).
            type: str
            default: v2
            choices:
              - v2
              - v4
      codearts_repository:
        description: The details of CodeArts repositories, see M(huaweicloud.gitops.codearts_repository_info).
        type: dict
        suboptions:
          repository_uuids:
            description: Ids to read, one or many.
            type: list
            elements: str
            required: true
            aliases:
              - repository_uuid
              - repository_ids
              - repository_id
          expect:
            description: The same as O(checks[].codearts_project_repository.expect).
            type: list
            elements: dict
            suboptions:
              name:
                description: As there.
                type: str
              uuid:
                description: As there.
                type: str
              min_role:
                description: As there.
                type: int
                choices:
                  - 20
                  - 30
                  - 40
              private:
                description: As there.
                type: bool
              max_size:
                description: As there.
                type: str
              max_age:
                description: As there.
                type: str
          api:
            description: Which version of the API to ask, see M(huaweicloud.gitops.codearts_project_repository_info).
            type: str
            default: v2
            choices:
              - v2
              - v4
      codearts_commit:
        description: Commits of CodeArts repositories, see M(huaweicloud.gitops.codearts_commit_info).
        type: dict
        suboptions:
          repository_ids:
            description: Numbers of the repositories to read, one or many.
            type: list
            elements: str
            required: true
            aliases:
              - repository_id
          expect:
            description: The commits that must be there, see M(huaweicloud.gitops.codearts_commit_info).
            type: list
            elements: dict
            required: true
            suboptions:
              repository_id:
                description: The repository of the commit, where there are several.
                type: str
              commit:
                description: Hash of the commit, or at least seven of its first digits.
                type: str
                required: true
              branch:
                description: The branch that it must be on. Left out, any branch will do.
                type: str
              ci:
                description: Whether its pipeline must have succeeded.
                type: bool
              protected:
                description: Whether the branch must be protected.
                type: bool
              signed:
                description: Whether the commit must be signed.
                type: bool
      declared:
        description: What a local checkout declares, see M(huaweicloud.gitops.flux_manifest_info).
        type: dict
        suboptions:
          paths:
            description:
              - Folders and files to read, one or many. Each is an entry of the result, and compared by itself.
              - Relative to O(checks[].declared.checkout). Without that, to where the module runs; on the
                  controller that is the folder of the playbook.
            type: list
            elements: path
            default: ["."]
            aliases: [path]
          checkout:
            description:
              - Root of the checkout. Nothing outside it is read, and files are named relative to it.
              - Left out, it is the nearest folder around each path that has C(.git), else the path itself.
            type: path
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
                description: The URL of a source has a host that O(checks[].declared.allowed_hosts) does not have.
                type: str
                choices: ["off", warning, blocking]
                default: blocking
              ref_not_pinned:
                description: A source follows another ref than O(checks[].declared.pinned_to) and
                      O(checks[].declared.allowed_branches) demand.
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
                description: An interval is longer than O(checks[].declared.max_interval).
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
              - V(branch), a ref that is stated, and not the default of Flux. V(tag), a tag, a semver range or a commit.
                  V(commit), a commit.
              - Left out, nothing is demanded.
            type: str
            choices: [branch, tag, commit]
          allowed_branches:
            description: Branches that sources may follow, as globs, such as V(release/*). Left out, every branch is allowed.
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
      servicestage_git_authorization:
        description:
          - The Git authorizations of ServiceStage, see M(huaweicloud.gitops.servicestage_git_authorization_info).
          - The project is that of the entry. The dictionary may be empty (V({})).
        type: dict
        suboptions:
          expect:
            description: The authorizations that must be there. What is left out is not compared.
            type: list
            elements: dict
            suboptions:
              name:
                description: Name of the authorization.
                type: str
              repo_type:
                description: Type of the repository host, for example V(github).
                type: str
              host:
                description: Address of the repository host.
                type: str
              user:
                description: User name at the repository host.
                type: str
              probe:
                description: A repository that the authorization must open, see M(huaweicloud.gitops.servicestage_git_authorization_info).
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
      flux:
        description: Flux in clusters, from their own Kubernetes API, see M(huaweicloud.gitops.flux_info).
        type: dict
        suboptions:
          contexts:
            description: Contexts of O(kubeconfig) to read, one or many.
            type: list
            elements: str
            required: true
            aliases:
              - context
          namespaces:
            description: Namespaces in which sources, kustomizations and Helm releases are looked for. Left out, all of them.
            type: list
            elements: str
          controllers:
            description: Controllers that must have a pod.
            type: list
            elements: str
            default:
              - source-controller
              - kustomize-controller
          enabling:
            description: Whether Flux is being installed right now.
            type: bool
            default: false
          restart_max:
            description: How many restarts of a container are too many. Left out, it is O(restart_max).
            type: int
          expect:
            description: The sources that must be there, in each cluster.
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
                description: Name of the source. A name or a URL is needed.
                type: str
              namespace:
                description: Namespace of the source.
                type: str
              url:
                description: Address the source must have.
                type: str
              branch:
                description: Branch the source must follow.
                type: str
              revision:
                description: Commit the source must have fetched.
                type: str
              acceptable_revisions:
                description: Commits that are as good.
                type: list
                elements: str
          expect_kustomizations:
            description: The kustomizations that must be there, in each cluster.
            type: list
            elements: dict
            suboptions:
              name:
                description: Name of the kustomization. A name or a source is needed.
                type: str
              namespace:
                description: Namespace of the kustomization.
                type: str
              source:
                description: Name of the source it follows, or its V(namespace/name).
                type: str
              revision:
                description: Commit the kustomization must have applied.
                type: str
              acceptable_revisions:
                description: Commits that are as good.
                type: list
                elements: str
          on_superseded:
            description: What it means when another revision came instead of the expected one.
            type: str
            default: block
            choices:
              block: It is a failure that waiting does not heal.
              wait: The expected revision may still come.
              allow: It is a warning.
  readings:
    description:
      - Registered results of info modules of this collection, from this host or from others.
      - With O(checks), each reading must belong to one of them, with the same ids. It is judged by the options of
        that check.
      - Without, it is judged by the expectations that it carries, and by the thresholds of this task where they are
        given, O(stuck_after), O(failure_grace), O(restart_max) and O(codearts_timezone). No credentials are needed.
      - A reading that failed counts with its errors. One of a task that was skipped is refused.
      - The result of a task that failed, or whose host could not be reached, is a reading that is missing. It blocks.
      - A reading that is older than O(max_reading_age) decides nothing. It blocks.
      - A second reading of the same ids is judged, too, but counts once for O(expect_readings). Where two contradict
        each other, the worse one decides, and a warning names both.
      - A reading may be given a name with the key C(check), and be made advisory with C(advisory), by the filter
        P(ansible.builtin.combine#filter).
    type: list
    elements: dict
  expect_readings:
    description: How many different readings there must be. With fewer, the decision is to block. Only with O(readings).
    type: int
  max_reading_age:
    description:
      - The greatest age of a given reading at the decision, in seconds, by the later of the local clock and that of
        the services.
      - A receipt is valid for as long.
    type: float
    default: 600
  receipt:
    description:
      - A receipt of an earlier decision, the JSON report of M(huaweicloud.gitops.gitops_report). Only with O(checks).
      - The decision is to allow only when the receipt allows, is still valid, and answers the same question as
        O(checks).
    type: path
  require:
    description:
      - How many clusters of each fleet must be ready, V(all), a number of clusters from 1 on, or a percentage such as
        V(90%), rounded up. Where no check names a fleet, of all clusters that are asked about.
      - Clusters in no fleet must be ready where another check names a fleet, and so must all that is in no cluster, for
        example CodeArts repositories.
      - A cluster is ready when everything that the checks found of it is. Of those that are not, as many are set aside
        as this allows, the worst first. The outcome is then V(passed_with_warnings), and the message names them.
      - What is wrong with the question itself is never set aside, for example a cluster that does not exist or may not be
        read. Neither is a failed verification of a source.
      - Refused when no check that decides is about clusters.
    type: raw
    default: all
  stuck_after:
    description:
      - After how many seconds without an end something that is in progress counts as failed or unknown.
      - Left out, it is 300. For O(readings) alone, it is what they were read with.
    type: float
  failure_grace:
    description:
      - How many seconds a failure that may pass by itself must last before it counts as one.
      - Left out, it is 120. For O(readings) alone, it is what they were read with.
    type: float
  codearts_timezone:
    description:
      - IANA name of the time zone of CodeArts times, for example V(Asia/Shanghai). The service does not tell it.
      - Left out, a time decides only when the answer is the same in every time zone.
    type: str
  wait_timeout:
    description: How long to go on sampling until it can be decided, in seconds. V(0) takes one sample.
    type: float
    default: 600
  interval:
    description:
      - Time between two samples, in seconds.
      - It grows to at most 60 seconds while nothing changes, goes back after a change, and varies by
        20 percent.
      - It is longer when the samples would exceed a documented limit of a service.
    type: float
    default: 10
  steady_for:
    description:
      - How long everything must have been ready, in seconds.
      - Where the times in the answers prove it, the first sample is enough.
      - After a break, for example a restart or a failure, the gate waits until it has seen it itself.
      - It may not be greater than O(wait_timeout), unless that is V(0).
    type: float
    default: 30
  fail_fast:
    description: When a failure ends the wait before O(wait_timeout).
    type: str
    default: terminal
    choices:
      terminal: When waiting cannot help, or when a failure that may pass has lasted longer than O(stuck_after).
      any: Also when any other failure has lasted O(failure_grace).
      never: Never. It waits for O(wait_timeout).
  error_limit:
    description: After how many samples in a row with API errors the gate gives up.
    type: int
    default: 4
  restart_max:
    description:
      - How many restarts of a container are too many, for the checks that do not say it themselves.
      - Left out, many restarts are only a warning.
    type: int
  enforce:
    description: Whether to fail the task when the decision is to block. The whole result is returned
      either way.
    type: bool
    default: true
  decides_on:
    description:
      - What the decision is about, which changes its words and nothing else.
      - V(deployment), a deployment, which is allowed or blocked. V(code), code that is not merged yet; this is a
        check, which passes or fails.
    type: str
    choices:
      - deployment
      - code
    default: deployment
  waivers:
    description:
      - Exceptions. A finding that a waiver covers does not block; it stays in the result and the outcome
        is V(passed_with_warnings).
      - API errors, incomplete lists, a failed verification of a source, the absence of what you named,
        and findings about the gate itself cannot be waived. Such a waiver is refused before the first
        request.
      - A waiver that has expired, or that covers nothing, gives a warning.
    type: list
    elements: dict
    suboptions:
      code:
        description: Code of the finding.
        type: str
        required: true
      kind:
        description: Kind of the object, as in RV(findings[].kind).
        type: str
        required: true
      name:
        description: Name of the object, alone or with its namespace. May be a pattern with C(*) and C(?).
        type: str
        required: true
      cluster:
        description: Id or name of the cluster the object is in. May be a pattern. Left out, any cluster.
        type: str
      reason:
        description: Why the exception is made.
        type: str
        required: true
      owner:
        description: Who answers for it.
        type: str
        required: true
      expires:
        description: Last day of the exception, as V(YYYY-MM-DD) in UTC, at most 90 days ahead.
        type: str
        required: true
notes:
  - A check takes no credentials and no listing options. Credentials are those of the task, and a gate
    on a part of a list would be a trap.
  - Do not let the gate be skipped by accident. Make it the first task of the play that deploys, with
    C(run_once), C(delegate_to=localhost) and the tag C(always). The role C(huaweicloud.gitops.gitops_gate)
    does that and writes reports.
  - Equal revisions prove that a source was fetched, not that it was applied.
seealso:
  - module: huaweicloud.gitops.ucs_repository_source_info
  - module: huaweicloud.gitops.ucs_config_set_info
  - module: huaweicloud.gitops.ucs_gitops_info
  - module: huaweicloud.gitops.codearts_project_repository_info
  - module: huaweicloud.gitops.codearts_repository_info
  - module: huaweicloud.gitops.codearts_commit_info
  - module: huaweicloud.gitops.servicestage_git_authorization_info
  - module: huaweicloud.gitops.gitops_report
"""

EXAMPLES = r"""
---
- name: Wait until GitOps is ready on a cluster
  huaweicloud.gitops.gitops_gate:
    region: cn-north-4
    checks:
      - ucs_gitops:
          cluster_ids: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d
  run_once: true
  delegate_to: localhost
  tags:
    - always

- name: Check everything the deployment depends on
  huaweicloud.gitops.gitops_gate:
    region: cn-north-4
    project_id: 0605767fa80010e02f0bc01d9b1d9a52
    wait_timeout: 900
    steady_for: 60
    checks:
      - name: controllers
        ucs_gitops:
          cluster_ids:
            - 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d
            - 51d3f1d2-9c1e-11ee-8f5b-0255ac100c5d
      - name: sources
        ucs_repository_source:
          cluster_ids:
            - 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d
            - 51d3f1d2-9c1e-11ee-8f5b-0255ac100c5d
      - name: repositories
        codearts_project_repository:
          project_uuids: 4838955a48e2492bbe44b31bc4c272f6
          expect:
            - name: CreatRepository_2qD5i
              private: true
      - name: details
        advisory: true
        codearts_repository:
          repository_uuids: d0457f74cc5b43d989ded7248f71b4e5
      - name: authorizations
        servicestage_git_authorization:
          expect:
            - name: test

- name: Hold a deployment until a commit is applied in two clusters
  huaweicloud.gitops.gitops_gate:
    region: cn-north-4
    wait_timeout: 1200
    checks:
      - ucs_config_set:
          cluster_ids:
            - 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d
            - 51d3f1d2-9c1e-11ee-8f5b-0255ac100c5d
          expect:
            - source: default/official-podinfo-repo-06
              revision: 132f4e719209eb10b9485302f8593fc0e680f4fc

- name: Ask once whether a commit has been fetched, without failing
  huaweicloud.gitops.gitops_gate:
    region: cn-north-4
    wait_timeout: 0
    enforce: false
    checks:
      - ucs_repository_source:
          cluster_ids: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d
          expect:
            - name: official-podinfo-repo-06
              namespace: default
              revision: 132f4e719209eb10b9485302f8593fc0e680f4fc
  register: gate

- name: Show the reasons
  ansible.builtin.debug:
    msg: "{{ gate.reasons }}"

- name: Deploy only when the gate allows it
  ansible.builtin.debug:
    msg: The deployment starts here.
  when: gate.decision == 'allow'

- name: Stop at the first failure that lasts
  huaweicloud.gitops.gitops_gate:
    region: cn-north-4
    fail_fast: any
    failure_grace: 60
    stuck_after: 180
    restart_max: 20
    checks:
      - ucs_gitops:
          cluster_ids: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d

- name: Wait for a fleet by its name, and go on when nine of ten clusters are ready
  huaweicloud.gitops.gitops_gate:
    region: cn-north-4
    require: 90%
    checks:
      - ucs_gitops:
          fleets: prod
      - ucs_cluster:
          fleets: prod

- name: Give a check its own region and project
  huaweicloud.gitops.gitops_gate:
    checks:
      - name: authorizations in Beijing
        region: cn-north-4
        project_id: 0605767fa80010e02f0bc01d9b1d9a52
        servicestage_git_authorization: {}

- name: Make an exception for a suspended source
  huaweicloud.gitops.gitops_gate:
    region: cn-north-4
    wait_timeout: 0
    enforce: false
    checks:
      - ucs_repository_source:
          cluster_ids: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d
    waivers:
      - code: SRC_SUSPENDED
        kind: GitRepository
        name: official-podinfo-*
        reason: Suspended for the migration, CHG-1234
        owner: platform team
        expires: "2026-12-31"

- name: Read the controllers
  huaweicloud.gitops.ucs_gitops_info:
    region: cn-north-4
    cluster_ids: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d
    detail: summary
    on_error: report
  register: controllers

- name: Read the sources
  huaweicloud.gitops.ucs_repository_source_info:
    region: cn-north-4
    cluster_ids: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d
    detail: summary
    on_error: report
  register: sources

- name: Decide from what was read, without another request
  huaweicloud.gitops.gitops_gate:
    readings:
      - "{{ controllers }}"
      - "{{ sources }}"
    expect_readings: 2

- name: Decide on what was read if possible, and wait if not
  huaweicloud.gitops.gitops_gate:
    region: cn-north-4
    checks:
      - ucs_gitops:
          cluster_ids: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d
    readings:
      - "{{ controllers }}"

- name: Decide before a deployment in two steps
  huaweicloud.gitops.gitops_gate:
    region: cn-north-4
    checks:
      - ucs_gitops:
          cluster_ids: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d
  register: gate

- name: Write the receipt
  huaweicloud.gitops.gitops_report:
    report: "{{ gate }}"
    path: reports
    formats: json

- name: Go on in the second step, with the same question
  huaweicloud.gitops.gitops_gate:
    region: cn-north-4
    checks:
      - ucs_gitops:
          cluster_ids: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d
    receipt: reports/gitops-gate.json

- name: Use an access key from the vault
  huaweicloud.gitops.gitops_gate:
    region: cn-north-4
    access_key: "{{ vault_access_key }}"
    secret_key: "{{ vault_secret_key }}"
    checks:
      - ucs_gitops:
          cluster_ids: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d

- name: Use a token, of domain scope
  huaweicloud.gitops.gitops_gate:
    region: cn-north-4
    auth_token: "{{ vault_token }}"
    checks:
      - ucs_gitops:
          cluster_ids: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d

- name: Use the name and password of an IAM user, which serves every scope
  huaweicloud.gitops.gitops_gate:
    region: cn-north-4
    username: "{{ vault_username }}"
    password: "{{ vault_password }}"
    domain_name: "{{ vault_domain_name }}"
    checks:
      - ucs_gitops:
          cluster_ids: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d
      - codearts_project_repository:
          project_uuids: 4838955a48e2492bbe44b31bc4c272f6

- name: Set the connection once for several tasks
  module_defaults:
    group/huaweicloud.gitops.api:
      region: cn-north-4
      project_id: 0605767fa80010e02f0bc01d9b1d9a52
  block:
    - name: Read the authorizations with these defaults
      huaweicloud.gitops.servicestage_git_authorization_info:
        expect:
          - name: test

    - name: Gate with the same defaults
      huaweicloud.gitops.gitops_gate:
        checks:
          - servicestage_git_authorization:
              expect:
                - name: test
"""

RETURN = r"""
---
decision:
  description: V(allow), the deployment may start. V(block), it may not.
  type: str
  returned: when a decision was made, also when the task fails
  sample: block
outcome:
  description:
    - Why the decision is what it is.
    - V(passed), everything is ready. V(passed_with_warnings), the same, with warnings or waived findings.
    - V(failed), something is broken. V(timeout), something was still in progress when the time was
      over.
    - V(undecidable), something could not be read or told.
  type: str
  returned: when a decision was made, also when the task fails
  sample: failed
exit_code:
  description:
    - The outcome as a number, for pipelines. Ansible itself ends with 2 when a play fails.
    - V(0), V(passed) or V(passed_with_warnings). V(1), V(failed). V(2), V(timeout). V(3), V(undecidable).
  type: int
  returned: when a decision was made, also when the task fails
  sample: 1
msg:
  description: The headline and the worst ten reasons, numbered, in lines. Meant to be shown.
  type: str
  returned: when a decision was made, also when the task fails
  sample: |-
    Deployment blocked: GitRepository shop/frontend in prod-eu is suspended (0 of 1 cluster ready).
    1. FAILED: GitRepository shop/frontend in prod-eu (8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d) is suspended. [SRC_SUSPENDED]
       To do: Resume it: flux resume source git frontend -n shop
headline:
  description: The decision in one line, with the worst cause and how many objects are ready. The first line of RV(msg).
  type: str
  returned: when a decision was made, also when the task fails
  sample: 'Deployment blocked: GitRepository shop/frontend in prod-eu is suspended (0 of 1 cluster ready).'
reasons:
  description:
    - The reasons for the decision, the worst first, each in one line. What has one cause is one reason, however many objects it concerns.
    - A finding that only follows from another one is no reason of its own. It is counted under its cause.
  type: list
  elements: str
  returned: when a decision was made, also when the task fails
  sample:
    - 'FAILED: GitRepository shop/frontend in prod-eu (8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d) is suspended. It does not follow its
      repository. [SRC_SUSPENDED] To do: Resume it: flux resume source git frontend -n shop'
causes:
  description: The reasons in parts, in the same order as RV(reasons).
  type: list
  elements: dict
  returned: when a decision was made, also when the task fails
  contains:
    text:
      description: All of it in one line, for people.
      type: str
      returned: always
      sample: 'FAILED: GitRepository shop/frontend in prod-eu (8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d) is suspended. It does not follow its
        repository. [SRC_SUSPENDED] To do: Resume it: flux resume source git frontend -n shop'
    summary:
      description: The objects and what is wrong with them, a sentence without its full stop.
      type: str
      returned: always
      sample: GitRepository shop/frontend in prod-eu (8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d) is suspended
    short:
      description: The same for a headline, without ids and lists.
      type: str
      returned: always
      sample: GitRepository shop/frontend in prod-eu is suspended
    detail:
      description: What was seen, in a sentence. Empty when RV(causes[].summary) says it all.
      type: str
      returned: always
      sample: It does not follow its repository.
    remediation:
      description: What to do for this cause.
      type: str
      returned: always
      sample: 'Resume it: flux resume source git frontend -n shop'
    consequences:
      description: What follows from it.
      type: list
      elements: str
      returned: always
      sample: []
    verdict:
      description: C(failed), C(unknown), C(progressing) or C(warning).
      type: str
      returned: always
      sample: failed
    weight:
      description: What it weighs in the decision, as in RV(findings[].weight).
      type: str
      returned: always
      sample: decides
    code:
      description: Name of the rule that names the cause. V(null) when the gate could not decide at all.
      type: str
      returned: always
      sample: SRC_SUSPENDED
    codes:
      description: Codes of all findings that it stands for.
      type: list
      elements: str
      returned: always
      sample: [SRC_SUSPENDED, SRC_STATUS_CONTRADICTION]
    count:
      description: How many objects it is about.
      type: int
      returned: always
      sample: 1
    objects:
      description: The objects, each with its C(kind), C(namespace), C(name), C(cluster_id) and C(cluster_name).
      type: list
      elements: dict
      returned: always
      sample:
        - kind: GitRepository
          namespace: shop
          name: frontend
          cluster_id: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d
          cluster_name: prod-eu
    checks:
      description: Names of the checks that saw it.
      type: list
      elements: str
      returned: always
      sample: [ucs_repository_source]
    since:
      description: The earliest time since when it has been so. V(null) when it is not known.
      type: str
      returned: always
      sample: null
findings:
  description: Everything that was found in the last sample, the worst first. Empty when there is nothing
    to say.
  type: list
  elements: dict
  returned: when a decision was made, also when the task fails
  contains:
    # --- A finding: written by tools/module_returns
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
checks:
  description: What became of each check, in the order given.
  type: list
  elements: dict
  returned: when a decision was made, also when the task fails
  contains:
    name:
      description: Name of the check.
      type: str
      returned: always
      sample: ucs_gitops
    endpoint:
      description: Short name of the endpoint.
      type: str
      returned: always
      sample: ucs_gitops
    advisory:
      description: Whether the check only warns.
      type: bool
      returned: always
      sample: false
    verdict:
      description: What the last sample found. V(ready), V(progressing), V(unknown) or V(failed).
      type: str
      returned: always
      sample: failed
    counts:
      description: How many objects (workloads, sources, config sets, repositories, authorizations) the last sample
        has of each verdict. Objects beside those that were expected are not counted.
      type: dict
      returned: always
      contains:
        failed:
          description: Objects that are V(failed).
          type: int
          returned: always
          sample: 1
        unknown:
          description: Objects that are V(unknown).
          type: int
          returned: always
          sample: 0
        progressing:
          description: Objects that are V(progressing).
          type: int
          returned: always
          sample: 0
        ready:
          description: Objects that are V(ready).
          type: int
          returned: always
          sample: 0
    beside:
      description: How many objects were there beside those that were expected.
      type: int
      returned: always
      sample: 0
    question:
      description: What was asked. The ids, the expectations, the thresholds, the region and the project, by option name.
      type: dict
      returned: always
      sample:
        cluster_ids:
          - 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d
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
    observed:
      description:
        - The objects that were asked for, each with its verdict, what it weighs, and what it was seen to be.
        - A source has its revision and since when it is ready, a workload its pods and restarts, a repository its status.
        - A config set has the revision it applied, what its source has fetched (C(source_revision)), and whether it is C(behind) that.
          C(applied) is its revision where that is an expected one, else V(null).
      type: list
      elements: dict
      returned: always
      sample:
        - kind: GitRepository
          namespace: default
          name: shop
          cluster_id: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d
          verdict: ready
          weight: decides
          revision: main@sha1:5394cb7f48332b2de7c17dd8b8384bbc84b7e738
          since: '2025-12-01T07:12:40Z'
    targets:
      description: The ids the check was asked for, whatever came, each with what its findings make of it.
      type: list
      elements: dict
      returned: always
      contains:
        id:
          description: Id of the cluster, the project or the repository.
          type: str
          returned: always
          sample: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d
        name:
          description: Name of the cluster, where the answers tell it. Else V(null).
          type: str
          returned: always
          sample: prod-eu
        verdict:
          description: V(ready), V(progressing), V(unknown) or V(failed).
          type: str
          returned: always
          sample: failed
    warnings:
      description: How many findings of the last sample say V(warning).
      type: int
      returned: always
      sample: 0
thresholds:
  description: The numbers that decided, by option name.
  type: dict
  returned: when a decision was made, also when the task fails
  sample:
    wait_timeout: 600.0
    steady_for: 30.0
    stuck_after: 300.0
waivers:
  description: The exceptions that were given, each with the days that are left and what became of it.
  type: list
  elements: dict
  returned: when a decision was made, also when the task fails
  sample:
    - code: SRC_SUSPENDED
      kind: GitRepository
      name: shop
      cluster: null
      reason: Suspended for the migration, CHG-1234
      owner: platform team
      expires: '2026-12-31'
      days_left: 30
      state: used
tolerance:
  description: How many clusters had to be ready, and how many were.
  type: dict
  returned: when a decision was made, also when the task fails
  contains:
    require:
      description: O(require), as a text.
      type: str
      returned: always
      sample: 90%
    groups:
      description:
        - The fleets that were named in a check that decides. Where none was, there is one group of all clusters asked about.
        - Empty where no check that decides is about clusters.
      type: list
      elements: dict
      returned: always
      contains:
        fleet:
          description: The fleet as it was named. V(null) for all clusters.
          type: str
          returned: always
          sample: prod
        fleet_id:
          description: Id of the fleet. V(null) for all clusters.
          type: str
          returned: always
          sample: 2f8d3c9a-7961-11ee-8f3c-0255ac100036
        clusters:
          description: How many clusters it has.
          type: int
          returned: always
          sample: 10
        required:
          description: How many of them must be ready.
          type: int
          returned: always
          sample: 9
        ready:
          description: How many of them are ready.
          type: int
          returned: always
          sample: 9
        missing:
          description: The clusters that are not ready, each with its id, its name and its verdict.
          type: list
          elements: dict
          returned: always
          sample:
            - id: 51d3f1d2-9c1e-11ee-8f5b-0255ac100c5d
              name: prod-us
              verdict: progressing
samples:
  description: How many whole samples were taken, given readings included.
  type: int
  returned: when a decision was made, also when the task fails
  sample: 1
timeline:
  description:
    - The changes of verdict, in order. The first sample is always in it.
    - Of more than 1000 changes, those in the middle are left out.
  type: list
  elements: dict
  returned: when a decision was made, also when the task fails
  contains:
    time:
      description: Time of the sample. RFC 3339, UTC.
      type: str
      returned: always
      sample: '2025-12-01T08:00:00Z'
    seconds:
      description: When the sample was taken, in seconds since the gate began.
      type: float
      returned: always
      sample: 0.2
    check:
      description: Name of the check whose verdict changed.
      type: str
      returned: always
      sample: ucs_gitops
    verdict:
      description: The new verdict. V(ready), V(progressing), V(unknown) or V(failed).
      type: str
      returned: always
      sample: failed
waiting_helps:
  description: Whether a later sample could still change the decision. V(false) when it is final, for
    example with a failure that waiting cannot heal.
  type: bool
  returned: when a decision was made, also when the task fails
  sample: false
started_at:
  description: When the gate began. RFC 3339, UTC.
  type: str
  returned: when a decision was made, also when the task fails
  sample: '2025-12-01T07:59:59Z'
valid_until:
  description: Until when a later step may go on with this decision, see O(receipt). RFC 3339, UTC.
  type: str
  returned: when a decision was made, also when the task fails
  sample: '2025-12-01T08:10:00Z'
confirmed_at:
  description: When a receipt was accepted. RFC 3339, UTC.
  type: str
  returned: with O(receipt), when it allows
  sample: '2025-12-01T08:05:00Z'
collection_version:
  description: Version of this collection.
  type: str
  returned: when a decision was made, also when the task fails
  sample: 1.0.0
region:
  description: Region of the task, or V(null).
  type: str
  returned: when a decision was made, also when the task fails
  sample: cn-north-4
decides_on:
  description: What the decision is about, as O(decides_on) says.
  type: str
  returned: when a decision was made, also when the task fails
  sample: deployment
pipeline_url:
  description: Address of the pipeline's run, where the environment names one. Else V(null).
  type: str
  returned: when a decision was made, also when the task fails
  sample: https://gitlab.example.com/shop/deploy/-/pipelines/4711
decided_at:
  description: Time of the decision, by the later of the local clock and that of the services. RFC 3339, UTC.
  type: str
  returned: when a decision was made, also when the task fails
  sample: '2025-12-01T08:00:00Z'
waited_seconds:
  description: How long the gate took, in seconds.
  type: float
  returned: when a decision was made, also when the task fails
  sample: 0.2
schema_version:
  description: Version of the structure of this result.
  type: int
  returned: when a decision was made, also when the task fails
  sample: 2
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils.task.gate import VALIDATION, argument_spec, run_gate


def main() -> None:
    run_gate(AnsibleModule(argument_spec=argument_spec(), supports_check_mode=True, **VALIDATION))


if __name__ == "__main__":
    main()
