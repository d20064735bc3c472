//! Who may import whom: the direction of imports that `src/lib.rs` draws, held over every file of `src/`.
//!
//! The order of the layers is read from the map in `src/lib.rs`, so that the map cannot go stale; what stands in no order
//! (helpers, the emulator) is a table here. Test code may use whatever it needs, except `commands`.
#![expect(clippy::expect_used, reason = "helpers of tests are tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Modules that stand below the map: no layer, used by many, and themselves using only these.
const HELPERS: &[(&str, &[&str])] = &[
    ("context", &["transport"]),
    ("i18n", &["model"]),
    ("store", &[]),
    ("tls", &[]),
    ("transport", &["tls"]),
];

/// Layers that may use fewer than all to their left: they do no input or output (`pricing`), or know no cloud (`model`).
const NARROWER: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("contracts", &[]),
    ("graph", &["model"]),
    ("pricing", &["model", "resources", "inventory"]),
];

/// What the emulator may use; of the client, only the signature code.
const EMULATOR: &[&str] = &["contracts", "context", "tls", "transport", "openapi::sign"];

/// One import: the module that has it, what it names after `crate::`, and whether it stands in test code.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Import {
    file: PathBuf,
    line: usize,
    from: String,
    to: String,
    in_test: bool,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The layers from left to right, as the map in `lib.rs` writes them: names of one step are joined by commas, steps by `<-`.
fn map_of(library: &str) -> Vec<Vec<String>> {
    let line = library
        .lines()
        .find(|line| line.starts_with("//!") && line.contains("<-"))
        .expect("lib.rs draws the layers with `<-`");
    line.split("<-")
        .map(|step| {
            step.split('`')
                .skip(1)
                .step_by(2)
                .map(str::to_owned)
                .collect()
        })
        .collect()
}

/// The modules that `lib.rs` declares.
fn modules_of(library: &str) -> BTreeSet<String> {
    library
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .map(str::to_owned)
        .collect()
}

/// What each module may import.
fn allowed(map: &[Vec<String>]) -> BTreeMap<String, BTreeSet<String>> {
    let set = |names: &[&str]| -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    };
    let helpers: BTreeSet<String> = HELPERS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let mut rules = BTreeMap::new();
    let mut left = BTreeSet::new();
    for step in map {
        for layer in step {
            let rule = match NARROWER.iter().find(|(name, _)| name == layer) {
                Some((_, names)) => set(names),
                None => left.union(&helpers).cloned().collect(),
            };
            rules.insert(layer.clone(), rule);
        }
        left.extend(step.iter().cloned());
    }
    if let Some(commands) = rules.get_mut("commands") {
        commands.insert("emulator".to_owned());
    }
    rules.extend(
        HELPERS
            .iter()
            .map(|(name, names)| ((*name).to_owned(), set(names))),
    );
    rules.insert("emulator".to_owned(), set(EMULATOR));
    rules
}

/// The imports of one file's text.
fn imports(file: &Path, text: &str) -> Vec<Import> {
    let relative = file.strip_prefix("src").unwrap_or(file);
    let first = relative
        .components()
        .next()
        .map_or_else(String::new, |part| {
            part.as_os_str()
                .to_string_lossy()
                .trim_end_matches(".rs")
                .to_owned()
        });
    let is_test_file = relative.components().any(|part| {
        let name = part.as_os_str().to_string_lossy();
        matches!(name.trim_end_matches(".rs"), "tests" | "testing")
    });
    let code = without_comments(text);
    // By the house's order of a file, the test module is its end.
    let test_from = code.find("#[cfg(test)]\nmod tests {").unwrap_or(code.len());
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let before = code.get(..at).unwrap_or_default();
        if before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$') {
            continue;
        }
        let line = before.lines().count().max(1);
        for to in targets(code.get(at + "crate::".len()..).unwrap_or_default()) {
            found.push(Import {
                file: file.to_owned(),
                line,
                from: first.clone(),
                to,
                in_test: is_test_file || at >= test_from,
            });
        }
    }
    found
}

