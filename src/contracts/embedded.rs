//! The embedded contract files. Written by `generate.py`; see README.md.

/// Product code and gzip-compressed contract of each product, sorted by product code.
pub(super) const FILES: &[(&str, &[u8])] = &[
    (
        "actiontrail",
        include_bytes!("data/actiontrail-2020-07-06.json.gz"),
    ),
    ("alb", include_bytes!("data/alb-2020-06-16.json.gz")),
    ("arms", include_bytes!("data/arms-2019-08-08.json.gz")),
    (
        "bssopenapi",
        include_bytes!("data/bssopenapi-2017-12-14.json.gz"),
    ),
    ("cbn", include_bytes!("data/cbn-2017-09-12.json.gz")),
    (
        "cloudcontrol",
        include_bytes!("data/cloudcontrol-2022-08-30.json.gz"),
    ),
    ("cms", include_bytes!("data/cms-2019-01-01.json.gz")),
    ("cr", include_bytes!("data/cr-2018-12-01.json.gz")),
    (
        "cr-personal",
        include_bytes!("data/cr-personal-2016-06-07.json.gz"),
    ),
    ("cs", include_bytes!("data/cs-2015-12-15.json.gz")),
    ("das", include_bytes!("data/das-2020-01-16.json.gz")),
    ("dds", include_bytes!("data/dds-2015-12-01.json.gz")),
    ("eci", include_bytes!("data/eci-2018-08-08.json.gz")),
    ("ecs", include_bytes!("data/ecs-2014-05-26.json.gz")),
    ("ess", include_bytes!("data/ess-2022-02-22.json.gz")),
    ("kms", include_bytes!("data/kms-2016-01-20.json.gz")),
    (
        "location",
        include_bytes!("data/location-2015-06-12.json.gz"),
    ),
    ("nas", include_bytes!("data/nas-2017-06-26.json.gz")),
    ("nlb", include_bytes!("data/nlb-2022-04-30.json.gz")),
    ("oss", include_bytes!("data/oss-2019-05-17.json.gz")),
    ("polardb", include_bytes!("data/polardb-2017-08-01.json.gz")),
    (
        "privatelink",
        include_bytes!("data/privatelink-2020-04-15.json.gz"),
    ),
    ("pvtz", include_bytes!("data/pvtz-2018-01-01.json.gz")),
    ("quotas", include_bytes!("data/quotas-2020-05-10.json.gz")),
    (
        "r-kvstore",
        include_bytes!("data/r-kvstore-2015-01-01.json.gz"),
    ),
    ("ram", include_bytes!("data/ram-2015-05-01.json.gz")),
    ("rds", include_bytes!("data/rds-2014-08-15.json.gz")),
    (
        "resourcecenter",
        include_bytes!("data/resourcecenter-2022-12-01.json.gz"),
    ),
    (
        "resourcemanager",
        include_bytes!("data/resourcemanager-2020-03-31.json.gz"),
    ),
    ("ros", include_bytes!("data/ros-2019-09-10.json.gz")),
    (
        "servicemesh",
        include_bytes!("data/servicemesh-2020-01-11.json.gz"),
    ),
    ("slb", include_bytes!("data/slb-2014-05-15.json.gz")),
    ("sls", include_bytes!("data/sls-2020-12-30.json.gz")),
    ("sts", include_bytes!("data/sts-2015-04-01.json.gz")),
    ("tag", include_bytes!("data/tag-2018-08-28.json.gz")),
    ("vpc", include_bytes!("data/vpc-2016-04-28.json.gz")),
];
