# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""What a judgement says: verdicts, findings, and the one catalogue of finding codes (readiness.md sections 1 to 3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

FAILED, UNKNOWN, PROGRESSING, WARNING, READY = "failed", "unknown", "progressing", "warning", "ready"
SEVERITY = {FAILED: 4, UNKNOWN: 3, PROGRESSING: 2, WARNING: 1, READY: 0}


def worst(verdicts: Iterable[str]) -> str:
    """The worst of some verdicts, whatever their order; a warning does not take readiness away."""
    found = max(verdicts, key=SEVERITY.__getitem__, default=READY)
    return READY if found == WARNING else found


@dataclass(frozen=True)
class Code:
    """What a finding code means, and what to do about it."""

    title: str
    remediation: str
    waivable: bool = True


_RETRY_LATER = "Nothing to do but wait; if it lasts, look at the object's events and the controller's log in the cluster."
_SEE_CONTROLLER = "Look at the controller's pods and log in flux-system of the cluster."
_CHECK_RELEASE = "Check what was pushed last, and whether the source follows the right branch."

CATALOGUE: dict[str, Code] = {
    # Answers of the services
    "API_UNAUTHORIZED": Code("The service refuses the credentials", "Check the credentials, their scope and this machine's clock.", False),
    "API_FORBIDDEN": Code("The credentials may not read this", "Grant the user or agency read permission on the service.", False),
    "API_BAD_REQUEST": Code("The service rejects the request", "Check the id and the other options of this check.", False),
    "API_WITHDRAWN": Code(
        "The API is not offered here",
        "The endpoint may have been withdrawn in this site, or 'endpoints' names the wrong host. Ask the provider.",
        False,
    ),
    "API_SHAPE": Code(
        "The answer is not what is documented", "Compare the answer with the documentation and report it; check 'endpoints'.", False
    ),
    "API_UNAVAILABLE": Code("The service does not answer", "Check network, proxy and the service's status; try again later.", False),
    "LIST_INCOMPLETE": Code(
        "Not everything was read", "Leave out listing options; otherwise try again, a list can shift while it is read.", False
    ),
    "CLOCK_SKEW": Code("A stated time lies in the future", "Set the clocks of the cluster and of this machine right."),
    # GitOps pods
    "GITOPS_NOT_FOUND": Code(
        "Cluster unknown, or GitOps is not enabled", "Check the cluster id, and enable GitOps for the cluster in UCS.", False
    ),
    "GITOPS_NOT_ENABLED": Code(
        "No pods in flux-system", "Enable GitOps for the cluster in UCS, or wait for it with 'enabling: true'.", False
    ),
    "GITOPS_NO_WORKLOAD": Code(
        "No controller is running", "Only completed one-shot pods exist: check the GitOps add-on of the cluster.", False
    ),
    "CONTROLLER_MISSING": Code(
        "An expected controller has no pod", "Check the deployment in flux-system, or correct the list 'controllers'.", False
    ),
    "POD_TERMINATING": Code("A pod does not go away", "Look at the pod's finalizers and its node."),
    "POD_JOB_FAILED": Code("A one-shot pod failed", "Read the pod's log and run the job again."),
    "POD_EVICTED": Code("A pod was evicted or killed with its node", "Check the node's memory and disk; delete the leftover pod."),
    "POD_COMPLETED_UNEXPECTED": Code("A controller's pod ended", "Read the pod's log: a controller must not end by itself."),
    "POD_PHASE_UNKNOWN": Code("The pod's node does not report", "Check the node and its connection to the cluster."),
    "POD_PHASE_UNDOCUMENTED": Code("The pod is in an undocumented state", "Look at the pod in the cluster; report the value shown."),
    "POD_IMAGE_INVALID": Code("The image name cannot work", "Correct the image name or pull policy: this cannot heal by itself."),
    "POD_IMAGE_PULL": Code("The image cannot be pulled", "Check the image name, the registry, its credentials and the node's network."),
    "POD_CONTAINER_CONFIG": Code("The container cannot be created", "Usually a Secret or ConfigMap is missing: see the pod's events."),
    "POD_CRASH_LOOP": Code(
        "The container keeps crashing", "Read the log of the previous container run; check memory limits if it was OOMKilled."
    ),
    "POD_WAITING_ERROR": Code("The container waits with an error", "See the pod's events for the reason shown."),
    "POD_STARTING": Code("The pod is starting", _RETRY_LATER),
    "POD_STUCK_CREATING": Code(
        "The pod has been starting for too long", "See the pod's events: often a volume, network or image is missing."
    ),
    "POD_UNSCHEDULABLE": Code("No node can take the pod", "Add capacity, or correct node selectors, taints and requests."),
    "POD_CONTAINER_EXITED": Code("The container has just ended", "Read its log; it is started again by the kubelet."),
    "POD_NO_CONTAINER_STATUS": Code("The pod reports no containers", _RETRY_LATER),
    "POD_NOT_READY": Code("The pod is not ready yet", _RETRY_LATER),
    "POD_STUCK_NOT_READY": Code(
        "The pod has not become ready for too long", "Read the log of the container and look at its readiness probe."
    ),
    "POD_READY_CONDITION_FALSE": Code(
        "The containers are ready but the pod is not", "A readiness gate or the node holds it back: see the pod's conditions."
    ),
    "POD_RESTARTED_DURING_WAIT": Code("The container restarted while the gate watched", "Read the log of the previous container run."),
    "POD_RECENT_RESTART": Code("The container restarted a moment ago", "Read the log of the previous container run."),
    "POD_MANY_RESTARTS": Code("The container has restarted often", "Read its log for the cause before it fails for good."),
    "ROLLOUT_IN_PROGRESS": Code("Pods of an older version are still there", "Wait until the rollout is complete."),
    # Repository sources
    "SRC_CLUSTER_NOT_FOUND": Code("The cluster is unknown", "Check the cluster id, and that the cluster is registered in UCS.", False),
    "SRC_NONE": Code("The cluster has no repository source", "Create the repository source, or correct the cluster id.", False),
    "SRC_MISSING": Code("The expected source is not there", "Create the source, or correct 'expect'.", False),
    "SRC_SPEC_MISMATCH": Code("The source is not what was expected", "Correct the source's spec, or 'expect'."),
    "SRC_UNSUPPORTED": Code(
        "This type of source cannot be judged", "Only GitRepository is supported by the API; leave this source out through 'expect'."
    ),
    "SRC_TERMINATING": Code("The source is being deleted", "Find out who deletes it, and create it again if it is needed."),
    "SRC_SUSPENDED": Code("The source is suspended", "Resume it (flux resume source git NAME); waiting would be endless."),
    "SRC_STALLED": Code("The source cannot be reconciled as it is", "Correct the source's spec as the message says."),
    "SRC_VERIFICATION_FAILED": Code("The commit's signature does not verify", "Find out who pushed this commit. Do not deploy it.", False),
    "SRC_FETCH_FAILED": Code(
        "The repository cannot be fetched", "Check URL, branch, credentials (secretRef) and the cluster's network and DNS."
    ),
    "SRC_FETCH_RETRYING": Code("The last fetch failed and is tried again", "Nothing to do yet: Flux tries again by itself."),
    "SRC_STORAGE_FAILED": Code("The artifact cannot be stored", "Check the volume and free space of source-controller."),
    "SRC_INCLUDE_UNAVAILABLE": Code("An included source is missing", "Check the sources named in spec.include."),
    "SRC_BUILD_FAILED": Code("The artifact cannot be built", "Check spec.ignore and spec.include of the source."),
    "SRC_NOT_READY": Code("The source is not ready", "See the message; check URL, branch, credentials and network."),
    "SRC_NOT_OBSERVED": Code("No controller has looked at the source yet", _SEE_CONTROLLER),
    "SRC_NEVER_RECONCILED": Code("No controller has ever looked at the source", _SEE_CONTROLLER),
    "SRC_NO_CONDITIONS": Code("The source states no conditions", _SEE_CONTROLLER),
    "SRC_GENERATION_AHEAD": Code(
        "The status is of a later generation than the source", "Read again: the object was created anew or the answer is stale."
    ),
    "SRC_GENERATION_STALE": Code("The status is of an earlier generation", _SEE_CONTROLLER),
    "SRC_RECONCILING": Code("The source is being reconciled", _RETRY_LATER),
    "SRC_RETRYING": Code("The last try failed and is repeated", _RETRY_LATER),
    "SRC_READY_UNKNOWN": Code("It is not known whether the source is ready", _SEE_CONTROLLER),
    "SRC_ARTIFACT_OUTDATED": Code("A newer artifact is being made", _RETRY_LATER),
    "SRC_READY_WITHOUT_ARTIFACT": Code("The source says ready but has no artifact", _SEE_CONTROLLER),
    "SRC_ARTIFACT_OTHER_REF": Code("The artifact is of another branch or tag", "Wait for the next reconcile, or check spec.ref."),
    "SRC_STATUS_CONTRADICTION": Code("UCS and the source disagree", "Look at the source in the cluster; repoStatus may lag."),
    "SRC_REPOSTATUS_FAILED": Code("UCS says that the source failed", "Look at the source in the cluster."),
    "SRC_DUPLICATE_CONDITION": Code("A condition is stated twice", "Harmless by itself; the last one counts. Report it."),
    "SRC_INTERVAL_LONGER_THAN_TIMEOUT": Code(
        "The wait is shorter than Flux may need", "Raise wait_timeout to 2 x interval + timeout of the source, or lower its interval."
    ),
    "SRC_READY_CONTROLLER_DOWN": Code(
        "Ready is stale: the controller is down", "Bring source-controller back first; what it last said may be old."
    ),
    "SRC_AUTHORIZATION_FAILED": Code("The authorization for this host is not valid", "Renew the authorization in ServiceStage."),
    "SRC_URL_SCP_STYLE": Code("Flux refuses URLs like git@host:path", "Write the URL as ssh://git@host/path."),
    "SRC_REVISION_NOT_YET": Code("The expected revision is not there yet", "Wait: Flux looks at each spec.interval."),
    "SRC_REVISION_NOT_PICKED_UP": Code(
        "The expected revision was not picked up", "Check that the commit was pushed to the branch the source follows."
    ),
    "SRC_REVISION_SUPERSEDED": Code("Another revision came instead of the expected one", _CHECK_RELEASE),
    "SRC_REVISION_UNPARSABLE": Code("The artifact's revision cannot be read", "Compare the revision shown with the one expected by hand."),
    "SRC_PINNED_ELSEWHERE": Code(
        "The source is pinned to another commit or tag", "Change spec.ref of the source, or the expected revision."
    ),
    # CodeArts repositories
    "REPO_API_ERROR": Code("CodeArts reports an error", "See code and message; check the project or repository id.", False),
    "REPO_NO_PERMISSION_OR_ABSENT": Code(
        "The repository is absent or not permitted", "Check the uuid, and the user's role in the repository.", False
    ),
    "REPO_PROJECT_NOT_FOUND": Code("The project is unknown", "Check project_uuid: it is the CodeArts project id, not the IAM one.", False),
    "REPO_NOT_FOUND": Code(
        "The expected repository is not there", "Check its name or uuid; the list shows only what the user may see.", False
    ),
    "REPO_NONE": Code("The project has no repository", "Check project_uuid and the user's permissions.", False),
    "REPO_PROJECT_DELETED": Code("The repository's project is deleted", "Restore the project, or use another repository."),
    "REPO_PROJECT_DELETED_UNKNOWN": Code("It is not known whether the project is deleted", "Report the value shown."),
    "REPO_CREATING": Code("The repository is being created", _RETRY_LATER),
    "REPO_CREATE_FAILED": Code("The repository's creation failed", "Delete it and create it again."),
    "REPO_FROZEN": Code("The repository is frozen", "Check the account's balance and the repository's quota."),
    "REPO_CLOSED": Code("The repository is closed", "Open it again, or use another repository."),
    "REPO_CLEARING": Code("The repository is being cleared", "Find out who clears it."),
    "REPO_DELETING": Code("The repository is being deleted", "Find out who deletes it."),
    "REPO_STATUS_UNDOCUMENTED": Code("The repository's status is undocumented", "Report the value shown."),
    "REPO_STATUS_MISSING": Code(
        "The repository's status is not stated", "Check the project's list of repositories as well: it states the status."
    ),
    "REPO_ROLE_TOO_LOW": Code("The user's role is too low", "Give the user the role named in 'expect'."),
    "REPO_ROLE_UNKNOWN": Code("The user's role is not stated", "Check the user's role in the repository."),
    "REPO_PUBLIC": Code("The repository is public", "Make it private, or correct 'expect'."),
    "REPO_VISIBILITY_UNDOCUMENTED": Code("The repository's visibility is undocumented", "Report the value shown."),
    "REPO_PRIVATE_NO_SECRET": Code("A private repository is fetched without a secret", "Set spec.secretRef of the source."),
    "REPO_TOO_LARGE": Code("The repository is larger than allowed", "Remove large files or raise max_size."),
    "REPO_SIZE_UNKNOWN": Code("The repository's size is not stated", "Check the size in CodeArts."),
    "REPO_STALE": Code("The repository has not been updated for long", "Check that this is the repository you deploy from."),
    "REPO_LIST_DETAIL_DIFFER": Code("List and details disagree about a repository", "Try again; if it lasts, report both values."),
    # ServiceStage authorizations
    "AUTH_PROJECT_NOT_FOUND": Code("The IAM project is unknown", "Check project_id and region.", False),
    "AUTH_NONE": Code("There is no authorization", "Create the Git authorization in ServiceStage.", False),
    "AUTH_NOT_FOUND": Code("The expected authorization is not there", "Create it in ServiceStage, or correct 'expect'.", False),
    "AUTH_EXPIRED": Code("The authorization is expired", "Renew it in ServiceStage."),
    "AUTH_UNAUTHENTICATED": Code("The authorization is not authenticated", "Authorize it again in ServiceStage."),
    "AUTH_STATUS_UNDOCUMENTED": Code("The authorization's status is undocumented", "Report the value shown."),
    "AUTH_AMBIGUOUS": Code("Several authorizations match", "Name the authorization in 'expect'."),
    # The gate itself
    "READING_MISSING": Code("A reading is missing", "A runner was lost or skipped its reads: run them again.", False),
    "READING_STALE": Code(
        "A reading is too old to decide on", "Read again right before the decision; if it was, set the clock of this machine right.", False
    ),
    "READING_CONTRADICTED": Code(
        "Another reading says otherwise", "See whether both were read at the same place; if it lasts, report both.", False
    ),
    "GATE_TIMEOUT_TOO_SHORT": Code("The time left cannot hold steady_for", "Raise wait_timeout or lower steady_for.", False),
    "GATE_NOT_STEADY": Code("Ready, but not for long enough", "Wait a little and ask again, or lower steady_for.", False),
    "WAIVER_EXPIRED": Code("A waiver has expired", "Mend the cause, or renew the waiver with a new end.", False),
    "WAIVER_UNUSED": Code("A waiver matches nothing", "Remove it.", False),
}


