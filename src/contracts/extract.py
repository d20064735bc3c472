"""Read the operation contracts (names and types only) out of the official Python SDK packages.

usage: extract.py SITE_PACKAGES OUT_DIR   (packages: packages.txt; add operations to OPS)
Each OUT_DIR/<package>.json holds {source, operations: {action: {version, style, method, path, host, query, body, response}}}.
Only names and types are read, by parsing the modules: no code of a package runs.
"""
import ast, json, pathlib, re, sys

OPS = {
 "ecs20140526": "DescribeRegions DescribeZones DescribeInstances DescribeInstanceTypes DescribeInstanceTypeFamilies DescribeInstanceAttribute DescribeDisks DescribeSnapshots DescribeSnapshotsUsage DescribeSnapshotGroups DescribeImages DescribeNetworkInterfaces DescribeSecurityGroups DescribeSecurityGroupAttribute DescribeSecurityGroupReferences DescribeLaunchTemplates DescribeKeyPairs DescribeAutoSnapshotPolicyEx DescribeReservedInstances DescribeDedicatedHosts DescribeDeploymentSets DescribePrice DescribeSpotPriceHistory DescribeSpotAdvice DescribeAvailableResource DescribeStorageCapacityUnits DescribeElasticityAssurances DeleteInstance DeleteInstances StopInstances StartInstances ModifyInstanceAttribute DeleteDisk DetachDisk DeleteSnapshot DeleteSnapshotGroup DeleteImage DeleteNetworkInterface DetachNetworkInterface AttachNetworkInterface DeleteSecurityGroup RevokeSecurityGroup RevokeSecurityGroupEgress DeleteLaunchTemplate DeleteKeyPairs DeleteAutoSnapshotPolicy CreateSnapshot DescribeInstanceStatus DescribeInstancesFullStatus DescribeInstanceHistoryEvents DescribeUserData ListTagResources DescribeSnapshotLinks DescribeInstanceAutoRenewAttribute DescribeRenewalPrice CancelAutoSnapshotPolicy DescribeInstanceTypes DescribeCommands AttachDisk RunCommand DescribeInvocationResults DescribeInvocations DescribeLaunchTemplateVersions",
 "vpc20160428": "DescribeRegions DescribeVpcs DescribeVpcAttribute DescribeVSwitches DescribeVSwitchAttributes DescribeRouteTableList DescribeNatGateways DescribeSnatTableEntries DescribeForwardTableEntries DescribeEipAddresses DescribeCommonBandwidthPackages DescribeVpnGateways DescribeRouterInterfaces DescribeIpv6Gateways DescribeHaVips DescribeNetworkAcls DescribeFlowLogs DescribePhysicalConnections DescribeVpcGrantRulesToEcr DeleteVpc DeleteVSwitch DeleteNatGateway DeleteSnatEntry DeleteForwardEntry AssociateEipAddress UnassociateEipAddress ReleaseEipAddress RemoveCommonBandwidthPackageIp DeleteCommonBandwidthPackage DeleteRouteTable AssociateRouteTable UnassociateRouteTable DeleteVpnGateway DeleteNetworkAcl AssociateNetworkAcl UnassociateNetworkAcl DeleteIpv6Gateway DeleteHaVip DeletionProtection ListVpcPublishedRouteEntries DescribeVpcs ListTagResources GetNatGatewayAttribute ListIpv4Gateways DeleteIpv4Gateway DescribeRouteEntryList DeleteRouteEntry ListVpcPeerConnections DeleteVpcPeerConnection ModifyEipAddressAttribute DescribeSslVpnServers DescribeVpnConnections DescribeCustomerGateways ListDhcpOptionsSets GetDhcpOptionsSet",
 "slb20140515": "DescribeRegions DescribeLoadBalancers DescribeLoadBalancerAttribute DescribeVServerGroups DescribeVServerGroupAttribute DescribeHealthStatus DescribeLoadBalancerListeners DeleteLoadBalancer DeleteLoadBalancerListener SetLoadBalancerDeleteProtection SetLoadBalancerModificationProtection DescribeAccessControlLists DescribeAccessControlListAttribute DeleteAccessControlList DescribeMasterSlaveServerGroups ListTagResources DescribeLoadBalancerTCPListenerAttribute DescribeLoadBalancerUDPListenerAttribute DescribeLoadBalancerHTTPListenerAttribute DescribeLoadBalancerHTTPSListenerAttribute DescribeRules RemoveBackendServers",
 "alb20200616": "DescribeRegions ListLoadBalancers GetLoadBalancerAttribute ListListeners GetListenerAttribute GetListenerHealthStatus ListServerGroups ListServerGroupServers ListRules ListAcls DeleteLoadBalancer DeleteListener DeleteServerGroup DeleteAcl DisableDeletionProtection EnableDeletionProtection UpdateLoadBalancerAttributeConfig ListAsynJobs ListTagResources GetListenerHealthStatus ListAclEntries DeleteRule",
 "nlb20220430": "DescribeRegions ListLoadBalancers GetLoadBalancerAttribute ListListeners GetListenerAttribute GetListenerHealthStatus ListServerGroups ListServerGroupServers DeleteLoadBalancer DeleteListener DeleteServerGroup UpdateLoadBalancerProtection GetJobStatus ListTagResources",
 "cs20151215": "DescribeClustersV1 DescribeClusterDetail DescribeClusterNodePools DescribeClusterNodePoolDetail DescribeClusterNodes DescribeClusterResources DescribeClusterUserKubeconfig DescribeClusterAddonInstance ListClusterAddonInstanceResources ListClusterAddonInstances DescribeClusterAddonsVersion DeleteCluster DeleteClusterNodepool DescribeTaskInfo DescribeClusterTasks DescribeClusterEvents DescribeEvents DescribeClusterLogs ModifyCluster ModifyClusterNodePool ScaleClusterNodePool RemoveNodePoolNodes CreateClusterDiagnosis GetClusterDiagnosisResult GetClusterDiagnosisCheckItems ListClusterInspectReports RunClusterInspect GetClusterInspectReportDetail DescribeUserQuota DescribeUserPermission CheckControlPlaneLogEnable DescribeKubernetesVersionMetadata DescribeRegions DescribeClusterVuls DescribeNodePoolVuls DescribeClustersForRegion DescribeClusterAttachScripts UnInstallClusterAddons DeleteClusterNodes DescribeClusterAddonMetadata ListTagResources UpdateResourcesDeleteProtection DescribeResourcesDeleteProtection DescribeClusterInspectConfig ListOperationPlans DescribeNodePoolTasks CheckServiceRole ListClusterKubeconfigStates RunClusterCheck GetClusterCheck ListClusterChecks GetClusterInspectConfig CreateClusterInspectConfig DescribeAddons ListAddons GetClusterAddonInstance GetClusterAuditProject GetClusterInspectReportDetail",
 "cr20181201": "ListInstance GetInstance GetInstanceUsage GetInstanceEndpoint ListInstanceEndpoint ListNamespace ListRepository GetRepository ListRepoTag GetRepoTag ListChartRepository DeleteRepository DeleteRepoTag DeleteNamespace GetAuthorizationToken ListInstanceRegion ListArtifactLifecycleRule GetRepoCount GetInstanceVpcEndpoint ListRepoBuildRecord ListInstanceEndpoint",
 "cr20160607": "GetNamespaceList GetNamespace GetRepoList GetRepoListByNamespace GetRepo GetRepoTags GetRepoTag DeleteRepo DeleteNamespace DeleteImage GetRegion GetRegionList GetAuthorizationToken",
 "sls20201230": "ListProject GetProject DeleteProject ListLogStores GetLogStore DeleteLogStore ListMachineGroup DescribeRegions ListTagResources GetProjectPolicy ListDashboard ListETLs GetLogsV2 ListLogStores CreateProject GetLogStoreMeteringMode",
 "bssopenapi20171214": "GetPayAsYouGoPrice GetSubscriptionPrice QueryInstanceBill DescribeInstanceBill QueryBill QueryBillOverview QueryAccountBalance DescribePricingModule QueryProductList QueryAvailableInstances QuerySplitItemBill DescribeSplitItemBill DescribeInstanceAmortizedCostByConsumePeriod QuerySavingsPlansInstance QueryResourcePackageInstances QuerySettleBill QueryAccountBill DescribeResourceUsageDetail DescribeResourceCoverageTotal DescribeCostBudgetsSummary QueryDPUtilizationDetail QuerySkuPriceList QueryPriceEntityList QueryCommodityList QueryUserOmsData RefundInstance InquiryPriceRefundInstance QueryAccountTransactions QueryRIUtilizationDetail",
 "bssopenapi20230930": "",
 "resourcecenter20221201": "SearchResources SearchMultiAccountResources GetResourceConfiguration ListResourceTypes GetResourceCenterServiceStatus EnableResourceCenter GetResourceCounts",
 "resourcemanager20200331": "ListAccounts ListResourceGroups ListResources GetResourceDirectory",
 "ess20220222": "DescribeScalingGroups DescribeScalingConfigurations DescribeScalingInstances DescribeScalingActivities DeleteScalingGroup DeleteScalingConfiguration ModifyScalingGroup SetGroupDeletionProtection DescribeScalingRules DescribeAlarms",
 "ros20190910": "ListStacks GetStack ListStackResources DeleteStack ListStackGroups SetDeletionProtection",
 "ram20150501": "GetAccountAlias ListRoles GetRole GetUser ListPoliciesForUser GetPolicy ListPolicies ListPoliciesForRole DetachPolicyFromRole DeleteRole",
 "sts20150401": "GetCallerIdentity AssumeRole AssumeRoleWithOIDC",
 "arms20190808": "ListPrometheusInstances ListPrometheusInstanceByTagAndResourceGroupId GetPrometheusInstance DescribePrometheusInstance UninstallPromCluster ListEnvironments DescribeEnvironment DeleteEnvironment",
 "cms20190101": "DescribeMetricList DescribeMetricLast DescribeMetricData DescribeMetricMetaList",
 "nas20170626": "DescribeFileSystems DescribeMountTargets DeleteFileSystem DeleteMountTarget",
 "eci20180808": "DescribeContainerGroups DeleteContainerGroup DescribeImageCaches DeleteImageCache DescribeVirtualNodes DescribeContainerGroupPrice",
 "pvtz20180101": "DescribeZones DescribeZoneInfo BindZoneVpc DeleteZone DescribeZoneRecords",
 "cbn20170912": "DescribeCens DescribeCenAttachedChildInstances ListTransitRouters ListTransitRouterVpcAttachments",
 "rds20140815": "DescribeDBInstances DescribeDBInstanceAttribute DeleteDBInstance DescribePrice ModifyDBInstanceDeletionProtection",
 "r_kvstore20150101": "DescribeInstances DescribeInstanceAttribute DeleteInstance",
 "kms20160120": "ListKeys DescribeKey ListKmsInstances GetKmsInstance",
 "tag20180828": "ListTagResources ListTagKeys",
 "privatelink20200415": "ListVpcEndpoints ListVpcEndpointServices DeleteVpcEndpoint",
 "quotas20200510": "ListProductQuotas",
 "polardb20170801": "DescribeDBClusters DeleteDBCluster",
 "dds20151201": "DescribeDBInstances DescribeDBInstanceAttribute DeleteDBInstance",
 "oss20190517": "ListBuckets GetBucketStat GetBucketInfo DeleteBucket",
 "actiontrail20200706": "LookupEvents",
 "cloudcontrol20220830": "GetApiPrice GetResourceTypePrice GetResources ListResourceTypes QuoteApiPrice",
 "servicemesh20200111": "DescribeServiceMeshes DescribeServiceMeshDetail DeleteServiceMesh DescribeClustersInServiceMesh",
 "das20200116": "GetInstanceInspections",
}

