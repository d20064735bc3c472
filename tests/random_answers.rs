//! Random answers of official shapes, sound and spoiled, for every list operation of a resource type: what the client and the
//! types make of them.
//!
//! What holds: nothing panics and every listing ends. One that ends without an error gave every item that the server has, and
//! each of them is read or is an error that names the path. What does not say zero is never read as zero, and what was taken out
//! of an item makes nothing free and no amount certain. A failure names its seed; the same seed gives the same answers again.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests are tests"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures::{FutureExt as _, StreamExt as _};
use secrecy::SecretString;
use serde_json::Value;
use yunsweep::context::{Context, SteppingClock};
use yunsweep::contracts::{self, Shape};
use yunsweep::model::{
    AccountId, Attribute, Cell, Charge, ChargeKind, ChargeType, Quantity, Region, Resource,
    ResourceId, Site, TypeId,
};
use yunsweep::openapi::{self, ApiError, Client, Credential, Endpoints, Limiter, StaticCredential};
use yunsweep::pricing::{Charged, Options, PriceBook, estimate};
use yunsweep::resources::reader::ListError;
use yunsweep::resources::{
    ListedPer, Listing, Neighbours, RESOURCE_TYPES, Reader, ResourceType, find,
};

#[path = "random_answers/generate.rs"]
mod generate;
#[path = "random_answers/serve.rs"]
mod serve;

use generate::{Habits, Random};
use serve::{ALL, Server, Wrong};

/// Answers of one kind of wrong for one operation.
const TRIES: u64 = 6;
/// Items of each type that lose fields.
const ITEMS: u64 = 40;

/// A type with one of the operations that list it, and a cell in which that one does.
struct Listed {
    resource_type: &'static dyn ResourceType,
    listing: &'static Listing,
    cell: Cell,
}

/// What else lists a type: its id, the parent's, and the operation. The id here is the field that the type reads as the id.
const FURTHER: &[(&str, &str, Listing)] = &[
    (
        "cr.namespace",
        "cri-1",
        Listing {
            product: "cr",
            action: "ListNamespace",
            arguments: &[],
            items: "Namespaces",
            id: "NamespaceName",
        },
    ),
    (
        "cr.repository",
        "cri-1/a-namespace",
        Listing {
            product: "cr",
            action: "ListRepository",
            arguments: &[],
            items: "Repositories",
            id: "RepoName",
        },
    ),
];

/// Every list operation of the OpenAPI.
fn listed() -> Vec<Listed> {
    let firsts = RESOURCE_TYPES.iter().filter_map(|&resource_type| {
        let spec = resource_type.spec();
        let parent = match spec.listed_per {
            ListedPer::Parent(parent) => Some((parent, "a-project")),
            // Without a parent the operation of the listing, with one another one.
            _ => None,
        };
        Some(Listed {
            resource_type,
            listing: spec.listing.as_ref()?,
            cell: cell(spec.listed_per, parent),
        })
    });
    let further = FURTHER.iter().map(|(type_id, id, listing)| {
        let resource_type = find(type_id).unwrap();
        let per = resource_type.spec().listed_per;
        let (ListedPer::Parent(parent) | ListedPer::RegionAndParent(parent)) = per else {
            panic!("{type_id} has no parents");
        };
        Listed {
            resource_type,
            listing,
            cell: cell(per, Some((parent, id))),
        }
    });
    firsts.chain(further).collect()
}

