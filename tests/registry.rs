//! The registry against everything that must know about a resource type: its folder, the contracts, RAM, the price book, the
//! emulator's world.
#![expect(clippy::expect_used, reason = "helpers of tests are tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;
use yunsweep::context::Context;
use yunsweep::contracts::{self, Class, Shape};
use yunsweep::emulator::{Emulator, Options, Scenario, Throttling};
use yunsweep::inventory::{self, Account, Inventory, ScanOptions};
use yunsweep::model::{
    AccountId, Cell, Charge, ChargeKind, CoverageState, Region, Resource, ResourceId, Site, TypeId,
};
use yunsweep::openapi::client::{Client, Reader as OpenApiReader};
use yunsweep::openapi::credential::{Credential, StaticCredential};
use yunsweep::openapi::endpoint::{self, Endpoints};
use yunsweep::openapi::limit::Limiter;
use yunsweep::output::view::types::actions;
use yunsweep::pricing::PriceBook;
use yunsweep::resources::decode::values_at;
use yunsweep::resources::teardown::Observation;
use yunsweep::resources::{
    Billing, ListedPer, Neighbours, RESOURCE_TYPES, Reader, Risk, Spec, find,
};
use yunsweep::teardown::Fingerprint;

/// Types that links point to and that no file lists yet. Whoever adds one takes it out here.
const LATER_TYPES: &[&str] = &[];

/// Charges, product and item, that no source prices; an estimate calls them unknown. Whoever finds a price takes them out here.
const UNPRICED: &[(&str, &str)] = &[];

/// Types that are only listed, and why none of them is ever deleted. Every other type says how it is taken down.
const LIST_ONLY: &[(&str, &str)] = &[
    (
        "cbn.cen",
        "joins networks of other regions and owners, which a plan for a cluster knows nothing of",
    ),
    (
        "cbn.transit_router_attachment",
        "its deletion cuts a network off from all others, and no part of a cluster makes one",
    ),
    (
        "cr.instance",
        "sold for a term only, and no operation of Container Registry deletes one; a refund is for people to ask for",
    ),
    (
        "oss.bucket",
        "it holds data that exists nowhere else, and has to be emptied first",
    ),
    (
        "ecs.dedicated_host",
        "instances of others may be placed on it, and what its release does to them is not documented",
    ),
    (
        "ecs.deployment_set",
        "free, and no part of a cluster makes one",
    ),
    (
        "ecs.reserved_instance",
        "bought for a term; a refund is for people to ask for",
    ),
    (
        "kms.instance",
        "its keys cannot be made again, nor read what they encrypt",
    ),
    (
        "mongodb.instance",
        "a database, and no flag asks for the deletion of one",
    ),
    (
        "nas.file_system",
        "it holds data, and no flag asks for the deletion of file systems",
    ),
    (
        "polardb.cluster",
        "a database, and no flag asks for the deletion of one",
    ),
    (
        "privatelink.endpoint",
        "no part of a cluster makes one, and what its deletion does to the service behind it is not documented",
    ),
    (
        "vpc.dhcp_options_set",
        "no part of a cluster makes one, and VPCs that are not in the plan may hand out what it says",
    ),
    (
        "vpc.flow_log",
        "the record of somebody's network; no part of a cluster makes one",
    ),
    (
        "vpc.router_interface",
        "its deletion cuts the other end of the connection, which may be another account's",
    ),
    (
        "vpc.vpn_gateway",
        "mostly paid ahead, and what its deletion cuts off at the other side is not known",
    ),
    (
        "pvtz.zone",
        "its records go with it, and which of them are needed elsewhere is not known",
    ),
    (
        "ram.role",
        "free, and DeleteCluster deletes it unless something else uses it",
    ),
    (
        "rds.instance",
        "a database, and no flag asks for the deletion of one",
    ),
    (
        "redis.instance",
        "a database, and no flag asks for the deletion of one",
    ),
    (
        "resourcecenter.unmodelled",
        "nobody here knows what it is, and how it is deleted",
    ),
    (
        "ros.stack",
        "its deletion deletes whatever the stack made, which is not read",
    ),
    (
        "servicemesh.mesh",
        "clusters need it, and what its deletion leaves of load balancers is not documented",
    ),
];

/// Files of `src/resources/<product>/` that are no type: what the types of a product share.
const SHARED_FILES: &[&str] = &["mod.rs", "tests.rs"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn specs() -> impl Iterator<Item = &'static Spec> {
    RESOURCE_TYPES.iter().map(|found| found.spec())
}

