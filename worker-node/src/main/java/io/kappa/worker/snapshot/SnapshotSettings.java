package io.kappa.worker.snapshot;

import io.kappa.kit.settings.Settings;

/**
 * How much a worker keeps of snapshots.
 *
 * @param cacheMegabytes on disk, all together; those that were used longest ago go first, and are taken again when they are missed
 */
public record SnapshotSettings(int cacheMegabytes) {
    public static SnapshotSettings from(Settings settings) {
        return new SnapshotSettings(settings.integer("worker.snapstart.cache-megabytes", 4096));
    }
}
