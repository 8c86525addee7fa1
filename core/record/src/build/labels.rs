//! Labels from the code tables, for codes that came without any text.
//!
//! The text a hospital sent always wins; see [`crate::tables`].

use crate::tables::{Table, label, pretty_unit, usage_text};
use ssmix2::clinical::{
    Administration, Basics, Component, Diagnosis, Entries, Injection, Insurance, Lab, LabContext, Movement, Order,
    Prescription, Route,
};
use ssmix2::types::{Coded, Quantity};
use std::sync::Arc;

/// Fills the labels of one file's entries.
pub(super) fn fill(entries: &mut Entries) {
    if let Some(basics) = &mut entries.basics {
        of_basics(basics);
    }
    for row in &mut entries.allergies {
        set(&mut row.category, Table::AllergenType0127);
        set(&mut row.severity, Table::AllergySeverity0128);
        set(&mut row.reported_by_relation, Table::Relationship0063);
    }
    entries.diagnoses.iter_mut().for_each(of_diagnosis);
    if let Some(movement) = &mut entries.movement {
        of_movement(movement);
    }
    entries.prescriptions.iter_mut().for_each(of_prescription);
    entries.injections.iter_mut().for_each(of_injection);
    entries.administrations.iter_mut().for_each(of_administration);
    entries.labs.iter_mut().for_each(of_lab);
    of_groups(&mut entries.labs);
    if let Some(other) = &mut entries.other {
        set(&mut other.department, Table::Department0069);
        other.items.iter_mut().filter_map(|i| i.administration.as_deref_mut()).for_each(of_administration);
    }
}

fn of_administration(group: &mut Administration) {
    of_order(&mut group.order);
    group.routes.iter_mut().for_each(of_route);
    set(&mut group.injection_type, Table::InjectionTypeJhsi0002);
    group.ordered.iter_mut().for_each(of_component);
    for drug in &mut group.drugs {
        of_quantity(&mut drug.amount);
        set(&mut drug.form, Table::DosageFormMr9p);
    }
}

fn set_with(slot: &mut Arc<Coded>, label: impl FnOnce(&Coded) -> Option<String>) {
    if slot.has_text() || !slot.label.is_empty() {
        return;
    }
    if let Some(found) = label(slot) {
        Arc::make_mut(slot).label = found.into_boxed_str();
    }
}

fn set(slot: &mut Option<Arc<Coded>>, table: Table) {
    if let Some(coded) = slot {
        set_with(coded, |c| label(table, &c.code).map(str::to_string));
    }
}

fn unit(slot: &mut Option<Arc<Coded>>) {
    if let Some(coded) = slot {
        set_with(coded, |c| match &*c.system {
            "MR9P" => label(Table::UnitMr9p, &c.code).map(str::to_string),
            _ => pretty_unit(&c.code),
        });
    }
}

fn of_quantity(quantity: &mut Option<Quantity>) {
    if let Some(quantity) = quantity {
        unit(&mut quantity.unit);
    }
}

fn of_order(order: &mut Order) {
    set(&mut order.department, Table::Department0069);
}

fn of_route(route: &mut Route) {
    set(&mut route.route, Table::Route0162);
    set(&mut route.site, Table::Site0163);
    set(&mut route.device, Table::Device0164);
    set(&mut route.method, Table::Method0165);
}

fn of_basics(basics: &mut Basics) {
    for measure in [&mut basics.height, &mut basics.weight].into_iter().flatten() {
        unit(&mut measure.quantity.unit);
    }
    for kin in &mut basics.next_of_kin {
        set(&mut kin.relationship, Table::Relationship0063);
    }
    basics.insurances.iter_mut().for_each(of_insurance);
}

fn of_insurance(insurance: &mut Insurance) {
    set(&mut insurance.plan, Table::InsuranceTypeJhsd0001);
    set(&mut insurance.relationship, Table::Relationship0063);
}

fn of_diagnosis(diagnosis: &mut Diagnosis) {
    set(&mut diagnosis.suspicion, Table::SuspicionJhsd0005);
    set(&mut diagnosis.ranking, Table::MainDiagnosisJhsd0007);
    set(&mut diagnosis.timing, Table::DiagnosisTimingJhsd0004);
    set(&mut diagnosis.confidentiality, Table::Confidentiality0177);
    set(&mut diagnosis.department, Table::Department0069);
    diagnosis.insurances.iter_mut().for_each(of_insurance);
    if let Some(outcome) = &mut diagnosis.outcome {
        set_with(outcome, |c| {
            let found = label(Table::Outcome0241, &c.code).or_else(|| label(Table::OutcomeJhsd0006, &c.code));
            found.map(str::to_string)
        });
    }
}

fn of_movement(movement: &mut Movement) {
    set(&mut movement.department, Table::Department0069);
    set(&mut movement.disposition, Table::DischargeDisposition0112);
    set(&mut movement.event_reason, Table::EventReason0062);
}

fn of_prescription(drug: &mut Prescription) {
    of_order(&mut drug.order);
    for quantity in [&mut drug.dose, &mut drug.dose_max, &mut drug.daily_dose, &mut drug.dispensed, &mut drug.strength]
    {
        of_quantity(quantity);
    }
    set(&mut drug.form, Table::DosageFormMr9p);
    for usage in &mut drug.timing.usage {
        set_with(usage, |c| usage_text(&c.code));
    }
    set(&mut drug.timing.priority, Table::Priority0485);
    drug.routes.iter_mut().for_each(of_route);
    for kind in &mut drug.types {
        set_with(kind, |c| label(Table::PrescriptionTypeMr9p, &c.code).map(str::to_string));
    }
}

fn of_injection(injection: &mut Injection) {
    of_order(&mut injection.order);
    for quantity in [&mut injection.volume, &mut injection.volume_max, &mut injection.rate, &mut injection.dispensed] {
        of_quantity(quantity);
    }
    set(&mut injection.injection_type, Table::InjectionTypeJhsi0002);
    set(&mut injection.form, Table::DosageFormMr9p);
    injection.components.iter_mut().for_each(of_component);
    injection.routes.iter_mut().for_each(of_route);
    for kind in &mut injection.types {
        set_with(kind, |c| {
            let found = label(Table::InjectionCategoryJhsi0001, &c.code);
            found.or_else(|| label(Table::PrescriptionTypeMr9p, &c.code)).map(str::to_string)
        });
    }
}

fn of_component(component: &mut Component) {
    of_quantity(&mut component.amount);
    of_quantity(&mut component.strength);
}

fn of_lab(lab: &mut Lab) {
    unit(&mut lab.unit);
}

/// A group that lacks a label is copied once, and its values share the copy:
/// by that they are known to be of one group.
fn of_groups(labs: &mut [Lab]) {
    let mut last: Option<[Arc<LabContext>; 2]> = None;
    for lab in labs {
        let copy = match last.take() {
            Some([sent, copy]) if Arc::ptr_eq(&sent, &lab.group) => copy,
            _ => of_group(&lab.group),
        };
        last = Some([std::mem::replace(&mut lab.group, Arc::clone(&copy)), copy]);
    }
}

fn of_group(sent: &Arc<LabContext>) -> Arc<LabContext> {
    let lacks = |slot: &Option<Arc<Coded>>| slot.as_ref().is_some_and(|c| !c.has_text() && c.label.is_empty());
    let mut group = Arc::clone(sent);
    if lacks(&group.specimen) || lacks(&group.order.department) {
        let group = Arc::make_mut(&mut group);
        set(&mut group.specimen, Table::Jlac10Material);
        of_order(&mut group.order);
    }
    group
}