/// The files that define a type: those that implement the trait.
fn type_files() -> BTreeMap<String, PathBuf> {
    let mut found = BTreeMap::new();
    let folder = root().join("src/resources");
    for product in std::fs::read_dir(&folder).expect("src/resources").flatten() {
        if !product.path().is_dir() {
            continue;
        }
        for file in std::fs::read_dir(product.path())
            .expect("a product")
            .flatten()
        {
            if file.path().is_dir() {
                continue;
            }
            let name = file.file_name().to_string_lossy().into_owned();
            if file.path().is_dir() {
                continue;
            }
            let text = std::fs::read_to_string(file.path()).expect("a source file");
            // Kinds of objects say what is their own, and share the rest.
            let is_type = ["impl ResourceType for", "impl Kind for"]
                .iter()
                .any(|declares| text.contains(declares));
            if SHARED_FILES.contains(&name.as_str()) || !is_type {
                continue;
            }
            let product = product.file_name().to_string_lossy().into_owned();
            let thing = name.trim_end_matches(".rs");
            found.insert(format!("{product}.{thing}"), file.path());
        }
    }
    found
}

#[test]
fn every_file_is_registered_and_every_type_has_its_file() {
    let files: BTreeSet<String> = type_files().into_keys().collect();
    let registered: BTreeSet<String> = specs().map(|spec| spec.type_id.to_string()).collect();
    assert_eq!(files, registered);
}

#[test]
fn ids_are_well_formed_unique_and_sorted() {
    let ids: Vec<&str> = specs().map(|spec| spec.type_id.as_str()).collect();
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(
        ids, sorted,
        "RESOURCE_TYPES is sorted by type id, each once"
    );
    for id in ids {
        assert!(is_type_id(id), "{id} is not `product.thing` in snake case");
    }
}

fn is_type_id(id: &str) -> bool {
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_lowercase())
            && name
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    id.split_once('.')
        .is_some_and(|(product, thing)| is_name(product) && is_name(thing))
}

#[test]
fn what_is_no_type_id_is_refused() {
    for id in [
        "",
        "ecs",
        "ecs.",
        ".disk",
        "ecs.Disk",
        "ecs.disk.x",
        "ecs-disk",
        "1.a",
    ] {
        assert!(!is_type_id(id), "{id}");
    }
}

#[test]
fn every_type_says_what_it_is() {
    for spec in specs() {
        let id = &spec.type_id;
        assert!(
            spec.docs.starts_with("https://"),
            "{id}: docs {:?}",
            spec.docs
        );
        assert!(!spec.title.en.is_empty(), "{id}: no English title");
        assert!(
            !spec.title.zh.is_ascii() || spec.title.zh == spec.title.en,
            "{id}: the Chinese title is neither Chinese nor the product's own name"
        );
        let names: Vec<_> = spec
            .fields
            .attributes
            .iter()
            .map(|field| field.name)
            .collect();
        let distinct: BTreeSet<_> = names.iter().collect();
        assert_eq!(
            distinct.len(),
            names.len(),
            "{id}: an attribute stands twice"
        );
        for text in spec.unverified {
            assert!(!text.trim().is_empty(), "{id}: an empty line in unverified");
        }
    }
}

#[test]
fn every_action_is_a_read_of_the_contracts_with_a_name_in_ram() {
    for spec in specs() {
        let actions = actions(spec);
        assert!(!actions.is_empty(), "{}: sends nothing", spec.type_id);
        for action in actions {
            let (product, operation) = action.split_once(':').unwrap_or_else(|| panic!("{action}"));
            let contract = contracts::require(product, operation)
                .unwrap_or_else(|error| panic!("{}: {error}", spec.type_id));
            assert_eq!(contract.class, Class::Read, "{}: {action}", spec.type_id);
            assert!(
                endpoint::products().any(|known| known == product),
                "{}: {product} has no row in the table of endpoints, which says its name in RAM policies",
                spec.type_id
            );
        }
    }
}

#[test]
fn every_type_says_how_it_is_taken_down_or_why_it_is_only_listed() {
    let silent: BTreeSet<&str> = RESOURCE_TYPES
        .iter()
        .filter(|found| found.teardown().is_none())
        .map(|found| found.spec().type_id.as_str())
        .collect();
    let declared: BTreeSet<&str> = LIST_ONLY.iter().map(|(type_id, _)| *type_id).collect();
    assert_eq!(silent, declared);
    for (type_id, reason) in LIST_ONLY {
        assert!(reason.len() > 20, "{type_id}: `{reason}` is no reason");
    }
}

