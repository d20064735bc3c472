use serde_json::json;

use super::*;

fn created() -> DateTime<Utc> {
    "2026-01-15T08:00:00Z".parse().unwrap()
}

fn pod(name: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": {"n": name}}})
}

fn world(names: &[&str]) -> Store {
    let manifests: Vec<Value> = names.iter().map(|name| pod(name)).collect();
    Store::from_manifests("cluster", created(), &manifests).unwrap()
}

fn pods(store: &Store) -> Arc<Kind> {
    store.kind("", "v1", "pods").unwrap()
}

fn names(page: &Page) -> Vec<&str> {
    page.items
        .iter()
        .map(|item| item["metadata"]["name"].as_str().unwrap())
        .collect()
}

fn limited(limit: usize, token: Option<String>) -> ListOptions {
    ListOptions {
        limit: Some(limit),
        continue_token: token,
        ..ListOptions::default()
    }
}

#[test]
fn metadata_is_managed_and_the_same_scenario_gives_the_same_world() {
    let object = |store: &Store| store.get(&pods(store), "default", "a").unwrap();
    let first = object(&world(&["a", "b"]));
    let metadata = &first["metadata"];
    assert_eq!(metadata["namespace"], "default");
    assert_eq!(metadata["creationTimestamp"], "2026-01-15T08:00:00Z");
    assert_eq!(metadata["uid"].as_str().unwrap().len(), 36);
    assert!(
        metadata["resourceVersion"]
            .as_str()
            .unwrap()
            .parse::<u64>()
            .is_ok()
    );
    assert_eq!(first, object(&world(&["a", "b"])));
    let other = Store::from_manifests("other", created(), &[pod("a")]).unwrap();
    assert_ne!(object(&other)["metadata"]["uid"], metadata["uid"]);
}

#[test]
fn named_uid_and_creation_time_are_kept() {
    let manifest = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {
        "name": "a", "uid": "u", "creationTimestamp": "2025-12-01T00:00:00Z"}});
    let store = Store::from_manifests("c", created(), &[manifest]).unwrap();
    let object = store.get(&pods(&store), "default", "a").unwrap();
    assert_eq!(object["metadata"]["uid"], "u");
    assert_eq!(
        object["metadata"]["creationTimestamp"],
        "2025-12-01T00:00:00Z"
    );
}

#[test]
fn a_recreated_object_has_a_new_uid_and_a_replaced_one_keeps_it() {
    let store = world(&["a"]);
    let kind = pods(&store);
    let first = store.get(&kind, "default", "a").unwrap();
    let mut edited = pod("a");
    edited["spec"] = json!({"nodeName": "n"});
    let replaced = store.replace(edited).unwrap();
    assert_eq!(replaced["metadata"]["uid"], first["metadata"]["uid"]);
    assert_ne!(
        replaced["metadata"]["resourceVersion"],
        first["metadata"]["resourceVersion"]
    );
    assert_eq!(store.remove(&kind, "default", "a"), Some(replaced));
    assert_eq!(store.remove(&kind, "default", "a"), None);
    let second = store.insert(pod("a")).unwrap();
    assert_ne!(second["metadata"]["uid"], first["metadata"]["uid"]);
}

#[test]
fn mistakes_in_a_scenario_are_named() {
    let from = |manifest: Value| {
        Store::from_manifests("c", created(), &[manifest])
            .err()
            .unwrap()
    };
    assert_eq!(
        from(json!({"apiVersion": "v1", "kind": "Pod", "metadata": {}})),
        StoreError::Incomplete {
            field: "metadata.name"
        }
    );
    assert!(matches!(
        from(json!({"apiVersion": "x/v1", "kind": "Y", "metadata": {"name": "n"}})),
        StoreError::UnknownKind { .. }
    ));
    assert!(matches!(
        from(
            json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "n", "namespace": "no"}})
        ),
        StoreError::NamespaceMissing { .. }
    ));
    assert!(matches!(
        from(
            json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "n",
            "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "rs"}]}})
        ),
        StoreError::OwnerMissing { .. }
    ));
    assert!(matches!(
        Store::from_manifests("c", created(), &[pod("a"), pod("a")]).err(),
        Some(StoreError::AlreadyExists { .. })
    ));
}

#[test]
fn manifests_come_in_any_order_and_owner_uids_are_filled_in() {
    let store = Store::from_manifests(
        "c",
        created(),
        &[json!({"apiVersion": "v1", "kind": "List", "items": [
            {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "my-app",
                "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "rs"}]}},
            {"apiVersion": "apps/v1", "kind": "ReplicaSet",
                "metadata": {"name": "rs", "namespace": "my-app"}},
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "my-app"}},
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default", "uid": "mine"}},
        ]})],
    )
    .unwrap();
    let set = store.kind("apps", "v1", "replicasets").unwrap();
    let owner = store.get(&set, "my-app", "rs").unwrap();
    let pod = store.get(&pods(&store), "my-app", "p").unwrap();
    assert_eq!(
        pod["metadata"]["ownerReferences"][0]["uid"],
        owner["metadata"]["uid"]
    );
    let namespaces = store.kind("", "v1", "namespaces").unwrap();
    assert_eq!(
        store.get(&namespaces, "", "default").unwrap()["metadata"]["uid"],
        "mine"
    );
}