/// The paths, at most two names deep, that follow `crate::`.
fn targets(rest: &str) -> Vec<String> {
    let Some(group) = rest.strip_prefix('{') else {
        let path: String = rest
            .chars()
            .take_while(|c| c.is_alphanumeric() || matches!(c, '_' | ':'))
            .collect();
        return vec![shortened(&path)];
    };
    let (mut depth, mut paths, mut path) = (0_usize, Vec::new(), String::new());
    for c in group.chars() {
        match c {
            '}' if depth == 0 => break,
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => paths.push(std::mem::take(&mut path)),
            c if depth == 0 && !c.is_whitespace() => path.push(c),
            _ => {}
        }
    }
    paths.push(path);
    paths
        .iter()
        .filter(|path| !path.is_empty())
        .map(|path| shortened(path))
        .collect()
}

fn shortened(path: &str) -> String {
    path.split("::")
        .filter(|name| !name.is_empty())
        .take(2)
        .collect::<Vec<_>>()
        .join("::")
}

/// The text with comments blanked; line numbers stay.
fn without_comments(text: &str) -> String {
    text.lines()
        .map(|line| {
            // A `//` within a text stands after a colon in this code base (URLs).
            let cut = line
                .match_indices("//")
                .map(|(at, _)| at)
                .find(|at| !line.get(..*at).unwrap_or_default().ends_with(':'));
            cut.and_then(|at| line.get(..at)).unwrap_or(line)
        })
        .fold(String::new(), |all, line| all + line + "\n")
}

/// The imports that the rules do not allow, each as a sentence.
fn violations(imports: &[Import], rules: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    imports
        .iter()
        .filter_map(|import| {
            let module = import.to.split("::").next().unwrap_or_default();
            let place = format!("{}:{}", import.file.display(), import.line);
            if matches!(import.from.as_str(), "lib" | "main") || module == import.from {
                return None;
            }
            // Names that are no module: a macro or an item of the crate's root.
            if !rules.contains_key(module) {
                return Some(format!(
                    "{place}: `crate::{}` names no module of the map",
                    import.to
                ));
            }
            if import.in_test && module != "commands" {
                return None;
            }
            let rule = rules.get(&import.from)?;
            let fits = rule.contains(module) || rule.contains(&import.to);
            (!fits).then(|| format!("{place}: `{}` must not import `{}`", import.from, import.to))
        })
        .collect()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder)
        .expect("a folder of src")
        .flatten()
    {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn library() -> String {
    std::fs::read_to_string(root().join("src/lib.rs")).expect("src/lib.rs")
}

#[test]
fn imports_go_one_way() {
    let rules = allowed(&map_of(&library()));
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    assert!(
        files.len() > 100,
        "the walk found only {} files",
        files.len()
    );
    let mut all = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a source file");
        let relative = file.strip_prefix(root()).expect("a path below the root");
        all.extend(imports(relative, &text));
    }
    assert!(all.len() > 100, "only {} imports were read", all.len());
    let wrong = violations(&all, &rules);
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Who may name the clients that can change something: what makes them, and the teardown.
const MUTATORS: &[(&str, &[&str])] = &[
    (
        "Mutator",
        &[
            "src/openapi/",
            "src/teardown/cloud.rs",
            "src/commands/teardown/execute.rs",
        ],
    ),
    (
        "ClusterEditor",
        &[
            "src/kubernetes/",
            "src/resources/cluster.rs",
            "src/teardown/cloud.rs",
        ],
    ),
];

#[test]
fn only_the_teardown_can_change_anything() {
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    let mut named = 0;
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a source file");
        let code = without_comments(&text);
        let relative = file.strip_prefix(root()).expect("a path below the root");
        let relative = relative.to_string_lossy().replace('\\', "/");
        let is_test = relative.contains("tests") || relative.contains("testing");
        for (name, allowed) in MUTATORS {
            if code.contains(name) {
                named += 1;
                let fits = is_test || allowed.iter().any(|place| relative.starts_with(place));
                assert!(fits, "{relative} names {name}");
            }
        }
    }
    assert!(named >= 6, "only {named} places were found");
}