#[test]
fn every_assumption_of_a_deletion_is_in_the_list_of_what_no_source_confirms() {
    for found in RESOURCE_TYPES {
        let spec = found.spec();
        let Some(teardown) = found.teardown() else {
            continue;
        };
        for assumption in teardown.assumptions() {
            let (type_id, word) = assumption.split_once('/').unwrap_or((assumption, ""));
            assert_eq!(type_id, spec.type_id.as_str(), "{assumption}");
            assert!(
                spec.unverified
                    .iter()
                    .any(|point| point.starts_with(&format!("{word}: "))),
                "{assumption}: no line of `unverified` begins with `{word}: `"
            );
        }
        let pace = teardown.pace();
        assert!(
            !pace.poll.is_zero() && pace.poll < pace.deadline,
            "{}: {pace:?}",
            spec.type_id
        );
        if spec.risk == Risk::Data {
            let id = ResourceId {
                account: AccountId::from_static("0000000000000042"),
                region: Region::new("cn-hangzhou"),
                type_id: spec.type_id.clone(),
                id: "x-1".to_owned(),
            };
            let loses = teardown.loses(&Resource::new(id));
            assert!(
                loses.is_some_and(|words| !words.en.is_empty() && !words.zh.is_ascii()),
                "{}: its deletion destroys data, and nothing says which",
                spec.type_id
            );
        }
    }
}

#[test]
fn list_operations_are_called_with_parameters_that_they_have() {
    for spec in specs() {
        let Some(listing) = &spec.listing else {
            continue;
        };
        let contract = contracts::require(listing.product, listing.action).expect("a contract");
        for (name, _) in listing.arguments {
            assert!(
                contract.place(name).is_some(),
                "{}: {} has no {name}",
                spec.type_id,
                listing.action
            );
        }
    }
}

/// What a page is asked for by, in any spelling.
const PAGE_PARAMETERS: &[&str] = &[
    "pagenumber",
    "page_number",
    "pageno",
    "currentpage",
    "nexttoken",
    "next_token",
    "marker",
    "offset",
];

/// The contracts take paging from a supplement, as the SDKs do not say it: a list without would be read up to its first page.
#[test]
fn an_operation_that_can_be_asked_for_a_page_is_read_page_by_page() {
    for spec in specs() {
        for action in actions(spec) {
            let (product, operation) = action.split_once(':').expect("product:Action");
            let contract = contracts::require(product, operation).expect("a contract");
            let names = [&contract.query, &contract.body]
                .into_iter()
                .filter_map(|shape| match shape {
                    Shape::Object(fields) => Some(fields.keys()),
                    _ => None,
                })
                .flatten();
            let page: Vec<&String> = names
                .filter(|name| PAGE_PARAMETERS.contains(&name.to_ascii_lowercase().as_str()))
                .collect();
            assert!(
                page.is_empty() || contract.paging.is_some(),
                "{}: {action} takes {page:?} and its contract has no paging",
                spec.type_id
            );
        }
    }
}

#[test]
fn parents_are_registered() {
    let known: BTreeSet<&str> = specs().map(|spec| spec.type_id.as_str()).collect();
    let missing: Vec<_> = specs()
        .filter_map(|spec| match spec.listed_per {
            ListedPer::Parent(parent) | ListedPer::RegionAndParent(parent)
                if !known.contains(parent) =>
            {
                Some(format!("{} -> {parent}", spec.type_id))
            }
            _ => None,
        })
        .collect();
    assert!(
        missing.is_empty(),
        "listed per a type that is not registered: {missing:?}"
    );
}

#[test]
fn links_lead_to_types_that_are_or_will_be() {
    let known: BTreeSet<&str> = specs().map(|spec| spec.type_id.as_str()).collect();
    let files = type_files();
    let mut used = BTreeSet::new();
    let mut lost = Vec::new();
    for spec in specs() {
        for link in spec.links {
            let declared = spec
                .fields
                .attributes
                .iter()
                .any(|field| field.name == link.attribute);
            // Kept by code: then the type's file has the name twice, here and where it is set.
            let by_code = || {
                let text = std::fs::read_to_string(&files[spec.type_id.as_str()]).expect("a file");
                text.matches(&format!("\"{}\"", link.attribute)).count() > 1
            };
            assert!(
                declared || by_code(),
                "{}: a link by `{}`, which is not kept",
                spec.type_id,
                link.attribute
            );
            if known.contains(link.to) {
                continue;
            }
            used.insert(link.to);
            if !LATER_TYPES.contains(&link.to) {
                lost.push(format!("{} -> {}", spec.type_id, link.to));
            }
        }
    }
    assert!(lost.is_empty(), "links to nowhere: {lost:?}");
    let stale: Vec<_> = LATER_TYPES
        .iter()
        .filter(|later| !used.contains(**later))
        .collect();
    assert!(
        stale.is_empty(),
        "no longer later, or no longer linked: {stale:?}"
    );
}

