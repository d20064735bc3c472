//! The outside for real: Alibaba Cloud or the emulator, and the API servers of the clusters.
//!
//! The one place that holds clients which can change something. It sends what the executor hands it and decides nothing.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use futures::StreamExt as _;
use futures::future::BoxFuture;
use tokio::sync::Mutex;

use super::outside::{CallError, Judgement, Outside, Receipt, Whereabouts};
use super::place::Place;
use super::plan::{Plan, Step};
use super::surroundings;
use crate::context::{Clock, Context};
use crate::contracts;
use crate::credentials::{IdentityError, identity};
use crate::kubernetes::{
    ClusterEditor, DeleteOutcome, ErrorClass as KubernetesClass, KubernetesError, ObjectRef,
    Propagation, Unreachable,
};
use crate::model::{Cell, LinkKind, Region, Resource, ResourceId};
use crate::openapi::{CredentialProvider, ErrorClass, Mutator, Request};
use crate::resources::cluster::{ClusterError, Clusters};
use crate::resources::teardown::{Call, CloudCall, ObjectDeletion, Observation};
use crate::resources::{ListError, ListedPer, RESOURCE_TYPES, Reader, find};

/// Where STS is asked who calls. Its answer is the same everywhere.
const ASKED: Region = Region::from_static("cn-hangzhou");
/// How long an answer of STS holds for the same key: its rate limit is low, and a key does not change its owner.
const IDENTITY_HOLDS: TimeDelta = TimeDelta::minutes(1);
/// Holders that are named; a person looks at the first few.
const HOLDERS_NAMED: usize = 10;

/// Alibaba Cloud.
pub struct Cloud {
    context: Context,
    reader: Arc<Reader>,
    mutator: Mutator,
    credentials: Arc<dyn CredentialProvider>,
    clusters: Clusters,
    endpoint: Place,
    asked: Mutex<Option<Asked>>,
    editors: Mutex<HashMap<ResourceId, Editor>>,
}

/// A client that can delete, and until when its login is good.
struct Editor {
    editor: Arc<ClusterEditor>,
    until: Option<DateTime<Utc>>,
}

/// What STS said last.
struct Asked {
    access_key_id: String,
    at: DateTime<Utc>,
    whereabouts: Whereabouts,
}

impl Cloud {
    /// The cloud that these clients reach. `reader` and `mutator` must be of one client, which is that of `credentials`.
    pub fn new(
        context: Context,
        reader: Arc<Reader>,
        mutator: Mutator,
        credentials: Arc<dyn CredentialProvider>,
        clusters: Clusters,
        endpoint: Place,
    ) -> Self {
        Self {
            context,
            reader,
            mutator,
            credentials,
            clusters,
            endpoint,
            asked: Mutex::default(),
            editors: Mutex::default(),
        }
    }

    async fn ask_whereabouts(&self) -> Result<Whereabouts, CallError> {
        let credential = self.credentials.credential().await.map_err(|error| {
            let mut made = CallError::of(ErrorClass::Credentials);
            made.cause = Some(Box::new(error));
            made
        })?;
        let now = self.context.wall_clock.now();
        let mut asked = self.asked.lock().await;
        if let Some(last) = asked.as_ref()
            && last.access_key_id == credential.access_key_id
            && now - last.at < IDENTITY_HOLDS
        {
            return Ok(last.whereabouts.clone());
        }
        let caller = match identity::caller(self.reader.openapi(), &ASKED).await {
            Ok(caller) => caller,
            Err(IdentityError::Api(error)) => return Err((*error).into()),
            Err(unreadable) => {
                let mut error = CallError::of(ErrorClass::Decode);
                error.cause = Some(Box::new(unreadable));
                return Err(error);
            }
        };
        let whereabouts = Whereabouts {
            account: caller.account,
            identity: caller.arn,
            endpoint: self.endpoint.clone(),
        };
        *asked = Some(Asked {
            access_key_id: credential.access_key_id,
            at: now,
            whereabouts: whereabouts.clone(),
        });
        Ok(whereabouts)
    }

