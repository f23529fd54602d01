package io.kappa.router.admission;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** What a router counts of its exchange with the owner, and of what is provisioned. */
final class AdmissionMetrics {
    private final Counter asked;
    private final Counter granted;
    private final Counter lapsed;
    private final Counter provisioned;
    private final Counter spillover;
    private boolean leased;

    AdmissionMetrics(MeterRegistry meters) {
        asked = Counter.builder("kappa.router.lots.requests")
                .description("Requests to the owner of the account's limits")
                .register(meters);
        granted = Counter.builder("kappa.router.lots.grants")
                .description("Answers of the owner of the account's limits")
                .register(meters);
        lapsed = Counter.builder("kappa.router.lots.lapses")
                .description("Times that this router's lease was over before it was renewed")
                .register(meters);
        provisioned = Counter.builder("kappa.router.provisioned.invocations")
                .description("Invocations on provisioned concurrency")
                .register(meters);
        spillover = Counter.builder("kappa.router.provisioned.spillovers")
                .description("Invocations of versions with provisioned concurrency that found all of it in use")
                .register(meters);
    }

    void provisioned() {
        provisioned.increment();
    }

    void spillover() {
        spillover.increment();
    }

    /** One thread at a time. */
    void asking(boolean holdsLease) {
        asked.increment();
        if (leased && !holdsLease) {
            lapsed.increment();
        }
        leased = holdsLease;
    }

    void granted() {
        granted.increment();
    }
}
