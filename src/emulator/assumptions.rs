//! Behaviour of the cloud that the emulator shows and no source confirms. Each takes the side that is harder for a client.

/// One assumption.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assumption {
    /// Stable id.
    pub id: &'static str,
    /// What is assumed.
    pub text: &'static str,
}

const ALL: &[Assumption] = &[
    Assumption {
        id: "emulator-ack-protected-cluster",
        text: "DeleteCluster of a cluster with deletion protection is refused with HTTP 403 StatusForbidden; the code is not documented.",
    },
    Assumption {
        id: "emulator-ack-delete-twice",
        text: "DeleteCluster of a cluster that is being deleted answers with the running task, and DeleteClusterNodepool likewise.",
    },
    Assumption {
        id: "emulator-ack-pool-with-nodes",
        text: "DeleteClusterNodepool without force of a pool with nodes is refused with HTTP 400 InvalidParameter; the code is not documented.",
    },
    Assumption {
        id: "emulator-ack-nat-eip",
        text: "DeleteCluster deletes the NAT gateway that it made and leaves its EIP, unbound and billed.",
    },
    Assumption {
        id: "emulator-ack-alb-option",
        text: "DeleteCluster with the delete option ALB deletes the load balancers with the cluster's tag, protected or not, and leaves their server groups.",
    },
    Assumption {
        id: "emulator-ack-api-server-load-balancer",
        text: "The delete option SLB is about load balancers of Services; that of the API server is kept by retain_resources only.",
    },
    Assumption {
        id: "emulator-ack-nlb",
        text: "DeleteCluster leaves the NLBs of Services.",
    },
    Assumption {
        id: "emulator-ack-pool-without-size",
        text: "DeleteCluster keeps all nodes of a node pool without desired size, however they came.",
    },
    Assumption {
        id: "emulator-ack-retain-all",
        text: "DeleteCluster with retain_all_resources removes the cluster and its node pools and nothing else, not even its scaling groups.",
    },
    Assumption {
        id: "emulator-ack-task-missing",
        text: "DescribeTaskInfo of an unknown task answers HTTP 404 ErrorTaskNotFound.",
    },
    Assumption {
        id: "emulator-terway-interfaces-lag",
        text: "Network interfaces of Terway are gone four minutes after their instance, and so after the cluster.",
    },
    Assumption {
        id: "emulator-vpc-security-groups",
        text: "Every security group blocks the deletion of its VPC, the one that came with it too.",
    },
    Assumption {
        id: "emulator-vswitch-of-cluster",
        text: "A vSwitch of a cluster cannot be deleted before the cluster is gone.",
    },
    Assumption {
        id: "emulator-settle-times",
        text: "How long each deletion takes, in seconds, and the status in between: rows of the emulator, of the order that others report.",
    },
    Assumption {
        id: "emulator-ecs-status-while-deleting",
        text: "An instance that is being released is Stopping.",
    },
    Assumption {
        id: "emulator-ess-codes",
        text: "DeleteScalingGroup: InvalidOperation.DeletionProtection, InstanceInUse and ScalingActivityInProgress, all HTTP 400; the codes are not documented.",
    },
    Assumption {
        id: "emulator-ecs-dry-run",
        text: "A dry run that passes answers DRYRUN.SUCCESS for DeleteInstances and StopInstances (error table of 2024) and DryRunOperation elsewhere (parameter documentation).",
    },
    Assumption {
        id: "emulator-eip-service-managed",
        text: "An EIP that a cloud service manages is neither unbound nor released by its owner: HTTP 400 Forbidden.",
    },
    Assumption {
        id: "emulator-alb-addresses",
        text: "The EIPs of an ALB are gone with it.",
    },
    Assumption {
        id: "emulator-client-token-mismatch",
        text: "A ClientToken that is used again with other parameters is refused with HTTP 400 IdempotenceSignatureMismatch everywhere (documented for NLB).",
    },
    Assumption {
        id: "emulator-cr-personal-namespace",
        text: "Deleting a namespace of Container Registry Personal Edition deletes its repositories and tags.",
    },
    Assumption {
        id: "emulator-cr-tag-missing",
        text: "Deleting an unknown tag answers TAG_NOT_EXIST in both editions of Container Registry.",
    },
    Assumption {
        id: "emulator-sls-recycle-bin",
        text: "Deleting a log project ends it at once; its recycle bin is not emulated.",
    },
    Assumption {
        id: "emulator-ess-replacement",
        text: "A scaling group does not replace instances that are released behind its back; the real one does.",
    },
    Assumption {
        id: "emulator-kubernetes-waits",
        text: "How long a controller of a cluster takes before it acts, in seconds; Pods take their whole grace period.",
    },
    Assumption {
        id: "emulator-kubernetes-namespace-conditions",
        text: "The conditions of a namespace that is being deleted count nothing as long as it has Pods.",
    },
    Assumption {
        id: "emulator-kubernetes-accepted-is-enough",
        text: "Finalizers of Services, Ingresses, AlbConfigs and volumes go when the cloud has accepted the deletion, not when the thing is gone.",
    },
    Assumption {
        id: "emulator-kubernetes-albconfig-order",
        text: "An AlbConfig that is being deleted waits until no Ingress of its class is left.",
    },
    Assumption {
        id: "emulator-kubernetes-controllers-stop",
        text: "All controllers of a cluster stop when its deletion begins, and those that need the cloud when it has no node.",
    },
    Assumption {
        id: "emulator-kubernetes-custom-status",
        text: "The custom kinds that ACK installs have a status subresource.",
    },
];

/// All of them, for documents and tests.
pub fn assumptions() -> &'static [Assumption] {
    ALL
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_has_an_id_of_its_own_and_says_something() {
        let ids: BTreeSet<&str> = ALL.iter().map(|known| known.id).collect();
        assert_eq!(ids.len(), ALL.len());
        for known in ALL {
            assert!(known.id.starts_with("emulator-"), "{}", known.id);
            assert!(known.text.ends_with('.'), "{}", known.id);
        }
    }
}
