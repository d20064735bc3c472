//! `DeleteClusterNodepool`: its nodes are released, then its scaling group and the pool go.

use serde_json::{Value, json};

use super::super::errors::Refusal;
use super::super::lookup;
use super::super::route::Call;
use super::super::world::World;
use super::super::world::removal::{Step, Which, texts};
use super::{Scene, is_true, task};

/// Seconds from the call; 2 to 5 minutes are usual for the whole.
const NODES: u32 = 20;
const SCALING_GROUP: u32 = 60;
const END: u32 = 120;

/// `DeleteClusterNodepool`
pub(super) fn delete(scene: &mut Scene<'_>, call: &Call) -> Result<Value, Refusal> {
    let argument = |name: &str| call.argument(name).unwrap_or_default().to_owned();
    let (cluster, pool) = (argument("cluster_id"), argument("nodepool_id"));
    let region = scene
        .world
        .item("cs/cluster", &cluster)
        .map(|item| item.region.clone())
        .ok_or_else(|| lookup::absent("cs/cluster"))?;
    let which = scene
        .world
        .named("cs/node_pool", &pool)
        .filter(|which| {
            let item = scene.world.at(which);
            item.is_some_and(|item| texts(&item.value, "_cluster_id").contains(&cluster))
        })
        .ok_or_else(|| lookup::absent("cs/node_pool"))?;
    let value = scene
        .world
        .at(&which)
        .map(|item| item.value.clone())
        .unwrap_or_default();
    if let Some(running) = value.get("_task").and_then(Value::as_str) {
        return Ok(json!({"task_id": running}));
    }
    let nodes: Vec<String> = scene
        .world
        .items("cs/node")
        .iter()
        .filter(|node| texts(&node.value, "nodepool_id").contains(&pool))
        .flat_map(|node| texts(&node.value, "instance_id"))
        .collect();
    if !nodes.is_empty() && !is_true(call, "force") {
        return Err(Refusal::invalid_parameter(
            call.family,
            "The node pool still has nodes and force is not true.",
        ));
    }
    let (task_id, task) = task::begin(
        scene,
        &region,
        &cluster,
        "nodepool_delete",
        ("nodepool", &pool),
    );
    let world = &mut *scene.world;
    let changed = [
        ("status.state".to_owned(), json!("deleting")),
        ("_task".to_owned(), json!(task_id)),
    ];
    world.set_fields(&which, changed.iter().map(|(path, value)| (path, value)));
    for instance in nodes {
        if let Some(instance) = world.named("ecs/instance", &instance) {
            world.later(NODES, Step::Begin(instance));
        }
    }
    for group in texts(&value, "scaling_group.scaling_group_id") {
        if let Some(group) = world.named("ess/scaling_group", &group) {
            world.later(SCALING_GROUP, Step::Begin(group));
        }
    }
    world.later(END, Step::PoolEnds(which, task));
    Ok(json!({"task_id": task_id}))
}

/// The end of the task.
pub(in crate::emulator) fn ends(world: &mut World, which: &Which, task: &Which) {
    let failure = (!world.vanish(which)).then_some("the node pool could not be deleted");
    if failure.is_some() {
        world.set_fields(which, [(&"_task".to_owned(), &Value::Null)]);
    }
    task::end(world, task, failure);
}
