//! Tasks of ACK: items of `cs/task`, which `DescribeTaskInfo` answers.

use serde_json::json;

use super::super::world::World;
use super::super::world::removal::Which;
use super::Scene;

/// A task that runs; its id.
pub(super) fn begin(
    scene: &mut Scene<'_>,
    region: &str,
    cluster: &str,
    kind: &str,
    target: (&str, &str),
) -> (String, Which) {
    let random = scene.ids.next().replace('-', "");
    let id = format!("T-{}", random.get(..24).unwrap_or(&random));
    let now = written(scene.world);
    let (target_type, target_id) = target;
    let task = json!({
        "task_id": id,
        "cluster_id": cluster,
        "task_type": kind,
        "state": "running",
        "created": now,
        "updated": now,
        "current_stage": kind,
        "target": {"type": target_type, "id": target_id},
    });
    let number = scene.world.put("cs/task", region, task);
    (id, ("cs/task".to_owned(), number))
}

/// Ends a task: `success`, or `fail` with a reason.
pub(super) fn end(world: &mut World, task: &Which, failure: Option<&str>) {
    let now = json!(written(world));
    let state = json!(if failure.is_none() { "success" } else { "fail" });
    world.set_fields(
        task,
        [(&"state".to_owned(), &state), (&"updated".to_owned(), &now)],
    );
    if let Some(message) = failure {
        let error = json!({"message": message});
        world.set_fields(task, [(&"error".to_owned(), &error)]);
    }
}

fn written(world: &World) -> String {
    world.now().format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
