use super::*;
use serde_json::json;

fn op(product: &str, action: &str) -> &'static Operation {
    operation(product, action).unwrap_or_else(|| panic!("{product} {action}"))
}

fn check(product: &str, action: &str, query: &[(&str, &str)]) -> Result<(), ContractViolation> {
    op(product, action).check_parameters(query.iter().copied(), Body::None)
}

#[test]
fn every_embedded_file_is_readable_sorted_and_sourced() {
    assert!(embedded::FILES.is_sorted_by(|a, b| a.0 < b.0));
    assert_eq!(products().len(), embedded::FILES.len());
    let mut count = 0;
    for (code, packed) in embedded::FILES {
        load::parse(code, packed).unwrap_or_else(|error| panic!("{code}: {error}"));
        assert!(!sources(code).is_empty(), "{code} cites no source");
        assert_eq!(version(code).unwrap().len(), "2014-05-26".len());
        for operation in operations(code) {
            count += 1;
            assert_eq!(operation.product, *code);
            assert!(operation.path.starts_with('/'), "{}", operation.label());
            if operation.style == Style::Rpc {
                assert!(operation.path == "/" && operation.host.is_empty());
            }
            for name in &operation.required {
                assert!(
                    operation
                        .query
                        .names()
                        .chain(operation.body.names())
                        .any(|known| known == name),
                    "{} {name}",
                    operation.label()
                );
            }
        }
    }
    assert!(count >= 390, "{count} operations");
}

#[test]
fn every_file_of_the_data_folder_is_embedded() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/contracts/data");
    let mut found: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    found.sort();
    let mut embedded: Vec<String> = products()
        .iter()
        .map(|code| format!("{code}-{}.json.gz", version(code).unwrap()))
        .collect();
    embedded.sort();
    assert_eq!(found, embedded);
}

#[test]
fn a_damaged_file_is_an_error_not_a_panic() {
    let (code, packed) = embedded::FILES[0];
    assert!(load::parse(code, &packed[..packed.len() / 2]).is_err());
    assert!(load::parse(code, b"not gzip").is_err());
    assert!(load::parse("ecs", packed).is_err());
    assert!(load::product("no such product").is_none());
}

#[test]
fn where_the_operations_are_and_how_they_are_sent() {
    for (product, action, version, style, method, path, body_kind) in [
        (
            "ecs",
            "DescribeDisks",
            "2014-05-26",
            Style::Rpc,
            "POST",
            "/",
            BodyKind::None,
        ),
        (
            "nlb",
            "ListServerGroups",
            "2022-04-30",
            Style::Rpc,
            "POST",
            "/",
            BodyKind::Form,
        ),
        (
            "cs",
            "DescribeClusterResources",
            "2015-12-15",
            Style::Roa,
            "GET",
            "/clusters/{cluster_id}/resources",
            BodyKind::None,
        ),
        (
            "cs",
            "ScaleClusterNodePool",
            "2015-12-15",
            Style::Roa,
            "POST",
            "/clusters/{cluster_id}/nodepools/{nodepool_id}",
            BodyKind::Json,
        ),
        (
            "cr",
            "ListInstance",
            "2018-12-01",
            Style::Rpc,
            "POST",
            "/",
            BodyKind::None,
        ),
        (
            "cr-personal",
            "GetRepoList",
            "2016-06-07",
            Style::Roa,
            "GET",
            "/repos",
            BodyKind::None,
        ),
        (
            "sls",
            "GetLogStore",
            "2020-12-30",
            Style::Sls,
            "GET",
            "/logstores/{logstore}",
            BodyKind::None,
        ),
        (
            "oss",
            "ListBuckets",
            "2019-05-17",
            Style::Oss,
            "GET",
            "/",
            BodyKind::None,
        ),
    ] {
        let found = op(product, action);
        assert_eq!(
            (
                found.version.as_str(),
                found.style,
                found.method.as_str(),
                found.path.as_str(),
                found.body_kind
            ),
            (version, style, method, path, body_kind),
            "{product} {action}"
        );
    }
    assert_eq!(op("sls", "GetLogStore").host, ["project"]);
    assert!(op("sls", "ListProject").host.is_empty());
    assert_eq!(product_of_version("cr", "2016-06-07"), Some("cr-personal"));
    assert_eq!(product_of_version("cr", "2018-12-01"), Some("cr"));
    assert_eq!(product_of_version("cr", "2000-01-01"), None);
    assert_eq!(product_of_version("c", "2015-12-15"), None);
}

