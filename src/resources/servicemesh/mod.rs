//! Service Mesh (ASM), API version 2020-01-11.

mod mesh;

pub use mesh::Mesh;