#[test]
fn custom_kinds_are_served_only_when_installed() {
    assert!(
        world(&[])
            .kind("alibabacloud.com", "v1", "albconfigs")
            .is_none()
    );
    let config = json!({"apiVersion": "alibabacloud.com/v1", "kind": "AlbConfig",
        "metadata": {"name": "alb"}});
    let store = Store::from_manifests("c", created(), &[config]).unwrap();
    assert!(store.kind("alibabacloud.com", "v1", "albconfigs").is_some());
    let definition = json!({"apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition", "metadata": {"name": "things.example.com"},
        "spec": {"group": "example.com", "scope": "Namespaced",
            "names": {"plural": "things", "kind": "Thing"}, "versions": [{"name": "v1"}]}});
    let thing = json!({"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "t"}});
    let store = Store::from_manifests("c", created(), &[thing, definition]).unwrap();
    let kind = store.kind("example.com", "v1", "things").unwrap();
    assert!(store.get(&kind, "default", "t").is_some());
}

#[test]
fn pages_follow_each_other_and_say_how_much_is_left() {
    let store = world(&["e", "d", "c", "b", "a"]);
    let kind = pods(&store);
    let first = store.list(&kind, &limited(2, None)).unwrap();
    assert_eq!(names(&first), ["a", "b"]);
    assert_eq!(first.remaining, Some(3));
    let second = store
        .list(&kind, &limited(2, first.continue_token))
        .unwrap();
    assert_eq!(names(&second), ["c", "d"]);
    assert_eq!(second.resource_version, first.resource_version);
    let third = store
        .list(&kind, &limited(2, second.continue_token))
        .unwrap();
    assert_eq!(names(&third), ["e"]);
    assert_eq!((third.continue_token, third.remaining), (None, None));
    // An exact fit has no empty page after it.
    assert_eq!(
        store.list(&kind, &limited(5, None)).unwrap().continue_token,
        None
    );
    assert_eq!(store.list(&kind, &limited(0, None)).unwrap().items.len(), 5);
}

/// Source: kubernetes/kubernetes `staging/src/k8s.io/apiserver/pkg/storage`: the remaining count is
/// not known for lists with a selector.
#[test]
fn remaining_is_unknown_with_selectors() {
    let store = world(&["a", "b", "c"]);
    let options = ListOptions {
        labels: LabelSelector::parse("n!=a").unwrap(),
        ..limited(1, None)
    };
    let page = store.list(&pods(&store), &options).unwrap();
    assert_eq!(names(&page), ["b"]);
    assert!(page.continue_token.is_some());
    assert_eq!(page.remaining, None);
}

#[test]
fn a_namespace_limits_a_list() {
    let mut manifests = vec![
        json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "x"}}),
        pod("a"),
    ];
    manifests.push(json!({"apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "b", "namespace": "x"}}));
    let store = Store::from_manifests("c", created(), &manifests).unwrap();
    let list = |namespace: Option<&str>| {
        let options = ListOptions {
            namespace: namespace.map(str::to_owned),
            ..ListOptions::default()
        };
        store.list(&pods(&store), &options).unwrap().items.len()
    };
    assert_eq!((list(None), list(Some("x")), list(Some("none"))), (2, 1, 0));
}

/// Source: kubernetes/kubernetes `staging/src/k8s.io/apiserver/pkg/storage/etcd3/store.go`: a token
/// that cannot be read is a bad request, one that is compacted away is expired.
#[test]
fn tokens_are_invalid_or_expired() {
    let store = world(&["a", "b", "c"]);
    let kind = pods(&store);
    for garbage in ["garbage", "", "e30", "!"] {
        let result = store.list(&kind, &limited(1, Some(garbage.to_owned())));
        assert_eq!(result.is_ok(), garbage.is_empty(), "{garbage}");
    }
    let token = store.list(&kind, &limited(1, None)).unwrap().continue_token;
    store.compact();
    let Err(ListError::Expired { restart }) = store.list(&kind, &limited(1, token)) else {
        panic!("a compacted token must expire");
    };
    let rest = store.list(&kind, &limited(9, Some(restart))).unwrap();
    assert_eq!(names(&rest), ["b", "c"]);
    let fresh = store.list(&kind, &limited(1, None)).unwrap().continue_token;
    assert!(store.list(&kind, &limited(1, fresh)).is_ok());
}

#[test]
fn only_indexed_fields_select() {
    let store = world(&["a"]);
    let list = |text: &str| {
        let options = ListOptions {
            fields: FieldSelector::parse(text).unwrap(),
            ..ListOptions::default()
        };
        store.list(&pods(&store), &options)
    };
    assert_eq!(list("metadata.name=a").unwrap().items.len(), 1);
    assert_eq!(list("status.phase=Running").unwrap().items.len(), 0);
    assert_eq!(
        list("spec.containers=x").err(),
        Some(ListError::FieldNotSupported {
            path: "spec.containers".to_owned()
        })
    );
}