#[test]
fn unknown_operations_are_refused_with_the_nearest_known_one() {
    assert!(operation("ecs", "DescribeDisk").is_none());
    assert_eq!(
        require("ecs", "DescribeDisk").unwrap_err().to_string(),
        "ecs has no operation DescribeDisk (did you mean DescribeDisks?)"
    );
    assert_eq!(
        require("vcp", "DescribeVpcs").unwrap_err().to_string(),
        "no contract for product vcp (did you mean vpc?)"
    );
    assert!(operations("vcp").next().is_none());
}

#[test]
fn parameters_that_the_contract_knows_pass() {
    check(
        "ecs",
        "DescribeDisks",
        &[
            ("RegionId", "cn-hangzhou"),
            ("MaxResults", "10"),
            ("Tag.1.Key", "a"),
            ("Tag.1.Value", "b"),
            ("Tag.20.Key", "c"),
        ],
    )
    .unwrap();
    // The official Python SDK sends "True".
    check(
        "ecs",
        "DescribeSecurityGroups",
        &[("RegionId", "r"), ("IsQueryEcsCount", "True")],
    )
    .unwrap();
    // Signature version 1 has its own fields among the parameters.
    check(
        "ecs",
        "DescribeRegions",
        &[
            ("Action", "DescribeRegions"),
            ("Version", "2014-05-26"),
            ("Signature", "x"),
        ],
    )
    .unwrap();
    // A form or a query: RPC takes both.
    let form = [
        ("MaxResults".to_owned(), "20".to_owned()),
        ("Tag.1.Key".to_owned(), "k".to_owned()),
    ];
    op("nlb", "ListServerGroups")
        .check_parameters([], Body::Form(&form))
        .unwrap();
    check(
        "nlb",
        "ListServerGroups",
        &[("MaxResults", "20"), ("ServerGroupIds.1", "sgp-1")],
    )
    .unwrap();
    // A JSON document in a parameter.
    check(
        "cs",
        "ListTagResources",
        &[
            ("region_id", "r"),
            ("resource_type", "CLUSTER"),
            ("resource_ids", r#"["c1"]"#),
        ],
    )
    .unwrap();
}

#[test]
fn every_kind_of_bad_parameter_is_refused() {
    let region = ("RegionId", "cn-hangzhou");
    for (query, message) in [
        (
            vec![region, ("DiskId", "d-1")],
            "ecs DescribeDisks has no parameter DiskId (did you mean DiskIds?)",
        ),
        (
            vec![region, ("maxResults", "1")],
            "ecs DescribeDisks has no parameter maxResults (did you mean MaxResults?)",
        ),
        (
            vec![region, ("Tag", "x")],
            "ecs DescribeDisks has no parameter Tag (did you mean Tag.1.Key?)",
        ),
        (
            vec![region, ("Tag.0.Key", "x")],
            "ecs DescribeDisks has no parameter Tag.0.Key (did you mean Tag.1.Key?)",
        ),
        (
            vec![region, ("Tag.1.Nothing", "x")],
            "ecs DescribeDisks has no parameter Tag.1.Nothing (did you mean Tag.1.Key?)",
        ),
        (
            vec![region, ("MaxResults", "ten")],
            "parameter MaxResults of ecs DescribeDisks takes a whole number",
        ),
        (
            vec![region, ("MaxResults", "")],
            "parameter MaxResults of ecs DescribeDisks takes a whole number",
        ),
        (
            vec![region, ("MaxResults", "+1")],
            "parameter MaxResults of ecs DescribeDisks takes a whole number",
        ),
        (
            vec![region, ("MaxResults", "99999999999999999999")],
            "parameter MaxResults of ecs DescribeDisks takes a whole number",
        ),
        (
            vec![region, ("Encrypted", "yes")],
            "parameter Encrypted of ecs DescribeDisks takes true or false",
        ),
        (
            vec![region, region],
            "parameter RegionId of ecs DescribeDisks is there more than once",
        ),
        (
            vec![("MaxResults", "1")],
            "ecs DescribeDisks needs parameter RegionId",
        ),
    ] {
        let error = check("ecs", "DescribeDisks", &query).unwrap_err();
        assert_eq!(error.to_string(), message, "{query:?}");
    }
    let error = check(
        "cs",
        "ListTagResources",
        &[
            ("region_id", "r"),
            ("resource_type", "CLUSTER"),
            ("resource_ids", "c1"),
        ],
    );
    assert!(matches!(
        error,
        Err(ContractViolation::ParameterType { .. })
    ));
    // ROA has no protocol fields in its query, and takes no form.
    let error = check("cs", "DescribeClusterDetail", &[("Signature", "x")]);
    assert!(matches!(
        error,
        Err(ContractViolation::UnknownParameter { .. })
    ));
    let form = [("count".to_owned(), "1".to_owned())];
    let error = op("cs", "ScaleClusterNodePool").check_parameters([], Body::Form(&form));
    assert!(matches!(
        error,
        Err(ContractViolation::UnexpectedBody { .. })
    ));
}

#[test]
fn json_bodies_are_checked() {
    let scale = op("cs", "ScaleClusterNodePool");
    let good = json!({"count": 1});
    scale.check_parameters([], Body::Json(&good)).unwrap();
    for (body, message) in [
        (
            json!({"Count": 1}),
            "cs ScaleClusterNodePool: the official model knows no field $.Count (did you mean count?)",
        ),
        (
            json!({"count": "1"}),
            "cs ScaleClusterNodePool: field $.count takes a whole number, found a string",
        ),
        (
            json!([1]),
            "cs ScaleClusterNodePool: field $ takes an object, found a list",
        ),
    ] {
        let error = scale.check_parameters([], Body::Json(&body)).unwrap_err();
        assert_eq!(error.to_string(), message);
    }
    let error = op("cs", "DescribeClusterDetail").check_parameters([], Body::Json(&good));
    assert!(matches!(
        error,
        Err(ContractViolation::UnexpectedBody { .. })
    ));
}

#[test]
fn hostile_names_are_refused_quickly_and_shown_safely() {
    let long = "Tag.1.".repeat(200_000);
    for name in [
        "",
        ".",
        "..",
        "Tag.",
        "Tag..Key",
        "Tag.-1.Key",
        "Tag.1",
        "Tag.1.",
        "Tag.01.Key",
        "Tag.9999999.Key",
        "Tag.1.Key.x",
        "RegionId.1",
        "\u{202e}RegionId",
        "RegionId\0",
        "\u{1b}[31mx",
        long.as_str(),
    ] {
        let error = check("ecs", "DescribeDisks", &[("RegionId", "r"), (name, "v")]).unwrap_err();
        assert!(
            matches!(error, ContractViolation::UnknownParameter { .. }),
            "{error}"
        );
        let shown = error.to_string();
        assert!(
            shown.len() < 2_000 && !shown.contains(char::is_control) && !shown.contains('\u{202e}'),
            "{shown}"
        );
    }
    assert!(operation("ecs", "\0").is_none());
    let error = check(
        "ecs",
        "DescribeDisks",
        &[("RegionId", "r"), ("MaxResults", "secret value")],
    )
    .unwrap_err();
    assert!(!error.to_string().contains("secret"));
}

#[test]
fn answers_of_the_official_form_pass() {
    op("ecs", "DescribeDisks")
        .check_answer(&json!({"RequestId": "r", "TotalCount": 1, "Disks": {"Disk": [{"DiskId": "d-1", "Size": 40, "InstanceId": null}]}}))
        .unwrap();
    op("cs", "DescribeClusterResources")
        .check_answer(&json!([{"instance_id": "i", "auto_create": 1}]))
        .unwrap();
    op("cr-personal", "GetNamespaceList")
        .check_answer(
            &json!({"data": {"namespaces": [{"namespace": "my-namespace"}]}, "requestId": "r"}),
        )
        .unwrap();
    op("sls", "DeleteProject")
        .check_answer(&Value::Null)
        .unwrap();
}

#[test]
fn every_kind_of_bad_answer_is_refused_with_its_path() {
    let disks = op("ecs", "DescribeDisks");
    for (answer, message) in [
        (
            json!({"Disks": {"Disk": [{}, {"DiskID": "d-1"}]}}),
            "ecs DescribeDisks: the official model knows no field $.Disks.Disk[1].DiskID (did you mean DiskId?)",
        ),
        (
            json!({"Disks": {"Disk": [{"Size": "40"}]}}),
            "ecs DescribeDisks: field $.Disks.Disk[0].Size takes a whole number, found a string",
        ),
        (
            json!({"Disks": {"Disk": [{"Size": 40.5}]}}),
            "ecs DescribeDisks: field $.Disks.Disk[0].Size takes a whole number, found a number",
        ),
        (
            json!({"Disks": {"Disk": {"DiskId": "d-1"}}}),
            "ecs DescribeDisks: field $.Disks.Disk takes a list, found an object",
        ),
        (
            json!({"Disks": {"Disk": [{"Portable": "true"}]}}),
            "ecs DescribeDisks: field $.Disks.Disk[0].Portable takes true or false, found a string",
        ),
        (
            json!([]),
            "ecs DescribeDisks: field $ takes an object, found a list",
        ),
    ] {
        assert_eq!(
            disks.check_answer(&answer).unwrap_err().to_string(),
            message
        );
    }
    let error = op("sls", "DeleteProject").check_answer(&json!({"projectName": "p"}));
    assert!(matches!(
        error,
        Err(ContractViolation::NoAnswerModel { .. })
    ));
}

#[test]
fn servers_find_operations_by_method_and_path() {
    let find = |product, method, path, in_host, query: &[&str]| {
        match_path(product, method, path, in_host, query)
            .map(|found| (found.operation.action.as_str(), found.parameters))
    };
    let (action, values) = find("cs", "get", "/clusters/c1/nodepools/np%2F1", false, &[]).unwrap();
    assert_eq!(
        (
            action,
            values["cluster_id"].as_str(),
            values["nodepool_id"].as_str()
        ),
        ("DescribeClusterNodePoolDetail", "c1", "np/1")
    );
    assert_eq!(
        find("cs", "DELETE", "/clusters/c1", false, &[]).unwrap().0,
        "DeleteCluster"
    );
    assert_eq!(
        find("cs", "GET", "/clusters/components/metadata", false, &[])
            .unwrap()
            .0,
        "DescribeAddons"
    );
    assert_eq!(
        find("sls", "GET", "/", false, &[]).unwrap().0,
        "ListProject"
    );
    assert_eq!(find("sls", "GET", "/", true, &[]).unwrap().0, "GetProject");
    assert_eq!(
        find("oss", "GET", "/", false, &[]).unwrap().0,
        "ListBuckets"
    );
    assert_eq!(
        find("oss", "GET", "/", true, &["bucketInfo"]).unwrap().0,
        "GetBucketInfo"
    );
    for (product, method, path) in [
        ("cs", "PATCH", "/clusters/c1"),
        ("cs", "GET", "/nothing"),
        ("sls", "GET", "/logstores"),
        ("nothing", "GET", "/"),
    ] {
        assert!(find(product, method, path, false, &[]).is_none());
    }
}

#[test]
fn no_two_operations_answer_to_one_method_and_path() {
    let mut alike = Vec::new();
    for code in products() {
        let mut seen = BTreeMap::new();
        for found in operations(code).filter(|found| found.style != Style::Rpc) {
            if let Some(other) = seen.insert(
                (&found.method, &found.path, !found.host.is_empty()),
                &found.action,
            ) {
                alike.push(format!("{code}: {other} {}", found.action));
            }
        }
    }
    assert_eq!(alike, ["cr-personal: GetRegion GetRegionList"]);
}

#[test]
fn paths_are_filled_for_the_client() {
    let resources = op("cs", "DescribeClusterResources");
    assert_eq!(
        resources.expand_path(&[("cluster_id", "c1")]).unwrap(),
        "/clusters/c1/resources"
    );
    assert_eq!(
        resources
            .expand_path(&[("cluster_id", "..")])
            .unwrap_err()
            .to_string(),
        "path parameter cluster_id of cs DescribeClusterResources is missing, unknown or not usable"
    );
    assert_eq!(op("ecs", "DescribeDisks").expand_path(&[]).unwrap(), "/");
}

#[test]
fn every_parameter_has_its_place() {
    for (product, action, name, place) in [
        ("ecs", "DescribeDisks", "Tag.1.Key", Some(Place::Query)),
        ("nlb", "ListServerGroups", "MaxResults", Some(Place::Body)),
        ("nlb", "ListServerGroups", "Tag.1.Key", Some(Place::Query)),
        (
            "cs",
            "ScaleClusterNodePool",
            "nodepool_id",
            Some(Place::Path),
        ),
        ("cs", "ScaleClusterNodePool", "count", Some(Place::Body)),
        ("sls", "GetLogStore", "project", Some(Place::Host)),
        ("sls", "GetLogStore", "Project", None),
    ] {
        assert_eq!(op(product, action).place(name), place, "{action} {name}");
    }
}

#[test]
fn paging_says_what_to_send_and_where_to_look() {
    assert_eq!(
        op("ecs", "DescribeDisks").paging,
        Some(Paging::Token {
            size: Some("MaxResults".to_owned()),
            token: "NextToken".to_owned(),
            token_answer: "NextToken".to_owned(),
            limit: PageLimit {
                max: Some(500),
                default: Some(10)
            },
        })
    );
    // Every parameter and answer path that paging names exists.
    for found in products().iter().flat_map(|code| operations(code)) {
        let (parameters, answers): (Vec<&String>, Vec<&String>) = match &found.paging {
            None => continue,
            Some(Paging::Page {
                number,
                size,
                total_answer,
                ..
            }) => (vec![number, size], vec![total_answer]),
            Some(Paging::Token {
                size,
                token,
                token_answer,
                ..
            }) => (size.iter().chain([token]).collect(), vec![token_answer]),
            Some(Paging::Marker {
                size,
                marker,
                marker_answer,
                more_answer,
                ..
            }) => (vec![size, marker], vec![marker_answer, more_answer]),
            Some(Paging::Offset {
                offset,
                size,
                total_answer,
                count_answer,
                ..
            }) => (
                vec![offset, size],
                total_answer.iter().chain(count_answer).collect(),
            ),
        };
        for name in parameters {
            let known = found.query.field(name).or_else(|| found.body.field(name));
            // The SDK's request model of this one operation has no token.
            assert!(
                known.is_some() || found.label() == "sls ListTagResources",
                "{} {name}",
                found.label()
            );
        }
        for path in answers {
            assert!(
                found
                    .response
                    .as_ref()
                    .and_then(|shape| shape.at(path))
                    .is_some(),
                "{} {path}",
                found.label()
            );
        }
    }
}

/// A new operation that counts as a read must be looked at: the client of the read commands may send it.
#[test]
fn the_reads_are_these() {
    let mut reads = Vec::new();
    for code in products() {
        let actions: Vec<&str> = operations(code)
            .filter(|found| found.class == Class::Read)
            .map(|found| found.action.as_str())
            .collect();
        reads.push(format!("{code}: {}", actions.join(" ")));
    }
    insta::assert_snapshot!("reads", reads.join("\n"));
}