@dataclass
class Finding:
    """One reason: which object, what is wrong, since when, what to do (readiness.md section 1, "Result").

    ``scope`` is the id the reading was asked for; ``counts`` is false for objects beside those that were expected.
    """

    code: str
    verdict: str
    message: str
    terminal: bool = False
    retryable: bool = False
    cause: str = ""
    check: str = ""
    kind: str = ""
    cluster_id: str | None = None
    namespace: str | None = None
    name: str | None = None
    field: str | None = None
    observed: Any = None
    expected: Any = None
    since: str | None = None
    remediation: str = ""
    waived: bool = False
    counts: bool = True
    root_cause: str | None = None
    scope: str | None = None

    def __post_init__(self) -> None:
        self.remediation = self.remediation or CATALOGUE[self.code].remediation

    @property
    def decides(self) -> bool:
        """Whether the finding takes part in the verdict."""
        return self.counts and not self.waived

    @property
    def label(self) -> str:
        """The object in words, without its cluster: ``GitRepository default/podinfo``; empty for a cluster itself."""
        name = "/".join(part for part in (self.namespace, self.name) if part)
        if self.kind == "Cluster" or not name:
            return "" if self.cluster_id else self.kind
        return name if self.kind == "API" else f"{self.kind} {name}"

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Finding:
        """The finding that ``as_dict`` was made from."""
        return cls(**{("scope" if name == "target" else name): value for name, value in fields.items()})

    def as_dict(self) -> dict[str, Any]:
        """The finding as it stands in a result."""
        fields = asdict(self)
        fields["target"] = fields.pop("scope")
        return fields


def by_severity(findings: Iterable[Finding]) -> list[Finding]:
    """Findings, worst first, then in an order that does not depend on that of the answers."""
    return sorted(
        findings,
        key=lambda f: (
            f.waived,
            not f.counts,
            -SEVERITY[f.verdict],
            not f.terminal,
            f.code,
            f.cluster_id or "",
            f.namespace or "",
            f.name or "",
            f.message,
        ),
    )