/// The laboratory, scanned in process with every type: what a real scan would give.
async fn laboratory() -> (Inventory, Arc<Reader>) {
    let options = Options {
        throttling: Throttling::Off,
        ..Options::default()
    };
    let scenario = Scenario::load("ack-sop").expect("the built-in scenario");
    let running = Emulator::start(scenario, options)
        .await
        .expect("an emulator");
    let context = Context::system(BTreeMap::new(), Arc::new(running.transport()));
    let credential = Credential {
        access_key_id: running.keys().access_key_id.clone(),
        secret: running.keys().access_key_secret.clone().into(),
        security_token: None,
        expires_at: None,
    };
    let client = Client::new(
        context.clone(),
        Endpoints::default(),
        Arc::new(StaticCredential::new(credential, "the test")),
        Arc::new(Limiter::new(1)),
        running.account(),
    );
    let account = Account {
        id: AccountId::new(running.account()),
        identity: "acs:ram::0000000000000042:user/lab".to_owned(),
        site: Site::China,
        is_site_assumed: false,
        regions: vec![Region::new(running.region())],
        is_every_region: true,
        reader: Arc::new(Reader::new(OpenApiReader::new(Arc::new(client)))),
    };
    // The inside of clusters is not listed here: nothing in it is billed, and it needs TLS.
    let types = RESOURCE_TYPES
        .iter()
        .copied()
        .filter(|found| !found.spec().type_id.is_kubernetes())
        .collect();
    let reader = Arc::clone(&account.reader);
    let inventory = inventory::scan(&context, &[account], &ScanOptions { types }, &|_| {}).await;
    (inventory, reader)
}

#[tokio::test]
async fn what_the_laboratory_has_is_seen_again_as_it_was_scanned_and_what_it_lacks_is_gone() {
    let (inventory, reader) = laboratory().await;
    let mut looked_at = BTreeSet::new();
    for resource in &inventory.resources {
        let found = find(resource.id.type_id.as_str()).expect("a registered type");
        let Some(teardown) = found.teardown() else {
            continue;
        };
        let seen = teardown.observe(&reader, &resource.id).await;
        let Observation::Present(seen) = seen else {
            panic!("{}: {seen:?}", resource.id)
        };
        assert_eq!(
            Fingerprint::of(&seen),
            Fingerprint::of(resource),
            "{}",
            resource.id
        );
        let parent = match resource.id.id.rsplit_once('/') {
            Some((parent, _)) => format!("{parent}/"),
            None => String::new(),
        };
        let absent = ResourceId {
            id: format!("{parent}absent"),
            ..resource.id.clone()
        };
        let nothing = teardown.observe(&reader, &absent).await;
        assert!(
            matches!(nothing, Observation::Gone),
            "{absent}: {nothing:?}"
        );
        looked_at.insert(resource.id.type_id.to_string());
    }
    assert!(looked_at.len() > 15, "only {looked_at:?}");
}

