//! Links to the web console: where a person can look at a resource.
//!
//! Only patterns that a source shows, in the table below; a type without one has no link, and a wrong link is worse than none. The
//! international site is named where the vendor's documentation shows that product's console there; that its paths are those of the
//! Chinese one is unverified where no source shows both. `docs/console-links.md` is generated from this table.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::graph::edges::cluster_of;
use crate::inventory::Inventory;
use crate::model::{Resource, ResourceId, Site};

/// What stays as it is: text of others never changes where a link leads.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// The console page of a resource type.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Resource type.
    pub type_id: &'static str,
    /// First part of the host: `ecs` of `ecs.console.aliyun.com`.
    pub host: &'static str,
    /// Path, with `{id}` and `{region}`.
    pub path: &'static str,
    /// Whether the vendor's documentation shows this console on the international site.
    pub is_international: bool,
}

const fn page(
    type_id: &'static str,
    host: &'static str,
    path: &'static str,
    is_international: bool,
) -> Page {
    Page {
        type_id,
        host,
        path,
        is_international,
    }
}

/// The pages, by type. Sources: `cloudprovider` of `KubeVela` for `cs`; examples of Alibaba Cloud's SDK models for route tables; its
/// documentation for CLB listeners, RAM roles and NAS; the resource specifications of a public inventory tool, which marks its
/// routes as verified, for the others; ALB, CLB and instances in several independent tools (all read in November 2026).
pub const PAGES: &[Page] = &[
    page(
        "ack.cluster",
        "cs",
        "/#/k8s/cluster/{id}/v2/info/overview",
        true,
    ),
    page("alb.load_balancer", "slb", "/alb/{region}/albs/{id}", true),
    page("cbn.cen", "cen", "/cen/detail/{id}", false),
    page(
        "cr.instance",
        "cr",
        "/{region}/instance/{id}/dashboard",
        true,
    ),
    page(
        "eci.container_group",
        "eci",
        "/#/eci/{region}/detail/{id}/containers",
        true,
    ),
    page(
        "ecs.auto_snapshot_policy",
        "ecs",
        "/autoSnapshotPolicyDetail/{region}/{id}/detail",
        true,
    ),
    page(
        "ecs.disk",
        "ecs",
        "/diskdetail/{id}/detail?regionId={region}",
        true,
    ),
    page(
        "ecs.instance",
        "ecs",
        "/server/{id}/detail?regionId={region}",
        true,
    ),
    page(
        "ecs.network_interface",
        "ecs",
        "/networkInterfaces/region/{region}/detail/{id}",
        true,
    ),
    page(
        "ecs.security_group",
        "ecs",
        "/securityGroupDetail/region/{region}/groupId/{id}/detail/intranetIngress",
        true,
    ),
    page(
        "ecs.snapshot",
        "ecs",
        "/#/snapshotDetail/{region}/{id}/detail",
        true,
    ),
    page(
        "ess.scaling_group",
        "ess",
        "/#/v3/group/detail/{region}/{id}/basicInfo",
        true,
    ),
    page(
        "nas.file_system",
        "nas",
        "/{region}/filesystem/{id}/info",
        true,
    ),
    page(
        "oss.bucket",
        "oss",
        "/bucket/oss-{region}/{id}/object",
        true,
    ),
    page(
        "polardb.cluster",
        "polardb",
        "/{region}/cluster/{id}",
        false,
    ),
    page(
        "privatelink.endpoint",
        "vpc",
        "/endpoint/{region}/endpoints/{id}",
        true,
    ),
    page(
        "pvtz.zone",
        "dnsnext",
        "/privateDNS/zones/{id}/records",
        false,
    ),
    page("ram.role", "ram", "/roles/detail?roleName={id}", true),
    page(
        "rds.instance",
        "rdsnext",
        "/detail/{id}/basicInfo?region={region}",
        false,
    ),
    page(
        "redis.instance",
        "kvstore",
        "/Redis/instance/{region}/{id}",
        false,
    ),
    page("ros.stack", "ros", "/{region}/stacks/{id}", true),
    page("slb.load_balancer", "slb", "/slb/{region}/slbs/{id}", true),
    page(
        "sls.project",
        "sls",
        "/lognext/project/{id}/overview?slsRegion={region}",
        true,
    ),
    page(
        "vpc.route_table",
        "vpc",
        "/vpc/{region}/route-tables/{id}",
        true,
    ),
    page("vpc.vpc", "vpc", "/vpc/{region}/vpcs/{id}", true),
    page("vpc.vswitch", "vpc", "/vpc/{region}/switches/{id}", true),
];

