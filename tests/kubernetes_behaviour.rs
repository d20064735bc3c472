//! What the client relies on when it deletes from a Kubernetes API server.
//!
//! Every test runs against the emulator, and against the cluster of the kubeconfig that `YUNSWEEP_TEST_KUBECONFIG` names, if it
//! names one. There it works in namespaces of its own, with random names, which it removes at the end. Each test is named after
//! the fact, and its comment says where in kubernetes/kubernetes the fact comes from.

#[path = "kubernetes_behaviour/changes.rs"]
mod changes;
#[path = "kubernetes_behaviour/cluster.rs"]
mod cluster;
#[path = "kubernetes_behaviour/deletion.rs"]
mod deletion;
#[path = "kubernetes_behaviour/namespaces.rs"]
mod namespaces;
#[path = "kubernetes_behaviour/owners.rs"]
mod owners;