#[tokio::test]
async fn every_type_lists_the_laboratory_and_every_charge_has_a_price_or_is_declared_unpriced() {
    let (inventory, _) = laboratory().await;
    let holes: Vec<_> = inventory
        .holes()
        .map(|row| format!("{} {:?}: {:?}", row.type_id, row.state, row.reason))
        .collect();
    assert!(holes.is_empty(), "{holes:#?}");
    let listed: BTreeSet<&str> = inventory
        .coverage
        .iter()
        .filter(|row| row.state == CoverageState::Ok)
        .map(|row| row.type_id.as_str())
        .collect();
    for spec in specs().filter(|spec| !spec.type_id.is_kubernetes()) {
        let has_parents = match spec.listed_per {
            ListedPer::Parent(parent) => inventory
                .resources
                .iter()
                .any(|found| found.id.type_id.as_str() == parent),
            _ => true,
        };
        assert!(
            listed.contains(spec.type_id.as_str()) || !has_parents,
            "{} was not listed",
            spec.type_id
        );
    }

    let world = Scenario::load("ack-sop").expect("the built-in scenario");
    for (collection, items) in &world.collections {
        let type_id = collection.replace('/', ".");
        if find(&type_id).is_none() {
            continue;
        }
        let seen = inventory
            .resources
            .iter()
            .filter(|found| found.id.type_id.as_str() == type_id)
            .count();
        assert_eq!(seen, items.len(), "{type_id}: as many as the scenario has");
    }

    // Links that code makes, which the rules above do not show.
    let lost: BTreeSet<String> = inventory
        .links
        .iter()
        .flat_map(|link| [&link.from.type_id, &link.to.type_id])
        .filter(|id| find(id.as_str()).is_none() && !LATER_TYPES.contains(&id.as_str()))
        .map(ToString::to_string)
        .collect();
    assert!(lost.is_empty(), "links to nowhere: {lost:?}");

    let mut charged = BTreeSet::new();
    let near = Neighbours::new(&inventory.resources);
    for resource in &inventory.resources {
        charged.extend(billed_items(resource, &near));
    }
    assert!(charged.len() > 5, "only {charged:?} is charged");
    let of_fixtures = charges_of_fixtures();
    assert!(of_fixtures.len() > 5, "only {of_fixtures:?} is charged");
    charged.extend(of_fixtures);

    let has_price =
        |(product, item): &(String, String)| PriceBook::embedded().prices(product, item);
    let declared: BTreeSet<(String, String)> = UNPRICED
        .iter()
        .map(|(product, item)| ((*product).to_owned(), (*item).to_owned()))
        .collect();
    let undeclared: Vec<_> = charged
        .iter()
        .filter(|charge| !has_price(charge) && !declared.contains(*charge))
        .collect();
    assert!(
        undeclared.is_empty(),
        "no price and not declared unpriced: {undeclared:?}"
    );
    let stale: Vec<_> = declared
        .iter()
        .filter(|charge| has_price(charge) || !charged.contains(*charge))
        .collect();
    assert!(
        stale.is_empty(),
        "declared unpriced, and priced or not charged at all: {stale:?}"
    );
}

/// Product and item of what is billed for a resource; holds that a type's charges fit its `Billing`.
fn billed_items(resource: &Resource, near: &Neighbours<'_>) -> BTreeSet<(String, String)> {
    let resource_type = find(resource.id.type_id.as_str()).expect("a registered type");
    let charges = resource_type.charges(resource, near);
    let spec = resource_type.spec();
    let is_free = |charge: &Charge| matches!(charge.kind, ChargeKind::Free(_));
    match spec.billing {
        Billing::Free => assert!(
            charges.iter().all(is_free),
            "{}: a free type is charged",
            spec.type_id
        ),
        Billing::Charged => assert!(
            !charges.is_empty(),
            "{} {}: no charge, not even a free one",
            spec.type_id,
            resource.id.id
        ),
    }
    charges
        .into_iter()
        .filter(|charge| charge.kind == ChargeKind::Billed)
        .map(|charge| (charge.product, charge.item))
        .collect()
}

/// What is billed for the items of the list operations in `wiremock-fixtures/`.
fn charges_of_fixtures() -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    let folder = root().join("wiremock-fixtures/mappings");
    for resource_type in RESOURCE_TYPES {
        let spec = resource_type.spec();
        let Some(listing) = &spec.listing else {
            continue;
        };
        let parent = |parent: &'static str| ResourceId {
            account: AccountId::from_static("0000000000000042"),
            region: Region::from_static("cn-hangzhou"),
            type_id: TypeId::from_static(parent),
            id: "parent".to_owned(),
        };
        let cell = Cell {
            account: AccountId::from_static("0000000000000042"),
            region: Region::from_static("cn-hangzhou"),
            parent: match spec.listed_per {
                ListedPer::Parent(id) | ListedPer::RegionAndParent(id) => Some(parent(id)),
                ListedPer::Account | ListedPer::Region => None,
            },
        };
        let Ok(files) = std::fs::read_dir(folder.join(listing.product)) else {
            continue;
        };
        for file in files.flatten() {
            let name = file.file_name().to_string_lossy().into_owned();
            if !name.starts_with(&format!("{}.", listing.action)) {
                continue;
            }
            let text = std::fs::read_to_string(file.path()).expect("a mapping file");
            let document: Value = serde_json::from_str(&text).expect("JSON");
            for answer in values_at(&document, "mappings.response.jsonBody") {
                for items in values_at(answer, listing.items) {
                    // A list of one may stand without its brackets.
                    let one = std::slice::from_ref(items);
                    for item in items.as_array().map_or(one, Vec::as_slice) {
                        // What cannot be decoded on purpose is another test's matter.
                        if let Ok(resource) = resource_type.decode(item, &cell) {
                            found.extend(billed_items(&resource, &Neighbours::new([&resource])));
                        }
                    }
                }
            }
        }
    }
    found
}
