//! Where `inventory`, `cost` and `why` get their inventory: a scan of the account, or a snapshot file.

use std::path::{Path, PathBuf};

use clap::Args;

use super::accounts::AccountsArguments;
use super::failure::Failure;
use super::history::{self, Moment};
use super::run::Run;
use super::session::{ClusterAccess, Session};
use crate::config::error::did_you_mean;
use crate::config::setting::Provenance;
use crate::inventory::index::resources_by_region;
use crate::inventory::surprise::surprises;
use crate::inventory::{Account, Inventory, ScanOptions, scan, snapshot};
use crate::output::ExitStatus;
use crate::output::coverage::Summary;
use crate::resources::cluster::LocalKubeconfig;
use crate::resources::{RESOURCE_TYPES, ResourceType};

/// What to read, and from where.
#[derive(Clone, Debug, Default, Args)]
pub struct ScanArguments {
    /// Resource type, or all types of a product; repeat it for several [default: all]
    ///
    /// `ecs.disk`, `vpc`, `k8s`. Types that the wanted ones are listed per (the clusters of Pods) are read too.
    #[arg(long = "type", value_name = "TYPE", value_parser = types, conflicts_with_all = ["from", "at"])]
    types: Vec<Types>,
    /// From where.
    #[command(flatten)]
    source: SourceArguments,
    /// Of which accounts.
    #[command(flatten)]
    accounts: AccountsArguments,
    /// Save what was read as a snapshot file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["from", "at"])]
    save: Option<PathBuf>,
    /// Read a cluster with this machine's kubeconfig instead of one from ACK; repeat it for several
    #[arg(long = "kubeconfig", value_name = "CLUSTER_ID=FILE", value_parser = kubeconfig, conflicts_with_all = ["from", "at"])]
    kubeconfigs: Vec<(String, PathBuf)>,
}

/// Where an inventory of everything comes from.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct SourceArguments {
    /// Read a snapshot file instead of the account
    #[arg(long, value_name = "FILE", conflicts_with = "private_api_server")]
    from: Option<PathBuf>,
    /// Read a scan of the history instead of the account: the last one up to a day (UTC) or time, or one by its number
    ///
    /// `2026-11-01`, `2026-11-01T12:00:00Z`, `12`. `yunsweep history` lists what is kept.
    #[arg(long, value_name = "WHEN", conflicts_with_all = ["from", "private_api_server"])]
    at: Option<Moment>,
    /// How API servers are reached.
    #[command(flatten)]
    api_servers: ApiServerArguments,
}

/// How the API servers of clusters are reached. A kubeconfig of this machine is none of it: nothing proves that it leads to
/// the cluster that it is given for, and a teardown that looks into the wrong one finds everything gone.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct ApiServerArguments {
    /// Reach API servers over their private endpoints (from inside the VPC)
    #[arg(long)]
    private_api_server: bool,
}

impl ScanArguments {
    /// The same, saving the inventory to a file.
    #[must_use]
    pub fn saving(mut self, path: &Path) -> Self {
        self.save = Some(path.to_owned());
        self
    }

    /// The inventory of a file.
    pub fn from_file(path: &Path) -> Self {
        Self {
            source: SourceArguments {
                from: Some(path.to_owned()),
                ..SourceArguments::default()
            },
            ..Self::default()
        }
    }

    /// Scans or loads, and saves where that was asked for.
    pub async fn inventory(&self, run: &Run) -> Result<Inventory, Failure> {
        // A scan that cannot be saved is found out before it is made.
        if let Some(path) = &self.save {
            snapshot::check_writable(path)?;
        }
        let inventory = self
            .source
            .inventory(
                run,
                self.wanted_types(),
                self.local_kubeconfigs(),
                &self.accounts,
            )
            .await?;
        point_out_surprises(run, &inventory);
        if let Some(path) = &self.save {
            snapshot::save(&inventory, path)?;
            run.say_saved(path);
        }
        Ok(inventory)
    }

    /// The status of an answer that rests on its inventory.
    pub(super) fn status(&self, inventory: &Inventory) -> ExitStatus {
        self.source.status(inventory)
    }

    fn local_kubeconfigs(&self) -> Vec<(String, LocalKubeconfig)> {
        self.kubeconfigs
            .iter()
            .map(|(cluster, path)| {
                let kubeconfig = LocalKubeconfig {
                    path: path.clone(),
                    context: None,
                };
                (cluster.clone(), kubeconfig)
            })
            .collect()
    }