/// The link of a resource of an inventory; an object in a cluster has its cluster's. `None` where no pattern is known, or where
/// nothing told the site of its account.
pub fn url(inventory: &Inventory, resource: &Resource) -> Option<String> {
    let account = &resource.id.account;
    let site = inventory
        .accounts
        .iter()
        .find(|scanned| scanned.id == *account && !scanned.is_site_assumed)?
        .site;
    match cluster_of(&resource.id) {
        Some(cluster) => on_site(&cluster, site),
        None => on_site(&resource.id, site),
    }
}

fn on_site(id: &ResourceId, site: Site) -> Option<String> {
    let page = PAGES
        .iter()
        .find(|page| page.type_id == id.type_id.as_str())?;
    let domain = match site {
        Site::China => "aliyun.com",
        Site::International if page.is_international => "alibabacloud.com",
        Site::International => return None,
    };
    let needs_region = page.path.contains("{region}");
    if id.id.is_empty() || (needs_region && id.region.is_global()) {
        return None;
    }
    // What is put in holds no brace any more: the second does not change the first.
    let encode = |text: &str| utf8_percent_encode(text, ENCODED).to_string();
    let path = page
        .path
        .replace("{id}", &encode(&id.id))
        .replace("{region}", &encode(id.region.as_str()));
    Some(format!("https://{}.console.{domain}{path}", page.host))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::ScannedAccount;
    use crate::model::{Region, TypeId};
    use crate::resources::find;
    use crate::resources::testing::{cell, resource};

    fn link(type_id: &'static str, id: &str, region: &str, site: Site) -> Option<String> {
        let resource = resource(&cell(region), type_id, id);
        let inventory = Inventory {
            scanned_at: "2026-02-01T00:00:00Z".parse().unwrap(),
            accounts: vec![ScannedAccount {
                id: resource.id.account.clone(),
                identity: String::new(),
                site,
                is_site_assumed: false,
                regions: Vec::new(),
                is_every_region: true,
            }],
            resources: vec![resource.clone()],
            links: Vec::new(),
            coverage: Vec::new(),
            observations: Vec::new(),
        };
        let nobody = Inventory {
            accounts: Vec::new(),
            ..inventory.clone()
        };
        assert_eq!(url(&nobody, &resource), None);
        let mut assumed = inventory.clone();
        assumed.accounts[0].is_site_assumed = true;
        assert_eq!(url(&assumed, &resource), None, "nothing told the site");
        url(&inventory, &resource)
    }

    #[test]
    fn a_link_is_of_the_accounts_site() {
        let disk = |site| link("ecs.disk", "d-1", "cn-hangzhou", site).unwrap();
        assert_eq!(
            disk(Site::China),
            "https://ecs.console.aliyun.com/diskdetail/d-1/detail?regionId=cn-hangzhou"
        );
        assert_eq!(
            disk(Site::International),
            "https://ecs.console.alibabacloud.com/diskdetail/d-1/detail?regionId=cn-hangzhou"
        );
        assert_eq!(link("rds.instance", "rm-1", "r", Site::International), None);
        assert!(link("rds.instance", "rm-1", "r", Site::China).is_some());
    }

    #[test]
    fn objects_lead_to_their_cluster_and_unknown_pages_nowhere() {
        let expected = "https://cs.console.aliyun.com/#/k8s/cluster/c1/v2/info/overview";
        for (type_id, id) in [("ack.cluster", "c1"), ("k8s.service", "c1/my-app/web")] {
            assert_eq!(
                link(type_id, id, "cn-hangzhou", Site::China).unwrap(),
                expected
            );
        }
        assert_eq!(
            link("ack.node_pool", "np1", "cn-hangzhou", Site::China),
            None
        );
        assert_eq!(link("ecs.disk", "", "cn-hangzhou", Site::China), None);
        let global = Region::GLOBAL;
        assert_eq!(link("oss.bucket", "b", global.as_str(), Site::China), None);
        assert!(link("ram.role", "r", global.as_str(), Site::China).is_some());
    }

    #[test]
    fn text_of_others_cannot_change_where_a_link_leads() {
        let id = "../x?y#z@evil.example/{region}\u{202e}\" ";
        let found = link("ros.stack", id, "cn-hangzhou", Site::China).unwrap();
        assert_eq!(
            found,
            "https://ros.console.aliyun.com/cn-hangzhou/stacks/..%2Fx%3Fy%23z%40evil.example%2F%7Bregion%7D%E2%80%AE%22%20"
        );
    }

    #[test]
    fn every_page_is_of_a_type_that_exists_and_names_its_resource() {
        for (page, next) in PAGES.iter().zip(PAGES.iter().skip(1)) {
            assert!(page.type_id < next.type_id, "{}", next.type_id);
        }
        for page in PAGES {
            assert!(find(page.type_id).is_some(), "{}", page.type_id);
            assert!(page.path.starts_with('/') && page.path.contains("{id}"));
            assert_eq!(page.type_id, TypeId::from_static(page.type_id).as_str());
        }
    }
}
