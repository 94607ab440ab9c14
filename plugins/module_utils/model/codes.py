# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""The one catalogue of finding codes: what each means, what to do, which verdicts it may have (rules.rst names the rows of each).

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Code:
    """What a finding code means: a title and a remediation in words, the marks its findings may have, whether a waiver may cover it.

    ``marks`` are those of rules.rst: F T (failed for good), F r (failed, may heal), U and U T (unknown), P (progressing), W (warning).

    A title is a sentence without its full stop. Where it begins with the object ("The source is suspended"), a reason says it of the object
    by its name. In a remediation NAME and NAMESPACE stand for those of the object, and a name of an option in quotes is the reader's own:
    in the role, that of its variable.

    :ivar by_cause: another remediation, by the class of the failure; ``dns`` is the part of ``network`` that is about names. Also by what
        is the matter, where a code has several: a ``branch`` is expected,
        the source was not fetched or is ``unread``
    """

    title: str
    remediation: str
    marks: frozenset[str]
    waivable: bool = True
    by_cause: Mapping[str, str] = field(default_factory=dict)


def _code(marks: str, title: str, remediation: str, waivable: bool = True, by_cause: Mapping[str, str] | None = None) -> Code:
    return Code(title, remediation, frozenset(marks.split(", ")), waivable, by_cause or {})


_POD_STARTS = "Wait; if it lasts, see its events: kubectl describe pod NAME -n NAMESPACE"
_POD_EVENTS = "See its events: kubectl describe pod NAME -n NAMESPACE"
_POD_LOG = "Read its log: kubectl logs NAME -n NAMESPACE --all-containers"
_POD_LAST_LOG = "Read the log of its previous run: kubectl logs NAME -n NAMESPACE --all-containers --previous"
_SOURCE_EVENTS = "Wait; if it lasts, see its events: flux events --for GitRepository/NAME -n NAMESPACE"
_SEE_CONTROLLER = "Look at the log of source-controller: kubectl logs deployment/source-controller -n flux-system"
_APPLY_NOW = "flux reconcile kustomization NAME -n NAMESPACE"
_APPLY_LATER = f"Wait: Flux applies it at its spec.interval; at once with {_APPLY_NOW}"
_APPLY_EVENTS = "Wait; if it lasts, see its events: flux events --for Kustomization/NAME -n NAMESPACE"
_SEE_APPLIER = "Look at the log of kustomize-controller: kubectl logs deployment/kustomize-controller -n flux-system"
_APPLY = {
    "dependency": "Bring what spec.dependsOn of it names back first: flux get kustomizations --all-namespaces",
    "source": "Bring its source back first: flux get sources all --all-namespaces",
    "build": "Correct the manifests in its path; the message names the file: flux build kustomization NAME -n NAMESPACE",
    "prune": f"See which object cannot be deleted, and why: {_APPLY_EVENTS.partition(': ')[2]}",
    "health": "See which of its objects are not healthy: flux tree kustomization NAME -n NAMESPACE",
    "apply": f"Correct the object that the message names; then: {_APPLY_NOW}",
}
_LOOK_AT_SOURCE = "Look at the source: kubectl describe gitrepository NAME -n NAMESPACE"
_TRY_NOW = "flux reconcile source git NAME -n NAMESPACE"
_FETCH = {
    "auth": f"Renew the credentials in the Secret that spec.secretRef names, or give them access to the repository; then: {_TRY_NOW}",
    "dns": f"Check the DNS of the cluster (CoreDNS, the DNS servers of its VPC): it cannot look up the host of the URL; then: {_TRY_NOW}",
    "network": f"Check the way from the cluster to the host of the URL (routes, NAT, firewall, proxy), and the host; then: {_TRY_NOW}",
    "tls": f"Renew the host's certificate, or give its authority as ca.crt in the Secret of spec.secretRef; then: {_TRY_NOW}",
    "config": "Correct spec.url or spec.ref where the source is declared: kubectl get gitrepository NAME -n NAMESPACE -o yaml",
    "storage": "Check the volume and the free space of source-controller: kubectl describe pod -l app=source-controller -n flux-system",
}
_BRANCH = {"branch": "Expect a commit or a tag instead of the branch."}

