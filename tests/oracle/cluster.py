"""The clusters of the emulator, as the official Python client of Kubernetes sees them.

How a real API server answers: kubernetes/kubernetes `staging/src/k8s.io/apiserver/pkg/{endpoints/handlers,registry}`. The client
decodes into models of the OpenAPI document and refuses an answer without a required field. The kubeconfig comes from ACK's
`DescribeClusterUserKubeconfig`, through its SDK.
"""

import yaml
from kubernetes import client, config, dynamic, watch
from kubernetes.client.exceptions import ApiException

APP = "my-app"
FINALIZER = "example.com/oracle"
MERGE = "application/merge-patch+json"


class Cluster:
    """One cluster, and how a check says what is wrong."""

    def __init__(self, session, cluster_id):
        self.session = session
        self.kubeconfig = yaml.safe_load(session.call("cs20151215", "describe_cluster_user_kubeconfig", cluster_id)["config"])
        self.api = config.new_client_from_config_dict(self.kubeconfig)
        self.core = client.CoreV1Api(self.api)
        self.apps = client.AppsV1Api(self.api)
        self.expect = session.expect
        self.until = session.until

    def refused(self, status, reason, call):
        """Wants the client's exception with this HTTP status, and a `Status` with this reason; no reason: the text of an unknown path."""
        try:
            answer = call()
        except ApiException as error:
            body = yaml.safe_load(error.body)
            found = (error.status, body.get("reason") if isinstance(body, dict) else None)
            self.expect("the refusal", found, (status, reason))
            if reason is not None:
                self.expect("the refusal's body", (body["kind"], body["status"], body["code"]), ("Status", "Failure", status))
            return body
        raise self.session.difference(f"accepted with {answer}, not refused with {status} {reason}")

    def is_gone(self, call):
        """Whether a read says 404."""
        try:
            call()
        except ApiException as error:
            if error.status != 404:
                raise
            return True
        return False

    def make(self, name, namespace="default", **metadata):
        """A ConfigMap."""
        body = client.V1ConfigMap(metadata=client.V1ObjectMeta(name=name, **metadata), data={"a": "1"})
        return self.core.create_namespaced_config_map(namespace, body)

    def read(self, name, namespace="default"):
        """A ConfigMap, now."""
        return self.core.read_namespaced_config_map(name, namespace)

    def delete(self, name, namespace="default", **options):
        """Deletes a ConfigMap."""
        return self.core.delete_namespaced_config_map(name, namespace, **options)


