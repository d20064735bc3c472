//! Kinds whose objects are nothing but entries of an API server, or run only in its cluster: their end changes nothing in the cloud.
//!
//! Not here: what the inventory reads and a plan therefore names, what a controller answers with something in the cloud (a Gateway
//! of the Gateway API, the `AliyunLogConfig` of Log Service, a cert-manager Challenge, which by DNS01 writes DNS records), and what
//! is written to a place outside (a `PushSecret`). An unknown kind is never inside only.

use crate::kubernetes::Content;

/// Kinds of one API group, by their plural names.
struct Group {
    name: &'static str,
    plurals: &'static [&'static str],
}

const fn group(name: &'static str, plurals: &'static [&'static str]) -> Group {
    Group { name, plurals }
}

/// Kinds of Kubernetes itself (`kubectl api-resources` of 1.34).
const OF_KUBERNETES: &[Group] = &[
    group(
        "",
        &[
            "configmaps",
            "limitranges",
            "podtemplates",
            "replicationcontrollers",
            "resourcequotas",
            "secrets",
            "serviceaccounts",
        ],
    ),
    group(
        "apps",
        &[
            "controllerrevisions",
            "daemonsets",
            "replicasets",
            "statefulsets",
        ],
    ),
    group("autoscaling", &["horizontalpodautoscalers"]),
    group("batch", &["cronjobs", "jobs"]),
    group("networking.k8s.io", &["networkpolicies"]),
    group("policy", &["poddisruptionbudgets"]),
    group("rbac.authorization.k8s.io", &["rolebindings", "roles"]),
];

/// Kinds of operators that are common in clusters. An object that has a finalizer does not count: its controller does something
/// when it ends. (An Argo CD Application with one deletes all that it deployed, in any namespace. Without, it deletes nothing.)
const OF_OPERATORS: &[Group] = &[
    // cert-manager, `deploy/crds`. A certificate that was issued stays valid.
    group("acme.cert-manager.io", &["orders"]),
    group(
        "cert-manager.io",
        &["certificaterequests", "certificates", "issuers"],
    ),
    // OpenKruise, `config/crd/bases`: workloads. The claims that their Pods use are planned by themselves.
    group(
        "apps.kruise.io",
        &[
            "advancedcronjobs",
            "broadcastjobs",
            "clonesets",
            "containerrecreaterequests",
            "daemonsets",
            "ephemeraljobs",
            "imagepulljobs",
            "persistentpodstates",
            "podprobemarkers",
            "statefulsets",
            "uniteddeployments",
            "workloadspreads",
        ],
    ),
    group("policy.kruise.io", &["podunavailablebudgets"]),
    // Argo CD and Argo Rollouts, `manifests/crds`.
    group(
        "argoproj.io",
        &[
            "analysisruns",
            "analysistemplates",
            "applications",
            "appprojects",
            "experiments",
            "rollouts",
        ],
    ),
    // kubernetes-cronhpa-controller of ACK, `charts/_crds`.
    group(
        "autoscaling.alibabacloud.com",
        &["cronhorizontalpodautoscalers"],
    ),
    // Vertical Pod Autoscaler, `vertical-pod-autoscaler/deploy/vpa-v1-crd-gen.yaml`.
    group(
        "autoscaling.k8s.io",
        &["verticalpodautoscalercheckpoints", "verticalpodautoscalers"],
    ),
    // Cilium, the data path of Terway, `pkg/k8s/apis/cilium.io/client/crds/v2`.
    group("cilium.io", &["ciliumendpoints", "ciliumnetworkpolicies"]),
    // Istio, `kubernetes/customresourcedefinitions.gen.yaml`: the configuration of proxies that are there. Its Gateway, unlike that
    // of the Gateway API, makes no load balancer.
    group(
        "networking.istio.io",
        &[
            "destinationrules",
            "envoyfilters",
            "gateways",
            "proxyconfigs",
            "serviceentries",
            "sidecars",
            "virtualservices",
            "workloadentries",
            "workloadgroups",
        ],
    ),
    group(
        "security.istio.io",
        &[
            "authorizationpolicies",
            "peerauthentications",
            "requestauthentications",
        ],
    ),
    group("telemetry.istio.io", &["telemetries"]),
    // prometheus-operator, API reference: what Prometheus watches.
    group(
        "monitoring.coreos.com",
        &[
            "alertmanagerconfigs",
            "podmonitors",
            "probes",
            "prometheusrules",
            "scrapeconfigs",
            "servicemonitors",
        ],
    ),
];

/// Whether the end of the object changes nothing outside its cluster.
pub(super) fn is_inside_only(object: &Content) -> bool {
    let has_finalizer = !object.life.finalizers.is_empty();
    is_listed(object, OF_KUBERNETES) || (is_listed(object, OF_OPERATORS) && !has_finalizer)
}

fn is_listed(object: &Content, groups: &[Group]) -> bool {
    groups.iter().any(|group| {
        group.name == object.object.group && group.plurals.contains(&object.object.plural.as_str())
    })
}