CATALOGUE: dict[str, Code] = {
    # Answers of the services
    "API_UNAUTHORIZED": _code(
        "U T", "The service refuses the credentials", "Check the credentials, their scope and this machine's clock.", waivable=False
    ),
    "API_FORBIDDEN": _code(
        "U T", "The credentials may not read this", "Grant the user or agency read permission on the service.", waivable=False
    ),
    "API_BAD_REQUEST": _code("U T", "The service rejects the request", "Check the id and the other options of this check.", waivable=False),
    "API_WITHDRAWN": _code(
        "U T",
        "The API is not offered here",
        "The endpoint may have been withdrawn in this site, or 'endpoints' names the wrong host. Ask the provider.",
        waivable=False,
    ),
    "API_SHAPE": _code(
        "U T, U",
        "The answer is not what is documented",
        "Compare the answer with the documentation and report it; check 'endpoints'.",
        waivable=False,
    ),
    "API_STALE": _code(
        "U",
        "The answer is from a cache",
        "Take out the cache or proxy on the way to the service: an old answer proves nothing about now.",
        waivable=False,
    ),
    "API_ANSWER_MISMATCH": _code(
        "U T",
        "The answer is about something else",
        "Check the proxy and the endpoint on the way: the service answered another question than was asked.",
        waivable=False,
    ),
    "API_UNAVAILABLE": _code(
        "U, U T", "The service does not answer", "Check network, proxy and the service's status; try again later.", waivable=False
    ),
    "LIST_INCOMPLETE": _code(
        "U T, U, W",
        "Not everything was read",
        "Leave out listing options where some are set; otherwise read again, a list can shift while it is read.",
        waivable=False,
    ),
    "CLOCK_SKEW": _code(
        "W",
        "A clock is wrong by more than 5 minutes",
        "Set the clock of this machine right, and that of the cluster or service that states the time.",
    ),
    # Access to Kubernetes
    "KUBE_CONTEXT_NOT_FOUND": _code(
        "F T", "The kubeconfig has no such context", "Correct 'contexts', or the kubeconfig that is used.", waivable=False
    ),
    "KUBE_NO_ACCESS": _code(
        "U T, U",
        "The context cannot be used as it is in the kubeconfig",
        "Mend what the message names, on the machine that reads: the kubeconfig, its credential plugin, or the library kubernetes.",
        waivable=False,
    ),
    # GitOps pods
    "GITOPS_NOT_FOUND": _code(
        "F T, P",
        "Cluster unknown, or GitOps is not enabled",
        "Check the cluster id; if it is right, enable GitOps for the cluster in UCS.",
        waivable=False,
    ),
    "GITOPS_NOT_ENABLED": _code(
        "F T, P", "No pods in flux-system", "Enable GitOps for the cluster in UCS; while that is under way, set 'enabling'.", waivable=False
    ),
    "GITOPS_NO_WORKLOAD": _code(
        "U T", "No controller is running", "Only completed one-shot pods exist: check the GitOps add-on of the cluster.", waivable=False
    ),
    "CONTROLLER_MISSING": _code(
        "P, F r",
        "An expected controller has no pod",
        "Look at its deployment: kubectl describe deployment NAME -n NAMESPACE; where it is not meant to run there, correct 'controllers'.",
        waivable=False,
    ),
    "POD_TERMINATING": _code(
        "W, P", "The pod is going away", "If it stays, look at its finalizers and its node: kubectl get pod NAME -n NAMESPACE -o yaml"
    ),
    "POD_JOB_FAILED": _code(
        "W, P, F r", "The one-shot pod failed", "Read its log, and run the job again: kubectl logs NAME -n NAMESPACE --all-containers"
    ),
    "POD_EVICTED": _code(
        "W, P, F r",
        "The pod was evicted, preempted or refused by its node",
        "Check the memory and the disk of its node, then take away what is left of it: kubectl delete pod NAME -n NAMESPACE",
    ),
    "POD_FAILED": _code("W, P, F r", "The pod failed, though it should run on", _POD_LOG),
    "POD_COMPLETED_UNEXPECTED": _code("W, P, F r", "The pod ended, though it should run on", _POD_LOG),
    "POD_PHASE_UNKNOWN": _code(
        "U, F r, W",
        "The pod's node does not report",
        "Check its node and the node's connection to the cluster: kubectl get pod NAME -n NAMESPACE -o wide",
    ),
    "POD_PHASE_UNDOCUMENTED": _code(
        "P, U, W",
        "The pod is in a state that is not documented",
        "Look at it, and report the value shown: kubectl describe pod NAME -n NAMESPACE",
    ),
    "POD_IMAGE_INVALID": _code(
        "F T, W",
        "The image's name or pull policy cannot work",
        "Correct the image or its pull policy where the workload is declared: this cannot heal by itself.",
    ),
    "POD_IMAGE_PULL": _code(
        "P, F r, W",
        "The image cannot be pulled",
        "Check the image's name, the registry, its credentials and the node's network: kubectl describe pod NAME -n NAMESPACE",
    ),
    "POD_CONTAINER_CONFIG": _code(
        "P, F r, W",
        "The container cannot be created",
        "Usually a Secret or ConfigMap is missing. See its events: kubectl describe pod NAME -n NAMESPACE",
    ),
    "POD_CRASH_LOOP": _code(
        "P, F r, W",
        "The container keeps crashing",
        f"If it was OOMKilled, raise its memory limit. {_POD_LAST_LOG}",
    ),
    "POD_WAITING_ERROR": _code("P, F r, W", "The container waits with an error", _POD_EVENTS),
    "POD_STARTING": _code("P", "The pod is starting", _POD_STARTS),
    "POD_STUCK_CREATING": _code(
        "F r, W",
        "The pod has been starting for too long",
        "Often a volume, the network or the image is missing. See its events: kubectl describe pod NAME -n NAMESPACE",
    ),
    "POD_UNSCHEDULABLE": _code(
        "P, F r, W",
        "No node can take the pod",
        "Add capacity, or correct node selectors, taints and requests: kubectl describe pod NAME -n NAMESPACE",
    ),
    "POD_SCHEDULING_GATED": _code(
        "P, F r, W",
        "A scheduling gate holds the pod back",
        "Find out who set spec.schedulingGates of the pod, and have it removed: kubectl get pod NAME -n NAMESPACE -o yaml",
    ),
    "POD_CONTAINER_EXITED": _code("P, F r, W", "The container has just ended", _POD_LAST_LOG),
    "POD_NO_CONTAINER_STATUS": _code("P, U", "The pod reports too few containers", _POD_STARTS),
    "POD_NOT_READY": _code("P", "The pod is not ready yet", _POD_STARTS),
    "POD_STUCK_NOT_READY": _code(
        "F r, W",
        "The pod has not become ready for too long",
        "Read its log, and look at its readiness probe: kubectl logs NAME -n NAMESPACE --all-containers",
    ),
    "POD_READY_CONDITION_FALSE": _code(
        "P",
        "The containers are ready but the pod is not",
        "A readiness gate or the node holds it back. See its conditions: kubectl describe pod NAME -n NAMESPACE",
    ),
    "POD_READY_UNKNOWN": _code(
        "P, U",
        "Whether the pod is ready is not known",
        "Its node may not report. See its condition Ready and the node: kubectl describe pod NAME -n NAMESPACE",
    ),
    "POD_RESTARTED_DURING_WAIT": _code("P", "The container restarted while the gate watched", _POD_LAST_LOG),
    "POD_RECENT_RESTART": _code("W", "The container restarted a moment ago", _POD_LAST_LOG),
    "POD_MANY_RESTARTS": _code(
        "F r, P, W",
        "The container has restarted often",
        "Find the cause before it fails for good: kubectl logs NAME -n NAMESPACE --all-containers --previous",
    ),
    "POD_STANDBY": _code("W", "A replica stands by", "Nothing to do: another replica of the same version is ready."),
    "POD_RESTARTS_UNKNOWN": _code(
        "U",
        "The number of restarts is not stated",
        "Look at the pod in the cluster (kubectl get pod NAME -n NAMESPACE), or leave out 'restart_max'.",
    ),
    "ROLLOUT_IN_PROGRESS": _code(
        "P",
        "Pods of an older version are still there",
        "Wait until the rollout is complete: kubectl rollout status deployment/NAME -n NAMESPACE",
    ),
    # Repository sources
    "SRC_CLUSTER_NOT_FOUND": _code(
        "F T", "The cluster is unknown", "Check the cluster id, and that the cluster is registered in UCS.", waivable=False
    ),
    "SRC_NONE": _code(
        "F r, U T", "The cluster has no repository source", "Create the repository source, or correct the cluster id.", waivable=False
    ),
    "SRC_MISSING": _code(
        "F r",
        "The expected source is not there",
        "Create the source, or correct 'expect'; what there is: flux get sources git --all-namespaces",
        waivable=False,
    ),
    "SRC_SPEC_MISMATCH": _code(
        "F r",
        "The source is not what was expected",
        "Correct the source where it is declared, or 'expect': kubectl get gitrepository NAME -n NAMESPACE -o yaml",
    ),
    "SRC_UNSUPPORTED": _code(
        "U T",
        "This type of source cannot be judged",
        "Only sources of the type GitRepository can be judged; leave this one out by naming the others in 'expect'.",
    ),
    "SRC_TERMINATING": _code(
        "F T",
        "The source is being deleted",
        "Find out who deletes it, and create it again if it is needed: kubectl get gitrepository NAME -n NAMESPACE -o yaml",
    ),
    "SRC_SUSPENDED": _code("F T", "The source is suspended", "Resume it: flux resume source git NAME -n NAMESPACE"),
    "SRC_STALLED": _code(
        "F T",
        "The source cannot be reconciled as it is",
        "Correct the source where it is declared, as the message says: kubectl get gitrepository NAME -n NAMESPACE -o yaml",
    ),
    "SRC_VERIFICATION_FAILED": _code(
        "F T", "The commit's signature does not verify", "Find out who pushed this commit. Do not deploy it.", waivable=False
    ),
    "SRC_VERIFICATION_ERROR": _code(
        "P, F r",
        "The commit's signature could not be checked",
        "Check the Secret that spec.verify names, and source-controller's log.",
        waivable=False,
        by_cause=_FETCH,
    ),
    "SRC_NOT_VERIFIED": _code(
        "P, U",
        "The commit's signature has not been checked",
        "Wait for source-controller to verify it. If it lasts, read its log: kubectl logs deployment/source-controller -n flux-system",
    ),
    "SRC_FETCH_FAILED": _code(
        "F r", "The source cannot be fetched", "See the message: kubectl describe gitrepository NAME -n NAMESPACE", by_cause=_FETCH
    ),
    "SRC_FETCH_RETRYING": _code(
        "P",
        "The source failed at the last try and is tried again",
        "Nothing to do yet: Flux tries again by itself. If it lasts: kubectl describe gitrepository NAME -n NAMESPACE",
    ),
    "SRC_STORAGE_FAILED": _code(
        "F r",
        "The artifact cannot be stored",
        "Check the volume and the free space of source-controller: kubectl describe pod -l app=source-controller -n flux-system",
    ),
    "SRC_INCLUDE_UNAVAILABLE": _code(
        "F r", "An included source is missing", "Check the sources that spec.include names: flux get sources git -n NAMESPACE"
    ),
    "SRC_BUILD_FAILED": _code(
        "F r",
        "The artifact cannot be built",
        "Check spec.ignore and spec.include of the source: kubectl get gitrepository NAME -n NAMESPACE -o yaml",
    ),
    "SRC_NOT_READY": _code(
        "F r", "The source is not ready", "See the message: kubectl describe gitrepository NAME -n NAMESPACE", by_cause=_FETCH
    ),
    "SRC_NOT_OBSERVED": _code("P", "No controller has looked at the source yet", _SEE_CONTROLLER),
    "SRC_NEVER_RECONCILED": _code("F r", "No controller has ever looked at the source", _SEE_CONTROLLER),
    "SRC_NO_CONDITIONS": _code("U", "The source states no conditions", _SEE_CONTROLLER),
    "SRC_GENERATION_AHEAD": _code(
        "U", "The status is of a later generation than the source", "Read again: the object was created anew or the answer is stale."
    ),
    "SRC_GENERATION_STALE": _code("P, F r", "The source's status may be of an earlier generation", _SEE_CONTROLLER),
    "SRC_RECONCILING": _code("P, F r", "The source is being reconciled", _SOURCE_EVENTS),
    "SRC_RETRYING": _code("P, F r", "The source is tried again after a failure", _SOURCE_EVENTS),
    "SRC_READY_UNKNOWN": _code("P, U", "It is not known whether the source is ready", _SEE_CONTROLLER),
    "SRC_ARTIFACT_OUTDATED": _code("P", "A newer artifact is being made", _SOURCE_EVENTS),
    "SRC_READY_WITHOUT_ARTIFACT": _code("U", "The source says ready but has no artifact", _SEE_CONTROLLER),
    "SRC_ARTIFACT_OTHER_REF": _code(
        "P, F r",
        "The artifact is of another branch or tag",
        "Wait for the next reconcile, or check spec.ref; at once: flux reconcile source git NAME -n NAMESPACE",
    ),
    "SRC_STATUS_CONTRADICTION": _code("W, P, U", "UCS and the source disagree", _LOOK_AT_SOURCE),
    "SRC_REPOSTATUS_FAILED": _code("F r", "UCS says that the source failed", _LOOK_AT_SOURCE),
    "SRC_DUPLICATE_CONDITION": _code("W", "A condition is stated twice", "Harmless by itself; the worse one counts. Report it."),
    "SRC_INTERVAL_LONGER_THAN_TIMEOUT": _code(
        "W",
        "The wait is shorter than Flux may need",
        "Raise 'wait_timeout' to 2 x interval + timeout of the source, or lower the source's interval.",
    ),
    "SRC_RECONCILE_REQUESTED": _code(
        "P, W",
        "A reconcile was requested and has not been handled",
        "Wait for source-controller; what the source says is older than the request.",
    ),
    "SRC_READY_CONTROLLER_DOWN": _code(
        "U, W", "Ready may be old: source-controller is down", "Bring source-controller back first; what it last said may be old."
    ),
    "SRC_AUTHORIZATION_FAILED": _code("W", "The authorization for this host is not valid", "Renew the authorization in ServiceStage."),
    "SRC_URL_SCP_STYLE": _code("W", "Flux refuses URLs like git@host:path", "Write the URL as ssh://git@host/path."),
    "SRC_URL_INSECURE": _code(
        "W", "The repository is fetched without encryption", "Use an https or ssh URL: what is fetched this way can be changed on its way."
    ),
    "SRC_URL_CREDENTIALS": _code("W", "The URL of the source holds credentials", "Move the credentials into the Secret of spec.secretRef."),
    "SRC_REVISION_NOT_YET": _code(
        "P",
        "The expected revision is not there yet",
        "Wait: Flux looks at each spec.interval; at once with flux reconcile source git NAME -n NAMESPACE",
    ),
    "SRC_REVISION_NOT_PICKED_UP": _code(
        "F r",
        "The expected revision was not picked up",
        "Check that the commit was pushed to the branch that the source follows, then: flux reconcile source git NAME -n NAMESPACE",
    ),
    "SRC_REVISION_SUPERSEDED": _code(
        "F T, P, W",
        "Another revision came instead of the expected one",
        "Check what was pushed last, and whether the source follows the right branch.",
    ),
    "SRC_REVISION_UNPARSABLE": _code(
        "U, U T",
        "The artifact's revision cannot be compared",
        "Compare the revision shown with the one expected by hand.",
        by_cause=_BRANCH,
    ),
    "SRC_PINNED_ELSEWHERE": _code(
        "F T", "The source is pinned to another commit or tag", "Change spec.ref of the source, or the expected revision."
    ),
    # Config sets
    "CFG_MISSING": _code("F r", "The expected config set is not there", "Create the config set, or correct 'expect'.", waivable=False),
    "CFG_NONE": _code("U T", "The cluster has no config set", "Create a config set, or leave the check out.", waivable=False),
    "CFG_UNSUPPORTED": _code(
        "U T",
        "This type of config set cannot be judged",
        "Only kustomizations state the revision they applied; leave this config set out through 'expect'.",
    ),
    "CFG_TERMINATING": _code("F T", "The config set is being deleted", "Find out who deletes it, and create it again if it is needed."),
    "CFG_SUSPENDED": _code("F T", "The config set is suspended", "Resume it: flux resume kustomization NAME -n NAMESPACE"),
    "CFG_STALLED": _code("F T", "The config set cannot be applied as it is", "Correct the config set's spec as the message says."),
    "CFG_NOT_READY": _code(
        "P, F r",
        "The config set is not applied",
        "See the message: kubectl describe kustomization NAME -n NAMESPACE",
        by_cause=_APPLY,
    ),
    "CFG_RECONCILING": _code("P, F r", "The config set is being applied", _APPLY_EVENTS),
    "CFG_GENERATION_STALE": _code("P, F r, U", "The status is of another generation than the config set", _SEE_APPLIER),
    "CFG_BEHIND_SOURCE": _code(
        "P, F r, U",
        "What the source has fetched is not known to be applied",
        _APPLY_LATER,
        by_cause={
            "source": _APPLY["source"],
            "unread": "Expect a revision of it: its source is not read, so nothing else says what it must be.",
        },
    ),
    "CFG_REVISION_NOT_YET": _code("P", "The expected revision is not applied yet", _APPLY_LATER),
    "CFG_REVISION_NOT_PICKED_UP": _code(
        "F r", "The expected revision was not applied in time", f"Check that its source has fetched the commit, then: {_APPLY_NOW}"
    ),
    "CFG_REVISION_SUPERSEDED": _code(
        "F T, P, W",
        "Another revision was applied instead of the expected one",
        "Check what was pushed last, and whether the source follows the right branch.",
    ),
    "CFG_REVISION_UNPARSABLE": _code(
        "U, U T",
        "The applied revision cannot be compared",
        "Compare the revision shown with the one expected by hand.",
        by_cause=_BRANCH,
    ),
    "CFG_STATUS_CONTRADICTION": _code(
        "W, P, U, F r", "UCS and the config set disagree", "Look at it: kubectl describe kustomization NAME -n NAMESPACE"
    ),
    "CFG_UNDOCUMENTED": _code("U", "The config set is in an undocumented state", "Look at it in the cluster; report the value shown."),
    "CFG_READY_CONTROLLER_DOWN": _code(
        "U, W", "Ready is stale: the controller is down", "Bring kustomize-controller back first; what it last said may be old."
    ),
    # CodeArts repositories
    "REPO_API_ERROR": _code(
        "U, U T", "CodeArts reports an error", "See code and message; check the project or repository id.", waivable=False
    ),
    "REPO_NO_PERMISSION_OR_ABSENT": _code(
        "U T",
        "It does not exist, or the user may not see it",
        "Check the id (a CodeArts project has another one than the IAM project, though both look alike), and the user's role.",
        waivable=False,
    ),
    "REPO_PROJECT_NOT_FOUND": _code(
        "F T",
        "The project is unknown",
        "Check the id: a CodeArts project has another one than the IAM project, though both look alike.",
        waivable=False,
    ),
    "REPO_NOT_FOUND": _code(
        "F T", "The expected repository is not there", "Check its name or uuid; the list shows only what the user may see.", waivable=False
    ),
    "REPO_NONE": _code(
        "U T",
        "The project has no repository",
        "Check the id of the project and the user's permissions: the list shows only what the user may see.",
        waivable=False,
    ),
    "REPO_PROJECT_DELETED": _code("F T", "The repository's project is deleted", "Restore the project, or use another repository."),
    "REPO_PROJECT_DELETED_UNKNOWN": _code("U", "It is not known whether the project is deleted", "Report the value shown."),
    "REPO_CREATING": _code("P, F r", "The repository is being created", "Wait; if it lasts, look at the repository in CodeArts."),
    "REPO_CREATE_FAILED": _code("F T", "The repository could not be created", "Delete it and create it again."),
    "REPO_FROZEN": _code("F T", "The repository is frozen", "Check the account's balance and the repository's quota."),
    "REPO_CLOSED": _code("F T", "The repository is closed", "Open it again, or use another repository."),
    "REPO_CLEARING": _code("F T", "The repository is being cleared", "Find out who clears it."),
    "REPO_DELETING": _code("F T", "The repository is being deleted", "Find out who deletes it."),
    "REPO_STATUS_UNDOCUMENTED": _code("U", "The repository's status is not documented", "Report the value shown."),
    "REPO_STATUS_MISSING": _code(
        "U T", "The repository's status is not stated", "Check the project's list of repositories as well: it states the status."
    ),
    "REPO_ROLE_TOO_LOW": _code("F T", "The user's role is too low", "Give the user the role named in 'expect'."),
    "REPO_ROLE_UNKNOWN": _code("U", "The user's role is not known", "Check the user's role in the repository."),
    "REPO_PUBLIC": _code("F T", "The repository is public", "Make it private, or correct 'expect'."),
    "REPO_VISIBILITY_UNKNOWN": _code("U", "The repository's visibility is not known", "Look at the repository's settings in CodeArts."),
    "REPO_VISIBILITY_UNDOCUMENTED": _code("W", "The repository's visibility is undocumented", "Report the value shown."),
    "REPO_PRIVATE_NO_SECRET": _code("W, F r", "A private repository is fetched without a secret", "Set spec.secretRef of the source."),
    "REPO_TOO_LARGE": _code("F r", "The repository is larger than allowed", "Remove large files, or raise 'max_size'."),
    "REPO_SIZE_UNKNOWN": _code("U", "The repository's size is not known", "Check the size in CodeArts."),
    "REPO_STALE": _code(
        "F r", "The repository has not been updated for long", "Check that this is the repository you deploy from, or raise 'max_age'."
    ),
    "REPO_AGE_UNKNOWN": _code(
        "U, W", "The repository's last update cannot be told", "Set 'codearts_timezone', or look at the repository in CodeArts."
    ),
    "REPO_LIST_DETAIL_DIFFER": _code("W", "List and details disagree about a repository", "Try again; if it lasts, report both values."),
    # Commits
    "COMMIT_NOT_FOUND": _code(
        "F r", "The commit was never pushed", "Push the commit to the repository, or correct 'expect'.", waivable=False
    ),
    "COMMIT_BRANCH_NOT_FOUND": _code("F r", "The branch is not there", "Push the branch, or correct 'expect'.", waivable=False),
    "COMMIT_NOT_ON_BRANCH": _code("F r", "The commit is not on the branch", "Merge or push the commit to the branch, or correct 'expect'."),
    "COMMIT_CI_RUNNING": _code("P", "The pipeline of the commit has not ended", "Wait for the pipeline."),
    "COMMIT_CI_FAILED": _code("F T", "The pipeline of the commit did not succeed", "Mend what failed, or run the pipeline again."),
    "COMMIT_CI_SKIPPED": _code("U T", "The pipeline of the commit was skipped", "Run the pipeline for this commit."),
    "COMMIT_CI_UNKNOWN": _code(
        "U",
        "It is not known whether the commit was built",
        "See whether a pipeline runs for this branch; report a state that is undocumented.",
    ),
    "COMMIT_BRANCH_UNPROTECTED": _code("F T, U T", "The branch is not protected", "Protect the branch in CodeArts, or correct 'expect'."),
    "COMMIT_UNSIGNED": _code(
        "F T", "The commit's signature does not verify", "Find out who pushed this commit, and sign it.", waivable=False
    ),
    "COMMIT_SIGNATURE_UNKNOWN": _code(
        "U T", "It is not known whether the commit is signed", "Look at the commit in CodeArts; report the values shown.", waivable=False
    ),
    # ServiceStage authorizations
    "AUTH_PROJECT_NOT_FOUND": _code("F T", "The IAM project is unknown", "Check 'project_id' and 'region'.", waivable=False),
    "AUTH_NONE": _code("F T, U T", "The project has no authorization", "Create the Git authorization in ServiceStage.", waivable=False),
    "AUTH_NOT_FOUND": _code(
        "F T", "The expected authorization is not there", "Create it in ServiceStage, or correct 'expect'.", waivable=False
    ),
    "AUTH_EXPIRED": _code("F T", "The authorization is expired", "Renew it in ServiceStage."),
    "AUTH_UNAUTHENTICATED": _code("F T", "The authorization is not authenticated", "Authorize it again in ServiceStage."),
    "AUTH_STATUS_UNDOCUMENTED": _code(
        "U T", "The authorization's status is not known", "Look at it in ServiceStage, and report the value shown."
    ),
    "AUTH_PROBE_REFUSED": _code("F T", "The authorization does not work", "Authorize it again in ServiceStage."),
    "AUTH_PROBE_NOT_FOUND": _code(
        "F T",
        "The authorization does not show the repository",
        "Correct clone_url and ref of its probe in 'expect', or give the authorization access to the repository.",
        waivable=False,
    ),
    "AUTH_PROBE_COMMIT_MISSING": _code(
        "F r, U", "The commit is not seen through the authorization", "Push the commit, or correct ref and commit of the probe in 'expect'."
    ),
    "AUTH_AMBIGUOUS": _code("W", "Several authorizations match", "Name the authorization in 'expect'."),
    # Clusters
    "CLUSTER_NOT_FOUND": _code(
        "F T",
        "There is no such cluster or fleet",
        "Correct 'cluster_names', 'fleets' or 'cluster_ids'; names are compared with upper and lower case. The module ucs_cluster_info "
        "lists clusters and fleets.",
        waivable=False,
    ),
    "CLUSTER_AMBIGUOUS": _code(
        "F T",
        "Several have this name",
        "Name the cluster by its id in 'cluster_ids', the fleet by its id in 'fleets': the message has the ids.",
        waivable=False,
    ),
    "CLUSTER_NONE": _code(
        "U T", "No cluster is meant", "Add clusters to the fleet in UCS, or correct 'fleets' or 'cluster_labels'.", waivable=False
    ),
    "CLUSTER_SET_CHANGED": _code(
        "W", "The set of clusters has changed", "Run the gate again, so that it asks about the clusters that are meant now."
    ),
    "CLUSTER_FROZEN": _code("F T", "The cluster is frozen", "Settle the account's debt, or lift the policy that froze the cluster in UCS."),
    "CLUSTER_NOT_READY": _code(
        "P, F r",
        "The cluster is not ready",
        "See the cluster's conditions in the message and in the console of UCS, and its nodes: kubectl get nodes",
    ),
    "CLUSTER_NO_NODE": _code("F r", "The cluster has no ready node", "Start or repair a node of the cluster: kubectl get nodes"),
    "CLUSTER_PHASE_UNDOCUMENTED": _code(
        "U", "The cluster is in an undocumented state", "Look at the cluster in the console of UCS; report the value shown."
    ),
    # Declared in code
    "DECLARED_NONE": _code(
        "U T", "Nothing is declared", "Check 'paths': no manifest of Flux is below it, so there is nothing to judge.", waivable=False
    ),
    "DECLARED_YAML_INVALID": _code("F T", "A file is no YAML", "Correct the file at the line shown."),
    "DECLARED_KEY_DUPLICATE": _code(
        "F T", "A key stands twice in a mapping", "Take one of them out: which one counts is left to the reader."
    ),
    "DECLARED_UNREAD": _code("U T", "A file was not read", "Make it an ordinary text file inside the checkout, or name other paths."),
    "DECLARED_INVALID": _code("F T", "Flux would refuse a manifest", "Correct the field at the line shown."),
    "DECLARED_VERSION_UNKNOWN": _code("U T", "The API version of a manifest is not known", "Use a version that the guide names."),
    "DECLARED_DUPLICATE": _code("F T, W", "One object is declared twice", "Take one of the documents out."),
    "DECLARED_NOT_RESOLVED": _code(
        "F T, W",
        "A manifest is changed before it is applied",
        "Read what 'flux build' or 'kubectl kustomize' prints, as a file of its own, or as 'rendered'.",
    ),
    "DECLARED_URL_INSECURE": _code("F T, W", "A source is fetched without encryption", "Use https:// or ssh://."),
    "DECLARED_URL_CREDENTIALS": _code(
        "F T, W", "A URL holds credentials", "Change the credentials, keep the new ones in a Secret, and name it in spec.secretRef."
    ),
    "DECLARED_HOST_NOT_ALLOWED": _code(
        "F T, W", "A source is fetched from a host that is not allowed", "Use a host of 'allowed_hosts', or add it."
    ),
    "DECLARED_REF_NOT_PINNED": _code(
        "F T, W", "A source follows another ref than is demanded", "Set spec.ref as 'pinned_to' and 'allowed_branches' demand."
    ),
    "DECLARED_NO_SECRET": _code("F T, W", "A source that needs a secret names none", "Set spec.secretRef of the source."),
    "DECLARED_PRUNE_OFF": _code(
        "F T, W", "A Kustomization does not prune", "Set spec.prune to true, or waive it for what must never be deleted."
    ),
    "DECLARED_INTERVAL_LONG": _code("F T, W", "An interval is longer than demanded", "Shorten spec.interval, or raise 'max_interval'."),
    "DECLARED_NOT_LIVE": _code(
        "F r", "A declared object is not live", "See whether what applies it is ready, and follows this repository."
    ),
    "DECLARED_NOWHERE": _code(
        "F T, W", "A live object is declared nowhere", "Declare it, or delete it; or add the path that declares it to 'paths'."
    ),
    "DECLARED_LIVE_DIFFERS": _code(
        "F r", "A live object is not as declared", "Wait until it is applied; if it lasts, somebody changed it by hand."
    ),
    "DECLARED_NOT_COMPARED": _code(
        "U, U T",
        "It cannot be told whether it is live as declared",
        "Read what 'flux build' prints; and read the clusters that it is for.",
    ),
    # The gate itself
    "READING_MISSING": _code("U T, U", "A reading is missing", "A runner was lost or skipped its reads: run them again.", waivable=False),
    "READING_STALE": _code(
        "U",
        "A reading is too old to decide on",
        "Read again right before the decision; if it was, set the clock of this machine right.",
        waivable=False,
    ),
    "READING_DUPLICATE": _code(
        "W", "The same thing was read twice", "Hand in each reading once; a copy proves nothing more.", waivable=False
    ),
    "READING_CONTRADICTED": _code(
        "W", "Another reading says otherwise", "See whether both were read at the same place; if it lasts, report both.", waivable=False
    ),
    "GATE_TOO_FEW_CLUSTERS": _code(
        "F T, U",
        "Fewer clusters than must be ready",
        "Compare 'require' with the number of clusters in the fleet, and look at what is said of its clusters.",
        waivable=False,
    ),
    "GATE_TIMEOUT_TOO_SHORT": _code(
        "P", "The time left cannot hold steady_for", "Raise 'wait_timeout', or lower 'steady_for'.", waivable=False
    ),
    "GATE_NOT_STEADY": _code(
        "P", "Everything is ready, but not for long enough", "Wait a little and ask again, or lower 'steady_for'.", waivable=False
    ),
    "WAIVER_EXPIRED": _code("W", "A waiver has expired", "Mend the cause, or renew the waiver with a new end.", waivable=False),
    "WAIVER_UNUSED": _code("W", "A waiver matches nothing", "Remove it.", waivable=False),
}
