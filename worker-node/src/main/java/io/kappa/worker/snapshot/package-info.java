/**
 * The snapshots that a worker has of versions with SnapStart: taken when one is published or was missed, and kept on disk as long as they are
 * of use. {@link io.kappa.worker.snapshot.SnapshotKeeper} is the door.
 */
@NullMarked
package io.kappa.worker.snapshot;

import org.jspecify.annotations.NullMarked;
