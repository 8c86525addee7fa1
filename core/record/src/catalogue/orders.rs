//! What prescriptions, injections and results share: the parts of an order that a field can be.

use ssmix2::clinical::Order;

/// The hospital's numbers of an order.
pub(super) fn clear_numbers(order: &mut Order) {
    (order.number, order.filler_number, order.group) = (None, None, None);
    (order.rp, order.rp_sequence) = (None, None);
}

/// Who asked and who typed.
pub(super) fn clear_people(order: &mut Order) {
    (order.orderer, order.entered_by) = (None, None);
}
