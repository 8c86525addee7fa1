//! The fields that a message must have (R) by data type, of SS-MIX2 1.2g (SSMIX2_FIELD_OPTIONS; the fact sheet, 2.4).
//!
//! What is required if known, or on a condition, is not asked for: nobody can tell from outside.

use mykarte::ssmix2::DataType::{self, *};
use std::collections::HashMap;
use std::sync::LazyLock;

/// Required fields of one segment.
pub(crate) struct Row {
    pub kinds: &'static [DataType],
    pub segment: &'static str,
    pub fields: &'static [u16],
}

const fn row(kinds: &'static [DataType], segment: &'static str, fields: &'static [u16]) -> Row {
    Row { kinds, segment, fields }
}

const ALL: &[DataType] = DataType::ALL;
const ADT: &[DataType] = &[Adt00, Adt12, Adt21, Adt22, Adt31, Adt32, Adt41, Adt42, Adt51, Adt52, Adt01, Adt61];
const DRUGS: &[DataType] = &[Omp01, Omp11];
const INJECTIONS: &[DataType] = &[Omp02, Omp12];
const LABS: &[DataType] = &[Oml01, Oml11];
const IMAGES: &[DataType] = &[Omg01, Omg02, Omg11, Omg12];

/// The rows of a data type; found once, for there are as many questions as files.
pub(crate) fn rows(kind: DataType) -> &'static [&'static Row] {
    static ROWS: LazyLock<HashMap<DataType, Vec<&'static Row>>> = LazyLock::new(|| {
        let of = |kind: DataType| REQUIRED.iter().filter(|row| row.kinds.contains(&kind)).collect();
        DataType::ALL.iter().map(|kind| (*kind, of(*kind))).collect()
    });
    ROWS.get(&kind).map_or(&[], Vec::as_slice)
}

const REQUIRED: &[Row] = &[
    row(ALL, "MSH", &[7, 9, 10, 11, 12, 18]),
    row(ALL, "PID", &[3, 5, 7, 8]),
    row(ADT, "EVN", &[2]),
    row(ADT, "PV1", &[2]),
    row(ADT, "NK1", &[1]),
    row(ADT, "DB1", &[1, 2, 4]),
    row(ADT, "AL1", &[1, 3]),
    row(ADT, "IN1", &[1, 2]),
    row(&[Adt61], "IAM", &[1, 3, 6]),
    row(&[Ppr01], "PRB", &[1, 2, 3, 4]),
    row(&[Ppr01], "ZPR", &[2]),
    row(DRUGS, "ORC", &[1, 2, 4]),
    row(DRUGS, "RXE", &[2, 3, 5, 10, 11]),
    row(DRUGS, "RXR", &[1]),
    row(INJECTIONS, "ORC", &[1, 2, 4]),
    row(INJECTIONS, "RXE", &[2, 3, 5]),
    row(INJECTIONS, "RXR", &[1]),
    row(INJECTIONS, "RXC", &[1, 2, 3, 4]),
    row(INJECTIONS, "RXA", &[1, 2, 3, 4, 5, 6]),
    row(LABS, "SPM", &[4]),
    row(LABS, "ORC", &[1, 2]),
    row(LABS, "OBR", &[2, 4]),
    row(LABS, "OBX", &[3, 11]),
    row(IMAGES, "ORC", &[1, 2, 9, 12]),
    row(IMAGES, "OBR", &[2, 4]),
    row(&[Omd], "ORC", &[1, 2]),
    row(&[Omd], "ODS", &[1, 3]),
];