def lists(cluster):
    """Every list of the client that the emulator serves decodes, with pages and selectors; so does discovery."""
    core, apps, network = cluster.core, cluster.apps, client.NetworkingV1Api(cluster.api)
    storage, batch, extensions = client.StorageV1Api(cluster.api), client.BatchV1Api(cluster.api), client.ApiextensionsV1Api(cluster.api)
    for count, call in [
        (2, core.list_node),
        (2, core.list_pod_for_all_namespaces),
        (5, core.list_namespace),
        (1, core.list_service_for_all_namespaces),
        (1, core.list_persistent_volume),
        (1, core.list_persistent_volume_claim_for_all_namespaces),
        (1, core.list_secret_for_all_namespaces),
        (0, core.list_config_map_for_all_namespaces),
        (0, core.list_event_for_all_namespaces),
        (1, apps.list_deployment_for_all_namespaces),
        (1, apps.list_replica_set_for_all_namespaces),
        (0, apps.list_stateful_set_for_all_namespaces),
        (0, apps.list_daemon_set_for_all_namespaces),
        (1, network.list_ingress_for_all_namespaces),
        (1, network.list_ingress_class),
        (0, storage.list_storage_class),
        (0, storage.list_volume_attachment),
        (0, batch.list_job_for_all_namespaces),
        (0, batch.list_cron_job_for_all_namespaces),
        (0, extensions.list_custom_resource_definition),
        (0, client.PolicyV1Api(cluster.api).list_pod_disruption_budget_for_all_namespaces),
        (0, client.AutoscalingV2Api(cluster.api).list_horizontal_pod_autoscaler_for_all_namespaces),
    ]:
        cluster.expect(call.__name__, len(call().items), count)
    names, token = [], None
    while True:
        page = core.list_namespace(limit=2, _continue=token)
        names += [item.metadata.name for item in page.items]
        token = page.metadata._continue
        if not token:
            break
        cluster.expect("what remains", page.metadata.remaining_item_count, 5 - len(names))
    cluster.expect("namespaces, paged", names, ["default", "kube-node-lease", "kube-public", "kube-system", APP])
    cluster.expect("by label", len(core.list_namespaced_pod(APP, label_selector="pod-template-hash in (6d5f7c9b8d),!nothing").items), 2)
    cluster.expect("by field", len(core.list_pod_for_all_namespaces(field_selector="status.phase!=Running").items), 0)
    cluster.refused(400, "BadRequest", lambda: core.list_namespaced_pod(APP, label_selector="a b c"))
    cluster.refused(400, "BadRequest", lambda: core.list_namespaced_pod(APP, field_selector="spec.nothing=1"))
    cluster.refused(400, "BadRequest", lambda: core.list_namespace(_continue="nothing"))
    cluster.expect("the version", client.VersionApi(cluster.api).get_code().git_version, "v1.34.1-aliyun.1")
    found = dynamic.DynamicClient(cluster.api).resources
    balancer = found.get(api_version="alibabacloud.com/v1", kind="AlbConfig")
    cluster.expect("a custom kind by discovery", [item.metadata.name for item in balancer.get().items], ["alb"])
    groups = {group.name for group in client.ApisApi(cluster.api).get_api_versions().groups}
    cluster.expect("groups", {"apps", "batch", "alibabacloud.com", "networking.k8s.io"} <= groups, True)
    custom = client.CustomObjectsApi(cluster.api)
    cluster.expect("a custom kind by name", custom.get_cluster_custom_object("alibabacloud.com", "v1", "albconfigs", "alb")["kind"], "AlbConfig")
    cluster.refused(404, None, lambda: custom.list_cluster_custom_object("example.com", "v1", "things"))
    cluster.refused(404, "NotFound", lambda: core.read_namespaced_pod("nobody", APP))
    # Not emulated, and said so: what discovery does not announce is not there, and nobody waits for events.
    cluster.refused(405, "MethodNotAllowed", lambda: list(watch.Watch().stream(core.list_namespace, timeout_seconds=1)))
    cluster.refused(404, None, lambda: core.create_namespaced_pod_eviction("any", APP, client.V1Eviction(metadata=client.V1ObjectMeta(name="any"))))


def changes(cluster):
    """Creation, the three patches, optimistic locking; dry runs that change nothing."""
    core = cluster.core
    dry = client.V1ConfigMap(metadata=client.V1ObjectMeta(name="a"))
    cluster.expect("a dry run answers the object", core.create_namespaced_config_map("default", dry, dry_run="All").metadata.name, "a")
    cluster.refused(404, "NotFound", lambda: cluster.read("a"))
    cluster.refused(422, "Invalid", lambda: core.create_namespaced_config_map("default", dry, dry_run="Some"))
    cluster.make("a", labels={"made-for": "oracle"})
    cluster.refused(409, "AlreadyExists", lambda: cluster.make("a"))
    cluster.refused(404, "NotFound", lambda: cluster.make("a", namespace="nobody"))
    generated = core.create_namespaced_config_map("default", client.V1ConfigMap(metadata=client.V1ObjectMeta(generate_name="made-")))
    cluster.expect("a generated name", (generated.metadata.name[:5], len(generated.metadata.name)), ("made-", 10))
    patch = core.patch_namespaced_config_map
    cluster.expect("strategic merge patch", patch("a", "default", {"data": {"b": "2"}}).data, {"a": "1", "b": "2"})
    cluster.expect("JSON patch", patch("a", "default", [{"op": "remove", "path": "/data/b"}]).data, {"a": "1"})
    cluster.expect("merge patch", patch("a", "default", {"data": {"c": "3"}}, _content_type=MERGE).data, {"a": "1", "c": "3"})
    cluster.refused(422, "Invalid", lambda: patch("a", "default", [{"op": "test", "path": "/data/a", "value": "9"}]))
    cluster.refused(404, "NotFound", lambda: patch("nobody", "default", {"data": {}}))
    patch("a", "default", {"data": {"d": "4"}}, dry_run="All")
    present = cluster.read("a")
    cluster.expect("after a dry run", present.data, {"a": "1", "c": "3"})
    present.data = {"a": "5"}
    replaced = core.replace_namespaced_config_map("a", "default", present)
    cluster.expect("replaced", replaced.data, {"a": "5"})
    cluster.expect("its identity", (replaced.metadata.uid, replaced.metadata.creation_timestamp), (present.metadata.uid, present.metadata.creation_timestamp))
    cluster.refused(409, "Conflict", lambda: core.replace_namespaced_config_map("a", "default", present))
    replaced.metadata.uid = "00000000-0000-0000-0000-000000000000"
    cluster.refused(409, "Conflict", lambda: core.replace_namespaced_config_map("a", "default", replaced))
    custom = client.CustomObjectsApi(cluster.api)
    changed = custom.patch_cluster_custom_object("alibabacloud.com", "v1", "albconfigs", "alb", {"metadata": {"labels": {"a": "b"}}}, _content_type=MERGE)
    cluster.expect("a custom object", changed["metadata"]["labels"]["a"], "b")