def snake(name):
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()

class Models:
    def __init__(self, root):
        self.classes = {}
        files = [root/"models.py"] if (root/"models.py").exists() else sorted((root/"models").glob("*.py"))
        for f in files:
            for node in ast.parse(f.read_text()).body:
                if isinstance(node, ast.ClassDef):
                    self.classes[node.name] = node

    def fields(self, name):
        """[(wire name, annotation, attr)] of one model class"""
        cls = self.classes.get(name)
        if cls is None: return None
        init = next((n for n in cls.body if isinstance(n, ast.FunctionDef) and n.name == "__init__"), None)
        tomap = next((n for n in cls.body if isinstance(n, ast.FunctionDef) and n.name == "to_map"), None)
        ann = {a.arg: a.annotation for a in (init.args.args[1:] if init else [])}
        wire = {}
        for node in ast.walk(tomap) if tomap else []:
            if isinstance(node, ast.If):
                t = ast.unparse(node.test)
                m = re.search(r"self\.(\w+)", t)
                if not m: continue
                for s in ast.walk(node):
                    if isinstance(s, ast.Subscript) and isinstance(s.value, ast.Name) and s.value.id == "result" and isinstance(s.slice, ast.Constant):
                        wire.setdefault(m.group(1), s.slice.value)
        return [(wire.get(a, a), t, a) for a, t in ann.items()]

    def tree(self, annotation, seen=()):
        if annotation is None: return "any"
        if isinstance(annotation, ast.Subscript):
            outer = ast.unparse(annotation.value)
            if outer == "List": return [self.tree(annotation.slice, seen)]
            if outer == "Dict":
                return {"*": self.tree(annotation.slice.elts[1], seen)}
            return outer
        text = ast.unparse(annotation).strip("'\"").split(".")[-1]
        simple = {"str": "string", "int": "integer", "float": "number", "bool": "boolean", "Any": "any", "dict": "object", "bytes": "bytes"}
        if text in simple: return simple[text]
        if text in seen: return "any"
        fields = self.fields(text)
        if fields is None: return text
        return {w: self.tree(t, seen + (text,)) for w, t, _ in fields}