    fn wanted_types(&self) -> Vec<&'static dyn ResourceType> {
        if self.types.is_empty() {
            return RESOURCE_TYPES.to_vec();
        }
        self.types
            .iter()
            .flat_map(|types| types.0.clone())
            .collect()
    }
}

impl SourceArguments {
    /// An inventory of every type, of the run's own account.
    pub(super) async fn whole_inventory(&self, run: &Run) -> Result<Inventory, Failure> {
        self.whole_inventory_of(run, &AccountsArguments::default())
            .await
    }

    /// An inventory of every type, of several accounts.
    pub(super) async fn whole_inventory_of(
        &self,
        run: &Run,
        accounts: &AccountsArguments,
    ) -> Result<Inventory, Failure> {
        self.inventory(run, RESOURCE_TYPES.to_vec(), Vec::new(), accounts)
            .await
    }

    /// The status of an answer that rests on its inventory.
    pub(super) fn status(&self, inventory: &Inventory) -> ExitStatus {
        match Summary::of(&inventory.coverage).exit_status() {
            // A file needs no permission: one without cells holds a scan that asked nothing.
            ExitStatus::NoAccess if self.is_saved() && inventory.coverage.is_empty() => {
                ExitStatus::Incomplete
            }
            status => status,
        }
    }

    /// How the API servers of clusters are reached.
    pub(super) fn cluster_access(&self) -> ClusterAccess {
        self.api_servers.access()
    }

    /// Whether it is no look at the account of now.
    pub(super) fn is_saved(&self) -> bool {
        self.from.is_some() || self.at.is_some()
    }

    async fn inventory(
        &self,
        run: &Run,
        types: Vec<&'static dyn ResourceType>,
        kubeconfigs: Vec<(String, LocalKubeconfig)>,
        accounts: &AccountsArguments,
    ) -> Result<Inventory, Failure> {
        if self.is_saved() {
            let regions = run.settings.regions.as_ref();
            if regions.is_some_and(|regions| matches!(regions.provenance, Provenance::Flag(_))) {
                let said = run.messages.text("scan-from-with-region");
                return Err(Failure::usage(FromWithRegion(said)));
            }
        }
        if let Some(path) = &self.from {
            return Ok(snapshot::load(path)?);
        }
        if let Some(moment) = &self.at {
            return history::scan_of(run, moment);
        }
        for (_, kubeconfig) in &kubeconfigs {
            check_kubeconfig(&kubeconfig.path).map_err(Failure::usage)?;
        }
        let session = Session::open(run).await?;
        point_out_regions(run, &session).await;
        let access = ClusterAccess {
            local: kubeconfigs,
            ..self.cluster_access()
        };
        let opened = accounts.open(run, &session, access).await?;
        let is_whole = types.len() == RESOURCE_TYPES.len();
        let mut inventory = scan_accounts(run, &opened.accounts, types).await;
        inventory.coverage.extend(opened.holes);
        inventory
            .coverage
            .sort_by(|a, b| (&a.type_id, &a.cell).cmp(&(&b.type_id, &b.cell)));
        // A look at some types is no state of the account to come back to.
        if is_whole {
            history::keep(run, &inventory);
        }
        Ok(inventory)
    }
}

/// Says where the account has something and nobody looks, because the regions are restricted. The index of the account knows
/// that, where it keeps one; that it is silent proves nothing, and that it cannot be asked stops nothing.
async fn point_out_regions(run: &Run, session: &Session) {
    let Some(asked) = &run.settings.regions else {
        return;
    };
    let Ok(Some(counts)) = resources_by_region(&session.reader).await else {
        return;
    };
    for (region, count) in counts {
        if !asked.value.contains(&region) {
            let arguments = [
                ("region", region.to_string().into()),
                ("count", count.into()),
            ];
            let said = run.messages.text_with("scan-region-not-asked", &arguments);
            run.printer.warning(&said, &run.messages);
        }
    }
}

/// Says which regions have things that may be billed and no cluster, where the clusters are elsewhere.
fn point_out_surprises(run: &Run, inventory: &Inventory) {
    for surprise in surprises(inventory) {
        let arguments = [
            ("region", surprise.region.to_string().into()),
            ("account", surprise.account.to_string().into()),
            ("count", surprise.resources.into()),
        ];
        let said = run.messages.text_with("scan-surprise", &arguments);
        run.printer.warning(&said, &run.messages);
    }
}

