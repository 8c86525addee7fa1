package jp.mykarte.core

/** When the specimen was taken. */
val Lab.collectedAt: Timestamp?
    get() = date

/** The results of a page without their reports. */
val LabPage.labs: List<Lab>
    get() = reports.flatMap { it.labs }
