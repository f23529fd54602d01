package io.kappa.contracts.function;

/** Which environments of a function come from a snapshot, where any do. Named as the API writes it. */
public enum SnapStart {
    PublishedVersions
}