def constant(node):
    if isinstance(node, ast.Constant): return node.value
    if isinstance(node, ast.JoinedStr):
        out = ""
        for v in node.values:
            if isinstance(v, ast.Constant): out += v.value
            else:
                m = re.search(r"\((\w+)\)", ast.unparse(v.value)); out += "{" + (m.group(1) if m else ast.unparse(v.value)) + "}"
        return out
    return ast.unparse(node)

def operations(root, wanted, models):
    client = ast.parse((root/"client.py").read_text())
    out = {}
    for cls in [n for n in client.body if isinstance(n, ast.ClassDef)]:
        for fn in [n for n in cls.body if isinstance(n, ast.FunctionDef) and n.name.endswith("with_options")]:
            params = None
            for node in ast.walk(fn):
                if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".Params"):
                    params = {k.arg: constant(k.value) for k in node.keywords}
            if not params or params.get("action") not in wanted: continue
            def bag(var):
                got = {}
                for node in ast.walk(fn):
                    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
                        t = node.targets[0]
                        if isinstance(t.value, ast.Name) and t.value.id == var and isinstance(t.slice, ast.Constant):
                            m = re.search(r"request\.(\w+)", ast.unparse(node.value)); got[t.slice.value] = m.group(1) if m else None
                return got
            reqname = next((ast.unparse(a.annotation).strip("'\"").split(".")[-1] for a in fn.args.args if a.arg in ("request", "tmp_req")), None)
            fields = {a: (w, t) for w, t, a in (models.fields(reqname) or [])} if reqname else {}
            def typed(var):
                d = {}
                for w, attr in bag(var).items():
                    base = attr[:-7] if attr and attr.endswith("_shrink") else attr
                    t = models.tree(fields[base][1], ()) if base in fields else "string"
                    d[w] = {"json_string": t} if attr and attr.endswith("_shrink") else t
                return d
            host = sorted(bag("host_map"))
            query = typed("query")
            body = typed("body") | typed("body_flat")
            respname = ast.unparse(fn.returns).strip("'\"").split(".")[-1] if fn.returns else None
            resp = None
            if respname:
                f = {a: t for _, t, a in (models.fields(respname) or [])}
                if "body" in f: resp = models.tree(f["body"])
            whole = next((m.group(1) for node in ast.walk(fn) if isinstance(node, ast.keyword) and node.arg == "body"
                          and (m := re.search(r"to_(?:array|map)\(request\.(\w+)\)", ast.unparse(node.value)))), None)
            if not body and whole in fields:
                body = models.tree(fields[whole][1])  # the document itself, not a field
            elif not query and not body and fields:
                query = {w: models.tree(t) for w, t in fields.values()}
            entry = {"version": params.get("version"), "style": params.get("style"), "method": params.get("method"), "path": params.get("pathname"), "host": host, "request_body": params.get("req_body_type"), "response_body": params.get("body_type"), "query": query, "body": body, "response": resp}
            out.setdefault(params["action"], entry)
    return out

def main(site, outdir):
    site, outdir = pathlib.Path(site), pathlib.Path(outdir)
    for product, ops in OPS.items():
        root = site/f"alibabacloud_{product}"
        if not root.exists() or not ops: continue
        wanted = set(ops.split())
        models = Models(root)
        got = operations(root, wanted, models)
        version = next((p.name.removesuffix(".dist-info").split("-")[1] for p in site.glob(f"alibabacloud_{product}-*.dist-info")), "?")
        doc = {"source": f"alibabacloud-{product.replace('_','-')} {version} (PyPI, Apache-2.0)", "operations": dict(sorted(got.items()))}
        (outdir/f"{product}.json").write_text(json.dumps(doc, indent=1, ensure_ascii=False) + "\n")
        print(product, len(got), "missing:", " ".join(sorted(wanted - got.keys())))

main(*sys.argv[1:])