fn cell(per: ListedPer, parent: Option<(&'static str, &str)>) -> Cell {
    let account = AccountId::new("0000000000000042");
    let region = match per {
        ListedPer::Account => Region::GLOBAL,
        _ => Region::new(serve::REGION),
    };
    let parent = parent.map(|(type_id, id)| ResourceId {
        account: account.clone(),
        region: region.clone(),
        type_id: TypeId::from_static(type_id),
        id: id.to_owned(),
    });
    Cell {
        account,
        region,
        parent,
    }
}

fn reader(server: &Arc<Server>) -> Reader {
    let clock = Arc::new(SteppingClock::new("2026-01-15T08:00:00Z".parse().unwrap()));
    let mut context = Context::system(BTreeMap::new(), Arc::clone(server) as _);
    context.wall_clock = Arc::clone(&clock) as _;
    context.clock = clock;
    let credential = Credential {
        access_key_id: "LTAI0random".to_owned(),
        secret: SecretString::from("secret"),
        security_token: None,
        expires_at: None,
    };
    let client = Client::new(
        context,
        Endpoints::default(),
        Arc::new(StaticCredential::new(credential, "test")),
        Arc::new(Limiter::default()),
        "0000000000000042",
    );
    Reader::new(openapi::Reader::new(Arc::new(client)))
}

/// What came of one listing.
#[derive(Default)]
struct Outcome {
    /// What was read, with the item.
    resources: Vec<(Resource, Value)>,
    /// Items that could not be read: the path.
    unread: Vec<String>,
    /// What the stream said is missing.
    errors: Vec<ListError>,
}

async fn outcome(listed: &Listed, server: &Arc<Server>) -> Outcome {
    let Listed {
        resource_type,
        cell,
        ..
    } = listed;
    let reader = reader(server);
    let mut outcome = Outcome::default();
    let mut items = resource_type.list(&reader, cell);
    while let Some(item) = items.next().await {
        match item {
            Err(error) => outcome.errors.push(error),
            Ok(raw) => match resource_type.decode(&raw, cell) {
                Err(error) => outcome.unread.push(error.path),
                Ok(resource) => {
                    resource_type.links(&resource);
                    outcome.resources.push((resource, raw));
                }
            },
        }
    }
    outcome
}

/// What is wrong with an outcome.
fn faults(listed: &Listed, server: &Server, wrong: Wrong, outcome: &Outcome) -> Vec<String> {
    let resource_type = listed.resource_type;
    let mut faults = Vec::new();
    // Ids that are made of two have the vendor's at the end.
    let bare = |id: &str| id.rsplit('/').next().unwrap_or_default().to_owned();
    let found: BTreeSet<String> = outcome
        .resources
        .iter()
        .map(|(resource, _)| bare(&resource.id.id))
        .collect();
    let expected: BTreeSet<String> = server.ids().into_iter().collect();
    let says_short = outcome.errors.iter().any(ListError::hides_items);
    let is_hole = says_short || (wrong == Wrong::NoList && !outcome.unread.is_empty());
    // A last page that is empty is written so; where no total is said, nothing tells it from one that lost its items.
    let is_untold = wrong == Wrong::EmptyPages && !server.says_total();
    if !is_hole && !is_untold && found != expected {
        faults.push(format!("no error, and {found:?} of {expected:?}"));
    }
    if !found.is_subset(&expected) {
        faults.push(format!("{found:?} of {expected:?}"));
    }
    if !says_short && outcome.unread.len() < server.without_id() {
        faults.push(format!(
            "{} items without id, {} unread",
            server.without_id(),
            outcome.unread.len()
        ));
    }
    if let Some(path) = outcome.unread.iter().find(|path| path.is_empty()) {
        faults.push(format!("an unread item without a path: {path:?}"));
    }
    match wrong {
        Wrong::NoAnswer | Wrong::OddError if !says_short => {
            faults.push("no answer, and no error".to_owned());
        }
        Wrong::NoList => faults.extend(no_list(listed.listing, server, outcome, says_short)),
        Wrong::LargeTotal if server.says_total() && !says_short => {
            faults.push("less than the total, and no error".to_owned());
        }
        Wrong::SameToken if server.has_token() && !says_short => {
            faults.push("the same token for ever, and no error".to_owned());
        }
        Wrong::SamePage | Wrong::SamePageWithoutTotal
            if server.pages() > 1
                && (server.is_numbered() || server.has_token())
                && !says_short =>
        {
            faults.push("the same page for ever, and no error".to_owned());
        }
        Wrong::Nothing | Wrong::TextNumbers => {
            let errors = outcome.errors.iter().filter(|error| error.hides_items());
            faults.extend(errors.map(|error| format!("a sound answer, and {error:?}")));
            faults.extend(
                outcome
                    .unread
                    .iter()
                    .map(|path| format!("a sound item unread at {path}")),
            );
        }
        _ => {}
    }
    price(&outcome.resources, resource_type);
    if server.is_without_zero() && wrong != Wrong::Details {
        for (resource, raw) in &outcome.resources {
            faults.extend(zeros(resource_type, resource).map(|zero| format!("{zero} of {raw}")));
        }
    }
    faults
}

/// Prices what was read: amounts as large as they come must not overflow.
fn price(resources: &[(Resource, Value)], resource_type: &dyn ResourceType) {
    let all = Neighbours::new(resources.iter().map(|(resource, _)| resource));
    let charged = resources.iter().map(|(resource, _)| Charged {
        resource,
        charges: resource_type.charges(resource, &all),
    });
    let sites = BTreeMap::from([(AccountId::new("0000000000000042"), Site::China)]);
    let options = Options::new("2026-02-14".parse().unwrap(), sites);
    estimate(PriceBook::embedded(), charged, &options);
}

/// Something else than a list is an error that names its place, or nothing was lost by it.
fn no_list(
    listing: &Listing,
    server: &Server,
    outcome: &Outcome,
    says_short: bool,
) -> Option<String> {
    if !says_short && outcome.unread.is_empty() {
        return Some("no list, and no error".to_owned());
    }
    let names_the_place = |error: &ApiError| {
        error.to_string().contains(listing.items)
            || error
                .message
                .as_deref()
                .is_some_and(|text| text.contains(listing.items))
    };
    let is_named = outcome.errors.iter().any(|error| match error {
        ListError::Api(error) => {
            error.class != openapi::ErrorClass::Decode || names_the_place(error)
        }
        _ => true,
    });
    (!is_named && outcome.unread.is_empty() && !server.ids().is_empty()).then(|| {
        format!(
            "the error does not name {}: {:?}",
            listing.items, outcome.errors
        )
    })
}

/// What reads as zero or false.
fn zeros<'r>(
    resource_type: &dyn ResourceType,
    resource: &'r Resource,
) -> impl Iterator<Item = String> + 'r {
    let fields = resource_type.spec().fields.attributes;
    let charges = resource_type.charges(resource, &Neighbours::new([resource]));
    let attributes = fields.iter().filter_map(|field| {
        let is_zero = match resource.attributes.get(field.name)? {
            Attribute::Integer(number) => *number == 0,
            Attribute::Decimal(number) => number.is_zero(),
            Attribute::Boolean(flag) => !flag,
            _ => false,
        };
        is_zero.then(|| format!("{} is zero", field.name))
    });
    let charges = charges.into_iter().filter_map(|charge| {
        let is_zero = matches!(charge.quantity, Quantity::Known(number) if number.is_zero());
        (is_zero && charge.kind == ChargeKind::Billed)
            .then(|| format!("no {}/{} is billed", charge.product, charge.item))
    });
    attributes.chain(charges)
}