/// Ways to write a file that do not make sure that it is whole and on the disk.
const RAW_WRITES: &[&str] = &["fs::write(", "File::create", "OpenOptions", "fs::rename"];

#[test]
fn files_are_written_by_the_store_alone() {
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    let mut found = 0;
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a source file");
        let code = without_comments(&text);
        let code = code.split("#[cfg(test)]").next().unwrap_or_default();
        let relative = file.strip_prefix(root()).expect("a path below the root");
        let relative = relative.to_string_lossy().replace('\\', "/");
        if relative.contains("test") || !RAW_WRITES.iter().any(|write| code.contains(write)) {
            continue;
        }
        found += 1;
        assert!(
            relative.starts_with("src/store/"),
            "{relative} writes files"
        );
    }
    assert!(found > 0, "the store was not found");
}

#[test]
fn every_module_has_its_place() {
    let library = library();
    let rules = allowed(&map_of(&library));
    let modules = modules_of(&library);
    let without: Vec<_> = modules
        .iter()
        .filter(|name| !rules.contains_key(*name))
        .collect();
    assert!(
        without.is_empty(),
        "{without:?} stand neither in the map of lib.rs nor in this test"
    );
}

#[test]
fn a_wrong_import_is_found_however_it_is_written() {
    let rules = allowed(&map_of(
        "//! `model`, `contracts` <- `openapi` <- `resources` <- `inventory` <- `pricing` <- `output` <- `commands` <- `main`.",
    ));
    let check = |file: &str, text: &str| violations(&imports(Path::new(file), text), &rules);
    for (file, text, complaint) in [
        (
            "src/model/id.rs",
            "use crate::openapi::Request;",
            "`model` must not import `openapi::Request`",
        ),
        (
            "src/pricing/book.rs",
            "fn f() {\n    crate::openapi::send();\n}",
            "src/pricing/book.rs:2",
        ),
        (
            "src/pricing/book.rs",
            "use crate::{\n    model::Money,\n    openapi::{Request, page},\n};",
            "`pricing` must not import `openapi`",
        ),
        (
            "src/emulator/route.rs",
            "use crate::openapi::client::Client;",
            "`emulator` must not import `openapi::client`",
        ),
        (
            "src/inventory/scan.rs",
            "use crate::emulator::World;",
            "`inventory` must not import `emulator::World`",
        ),
        (
            "src/output/view.rs",
            "use crate::commands::Cli;",
            "`output` must not import `commands::Cli`",
        ),
        (
            "src/output/tests.rs",
            "use crate::commands::Cli;",
            "`output` must not import `commands::Cli`",
        ),
        (
            "src/context.rs",
            "use crate::model::Region;",
            "`context` must not import `model::Region`",
        ),
        (
            "src/model/id.rs",
            "use crate::helpers::x;",
            "names no module of the map",
        ),
    ] {
        let found = check(file, text);
        assert!(
            found.len() == 1 && found[0].contains(complaint),
            "{file}: {text}: {found:?}"
        );
    }
    for (file, text) in [
        (
            "src/emulator/authenticate.rs",
            "use crate::openapi::sign::{Signature, acs3};",
        ),
        (
            "src/openapi/page.rs",
            "use crate::contracts::Paging;\nuse crate::context::Context;",
        ),
        (
            "src/model/id.rs",
            "// crate::openapi is not for here\n/// [`crate::openapi`]",
        ),
        (
            "src/inventory/scan.rs",
            "#[cfg(test)]\nmod tests {\n    use crate::emulator::World;\n}",
        ),
        ("src/resources/testing.rs", "use crate::emulator::World;"),
        (
            "src/commands/demo.rs",
            "use crate::emulator::World;\nuse crate::output::Printer;",
        ),
        (
            "src/output/view/cost.rs",
            "use crate::output::table::Table;",
        ),
    ] {
        assert_eq!(check(file, text), Vec::<String>::new(), "{file}: {text}");
    }
}