    async fn send_to_cloud(
        &self,
        call: &CloudCall,
        client_token: Option<&str>,
    ) -> Result<Receipt, CallError> {
        let operation = contracts::require(&call.product, &call.action).map_err(|violation| {
            let mut error = CallError::of(ErrorClass::Invalid);
            error.cause = Some(Box::new(violation));
            error
        })?;
        let mut request = Request::new(operation.product, &call.action, &call.region);
        for (name, value) in &call.arguments {
            request = request.argument(name, value);
        }
        request.body.clone_from(&call.body);
        let answered = self.mutator.mutate(request, client_token).await;
        if let Err(error) = &answered
            && error.class == ErrorClass::Credentials
        {
            // What STS said about this key says nothing any more: asking anew also renews a credential that has run out.
            *self.asked.lock().await = None;
        }
        let accepted = answered?;
        Ok(Receipt {
            request_id: accepted.request_id,
            task: accepted.task,
        })
    }

    async fn send_to_cluster(&self, deletion: &ObjectDeletion) -> Result<Receipt, CallError> {
        let editor = self.editor(&deletion.cluster).await?;
        let object = ObjectRef {
            group: deletion.group.clone(),
            version: deletion.version.clone(),
            plural: deletion.plural.clone(),
            namespace: deletion.namespace.clone(),
            name: deletion.name.clone(),
        };
        // What an object owns goes first: then its absence proves theirs.
        let outcome = editor
            .delete(&object, &deletion.uid, Propagation::Foreground)
            .await;
        match outcome {
            Ok(DeleteOutcome::Accepted) => Ok(Receipt::default()),
            Ok(DeleteOutcome::Gone) => Err(CallError::of(ErrorClass::Gone).with_code("NotFound")),
            // Nothing was deleted. The next look shows the other object, and that ends the step.
            Ok(DeleteOutcome::Replaced { .. }) => {
                Err(CallError::of(ErrorClass::Busy).with_code("Conflict"))
            }
            Err(error) => Err(of_kubernetes(error)),
        }
    }

    async fn editor(&self, cluster: &ResourceId) -> Result<Arc<ClusterEditor>, CallError> {
        let mut editors = self.editors.lock().await;
        if let Some(known) = editors.get(cluster)
            && self.clusters.is_good(known.editor.reader(), known.until)
        {
            return Ok(Arc::clone(&known.editor));
        }
        let opened = self
            .clusters
            .editor(self.reader.openapi(), cluster)
            .await
            .map_err(of_cluster)?;
        let editor = Arc::new(opened);
        let known = Editor {
            until: self.clusters.ends(cluster, editor.reader()),
            editor: Arc::clone(&editor),
        };
        editors.insert(cluster.clone(), known);
        Ok(editor)
    }

    /// The resources whose fields say that they use that one, by the link rules of their types, in its own region.
    async fn look_for_holders(&self, id: &ResourceId) -> Vec<String> {
        let cell = Cell {
            account: id.account.clone(),
            region: id.region.clone(),
            parent: None,
        };
        let mut found = BTreeSet::new();
        for resource_type in RESOURCE_TYPES {
            let spec = resource_type.spec();
            let may_hold = matches!(
                spec.listed_per,
                ListedPer::Region | ListedPer::RegionAndParent(_)
            ) && spec
                .links
                .iter()
                .any(|rule| rule.kind == LinkKind::Uses && rule.to == id.type_id.as_str());
            if !may_hold {
                continue;
            }
            let mut items = resource_type.list(&self.reader, &cell);
            while let Some(item) = items.next().await {
                let Ok(Ok(resource)) = item.map(|raw| resource_type.decode(&raw, &cell)) else {
                    continue;
                };
                let holds = resource_type
                    .links(&resource)
                    .iter()
                    .any(|link| link.kind == LinkKind::Uses && link.to == *id);
                if holds && resource.id != *id {
                    found.insert(format!("{}/{}", resource.id.type_id, resource.id.id));
                }
            }
        }
        found.into_iter().take(HOLDERS_NAMED).collect()
    }
}

