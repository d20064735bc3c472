//! Container Registry in both editions, log projects, Prometheus environments.

use super::*;

const PROJECT: &str = "k8s-log-c7e1a0c5b2d94f6e8a3b1c0d9e8f70042";

#[tokio::test]
async fn a_tag_a_repository_and_a_namespace_go_one_after_the_other() {
    let running = start(&[]).await;
    let repository = [("repo_namespace", "my-namespace"), ("repo_name", "my-app")];
    let tag = [repository[0], repository[1], ("tag", "v1.0.0")];
    for (action, arguments, absent) in [
        ("DeleteImage", &tag[..], "TAG_NOT_EXIST"),
        ("DeleteRepo", &repository, "REPO_NOT_EXIST"),
        (
            "DeleteNamespace",
            &[("namespace", "my-namespace")],
            "NAMESPACE_NOT_EXIST",
        ),
    ] {
        assert_eq!(
            said(&running, "cr-personal", action, arguments).await,
            accepted()
        );
        let gone = said(&running, "cr-personal", action, arguments).await;
        assert_eq!(gone, code(404, absent));
    }
    for collection in ["tag", "repository", "namespace"] {
        assert!(
            running
                .holds(&format!("cr-personal/{collection}"))
                .is_empty(),
            "{collection}"
        );
    }
}

#[tokio::test]
async fn a_repository_takes_its_own_tags_only() {
    let tag =
        |name: &str| json!({"tag": "v1", "_repoNamespace": "my-namespace", "_repoName": name});
    let running = start_with(lab_and("cr-personal/tag", &tag("other")), &[]).await;
    let repository = [("repo_namespace", "my-namespace"), ("repo_name", "my-app")];
    assert_eq!(
        said(&running, "cr-personal", "DeleteRepo", &repository).await,
        accepted()
    );
    assert_eq!(running.holds("cr-personal/tag"), ["v1"]);
    let namespace = [("namespace", "my-namespace")];
    assert_eq!(
        said(&running, "cr-personal", "DeleteNamespace", &namespace).await,
        accepted()
    );
    assert!(running.holds("cr-personal/tag").is_empty());
}

#[tokio::test]
async fn the_enterprise_edition_answers_200_and_says_no_in_the_body() {
    let mut scenario = Scenario::load("ack-sop").unwrap();
    for (collection, item) in [
        ("cr/instance", json!({"InstanceId": "cri-1"})),
        (
            "cr/namespace",
            json!({"NamespaceId": "crn-1", "InstanceId": "cri-1", "NamespaceName": "apps"}),
        ),
        (
            "cr/repository",
            json!({"RepoId": "crr-1", "InstanceId": "cri-1", "RepoNamespaceName": "apps", "RepoName": "web"}),
        ),
        (
            "cr/repository",
            json!({"RepoId": "crr-2", "InstanceId": "cri-1", "RepoNamespaceName": "apps", "RepoName": "api"}),
        ),
        (
            "cr/tag",
            json!({"Tag": "v1", "_RepoId": "crr-1", "_InstanceId": "cri-1"}),
        ),
        (
            "cr/tag",
            json!({"Tag": "v1", "_RepoId": "crr-2", "_InstanceId": "cri-1"}),
        ),
    ] {
        let items = scenario
            .collections
            .entry(collection.to_owned())
            .or_default();
        items.push(item.as_object().unwrap().clone());
    }
    let running = start_with(scenario, &[]).await;
    let instance = ("InstanceId", "cri-1");
    let tag = [instance, ("RepoId", "crr-1"), ("Tag", "v1")];
    let repository = [instance, ("RepoId", "crr-1")];
    let namespace = [instance, ("NamespaceName", "apps")];
    for (action, arguments, absent) in [
        ("DeleteRepoTag", &tag[..], "TAG_NOT_EXIST"),
        ("DeleteRepository", &repository, "REPO_NOT_EXIST"),
        ("DeleteNamespace", &namespace, "NAMESPACE_NOT_EXIST"),
    ] {
        let answer = good(&running, "cr", action, arguments).await;
        assert_eq!(answer["IsSuccess"], true, "{action}");
        let gone = said(&running, "cr", action, arguments).await;
        assert_eq!(gone, code(200, absent), "{action}");
    }
    for collection in ["cr/tag", "cr/repository", "cr/namespace"] {
        assert!(running.holds(collection).is_empty(), "{collection}");
    }
}

#[tokio::test]
async fn items_of_the_same_name_are_told_apart() {
    let tag =
        |repository: &str| json!({"Tag": "v1", "_RepoId": repository, "_InstanceId": "cri-1"});
    let scenario = scenario_with("cr/tag", vec![tag("crr-1"), tag("crr-2")]);
    let running = start_with(scenario, &[]).await;
    let wrong = [("InstanceId", "cri-1"), ("RepoId", "crr-3"), ("Tag", "v1")];
    assert_eq!(
        said(&running, "cr", "DeleteRepoTag", &wrong).await,
        code(200, "TAG_NOT_EXIST")
    );
    let right = [wrong[0], ("RepoId", "crr-2"), wrong[2]];
    assert_eq!(
        said(&running, "cr", "DeleteRepoTag", &right).await,
        accepted()
    );
    let left = running.service.cloud.find("cr/tag", |_| true);
    assert_eq!(left.len(), 1);
    assert_eq!(left[0]["_RepoId"], "crr-1");
}

#[tokio::test]
async fn a_log_store_and_a_project_go_at_once() {
    let running = start(&[]).await;
    let store = [("project", PROJECT), ("logstore", "k8s-event")];
    assert_eq!(
        said(&running, "sls", "DeleteLogStore", &store).await,
        accepted()
    );
    assert_eq!(
        said(&running, "sls", "DeleteLogStore", &store).await,
        code(404, "LogStoreNotExist")
    );
    assert_eq!(running.holds("sls/logstore").len(), 1);
    let project = [("project", PROJECT)];
    assert_eq!(
        said(&running, "sls", "DeleteProject", &project).await,
        accepted()
    );
    assert!(running.holds("sls/logstore").is_empty());
    assert_eq!(
        said(&running, "sls", "DeleteProject", &project).await,
        code(404, "ProjectNotExist")
    );
}

#[tokio::test]
async fn a_prometheus_environment_goes_after_a_while() {
    let running = start(&[]).await;
    let environment = [
        HERE,
        ("EnvironmentId", "env-labsop000000000042"),
        ("DeletePromInstance", "true"),
    ];
    let answer = good(&running, "arms", "DeleteEnvironment", &environment).await;
    assert_eq!(answer["Code"], 200);
    assert_eq!(running.holds("arms/environment").len(), 1);
    wait(&running, 10).await;
    assert_eq!(
        said(&running, "arms", "DeleteEnvironment", &environment).await,
        code(404, "404")
    );
}
