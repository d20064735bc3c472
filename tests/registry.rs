//! The registry against everything that must know about a resource type: its folder, the contracts, RAM, the price book, the
//! emulator's world.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;
use yunsweep::contracts::{self, Class};
use yunsweep::emulator::scenario::Scenario;
use yunsweep::model::{AccountId, Cell, ChargeKind, Region, Resource, ResourceId, TypeId};
use yunsweep::openapi::endpoint;
use yunsweep::output::view::types::actions;
use yunsweep::pricing::PriceBook;
use yunsweep::resources::{Billing, ListedPer, Neighbours, RESOURCE_TYPES, ResourceType, Spec};

/// Types that links point to and that no file lists yet. Whoever adds one takes it out here.
const LATER_TYPES: &[&str] = &[];

/// Charges that no source prices; an estimate calls them unknown. Whoever finds a price takes them out here.
const UNPRICED: &[(&str, &str, &str)] = &[];

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
            let name = file.file_name().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(file.path()).expect("a source file");
            if SHARED_FILES.contains(&name.as_str()) || !text.contains("impl ResourceType for") {
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
            spec.title.zh.chars().any(|c| !c.is_ascii()) || spec.title.zh == spec.title.en,
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

#[test]
fn parents_are_registered() {
    let known: BTreeSet<&str> = specs().map(|spec| spec.type_id.as_str()).collect();
    let missing: Vec<_> = specs()
        .filter_map(|spec| match spec.listed_per {
            ListedPer::Parent(parent) if !known.contains(parent) => {
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
    let mut used = BTreeSet::new();
    let mut lost = Vec::new();
    for spec in specs() {
        for link in spec.links {
            let has_attribute = spec
                .fields
                .attributes
                .iter()
                .any(|field| field.name == link.attribute);
            assert!(
                has_attribute,
                "{}: a link by `{}`, which is not kept",
                spec.type_id, link.attribute
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
