# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
---
options:
  region:
    description:
      - Region of the services, for example V(cn-north-4).
      - Environment variables E(HUAWEICLOUD_SDK_REGION), then E(HW_REGION_NAME).
      - It decides which hosts are asked, and which project is looked up when O(project_id) is not known.
      - Where a service is not known to be in the region, its host must be given in O(endpoints).
    type: str
  cloud:
    description:
      - The cloud, by the domain that its host names end with. V(myhuaweicloud.com), V(myhuaweicloud.eu)
        or V(otc.t-systems.com).
      - V(international) for accounts of the international site, whose UCS has another host.
      - Environment variable E(HW_CLOUD).
      - Left out, it is V(myhuaweicloud.eu) when O(region) starts with V(eu-west-1), V(otc.t-systems.com)
        for the regions V(eu-de) and V(eu-nl), else V(myhuaweicloud.com).
    type: str
  endpoints:
    description:
      - Addresses to use in place of the usual hosts. A value without a scheme gets C(https://).
      - For a host that is not given here, the variable E(HUAWEICLOUD_SDK_REGION_<SERVICE>_<REGION>)
        of the official SDK is honoured, for example E(HUAWEICLOUD_SDK_REGION_UCS_CN_NORTH_4).
      - The service is C(UCS), C(CODEARTSREPO), C(CODEHUB) or C(SERVICESTAGE), the region in upper case
        with underscores.
    type: dict
    suboptions:
      ucs:
        description:
          - Address of UCS. Usually C(https://ucs.<cloud>), in the regions C(eu-west-1*) C(https://ucs.<region>.<cloud>).
          - For international accounts it is C(https://ucs-intl.myhuaweicloud.com), with O(cloud=international).
        type: str
      codearts_repo:
        description: Address of CodeArts Repo. Usually C(https://codehub-ext.<region>.<cloud>); the
          regions that differ are known.
        type: str
      servicestage:
        description: Address of ServiceStage. Usually C(https://servicestage.<region>.<cloud>).
        type: str
      iam:
        description:
          - Address of IAM, for tokens and for looking up ids. Usually C(https://iam.<region>.<cloud>).
          - Environment variables E(HUAWEICLOUD_SDK_IAM_ENDPOINT), then E(HW_AUTH_URL).
        type: str
      metadata:
        description: Address of the ECS metadata service, see O(use_ecs_agency). Usually V(http://169.254.169.254).
        type: str
  project_id:
    description:
      - IAM project id, 32 characters. ServiceStage has it in the path, other services take it as a
        header.
      - It is not the id of a CodeArts project.
      - Left out, it is taken from where the credentials came from, E(HUAWEICLOUD_SDK_PROJECT_ID), E(HW_PROJECT_ID)
        or C(project_id) in the profile file, else looked up through IAM once per task.
    type: str
  domain_id:
    description:
      - Account id, which UCS needs with an access key.
      - Left out, it is taken from where the credentials came from, E(HUAWEICLOUD_SDK_DOMAIN_ID), E(HW_DOMAIN_ID)
        or C(domain_id) in the profile file, else looked up through IAM once per task.
    type: str
  ucs_token_scope:
    description: Scope of the IAM token for UCS that is fetched with O(username) and O(password).
    type: str
    default: domain
    choices:
      domain: A token for the account. This is what UCS is known to want.
      project: A token for the project of the region.
  access_key:
    description: Access key id (AK). Environment variables E(HUAWEICLOUD_SDK_AK), then E(HW_ACCESS_KEY).
    type: str
  secret_key:
    description:
      - Secret access key (SK). Environment variables E(HUAWEICLOUD_SDK_SK), then E(HW_SECRET_KEY).
      - It signs the requests and is never sent.
    type: str
  security_token:
    description:
      - Security token of a temporary access key.
      - Environment variables E(HUAWEICLOUD_SDK_SECURITY_TOKEN), then E(HW_SECURITY_TOKEN).
    type: str
  auth_token:
    description:
      - An IAM token that you have. Environment variable E(HW_AUTH_TOKEN).
      - It is never renewed.
      - A token has one scope. UCS wants domain scope, CodeArts Repo and ServiceStage want project scope,
        so one token may not serve all.
    type: str
  username:
    description: Name of an IAM user, to fetch tokens with. Environment variable E(HW_USER_NAME).
    type: str
  password:
    description: Password of the IAM user. Environment variable E(HW_USER_PASSWORD).
    type: str
  domain_name:
    description: Account name of the IAM user. Environment variable E(HW_DOMAIN_NAME).
    type: str
  use_ecs_agency:
    description: Whether to ask the metadata service of the ECS server for a temporary access key when
      no other source has credentials.
    type: bool
    default: false
  validate_certs:
    description: Whether to check TLS certificates.
    type: bool
    default: true
  ca_path:
    description:
      - File with the CA certificates to trust.
      - Environment variables E(HW_CACERT), then E(REQUESTS_CA_BUNDLE).
    type: path
  request_timeout:
    description: How long one attempt may take until its answer is complete, in seconds.
    type: float
    default: 30
  request_retries:
    description:
      - How often a request is sent again after a failure that may pass. V(0) means one attempt.
      - Environment variable E(HW_MAX_RETRIES).
    type: int
    default: 3
  total_timeout:
    description:
      - One deadline for all requests of the task, in seconds, retries and waits included.
      - In M(huaweicloud.gitops.gitops_gate) it counts for each sample. There, a sample has no more time than is left of
        O(huaweicloud.gitops.gitops_gate#module:wait_timeout) when that is not V(0), but at least O(request_timeout).
    type: float
    default: 300
  max_concurrency:
    description: How many requests may be on their way at the same time, over all services of the task.
    type: int
    default: 16
requirements:
  - requests >= 2.25, in the Python that runs the module. For tasks on localhost that is the Python
    of the controller.
notes:
  - Credentials are taken source first, one complete set from one source, never mixed.
  - The sources are the options of the task, the variables E(HUAWEICLOUD_SDK_AK), E(HUAWEICLOUD_SDK_SK)
    and E(HUAWEICLOUD_SDK_SECURITY_TOKEN), the variables E(HW_ACCESS_KEY), E(HW_SECRET_KEY), E(HW_SECURITY_TOKEN),
    E(HW_AUTH_TOKEN), E(HW_USER_NAME), E(HW_USER_PASSWORD) and E(HW_DOMAIN_NAME), the profile file,
    and the ECS metadata service when O(use_ecs_agency=true). The first that has anything is used.
  - A complete set is O(access_key) and O(secret_key), with O(security_token) when the key is temporary,
    or O(auth_token), or O(username), O(password) and O(domain_name). An access key is recommended,
    because it serves every scope. More than one set in the options of a task is an error; in another
    source the first of this order is used.
  - When a source has half a set, for example an access key without its secret key, the task fails and
    names the missing part. It does not go on to the next source. When no source has anything, the task
    fails and lists what was looked for and where. Both happen before the first request.
  - The profile file is C(~/.huaweicloud/credentials), or the one named by E(HUAWEICLOUD_SDK_CREDENTIALS_FILE).
    It has the sections C([basic]) and C([global]) with C(ak), C(sk), C(security_token), C(project_id)
    and C(domain_id).
  - Environment variables are those of the Python that runs the module. With C(environment) on a task,
    they are the ones given there.
  - Tokens that are fetched stay in memory for the task. To save requests in a play of many tasks, use
    an access key.
"""