fn seed(action: &str, wrong: Wrong, number: u64) -> u64 {
    // FNV-1a: the same operation and wrong have the same seeds whatever stands beside them in the lists.
    let name = format!("{action} {wrong:?} {number}");
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[tokio::test(start_paused = true)]
async fn random_lists_are_read_whole_or_say_what_is_missing() {
    let mut found = Vec::new();
    let mut cases = 0;
    for listed in listed() {
        let spec = listed.resource_type.spec();
        let action = listed.listing.action;
        for &wrong in ALL {
            for number in 0..TRIES {
                let seed = seed(action, wrong, number);
                let server = Arc::new(Server::new(listed.listing, wrong, seed));
                let label = format!("{} {action} {wrong:?} seed {seed:#x}", spec.type_id);
                let read = AssertUnwindSafe(outcome(&listed, &server));
                match read.catch_unwind().await {
                    Err(_) => found.push(format!(
                        "{label}: panicked after {} requests",
                        server.requests()
                    )),
                    Ok(outcome) => {
                        let faults = faults(&listed, &server, wrong, &outcome);
                        found.extend(faults.into_iter().map(|fault| format!("{label}: {fault}")));
                    }
                }
                cases += 1;
            }
        }
    }
    assert!(cases > 2000, "{cases}");
    assert!(
        found.is_empty(),
        "{} faults\n{}",
        found.len(),
        shown(&found)
    );
}

/// The shape of a type's items.
fn item_shape(listing: &Listing) -> &'static Shape {
    let operation = contracts::operation(listing.product, listing.action).unwrap();
    match operation.response.as_ref().unwrap().at(listing.items) {
        Some(Shape::Array(item)) => item,
        other => panic!("{} is no list: {other:?}", listing.items),
    }
}

/// The item without what stands at the path, nor a wrapper that only held that: an empty one is the vendor's empty list.
fn without(raw: &Value, path: &str) -> Option<Value> {
    let mut changed = raw.clone();
    let (above, key) = path.rsplit_once('.').unwrap_or(("", path));
    let pointer = if above.is_empty() {
        String::new()
    } else {
        format!("/{}", above.replace('.', "/"))
    };
    let holder = changed.pointer_mut(&pointer)?.as_object_mut()?;
    holder.remove(key)?;
    if holder.is_empty() && !above.is_empty() {
        return without(raw, above);
    }
    Some(changed)
}

