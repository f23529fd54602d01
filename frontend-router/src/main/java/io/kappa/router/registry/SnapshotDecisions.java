package io.kappa.router.registry;

import io.kappa.contracts.registry.VersionRecord;
import io.kappa.contracts.registry.VersionRecord.LastUpdate;
import io.kappa.contracts.registry.VersionRecord.State;
import io.kappa.contracts.worker.SnapshotReport;
import java.util.List;
import java.util.function.Supplier;

/**
 * Decides what becomes of versions with SnapStart, which are published Pending: workers take snapshots, and their reports end that. The first
 * one counts. A worker that succeeds after another one could not is listened to as well.
 */
final class SnapshotDecisions {
    private final RegistryState state;
    private final Supplier<String> revisionIds;

    SnapshotDecisions(RegistryState state, Supplier<String> revisionIds) {
        this.state = state;
        this.revisionIds = revisionIds;
    }

    List<Change> settle(SnapshotReport report) {
        var before = state.version(report.version()).orElse(null);
        if (before == null || !before.restorable() || before.requested().generation() != report.generation()) {
            return List.of();
        }
        boolean mended = before.state().name() == State.Name.Active
                && before.state().reasonCode() != null
                && report.outcome() == SnapshotReport.Outcome.TAKEN;
        if (!before.awaitsSnapshot() && !mended) {
            return List.of();
        }
        return List.of(new Change.Recorded(new VersionRecord(
                before.version(),
                before.requested(),
                null,
                before.lastModified(),
                revisionIds.get(),
                reached(report),
                report.outcome() == SnapshotReport.Outcome.FUNCTION_FAILED
                        ? before.lastUpdate()
                        : LastUpdate.SUCCESSFUL)));
    }

    private static State reached(SnapshotReport report) {
        return switch (report.outcome()) {
            case TAKEN -> State.ACTIVE;
            case NOT_TAKEN -> new State(State.Name.Active, report.reason(), report.reasonCode());
            case FUNCTION_FAILED -> new State(State.Name.Failed, report.reason(), report.reasonCode());
        };
    }
}