impl Outside for Cloud {
    fn whereabouts(&self) -> BoxFuture<'_, Result<Whereabouts, CallError>> {
        Box::pin(self.ask_whereabouts())
    }

    fn observe<'a>(&'a self, id: &'a ResourceId) -> BoxFuture<'a, Observation> {
        let teardown = find(id.type_id.as_str()).and_then(|found| found.teardown());
        match teardown {
            Some(teardown) => teardown.observe(&self.reader, id),
            None => Box::pin(async move {
                let what = format!("nothing says how a {} is looked at", id.type_id);
                Observation::Unknown(ListError::Unusable(what))
            }),
        }
    }

    fn judge<'a>(
        &'a self,
        plan: &'a Plan,
        step: &'a Step,
        resource: &'a Resource,
    ) -> BoxFuture<'a, Result<Judgement, ListError>> {
        Box::pin(surroundings::judge(&self.reader, plan, step, resource))
    }

    fn send<'a>(
        &'a self,
        call: &'a Call,
        client_token: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Receipt, CallError>> {
        match call {
            Call::Cloud(call) => Box::pin(self.send_to_cloud(call, client_token)),
            Call::Cluster(deletion) => Box::pin(self.send_to_cluster(deletion)),
        }
    }

    fn holders<'a>(&'a self, id: &'a ResourceId) -> BoxFuture<'a, Vec<String>> {
        Box::pin(self.look_for_holders(id))
    }

    fn clock(&self) -> &dyn Clock {
        self.context.clock.as_ref()
    }

    fn new_token(&self) -> String {
        self.context.ids.next()
    }
}

/// An error on the way to a cluster: nothing was sent to it.
fn of_cluster(error: ClusterError) -> CallError {
    match error {
        ClusterError::Ack(error) => match (*error).into() {
            // Asking for a kubeconfig deletes nothing, however that question ended.
            CallError {
                class: ErrorClass::TransportAmbiguous | ErrorClass::Server | ErrorClass::Decode,
                cause,
                ..
            } => {
                let mut made = CallError::of(ErrorClass::TransportBeforeSend);
                made.cause = cause;
                made
            }
            other => other,
        },
        ClusterError::Kubernetes(error) => of_kubernetes(error),
        other => {
            let mut made = CallError::of(ErrorClass::Unexpected);
            made.cause = Some(Box::new(other));
            made
        }
    }
}

/// What an API server's error means for a deletion.
fn of_kubernetes(error: KubernetesError) -> CallError {
    let class = match &error.class {
        KubernetesClass::Unreachable(
            Unreachable::NameNotResolved
            | Unreachable::Refused
            | Unreachable::NoRoute
            | Unreachable::Tls
            | Unreachable::NotConnected,
        ) => ErrorClass::TransportBeforeSend,
        KubernetesClass::Unreachable(Unreachable::TimedOut | Unreachable::Broken) => {
            ErrorClass::TransportAmbiguous
        }
        // The login of one cluster says nothing about the account's credential.
        KubernetesClass::Unauthorized => ErrorClass::Busy,
        KubernetesClass::Credentials | KubernetesClass::Denied { .. } => ErrorClass::Denied,
        KubernetesClass::Conflict => ErrorClass::Busy,
        KubernetesClass::Throttled => ErrorClass::Throttled,
        KubernetesClass::Server => ErrorClass::Server,
        KubernetesClass::Decode => ErrorClass::Decode,
        // A 404 that is not the object's own: a proxy, a path that is none.
        KubernetesClass::NotFound
        | KubernetesClass::NotInstalled
        | KubernetesClass::Expired
        | KubernetesClass::Endless
        | KubernetesClass::Unexpected => ErrorClass::Unexpected,
    };
    CallError {
        class,
        code: error
            .reason
            .clone()
            .or_else(|| error.http_status.map(|status| format!("HTTP {status}"))),
        request_id: None,
        missing_permission: error.missing_permission(),
        cause: Some(Box::new(error)),
    }
}