def deletions(cluster):
    """Preconditions and dry runs, in query and body; finalizers; a collection."""
    made = cluster.make("a")

    def if_(**preconditions):
        return client.V1DeleteOptions(preconditions=client.V1Preconditions(**preconditions))

    cluster.refused(409, "Conflict", lambda: cluster.delete("a", body=if_(uid="00000000-0000-0000-0000-000000000000")))
    cluster.refused(409, "Conflict", lambda: cluster.delete("a", body=if_(resource_version="1")))
    cluster.refused(422, "Invalid", lambda: cluster.delete("a", propagation_policy="Sometimes"))
    cluster.refused(422, "Invalid", lambda: cluster.delete("a", body=client.V1DeleteOptions(propagation_policy="Sometimes")))
    cluster.refused(422, "Invalid", lambda: cluster.delete("a", body=client.V1DeleteOptions(propagation_policy="Orphan", orphan_dependents=True)))
    for dry in ({"dry_run": "All"}, {"body": client.V1DeleteOptions(dry_run=["All"])}):
        cluster.delete("a", **dry)
        cluster.expect("after a dry run", cluster.read("a").metadata.uid, made.metadata.uid)
    # With a body nothing in the query counts: this one is carried out (`handlers/delete.go`).
    cluster.delete("a", dry_run="All", body=if_(uid=made.metadata.uid, resource_version=made.metadata.resource_version))
    cluster.refused(404, "NotFound", lambda: cluster.read("a"))
    cluster.refused(404, "NotFound", lambda: cluster.delete("a"))
    again = cluster.make("a", finalizers=[FINALIZER])
    cluster.expect("another uid for the same name", again.metadata.uid != made.metadata.uid, True)
    cluster.delete("a")
    waiting = cluster.read("a")
    cluster.expect("it waits", (waiting.metadata.deletion_timestamp is not None, waiting.metadata.finalizers), (True, [FINALIZER]))
    cluster.refused(422, "Invalid", lambda: cluster.core.patch_namespaced_config_map("a", "default", {"metadata": {"finalizers": ["example.com/another"]}}))
    cluster.core.patch_namespaced_config_map("a", "default", {"metadata": {"finalizers": []}}, _content_type=MERGE)
    cluster.refused(404, "NotFound", lambda: cluster.read("a"))
    for name, labels in (("b", {"app": "b"}), ("c", {"app": "b"}), ("d", {"app": "d"})):
        cluster.make(name, labels=labels)
    cluster.core.delete_collection_namespaced_config_map("default", label_selector="app=b", dry_run="All")
    cluster.expect("after a dry run", len(cluster.core.list_namespaced_config_map("default").items), 3)
    cluster.core.delete_collection_namespaced_config_map("default", label_selector="app=b")
    cluster.expect("what was not selected", [item.metadata.name for item in cluster.core.list_namespaced_config_map("default").items], ["d"])


