//! Kinds whose objects are nothing but entries of an API server, or run only in its cluster: their end changes nothing in the cloud.
//!
//! Not here: what the inventory reads and a plan therefore names, what a controller answers with something in the cloud (a Gateway
//! of the Gateway API, the `AliyunLogConfig` of Log Service, a cert-manager Challenge, which by DNS01 writes DNS records), and what
//! is written to a place outside (a `PushSecret`). An unknown kind is never inside only.

use crate::kubernetes::Content;

/// Kinds of Kubernetes itself (`kubectl api-resources` of 1.34).
const OF_KUBERNETES: &[(&str, &str)] = &[
    ("", "configmaps"),
    ("", "limitranges"),
    ("", "podtemplates"),
    ("", "replicationcontrollers"),
    ("", "resourcequotas"),
    ("", "secrets"),
    ("", "serviceaccounts"),
    ("apps", "controllerrevisions"),
    ("apps", "daemonsets"),
    ("apps", "replicasets"),
    ("apps", "statefulsets"),
    ("autoscaling", "horizontalpodautoscalers"),
    ("batch", "cronjobs"),
    ("batch", "jobs"),
    ("networking.k8s.io", "networkpolicies"),
    ("policy", "poddisruptionbudgets"),
    ("rbac.authorization.k8s.io", "rolebindings"),
    ("rbac.authorization.k8s.io", "roles"),
];

/// Kinds of operators that are common in clusters. An object that has a finalizer does not count: its controller does something
/// when it ends. (An Argo CD Application with one deletes all that it deployed, in any namespace. Without, it deletes nothing.)
const OF_OPERATORS: &[(&str, &str)] = &[
    // cert-manager, `deploy/crds`. A certificate that was issued stays valid.
    ("acme.cert-manager.io", "orders"),
    ("cert-manager.io", "certificaterequests"),
    ("cert-manager.io", "certificates"),
    ("cert-manager.io", "issuers"),
    // OpenKruise, `config/crd/bases`: workloads. The claims that their Pods use are planned by themselves.
    ("apps.kruise.io", "advancedcronjobs"),
    ("apps.kruise.io", "broadcastjobs"),
    ("apps.kruise.io", "clonesets"),
    ("apps.kruise.io", "containerrecreaterequests"),
    ("apps.kruise.io", "daemonsets"),
    ("apps.kruise.io", "ephemeraljobs"),
    ("apps.kruise.io", "imagepulljobs"),
    ("apps.kruise.io", "persistentpodstates"),
    ("apps.kruise.io", "podprobemarkers"),
    ("apps.kruise.io", "statefulsets"),
    ("apps.kruise.io", "uniteddeployments"),
    ("apps.kruise.io", "workloadspreads"),
    ("policy.kruise.io", "podunavailablebudgets"),
    // Argo CD and Argo Rollouts, `manifests/crds`.
    ("argoproj.io", "analysisruns"),
    ("argoproj.io", "analysistemplates"),
    ("argoproj.io", "applications"),
    ("argoproj.io", "appprojects"),
    ("argoproj.io", "experiments"),
    ("argoproj.io", "rollouts"),
    // kubernetes-cronhpa-controller of ACK, `charts/_crds`.
    (
        "autoscaling.alibabacloud.com",
        "cronhorizontalpodautoscalers",
    ),
    // Vertical Pod Autoscaler, `vertical-pod-autoscaler/deploy/vpa-v1-crd-gen.yaml`.
    ("autoscaling.k8s.io", "verticalpodautoscalercheckpoints"),
    ("autoscaling.k8s.io", "verticalpodautoscalers"),
    // Cilium, the data path of Terway, `pkg/k8s/apis/cilium.io/client/crds/v2`.
    ("cilium.io", "ciliumendpoints"),
    ("cilium.io", "ciliumnetworkpolicies"),
    // Istio, `kubernetes/customresourcedefinitions.gen.yaml`: the configuration of proxies that are there. Its Gateway, unlike that
    // of the Gateway API, makes no load balancer.
    ("networking.istio.io", "destinationrules"),
    ("networking.istio.io", "envoyfilters"),
    ("networking.istio.io", "gateways"),
    ("networking.istio.io", "proxyconfigs"),
    ("networking.istio.io", "serviceentries"),
    ("networking.istio.io", "sidecars"),
    ("networking.istio.io", "virtualservices"),
    ("networking.istio.io", "workloadentries"),
    ("networking.istio.io", "workloadgroups"),
    ("security.istio.io", "authorizationpolicies"),
    ("security.istio.io", "peerauthentications"),
    ("security.istio.io", "requestauthentications"),
    ("telemetry.istio.io", "telemetries"),
    // prometheus-operator, API reference: what Prometheus watches.
    ("monitoring.coreos.com", "alertmanagerconfigs"),
    ("monitoring.coreos.com", "podmonitors"),
    ("monitoring.coreos.com", "probes"),
    ("monitoring.coreos.com", "prometheusrules"),
    ("monitoring.coreos.com", "scrapeconfigs"),
    ("monitoring.coreos.com", "servicemonitors"),
];

/// Whether the end of the object changes nothing outside its cluster.
pub(super) fn is_inside_only(object: &Content) -> bool {
    let has_finalizer = !object.life.finalizers.is_empty();
    object.is_one_of(OF_KUBERNETES) || (object.is_one_of(OF_OPERATORS) && !has_finalizer)
}
