//! The patient's record: model, builder, search, labels.