def owners(cluster):
    """Propagation: what a deployment owns goes before it, after it, or stays."""
    owner = cluster.make("owner")
    reference = lambda of: client.V1OwnerReference(api_version="v1", kind="ConfigMap", name=of.metadata.name, uid=of.metadata.uid, block_owner_deletion=True)
    cluster.make("orphan", owner_references=[reference(owner)])
    cluster.delete("owner", propagation_policy="Orphan")
    cluster.until("the owner goes", lambda: cluster.is_gone(lambda: cluster.read("owner")))
    cluster.expect("the orphan's owners", cluster.read("orphan").metadata.owner_references or [], [])
    owner = cluster.make("owner")
    cluster.make("held", owner_references=[reference(owner)], finalizers=[FINALIZER])
    cluster.delete("owner", propagation_policy="Foreground")
    cluster.until("the dependent is being deleted", lambda: cluster.read("held").metadata.deletion_timestamp)
    cluster.expect("the owner waits", cluster.read("owner").metadata.finalizers, ["foregroundDeletion"])
    cluster.core.patch_namespaced_config_map("held", "default", {"metadata": {"finalizers": None}})
    cluster.until("both go", lambda: cluster.is_gone(lambda: cluster.read("owner")) and cluster.is_gone(lambda: cluster.read("held")))
    deleted = cluster.apps.delete_namespaced_deployment(APP, APP, body=client.V1DeleteOptions(propagation_policy="Background"))
    cluster.expect("the answer", (deleted["kind"], deleted["status"]), ("Status", "Success"))
    cluster.refused(404, "NotFound", lambda: cluster.apps.read_namespaced_deployment(APP, APP))
    cluster.until("its ReplicaSet goes", lambda: not cluster.apps.list_namespaced_replica_set(APP).items)
    cluster.until("its Pods go", lambda: not cluster.core.list_namespaced_pod(APP).items)


def pods(cluster):
    """A Pod that runs has its grace; without grace it goes at once, and another one comes."""
    first, second = [item.metadata.name for item in cluster.core.list_namespaced_pod(APP).items]
    answer = cluster.core.delete_namespaced_pod(first, APP)
    cluster.expect("its grace", answer.metadata.deletion_grace_period_seconds, 30)
    cluster.core.delete_namespaced_pod(second, APP, grace_period_seconds=0)
    cluster.refused(404, "NotFound", lambda: cluster.core.read_namespaced_pod(second, APP))

    def both_are_new():
        names = {item.metadata.name for item in cluster.core.list_namespaced_pod(APP).items}
        return len(names) == 2 and not names & {first, second}

    cluster.until("two new Pods", both_are_new)


def namespaces(cluster):
    """A namespace empties itself, holds on a finalizer, takes nothing new, and is gone at its end."""
    core = cluster.core
    core.create_namespace(client.V1Namespace(metadata=client.V1ObjectMeta(name="oracle")))
    cluster.make("held", namespace="oracle", finalizers=[FINALIZER])
    cluster.make("free", namespace="oracle")
    core.delete_namespace("oracle", dry_run="All")
    cluster.expect("after a dry run", core.read_namespace("oracle").status.phase, "Active")
    cluster.expect("its phase", core.delete_namespace("oracle", _preload_content=False).status, 200)
    cluster.refused(403, "Forbidden", lambda: cluster.make("new", namespace="oracle"))
    cluster.until("what nothing holds goes", lambda: cluster.is_gone(lambda: cluster.read("free", "oracle")))

    def conditions():
        return {condition.type: condition.status for condition in core.read_namespace("oracle").status.conditions or []}

    cluster.until("its conditions", lambda: conditions().get("NamespaceFinalizersRemaining") == "True")
    cluster.expect("its phase", core.read_namespace("oracle").status.phase, "Terminating")
    core.delete_namespace("oracle")
    cluster.expect("a second delete changes nothing", core.read_namespace("oracle").spec.finalizers, ["kubernetes"])
    core.patch_namespaced_config_map("held", "oracle", [{"op": "remove", "path": "/metadata/finalizers"}])
    cluster.until("it goes", lambda: cluster.is_gone(lambda: core.read_namespace("oracle")))
    core.create_namespace(client.V1Namespace(metadata=client.V1ObjectMeta(name="oracle")))
    cluster.expect("its name can be used again", core.list_namespaced_config_map("oracle").items, [])


def access(cluster):
    """Another token is nobody's."""
    other = yaml.safe_load(yaml.safe_dump(cluster.kubeconfig))
    for user in other["users"]:
        user["user"] = {"token": "nobody"}
    cluster.refused(401, "Unauthorized", client.CoreV1Api(config.new_client_from_config_dict(other)).list_node)


# How many times faster than ours a cluster's time goes. A Pod's grace of 30 seconds is three of ours.
STORIES = {lists: 1, changes: 1, deletions: 10, owners: 10, pods: 10, namespaces: 10, access: 1}
