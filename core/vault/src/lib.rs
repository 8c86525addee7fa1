//! Keys and sealing: the encrypted store on the device. Knows bytes, not medicine.
