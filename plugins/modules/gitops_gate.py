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
      - What to check. In each entry stands exactly one kind of check, with options of its info module.
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
        description:
          - The repository sources of UCS clusters.
          - Options of M(huaweicloud.gitops.ucs_repository_source_info), C(cluster_ids),
            C(cluster_names), C(fleets), C(cluster_labels), C(expect) and C(on_superseded).
        type: dict
      ucs_config_set:
        description:
          - What GitOps has applied in UCS clusters.
          - Options of M(huaweicloud.gitops.ucs_config_set_info), C(cluster_ids), C(cluster_names),
            C(fleets), C(cluster_labels), C(expect) and C(on_superseded).
        type: dict
      ucs_gitops:
        description:
          - The GitOps pods of UCS clusters.
          - Options of M(huaweicloud.gitops.ucs_gitops_info), C(cluster_ids), C(cluster_names),
            C(fleets), C(cluster_labels), C(controllers), C(enabling) and C(restart_max).
        type: dict
      ucs_cluster:
        description:
          - The clusters of UCS themselves. Without an option (V({})), all of the account.
          - Options of M(huaweicloud.gitops.ucs_cluster_info), C(cluster_ids), C(cluster_names),
            C(fleets) and C(cluster_labels).
        type: dict
      codearts_project_repository:
        description:
          - The repositories of CodeArts projects.
          - Options of M(huaweicloud.gitops.codearts_project_repository_info), C(project_uuids),
            C(expect) and C(api).
        type: dict
      codearts_repository:
        description:
          - The details of CodeArts repositories.
          - Options of M(huaweicloud.gitops.codearts_repository_info), C(repository_uuids),
            C(expect) and C(api).
        type: dict
      codearts_commit:
        description:
          - Commits of CodeArts repositories.
          - Options of M(huaweicloud.gitops.codearts_commit_info), C(repository_ids) and C(expect).
        type: dict
      declared:
        description:
          - What a local checkout declares.
          - Options of M(huaweicloud.gitops.flux_manifest_info), C(paths), C(checkout), C(policy),
            C(allowed_hosts), C(pinned_to), C(allowed_branches), C(private_repositories),
            C(max_interval) and C(clusters).
        type: dict
      servicestage_git_authorization:
        description:
          - The Git authorizations of ServiceStage, in the project of the entry. May be empty (V({})).
          - Options of M(huaweicloud.gitops.servicestage_git_authorization_info), C(expect).
        type: dict
      flux:
        description:
          - Flux in clusters, from their own Kubernetes API.
          - Options of M(huaweicloud.gitops.flux_info), C(contexts), C(namespaces), C(controllers),
            C(enabling), C(restart_max), C(expect), C(expect_kustomizations) and C(on_superseded).
        type: dict
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
      - A receipt is valid for as long. With O(receipt), one of a gate that had a greater age answers another question.
    type: float
    default: 600
  receipt:
    description:
      - A receipt of an earlier decision, the JSON report of M(huaweicloud.gitops.gitops_report). Only with O(checks),
        and not with O(readings), since nothing else is looked at.
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
        description: Kind of the object, as in RV(huaweicloud.gitops.ucs_gitops_info#module:readiness.findings[].kind).
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
  - While it waits, it says for what, a line at each change and one a minute at least. Where it runs as a module of its own, it can
    say nothing before it ends, and a line says so. That is so with another connection than C(local), with C(become), C(async) or
    C(environment), and where C(huaweicloud_gitops_in_process) is C(false). RV(timeline) has the changes either way.
  - Equal revisions prove that a source was fetched, not that it was applied.
seealso:
  - module: huaweicloud.gitops.ucs_repository_source_info
  - module: huaweicloud.gitops.ucs_config_set_info
  - module: huaweicloud.gitops.ucs_gitops_info
  - module: huaweicloud.gitops.codearts_project_repository_info
  - module: huaweicloud.gitops.codearts_repository_info
  - module: huaweicloud.gitops.codearts_commit_info
  - module: huaweicloud.gitops.servicestage_git_authorization_info
  - module: huaweicloud.gitops.ucs_cluster_info
  - module: huaweicloud.gitops.flux_info
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
  tags: [always]

- name: Check everything the deployment depends on
  huaweicloud.gitops.gitops_gate:
    region: cn-north-4
    project_id: 0605767fa80010e02f0bc01d9b1d9a52
    wait_timeout: 900
    checks:
      - ucs_gitops:
          fleets: prod
      - ucs_repository_source:
          cluster_ids: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d
      - codearts_project_repository:
          project_uuids: 4838955a48e2492bbe44b31bc4c272f6
          expect:
            - name: CreatRepository_2qD5i
              private: true
      - advisory: true
        codearts_repository:
          repository_uuids: d0457f74cc5b43d989ded7248f71b4e5
      - servicestage_git_authorization:
          expect:
            - name: test

- name: Hold a deployment until a commit is applied in two clusters
  huaweicloud.gitops.gitops_gate:
    region: cn-north-4
    checks:
      - ucs_config_set:
          cluster_ids: [8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d, 51d3f1d2-9c1e-11ee-8f5b-0255ac100c5d]
          expect:
            - source: default/official-podinfo-repo-06
              revision: 132f4e719209eb10b9485302f8593fc0e680f4fc

- name: Go on when nine of ten clusters of a fleet are ready
  huaweicloud.gitops.gitops_gate:
    region: cn-north-4
    require: 90%
    checks:
      - ucs_gitops:
          fleets: prod

- name: Ask once, without failing, and with an exception for a suspended source
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
  register: gate

- name: Deploy only when the gate allows it
  ansible.builtin.debug:
    msg: The deployment starts here.
  when: gate.decision == 'allow'

- name: Write a receipt of the decision
  huaweicloud.gitops.gitops_report:
    report: "{{ gate }}"
    path: reports

- name: Go on in a later step, with the receipt and the same question
  huaweicloud.gitops.gitops_gate:
    region: cn-north-4
    checks:
      - ucs_repository_source:
          cluster_ids: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d
    receipt: reports/gitops-gate.json

- name: Read the controllers
  huaweicloud.gitops.ucs_gitops_info:
    region: cn-north-4
    cluster_ids: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d
    on_error: report
  register: controllers

- name: Decide from what was read, without another request
  huaweicloud.gitops.gitops_gate:
    readings: ["{{ controllers }}"]
    expect_readings: 1

- name: Set the connection once for several tasks
  module_defaults:
    group/huaweicloud.gitops.api:
      region: cn-north-4
      project_id: 0605767fa80010e02f0bc01d9b1d9a52
      access_key: "{{ vault_access_key }}"
      secret_key: "{{ vault_secret_key }}"
  block:
    - name: Gate with these defaults
      huaweicloud.gitops.gitops_gate:
        checks:
          - servicestage_git_authorization: {}
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
      description: What it weighs in the decision, as in RV(huaweicloud.gitops.ucs_gitops_info#module:readiness.findings[].weight).
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
  description:
    - Everything that was found in the last sample, the worst first. Empty when there is nothing to say.
    - Each has the fields of RV(huaweicloud.gitops.ucs_gitops_info#module:readiness.findings).
  type: list
  elements: dict
  returned: when a decision was made, also when the task fails
  sample:
    - code: POD_STUCK_CREATING
      verdict: failed
      check: ucs_gitops
      kind: Pod
      name: source-controller-97bdcd8cf-5fs52
      message: Container manager is waiting (ContainerCreating) for 26 d 4 h.
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
    selection:
      description:
        - Which clusters the names, fleets and labels of the question stand for. V(null) when clusters were asked for by
          their ids alone, or when they could not be looked up.
        - The gate goes on with these clusters, and says when the names later stand for others.
        - Its fields are those of RV(huaweicloud.gitops.ucs_gitops_info#module:selection).
      type: dict
      returned: always
      sample: null
    observed:
      description:
        - The objects that were asked for, each with its verdict, what it weighs, and what it was seen to be.
        - A source has its revision and since when it is ready, a workload its pods and restarts, a repository its status.
        - A config set has the revision it applied, what its source has fetched (C(source_revision)), and whether it is C(behind) that.
          C(applied) is its revision where that is an expected one, else V(null).
        - Of objects of which there is nothing to tell but that they are ready, the first thousand of a check.
          So it is with sources of the check C(ucs_config_set) whose revision a config set states.
          RV(checks[].not_listed) counts the rest.
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
    not_listed:
      description: By kind, how many more objects are ready than RV(checks[].observed) lists. Empty when it has all.
      type: dict
      returned: always
      sample:
        Repository: 2500
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
