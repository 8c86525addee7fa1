extension Lab {
    /// When the specimen was taken.
    public var collectedAt: Timestamp? { date }
}

extension LabPage {
    /// The results of a page without their reports.
    public var labs: [Lab] { reports.flatMap(\.labs) }
}