/// Scans accounts, with progress for whoever looks.
pub(super) async fn scan_accounts(
    run: &Run,
    accounts: &[Account],
    types: Vec<&'static dyn ResourceType>,
) -> Inventory {
    let options = ScanOptions { types };
    let progress = run.printer.progress();
    let inventory = scan(&run.context, accounts, &options, &|state| {
        progress.set_total(state.known);
        progress.set_done(state.done);
        progress.set_message(&run.messages.text_with(
            "scan-progress",
            &[
                ("resources", state.resources.into()),
                ("holes", state.holes.into()),
            ],
        ));
    })
    .await;
    progress.finish();
    inventory
}

impl ApiServerArguments {
    /// What the session needs of them.
    pub(super) fn access(&self) -> ClusterAccess {
        ClusterAccess {
            private_endpoint: self.private_api_server,
            local: Vec::new(),
        }
    }
}

/// A snapshot is answered whole: leaving regions out would look as if nothing was there.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct FromWithRegion(String);

/// The types that one `--type` means.
#[derive(Clone)]
struct Types(Vec<&'static dyn ResourceType>);

impl std::fmt::Debug for Types {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ids = self.0.iter().map(|found| found.spec().type_id.as_str());
        f.debug_list().entries(ids).finish()
    }
}

fn types(text: &str) -> Result<Types, String> {
    let found: Vec<&'static dyn ResourceType> = RESOURCE_TYPES
        .iter()
        .copied()
        .filter(|resource_type| {
            let type_id = &resource_type.spec().type_id;
            type_id.as_str() == text || type_id.product() == text
        })
        .collect();
    if !found.is_empty() {
        return Ok(Types(found));
    }
    let known = RESOURCE_TYPES
        .iter()
        .map(|resource_type| resource_type.spec().type_id.as_str());
    let near = did_you_mean(text, known).unwrap_or_default();
    Err(format!(
        "no resource type or product of that name (`yunsweep types` lists them) {near}"
    ))
}

/// A kubeconfig that was named and is not there.
#[derive(Debug, thiserror::Error)]
enum NoKubeconfig {
    #[error("cannot read the kubeconfig {path}", path = .0.display())]
    Unreadable(PathBuf, #[source] std::io::Error),
    #[error("the kubeconfig {path} is a folder", path = .0.display())]
    Folder(PathBuf),
}

/// Found before the scan, which would show it only as holes at its end.
fn check_kubeconfig(path: &Path) -> Result<(), NoKubeconfig> {
    match std::fs::metadata(path) {
        Err(cause) => Err(NoKubeconfig::Unreadable(path.to_owned(), cause)),
        Ok(found) if found.is_dir() => Err(NoKubeconfig::Folder(path.to_owned())),
        Ok(_) => Ok(()),
    }
}

fn kubeconfig(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((cluster, path)) if !cluster.is_empty() && !path.is_empty() => {
            Ok((cluster.to_owned(), PathBuf::from(path)))
        }
        _ => Err("write CLUSTER_ID=FILE, with the id that `yunsweep inventory` shows".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_named_by_its_id_or_its_product() {
        assert_eq!(types("ecs.disk").unwrap().0.len(), 1);
        assert!(types("k8s").unwrap().0.len() > 5);
        let mistake = types("ecs.disks").unwrap_err();
        assert!(mistake.contains("`ecs.disk`"), "{mistake}");
    }

    #[test]
    fn a_snapshot_without_cells_is_incomplete_and_a_scan_without_any_read_nothing() {
        let nothing = Inventory {
            scanned_at: "2026-02-01T00:00:00Z".parse().unwrap(),
            accounts: Vec::new(),
            resources: Vec::new(),
            links: Vec::new(),
            coverage: Vec::new(),
            observations: Vec::new(),
        };
        let loaded = ScanArguments::from_file(Path::new("scan.json"));
        assert_eq!(loaded.status(&nothing), ExitStatus::Incomplete);
        let scanned = ScanArguments::default();
        assert_eq!(scanned.status(&nothing), ExitStatus::NoAccess);
    }

    #[test]
    fn a_kubeconfig_is_given_with_its_cluster() {
        assert_eq!(kubeconfig("c1=a=b").unwrap(), ("c1".into(), "a=b".into()));
        for wrong in ["", "c1", "c1=", "=file"] {
            assert!(kubeconfig(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_kubeconfig_that_is_not_there_is_found_first() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lab.kubeconfig");
        let missing = Failure::usage(check_kubeconfig(&path).unwrap_err());
        assert_eq!(missing.status, ExitStatus::Usage);
        std::fs::write(&path, "").unwrap();
        check_kubeconfig(&path).unwrap();
        check_kubeconfig(folder.path()).unwrap_err();
    }
}