/// What an item may not become by the loss of a field: free; billed with another amount, where the field decides money; or no
/// longer billed, where nothing says so.
///
/// Without a charge type nothing of a resource has an amount, whatever its charges say (`pricing::estimate`): then it is enough
/// that the product is still there.
fn loss(
    before: &[Charge],
    (after, charge_type): (&[Charge], ChargeType),
    is_money: bool,
) -> Option<String> {
    let has_amount = charge_type != ChargeType::Unknown;
    let is_same =
        |one: &Charge, other: &Charge| one.product == other.product && one.item == other.item;
    for charge in after {
        let was: Vec<&Charge> = before
            .iter()
            .filter(|known| is_same(known, charge))
            .collect();
        let label = format!("{}/{}", charge.product, charge.item);
        let is_free = |charge: &Charge| matches!(charge.kind, ChargeKind::Free(_));
        if is_free(charge) && !was.iter().any(|known| is_free(known)) {
            return Some(format!("{label} became free"));
        }
        let is_certain =
            charge.kind == ChargeKind::Billed && matches!(charge.quantity, Quantity::Known(_));
        let is_known = was
            .iter()
            .any(|known| known.kind == charge.kind && known.quantity == charge.quantity);
        if is_money && has_amount && is_certain && !is_known {
            return Some(format!("{label} became {:?}", charge.quantity));
        }
    }
    let says_unknown = |charge: &Charge| {
        matches!(charge.kind, ChargeKind::Unknown(_))
            || matches!(charge.quantity, Quantity::Unreadable(_))
    };
    let is_due = |charge: &&Charge| !matches!(charge.kind, ChargeKind::Free(_));
    let is_there = |charge: &Charge| {
        let mut same = after.iter().filter(|other| other.product == charge.product);
        same.any(|other| !has_amount || other.item == charge.item || says_unknown(other))
    };
    let vanished = before
        .iter()
        .filter(is_due)
        .find(|charge| !is_there(charge));
    vanished.map(|charge| format!("{}/{} vanished", charge.product, charge.item))
}

#[test]
fn what_is_taken_out_of_a_random_item_makes_it_neither_free_nor_certain() {
    let mut found = Vec::new();
    let mut cases = 0;
    for listed in listed() {
        let Listed {
            resource_type,
            listing,
            cell,
        } = listed;
        let spec = resource_type.spec();
        let attributes = spec.fields.attributes.iter();
        let paths = attributes
            .map(|field| (field.path, field.is_money))
            .chain([(spec.fields.charge_type, true)])
            .filter(|(path, _)| !path.is_empty());
        let paths: Vec<(&str, bool)> = paths.collect();
        for number in 0..ITEMS {
            let seed = seed(listing.action, Wrong::Items, 1000 + number);
            let habits = Habits {
                without_zero: false,
                missing: 0,
            };
            let mut raw = generate::value(item_shape(listing), &mut Random::new(seed), habits, 0);
            if !raw.is_object() {
                break;
            }
            serve::put(&mut raw, listing.id, Value::from("item-1"));
            serve::put(&mut raw, spec.fields.id, Value::from("item-1"));
            let charges = |raw: &Value| {
                let resource = resource_type.decode(raw, &cell).unwrap();
                let charges = resource_type.charges(&resource, &Neighbours::new([&resource]));
                (charges, resource.charge_type)
            };
            let (before, _) = charges(&raw);
            for (path, is_money) in &paths {
                if let Some(changed) = without(&raw, path) {
                    let (after, charge_type) = charges(&changed);
                    let fault = loss(&before, (&after, charge_type), *is_money);
                    let label = format!("{} seed {seed:#x} without {path}", spec.type_id);
                    found.extend(fault.map(|fault| format!("{label}: {fault}")));
                    cases += 1;
                }
            }
        }
    }
    assert!(cases > 2000, "{cases}");
    assert!(
        found.is_empty(),
        "{} faults\n{}",
        found.len(),
        shown(&found)
    );
}

/// The first faults, each cut to what a reader needs.
fn shown(faults: &[String]) -> String {
    let cut = |fault: &String| fault.chars().take(400).collect::<String>();
    faults
        .iter()
        .take(60)
        .map(cut)
        .collect::<Vec<_>>()
        .join("\n")
}
